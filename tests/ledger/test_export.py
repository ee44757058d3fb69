"""An export is the whole ledger, checked line by line before anything of it is taken in."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import LedgerError
from remit.ledger.export import export
from remit.ledger.reading import Export
from remit.ledger.replay import check
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey
from remit.ledger.verify import verify

PACK = Pack.load(LIBRARY)


def report(number: int, **other: object) -> dict[str, object]:
    return {
        "id": f"e{number}", "case": f"c{number % 3}", "type": "item_overdue", "at": f"2024-03-{number:02}T10:00",
        "place": "harbour", "days_late": 20, "item_value": "12.50", "subject": f"reader {number % 2} 读者𠀀", **other,
    }  # fmt: skip


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "remit.db"
    with Engine(PACK, ledger=str(path)) as engine:
        engine.submit_all([report(number) for number in range(1, 8)])
        engine.advance(datetime(2024, 3, 20, tzinfo=UTC))
        engine.submit({"id": "r1", "type": "retraction", "at": "2024-03-20T12:00", "of": "e4"})
        engine.submit(report(9, case=None))
        engine._keeper.erase("c2", None, "an order")
        engine.advance(datetime(2024, 4, 2, tzinfo=UTC))
    return path


def opened(ledger: Path) -> Store:
    return Store(str(ledger), MasterKey.read(f"{ledger}.key"), lambda: datetime(2024, 5, 1, tzinfo=UTC))


def written(ledger: Path, into: Path) -> Path:
    store = opened(ledger)
    into.write_bytes(b"".join(line + b"\n" for line in export(store)))
    store.close()
    return into


@pytest.fixture
def file(source: Path, tmp_path: Path) -> Path:
    return written(source, tmp_path / "export.jsonl")


def taken_in(file: Path, ledger: Path, key: MasterKey | None = None) -> Engine:
    check(Export(file))
    engine = Engine(PACK, ledger=str(ledger), key=key)
    engine._keeper.take_in(Export(file))
    return engine


def test_lines_in_order_with_a_head_and_a_signed_end(file: Path, source: Path) -> None:
    first, *entries, last = map(json.loads, file.read_text("utf-8").splitlines())
    assert (first["format"], first["pack"], first["entries"]) == ("remit-ledger/1", "library", len(entries))
    assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))
    assert {e["kind"] for e in entries} == {"pack", "event", "tick", "erasure"}
    assert entries[1]["content"]["data"]["item_value"] == {"decimal": "12.50"}
    erased = [e for e in entries if e["content"] is None]
    assert {e["case"] for e in erased} == {"c2"}
    assert all(e["salt"] is None for e in erased)
    assert last["checkpoint"]["position"] == len(entries)
    assert written(source, file.with_name("again.jsonl")).read_bytes() == file.read_bytes()


def test_taken_in_it_owes_the_same(file: Path, source: Path, tmp_path: Path) -> None:
    with Engine(PACK, ledger=str(source)) as one, taken_in(file, tmp_path / "new.db") as other:
        assert other.answer() == one.answer()
        assert other.now == one.now
        assert other.events == one.events
        ours, theirs = list(other._keeper.store.entries()), list(one._keeper.store.entries())
        assert ours == theirs
        assert verify(other._keeper.store).findings == ()
        assert other._keeper.rebuild()
        past = datetime(2024, 3, 12, tzinfo=UTC)
        assert other.as_of(past) == one.as_of(past)


def test_with_the_same_key_the_erased_stay_erased(file: Path, source: Path, tmp_path: Path) -> None:
    key = MasterKey.read(f"{source}.key")
    with taken_in(file, tmp_path / "new.db", key) as engine, pytest.raises(LedgerError, match="RM727"):
        engine.submit(report(20, case="c2", subject="reader 0 读者𠀀"))


def test_an_export_of_an_import_is_taken_in_again(file: Path, tmp_path: Path) -> None:
    with taken_in(file, tmp_path / "one.db") as one:
        owed = one.answer()
    again = written(tmp_path / "one.db", tmp_path / "again.jsonl")
    with taken_in(again, tmp_path / "two.db") as two:
        assert two.answer() == owed


def altered(number: int, **fields: object) -> Callable[[list[str]], list[str]]:
    def change(lines: list[str]) -> list[str]:
        lines[number] = json.dumps(json.loads(lines[number]) | fields)
        return lines

    return change


@pytest.mark.parametrize(
    ("change", "line", "code"),
    [
        (altered(3, type="item_lost"), 4, "RM721"),
        (altered(3, commitment="0" * 64), 4, "RM721"),
        (altered(2, salt="0" * 64), 3, "RM721"),
        (altered(3, salt="0" * 64), 4, "RM721"),
        (altered(2, content=None), 3, "RM721"),
        (altered(2, content=None, salt=None), 15, "RM721"),
        (altered(1, content=None), 2, "RM721"),
        (altered(1, archive="eA=="), 2, "RM721"),
        (altered(3, more=1), 4, "RM721"),
        (lambda lines: lines[:4] + lines[5:], 5, "RM721"),
        (lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]], 5, "RM721"),
        (lambda lines: lines[:-1], 15, "RM721"),
        (lambda lines: lines[:-2] + lines[-1:], 14, "RM721"),
        (lambda lines: [*lines, lines[-1]], 16, "RM721"),
        (lambda lines: ["{}"], 1, "RM721"),
        (lambda lines: [], 1, "RM721"),
        (altered(0, format="remit-ledger/9"), 1, "RM721"),
        (altered(0, ledger="another"), 2, "RM721"),
        (altered(0, public_key="1" * 64), None, "RM718"),
        (lambda lines: [*lines[:3], "not json", *lines[3:]], 4, "RM721"),
    ],
)  # fmt: skip
def test_a_broken_chain_names_its_line_and_nothing_is_written(
    file: Path, tmp_path: Path, change: Callable[[list[str]], list[str]], line: int | None, code: str
) -> None:
    lines = change(file.read_text("utf-8").splitlines())
    file.write_text("".join(text + "\n" for text in lines), "utf-8")
    with pytest.raises(LedgerError) as refused:
        taken_in(file, tmp_path / "new.db")
    assert (refused.value.code, refused.value.origin.line or None) == (code, line)
    assert not (tmp_path / "new.db").exists()


def test_only_into_an_empty_ledger_of_the_same_pack(file: Path, source: Path) -> None:
    with Engine(PACK, ledger=str(source)) as engine, pytest.raises(LedgerError, match="RM731"):
        engine._keeper.take_in(Export(file))


def test_a_known_key_pins_the_source(file: Path, source: Path) -> None:
    assert check(Export(file, MasterKey.read(f"{source}.key").public_key)) > 10
    with pytest.raises(LedgerError, match="RM719"):
        Export(file, MasterKey.create().public_key)
