"""The rules as tables, a row each: what of a plan hangs on no event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pyarrow as pa

from remit.columnar.asked import Row
from remit.columnar.rules import ColumnarRule
from remit.columnar.schema import MOMENT
from remit.semantics.law import Law

#: The constants of conditions, by the letters their columns begin with.
CONSTANTS = {
    "i": pa.int64(), "t": pa.string(), "d": pa.date32(), "lb": pa.list_(pa.int64()), "lv": pa.list_(pa.string()),
    "ld": pa.list_(pa.date32()),
}  # fmt: skip
RULE = [
    ("rule", pa.int32()), ("name", pa.string()), ("policy", pa.string()), ("action", pa.string()), ("prefix", pa.string()),
    ("per", pa.string()), ("begins", MOMENT), ("ends", MOMENT), ("per_bearer", pa.bool_()), ("reads_by", pa.bool_()),
    ("reads_place", pa.bool_()), ("place_of", pa.string()), ("hours", pa.int64()), ("from_event", pa.bool_()),
    ("reading", pa.string()), ("maintained", pa.bool_()), ("must", pa.bool_()), ("perdurant", pa.bool_()),
    ("handover", pa.bool_()), ("joins", pa.bool_()), ("shape", pa.int32()), ("route", pa.int32()), ("limit", pa.int32()),
]  # fmt: skip
ACTS = pa.schema([("rule", pa.int32()), ("type", pa.string()), ("action", pa.string()), ("act", pa.int32())])
#: So many shapes that it pays to lay events by their type: DuckDB judges a shape for all rows that lie side by side.
MANY = 8
#: A `CASE` of no more branches is not halved.
FEW = 4
#: The parts of a shape.
CONDITION, EXCEPTION, DOUBTS, LATE = range(4)
Shape = tuple[str, str, str, str]


class Layout:
    """The rules of a subset as the plan reads them.

    Attributes:
        tables: `by_type`, a row for each rule and each type of event that sets it off; `breaches`, one for each act that violates it;
            `acts`, two for each that performs it, one with its action and one for events that name none.
        types: the types of events that set any of them off.
        shapes: condition, exception, doubts, and whether a fact came late: rules that agree in these are of one shape.
        acts, breaches: what must hold of an act, by number.
        routes, limits: a rule of each route and of each limit, by number.
        facts, matter: the attributes that the rules read of a subject, and of a case; `fields` are these and those of events.
        places: the attributes of events from which desks are read; `breached_by` are the types of events that may breach a rule.
        per_bearer: whether any rule waits for its bearer.
    """

    def __init__(self, law: Law, rules: Sequence[ColumnarRule]) -> None:
        self._law = law
        numbers: dict[Shape, int] = {}
        self.routes: dict[int, ColumnarRule] = {}
        self.limits: dict[int, ColumnarRule] = {}
        routes: dict[tuple[object, ...], int] = {}
        limits: dict[object, int] = {}
        acts: dict[str, int] = {}
        breaches: dict[str, int] = {}
        waiting: set[int] = set()
        rows: list[Row] = []
        for rule in rules:
            shape = numbers.setdefault((rule.condition, rule.exception, rule.doubts, late(rule)), len(numbers))
            route, limit = routes.setdefault(rule.route, len(routes)), limits.setdefault(rule.limit, len(limits))
            self.routes[route] = self.limits[limit] = rule
            if rule.live.per_bearer:
                waiting.add(shape)
            row = rule.row | {"shape": shape, "route": route, "limit": limit, **self._in_force(rule)}
            rows += [{**row, "type": kind} for kind in sorted(rule.live.source.triggers)]
        names = sorted({name for rule in rules for name in rule.constants})
        constants = [(name, CONSTANTS[name.rstrip("0123456789")]) for name in names]
        self.tables: Mapping[str, pa.Table] = {
            "by_type": table_of(rows, pa.schema([*RULE, ("type", pa.string()), *constants])),
            "acts": table_of(
                [
                    row
                    for rule in rules
                    for one in acts_of(rule, rule.acts, acts)
                    for row in (one, one | {"action": None})
                ],
                ACTS,
            ),
            "breaches": table_of([row for rule in rules for row in acts_of(rule, rule.breaches, breaches)], ACTS),
        }
        self.shapes: Mapping[int, Shape] = {number: shape for shape, number in numbers.items()}
        self.acts: Mapping[int, str] = {number: text for text, number in acts.items()}
        self.breaches: Mapping[int, str] = {number: text for text, number in breaches.items()}
        self._waiting = waiting
        self.per_bearer = bool(waiting)
        self.facts = sorted({name for rule in rules for name in rule.of_person})
        self.matter = sorted({name for rule in rules for name in rule.of_case})
        self.fields = frozenset([*self.facts, *self.matter, *(name for rule in rules for name in rule.stated)])
        self.places = sorted({rule.place for rule in rules if rule.place is not None})
        self.types = frozenset(row["type"] for row in rows)
        self.breached_by = frozenset(kind for rule in rules for kind, _ in rule.breaches)

    def _in_force(self, rule: ColumnarRule) -> Row:
        """From and until when: None where its policy sets no bound."""
        law, first, last = self._law, rule.live.first, rule.live.last
        ends = None if last == date.max else law.midnight(last + timedelta(days=1))
        return {"begins": None if first == date.min else law.midnight(first), "ends": ends}

    def chosen(self, part: int, *, per_bearer: bool, otherwise: str) -> str:
        """A part of the rule's shape: of those that wait for their bearer, or of the others, for which the rest is `otherwise`."""
        return chosen(
            "r.shape",
            {n: s[part] if (n in self._waiting) is per_bearer else otherwise for n, s in self.shapes.items()},
        )

    @property
    def late(self) -> str:
        """Whether a fact that decides the rule came after its report was known; of whatever rule."""
        read = [f"{table}.since > e.k" for table, names in (("f", self.facts), ("c", self.matter)) if names]
        told = chosen("r.shape", {number: shape[LATE] for number, shape in self.shapes.items()})
        return told if told == "FALSE" else f"CASE WHEN {' OR '.join(read)} THEN {told} ELSE FALSE END"


def table_of(rows: Sequence[Row], schema: pa.Schema) -> pa.Table:
    """The rows; what one of them does not name is null in it."""
    return pa.table([pa.array([row.get(f.name) for row in rows], f.type) for f in schema], schema=schema)


def acts_of(rule: ColumnarRule, acts: Sequence[tuple[str, str]], numbers: dict[str, int]) -> list[Row]:
    """A row for each act of a rule; what must hold of it gets a number."""
    about: Row = {"rule": rule.live.order, "action": rule.live.rule.action or ""}
    return [about | {"type": kind, "act": numbers.setdefault(where, len(numbers))} for kind, where in acts]


def late(rule: ColumnarRule) -> str:
    """Whether a fact that the rule reads stands only since after the report that it decides was known."""
    read = [("f", name) for name in sorted(rule.facts)] + [("c", name) for name in sorted(rule.matter)]
    return " OR ".join(f'coalesce({table}."since:{name}" > e.k, FALSE)' for table, name in read) or "FALSE"


def chosen(by: str, texts: Mapping[int, str]) -> str:
    """The text of the number in a column."""
    if not texts:
        return "FALSE"
    commonest = max(sorted(set(texts.values())), key=list(texts.values()).count)
    return sought(by, sorted((number, text) for number, text in texts.items() if text != commonest), commonest)


def sought(by: str, texts: Sequence[tuple[int, str]], otherwise: str) -> str:
    """The same by halves, for a long `CASE` tries every number for every row."""
    if len(texts) <= FEW:
        return (
            f"CASE {by} {' '.join(f'WHEN {n} THEN {t}' for n, t in texts)} ELSE {otherwise} END" if texts else otherwise
        )
    half = len(texts) // 2
    lower, upper = (sought(by, part, otherwise) for part in (texts[:half], texts[half:]))
    return f"CASE WHEN {by} < {texts[half][0]} THEN {lower} ELSE {upper} END"
