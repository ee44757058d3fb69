"""Plain reports → `Event`, at once: tables made from the vocabulary, and nothing looked at twice.

Whatever is not plainly an event (a key in another spelling, a value that needs thought, a mistake) is answered by None
and goes to `EventReader`, which alone says what is wrong. What is answered here equals what that would answer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from remit.errors import Origin
from remit.model.event import CORRECTION, Event
from remit.model.records import maker
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute, EventType, Vocabulary
from remit.pack import dialect
from remit.pack.events import OWN, within
from remit.pack.names import Names
from remit.pack.values import day, decimal, length, moment, named, plain, truth, whole
from remit.pack.yaml_reader import MAX_BYTES

#: Reads one value of an attribute, raising ValueError, LookupError or TypeError for what is not plain.
Take = Callable[[Any], Any]
#: Reads all attributes of an event, from what gives the value under a key; raises the same.
Gather = Callable[[Callable[[str], Any]], dict[str, Any]]
#: An event's own fields under their plain names; a correction's `event` is never plain.
FIELDS = frozenset(OWN) - {"event"}
#: What no attribute may be called where attributes stand: it would be read as something else.
TAKEN = frozenset({"data", "specversion"})
WIDEST = 10**18
#: Bytes are looked for faster as numbers.
BACKSLASH, COLON = b"\\:"
#: A number with a point stays the text it is, which only the attribute's type can read.
decode = msgspec.json.Decoder(float_hook=str).decode
make_event = maker(Event)
#: How one event is read, beside its own fields or under `data`; written once for all types that carry the same.
READ = """\
def read(kind, fields, case, origin):
    get = fields.get
    name, at, subject, data = fields["id"], fields["at"], get("subject"), get("data")
    known_at, in_case, by, place = get("known_at"), get("case", case), get("by"), get("place")
    if type(name) is not str or not name or not name.isprintable():
        raise NotPlain
    if in_case is not None and (type(in_case) is not str or not in_case.isprintable()):
        raise NotPlain
    if subject is not None and (type(subject) is not str or not subject.isprintable()):
        raise NotPlain
    if type(at) is str and len(at) > 10 and at[4] == "-" == at[7]:
        at, day_only = fromisoformat(at), False
        if not 1 < at.year < 9999:
            raise NotPlain
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone)
    else:
        at, day_only = instant(at, zone)
    known_at = at if known_at is None else instant(known_at, zone)[0]
    values = {{}}
    if data is None:
        if not keys.issuperset(fields):
            raise NotPlain
{beside}    else:
        if type(data) is not dict or not fields.keys() <= FIELDS or not inside.issuperset(data):
            raise NotPlain
        get = data.get
{inside}{upon_duty}    by = None if by is None else units[by]
    place = None if place is None else places[place]
    return make(name, kind, at, known_at, in_case, by, place, subject, values, day_only, None, origin)
"""
UPON_DUTY = """\
    if "rule" not in values and "obligation" not in values:
        raise NotPlain
"""

NOWHERE = Origin()


class NotPlain(ValueError):  # noqa: N818 - a state of affairs, not a fault
    """It may still be an event."""


#: Reads the fields of an event whose type is known; raises as `Take`.
Read = Callable[[str, Mapping[str, Any], str | None, Origin], Event]


class PlainReader:
    """Reads plain events with the vocabulary of one pack. A form is made when its type is first met."""

    def __init__(self, vocabulary: Vocabulary, names: Names, zone: ZoneInfo) -> None:
        self._vocabulary, self._names, self._zone = vocabulary, names, zone
        #: As a type is written: its id, and what reads it.
        self._forms: dict[object, tuple[str, Read]] = {}
        self._reads: dict[tuple[object, ...], Read] = {}
        self._takes: dict[str, Take] = {}
        self._units, self._places = names.meant("unit"), {**names.meant("unit"), **names.meant("place")}

    def line(self, raw: bytes) -> Event | None:
        """The event that a JSON object says, in UTF-8, or None."""
        try:
            fields = decode(raw)
            kind, read = self._forms.get(fields["type"]) or self._form(fields["type"])
            if each_key_once(raw, fields) and len(raw) <= MAX_BYTES:
                return read(kind, fields, None, NOWHERE)
        except (ValueError, LookupError, TypeError):  # not JSON, not UTF-8, or not plain
            pass
        return None

    def event(self, fields: Mapping[str, Any], case: str | None = None, origin: Origin = NOWHERE) -> Event | None:
        """The event that plain values say, or None; `case` and `origin` as for `EventReader.event`."""
        try:
            kind, read = self._forms.get(fields["type"]) or self._form(fields["type"])
            return read(kind, fields, case, origin)
        except (ValueError, LookupError, TypeError):
            return None

    def _form(self, written: object) -> tuple[str, Read]:
        found = self._names.find("event", written) if isinstance(written, str) else None
        if found is None or found == CORRECTION:
            raise NotPlain
        kind = self._vocabulary.event_types[found]
        alike = (kind.attributes, kind.required, kind.built_in)
        read = self._reads.get(alike)
        if read is None:
            read = self._reads[alike] = self._reader(kind)
        form = self._forms[written] = kind.id, read
        return form

    def _reader(self, kind: EventType) -> Read:
        """What reads types of events that carry the same."""
        inside = {name: self._taker(kind, name) for name in sorted(kind.attributes) if self._is_plain(name)}
        beside = {name: take for name, take in inside.items() if name not in FIELDS}
        known = {
            "NotPlain": NotPlain, "make": make_event, "fromisoformat": datetime.fromisoformat, "instant": instant, "zone": self._zone,
            "units": self._units, "places": self._places, "FIELDS": FIELDS, "keys": FIELDS | beside.keys(), "inside": frozenset(inside),
            **{f"take_{number}": take for number, take in enumerate(inside.values())},
        }  # fmt: skip
        numbers = {name: number for number, name in enumerate(inside)}
        upon_duty = kind.built_in and "obligation" in kind.attributes
        source = READ.format(
            beside=gathering(beside, numbers, kind.required),
            inside=gathering(inside, numbers, kind.required),
            upon_duty=UPON_DUTY if upon_duty else "",
        )
        exec(source, known)  # noqa: S102 - quoted names and whole numbers, nothing else
        return known["read"]  # type: ignore[return-value]  # just made

    def _is_plain(self, name: str) -> bool:
        """Whether the attribute's id, as a key, means this attribute and nothing else."""
        own = dialect.key(name, "event") == name and name not in TAKEN
        return own and self._names.find("attribute", name) == name

    def _taker(self, kind: EventType, name: str) -> Take:
        if kind.built_in and name == "action":
            return lambda raw: one_of(self._names.find("action", plain(raw)))
        if name not in self._takes:
            self._takes[name] = taker(self._vocabulary.attributes[name], self._zone, self._names)
        return self._takes[name]


def each_key_once(raw: bytes, fields: Mapping[str, Any]) -> bool:
    """Whether surely no key was written twice, of which JSON's decoder keeps the last.

    Every key has its colon. Where no more colons are written than these and those of the time, no key is lost; else every
    key ends with `":` where no blank follows a quotation mark. Texts may hold that sign too; then nothing is sure.
    """
    at, keys = fields["at"], len(fields)
    if "data" in fields and type(data := fields["data"]) is dict:
        keys += len(data)
    if type(at) is str and BACKSLASH not in raw and raw.count(COLON) == keys + at.count(":"):
        return True
    return raw.count(b'":') == keys and not any(mark in raw for mark in (b'" ', b'"\n', b'"\t', b'"\r'))


def one_of(found: str | None) -> str:
    if found is None:
        raise NotPlain
    return found


# --- values ----------------------------------------------------------------------------------------


def instant(raw: Any, zone: ZoneInfo) -> tuple[datetime, bool]:
    """As `moment`, without asking twice whether it begins with a day."""
    if type(raw) is str and len(raw) > 10 and raw[4] == "-" == raw[7]:
        found = datetime.fromisoformat(raw)
        if 1 < found.year < 9999:
            return (found if found.tzinfo else found.replace(tzinfo=zone)), False
        raise NotPlain
    return moment(raw, zone)


def gathering(takes: Mapping[str, Take], numbers: Mapping[str, int], required: Collection[str]) -> str:
    """The lines that read these attributes, in their order: whole numbers are taken without a call."""
    lines = []
    for name, take in takes.items():
        taken = f"values[{name!r}] = take_{numbers[name]}(raw)"
        lines.append(f"raw = get({name!r})")
        if isinstance(take, Whole):
            lines.append(f"if type(raw) is int and {take.low} <= raw <= {take.high}: values[{name!r}] = raw")
            lines.append(f"elif raw is not None: {taken}")
        else:
            lines.append(f"if raw is not None: {taken}")
        if name in required:
            lines.append("else: raise NotPlain")
    return "".join(f"        {line}\n" for line in lines)


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
