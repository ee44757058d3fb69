"""`Alike`: events about one person that a rule cannot tell apart, and what it raised for them from moment to moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from datetime import date, datetime
from functools import cached_property

from remit.live.program import LiveProgram
from remit.live.raising import raised, raised_for, raises
from remit.live.rules import LiveRule
from remit.live.sight import Sight, Stretches
from remit.model.event import Event
from remit.model.unit import Unit

#: Whether it is not sure that a duty is owed, and whether it is in doubt: what leads has the least of both.
Rank = tuple[bool, bool]
#: For each bearer.
Raised = dict[str, Rank]
#: A bearer for whom it is raised, with its unit, if it was found.
Found = tuple[str, Rank, Unit | None]
#: An event with its place in time among those of the case, and when it became known.
Member = tuple[int, datetime, Event]
NOTHING_RAISED: Raised = {}


class Alike:
    """One such group. The rule is judged for one of them."""

    def __init__(self, rule: LiveRule, event: Event, day: date, sight: Sight) -> None:
        self.rule, self.event, self.day, self.sight = rule, event, day, sight
        self.in_force = rule.first <= day <= rule.last
        #: In the order in which they happened.
        self.members: list[Member] = []
        #: By the bearer: its unit, and when it was raised for it.
        self._raising: dict[str | None, tuple[Unit | None, Stretches]] = {}
        self._holds: dict[tuple[str | None, int], bool] = {}
        self._judged: dict[int, tuple[tuple[Found, ...], Raised]] = {}

    @cached_property
    def since(self) -> datetime:
        """When the first of them became known."""
        return min(moment for _, moment, _ in self.members)

    @cached_property
    def leads(self) -> tuple[list[datetime], list[Event]]:
        """From which moment on which of those known happened first."""
        moments: list[datetime] = []
        events: list[Event] = []
        for _, moment, event in reversed(self.members):
            while moments and moments[-1] >= moment:
                moments.pop()
                events.pop()
            moments.append(moment)
            events.append(event)
        return moments, events

    def lead(self, moment: datetime) -> Event:
        moments, events = self.leads
        return events[bisect_right(moments, moment) - 1]

    def raising(self, unit: Unit | None) -> Stretches:
        """When its condition was true, and no exception, for this bearer."""
        name = None if unit is None else unit.id
        if name not in self._raising:
            found = Stretches()
            for moment, number in zip(self.sight.moments, self.sight.numbers, strict=True):
                found.turn(moment, holds=self._raises(unit, number))
            self._raising[name] = unit, found
        return self._raising[name][1]

    def _raises(self, unit: Unit | None, number: int) -> bool:
        key = (None if unit is None else unit.id, number)
        holds = self._holds.get(key)
        if holds is None:
            holds = self._holds[key] = raises(self.rule, self.sight.situation(number, self.event, unit))
        return holds

    def turn(self, moment: datetime) -> None:
        """Something else is seen from this moment on, the last of all."""
        for unit, found in self._raising.values():
            found.turn(moment, holds=self._raises(unit, self.sight.numbers[-1]))

    def falls(self, program: LiveProgram) -> Iterator[datetime]:
        """When what was then known did not raise it any more, for some bearer; none, where in the end it raises it for all."""
        rule, sight, event = self.rule, self.sight, self.event
        if not rule.source.changeable or rule.breach or sight.moments[-1] <= self.since:
            return
        by_desk = rule.per_bearer or rule.source.rerouted
        if not by_desk and raises(rule, sight.situation(sight.numbers[-1], event)):
            return
        judged: dict[int, frozenset[str | None]] = {}
        before: frozenset[str | None] = frozenset()
        for moment, number in sight.since(self.since):
            if number not in judged:
                judged[number] = raised_for(program, rule, event, self.day, sight.situation(number, event))
            if before - judged[number]:
                yield moment
            before = judged[number]

    def turns(self, program: LiveProgram) -> Iterator[tuple[datetime, Raised | None]]:
        """What it raised from when on; None where only another event has come to be the first."""
        before = NOTHING_RAISED
        for moment, number in self.sight.since(self.since):
            found = self._raised(program, number)[1]
            if found != before:
                yield moment, found
            before = found
        yield from ((moment, None) for moment in self.leads[0][1:])

    def found(self, program: LiveProgram) -> tuple[Found, ...]:
        """For whom it is raised by now, in the order in which they are found."""
        return self._raised(program, self.sight.numbers[-1])[0]

    def ranks(self, program: LiveProgram) -> Raised:
        """How surely it is raised for them."""
        return self._raised(program, self.sight.numbers[-1])[1]

    def _raised(self, program: LiveProgram, number: int) -> tuple[tuple[Found, ...], Raised]:
        judged = self._judged.get(number)
        if judged is None:
            drafts = raised(program, self.rule, self.event, self.day, self.sight.situation(number, self.event))
            found = tuple((d.bearer.id, (d.verdict is not True, d.doubtful), d.found) for d in drafts)
            ranks: Raised = {}
            for bearer, rank, _ in found:
                ranks[bearer] = min(rank, ranks.get(bearer, rank))
            judged = self._judged[number] = found, ranks
        return judged
