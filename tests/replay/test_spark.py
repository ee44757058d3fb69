"""Spark gives the same table as the definition."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pyarrow import parquet

from remit import Pack
from remit.columnar.schema import OBLIGATIONS, obligations_of, table_of_events
from remit.model.event import MERGER, RETRACTION, Event
from remit.model.obligation import Obligation
from remit.semantics.law import Law
from remit.semantics.obligations import in_document_order, whole_answer
from spark_session import require_java, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")  # of a library's own calls
PACK = Pack.load(ROOT)
LAW = Law.of(PACK)
NOW = datetime.fromisoformat("2025-01-01T00:00+08:00")
RULES = {(p.id, r.id): r for p in PACK.policies for r in p.rules}


def told() -> tuple[Event, ...]:
    """The examples, a case of forty events, two cases merged, and a retraction that names no case."""
    found = [changed(e, id=f"{e.case}/{e.id}", data={k: v for k, v in e.data.items() if k != "of"}) for path in PACK.cases for e in PACK.read_events(path) if e.type != RETRACTION]  # fmt: skip
    rescue = PACK.event({"id": "r", "case": "long", "type": "victim_rescued", "at": "2024-05-06T21:00", "by": "xihe.police", "place": "xihe", "age": 10, "sex": "女"})  # fmt: skip
    long = [changed(rescue, id=f"r{n}", at=rescue.at + timedelta(hours=n), known_at=rescue.at + timedelta(hours=n)) for n in range(40)]  # fmt: skip
    pair = [changed(rescue, id=f"m{n}", case=f"merged-{n}") for n in (1, 2)]
    merger = PACK.event({"id": "m", "case": "merged-1", "type": MERGER, "of": "merged-2", "at": "2024-05-08T08:00"})
    back = PACK.event({"id": "b", "type": RETRACTION, "of": "r7", "at": "2024-06-01T08:00"})
    return (*found, *long, *pair, merger, back)


@pytest.fixture(scope="module")
def expected() -> tuple[Obligation, ...]:
    return tuple(o.bare() for o in whole_answer(LAW, told(), NOW).obligations)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    table = table_of_events(told(), PACK.vocabulary.attributes)
    parquet.write_table(table, tmp_path / "events.parquet", row_group_size=40)
    return tmp_path / "events.parquet"


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkSession]:
    """Spark in this process's own machine, on two cores."""
    require_java()
    from pyspark.sql import SparkSession

    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "engine"))
    session = settings(SparkSession.builder.master("local[2]")).getOrCreate()
    yield session
    session.stop()


def found(session: SparkSession, events: Path, to: Path, partitions: int) -> tuple[Obligation, ...]:
    from remit.replay.spark import obligations

    owed = obligations(session.read.parquet(str(events)), PACK, NOW, partitions=partitions)
    owed.write.parquet(str(to))
    return in_document_order(LAW, obligations_of(parquet.read_table(to, schema=OBLIGATIONS), RULES, PACK.calendar.zone))


def test_spark_gives_the_answer_of_the_definition(
    local: SparkSession, events: Path, tmp_path: Path, expected: tuple[Obligation, ...]
) -> None:
    assert found(local, events, tmp_path / "owed", 4) == expected
