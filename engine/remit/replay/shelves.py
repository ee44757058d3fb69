"""Events on their way from the files they were read from to the matters they belong to: on disk, sorted by shelf.

Every chunk becomes one Arrow file, its batches in order of shelf. A shelf is a number: that of a share of all cases, or
one of the two below. Whoever settles a shelf reads its batches of every file, and no others.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4
from zlib import crc32

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import ipc

from remit.columnar.schema import events_in, table_of_events
from remit.matching.history import AMENDMENTS, amended_report, amends
from remit.matching.moves import MOVES, linked
from remit.model.event import Event
from remit.pack.load import Pack

#: What makes a matter of several cases, and amendments that name no case; what the agenda has to hear.
UNSETTLED, AGENDA = -2, -1
#: Rows of a batch.
ROWS = 10_000
#: Of a file of shelves: which shelf each of its batches lies on, in order.
Index = Sequence[int]


def shelf_of(matter: str | None, shelves: int) -> int:
    """The shelf of a matter; the same on every machine."""
    return 0 if matter is None else crc32(matter.encode()) % shelves


@dataclass(frozen=True, slots=True)
class Entry:
    """An event with its matter, where it stands among all, and its line."""

    event: Event
    matter: str | None
    position: int
    line: int


class Sorter:
    """Lays events on shelves: one by one, or many rows at once."""

    def __init__(self) -> None:
        self._held: list[tuple[int, Entry]] = []
        self._rows: list[pa.Table] = []

    def lay(self, shelf: int, entry: Entry) -> None:
        self._held.append((shelf, entry))

    def lay_rows(self, rows: pa.Table) -> None:
        """Rows of events with the columns `matter`, `position`, `line` and `shelf`."""
        self._rows.append(rows)

    def write(self, path: Path, pack: Pack) -> Index:
        """All that was laid down, as a file."""
        told = table_of_events((entry.event for _, entry in self._held), pack.vocabulary.attributes)
        for name, kind in (("matter", pa.string()), ("position", pa.int64()), ("line", pa.int64())):
            told = told.append_column(name, pa.array([getattr(entry, name) for _, entry in self._held], kind))
        told = told.append_column("shelf", pa.array([shelf for shelf, _ in self._held], pa.int64()))
        tables = [*self._rows, told] if self._held or not self._rows else self._rows
        table = pa.concat_tables(tables, promote_options="permissive").sort_by(
            [("shelf", "ascending"), ("position", "ascending")]
        )
        sizes = {row["values"]: row["counts"] for row in pc.value_counts(table["shelf"]).to_pylist()}
        table = table.drop_columns(["shelf"])
        index: list[int] = []
        start = 0
        with whole(path) as part, ipc.new_file(str(part), table.schema) as writer:
            for shelf in sorted(sizes):
                for batch in table.slice(start, sizes[shelf]).combine_chunks().to_batches(max_chunksize=ROWS):
                    writer.write_batch(batch)
                    index.append(shelf)
                start += sizes[shelf]
        return index


def shelves_of(event: Event, shelves: int, bears: Callable[[Event], bool]) -> Iterator[int]:
    """Where an event is needed: with its case, and where cases are linked, and where the agenda is worked out."""
    lonely = event.case is None and event.type in AMENDMENTS
    if not lonely:
        yield shelf_of(event.case, shelves)
    if lonely or event.type in MOVES:
        yield UNSETTLED
    if bears(event):
        yield AGENDA


@contextmanager
def whole(path: Path, folder: Path | None = None) -> Iterator[Path]:
    """A file that is there whole or not at all, and lasts once it is there; until then in a folder, or beside its place.

    Several may write it at once, as where a worker was given up too early: each has a file of its own.
    """
    part = (folder or path.parent) / f"{path.name}.{uuid4().hex}.part"
    try:
        yield part
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    part.replace(path)


def batches_on(path: Path, index: Index, shelf: int | None) -> Iterator[pa.RecordBatch]:
    """The batches of a shelf; of None, those of every share of the cases."""
    wanted = range(bisect_left(index, shelf or 0), len(index) if shelf is None else bisect_right(index, shelf))
    if wanted:
        with pa.memory_map(str(path)) as source, ipc.open_file(source) as reader:
            for number in wanted:
                yield reader.get_batch(number)


# --- matters of several cases ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Homes:
    """Where events belong whose case alone does not say it.

    Attributes:
        matters: of each case that is linked with another, the name of the matter.
        amended: of each amendment without a case, by its id, the matter of the report it amends.
    """

    matters: Mapping[str, str]
    amended: Mapping[str, str]

    def matter(self, event: Event) -> str | None:
        """The matter of an event; None where it has no case."""
        return self.amended.get(event.id) if event.case is None else self.matters.get(event.case, event.case)


def homes_of(unsettled: Iterable[Event], found: Callable[[set[str]], Iterable[Event]]) -> Homes:
    """Where those belong.

    Args:
        unsettled: mergers, splits, and amendments without a case.
        found: the events with these ids, wherever they are; of an id that several have, any of them.
    """
    told = {event.id: event for event in unsettled}
    moves = [event for event in told.values() if event.type in MOVES]
    lonely = [event for event in told.values() if event.case is None and event.type in AMENDMENTS]
    matters = {
        case: min(name for name in group if name is not None)
        for case, group in linked((), moves).items()
        if case is not None
    }
    known = dict(told)
    while wanted := {amends(e) for e in known.values() if e.type in AMENDMENTS} - known.keys():
        more = {event.id: event for event in found(wanted)}
        if not more:
            break
        known |= more
    reports = {event.id: amended_report(event, known) for event in lonely}
    amended = {name: report.case for name, report in reports.items() if report is not None and report.case is not None}
    return Homes(matters, {name: matters.get(case, case) for name, case in amended.items()})


def without(batch: pa.RecordBatch, cases: pa.Array) -> pa.RecordBatch:
    """What is not of these cases."""
    return batch.filter(pc.invert(pc.is_in(batch.column("case"), value_set=cases)))


def among(batch: pa.RecordBatch, column: str, values: pa.Array) -> pa.RecordBatch:
    """What has one of these values."""
    return batch.filter(pc.is_in(batch.column(column), value_set=values))


# --- the agenda --------------------------------------------------------------------------------------


def apart(events: Iterable[Event]) -> Iterator[Event]:
    """Events of all cases in one list: an id met in another case carries the name of its own."""
    owner: dict[str, str | None] = {}
    for event in events:
        if owner.setdefault(event.id, event.case) == event.case:
            yield event
        else:
            data = {**event.data, "of": f"{event.case}:{event.data['of']}"} if "of" in event.data else event.data
            yield replace(event, id=f"{event.case}:{event.id}", data=data)


def told_in(batches: Iterable[pa.RecordBatch], pack: Pack) -> Iterator[Event]:
    """The events of batches."""
    for batch in batches:
        yield from events_in(batch, pack.vocabulary.attributes, pack.calendar.zone)
