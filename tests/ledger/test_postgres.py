"""What the server itself holds: the past cannot be changed by who runs remit; one writer a case; nothing depends on its defaults."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

import psycopg
import pytest
from sqlalchemy import text

from remit import Engine, Pack
from remit.clock import now
from remit.errors import LedgerError
from remit.ledger.database import Database
from remit.ledger.roles import APPLICATION, MAY
from remit.ledger.schema import METADATA
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey
from torture.oracle import examine
from torture.server import Server
from torture.stream import steps

LOST = {"id": "e1", "case": "c", "type": "item_lost", "at": "2024-03-01T10:00", "place": "hill"}


@dataclass(frozen=True)
class Desk:
    """A ledger with something in it, and a user who may run remit on it."""

    server: Server
    database: str
    owner: str
    url: str
    key: MasterKey

    def run(self, statement: str, *, user: str = "desk") -> int:
        """One statement as the desk; how many rows it touched."""
        with psycopg.connect(self.server.dsn(self.database, user), autocommit=True) as connection:
            return connection.execute(statement.encode()).rowcount


@pytest.fixture(scope="module")
def desk(server: Server, pack: Pack) -> Iterator[Desk]:
    name, key = "desks", MasterKey.create()
    owner = server.create(name)
    with Engine(pack, ledger=owner, key=key) as engine:
        engine.submit_all([LOST, {**LOST, "id": "e2", "case": "d"}])
        engine._keeper.erase("d", None, "order 1")
    server.run(f"CREATE ROLE desk LOGIN IN ROLE {APPLICATION}")
    yield Desk(server, name, owner, server.url(name, "desk"), key)
    server.drop(name)
    server.run("DROP ROLE desk")


def rows(server: Server, query: str, database: str = "postgres") -> list[tuple[object, ...]]:
    with psycopg.connect(server.dsn(database)) as connection:
        return connection.execute(query.encode()).fetchall()


# --- the past ---------------------------------------------------------------------------------------------


def test_the_application_role_runs_everything_the_engine_does(desk: Desk, pack: Pack) -> None:
    with Engine(pack, ledger=desk.url, key=desk.key) as engine:
        for step in steps(10, 30, prefix="desk-"):
            step.do(engine)
        assert engine._keeper.rebuild()
        assert engine.answer().obligations
    assert examine(desk.url, desk.key, pack).position > 30
    desk.run("INSERT INTO incidents (position, backend, what) VALUES (1, 'durable', 'died')")
    desk.run("INSERT INTO consumers (name, number) VALUES ('mail', 1)")
    desk.run("UPDATE consumers SET number = 2")


PAST = ("entries", "outbox", "archives", "checkpoints")


@pytest.mark.parametrize(
    "attempt",
    [
        *(f"DELETE FROM {table}" for table in (*PAST, "head", "persons", "incidents")),
        *(f"TRUNCATE {table} CASCADE" for table in (*PAST, "head", "persons", "incidents")),
        *(f"UPDATE {table} SET position = 7" for table in ("entries", "outbox", "checkpoints", "incidents")),
        "UPDATE archives SET body = ''",
        "UPDATE entries SET sealed = '', recorded_at = 0",
        "UPDATE head SET ledger = 'another'",
        "UPDATE head SET public_key = ''",
        "INSERT INTO head SELECT 2, ledger, pack, master, public_key, 0, hash, peaks, 0, 0, 0, '' FROM head",
        "UPDATE persons SET case_id = 'another'",
        "UPDATE persons SET wrapped = 'another key'",
        "UPDATE alembic_version SET version_num = '9999'",
        "ALTER TABLE entries DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE entries DISABLE TRIGGER ALL",
        "DROP TABLE entries CASCADE",
        "CREATE POLICY mine ON entries FOR DELETE USING (true)",
        "SET ROLE postgres",
        "SET session_replication_role = replica",
        "INSERT INTO entries SELECT * FROM entries",
    ],
)
def test_an_attempt_to_change_the_past_is_refused_by_the_database(desk: Desk, pack: Pack, attempt: str) -> None:
    before = examine(desk.owner, desk.key, pack)
    with pytest.raises(
        (psycopg.errors.InsufficientPrivilege, psycopg.errors.UniqueViolation, psycopg.errors.WrongObjectType)
    ):
        desk.run(attempt)
    assert examine(desk.owner, desk.key, pack) == before


def test_a_key_once_destroyed_stays_so(desk: Desk, pack: Pack) -> None:
    before = examine(desk.owner, desk.key, pack)
    assert desk.run("UPDATE persons SET wrapped = NULL WHERE wrapped IS NULL") == 0
    assert "d" in before.erased


def test_every_table_is_guarded_for_its_owner_too(desk: Desk) -> None:
    guarded = rows(
        desk.server, "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity", desk.database
    )
    assert {name for (name,) in guarded} == set(METADATA.tables) == set(MAY)


def test_an_owner_without_special_rights_makes_a_ledger_and_cannot_change_its_past(
    server: Server, key: MasterKey, pack: Pack
) -> None:
    if not rows(server, "SELECT FROM pg_roles WHERE rolname = 'plain'"):
        server.run("CREATE ROLE plain LOGIN")
    server.run("CREATE DATABASE plain OWNER plain")
    try:
        url = server.url("plain", "plain")
        with Engine(pack, ledger=url, key=key) as engine:
            engine.submit(LOST)
        before = examine(url, key, pack)
        with psycopg.connect(server.dsn("plain", "plain"), autocommit=True) as connection:
            for attempt in ("DELETE FROM outbox", "UPDATE entries SET recorded_at = 0", "DELETE FROM entries"):
                assert connection.execute(attempt.encode()).rowcount == 0
        assert examine(url, key, pack) == before
    finally:
        server.drop("plain")


def test_the_role_can_have_another_name(server: Server, postgresql: str, key: MasterKey, pack: Pack) -> None:
    Store.create(postgresql, key, pack.vocabulary.pack_id, lambda: now(UTC), role="clerks of 'Norrtown'").close()
    with psycopg.connect(server.dsn(postgresql.split("/")[3].split("?", maxsplit=1)[0])) as connection:
        may = "SELECT has_table_privilege(%s, 'entries', 'INSERT'), has_table_privilege(%s, 'entries', 'DELETE')"
        assert connection.execute(may, ["clerks of 'Norrtown'"] * 2).fetchone() == (True, False)


# --- locks and defaults -------------------------------------------------------------------------------------


def test_while_one_connection_writes_to_a_case_another_cannot_and_to_other_cases_it_may(postgresql: str) -> None:
    one, other = Database(postgresql), Database(postgresql)
    free = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:name, 0))")

    def taken(name: str) -> bool:
        with other.reading() as connection:
            return not connection.execute(free, {"name": name}).scalar_one()

    during = one.writing(lambda _: (taken("l:c1"), taken("l:c2"), taken("l:c3")), ["l:c2", "l:c1"])
    assert during == (True, True, False)
    assert not taken("l:c1")
    one.close()
    other.close()


@pytest.mark.parametrize("level", ["serializable", "repeatable read"])
def test_a_stricter_default_of_the_server_changes_nothing(
    server: Server, postgresql: str, key: MasterKey, pack: Pack, level: str
) -> None:
    name = postgresql.split("/")[3].split("?", maxsplit=1)[0]
    server.run(f"ALTER DATABASE {name} SET default_transaction_isolation = '{level}'")
    with Engine(pack, ledger=postgresql, key=key) as engine, Engine(pack, ledger=postgresql, key=key) as second:
        engine.submit(LOST)
        second.submit({**LOST, "id": "e2"})
        engine.submit({**LOST, "id": "e3"})
    assert examine(postgresql, key, pack).ids == ("e1", "e2", "e3")


def test_a_server_that_does_not_wait_for_its_disk_is_made_to(
    server: Server, postgresql: str, key: MasterKey, pack: Pack
) -> None:
    """Acknowledged means durable, whatever the role or the database says."""
    name = postgresql.split("/")[3].split("?", maxsplit=1)[0]
    server.run(f"ALTER DATABASE {name} SET synchronous_commit = off")
    database = Database(postgresql)
    waits = database.writing(lambda connection: connection.execute(text("SHOW synchronous_commit")).scalar_one())
    database.close()
    assert waits == "on"


def test_a_serialization_failure_is_tried_again_inside(postgresql: str) -> None:
    database = Database(postgresql)
    tried: list[int] = []

    def work(connection: object) -> str:
        tried.append(1)
        if len(tried) < 3:
            connection.exec_driver_sql("DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$")  # type: ignore[attr-defined]
        return "done"

    assert database.writing(work) == "done"
    assert len(tried) == 3
    database.close()


def test_where_no_server_answers_the_error_says_so(key: MasterKey, pack: Pack) -> None:
    with pytest.raises(LedgerError) as refused:
        Engine(pack, ledger="postgresql://nobody@127.0.0.1:1/none", key=key)
    assert refused.value.code == "RM704"
