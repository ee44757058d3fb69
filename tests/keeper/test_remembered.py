"""What is remembered of a case from one transaction to the next is what would be read again."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import EventError, LedgerError
from remit.keeper import durable
from remit.ledger.writing import Writing

PLACES = ("harbour", "hill")


def overdue(number: int, case: str, **more: object) -> dict[str, object]:
    return {
        "id": f"e{number}", "case": case, "type": "item_overdue", "at": f"2024-03-{number:02}T10:00",
        "place": PLACES[number % 2], "days_late": 20, **more,
    }  # fmt: skip


def reminder(number: int, case: str) -> dict[str, object]:
    return {
        "id": f"e{number}",
        "case": case,
        "type": "reminder_sent",
        "at": f"2024-03-{number:02}T11:00",
        "by": "harbour-library",
    }


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load(LIBRARY)


def as_opened_again(engine: Engine, pack: Pack, path: Path) -> None:
    """The projection, which the engine wrote from what it remembers, is what comes of reading everything again."""
    with Engine(pack, ledger=str(path)) as again:
        before = again.answer()
        assert engine.answer() == before
        assert again._keeper.rebuild()
        assert again.answer() == before


def test_after_others_have_written_to_the_case(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    with Engine(pack, ledger=str(path)) as one, Engine(pack, ledger=str(path)) as other:
        one.submit(overdue(2, "c"))
        other.submit(overdue(4, "c"))
        other.submit(overdue(3, "d"))
        one.submit(reminder(5, "c"))
        one.submit(reminder(6, "d"))
        as_opened_again(one, pack, path)


def test_after_an_erasure(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "r.db"
    with Engine(pack, ledger=str(path)) as engine:
        engine.submit_all([overdue(2, "c", subject="Ada"), overdue(4, "c", subject="Bob"), overdue(6, "d")])
        engine._keeper.erase("c", "Ada", "order 9")
        engine.submit(reminder(7, "c") | {"subject": "Bob"})
        with pytest.raises(LedgerError, match="RM727"):
            engine.submit(overdue(8, "c", subject="Ada"))
        engine.submit(overdue(8, "e", subject="Ada"))
        as_opened_again(engine, pack, path)


@pytest.mark.parametrize("failing", ["append", "say", "end"])
def test_after_a_failure_and_another_try(
    failing: str, pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The case and the key that the failed transaction made are not there."""
    path = tmp_path / "r.db"

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with Engine(pack, ledger=str(path)) as engine:
        engine.submit(overdue(2, "c"))
        with monkeypatch.context() as patched:
            patched.setattr(Writing, failing, fail)
            with pytest.raises(RuntimeError):
                engine.submit_all([overdue(4, "d"), reminder(5, "c")])
        with pytest.raises(EventError):
            engine.submit_all([overdue(6, "f"), overdue(2, "c", days_late=30)])
        engine.submit_all([overdue(4, "d"), reminder(5, "c"), overdue(6, "f")])
        as_opened_again(engine, pack, path)


def test_of_a_case_that_others_were_merged_into_and_split_from(pack: Pack, tmp_path: Path) -> None:
    """What is split off gives rise to a matter in which nothing was reported."""
    path = tmp_path / "r.db"
    with Engine(pack, ledger=str(path)) as engine:
        engine.submit_all([overdue(2, "c"), overdue(4, "c"), overdue(6, "d")])
        engine.submit({"id": "m", "case": "c", "type": "case_merger", "of": "d", "at": "2024-03-07T10:00"})
        engine.submit({"id": "s", "case": "c", "type": "case_split", "into": "n", "events": ["e4"], "at": "2024-03-08T10:00"})  # fmt: skip
        engine.submit(reminder(9, "n"))
        as_opened_again(engine, pack, path)


def test_when_more_was_remembered_than_is_kept(pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "REMEMBERED", 3)
    path = tmp_path / "r.db"
    with Engine(pack, ledger=str(path)) as engine:
        for number in range(1, 10):
            engine.submit_all([overdue(number, f"c{number}"), {**reminder(number, f"c{max(1, number - 4)}"), "id": f"r{number}"}])  # fmt: skip
        engine.advance(datetime.fromisoformat("2024-07-01T00:00+01:00"))
        as_opened_again(engine, pack, path)
