"""Durable `submit` beside a bare script that writes the same rows, computed beforehand, with the same durability.

Both write SQLite, one transaction an event or a batch, in one run, block by block in turn. What remit does besides, and the
script does not: read the event, match, route, schedule, seal, chain, compare. Both wait for the disk at every commit, and
time is that of the clock on the wall; with `--sync off` neither does, and it is the processor's.

The script has SQLite's own settings, and a write-ahead log (`--script wal`); with `tuned` it has those that remit gives the
connection that writes; with `plain`, the rollback journal that Python's sqlite3 comes with.

remit is asked in two ways: call by call, each after the last has returned (`submit_all`), and in a row (`submit_each`),
where the next transaction is worked out while one is being committed.

    python bench/ledger.py [--events 2000] [--batch 1] [--batch 100] [--way calls] [--way row] [--script wal] [--sync full] [--json]
"""

from __future__ import annotations

import argparse
import gc
import json
import platform
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import remit.ledger.database
import remit.ledger.writer
from remit import Engine, Pack
from remit.shipped import shipped_pack

#: Events in a block: remit writes one, then the bare script, and so on.
BLOCK = 100
#: Blocks at the start that count for nothing.
WARM_UP = 3
WRITTEN = ("persons", "entries", "obligations", "matters", "outbox")
KINDS = (
    {"type": "victim_rescued", "by": "fumeng.police", "place": "baiyudu", "age": 8, "disabled": False},
    {
        "type": "infant_found",
        "by": "xihe.maternity_hospital",
        "place": "xihe.maternity_hospital",
        "found_in": "medical_institution",
    },
    {
        "type": "marriage_registration_clue",
        "by": "zhangwu.marriage_registry",
        "place": "zhangwu",
        "clue_kind": "涉嫌拐卖妇女",
    },
    {"type": "child_missing", "by": "xinxing.police_station", "place": "xinxing_community", "age": 6},
)
#: The rows of one event, by table.
Rows = dict[str, list[tuple[Any, ...]]]
#: What of the head moves with it, last.
Moved = tuple[Any, ...]


def stream(count: int) -> Iterator[dict[str, object]]:
    """New matters, one event each, all at one moment, so that nothing else falls due."""
    for number in range(count):
        yield {"id": f"e{number}", "case": f"c{number}", "at": "2024-05-06T21:00", **KINDS[number % len(KINDS)]}


def rows_written(path: Path, first: int) -> list[Rows]:
    """The rows of each event, read back from a ledger in which it was rehearsed; with it the head as it stood then."""
    found: dict[int, Rows] = defaultdict(lambda: defaultdict(list))
    with sqlite3.connect(path) as db:
        entries = db.execute("SELECT * FROM entries WHERE position > ? ORDER BY position", (first,)).fetchall()
        position = {row[3]: row[0] for row in entries}
        person = {row[8]: row[0] for row in entries}
        for row in db.execute("SELECT * FROM persons"):
            if row[0] in person:
                found[person[row[0]]]["persons"].append(row)
        for table, column in (("obligations", 1), ("matters", 0), ("outbox", 5)):
            for row in db.execute(f"SELECT * FROM {table}"):  # noqa: S608 - a name of ours
                at = position.get(row[column].removeprefix("case:"))
                if at is not None:
                    found[at][table].append(row)
        ((now, peaks, digest),) = db.execute("SELECT now, peaks, pack_digest FROM head")
    for row in entries:
        own = found[row[0]]
        own["entries"].append(row)
        own["head"].append((row[0], row[11], peaks, own["outbox"][-1][0], now, row[7], digest))
    return [found[row[0]] for row in entries]


def write_bare(db: sqlite3.Connection, groups: Sequence[Rows]) -> None:
    """One transaction: the rows of its events, table by table, and the head moved."""
    db.execute("BEGIN IMMEDIATE")
    for table in WRITTEN:
        rows = [row for group in groups for row in group[table]]
        db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608 - ours
    db.execute(
        "UPDATE head SET position=?, hash=?, peaks=?, outbox=?, now=?, recorded_at=?, pack_digest=?",
        groups[-1]["head"][0],
    )
    db.execute("COMMIT")


def settings(script: str) -> tuple[str, ...]:
    """Pragmas of the script's connection; all wait for the disk alike."""
    own = remit.ledger.database.PRAGMAS
    return {
        "wal": ("journal_mode=WAL", own[0]),
        "tuned": ("journal_mode=WAL", *own, *remit.ledger.writer.pragmas()),
        "plain": ("journal_mode=DELETE", own[0]),
    }[script]


def emptied(ledger: Path, copy: Path, script: str) -> sqlite3.Connection:
    """The same tables and indexes, as they stood before the stream."""
    with sqlite3.connect(ledger) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    db = sqlite3.connect(copy, isolation_level=None)
    for pragma in settings(script):
        db.execute(f"PRAGMA {pragma}")
    return db


def weight(path: Path) -> dict[str, tuple[int, int]]:
    """Rows and bytes of every table that both write."""
    with sqlite3.connect(path) as db:
        return {table: weight_of(db, table) for table in (*WRITTEN, "head")}


def weight_of(db: sqlite3.Connection, table: str) -> tuple[int, int]:
    names = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    lengths = " + ".join(f"coalesce(length(CAST({name} AS BLOB)), 0)" for name in names)
    found: tuple[int, int] = db.execute(f"SELECT count(*), sum({lengths}) FROM {table}").fetchone()  # noqa: S608 - ours
    return found


def blocks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def timed(work: Callable[[Any], object], items: Sequence[Any], batch: int, clock: Callable[[], float]) -> float:
    """Microseconds an item."""
    parts = list(blocks(items, batch))
    gc.collect()
    started = clock()
    for part in parts:
        work(part)
    return (clock() - started) / len(items) * 1e6


@dataclass(frozen=True)
class Measured:
    """Microseconds an event, medians of blocks; the ratio is the median of each block's own."""

    way: str
    batch: int
    sync: str
    blocks: int
    remit: float
    bare: float
    ratio: float
    quartiles: tuple[float, float]

    @classmethod
    def of(cls, way: str, batch: int, sync: str, ours: Sequence[float], theirs: Sequence[float]) -> Measured:
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        low, _, high = quantiles(ratios, n=4)
        return cls(way, batch, sync, len(ratios), median(ours), median(theirs), median(ratios), (low, high))

    def __str__(self) -> str:
        low, high = self.quartiles
        return (
            f"sync {self.sync}, {self.way}, batch {self.batch}: remit {self.remit:,.0f} us an event, bare rows {self.bare:,.0f} us; "
            f"ratio {self.ratio:.2f} (quartiles {low:.2f}-{high:.2f}, of means "
            f"{self.remit / self.bare:.2f}), {self.blocks} blocks"
        )


def measure(pack: Pack, count: int, way: str, batch: int, sync: str, script: str) -> Measured:
    """Both in turn, over ledgers that start alike."""
    clock = time.perf_counter if sync == "full" else time.process_time
    span = max(BLOCK, 3 * batch) if way == "row" else BLOCK  # several batches, or there is no row
    told = list(stream(count + WARM_UP * span))
    with tempfile.TemporaryDirectory() as folder:
        rehearsal, path, copy = (Path(folder) / name for name in ("rehearsal.db", "remit.db", "bare.db"))
        warm = {"id": "warm", "case": "warm", "at": "2024-05-06T21:00", **KINDS[0]}
        with Engine(pack, ledger=str(rehearsal)) as engine:
            engine.submit(warm)
            first = engine.position
            for part in blocks(told, batch):
                engine.submit_all(part)
        rows = rows_written(rehearsal, first)
        ours, theirs = [], []
        with Engine(pack, ledger=str(path)) as engine:
            engine.submit(warm)
            bare = emptied(path, copy, script)

            def submit_in_a_row(events: Sequence[Any], engine: Engine = engine) -> None:
                for _ in engine.submit_each(events, batch=batch):
                    pass

            for events, groups in zip(blocks(told, span), blocks(rows, span), strict=True):
                if way == "row":
                    ours.append(timed(submit_in_a_row, events, span, clock))
                else:
                    ours.append(timed(engine.submit_all, events, batch, clock))
                theirs.append(timed(partial(write_bare, bare), groups, batch, clock))
            bare.close()
        if weight(path) != weight(copy):
            raise SystemExit(f"not the same rows: {weight(path)} and {weight(copy)}")
    return Measured.of(way, batch, sync, ours[WARM_UP:], theirs[WARM_UP:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=2000)
    parser.add_argument("--batch", type=int, action="append")
    parser.add_argument("--way", choices=("calls", "row"), action="append")
    parser.add_argument("--script", choices=("wal", "tuned", "plain"), default="wal")
    parser.add_argument("--sync", choices=("full", "off"), default="full")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    pragmas = remit.ledger.database.PRAGMAS
    remit.ledger.database.PRAGMAS = (f"synchronous={asked.sync.upper()}", *pragmas[1:])  # type: ignore[assignment]
    gc.set_threshold(100_000)  # as the command line has it
    pack = Pack.load(shipped_pack())
    if not asked.json:
        print(f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {asked.events} events")
    for way, batch in product(asked.way or ("calls", "row"), asked.batch or (1, 100)):
        found = measure(pack, asked.events, way, batch, asked.sync, asked.script)
        print(json.dumps(asdict(found)) if asked.json else found, flush=True)


if __name__ == "__main__":
    main()
