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


class Sight:
    """What is seen from moment to moment: from `moments[n]` on, the view of the number `numbers[n]`, of which each is there once."""

    __slots__ = ("_events", "_shown", "_views", "moments", "numbers")

    def __init__(self, events: Sequence[Event]) -> None:
        self.moments: list[datetime] = []
        self.numbers: list[int] = []
        self._events = events
        #: Facts of the person, facts of the case, and how many of the events were known.
        self._views: list[tuple[Mapping[str, Stated], Mapping[str, Stated], int]] = []
        #: The events of one view, and of no more: each has those of the one before, and so they could be many.
        self._shown: tuple[Event, ...] = ()

    def __len__(self) -> int:
        """How many views there are."""
        return len(self._views)

    def add(self, facts: Mapping[str, Stated], matter: Mapping[str, Stated], known: int) -> None:
        self._views.append((facts, matter, known))

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
    """One history as it became known; what of it is read alike is put together once."""

    def __init__(self, history: History, knowable: Sequence[datetime]) -> None:
        """`knowable` is when each of its events became known, in their order."""
        self._history = history
        self._knowable = dict(zip((event.id for event in history.events), knowable, strict=True))
        self._first = min(knowable)
        self._facts: dict[str | None, Mapping[str, Steps]] = {}
        self._matter: Mapping[str, Steps] | None = None
        self._others: dict[tuple[str, ...], tuple[list[datetime], list[Event]]] = {}
        #: What was shown last of each: it is one for all who look at the same moment.
        self._shown: dict[tuple[str, ...], tuple[Event, ...]] = {}
        self._sights: dict[tuple[object, ...], Sight] = {}

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
        moments, events = self._told_apart(fields)
        known = bisect_right(moments, moment)
        shown = self._shown.get(fields, ())
        if len(shown) != known:
            shown = self._shown[fields] = tuple(events[:known])
        return shown

    def _seen(self, reads: Reads, subject: str | None) -> Sight:
        """Every change of what is read, put together by the moments at which it became known."""
        facts, matter = (self._of_person(subject) if reads.facts else {}), (self._of_case() if reads.matter else {})
        read = [*(facts.get(name, ()) for name in reads.facts), *(matter.get(name, ()) for name in reads.matter)]
        changes: list[tuple[datetime, int, Stated | None]] = [
            (moment, place, stated) for place, steps in enumerate(read) for moment, stated in steps
        ]
        events: list[Event] = []
        if reads.others is not None:
            moments, events = self._told_apart(reads.others)
            changes += [(moment, -1, None) for moment in moments]
        changes.sort(key=when)
        held: list[Stated | None] = [None] * len(read)
        sight, known = Sight(events), 0
        numbers: dict[object, int] = {}
        for moment, together in groupby([(self._first, -2, None), *changes], key=when):
            for _, place, stated in together:
                if place >= 0:
                    held[place] = stated
                elif place == -1:
                    known += 1
            key = seen_in(held, known)
            if key not in numbers:
                numbers[key] = len(sight)
                sight.add(*stated_of(reads, held), known)
            if not sight.numbers or sight.numbers[-1] != numbers[key]:
                sight.moments.append(moment)
                sight.numbers.append(numbers[key])
        return sight

    def _of_person(self, subject: str | None) -> Mapping[str, Steps]:
        found = self._facts.get(subject)
        if found is None:
            found = self._facts[subject] = self._as_known(self._history.by_subject.get(subject, ()))
        return found

    def _of_case(self) -> Mapping[str, Steps]:
        if self._matter is None:
            self._matter = self._as_known(self._history.events)
        return self._matter

    def _as_known(self, events: Iterable[Event]) -> Mapping[str, Steps]:
        """For each fact, when which statement came to be the latest in time of those known, where that said another thing."""
        told = sorted((self._knowable[event.id], place, event) for place, event in enumerate(events))
        found: dict[str, Steps] = {}
        latest: dict[str, int] = {}
        for moment, place, event in told:
            for name, value in event.data.items():
                if place >= latest.get(name, 0):
                    latest[name] = place
                    steps = found.setdefault(name, [])
                    if not steps or steps[-1][1].value != value:
                        steps.append((moment, make_stated(value, event.id)))
        return found

    def _told_apart(self, fields: tuple[str, ...]) -> tuple[list[datetime], list[Event]]:
        """The first to become known of all events in which these fields are the same, each with its moment."""
        found = self._others.get(fields)
        if found is None:
            own = tuple(name for name in fields if name in FIXED)
            told = sorted((self._knowable[event.id], place, event) for place, event in enumerate(self._history.events))
            first: dict[object, tuple[datetime, Event]] = {}
            for moment, _, event in told:
                first.setdefault(seen(event, fields, own), (moment, event))
            moments, events = [moment for moment, _ in first.values()], [event for _, event in first.values()]
            found = self._others[fields] = moments, events
        return found


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
