"""The columnar program: from events to obligations in a dozen tables, whatever the number of rules.

    told → raised → routed → drafts → due, did → obligations

A rule is a row of `rules`. Where rules differ in more than constants, the expression is chosen by `CASE` on the shape. What
belongs to the unit graph or the calendar is asked once for each distinct input (`asked.py`), and joined.
"""

from __future__ import annotations

from datetime import datetime

import duckdb
import pyarrow as pa

from remit.columnar.asked import Asked
from remit.columnar.facts import Facts
from remit.columnar.law import ColumnarLaw
from remit.columnar.layout import CONDITION, DOUBTS, EXCEPTION, MANY, chosen
from remit.columnar.owed import FLAT, obligations
from remit.columnar.told import LIFTING, Told, local_day, quoted
from remit.model.event import WAIVER
from remit.semantics.wakes import graph_days

#: Of an act `e` upon a draft `d` of the rule `r`: it names the rule or none, is about the same person or nobody, and, of a duty
#: that was made for one report, was done no sooner than what was reported.
NAMED = 'coalesce(e."d:rule", r.name) = r.name'
ABOUT = "(r.per <> 'subject' OR e.subject IS NULL OR e.subject = d.subject)"
SINCE = "r.per <> 'event' OR e.happened >= d.happened"


class Plan:
    """One run: the rules of the subset over the events told, at one moment."""

    def __init__(self, told: Told, law: ColumnarLaw, asked: Asked, now: datetime) -> None:
        self._told, self._asked, self._now = told, asked, now
        self._law, self._rules = law.law, law.layout
        self._facts = Facts(told, law.layout)

    def run(self) -> pa.Table:
        """What the rules raise; afterwards `hard` holds every case that was left out, `turned` of others a rule that was."""
        self._told.read(self._rules.fields)
        self._told.bring_reports(self._rules.types, sorted_by_type=len(self._rules.shapes) >= MANY)
        self._sql("CREATE OR REPLACE TEMP TABLE hard AS SELECT * FROM marked")
        self._sql('CREATE OR REPLACE TEMP TABLE turned ("case" VARCHAR, rule INTEGER)')
        self._bring_rules()
        self._facts.gather()
        self._raise()
        self._route()
        self._join()
        self._schedule()
        self._settle()
        return self._write()

    def _sql(self, text: str) -> duckdb.DuckDBPyConnection:
        return self._told.connection.execute(text)

    def _rows(self, text: str) -> list[dict[str, object]]:
        found = self._sql(text)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _table(self, name: str, rows: pa.Table) -> None:
        self._told.connection.register("brought", rows)
        self._sql(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM brought")
        self._told.connection.unregister("brought")

    # --- the rules -----------------------------------------------------------------------------------

    def _bring_rules(self) -> None:
        for name, rows in self._rules.tables.items():
            self._table(name, rows)
        self._sql("CREATE OR REPLACE TEMP TABLE rules AS SELECT DISTINCT ON (rule) * EXCLUDE (type) FROM by_type")

    def _day(self, moment: str) -> str:
        return local_day(self._law.calendar.zone, moment)

    def _version(self, day: str) -> str:
        """The number of changes of the unit graph up to a day: within one version every route is the same."""
        days = sorted({day for day in graph_days(self._law.graph) if day is not None})
        whens = " ".join(f"WHEN {day} < DATE '{change}' THEN {n}" for n, change in enumerate(days))
        return f"CASE {whens} ELSE {len(days)} END" if days else "0"

    # --- what they set off ---------------------------------------------------------------------------

    def _raise(self) -> None:
        """Each event with each rule that it sets off, and what decides whose duty that is."""
        whens = " ".join(f"WHEN '{name}' THEN e.\"d:{name}\"" for name in self._rules.places)
        named = f"CASE r.place_of {whens} END" if whens else "NULL::VARCHAR"
        by_case = " ".join(f"WHEN '{per}' THEN {part}" for per, part in (("event", "e.id"), ("subject", "coalesce(e.subject, '-')")))  # fmt: skip
        condition = self._rules.chosen(CONDITION, per_bearer=False, otherwise="TRUE")
        exception = self._rules.chosen(EXCEPTION, per_bearer=False, otherwise="FALSE")
        day = self._day("e.happened")
        late = self._rules.late
        facts = "" if late == "FALSE" else f" OR ({late})"
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE raised AS
            SELECT e.number, e.id, e.happened, e.learned, e.k, e."case", e.subject, {day} AS day, {self._version(day)} AS version,
                   r.rule, r.route, r.per_bearer, r.joins, {late} AS late, {condition} AS verdict, ({exception}) IS NULL AS doubtful,
                   {self._doubted(condition, exception, per_bearer=False)} AS doubts,
                   CASE WHEN r.reads_by THEN e.reporter END AS reporter, CASE WHEN r.reads_place THEN e.place END AS place,
                   {named} AS named, CASE r.per {by_case} ELSE '' END AS part
            FROM {self._facts.reports} e {self._facts.known} JOIN by_type r ON r.type = e.type
            WHERE (r.begins IS NULL OR e.happened >= r.begins) AND (r.ends IS NULL OR e.happened < r.ends) AND (({condition}) IS DISTINCT FROM FALSE AND ({exception}) IS DISTINCT FROM TRUE{facts})
        """)
        if facts and self._told.holds("raised WHERE late"):
            self._facts.look_back(condition, exception)
            self._sql(
                'INSERT INTO turned SELECT DISTINCT "case", rule FROM raised JOIN looked USING (number, rule) WHERE turns'
            )
            self._sql("""
                DELETE FROM raised WHERE ("case", rule) IN (FROM turned)
                OR (late AND (number, rule) IN (SELECT number, rule FROM looked WHERE NOT raises))
            """)

    def _doubted(self, condition: str, exception: str, *, per_bearer: bool) -> str:
        doubts = self._rules.chosen(DOUBTS, per_bearer=per_bearer, otherwise="[]")
        undecided = [f"({text}) IS NULL" for text in (condition, exception) if text not in ("TRUE", "FALSE")]
        return f"CASE WHEN {' OR '.join(undecided)} THEN {doubts} END" if undecided else "NULL::INTEGER[]"

    def _route(self) -> None:
        """One row for each bearer."""
        self._sql("""
            CREATE OR REPLACE TEMP TABLE inputs AS
            SELECT route, version, reporter, place, named, min(day) AS day, CAST(row_number() OVER () AS INTEGER) AS input
            FROM raised GROUP BY route, version, reporter, place, named
        """)
        self._table("desks", self._asked.desks(self._rows("SELECT * FROM inputs"), self._rules.routes))
        self._table("posts", self._asked.posts())
        same = " AND ".join(f"i.{name} IS NOT DISTINCT FROM q.{name}" for name in ("reporter", "place", "named"))
        found = f"JOIN inputs i ON i.route = q.route AND i.version = q.version AND {same} JOIN desks o ON o.input = i.input JOIN posts u ON u.post = o.post"
        self._sql("CREATE OR REPLACE TEMP SEQUENCE drafted")
        kept = "nextval('drafted') AS draft, q.id, q.happened, q.learned, q.\"case\", q.subject, q.day, q.rule, q.joins, q.part, o.desk, u.post, u.bearer, u.touched, q.k AS arose, NULL::VARCHAR[] AS others"
        plain = f"SELECT {kept}, q.verdict, q.doubtful, q.doubts FROM raised q {found} WHERE NOT q.per_bearer"
        self._sql(f"CREATE OR REPLACE TEMP TABLE routed AS {plain} {self._by_bearer(found, kept)}")
        self._sql('INSERT INTO hard SELECT DISTINCT "case" FROM routed WHERE touched')

    def _by_bearer(self, found: str, kept: str) -> str:
        """What only the bearer decides."""
        if not self._rules.per_bearer:
            return ""
        condition = self._rules.chosen(CONDITION, per_bearer=True, otherwise="TRUE")
        exception = self._rules.chosen(EXCEPTION, per_bearer=True, otherwise="FALSE")
        return f"""
            UNION ALL SELECT {kept}, {condition}, ({exception}) IS NULL, {self._doubted(condition, exception, per_bearer=True)}
            FROM {self._facts.reports} e JOIN (FROM raised WHERE per_bearer) q ON q.number = e.number JOIN rules r ON r.rule = q.rule {found} {self._facts.known}
            WHERE ({condition}) IS DISTINCT FROM FALSE AND ({exception}) IS DISTINCT FROM TRUE
        """

    def _join(self) -> None:
        """Reports of the same matter are one draft: the surest and earliest leads, all are evidence, the first known counts."""
        matter = '"case", rule, part, bearer'
        self._sql("CREATE OR REPLACE TEMP VIEW drafts AS FROM routed")
        self._sql(f"CREATE OR REPLACE TEMP TABLE alike AS SELECT {matter} FROM routed WHERE joins GROUP BY {matter} HAVING count(*) > 1")  # fmt: skip
        if not self._told.holds("alike"):
            return
        lead = "(verdict IS NULL, doubtful, happened, learned, id, desk)"
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE joined AS
            SELECT * EXCLUDE (evidence, sure, unsure) REPLACE (
                CASE WHEN verdict IS NULL THEN unsure ELSE sure END AS arose, [x.id FOR x IN list_sort(evidence) IF x.id <> id] AS others
            ) FROM (
                SELECT routed.*, min(arose) FILTER (WHERE verdict) OVER w AS sure,
                       min(arose) FILTER (WHERE verdict IS NULL) OVER w AS unsure,
                       list(DISTINCT struct_pack(happened := happened, learned := learned, id := id)) OVER w AS evidence
                FROM routed SEMI JOIN alike USING ({matter})
                WINDOW w AS (PARTITION BY {matter})
                QUALIFY row_number() OVER (PARTITION BY {matter} ORDER BY {lead}) = 1
            )
        """)
        self._sql(f"DELETE FROM routed WHERE ({matter}) IN (FROM alike)")
        self._sql("INSERT INTO routed FROM joined")

    # --- by when, and what was done ------------------------------------------------------------------

    def _schedule(self) -> None:
        """The deadline of every limit for every day from which it counts; hours are added where they are needed."""
        starts = f'SELECT DISTINCT r."limit", {self._start} AS start FROM drafts d JOIN rules r ON r.rule = d.rule WHERE r.hours IS NULL'
        self._table("limits", self._asked.limits(self._rows(starts), self._rules.limits))

    @property
    def _start(self) -> str:
        """The day from which the limit of a draft counts."""
        return f"CASE WHEN r.from_event THEN d.day ELSE {self._day('d.arose')} END"

    def _settle(self) -> None:
        """What became of each draft by the acts of its case."""
        self._perform()
        self._breach()
        self._lift()

    def _perform(self) -> None:
        """When each draft was first performed, and by whom."""
        day = self._day("e.happened")
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE tried AS
            SELECT d.draft, e.happened, e.reporter, {self._version(day)} AS version, i.actors
            FROM told e JOIN acts t ON e.type = t.type AND e."d:action" IS NOT DISTINCT FROM t.action JOIN drafts d ON d.rule = t.rule AND d."case" = e."case"
            JOIN rules r ON r.rule = d.rule JOIN posts i ON i.post = d.post
            WHERE {NAMED} AND e.reporter IS NOT NULL AND {chosen("t.act", self._rules.acts)}
              AND ({SINCE}) AND (r.per <> 'event' OR e.id <> d.id) AND {ABOUT}
        """)
        pairs = self._rows(f"SELECT reporter, actors, version, {self._day('min(happened)')} AS day FROM tried GROUP BY reporter, actors, version")  # fmt: skip
        self._table("acting", self._asked.acting(pairs))
        self._sql("""
            CREATE OR REPLACE TEMP TABLE did AS
            SELECT draft, min(happened) AS done_at, list_sort(list(reporter)) AS done_by
            FROM (SELECT draft, reporter, min(happened) AS happened FROM tried SEMI JOIN acting USING (reporter, actors, version) GROUP BY draft, reporter)
            GROUP BY draft
        """)

    def _breach(self) -> None:
        """When each draft was first breached, and by which acts; where a rule has several bearers in its case, that case is hard."""
        self._sql("CREATE OR REPLACE TEMP TABLE broken (draft BIGINT, broken_at TIMESTAMPTZ, breaches VARCHAR[])")
        if self._rules.breached_by.isdisjoint(self._told.types):
            return
        self._sql(f"""
            INSERT INTO broken SELECT draft, min(happened), list(id ORDER BY happened, learned, id) FROM (
                SELECT DISTINCT d.draft, e.number, e.happened, e.learned, e.id
                FROM (FROM {self._facts.events} WHERE type IN ({quoted(self._rules.breached_by)})) e JOIN breaches t ON e.type = t.type JOIN drafts d ON d.rule = t.rule AND d."case" = e."case"
                JOIN rules r ON r.rule = d.rule {self._facts.known}
                WHERE {NAMED} AND coalesce(e."d:action", r.action) = r.action AND {chosen("t.act", self._rules.breaches)} AND ({SINCE}) AND {ABOUT}
            ) GROUP BY draft
        """)
        self._sql("""
            INSERT INTO hard SELECT DISTINCT d."case" FROM drafts d SEMI JOIN broken USING (draft)
            JOIN drafts o ON o."case" = d."case" AND o.rule = d.rule AND o.bearer <> d.bearer
        """)

    def _lift(self) -> None:
        """Which drafts were waived or disputed, by their rule or by their own id; where ids have moved, the case is hard."""
        self._sql("CREATE OR REPLACE TEMP TABLE lifted (draft BIGINT, lifted VARCHAR)")
        if LIFTING.isdisjoint(self._told.types):
            return
        acts = f"e.type IN ({quoted(LIFTING)})"
        if self._law.graph.reorganisations:
            self._sql(
                f'INSERT INTO hard SELECT DISTINCT "case" FROM special e WHERE {acts} AND "case" IS NOT NULL AND "d:obligation" IS NOT NULL'
            )
        self._sql(f"""
            INSERT INTO lifted SELECT draft, CASE WHEN bool_or(type = '{WAIVER}') THEN 'waived' ELSE 'disputed' END FROM (
                SELECT d.draft, e.type, d."case", d.part, r.prefix, r.per, i.bearer_key, e."d:obligation" AS named
                FROM drafts d JOIN special e ON d."case" = e."case" JOIN rules r ON r.rule = d.rule JOIN posts i ON i.post = d.post
                WHERE {acts} AND {NAMED} AND {ABOUT} AND (e."d:obligation" IS NOT NULL OR (e."d:rule" IS NOT NULL AND ({SINCE})))
            ) WHERE named IS NULL OR named = {FLAT["id"]} GROUP BY draft
        """)

    def _write(self) -> pa.Table:
        flat = ", ".join(f'{text} AS "{name}"' for name, text in FLAT.items())
        found = self._told.connection.sql(f"""
            SELECT {flat} FROM (
                SELECT d.* EXCLUDE (rule, bearer), r.* EXCLUDE (reading, joins), i.bearer_key, i.asks,
                       CASE WHEN r.hours IS NULL THEN l.due ELSE o.ends END AS due,
                       CASE WHEN r.hours IS NULL THEN l.latest WHEN r.reading IS NULL THEN o.ends END AS latest,
                       CASE WHEN r.hours IS NULL THEN l.state ELSE 'set' END AS deadline_state,
                       CASE WHEN r.hours IS NULL THEN l.reading ELSE r.reading END AS reading,
                       CASE WHEN r.hours IS NULL THEN l.awaits END AS awaits,
                       CASE WHEN r.hours IS NULL THEN l.calendars ELSE [] END AS calendars,
                       p.done_at, p.done_by, b.broken_at, b.breaches, w.lifted, TIMESTAMPTZ '{self._now.isoformat()}' AS moment
                FROM drafts d JOIN rules r ON r.rule = d.rule
                JOIN posts i ON i.post = d.post
                LEFT JOIN limits l ON l."limit" = r."limit" AND l.start = {self._start} AND r.hours IS NULL
                LEFT JOIN did p ON p.draft = d.draft LEFT JOIN broken b ON b.draft = d.draft LEFT JOIN lifted w ON w.draft = d.draft,
                LATERAL (SELECT CASE WHEN r.from_event THEN d.happened ELSE d.arose END + to_hours(coalesce(r.hours, 0)) AS ends) o
                WHERE d."case" NOT IN (SELECT "case" FROM hard)
            )
        """).to_arrow_table()
        return obligations(found, self._asked)
