"""A condition → SQL: true, false, or null for unknown, as `expressions.evaluate` judges it.

SQL's own logic of three values is Kleene's. What is not translated here is refused by name, and its rule is left to the live
evaluator. Constants stand in the table of rules, so that conditions that differ only in them are one expression.

    event.age_days < 31 && subject.missing      →      e."d:age_days" < r.i0 AND f."s:missing"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count

from remit.expressions.evaluate import paths
from remit.live.doubts import Doubt, doubt
from remit.model.expression import (
    And,
    Compare,
    Comparison,
    Expression,
    Has,
    In,
    ListOf,
    Literal,
    Not,
    Or,
    Path,
    Variable,
)
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute

Constant = int | str | date | list[int] | list[str] | list[date]
#: The kinds that compare in SQL as in Python, and their columns' types.
COLUMNS: Mapping[ValueKind, str] = {
    ValueKind.BOOL: "BOOLEAN", ValueKind.INT: "BIGINT", ValueKind.DATE: "DATE", ValueKind.TEXT: "VARCHAR",
    ValueKind.CHOICE: "VARCHAR", ValueKind.PLACE: "VARCHAR", ValueKind.UNIT: "VARCHAR",
}  # fmt: skip
#: What is said of the bearer as text; beside it there are its roles.
UNIT = frozenset({"id", "place", "level"})
#: What every event says of itself, as text.
OWN: Mapping[str, str] = {name: f'e."{name}"' for name in ("id", "type", "case", "place", "subject")} | {
    "by": "e.reporter"
}
SIGNS = {Comparison.EQ: "=", Comparison.NE: "<>", Comparison.LT: "<", Comparison.LE: "<=", Comparison.GT: ">", Comparison.GE: ">="}  # fmt: skip
ORDERED = frozenset({"BIGINT", "DATE", "VARCHAR"})


class OutsideColumnsError(ValueError):
    """What has no columnar form; the message says what it is."""


@dataclass(slots=True)
class Translator:
    """The conditions of one rule as SQL over `e` (the event), `f` and `c` (the facts of its subject and of its case), `u` (the
    bearer) and `r` (the rule's constants).

    Attributes:
        constants: what stands in the rule's row, by column.
        stated: the attributes read from events; `facts` those read of the subject, `matter` those read of the case.
        bearer: where the bearer is read: `u.unit` knows nothing of one that was not found, `u.any_unit` then says the fallback desk.
        reads_bearer: whether anything is read of it.
        asked: the questions of all rules; a doubt is its number here.
    """

    attributes: Mapping[str, Attribute]
    asked: dict[Doubt, int]
    constants: dict[str, Constant] = field(default_factory=dict)
    stated: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)
    matter: set[str] = field(default_factory=set)
    bearer: str = "u.unit"
    reads_bearer: bool = False

    def judge(self, tree: Expression) -> str:
        """A boolean expression.

        Raises:
            OutsideColumnsError: a construct, or a kind of value, that has no columnar form.
        """
        match tree:
            case Literal(bool(value)):
                return str(value).upper()
            case And(left, right):
                return f"({self.judge(left)} AND {self.judge(right)})"
            case Or(left, right):
                return f"({self.judge(left)} OR {self.judge(right)})"
            case Not(operand):
                return f"(NOT {self.judge(operand)})"
            case Has(path):
                return f"({self._column(path)[1]} IS NOT NULL)"
            case Compare(sign, left, right):
                return self._compare(sign, self._value(left), self._value(right))
            case In(item, ListOf(items)):
                return self._member(self._value(item), items)
            case In(Literal(str(role)), Path(Variable("unit"), "roles")):
                self.reads_bearer = True
                return f"(list_contains({self.bearer}_roles, {self._constant('t', role)}))"
            case Path():
                kind, text = self._value(tree)
                if kind == "BOOLEAN":
                    return text
        raise OutsideColumnsError(type(tree).__name__)

    def doubts(self, tree: Expression) -> str:
        """The numbers of the questions that would decide it, left to right; an empty list where it is decided."""
        return f"CASE WHEN {self.judge(tree)} IS NULL THEN {self._within(tree)} ELSE [] END"

    def _within(self, tree: Expression) -> str:
        match tree:
            case And(left, right) | Or(left, right):
                return f"list_concat({self.doubts(left)}, {self.doubts(right)})"
            case Not(operand):
                return self.doubts(operand)
        unstated = [self._unstated(path) for path in paths(tree)]
        return f"list_concat({', '.join(unstated)})" if unstated else "[]"

    def _unstated(self, path: Path) -> str:
        number = self.asked.setdefault(doubt(path, self.attributes), len(self.asked))
        roles = path.base == Variable("unit") and path.field == "roles"
        read = f"{self.bearer}_roles" if roles else self._value(path)[1]
        return f"CASE WHEN {read} IS NULL THEN [{number}] ELSE [] END"

    def _compare(self, sign: Comparison, left: tuple[str, str], right: tuple[str, str]) -> str:
        if left[0] != right[0] or (left[0] not in ORDERED and sign not in (Comparison.EQ, Comparison.NE)):
            what = f"{left[0]} {sign} {right[0]}"
            raise OutsideColumnsError(what)
        return f"({left[1]} {SIGNS[sign]} {right[1]})"

    def _member(self, item: tuple[str, str], items: tuple[Expression, ...]) -> str:
        values = [node.value for node in items if isinstance(node, Literal)]
        kinds = {type(value) for value in values}
        wanted = {"BIGINT": int, "VARCHAR": str, "DATE": date}.get(item[0])
        if len(values) != len(items) or kinds != {wanted}:
            raise OutsideColumnsError("in a list of other things")
        return f"(list_contains({self._constant('l' + item[0][0].lower(), values)}, {item[1]}))"  # type: ignore[arg-type]  # of one kind

    def _value(self, node: Expression) -> tuple[str, str]:
        match node:
            case Path(absent=None):
                return self._column(node)
            case Path(absent=absent):
                kind, text = self._column(node)
                other, default = self._literal(absent)
                if kind == other:
                    return kind, f"coalesce({text}, {default})"
            case Literal(value):
                return self._literal(value)
        raise OutsideColumnsError(type(node).__name__)

    def _literal(self, value: object) -> tuple[str, str]:
        match value:
            case bool():
                return "BOOLEAN", str(value).upper()
            case int() if -(2**63) <= value < 2**63:
                return "BIGINT", self._constant("i", value)
            case str():
                return "VARCHAR", self._constant("t", value)
            case date() if not isinstance(value, datetime):
                return "DATE", self._constant("d", value)
        raise OutsideColumnsError(f"the constant {value}")

    def _constant(self, kind: str, value: Constant) -> str:
        name = next(name for number in count() if (name := f"{kind}{number}") not in self.constants)
        self.constants[name] = value
        return f"r.{name}"

    def _column(self, path: Path) -> tuple[str, str]:
        match path.base:
            case Variable("event") if path.field in OWN and path.field not in self.attributes:
                return "VARCHAR", OWN[path.field]
            case Variable("case") if path.field == "id":
                return "VARCHAR", OWN["case"]
            case Variable("unit") if path.field in UNIT:
                self.reads_bearer = True
                return "VARCHAR", f"{self.bearer}_{path.field}"
            case Variable("event" | "subject" | "case" as root):
                attribute = self.attributes.get(path.field)
                if attribute is None or attribute.many or attribute.kind not in COLUMNS:
                    raise OutsideColumnsError(f"the attribute {path.field}")
                table, read = {"event": ("e", self.stated), "subject": ("f", self.facts), "case": ("c", self.matter)}[
                    root
                ]
                read.add(path.field)
                return COLUMNS[attribute.kind], f'{table}."d:{path.field}"'
        raise OutsideColumnsError(f"what is read of {getattr(path.base, 'name', 'a list')}")
