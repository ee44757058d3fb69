"""What must hold of a ledger at any moment, looked at from outside: raw rows, its own chain, the pure function.

Nothing here uses the code that wrote the ledger, but for opening seals and reading events.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from remit import Event, Obligation, Pack, obligations
from remit.ledger.codec import EPOCH, MICROSECOND, decode
from remit.ledger.database import Database
from remit.ledger.people import row_binding
from remit.ledger.rows import maybe, said_by, unpack
from remit.ledger.vault import MasterKey, PersonKey, binding

Row = Any


@dataclass(frozen=True)
class Seen:
    """One snapshot of a ledger, found sound."""

    position: int
    outbox: int
    now: datetime
    ids: tuple[str, ...]
    kinds: tuple[str, ...]
    erased: frozenset[str]
    recorded: tuple[int, ...]
    projection: Mapping[str, Obligation]


class Rows:
    """All rows of one snapshot."""

    def __init__(self, connection: Connection) -> None:
        def table(name: str, order: str) -> list[Row]:
            return list(connection.execute(text(f"SELECT * FROM {name} ORDER BY {order}")))

        self.head = connection.execute(text("SELECT * FROM head")).one()
        self.entries = table("entries", "position")
        self.persons = table("persons", "person")
        self.outbox = table("outbox", "number")
        self.obligations = table("obligations", "key")
        self.matters = table("matters", "matter")


def examine(url: str, key: MasterKey, pack: Pack) -> Seen:
    """Look at a ledger through one snapshot; every assertion here is a promise of the ledger's."""
    database = Database(url)
    try:
        with database.reading() as connection:
            rows = Rows(connection)
    finally:
        database.close()
    return examined(rows, key, pack)


def examined(rows: Rows, key: MasterKey, pack: Pack) -> Seen:
    unbroken(rows)
    keys = {p.person: None if p.wrapped is None else PersonKey.unwrap(key, p.person, p.wrapped) for p in rows.persons}
    events = list(reported(rows, keys))
    now = EPOCH + rows.head.now * MICROSECOND
    projection = said(rows, keys, key, pack)
    assert projection == worked_out(pack, events, now), "the projection is not what the pure function says"
    announced(rows, projection, key)
    return Seen(
        rows.head.position,
        rows.head.outbox,
        now,
        tuple(e.id for e in rows.entries if e.id is not None),
        tuple(e.kind for e in rows.entries),
        frozenset(p.case_id for p in rows.persons if p.wrapped is None),
        tuple(e.recorded_at for e in rows.entries),
        projection,
    )


# --- the chain ----------------------------------------------------------------------------------------


def unbroken(rows: Rows) -> None:
    """Positions without gaps, each hash over the one before, the tree over all; ids once; the clock of records forwards."""
    previous, leaves = sha256(b"remit ledger\0" + rows.head.ledger.encode()).digest(), []
    for position, entry in enumerate(rows.entries, 1):
        header = {
            "at": entry.at, "case": entry.case_id, "id": entry.id, "key": entry.person, "kind": entry.kind,
            "known_at": entry.known_at, "position": position, "recorded_at": entry.recorded_at, "type": entry.type,
        }  # fmt: skip
        written = json.dumps(header, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        linked = previous + written + bytes(entry.commitment) + sha256(entry.sealed).digest()
        previous = sha256(linked).digest()
        assert (entry.position, bytes(entry.hash)) == (position, previous), f"the chain breaks at {position}"
        leaves.append(previous)
    assert (rows.head.position, bytes(rows.head.hash)) == (len(leaves), previous)
    assert folded(rows.head.peaks) == root(leaves)
    assert int.from_bytes(rows.head.peaks[:8], "big") == len(leaves)
    ids = [entry.id for entry in rows.entries if entry.id is not None]
    assert len(ids) == len(set(ids)), "an event stands there twice"
    recorded = [entry.recorded_at for entry in rows.entries]
    assert recorded == sorted(recorded)


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962, as it is defined there."""
    if len(leaves) < 2:
        return sha256(b"\0" + leaves[0]).digest() if leaves else sha256().digest()
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:half]) + root(leaves[half:])).digest()


def folded(peaks: bytes) -> bytes:
    """The root of the head's peaks."""
    tops = [peaks[at : at + 32] for at in range(8, len(peaks), 32)]
    top = tops.pop() if tops else sha256().digest()
    for left in reversed(tops):
        top = sha256(b"\1" + left + top).digest()
    return top


# --- the projection -------------------------------------------------------------------------------------


def reported(rows: Rows, keys: Mapping[int, PersonKey | None]) -> Iterable[Event]:
    """Every event that can still be read, its seal and commitment checked."""
    for entry in rows.entries:
        sealed = bytes(entry.sealed)
        if entry.kind != "event":
            assert sha256(sealed).digest() == bytes(entry.commitment)
        elif (own := keys[entry.person]) is not None:
            salted = own.open(sealed, binding(rows.head.ledger, entry.position))
            assert sha256(salted).digest() == bytes(entry.commitment)
            yield decode(salted[32:])


def worked_out(pack: Pack, events: Iterable[Event], now: datetime) -> dict[str, Obligation]:
    """What the pure function says, without its explanations."""
    words = pack.vocabulary
    at = now.astimezone(pack.calendar.zone)
    found = obligations(
        pack.policies, pack.graph, words.readings, pack.calendar, events, at, attributes=words.attributes
    )
    return {o.id: o.bare() for o in found.obligations}


def said(rows: Rows, keys: Mapping[int, PersonKey | None], key: MasterKey, pack: Pack) -> dict[str, Obligation]:
    """What the rows of the projection say, each column the same as its body."""
    rules = said_by(rule for policy in pack.policies for rule in policy.rules)
    found: dict[str, Obligation] = {}
    for row in rows.obligations:
        body = bytes(row.body)
        if row.person is not None:
            own = keys[row.person]
            assert own is not None, "a row of somebody who was erased"
            body = own.open(body, row_binding(rows.head.ledger, row.key))
        read = unpack(body, rules, lambda at: at.astimezone(pack.calendar.zone))
        due = read.deadline
        columns = (read.rule, read.bearer.id, read.status.value, read.nature.value)
        assert (row.rule, row.bearer, row.status, row.nature) == columns
        assert (row.opens, row.due, row.latest) == (maybe(due.opens), maybe(due.due), maybe(due.latest))
        assert row.key == key.pseudonym(read.id)
        found[read.id] = read
    assert {row.matter for row in rows.obligations} <= {row.matter for row in rows.matters}
    return found


def announced(rows: Rows, projection: Mapping[str, Obligation], key: MasterKey) -> None:
    """The outbox is numbered without gaps, and whoever reads it knows how every obligation stands."""
    assert [message.number for message in rows.outbox] == list(range(1, rows.head.outbox + 1))
    assert all(1 <= message.position <= rows.head.position for message in rows.outbox)
    told: dict[str, tuple[str | None, int | None]] = {}
    for message in rows.outbox:
        told[message.key] = (message.status, message.due)
    heard = {name: state for name, state in told.items() if state[0] is not None}
    stands = {key.pseudonym(name): (o.status.value, maybe(o.deadline.due)) for name, o in projection.items()}
    assert heard == stands, "the outbox and the projection differ"
