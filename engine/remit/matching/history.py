"""`History`: one case's events as they stand, and the facts they state."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from types import MappingProxyType

from remit.expressions.situation import Situation, Stated
from remit.matching.moves import MOVES, home, moves_in_order
from remit.model.event import CORRECTION, RETRACTION, Event
from remit.model.records import maker

make_stated = maker(Stated)
#: Acts upon reports.
AMENDMENTS = (RETRACTION, CORRECTION)


def in_time(event: Event) -> tuple[object, ...]:
    """The one order of events: when they happened, then when they became known, then by id."""
    return (event.at, event.known_at, event.id)


@dataclass(frozen=True)
class History:
    """The events of one case in time, corrections applied.

    `events` hold one subject id throughout where the case knows only one person. `since` is when this
    version came to be believed, None for the first; `moved` where that was by a merger or split, of which its events
    knew nothing. `aliases` are the cases it is linked with by such.
    """

    case: str | None
    events: tuple[Event, ...]
    since: datetime | None = None
    moved: bool = False
    aliases: frozenset[str] = frozenset()
    _facts: dict[str | None, Mapping[str, Stated]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(
        cls,
        case: str | None,
        events: Iterable[Event],
        since: datetime | None = None,
        *,
        moved: bool = False,
        aliases: frozenset[str] = frozenset(),
    ) -> History:
        return cls(case, tuple(sorted(one_subject(tuple(events)), key=in_time)), since, moved, aliases)

    def as_known_at(self, moment: datetime) -> History:
        """The same case with only what was knowable by then."""
        known = tuple(event for event in self.events if event.knowable_at <= moment)
        return self if len(known) == len(self.events) else replace(self, events=known, _facts={})

    @cached_property
    def by_type(self) -> Mapping[str, tuple[Event, ...]]:
        """The events of each type, in order."""
        found: dict[str, list[Event]] = defaultdict(list)
        for event in self.events:
            found[event.type].append(event)
        return {name: tuple(events) for name, events in found.items()}

    @cached_property
    def by_subject(self) -> Mapping[str | None, tuple[Event, ...]]:
        """The events about each person, in order."""
        found: dict[str | None, list[Event]] = defaultdict(list)
        for event in self.events:
            found[event.subject].append(event)
        return {subject: tuple(events) for subject, events in found.items()}

    def facts(self, subject: str | None) -> Mapping[str, Stated]:
        """What holds of the subject: the statement latest in time wins, and names who said it first."""
        found = self._facts.get(subject)
        if found is None:
            found = self._facts[subject] = MappingProxyType(stated_in(self.by_subject.get(subject, ())))
        return found

    @cached_property
    def matter(self) -> Mapping[str, Stated]:
        """The facts about the case, whomever its events are about: the latest statement, and who said it first."""
        subjects = list(self.by_subject)
        return self.facts(subjects[0]) if len(subjects) == 1 else MappingProxyType(stated_in(self.events))

    def situation(self, event: Event) -> Situation:
        """What the conditions of a rule set off by `event` are judged in."""
        return Situation(event=event, subject=self.facts(event.subject), unit=None, events=self.events)


def stated_in(events: Iterable[Event]) -> dict[str, Stated]:
    """What events in time state: of each fact the latest statement, and who said it first."""
    stated: dict[str, Stated] = {}
    for event in events:
        for name, value in event.data.items():
            if name not in stated or stated[name].value != value:
                stated[name] = make_stated(value, event.id)
    return stated


def one_subject(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """Where a case names at most one subject, every event is about it."""
    named = {event.subject for event in events if event.subject is not None}
    if len(named) != 1:
        return events
    (only,) = named
    return tuple(e if e.subject == only else replace(e, subject=only) for e in events)


def versions(case: str | None, events: Iterable[Event]) -> tuple[History, ...]:
    """The case as it was believed to be after each retraction or correction; the last one stands now.

    A correction keeps the id, so that whatever named the event still finds it. A retraction or correction may itself be
    retracted; then what it amended stands as before.
    """
    told = tuple(events)
    reports = tuple(e for e in told if e.type not in AMENDMENTS)
    moves = moves_in_order(reports)
    acts = sorted((*amended_in_order(told), *moves), key=lambda act: act[0])
    aliases = frozenset(str(e.case) for e in reports if e.case != case) if moves else frozenset()
    found = [placed(case, reports, ()) if moves else reports]
    histories = [History.of(case, found[0], aliases=aliases)]
    for number, (since, act) in enumerate(acts, start=1):
        passed = [done for _, done in acts[:number]]
        standing = amended(reports, [done for done in passed if done.type in AMENDMENTS])
        standing = placed(case, standing, passed) if moves else standing
        if standing != found[-1]:
            found.append(standing)
            histories.append(History.of(case, standing, since, moved=act.type in MOVES, aliases=aliases))
    return tuple(histories)


def placed(case: str | None, standing: tuple[Event, ...], passed: Sequence[Event]) -> tuple[Event, ...]:
    """Of the reports that stand, those that belong to the case after the moves that have passed, if they stand too."""
    moves = [act for act in passed if act.type in MOVES and act in standing]
    reports = (event for event in standing if event.type not in MOVES and home(event, moves) == case)
    return tuple(event if event.case == case else replace(event, case=case) for event in reports)


def believed(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """The reports as they stand after all retractions and corrections."""
    reports = tuple(e for e in events if e.type not in AMENDMENTS)
    return amended(reports, [act for _, act in amended_in_order(events)])


def amended_in_order(events: Iterable[Event]) -> tuple[tuple[datetime, Event], ...]:
    """Retractions and corrections from when each holds: as they became known, and none before what it amends.

    What leads to no report amends nothing, and is left out.
    """
    reached: list[tuple[datetime, int, Event]] = []
    acts_on: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.type in AMENDMENTS:
            acts_on[amends(event)].append(event)
        else:
            reached.append((event.knowable_at, 0, event))
    for since, depth, event in reached:  # which grows while it is read
        reached += ((max(since, act.knowable_at), depth + 1, act) for act in acts_on.get(event.id, ()))
    acts = sorted((r for r in reached if r[1]), key=lambda r: (r[0], r[1], r[2].known_at, r[2].at, r[2].id))
    return tuple((since, act) for since, _, act in acts)


def amended(reports: tuple[Event, ...], acts: Sequence[Event]) -> tuple[Event, ...]:
    """The reports without those retracted, and with the last standing correction of each."""
    retracted: set[str] = set()
    for act in reversed(acts):
        if act.type == RETRACTION and act.id not in retracted:
            retracted.add(amends(act))
    corrected = {e.id: e for e in reports}
    home = {e.id: e.id for e in reports}
    for act in acts:
        target = home.get(amends(act))
        if act.replacement is not None and target is not None and act.id not in retracted:
            home[act.id] = target
            corrected[target] = replace(act.replacement, id=target, case=corrected[target].case)
    return tuple(event for event in corrected.values() if event.id not in retracted)


def amends(act: Event) -> str:
    return str(act.data.get("of"))


def amended_report(event: Event, known: Mapping[str, Event]) -> Event | None:
    """The report that a chain of amendments leads to, a report itself; None where it leads nowhere."""
    found: Event | None = event
    passed: set[str] = set()
    while found is not None and found.type in AMENDMENTS:
        if found.id in passed:
            return None
        passed.add(found.id)
        found = known.get(amends(found))
    return found
