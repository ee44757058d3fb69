"""`LiveCases`: all cases of one law, and the moments at which something in them turns by itself.

    cases = LiveCases(LiveEvaluator(law))
    cases.at(now)                  # time has passed; it never runs backwards
    cases.take(event)              # an event of a case
    cases.changes("c-17")          # what has become otherwise there since this was asked last

An event costs what it bears on (`case.py`), and the passing of time what falls due by it: a duty is called at the moment at
which it turns, under that moment, which all that is due on one day have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from remit.live.audience import Audience
from remit.live.case import LiveCase
from remit.live.evaluator import LiveEvaluator
from remit.live.slot import Slot
from remit.live.timeline import BEGINNING
from remit.live.watch import Watch
from remit.model.event import Event
from remit.model.obligation import Change, Obligation
from remit.semantics.wakes import following


class LiveCases:
    """Every case, from its first event on."""

    def __init__(self, evaluator: LiveEvaluator) -> None:
        self._program = evaluator.program
        self._audience, self._watch = Audience(evaluator), Watch()
        self._cases: dict[str | None, LiveCase] = {}
        self._due: dict[LiveCase, list[Slot]] = {}
        self._now = BEGINNING
        self._next_move: date | None = date.min

    # --- in --------------------------------------------------------------------------------------------

    def at(self, now: datetime) -> None:
        """Time has passed."""
        self._now = now
        for called in self._watch.passed(now):
            if isinstance(called, LiveCase):
                self._due.setdefault(called, [])
            elif isinstance(called, Slot):
                self._due.setdefault(self._cases[called.home.case], []).append(called)
        if self._audience.reorganised:
            self._look_around(now)

    def take(self, event: Event, knowable: datetime) -> None:
        """An event of a case that is linked with no other, at the moment reached; its bearers could know of it then."""
        case = self._cases.get(event.case) or self._case(event.case)
        case.take(event, knowable, self._settled(case) if self._due else self._now)

    def take_linked(self, event: Event, linked: Sequence[str | None]) -> None:
        """An event of one of several cases that were merged or split; each is worked out from the events of all."""
        self._case(event.case).events.append(event)
        cases = [self._case(name) for name in linked]
        told = tuple(event for case in cases for event in case.events)
        for case in cases:
            case.take_linked(told, self._settled(case))

    def _case(self, name: str | None) -> LiveCase:
        case = self._cases.get(name)
        if case is None:
            case = self._cases[name] = LiveCase(self._audience, self._watch, name)
        return case

    def _settled(self, case: LiveCase) -> datetime:
        """Settle what has fallen due in it; the moment reached."""
        if case in self._due:
            case.settle(self._due.pop(case), self._now)
        return self._now

    def _look_around(self, now: datetime) -> None:
        """Where units have ceased since, every case is looked at for them."""
        today = self._program.timeline.day(now)
        if self._next_move is not None and today >= self._next_move:
            self._next_move = following(self._program.dates.moved, today)
            self._watch.gone = self._program.timeline.ceased(today)
            for case in self._cases.values():
                case.look_around(now)

    # --- out -------------------------------------------------------------------------------------------

    def names(self) -> Iterable[str | None]:
        """All cases."""
        return self._cases.keys()

    def events(self, case: str | None) -> Sequence[Event]:
        """What was reported in the case, in the order in which it came."""
        found = self._cases.get(case)
        return found.events if found is not None else ()

    def owed(self, case: str | None) -> tuple[Obligation, ...]:
        """What the case comes to, in the order of the reference."""
        found = self._cases.get(case)
        if found is None:
            return ()
        self._settled(found)
        return found.owed()

    def changes(self, case: str | None) -> Sequence[Change]:
        """What has become otherwise in the case since this was asked last."""
        if self._due and (found := self._cases.get(case)) is not None:
            self._settled(found)
        return self._watch.news(case) if self._watch.noted else ()

    def all_changes(self) -> list[Change]:
        """What has become otherwise anywhere."""
        for case in list(self._due):
            self._settled(case)
        return [change for case in self._watch.cases() for change in self._watch.news(case)]
