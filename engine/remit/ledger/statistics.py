"""How much a ledger holds."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select, text

from remit.ledger.checkpoint import Checkpoint
from remit.ledger.checkpoints import newest_first
from remit.ledger.database import Database
from remit.ledger.export import iso
from remit.ledger.migrate import revision_of
from remit.ledger.schema import ENTRIES, INCIDENTS, OBLIGATIONS, PERSONS
from remit.ledger.store import Store
from remit.ledger.writing import Head

#: Statuses of duties about which something may still be done, or must be.
OPEN = ("undecided", "pending", "active", "in_force", "suspended", "overdue", "disputed")


@dataclass(frozen=True, slots=True)
class Statistics:
    """Counts. `erased` are people whose keys were destroyed; `incidents`, failures of the native matcher
    that the reference evaluator made good; `now` is None before the first event; `unsigned` entries stand after the checkpoint."""

    ledger: str
    pack: str
    schema: str
    entries: int
    events: int
    cases: int
    obligations: int
    open: int
    outbox: int
    erased: int
    incidents: int
    now: str | None
    checkpoint: Checkpoint | None
    unsigned: int
    public_key: str
    size_bytes: int

    def as_json(self) -> dict[str, object]:
        checkpoint = None if self.checkpoint is None else self.checkpoint.as_json()
        return {name: getattr(self, name) for name in self.__slots__} | {"checkpoint": checkpoint}


def statistics(store: Store) -> Statistics:
    """Counted in one snapshot, by the indexes."""
    with store.database.reading() as connection:
        head = Head.read(connection)
        newest = next(newest_first(connection), None)

        def count(query: object) -> int:
            return int(connection.execute(query).scalar_one())  # type: ignore[call-overload]  # a select of one number

        duties = select(func.count()).select_from(OBLIGATIONS)
        return Statistics(
            ledger=head.ledger,
            pack=head.pack,
            schema=revision_of(connection) or "",
            entries=head.position,
            events=count(select(func.count(ENTRIES.c.id))),
            cases=count(select(func.count(ENTRIES.c.case_id.distinct()))),
            obligations=count(duties),
            open=count(duties.where(OBLIGATIONS.c.status.in_(OPEN))),
            outbox=head.outbox,
            erased=count(select(func.count()).select_from(PERSONS).where(PERSONS.c.wrapped.is_(None))),
            incidents=count(select(func.count()).select_from(INCIDENTS)),
            now=iso(head.now) if head.position else None,
            checkpoint=None if newest is None else newest[0],
            unsigned=head.position - (0 if newest is None else newest[0].position),
            public_key=bytes(head.public_key).hex(),
            size_bytes=size(store.database, connection),
        )


def size(database: Database, connection: Connection) -> int:
    """On the disk, the log included."""
    if database.path is None:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
    files = (database.path, database.path.with_name(database.path.name + "-wal"))
    return sum(file.stat().st_size for file in files if file.exists())
