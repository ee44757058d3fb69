"""Files → events and rejects. A file is read in chunks, each by whoever has time; what is wrong is set apart with its place.

A record is what is counted: a line of JSON Lines, an event of a case file or of a line that holds several, a row of a
table. Every record is taken or rejected.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from stat import S_ISDIR
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from pyarrow import ipc, parquet

from remit.columnar.schema import OWN, data_type, event_schema, events_in
from remit.errors import EventError, Origin, RemitError
from remit.model.event import CORRECTION, Event
from remit.model.terms import ValueKind
from remit.model.vocabulary import EventType, Vocabulary
from remit.pack import dialect
from remit.pack.case_files import contents, looks_like_json, members, one
from remit.pack.events import within
from remit.pack.json_reader import read_json
from remit.pack.load import Pack
from remit.pack.yaml_reader import decoded, read

#: Bytes of lines, and rows of a table, that are read as one.
LINES_BYTES, TABLE_ROWS = 16_000_000, 200_000
#: No line is longer; one event is at most 1 MiB.
LINE_BYTES = 5_000_000
LINES, TABLES = (".jsonl", ".ndjson"), (".parquet", ".arrow", ".feather")
TEXTS_AND_TIMES = frozenset(name for name, _ in OWN)
EVENTS = frozenset(dialect.spellings("case", ["events"]))
#: A table of what was set apart: where it stands, and what is wrong with it.
REJECTS = pa.schema(
    [
        ("file", pa.string()), ("line", pa.int64()), ("column", pa.int32()), ("event", pa.string()), ("case", pa.string()),
        ("code", pa.string()), ("slug", pa.string()), ("found", pa.string()), ("expected", pa.string()), ("nearest", pa.string()),
    ]
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a file: bytes of JSON Lines, record batches of a table from `start` to `stop`, or all of a case file."""

    file: str
    start: int
    stop: int

    @property
    def in_lines(self) -> bool:
        """Whether it is JSON Lines, whose lines are counted from the chunk's first."""
        return self.file.endswith(LINES)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: an event, or what is wrong with it. `line` counts from 1: in the file; of lines, in the chunk."""

    line: int
    event: Event | None = None
    wrong: RemitError | None = None


def chunks_of(file: str) -> Iterator[Chunk]:
    """The chunks of a file, in its order.

    Raises:
        EventError: RM402, the file cannot be read, or is a directory; RM890, it is no table.
    """
    path = Path(file)
    try:
        state = path.stat()
    except OSError as failure:
        raise EventError("RM402", "no-such-file", found=file, expected="a file of events that can be read", hint=failure.strerror) from None  # fmt: skip
    if S_ISDIR(state.st_mode):
        raise EventError("RM402", "no-such-file", found="a directory", expected="a file of events: JSON Lines, a case file, Parquet or Arrow", origin=Origin(file), hint="name the files in it one by one")  # fmt: skip
    match path.suffix:
        case suffix if suffix in LINES:
            yield from (
                Chunk(file, at, min(at + LINES_BYTES, state.st_size)) for at in range(0, state.st_size, LINES_BYTES)
            )
        case suffix if suffix in TABLES:
            start = rows = 0
            sizes = sizes_of(file)
            for number, found in enumerate(sizes):
                rows += found
                if rows >= TABLE_ROWS or number == len(sizes) - 1:
                    yield Chunk(file, start, number + 1)
                    start, rows = number + 1, 0
        case _:
            yield Chunk(file, 0, state.st_size)


def sizes_of(file: str) -> list[int]:
    """How many rows each batch of a table has.

    Raises:
        EventError: RM890, it is no table.
    """
    try:
        if file.endswith(".parquet"):
            told = parquet.ParquetFile(file).metadata
            return [told.row_group(number).num_rows for number in range(told.num_row_groups)]
        with ipc.open_file(file) as reader:
            return [reader.get_batch(number).num_rows for number in range(reader.num_record_batches)]
    except (pa.ArrowInvalid, OSError) as failure:
        raise EventError("RM890", "not-a-table", found=file, expected="a whole Parquet or Arrow file", hint=str(failure).splitlines()[0]) from None  # fmt: skip


def records(pack: Pack, chunk: Chunk) -> Iterator[Record]:
    """The records of a chunk, in its order."""
    if chunk.in_lines:
        return of_lines(pack, chunk)
    if chunk.file.endswith(TABLES):
        return of_table(pack, chunk)
    return of_case_file(pack, chunk.file)


# --- lines -------------------------------------------------------------------------------------------


def of_lines(pack: Pack, chunk: Chunk) -> Iterator[Record]:
    for number, line in enumerate(lines_of(chunk), 1):
        if line.strip():
            yield from of_line(pack, line, chunk.file, number)


def lines_of(chunk: Chunk) -> Iterator[bytes]:
    """The lines that begin in the chunk; the last of them may end beyond it."""
    with Path(chunk.file).open("rb") as stream:
        at = chunk.start
        if at:
            stream.seek(at - 1)
            at += len(stream.readline()) - 1
        while at < chunk.stop:
            line = stream.readline(LINE_BYTES + 1)
            at += len(line)
            while len(line) > LINE_BYTES and not line.endswith(b"\n"):  # of what is too long, as much as says so
                rest = stream.readline(LINE_BYTES)
                at += len(rest)
                if not rest or rest.endswith(b"\n"):
                    break
            yield line


def of_line(pack: Pack, line: bytes, file: str, number: int) -> Iterator[Record]:
    """The quick way for a line that is one sound event; whatever else it is, the strict reader says."""
    try:
        fields = json.loads(line, object_pairs_hook=each_once, parse_float=str, parse_constant=refused)
        if isinstance(fields, dict) and EVENTS.isdisjoint(fields) and len(line) <= LINE_BYTES:
            yield Record(number, pack.reader.event(fields))
            return
    except (ValueError, RecursionError, RemitError):
        pass
    yield from strictly(pack, line, file, number)


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key twice")
    return found


def refused(word: str) -> None:
    raise ValueError(word)


def strictly(pack: Pack, line: bytes, file: str, number: int) -> Iterator[Record]:
    place = Origin(file, number, 1)
    if len(line) > LINE_BYTES:
        wrong: RemitError = EventError("RM463", "too-large", found=f"more than {LINE_BYTES} bytes", expected="a line of one event", origin=place)  # fmt: skip
        yield Record(number, wrong=wrong)
        return
    try:
        nodes = read_json(decoded(line, file), file, number)
    except RemitError as wrong:
        found = f"{len(line)} bytes" if wrong.code == "RM410" else wrong.found  # which may be personal
        origin = wrong.origin if wrong.origin.line == number else place
        yield Record(number, wrong=EventError(wrong.code, wrong.slug, found=found, expected=wrong.expected, origin=origin))  # fmt: skip
        return
    yield from of_nodes(pack, nodes, place)


# --- case files --------------------------------------------------------------------------------------


def of_case_file(pack: Pack, file: str) -> Iterator[Record]:
    place = Origin(file, 1, 1)
    try:
        text = decoded(contents(Path(file)), file)
        node = None if (as_json := looks_like_json(text, file)) else read(text, file)
        nodes = read_json(text, file) if as_json else (node,) if node is not None else ()
        if not nodes:
            raise EventError("RM410", "not-a-case-file", found="an empty file", expected="`case:` and `events:`", origin=place)  # fmt: skip
    except RemitError as wrong:
        yield Record(wrong.origin.line or 1, wrong=wrong)
        return
    yield from of_nodes(pack, nodes, place)


def of_nodes(pack: Pack, nodes: tuple[Any, ...], place: Origin) -> Iterator[Record]:
    for node in nodes:
        try:
            found = list(members(node))
        except RemitError as wrong:
            yield Record(wrong.origin.line or place.line, wrong=wrong)
            continue
        for member, case in found:
            try:
                yield Record(member.origin.line, one(pack.reader, member, case))
            except RemitError as wrong:
                yield Record(wrong.origin.line or place.line, wrong=wrong)


# --- tables ------------------------------------------------------------------------------------------


def of_table(pack: Pack, chunk: Chunk) -> Iterator[Record]:
    line = sum(sizes_of(chunk.file)[: chunk.start])
    for batch in batches_of(chunk):
        plain = is_plain(batch.schema, pack.vocabulary)
        events: list[Event] | list[None] = events_in(batch, pack.vocabulary.attributes, pack.reader.zone) if plain else [None] * batch.num_rows  # fmt: skip
        sound = Sound(pack.vocabulary)
        for row, event in enumerate(events):
            line += 1
            yield Record(line, event) if event is not None and sound(event) else of_row(pack, batch, row, chunk.file, line)  # fmt: skip


def batches_of(chunk: Chunk) -> Iterator[pa.RecordBatch]:
    if chunk.file.endswith(".parquet"):
        groups = list(range(chunk.start, chunk.stop))
        yield from parquet.ParquetFile(chunk.file).iter_batches(batch_size=10_000, row_groups=groups)
        return
    with ipc.open_file(chunk.file) as reader:
        for number in range(chunk.start, chunk.stop):
            yield reader.get_batch(number)


def is_plain(schema: pa.Schema, vocabulary: Vocabulary) -> bool:
    """Whether every column is one of `event_schema` and of its type, and those are there that every event has."""
    return {"id", "type", "at"} <= set(schema.names) and are_plain(schema, vocabulary)


def are_plain(fields: Iterable[pa.Field], vocabulary: Vocabulary) -> bool:
    known = event_schema({})
    return all(
        (
            (f.name == "replacement" and pa.types.is_struct(f.type) and are_plain(f.type, vocabulary))
            or (f.name == "data" and pa.types.is_struct(f.type) and are_stated(f.type, vocabulary))
            or (f.name in TEXTS_AND_TIMES and f.type == known.field(f.name).type)
        )
        for f in fields
    )


def are_stated(fields: Iterable[pa.Field], vocabulary: Vocabulary) -> bool:
    return all((a := vocabulary.attributes.get(f.name)) is not None and f.type == data_type(a) for f in fields)


class Sound:
    """Whether an event that came in the right types says nothing but what its type may; what does not pass is read strictly."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._wheres = vocabulary.places.keys() | vocabulary.units.keys()

    def __call__(self, event: Event) -> bool:
        kind = self._words.event_types.get(event.type) if event.type != CORRECTION else None
        return (
            kind is not None
            and (not kind.built_in or self._acts(kind, event))
            and event.replacement is None
            and bool(event.id)
            and bool(event.at)
            and all(name is None or name.isprintable() for name in (event.id, event.case, event.subject))
            and (event.by is None or event.by in self._words.units)
            and (event.place is None or event.place in self._wheres)
            and event.data.keys() <= set(kind.attributes)
            and set(kind.required) <= event.data.keys()
            and all(self.fits(name, value) for name, value in event.data.items())
        )

    def _acts(self, kind: EventType, event: Event) -> bool:
        """What a built-in act says besides: which duty it is about, and an action there is."""
        named = "obligation" not in kind.attributes or not event.data.keys().isdisjoint(("rule", "obligation"))
        return named and event.data.get("action", None) in {None, *self._words.actions}

    def fits(self, name: str, value: Any) -> bool:
        """Whether an attribute may have this value."""
        attribute = self._words.attributes[name]
        values = value if attribute.many else (value,)
        match attribute.kind:
            case ValueKind.CHOICE:
                valid = {choice.id for choice in attribute.choices}
                return all(v in valid for v in values)
            case ValueKind.UNIT:
                return all(v in self._words.units for v in values)
            case ValueKind.PLACE:
                return all(v in self._wheres for v in values)
            case ValueKind.TEXT:
                return all(v is not None and v.isprintable() for v in values)
            case ValueKind.INT | ValueKind.BOOL | ValueKind.DATE:
                return all(v is not None and within(attribute, v) for v in values)
        return False


def of_row(pack: Pack, batch: pa.RecordBatch, row: int, file: str, line: int) -> Record:
    """A row by the strict reader, as if it had been written."""
    fields = {name: value for name, value in batch.slice(row, 1).to_pylist()[0].items() if value is not None}
    place = Origin(file, line, 1)
    try:
        event = pack.reader.event(written(fields, pack.reader.zone))
    except RemitError as wrong:
        origin = Origin(place.file, place.line, place.column, wrong.origin.event, wrong.origin.case)
        told = EventError(wrong.code, wrong.slug, found=wrong.found, expected=wrong.expected, origin=origin, suggestion=wrong.suggestion)  # fmt: skip
        return Record(line, wrong=told)
    return Record(line, event)


def written(fields: Mapping[str, Any], zone: ZoneInfo) -> dict[str, object]:
    """A row's values as they are written in a case file."""
    found = {
        name: value for name, value in fields.items() if value is not None and name not in ("day_only", "replacement")
    }
    if fields.get("day_only") and isinstance(found.get("at"), datetime):
        found["at"] = found["at"].astimezone(zone).date()
    if (replaced := fields.get("replacement")) is not None:
        found["event"] = written(replaced, zone)
    return {name: text_of(value) for name, value in found.items()}


def text_of(value: Any) -> object:
    match value:
        case dict():
            return {name: text_of(inner) for name, inner in value.items() if inner is not None}
        case list():
            return [text_of(inner) for inner in value]
        case datetime():
            return value
        case date():
            return value.isoformat()
        case timedelta():
            return f"{value / timedelta(milliseconds=1):.0f}ms"
        case Decimal() | float():
            return str(value)
    return value


def reject_row(wrong: RemitError, place: Origin) -> dict[str, object]:
    """A row of `REJECTS`."""
    told = wrong.as_json()
    line = wrong.origin.line or place.line
    return {**{name: told[name] for name in ("event", "case", "code", "slug", "found", "expected", "nearest")}, "file": place.file, "line": line, "column": wrong.origin.column or 1}  # fmt: skip
