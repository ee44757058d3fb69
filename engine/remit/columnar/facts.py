"""What is stated of the persons and the cases, last and since when, as tables beside the events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb

from remit.columnar.layout import Layout
from remit.columnar.told import IN_TIME, Told


@dataclass(frozen=True, slots=True)
class Statements:
    """Statements about the persons, or about the cases: the table of what holds, how rules call it, the columns that tell them apart."""

    table: str
    alias: str
    by: tuple[str, ...]
    read: Sequence[str]

    @property
    def values(self) -> list[str]:
        return [f'"d:{name}"' for name in self.read]

    @property
    def said(self) -> list[str]:
        """Whether each is stated."""
        return [f"{value} IS NOT NULL" for value in self.values]

    def same(self, one: str, other: str) -> str:
        """That two rows are about the same person, or the same case."""
        return " AND ".join(f"{one}.{column} IS NOT DISTINCT FROM {other}.{column}" for column in self.by)

    def holding(self, values: Sequence[str], since: Sequence[str], torn: str, which: str) -> str:
        """A row of what holds; `since` in all is when the last of it came to stand."""
        shown = [f'{v} AS "d:{n}", {k} AS "since:{n}"' for n, v, k in zip(self.read, values, since, strict=True)]
        return f"SELECT {', '.join(self.by)}, {torn} AS torn, greatest({', '.join(since)}) AS since, {', '.join(shown)} FROM {self.table}_stated s WHERE {which}"


class Facts:
    """The facts that the rules of a plan read."""

    def __init__(self, told: Told, rules: Layout) -> None:
        self._told, self._rules = told, rules
        self._lone = False

    def _sql(self, text: str) -> duckdb.DuckDBPyConnection:
        return self._told.connection.execute(text)

    @property
    def _stated(self) -> Iterator[Statements]:
        for table, alias, by, read in (
            ("facts", "f", ('"case"', "subject"), self._rules.facts), ("matter", "c", ('"case"',), self._rules.matter),
        ):  # fmt: skip
            if read:
                yield Statements(table, alias, by, read)

    @property
    def events(self) -> str:
        """The events of cases, each about the one person of its case where it names none."""
        return self._about("told")

    @property
    def reports(self) -> str:
        """Those of them that set rules off."""
        return self._about("reports")

    def _about(self, told: str) -> str:
        if not self._lone:
            return f'(SELECT * FROM {told} WHERE "case" IS NOT NULL)'
        return f'(SELECT t.* REPLACE (coalesce(t.subject, lone.subject) AS subject) FROM {told} t LEFT JOIN lone ON lone."case" = t."case" WHERE t."case" IS NOT NULL)'

    @property
    def known(self) -> str:
        """The joins that bring what is known of the subject and the case of an event `e`."""
        return " ".join(f"LEFT JOIN {s.table} {s.alias} ON {s.same(s.alias, 'e')}" for s in self._stated)

    def gather(self) -> None:
        """What was stated last, and since when that stands.

        What was always stated alike stands since it was first known; else, since the last statement was.
        """
        self._find_lone()
        for stated in self._stated:
            self._gather(stated)

    def _find_lone(self) -> None:
        """The one person of each case in which a report, or what states a fact, names nobody."""
        self._lone = False
        if not self._told.persons:
            return
        stated = "".join(f' OR "d:{name}" IS NOT NULL' for name in self._rules.facts)
        nameless = f'subject IS NULL AND "case" IS NOT NULL AND (type IN (SELECT type FROM by_type){stated})'
        self._lone = self._told.any(nameless)
        if self._lone:
            self._sql(f"""
                CREATE OR REPLACE TEMP TABLE lone AS
                SELECT "case", min(subject) AS subject FROM told SEMI JOIN (SELECT "case" FROM told WHERE {nameless}) USING ("case")
                WHERE subject IS NOT NULL GROUP BY 1 HAVING min(subject) = max(subject)
            """)

    def _gather(self, stated: Statements) -> None:
        """Most is said once; what is said again and alike is summed up, and only what is said otherwise is looked at in time."""
        table, by, values, said = stated.table, ", ".join(stated.by), stated.values, stated.said
        first = [f"min(k) FILTER (WHERE {some})" for some in said]
        steady = [f"min({value}) = max({value})" for value in values]
        often, same = f"EXISTS (FROM often t WHERE {stated.same('s', 't')})", stated.same("s", "t")
        once = stated.holding(values, [f"CASE WHEN {some} THEN k END" for some in said], "FALSE", f"NOT {often}")
        torn = " OR ".join(f"coalesce(NOT ({alike}), FALSE)" for alike in steady)
        alike = stated.holding([f"min({value})" for value in values], first, torn, f"{often} GROUP BY {by}")
        self._sql(
            f"CREATE OR REPLACE TEMP TABLE {table}_stated AS SELECT {by}, happened, learned, id, k, {', '.join(values)} FROM {self.events} WHERE {' OR '.join(said)}"
        )
        self._sql(
            f"CREATE OR REPLACE TEMP TABLE often AS SELECT {by} FROM {table}_stated GROUP BY {by} HAVING count(*) > 1"
        )
        self._sql(f"CREATE OR REPLACE TEMP TABLE {table} AS {once} UNION ALL {alike}")
        if self._told.holds(f"{table} WHERE torn"):
            last = [
                f"CASE WHEN {s} THEN {f} ELSE max(k) FILTER (WHERE {some}) END"
                for s, f, some in zip(steady, first, said, strict=True)
            ]
            latest = [f"arg_max({value}, {IN_TIME})" for value in values]
            anew = stated.holding(latest, last, "TRUE", f"EXISTS (FROM {table} t WHERE torn AND {same}) GROUP BY {by}")
            self._sql(f"CREATE OR REPLACE TEMP TABLE told_anew AS {anew}")
            self._sql(f"DELETE FROM {table} WHERE torn")
            self._sql(f"INSERT INTO {table} FROM told_anew")

    def look_back(self, condition: str, exception: str) -> None:
        """`looked`: of what is `raised` and `late`, whether a rule was judged otherwise once it was known, and whether it raises anything.

        It is judged at every moment at which something was stated of the person or the case. What waits for its bearer turns.
        """
        later = " UNION ".join(
            f"SELECT e.number, s.k AS moment FROM asked e JOIN {s.table}_stated s ON {s.same('s', 'e')} AND s.k > e.k"
            for s in self._stated
        )
        self._sql("CREATE OR REPLACE TEMP TABLE late AS SELECT number, rule, per_bearer FROM raised WHERE late")
        self._sql(
            f'CREATE OR REPLACE TEMP TABLE asked AS SELECT number, "case", subject, k FROM {self.reports} SEMI JOIN late USING (number)'
        )
        self._sql(f"CREATE OR REPLACE TEMP TABLE moments AS SELECT number, k AS moment FROM asked UNION {later}")
        for s in self._stated:
            values = ", ".join(f"arg_max({value}, {IN_TIME}) AS {value}" for value in s.values)
            self._sql(f"""
                CREATE OR REPLACE TEMP TABLE {s.table}_then AS SELECT number, moment, {values} FROM (
                    SELECT m.*, s.* FROM moments m JOIN asked e USING (number) JOIN {s.table}_stated s ON {s.same("s", "e")} AND s.k <= m.moment
                ) GROUP BY number, moment
            """)
        then = " ".join(
            f"LEFT JOIN {s.table}_then {s.alias} ON {s.alias}.number = m.number AND {s.alias}.moment = m.moment"
            for s in self._stated
        )
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE looked AS
            SELECT number, rule, bool_or(per_bearer) OR count(DISTINCT judged) > 1 AS turns, bool_or(raises) AS raises FROM (
                SELECT e.number, q.rule, q.per_bearer, coalesce(CAST(({condition}) AS VARCHAR), '') || '/' || coalesce(CAST(({exception}) AS VARCHAR), '') AS judged,
                       ({condition}) IS DISTINCT FROM FALSE AND ({exception}) IS DISTINCT FROM TRUE AS raises
                FROM {self.reports} e JOIN late q ON q.number = e.number JOIN rules r ON r.rule = q.rule JOIN moments m ON m.number = e.number {then}
            ) GROUP BY number, rule
        """)
