"""remit itself: matching alone, to stand beside what the peers do, and the whole of `submit`, which they don't do."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from fcntl import LOCK_EX, flock
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

from workload import Facts, Happening, Output, Workload, case_number
from workload_pack import AT, opening, report, write

import remit
from remit.matching.choose import choose
from remit.matching.history import History
from remit.pack.cache import Cache
from remit.program.compile import compile_program


def loaded(work: Workload, backend: str) -> remit.Pack:
    """The workload's pack, once it is known that there is such a back end. Read once a run: `BENCH_CACHE` keeps it."""
    if choose(compile_program(()), backend).name != backend:
        raise RuntimeError(f"`{backend}` cannot be had here")
    kept = os.environ.get("BENCH_CACHE")
    with TemporaryDirectory() as folder:
        home = write(work, Path(folder) / "pack")
        if kept is None:
            return remit.Pack.load(home)
        with (Path(kept) / "lock").open(
            "w"
        ) as lock:  # of several that want it at once, one reads and the others find it
            flock(lock, LOCK_EX)
            return remit.Pack.load(home, cache=Cache(Path(kept) / "packs"))


class Whole:
    """`Engine.submit` in memory: JSON in; a validated event, routed obligations with deadlines and the changes out.

    Every event stays in its case, so each generation brings cases of its own.
    """

    backend = ""
    keeps = True

    def __init__(self, work: Workload) -> None:
        self._work = work
        self.most = work.cases
        self._engine = remit.Engine(loaded(work, self.backend), backend=self.backend)

    def open(self, facts: Facts) -> None:
        self._engine.submit_all(opening(facts))

    def ready(self, events: Sequence[Happening], generation: int) -> list[Any]:
        self.open(self._work.facts(generation, {case_number(event.case) for event in events}))
        return [json.dumps(report(event)).encode() for event in events]

    def run(self, prepared: list[Any]) -> list[Output]:
        submit = self._engine.submit
        found = [o for told in prepared for o in submit(told).created]
        return [(int(o.rule[1:-2]) - 1, int(o.triggered_by[0][1:]), o.case or "", o.bearer.id) for o in found]


class SubmitCompiled(Whole):
    """With the compiled matcher."""

    backend = "compiled"


class SubmitDurable(Whole):
    """With the durable-rules network, in a process of its own."""

    backend = "durable"


class SubmitReference(Whole):
    """With the reference matcher."""

    backend = "reference"


class Matching:
    """A matcher alone: ready cases in, bindings out. A case holds its opening report and the event; its facts are known."""

    backend = ""
    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._pack = loaded(work, self.backend)
        first = self._pack.event({"id": "first", "type": "opened", "case": "first", "at": AT})
        begun = process_time()
        self._matcher = choose(compile_program(self._pack.policies), self.backend)
        self._matcher.bindings(History.of("first", (first,)))  # until something is matched, nothing need be compiled
        self.compile_s = process_time() - begun

    def open(self, facts: Facts) -> None:
        self._opened = {str(told["case"]): self._pack.event(told) for told in opening(facts)}

    def ready(self, events: Sequence[Happening], _generation: int) -> list[History]:
        cases = [History.of(e.case, (self._opened[e.case], self._pack.event(report(e)))) for e in events]
        for case in cases:
            case.facts(None)
        return cases

    def run(self, prepared: list[History]) -> list[Output]:
        bindings = self._matcher.bindings
        found = [binding for history in prepared for binding in bindings(history)]
        return [(b.rule.order, int(b.event.id[1:]), b.event.case or "", f"desk.{b.event.place}") for b in found]


class MatchCompiled(Matching):
    """The compiled matcher."""

    backend = "compiled"


class MatchReference(Matching):
    """The reference."""

    backend = "reference"
