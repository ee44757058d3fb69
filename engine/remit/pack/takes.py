"""How a plain value of each attribute is read, bounds and lists included.

What is not plainly a value is answered by ValueError, LookupError or TypeError, and is for `EventReader` to judge.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.pack.events import within
from remit.pack.names import Names
from remit.pack.values import day, decimal, length, moment, named, plain, truth, whole

#: Reads one value of an attribute, raising ValueError, LookupError or TypeError for what is not plain.
Take = Callable[[Any], Any]
WIDEST = 10**18


class NotPlain(ValueError):  # noqa: N818 - a state of affairs, not a fault
    """It may still be an event."""


def instant(raw: Any, zone: ZoneInfo) -> tuple[datetime, bool]:
    """As `moment`, without asking twice whether it begins with a day."""
    if type(raw) is str and len(raw) > 10 and raw[4] == "-" == raw[7]:
        found = datetime.fromisoformat(raw)
        if 1 < found.year < 9999:
            return (found if found.tzinfo else found.replace(tzinfo=zone)), False
        raise NotPlain
    return moment(raw, zone)


def taker(attribute: Attribute, zone: ZoneInfo, names: Names) -> Take:
    """How a value of the attribute is read, bounds and lists included."""
    one = scalar(attribute, zone, names)
    if attribute.kind is not ValueKind.INT and (attribute.minimum, attribute.maximum) != (None, None):
        one = bounded(attribute, one)
    if not attribute.many:
        return one
    return lambda raw: tuple(one(member) for member in raw) if isinstance(raw, list | tuple) else (one(raw),)


def scalar(attribute: Attribute, zone: ZoneInfo, names: Names) -> Take:
    match attribute.kind:
        case ValueKind.BOOL:
            return lambda raw: raw if raw is True or raw is False else truth(raw)
        case ValueKind.INT:
            return Whole.of(attribute)
        case ValueKind.DECIMAL:
            return exact
        case ValueKind.TEXT:
            return lambda raw: raw if type(raw) is str and raw.isprintable() else plain(raw)
        case ValueKind.DATE:
            return day
        case ValueKind.TIME:
            return lambda raw: instant(raw, zone)[0]
        case ValueKind.DURATION:
            return length
        case ValueKind.CHOICE:
            return {w: c.id for c in attribute.choices for w in (c.id, c.label.zh, c.label.en, *c.aliases)}.__getitem__
        case ValueKind.PLACE:
            return lambda raw: named(raw, ("place", "unit"), "", names.find)
        case ValueKind.UNIT:
            return lambda raw: named(raw, ("unit",), "", names.find)


@dataclass(frozen=True, slots=True)
class Whole:
    """Reads a whole number that lies within these bounds, them included."""

    low: int
    high: int

    @classmethod
    def of(cls, attribute: Attribute) -> Whole:
        """Within the attribute's bounds, and no longer than a number may be."""
        low = 1 - WIDEST if attribute.minimum is None else max(attribute.minimum, 1 - WIDEST)
        return cls(low, WIDEST - 1 if attribute.maximum is None else min(attribute.maximum, WIDEST - 1))

    def __call__(self, raw: Any) -> int:
        value: int = raw if type(raw) is int else whole(raw)
        if self.low <= value <= self.high:
            return value
        raise NotPlain


def exact(raw: Any) -> Any:
    """A decimal; nought as a number of JSON may have had a sign."""
    if type(raw) is int and raw == 0:
        raise NotPlain
    return decimal(raw)


def bounded(attribute: Attribute, one: Take) -> Take:
    def take(raw: Any) -> Any:
        value = one(raw)
        if within(attribute, value):
            return value
        raise NotPlain

    return take


def one_of(found: str | None) -> str:
    if found is None:
        raise NotPlain
    return found
