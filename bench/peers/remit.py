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
from workload_pack import opening, report, write

import remit
from remit.matching.choose import choose
from remit.matching.compiled import Compiled
from remit.matching.history import History
from remit.model.event import Event
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


class MatchCompiled:
    """The compiled matcher alone: events in, bindings out. What was told of a case before is known, and found by its name."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._pack = loaded(work, "compiled")
        begun = process_time()
        self._matcher = Compiled(compile_program(self._pack.policies))
        self._matcher.start()
        self.compile_s = process_time() - begun

    def open(self, facts: Facts) -> None:
        """No event states what a rule reads of its case: what the case holds is what its first report said."""
        self._cases: dict[str | None, History] = {}
        for told in opening(facts):
            event = self._pack.event(told)
            case = self._cases[event.case] = History.of(event.case, (event,))
            case.facts(None), case.matter  # known from now on

    def ready(self, events: Sequence[Happening], _generation: int) -> list[Event]:
        return [self._pack.event(report(event)) for event in events]

    def run(self, prepared: list[Event]) -> list[Output]:
        return [
            (rule.order, int(event.id[1:]), event.case or "", f"desk.{event.place}")
            for rule, event, _ in self._matcher.set_off(prepared, self._cases)
        ]
