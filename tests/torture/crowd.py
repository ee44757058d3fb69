"""Many processes at one ledger: `python -m torture.crowd ORDER` forks writers and readers and prints what became of each.

With `watch`, whatever may fold the log leaves a mark in a folder while it lasts: two at once collide.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import remit.ledger.database
import remit.ledger.writer
from remit import Engine, Pack
from remit.errors import EventError
from remit.ledger.database import Database
from remit.ledger.vault import MasterKey
from torture.oracle import Rows, examined
from torture.stream import Submit, steps
from torture.victim import LIBRARY


@dataclass(frozen=True)
class Order:
    """So many writers, each its own stream, and readers until the last has finished."""

    url: str
    key: str
    seed: int
    writers: int
    readers: int
    count: int
    reopen: int = 0  # a writer closes the ledger and opens it again after so many steps
    watch: str = ""
    pages: int = 4000


@dataclass
class Outcome:
    """What one process has to tell."""

    acknowledged: list[str] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    snapshots: int = 0
    slowest: float = 0
    folds: int = 0
    failure: str = ""


def write(order: Order, number: int, pack: Pack, outcome: Outcome) -> None:
    """A writer: its own reports on cases that all share, and now and then one that all make at once."""
    key = MasterKey.of_text(order.key)
    engine = Engine(pack, backend="reference", ledger=order.url, key=key)
    for at, step in enumerate(steps(order.seed + number, order.count, prefix=f"w{number}-", erasures=False)):
        try:
            step.do(engine)
        except EventError as late:
            if late.code != "RM452":  # another has moved the clock further
                raise
        if isinstance(step, Submit):
            outcome.acknowledged += [event["id"] for event in step.events]
        if at % 5 == 0:
            said = {"type": "item_lost", "case": "all", "at": "2024-02-06T08:00:00+01:00", "place": "hill"}
            outcome.first += [] if engine.submit({"id": f"all-{at}", **said}).duplicate else [at]
        if order.reopen and at % order.reopen == order.reopen - 1:
            engine.close()
            engine = Engine(pack, backend="reference", ledger=order.url, key=key)
    engine.close()


def read(order: Order, finished: Path, pack: Pack, outcome: Outcome) -> None:
    """A reader: every snapshot is whole, and none has to be waited for."""
    key = MasterKey.of_text(order.key)
    Engine(pack, backend="reference", ledger=order.url, key=key).close()  # all make it at once
    database = Database(order.url)
    last = 0
    while not finished.exists():
        started = time.perf_counter()
        with database.reading() as connection:
            rows = Rows(connection)
        outcome.slowest = max(outcome.slowest, time.perf_counter() - started)
        assert rows.head.position >= last, "what was seen is gone"
        last = rows.head.position
        examined(rows, key, pack)
        outcome.snapshots += 1
        time.sleep(0.02)
    database.close()


# --- two at once would collide ------------------------------------------------------------------------------


def watched(log: Path, folder: Path, outcome: Outcome) -> None:
    """Let every writer's transaction, in which it may fold the log, and every emptying of the log leave its mark while it lasts."""
    module: Any = remit.ledger.database
    emptied: Callable[..., bool] = module.emptied
    write_once: Callable[..., Any] = Database._write

    def emptied_seen(*given: Any) -> bool:
        with mark(folder):
            return emptied(*given)

    def write_seen(*given: Any) -> Any:
        with mark(folder):
            before = folds(log)
            done = write_once(*given)
            outcome.folds += folds(log) != before
            return done

    module.emptied = emptied_seen
    Database._write = write_seen  # type: ignore[method-assign]


def folds(log: Path) -> bytes:
    """How often the log was begun anew after having been folded, as its head counts it (https://sqlite.org/fileformat2.html#walformat)."""
    return log.read_bytes()[12:16] if log.exists() else b""


@contextmanager
def mark(folder: Path) -> Iterator[None]:
    path = folder / "busy"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL))
    try:
        yield
    finally:
        path.unlink()


# --- processes ------------------------------------------------------------------------------------------------


def main() -> None:
    order = Order(**json.loads(sys.argv[1]))
    pack = Pack.load(LIBRARY)
    remit.ledger.writer.FOLD_PAGES = order.pages
    folder = Path(sys.argv[2])
    finished = folder / "finished"
    readers = [forked(folder, lambda o: read(order, finished, pack, o), order) for _ in range(order.readers)]
    writers = [forked(folder, lambda o, n=n: write(order, n, pack, o), order) for n in range(order.writers)]
    for child in writers:
        os.waitpid(child, 0)
    finished.touch()
    for child in readers:
        os.waitpid(child, 0)


def forked(folder: Path, what: Callable[[Outcome], None], order: Order) -> int:
    child = os.fork()
    if child:
        return child
    outcome = Outcome()
    if order.watch:
        watched(Path(f"{Database.path_of(order.url)}-wal"), Path(order.watch), outcome)
    try:
        what(outcome)
    except BaseException:  # noqa: BLE001 - all is told
        outcome.failure = traceback.format_exc()
    (folder / f"outcome-{os.getpid()}").write_text(json.dumps(asdict(outcome)), "utf-8")
    os._exit(0)


def gathered(order: Order, folder: Path) -> list[Outcome]:
    """Run a crowd and hear everybody; from the test's side."""
    tests = Path(__file__).parent.parent
    paths = os.pathsep.join((str(tests.parent / "engine"), str(tests)))
    command = [sys.executable, "-m", "torture.crowd", json.dumps(asdict(order)), str(folder)]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, check=True, timeout=600)
    told = [Outcome(**json.loads(path.read_text("utf-8"))) for path in sorted(folder.glob("outcome-*"))]
    assert not any(one.failure for one in told), "\n".join(one.failure for one in told)
    assert len(told) == order.writers + order.readers
    return told


if __name__ == "__main__":
    main()
