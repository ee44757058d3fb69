"""A ledger opened, made, shared and left: what the store promises before anything goes wrong."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

import remit.engine
import remit.ledger.writer
from made import edited
from remit import Engine, Pack
from remit.errors import EventError, LedgerError
from remit.ledger.database import Database
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey
from remit.ledger.witness import Witness, position, record
from remit.ledger.writing import BATCH, EVENT_BYTES, NAME_LENGTH
from torture.chance import Random
from torture.crowd import folds
from torture.oracle import examine
from torture.stream import Submit, steps

SHIPPED = Path(__file__).parents[2]
LOST = {"id": "e1", "case": "c", "type": "item_lost", "at": "2024-03-01T10:00", "place": "hill"}
FINAL = datetime(2025, 1, 15, tzinfo=UTC)


# --- SQLite as it must be -----------------------------------------------------------------------------------


def test_an_sqlite_older_than_the_floor_is_refused(
    sqlite: str, pack: Pack, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 36, 0))
    with pytest.raises(LedgerError) as refused:
        Engine(pack, ledger=sqlite, key=key)
    assert refused.value.code == "RM708"
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 37, 0))
    Engine(pack, ledger=sqlite, key=key).close()


def test_every_commit_waits_for_the_disk_and_the_log_is_folded_by_nobody_but_us(
    sqlite: str, pack: Pack, key: MasterKey
) -> None:
    Engine(pack, ledger=sqlite, key=key).close()
    database = Database(sqlite)
    with database.reading() as connection:
        asked = ("synchronous", "journal_mode", "wal_autocheckpoint", "foreign_keys")
        found = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked]
    database.close()
    assert found == [2, "wal", 0, 1]


def test_the_log_does_not_grow_for_ever_and_is_written_over(
    sqlite: str, pack: Pack, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file that does not grow is what makes a commit quick."""
    monkeypatch.setattr(remit.ledger.writer, "FOLD_PAGES", 50)
    log = Path(f"{Database.path_of(sqlite)}-wal")
    with Engine(pack, ledger=sqlite, key=key) as engine:
        sizes, begun = [], set()
        for number in range(60):
            engine.submit({**LOST, "id": f"e{number}"})
            sizes.append(log.stat().st_size)
            begun.add(folds(log))
    assert sizes == sorted(sizes), "nothing is cut off"
    assert max(sizes) < 150 * 4096
    assert len(begun) > 3
    assert not log.exists(), "the last to close folds it"


# --- made, and opened again -----------------------------------------------------------------------------------


def test_what_an_interrupted_making_left_is_made_at_the_next_opening(sqlite: str, pack: Pack, key: MasterKey) -> None:
    path = Database.path_of(sqlite)
    assert path is not None
    path.touch()
    with Engine(pack, ledger=sqlite, key=key) as engine:
        engine.submit(LOST)
    assert examine(sqlite, key, pack).ids == ("e1",)


def test_no_ledger_is_made_among_the_tables_of_something_else(sqlite: str, pack: Pack, key: MasterKey) -> None:
    other = sqlite3.connect(str(Database.path_of(sqlite)))
    other.execute("CREATE TABLE letters (body TEXT)")
    other.close()
    with pytest.raises(LedgerError) as refused:
        Engine(pack, ledger=sqlite, key=key)
    assert refused.value.code == "RM705"


def test_a_second_ledger_in_the_same_place_is_refused(ledger: str, pack: Pack, key: MasterKey) -> None:
    Engine(pack, ledger=ledger, key=key).close()
    with pytest.raises(LedgerError) as refused:
        Store.create(ledger, key, "library", lambda: FINAL)
    assert refused.value.code == "RM722"


def test_another_key_opens_nothing(ledger: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
    before = examine(ledger, key, pack)
    with pytest.raises(LedgerError) as refused:
        Engine(pack, ledger=ledger, key=MasterKey.create())
    assert refused.value.code == "RM713"
    assert examine(ledger, key, pack) == before


def test_another_pack_is_refused(ledger: str, pack: Pack, key: MasterKey, tmp_path: Path) -> None:
    Engine(pack, ledger=ledger, key=key).close()
    before = examine(ledger, key, pack)
    other = Pack.load(edited(tmp_path, "facts/pack.yaml", "id: library", "id: archive"))
    with pytest.raises(LedgerError) as refused:
        Engine(other, ledger=ledger, key=key)
    assert refused.value.code == "RM706"
    assert examine(ledger, key, pack) == before


# --- refused, and nothing changed ---------------------------------------------------------------------------


def test_what_is_beyond_the_declared_limits_is_refused_whole(ledger: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
        before = examine(ledger, key, pack)
        long = {**LOST, "id": "e" * (NAME_LENGTH + 1)}
        heavy = {**LOST, "id": "e2", "item_value": "1" * EVENT_BYTES}
        for beyond in ([long], [heavy], [{**LOST, "id": f"n{n}"} for n in range(BATCH + 1)]):
            with pytest.raises((LedgerError, EventError)):
                engine.submit_all([{**LOST, "id": "e0"}, *beyond])
            assert examine(ledger, key, pack) == before


def test_a_person_first_named_in_a_batch_that_was_refused_can_be_reported_later(
    ledger: str, pack: Pack, key: MasterKey
) -> None:
    """The key made for them went with the transaction: neither they nor the next may be sealed with it."""
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
        with pytest.raises(EventError):
            engine.submit_all([{**LOST, "id": "e2", "case": "new"}, {**LOST, "place": "harbour"}])
        engine.submit({**LOST, "id": "e3", "case": "other"})
        engine.submit({**LOST, "id": "e4", "case": "new"})
        engine._keeper.erase("other", None, "order 1")
    seen = examine(ledger, key, pack)
    assert seen.ids == ("e1", "e3", "e4")
    assert seen.erased == {"other"}
    assert {o.case for o in seen.projection.values()} >= {"c", "new"}


def test_what_one_process_erases_another_can_read_no_more(ledger: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=ledger, key=key) as one, Engine(pack, ledger=ledger, key=key) as other:
        one.submit(LOST)
        assert [event.id for event in other.events] == ["e1"]
        one._keeper.erase("c", None, "order 1")
        assert other.events == ()


def test_two_at_one_ledger_see_each_other_at_once(ledger: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=ledger, key=key) as one, Engine(pack, ledger=ledger, key=key) as other:
        for number, step in enumerate(steps(3, 20)):
            step.do((one, other)[number % 2])
            assert one.answer() == other.answer()
    examine(ledger, key, pack)


def test_a_clock_set_back_by_a_day_changes_nothing_that_is_decided(
    ledger: str, pack: Pack, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = [datetime(2026, 5, 2, tzinfo=UTC)]
    monkeypatch.setattr(remit.engine, "wall_clock", lambda zone: wall[0].astimezone(zone))  # noqa: PLW0108 - read anew each time
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
        wall[0] -= timedelta(days=1)
        engine.submit({**LOST, "id": "e2"})
        wall[0] += timedelta(days=3)
        engine.submit({**LOST, "id": "e3"})
    seen = examine(ledger, key, pack)
    assert list(seen.recorded) == sorted(seen.recorded)
    assert seen.recorded[-2] == seen.recorded[0] < seen.recorded[-1]
    memory = Engine(pack)
    memory.submit_all([LOST, {**LOST, "id": "e2"}, {**LOST, "id": "e3"}])
    assert set(seen.projection) == {o.id for o in memory.obligations()}


def test_what_is_known_already_moves_nothing_not_even_the_stamp(
    ledger: str, pack: Pack, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    wall = [datetime(2026, 5, 2, tzinfo=UTC)]
    monkeypatch.setattr(remit.engine, "wall_clock", lambda zone: wall[0].astimezone(zone))  # noqa: PLW0108 - read anew each time
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
        before = engine._keeper.store.head()
        wall[0] += timedelta(days=1)
        assert engine.submit(LOST).duplicate
        assert engine._keeper.store.head() == before


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # the test runner has threads
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_child_of_a_process_with_an_open_ledger_goes_its_own_way(ledger: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
        child = os.fork()
        if child == 0:
            try:
                engine.submit({**LOST, "id": "child"})
                engine.close()
            except BaseException:  # noqa: BLE001
                os._exit(1)
            os._exit(0)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        engine.submit({**LOST, "id": "parent"})
    assert examine(ledger, key, pack).ids == ("e1", "child", "parent")


# --- the witness ----------------------------------------------------------------------------------------------


def test_the_witness_never_claims_more_than_was_acknowledged(tmp_path: Path) -> None:
    """A record torn between two positions is none; the other one still stands."""
    assert position(record(199)) == 199
    for cut in range(1, len(record(200)) - 2):
        torn = record(200)[:cut] + record(198)[cut:]
        assert position(torn) in {0, 198, 200}
    witness = Witness(tmp_path / "ledger.db")
    assert witness.path is not None
    witness.path.write_bytes(record(198)[:9] + b"9" + record(198)[10:] + record(197))
    assert witness.read() == 197


def test_an_unwritable_witness_keeps_nobody_from_writing(sqlite: str, pack: Pack, key: MasterKey) -> None:
    Path(f"{Database.path_of(sqlite)}-witness").mkdir(parents=True)
    with Engine(pack, ledger=sqlite, key=key) as engine:
        engine.submit(LOST)
    assert examine(sqlite, key, pack).ids == ("e1",)


# --- replay -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", ["reference", "durable"])
def test_any_order_of_arrival_ends_in_the_same_rows_which_a_rebuild_gives_again(
    ledger: str, pack: Pack, key: MasterKey, backend: str
) -> None:
    """Also on the other database and under the other back end: all are compared with the pure function's one answer."""
    told = [e for step in steps(7, 12, erasures=False) if isinstance(step, Submit) for e in step.events]
    amended = {"retraction", "correction"}
    told.sort(key=lambda event: event["type"] in amended)  # an amendment names what is there
    first = sum(event["type"] not in amended for event in told)
    memory = Engine(pack)
    memory.submit_all(told)
    memory.advance(FINAL)
    shuffled = told[:first]
    Random(7).shuffle(shuffled)
    with Engine(pack, ledger=ledger, key=key, backend=backend) as engine:
        for event in (*shuffled, *told[first:]):
            engine.submit(event)
        engine.advance(FINAL)
        assert engine.answer() == stripped(memory)
        assert engine._keeper.rebuild(), "the same bytes"
        assert engine.answer() == stripped(memory)
    examine(ledger, key, pack)


def stripped(memory: Engine) -> object:
    """What memory says, as a ledger keeps it."""
    from dataclasses import replace

    answer = memory.answer()
    return replace(answer, obligations=tuple(o.bare() for o in answer.obligations))


def test_every_order_of_three_reports_ends_alike(sqlite: str, pack: Pack, key: MasterKey, tmp_path: Path) -> None:
    reports = (LOST, {**LOST, "id": "e2", "at": "2024-03-03T10:00"}, {**LOST, "id": "e3", "case": "d"})
    ends = []
    for number, order in enumerate(permutations(reports)):
        with Engine(pack, ledger=f"{tmp_path}/{number}.db", key=key) as engine:
            for event in order:
                engine.submit(event)
            engine.advance(FINAL)
            ends.append(engine.answer())
    assert all(end == ends[0] for end in ends)
