"""`Evaluator`: who answers what is owed, and until when the answer stands. The reference, and the shape of every faster way.

Answers are bare (`Obligation.bare`): explanations are made when somebody asks why. Whatever evaluates faster gives the
same tuples, field by field and in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.semantics.law import Law
from remit.semantics.obligations import agenda_obligations, case_obligations, knowable
from remit.semantics.wakes import Dates, wakes_at


class Evaluator(Protocol):
    """One answer, whoever gives it. Events not yet knowable at `now` may be among those given; they do not count."""

    def case(self, case: str | None, events: Iterable[Event], now: datetime) -> tuple[Obligation, ...]:
        """What one case raises at `now`; `events` are all of that case."""
        ...

    def agenda(self, events: Iterable[Event], now: datetime) -> tuple[Obligation, ...]:
        """The recurring and standing duties of every unit up to `now`; `events` are those of all cases."""
        ...

    def wakes_at(
        self, owed: Iterable[Obligation], events: Iterable[Event], now: datetime, *, agenda: bool = False
    ) -> datetime | None:
        """The first moment after `now` at which the answer may be another though nothing new is reported; None for never.

        For any `then` with `now <= then < wakes_at`, the answer is the one given.
        """
        ...


class ReferenceEvaluator:
    """The functions that define the answer, without their explanations."""

    def __init__(self, law: Law) -> None:
        self.law = law
        self._dates = Dates.of(law)

    def case(self, case: str | None, events: Iterable[Event], now: datetime) -> tuple[Obligation, ...]:
        return tuple(o.bare() for o in case_obligations(self.law, case, knowable(events, now), now))

    def agenda(self, events: Iterable[Event], now: datetime) -> tuple[Obligation, ...]:
        return tuple(o.bare() for o in agenda_obligations(self.law, knowable(events, now), now))

    def wakes_at(
        self, owed: Iterable[Obligation], events: Iterable[Event], now: datetime, *, agenda: bool = False
    ) -> datetime | None:
        return wakes_at(self.law, self._dates, owed, events, now, agenda=agenda)
