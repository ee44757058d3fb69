"""Reports that keep coming: Spark gives them over in micro-batches, the ledger takes them, and its own ticks let time pass.

    from remit.replay.stream import Intake, lines

    with Engine(pack, ledger="postgresql://…", key=Path("key")) as engine:
        intake = Intake(engine, Path("refused"))
        query = intake.follow(lines(session, Path("inbox")), Path("checkpoint"), processingTime="10 seconds")
        intake.tend(query, tick_s=60)

Spark notes in its checkpoint that a micro-batch is done after the ledger has it. One that it gives over again, because
either died in between, changes nothing: an event is known by its id. So the stream goes on where it was, and the ledger
holds each event once. Spark's timers are not used: what falls due is what the ledger's clock passes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import pyarrow as pa
from pyarrow import parquet

from remit.clock import now
from remit.engine import Engine
from remit.errors import EventError, LedgerError, Origin, RemitError
from remit.model.event import Event
from remit.replay.evaluate import UNSETTLED
from remit.replay.intake import REJECTS, chunks_of, lines_of, of_line, reject_row
from remit.replay.shelves import ROWS, whole

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.streaming.query import StreamingQuery

#: What a stream consists of: a line of JSON (one event, or a case), and its place. Of other sources than files, `file` and
#: `line` are whatever finds it again: of Kafka, topic with partition, and offset.
LINES = pa.schema([("value", pa.binary()), ("file", pa.string()), ("line", pa.int64())])
SPARK_LINES = "value binary, file string, line long"
FILES = "path string, modificationTime timestamp, length long, content binary"
#: An event that became known so far beyond both clocks is a slip of the pen: the ledger's clock would stand there for good.
AHEAD = timedelta(days=366)
#: What the ledger says of one event; whatever else it says, it says of itself, and the stream stops.
OF_THE_EVENT = frozenset({"RM720", "RM727"})
Wall = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Told:
    """An event with the place where it was told."""

    event: Event
    place: Origin


def lines(session: SparkSession, folder: Path, *, files: int = 100, pattern: str = "*.jsonl") -> DataFrame:
    """The lines of the files that come into a folder, each with its place; so many files at once at most.

    Executors read the files, and have to see the folder under the same path. A file has to be moved there whole.
    """
    found = session.readStream.format("binaryFile").schema(FILES)
    found = found.option("pathGlobFilter", pattern).option("maxFilesPerTrigger", files)
    return found.load(str(folder)).select("path").mapInArrow(read, SPARK_LINES)


def read(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The lines of the files with these addresses."""
    for batch in batches:
        for address in batch.column("path").to_pylist():
            file = unquote(urlsplit(address).path)
            held: list[dict[str, object]] = []
            number = 0
            for chunk in chunks_of(file):
                for line in lines_of(chunk):
                    number += 1
                    if line.strip():
                        held.append({"value": line, "file": file, "line": number})
                    if len(held) == ROWS:
                        yield pa.RecordBatch.from_pylist(held, schema=LINES)
                        held = []
            yield pa.RecordBatch.from_pylist(held, schema=LINES)


class Intake:
    """Takes micro-batches into the ledger of an engine, and lets time pass there.

    Each micro-batch leaves in `refused` how many events it told of and how many of them were refused, as JSON; and a table
    of those (`intake.REJECTS`), where there are any. A micro-batch that comes again writes the same again.

    Args:
        engine: with a ledger; nobody else uses it meanwhile.
        refused: a folder of its own.
        batch: so many events are made durable together; at most 10,000.
        wall: what the ledger's clock is advanced to.
    """

    def __init__(self, engine: Engine, refused: Path, *, batch: int = 500, wall: Wall = lambda: now(UTC)) -> None:
        self._engine, self._refused, self._batch, self._wall = engine, refused, batch, wall
        self._turn = Lock()
        refused.mkdir(parents=True, exist_ok=True)

    def follow(self, lines: DataFrame, checkpoint: Path, **trigger: Any) -> StreamingQuery:
        """Begin to take a stream of `LINES`, or go on with one from its checkpoint.

        Args:
            lines: see `lines`.
            checkpoint: a folder of this stream alone.
            trigger: as Spark's: `processingTime="10 seconds"`, or `availableNow=True` for what is there and no more.
        """

        def take(batch: DataFrame, number: int) -> None:
            self.keep(batch.toArrow(), number)

        taken = lines.writeStream.foreachBatch(take).option("checkpointLocation", str(checkpoint))
        return taken.trigger(**trigger).start()

    def tend(self, query: StreamingQuery, tick_s: int) -> None:
        """Let time pass every so many seconds, until the stream is stopped or has come to its end.

        Raises:
            StreamingQueryException: it failed; begun again, it goes on.
        """
        while not query.awaitTermination(tick_s):
            self.tick()
        self.tick()

    def tick(self) -> None:
        """The ledger's clock goes to this moment, unless an event has brought it further."""
        with self._turn:
            moment = self._wall()
            if moment > self._engine.now:
                self._engine.advance(moment)

    def keep(self, table: pa.Table, number: int) -> None:
        """Take one micro-batch, of this number, with the columns of `LINES`.

        Raises:
            LedgerError: the ledger cannot be written; what was kept before stays.
        """
        told: list[Told] = []
        rejects: list[Mapping[str, object]] = []
        with self._turn:
            latest = max(self._wall(), self._engine.now) + AHEAD
            for row in table.sort_by([("file", "ascending"), ("line", "ascending")]).to_pylist():
                place = Origin(row["file"], row["line"], 1)
                for record in of_line(self._engine.pack, row["value"], row["file"], row["line"]):
                    wrong = record.wrong
                    if record.event is not None and record.event.knowable_at > latest:
                        wrong = far_ahead(record.event, latest)
                    if wrong is not None:
                        rejects.append(reject_row(wrong, place))
                    elif record.event is not None:
                        told.append(Told(record.event, place))
            read = len(told) + len(rejects)
            for one, wrong in self._refusals(in_turn(told)):
                rejects.append(reject_row(wrong, one.place))
        self._write(number, read, rejects)

    def _refusals(self, told: Sequence[Told]) -> Iterator[tuple[Told, RemitError]]:
        """Submit these; those that were refused, with the reason. The rest is kept."""
        left = told
        while left:
            kept = 0
            try:
                for _ in self._engine.submit_each((one.event for one in left), batch=self._batch):
                    kept += self._batch
            except RemitError as wrong:
                require_of_event(wrong)
                for one in left[kept : kept + self._batch]:
                    try:
                        self._engine.submit(one.event)
                    except RemitError as refused:
                        require_of_event(refused)
                        yield one, refused
                kept += self._batch
            left = left[kept:]

    def _write(self, number: int, read: int, rejects: Sequence[Mapping[str, object]]) -> None:
        name = self._refused / f"batch-{number:09d}"
        if rejects:
            with whole(name.with_suffix(".parquet")) as part:
                parquet.write_table(pa.Table.from_pylist(list(rejects), schema=REJECTS), str(part), compression="zstd")
        with whole(name.with_suffix(".json")) as part:
            part.write_text(json.dumps({"read": read, "rejected": len(rejects)}), "utf-8")


def in_turn(told: Iterable[Told]) -> list[Told]:
    """Case after case, so that each is worked out few times; what may name the events or cases of others, behind these."""
    found = list(told)
    plain = [one for one in found if one.event.type not in UNSETTLED]
    unsettled = [one for one in found if one.event.type in UNSETTLED]
    plain.sort(key=lambda one: one.event.case or "")
    unsettled.sort(key=lambda one: one.event.knowable_at)
    return plain + unsettled


def require_of_event(wrong: RemitError) -> None:
    """Raise again what is no matter of one event."""
    if not (isinstance(wrong, EventError) or (isinstance(wrong, LedgerError) and wrong.code in OF_THE_EVENT)):
        raise wrong


def far_ahead(event: Event, latest: datetime) -> EventError:
    return EventError(
        "RM465", "far-ahead", found=event.knowable_at.isoformat(), expected=f"a moment before {latest.isoformat()}",
        origin=Origin(event=event.id, case=event.case),
    )  # fmt: skip
