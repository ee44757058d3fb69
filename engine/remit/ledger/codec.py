"""`Event` ⇄ its canonical bytes: JSON as RFC 8785 (JCS) writes it, so that a hash means the content and nothing else.

What JSON lacks is an object with one key, its kind: `{"decimal": "1.50"}`, `{"date": "2024-05-07"}`,
`{"time": "2024-05-07T00:00:00Z"}`, `{"duration": "…"}` (microseconds), `{"int": "…"}` beyond ±(2^53 - 1).
An attribute is never an object otherwise, so reading needs no vocabulary. There are no floats. `origin` is not kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any

import msgspec

from remit.errors import EventError, Origin
from remit.model.event import Event
from remit.model.expression import Value

#: An event's canonical bytes may be at most so long, and its lists and replacements stand in each other so deep.
MAX_BYTES = 1_048_576
MAX_DEPTH = 32
#: Integers every JSON reader keeps exact (RFC 8785 §3.2.2.3).
MAX_NUMBER = 2**53 - 1

Plain = None | bool | int | str | datetime | list["Plain"] | dict[str, "Plain"]

TEXTS = ("id", "type", "case", "by", "place", "subject")
_texts = attrgetter(*TEXTS)
NEEDED = frozenset(("id", "type"))
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: First bytes of what lies beyond the first plane, in UTF-8.
BEYOND_FIRST_PLANE = (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
_sorted = msgspec.json.Encoder(order="sorted")
_as_given = msgspec.json.Encoder()


Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    """An event as it stands in JSON."""

    id: str
    type: str
    at: Moment
    known_at: Moment
    case: str | None = None
    by: str | None = None
    place: str | None = None
    subject: str | None = None
    data: dict[str, Any] = {}  # msgspec copies it
    day_only: bool = False
    replacement: _Written | None = None


_reader = msgspec.json.Decoder(_Written)
_moments = msgspec.json.Decoder(Moment)
_values = msgspec.json.Decoder(dict[str, Any])


class AlteredError(Exception):
    """Bytes that a ledger holds and that nobody wrote so; `hint` says what mends them, where a backup is not needed."""

    def __init__(self, found: str, hint: str | None = None) -> None:
        super().__init__(found)
        self.hint = hint


class _UnfitError(Exception):
    """What cannot be kept: code, slug, what was found, what was expected."""


def encode(event: Event) -> bytes:
    """The canonical bytes of an event; `decode` gives back an equal event.

    Moments become UTC with microseconds; absent fields, empty data and `origin` are left out. The same bytes are the
    same report; equal events have the same bytes but for values that Python finds equal and people write differently
    (1.5 and 1.50, 1 and true).

    Raises:
        EventError: RM460 a lone surrogate, RM461 a value that is none of `Value`, RM462 a moment without a zone or outside
            the years 1 to 9999 in UTC, RM463 more than `MAX_BYTES` or deeper than `MAX_DEPTH`.

    Source: RFC 8785.

    >>> from datetime import date, datetime
    >>> noon = datetime(2024, 5, 7, 12, tzinfo=UTC)
    >>> encode(Event("e1", "found", noon, noon, data={"born": date(2024, 5, 1)})).decode()[:54]
    '{"at":"2024-05-07T12:00:00Z","data":{"born":{"date":"2'
    """
    try:
        return _bounded(_canonical(_plain(event, 0)))
    except _UnfitError as unfit:
        raise _refused(event, unfit) from None


def decode(raw: bytes) -> Event:
    """The event of its canonical bytes; moments are in UTC, data in the order of the names.

    It equals the one that was encoded, but for a moment in the hour that a zone's clocks repeat or skip: Python finds
    that unequal to the same instant in any other zone (PEP 495). Whoever asks "is it the same?" compares bytes first.

    Raises:
        EventError: RM464, these are not the bytes of an event.
    """
    try:
        return _event(_reader.decode(raw))
    except (msgspec.MsgspecError, ValueError, TypeError, ArithmeticError, RecursionError):
        # What was reported is personal: it is not repeated in a message that may be logged.
        raise EventError(
            "RM464", "not-an-event", found=f"{len(raw)} bytes", expected="an event's canonical bytes"
        ) from None


def encode_value(mapping: Mapping[str, object]) -> bytes:
    """The canonical bytes of another object: texts, integers, booleans, None, lists and mappings of these.

    Values of an event's kinds are tagged as they are there.

    Raises:
        EventError: as `encode`; there is no limit to its size.
    """
    try:
        return _canonical(_plain_value(mapping, 0))
    except _UnfitError as unfit:
        raise _refused(None, unfit) from None


def decode_value(raw: bytes) -> dict[str, Any]:
    """What `encode_value` made bytes of.

    Raises:
        AlteredError: it made no such bytes.
    """
    try:
        return _values.decode(raw)
    except msgspec.MsgspecError:
        raise AlteredError("an entry that nobody wrote so") from None


def encode_flat(record: object) -> bytes:
    """As `encode_value`, quickly, of a dict or dataclass that holds texts, None and integers up to `MAX_NUMBER`.

    Its names must be plain ASCII.

    Raises:
        EventError: RM460, a text with a lone surrogate.
    """
    try:
        return _sorted.encode(record)
    except UnicodeEncodeError as wrong:
        raise _refused(None, lone_surrogate(wrong)) from None


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware moment, exact; negative before.

    Raises:
        EventError: RM462, it has no zone.
    """
    if moment.tzinfo is None:
        unfit = _UnfitError("RM462", "no-such-moment", moment.isoformat(), "a moment with its zone")
        raise _refused(None, unfit)
    return (moment - EPOCH) // MICROSECOND


# --- writing ----------------------------------------------------------------------------------------


def _canonical(plain: Plain) -> bytes:
    """JCS sorts by UTF-16 code units, the encoder by code points: they part only where a plane beyond the first is used."""
    try:
        raw = _sorted.encode(plain)
    except UnicodeEncodeError as wrong:
        raise lone_surrogate(wrong) from None
    if raw.isascii() or not any(first in raw for first in BEYOND_FIRST_PLANE):
        return raw
    return _as_given.encode(_in_order(plain))


def lone_surrogate(wrong: UnicodeEncodeError) -> _UnfitError:
    found = wrong.object.encode("utf-8", "backslashreplace").decode()
    return _UnfitError("RM460", "lone-surrogate", found, "text of whole characters")


def _bounded(raw: bytes) -> bytes:
    if len(raw) > MAX_BYTES:
        raise _UnfitError("RM463", "too-large", f"{len(raw)} bytes", f"at most {MAX_BYTES} bytes")
    return raw


def _in_order(plain: Plain) -> Plain:
    if isinstance(plain, dict):
        return {key: _in_order(plain[key]) for key in sorted(plain, key=lambda key: key.encode("utf-16-be"))}
    return [_in_order(member) for member in plain] if isinstance(plain, list) else plain


def _plain(event: Event, depth: int) -> dict[str, Plain]:
    if depth > MAX_DEPTH:
        raise _too_deep()
    at = _moment(event.at)
    written: dict[str, Plain] = {"at": at, "known_at": at if event.known_at is event.at else _moment(event.known_at)}
    for name, text in zip(TEXTS, _texts(event), strict=True):
        if type(text) is str:
            written[name] = text
        elif text is not None or name in NEEDED:
            raise _no_value(text, f"a text as `{name}`")
    if event.data:
        data: dict[str, Plain] = {}
        for key, value in event.data.items():
            data[_key(key)] = value if type(value) is str else _tagged(value, depth + 1)
        written["data"] = data
    if event.day_only is not False:
        if event.day_only is not True:
            raise _no_value(event.day_only, "true or false as `day_only`")
        written["day_only"] = True
    if event.replacement is not None:
        written["replacement"] = _plain(event.replacement, depth + 1)
    return written


def _tagged(value: Value, depth: int) -> Plain:
    """An attribute's value. `bool` is an `int` and `datetime` a `date`, so they come first."""
    match value:
        case bool():
            return value
        case int():
            return int(value) if -MAX_NUMBER <= value <= MAX_NUMBER else {"int": str(Decimal(value))}
        case str():
            return str.__str__(value)
        case Decimal() if value.is_finite():
            return {"decimal": str(value)}
        case datetime():
            return {"time": _moment(value)}
        case date():
            return {"date": value.isoformat()}
        case timedelta():
            return {"duration": str(value // MICROSECOND)}
        case tuple():
            if depth > MAX_DEPTH:
                raise _too_deep()
            return [_tagged(member, depth + 1) for member in value]
        case _:
            raise _no_value(value, "a truth value, whole number, decimal, text, date, time, duration or list of these")


def _plain_value(value: object, depth: int) -> Plain:
    if value is None or type(value) is str or (type(value) is int and -MAX_NUMBER <= value <= MAX_NUMBER):
        return value
    if depth > 2 * MAX_DEPTH:  # an event inside another object
        raise _too_deep()
    if isinstance(value, list | tuple):
        return [_plain_value(member, depth + 1) for member in value]
    if isinstance(value, Mapping):
        return {_key(key): _plain_value(member, depth + 1) for key, member in value.items()}
    return _tagged(value, depth)  # type: ignore[arg-type]  # refuses what is no value


def _key(key: object) -> str:
    if type(key) is not str:
        raise _no_value(key, "a text as the name of an attribute")
    return key


def _moment(moment: datetime) -> datetime:
    """In UTC, which the encoder writes as `2024-05-07T00:00:00.000005Z`, without a fraction where that is zero."""
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise _UnfitError("RM462", "no-such-moment", str(moment), "a moment with its zone")
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise _UnfitError("RM462", "no-such-moment", str(moment), "a moment of the years 1 to 9999 in UTC") from None


def _no_value(found: object, expected: str) -> _UnfitError:
    try:
        shown = str(found)
    except ValueError:
        shown = "a number of too many digits to show"
    return _UnfitError("RM461", "cannot-be-kept", shown, expected)


def _too_deep() -> _UnfitError:
    return _UnfitError("RM463", "too-deep", "lists in lists", f"at most {MAX_DEPTH} lists or events in each other")


def _refused(event: Event | None, unfit: _UnfitError) -> EventError:
    code, slug, found, expected = unfit.args
    origin = Origin() if event is None else event.origin
    if event is not None and not origin.file:
        origin = Origin(event=_shown(event.id), case=None if event.case is None else _shown(event.case))
    return EventError(code, slug, found=_shown(found), expected=expected, origin=origin)


def _shown(text: object) -> str:
    """Text that every terminal can print."""
    return str(text).encode("utf-8", "backslashreplace").decode()


# --- reading ----------------------------------------------------------------------------------------


def _event(written: _Written) -> Event:
    return Event(
        id=written.id,
        type=written.type,
        at=written.at.astimezone(UTC),
        known_at=written.known_at.astimezone(UTC),
        case=written.case,
        by=written.by,
        place=written.place,
        subject=written.subject,
        data={name: _value(raw) for name, raw in written.data.items()},
        day_only=written.day_only,
        replacement=None if written.replacement is None else _event(written.replacement),
    )


def _value(raw: Any) -> Value:
    match raw:
        case str() | bool() | int():
            return raw
        case list():
            return tuple(_value(member) for member in raw)
        case dict() if len(raw) == 1:
            ((tag, text),) = raw.items()
            if isinstance(text, str):
                return _untagged(tag, text)
    raise ValueError(f"`{raw}` is no value")


def _untagged(tag: str, text: str) -> Value:
    match tag:
        case "decimal":
            return Decimal(text)
        case "time":
            return _moments.decode(f'"{text}"').astimezone(UTC)
        case "date":
            return date.fromisoformat(text)
        case "duration":
            return int(text) * MICROSECOND
        case "int":
            return int(Decimal(text))
        case _:
            raise ValueError(f"`{tag}` is no kind of value")
