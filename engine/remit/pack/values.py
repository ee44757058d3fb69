"""What a value written in YAML or JSON means, once the vocabulary has said its type."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from remit.expressions.literals import DAY, LENGTH, PART, UNITS
from remit.model.expression import Scalar
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.pack import dialect

WHOLE = re.compile(r"-?\d{1,18}")
NUMBER = re.compile(r"-?\d{1,30}(\.\d{1,30})?")
#: Signs that no text may hold: they command terminals, or are half a letter.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
Finder = Callable[[str, str], str | None]


class Unfit(ValueError):  # noqa: N818 - caught at once and told as a RemitError
    """The value is not of the type; `expected` says what would be, `valid` the names it may be meant for."""

    def __init__(self, expected: str, valid: tuple[str, ...] = ()) -> None:
        self.expected, self.valid = expected, valid
        super().__init__(expected)


def value_of(attribute: Attribute, raw: object, zone: ZoneInfo, find: Finder) -> Scalar:
    """One value of the attribute, from text or a JSON value.

    Raises:
        Unfit: it is not of the attribute's type.
    """
    match attribute.kind:
        case ValueKind.BOOL:
            return truth(raw)
        case ValueKind.INT:
            return whole(raw)
        case ValueKind.DECIMAL:
            return decimal(raw)
        case ValueKind.TEXT:
            return plain(raw)
        case ValueKind.DATE:
            return day(raw)
        case ValueKind.TIME:
            return moment(raw, zone)[0]
        case ValueKind.DURATION:
            return length(raw)
        case ValueKind.CHOICE:
            return choice(attribute, raw)
        case ValueKind.PLACE:
            return named(raw, ("place", "unit"), "a place", find)
        case ValueKind.UNIT:
            return named(raw, ("unit",), "a unit", find)


def truth(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    word = dialect.word(raw) if isinstance(raw, str) else ""
    if word not in ("true", "false"):
        raise Unfit("true or false (是 or 否)")
    return word == "true"


def whole(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int | str) or not WHOLE.fullmatch(str(raw)):
        raise Unfit("a whole number")
    return int(raw)


def decimal(raw: object) -> Decimal:
    if isinstance(raw, bool) or not isinstance(raw, int | str | Decimal) or not NUMBER.fullmatch(str(raw)):
        raise Unfit("a decimal number such as 1.5")
    try:
        return Decimal(raw)
    except InvalidOperation:
        raise Unfit("a decimal number such as 1.5") from None


def plain(raw: object) -> str:
    if not isinstance(raw, str):
        raise Unfit("a text")
    if CONTROL.search(raw):
        raise Unfit("a text without control characters")
    return raw


def one_line(raw: object) -> str:
    """A name: a text that stands in one line."""
    if len(plain(raw).splitlines()) > 1:
        raise Unfit("a text of one line")
    return plain(raw)


def day(raw: object) -> date:
    if isinstance(raw, str) and DAY.fullmatch(raw):
        try:
            return date.fromisoformat(raw)
        except ValueError:
            pass
    raise Unfit("a day that exists, such as 2024-05-06")


def moment(raw: object, zone: ZoneInfo) -> tuple[datetime, bool]:
    """The moment, and whether only its day was given. Without an offset it is the pack's zone.

    Raises:
        Unfit: there is no such moment.
    """
    if isinstance(raw, datetime):
        return (raw if raw.tzinfo else raw.replace(tzinfo=zone)), False
    if isinstance(raw, str) and DAY.fullmatch(raw):
        return datetime.combine(day(raw), time.min, zone), True
    if isinstance(raw, str) and raw[:10] and DAY.fullmatch(raw[:10]):
        try:
            found = datetime.fromisoformat(raw)
        except ValueError:
            raise Unfit("a day or moment that exists, such as 2024-05-06T21:00") from None
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        if 1 < found.year < 9999:
            return found, False
    raise Unfit("a day or moment that exists, such as 2024-05-06T21:00")


def length(raw: object) -> timedelta:
    if not isinstance(raw, str) or not LENGTH.fullmatch(raw):
        raise Unfit("a length such as 72h, 1h30m or 3d")
    seconds = sum((Decimal(n) * UNITS[u] for n, u in PART.findall(raw)), Decimal())
    try:
        return timedelta(seconds=float(-seconds if raw.startswith("-") else seconds))
    except OverflowError:
        raise Unfit("a length that can be reckoned with") from None


def choice(attribute: Attribute, raw: object) -> str:
    spelled = {w: c.id for c in attribute.choices for w in (c.id, c.label.zh, c.label.en, *c.aliases)}
    if not isinstance(raw, str) or raw not in spelled:
        raise Unfit(f"one of {', '.join(c.id for c in attribute.choices)}", tuple(spelled))
    return spelled[raw]


def named(raw: object, kinds: tuple[str, ...], what: str, find: Finder) -> str:
    for kind in kinds:
        found = find(kind, raw) if isinstance(raw, str) else None
        if found is not None:
            return found
    raise Unfit(f"{what} of the pack")
