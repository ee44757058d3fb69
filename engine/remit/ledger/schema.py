"""The tables, one schema for SQLite and PostgreSQL. Moments are whole microseconds since 1970 in UTC."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem

#: The migration this program's tables come from; a ledger with another one is migrated, or refused if it is newer.
REVISION = "0001"

METADATA = MetaData()

#: A whole number. SQLite has one kind, and keeps a table in the order of such a key, without another index.
NUMBER = BigInteger().with_variant(Integer, "sqlite")


def table(name: str, *parts: SchemaItem, has_rowid: bool = True) -> Table:
    """A table whose columns hold what they are for and nothing else, in SQLite too."""
    return Table(name, METADATA, *parts, sqlite_strict=True, sqlite_with_rowid=has_rowid)


#: One row: the end of the chain, the clock, and whose ledger this is.
HEAD = table(
    "head",
    Column("one", NUMBER, primary_key=True, autoincrement=False),
    Column("ledger", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("master", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("position", NUMBER, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("outbox", NUMBER, nullable=False),
    Column("now", NUMBER, nullable=False),
    Column("recorded_at", NUMBER, nullable=False),
    Column("pack_digest", Text, nullable=False),
)

#: Append-only: reports, acts, ticks of the clock, packs, erasures.
ENTRIES = table(
    "entries",
    Column("position", NUMBER, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=True),
    Column("case_id", Text, nullable=True),
    Column("type", Text, nullable=True),
    Column("at", NUMBER, nullable=True),
    Column("known_at", NUMBER, nullable=True),
    Column("recorded_at", NUMBER, nullable=False),
    Column("person", Integer, ForeignKey("persons.person"), nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("id", name="entries_id"),
    Index("entries_case", "case_id", "position"),
    Index("entries_type", "type", "position"),
)

#: One key a person of a case; `reference` finds it and names nobody, `wrapped` is NULL once it is destroyed.
PERSONS = table(
    "persons",
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("case_id", Text, nullable=True),
    Column("reference", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=True),
    UniqueConstraint("reference", name="persons_reference"),
    Index("persons_case", "case_id"),
)

#: The packs the ledger was run by, whole.
ARCHIVES = table(
    "archives",
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

#: Signed states of the chain.
CHECKPOINTS = table(
    "checkpoints",
    Column("position", NUMBER, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

#: Projection: each matter (a case, the events without one, the agenda), and when it next changes by itself.
MATTERS = table(
    "matters",
    Column("matter", Text, primary_key=True),
    Column("wakes_at", NUMBER, nullable=True),
    Index("matters_wakes", "wakes_at"),
    has_rowid=False,
)

#: Projection: what the pure function says at the clock, a row an obligation. By matter first: what is said of one together
#: stands together, in a small ledger and in a large one.
OBLIGATIONS = table(
    "obligations",
    Column("key", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("bearer", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("nature", Text, nullable=False),
    Column("opens", NUMBER, nullable=True),
    Column("due", NUMBER, nullable=True),
    Column("latest", NUMBER, nullable=True),
    Column("tzdata", Text, nullable=False),
    Column("person", Integer, nullable=True),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("matter", "key"),
    Index("obligations_desk", "bearer", "status", "due"),
)

#: What changed, for other programs: numbered without gaps, written once, without personal data.
OUTBOX = table(
    "outbox",
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("position", NUMBER, nullable=False),
    Column("now", NUMBER, nullable=False),
    Column("what", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("bearer", Text, nullable=False),
    Column("status", Text, nullable=True),
    Column("due", NUMBER, nullable=True),
)

#: How far each consumer has read the outbox.
CONSUMERS = table(
    "consumers",
    Column("name", Text, primary_key=True),
    Column("number", NUMBER, nullable=False),
)

#: Times the native matcher failed and the reference answered.
INCIDENTS = table(
    "incidents",
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("position", NUMBER, nullable=False),
    Column("backend", Text, nullable=False),
    Column("case_id", Text, nullable=True),
    Column("what", Text, nullable=False),
)

#: What `rebuild` drops and makes again.
PROJECTION = (MATTERS, OBLIGATIONS)
