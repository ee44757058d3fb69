"""Reports → `Event`: plain mappings, read against the vocabulary.

Values are read in the vocabulary's types, because only the vocabulary knows what a text means, and then held to what
its event type requires. `Models` says the same in pydantic, for whoever wants a model or a JSON Schema of an event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

from remit.errors import EventError, Origin, nearest
from remit.model.event import CORRECTION, Event
from remit.model.expression import Value
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute, EventType, Vocabulary
from remit.pack import dialect
from remit.pack.names import Names
from remit.pack.values import Unfit, moment, one_line, value_of

if TYPE_CHECKING:
    from pydantic import BaseModel

OWN = ("id", "type", "at", "known_at", "case", "by", "place", "subject", "data", "event")
TYPES: Mapping[ValueKind, Any] = {
    ValueKind.BOOL: bool, ValueKind.INT: int, ValueKind.DECIMAL: Decimal, ValueKind.TEXT: str, ValueKind.DATE: date,
    ValueKind.TIME: datetime, ValueKind.DURATION: timedelta, ValueKind.PLACE: str, ValueKind.UNIT: str,
}  # fmt: skip
#: What a CloudEvent says of its own transport: the standard's attributes and its registered extensions.
ENVELOPE = frozenset({
    "specversion", "source", "datacontenttype", "dataschema", "time", "authid", "authtype", "causationid", "correlationid", "dataref",
    "expirytime", "partitionkey", "recordedtime", "sampledrate", "sequence", "sequencetype", "severitynumber", "severitytext",
    "traceparent", "tracestate",
})  # fmt: skip


class Models(Mapping[str, "type[BaseModel]"]):
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
        from pydantic import ConfigDict, Field, create_model

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
    from pydantic import Field

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
            raise where.error("RM404", "missing-field", "id", "an event without id", "an id, a text")
        self.plain(own, "id", where)
        kind = self.kind(own, where)
        at, day_only = self.moment(own, "at", where)
        known_at = self.moment(own, "known_at", where)[0] if own.get("known_at") is not None else at
        in_case = self.plain({"case": case, **own}, "case", where)
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
            origin=origin if origin.file else Origin(),
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
                str(written or "an event without type"),
                "an event type of facts/events.yaml",
                valid,
            )
        return self.vocabulary.event_types[found]

    def moment(self, own: Mapping[str, object], name: str, where: Where) -> tuple[datetime, bool]:
        try:
            return moment(own.get(name), self.zone)
        except Unfit as wrong:
            code, slug = ("RM404", "missing-field") if own.get(name) is None else ("RM409", "no-such-date")
            raise where.error(
                code, slug, name, str(own.get(name) or f"an event without {name}"), wrong.expected
            ) from None

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
        try:
            return one_line(own[name]) if own.get(name) is not None else None
        except Unfit as wrong:
            raise where.error("RM405", "wrong-value", name, str(own[name]), wrong.expected) from None

    def data(self, kind: EventType, raw: Mapping[str, object], where: Where) -> Mapping[str, Value]:
        """The attributes in their types, held against the event's model."""
        values: dict[str, Any] = {}
        for key, value in raw.items():
            name = self.names.find("attribute", key)
            if name is None or name not in kind.attributes:
                carried = [w for a in kind.attributes for w in (a, self.vocabulary.attributes[a].label.zh)]
                own = dialect.spellings("event", OWN)
                expected = f"an attribute of `{kind.id}`"
                if kind.id == CORRECTION:
                    expected += "; what the report should have said stands under `event:`"
                raise where.error("RM403", "unknown-attribute", f"{key}:", key, expected, (*carried, *own))
            if value is not None:
                values[name] = self.value(self.vocabulary.attributes[name], value, key, where)
        self.require(kind, values, where)
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

    def require(self, kind: EventType, values: Mapping[str, Any], where: Where) -> None:
        """What the event type asks of its attributes: that they are there, and within their bounds."""
        for name in kind.attributes:
            attribute = self.vocabulary.attributes[name]
            if name not in values:
                if name in kind.required:
                    expected = f"the attribute `{name}` ({attribute.label.zh})"
                    raise where.error("RM404", "missing-attribute", "type", kind.id, expected)
            elif attribute.minimum is not None or attribute.maximum is not None:
                for value in values[name] if attribute.many else (values[name],):
                    if not within(attribute, value):
                        bounds = between(attribute.minimum, attribute.maximum)
                        raise where.error("RM405", "out-of-bounds", name, str(value), bounds)

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


def within(attribute: Attribute, value: Any) -> bool:
    low, high = attribute.minimum, attribute.maximum
    return (low is None or value >= low) and (high is None or value <= high)


def between(low: int | None, high: int | None) -> str:
    """The numbers an attribute may have.

    >>> between(0, None), between(0, 130)
    ('a number of at least 0', 'a number from 0 to 130')
    """
    if low is not None and high is not None:
        return f"a number from {low} to {high}"
    return f"a number of at least {low}" if low is not None else f"a number of at most {high}"


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
