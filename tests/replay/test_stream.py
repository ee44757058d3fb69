"""Micro-batches go into the ledger once each: given over again, or stopped and begun anew, it ends as if plainly submitted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import psycopg
import pyarrow as pa
import pytest
from pyarrow import parquet

from remit import Engine, Pack
from remit.ledger.vault import MasterKey
from remit.model.event import MERGER, RETRACTION
from remit.replay.stream import LINES, Intake, read
from spark_session import require_java
from torture.oracle import Seen, examine
from torture.server import Server

ROOT = Path(__file__).parents[2]
PACK = Pack.load(ROOT)
NOW = datetime.fromisoformat("2025-01-01T00:00+08:00")
GOOD = {
    "type": "victim_rescued",
    "at": "2024-05-06T21:00",
    "by": "xihe.police",
    "place": "xihe",
    "age": 10,
    "sex": "女",
}


@pytest.fixture
def key(tmp_path: Path) -> MasterKey:
    made = MasterKey.create()
    made.write(tmp_path / "key")
    return made


def reports() -> list[dict[str, object]]:
    """Forty cases of three events each; the third says again what the second said, or takes the first back, or it merges cases."""
    found: list[dict[str, object]] = []
    for n in range(40):
        first = GOOD | {"id": f"a{n}", "case": f"c{n:02d}"}
        second = GOOD | {"id": f"b{n}", "case": f"c{n:02d}", "at": "2024-05-07T08:00", "age": 17}
        third: dict[str, object] = second
        if n % 4 == 1:
            third = {"id": f"r{n}", "type": RETRACTION, "of": f"a{n}", "at": "2024-05-08T08:00"}
        if n % 4 == 3:
            third = {
                "id": f"m{n}",
                "case": f"c{n:02d}",
                "type": MERGER,
                "of": f"c{n - 1:02d}",
                "at": "2024-05-08T08:00",
            }
        found += [first, second, third]
    return found


def text(report: dict[str, object]) -> str:
    return json.dumps(report, ensure_ascii=False)


def plainly(url: str, key: MasterKey) -> Seen:
    """The ledger after submitting the same, one after the other."""
    told = sorted(reports(), key=lambda report: report["type"] in {MERGER, RETRACTION})
    with Engine(PACK, ledger=url, key=key) as engine:
        for report in told:
            engine.submit(report)
        engine.advance(NOW)
    return examine(url, key, PACK)


def same(one: Seen, other: Seen) -> bool:
    """Whether two ledgers hold the same events, each once, and say the same, to the byte."""
    assert sorted(one.ids) == sorted(other.ids)
    assert len(set(one.ids)) == len(one.ids)
    said = [[repr(seen.projection[name]) for name in sorted(seen.projection)] for seen in (one, other)]
    return (said[0], one.now) == (said[1], other.now)


def counts(folder: Path) -> tuple[int, int]:
    told = [json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")]
    return sum(one["read"] for one in told), sum(one["rejected"] for one in told)


# --- without Spark -------------------------------------------------------------------------------------


def batch(lines: list[str], file: str = "inbox/a.jsonl") -> pa.Table:
    rows = [{"value": line.encode(), "file": file, "line": n} for n, line in enumerate(lines, 1)]
    return pa.Table.from_pylist(rows, schema=LINES)


@pytest.mark.parametrize("size", [1, 7, 500])
def test_a_micro_batch_given_over_twice_changes_nothing(
    server: Server, key: MasterKey, tmp_path: Path, size: int
) -> None:
    plain, streamed = server.create(f"plain_{size}"), server.create(f"streamed_{size}")
    expected, told = plainly(plain, key), [text(report) for report in reports()]
    with Engine(PACK, ledger=streamed, key=key) as engine:
        intake = Intake(engine, tmp_path / "refused", batch=size, wall=lambda: NOW)
        for number, start in enumerate(range(0, len(told), 30)):
            for _ in range(2):
                intake.keep(batch(told[start : start + 30]), number)
        intake.tick()
        intake.tick()
    assert same(examine(streamed, key, PACK), expected)
    assert counts(tmp_path / "refused") == (120, 0)


def test_what_is_refused_is_set_apart_with_its_place_and_the_rest_is_kept(key: MasterKey, tmp_path: Path) -> None:
    told = [
        text(GOOD | {"id": "a", "case": "a"}), "{", "", text(GOOD | {"id": "b", "case": "b", "place": "atlantis"}),
        text(GOOD | {"id": "a", "case": "a", "age": 11}), text(GOOD | {"id": "c", "case": "c"}),
        text({"id": "d", "type": RETRACTION, "of": "nothing", "at": "2024-05-08T08:00"}),
        text(GOOD | {"id": "e", "case": "e", "at": "2094-05-08T08:00"}), text(GOOD | {"id": "f", "case": "f"}),
    ]  # fmt: skip
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a b.jsonl").write_text("\n".join(told), "utf-8")
    found = pa.RecordBatch.from_pylist([{"path": (tmp_path / "inbox" / "a b.jsonl").as_uri()}])
    ledger = f"sqlite:///{tmp_path}/ledger.db"
    with Engine(PACK, ledger=ledger, key=key) as engine:
        intake = Intake(engine, tmp_path / "refused", batch=3, wall=lambda: NOW)
        intake.keep(pa.Table.from_batches(read([found])), 7)
        assert [event.id for event in engine.events] == ["a", "c", "f"]
    rows = parquet.read_table(tmp_path / "refused" / "batch-000000007.parquet").to_pylist()
    assert sorted((row["line"], row["code"]) for row in rows) == [(2, "RM410"), (4, "RM407"), (5, "RM450"), (7, "RM451"), (8, "RM465")]  # fmt: skip
    assert {row["file"] for row in rows} == {str(tmp_path / "inbox" / "a b.jsonl")}
    assert counts(tmp_path / "refused") == (8, 5)


# --- under Spark ---------------------------------------------------------------------------------------

CALL = """
import sys
from datetime import datetime
from pathlib import Path
from pyspark.sql import SparkSession
from remit import Engine, Pack
from remit.replay.stream import Intake, lines
from spark_session import settings
pack, url, home, now = sys.argv[1:]
home = Path(home)
session = settings(SparkSession.builder.master("local[1]")).getOrCreate()
with Engine(Pack.load(pack), ledger=url, key=home / "key") as engine:
    intake = Intake(engine, home / "refused", wall=lambda: datetime.fromisoformat(now))
    query = intake.follow(lines(session, home / "inbox", files=1), home / "checkpoint", availableNow=True)
    intake.tend(query, 3600)
session.stop()
"""


def test_stopped_in_the_middle_it_goes_on_from_its_checkpoint(server: Server, key: MasterKey, tmp_path: Path) -> None:
    require_java()
    plain, streamed = server.create("plainly"), server.create("in_a_stream")
    expected, told = plainly(plain, key), [text(report) for report in reports()]
    told[50:50] = ["{"]
    (tmp_path / "inbox").mkdir()
    for n in range(0, len(told), 10):
        file = tmp_path / "inbox" / f"{n:03d}.jsonl"
        file.write_text("\n".join(told[n : n + 10]), "utf-8")
        os.utime(file, (1_700_000_000 + n, 1_700_000_000 + n))
    (tmp_path / "call.py").write_text(CALL)
    call = [sys.executable, str(tmp_path / "call.py"), str(ROOT), streamed, str(tmp_path), NOW.isoformat()]
    env = {**os.environ, "PYTHONPATH": f"{ROOT / 'engine'}:{ROOT / 'tests'}"}
    first = subprocess.Popen(call, env=env, start_new_session=True)
    after = [len({one.split(",")[0] for one in told[: 10 * n]} - {"{"}) for n in range(14)]
    kill_when_under_way(first, tmp_path / "checkpoint", server.dsn("in_a_stream"), after)
    done = len(list((tmp_path / "checkpoint" / "commits").glob("[0-9]*")))
    assert 0 < done < 13
    subprocess.run(call, env=env, check=True, timeout=600)
    assert same(examine(streamed, key, PACK), expected)
    assert counts(tmp_path / "refused") == (121, 1)
    (table,) = (tmp_path / "refused").glob("*.parquet")
    (row,) = parquet.read_table(table).to_pylist()
    assert (Path(row["file"]).name, row["line"], row["code"]) == ("050.jsonl", 1, "RM410")


def kill_when_under_way(process: subprocess.Popen[bytes], checkpoint: Path, dsn: str, after: list[int]) -> None:
    """SIGKILL, with Spark, once three micro-batches are done and the ledger has more than those; else after eight.

    `after` says how many events there are after so many micro-batches.
    """
    until = monotonic() + 400
    try:
        while process.poll() is None and monotonic() < until:
            sleep(0.01)
            done = len(list((checkpoint / "commits").glob("[0-9]*")))
            if done >= 3 and (kept(dsn) > after[done] or done >= 8):
                return
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def kept(dsn: str) -> int:
    with psycopg.connect(dsn) as connection:
        found = connection.execute("SELECT count(*) FROM entries WHERE kind = 'event'").fetchone()
    return int(found[0]) if found else 0
