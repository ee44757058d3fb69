"""A ledger in one file, verified, and put back in one step."""

from __future__ import annotations

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import LedgerError
from remit.ledger.backup import backup, restore
from remit.ledger.vault import MasterKey

PACK = Pack.load(LIBRARY)


def clock() -> datetime:
    return datetime(2024, 5, 1, tzinfo=UTC)


def overdue(number: int) -> dict[str, object]:
    return {"id": f"e{number}", "case": "c", "type": "item_overdue", "at": f"2024-03-{number:02}", "days_late": 20, "place": "harbour"}  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = Engine(PACK, ledger=str(tmp_path / "remit.db"))
    for number in range(1, 6):
        made.submit(overdue(number))
    return made


def key(tmp_path: Path) -> MasterKey:
    return MasterKey.read(tmp_path / "remit.db.key")


def test_a_backup_is_one_file_without_the_key(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "safe").mkdir()
    done = backup(engine._keeper.store, tmp_path / "safe" / "b.db", clock)
    assert (done.ok, done.position) == (True, 6)
    assert [p.name for p in (tmp_path / "safe").iterdir()] == ["b.db"]
    assert key(tmp_path).text.encode() not in (tmp_path / "safe" / "b.db").read_bytes()
    assert (tmp_path / "safe" / "b.db").stat().st_mode & 0o077 == 0
    with pytest.raises(LedgerError, match="RM724"):
        backup(engine._keeper.store, tmp_path / "safe" / "b.db", clock)


def test_restored_it_is_the_ledger_of_then_and_goes_on(engine: Engine, tmp_path: Path) -> None:
    url = str(tmp_path / "remit.db")
    backup(engine._keeper.store, tmp_path / "b.db", clock)
    owed = engine.answer()
    engine.submit(overdue(9))
    engine.close()
    with pytest.raises(LedgerError, match="RM722"):
        restore(tmp_path / "b.db", url, key(tmp_path), clock)
    assert restore(tmp_path / "b.db", url, key(tmp_path), clock, force=True).ok
    with Engine(PACK, ledger=url) as again:
        assert again.answer() == owed
        assert [e.id for e in again.events] == ["e1", "e2", "e3", "e4", "e5"]
        again.submit(overdue(9))
    mode = sqlite3.connect(url).execute("PRAGMA journal_mode").fetchone()[0]
    assert mode == "wal"


def test_restored_elsewhere(engine: Engine, tmp_path: Path) -> None:
    backup(engine._keeper.store, tmp_path / "b.db", clock)
    restore(tmp_path / "b.db", str(tmp_path / "new" / "remit.db"), key(tmp_path), clock)
    with Engine(PACK, ledger=str(tmp_path / "new" / "remit.db"), key=key(tmp_path)) as again:
        assert again.answer() == engine.answer()


@pytest.mark.parametrize("what", ["altered", "cut", "text", "export", "missing", "key"])
def test_what_is_no_sound_backup_replaces_nothing(engine: Engine, tmp_path: Path, what: str) -> None:
    saved, master = tmp_path / "b.db", key(tmp_path)
    backup(engine._keeper.store, saved, clock)
    before = engine.answer()
    engine.close()
    match what:
        case "altered":
            with sqlite3.connect(saved) as raw:
                raw.execute("UPDATE entries SET type = 'x' WHERE position = 3")
        case "cut":
            saved.write_bytes(saved.read_bytes()[:20_000])
        case "text":
            saved.write_text("hello")
        case "export":
            saved.write_text("{}")
        case "missing":
            saved.unlink()
        case _:
            master = MasterKey.create()
    with pytest.raises(LedgerError) as refused:
        restore(saved, str(tmp_path / "remit.db"), master, clock, force=True)
    expected = {"altered": "RM723", "cut": "RM701", "key": "RM713"}
    assert refused.value.code in (expected.get(what, "RM733"), "RM702")
    with Engine(PACK, ledger=str(tmp_path / "remit.db")) as again:
        assert again.answer() == before
    assert not [p for p in tmp_path.iterdir() if p.name.startswith(".")]


def test_while_others_write_a_backup_is_a_moment_of_the_ledger(engine: Engine, tmp_path: Path) -> None:
    from threading import Thread

    def write() -> None:
        with Engine(PACK, ledger=str(tmp_path / "remit.db")) as other:
            for number in range(10, 25):
                other.submit(overdue(number))

    thread = Thread(target=write)
    thread.start()
    positions = [backup(engine._keeper.store, tmp_path / f"b{n}.db", clock).position for n in range(4)]
    thread.join()
    assert positions == sorted(positions)
    assert shutil.disk_usage(tmp_path).free
