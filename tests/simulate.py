"""Years of a library, or a slice of Fuxin, from one seed: `python tests/simulate.py --seed 7 --steps 1000`.

On a file, or with `--url postgresql://…` in an empty database of a server.
Reports in every order, corrections, retractions, waivers, suspensions, mergers, splits, erasures; new versions of the pack (a reorganisation,
a calendar published later); restarts, crashes, statements that break off, connections that are cut. After each step what the ledger says of the cases
touched is compared with the pure function; now and then, and at the end, all of it, from outside. The seed brings a failure
back exactly.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import event as hooks
from sqlalchemy import text

from remit import Engine, Event, Pack, obligations
from remit.errors import EventError, LedgerError
from remit.ledger.database import Database
from remit.ledger.vault import MasterKey
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES, linked
from torture.chance import Random
from torture.oracle import examine
from torture.stream import Advance, Erase, Step, Stream, Submit
from torture.victim import LIBRARY

FUXIN = Path(__file__).parents[1]
#: Cases that something is still reported of; the others only grow older.
OPEN_CASES = 30
#: What a merger, a split or an erasure may be refused with: no such case or event there, one key for reports of two cases.
REFUSED = ("RM451", "RM455", "RM727", "RM772")
#: Days that pass at most between two crowded hours.
PACE = 21
#: A statement of SQLite's is broken off after so many of its instructions, counted from a random one.
BREATH = 50

CALENDAR = """year: {year}
document: Almanac {year}
published_on: {published}-06-01
holidays:
  National Day: {year}-06-06
workdays: []
"""
MERGED = """
reorganisations:
  - {on: 2026-03-01, merge: [hill-library], into: harbour-library, authority: decision 12}
"""


class Years(Stream):
    """A stream over years: days pass between hours full of reports, and cases come and go by the thousand."""

    def over(self, count: int, pace: int) -> Iterable[Step]:
        """So many steps; up to `pace` days pass in between."""
        made = 0
        while made < count:
            self.now += timedelta(days=self.chance.randrange(1, pace))
            for _ in range(self.chance.randrange(1, 12)):
                self.cases[self.chance.randrange(len(self.cases))] = f"loan-{len(self.cases) + self.forgotten}"
                self.forgotten += 1
                self.made = [one for one in self.made if one[1] in self.cases]
                self.now += timedelta(minutes=self.chance.randrange(1, 20))
                made += 1
                yield self._step()

    def _step(self) -> Step:
        kind = self.chance.random()
        if kind < 0.06:
            return Advance(self.now)
        if kind < 0.08 and len(self.made) > 3:
            return Erase(self._given_up())
        if kind < 0.14 and len(self.made) > 3:
            return Submit((self._move(),))
        return Submit(tuple(self._event() for _ in range(self.chance.choice((1, 1, 2, 4)))))

    def _move(self) -> dict[str, Any]:
        """Two cases turn out to be one, or a case to be two; what it names may have been moved before, and then it is refused."""
        self.number += 1
        act = {"id": f"m{self.number}", "case": self.chance.choice(self.made)[1], "at": self.now.isoformat()}
        others = sorted({case for _, case, _ in self.made if case != act["case"]})
        if others and self.chance.random() < 0.5:
            return act | {"type": "case_merger", "of": self.chance.choice(others)}
        mine = [name for name, case, _ in self.made if case == act["case"]]
        into = self.chance.choice([*others, f"half-{self.number}"])
        return act | {"type": "case_split", "events": [self.chance.choice(mine)], "into": into}


class Simulation:
    """One library and what becomes of its ledger."""

    def __init__(self, seed: int, folder: Path, server: str | None = None) -> None:
        self.chance = Random(seed)
        self.folder = folder
        self.server = server
        self.key = MasterKey(self.chance.randbytes(32))
        self.tally: Counter[str] = Counter()
        self.packs = list(versions(folder))
        self.pack = self.packs.pop(0)[1]
        self.lives = self._breath = 0
        self.home = folder / "0"
        self.engine = self._open()
        self.told: dict[str, Event] = {}

    @property
    def url(self) -> str:
        return self.server or f"{self.home}/ledger.db"

    def _open(self) -> Engine:
        self.home.mkdir(exist_ok=True)
        engine = Engine(self.pack, backend=self.chance.choice(("reference", "auto")), ledger=self.url, key=self.key)
        if self.server is None:
            bare_engine = engine._keeper.store.database.engine
            hooks.listen(bare_engine, "connect", self._watch)
            bare_engine.dispose()
        return engine

    # --- what goes wrong --------------------------------------------------------------------------

    def _watch(self, connection: Any, _record: object) -> None:
        connection.set_progress_handler(self._tick, BREATH)

    def _tick(self) -> int:
        """Called by SQLite every few instructions; 1 breaks the statement off."""
        self._breath -= self._breath > 0
        return int(self._breath == 1)

    def restart(self) -> None:
        self.engine.close()
        self.engine = self._open()
        self.tally["restarts"] += 1

    def crash(self) -> None:
        """What lay on the disk at this moment is all there is; of a server, every connection is cut."""
        if self.server is not None:
            self._cut()
            return
        self.lives += 1
        new = self.folder / str(self.lives)
        new.mkdir()
        for name in ("", "-wal", "-witness"):
            if Path(self.url + name).exists():
                shutil.copy(self.url + name, new / f"ledger.db{name}")
        self.engine.close()
        shutil.rmtree(self.home)
        self.home = new
        self.engine = self._open()
        self.tally["crashes"] += 1

    def _cut(self) -> None:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        database = Database(str(self.server))
        with database.engine.connect() as connection:
            connection.execute(text(others))
        database.close()
        self.tally["connections cut"] += 1

    # --- what happens -----------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        while self.packs and self.packs[0][0] <= self.engine.now.date().isoformat():
            self.pack = self.packs.pop(0)[1]
            self.restart()
            self.tally["versions of the pack"] += 1
        fate = self.chance.random()
        if fate < 0.02:
            self.restart()
        elif fate < (0.03 if self.server is None else 0.12):
            self.crash()
        self._breath = self.chance.randrange(2, 60) if fate > 0.9 else 0
        try:
            self._do(step)
        except LedgerError as broken:
            if broken.code != "RM704":
                raise
            self.tally["statements broken off"] += 1
            self._breath = 0
            self._do(step)
        self._breath = 0
        self._note(step)
        self._compare(step)
        if fate > 0.97:
            self._refused()

    def _do(self, step: Step) -> None:
        """Take the step; what moves make impossible is refused, and leaves everything as it was."""
        before = self.engine.position
        try:
            step.do(self.engine)
        except (EventError, LedgerError) as refused:
            if refused.code not in REFUSED:
                raise
            assert self.engine.position == before
            self.tally[f"refused: {refused.code}"] += 1

    def _note(self, step: Step) -> None:
        match step:
            case Submit(events):
                kept = {event.id for event in self.engine.events}
                self.told |= {read.id: read for read in map(self.pack.event, events) if read.id in kept}
                self.tally["events"] += len(events)
                self.tally["moves"] += sum(event["id"] in kept and event["type"] in MOVES for event in events)
            case Erase():
                kept = {event.id for event in self.engine.events}
                self.told = {name: event for name, event in self.told.items() if name in kept}
                self.tally["erasures"] += 1
            case Advance():
                self.tally["advances"] += 1

    def _refused(self) -> None:
        """What is refused, or known already, leaves everything as it was."""
        if not self.told:
            return
        before, head = self.engine.answer(), self.engine._keeper.store.head()
        known = self.chance.choice(list(self.told.values()))
        homed = next(event for event in self.engine.events if event.id == known.id)
        assert self.engine.submit(homed).duplicate
        new = {"id": "new", "case": "new", "type": "item_lost", "at": self.engine.now.isoformat()}
        assert self._code_of([new, {**new, "id": known.id, "place": "norrtown"}]) == "RM450"
        assert self.engine.answer() == before
        after = self.engine._keeper.store.head()
        assert after == head, (after, head)
        self.tally["refusals"] += 1

    def _code_of(self, events: list[dict[str, str]]) -> str | None:
        try:
            self.engine.submit_all(events)
        except EventError as refused:
            return refused.code
        return None

    # --- the pure function --------------------------------------------------------------------------

    def _compare(self, step: Step) -> None:
        """The cases of this step, the ledger's answer against the function's."""
        if not isinstance(step, Submit):
            return
        events = self.engine.events
        moves = [event for event in events if event.type in MOVES]
        for case in sorted({event["case"] for event in step.events if "case" in event}):
            group = linked((case,), moves)[case]
            told = [event for event in events if event.case in group]
            pack = self.pack
            answer = obligations(
                pack.policies, pack.graph, pack.vocabulary.readings, pack.calendar, told, self.engine.now,
                attributes=pack.vocabulary.attributes,
            ).obligations  # fmt: skip
            assert self.engine.obligations(case=case) == tuple(o.bare() for o in answer if o.case == case), case
            self.tally["comparisons"] += 1

    def whole(self) -> None:
        """Everything, from outside; a version of the pack is taken up by a write, and the last one may have been refused."""
        self.engine.advance(self.engine.now)
        seen = examine(self.url, self.key, self.pack)
        assert {name for name in seen.ids if name in self.told} == set(self.told)
        self.tally["whole comparisons"] += 1


def versions(folder: Path) -> Iterable[tuple[str, Pack]]:
    """The library's pack, and from which day of the simulation it is run by each later version."""
    root = shutil.copytree(LIBRARY, folder / "pack")
    yield "", Pack.load(root)
    for day, year in (("2024-09-01", 2025), ("2025-07-01", 2026)):
        root = shutil.copytree(root, folder / f"pack-{year}")
        calendar = CALENDAR.format(year=year, published=year - 1)
        (root / "facts" / "calendars" / f"{year}.yaml").write_text(calendar, "utf-8")
        yield day, Pack.load(root)
    root = shutil.copytree(root, folder / "pack-merged")
    units = root / "facts" / "units.yaml"
    units.write_text(units.read_text("utf-8") + MERGED, "utf-8")
    yield "2025-12-01", Pack.load(root)


def library(seed: int, count: int, every: int, pace: int = PACE, server: str | None = None) -> Counter[str]:
    """Simulate, on a file or in an empty database of a server; raises at the first difference."""
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(seed, Path(folder), server)
        for number, step in enumerate(Years(seed, OPEN_CASES, "", erasures=True).over(count, pace), 1):
            try:
                simulation.step(step)
                if number % every == 0:
                    simulation.whole()
            except BaseException:
                print(f"seed {seed}, step {number}: {step}", file=sys.stderr)
                raise
        simulation.whole()
        first, last = 2024, simulation.engine.now.year
        simulation.tally["cases"] = len({event.case for event in simulation.told.values()})
        simulation.tally["years"] = last - first
        simulation.engine.close()
        return simulation.tally


def fuxin(seed: int, cases: int) -> Counter[str]:
    """A slice on the Fuxin pack: its example cases at random days, in random order, with restarts between."""
    chance, pack, key = Random(seed), Pack.load(FUXIN), MasterKey.create()
    with tempfile.TemporaryDirectory() as folder:
        url, tally = f"{folder}/ledger.db", Counter[str]()
        for number in range(cases):
            events = later(pack.read_events(chance.choice(pack.cases)), f"{number}-", chance)
            with Engine(pack, ledger=url, key=key) as engine:
                engine.submit_all(events)
                tally["events"] += len(events)
                if chance.random() < 0.5:
                    engine.advance(engine.now + timedelta(days=chance.randrange(1, 90)))
        examine(url, key, pack)
        tally["whole comparisons"] += 1
        return tally


def later(events: Iterable[Event], prefix: str, chance: Random) -> list[Event]:
    """The events of a case as another case of some days later, in any order; of amendments, none."""
    delay = timedelta(days=chance.randrange(300))
    moved = [
        replace(
            event,
            id=prefix + event.id,
            case=f"{prefix}{event.case}",
            at=event.at + delay,
            known_at=event.known_at + delay,
        )
        for event in events
        if event.type not in AMENDMENTS
    ]
    chance.shuffle(moved)
    return moved


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--every", type=int, default=100, help="steps between comparisons of everything")
    parser.add_argument("--fuxin", type=int, default=4, help="cases of the slice on the Fuxin pack")
    parser.add_argument("--url", help="an empty database of a server; left out, a file")
    asked = parser.parse_args()
    started = time.perf_counter()
    print(f"SEED={asked.seed}")
    for name, tally in (
        ("library", library(asked.seed, asked.steps, asked.every, server=asked.url)),
        ("fuxin", fuxin(asked.seed, asked.fuxin)),
    ):
        print(f"{name}: " + ", ".join(f"{what} {count}" for what, count in sorted(tally.items())))
    print(f"no difference, in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
