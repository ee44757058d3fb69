"""Nobody changes the past unseen: every altered byte, removed row and exchanged pair is found and named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import LedgerError
from remit.ledger.chain import SALT, Header, Peaks, commitment, link
from remit.ledger.codec import encode_value
from remit.ledger.statistics import statistics
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey
from remit.ledger.verify import last_sound, verify

PACK = Pack.load(LIBRARY)
COLUMNS = {
    "entries": [
        "position",
        "kind",
        "id",
        "case_id",
        "type",
        "at",
        "known_at",
        "recorded_at",
        "person",
        "sealed",
        "commitment",
        "hash",
    ],
    "head": [
        "ledger",
        "pack",
        "master",
        "public_key",
        "position",
        "hash",
        "peaks",
        "outbox",
        "now",
        "recorded_at",
        "pack_digest",
    ],
    "checkpoints": ["position", "body"],
    "archives": ["digest", "body"],
}


def overdue(number: int, case: str, day: int) -> dict[str, object]:
    return {
        "id": f"e{number}", "case": case, "type": "item_overdue", "at": f"2024-03-{day:02}T10:00", "place": "harbour",
        "days_late": 20, "subject": f"reader {case}",
    }  # fmt: skip


def clock() -> datetime:
    return datetime(2024, 5, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten events of three cases, two ticks, an erasure: 14 entries, two checkpoints."""
    path = tmp_path_factory.mktemp("ledger") / "remit.db"
    with Engine(PACK, ledger=str(path)) as engine:
        for number in range(1, 6):
            engine.submit(overdue(number, f"c{number % 3}", number))
        engine.advance(datetime(2024, 3, 20, tzinfo=UTC))
        engine.submit_all([overdue(number, f"c{number % 3}", number) for number in range(6, 11)])
        engine.advance(datetime(2024, 4, 2, tzinfo=UTC))
        engine._keeper.erase("c2", None, "an order")
    return path


@pytest.fixture(scope="module")
def store(ledger: Path) -> Iterator[Store]:
    opened = Store(str(ledger), MasterKey.read(f"{ledger}.key"), clock)
    yield opened
    opened.close()


@contextmanager
def tampered(ledger: Path) -> Iterator[sqlite3.Connection]:
    """Raw SQL behind the ledger's back, undone afterwards."""
    raw = sqlite3.connect(ledger, isolation_level=None)
    raw.execute("PRAGMA synchronous=OFF")
    tables = [row[0] for row in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in tables:
        raw.execute(f"CREATE TEMP TABLE saved_{table} AS SELECT * FROM {table}")
    try:
        yield raw
    finally:
        raw.execute("BEGIN")
        for table in tables:
            raw.execute(f"DELETE FROM {table}")
            raw.execute(f"INSERT INTO {table} SELECT * FROM saved_{table}")
        raw.execute("COMMIT")
        raw.close()


def found(store: Store) -> list[tuple[str, int | None, tuple[str, ...]]]:
    return [(f.what, f.position, f.parts) for f in verify(store, sign=False).findings]


def test_a_ledger_nobody_touched_is_sound(store: Store) -> None:
    done = verify(store)
    assert (done.ok, done.findings, done.entries, done.position) == (True, (), 14, 14)
    assert done.checkpoint is not None
    done.checkpoint.check(store.master.public_key)


def flipped(value: Any, place: int, bit: int) -> Any:
    """The value with one byte of it changed, in the type it is stored in."""
    raw = bytearray(value if isinstance(value, bytes) else str(value).encode())
    if isinstance(value, int):
        return value ^ (1 << (place * 8 + bit) % 62)
    raw[place % len(raw)] ^= 1 << bit
    return bytes(raw)


PLACES = [(table, column) for table, columns in COLUMNS.items() for column in columns]


@given(where=st.sampled_from(PLACES), row=st.integers(0, 100), place=st.integers(0, 5000), bit=st.integers(0, 7))
def test_any_changed_byte_is_found(ledger: Path, store: Store, where: tuple[str, str], row: int, place: int, bit: int) -> None:  # fmt: skip
    table, column = where
    with tampered(ledger) as raw:
        cells = raw.execute(f"SELECT rowid, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY rowid").fetchall()
        cells = [(name, value) for name, value in cells if value != ""]
        name, value = cells[row % len(cells)]
        changed = flipped(value, place, bit)
        as_text = isinstance(value, str)
        position = raw.execute(f"SELECT {'position' if table == 'entries' else '0'} FROM {table} WHERE rowid = ?", (name,)).fetchone()[0]  # fmt: skip
        try:
            raw.execute(f"UPDATE {table} SET {column} = {'CAST(? AS TEXT)' if as_text else '?'} WHERE rowid = ?", (changed, name))  # fmt: skip
        except sqlite3.IntegrityError:
            assume(False)  # the database itself refuses it
        findings = verify(store, sign=False).findings
    assert findings
    if table == "entries" and column != "position":
        (only,) = findings
        assert (only.what, only.position) == ("changed", position)
        told = {"case_id": "case", "person": "person"}.get(column, column)
        erased = {"header", "commitment", "sealed"}
        assert told in only.parts or set(only.parts) in (erased, {"header"}, {"person", "kind"}, {"recorded_at"}), only
    elif table != "entries":
        assert {f.what for f in findings} <= {"head", "checkpoint", "archive", "removed", "outbox"}


def test_every_column_of_every_entry(ledger: Path, store: Store) -> None:
    """The first byte of each, one after the other; which entry is named, and where it can be told, which column."""
    for position in range(1, 15):
        for column in COLUMNS["entries"][1:]:
            with tampered(ledger) as raw:
                (value,) = raw.execute(f"SELECT {column} FROM entries WHERE position = ?", (position,)).fetchone()
                if value is None:
                    continue
                cast = "CAST(? AS TEXT)" if isinstance(value, str) else "?"
                raw.execute(f"UPDATE entries SET {column} = {cast} WHERE position = ?", (flipped(value, 0, 0), position))  # fmt: skip
                findings = found(store)
            assert [(what, where) for what, where, _ in findings] == [("changed", position)], (position, column, findings)  # fmt: skip


@pytest.mark.parametrize("position", range(1, 15))
def test_a_removed_row_is_named_the_last_one_too(ledger: Path, store: Store, position: int) -> None:
    with tampered(ledger) as raw:
        raw.execute("DELETE FROM entries WHERE position = ?", (position,))
        assert ("removed", position, ()) in found(store)


def test_a_removed_end_is_seen_through_the_checkpoint_even_where_the_head_follows(ledger: Path, store: Store) -> None:
    with tampered(ledger) as raw:
        (at, value) = raw.execute("SELECT position, hash FROM entries WHERE position = 12").fetchone()
        raw.execute("DELETE FROM entries WHERE position > 12")
        raw.execute("UPDATE head SET position = ?, hash = ?", (at, value))
        assert ("removed", 13, ()) in found(store)


@pytest.mark.parametrize(("one", "other"), [(2, 3), (2, 9), (1, 14), (13, 14), (6, 7), (3, 5)])
def test_an_exchanged_pair_is_named(ledger: Path, store: Store, one: int, other: int) -> None:
    with tampered(ledger) as raw:
        for old, new in ((one, 99), (other, one), (99, other)):
            raw.execute("UPDATE entries SET position = ? WHERE position = ?", (new, old))
        (only,) = verify(store, sign=False).findings
    assert (only.what, only.position) == ("reordered", one)
    assert f"entry {other}" in only.message.en


def test_exchanged_contents_are_two_changes(ledger: Path, store: Store) -> None:
    with tampered(ledger) as raw:
        raw.execute("UPDATE entries SET sealed = (SELECT e.sealed FROM saved_entries e WHERE e.position = 6 - entries.position) WHERE position IN (2, 4)")  # fmt: skip
        assert found(store) == [("changed", 2, ("sealed",)), ("changed", 4, ("sealed",))]


def test_the_outbox_has_no_gaps(ledger: Path, store: Store) -> None:
    with tampered(ledger) as raw:
        raw.execute("DELETE FROM outbox WHERE number = 2")
        (only,) = verify(store, sign=False).findings
    assert "number 2 is missing" in only.message.en


def test_a_key_destroyed_without_an_erasure_is_told(ledger: Path, store: Store) -> None:
    with tampered(ledger) as raw:
        raw.execute("UPDATE persons SET wrapped = NULL WHERE person = 1")
        assert [what for what, _, _ in found(store)] == ["key"]


def test_a_rewritten_past_does_not_fit_its_checkpoint(ledger: Path, store: Store) -> None:
    """Who chains altered entries anew cannot sign them."""
    from remit.ledger.chain import Peaks, genesis
    from remit.ledger.links import Link
    from remit.ledger.statements import EntryRow

    with tampered(ledger) as raw:
        raw.execute("UPDATE entries SET recorded_at = recorded_at + 1 WHERE position = 4")
        before, peaks = genesis(store.ledger), Peaks()
        for row in raw.execute("SELECT * FROM entries ORDER BY position").fetchall():
            before = Link.of(EntryRow(*row)).computed(before) or b""
            peaks = peaks.append(before)
            raw.execute("UPDATE entries SET hash = ? WHERE position = ?", (before, row[0]))
        raw.execute("UPDATE head SET hash = ?, peaks = ?", (before, peaks.bytes()))
        assert {what for what, _, _ in found(store)} == {"rewritten"}


def test_from_the_last_checkpoint_only_what_is_new(store: Store) -> None:
    since = last_sound(store)
    assert since is not None
    verify(store)
    done = verify(store, since, sign=False)
    assert (done.ok, done.since + done.entries) == (True, 14)


def test_from_a_checkpoint_what_came_after_is_checked(ledger: Path, store: Store) -> None:
    with tampered(ledger) as raw:
        raw.execute("DELETE FROM checkpoints WHERE position > 7")
        since = last_sound(store)
        assert since is not None
        assert since.position == 7
        raw.execute("UPDATE entries SET type = 'x' WHERE position = 9")
        done = verify(store, since, sign=False)
        assert [(f.what, f.position, f.id) for f in done.findings] == [("changed", 9, "e7")]
        raw.execute("UPDATE checkpoints SET body = X'00'")
        assert last_sound(store) is None
        with pytest.raises(LedgerError, match="RM718"):
            verify(store, type(since)(**{**{f: getattr(since, f) for f in since.__slots__}, "position": 8}))


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("tick", {"to": 1_900_000_000_000_000}),
        ("erasure", {"case": "c0", "cases": ["c0"], "persons": [1], "closed": {}, "authority": "nobody's"}),
    ],
)
def test_who_can_write_the_database_and_has_no_key_cannot_append(
    ledger: Path, store: Store, kind: str, said: dict[str, object]
) -> None:
    """Every hash, the head and the tree are right: only the salt is one that the key did not make."""
    with tampered(ledger) as raw:
        content, salt = encode_value(said), b"s" * SALT
        last, peaks, stamp = raw.execute("SELECT hash, peaks, recorded_at FROM head").fetchone()
        header = Header(position=15, kind=kind, recorded_at=stamp)
        bound = commitment(salt, content)
        linked = link(last, header, bound, salt + content)
        row = (15, kind, None, None, None, None, None, stamp, None, salt + content, bound, linked)
        raw.execute(f"INSERT INTO entries VALUES ({', '.join('?' * 12)})", row)
        moved = (15, linked, Peaks.of(peaks).append(linked).bytes(), max(said.get("to", 0), 1_712_016_000_000_000))
        raw.execute("UPDATE head SET position = ?, hash = ?, peaks = ?, now = ?", moved)
        assert ("added", 15, ("commitment",)) in found(store)
        since = last_sound(store)
        assert [f.position for f in verify(store, since, sign=False).findings if f.what == "added"] == [15]


def test_how_many_entries_stand_after_the_last_signature(tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    with Engine(PACK, ledger=str(path)) as engine:
        engine.submit(overdue(1, "c", 1))
        engine.advance(datetime(2024, 3, 20, tzinfo=UTC))
        assert statistics(engine.durable.store).unsigned == 0
        engine.submit_all([overdue(2, "c", 2), overdue(3, "c", 3)])
        assert statistics(engine.durable.store).unsigned == 2
        for sign, unsigned in ((False, 2), (True, 2), (True, 0)):
            done = verify(engine.durable.store, sign=sign)
            assert (done.unsigned, done.checkpoint is not None) == (unsigned, sign)
        assert statistics(engine.durable.store).unsigned == 0


def test_progress_is_told(store: Store) -> None:
    seen: list[tuple[int, int]] = []
    verify(store, progress=lambda done, total: seen.append((done, total)), sign=False)
    assert seen == [(14, 14)]
