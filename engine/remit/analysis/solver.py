"""Conditions as formulas: the only module that speaks to Z3.

A condition has three values. Every expression becomes two formulas, whether its value is known, and what it then is; `&&`,
`||` and `!` go by Kleene's tables, as the reference evaluator does. Choices, places, units, roles, levels and event types
are enumerations, texts are told apart but not looked into, and what Z3 is not told is left open and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from remit.analysis.reports import LONGEST, Reports
from remit.analysis.terms import EPOCH, TICK, Cell
from remit.analysis.world import Impossible, Outcome, Possible, Undecided, World
from remit.errors import AnalysisError
from remit.expressions.evaluate import LIMIT, value_of
from remit.expressions.printer import show
from remit.expressions.situation import Situation
from remit.model.expression import (
    UNKNOWN,
    And,
    Arithmetic,
    Compare,
    Comparison,
    Compute,
    Expression,
    Has,
    In,
    ListOf,
    Literal,
    Macro,
    Negate,
    Not,
    Or,
    Path,
    Quantify,
    Size,
    Variable,
)
from remit.model.text import Text
from remit.program.compile import walk

NOWHERE = Situation(event=None, subject={}, unit=None, events=())
DAY = 86_400_000_000
BEGINNING, END = ((datetime(y, m, d, tzinfo=UTC) - EPOCH) // TICK for y, m, d in ((1, 1, 2), (9999, 12, 30)))
ORDERED = frozenset({"int", "decimal", "date", "time", "duration"})


def library() -> Any:
    """Z3, on first use.

    Raises:
        AnalysisError: RM840, it is not installed.
    """
    try:
        import z3
    except ImportError:
        raise AnalysisError("RM840", "no-solver", found="no z3-solver", expected="z3-solver, which proves", hint='pip install "remit[workbench]"') from None  # fmt: skip
    return z3


@dataclass(frozen=True, slots=True)
class View:
    """What the names in an expression stand for: `event` the report of this number, bound words an event each."""

    event: int | None = 0
    bound: Mapping[str, int] = field(default_factory=dict)


class Situations(Reports):
    """All situations of a world, in which claims can be made and asked about.

    `opaque` names what Z3 was not told, so that what is possible may yet not be; `bounded` what was only considered for so
    many events, so that what seems impossible may yet be.

    Args:
        world: what can be told at all.
        reports: for each report that sets a rule off, the types it can have.
        others: how many further events of the case are considered.
        timeout: how many milliseconds one question may take.
    """

    def __init__(self, world: World, reports: Sequence[Iterable[str]] = (), *, others: int = 0, timeout: int = 10_000) -> None:  # fmt: skip
        super().__init__(library(), world, reports, others)
        self.timeout = timeout
        self.opaque: dict[str, None] = {}
        self.bounded: dict[str, None] = {}

    def ask(self, *claims: tuple[Text, Any]) -> Outcome:
        """Whether the named claims can hold together: where, or which of them cannot."""
        solver = self.z3.Solver(ctx=self.ctx)
        solver.set("timeout", self.timeout)
        solver.add(*self.rules)
        for number, (_, claim) in enumerate(claims):
            solver.assert_and_track(claim, f"claim {number}")
        found = solver.check()
        if found == self.z3.sat:
            return Possible(partial(self.read, solver.model()), tuple(self.opaque))
        if found == self.z3.unknown:
            return Undecided(f"{solver.reason_unknown()} ({self.timeout / 1000:g} s)")
        if self.bounded:
            return Undecided("; ".join(self.bounded))
        core = {str(part) for part in solver.unsat_core()}
        return Impossible(tuple(name for number, (name, _) in enumerate(claims) if f"claim {number}" in core))

    # --- claims -----------------------------------------------------------------------------------

    def true(self, cell: Cell) -> Any:
        """It is known to be true."""
        return self.z3.And(cell.known, cell.value)

    def false(self, cell: Cell) -> Any:
        """It is known to be false."""
        return self.z3.And(cell.known, self.z3.Not(cell.value))

    def denied(self, claim: Any) -> Any:
        """It does not hold."""
        return self.z3.Not(claim)

    def differ(self, one: Cell, other: Cell) -> Any:
        """One of them is true, false or unknown, and the other is not."""
        return self.z3.Or(self.true(one) != self.true(other), self.false(one) != self.false(other))

    # --- expressions ------------------------------------------------------------------------------

    def cell(self, node: Expression, view: View = View(), sort: str = "") -> Cell:  # noqa: PLR0911 - one case a construct
        """The expression as formulas; `sort` is what a text in it names."""
        if not any(isinstance(part, Variable | Quantify) for part in walk(node)):
            value = value_of(node, NOWHERE, {})
            if value is not UNKNOWN or isinstance(node, Literal):  # `1 / 0` is unknown, and a number all the same
                return self.constant(value, sort)
        match node:
            case Path():
                return self.of_path(node, view)
            case Has(path):
                return self.sure(self.of_path(replace(path, absent=None), view).known)
            case Not(operand):
                cell = self.cell(operand, view)
                return Cell(cell.known, self.z3.Not(cell.value), "bool")
            case And(left, right):
                return self.conjunction([self.cell(part, view) for part in (left, right)])
            case Or(left, right):
                return self.disjunction([self.cell(part, view) for part in (left, right)])
            case Compare(sign, left, right):
                return self.compared(node, sign, *self.pair(left, right, view), view)
            case In():
                return self.contained(node, view)
            case Size(Path(Variable("case"), "events")):
                self.bounded[f"at most {len(self.there)} events: {show(node)}"] = None
                return self.counted()
            case Negate(operand):
                cell = self.cell(operand, view)
                zero = Cell(cell.known, self.number(0), cell.sort)
                return self.reckoned(node, Arithmetic.SUB, zero, cell, view)
            case Compute(sign, left, right):
                return self.reckoned(node, sign, *self.pair(left, right, view), view)
            case Quantify():
                return self.quantified(node, view)
            case _:
                return self.left_open(node, view, "int")

    def pair(self, left: Expression, right: Expression, view: View) -> tuple[Cell, Cell]:
        """Both sides; a text beside a name is one of its family."""
        if isinstance(left, Literal):
            two = self.cell(right, view)
            return self.cell(left, view, two.sort), two
        one = self.cell(left, view)
        return one, self.cell(right, view, one.sort)

    def conjunction(self, cells: Sequence[Cell]) -> Cell:
        """Kleene: false where one is, else true where all are known."""
        no = self.any(self.false(cell) for cell in cells)
        return Cell(self.any([no, self.all(c.known for c in cells)]), self.all(c.value for c in cells), "bool")

    def disjunction(self, cells: Sequence[Cell]) -> Cell:
        """Kleene: true where one is, else false where all are known."""
        yes = self.any(self.true(cell) for cell in cells)
        return Cell(self.any([yes, self.all(c.known for c in cells)]), yes, "bool")

    def compared(self, node: Expression, sign: Comparison, one: Cell, two: Cell, view: View) -> Cell:
        known, (a, b) = self.z3.And(one.known, two.known), (one.value, two.value)
        if "list" in one.sort or "list" in two.sort:
            return self.left_open(node, view, "bool")
        if sign in (Comparison.EQ, Comparison.NE):
            same = a == b if one.sort == two.sort else self.truth(value=False)
            return Cell(known, same if sign is Comparison.EQ else self.z3.Not(same), "bool")
        if one.sort == "bool":
            a, b = (self.z3.If(v, self.number(1), self.number(0)) for v in (a, b))
        elif one.sort not in ORDERED:
            return self.left_open(node, view, "bool")
        match sign:
            case Comparison.LT:
                return Cell(known, a < b, "bool")
            case Comparison.LE:
                return Cell(known, a <= b, "bool")
            case Comparison.GT:
                return Cell(known, a > b, "bool")
            case _:
                return Cell(known, a >= b, "bool")

    def contained(self, node: In, view: View) -> Cell:
        """Unknown where the item or any member is."""
        if isinstance(node.collection, ListOf):
            parts = (node.item, *node.collection.items)
            sort = next((self.cell(part, view).sort for part in parts if not isinstance(part, Literal)), "")
            cells = [self.cell(part, view, sort) for part in parts]
            found = self.any(c.value == cells[0].value for c in cells[1:] if c.sort == cells[0].sort)
            return Cell(self.all(c.known for c in cells), found, "bool")
        if node.collection == Path(Variable("unit"), "roles"):
            return self.has_role(self.cell(node.item, view, "role"))
        many = self.cell(node.collection, view)
        if not many.sort.startswith("list of "):
            return self.left_open(node, view, "bool")
        one = self.cell(node.item, view, many.sort.removeprefix("list of "))
        known = self.z3.And(one.known, many.known)
        if one.sort != many.sort.removeprefix("list of "):
            return Cell(known, self.truth(value=False), "bool")
        self.asked.setdefault(many.sort, []).append(one.value)
        return Cell(known, self.z3.Select(many.value, one.value), "bool")

    def quantified(self, node: Quantify, view: View) -> Cell:
        """`exists` is a long `||` over the events that are there, `all` a long `&&`."""
        if view.bound or any(isinstance(part, Quantify) for part in walk(node.predicate)):
            self.bounded[f"at most {len(self.there)} events: {show(node)}"] = None
        exists, cells = node.macro is Macro.EXISTS, []
        for number, there in enumerate(self.there):
            inner = self.cell(node.predicate, View(view.event, {**view.bound, node.variable: number}))
            missing = self.z3.Not(there)
            value = self.z3.And(there, inner.value) if exists else self.z3.Or(missing, inner.value)
            cells.append(Cell(self.z3.Or(missing, inner.known), value, "bool"))
        return self.disjunction(cells) if exists else self.conjunction(cells)

    def counted(self) -> Cell:
        """How many events the case has."""
        one, none = self.number(1), self.number(0)
        found = self.z3.Sum([none, *(self.z3.If(there, one, none) for there in self.there)])
        return Cell(self.truth(value=True), found, "int")

    def of_path(self, path: Path, view: View) -> Cell:
        match path.base:
            case Variable(name) if name in view.bound:
                cell = self.of_event(view.bound[name], path.field)
            case Variable("event") if view.event is not None:
                cell = self.of_event(view.event, path.field)
            case Variable("subject"):
                cell = self.of_subject(path.field)
            case Variable("unit") if path.field != "roles":
                cell = self.of_unit(path.field)
            case Variable("case") if path.field not in ("events", "id"):
                cell = self.of_subject(path.field)
            case Variable("case"):
                cell = self.variable("case", path.field, "text")
            case _:
                cell = self.left_open(path, view, "list of role" if path.field == "roles" else "bool")
        if path.absent is None:
            return cell
        silent = self.constant(path.absent, cell.sort)
        return Cell(self.truth(value=True), self.z3.If(cell.known, cell.value, silent.value), cell.sort)

    def left_open(self, node: Expression, view: View, sort: str) -> Cell:
        """What Z3 is not told: it may be anything, so that only what holds whatever it is counts as proved."""
        self.opaque[show(node)] = None
        return self.variable("opaque", f"{show(node)} {view}", sort)

    # --- arithmetic -------------------------------------------------------------------------------

    def reckoned(self, node: Expression, sign: Arithmetic, one: Cell, two: Cell, view: View) -> Cell:
        """64-bit integers, decimals that are not rounded, days, moments and durations; beyond their bounds nothing is known."""
        known, sorts = self.z3.And(one.known, two.known), (one.sort, two.sort)
        if sorts == ("int", "int"):
            return self.whole(sign, known, one.value, two.value)
        if "text" in sorts or sign in (Arithmetic.DIV, Arithmetic.MOD):
            return self.left_open(node, view, one.sort)
        if sign is Arithmetic.MUL:
            return Cell(known, one.value * two.value, "decimal")
        value = one.value + two.value if sign is Arithmetic.ADD else one.value - two.value
        match sorts:
            case ("decimal", "decimal"):
                return Cell(known, value, "decimal")
            case ("duration", "duration"):
                return self.bounded_by(known, value, "duration", -LONGEST, LONGEST)
            case ("date", "date"):
                return self.bounded_by(known, value * DAY, "duration", -LONGEST, LONGEST)
            case ("date", "duration") | ("duration", "date"):
                day, length = (one.value, two.value) if one.sort == "date" else (two.value, one.value)
                whole = length / DAY  # a day takes or gives whole days, as Python's dates do
                moved = day + whole if sign is Arithmetic.ADD else day - whole
                return self.bounded_by(known, moved, "date", date.min.toordinal(), date.max.toordinal())
            case _ if not self.world.steady:
                return self.left_open(node, view, "duration" if sorts == ("time", "time") else "time")
            case ("time", "time"):
                return self.bounded_by(known, value, "duration", -LONGEST, LONGEST)
            case _:
                return self.bounded_by(known, value, "time", BEGINNING, END)

    def whole(self, sign: Arithmetic, known: Any, a: Any, b: Any) -> Cell:
        """Integers of 64 bits; division and remainder go toward zero, as in CEL."""
        size, by = self.z3.If(a < 0, -a, a), self.z3.If(b < 0, -b, b)
        match sign:
            case Arithmetic.ADD:
                value = a + b
            case Arithmetic.SUB:
                value = a - b
            case Arithmetic.MUL:
                value = a * b
            case Arithmetic.DIV:
                known, value = self.z3.And(known, b != 0), self.z3.If((a < 0) == (b < 0), size / by, -(size / by))
            case Arithmetic.MOD:
                lost = self.z3.Or(b == 0, self.z3.And(a == -LIMIT, b == -1))
                known, value = self.z3.And(known, self.z3.Not(lost)), self.z3.If(a < 0, -(size % by), size % by)
        return self.bounded_by(known, value, "int", -LIMIT, LIMIT - 1)

    def bounded_by(self, known: Any, value: Any, sort: str, least: int, most: int) -> Cell:
        return Cell(self.z3.And(known, self.within(value, least, most)), value, sort)
