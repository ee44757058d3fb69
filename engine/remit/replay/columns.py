"""Files → one table of events, a column at a time: what is plainly sound is never made an event of; the rest is read strictly.

table, refused = table_of(pack, files)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from remit.columnar.schema import events_of, table_of_events
from remit.columnar.told import counting
from remit.errors import Origin, RemitError
from remit.keeper.keeper import BUILT_IN_ACTS, agenda_types
from remit.model.event import CORRECTION, Event
from remit.model.rule import On
from remit.model.vocabulary import Vocabulary
from remit.pack.load import Pack
from remit.program.program import Program
from remit.replay.evaluate import UNSETTLED
from remit.replay.intake import TABLES, Chunk, Record, Sound, batches_of, chunks_of, is_plain, of_row, records, sizes_of
from remit.replay.shelves import AGENDA, apart, shelf_of

Refused = tuple[Origin, RemitError]
#: Events that are made a table together.
ROWS = 50_000


def table_of(pack: Pack, files: Sequence[Path]) -> tuple[pa.Table, list[Refused]]:
    """The events of all files, each id of a case once, the first of them; and what is wrong, with its place.

    Raises:
        EventError: RM402, a file cannot be read; RM890, it is no table.
    """
    refused: list[Refused] = []
    parts = [part for file in files for chunk in chunks_of(str(file)) for part in parts_of(pack, chunk, refused)]
    if not parts:
        return table_of_events((), pack.vocabulary.attributes), refused
    return each_once(pa.concat_tables(parts, promote_options="permissive"), pack), refused


def parts_of(pack: Pack, chunk: Chunk, refused: list[Refused]) -> Iterator[pa.Table]:
    if not chunk.file.endswith(TABLES):
        yield from made(pack, taken(records(pack, chunk), chunk, refused))
        return
    laid: list[pa.Table] = []
    rest = (record for _, record in of_table(pack, chunk, laid.append))
    yield from made(pack, taken(rest, chunk, refused))
    yield from (rows.drop_columns(["row", "line"]) for rows in laid)


def of_table(pack: Pack, chunk: Chunk, lay: Callable[[pa.Table], None]) -> Iterator[tuple[int, Record]]:
    """The records of a chunk of a table that are to be looked at one by one, each with its number in the chunk.

    The others are laid down as they are, with their `row`, counted alike, and `line`: what is sound, is in a case, and is no act
    by which it might belong to another.
    """
    line, row = sum(sizes_of(chunk.file)[: chunk.start]), 0
    for batch in batches_of(chunk):
        plain = pa.repeat(False, batch.num_rows)
        if is_plain(batch.schema, pack.vocabulary) and "case" in batch.schema.names:
            settled = pc.invert(pc.is_in(batch.column("type"), value_set=names_of(UNSETTLED)))
            plain = both(sound_rows(batch, pack.vocabulary), settled, batch.column("case").is_valid())
            numbers = counting(batch.num_rows)
            rows = pa.Table.from_batches([batch]).append_column("row", pc.add(numbers, row + 1))
            lay(rows.append_column("line", pc.add(numbers, line + 1)).filter(plain))
        for n in pc.indices_nonzero(pc.invert(plain)).to_pylist():
            yield row + n + 1, of_row(pack, batch, n, chunk.file, line + n + 1)
        row, line = row + batch.num_rows, line + batch.num_rows


def taken(records: Iterable[Record], chunk: Chunk, refused: list[Refused]) -> Iterator[Event]:
    for record in records:
        if record.event is not None:
            yield record.event
        elif record.wrong is not None:
            refused.append((Origin(chunk.file, record.line, 1), record.wrong))


def made(pack: Pack, events: Iterable[Event]) -> Iterator[pa.Table]:
    """The events as tables."""
    waiting: list[Event] = []
    for event in events:
        waiting.append(event)
        if len(waiting) == ROWS:
            yield table_of_events(waiting, pack.vocabulary.attributes)
            waiting = []
    if waiting:
        yield table_of_events(waiting, pack.vocabulary.attributes)


def each_once(table: pa.Table, pack: Pack) -> pa.Table:
    """Of events of one case with one id, the first; an id met in another case carries the name of its own."""
    ids = table["id"]
    if pc.count_distinct(ids).as_py() == len(ids):
        return table
    attributes = pack.vocabulary.attributes
    first: dict[tuple[str | None, str], Event] = {}
    for event in events_of(table, attributes, pack.calendar.zone):
        first.setdefault((event.case, event.id), event)
    return table_of_events(apart(first.values()), attributes)


# --- onto shelves ------------------------------------------------------------------------------------


def shelved(rows: pa.Table, shelves: int, program: Program) -> pa.Table:
    """The rows, of events that each belong to the case they name, once for every shelf on which they are needed."""
    cases = rows["case"].combine_chunks().dictionary_encode()
    homes = pa.array([shelf_of(case, shelves) for case in cases.dictionary.to_pylist()], pa.int64())
    found = rows.append_column("matter", rows["case"]).append_column("shelf", homes.take(cases.indices))
    needed = found.filter(bearing(rows, program))
    again = needed.set_column(
        needed.column_names.index("shelf"), "shelf", pa.repeat(pa.scalar(AGENDA, pa.int64()), len(needed))
    )
    return pa.concat_tables([found, again])


def bearing(rows: pa.Table, program: Program) -> pa.Array:
    """As `keeper.bears_on_agenda`, of each row."""
    types = agenda_types(program)
    if types is None:
        return pa.repeat(True, len(rows))
    mine = [rule.rule for rule in program.rules if not isinstance(rule.rule.trigger, On)]
    data = rows["data"].combine_chunks() if "data" in rows.column_names else None
    stated = {f.name: pc.struct_field(data, f.name) for f in data.type} if data is not None else {}
    nothing = pa.nulls(len(rows), pa.string())
    action, rule = stated.get("action", nothing), stated.get("rule", nothing)
    of_action = pc.or_(action.is_null(), pc.is_in(action, value_set=names_of(r.action for r in mine)))
    of_rule = pc.or_(rule.is_null(), pc.is_in(rule, value_set=names_of(r.id for r in mine)))
    kinds = rows["type"].combine_chunks()
    acts = pc.is_in(kinds, value_set=names_of(BUILT_IN_ACTS))
    return both(pc.is_in(kinds, value_set=names_of(types)), pc.or_(pc.invert(acts), of_action), of_rule)


def names_of(words: Iterable[str | None]) -> pa.Array:
    return pa.array(sorted({word for word in words if word is not None}), pa.string())


# --- whether it is sound -----------------------------------------------------------------------------


def sound_rows(batch: pa.RecordBatch, vocabulary: Vocabulary) -> pa.BooleanArray:
    """Of each row of a plain batch (`is_plain`), whether the event is sound as `intake.Sound` has it; never true where it is not."""
    checks = Sound(vocabulary)
    kinds = {name: kind for name, kind in vocabulary.event_types.items() if name != CORRECTION}
    types = batch.column("type")
    present = set(batch.schema.names)
    wheres = pa.array([*vocabulary.places, *vocabulary.units], pa.string())
    good = pc.is_in(types, value_set=pa.array(kinds, pa.string()))
    good = both(good, batch.column("at").is_valid(), judged(batch.column("id"), bool), batch.column("id").is_valid())
    for name in ("id", "case", "subject"):
        if name in present:
            good = both(good, judged(batch.column(name), str.isprintable))
    for name, known in (("by", pa.array(vocabulary.units, pa.string())), ("place", wheres)):
        if name in present:
            column = batch.column(name)
            good = both(good, pc.or_(column.is_null(), pc.is_in(column, value_set=known)))
    if "replacement" in present:
        good = both(good, batch.column("replacement").is_null())
    data = batch.column("data") if "data" in present else None
    stated = {f.name: pc.struct_field(data, f.name) for f in data.type} if data is not None else {}
    for name, values in stated.items():
        if values.null_count < len(values):
            fits = judged(values, partial(fit, checks, name))
            may = [kind for kind, told in kinds.items() if name in told.attributes]
            good = both(good, fits, pc.or_(values.is_null(), pc.is_in(types, value_set=pa.array(may, pa.string()))))
    nothing = pa.nulls(batch.num_rows, pa.string())
    for kind in pc.unique(types).to_pylist():
        if kind not in kinds:
            continue
        wanted = [stated.get(name, nothing).is_valid() for name in kinds[kind].required]
        if kinds[kind].built_in:
            wanted.append(acts(kinds[kind].attributes, stated, vocabulary, nothing))
        if wanted:
            good = both(good, pc.or_(pc.not_equal(types, kind), both(*wanted)))
    return pc.fill_null(good, False)


def fit(checks: Sound, name: str, value: Any) -> bool:
    return checks.fits(name, tuple(value) if isinstance(value, list) else value)


def acts(attributes: Iterable[str], stated: dict[str, pa.Array], vocabulary: Vocabulary, nothing: pa.Array) -> pa.Array:
    """What a built-in act says besides: which duty it is about, and an action there is."""
    action = stated.get("action", nothing)
    known = pc.or_(action.is_null(), pc.is_in(action, value_set=pa.array(vocabulary.actions, pa.string())))
    if "obligation" not in attributes:
        return known
    return both(known, pc.or_(*(stated.get(name, nothing).is_valid() for name in ("rule", "obligation"))))


def judged(values: pa.Array, check: Callable[[Any], bool]) -> pa.Array:
    """Whether each value passes, asked once for each; what is not there passes."""
    if pa.types.is_list(values.type):
        return pa.array([value is None or check(value) for value in values.to_pylist()], pa.bool_())
    coded = values.dictionary_encode()
    verdicts = pa.array([check(value) for value in coded.dictionary.to_pylist()], pa.bool_())
    return pc.fill_null(verdicts.take(coded.indices), True)


def both(*masks: pa.Array) -> pa.Array:
    found = masks[0]
    for mask in masks[1:]:
        found = pc.and_(found, mask)
    return found
