"""A ledger as JSON Lines: a head, every entry in order, and the signed checkpoint of the last.

Contents stand there in the open, as far as they can still be read: an export is as secret as the ledger and its key
together. What was erased has no content; its place in the chain stays.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from remit.errors import LedgerError, Origin
from remit.ledger.chain import SALT, Peaks, digest, genesis
from remit.ledger.checkpoint import Checkpoint
from remit.ledger.codec import decode_value, encode_value
from remit.ledger.links import Link
from remit.ledger.people import People
from remit.ledger.rows import instant
from remit.ledger.schema import ARCHIVES, ENTRIES, PERSONS
from remit.ledger.statements import EntryRow
from remit.ledger.store import Store
from remit.ledger.writing import Head

FORMAT = "remit-ledger/1"
PAGE = 500

Progress = Callable[[int, int], None]


def export(store: Store, progress: Progress | None = None) -> Iterator[bytes]:
    """The lines of an export, in one snapshot, in memory that does not grow; the same ledger gives the same bytes.

    Raises:
        LedgerError: RM723, the entries do not lead to the ledger's head.
    """
    people = People(store.master, store.ledger, store.statements)
    with store.database.reading() as connection:
        head = Head.read(connection)
        yield encode_value(
            {
                "format": FORMAT, "ledger": head.ledger, "pack": head.pack, "public_key": bytes(head.public_key).hex(),
                "entries": head.position,
            }
        )  # fmt: skip
        peaks, last, position = Peaks(), genesis(head.ledger), 0
        for row in rows(connection):
            position += 1
            if row.position != position or not Link.of(row).fits(last):
                raise broken(store, f"entry {position}")
            yield line(connection, people, row)
            last = bytes(row.hash)
            peaks = peaks.append(last)
            if position % PAGE == 0:
                people.forget()
                if progress is not None:
                    progress(position, head.position)
        if (position, last, peaks.bytes()) != (head.position, bytes(head.hash), bytes(head.peaks)):
            raise broken(store, "the head")
        made = Checkpoint(head.ledger, head.position, bytes(head.hash), peaks.root(), head.recorded_at)
        yield encode_value({"checkpoint": made.sign(store.master).as_json()})


def rows(connection: Connection) -> Iterator[EntryRow]:
    last = 0
    while True:
        some = select(ENTRIES).where(ENTRIES.c.position > last).order_by(ENTRIES.c.position).limit(PAGE)
        page = [EntryRow(*row) for row in connection.execute(some)]
        if not page:
            return
        yield from page
        last = page[-1].position


def broken(store: Store, where: str) -> LedgerError:
    """What was altered is not carried on."""
    return LedgerError(
        "RM723", "chain-broken", found=where, expected="a ledger that nobody altered",
        origin=Origin(store.database.shown), hint="`remit ledger verify` names everything that was altered",
    )  # fmt: skip


def line(connection: Connection, people: People, row: EntryRow) -> bytes:
    """One entry. Content and salt are null where the key was destroyed; such an entry carries its person's reference."""
    salted = people.salted(connection, row)
    written: dict[str, Any] = {
        "position": row.position,
        "kind": row.kind,
        "id": row.id,
        "case": row.case_id,
        "type": row.type,
        "at": iso(row.at),
        "known_at": iso(row.known_at),
        "recorded_at": iso(row.recorded_at),
        "person": row.person,
        "content": None if salted is None else msgspec.Raw(salted[SALT:]),
        "salt": None if salted is None else salted[:SALT].hex(),
        "commitment": bytes(row.commitment).hex(),
        "sealed": digest(bytes(row.sealed)).hex(),
        "hash": bytes(row.hash).hex(),
    }
    if salted is None:
        kept = select(PERSONS.c.reference).where(PERSONS.c.person == row.person)
        written["reference"] = bytes(connection.execute(kept).scalar_one()).hex()
    if row.kind == "pack" and salted is not None:
        kept = select(ARCHIVES.c.body).where(ARCHIVES.c.digest == decode_value(salted[SALT:]).get("digest"))
        written["archive"] = base64.b64encode(bytes(connection.execute(kept).scalar_one())).decode()
    return msgspec.json.encode(written)


def iso(count: int | None) -> str | None:
    """UTC, always with microseconds."""
    return None if count is None else instant(count).isoformat(timespec="microseconds").replace("+00:00", "Z")
