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
from remit.errors import Origin, RemitError
from remit.model.event import CORRECTION, Event
from remit.model.vocabulary import Vocabulary
from remit.pack.load import Pack
from remit.replay.intake import TABLES, Chunk, Sound, batches_of, chunks_of, is_plain, of_row, records, sizes_of
from remit.replay.shelves import apart

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
        yield from made(pack, read(pack, chunk, refused))
        return
    line = sum(sizes_of(chunk.file)[: chunk.start])
    for batch in batches_of(chunk):
        plain = is_plain(batch.schema, pack.vocabulary)
        sound = sound_rows(batch, pack.vocabulary) if plain else pa.array([False] * batch.num_rows)
        if plain:
            yield pa.Table.from_batches([batch]).filter(sound)
        rest = pc.indices_nonzero(pc.invert(sound)).to_pylist()
        found = [(line + row + 1, of_row(pack, batch, row, chunk.file, line + row + 1)) for row in rest]
        refused += [(Origin(chunk.file, number, 1), told.wrong) for number, told in found if told.wrong is not None]
        yield from made(pack, (told.event for _, told in found if told.event is not None))
        line += batch.num_rows


def read(pack: Pack, chunk: Chunk, refused: list[Refused]) -> Iterator[Event]:
    for record in records(pack, chunk):
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
