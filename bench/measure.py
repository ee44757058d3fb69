"""Rounds: every lane in turn, round after round, so that what the machine does meanwhile falls upon all."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from lane import Lane, LaneError
from sides import Side

#: What a workload is made of: the arguments of `Workload`.
Sizes = Mapping[str, int]
#: What a figure hangs on is waited for longer, should the machine have other work.
PATIENCE = 8


@dataclass(frozen=True)
class Pace:
    """How long everything may take."""

    rounds: int
    seconds: float
    warm_s: float
    load_limit_s: float


FULL = Pace(rounds=5, seconds=0.3, warm_s=6, load_limit_s=90)
QUICK = Pace(rounds=7, seconds=0.06, warm_s=0.5, load_limit_s=15)


@dataclass
class Row:
    """What one engine gave at one size; `us` are microseconds an event, one for each round.

    `failed` is why there are none.
    """

    side: str
    sizes: Sizes
    us: list[float] = field(default_factory=list)
    compile_s: float | None = None
    open_s: float | None = None
    case_bytes: float | None = None
    p50_us: float | None = None
    p99_us: float | None = None
    event_bytes: float | None = None
    duty_bytes: float | None = None
    failed: str | None = None

    @property
    def middle(self) -> float | None:
        return median(self.us) if self.us else None


class Run:
    """One engine, loaded at one size, and the row it fills."""

    def __init__(self, side: Side, sizes: Sizes, pace: Pace) -> None:
        told = ", ".join(f"{value:,} {name}" for name, value in sizes.items())
        print(f"== {side.label}: {told}", file=sys.stderr, flush=True)
        self.row = Row(side.name, dict(sizes))
        self._pace = pace
        limit = pace.load_limit_s * (PATIENCE if side.measured else 1)
        self._lane: Lane | None = side.lane()
        loaded = self._ask("load", limit, **sizes)
        if loaded:
            self.row.compile_s, self.row.open_s = loaded["compile_s"], loaded["open_s"]
            self.row.case_bytes = loaded["bytes"] / sizes.get("cases", 200)
            self._ask("check", limit)
            self._ask("warm", 60, seconds=pace.warm_s)

    def _ask(self, name: str, limit: float, **options: Any) -> dict[str, Any]:
        """The answer, or nothing once it failed; then the row says why."""
        if self._lane is None:
            return {}
        try:
            return self._lane.ask(name, limit, **options)
        except LaneError as why:
            self.row.failed = self.row.failed or str(why)
            self.row.us.clear()
            self.close()
            return {}

    def round(self, core: int | None) -> None:
        timed = self._ask("time", 60, seconds=self._pace.seconds, core=core)
        if timed:
            self.row.us.append(timed["seconds"] / timed["events"] * 1e6)

    def singles(self) -> None:
        """The spread of single events, as many as take about the time of one round."""
        if self.row.middle:
            events = max(100, min(2_000, int(self._pace.seconds * 1e6 / self.row.middle)))
            told = self._ask("spread", 60, events=events)
            self.row.p50_us, self.row.p99_us = told.get("p50_us"), told.get("p99_us")

    def filled(self, events: int) -> None:
        """What stays in memory of an event, and of a duty."""
        told = self._ask("fill", 120, events=events)
        self.row.event_bytes, self.row.duty_bytes = told.get("event_bytes"), told.get("duty_bytes")

    def close(self) -> None:
        if self._lane is not None:
            self._lane.close()
            self._lane = None


def interleaved(
    asked: Sequence[tuple[Side, Sizes]], pace: Pace, *, singles: bool = False, filled: int = 0
) -> list[Row]:
    """All of these at once, each in its own process, timed in turn; in a round, all by the same core.

    Of two cores that others share, one may be slower by half for as long as a run takes.
    """
    with ThreadPoolExecutor(os.cpu_count()) as loading:
        runs = list(loading.map(lambda each: Run(*each, pace), asked))
    cores: Sequence[int | None] = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [None]
    for number in range(pace.rounds):
        for run in runs:
            run.round(cores[number % len(cores)])
    for run in runs:
        if singles:
            run.singles()
        if filled:
            run.filled(filled)
        run.close()
    return [run.row for run in runs]


def hopeless(row: Row, rules: int, pace: Pace) -> str | None:
    """Why it need not be tried at so many rules, judging from fewer; None: it is to be tried."""
    if row.failed:
        return f"not tried: failed at {row.sizes['rules']:,} rules"
    times = rules / row.sizes["rules"]
    # With few rules, what compiling takes is the start of a library, which does not grow.
    spent = (row.open_s or 0) + ((row.compile_s or 0) if row.sizes["rules"] >= 100 else 0)
    if spent * times > pace.load_limit_s / 2:
        return f"not tried: {row.sizes['rules']:,} rules and their facts took {spent:.1f} s to load"
    return None


def sweep(sides: Sequence[Side], rules: Sequence[int], pace: Pace) -> list[Row]:
    """Every engine at every number of rules, as far as it can."""
    rows: list[Row] = []
    for number in rules:
        asked = []
        for side in sides:
            former = [row for row in rows if row.side == side.name and row.us]
            why = hopeless(former[-1], number, pace) if former else None
            if why:
                rows.append(Row(side.name, {"rules": number}, failed=why))
            else:
                asked.append((side, {"rules": number}))
        rows += interleaved(asked, pace, singles=True)
    return rows
