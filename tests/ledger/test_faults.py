"""What breaks without killing: no room, no permission, damage, a log that was lost, programs of two versions.

A typed error each time, the ledger as it was, and once the cause is gone nothing is lost.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from remit import Engine, Pack
from remit.errors import LedgerError, RemitError
from remit.ledger import migrate
from remit.ledger.database import Database
from remit.ledger.export import export
from remit.ledger.findings import Verification
from remit.ledger.histories import history_of
from remit.ledger.statistics import statistics
from remit.ledger.vault import MasterKey
from remit.ledger.verify import verify
from remit.ledger.writing import Writing
from torture.chance import Random, points, seed
from torture.oracle import examine
from torture.stream import steps

LOST = {"id": "e1", "case": "c", "type": "item_lost", "at": "2024-03-01T10:00", "place": "hill"}
NEXT = {**LOST, "id": "e2"}
MARCH = datetime(2024, 3, 20, tzinfo=UTC)
NOBODY = 65534


def path_of(url: str) -> Path:
    path = Database.path_of(url)
    assert path is not None
    return path


def beside(url: str, name: str) -> Path:
    """One of the files of an SQLite ledger."""
    return path_of(url).with_name(path_of(url).name + name)


# --- no room ------------------------------------------------------------------------------------------------


def test_a_full_disk_is_said_and_once_there_is_room_nothing_is_missing(sqlite: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=sqlite, key=key) as engine:
        engine.submit(LOST)
        before = examine(sqlite, key, pack)
        database = engine._keeper.store.database

        def limit(connection: Connection) -> None:
            full = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={full}")

        database.writing(limit)
        with pytest.raises(LedgerError) as refused:
            engine.submit_all([{**LOST, "id": f"n{n}", "case": f"c{n}"} for n in range(100)])
        assert refused.value.code == "RM702"
        assert examine(sqlite, key, pack) == before
        database.writing(lambda connection: connection.exec_driver_sql("PRAGMA max_page_count=1000000") and None)
        engine.submit_all([{**LOST, "id": f"n{n}", "case": f"c{n}"} for n in range(100)])
    assert len(examine(sqlite, key, pack).ids) == 101


# --- no permission ------------------------------------------------------------------------------------------


@pytest.fixture
def shared(pack: Pack, tmp_path: Path) -> Iterator[Path]:
    """A folder that another user reaches; what he may not read of Python itself has been imported before."""
    Engine(pack, ledger=f"{tmp_path}/first.db").close()
    folder = Path(tempfile.mkdtemp(prefix="remit-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    yield folder
    shutil.rmtree(folder)


@contextmanager
def as_nobody() -> Iterator[None]:
    """Root may write everywhere; what is refused is seen by another user."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("closed", ["file", "folder", "both"])
def test_a_ledger_that_cannot_be_written_says_so_and_later_takes_the_same_event(
    shared: Path, pack: Pack, key: MasterKey, closed: str
) -> None:
    file = shared / "ledger.db"
    with as_nobody():
        with Engine(pack, ledger=str(file), key=key) as engine:
            engine.submit(LOST)
        if closed != "folder":
            file.chmod(0o444)
        if closed != "file":
            shared.chmod(0o555)
        with pytest.raises(LedgerError) as refused, Engine(pack, ledger=str(file), key=key) as engine:
            engine.submit(NEXT)
        assert refused.value.code == "RM702"
        shared.chmod(0o700)
        for left in shared.iterdir():  # SQLite gives the log the database's own permissions
            left.chmod(0o644)
        with Engine(pack, ledger=str(file), key=key) as engine:
            engine.submit(NEXT)
        assert examine(str(file), key, pack).ids == ("e1", "e2")


def test_no_ledger_is_made_where_nothing_can_be_written(shared: Path, pack: Pack, key: MasterKey) -> None:
    shared.chmod(0o555)
    with as_nobody(), pytest.raises(LedgerError) as refused:
        Engine(pack, ledger=f"{shared}/deep/ledger.db", key=key)
    assert refused.value.code == "RM702"


# --- damage -------------------------------------------------------------------------------------------------


def test_a_file_that_is_no_database_is_told_from_a_ledger(sqlite: str, pack: Pack, key: MasterKey) -> None:
    path_of(sqlite).write_text("Dear Sir or Madam,\n" * 500, "utf-8")
    with pytest.raises(LedgerError) as refused:
        Engine(pack, ledger=sqlite, key=key)
    assert refused.value.code == "RM701"
    assert path_of(sqlite).read_text("utf-8").startswith("Dear Sir")


def test_flipped_bytes_are_refused_found_or_harmless_and_never_an_untyped_error(
    sqlite: str, pack: Pack, key: MasterKey
) -> None:
    """Whatever is then asked of the ledger."""
    print(f"REMIT_SEED={seed()}")
    chance = Random(seed())
    with Engine(pack, ledger=sqlite, key=key) as engine:
        for step in steps(5, 30):
            step.do(engine)
    before, whole = examine(sqlite, key, pack), path_of(sqlite).read_bytes()
    outcomes = {"refused": 0, "found": 0, "harmless": 0}
    used = [at for at in range(128, len(whole), 64) if any(whole[at : at + 64])]
    for _ in range(points(40)):
        at, width = chance.choice(used) + chance.randrange(0, 60), chance.choice((1, 4, 64))
        path_of(sqlite).write_bytes(flipped(whole, at, width))
        outcomes[looked_at(sqlite, key, pack, before)] += 1
        for leftover in ("-wal", "-shm", "-witness"):
            beside(sqlite, leftover).unlink(missing_ok=True)
    print(outcomes)
    assert outcomes["found"] > outcomes["harmless"]


def flipped(whole: bytes, at: int, width: int) -> bytes:
    return whole[:at] + bytes(byte ^ 0xA5 for byte in whole[at : at + width]) + whole[at + width :]


def why(engine: Engine) -> None:
    for owed in engine.answer().obligations[:3]:
        engine.why(owed.id)


#: What can be asked of a ledger, and what can be done with it.
ASKED: dict[str, Callable[[Engine], object]] = {
    "answer": Engine.answer,
    "events": lambda engine: engine.events,
    "why": why,
    "as of": lambda engine: engine.as_of(MARCH, known_at=MARCH),
    "history": lambda engine: history_of(engine.durable.store, ["loan-1", "loan-2"]),
    "statistics": lambda engine: statistics(engine.durable.store),
    "outbox": lambda engine: [message.as_json() for message in engine.durable.store.outbox()],
    "entries": lambda engine: list(engine.durable.store.entries()),
    "export": lambda engine: list(export(engine.durable.store)),
    "verify": lambda engine: verify(engine.durable.store, sign=False),
    "advance": lambda engine: engine.advance(engine.now + timedelta(days=30)),
    "submit": lambda engine: engine.submit({**LOST, "id": "later"}),
    "rebuild": lambda engine: engine.durable.rebuild(),
}


def looked_at(url: str, key: MasterKey, pack: Pack, before: object) -> str:
    """What becomes of a damaged ledger that is opened, read and written to; what it owes is worked out anew in the end."""
    refused, altered = [], False
    try:
        with Engine(pack, ledger=url, key=key) as engine:
            for name, ask in ASKED.items():
                try:
                    answered = ask(engine)
                except RemitError as said:
                    refused.append((name, said.code))
                else:
                    altered |= isinstance(answered, Verification) and not answered.ok
    except RemitError as said:
        refused.append(("open", said.code))
    if refused or altered:
        return "found" if altered else "refused"
    try:
        after = examine(url, key, pack)
    except LedgerError:  # an index says otherwise than its table, and nothing above went by it
        return "refused"
    assert set(before.ids) | {"later"} == set(after.ids)  # type: ignore[attr-defined]
    return "harmless"


def test_a_column_takes_no_value_of_another_kind(sqlite: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=sqlite, key=key) as engine:
        engine.submit(LOST)
        engine.durable.store.write(Writing.checkpoint)
    raw = sqlite3.connect(path_of(sqlite), isolation_level=None)
    for table in ("head", "entries", "persons", "archives", "checkpoints", "matters", "obligations", "outbox"):
        for _, name, kind, *_ in raw.execute(f"PRAGMA table_info({table})").fetchall():
            others: dict[str, object] = {"INTEGER": "seven", "TEXT": b"\0", "BLOB": 7}
            with pytest.raises(sqlite3.IntegrityError):
                raw.execute(f"UPDATE {table} SET {name} = ?", (others[kind],))
    raw.close()


# --- a lost log ---------------------------------------------------------------------------------------------


@pytest.fixture
def pulled(sqlite: str, pack: Pack, key: MasterKey, tmp_path: Path) -> tuple[str, int, int]:
    """A ledger whose machine lost power with nothing folded; the length of its log before and after the last commit."""
    source = tmp_path / "running" / "ledger.db"
    with Engine(pack, ledger=str(source), key=key) as engine:
        engine.submit(LOST)
        shutil.copy(f"{source}-witness", beside(sqlite, "-earlier"))
        short = Path(f"{source}-wal").stat().st_size
        engine.submit(NEXT)
        for name in ("", "-wal", "-witness"):
            shutil.copy(f"{source}{name}", beside(sqlite, name))
    return sqlite, short, beside(sqlite, "-wal").stat().st_size


@pytest.mark.parametrize("left", ["nothing", "half of it", "all but the last commit", "all but the last byte"])
def test_a_log_that_has_lost_acknowledged_events_is_refused(
    pulled: tuple[str, int, int], pack: Pack, key: MasterKey, left: str
) -> None:
    url, short, whole = pulled
    if left == "nothing":
        beside(url, "-wal").unlink()
    else:
        size = {"half of it": short // 2, "all but the last commit": short, "all but the last byte": whole - 1}[left]
        os.truncate(beside(url, "-wal"), size)
    with pytest.raises(LedgerError) as refused:
        Engine(pack, ledger=url, key=key)
    assert refused.value.code == "RM709" if short else "RM705"


def test_a_refused_log_can_be_brought_back(pulled: tuple[str, int, int], pack: Pack, key: MasterKey) -> None:
    """The refusal has changed nothing: neither the file nor the log beside it."""
    url, short, _ = pulled
    log = beside(url, "-wal").read_bytes()
    os.truncate(beside(url, "-wal"), short)
    with pytest.raises(LedgerError):
        Engine(pack, ledger=url, key=key)
    beside(url, "-shm").unlink(missing_ok=True)
    beside(url, "-wal").write_bytes(log)
    Engine(pack, ledger=url, key=key).close()
    assert examine(url, key, pack).ids == ("e1", "e2")


def test_a_log_cut_inside_a_commit_that_nobody_was_told_of_is_in_order(
    pulled: tuple[str, int, int], pack: Pack, key: MasterKey
) -> None:
    url, short, whole = pulled
    kept = beside(url, "-wal").read_bytes(), path_of(url).read_bytes()
    for size in range(short, whole, 1111):
        for name in ("-shm", "-wal", "-witness"):
            beside(url, name).unlink(missing_ok=True)
        shutil.copy(beside(url, "-earlier"), beside(url, "-witness"))
        path_of(url).write_bytes(kept[1])
        beside(url, "-wal").write_bytes(kept[0][:size])
        with Engine(pack, ledger=url, key=key) as engine:
            assert [event.id for event in engine.events] == ["e1"]
            engine.submit(NEXT)
        assert examine(url, key, pack).ids == ("e1", "e2")


# --- two versions of the program ------------------------------------------------------------------------------


def test_a_ledger_of_a_newer_program_is_refused(ledger: str, pack: Pack, key: MasterKey) -> None:
    Engine(pack, ledger=ledger, key=key).close()
    set_revision(ledger, "9999")
    with pytest.raises(LedgerError) as refused:
        Engine(pack, ledger=ledger, key=key)
    assert refused.value.code == "RM707"
    set_revision(ledger, migrate.REVISION)
    Engine(pack, ledger=ledger, key=key).close()


def set_revision(url: str, revision: str) -> None:
    database = Database(url)
    database.writing(lambda c: c.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision}))
    database.close()


STEP = """
from alembic import op

revision = "{new}"
down_revision = "{old}"


def upgrade():
    op.execute("CREATE TABLE notes (body TEXT)")
    {then}
"""


def later_program(
    folder: Path, monkeypatch: pytest.MonkeyPatch, then: str = "op.execute(\"INSERT INTO notes VALUES ('kept')\")"
) -> None:
    """A program one migration further than this one."""
    scripts = folder / "migrations"
    if scripts.exists():
        shutil.rmtree(scripts)
    shutil.copytree(migrate.SCRIPTS if scripts != migrate.SCRIPTS else SCRIPTS, scripts)
    new = f"{int(migrate.REVISION) + (scripts != migrate.SCRIPTS):04}"
    old = f"{int(new) - 1:04}"
    (scripts / "versions" / f"ledger_{new}.py").write_text(STEP.format(new=new, old=old, then=then), "utf-8")
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    monkeypatch.setattr(migrate, "REVISION", new)


SCRIPTS = migrate.SCRIPTS


def test_a_ledger_of_an_older_program_is_brought_up_to_date(
    ledger: str, pack: Pack, key: MasterKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
    before = examine(ledger, key, pack)
    later_program(tmp_path, monkeypatch)
    with Engine(pack, ledger=ledger, key=key) as engine:
        assert [event.id for event in engine.events] == ["e1"]
    database = Database(ledger)
    with database.reading() as connection:
        assert connection.execute(text("SELECT body FROM notes")).scalar_one() == "kept"
        assert migrate.revision_of(connection) == migrate.REVISION
    database.close()
    assert examine(ledger, key, pack) == before


def test_a_migration_that_breaks_off_leaves_the_ledger_as_it_was(
    ledger: str, pack: Pack, key: MasterKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(LOST)
    later_program(tmp_path, monkeypatch, then="raise OSError('the power went')")
    with pytest.raises(OSError, match="the power went"):
        Engine(pack, ledger=ledger, key=key)
    later_program(tmp_path, monkeypatch)
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(NEXT)
    assert examine(ledger, key, pack).ids == ("e1", "e2")


# --- left behind ------------------------------------------------------------------------------------------------


def test_what_a_crash_leaves_beside_the_file_is_taken_up(
    pulled: tuple[str, int, int], pack: Pack, key: MasterKey
) -> None:
    """A log, an index of it that means nothing any more, a lock that nobody holds."""
    url, _, _ = pulled
    beside(url, "-shm").write_bytes(os.urandom(32768))
    beside(url, "-lock").write_bytes(b"")
    with Engine(pack, ledger=url, key=key) as engine:
        engine.submit({**LOST, "id": "e3"})
    assert examine(url, key, pack).ids == ("e1", "e2", "e3")
    assert not beside(url, "-wal").exists()


def test_another_program_that_holds_the_database_for_a_moment_is_waited_for(
    sqlite: str, pack: Pack, key: MasterKey
) -> None:
    with Engine(pack, ledger=sqlite, key=key) as engine:
        other = sqlite3.connect(str(path_of(sqlite)), isolation_level=None, check_same_thread=False)
        other.execute("BEGIN IMMEDIATE")
        from threading import Timer

        timer = Timer(0.3, other.execute, ("COMMIT",))
        timer.start()
        engine.submit(LOST)
        timer.join()
        other.close()
    assert examine(sqlite, key, pack).ids == ("e1",)
