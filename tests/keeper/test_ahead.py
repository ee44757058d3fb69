"""Submitted one after the other, each worked out while the one before it is made durable: as if each had been waited for."""

from __future__ import annotations

import signal
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made import LIBRARY
from remit import Delta, Engine, Pack
from remit.errors import EventError, LedgerError
from remit.ledger.store import Store
from remit.ledger.verify import verify
from remit.ledger.writer import Writer
from torture.stream import Submit, steps


def overdue(number: int, case: str, **more: object) -> dict[str, object]:
    return {
        "id": f"e{number}", "case": case, "type": "item_overdue", "at": f"2024-03-{number:02}T10:00",
        "place": "harbour", "days_late": 20, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load(LIBRARY)


def batches(seed: int, count: int = 30) -> list[tuple[dict[str, Any], ...]]:
    return [step.events for step in steps(seed, count, erasures=False) if isinstance(step, Submit)]


def in_a_row(engine: Engine, told: list[tuple[dict[str, Any], ...]]) -> Iterator[Delta]:
    return engine.durable.submit_each(tuple(map(engine.pack.event, events)) for events in told)


def require_sound(engine: Engine, pack: Pack, path: Path) -> None:
    """What it says is what comes of reading everything again, and the chain holds."""
    with Engine(pack, ledger=str(path)) as again:
        assert engine.answer() == again.answer()
        assert again.durable.rebuild()
        assert not verify(again.durable.store).findings


@given(st.integers(0, 1_000_000))
@settings(max_examples=15, deadline=None)
def test_as_if_each_had_been_waited_for(pack: Pack, tmp_path_factory: pytest.TempPathFactory, seed: int) -> None:
    folder, told = tmp_path_factory.mktemp("ahead"), batches(seed)
    with Engine(pack, ledger=f"{folder}/a.db") as waiting, Engine(pack, ledger=f"{folder}/b.db") as flowing:
        assert list(in_a_row(flowing, told)) == [waiting.submit_all(events) for events in told]
        assert flowing.events == waiting.events
        assert flowing.answer() == waiting.answer()
        outboxes = [
            [(m.number, m.position, m.now, m.what) for m in e.durable.store.outbox()] for e in (waiting, flowing)
        ]
        assert outboxes[0] == outboxes[1]
        require_sound(flowing, pack, folder / "b.db")


def test_new_cases_are_worked_out_before_their_turn(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, asked = [], []
    work_ahead = Store._work_ahead

    def noted(store: Store, *given: Any) -> None:
        work_ahead(store, *given)
        ahead.append((store._ahead is not None, threading.current_thread().name))

    def told() -> Iterator[dict[str, object]]:
        for n in range(2, 9):
            asked.append(threading.current_thread())
            yield overdue(1, f"c{n}", id=f"e{n}")

    monkeypatch.setattr(Store, "_work_ahead", noted)
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        engine.submit(overdue(1, "c"))
        list(engine.submit_each(told()))
        assert ahead == [(True, "remit ahead")] * 6
        assert asked == [threading.current_thread()] * 7, "what is submitted is read by whoever submits it"
        require_sound(engine, pack, tmp_path / "r.db")


def test_each_is_durable_when_it_is_given_out_and_the_next_is_not(pack: Pack, tmp_path: Path) -> None:
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        flow = engine.submit_each([overdue(n, f"c{n}") for n in range(1, 6)])
        for number, _ in enumerate(flow, start=1):
            with sqlite3.connect(tmp_path / "r.db") as outside:
                kept = [row[0] for row in outside.execute("SELECT id FROM entries WHERE id IS NOT NULL")]
            assert kept == [f"e{n}" for n in range(1, number + 1)]


@pytest.mark.parametrize("failing", [2, 3, 5])
def test_a_commit_that_fails_voids_what_was_worked_out_behind_it(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    told = [overdue(n, f"c{n % 4}") for n in range(1, 9)]
    commit, number = Writer.commit, iter(range(1, 100))

    def fail(writer: Writer) -> None:
        if next(number) == failing:
            raise sqlite3.OperationalError("disk I/O error")
        commit(writer)

    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        engine.submit(overdue(20, "old"))
        monkeypatch.setattr(Writer, "commit", fail)
        given = []
        with pytest.raises(LedgerError, match="RM702"):
            given.extend(engine.submit_each(told))
        assert [event.id for event in engine.events] == ["e20", *(f"e{n}" for n in range(1, failing))]
        again = list(engine.submit_each(told))
        assert [delta.duplicate for delta in again] == [n < failing for n in range(1, 9)]
        require_sound(engine, pack, tmp_path / "r.db")


def test_an_interrupted_commit_is_never_taken_for_the_next_one(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_ahead, number = Store._work_ahead, iter(range(1, 100))

    def interrupted(store: Store, *given: Any) -> None:
        if next(number) == 2:
            raise KeyboardInterrupt
        work_ahead(store, *given)

    monkeypatch.setattr(Store, "_work_ahead", interrupted)
    told = [overdue(n, f"c{n}") for n in range(1, 6)]
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        flow = engine.submit_each(told)
        next(flow)
        with pytest.raises(KeyboardInterrupt):
            next(flow)
        assert [delta.duplicate for delta in engine.submit_each(told)] == [True, True, False, False, False]
        require_sound(engine, pack, tmp_path / "r.db")


def test_a_refused_event_leaves_what_came_before_it(pack: Pack, tmp_path: Path) -> None:
    wrong = {**overdue(4, "c4"), "place": "nowhere"}
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        flow = engine.submit_each([*(overdue(n, f"c{n}") for n in range(1, 4)), wrong, overdue(5, "c5")])
        assert len([next(flow), next(flow), next(flow)]) == 3
        with pytest.raises(EventError):
            next(flow)
        assert [event.id for event in engine.events] == ["e1", "e2", "e3"]
        engine.submit(overdue(6, "c1"))
        require_sound(engine, pack, tmp_path / "r.db")


def test_others_may_write_in_between(pack: Pack, tmp_path: Path) -> None:
    """What was worked out ahead of them is worked out again."""
    path = tmp_path / "r.db"
    with Engine(pack, ledger=str(path)) as engine, Engine(pack, ledger=str(path)) as other:
        for number, _ in enumerate(engine.submit_each([overdue(n, f"c{n}") for n in range(1, 7)]), start=1):
            if number == 2:
                other.submit(overdue(20, "c3"))  # the case that comes next
            if number == 4:
                engine.submit(overdue(21, "c5"))
            if number == 5:
                assert engine.submit(overdue(21, "c5")).duplicate
        assert [event.id for event in engine.events] == ["e1", "e2", "e20", "e3", "e4", "e21", "e5", "e6"]
        require_sound(engine, pack, path)


def test_two_in_a_row_beside_each_other(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "r.db"

    def flow(first: int) -> None:
        told = [overdue(1 + n % 28, f"c{n % 7}", id=f"e{n}") for n in range(first, first + 20)]
        with Engine(pack, ledger=str(path)) as engine:
            given.extend(engine.submit_each(told, batch=2))

    given: list[Delta] = []
    with Engine(pack, ledger=str(path)) as engine:
        threads = [threading.Thread(target=flow, args=(first,)) for first in (0, 20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(given) == 20
        assert {event.id for event in engine.events} == {f"e{n}" for n in range(40)}
        require_sound(engine, pack, path)


def test_broken_off_it_goes_on_as_ever(pack: Pack, tmp_path: Path) -> None:
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        flow = engine.submit_each([overdue(n, f"c{n}") for n in range(1, 6)], batch=2)
        next(flow)
        flow.close()
        engine.submit(overdue(4, "c3"))
        assert [event.id for event in engine.events] == ["e1", "e2", "e4"]
        require_sound(engine, pack, tmp_path / "r.db")


def test_in_memory_likewise(pack: Pack) -> None:
    told = [overdue(n, f"c{n % 3}") for n in range(1, 8)]
    waiting = Engine(pack)
    assert list(Engine(pack).submit_each(told, batch=3)) == [waiting.submit_all(told[n : n + 3]) for n in (0, 3, 6)]


def test_batches_of_nothing_are_refused(pack: Pack) -> None:
    with pytest.raises(ValueError, match="batches of 0 events"):
        Engine(pack).submit_each([overdue(1, "c")], batch=0)


def test_whoever_is_interrupted_waits_for_what_is_worked_out(
    pack: Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would be worked out on what the next question has begun to read again."""
    work_ahead, ended = Store._work_ahead, []

    def interrupting(store: Store, *given: Any) -> None:
        signal.raise_signal(signal.SIGINT)
        time.sleep(0.2)
        work_ahead(store, *given)
        ended.append(True)

    told = [overdue(n, f"c{n}") for n in range(1, 6)]
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        monkeypatch.setattr(Store, "_work_ahead", interrupting)
        with pytest.raises(KeyboardInterrupt):
            next(engine.submit_each(told))
        assert ended == [True]
        monkeypatch.setattr(Store, "_work_ahead", work_ahead)
        again = list(engine.submit_each(told))
        assert [delta.duplicate for delta in again] == [True, False, False, False, False], "it had been committed"
        require_sound(engine, pack, tmp_path / "r.db")
