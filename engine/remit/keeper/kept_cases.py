"""Cases of a ledger as they stand, kept from one transaction to the next: an event costs what it bears on, not its whole case.

A case is kept from its first event on, or from when an event of it was worked out whole. Its keeper says when it may have
become another behind its back: then it is let go, and read again when it is next spoken of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from remit.live.audience import Audience
from remit.live.case import LiveCase
from remit.live.evaluator import LiveEvaluator
from remit.live.timeline import BEGINNING
from remit.live.watch import Watch
from remit.model.event import Event
from remit.model.obligation import Change, Obligation
from remit.semantics.changes import changes


class KeptCase:
    """One case, at the moment it was last told."""

    __slots__ = ("_case", "_later", "_watch")

    def __init__(self, audience: Audience, case: str | None, gone: frozenset[str]) -> None:
        self._watch = Watch()
        self._watch.gone = gone
        self._case = LiveCase(audience, self._watch, case)
        #: Whether something in it is known only later, or may be.
        self._later = False

    @property
    def events(self) -> Sequence[Event]:
        """What was reported in it."""
        return self._case.events

    def owed(self) -> tuple[Obligation, ...]:
        """What it comes to."""
        return self._case.owed()

    def load(self, events: Iterable[Event], now: datetime) -> None:
        """Everything reported so far; nothing of it is news."""
        self._case.events.extend(events)
        self._later = any(event.replacement is not None or event.knowable_at > now for event in self._case.events)
        self._case.work_out_whole(now)
        self._watch.news(self._case.case)

    def take(self, event: Event, now: datetime) -> None:
        """One event more, the last."""
        self.pass_to(now)
        knowable = event.knowable_at
        self._later = self._later or event.replacement is not None or knowable > now
        self._case.take(event, knowable, now)

    def pass_to(self, now: datetime) -> None:
        """Time has passed."""
        called: list[Any] = list(self._watch.passed(now))
        if called:
            self._case.settle([one for one in called if one is not self._case], now)

    def news(self) -> tuple[Change, ...]:
        """What has become otherwise since this was asked last."""
        return tuple(self._watch.news(self._case.case))

    def wakes_at(self, evaluator: LiveEvaluator, now: datetime) -> datetime | None:
        """When it next turns by itself."""
        if self._later:
            return evaluator.wakes_at(self._case.owed(), self._case.events, now)
        return self._case.wakes(now)


class KeptCases:
    """The cases that are kept, by name. Those of a law in which units cease are let go when one does."""

    def __init__(self, evaluator: LiveEvaluator) -> None:
        self._evaluator = evaluator
        self._audience: Audience | None = None
        self._cases: dict[str | None, KeptCase] = {}
        self._now = BEGINNING
        self._is_moving = bool(evaluator.program.law.graph.reorganisations)
        self._gone: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(self._cases)

    def __contains__(self, case: str | None) -> bool:
        return case in self._cases

    def at(self, now: datetime) -> None:
        """The moment for all that follows."""
        self._now = now
        if self._is_moving:
            timeline = self._evaluator.program.timeline
            gone = timeline.ceased(timeline.day(now))
            if gone != self._gone:
                self._gone = gone
                self._cases.clear()

    @property
    def _hearing(self) -> Audience:
        """Made when it is first needed, as many ledgers are only read."""
        if self._audience is None:
            self._audience = Audience(self._evaluator)
        return self._audience

    def begin(self, case: str | None) -> None:
        """Keep a case in which nothing was reported so far."""
        self._cases[case] = KeptCase(self._hearing, case, self._gone)

    def loaded(
        self, case: str | None, events: Iterable[Event], before: Iterable[Obligation]
    ) -> tuple[tuple[Change, ...], datetime | None]:
        """Keep a case of which everything reported is given, and what was said of it before; as `news`."""
        found = self._cases[case] = KeptCase(self._hearing, case, self._gone)
        found.load(events, self._now)
        return changes(before, found.owed()).changes, found.wakes_at(self._evaluator, self._now)

    def events(self, case: str | None) -> tuple[Event, ...] | None:
        """What was reported in a case; None where it is not kept."""
        found = self._cases.get(case)
        return None if found is None else tuple(found.events)

    def news(self, case: str | None) -> tuple[tuple[Change, ...], datetime | None]:
        """What has become otherwise in a case that is kept, since this was asked last; and when it next turns by itself."""
        found = self._cases[case]
        found.pass_to(self._now)
        return found.news(), found.wakes_at(self._evaluator, self._now)

    def take(self, event: Event) -> bool:
        """One more event of a case, if that is kept."""
        found = self._cases.get(event.case)
        if found is None:
            return False
        found.take(event, self._now)
        return True

    def let_go(self, case: str | None) -> None:
        """Keep a case no longer."""
        self._cases.pop(case, None)

    def clear(self) -> None:
        """Keep none."""
        self._cases.clear()
