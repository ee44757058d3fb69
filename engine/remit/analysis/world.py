"""`World`: everything a situation can be made of, by the vocabulary; and `Telling`, one such situation in plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from remit.model.expression import Value
from remit.model.text import Text
from remit.model.unit import Unit
from remit.model.vocabulary import Attribute, EventType, Vocabulary

T = TypeVar("T")

#: The years in which situations are sought; those in which the command line takes moments.
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2199, 12, 31, tzinfo=UTC)
#: How many days apart clocks are looked at, to see whether they are ever changed.
STEP = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class World:
    """The words of one vocabulary, or of two together.

    `steady` says that the clocks of the zone are not changed in our time, so that moments can be reckoned with as numbers.
    """

    attributes: Mapping[str, Attribute]
    event_types: Mapping[str, EventType]
    places: tuple[str, ...]
    units: Mapping[str, Unit]
    roles: tuple[str, ...]
    levels: tuple[str, ...]
    steady: bool = True

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> World:
        """The world a pack speaks of; an event may name a unit as its place."""
        return cls(
            vocabulary.attributes,
            vocabulary.event_types,
            (*vocabulary.places, *vocabulary.units),
            vocabulary.units,
            tuple(vocabulary.roles),
            vocabulary.levels,
            steady(ZoneInfo(vocabulary.zone)),
        )

    def beside(self, other: World) -> World:
        """Both together: whatever either can tell. What an event must carry is what it must carry in both."""
        return World(
            joined(self.attributes, other.attributes, wider),
            joined(self.event_types, other.event_types, looser),
            once((*self.places, *other.places)),
            {**other.units, **self.units},
            once((*self.roles, *other.roles)),
            once((*self.levels, *other.levels)),
            self.steady and other.steady,
        )

    def carriers(self, attribute: str) -> tuple[str, ...]:
        """The event types that can state it."""
        return tuple(kind.id for kind in self.event_types.values() if attribute in kind.attributes)


def steady(zone: ZoneInfo) -> bool:
    """Whether the zone has one offset from 2000 on."""
    first, seen = datetime(2000, 1, 1, tzinfo=UTC), set()
    for step in range(12 * 38):
        seen.add((first + step * STEP).astimezone(zone).utcoffset())
    return len(seen) == 1


def joined(one: Mapping[str, T], other: Mapping[str, T], merge: Callable[[T, T], T]) -> dict[str, T]:
    """By name; `merge` makes one of two."""
    return {
        name: merge(one[name], other[name]) if name in one and name in other else {**other, **one}[name]
        for name in once((*one, *other))
    }


def wider(one: Attribute, other: Attribute) -> Attribute:
    """The attribute with the values of either; where the types differ, the first."""
    choices = {c.id: c for c in (*other.choices, *one.choices)}
    return replace(
        one,
        choices=tuple(choices.values()),
        minimum=None if None in (one.minimum, other.minimum) else min(one.minimum or 0, other.minimum or 0),
        maximum=None if None in (one.maximum, other.maximum) else max(one.maximum or 0, other.maximum or 0),
    )


def looser(one: EventType, other: EventType) -> EventType:
    """The event type that carries what either does, and must carry what both must."""
    return replace(
        one,
        attributes=once((*one.attributes, *other.attributes)),
        required=tuple(name for name in one.required if name in other.required),
    )


def once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class Told:
    """One report: its type, and those of its fields and attributes that matter and were stated."""

    type: str
    fields: Mapping[str, Value] = field(default_factory=dict)
    data: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Telling:
    """A situation: the reports that set rules off, what else was reported, what holds of the person, and the bearer."""

    reports: tuple[Told, ...]
    others: tuple[Told, ...] = ()
    subject: Mapping[str, Value] = field(default_factory=dict)
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Placement:
    """One way for a unit to come to bear a duty: what the report must say (`event.place`, `subject.x`), by path."""

    unit: str
    says: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Possible:
    """There is such a situation, which `read` tells. `opaque` names what the search could not look into, so that only a run can tell."""

    read: Callable[[], Telling]
    opaque: tuple[str, ...] = ()

    @property
    def telling(self) -> Telling:
        """The situation, read from the model when it is asked for."""
        return self.read()


@dataclass(frozen=True, slots=True)
class Impossible:
    """There is none: these claims cannot hold together."""

    core: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Not found out, and why."""

    reason: str


Outcome = Possible | Impossible | Undecided
