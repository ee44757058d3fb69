"""`evaluate` on a cluster: Spark brings every matter together and in order, and gives it to Python in Arrow batches.

    from pyspark.sql import SparkSession
    from remit.replay.spark import ready, obligations

    session = ready(SparkSession.builder.master("spark://…")).getOrCreate()
    owed = obligations(session.read.parquet("events"), pack, now)
    owed.write.parquet("owed")

The pack goes to each executor once, as bytes; executors need remit and Arrow installed (or on their `PYTHONPATH`). Of an
executor that dies, Spark does the part again, from what the others still hold or from the files.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from remit.columnar.schema import OBLIGATIONS
from remit.keeper.keeper import agenda_types
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES
from remit.model.event import Event
from remit.pack.load import Pack
from remit.replay.columns import bearing
from remit.replay.evaluate import agenda, evaluate
from remit.replay.law import carried, law_of
from remit.replay.replay import Crew, Part, do
from remit.replay.shelves import Homes, homes_of, told_in
from remit.semantics.law import Law

if TYPE_CHECKING:
    from pyspark import Broadcast
    from pyspark.sql import Column, DataFrame, SparkSession


def ready(builder: SparkSession.Builder) -> SparkSession.Builder:
    """A session with which this works: moments in UTC, and executors that run this Python, if `PYSPARK_PYTHON` names no other."""
    # Spark hears of it by the environment alone, unless it was begun by `spark-submit`.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return builder.config("spark.sql.session.timeZone", "UTC")


def obligations(events: DataFrame, pack: Pack, now: datetime, *, partitions: int | None = None) -> DataFrame:
    """What every case and every unit owes at `now`, by `columnar.schema.OBLIGATIONS`, in no order.

    Args:
        events: sound events with the columns of `columnar.schema.event_schema`, and perhaps `position`: of two events of
            a case with one id, the earlier counts. It is read several times; keep it where reading it again is cheap.
        pack: the law.
        now: the moment, aware.
        partitions: into how many shares the cases are divided; left out, as Spark is set.

    The acts that bear on the agenda, and mergers, splits and amendments without a case, come to the driver.
    """
    from pyspark.sql import functions as F  # noqa: N812 - as everybody calls it
    from pyspark.sql.pandas.types import from_arrow_schema

    session, law = events.sparkSession, Law.of(pack)
    shared = session.sparkContext.broadcast(carried(pack))
    schema = from_arrow_schema(OBLIGATIONS)
    position = F.col("position") if "position" in events.columns else F.monotonically_increasing_id()
    placed = at_home(events, homes(events, pack)).withColumn("position", position)
    shares = placed.repartition("matter") if partitions is None else placed.repartition(partitions, "matter")
    cases = shares.sortWithinPartitions("matter", "position").mapInArrow(partial(settled, shared, now), schema)
    types = agenda_types(law.program)
    heard = placed if types is None else placed.where(F.col("type").isin(*types))
    borne = heard.mapInArrow(partial(bearing_in, shared), heard.schema)
    standing = pa.Table.from_batches(agenda(collected(borne, pack), law, now), schema=OBLIGATIONS)
    owed: DataFrame = cases.unionByName(session.createDataFrame(standing, schema=schema))
    return owed


def settled(shared: Broadcast[bytes], now: datetime, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """One share of the cases, wherever this runs."""
    return evaluate(batches, law_of(shared.value), now)


def bearing_in(shared: Broadcast[bytes], batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Of one share of the events those that bear on the agenda, so that no others come to the driver."""
    program = law_of(shared.value).program
    for batch in batches:
        yield batch.filter(bearing(pa.Table.from_batches([batch]), program))


def crew(session: SparkSession) -> Crew:
    """Executors that do the parts of a `replay.replay`, where driver and executors see its files under one path.

    A part that is done has its receipt in that folder: what an executor had not finished when it died is done by another,
    and what a driver had not finished by its next run. The pack is read there once by each worker.
    """

    def work(folder: Path, parts: Sequence[Part]) -> Iterator[None]:
        yield from session.sparkContext.parallelize(parts, len(parts)).map(partial(do, folder)).collect()

    return work


def homes(events: DataFrame, pack: Pack) -> Homes:
    """Where events belong whose case alone does not say it; most streams have few of them."""
    from pyspark.sql import functions as F  # noqa: N812

    kind = F.col("type")
    unsettled = events.where(kind.isin(*MOVES) | (F.col("case").isNull() & kind.isin(*AMENDMENTS)))
    return homes_of(collected(unsettled, pack), lambda ids: collected(events.where(F.col("id").isin(*ids)), pack))


def collected(events: DataFrame, pack: Pack) -> Iterator[Event]:
    """These events, here; in their order, where they have a position."""
    found = events.toArrow()
    return told_in((found.sort_by("position") if "position" in found.schema.names else found).to_batches(), pack)


def at_home(events: DataFrame, homes: Homes) -> DataFrame:
    """Every event with its matter."""
    from pyspark.sql import functions as F  # noqa: N812

    case = F.col("case")
    lonely = looked_up("id", homes.amended)
    moved = looked_up("case", homes.matters)
    return events.withColumn("matter", F.when(case.isNull(), lonely).otherwise(F.coalesce(moved, case)))


def looked_up(name: str, found: Mapping[str, str]) -> Column:
    """What is found under the value of a column; null where nothing is."""
    from pyspark.sql import functions as F  # noqa: N812

    pairs = [F.lit(part) for pair in sorted(found.items()) for part in pair]
    return F.create_map(*pairs)[F.col(name)] if pairs else F.lit(None).cast("string")
