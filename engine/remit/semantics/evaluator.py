"""What the rooms above ask for: the obligations of a case or of the agenda, and when they next change by themselves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Protocol

from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.semantics.law import Law
from remit.semantics.obligations import agenda_obligations, answer, case_obligations


class Evaluator(Protocol):
    """One answer, the pure function's, without its explanations."""

    def case(self, case: str | None, events: Sequence[Event], now: datetime) -> tuple[Obligation, ...]: ...

    def agenda(self, events: Sequence[Event], now: datetime) -> tuple[Obligation, ...]: ...

    def wakes_at(self, owed: Iterable[Obligation], events: Sequence[Event], now: datetime) -> datetime | None: ...


class ReferenceEvaluator:
    """The reference functions themselves."""

    def __init__(self, law: Law) -> None:
        self._law = law

    def case(self, case: str | None, events: Sequence[Event], now: datetime) -> tuple[Obligation, ...]:
        owed = case_obligations(self._law, case, events, now)
        return tuple(bare(o) for o in answer(self._law, owed).obligations)

    def agenda(self, events: Sequence[Event], now: datetime) -> tuple[Obligation, ...]:
        owed = agenda_obligations(self._law, events, now)
        return tuple(bare(o) for o in answer(self._law, owed).obligations)

    def wakes_at(self, owed: Iterable[Obligation], events: Sequence[Event], now: datetime) -> datetime | None:
        zone = self._law.calendar.zone
        midnight = datetime.combine(self._law.day(now) + timedelta(days=1), time.min, zone)
        after = timedelta(microseconds=1)
        moments = [event.knowable_at for event in events]
        for due in (o.deadline for o in owed):
            moments += [at for at in (due.opens, due.due and due.due + after, due.latest and due.latest + after) if at]
        return min((at for at in [midnight, *moments] if at > now), default=None)


def bare(found: Obligation) -> Obligation:
    return replace(
        found,
        grounds=(),
        bearer=replace(found.bearer, path=()),
        performers=tuple(replace(p, path=()) for p in found.performers),
        to=tuple(replace(p, path=()) for p in found.to),
        cooperating=tuple(replace(p, path=()) for p in found.cooperating),
        deadline=replace(found.deadline, steps=(), limit=None),
    )
