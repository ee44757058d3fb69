"""A case told to the live evaluator and to another, which must say the same after every report."""

from __future__ import annotations

from datetime import datetime

from remit.live.cases import LiveCases
from remit.live.evaluator import LiveEvaluator
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.semantics.changes import changes, in_order
from remit.semantics.evaluator import Evaluator, ReferenceEvaluator
from remit.semantics.law import Law
from strategies import START


class Told:
    """One case, told to both."""

    def __init__(self, law: Law, case: str | None = "c1", by: type[Evaluator] = ReferenceEvaluator) -> None:
        self.law, self.case = law, case
        self.other = by(law)
        self.cases = LiveCases(LiveEvaluator(law))
        self.events: list[Event] = []
        self.said: tuple[Obligation, ...] = ()
        self.now = START
        self.cases.at(START)

    def to(self, now: datetime) -> None:
        """Time passes, never back."""
        self.now = max(now, self.now)
        self.cases.at(self.now)

    def take(self, event: Event) -> None:
        """One report more."""
        self.events.append(event)
        self.cases.take(event, event.knowable_at)

    def holds(self) -> None:
        """Both say the same, and so do the changes since this was asked last."""
        expected = self.other.case(self.case, self.events, self.now)
        assert self.cases.owed(self.case) == expected
        assert in_order(self.cases.changes(self.case)) == changes(self.said, expected).changes
        self.said = expected
