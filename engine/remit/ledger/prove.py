"""From an event to the document that proves it: content, place in the chain, path to a signed root."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from remit.errors import EventError, LedgerError, Origin
from remit.ledger.chain import SALT, Header, Peaks, digest, genesis
from remit.ledger.checkpoint import Checkpoint, Proof
from remit.ledger.checkpoints import newest_first
from remit.ledger.database import value
from remit.ledger.schema import ENTRIES
from remit.ledger.statements import EntryRow
from remit.ledger.store import Store
from remit.ledger.writing import Writing


def prove(store: Store, event_id: str) -> Proof:
    """The proof that an event stands in the ledger, for somebody who has not got the ledger.

    Where no checkpoint covers the event yet, one is signed.

    Raises:
        EventError: RM451, there is no such event.
        LedgerError: RM727, it was erased; RM723, the chain does not lead to the signed root.
    """
    with store.database.reading() as connection:
        row = row_of(connection, event_id)
        checkpoint = covering(connection, row.position)
    if checkpoint is None:
        checkpoint = store.write(Writing.checkpoint)
    if checkpoint is None:
        raise AssertionError("a ledger with an event is not empty")
    with store.database.reading() as connection:
        return proof(connection, store, row, checkpoint)


def proof(connection: Connection, store: Store, row: EntryRow, checkpoint: Checkpoint) -> Proof:
    salted = store.people.salted(connection, row)
    if salted is None:
        raise LedgerError(
            "RM727", "person-erased", found=str(row.id), expected="an event that was not erased",
            origin=Origin(event=row.id, case=row.case_id), hint="its entry still stands in the chain, and its content is gone",
        )  # fmt: skip
    made = Proof(
        header=Header(
            row.position, row.kind, row.id, row.case_id, row.type, row.at, row.known_at, row.recorded_at, row.person
        ),
        content=salted[SALT:],
        salt=salted[:SALT],
        commitment=bytes(row.commitment),
        sealed=digest(bytes(row.sealed)),
        previous=previous(connection, store.ledger, row.position),
        hash=bytes(row.hash),
        path=path(connection, row.position - 1, checkpoint.position),
        checkpoint=checkpoint,
        public_key=store.master.public_key,
    )
    try:
        made.check(store.master.public_key)
    except LedgerError as broken:
        raise LedgerError(
            "RM723", "chain-broken", found=str(broken), expected="entries that lead to the signed root",
            origin=Origin(store.database.shown), hint="`remit ledger verify` names everything that was altered",
        ) from None  # fmt: skip
    return made


def row_of(connection: Connection, event_id: str) -> EntryRow:
    found = connection.execute(select(ENTRIES).where(ENTRIES.c.id == event_id)).first()
    if found is None:
        raise EventError("RM451", "unknown-event", found=event_id, expected="the id of an event that was submitted")
    return EntryRow(*found)


def covering(connection: Connection, position: int) -> Checkpoint | None:
    """The newest checkpoint, if it covers a position."""
    newest = next(newest_first(connection), None)
    return newest[0] if newest is not None and newest[0].position >= position else None


def previous(connection: Connection, ledger: str, position: int) -> bytes:
    if position == 1:
        return genesis(ledger)
    return bytes(value(connection.execute(select(ENTRIES.c.hash).where(ENTRIES.c.position == position - 1)).first()))


def path(connection: Connection, index: int, size: int) -> tuple[bytes, ...]:
    """The hashes from leaf `index` of `size` to the root, lowest first: each leaf read once, in constant memory."""
    return tuple(subtree(connection, first, last) for first, last in siblings(index, size))


def siblings(index: int, size: int) -> Iterator[tuple[int, int]]:
    """Ranges of leaves whose roots make the path, lowest first (RFC 6962 §2.1.1).

    >>> list(siblings(2, 7))
    [(3, 4), (0, 2), (4, 7)]
    """
    first, found = 0, []
    while size > 1:
        left = 1 << (size - 1).bit_length() - 1
        if index - first < left:
            found.append((first + left, first + size))
            size = left
        else:
            found.append((first, first + left))
            first, size = first + left, size - left
    yield from reversed(found)


def subtree(connection: Connection, first: int, last: int) -> bytes:
    """The root over the leaves from `first` up to, without, `last`."""
    some = select(ENTRIES.c.hash).where(ENTRIES.c.position > first, ENTRIES.c.position <= last)
    peaks = Peaks()
    for row in connection.execute(some.order_by(ENTRIES.c.position), execution_options={"yield_per": 1000}):
        peaks = peaks.append(bytes(row.hash))
    return peaks.root()
