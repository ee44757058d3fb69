"""The parts of a replay, each done by whoever has time: a process of the pool, or another machine that sees the folder.

A part reads what the folder holds, writes one file and then its receipt. The receipts are the manifest: what has one is
done, and is not done again. A part writes the same bytes whoever does it, and whenever.
"""

from __future__ import annotations

import json
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from remit.columnar.law import ColumnarLaw
from remit.columnar.schema import OBLIGATIONS
from remit.errors import EventError, Origin, RemitError
from remit.keeper.keeper import bears_on_agenda
from remit.model.event import Event
from remit.pack.load import Pack
from remit.replay.columns import of_table, shelved
from remit.replay.evaluate import Again, agenda, evaluate
from remit.replay.intake import REJECTS, TABLES, Chunk, lines_of, records, reject_row, sizes_of
from remit.replay.law import pack_of
from remit.replay.shelves import (
    AGENDA,
    ROWS,
    UNSETTLED,
    Entry,
    Index,
    Sorter,
    among,
    batches_on,
    homes_of,
    shelf_of,
    shelves_of,
    told_in,
    whole,
    without,
)
from remit.semantics.law import Law


@dataclass(frozen=True)
class Job:
    """One replay, as its folder describes it: `plan.json`, the pack, and what is done already."""

    folder: Path

    @cached_property
    def plan(self) -> Plan:
        return Plan.of_json((self.folder / "plan.json").read_text("utf-8"))

    @cached_property
    def pack(self) -> Pack:
        return pack_of((self.folder / "pack").read_bytes())

    @cached_property
    def law(self) -> Law:
        return Law.of(self.pack)

    @cached_property
    def columnar(self) -> ColumnarLaw:
        """The law made ready for columns, once for all shelves."""
        return ColumnarLaw(self.law)

    @cached_property
    def files(self) -> list[tuple[Path, Index]]:
        """Every file of a chunk with its index."""
        names = [named(number) for number in range(len(self.plan.chunks))]
        return [(self.path(name), array("l", self.receipt(name)["index"])) for name in names]  # which are many

    @cached_property
    def first_lines(self) -> list[int]:
        """How many lines of its file lie before each chunk."""
        found: list[int] = []
        passed = 0
        for number, chunk in enumerate(self.plan.chunks):
            passed = passed if number and chunk.file == self.plan.chunks[number - 1].file else 0
            found.append(passed)
            passed += self.receipt(named(number))["lines"]
        return found

    def path(self, name: str) -> Path:
        return self.folder / f"{name}.{'arrow' if name.startswith(('events', 'homes')) else 'parquet'}"

    def receipt(self, name: str) -> dict[str, Any]:
        """What a part that is done came to."""
        found: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
        return found

    def done(self, name: str) -> bool:
        return (self.folder / f"{name}.json").exists()

    def finish(self, name: str, **counts: object) -> None:
        """What a part came to. It is done from here on."""
        with whole(self.folder / f"{name}.json") as part:
            part.write_text(json.dumps(counts, ensure_ascii=False), "utf-8")

    @cached_property
    def sizes(self) -> Mapping[int, int]:
        """How many batches lie on each shelf."""
        return Counter(shelf for _, index in self.files for shelf in index)

    def on(self, shelf: int | None) -> Iterator[pa.RecordBatch]:
        """The batches that chunks laid on a shelf; of None, on those of all cases."""
        for path, index in self.files:
            yield from batches_on(path, index, shelf)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done.

    Attributes:
        key: a digest of the pack, the moment, and the files with size and time.
        now: the moment.
        chunks: what is read, in order.
        shelves: into how many shares the cases are divided.
        engine: `columnar`, which takes a shelf at once, or `live`, which takes case after case. Both say the same.
    """

    key: str
    now: datetime
    chunks: tuple[Chunk, ...]
    shelves: int
    engine: str = "live"

    def as_json(self) -> str:
        return json.dumps({**asdict(self), "now": self.now.isoformat()}, ensure_ascii=False)

    @classmethod
    def of_json(cls, text: str) -> Plan:
        told = json.loads(text)
        chunks = tuple(Chunk(**chunk) for chunk in told["chunks"])
        return cls(told["key"], datetime.fromisoformat(told["now"]), chunks, told["shelves"], told["engine"])


def job(folder: Path) -> Job:
    """The replay of a folder; a process that does one part after the other reads its pack once."""
    return begun(folder, (folder / "plan.json").stat().st_mtime_ns)


@lru_cache(maxsize=1)
def begun(folder: Path, _since: int) -> Job:
    return Job(folder)


# --- the parts ---------------------------------------------------------------------------------------


def named(number: int) -> str:
    """A chunk's file of events."""
    return f"events-{number:06d}"


def take_in(folder: Path, number: int) -> None:
    """Read a chunk: its events onto shelves, its rejects into a table."""
    work = job(folder)
    chunk = work.plan.chunks[number]
    program, shelves = work.law.program, work.plan.shelves
    bears = bears_on_agenda(program)
    sorter, rejects, read = Sorter(), Rejects(), 0

    def lay(rows: pa.Table) -> None:
        position = pc.add(rows["row"], number << 32)
        rows = rows.set_column(rows.column_names.index("row"), "position", position)
        sorter.lay_rows(shelved(rows, shelves, program))

    in_table = chunk.file.endswith(TABLES)
    told = of_table(work.pack, chunk, lay) if in_table else enumerate(records(work.pack, chunk), 1)
    for read, record in told:
        if record.event is not None:
            entry = Entry(record.event, record.event.case, number << 32 | read, record.line)
            for shelf in shelves_of(record.event, shelves, bears):
                sorter.lay(shelf, entry)
        elif record.wrong is not None:
            rejects.add(record.wrong, Origin(chunk.file, record.line, 1))
    if in_table:
        read = sum(sizes_of(chunk.file)[chunk.start : chunk.stop])
    rejects.write(work.path(f"rejects-{number:06d}"))
    index = sorter.write(work.path(named(number)), work.pack)
    lines = sum(1 for _ in lines_of(chunk)) if chunk.in_lines else 0
    work.finish(named(number), index=index, read=read, rejected=len(rejects), lines=lines)


def find_homes(folder: Path) -> None:
    """Find what belongs to matters of several cases, and amendments that name no case; lay them on their shelves."""
    work = job(folder)

    def found(wanted: set[str]) -> Iterator[Event]:
        ids = pa.array(sorted(wanted), pa.string())
        return told_in((among(batch, "id", ids) for batch in work.on(None)), work.pack)

    homes = homes_of(told_in(work.on(UNSETTLED), work.pack), found)
    cases = pa.array(sorted(homes.matters), pa.string())
    moved = (among(batch, "case", cases) for batch in work.on(None)) if homes.matters else ()
    lonely = (batch.filter(batch.column("case").is_null()) for batch in work.on(UNSETTLED))
    sorter = Sorter()
    for batch in chain(lonely, moved):
        places = zip(batch.column("position").to_pylist(), batch.column("line").to_pylist(), strict=True)
        for event, (position, line) in zip(told_in([batch], work.pack), places, strict=True):
            matter = homes.matter(event)
            sorter.lay(shelf_of(matter, work.plan.shelves), Entry(event, matter, position, line))
    index = sorter.write(work.path("homes"), work.pack)
    work.finish("homes", index=index, linked=sorted(homes.matters))


def settle(folder: Path, shelf: int) -> None:
    """Work out the cases of a shelf."""
    work, name = job(folder), f"part-{shelf:06d}"
    counts = {"cases": 0, "repeated": 0}
    rejects = Rejects()

    def again(batch: pa.RecordBatch, row: int, same: bool) -> None:
        if same:
            counts["repeated"] += 1
            return
        number, line = batch.column("position")[row].as_py() >> 32, batch.column("line")[row].as_py()
        place = Origin(work.plan.chunks[number].file, work.first_lines[number] + line, 1)
        rejects.add(twice(batch.column("id")[row].as_py(), batch.column("case")[row].as_py()), place)

    table = in_order(work, shelf)
    counts["cases"] = len(table["matter"].unique().drop_null()) if table is not None else 0
    owed = written(work.path(name), () if table is None else answered(work, table, again))
    rejects.write(work.path(f"rejects-{name}"))
    work.finish(name, obligations=owed, rejected=len(rejects), **counts)


def answered(work: Job, table: pa.Table, again: Again) -> Iterator[pa.RecordBatch]:
    """What the cases of a shelf owe, by the engine of the plan."""
    if work.plan.engine == "live":
        yield from evaluate(table.to_batches(max_chunksize=ROWS), work.law, work.plan.now, again)
        return
    from remit.replay.shelf import settled

    owed = settled(table, work.columnar, work.plan.now, again, spill=work.folder / "spill")
    yield from owed.to_batches(max_chunksize=ROWS)


def in_order(work: Job, shelf: int) -> pa.Table | None:
    """A shelf's events by matter and position; None where there are none."""
    homes = work.receipt("homes")
    linked = pa.array(homes["linked"], pa.string())
    found = [without(batch, linked) if len(linked) else batch for batch in work.on(shelf)]
    found += batches_on(work.path("homes"), homes["index"], shelf)
    tables = [pa.Table.from_batches([batch]) for batch in found if batch.num_rows]
    if not tables:
        return None
    whole_shelf = pa.concat_tables(tables, promote_options="permissive")
    return whole_shelf.sort_by([("matter", "ascending"), ("position", "ascending")]).combine_chunks()


def settle_agenda(folder: Path) -> None:
    """Work out the recurring and standing duties of every unit."""
    work = job(folder)
    heard = told_in(work.on(AGENDA), work.pack)
    count = written(work.path("agenda"), agenda(heard, work.law, work.plan.now))
    work.finish("agenda", obligations=count)


def written(path: Path, batches: Iterable[pa.RecordBatch]) -> int:
    """Write obligations as Parquet; how many there were."""
    count = 0
    with whole(path) as part, parquet.ParquetWriter(str(part), OBLIGATIONS, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
            count += batch.num_rows
    return count


class Rejects:
    """What was set apart, a row each."""

    def __init__(self) -> None:
        self._rows: list[dict[str, object]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, wrong: RemitError, place: Origin) -> None:
        self._rows.append(reject_row(wrong, place))

    def write(self, path: Path) -> None:
        with whole(path) as part:
            parquet.write_table(pa.Table.from_pylist(self._rows, schema=REJECTS), str(part), compression="zstd")


def twice(name: str, case: str | None) -> EventError:
    return EventError(
        "RM411", "event-id-twice", found=name, expected="a different id for a different event",
        origin=Origin(event=name, case=case),
    )  # fmt: skip
