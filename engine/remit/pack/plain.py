"""Plain reports → `Event`, at once: tables made from the vocabulary, and nothing looked at twice.

Whatever is not plainly an event (a key in another spelling, a value that needs thought, a mistake) is answered by None
and goes to `EventReader`, which alone says what is wrong. What is answered here equals what that would answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from remit.errors import Origin
from remit.model.event import CORRECTION, Event
from remit.model.vocabulary import EventType, Vocabulary
from remit.pack import dialect
from remit.pack.layout import Layouts
from remit.pack.names import Names
from remit.pack.takes import NotPlain, Take, one_of, taker
from remit.pack.values import plain
from remit.pack.yaml_reader import MAX_BYTES

#: What no attribute may be called where attributes stand: it would be read as something else.
TAKEN = frozenset({"data", "specversion"})
#: Bytes are looked for faster as numbers.
BACKSLASH, COLON = b"\\:"
#: A number with a point stays the text it is, which only the attribute's type can read.
decode = msgspec.json.Decoder(float_hook=str).decode
count = str.count
NOWHERE = Origin()


class PlainReader:
    """Reads plain events with the vocabulary of one pack."""

    def __init__(self, vocabulary: Vocabulary, names: Names, zone: ZoneInfo) -> None:
        self._vocabulary, self._names, self._zone = vocabulary, names, zone
        self._types: dict[object, tuple[str, Layouts]] = {}
        self._layouts: dict[tuple[object, ...], Layouts] = {}
        self._takes: dict[str, Take] = {}
        units = names.meant("unit")
        self._meaning = {"zone": zone, "units": units, "places": {**units, **names.meant("place")}}

    def line(self, raw: bytes) -> Event | None:
        """The event that a JSON object says, in UTF-8, or None."""
        try:
            fields = decode(raw)
            kind, layouts = self._types.get(fields["type"]) or self._type(fields["type"])
            # Every key has its colon, as has the time: where no more are written, no key is lost.
            surely = BACKSLASH not in raw and raw.count(COLON) == len(fields) + count(fields["at"], ":")
            if (surely or each_key_once(raw, fields)) and len(raw) <= MAX_BYTES:
                return layouts[tuple(fields)](kind, fields, None, NOWHERE)
        except (ValueError, LookupError, TypeError):  # not JSON, not UTF-8, or not plain
            pass
        return None

    def event(self, fields: Mapping[str, Any], case: str | None = None, origin: Origin = NOWHERE) -> Event | None:
        """The event that plain values say, or None; `case` and `origin` as for `EventReader.event`."""
        try:
            kind, layouts = self._types.get(fields["type"]) or self._type(fields["type"])
            return layouts[tuple(fields)](kind, fields, case, origin)
        except (ValueError, LookupError, TypeError):
            return None

    def _type(self, written: object) -> tuple[str, Layouts]:
        """The id of a type that is written so, and what reads its events."""
        found = self._names.find("event", written) if isinstance(written, str) else None
        if found is None or found == CORRECTION:
            raise NotPlain
        kind = self._vocabulary.event_types[found]
        alike = (kind.attributes, kind.required, kind.built_in)
        layouts = self._layouts.get(alike)
        if layouts is None:
            takes = {name: self._taker(kind, name) for name in sorted(kind.attributes) if self._is_plain(name)}
            upon_duty = kind.built_in and "obligation" in kind.attributes
            layouts = self._layouts[alike] = Layouts(takes, kind.required, upon_duty=upon_duty, meaning=self._meaning)
        self._types[written] = told = kind.id, layouts
        return told

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

    Every key ends with `":` where no blank follows a quotation mark. Texts may hold that sign too; then nothing is sure.
    """
    data = fields.get("data")
    keys = len(fields) + (len(data) if type(data) is dict else 0)
    return raw.count(b'":') == keys and not any(mark in raw for mark in (b'" ', b'"\n', b'"\t', b'"\r'))
