"""Durable `submit` beside a bare script that writes the same rows, computed beforehand, with the same durability.

Both write SQLite in WAL mode with synchronous=FULL, one transaction an event or a batch, in turn, block by block. What
remit does besides, and the script does not: read the event, match, route, schedule, seal, chain, compare.

    python bench/ledger.py [--events 300] [--batch 1]
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from remit import Engine, Pack
from remit.shipped import shipped_pack

BLOCK = 50
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
Rows = dict[str, list[tuple[Any, ...]]]


def stream(count: int) -> Iterator[dict[str, object]]:
    """New matters, one event each, all at one moment, so that nothing else falls due."""
    for number in range(count):
        yield {"id": f"e{number}", "case": f"c{number}", "at": "2024-05-06T21:00", **KINDS[number % len(KINDS)]}


def rows_written(path: Path, first: int) -> list[Rows]:
    """The rows of each event's transaction, read back from the ledger."""
    found: dict[int, Rows] = defaultdict(lambda: defaultdict(list))
    with sqlite3.connect(path) as db:
        entries = db.execute("SELECT * FROM entries WHERE position > ? ORDER BY position", (first,)).fetchall()
        position = {row[3]: row[0] for row in entries}
        person = {row[8]: row[0] for row in entries}
        for row in entries:
            found[row[0]]["entries"].append(row)
        for row in db.execute("SELECT * FROM persons"):
            if row[0] in person:
                found[person[row[0]]]["persons"].append(row)
        for table, column in (("obligations", 1), ("matters", 0)):
            for row in db.execute(f"SELECT * FROM {table}"):  # noqa: S608 - a name of ours
                at = position.get(row[column].removeprefix("case:"))
                if at is not None:
                    found[at][table].append(row)
        for row in db.execute("SELECT * FROM outbox WHERE position > ?", (first,)):
            found[row[1]]["outbox"].append(row)
    return [found[row[0]] for row in entries]


def write_bare(db: sqlite3.Connection, groups: Sequence[Rows], head: tuple[Any, ...]) -> None:
    """One transaction: the rows, and the head moved."""
    db.execute("BEGIN IMMEDIATE")
    for group in groups:
        for table in ("persons", "entries", "obligations", "matters", "outbox"):
            rows = group.get(table)
            if rows:
                db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608 - ours
    db.execute("UPDATE head SET position = ?, hash = ?, peaks = ?, outbox = ?", head)
    db.execute("COMMIT")


def emptied(ledger: Path, copy: Path) -> sqlite3.Connection:
    """The same tables and indexes, as they stood before the stream."""
    with sqlite3.connect(ledger) as source, sqlite3.connect(copy) as target:
        source.backup(target)
    db = sqlite3.connect(copy, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=0"):
        db.execute(f"PRAGMA {pragma}")
    return db


def blocks(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def measure(count: int, batch: int) -> tuple[float, float, list[float]]:
    """Microseconds an event of remit and of the bare script, and the ratio of each pair of blocks."""
    pack = Pack.load(shipped_pack())
    told = list(stream(count))
    with tempfile.TemporaryDirectory() as folder:
        rehearsal, path, copy = (Path(folder) / name for name in ("rehearsal.db", "remit.db", "bare.db"))
        warm = {"id": "warm", "case": "warm", "at": "2024-05-06T21:00", **KINDS[0]}
        with Engine(pack, ledger=str(rehearsal)) as engine:
            engine.submit(warm)
            first = engine.position
            for event in told:
                engine.submit(event)
        groups = rows_written(rehearsal, first)
        with Engine(pack, ledger=str(path)) as engine:
            engine.submit(warm)
            bare = emptied(path, copy)
            ours, theirs = [], []
            for events, rows in zip(blocks(told, BLOCK), blocks(groups, BLOCK), strict=True):
                started = time.perf_counter()
                for some in blocks(events, batch):
                    engine.submit_all(some)
                ours.append((time.perf_counter() - started) / len(events))
                started = time.perf_counter()
                for group in blocks(rows, batch):
                    write_bare(bare, group, (first, b"h" * 32, b"p" * 200, first))
                theirs.append((time.perf_counter() - started) / len(rows))
            bare.close()
    return median(ours) * 1e6, median(theirs) * 1e6, [a / b for a, b in zip(ours, theirs, strict=True)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=600)
    parser.add_argument("--batch", type=int, default=1)
    asked = parser.parse_args()
    ours, theirs, ratios = measure(asked.events, asked.batch)
    print(
        f"batch {asked.batch}: remit {ours:,.0f} us an event, bare rows {theirs:,.0f} us; ratio {median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"
    )


if __name__ == "__main__":
    main()
