"""The events as one table of plain columns, `told`, and the cases that are not for columns, `hard`."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from remit.columnar.conditions import COLUMNS
from remit.live.record import STEERING
from remit.live.rules import LiveRule
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES
from remit.model.event import DISPUTE, MERGER, SPLIT, WAIVER
from remit.model.vocabulary import Attribute
from remit.semantics.law import Law

#: Acts that lift a duty, whatever the clock says.
LIFTING = frozenset({WAIVER, DISPUTE})
#: Acts that make of a case another than its reports tell; such cases are not for columns.
SPECIAL = frozenset({*AMENDMENTS, *MOVES, *STEERING}) - LIFTING
#: What the plan reads of every event, whatever the rules say.
ALWAYS = frozenset({"action", "rule", "period", "of", "into", "obligation"})
NEVER = datetime.min.replace(tzinfo=UTC)
#: The one order of events.
IN_TIME = '{"happened": happened, "learned": learned, "id": id}'
TEXTS = ("id", "type", "case", "place", "subject")


class Told:
    """The events knowable at a moment, in a connection of DuckDB.

    Attributes:
        connection: where `told` is, with the tables `special` of the acts upon reports, cases and duties, `amended` of those that found the
            report they amend, and `marked` of the cases in which either is, and those that these link with.
        persons: whether any event is about anybody.
        types, caseless: the types of the events, and of those that belong to no case.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, events: pa.Table, law: Law, now: datetime) -> None:
        self.connection = connection
        self._events, self._law, self._now = events, law, now
        self._fields: frozenset[str] = frozenset()
        self._reports: frozenset[str] | None = None
        self.persons = False
        self.types: frozenset[str] = frozenset()
        self.caseless: frozenset[str] = frozenset()
        connection.execute("SET TimeZone = 'UTC'")
        # A join keeps in memory what is written on its right: DuckDB, left to guess, takes the events with all they state.
        connection.execute("SET disabled_optimizers = 'build_side_probe_side'")

    def read(self, fields: Iterable[str]) -> None:
        """Have these attributes among the columns, as `d:name`; null where nobody states them."""
        wanted = ALWAYS | frozenset(fields)
        if wanted <= self._fields:
            return
        self._fields |= wanted
        self._plain = plain = flat(self._events, self._fields)
        self._show("told", plain)
        found = self.connection.execute('SELECT type, "case" IS NULL, count(subject) FROM told GROUP BY ALL').fetchall()
        self.persons = any(persons for _, _, persons in found)
        self.types = frozenset(kind for kind, _, _ in found)
        self.caseless = frozenset(kind for kind, lonely, _ in found if lonely)
        self._reports = None
        self._mark()

    def bring_reports(self, types: frozenset[str], *, sorted_by_type: bool) -> None:
        """Have the events of these types as `reports`, if need be those of one type together, and perhaps others."""
        if not sorted_by_type:
            self._reports = None
            self.connection.execute("CREATE OR REPLACE TEMP VIEW reports AS FROM told")
        elif types != self._reports:
            self._reports = types
            self._show("reports", together(self._plain, types))

    def _show(self, name: str, plain: pa.Table) -> None:
        """Have these events as a view, with every column that may be asked for."""
        self.connection.register(f"{name}_arrived", plain)
        shown = [f'"{name}"' for name in plain.column_names]
        shown += [f'NULL::{kind} AS "{name}"' for name, kind in self._wanted.items() if name not in plain.column_names]
        shown.append(
            "greatest(happened, learned) AS k"
            if "learned" in plain.column_names
            else "happened AS learned, happened AS k"
        )
        until = f"WHERE k <= TIMESTAMPTZ '{self._now.isoformat()}'" if self._now < latest(plain) else ""
        self.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {name} AS SELECT {', '.join(shown)} FROM {name}_arrived {until}"
        )

    @property
    def _wanted(self) -> dict[str, str]:
        """The columns that may be null in every row, and their types."""
        attributes = {f"d:{name}": column_type(self._law.attributes.get(name)) for name in sorted(self._fields)}
        return dict.fromkeys((*TEXTS, "reporter", "replaced"), "VARCHAR") | attributes

    def _mark(self) -> None:
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE special AS
            SELECT number, type, happened, "case", subject, "d:of", "d:into", "d:rule", "d:obligation", replaced FROM {self._of(SPECIAL | LIFTING)}
        """)
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE amended AS SELECT a."case" AS "by", a.replaced, t."case", t.type
            FROM told t JOIN (FROM special WHERE type IN ({quoted(AMENDMENTS)})) a ON t.id = a."d:of"
            {"LIMIT 0" if self.types.isdisjoint(AMENDMENTS) else ""}
        """)
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE marked AS SELECT DISTINCT "case" FROM (
                SELECT "case" FROM special WHERE type IN ({quoted(SPECIAL)}) UNION ALL SELECT "case" FROM amended
                UNION ALL SELECT "d:of" FROM special WHERE type = '{MERGER}'
                UNION ALL SELECT "d:into" FROM special WHERE type = '{SPLIT}'
            ) WHERE "case" IS NOT NULL
        """)

    def _of(self, types: AbstractSet[str]) -> str:
        """The events of these types; where there are none, nothing is looked for."""
        return f"told WHERE type IN ({quoted(types & self.types)})" if types & self.types else "told LIMIT 0"

    def any(self, which: str) -> bool:
        """Whether there is any such event."""
        return self.holds(f"told WHERE {which}")

    def holds(self, table: str) -> bool:
        """Whether there is any row in a table of the connection."""
        return bool(self.connection.execute(f"SELECT EXISTS (FROM {table})").fetchall()[0][0])

    def where(self, *which: str) -> pa.Table:
        """Those events, by any of the conditions, as they were reported, in their order."""
        found = " UNION ".join(f"SELECT number FROM told WHERE {some}" for some in which)
        asked = self.connection.sql(f"{found} ORDER BY number")
        return taken(self._events, asked.to_arrow_table()["number"].combine_chunks())


def flat(events: pa.Table, fields: Iterable[str]) -> pa.Table:
    """The columns in which some event says something, none of them copied; `learned` only where it is not always `happened`."""
    data = events["data"] if "data" in events.column_names else pa.chunked_array([pa.array([], pa.struct([]))])
    stated = {field.name for field in data.type}
    found = {name: events[name] for name in TEXTS if name in events.column_names}
    found |= {f"d:{name}": pc.struct_field(data, name) for name in sorted(fields) if name in stated}
    if "by" in events.column_names:
        found["reporter"] = events["by"]
    if "replacement" in events.column_names:
        found["replaced"] = pc.struct_field(events["replacement"], "type")
    found = {name: column for name, column in found.items() if column.null_count < len(events)}
    happened = events["at"]
    if "known_at" in events.column_names and not events["known_at"].equals(happened):
        found["learned"] = pc.coalesce(events["known_at"], happened)
    return pa.table({"number": counting(len(events)), "happened": happened, **found})


def latest(plain: pa.Table) -> datetime:
    """When the last of them had happened and was known."""
    moments = [pc.max(plain[name]).as_py() for name in ("happened", "learned") if name in plain.column_names]
    return max((moment for moment in moments if moment is not None), default=NEVER)


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


def together(table: pa.Table, types: Iterable[str]) -> pa.Table:
    """The events of these types, in each batch those of one type side by side."""
    if not table.num_rows:
        return table
    wanted = pa.array(sorted(types), pa.string()).cast(table.schema.field("type").type)
    found = []
    for batch in table.to_batches():
        kinds = pc.index_in(batch["type"], value_set=wanted)
        numbers = pc.indices_nonzero(kinds.is_valid())
        found.append(batch.take(numbers.take(pc.sort_indices(kinds.take(numbers)))))
    return pa.Table.from_batches(found, schema=table.schema)


def local_day(zone: ZoneInfo, moment: str) -> str:
    """The day of a moment, where the law is."""
    return f"CAST(timezone('{zone.key}', {moment}) AS DATE)"


def column_type(attribute: Attribute | None) -> str:
    return COLUMNS.get(attribute.kind, "VARCHAR") if attribute is not None else "VARCHAR"


def counting(size: int) -> pa.Array:
    """The numbers from 0."""
    return pc.subtract(pc.cumulative_sum(pa.repeat(pa.scalar(1, pa.int64()), size)), 1)


def quoted(words: Iterable[str]) -> str:
    """The words as SQL texts; none of them is nothing that any text equals."""
    return ", ".join("'" + word.replace("'", "''") + "'" for word in sorted(words)) or "NULL"


def naming(kinds: Iterable[str], rules: Iterable[LiveRule]) -> str:
    """Acts of these types that may be meant for one of the rules."""
    actions, names = quoted({rule.rule.action or "" for rule in rules}), quoted({rule.rule.id for rule in rules})
    return f'type IN ({quoted(kinds)}) AND coalesce("d:action" IN ({actions}), TRUE) AND coalesce("d:rule" IN ({names}), TRUE)'
