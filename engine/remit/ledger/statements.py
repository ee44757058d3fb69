"""The statements of a transaction, compiled once for a dialect and run on the bare driver.

They are written with SQLAlchemy Core like any other; only its work for each execution is left out, which would cost more
than the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    Column,
    Dialect,
    Select,
    Table,
    bindparam,
    delete,
    exists,
    func,
    literal_column,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.elements import ClauseElement

from remit.ledger.schema import ENTRIES, HEAD, MATTERS, OBLIGATIONS, OUTBOX, PERSONS

#: What is written: its bytes as `bytearray`, because for each of `bytes` Python's SQLite driver looks for an adapter, in vain.
Row = tuple[Any, ...]


#: Values asked for at once.
SEVERAL = 50


class EntryRow(NamedTuple):
    """A row of `entries`, in the order of its columns."""

    position: int
    kind: str
    id: str | None
    case_id: str | None
    type: str | None
    at: int | None
    known_at: int | None
    recorded_at: int
    person: int | None
    sealed: bytes
    commitment: bytes
    hash: bytes


class ObligationRow(NamedTuple):
    """A row of `obligations`, in the order of its columns."""

    key: str
    matter: str
    rule: str
    bearer: str
    status: str
    nature: str
    opens: int | None
    due: int | None
    latest: int | None
    tzdata: str
    person: int | None
    body: bytes


class Statement:
    """One statement in a driver's own words; `parameters` are the names of its values, in the order in which it takes them."""

    def __init__(self, built: ClauseElement, dialect: Dialect, names: Sequence[str] | None = None) -> None:
        compiled = built.compile(dialect=dialect, column_keys=names)
        self.sql = str(compiled)
        self.parameters: tuple[str, ...] = tuple(getattr(compiled, "positiontup", None) or ())

    def run(self, cursor: Any, *values: Any) -> None:
        cursor.execute(self.sql, values)

    def each(self, cursor: Any, rows: Sequence[Row]) -> None:
        """Once for every row."""
        if rows:
            cursor.executemany(self.sql, rows)

    def all(self, cursor: Any, *values: Any) -> list[Row]:
        cursor.execute(self.sql, values)
        found: list[Row] = cursor.fetchall()
        return found

    def one(self, cursor: Any, *values: Any) -> Row | None:
        cursor.execute(self.sql, values)
        found: Row | None = cursor.fetchone()
        return found


class Lookup:
    """The rows of a table in which a column has one of some values."""

    def __init__(self, asked: Select[Any], column: Column[Any], dialect: Dialect) -> None:
        several: list[BindParameter[str]] = [bindparam(f"wanted_{number}") for number in range(SEVERAL)]
        self._one = Statement(asked.where(column == bindparam("wanted")), dialect)
        self._several = Statement(asked.where(column.in_(several)), dialect)

    def all(self, cursor: Any, wanted: Sequence[str]) -> list[Row]:
        """Those for any number of values."""
        if len(wanted) == 1:
            return self._one.all(cursor, *wanted)
        found: list[Row] = []
        for start in range(0, len(wanted), SEVERAL):
            some = wanted[start : start + SEVERAL]
            found += self._several.all(cursor, *some, *([some[-1]] * (SEVERAL - len(some))))
        return found


def positional(dialect: Dialect) -> Dialect:
    """The same dialect with parameters by place, so that a row is a tuple in the order of its columns."""
    return dialect if dialect.positional else type(dialect)(paramstyle="format")  # type: ignore[call-arg]  # every dialect of a driver takes it


class Statements:
    """Those that every transaction needs."""

    def __init__(self, own: Dialect) -> None:
        dialect = positional(own)

        def made(built: ClauseElement, names: Sequence[str] | None = None) -> Statement:
            return Statement(built, dialect, names)

        def added(table: Table) -> Statement:
            return made(table.insert(), [column.name for column in table.columns])

        head = select(HEAD)
        self.head = made(head if dialect.name == "sqlite" else head.with_for_update())
        self.move_head = made(update(HEAD).values({c: bindparam(f"new_{c}") for c in MOVING}))
        self.kept = Lookup(select(ENTRIES), ENTRIES.c.id, dialect)
        self.kept_ids = Lookup(select(ENTRIES.c.id), ENTRIES.c.id, dialect)
        since = select(ENTRIES.c.kind, ENTRIES.c.case_id, ENTRIES.c.type).where(ENTRIES.c.position > bindparam("after"))
        self.entries_since = made(since)
        self.told_since = made(select(OUTBOX.c.matter).distinct().where(OUTBOX.c.number > bindparam("after")))
        self.add_entry = added(ENTRIES)
        self.look = made(
            select(
                exists().where(ENTRIES.c.id == bindparam("wanted_id")),
                exists().where(PERSONS.c.case_id == bindparam("wanted_case")),
                exists().where(MATTERS.c.matter == bindparam("wanted_matter")),
            )
        )
        self.known_cases = Lookup(select(PERSONS.c.case_id).distinct(), PERSONS.c.case_id, dialect)
        self.known_matters = Lookup(select(MATTERS.c.matter), MATTERS.c.matter, dialect)
        self.events = made(events().where(ENTRIES.c.case_id == bindparam("wanted")))
        self.events_without_case = made(events().where(ENTRIES.c.case_id.is_(None)))
        self.person = made(select(PERSONS.c.person).where(PERSONS.c.reference == bindparam("wanted")))
        self.last_person = made(select(func.max(PERSONS.c.person)))
        self.add_person = added(PERSONS)
        self.key = made(select(PERSONS.c.wrapped).where(PERSONS.c.person == bindparam("wanted")))
        # In no order: asked for one by name, SQLite goes through all matters in that order.
        self.awake = made(select(MATTERS.c.matter).where(MATTERS.c.wakes_at <= bindparam("now")))
        self.first_waking = made(select(func.min(MATTERS.c.wakes_at)).where(MATTERS.c.wakes_at > bindparam("now")))
        self.say_matter = made(upsert(MATTERS, dialect))
        self.said = made(select(OBLIGATIONS).where(OBLIGATIONS.c.matter == bindparam("wanted")))
        self.say = made(upsert(OBLIGATIONS, dialect))
        mine = (OBLIGATIONS.c.matter == bindparam("wanted_matter")) & (OBLIGATIONS.c.key == bindparam("wanted_key"))
        self.unsay = made(delete(OBLIGATIONS).where(mine))
        self.stands = made(select(OBLIGATIONS.c.key).where(mine))
        self.announce = added(OUTBOX)


#: What of the head a transaction moves.
MOVING = ("position", "hash", "peaks", "outbox", "now", "recorded_at", "pack_digest")


def events() -> Any:
    """Events in the order in which they were kept."""
    return select(ENTRIES).where(ENTRIES.c.kind == literal_column("'event'")).order_by(ENTRIES.c.position)


def upsert(table: Table, dialect: Dialect) -> ClauseElement:
    """A row put in, or in the place of the one with its key."""
    made = (sqlite if dialect.name == "sqlite" else postgresql).insert(table)
    values = made.values({column.name: bindparam(column.name) for column in table.columns})
    own = [column.name for column in table.primary_key]
    rest = {column.name: values.excluded[column.name] for column in table.columns if column.name not in own}
    made_over: ClauseElement = values.on_conflict_do_update(index_elements=own, set_=rest)
    return made_over
