"""Events and obligations as Arrow tables, both ways.

An event is a row; its attributes are the fields of the struct `data`, each in its own type, null where the event does not
state it. A table may leave out any column that holds only nulls, and any field of `data` that no event states. Moments are
UTC with microseconds: the instant is kept, the offset it was written with is not.

An obligation is a row as well: what is the same for all of a rule (article, quotes, action …) is read from the rule again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from remit.errors import ColumnarError, Origin
from remit.model.event import Event
from remit.model.obligation import Deadline, Obligation, Party, Question
from remit.model.rule import Rule
from remit.model.terms import Basis, Nature, Status, ValueKind
from remit.model.text import Text
from remit.model.vocabulary import Attribute

T = TypeVar("T")
MOMENT = pa.timestamp("us", tz="UTC")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXT = pa.struct([("zh", pa.string()), ("en", pa.string())])
#: A decimal is kept as it is written, for every digit counts.
TYPES: Mapping[ValueKind, pa.DataType] = {
    ValueKind.BOOL: pa.bool_(), ValueKind.INT: pa.int64(), ValueKind.DECIMAL: pa.string(), ValueKind.TEXT: pa.string(),
    ValueKind.DATE: pa.date32(), ValueKind.TIME: MOMENT, ValueKind.DURATION: pa.duration("us"),
    ValueKind.CHOICE: pa.string(), ValueKind.PLACE: pa.string(), ValueKind.UNIT: pa.string(),
}  # fmt: skip
OWN = (
    ("id", pa.string()), ("type", pa.string()), ("at", MOMENT), ("known_at", MOMENT), ("case", pa.string()),
    ("by", pa.string()), ("place", pa.string()), ("subject", pa.string()), ("day_only", pa.bool_()),
)  # fmt: skip
PARTY = pa.struct(
    [("id", pa.string()), ("label", TEXT), ("role", pa.string()), ("level", pa.string()), ("place", pa.string()), ("basis", pa.string()), ("routed", pa.bool_())]
)  # fmt: skip
QUESTION = pa.struct([("fact", pa.string()), ("ask", TEXT), ("asked_of", pa.string())])
#: One row an obligation. `bearer` is the one who answers for it, `with` are those who must assist.
OBLIGATIONS = pa.schema(
    [
        ("id", pa.string()), ("rule", pa.string()), ("policy", pa.string()), ("nature", pa.string()), ("bearer", PARTY),
        ("performers", pa.list_(PARTY)), ("to", pa.list_(PARTY)), ("with", pa.list_(PARTY)), ("case", pa.string()),
        ("subject", pa.string()), ("period", pa.string()), ("status", pa.string()), ("triggered_by", pa.list_(pa.string())),
        ("opens", MOMENT), ("due", MOMENT), ("latest", MOMENT), ("deadline_state", pa.string()), ("reading", pa.string()),
        ("awaits", pa.int32()), ("calendars", pa.list_(pa.string())), ("performed_at", MOMENT),
        ("performed_by", pa.list_(pa.string())), ("breached_at", MOMENT), ("rebuttable", pa.bool_()),
        ("handover_open", pa.bool_()), ("questions", pa.list_(QUESTION)), ("transferred_to", pa.string()),
        ("transferred_from", pa.string()),
    ]
)  # fmt: skip
#: policy and id → the rule, of which what all its obligations share is read.
Rules = Mapping[tuple[str, str], Rule]


def data_type(attribute: Attribute) -> pa.DataType:
    """The type of an attribute's column."""
    inner = TYPES[attribute.kind]
    return pa.list_(inner) if attribute.many else inner


def event_schema(attributes: Mapping[str, Attribute]) -> pa.Schema:
    """Every column a table of events may have. `replacement` is, of a correction, the event as it should have been reported."""
    data = pa.struct([(name, data_type(attribute)) for name, attribute in attributes.items()])
    fields = [*OWN, ("data", data)]
    return pa.schema([*fields, ("replacement", pa.struct(fields))])


# --- events ----------------------------------------------------------------------------------------


def table_of_events(events: Iterable[Event], attributes: Mapping[str, Attribute]) -> pa.Table:
    """One row an event, in their order; only the columns that hold something.

    Raises:
        ColumnarError: RM880 an attribute that is not among `attributes`, or a value that is not of its type.
    """
    told = list(events)
    names = {name for event in told for one in (event, event.replacement) if one is not None for name in one.data}
    if strange := sorted(names - attributes.keys()):
        raise unfit(next(e for e in told if strange[0] in e.data or e.replacement is not None), strange[0])
    used = {name: attribute for name, attribute in attributes.items() if name in names}
    schema = event_schema(used)
    replaced = any(event.replacement is not None for event in told)
    wanted = [f for f in schema if f.name != "replacement" or replaced]
    columns = {name: [getattr(event, name) for event in told] for name, _ in OWN}
    decimals = [name for name, attribute in used.items() if attribute.kind is ValueKind.DECIMAL]
    columns["data"] = [plain(event, decimals) for event in told]
    columns["replacement"] = [None if e.replacement is None else row(e.replacement, decimals) for e in told]
    try:
        arrays = [pa.array(columns[field.name], type=field.type) for field in wanted]
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError):
        raise misfit(told, used, decimals) from None
    return pa.Table.from_arrays(arrays, schema=pa.schema(wanted))


def plain(event: Event, decimals: Sequence[str]) -> dict[str, object]:
    """The attributes as Arrow takes them."""
    found = dict(event.data)
    for name in decimals:
        if name in found:
            value = found[name]
            found[name] = tuple(map(str, value)) if isinstance(value, tuple) else str(value)
    return dict(found)


def row(event: Event, decimals: Sequence[str]) -> dict[str, object]:
    return {name: getattr(event, name) for name, _ in OWN} | {"data": plain(event, decimals)}


def misfit(events: Iterable[Event], attributes: Mapping[str, Attribute], decimals: Sequence[str]) -> ColumnarError:
    """The first value that is not of its attribute's type."""
    for event in events:
        for one in filter(None, (event, event.replacement)):
            for name, value in plain(one, decimals).items():
                try:
                    pa.array([value], type=data_type(attributes[name]))
                except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError, TypeError):
                    return unfit(event, f"{name}: {value!r}")
    return unfit(None, "events")


def unfit(event: Event | None, found: str) -> ColumnarError:
    origin = Origin() if event is None else Origin(event=event.id, case=event.case)
    return ColumnarError(
        "RM880", "not-in-columns", found=found, expected="an attribute of the vocabulary with a value of its type",
        origin=origin,
    )  # fmt: skip


def events_of(table: pa.Table, attributes: Mapping[str, Attribute], zone: ZoneInfo) -> Iterator[Event]:
    """The events of a table, in its order; moments are told in `zone`."""
    for batch in table.to_batches(max_chunksize=10_000):
        yield from events_in(batch, attributes, zone)


def events_in(batch: pa.RecordBatch, attributes: Mapping[str, Attribute], zone: ZoneInfo) -> list[Event]:
    """The events of a batch, in its order."""
    rows = pa.StructArray.from_arrays(batch.columns, fields=list(batch.schema))
    return [event for event in told(rows, attributes, zone) if event is not None]


def told(rows: pa.StructArray, attributes: Mapping[str, Attribute], zone: ZoneInfo) -> list[Event | None]:
    """The events of a batch, column by column; None where a row is null."""
    names = {field.name for field in rows.type}

    def column(name: str) -> list[Any]:
        return pc.struct_field(rows, name).to_pylist() if name in names else [None] * len(rows)

    own = [column(name) for name in ("id", "type", "case", "by", "place", "subject", "day_only")]
    at = moments(pc.struct_field(rows, "at"), zone)
    known = moments(pc.struct_field(rows, "known_at"), zone) if "known_at" in names else [None] * len(rows)
    stated: list[dict[str, Any]] = [{} for _ in range(len(rows))]
    if "data" in names:
        data = pc.struct_field(rows, "data")
        for field in data.type:
            decimal = attributes[field.name].kind is ValueKind.DECIMAL
            values = pc.struct_field(data, field.name)
            said = pc.indices_nonzero(values.is_valid())
            for number, value in zip(said.to_pylist(), values.take(said).to_pylist(), strict=True):
                stated[number][field.name] = value_of(value, decimal, zone)
    replaced: Sequence[Event | None] = [None] * len(rows)
    if "replacement" in names and (replacement := pc.struct_field(rows, "replacement")).null_count < len(rows):
        replaced = told(replacement, attributes, zone)
    present = rows.is_valid().to_pylist()
    return [
        Event(
            name, kind, happened, known_at or happened, case, by, place, subject, said, bool(day_only), other,
            Origin(event=name, case=case),
        ) if there else None
        for there, name, kind, case, by, place, subject, day_only, happened, known_at, said, other in zip(present, *own, at, known, stated, replaced, strict=True)
    ]  # fmt: skip


def moments(column: pa.Array, zone: ZoneInfo) -> list[Any]:
    """Moments of a column; None where it says nothing."""
    return [None if us is None else moment(us, zone) for us in column.cast(pa.int64()).to_pylist()]


@lru_cache(maxsize=1 << 16)
def moment(us: int, zone: ZoneInfo) -> datetime:
    """The moment so many microseconds after 1970 began."""
    return (EPOCH + timedelta(microseconds=us)).astimezone(zone)


def value_of(value: Any, decimal: bool, zone: ZoneInfo) -> Any:
    if isinstance(value, list):
        return tuple(value_of(member, decimal, zone) for member in value)
    if isinstance(value, datetime):
        return value.astimezone(zone)
    return Decimal(value) if decimal else value


# --- obligations -----------------------------------------------------------------------------------


def table_of_obligations(obligations: Iterable[Obligation]) -> pa.Table:
    """One row an obligation, in their order, without its explanation."""
    told = list(obligations)
    columns: dict[str, pa.Array] = {
        "bearer": parties(o.bearer for o in told), "performers": groups([o.performers for o in told], parties),
        "to": groups([o.to for o in told], parties), "with": groups([o.cooperating for o in told], parties),
        "questions": groups([o.questions for o in told], questions),
    }  # fmt: skip
    for field in OBLIGATIONS:
        if field.name not in columns:
            columns[field.name] = pa.array(list(map(PLAIN[field.name], told)), field.type)
    return pa.Table.from_arrays([columns[name] for name in OBLIGATIONS.names], schema=OBLIGATIONS)


#: The columns of an obligation that hold no party and no question.
PLAIN: Mapping[str, Callable[[Obligation], object]] = {
    **{
        name: attrgetter(name)
        for name in (
            "id", "rule", "policy", "case", "subject", "period", "triggered_by", "performed_at", "performed_by", "breached_at",
            "rebuttable", "handover_open", "transferred_to", "transferred_from",
        )
    },
    **{name: attrgetter(f"deadline.{name}") for name in ("opens", "due", "latest", "reading", "awaits", "calendars")},
    "deadline_state": attrgetter("deadline.state"), "nature": attrgetter("nature.value"), "status": attrgetter("status.value"),
}  # fmt: skip


def groups(told: Sequence[Sequence[T]], column: Callable[[Iterable[T]], pa.Array]) -> pa.ListArray:
    """A column of lists of what `column` makes a column of."""
    ends = pa.array(accumulate(map(len, told), initial=0), pa.int32())
    return pa.ListArray.from_arrays(ends, column(chain.from_iterable(told)))


def parties(told: Iterable[Party]) -> pa.Array:
    """A column of parties; each is made a row once, for the same few come up again and again."""
    rows: list[dict[str, object]] = []
    numbers: list[int] = []
    places: dict[tuple[object, ...], int] = {}
    for p in told:
        what = p.id, p.label.zh, p.label.en, p.role, p.level, p.place, p.basis, p.routed
        numbers.append(places.setdefault(what, len(rows)))
        if len(places) > len(rows):
            rows.append(party_row(p))
    return pa.array(rows, PARTY).take(pa.array(numbers, pa.int32()))


def questions(told: Iterable[Question]) -> pa.Array:
    return pa.array([{"fact": q.fact, "ask": q.ask.as_json(), "asked_of": q.asked_of} for q in told], QUESTION)


def party_row(p: Party) -> dict[str, object]:
    return {
        "id": p.id, "label": p.label.as_json(), "role": p.role, "level": p.level, "place": p.place,
        "basis": p.basis.value, "routed": p.routed,
    }  # fmt: skip


def obligations_of(table: pa.Table, rules: Rules, zone: ZoneInfo) -> Iterator[Obligation]:
    """The obligations of a table, in its order, each without its explanation (`Obligation.bare`)."""
    for batch in table.to_batches(max_chunksize=10_000):
        for fields in batch.to_pylist():
            yield obligation_of(fields, rules[fields["policy"], fields["rule"]], zone)


def obligation_of(fields: Mapping[str, Any], rule: Rule, zone: ZoneInfo) -> Obligation:
    def moment(name: str) -> datetime | None:
        found: datetime | None = fields[name]
        return None if found is None else found.astimezone(zone)

    deadline = Deadline(
        moment("opens"), moment("due"), moment("latest"), fields["deadline_state"], fields["reading"], fields["awaits"],
        tuple(fields["calendars"]),
    )  # fmt: skip
    return Obligation(
        id=fields["id"],
        rule=rule.id,
        policy=rule.policy,
        article=rule.article,
        article_label=rule.article_label,
        quotes=tuple(quote.text for quote in rule.quotes),
        modality=rule.modality,
        action=rule.action or "",
        nature=Nature(fields["nature"]),
        kind=rule.kind,
        bearer=party_of(fields["bearer"]),
        performers=tuple(map(party_of, fields["performers"])),
        to=tuple(map(party_of, fields["to"])),
        cooperating=tuple(map(party_of, fields["with"])),
        case=fields["case"],
        subject=fields["subject"],
        period=fields["period"],
        status=Status(fields["status"]),
        triggered_by=tuple(fields["triggered_by"]),
        deadline=deadline,
        performed_at=moment("performed_at"),
        performed_by=tuple(fields["performed_by"]),
        breached_at=moment("breached_at"),
        rebuttable=fields["rebuttable"],
        handover_open=fields["handover_open"],
        questions=tuple(question_of(q, fields, rule) for q in fields["questions"]),
        transferred_to=fields["transferred_to"],
        transferred_from=fields["transferred_from"],
        inferred=tuple(rule.inferred.items()),
    )


def question_of(asked: Mapping[str, Any], fields: Mapping[str, Any], rule: Rule) -> Question:
    ask = Text(**asked["ask"])
    return Question(fields["id"], rule.id, fields["case"], fields["subject"], asked["fact"], ask, asked["asked_of"])


def party_of(fields: Mapping[str, Any]) -> Party:
    return Party(
        fields["id"], Text(**fields["label"]), fields["role"], fields["level"], fields["place"], Basis(fields["basis"]),
        fields["routed"],
    )  # fmt: skip
