"""`Hindsight`: when what was known of a case raised a duty, took it its ground, or had another rule set it aside.

Asked of every event at every moment at which something became known, that is as many answers as the square of these. But a rule
sees the same in many events, which are `Alike` to it, and most of what it reads turns between few values. So it is judged once
for each group of such events and each view of the case (`Sight`), and what is owed is followed from turn to turn (`Strand`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from heapq import heappop, heappush
from itertools import groupby
from operator import itemgetter

from remit.live.program import LiveProgram
from remit.live.raising import raised, raised_for, raises
from remit.live.rules import LiveRule
from remit.live.sight import Sight, Sights, Stretches, when
from remit.matching.history import History, in_time
from remit.model.event import Event
from remit.model.terms import Per
from remit.model.unit import Unit

#: Whether it is not sure that a duty is owed, and whether it is in doubt: what leads has the least of both.
Rank = tuple[bool, bool]
#: For each bearer.
Raised = dict[str, Rank]
#: Rules with events that may set them off, each with its day.
Hits = list[tuple[LiveRule, Event, date]]
#: Those who are meant; None: all.
Persons = frozenset[str | None] | None
#: Of rules by their order, whom what they raise is about.
Among = Mapping[int, Persons]
NOTHING_RAISED: Raised = {}


class Alike:
    """Events about one person that a rule cannot tell apart. It is judged for one of them."""

    def __init__(self, rule: LiveRule, event: Event, day: date, sight: Sight) -> None:
        self.rule, self.event, self.day, self.sight = rule, event, day, sight
        self.in_force = rule.first <= day <= rule.last
        #: In the order in which they happened, each with its place in that of the case, and when it became known.
        self.members: list[tuple[int, datetime, Event]] = []
        self._raising: dict[str | None, Stretches] = {}

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
        found = self._raising.get(name)
        if found is None:
            found = self._raising[name] = Stretches()
            holds = [raises(self.rule, self.sight.situation(n, self.event, unit)) for n in range(len(self.sight))]
            for moment, number in zip(self.sight.moments, self.sight.numbers, strict=True):
                found.turn(moment, holds=holds[number])
        return found

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
        judged: dict[int, Raised] = {}
        before = NOTHING_RAISED
        for moment, number in self.sight.since(self.since):
            if number not in judged:
                judged[number] = self._raised(program, number)
            if judged[number] != before:
                yield moment, judged[number]
            before = judged[number]
        yield from ((moment, None) for moment in self.leads[0][1:])

    def _raised(self, program: LiveProgram, number: int) -> Raised:
        found: Raised = {}
        for draft in raised(program, self.rule, self.event, self.day, self.sight.situation(number, self.event)):
            rank: Rank = draft.verdict is not True, draft.doubtful
            found[draft.bearer.id] = min(rank, found.get(draft.bearer.id, rank))
        return found


#: How sure it is, the place in time of the event that leads, the group of that, and the event.
Lead = tuple[Rank, tuple[object, ...], Alike, Event]


class Strand:
    """What is owed under one id, or under several that go the same way: of one rule and bearer, and events that are alike."""

    __slots__ = ("_leads", "_raised_by", "bearer", "owed", "persons", "rule", "set_aside", "stands", "subject", "sure")

    def __init__(self, rule: LiveRule, bearer: str) -> None:
        self.rule, self.bearer = rule, bearer
        #: About whom its reports are.
        self.persons: set[str | None] = set()
        #: What raises it by now; among what did so before, that is found which leads.
        self._raised_by: dict[Alike, Lead] = {}
        self._leads: list[Lead] = []
        #: Of the report that leads: whether it is sure, and about whom.
        self.sure = False
        self.subject: str | None = None
        #: Whether it is raised and not set aside, and when it was so for sure.
        self.stands = False
        self.owed = Stretches()
        #: When it had been owed and was set aside.
        self.set_aside: list[datetime] = []

    @property
    def is_raised(self) -> bool:
        return bool(self._raised_by)

    def take(self, alike: Alike, rank: Rank | None, moment: datetime) -> None:
        """From now on these events raise it so, or not at all."""
        self._raised_by.pop(alike, None)
        if rank is not None:
            event = alike.lead(moment)
            self._raised_by[alike] = lead = (rank, in_time(event), alike, event)
            heappush(self._leads, lead)

    def follow(self) -> None:
        """As the report has it that leads by now."""
        leads, raised_by = self._leads, self._raised_by
        while leads and raised_by.get(leads[0][2]) is not leads[0]:
            heappop(leads)
        self.sure = False
        if leads:
            (unsure, _), _, _, event = leads[0]
            self.sure, self.subject = not unsure, event.subject

    def settle(self, moment: datetime, *, aside: bool) -> None:
        """Whether it stands by now."""
        was_owed, self.stands = self.owed.holds, self.is_raised and not aside
        if was_owed and not self.stands and self.rule.may_be_set_aside:
            self.set_aside.append(moment)
        self.owed.turn(moment, holds=self.stands and self.sure)


class Hindsight:
    """One history, judged by what was known from moment to moment."""

    def __init__(self, program: LiveProgram, history: History, knowable: Sequence[datetime]) -> None:
        """`knowable` is when each of its events became known, in their order."""
        self._program = program
        self.sights = Sights(history, knowable)
        self._knowable = knowable
        self._history = history
        self._found: dict[tuple[object, ...], Alike] = {}

    @cached_property
    def _groups(self) -> Iterable[Alike]:
        """Every rule that later reports may bear on, with each group of events that may set it off."""
        program = self._program
        for place, (moment, event) in enumerate(zip(self._knowable, self._history.events, strict=True)):
            for rule in program.candidates(event):
                if rule.order in program.turning:
                    self.alike(rule, event).members.append((place, moment, event))
        return self._found.values()

    @cached_property
    def _about(self) -> Mapping[int, Mapping[str | None, Sequence[Alike]]]:
        """The groups of each rule, by the person."""
        found: dict[int, dict[str | None, list[Alike]]] = {}
        for alike in self._groups:
            found.setdefault(alike.rule.order, {}).setdefault(alike.event.subject, []).append(alike)
        return found

    def hits(self, moment: datetime, among: Among | None = None) -> Hits:
        """The rules in force that each event known by then could set off, in the order of rules and then of events."""
        day, groups = self._program.timeline.day, self._groups
        if among is not None:
            groups = [
                alike
                for order, persons in among.items()
                for person, about in self._about.get(order, {}).items()
                if persons is None or person in persons
                for alike in about
            ]
        found = [
            (alike.rule.order, place, alike.rule, event)
            for alike in groups
            if alike.in_force
            for place, knowable, event in alike.members
            if knowable <= moment
        ]
        return [(rule, event, day(event.at)) for _, _, rule, event in sorted(found, key=itemgetter(0, 1))]

    @cached_property
    def goes_round(self) -> bool:
        """Whether it cannot be said of all rules here which goes before."""
        circular = self._program.circular
        return bool(circular) and any(alike.rule.order in circular for alike in self._groups)

    def turns_after(self, rule: LiveRule, event: Event, moment: datetime) -> bool:
        """Whether what the rule sees turned after that moment."""
        return self.sights.of(self._program.reads(rule), event.subject).moments[-1] > moment

    def alike(self, rule: LiveRule, event: Event) -> Alike:
        """The group of an event."""
        timeline, reads = self._program.timeline, self._program.reads(rule)
        day = timeline.day(event.at)
        key = (rule.order, event.subject, timeline.versions[day], rule.first <= day <= rule.last, reads.alike(event))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = Alike(rule, event, day, self.sights.of(reads, event.subject))
        return found

    def fell(self) -> set[datetime]:
        """When a report took some duty its ground."""
        return {moment for alike in self._groups for moment in alike.falls(self._program)}

    def set_aside(self) -> set[datetime]:
        """When what had been owed was owed no more, though another rule's ground alone had changed."""
        return {moment for strand in self.strands.values() for moment in strand.set_aside}

    def owed(self, rule: LiveRule, event: Event, bearer: str) -> Stretches:
        """When what the event raises for the bearer was owed for sure."""
        return self.strands[self._name(self.alike(rule, event), bearer)].owed

    def _name(self, alike: Alike, bearer: str) -> tuple[object, ...]:
        """As `raising.case_id`, for all that goes the same way."""
        rule = alike.rule
        if self._history.case is None or rule.per is Per.EVENT:
            return rule.order, bearer, alike
        return (rule.order, bearer, alike.event.subject or "-") if rule.per is Per.SUBJECT else (rule.order, bearer)

    @cached_property
    def strands(self) -> dict[tuple[object, ...], Strand]:
        """All that was raised, followed through all turns."""
        turns = [
            (moment, alike, found)
            for alike in self._groups
            if alike.in_force
            for moment, found in alike.turns(self._program)
        ]
        turns.sort(key=when)
        strands: dict[tuple[object, ...], Strand] = {}
        beside: dict[tuple[str, str | None], list[Strand]] = defaultdict(list)
        raised_by: dict[Alike, Raised] = {}
        for moment, together in groupby(turns, key=when):
            touched: dict[Strand, None] = {}
            for _, alike, found in together:
                before = raised_by.get(alike, NOTHING_RAISED)
                now = raised_by[alike] = before if found is None else found
                for bearer in {**before, **now}:
                    name, person = self._name(alike, bearer), alike.event.subject
                    strand = strands.get(name)
                    if strand is None:
                        strand = strands[name] = Strand(alike.rule, bearer)
                    if person not in strand.persons:
                        strand.persons.add(person)
                        beside[bearer, person].append(strand)
                    strand.take(alike, now.get(bearer), moment)
                    touched[strand] = None
            weigh(touched, beside, moment)
        return strands


def weigh(
    touched: Iterable[Strand], beside: Mapping[tuple[str, str | None], Sequence[Strand]], moment: datetime
) -> None:
    """Which of the duties that were touched stand by now, and which of those that they may set aside.

    `beside` holds all by the bearer and each person that one may be about.
    """
    aside: dict[Strand, bool] = {}

    def is_aside(strand: Strand) -> bool:
        """Whether a rule that goes before is raised for the same person, and is not set aside itself."""
        if strand not in aside:
            above, person = strand.rule.above, strand.subject
            aside[strand] = bool(above) and any(
                one.rule.order in above and one.sure and one.subject == person and not is_aside(one)
                for one in beside[strand.bearer, person]
            )
        return aside[strand]

    whose: dict[tuple[str, str | None], None] = {}
    for strand in touched:
        whose[strand.bearer, strand.subject] = None
        strand.follow()
        whose[strand.bearer, strand.subject] = None
    under = (strand for place in whose for strand in beside.get(place, ()) if strand.rule.above)
    for strand in dict.fromkeys([*touched, *under]):
        strand.settle(moment, aside=is_aside(strand))
