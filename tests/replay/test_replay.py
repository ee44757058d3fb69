"""`remit replay`: the answer of `remit run` from every kind of file; bad input set apart; killed and begun again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep

import pyarrow as pa
import pytest
from pyarrow import ipc, parquet

from remit import Engine, Pack
from remit.columnar.schema import obligations_of, table_of_events
from remit.errors import EventError, ReplayError
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.replay import intake, replay
from remit.semantics.law import Law
from remit.semantics.obligations import in_document_order

ROOT = Path(__file__).parents[2]
PACK = Pack.load(ROOT)
RULES = {(p.id, r.id): r for p in PACK.policies for r in p.rules}
NOW = datetime.fromisoformat("2025-01-01T00:00+08:00")
GOOD = {"id": "a1", "case": "a", "type": "victim_rescued", "at": "2024-05-06T21:00", "by": "xihe.police", "place": "xihe", "age": 10, "sex": "女"}  # fmt: skip


def told() -> tuple[Event, ...]:
    """The example cases, each id once."""
    found = [event for path in PACK.cases for event in PACK.read_events(path)]
    renamed = (
        changed(e, id=f"{e.case}/{e.id}", data={**e.data, **({"of": f"{e.case}/{e.data['of']}"} if "of" in e.data else {})})
        for e in found
    )  # fmt: skip
    return tuple(renamed)


def line(event: Event) -> str:
    data = {name: list(v) if isinstance(v, tuple) else str(v) if not isinstance(v, bool | int | str) else v for name, v in event.data.items()}  # fmt: skip
    own = {name: getattr(event, name) for name in ("id", "case", "type", "by", "place", "subject")}
    at = event.at.date().isoformat() if event.day_only else event.at.isoformat()
    return json.dumps({k: v for k, v in (own | {"at": at, "known_at": event.known_at.isoformat(), "data": data}).items() if v is not None}, ensure_ascii=False)  # fmt: skip


def read(path: str | Path) -> tuple[Obligation, ...]:
    file = Path(path)
    if file.suffix == ".arrow":
        with ipc.open_file(str(file)) as reader:
            table = reader.read_all()
    else:
        table = parquet.read_table(file)
    return tuple(obligations_of(table, RULES, PACK.calendar.zone))


@pytest.fixture(scope="module")
def expected() -> tuple[Obligation, ...]:
    engine = Engine(PACK, backend="reference", now=NOW)
    engine.submit_all(told())
    return tuple(o.bare() for o in engine.answer().obligations)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many chunks and shelves of little."""
    monkeypatch.setattr(intake, "LINES_BYTES", 2_000)
    monkeypatch.setattr(intake, "TABLE_ROWS", 10)
    monkeypatch.setattr(replay, "SHELF_BYTES", 3_000)


def as_lines(folder: Path) -> Path:
    (folder / "events.jsonl").write_text("\n".join(map(line, told())), "utf-8")
    return folder / "events.jsonl"


def as_table(folder: Path, suffix: str) -> Path:
    path = folder / f"events{suffix}"
    table = table_of_events(told(), PACK.vocabulary.attributes)
    if suffix == ".parquet":
        parquet.write_table(table, path, row_group_size=4)
    else:
        with ipc.new_file(str(path), table.schema) as writer:
            writer.write_table(table, max_chunksize=4)
    return path


@pytest.mark.parametrize("source", [".jsonl", ".parquet", ".arrow"])
@pytest.mark.parametrize("to", ["owed.parquet", "owed.arrow", "owed"])
def test_every_kind_of_file_gives_the_answer_of_run(
    source: str, to: str, tmp_path: Path, expected: tuple[Obligation, ...], small: None
) -> None:
    events = as_lines(tmp_path) if source == ".jsonl" else as_table(tmp_path, source)
    done = replay.replay(PACK, [events], tmp_path / to, NOW)
    found = tuple(o for file in done.files for o in read(file))
    assert in_document_order(Law.of(PACK), found) == expected
    assert (done.read, done.rejected, done.obligations) == (len(told()), 0, len(expected))
    assert sorted(p.name for p in tmp_path.glob(".*")) == []


def test_case_files_are_read_as_run_reads_them(tmp_path: Path) -> None:
    (case,) = [path for path in PACK.cases if "newborn" in path.name]
    done = replay.replay(PACK, [case], tmp_path / "owed.parquet", NOW)
    engine = Engine(PACK, now=NOW)
    engine.submit_all(PACK.read_events(case))
    assert read(*done.files) == tuple(o.bare() for o in engine.answer().obligations)


# --- what is wrong -------------------------------------------------------------------------------------


def test_what_is_wrong_is_set_apart_with_its_place_and_the_rest_goes_on(tmp_path: Path, small: None) -> None:
    good = [json.dumps(GOOD | {"id": f"a{n}", "case": f"c{n}"}, ensure_ascii=False) for n in range(40)]
    wrong = {
        3: ("{", "RM410"), 11: (json.dumps(GOOD | {"type": "victim_rescud"}), "RM401"), 17: ('{"id": "x", "id": "y"}', "RM202"),
        23: (json.dumps({k: v for k, v in GOOD.items() if k != "at"}), "RM404"), 30: ("\xff", "RM101"), 39: (json.dumps(GOOD | {"age": -1}), "RM405"),
    }  # fmt: skip
    lines = [wrong[n][0] if n in wrong else good[n] for n in range(40)]
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join(text.encode("latin-1" if text == "\xff" else "utf-8") for text in lines))
    done = replay.replay(PACK, [file], tmp_path / "owed.parquet", NOW)
    assert (done.read, done.taken, done.rejected, done.cases) == (40, 34, 6, 34)
    rows = parquet.read_table(str(done.rejects)).to_pylist()
    assert [(row["file"], row["line"], row["code"]) for row in rows] == [(str(file), n + 1, wrong[n][1]) for n in sorted(wrong)]  # fmt: skip
    assert rows[1]["nearest"] == "victim_rescued"


def test_an_event_again_counts_once_and_another_of_its_id_is_rejected(tmp_path: Path, small: None) -> None:
    lines = [GOOD, *(GOOD | {"id": f"a{n}", "case": f"c{n}"} for n in range(2, 40)), GOOD, GOOD | {"age": 11}]
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(json.dumps(fields, ensure_ascii=False) for fields in lines), "utf-8")
    done = replay.replay(PACK, [file], tmp_path / "owed.parquet", NOW)
    assert (done.read, done.taken, done.repeated, done.rejected) == (41, 40, 1, 1)
    (row,) = parquet.read_table(str(done.rejects)).to_pylist()
    assert (row["line"], row["code"], row["event"]) == (41, "RM411", "a1")


def test_rows_of_a_table_are_held_to_the_vocabulary(tmp_path: Path) -> None:
    rows = [
        GOOD | {"age": 10},
        GOOD | {"id": "b", "case": "b", "type": "弃婴？"},
        GOOD | {"id": "c", "case": "c", "place": "atlantis"},
    ]
    parquet.write_table(pa.Table.from_pylist(rows), tmp_path / "flat.parquet")
    without_time = [{name: value for name, value in GOOD.items() if name != "at"}] * 2
    parquet.write_table(pa.Table.from_pylist(without_time), tmp_path / "timeless.parquet")
    done = replay.replay(
        PACK, [tmp_path / "flat.parquet", tmp_path / "timeless.parquet"], tmp_path / "owed.parquet", NOW
    )
    found = [(Path(r["file"]).name, r["line"], r["code"]) for r in parquet.read_table(str(done.rejects)).to_pylist()]
    assert found == [("flat.parquet", 2, "RM401"), ("flat.parquet", 3, "RM407"), ("timeless.parquet", 1, "RM404"), ("timeless.parquet", 2, "RM404")]  # fmt: skip
    assert (done.read, done.taken, done.rejected) == (5, 1, 4)


def test_a_file_that_is_none_stops_the_replay_before_it_begins(tmp_path: Path) -> None:
    (tmp_path / "events.parquet").write_text("no table")
    with pytest.raises(EventError, match="RM890 not-a-table"):
        replay.replay(PACK, [tmp_path / "events.parquet"], tmp_path / "owed.parquet", NOW)
    with pytest.raises(EventError, match="RM402 no-such-file"):
        replay.replay(PACK, [tmp_path / "nothing.jsonl"], tmp_path / "owed.parquet", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["events.parquet"]


@pytest.mark.parametrize("name", ["years", "years.jsonl", "years.yaml", "years.parquet", "years.arrow"])
def test_a_directory_is_told_to_be_one(name: str, tmp_path: Path) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(EventError) as refused:
        replay.replay(PACK, [tmp_path / name], tmp_path / "owed.parquet", NOW)
    assert (refused.value.code, refused.value.found, refused.value.origin.file) == ("RM402", "a directory", str(tmp_path / name))  # fmt: skip
    assert refused.value.expected == "a file of events: JSON Lines, a case file, Parquet or Arrow"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_what_is_there_is_not_written_over(tmp_path: Path) -> None:
    events, to = as_lines(tmp_path), tmp_path / "owed.parquet"
    to.write_text("mine")
    with pytest.raises(ReplayError, match="RM891 in-the-way"):
        replay.replay(PACK, [events], to, NOW)
    assert to.read_text() == "mine"
    assert replay.replay(PACK, [events], to, NOW, force=True).read == len(told())


# --- stopped, killed -----------------------------------------------------------------------------------


class Stopped(Exception):  # noqa: N818 - what a test throws is no error
    pass


def test_stopped_after_any_part_it_goes_on_and_gives_the_same_bytes(tmp_path: Path, small: None) -> None:
    events, whole, to = as_lines(tmp_path), tmp_path / "whole.parquet", tmp_path / "owed.parquet"
    replay.replay(PACK, [events], whole, NOW)
    stops: Iterator[int] = iter((2, 5, 7, 11))

    def stop(done: int, _total: int) -> None:
        nonlocal limit
        if done > limit:
            limit = next(stops, 1_000)
            raise Stopped

    limit = next(stops)
    for _ in range(4):
        with pytest.raises(Stopped):
            replay.replay(PACK, [events], to, NOW, step=stop)
    seen: list[int] = []
    replay.replay(PACK, [events], to, NOW, step=lambda done, _: seen.append(done))
    assert seen[0] > 2
    assert to.read_bytes() == whole.read_bytes()


def test_another_replay_in_its_place_is_told(tmp_path: Path, small: None) -> None:
    events, to = as_lines(tmp_path), tmp_path / "owed.parquet"

    def stop(_done: int, _total: int) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        replay.replay(PACK, [events], to, NOW, step=stop)
    with pytest.raises(ReplayError, match="RM891 in-the-way"):
        replay.replay(PACK, [events], to, NOW.replace(year=2026))


CALL = """
import sys
from datetime import datetime
from pathlib import Path
from remit import Pack
from remit.replay import intake, replay
if __name__ == "__main__":
    intake.LINES_BYTES, replay.SHELF_BYTES = 2_000, 1_500
    pack, events, to, now = sys.argv[1:]
    done = replay.replay(Pack.load(pack), [Path(events)], Path(to), datetime.fromisoformat(now), jobs=2)
    print(done.obligations)
"""


def test_killed_with_its_processes_at_work_it_loses_nothing(tmp_path: Path, expected: tuple[Obligation, ...]) -> None:
    events, to = as_lines(tmp_path), tmp_path / "owed.parquet"
    (tmp_path / "call.py").write_text(CALL)
    call = [sys.executable, str(tmp_path / "call.py"), str(ROOT), str(events), str(to), NOW.isoformat()]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    first = subprocess.Popen(call, env=env, start_new_session=True)
    until = monotonic() + 60
    while not list(tmp_path.glob(".owed*/part-*.json")) and first.poll() is None and monotonic() < until:
        sleep(0.02)
    os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    assert not to.exists()
    again = subprocess.run(call, env=env, capture_output=True, text=True, check=True)
    assert int(again.stdout) == len(expected)
    assert in_document_order(Law.of(PACK), read(to)) == expected


# --- the command -----------------------------------------------------------------------------------------


def test_the_command_counts_and_tells_what_it_set_apart(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_text(json.dumps(GOOD) + "\n{\n", "utf-8")
    call = [sys.executable, "-m", "remit", "replay", str(ROOT), "--events", "events.jsonl", "--to", "owed", "--now", "2025-01-01", "--jobs", "1"]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    done = subprocess.run(call, cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 3
    assert "读入 2 条：采用 1" in done.stdout
    assert "events.jsonl:2:" in done.stderr
    told_again = subprocess.run([*call, "--json", "--force"], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False)  # fmt: skip
    counts = json.loads(told_again.stdout)
    assert (counts["read"], counts["taken"], counts["rejected"]) == (2, 1, 1)
    assert Path(tmp_path, counts["rejects"]).exists()
    usage = subprocess.run([*call[:5], "--to", "owed"], cwd=tmp_path, env=env, capture_output=True, check=False)
    assert usage.returncode == 2
