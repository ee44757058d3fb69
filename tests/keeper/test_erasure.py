"""Erasing reaches the cases named and no other; what is kept stays as it was, here and in an import."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import EventError, LedgerError
from remit.ledger import database, people
from remit.ledger.export import export
from remit.ledger.reading import Export
from remit.ledger.vault import MasterKey
from remit.ledger.verify import verify
from torture.oracle import examine

PACK = Pack.load(LIBRARY)
ONE, TWO = {"subject": "one"}, {"subject": "two"}


def overdue(name: str, case: str, at: str = "2024-03-01T10:00", **more: object) -> dict[str, object]:
    return {"id": name, "case": case, "type": "item_overdue", "at": at, "place": "harbour", "days_late": 20, **more}


def act(kind: str, name: str, case: str, at: str, **more: object) -> dict[str, object]:
    return {"id": name, "case": case, "type": kind, "at": at, **more}


MERGED = act("case_merger", "m", "a", "2024-03-03", of="b")
OFF = act("case_split", "m", "a", "2024-03-03", events=["e3"], into="c")
UNDONE = act("retraction", "r", "a", "2024-03-04", of="m")
TOLD = [overdue("e1", "a", **ONE), overdue("e2", "b"), overdue("e3", "a", **TWO)]


@pytest.fixture
def key() -> MasterKey:
    return MasterKey.create()


@pytest.fixture
def engine(tmp_path: Path, key: MasterKey) -> Iterator[Engine]:
    with Engine(PACK, ledger=str(tmp_path / "r.db"), key=key) as made:
        yield made


def left(engine: Engine) -> list[str]:
    return [event.id for event in engine.events if event.id.startswith("e")]


def owed(engine: Engine) -> dict[str | None, tuple[str, ...]]:
    """What raised the duty of each case that is still owed."""
    return {o.case: o.triggered_by for o in engine.obligations(rule="a1.reminder", status="active")}


def rows(engine: Engine) -> list[tuple[object, ...]]:
    with engine.durable.store.database.reading() as connection:
        named = "SELECT matter, wakes_at FROM matters ORDER BY matter"
        return [tuple(row) for row in connection.exec_driver_sql(named)]


def sound(engine: Engine, key: MasterKey, folder: Path) -> None:
    """As the pure function says; unaltered; the same when it is rebuilt, and when it is taken in elsewhere."""
    examine(str(folder / "r.db"), key, PACK)
    assert verify(engine.durable.store).ok
    assert engine.durable.rebuild()
    file = folder / "export.jsonl"
    file.write_bytes(b"".join(line + b"\n" for line in export(engine.durable.store)))
    with Engine(PACK, ledger=str(folder / "copy.db"), key=key) as copy:
        copy.durable.take_in(Export(file))
        assert copy.answer() == engine.answer()
        assert rows(copy) == rows(engine)
        assert verify(copy.durable.store).ok


@pytest.mark.parametrize(
    ("acts", "erased", "kept"),
    [
        ([MERGED], "a", []),
        ([MERGED], "b", []),
        ([MERGED, UNDONE], "a", ["e2"]),
        ([MERGED, UNDONE], "b", ["e1", "e3"]),
        ([OFF], "a", ["e2", "e3"]),
        ([OFF], "c", ["e1", "e2"]),
        ([OFF], "a c", ["e2"]),
        ([OFF, UNDONE], "a", ["e2"]),
        ([OFF, UNDONE], "a c", ["e2"]),
        ([OFF, act("case_merger", "n", "c", "2024-03-05", of="b")], "c", ["e1"]),
        ([OFF, act("case_merger", "n", "a", "2024-03-05", of="c")], "c", ["e2"]),
    ],
)
def test_erasing_reaches_what_the_moves_that_stand_make_of_the_case(
    engine: Engine, key: MasterKey, tmp_path: Path, acts: list[dict[str, object]], erased: str, kept: list[str]
) -> None:
    engine.submit_all([*TOLD, *acts])
    before = owed(engine)
    assert engine.durable.erase(erased.split(), None, "order 1")
    assert left(engine) == kept
    assert owed(engine) == {case: told for case, told in before.items() if set(told) <= set(kept)}
    sound(engine, key, tmp_path)


@pytest.mark.parametrize(
    ("told", "acts", "erased", "beyond"),
    [
        ([overdue("e1", "a"), overdue("e3", "a")], [OFF], "a", "a, c"),
        ([overdue("e1", "a"), overdue("e3", "a")], [OFF], "c", "c, a"),
        ([overdue("e1", "a", **ONE), overdue("e3", "a", **ONE)], [OFF], "c", "c, a"),
        (TOLD, [OFF, UNDONE], "c", "c, a"),
    ],
)
def test_where_one_key_seals_reports_of_two_cases_erasing_one_is_refused(
    engine: Engine, told: list[dict[str, object]], acts: list[dict[str, object]], erased: str, beyond: str
) -> None:
    engine.submit_all([*told, *acts])
    before = engine.events, engine.position, engine.answer()
    with pytest.raises(LedgerError, match=f"RM772.*expected all cases that the keys reach: {beyond}"):
        engine.durable.erase(erased, None, "order 1")
    assert (engine.events, engine.position, engine.answer()) == before
    assert engine.durable.erase(["a", "c"], None, "order 1")
    assert not set(left(engine)) & {"e1", "e3"}


def test_where_the_key_seals_what_another_case_owes_erasing_one_is_refused(engine: Engine) -> None:
    """Of somebody of the same name, by a report that came from a third case: else that duty could be read no more."""
    comes = act("case_split", "m1", "b", "2024-03-03", events=["e2"], into="a")
    goes = act("case_split", "m2", "a", "2024-03-04", events=["e1"], into="c")
    engine.submit_all([overdue("e1", "a", **ONE), overdue("e2", "b", **ONE), comes, goes])
    before = engine.events, engine.position, engine.answer()
    assert {o.case for o in engine.obligations(rule="a1.reminder", status="active")} == {"a", "c"}
    with pytest.raises(LedgerError, match=r"RM772.*expected all cases that the keys reach: c, a"):
        engine.durable.erase("c", None, "order 1")
    assert (engine.events, engine.position, engine.answer()) == before
    assert engine.durable.erase(["a", "c"], None, "order 1")
    assert left(engine) == []


def test_a_split_sealed_with_the_key_of_a_person_is_not_erased_from_under_the_other_case(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As ledgers were written before splits had a key of their own."""
    from remit.ledger import writing

    monkeypatch.setattr(writing, "whose", lambda event: (event.case, event.subject))
    engine.submit_all([overdue("e1", "a"), overdue("e3", "a", **TWO), OFF])
    with pytest.raises(LedgerError, match="RM772"):
        engine.durable.erase("a", None, "order 1")
    assert engine.durable.erase("c", None, "order 1")
    assert left(engine) == ["e1"]


def test_one_person_after_a_split(engine: Engine, key: MasterKey, tmp_path: Path) -> None:
    engine.submit_all([*TOLD, overdue("e4", "a"), OFF])
    assert engine.durable.erase("c", "two", "order 1") == 1 + 1, "the key of the reports, and that of what followed"
    assert left(engine) == ["e1", "e2", "e4"]
    assert engine.durable.erase("a", "one", "order 1")
    assert left(engine) == ["e2"], "nobody else was named in the case: what named nobody is about this one"
    sound(engine, key, tmp_path)


def test_a_person_nobody_named_is_nobody(engine: Engine) -> None:
    engine.submit(overdue("e1", "a"))
    assert engine.durable.erase("a", "tow", "order 1") == 0
    assert left(engine) == ["e1"]


def test_a_correction_is_erased_with_whom_it_speaks_of(engine: Engine, key: MasterKey, tmp_path: Path) -> None:
    right = {k: v for k, v in overdue("e1", "a", **ONE).items() if k not in {"id", "case"}} | {"days_late": 3}
    engine.submit_all([overdue("e1", "a", **ONE), overdue("e3", "a", **TWO)])
    engine.submit(act("correction", "k", "a", "2024-03-02", of="e1", event=right))
    engine.durable.erase("a", "one", "order 1")
    assert [event.id for event in engine.events] == ["e3"]
    sound(engine, key, tmp_path)


def test_a_merger_that_was_retracted_does_not_come_to_stand_again(
    engine: Engine, key: MasterKey, tmp_path: Path
) -> None:
    """Its retraction is sealed with the key of whoever was named by nobody."""
    told = [overdue("e1", "a"), overdue("e2", "b"), overdue("e3", "a", **TWO)]
    engine.submit_all([*told, MERGED, UNDONE, act("case_split", "n", "a", "2024-03-05", events=["e3"], into="c")])
    engine.durable.erase("a", None, "order 1")
    assert left(engine) == ["e2", "e3"]
    assert owed(engine) == {"b": ("e2",), "c": ("e3",)}
    sound(engine, key, tmp_path)


@pytest.mark.parametrize("more", [{}, ONE, {"subject": "somebody new"}], ids=["nobody", "the same", "another"])
def test_a_case_in_which_nobody_is_left_takes_no_more_reports_here_or_where_it_is_taken_in(
    engine: Engine, key: MasterKey, tmp_path: Path, more: dict[str, object]
) -> None:
    engine.submit_all([overdue("e1", "a", **ONE), overdue("e2", "b")])
    engine.durable.erase("a", "one", "order 1")
    sound(engine, key, tmp_path)
    late = overdue("late", "a", "2024-03-05T10:00", **more)
    with Engine(PACK, ledger=str(tmp_path / "copy.db"), key=key) as copy:
        for each in (engine, copy):
            before = each.position
            with pytest.raises(LedgerError, match="RM727"):
                each.submit(late)
            assert each.position == before
            each.submit(overdue("new", "a-2"))


def test_what_was_split_off_and_erased_takes_no_more_reports(engine: Engine) -> None:
    engine.submit_all([*TOLD, OFF])
    engine.durable.erase(["a", "c"], None, "order 1")
    for case in ("a", "c"):
        with pytest.raises(LedgerError, match="RM727"):
            engine.submit(overdue("late", case, "2024-03-05T10:00"))
    assert left(engine) == ["e2"]


def test_after_one_half_is_erased_the_other_goes_on(engine: Engine, key: MasterKey, tmp_path: Path) -> None:
    engine.submit_all([*TOLD, OFF])
    engine.durable.erase("a", None, "order 1")
    engine.submit(act("reminder_sent", "d", "c", "2024-03-04T10:00", by="harbour-library", **TWO))
    engine.advance(datetime(2024, 4, 1, tzinfo=UTC))
    assert {o.case: o.status.value for o in engine.obligations(rule="a1.reminder") if o.case == "c"} == {"c": "done"}
    sound(engine, key, tmp_path)


def test_no_report_can_bear_the_name_under_which_moves_are_sealed(engine: Engine) -> None:
    with pytest.raises((EventError, LedgerError)):
        engine.submit(overdue("e1", "a", subject=people.MOVE))


# --- on the disk ------------------------------------------------------------------------------------------------


def wrapped_keys(at: Path) -> list[bytes]:
    with closing(sqlite3.connect(at)) as raw:
        return [row[0] for row in raw.execute("SELECT wrapped FROM persons WHERE wrapped IS NOT NULL")]


def on_the_disk(at: Path) -> bytes:
    return b"".join(path.read_bytes() for path in at.parent.iterdir())


def test_no_file_holds_a_destroyed_key(engine: Engine, tmp_path: Path) -> None:
    at = tmp_path / "r.db"
    engine.submit(overdue("e1", "a"))
    (destroyed,) = wrapped_keys(at)
    assert destroyed in on_the_disk(at)
    engine.durable.erase("a", None, "order 1")
    assert destroyed not in on_the_disk(at)


def test_a_reader_of_an_older_state_puts_that_off_until_a_write_after_it_has_left(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "EMPTY_MILLISECONDS", 10)
    at = tmp_path / "r.db"
    engine.submit(overdue("e1", "a"))
    (destroyed,) = wrapped_keys(at)
    with closing(sqlite3.connect(at, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM entries").fetchone()
        engine.durable.erase("a", None, "order 1")
        engine.submit(overdue("e2", "b"))
        assert destroyed in on_the_disk(at)
    engine.submit(overdue("e3", "b"))
    assert destroyed not in on_the_disk(at)
