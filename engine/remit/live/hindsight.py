"""`Hindsight`: when what was known of a case raised a duty, took it its ground, or had another rule set it aside.

Asked of every event at every moment at which something became known, that is as many answers as the square of these. But a rule
sees the same in many events, which are `Alike` to it, and most of what it reads turns between few values. So it is judged once
for each group of such events and each view of the case (`Sight`), and what is owed is followed from turn to turn (`Strand`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from itertools import groupby
from operator import itemgetter

from remit.live.alike import Alike, Member, Raised
from remit.live.program import LiveProgram
from remit.live.rules import LiveRule
from remit.live.sight import Sight, Sights, Stretches, when
from remit.live.strands import Strand, Strands
from remit.matching.history import History
from remit.model.event import Event

#: Rules with events that may set them off, each with its day.
Hits = list[tuple[LiveRule, Event, date]]
#: Those who are meant; None: all.
Persons = frozenset[str | None] | None
#: Of rules by their order, whom what they raise is about.
Among = Mapping[int, Persons]
#: What is otherwise since a report, with the events in which it is; None for all of them.
Otherwise = dict[Strand, Sequence[Member] | None]


class Hindsight:
    """One history, judged by what was known from moment to moment."""

    def __init__(self, program: LiveProgram, history: History, knowable: Sequence[datetime]) -> None:
        """`knowable` is when each of its events became known, in their order."""
        self._program = program
        self.sights = Sights(history, knowable)
        self._knowable = knowable
        self._history = history
        self._count = len(knowable)
        self._found: dict[tuple[object, ...], Alike] = {}
        self._seeing: dict[Sight, list[Alike]] = {}

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
            self._seeing.setdefault(found.sight, []).append(found)
        return found

    def fell(self) -> set[datetime]:
        """When a report took some duty its ground."""
        return {moment for alike in self._groups for moment in alike.falls(self._program)}

    def set_aside(self) -> set[datetime]:
        """When what had been owed was owed no more, though another rule's ground alone had changed."""
        return {moment for strand in self.strands for moment in strand.set_aside}

    def owed(self, rule: LiveRule, event: Event, bearer: str) -> Stretches:
        """When what the event raises for the bearer was owed for sure."""
        return self.strands.of(self.alike(rule, event), bearer).owed

    @cached_property
    def strands(self) -> Strands:
        """All that was raised, followed through all turns."""
        turns = [
            (moment, alike, found)
            for alike in self._groups
            if alike.in_force
            for moment, found in alike.turns(self._program)
        ]
        turns.sort(key=when)
        strands = Strands(self._history.case)
        for moment, together in groupby(turns, key=when):
            strands.follow(moment, [(alike, found) for _, alike, found in together])
        return strands

    def take(self, event: Event, moment: datetime) -> Otherwise:
        """One more report, which happened and became known last of all; what is owed otherwise since."""
        strands, seen_anew = self.strands, self.sights.take(event, moment)
        joined = dict(self._joined(event, moment))
        turned = dict(self._turned(seen_anew, moment))
        touched = [(one, bearer) for one, now in turned.items() for bearer in {**strands.raised_by(one), **now}]
        ranks = ((alike, member, alike.ranks(self._program)) for alike, member in joined.items())
        news = {alike: now for alike, member, now in ranks if alike.members[0] is member or is_unsure(now)}
        otherwise = strands.follow(moment, (news | turned).items())
        found: Otherwise = dict.fromkeys([*otherwise, *(strands.of(*one) for one in touched)])
        for alike, member in joined.items():
            for strand in strands.raised(alike):
                found.setdefault(strand, (member,))
        return found

    def _turned(self, sights: Iterable[Sight], moment: datetime) -> Iterator[tuple[Alike, Raised]]:
        """The groups of which more may be otherwise than what was seen, now that these sights have turned."""
        for alike in (alike for sight in sights for alike in self._seeing.get(sight, ())):
            alike.turn(moment)
            now = alike.ranks(self._program)
            if alike.in_force and (now != self.strands.raised_by(alike) or is_open(alike, now)):
                yield alike, now

    def _joined(self, event: Event, moment: datetime) -> Iterator[tuple[Alike, Member]]:
        """The groups that the event belongs to by now, where they are in force."""
        member = self._count, moment, event
        self._count += 1
        for rule in self._program.candidates(event):
            if rule.order in self._program.turning:
                alike = self.alike(rule, event)
                alike.members.append(member)
                if alike.in_force:
                    yield alike, member


def is_open(alike: Alike, raised: Raised) -> bool:
    """Whether more than how surely it is raised for whom may be otherwise, wherever something turned."""
    return alike.rule.source.rerouted or is_unsure(raised)


def is_unsure(raised: Raised) -> bool:
    """Whether a fact is missing for anybody."""
    return any(map(any, raised.values()))
