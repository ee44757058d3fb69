"""Spark gives the same table as the definition; also when one of two workers is killed, and when the driver is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace as changed
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from remit import Pack
from remit.columnar.schema import OBLIGATIONS, obligations_of, table_of_events
from remit.model.event import MERGER, RETRACTION, Event
from remit.model.obligation import Obligation
from remit.replay import replay
from remit.semantics.law import Law
from remit.semantics.obligations import in_document_order, whole_answer
from spark_session import Cluster, require_java, settings

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore")  # of a library's own calls
PACK = Pack.load(ROOT)
LAW = Law.of(PACK)
NOW = datetime.fromisoformat("2025-01-01T00:00+08:00")
RULES = {(p.id, r.id): r for p in PACK.policies for r in p.rules}


def told() -> tuple[Event, ...]:
    """The examples, a case of forty events, two cases merged, a retraction that names no case, and an act that performs a duty of the agenda."""
    found = [changed(e, id=f"{e.case}/{e.id}", data={k: v for k, v in e.data.items() if k != "of"}) for path in PACK.cases for e in PACK.read_events(path) if e.type != RETRACTION]  # fmt: skip
    rescue = PACK.event({"id": "r", "case": "long", "type": "victim_rescued", "at": "2024-05-06T21:00", "by": "xihe.police", "place": "xihe", "age": 10, "sex": "女"})  # fmt: skip
    long = [changed(rescue, id=f"r{n}", at=rescue.at + timedelta(hours=n), known_at=rescue.at + timedelta(hours=n)) for n in range(40)]  # fmt: skip
    pair = [changed(rescue, id=f"m{n}", case=f"merged-{n}") for n in (1, 2)]
    merger = PACK.event({"id": "m", "case": "merged-1", "type": MERGER, "of": "merged-2", "at": "2024-05-08T08:00"})
    back = PACK.event({"id": "b", "type": RETRACTION, "of": "r7", "at": "2024-06-01T08:00"})
    plan = PACK.event({"id": "p", "type": "performed", "action": "adopt_annual_plan", "by": "fumeng.anti_trafficking_office", "at": "2024-06-01T10:00"})  # fmt: skip
    return (*found, *long, *pair, merger, back, plan)


@pytest.fixture(scope="module")
def expected() -> tuple[Obligation, ...]:
    return tuple(o.bare() for o in whole_answer(LAW, told(), NOW).obligations)


@pytest.fixture
def events(tmp_path: Path) -> Path:
    table = table_of_events(told(), PACK.vocabulary.attributes)
    parquet.write_table(table, tmp_path / "events.parquet", row_group_size=40)
    return tmp_path / "events.parquet"


@contextmanager
def session_on(master: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    monkeypatch.delenv("PYSPARK_PYTHON", raising=False)
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "engine"))
    session = settings(SparkSession.builder.master(master)).getOrCreate()
    try:
        yield session
    finally:
        session.stop()


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkSession]:
    """Spark in this process's own machine, on two cores."""
    require_java()
    with session_on("local[2]", monkeypatch) as session:
        yield session


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    require_java()
    (tmp_path / "cluster").mkdir()
    with Cluster(tmp_path / "cluster") as running:
        yield running


def found(session: SparkSession, events: Path, to: Path, partitions: int) -> tuple[Obligation, ...]:
    from remit.replay.spark import obligations

    owed = obligations(session.read.parquet(str(events)), PACK, NOW, partitions=partitions)
    owed.write.parquet(str(to))
    return answered(to)


def answered(to: Path) -> tuple[Obligation, ...]:
    return in_document_order(LAW, obligations_of(parquet.read_table(to, schema=OBLIGATIONS), RULES, PACK.calendar.zone))


def test_spark_gives_the_answer_of_the_definition(
    local: SparkSession, events: Path, tmp_path: Path, expected: tuple[Obligation, ...]
) -> None:
    assert found(local, events, tmp_path / "owed", 4) == expected


def test_each_worker_makes_the_law_once(local: SparkSession, events: Path) -> None:
    from remit.replay.spark import settled

    def counted(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import os

        from remit.replay.law import law_of, pack_of

        list(settled(shared, NOW, batches))
        made = [law_of.cache_info().misses, pack_of.cache_info().misses]
        yield pa.RecordBatch.from_pylist([{"process": os.getpid(), "made": max(made)}])

    from pyspark.sql import functions as F  # noqa: N812

    from remit.replay.law import carried

    shared = local.sparkContext.broadcast(carried(PACK))
    table = local.read.parquet(str(events)).withColumn("matter", F.col("case")).withColumn("position", F.lit(0))
    found = table.repartition(12, "matter").mapInArrow(counted, "process long, made long").collect()
    assert len(found) == 12
    assert {row["made"] for row in found} == {1}
    assert len({row["process"] for row in found}) < 12


# --- files, by executors -------------------------------------------------------------------------------


def line(event: Event) -> str:
    own = {name: getattr(event, name) for name in ("id", "case", "type", "by", "place", "subject")}
    at = event.at.date().isoformat() if event.day_only else event.at.isoformat()
    stated = {name: value if isinstance(value, bool | int | str) else list(value) if isinstance(value, tuple) else str(value) for name, value in event.data.items()}  # fmt: skip
    told = own | {"at": at, "known_at": event.known_at.isoformat(), "data": stated}
    return json.dumps({name: value for name, value in told.items() if value is not None}, ensure_ascii=False)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The events in twelve files; in one of them a line is broken, in another one speaks of an unknown kind."""
    monkeypatch.setattr(replay, "SHELF_BYTES", 6_000)
    lines = [line(event) for event in told()]
    size = len(lines) // 12 + 1
    made = []
    for number in range(12):
        mine = lines[number * size : (number + 1) * size]
        if number == 4:
            mine.insert(2, '{"id": "x", ')
        if number == 9:
            mine.append(lines[0].replace('"type": "', '"type": "no_'))
        path = tmp_path / f"events-{number:02d}.jsonl"
        path.write_text("\n".join(mine) + "\n", "utf-8")
        made.append(path)
    return made


Rows = list[dict[str, object]]


def replayed(files: list[Path], to: Path, crew: replay.Crew | None = None) -> tuple[replay.Summary, bytes, Rows]:
    """What a replay came to: its counts without names of files, its bytes, what it set apart."""
    done = replay.replay(PACK, files, to, NOW, crew=crew)
    rejects = parquet.read_table(str(done.rejects)).to_pylist()
    return changed(done, files=(), rejects=None), to.read_bytes(), rejects


def test_executors_count_and_set_apart_what_processes_do(
    local: SparkSession, files: list[Path], tmp_path: Path, expected: tuple[Obligation, ...]
) -> None:
    from remit.replay.spark import crew

    here = replayed(files, tmp_path / "here.parquet")
    there = replayed(files, tmp_path / "there.parquet", crew(local))
    assert there == here
    counts, _, rejects = there
    assert (counts.read, counts.taken, counts.rejected) == (len(told()) + 2, len(told()), 2)
    assert counts.obligations == len(expected)
    assert [(Path(str(r["file"])).name, r["line"], r["code"]) for r in rejects] == [
        ("events-04.jsonl", 3, "RM410"), ("events-09.jsonl", len(files[9].read_text("utf-8").splitlines()), "RM401"),
    ]  # fmt: skip


class Stopped(Exception):  # noqa: N818 - what a test throws is no error
    pass


def test_when_the_driver_dies_the_next_does_what_is_left(
    local: SparkSession, files: list[Path], tmp_path: Path
) -> None:
    from remit.replay.spark import crew

    work, given = crew(local), list[int]()

    def dies(folder: Path, parts: Sequence[replay.Part]) -> Iterator[None]:
        given.append(len(parts))
        yield from work(folder, parts[:5])
        raise Stopped

    for _ in range(3):
        with pytest.raises(Stopped):
            replayed(files, tmp_path / "there.parquet", dies)
    assert given == [12, 7, 2]
    assert replayed(files, tmp_path / "there.parquet", work) == replayed(files, tmp_path / "here.parquet")
    assert sorted(tmp_path.glob("*.part")) == []


# --- a worker is killed --------------------------------------------------------------------------------


def killed_when(sign: Callable[[], bool], cluster: Cluster, work: Callable[[], object]) -> bool:
    """Do the work, and kill a worker once the sign is given; whether it was at work then."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as failure:  # noqa: BLE001 - told below
            failures.append(failure)

    thread = Thread(target=run)
    thread.start()
    until = monotonic() + 300
    while not sign() and thread.is_alive() and monotonic() < until:
        sleep(0.02)
    at_work = thread.is_alive()
    cluster.kill_a_worker()
    thread.join(300)
    assert not thread.is_alive()
    if failures:
        raise failures[0]
    return at_work


def test_one_of_two_workers_is_killed_and_nothing_is_lost(
    cluster: Cluster, events: Path, tmp_path: Path, expected: tuple[Obligation, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from remit.replay import spark

    def slowly(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """As if there were more to do."""
        yield from batches
        sleep(0.5)

    with session_on(cluster.url, monkeypatch) as session:
        jobs = session.sparkContext.statusTracker()
        owed = spark.obligations(session.read.parquet(str(events)), PACK, NOW, partitions=6)
        slow = owed.mapInArrow(slowly, owed.schema)

        def half_done() -> bool:
            found = [jobs.getStageInfo(stage) for stage in jobs.getActiveStageIds()]
            return any(stage is not None and stage.numTasks >= 6 and stage.numCompletedTasks >= 2 for stage in found)

        to = tmp_path / "owed"
        assert killed_when(half_done, cluster, lambda: slow.write.parquet(str(to)))
        assert answered(to) == expected
