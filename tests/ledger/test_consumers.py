"""A consumer reads each change exactly once, by its number."""

from __future__ import annotations

from pathlib import Path

import pytest

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import LedgerError
from remit.ledger.consumers import acknowledge, consume
from remit.ledger.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    engine = Engine(Pack.load(LIBRARY), ledger=str(tmp_path / "remit.db"))
    for number in range(1, 4):
        engine.submit({"id": f"e{number}", "case": "c", "type": "item_overdue", "at": f"2024-03-0{number}", "days_late": 20, "place": "harbour"})  # fmt: skip
    return engine._keeper.store


def test_what_is_not_acknowledged_comes_again_and_what_is_never(store: Store) -> None:
    first = consume(store, "mail", 2)
    assert [m.number for m in first] == [1, 2]
    assert consume(store, "mail", 2) == first
    acknowledge(store, "mail", 2)
    acknowledge(store, "mail", 2)
    assert [m.number for m in consume(store, "mail", 2)] == [3, 4]
    assert [m.number for m in consume(store, "another", 1)] == [1]


def test_a_consumer_goes_forward_and_not_beyond_what_there_is(store: Store) -> None:
    last = store.head().outbox
    acknowledge(store, "mail", 3)
    for number in (2, last + 1, -1):
        with pytest.raises(LedgerError, match="RM730"):
            acknowledge(store, "mail", number)
    with pytest.raises(LedgerError, match="RM720"):
        acknowledge(store, "m" * 301, 3)
    assert store.consumed("mail") == 3


def test_read_in_pieces_of_any_size_it_is_the_whole_outbox_once(store: Store) -> None:
    whole = [m.number for m in store.outbox(0, 10_000)]
    read: list[int] = []
    while messages := consume(store, "slow", 3):
        read += [m.number for m in messages]
        acknowledge(store, "slow", messages[-1].number)
    assert read == whole == list(range(1, len(whole) + 1))
