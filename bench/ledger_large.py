"""A large ledger: how long it takes to open, to answer, to take one more event, to advance; what a duty costs in memory.

    python bench/ledger_large.py [--events 20000] [--keep FOLDER]     # 1,000,000 on request: many minutes and gigabytes

Of every five events one is a report, which raises two to twelve duties, and four are acts, which discharge some of them.
Everything after the building is measured in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from ledger import KINDS
from remit import Engine, Pack
from remit.ledger.statistics import statistics
from remit.model.terms import Modality
from remit.shipped import shipped_pack

T = TypeVar("T")
EVENTS_A_CASE, BATCH = 5, 1000
START = datetime.fromisoformat("2024-05-06T21:00:00+08:00")
CLUE = KINDS[2]
#: Open duties among which, each time, the same few fall due.
GROWING = (500, 2000, 8000)
FEW = 100


def acts(pack: Pack) -> list[list[dict[str, object]]]:
    """For each kind of report, what discharges half of the duties it raises."""
    found = []
    for kind in KINDS:
        engine = Engine(pack)
        engine.submit({"id": "e", "case": "c", "at": START.isoformat(), **kind})
        duties = [o for o in engine.obligations(case="c") if o.modality is Modality.MUST]
        found.append(
            [
                {"type": "performed", "rule": o.rule, "action": o.action, "by": o.bearer.id}
                for o in duties[: max(1, len(duties) // 2)]
            ]
        )
    return found


def stream(pack: Pack) -> Iterator[dict[str, object]]:
    """Cases one after the other, a minute apart every hundredth."""
    done, number = acts(pack), 0
    while True:
        kind, case = number % len(KINDS), f"c{number}"
        at = START + timedelta(seconds=number // 100)
        yield {"id": f"{case}-0", "case": case, "at": at.isoformat(), **KINDS[kind]}
        for step in range(1, EVENTS_A_CASE):
            act = done[kind][step % len(done[kind])]
            yield {"id": f"{case}-{step}", "case": case, "at": (at + timedelta(minutes=step)).isoformat(), **act}
        number += 1


def build(pack: Pack, path: Path, count: int) -> None:
    told, started = islice(stream(pack), count), time.perf_counter()
    with Engine(pack, ledger=str(path)) as engine:
        while batch := list(islice(told, BATCH)):
            engine.submit_all(batch)
    took = time.perf_counter() - started
    print(f"built {count:,} events in {took:,.0f} s ({took / count * 1e6:,.0f} us each)", flush=True)


def timed(what: str, work: Callable[[], T]) -> T:
    started = time.perf_counter()
    found = work()
    print(f"  {what}: {(time.perf_counter() - started) * 1000:,.1f} ms", flush=True)
    return found


def resident() -> int:
    """Bytes of memory this process holds."""
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def use(pack: Pack, path: Path, count: int) -> None:
    """What a process does that opens the ledger: answer, then write."""
    engine = timed("open", lambda: Engine(pack, ledger=str(path)))
    last = f"c{count // EVENTS_A_CASE - 1}"
    timed("first answer, of one case", lambda: engine.obligations(case=last))
    timed("answer of another case", lambda: engine.obligations(case="c7"))
    timed("the clock", lambda: engine.now)
    counted = timed("statistics", lambda: statistics(engine.durable.store))
    now = engine.now.isoformat()
    timed("first submit", lambda: engine.submit({"id": "new", "case": "new", "at": now, **CLUE}))
    timed("next submit", lambda: engine.submit({"id": "new2", "case": "new2", "at": now, **CLUE}))
    act = acts(pack)[(count // EVENTS_A_CASE - 1) % len(KINDS)][0]
    timed("act in an old case", lambda: engine.submit({"id": "old", "case": last, "at": now, **act}))
    before = resident()
    unit = "zhangwu.marriage_registry"
    found = timed(f"all duties of {unit}", lambda: engine.obligations(unit=unit))
    print(f"    {len(found):,} duties, {(resident() - before) / max(1, len(found)):,.0f} bytes of memory each")
    print(f"  {counted.open:,} open of {counted.obligations:,} duties; {counted.size_bytes / counted.events:,.0f} bytes of disk an event")  # fmt: skip
    engine.close()


def advance(pack: Pack, folder: Path) -> None:
    """The same few fall due, among ever more that do not."""
    for n in GROWING:
        with Engine(pack, ledger=str(folder / f"advance-{n}.db")) as engine:
            soon = clues("soon", FEW, START)
            engine.submit_all([*soon, *clues("later", n - FEW, START + timedelta(hours=12))])
            engine.advance(START + timedelta(hours=13))
            started = time.process_time()
            delta = engine.advance(START + timedelta(hours=24, minutes=1))
            took = (time.process_time() - started) * 1000
        print(f"  advance by half a day, {len(delta.changes)} changes among {2 * n:,} open duties: {took:,.1f} ms")


def clues(name: str, count: int, at: datetime) -> Sequence[dict[str, object]]:
    return [{"id": f"{name}{n}", "case": f"{name}{n}", "at": at.isoformat(), **CLUE} for n in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--keep", type=Path, help="a folder for the ledger, which is built there unless it is there")
    parser.add_argument("--use", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    pack = Pack.load(shipped_pack())
    if asked.use:
        use(pack, asked.keep / "large.db", asked.events)
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "large.db").exists():
            build(pack, folder / "large.db", asked.events)
        subprocess.run(  # noqa: S603 - itself
            [sys.executable, __file__, "--use", "--events", str(asked.events), "--keep", str(folder)], check=True
        )
        advance(pack, Path(temporary))


if __name__ == "__main__":
    main()
