"""`Terms`: the sorts, variables and constants that formulas are made of, and a model read back into plain values.

The library is handed in, so that this module need not import it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from remit.analysis.world import Telling, Told, World
from remit.model.expression import Scalar, Unknown, Value

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TICK = timedelta(microseconds=1)
#: Places to which a decimal that has no end is written.
PLACES = 20


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of an expression: whether it is known, and what it then is, of which sort.

    `sort` is bool, int, decimal, text, date, time, duration, the name of an enumeration, or `list of` one of them. What an
    unknown cell's value is means nothing.
    """

    known: Any
    value: Any
    sort: str


@dataclass
class Terms:
    """The words of a world as Z3 has them, each made when first asked for.

    `rules` holds what every situation of this world obeys, as far as its words have been asked for.
    """

    z3: Any
    world: World
    ctx: Any = None
    sorts: dict[str, tuple[Any, dict[str, Any]]] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    made: dict[tuple[str, str], Cell] = field(default_factory=dict)
    asked: dict[str, list[Any]] = field(default_factory=dict)
    rules: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ctx = self.z3.Context()

    # --- making -----------------------------------------------------------------------------------

    def sort(self, name: str) -> Any:
        """The Z3 sort; an enumeration has a constant for each name of its family."""
        if name.startswith("list of "):
            return self.z3.ArraySort(self.sort(name.removeprefix("list of ")), self.z3.BoolSort(self.ctx))
        if name == "bool":
            return self.z3.BoolSort(self.ctx)
        if name == "decimal":
            return self.z3.RealSort(self.ctx)
        if name in ("int", "text", "date", "time", "duration"):
            return self.z3.IntSort(self.ctx)
        return self.enumeration(name)[0]

    def enumeration(self, family: str) -> tuple[Any, dict[str, Any]]:
        """Choices of an attribute, places, units, roles, levels or event types, told apart by number: Z3 reads ASCII."""
        if family not in self.sorts:
            names = tuple(self.family(family)) or ("",)
            sort, made = self.z3.EnumSort(family, [f"{family}#{n}" for n in range(len(names))], ctx=self.ctx)
            self.sorts[family] = (sort, dict(zip(names, made, strict=True)))
        return self.sorts[family]

    def family(self, name: str) -> Iterable[str]:
        match name.partition(":"):
            case ("choice", _, attribute):
                return (choice.id for choice in self.world.attributes[attribute].choices)
            case ("event", _, _):
                return self.world.event_types
            case ("place", _, _):
                return self.world.places
            case ("unit", _, _):
                return self.world.units
            case ("role", _, _):
                return self.world.roles
            case _:
                return self.world.levels

    def variable(self, owner: str, name: str, sort: str) -> Cell:
        """Something that may be told: whether it is, and what."""
        if (owner, name) not in self.made:
            known = self.z3.Bool(f"{owner}.{name} known", self.ctx)
            self.made[owner, name] = Cell(known, self.z3.Const(f"{owner}.{name}", self.sort(sort)), sort)
        return self.made[owner, name]

    def constant(self, value: object, sort: str) -> Cell:
        """A value as a cell; a text that stands beside a name is one of its family, or none of it."""
        yes = self.truth(value=True)
        match value:
            case Unknown():
                return Cell(self.truth(value=False), self.truth(value=False), sort or "bool")
            case bool():
                return Cell(yes, self.truth(value=value), "bool")
            case int():
                return Cell(yes, self.number(value), "int")
            case Decimal():
                return Cell(yes, self.z3.RealVal(str(Fraction(value)), self.ctx), "decimal")
            case datetime():
                return Cell(yes, self.number((value - EPOCH) // TICK), "time")
            case date():
                return Cell(yes, self.number(value.toordinal()), "date")
            case timedelta():
                return Cell(yes, self.number(value // TICK), "duration")
            case str() if sort in ("", "text"):
                return Cell(yes, self.number(self.codes.setdefault(value, len(self.codes))), "text")
            case str() if value in self.enumeration(sort)[1]:
                return Cell(yes, self.enumeration(sort)[1][value], sort)
            case _:
                return Cell(yes, yes, "alien")

    def name(self, sort: str, value: str) -> Any:
        """One of a family, which has it."""
        return self.enumeration(sort)[1][value]

    def number(self, value: int) -> Any:
        return self.z3.IntVal(value, self.ctx)

    def truth(self, *, value: bool) -> Any:
        return self.z3.BoolVal(value, self.ctx)

    def flag(self, name: str) -> Any:
        return self.z3.Bool(name, self.ctx)

    def any(self, claims: Iterable[Any]) -> Any:
        return self.z3.Or([self.truth(value=False), *claims])

    def all(self, claims: Iterable[Any]) -> Any:
        return self.z3.And([self.truth(value=True), *claims])

    def sure(self, claim: Any) -> Cell:
        """Something that is never unknown."""
        return Cell(self.truth(value=True), claim, "bool")

    # --- reading back -----------------------------------------------------------------------------

    def telling(self, model: Any, reports: int, there: Iterable[Any], fixed: Iterable[str]) -> Telling:
        """The situation of a model: of each event, the person and the bearer what is known."""
        own = frozenset(fixed)
        stand = [n for n, present in enumerate(there) if n < reports or self.holds(model, present)]
        told = {n: self.told(model, n, own) for n in stand}
        unit = self.made.get(("unit", "id"))
        return Telling(
            tuple(told[n] for n in stand if n < reports),
            tuple(told[n] for n in stand if n >= reports),
            dict(self.known(model, "subject")),
            str(self.plain(model, unit.value, unit.sort)) if unit and self.holds(model, unit.known) else None,
        )

    def told(self, model: Any, number: int, own: frozenset[str]) -> Told:
        said = dict(self.known(model, str(number)))
        kind = str(said.pop("type", None) or next(iter(self.world.event_types)))
        fields = {name: value for name, value in said.items() if name in own}
        return Told(kind, fields, {name: value for name, value in said.items() if name not in own})

    def known(self, model: Any, owner: str) -> Iterator[tuple[str, Value]]:
        for (whose, name), cell in self.made.items():
            if whose == owner and self.holds(model, cell.known):
                yield name, self.plain(model, cell.value, cell.sort)

    def holds(self, model: Any, claim: Any) -> bool:
        return bool(self.z3.is_true(model.eval(claim, model_completion=True)))

    def plain(self, model: Any, value: Any, sort: str) -> Value:
        """A value of the model as the evaluator has it."""
        if sort.startswith("list of "):
            inner = sort.removeprefix("list of ")
            asked = [*self.asked.get(sort, ()), *(self.enumeration(inner)[1].values() if inner in self.sorts else ())]
            held = (self.plain(model, one, inner) for one in asked if self.holds(model, self.z3.Select(value, one)))
            return tuple(dict.fromkeys(held))
        found = model.eval(value, model_completion=True)
        return self.scalar(found, sort)

    def scalar(self, found: Any, sort: str) -> Scalar:
        match sort:
            case "bool":
                return bool(self.z3.is_true(found))
            case "int":
                return int(found.as_long())
            case "decimal":
                return decimal(Fraction(found.numerator_as_long(), found.denominator_as_long()))
            case "text":
                code = found.as_long()
                return {number: text for text, number in self.codes.items()}.get(code, f"text {code}")
            case "date":
                return date.fromordinal(found.as_long())
            case "time":
                return EPOCH + int(found.as_long()) * TICK
            case "duration":
                return int(found.as_long()) * TICK
            case _:
                return tuple(self.enumeration(sort)[1])[int(str(found).rpartition("#")[2])]


def decimal(value: Fraction) -> Decimal:
    """As a decimal; one that has no end is cut."""
    with localcontext() as context:
        context.prec = PLACES
        return Decimal(value.numerator) / Decimal(value.denominator)
