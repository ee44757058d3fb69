"""A server's ledger: whoever may do anything to its tables is found out; and it goes into files and back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner, Result

from remit import Engine, Pack
from remit.cli.app import assembled
from remit.errors import LedgerError
from remit.ledger.export import export
from remit.ledger.prove import prove
from remit.ledger.reading import Export
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey
from remit.ledger.verify import last_sound, verify
from torture.oracle import examine
from torture.server import Server
from torture.victim import LIBRARY

app = assembled()


def overdue(number: int, case: str) -> dict[str, object]:
    return {
        "id": f"e{number}", "case": case, "type": "item_overdue", "at": f"2024-03-{number:02}T10:00", "place": "harbour",
        "days_late": 20, "subject": f"reader {case}",
    }  # fmt: skip


class Kept:
    """A ledger on the server: eight events of three cases, a tick, an erasure; 11 entries, one checkpoint at the eighth."""

    def __init__(self, server: Server, name: str, pack: Pack, key: MasterKey) -> None:
        self.server, self.name, self.key = server, name, key
        self.url = server.create(name)
        with Engine(pack, ledger=self.url, key=key) as engine:
            engine.submit_all([overdue(number, f"c{number % 3}") for number in range(1, 7)])
            engine.advance(datetime(2024, 3, 20, tzinfo=UTC))
            engine.submit_all([overdue(number, f"c{number % 3}") for number in range(7, 9)])
            engine.durable.erase("c2", None, "an order")

    @contextmanager
    def opened(self) -> Iterator[Store]:
        store = Store(self.url, self.key, lambda: datetime(2024, 5, 1, tzinfo=UTC))
        try:
            yield store
        finally:
            store.close()


@pytest.fixture(scope="module")
def kept(server: Server, pack: Pack) -> Iterator[Kept]:
    made = Kept(server, "kept", pack, MasterKey.create())
    yield made
    server.drop(made.name)


@contextmanager
def tampered(kept: Kept, *statements: str) -> Iterator[Store]:
    """Statements of a superuser, whom no policy and no constraint stops; the database is put back afterwards."""
    copy, server = f"{kept.name}_saved", kept.server
    server.run(f"CREATE DATABASE {copy} TEMPLATE {kept.name}")
    try:
        with psycopg.connect(server.dsn(kept.name), autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement.encode())
        with kept.opened() as store:
            yield store
    finally:
        server.drop(kept.name)
        server.run(f"ALTER DATABASE {copy} RENAME TO {kept.name}")


def test_a_ledger_nobody_touched_is_sound_whole_and_from_its_checkpoint_on(kept: Kept) -> None:
    with kept.opened() as store:
        done = verify(store, sign=False)
        assert (done.ok, done.entries, done.unsigned) == (True, 11, 3)
        since = last_sound(store)
        assert since is not None
        later = verify(store, since, sign=False)
        assert (later.ok, later.since, later.entries) == (True, 8, 3)


@pytest.mark.parametrize(
    ("statements", "what", "position"),
    [
        (
            ["UPDATE entries SET sealed = set_byte(sealed, 39, get_byte(sealed, 39) # 255) WHERE position = 3"],
            "changed",
            3,
        ),
        (["UPDATE entries SET type = 'item_lost' WHERE position = 4"], "changed", 4),
        (["UPDATE entries SET at = at + 1 WHERE position = 5"], "changed", 5),
        (["UPDATE entries SET recorded_at = recorded_at + 1 WHERE position = 8"], "changed", 8),
        (["DELETE FROM entries WHERE position = 6"], "removed", 6),
        (["DELETE FROM entries WHERE position = 11"], "removed", 11),
        (
            [
                "UPDATE entries SET position = -1 WHERE position = 3",
                "UPDATE entries SET position = 3 WHERE position = 5",
                "UPDATE entries SET position = 5 WHERE position = -1",
            ],
            "reordered",
            3,
        ),
        (["UPDATE persons SET wrapped = NULL WHERE case_id = 'c1'"], "key", None),
        (["UPDATE head SET now = now + 1"], "head", None),
        (["DELETE FROM outbox WHERE number = 2"], "outbox", None),
        (["UPDATE archives SET body = ''"], "archive", 1),
        (["UPDATE checkpoints SET body = ''"], "checkpoint", 8),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_altered_on_the_server_is_named(
    kept: Kept, statements: list[str], what: str, position: int | None
) -> None:
    with tampered(kept, *statements) as store:
        assert (what, position) in [(f.what, f.position) for f in verify(store, sign=False).findings]


def test_what_was_altered_is_not_exported(kept: Kept) -> None:
    with tampered(kept, "UPDATE entries SET at = at + 1 WHERE position = 5") as store, pytest.raises(LedgerError, match="RM723"):  # fmt: skip
        list(export(store))


def test_it_goes_into_a_file_and_back_to_either_database_with_the_same_answer(
    kept: Kept, pack: Pack, postgresql: str, tmp_path: Path
) -> None:
    file = tmp_path / "export.jsonl"
    with kept.opened() as store:
        lines = list(export(store))
        assert list(export(store)) == lines, "the same ledger gives the same bytes"
        file.write_bytes(b"".join(line + b"\n" for line in lines))
    assert [json.loads(line).get("position") for line in lines[1:-1]] == list(range(1, 12))
    answers = []
    for url in (kept.url, postgresql, f"{tmp_path}/here.db"):
        with Engine(pack, ledger=url, key=kept.key) as engine:
            if url != kept.url:
                engine.durable.take_in(Export(file))
                assert verify(engine.durable.store).ok
                assert engine.durable.rebuild()
            answers.append((engine.answer(), engine.events, engine.now))
        examine(url, kept.key, pack)
    assert answers[0] == answers[1] == answers[2]


def test_one_event_is_proved_without_the_server(kept: Kept) -> None:
    with kept.opened() as store:
        assert prove(store, "e1").check(kept.key.public_key).case == "c1"
        with pytest.raises(LedgerError, match="RM727"):
            prove(store, "e2")


def test_on_the_command_line_its_backup_is_an_export(kept: Kept, postgresql: str, tmp_path: Path) -> None:
    key, file = tmp_path / "key", tmp_path / "saved.jsonl"
    kept.key.write(key)

    def run(url: str, *words: str) -> Result:
        env = {"REMIT_LEDGER": url, "REMIT_KEY": str(key), "REMIT_LANG": "en"}
        return CliRunner().invoke(app, [*words, "--json"], prog_name="remit", env=env)

    assert json.loads(run(kept.url, "ledger", "verify").stdout)["ok"] is True
    told = json.loads(run(kept.url, "ledger", "backup", str(file)).stdout)
    assert (told["form"], told["position"]) == ("export", 11)
    assert run(kept.url, "ledger", "backup", str(file)).exit_code == 6
    there = run(postgresql, "ledger", "restore", str(file), "--pack", str(LIBRARY))
    assert (there.exit_code, json.loads(there.stdout)["position"]) == (0, 11)
    counts = [json.loads(run(url, "ledger", "stats").stdout) for url in (kept.url, postgresql)]
    for name in ("entries", "events", "cases", "obligations", "open", "erased", "now"):
        assert counts[0][name] == counts[1][name], name
