"""Many at once: eight processes write to one ledger, others read; nobody waits to read, nobody sees half a change."""

from __future__ import annotations

import fcntl
import os
import threading
from collections import Counter
from pathlib import Path

import pytest

from remit import Engine, Pack
from remit.errors import LedgerError
from remit.ledger import database as module
from remit.ledger.database import Database
from remit.ledger.lock import FileLock
from remit.ledger.vault import MasterKey
from torture.chance import seed
from torture.crowd import Order, Outcome, gathered
from torture.oracle import examine

EIGHT = 8
STEPS = 11


def test_eight_writers_lose_nothing_double_nothing_and_hide_nothing_from_readers(
    ledger: str, pack: Pack, key: MasterKey, tmp_path: Path
) -> None:
    """The oracle looks at every snapshot a reader takes; a case that all write to is among them."""
    told = gathered(Order(ledger, key.text, seed(), writers=EIGHT, readers=2, count=STEPS), tmp_path)
    seen = examine(ledger, key, pack)
    shared = {f"all-{at}" for at in range(0, STEPS, 5)}
    assert Counter(seen.ids) == Counter([name for one in told for name in one.acknowledged] + sorted(shared))
    assert sorted(at for one in told for at in one.first) == list(range(0, STEPS, 5)), "first to all but one"
    assert sum(one.snapshots for one in told) > 0
    print(report(told, seen.position))


def test_no_checkpoint_runs_beside_another_or_beside_a_writer(
    sqlite: str, pack: Pack, key: MasterKey, tmp_path: Path
) -> None:
    """Source: https://sqlite.org/wal.html#walresetbug (versions before 3.51.3)."""
    Engine(pack, ledger=sqlite, key=key).close()
    watch = tmp_path / "watch"
    watch.mkdir()
    order = Order(sqlite, key.text, seed(), EIGHT, 1, STEPS, reopen=3, watch=str(watch), pages=20)
    told = gathered(order, tmp_path)
    assert sum(one.folds for one in told) > EIGHT, "there was something to collide"
    examine(sqlite, key, pack)


def report(told: list[Outcome], position: int) -> str:
    slowest, snapshots = max(one.slowest for one in told), sum(one.snapshots for one in told)
    return f"{position} entries, {snapshots} snapshots, the slowest read in {slowest:.3f} s; lost 0, doubled 0"


def test_a_reader_sees_the_state_before_while_a_writer_is_at_work(ledger: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit({"id": "e1", "case": "c", "type": "item_lost", "at": "2024-03-01T10:00", "place": "hill"})
        before = engine.answer()
        database = Database(ledger)

        def halfway(connection: module.Connection) -> object:
            connection.exec_driver_sql("UPDATE head SET outbox = 99")
            connection.exec_driver_sql("DELETE FROM obligations")
            return engine.answer(), examine(ledger, key, pack).outbox

        answer, outbox = database.writing(halfway)
        database.close()
    assert answer == before
    assert outbox < 99


def test_threads_of_one_process_take_turns_and_one_may_take_the_lock_again(tmp_path: Path) -> None:
    lock, other = FileLock.at(tmp_path / "lock"), []
    with lock.held(1) as taken, lock.held(1) as again:
        assert (taken, again) == (True, True)
        thread = threading.Thread(target=lambda: other.append(take(tmp_path / "lock")))
        thread.start()
        thread.join()
    assert other == [False]
    assert take(tmp_path / "lock")


def test_a_lock_whose_file_was_replaced_is_taken_on_the_file_that_others_find(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    lock = FileLock.at(path)
    assert take(path)
    path.unlink()
    with path.open("wb") as others:
        fcntl.flock(others, fcntl.LOCK_EX)
        assert not take(path)
    assert take(path)
    path.unlink()
    with lock.held(0.02) as taken:
        assert taken
        assert path.exists()


def test_a_process_that_was_forked_off_waits_for_the_lock_of_its_parent(tmp_path: Path) -> None:
    """Although the file stays open from one turn to the next, the child does not share it."""
    path = tmp_path / "lock"
    lock = FileLock.at(path)
    assert take(path)
    told, tells = os.pipe()
    with lock.held(1):
        child = os.fork()
        if child == 0:
            os.write(tells, b"%d" % take(path))
            os._exit(0)
        os.waitpid(child, 0)
        assert os.read(told, 1) == b"0"
    os.close(told)
    os.close(tells)


def take(path: Path) -> bool:
    with FileLock.at(path).held(0.02) as taken:
        return taken


def test_who_waits_too_long_is_told_that_nothing_was_stored(
    sqlite: str, pack: Pack, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(pack, ledger=sqlite, key=key)
    monkeypatch.setattr(module, "BUSY_SECONDS", 0.05)
    path = Database.path_of(sqlite)
    assert path is not None
    refused: list[LedgerError] = []

    def submit() -> None:
        try:
            engine.submit({"id": "e1", "type": "item_lost", "at": "2024-03-01T10:00"})
        except LedgerError as error:
            refused.append(error)

    with FileLock.at(path.with_name(path.name + "-lock")).held(1):
        thread = threading.Thread(target=submit)
        thread.start()
        thread.join()
    assert [error.code for error in refused] == ["RM703"]
    assert engine.events == ()
    engine.close()
