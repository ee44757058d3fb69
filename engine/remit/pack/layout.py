"""Layouts: which keys a plain report has, in the order in which they stand. What reads one is written for it.

Reports of one source have few layouts, and to unpack the values of one costs a fraction of looking for every key there
may be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from remit.errors import Origin
from remit.model.event import Event
from remit.model.records import filling, twins
from remit.pack.events import OWN
from remit.pack.takes import NotPlain, Take, Whole, instant

#: Reads the fields of an event of a type; case and origin are as for `EventReader.event`. Raises as `Take`.
Read = Callable[[str, Mapping[str, Any], str | None, Origin], Event]
#: An event's own fields under their plain names; a correction's `event` is never plain.
FIELDS = frozenset(OWN) - {"event"}
#: So many layouts of what carries the same are read at once; whoever writes keys in ever another order must wait.
MOST = 256
NO_TEXT = "if {0} is not None and not isprintable({0}): raise NotPlain"
#: As `instant`, without the call for what nearly every report has.
MOMENT = (
    "if type(at) is str and len(at) > 10 and at[4:8:3] == '--' and '0002' <= at < '9999':",
    "    at, day_only = fromisoformat(at), False",
    "    if at.tzinfo is None: at = at.replace(tzinfo=zone)",
    "else: at, day_only = instant(at, zone)",
)
UPON_DUTY = "if 'rule' not in values and 'obligation' not in values: raise NotPlain"


class Layouts(dict[tuple[str, ...], Read]):
    """What reads each layout of the types of events that carry the same attributes; written when it is first met.

    Args:
        takes: how each attribute that is plain is read, in the order of their names.
        required: those that may not be missing.
        upon_duty: whether a rule or an obligation must be named.
        meaning: what the lines of every layout ask for: the `zone` of moments without one; `units` and `places` by the ways to write them.

    Raises:
        NotPlain: of a layout whose keys are not plainly those of such an event, or that is one too many.
    """

    def __init__(
        self, takes: Mapping[str, Take], required: Collection[str], *, upon_duty: bool, meaning: Mapping[str, Any]
    ) -> None:
        super().__init__()
        self._takes, self._required, self._upon_duty = takes, required, upon_duty
        self._known: dict[str, Any] = {
            "NotPlain": NotPlain, "fromisoformat": datetime.fromisoformat, "instant": instant, "isprintable": str.isprintable,
            "inside": frozenset(takes), **twins(Event), **meaning,
            **{f"take_{number}": take for number, take in enumerate(takes.values())},
        }  # fmt: skip

    def __missing__(self, layout: tuple[str, ...]) -> Read:
        if len(self) >= MOST:
            raise NotPlain
        known = dict(self._known)
        exec("\n".join(self._lines(layout)), known)  # noqa: S102 - quoted names and whole numbers, nothing else
        read: Read = known["read"]
        self[layout] = read
        return read

    def _lines(self, layout: tuple[str, ...]) -> Iterator[str]:
        """The source of `read`: a report's attributes stand beside its own fields, or under `data`."""
        beside = {name: f"beside_{number}" for number, name in enumerate(self._takes) if name not in FIELDS}
        if not FIELDS.union(beside).issuperset(layout) or not {"id", "at", "type"}.issubset(layout):
            raise NotPlain
        told = {key: beside.get(key, key) for key in layout} | {"type": "written"}
        yield "def read(kind, fields, case, origin):"
        yield f"    {', '.join(told.values())} = fields.values()"
        yield "    if not id or not isprintable(id): raise NotPlain"
        for name in ("case", "subject"):
            if name in told or name == "case":
                yield "    " + NO_TEXT.format(name)
        yield from ("    " + line for line in MOMENT)
        if "known_at" in told:
            yield "    known_at = at if known_at is None else instant(known_at, zone)[0]"
        yield "    values = {}"
        yield from self._attributes(told)
        if self._upon_duty:
            yield f"    {UPON_DUTY}"
        own = {
            "id": "id", "type": "kind", "at": "at", "known_at": "known_at" if "known_at" in told else "at", "case": "case",
            "by": "None if by is None else units[by]" if "by" in told else "None",
            "place": "None if place is None else places[place]" if "place" in told else "None",
            "subject": "subject" if "subject" in told else "None",
            "data": "values", "day_only": "day_only", "replacement": "None", "origin": "origin",
        }  # fmt: skip
        yield from ("    " + line for line in filling(own))

    def _attributes(self, told: Mapping[str, str]) -> Iterator[str]:
        missing = [name for name in self._takes if name not in told and name in self._required]
        beside = ["raise NotPlain"] if missing else [
            line for number, (name, take) in enumerate(self._takes.items()) if name in told and name not in FIELDS
            for line in self._taking(number, name, take, told[name])
        ]  # fmt: skip
        if "data" not in told:
            yield from ("    " + line for line in beside)
            return
        yield "    if data is None:"
        yield from ("        " + line for line in beside or ("pass",))
        yield "    else:"
        strange = any(name not in FIELDS for name in told)
        yield f"        if {strange} or type(data) is not dict or not inside.issuperset(data): raise NotPlain"
        yield "        get = data.get"
        for number, (name, take) in enumerate(self._takes.items()):
            yield f"        raw = get({name!r})"
            yield from ("        " + line for line in self._taking(number, name, take, "raw"))

    def _taking(self, number: int, name: str, take: Take, raw: str) -> Iterator[str]:
        """Whole numbers are taken without a call."""
        taken = f"values[{name!r}] = take_{number}({raw})"
        if isinstance(take, Whole):
            yield f"if type({raw}) is int and {take.low} <= {raw} <= {take.high}: values[{name!r}] = {raw}"
            yield f"elif {raw} is not None: {taken}"
        else:
            yield f"if {raw} is not None: {taken}"
        if name in self._required:
            yield "else: raise NotPlain"
