"""Events one after another, each worked out while the one before it is being committed, on either database."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from remit import Engine, Pack
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey
from remit.ledger.verify import verify
from torture.oracle import examine
from torture.stream import Submit, steps


def overdue(number: int, case: str, **more: object) -> dict[str, object]:
    return {
        "id": f"e{number}", "case": case, "type": "item_overdue", "at": f"2024-03-{number:02}T10:00",
        "place": "harbour", "days_late": 20, **more,
    }  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_what_each_came_to_is_what_it_comes_to_when_it_is_waited_for(
    seed: int, ledger: str, pack: Pack, key: MasterKey, tmp_path: Any
) -> None:
    told = [step.events for step in steps(seed, 25, erasures=False) if isinstance(step, Submit)]
    with Engine(pack, ledger=ledger, key=key) as flowing, Engine(pack, ledger=f"{tmp_path}/w.db", key=key) as waiting:
        given = list(flowing.durable.submit_each(tuple(map(pack.event, events)) for events in told))
        assert given == [waiting.submit_all(events) for events in told]
        assert flowing.answer() == waiting.answer()
        assert flowing.durable.rebuild()
        assert not verify(flowing.durable.store).findings
    examine(ledger, key, pack)


def test_new_cases_are_worked_out_before_their_turn(
    ledger: str, pack: Pack, key: MasterKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead, work_ahead = [], Store._work_ahead

    def noted(store: Store, *given: Any) -> None:
        work_ahead(store, *given)
        ahead.append(store._ahead is not None)

    monkeypatch.setattr(Store, "_work_ahead", noted)
    with Engine(pack, ledger=ledger, key=key) as engine:
        engine.submit(overdue(1, "c"))
        list(engine.submit_each([overdue(1, f"c{n}", id=f"e{n}") for n in range(2, 9)]))
    assert ahead == [True] * 6
    examine(ledger, key, pack)


def test_each_is_committed_when_it_is_given_out_and_the_next_is_not(ledger: str, pack: Pack, key: MasterKey) -> None:
    with Engine(pack, ledger=ledger, key=key) as engine, Engine(pack, ledger=ledger, key=key) as other:
        for number, _ in enumerate(engine.submit_each([overdue(n, f"c{n}") for n in range(1, 6)]), start=1):
            assert [event.id for event in other.events] == [f"e{n}" for n in range(1, number + 1)]


def test_two_in_a_row_beside_each_other_and_an_interloper(ledger: str, pack: Pack, key: MasterKey) -> None:
    """What was worked out ahead of what others wrote is worked out again."""

    def flow(first: int) -> None:
        told = [overdue(1 + n % 28, f"c{n % 7}", id=f"e{n}") for n in range(first, first + 14)]
        with Engine(pack, ledger=ledger, key=key) as engine:
            given.extend(engine.submit_each(told, batch=2))

    given: list[object] = []
    with Engine(pack, ledger=ledger, key=key) as engine:
        threads = [threading.Thread(target=flow, args=(first,)) for first in (0, 14)]
        for thread in threads:
            thread.start()
        for number in range(5):
            engine.submit(overdue(20 + number, f"c{number}", id=f"between{number}"))
        for thread in threads:
            thread.join()
        assert len(given) == 14
        assert {event.id for event in engine.events} == {f"e{n}" for n in range(28)} | {f"between{n}" for n in range(5)}
        assert engine.durable.rebuild()
    examine(ledger, key, pack)
