"""The events as one table of plain columns, `told`, and the cases that are not for columns, `hard`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from remit.columnar.conditions import COLUMNS
from remit.live.record import STEERING
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES
from remit.model.event import MERGER, SPLIT
from remit.model.vocabulary import Attribute
from remit.semantics.law import Law

#: Acts that make of a case another than its reports tell; such cases are not for columns.
SPECIAL = frozenset({*AMENDMENTS, *MOVES, *STEERING})
#: What the plan reads of every event, whatever the rules say.
ALWAYS = frozenset({"action", "rule", "of", "into"})
TEXTS = ("id", "type", "case", "place", "subject")


class Told:
    """The events knowable at a moment, in a connection of DuckDB.

    Attributes:
        connection: where `told` is, with the table `marked` of the cases upon whose reports or duties somebody acted, and those that these link with.
        persons: whether any event is about anybody.
        types, caseless: the types of the events, and of those that belong to no case.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, events: pa.Table, law: Law, now: datetime) -> None:
        self.connection = connection
        self._events, self._law, self._now = events, law, now
        self._fields: frozenset[str] = frozenset()
        self.persons = False
        self.types: frozenset[str] = frozenset()
        self.caseless: frozenset[str] = frozenset()
        connection.execute("SET TimeZone = 'UTC'")

    def read(self, fields: Iterable[str]) -> None:
        """Have these attributes among the columns, as `d:name`; null where nobody states them."""
        wanted = ALWAYS | frozenset(fields)
        if wanted <= self._fields:
            return
        self._fields |= wanted
        numbered = self._events.append_column("number", counting(len(self._events)))
        self.connection.register("arrived", numbered)
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE told AS {self._query(numbered.schema)}")
        self.connection.unregister("arrived")
        found = self.connection.execute('SELECT type, "case" IS NULL, count(subject) FROM told GROUP BY ALL').fetchall()
        self.persons = any(persons for _, _, persons in found)
        self.types = frozenset(kind for kind, _, _ in found)
        self.caseless = frozenset(kind for kind, lonely, _ in found if lonely)
        self._mark()

    def _query(self, present: pa.Schema) -> str:
        stated = {field.name for field in present.field("data").type} if "data" in present.names else set()
        columns = [f'"{name}"' if name in present.names else f'NULL::VARCHAR AS "{name}"' for name in TEXTS]
        for name in sorted(self._fields):
            kind = column_type(self._law.attributes.get(name))
            columns.append(f'data."{name}" AS "d:{name}"' if name in stated else f'NULL::{kind} AS "d:{name}"')
        columns.append(("replacement.type" if "replacement" in present.names else "NULL::VARCHAR") + " AS replaced")
        columns.append(('"by"' if "by" in present.names else "NULL::VARCHAR") + " AS reporter")
        learned = 'coalesce(known_at, "at")' if "known_at" in present.names else '"at"'
        return f"""
            SELECT number, "at" AS happened, {learned} AS learned, greatest("at", {learned}) AS k, {", ".join(columns)} FROM arrived
            WHERE greatest("at", {learned}) <= TIMESTAMPTZ '{self._now.isoformat()}'
        """

    def _mark(self) -> None:
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE marked AS SELECT DISTINCT "case" FROM (
                SELECT "case" FROM told WHERE type IN ({quoted(SPECIAL)})
                UNION ALL SELECT "case" FROM told WHERE id IN (SELECT "d:of" FROM told WHERE type IN ({quoted(AMENDMENTS)}))
                UNION ALL SELECT "d:of" FROM told WHERE type = '{MERGER}'
                UNION ALL SELECT "d:into" FROM told WHERE type = '{SPLIT}'
            ) WHERE "case" IS NOT NULL
        """)

    def any(self, which: str) -> bool:
        """Whether there is any such event."""
        return bool(self.connection.execute(f"SELECT EXISTS (FROM told WHERE {which})").fetchall()[0][0])

    def where(self, which: str) -> pa.Table:
        """Those events as they were reported, in their order."""
        asked = self.connection.sql(f"SELECT number FROM told WHERE {which} ORDER BY number")
        return taken(self._events, asked.to_arrow_table()["number"].combine_chunks())


def taken(table: pa.Table, numbers: pa.Array) -> pa.Table:
    """The rows of these numbers, which grow; batch by batch, so that no column has to be put together first."""
    found, start = [], 0
    for batch in table.to_batches():
        low, high = pa.scalar(start, pa.int64()), pa.scalar(start + batch.num_rows, pa.int64())
        here = numbers.filter(pc.and_(pc.greater_equal(numbers, low), pc.less(numbers, high)))
        if len(here):
            found.append(batch.take(pc.subtract(here, low)))
        start += batch.num_rows
    return pa.Table.from_batches(found, schema=table.schema)


def column_type(attribute: Attribute | None) -> str:
    return COLUMNS.get(attribute.kind, "VARCHAR") if attribute is not None else "VARCHAR"


def counting(size: int) -> pa.Array:
    """The numbers from 0."""
    return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), size)), 1)


def quoted(words: Iterable[str]) -> str:
    """The words as SQL texts; none of them is nothing that any text equals."""
    return ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words)) or "NULL"
