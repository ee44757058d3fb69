"""Reports → `Event`: case files in YAML, JSON Lines or CloudEvents, and plain mappings, read against the vocabulary.

Each event type is a pydantic model made from `facts/`; its values are first read in the vocabulary's types, because
only the vocabulary knows what a text means.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from remit.errors import EventError, Origin, nearest
from remit.model.event import CORRECTION, Event
from remit.model.expression import Value
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute, EventType, Vocabulary
from remit.pack import dialect
from remit.pack.names import Names
from remit.pack.values import Unfit, moment, value_of
from remit.pack.yaml_reader import Mapping as MappingNode
from remit.pack.yaml_reader import Node, Scalar, decoded, read

OWN = ("id", "type", "at", "known_at", "case", "by", "place", "subject", "data", "event")
TYPES: Mapping[ValueKind, Any] = {
    ValueKind.BOOL: bool, ValueKind.INT: int, ValueKind.DECIMAL: Decimal, ValueKind.TEXT: str, ValueKind.DATE: date,
    ValueKind.TIME: datetime, ValueKind.DURATION: timedelta, ValueKind.PLACE: str, ValueKind.UNIT: str,
}  # fmt: skip
ENVELOPE = ("specversion", "source", "datacontenttype", "dataschema", "time")


class Models(Mapping[str, type[BaseModel]]):
    """Event type → its pydantic model, made when first asked for."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._made: dict[str, type[BaseModel]] = {}

    def __getitem__(self, name: str) -> type[BaseModel]:
        if name not in self._made:
            self._made[name] = self._make(self._vocabulary.event_types[name])
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._vocabulary.event_types)

    def __len__(self) -> int:
        return len(self._vocabulary.event_types)

    def _make(self, kind: EventType) -> type[BaseModel]:
        """ASCII class name, the labels as titles, so that its JSON Schema is stable."""
        fields: dict[str, Any] = {}
        for name in kind.attributes:
            attribute = self._vocabulary.attributes[name]
            annotation = typed(attribute)
            required = name in kind.required
            fields[name] = (
                annotation if required else annotation | None,
                Field(
                    default=... if required else None,
                    title=attribute.label.zh,
                    description=attribute.label.en,
                ),
            )
        title = (
            "".join(part.capitalize() for part in kind.id.split("_"))
            if kind.id.isascii()
            else f"Event{list(self._vocabulary.event_types).index(kind.id)}"
        )
        config = ConfigDict(strict=True, frozen=True, extra="forbid", title=kind.label.zh)
        made: type[BaseModel] = create_model(title, __config__=config, **fields)
        return made


def typed(attribute: Attribute) -> Any:
    """The Python type of an attribute, with its bounds."""
    if attribute.kind is ValueKind.CHOICE:
        inner: Any = Literal[tuple(choice.id for choice in attribute.choices)]
    else:
        inner = TYPES[attribute.kind]
    if attribute.minimum is not None or attribute.maximum is not None:
        inner = Annotated[inner, Field(ge=attribute.minimum, le=attribute.maximum)]
    return list[inner] if attribute.many else inner


@dataclass(frozen=True, slots=True)
class EventReader:
    """Reads events with the vocabulary of one pack."""

    vocabulary: Vocabulary
    names: Names
    models: Models
    zone: ZoneInfo

    def event(
        self,
        fields: Mapping[str, object],
        *,
        case: str | None = None,
        origin: Origin = Origin(),
        origins: Mapping[str, Origin] | None = None,
    ) -> Event:
        """One event.

        Raises:
            EventError: RM401 unknown type, RM403 unknown attribute, RM404 something required is missing, RM405 a value of the
                wrong type, RM406 unknown unit, RM407 unknown place, RM409 a date that does not exist.
        """
        own, data = self.divided(fields)
        name = own.get("id")
        where = Where(origins or {}, origin, str(name) if name is not None else None, case)
        if not isinstance(name, str) or not name:
            raise where.error("RM404", "missing-field", "id", "", "an id, a text")
        kind = self.kind(own, where)
        at, day_only = self.moment(own, "at", where)
        known_at = self.moment(own, "known_at", where)[0] if own.get("known_at") is not None else at
        in_case = own.get("case", case)
        if in_case is not None and not isinstance(in_case, str):
            raise where.error("RM405", "wrong-value", "case", str(in_case), "a text")
        return Event(
            id=name,
            type=kind.id,
            at=at,
            known_at=known_at,
            case=in_case,
            by=self.named(own, "by", ("unit",), where),
            place=self.named(own, "place", ("place", "unit"), where),
            subject=self.plain(own, "subject", where),
            data=self.data(kind, data, where),
            day_only=day_only,
            replacement=self.replacement(kind, own, in_case, where),
            origin=origin if origin.file else Origin(event=name, case=in_case),
        )

    def divided(self, fields: Mapping[str, object]) -> tuple[dict[str, object], dict[str, object]]:
        """The event's own fields, and its attributes (direct, or under `data`); a CloudEvent's envelope is opened."""
        own: dict[str, object] = {}
        data: dict[str, object] = {}
        cloud = "specversion" in fields
        for key, value in fields.items():
            name = dialect.key(key, "event")
            if cloud and name in ENVELOPE:
                if name == "time":
                    own.setdefault("at", value)
            elif name == "data" and isinstance(value, Mapping):
                inner_own, inner = self.divided(value)
                data |= inner
                own |= inner_own if cloud else {}
                data |= {} if cloud else inner_own
            elif name in OWN:
                own[name] = value
            else:
                data[key] = value
        return own, data

    def kind(self, own: Mapping[str, object], where: Where) -> EventType:
        written = own.get("type")
        found = self.names.find("event", written) if isinstance(written, str) else None
        if found is None:
            valid = self.names.spelled["event"]
            raise where.error(
                "RM401",
                "unknown-event-type",
                "type",
                str(written or ""),
                "an event type of facts/events.yaml",
                valid,
            )
        return self.vocabulary.event_types[found]

    def moment(self, own: Mapping[str, object], name: str, where: Where) -> tuple[datetime, bool]:
        try:
            return moment(own.get(name), self.zone)
        except Unfit as wrong:
            code, slug = ("RM404", "missing-field") if own.get(name) is None else ("RM409", "no-such-date")
            raise where.error(code, slug, name, str(own.get(name) or name), wrong.expected) from None

    def named(self, own: Mapping[str, object], name: str, kinds: tuple[str, ...], where: Where) -> str | None:
        written = own.get(name)
        if written is None:
            return None
        for kind in kinds:
            found = self.names.find(kind, written) if isinstance(written, str) else None
            if found is not None:
                return found
        valid = [n for kind in kinds for n in self.names.spelled[kind]]
        code, slug = ("RM406", "unknown-unit") if name == "by" else ("RM407", "unknown-place")
        raise where.error(
            code,
            slug,
            name,
            str(written),
            "a unit of facts/units.yaml" if name == "by" else "a place or unit of the pack",
            valid,
        )

    def plain(self, own: Mapping[str, object], name: str, where: Where) -> str | None:
        value = own.get(name)
        if value is not None and not isinstance(value, str):
            raise where.error("RM405", "wrong-value", name, str(value), "a text")
        return value

    def data(self, kind: EventType, raw: Mapping[str, object], where: Where) -> Mapping[str, Value]:
        """The attributes in their types, held against the event's model."""
        values: dict[str, Any] = {}
        for key, value in raw.items():
            name = self.names.find("attribute", key)
            if name is None or name not in kind.attributes:
                carried = [w for a in kind.attributes for w in (a, self.vocabulary.attributes[a].label.zh)]
                raise where.error("RM403", "unknown-attribute", key, key, f"an attribute of `{kind.id}`", carried)
            if value is not None:
                values[name] = self.value(self.vocabulary.attributes[name], value, key, where)
        try:
            self.models[kind.id].model_validate(values)
        except ValidationError as failure:
            raise self.invalid(kind, failure, where) from None
        if kind.built_in and "obligation" in kind.attributes and not values.keys() & {"rule", "obligation"}:
            raise where.error(
                "RM404", "missing-attribute", "type", kind.id, "`rule` or `obligation`: which duty it is about"
            )
        if "action" in values and kind.built_in:
            values["action"] = self.act(values["action"], where)
        return {name: tuple(v) if isinstance(v, list) else v for name, v in sorted(values.items())}

    def value(self, attribute: Attribute, raw: object, key: str, where: Where) -> object:
        try:
            if attribute.many:
                members = raw if isinstance(raw, list | tuple) else [raw]
                return [value_of(attribute, member, self.zone, self.names.find) for member in members]
            return value_of(attribute, raw, self.zone, self.names.find)
        except Unfit as wrong:
            raise where.error("RM405", "wrong-value", key, str(raw), wrong.expected, wrong.valid) from None

    def act(self, written: str, where: Where) -> str:
        found = self.names.find("action", written)
        if found is None:
            raise where.error(
                "RM405",
                "unknown-action",
                "action",
                written,
                "an action of facts/actions.yaml",
                self.names.spelled["action"],
            )
        return found

    def invalid(self, kind: EventType, failure: ValidationError, where: Where) -> EventError:
        """What the model refused, in the words of the vocabulary."""
        first = failure.errors()[0]
        name = str(first["loc"][0])
        if first["type"] == "missing":
            label = self.vocabulary.attributes[name].label
            return where.error(
                "RM404",
                "missing-attribute",
                "type",
                kind.id,
                f"the attribute `{name}` ({label.zh})",
            )
        attribute = self.vocabulary.attributes[name]
        low, high = attribute.minimum, attribute.maximum
        return where.error(
            "RM405",
            "out-of-bounds",
            name,
            str(first.get("input")),
            f"a number from {low if low is not None else 'any'} to {high if high is not None else 'any'}",
        )

    def replacement(self, kind: EventType, own: Mapping[str, object], case: str | None, where: Where) -> Event | None:
        if kind.id != CORRECTION:
            return None
        inner = own.get("event")
        if not isinstance(inner, Mapping):
            raise where.error(
                "RM404",
                "missing-field",
                "event",
                CORRECTION,
                "`event`: the report as it should have been",
            )
        return self.event({"id": own["id"], **inner}, case=case, origin=where.origin)

    # --- files --------------------------------------------------------------------------------------

    def read(
        self,
        source: str | Path | Mapping[str, object] | Iterable[Mapping[str, object]],
        repeated: list[Event] | None = None,
    ) -> tuple[Event, ...]:
        """The events of a case file (YAML, JSON, JSON Lines, CloudEvents), of a mapping `{case, events}`, or of several events.

        `repeated` takes the events that stand there again with the same content; they count once.

        Raises:
            EventError: as `event`; RM410, it is not a case file; RM411, an id twice with different content.
        """
        match source:
            case Path() | str():
                path = Path(source)
                try:
                    raw = path.read_bytes()
                except OSError as failure:
                    raise EventError(
                        "RM402",
                        "no-such-file",
                        found=str(source),
                        expected="a case file that can be read",
                        hint=failure.strerror,
                    ) from None
                text = decoded(raw, str(source))
                found = (
                    self.from_lines(text, str(source))
                    if looks_like_lines(text, path)
                    else self.from_node(read(text, str(source)), str(source))
                )
            case Mapping():
                found = self.from_mapping(source)
            case _:
                found = tuple(self.event(fields) for fields in source)
        return once(found, repeated)

    def from_mapping(self, fields: Mapping[str, object]) -> tuple[Event, ...]:
        keys = {dialect.key(key, "case"): value for key, value in fields.items()}
        events = keys.get("events")
        if not isinstance(events, list | tuple):
            return (self.event(fields),)
        case = keys.get("case")
        return tuple(self.event(e, case=str(case) if case is not None else None) for e in events)

    def from_lines(self, text: str, file: str) -> tuple[Event, ...]:
        found: list[Event] = []
        for number, line in enumerate(text.split("\n"), start=1):
            if not line.strip():
                continue
            origin = Origin(file, number, 1)
            try:
                fields = json.loads(line, parse_float=Decimal)
            except (json.JSONDecodeError, RecursionError):
                raise EventError(
                    "RM410",
                    "not-a-case-file",
                    found=line,
                    expected="one JSON object a line",
                    origin=origin,
                ) from None
            if not isinstance(fields, dict):
                raise EventError(
                    "RM410",
                    "not-a-case-file",
                    found=line,
                    expected="one JSON object a line",
                    origin=origin,
                )
            inner = fields.get("events")
            found += self.from_mapping(fields) if isinstance(inner, list) else (self.event(fields, origin=origin),)
        return tuple(found)

    def from_node(self, node: Node | None, file: str) -> tuple[Event, ...]:
        if not isinstance(node, MappingNode):
            raise EventError(
                "RM410",
                "not-a-case-file",
                found=file,
                expected="`case:` and `events:`",
                origin=Origin(file),
            )
        keys = {dialect.key(key.text, "case"): (key, value) for key, value in node.items}
        for name, (key, _) in keys.items():
            if name not in ("case", "events", "label", "about") and "events" in keys:
                raise EventError(
                    "RM410",
                    "unknown-key",
                    found=key.text,
                    expected="`case`, `events`, `label` or `about`",
                    origin=key.origin,
                    suggestion=nearest(key.text, ("case", "events", "案件", "事件")),
                )
        if "events" not in keys:
            plain, origins = as_plain(node)
            return (self.event(plain, origin=node.origin, origins=origins),)
        case = keys["case"][1] if "case" in keys else None
        members = keys["events"][1]
        if case is not None and not isinstance(case, Scalar):
            raise EventError(
                "RM410",
                "not-a-case-file",
                found="case",
                expected="one name for the case",
                origin=case.origin,
            )
        if isinstance(members, Scalar | MappingNode):
            raise EventError(
                "RM410",
                "not-a-case-file",
                found="events",
                expected="a list of events",
                origin=members.origin,
            )
        found = []
        for member in members.items:
            if not isinstance(member, MappingNode):
                raise EventError(
                    "RM410",
                    "not-a-case-file",
                    found="a value",
                    expected="an event: id, type, at, …",
                    origin=member.origin,
                )
            plain, origins = as_plain(member)
            found.append(self.event(plain, case=case.text if case else None, origin=member.origin, origins=origins))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Where:
    """Places of an event's fields, for its errors."""

    origins: Mapping[str, Origin]
    origin: Origin
    event: str | None
    case: str | None

    def error(self, code: str, slug: str, key: str, found: str, expected: str, valid: Iterable[str] = ()) -> EventError:
        place = self.origins.get(key, self.origin)
        place = Origin(place.file, place.line, place.column, self.event, self.case)
        return EventError(
            code,
            slug,
            found=found,
            expected=expected,
            origin=place,
            suggestion=nearest(found, valid),
        )


def as_plain(node: MappingNode) -> tuple[dict[str, object], dict[str, Origin]]:
    """A YAML mapping as plain values, and where each key's value stands (canonical names too)."""
    plain: dict[str, object] = {}
    origins: dict[str, Origin] = {}
    for key, value in node.items:
        plain[key.text] = plain_value(value)
        origins[key.text] = origins[dialect.key(key.text, "event")] = value.origin
        if isinstance(value, MappingNode):
            origins |= {k: o for k, o in as_plain(value)[1].items() if k not in origins}
    return plain, origins


def plain_value(node: Node) -> object:
    match node:
        case Scalar(text):
            return text
        case MappingNode():
            return as_plain(node)[0]
        case _:
            return [plain_value(item) for item in node.items]


def looks_like_lines(text: str, path: Path) -> bool:
    """JSON Lines, by name or by look."""
    return path.suffix in (".jsonl", ".ndjson") or text.lstrip()[:1] == "{"


def once(events: tuple[Event, ...], repeated: list[Event] | None = None) -> tuple[Event, ...]:
    """Each id once; the same event twice is one event, and goes to `repeated` as well.

    Raises:
        EventError: RM411, an id stands for two different events.
    """
    found: dict[str, Event] = {}
    for event in events:
        kept = found.setdefault(event.id, event)
        if kept != event:
            raise EventError(
                "RM411",
                "event-id-twice",
                found=event.id,
                expected="a different id for a different event",
                origin=event.origin,
            )
        if kept is not event and repeated is not None:
            repeated.append(event)
    return tuple(found.values())
