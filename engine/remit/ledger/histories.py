"""Everything a ledger has about one matter, in order, each entry with what it changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, select

from remit.ledger.codec import decode_value
from remit.ledger.rows import instant, moment
from remit.ledger.schema import ENTRIES, OUTBOX
from remit.ledger.statements import EntryRow
from remit.ledger.store import Entry, Message, Store

CASE = "case:"


@dataclass(frozen=True, slots=True)
class Step:
    """One entry and the changes announced at it. `erased` means an event whose content is gone."""

    entry: Entry
    messages: tuple[Message, ...]

    @property
    def erased(self) -> bool:
        return self.entry.kind == "event" and self.entry.event is None


def history_of(store: Store, cases: Collection[str]) -> tuple[Step, ...]:
    """The entries that name any of the cases, those that changed something in one, and erasures; empty if all are unknown.

    Changes stand at the last entry of their transaction: what a batch changed is told once, at its end.
    """
    with store.database.reading() as connection:
        own = select(ENTRIES).where(ENTRIES.c.case_id.in_(cases)).order_by(ENTRIES.c.position)
        found = {row.position: store.entry(connection, EntryRow(*row)) for row in connection.execute(own)}
        if not found:
            return ()
        told = messages(connection, cases)
        others = sorted({message.position for message in told} - found.keys())
        for position in others:
            row = connection.execute(select(ENTRIES).where(ENTRIES.c.position == position)).one()
            entry = store.entry(connection, EntryRow(*row))
            if entry.kind != "event":
                found[position] = entry
        for entry in erasures(store, connection):
            said = decode_value(entry.content or b"{}")
            if not {said.get("case"), *said.get("cases", ())}.isdisjoint(cases):
                found[entry.position] = entry
    at = placed(told, sorted(found))
    return tuple(Step(found[position], tuple(at.get(position, ()))) for position in sorted(found))


def messages(connection: Connection, cases: Collection[str]) -> list[Message]:
    query = select(OUTBOX).where(OUTBOX.c.matter.in_([CASE + case for case in cases])).order_by(OUTBOX.c.number)
    return [
        Message(r.number, r.position, instant(r.now), r.what, r.key, r.matter, r.rule, r.bearer, r.status, moment(r.due))
        for r in connection.execute(query)
    ]  # fmt: skip


def erasures(store: Store, connection: Connection) -> list[Entry]:
    query = select(ENTRIES).where(ENTRIES.c.id.is_(None), ENTRIES.c.kind == "erasure").order_by(ENTRIES.c.position)
    return [store.entry(connection, EntryRow(*row)) for row in connection.execute(query)]


def placed(told: list[Message], positions: list[int]) -> dict[int, list[Message]]:
    """Each change at the last of the entries up to its own position."""
    at: dict[int, list[Message]] = {}
    for message in told:
        before = [position for position in positions if position <= message.position]
        at.setdefault(before[-1] if before else positions[0], []).append(message)
    return at
