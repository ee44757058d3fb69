"""One event proved to somebody who has not got the ledger."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import EventError, LedgerError
from remit.ledger.chain import audit_path
from remit.ledger.checkpoint import Proof
from remit.ledger.prove import prove, siblings
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey

PACK = Pack.load(LIBRARY)


def overdue(number: int) -> dict[str, object]:
    return {
        "id": f"e{number}", "case": f"c{number % 3}", "type": "item_overdue", "at": f"2024-03-{number:02}T10:00",
        "place": "harbour", "days_late": 20,
    }  # fmt: skip


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prove") / "remit.db"
    with Engine(PACK, ledger=str(path)) as engine:
        engine.submit_all([overdue(number) for number in range(1, 8)])
        engine.advance(datetime(2024, 4, 1, tzinfo=UTC))
        engine.submit_all([overdue(number) for number in range(8, 12)])
        engine._keeper.erase("c0", None, "an order")
    return path


def opened(ledger: Path) -> Store:
    return Store(str(ledger), MasterKey.read(f"{ledger}.key"), lambda: datetime(2024, 5, 1, tzinfo=UTC))


@pytest.mark.parametrize("number", [1, 2, 4, 5, 7, 8, 11])
def test_the_document_is_checked_without_the_ledger(ledger: Path, number: int) -> None:
    store = opened(ledger)
    written = json.dumps(prove(store, f"e{number}").as_json())
    event = Proof.of_json(written).check(store.master.public_key)
    assert (event.id, event.data["days_late"]) == (f"e{number}", 20)
    store.close()


def test_an_erased_or_unknown_event_has_no_proof(ledger: Path) -> None:
    store = opened(ledger)
    with pytest.raises(LedgerError, match="RM727"):
        prove(store, "e3")
    with pytest.raises(EventError, match="RM451"):
        prove(store, "nothing")
    store.close()


@given(size=st.integers(1, 70), index=st.integers(0, 69))
def test_the_path_read_in_ranges_is_that_of_the_tree(size: int, index: int) -> None:
    """RFC 6962 §2.1.1."""
    from remit.ledger.chain import Peaks

    leaves = [bytes([number]) for number in range(size)]
    index %= size

    def root(first: int, last: int) -> bytes:
        peaks = Peaks()
        for leaf in leaves[first:last]:
            peaks = peaks.append(leaf)
        return peaks.root()

    assert tuple(root(*found) for found in siblings(index, size)) == audit_path(leaves, index)
