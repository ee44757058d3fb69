"""`Sights`: what rules see of a case, by what was known from moment to moment."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from remit.expressions.closures import FIXED
from remit.expressions.situation import Situation, Stated
from remit.live.reads import Reads, seen
from remit.live.records import make_situation, make_stated
from remit.matching.history import History
from remit.model.event import Event
from remit.model.unit import Unit

#: After every moment that is known.
NEVER = datetime.max.replace(tzinfo=UTC)
#: From when on which statement counts.
Steps = list[tuple[datetime, Stated]]
when = itemgetter(0)


class Stretches:
    """Stretches of time one after another, each from a moment on and until another."""

    __slots__ = ("since", "until")

    def __init__(self) -> None:
        self.since: list[datetime] = []
        self.until: list[datetime] = []

    @property
    def holds(self) -> bool:
        """Whether the last of them has no end."""
        return len(self.since) > len(self.until)

    def turn(self, moment: datetime, *, holds: bool) -> None:
        """From this moment on it holds, or holds no more."""
        if holds is not self.holds:
            (self.since if holds else self.until).append(moment)

    def first(self, moment: datetime) -> datetime | None:
        """The first moment from this one on that lies in one of them."""
        number = bisect_right(self.since, moment)
        if number and (number > len(self.until) or moment < self.until[number - 1]):
            return moment
        return self.since[number] if number < len(self.since) else None

    def latest(self) -> Iterator[tuple[datetime, datetime]]:
        """The last one first."""
        until = [*self.until, NEVER] if self.holds else self.until
        return zip(reversed(self.since), reversed(until), strict=True)


class Apart:
    """Of all events in which these fields are the same the first to become known, each with its moment."""

    def __init__(self, fields: tuple[str, ...]) -> None:
        self._fields, self._own = fields, tuple(name for name in fields if name in FIXED)
        self._seen: set[object] = set()
        self.moments: list[datetime] = []
        self.events: list[Event] = []
        #: Those who look at them.
        self.seen_by: list[Sight] = []
        #: What was shown last: it is one for all who look at the same moment.
        self._shown: tuple[Event, ...] = ()

    def take(self, event: Event, moment: datetime) -> bool:
        """One that became known after all before it; false where it is like one of them."""
        found = seen(event, self._fields, self._own)
        if found in self._seen:
            return False
        self._seen.add(found)
        self.moments.append(moment)
        self.events.append(event)
        return True

    def by(self, moment: datetime) -> tuple[Event, ...]:
        """Those that were known by then."""
        known = bisect_right(self.moments, moment)
        if len(self._shown) != known:
            self._shown = tuple(self.events[:known])
        return self._shown


class Sight:
    """What is seen from moment to moment: from `moments[n]` on, the view of the number `numbers[n]`, of which each is there once."""

    __slots__ = ("_events", "_held", "_known", "_numbers", "_reads", "_shown", "_views", "moments", "numbers")

    def __init__(self, reads: Reads, events: Sequence[Event]) -> None:
        self.moments: list[datetime] = []
        self.numbers: list[int] = []
        self._reads, self._events = reads, events
        #: Facts of the person and then those of the case, and how many of the events are known.
        self._held: list[Stated | None] = [None] * (len(reads.facts) + len(reads.matter))
        self._known = 0
        self._numbers: dict[object, int] = {}
        self._views: list[tuple[Mapping[str, Stated], Mapping[str, Stated], int]] = []
        #: The events of one view, and of no more: each has those of the one before, and so they could be many.
        self._shown: tuple[Event, ...] = ()

    def note(self, place: int | None, stated: Stated | None) -> None:
        """Another statement has come to count in that place; in none, one more of the events is known."""
        if place is None:
            self._known += 1
        else:
            self._held[place] = stated

    def turn(self, moment: datetime) -> bool:
        """What was noted is seen from this moment on; false where that is what was seen before."""
        key = seen_in(self._held, self._known)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self._views)
            self._views.append((*stated_of(self._reads, self._held), self._known))
        if self.numbers and self.numbers[-1] == number:
            return False
        self.moments.append(moment)
        self.numbers.append(number)
        return True

    def since(self, moment: datetime) -> Iterator[tuple[datetime, int]]:
        """What is seen at that moment, and what later, each with its moment."""
        start = bisect_right(self.moments, moment) - 1
        yield moment, self.numbers[start]
        yield from zip(self.moments[start + 1 :], self.numbers[start + 1 :], strict=True)

    def situation(self, number: int, event: Event, unit: Unit | None = None) -> Situation:
        """What a condition about the event is judged in."""
        facts, matter, known = self._views[number]
        if len(self._shown) != known:
            self._shown = tuple(self._events[:known])
        return make_situation(event, facts, unit, self._shown, None, matter)


class Sights:
    """One case as it became known; what of it is read alike is put together once."""

    def __init__(self, history: History, knowable: Sequence[datetime]) -> None:
        """`knowable` is when each of its events became known, in their order."""
        self._told = list(zip(knowable, history.events, strict=True))
        self._about: dict[str | None, list[tuple[datetime, Event]]] = {}
        for moment, event in self._told:
            self._about.setdefault(event.subject, []).append((moment, event))
        self._first = min(knowable)
        self._facts: dict[str | None, dict[str, Steps]] = {}
        self._matter: dict[str, Steps] | None = None
        self._apart: dict[tuple[str, ...], Apart] = {}
        self._sights: dict[tuple[object, ...], Sight] = {}
        #: Those who read a fact of the person, or of the case, each with the place in which it holds it.
        self._of_facts: dict[tuple[str | None, str], list[tuple[Sight, int]]] = {}
        self._of_matter: dict[str, list[tuple[Sight, int]]] = {}

    def of(self, reads: Reads, subject: str | None) -> Sight:
        """What is seen by a rule that reads this, for an event about that person."""
        key = (reads.facts, reads.matter, reads.others, subject if reads.facts else None)
        found = self._sights.get(key)
        if found is None:
            found = self._sights[key] = self._seen(reads, subject)
        return found

    def facts(self, subject: str | None, moment: datetime) -> Mapping[str, Stated]:
        """What was known of the person by then."""
        return as_of(self._of_person(subject), moment)

    def matter(self, moment: datetime) -> Mapping[str, Stated]:
        """What was known of the case by then."""
        return as_of(self._of_case(), moment)

    def others(self, fields: tuple[str, ...], moment: datetime) -> tuple[Event, ...]:
        """Of the events that were known by then one for all those in which these fields are the same."""
        return self._told_apart(fields).by(moment)

    def take(self, event: Event, moment: datetime) -> list[Sight]:
        """One more, which happened and became known last; those who see something else since."""
        self._told.append((moment, event))
        self._about.setdefault(event.subject, []).append((moment, event))
        turned: dict[Sight, None] = {}
        about, facts, matter = event.subject, self._facts.get(event.subject), self._matter
        for name, value in event.data.items():
            readers: list[tuple[Sight, int]] = []
            if facts is not None and states(facts, name, value, event, moment):
                readers += self._of_facts.get((about, name), ())
            if matter is not None and states(matter, name, value, event, moment):
                readers += self._of_matter.get(name, ())
            for sight, place in readers:
                sight.note(place, make_stated(value, event.id))
                turned[sight] = None
        for apart in self._apart.values():
            if apart.take(event, moment):
                for sight in apart.seen_by:
                    sight.note(None, None)
                    turned[sight] = None
        return [sight for sight in turned if sight.turn(moment)]

    def _seen(self, reads: Reads, subject: str | None) -> Sight:
        """Every change of what is read, put together by the moments at which it became known."""
        facts, matter = (self._of_person(subject) if reads.facts else {}), (self._of_case() if reads.matter else {})
        apart = None if reads.others is None else self._told_apart(reads.others)
        sight = Sight(reads, () if apart is None else apart.events)
        changes: list[tuple[datetime, int | None, Stated | None]] = []
        for place, name in enumerate((*reads.facts, *reads.matter)):
            of_person = place < len(reads.facts)
            readers = (
                self._of_facts.setdefault((subject, name), []) if of_person else self._of_matter.setdefault(name, [])
            )
            readers.append((sight, place))
            changes += [(moment, place, stated) for moment, stated in (facts if of_person else matter).get(name, ())]
        if apart is not None:
            apart.seen_by.append(sight)
            changes += [(moment, None, None) for moment in apart.moments]
        changes.sort(key=when)
        if not changes or changes[0][0] > self._first:
            sight.turn(self._first)
        for moment, together in groupby(changes, key=when):
            for _, held, stated in together:
                sight.note(held, stated)
            sight.turn(moment)
        return sight

    def _of_person(self, subject: str | None) -> dict[str, Steps]:
        found = self._facts.get(subject)
        if found is None:
            found = self._facts[subject] = as_known(self._about.get(subject, ()))
        return found

    def _of_case(self) -> dict[str, Steps]:
        if self._matter is None:
            self._matter = as_known(self._told)
        return self._matter

    def _told_apart(self, fields: tuple[str, ...]) -> Apart:
        found = self._apart.get(fields)
        if found is None:
            found = self._apart[fields] = Apart(fields)
            for moment, event in sorted(self._told, key=when):
                found.take(event, moment)
        return found


def as_known(told: Iterable[tuple[datetime, Event]]) -> dict[str, Steps]:
    """For each fact, when which statement came to be the latest in time of those known, where that said another thing."""
    in_order = sorted(((moment, place, event) for place, (moment, event) in enumerate(told)), key=itemgetter(0, 1))
    found: dict[str, Steps] = {}
    latest: dict[str, int] = {}
    for moment, place, event in in_order:
        for name, value in event.data.items():
            if place >= latest.get(name, 0):
                latest[name] = place
                states(found, name, value, event, moment)
    return found


def states(found: dict[str, Steps], name: str, value: object, event: Event, moment: datetime) -> bool:
    """Note from when on the statement counts; false where the one before said the same."""
    steps = found.setdefault(name, [])
    if steps and steps[-1][1].value == value:
        return False
    steps.append((moment, make_stated(value, event.id)))
    return True


def as_of(told: Mapping[str, Steps], moment: datetime) -> Mapping[str, Stated]:
    """What counted at that moment."""
    found = ((name, steps, bisect_right(steps, moment, key=when)) for name, steps in told.items())
    return {name: steps[place - 1][1] for name, steps, place in found if place}


def seen_in(held: Sequence[Stated | None], known: int) -> object:
    """The same for all that is seen alike."""
    key = (known, *[None if stated is None else (stated.value.__class__, stated.value) for stated in held])
    try:
        hash(key)
    except TypeError:
        return object()
    return key


def stated_of(reads: Reads, held: Sequence[Stated | None]) -> tuple[Mapping[str, Stated], Mapping[str, Stated]]:
    """The facts of the person, and those of the case."""
    facts, matter = held[: len(reads.facts)], held[len(reads.facts) :]
    return (
        {name: stated for name, stated in zip(reads.facts, facts, strict=True) if stated is not None},
        {name: stated for name, stated in zip(reads.matter, matter, strict=True) if stated is not None},
    )
