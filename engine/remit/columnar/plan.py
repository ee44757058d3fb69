"""The columnar program: from events to obligations in a dozen tables, whatever the number of rules.

    told → known → raised → routed → drafts → due, did → obligations

A rule is a row of `rules`. Where rules differ in more than constants, the expression is chosen by `CASE` on the shape. What
belongs to the unit graph or the calendar is asked once for each distinct input (`asked.py`), and joined.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from remit.columnar.asked import Asked
from remit.columnar.conditions import COLUMNS
from remit.columnar.rules import ColumnarRule
from remit.columnar.schema import OBLIGATIONS
from remit.live.program import LiveProgram
from remit.live.record import STEERING
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES
from remit.model.event import MERGER, SPLIT
from remit.model.vocabulary import Attribute
from remit.semantics.wakes import graph_days

#: The constants of conditions, by the letters their columns begin with.
CONSTANTS = {
    "i": pa.int64(), "t": pa.string(), "d": pa.date32(), "lb": pa.list_(pa.int64()), "lv": pa.list_(pa.string()),
    "ld": pa.list_(pa.date32()),
}  # fmt: skip
RULE = [
    ("rule", pa.int32()), ("name", pa.string()), ("policy", pa.string()), ("action", pa.string()), ("prefix", pa.string()),
    ("per", pa.string()), ("first", pa.date32()), ("last", pa.date32()), ("reads_facts", pa.bool_()), ("reads_by", pa.bool_()),
    ("reads_place", pa.bool_()), ("place_of", pa.string()), ("hours", pa.int64()), ("from_event", pa.bool_()),
    ("reading", pa.string()), ("maintained", pa.bool_()), ("must", pa.bool_()), ("perdurant", pa.bool_()),
    ("handover", pa.bool_()), ("joins", pa.bool_()), ("condition", pa.int32()), ("exception", pa.int32()),
    ("doubt", pa.int32()), ("route", pa.int32()), ("limit", pa.int32()),
]  # fmt: skip
#: Acts that make of a case another than its reports tell; such cases are not for columns.
SPECIAL = frozenset({*AMENDMENTS, *MOVES, *STEERING})
OWN = ("id", "type", "case", "place", "subject")


class Plan:
    """One run: the rules of the subset over one table of events, in one connection, at one moment."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        program: LiveProgram,
        rules: Sequence[ColumnarRule],
        asked: Asked,
        now: datetime,
    ) -> None:
        self.connection = connection
        self._program, self._rules, self._asked = program, rules, asked
        self._now = now
        self._shapes: dict[str, dict[str, int]] = {"condition": {}, "exception": {}, "doubt": {}, "act": {}}
        self._routes: dict[tuple[object, ...], int] = {}
        self._limits: dict[object, int] = {}
        self._facts = sorted({name for rule in rules for name in rule.facts})

    def run(self) -> None:
        """Fill the table `owed`; afterwards `hard` holds every case that was left out of it."""
        self._lay_out_rules()
        self._take_events()
        self._raise()
        self._route()
        self._join()
        self._schedule()
        self._settle()
        self._write()

    def _sql(self, text: str, *values: object) -> duckdb.DuckDBPyConnection:
        return self.connection.execute(text, list(values) or None)

    def _rows(self, text: str) -> list[dict[str, object]]:
        found = self._sql(text)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def _table(self, name: str, rows: pa.Table) -> None:
        self.connection.register("arrived", rows)
        self._sql(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arrived")
        self.connection.unregister("arrived")

    # --- the rules -----------------------------------------------------------------------------------

    def _lay_out_rules(self) -> None:
        rows, acts, breaches = [], [], []
        names: set[str] = set()
        for rule in self._rules:
            row = rule.row
            row |= {
                "condition": self._shape("condition", rule.condition), "exception": self._shape("exception", rule.exception),
                "doubt": self._shape("doubt", rule.doubts),
                "route": self._routes.setdefault(rule.route, len(self._routes)),
                "limit": self._limits.setdefault(rule.limit, len(self._limits)),
            }  # fmt: skip
            names |= rule.constants.keys()
            rows += [{**row, "type": kind} for kind in sorted(rule.live.source.triggers)]
            acts += [
                {
                    "rule": rule.live.order,
                    "type": kind,
                    "action": rule.live.rule.action or "",
                    "act": self._shape("act", where),
                }
                for kind, where in rule.acts
            ]
            breaches += [{"rule": rule.live.order, "type": kind} for kind in sorted(rule.live.breached_by)]
        constants = [(name, CONSTANTS[name.rstrip("0123456789")]) for name in sorted(names)]
        by_type = pa.Table.from_pylist(rows, schema=pa.schema([*RULE, ("type", pa.string()), *constants]))
        self._table("by_type", by_type)
        self._sql("CREATE OR REPLACE TEMP TABLE rules AS SELECT DISTINCT ON (rule) * EXCLUDE (type) FROM by_type")
        act = pa.schema([("rule", pa.int32()), ("type", pa.string()), ("action", pa.string()), ("act", pa.int32())])
        self._table("acts", pa.Table.from_pylist(acts, schema=act))
        self._table("breaches", pa.Table.from_pylist(breaches, schema=act))

    def _shape(self, kind: str, text: str) -> int:
        return self._shapes[kind].setdefault(text, len(self._shapes[kind]))

    def _chosen(self, kind: str, by: str) -> str:
        """The expression of the shape that is named in a column."""
        shapes = self._shapes[kind]
        if len(shapes) < 2:
            return next(iter(shapes), "FALSE")
        return f"CASE {by} " + " ".join(f"WHEN {number} THEN {text}" for text, number in shapes.items()) + " END"

    # --- the events ----------------------------------------------------------------------------------

    def _take_events(self) -> None:
        """The events of every case that is plainly told and may set a rule off, each with its day and its subject."""
        one = 'SELECT "case", min(subject) AS subject FROM told WHERE subject IS NOT NULL GROUP BY 1 HAVING min(subject) = max(subject)'
        zone = self._program.law.calendar.zone.key
        self._sql(f"CREATE TEMP TABLE IF NOT EXISTS lone AS {one}")
        alone = self._sql("SELECT count(*) FROM lone").fetchall()[0][0] > 0
        subject = "coalesce(lone.subject, told.subject) AS subject" if alone else "told.subject"
        joined = 'LEFT JOIN lone ON lone."case" = told."case"' if alone else ""
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE known AS
            WITH told AS MATERIALIZED (
                SELECT * FROM told WHERE "case" IN (SELECT "case" FROM told SEMI JOIN by_type USING (type) ANTI JOIN hard USING ("case"))
            )
            SELECT told.* EXCLUDE (subject, number, replaced), {subject}, CAST(timezone('{zone}', told.happened) AS DATE) AS day, {self._version} AS version
            FROM told {joined}
        """)
        if self._facts:
            self._gather_facts()

    @property
    def _version(self) -> str:
        """The number of changes of the unit graph up to a day: within one version every route is the same."""
        days = sorted({day for day in graph_days(self._program.law.graph) if day is not None})
        if not days:
            return "0"
        return (
            "CASE "
            + " ".join(f"WHEN day < DATE '{day}' THEN {n}" for n, day in enumerate(days))
            + f" ELSE {len(days)} END"
        )

    def _gather_facts(self) -> None:
        """What is stated of each subject. Where it is not always stated alike, or was learned late, the case is hard."""
        read = ", ".join(f'min("d:{name}") AS "s:{name}"' for name in self._facts)
        torn = " OR ".join(f'coalesce(min("d:{name}") <> max("d:{name}"), FALSE)' for name in self._facts)
        since = ", ".join(f'min(k) FILTER (WHERE "d:{name}" IS NOT NULL)' for name in self._facts)
        stated = " OR ".join(f'"d:{name}" IS NOT NULL' for name in self._facts)
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE facts AS
            SELECT "case", subject, {read}, {torn} AS torn, greatest({since}, NULL) AS since
            FROM known WHERE {stated} GROUP BY "case", subject
        """)
        self._sql("""
            INSERT INTO hard SELECT DISTINCT e."case"
            FROM known e JOIN by_type r ON r.type = e.type
            JOIN facts f ON f."case" = e."case" AND f.subject IS NOT DISTINCT FROM e.subject
            WHERE r.reads_facts AND (f.torn OR f.since > e.k)
        """)
        self._sql('DELETE FROM known WHERE "case" IN (SELECT "case" FROM hard)')

    # --- what they set off ---------------------------------------------------------------------------

    def _raise(self) -> None:
        """Each event with each rule that it sets off, and what decides whose duty that is."""
        facts = (
            'LEFT JOIN facts f ON f."case" = e."case" AND f.subject IS NOT DISTINCT FROM e.subject'
            if self._facts
            else ""
        )
        places = sorted({rule.place for rule in self._rules if rule.place is not None})
        named = "CASE r.place_of " + " ".join(f"WHEN '{name}' THEN e.\"d:{name}\"" for name in places) + " END"
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE raised AS
            SELECT *, CASE WHEN verdict IS NULL OR excepted IS NULL THEN doubted END AS doubts FROM (
                SELECT e.id, e.happened, e.learned, e.k, e."case", e.subject, e.day, e.version, r.rule, r.route,
                       {self._chosen("condition", "r.condition")} AS verdict,
                       {self._chosen("exception", "r.exception")} AS excepted,
                       {self._chosen("doubt", "r.doubt")} AS doubted,
                       CASE WHEN r.reads_by THEN e.reporter END AS reporter, CASE WHEN r.reads_place THEN e.place END AS place,
                       {named if places else "NULL::VARCHAR"} AS named,
                       CASE r.per WHEN 'event' THEN e.id WHEN 'subject' THEN coalesce(e.subject, '-') ELSE '' END AS part
                FROM known e JOIN by_type r ON r.type = e.type {facts}
                WHERE e.day BETWEEN r.first AND r.last
            ) WHERE verdict IS DISTINCT FROM FALSE AND excepted IS DISTINCT FROM TRUE
        """)

    def _route(self) -> None:
        """One row for each bearer."""
        self._sql("""
            CREATE OR REPLACE TEMP TABLE inputs AS
            SELECT route, version, reporter, place, named, min(day) AS day, row_number() OVER () AS input
            FROM raised GROUP BY route, version, reporter, place, named
        """)
        routes = {self._routes[rule.route]: rule for rule in self._rules}
        self._table("desks", self._asked.desks(self._rows("SELECT * FROM inputs"), routes))
        self._table("companies", self._asked.companies())
        self._table("words", self._asked.words())
        same = " AND ".join(f"i.{name} IS NOT DISTINCT FROM q.{name}" for name in ("reporter", "place", "named"))
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE routed AS
            SELECT q.* EXCLUDE (reporter, place, named, route, version, excepted, doubted), q.excepted IS NULL AS doubtful, i.input, d.desk, d.bearer, d.touched
            FROM raised q JOIN inputs i ON i.route = q.route AND i.version = q.version AND {same}
            JOIN desks d ON d.input = i.input
        """)
        self._sql('INSERT INTO hard SELECT DISTINCT "case" FROM routed WHERE touched')

    def _join(self) -> None:
        """Reports of the same matter are one draft: the surest and earliest leads, all are evidence, the first known counts."""
        matter = '"case", rule, part, bearer'
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE alike AS
            SELECT {matter} FROM routed JOIN rules USING (rule) WHERE joins GROUP BY ALL HAVING count(*) > 1
        """)
        lead = "(verdict IS NULL, doubtful, happened, learned, id, desk)"
        self._sql(f"""
            CREATE OR REPLACE TEMP TABLE drafts AS
            SELECT routed.* EXCLUDE (touched), k AS arose, [id] AS triggered_by FROM routed ANTI JOIN alike USING ({matter})
            UNION ALL
            SELECT * EXCLUDE (touched, evidence, sure, unsure), CASE WHEN verdict IS NULL THEN unsure ELSE sure END,
                   list_prepend(id, [x.id FOR x IN list_sort(evidence) IF x.id <> id])
            FROM (
                SELECT routed.*, min(k) FILTER (WHERE verdict) OVER w AS sure,
                       min(k) FILTER (WHERE verdict IS NULL) OVER w AS unsure,
                       list(DISTINCT struct_pack(happened := happened, learned := learned, id := id)) OVER w AS evidence
                FROM routed SEMI JOIN alike USING ({matter})
                WINDOW w AS (PARTITION BY {matter})
                QUALIFY row_number() OVER (PARTITION BY {matter} ORDER BY {lead}) = 1
            )
        """)

    # --- by when, and what was done ------------------------------------------------------------------

    def _schedule(self) -> None:
        """The deadline of every limit for every day from which it counts; hours are added where they are needed."""
        zone = self._program.law.calendar.zone.key
        self._sql(f"""
            CREATE OR REPLACE TEMP VIEW starting AS
            SELECT d.*, d.rowid AS draft, r."limit" AS counted,
                   CASE WHEN r.from_event THEN d.day ELSE CAST(timezone('{zone}', d.arose) AS DATE) END AS start
            FROM drafts d JOIN rules r ON r.rule = d.rule
        """)
        limits = {self._limits[rule.limit]: rule for rule in self._rules}
        starts = self._rows('SELECT DISTINCT counted AS "limit", start FROM starting')
        self._table("limits", self._asked.limits(starts, limits))

    def _settle(self) -> None:
        """When each draft was first performed, and by whom; a case in which a rule may have been breached is hard."""
        fits = 'coalesce(e."d:rule", r.name) = r.name'
        named = 'e."case" = d."case" AND e.type = t.type AND e."d:action" '
        self._sql(f"""
            INSERT INTO hard SELECT DISTINCT d."case"
            FROM drafts d JOIN breaches t ON t.rule = d.rule JOIN rules r ON r.rule = d.rule
            JOIN known e ON e."case" = d."case" AND e.type = t.type
            WHERE {fits} AND coalesce(e."d:action", r.action) = r.action
        """)
        tried = f"""
            SELECT d.rowid AS draft, e.happened, e.reporter, e.version, e.day, i.actors
            FROM drafts d JOIN acts t ON t.rule = d.rule JOIN rules r ON r.rule = d.rule
            JOIN known e ON {named} %s JOIN desks i ON i.input = d.input AND i.desk = d.desk
            WHERE {fits} AND e.reporter IS NOT NULL AND {self._chosen("act", "t.act")}
              AND (r.per <> 'event' OR (e.happened >= d.happened AND e.id <> d.id))
              AND (r.per <> 'subject' OR e.subject IS NULL OR e.subject = d.subject)
        """
        self._sql(f"CREATE OR REPLACE TEMP TABLE tried AS {tried % '= t.action'} UNION ALL {tried % 'IS NULL'}")
        pairs = self._rows(
            "SELECT reporter, actors, version, min(day) AS day FROM tried GROUP BY reporter, actors, version"
        )
        self._table("acting", self._asked.acting(pairs))
        self._sql("""
            CREATE OR REPLACE TEMP TABLE did AS
            SELECT draft, min(happened) AS done_at, list_sort(list(DISTINCT reporter)) AS done_by FROM tried SEMI JOIN acting USING (reporter, actors, version)
            GROUP BY draft
        """)
        self._sql("""
            CREATE OR REPLACE TEMP TABLE open_questions AS
            SELECT draft, list(question ORDER BY place) AS questions FROM (
                SELECT draft, q, min(place) AS place FROM (
                    SELECT draft, unnest(asks) AS q, generate_subscripts(asks, 1) AS place FROM (
                        SELECT d.rowid AS draft, list_concat(coalesce(d.doubts, []), i.asks) AS asks
                        FROM drafts d JOIN desks i ON i.input = d.input AND i.desk = d.desk
                        WHERE d.doubts IS NOT NULL OR len(i.asks) > 0
                    )
                ) GROUP BY draft, q
            ) JOIN words USING (q) GROUP BY draft
        """)

    def _write(self) -> None:
        columns = ", ".join(f'{EXPRESSIONS.get(name, name)} AS "{name}"' for name in OBLIGATIONS.names)
        self._sql(
            f"""
            CREATE OR REPLACE TEMP TABLE owed AS
            SELECT {columns} FROM (
                SELECT d.* EXCLUDE (bearer, rule), r.* EXCLUDE (reading), i.party, i.bearer_key, c.performers, c."to", c."with",
                       CASE WHEN r.hours IS NULL THEN l.due ELSE o.ends END AS due,
                       CASE WHEN r.hours IS NULL THEN l.latest WHEN r.reading IS NULL THEN o.ends END AS latest,
                       CASE WHEN r.hours IS NULL THEN l.state ELSE 'set' END AS deadline_state,
                       CASE WHEN r.hours IS NULL THEN l.reading ELSE r.reading END AS reading,
                       CASE WHEN r.hours IS NULL THEN l.awaits END AS awaits,
                       CASE WHEN r.hours IS NULL THEN l.calendars ELSE [] END AS calendars,
                       p.done_at, p.done_by, q.questions, CAST(? AS TIMESTAMPTZ) AS moment
                FROM starting d JOIN rules r ON r.rule = d.rule
                JOIN desks i ON i.input = d.input AND i.desk = d.desk
                JOIN companies c ON c.company = i.company
                LEFT JOIN limits l ON l."limit" = d.counted AND l.start = d.start
                LEFT JOIN did p ON p.draft = d.draft
                LEFT JOIN open_questions q ON q.draft = d.draft,
                LATERAL (SELECT CASE WHEN r.from_event THEN d.happened ELSE d.arose END + to_hours(coalesce(r.hours, 0)) AS ends) o
                WHERE d."case" NOT IN (SELECT "case" FROM hard)
            )
        """,
            self._now,
        )


def escape(text: str) -> str:
    """As `escaped`, of a column."""
    return f"replace(replace({text}, '%', '%25'), '/', '%2F')"


CASE = '"case"'
#: Performed, and nothing is left to acknowledge.
DONE = "(done_at IS NOT NULL AND CASE WHEN maintained THEN must ELSE NOT handover END)"
LATE = "CASE WHEN latest IS NOT NULL AND {0} > latest AND NOT perdurant THEN 'breached' ELSE {1} END"
#: The columns of an obligation, where they are more than a name.
EXPRESSIONS: Mapping[str, str] = {
    "id": f"prefix || bearer_key || '/' || {escape(CASE)} || CASE per WHEN 'case' THEN '' ELSE '/' || {escape('part')} END",
    "rule": "name",
    "nature": "'triggered'",
    "bearer": "party",
    "case": '"case"',
    "to": '"to"',
    "with": '"with"',
    "period": "NULL",
    "opens": "arose",
    "status": f"""CASE
        WHEN verdict IS NULL THEN 'undecided'
        WHEN maintained THEN CASE WHEN {DONE} THEN 'done' ELSE 'in_force' END
        WHEN {DONE} THEN CASE WHEN due IS NULL OR done_at <= due THEN 'done' ELSE {LATE.format("done_at", "'done_late'")} END
        WHEN moment < arose THEN 'pending'
        WHEN due IS NULL OR moment <= due THEN 'active'
        ELSE {LATE.format("moment", "'overdue'")} END""",
    "performed_at": f"CASE WHEN {DONE} THEN done_at END",
    "performed_by": f"CASE WHEN {DONE} THEN done_by ELSE [] END",
    "breached_at": "NULL",
    "rebuttable": "doubtful",
    "handover_open": "NOT maintained AND handover AND done_at IS NOT NULL AND verdict IS NOT NULL",
    "questions": "coalesce(questions, [])",
    "transferred_to": "NULL",
    "transferred_from": "NULL",
}


def tell(
    connection: duckdb.DuckDBPyConnection,
    events: str,
    present: pa.Schema,
    attributes: Mapping[str, Attribute],
    fields: Iterable[str],
    now: datetime,
) -> None:
    """The view `told`: the events of a relation knowable at `now`, every column there whether anyone stated it or not.

    The table `hard` begins with the cases upon whose reports or duties somebody acted, and those that these link with.
    """
    stated = {field.name for field in present.field("data").type} if "data" in present.names else set()
    columns = [f'"{name}"' if name in present.names else f'NULL::VARCHAR AS "{name}"' for name in OWN]
    for name in sorted({"action", "rule", "of", "into", *fields}):
        attribute = attributes.get(name)
        kind = COLUMNS[attribute.kind] if attribute is not None and attribute.kind in COLUMNS else "VARCHAR"
        columns.append(f'data."{name}" AS "d:{name}"' if name in stated else f'NULL::{kind} AS "d:{name}"')
    replaced = "replacement.type" if "replacement" in present.names else "NULL::VARCHAR"
    columns.append(f"{replaced} AS replaced")
    columns.append(('"by"' if "by" in present.names else "NULL::VARCHAR") + " AS reporter")
    learned = 'coalesce(known_at, "at")' if "known_at" in present.names else '"at"'
    connection.execute(f"""
        CREATE OR REPLACE TEMP VIEW told AS
        SELECT rowid AS number, "at" AS happened, {learned} AS learned, greatest("at", {learned}) AS k, {", ".join(columns)} FROM {events}
        WHERE greatest("at", {learned}) <= TIMESTAMPTZ '{now.isoformat()}'
    """)
    special, amendments = (", ".join(f"'{kind}'" for kind in sorted(kinds)) for kinds in (SPECIAL, AMENDMENTS))
    connection.execute(f"""
        CREATE TEMP TABLE IF NOT EXISTS marked AS SELECT DISTINCT "case" FROM (
            SELECT "case" FROM told WHERE type IN ({special})
            UNION ALL SELECT "case" FROM told WHERE id IN (SELECT "d:of" FROM told WHERE type IN ({amendments}))
            UNION ALL SELECT "d:of" FROM told WHERE type = '{MERGER}'
            UNION ALL SELECT "d:into" FROM told WHERE type = '{SPLIT}'
        ) WHERE "case" IS NOT NULL
    """)
    connection.execute("CREATE OR REPLACE TEMP TABLE hard AS SELECT * FROM marked")
