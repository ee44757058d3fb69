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
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

#: The migration this program's tables come from; a ledger with another one is migrated, or refused if it is newer.
REVISION = "0001"

METADATA = MetaData()

#: What numbers rows from 1. SQLite keeps a table in the order of an INTEGER key, without another index.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: One row: the end of the chain, the clock, and whose ledger this is.
HEAD = Table(
    "head",
    METADATA,
    Column("one", SmallInteger, primary_key=True, autoincrement=False),
    Column("ledger", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("master", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("peaks", LargeBinary, nullable=False),
    Column("outbox", BigInteger, nullable=False),
    Column("now", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("pack_digest", Text, nullable=False),
)

#: Append-only: reports, acts, ticks of the clock, packs, erasures.
ENTRIES = Table(
    "entries",
    METADATA,
    Column("position", NUMBER, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=True),
    Column("case_id", Text, nullable=True),
    Column("type", Text, nullable=True),
    Column("at", BigInteger, nullable=True),
    Column("known_at", BigInteger, nullable=True),
    Column("recorded_at", BigInteger, nullable=False),
    Column("person", Integer, ForeignKey("persons.person"), nullable=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    UniqueConstraint("id", name="entries_id"),
    Index("entries_case", "case_id", "position"),
    Index("entries_type", "type", "position"),
)

#: One key a person of a case; `reference` finds it and names nobody, `wrapped` is NULL once it is destroyed.
PERSONS = Table(
    "persons",
    METADATA,
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("case_id", Text, nullable=True),
    Column("reference", LargeBinary, nullable=False),
    Column("wrapped", LargeBinary, nullable=True),
    UniqueConstraint("reference", name="persons_reference"),
    Index("persons_case", "case_id"),
)

#: The packs the ledger was run by, whole.
ARCHIVES = Table(
    "archives",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

#: Signed states of the chain.
CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("position", NUMBER, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
)

#: Projection: each matter (a case, the events without one, the agenda), and when it next changes by itself.
MATTERS = Table(
    "matters",
    METADATA,
    Column("matter", Text, primary_key=True),
    Column("wakes_at", BigInteger, nullable=True),
    Index("matters_wakes", "wakes_at"),
    sqlite_with_rowid=False,
)

#: Projection: what the pure function says at the clock, a row an obligation. By matter first: what is said of one together
#: stands together, in a small ledger and in a large one.
OBLIGATIONS = Table(
    "obligations",
    METADATA,
    Column("key", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("bearer", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("nature", Text, nullable=False),
    Column("opens", BigInteger, nullable=True),
    Column("due", BigInteger, nullable=True),
    Column("latest", BigInteger, nullable=True),
    Column("tzdata", Text, nullable=False),
    Column("person", Integer, nullable=True),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("matter", "key"),
    Index("obligations_desk", "bearer", "status", "due"),
)

#: What changed, for other programs: numbered without gaps, written once, without personal data.
OUTBOX = Table(
    "outbox",
    METADATA,
    Column("number", NUMBER, primary_key=True, autoincrement=False),
    Column("position", BigInteger, nullable=False),
    Column("now", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("matter", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("bearer", Text, nullable=False),
    Column("status", Text, nullable=True),
    Column("due", BigInteger, nullable=True),
)

#: How far each consumer has read the outbox.
CONSUMERS = Table(
    "consumers",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
)

#: Times the native matcher failed and the reference answered.
INCIDENTS = Table(
    "incidents",
    METADATA,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("position", BigInteger, nullable=False),
    Column("backend", Text, nullable=False),
    Column("case_id", Text, nullable=True),
    Column("what", Text, nullable=False),
)

#: What `rebuild` drops and makes again.
PROJECTION = (MATTERS, OBLIGATIONS)
