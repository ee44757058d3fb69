"""Typed tree × situation → true, false or unknown; total, by Kleene's tables."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal, DecimalException
from typing import Any

from remit.expressions.printer import show
from remit.expressions.situation import Situation
from remit.model.event import Event
from remit.model.explanation import Why
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
    Unknown,
    Value,
    Variable,
)
from remit.model.records import record
from remit.model.text import Text

Result = Value | Unknown | tuple[Event, ...]
LIMIT = 2**63
COMPARE: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    Comparison.EQ: operator.eq, Comparison.NE: operator.ne, Comparison.LT: operator.lt,
    Comparison.LE: operator.le, Comparison.GT: operator.gt, Comparison.GE: operator.ge,
}  # fmt: skip


@record
class Reading:
    """A fact as found: its value, and the event that stated it (None: nobody, or the vocabulary)."""

    value: Result
    source: str | None = None


def evaluate(tree: Expression, situation: Situation) -> Value | Unknown:
    """The value of a checked condition: for the whole, True, False or UNKNOWN. Never raises."""
    value = value_of(tree, situation, {})
    return UNKNOWN if isinstance(value, tuple) and value and isinstance(value[0], Event) else value  # type: ignore[return-value]  # a whole condition is a statement


def value_of(node: Expression, situation: Situation, bound: Mapping[str, Event]) -> Result:  # noqa: PLR0911 - one case a construct
    match node:
        case Literal(value):
            return value
        case Path():
            return fact(node, situation, bound).value
        case Has(path):
            return not isinstance(fact(replace(path, absent=None), situation, bound).value, Unknown)
        case And(left, right):
            return both(lambda: value_of(left, situation, bound), lambda: value_of(right, situation, bound))
        case Or(left, right):
            return either(lambda: value_of(left, situation, bound), lambda: value_of(right, situation, bound))
        case Not(operand):
            denied = value_of(operand, situation, bound)
            return UNKNOWN if isinstance(denied, Unknown) else not denied
        case Compare(sign, left, right):
            return compared(sign, value_of(left, situation, bound), value_of(right, situation, bound))
        case In(item, collection):
            return contained(value_of(item, situation, bound), value_of(collection, situation, bound))
        case ListOf(items):
            members = tuple(value_of(item, situation, bound) for item in items)
            return UNKNOWN if any(isinstance(m, Unknown) for m in members) else members  # type: ignore[return-value]  # as in CEL, one unknown member makes the list unknown
        case Size(operand):
            counted = value_of(operand, situation, bound)
            return UNKNOWN if isinstance(counted, Unknown) else len(counted)  # type: ignore[arg-type]  # checked: a list or a text
        case Negate(operand):
            return computed(
                Arithmetic.SUB,
                zero_like(value_of(operand, situation, bound)),
                value_of(operand, situation, bound),
            )
        case Compute(sign, left, right):
            return computed(sign, value_of(left, situation, bound), value_of(right, situation, bound))
        case Quantify(macro, collection, name, predicate):
            return quantified(macro, value_of(collection, situation, bound), name, predicate, situation, bound)
        case Variable():
            return UNKNOWN


def fact(path: Path, situation: Situation, bound: Mapping[str, Event]) -> Reading:
    """Read one field from where it stands; unknown where nobody stated it and its absence means nothing."""
    match path.base:
        case Variable(name) if name in bound:
            found = of_event(bound[name], path.field)
        case Variable("event"):
            found = of_event(situation.event, path.field)
        case Variable("subject"):
            stated = situation.subject.get(path.field)
            found = Reading(stated.value, stated.source) if stated else Reading(UNKNOWN)
        case Variable("unit") if situation.unit is not None:
            unit = situation.unit
            of_unit: dict[str, Value] = {"id": unit.id, "place": unit.place, "level": unit.level, "roles": unit.roles}
            found = Reading(of_unit[path.field])
        case Variable("case"):
            found = of_case(situation, path.field)
        case _:
            found = Reading(UNKNOWN)
    return Reading(path.absent) if isinstance(found.value, Unknown) and path.absent is not None else found


def of_case(situation: Situation, field: str) -> Reading:
    """The case's events, its id, or a fact about the matter: the statement latest in time, and who said it first."""
    if field == "events":
        return Reading(situation.events)
    if field == "id":
        return Reading(of_event(situation.event, "case").value)
    if situation.matter is not None:
        stated = situation.matter.get(field)
        return Reading(UNKNOWN) if stated is None else Reading(stated.value, stated.source)
    found = Reading(UNKNOWN)
    for event in situation.events if situation.event is not None else ():
        if field in event.data and event.data[field] != found.value:
            found = Reading(event.data[field], event.id)
    return found


def of_event(event: Event | None, field: str) -> Reading:
    if event is None:
        return Reading(UNKNOWN)
    if field in event.data:
        return Reading(event.data[field], event.id)
    fixed: dict[str, Value | None] = {
        "type": event.type, "at": event.at, "known_at": event.known_at, "place": event.place, "by": event.by,
        "subject": event.subject, "id": event.id, "case": event.case,
    }  # fmt: skip
    value = fixed.get(field)
    return Reading(UNKNOWN if value is None else value, event.id)


# --- Kleene ------------------------------------------------------------------------------------------


def both(left: Callable[[], Result], right: Callable[[], Result]) -> bool | Unknown:
    one = left()
    if one is False:
        return False
    two = right()
    if two is False:
        return False
    return UNKNOWN if isinstance(one, Unknown) or isinstance(two, Unknown) else True


def either(left: Callable[[], Result], right: Callable[[], Result]) -> bool | Unknown:
    one = left()
    if one is True:
        return True
    two = right()
    if two is True:
        return True
    return UNKNOWN if isinstance(one, Unknown) or isinstance(two, Unknown) else False


def compared(sign: Comparison, left: Result, right: Result) -> bool | Unknown:
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    try:
        return COMPARE[sign](left, right)
    except TypeError:
        return UNKNOWN


def contained(item: Result, collection: Result) -> bool | Unknown:
    """Whether it is there; unknown where either is."""
    if isinstance(item, Unknown) or isinstance(collection, Unknown):
        return UNKNOWN
    return isinstance(collection, tuple) and any(member == item for member in collection)


def quantified(
    macro: Macro,
    events: Result,
    name: str,
    predicate: Expression,
    situation: Situation,
    bound: Mapping[str, Event],
) -> bool | Unknown:
    """`exists` is a long `||`, `all` a long `&&`."""
    wanted = macro is Macro.EXISTS
    unknown = False
    for event in events if isinstance(events, tuple) else ():
        if not isinstance(event, Event):
            continue
        value = value_of(predicate, situation, {**bound, name: event})
        if value is wanted:
            return wanted
        unknown = unknown or isinstance(value, Unknown)
    return UNKNOWN if unknown else not wanted


# --- arithmetic --------------------------------------------------------------------------------------


def computed(sign: Arithmetic, left: Result, right: Result) -> Result:
    """64-bit integers as in CEL, decimals, days and moments; what cannot be reckoned is unknown."""
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return UNKNOWN
    try:
        if isinstance(left, int) and isinstance(right, int):
            return whole(sign, left, right)
        return reckoned(sign, left, right)
    except (ArithmeticError, DecimalException, OverflowError, TypeError, ValueError):
        return UNKNOWN


def whole(sign: Arithmetic, left: int, right: int) -> int | Unknown:
    """Division and remainder go toward zero, as in CEL."""
    match sign:
        case Arithmetic.ADD:
            value = left + right
        case Arithmetic.SUB:
            value = left - right
        case Arithmetic.MUL:
            value = left * right
        case _ if right == 0:
            return UNKNOWN
        case Arithmetic.DIV:
            value = abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)
        case Arithmetic.MOD:
            if left == -LIMIT and right == -1:
                return UNKNOWN
            value = abs(left) % abs(right) * (-1 if left < 0 else 1)
    return value if -LIMIT <= value < LIMIT else UNKNOWN


def reckoned(sign: Arithmetic, left: Result, right: Result) -> Result:
    match sign, left, right:
        case Arithmetic.ADD, timedelta(), date():
            return right + left
        case Arithmetic.ADD, _, _:
            return left + right  # type: ignore[operator]  # checked
        case Arithmetic.SUB, _, _:
            return left - right  # type: ignore[operator]
        case Arithmetic.MUL, Decimal(), Decimal():
            return left * right
        case Arithmetic.DIV, Decimal(), Decimal():
            return left / right
    return UNKNOWN


def zero_like(value: Result) -> Result:
    match value:
        case timedelta():
            return timedelta()
        case Decimal():
            return Decimal(0)
        case int():
            return 0
    return UNKNOWN


# --- grounds -----------------------------------------------------------------------------------------


def explain(tree: Expression, situation: Situation) -> Why:
    """The condition as a tree of claims, each with its verdict; facts with their value and the event that stated them."""
    return explained(tree, situation, {})


def explained(node: Expression, situation: Situation, bound: Mapping[str, Event]) -> Why:
    value = value_of(node, situation, bound)
    holds = value if isinstance(value, bool) else None
    match node:
        case And(left, right) | Or(left, right):
            beneath = tuple(explained(part, situation, bound) for part in (left, right))
        case Not(operand) if isinstance(operand, And | Or | Not | Compare | In):
            beneath = (explained(operand, situation, bound),)
        case Quantify(_, _, name, predicate):
            known = tuple(e for e in situation.events)
            beneath = tuple(
                replace(explained(predicate, situation, {**bound, name: e}), source=e.id)
                for e in known
                if value_of(predicate, situation, {**bound, name: e}) is not False
            )
        case _:
            beneath = tuple(leaf(path, situation, bound) for path in paths(node))
    return Why("condition", Text(show(node, "zh"), show(node, "en")), holds=holds, children=beneath)


def leaf(path: Path, situation: Situation, bound: Mapping[str, Event]) -> Why:
    found = fact(path, situation, bound)
    claim = Text(show(path, "zh"), show(path, "en"))
    if isinstance(found.value, Unknown):
        return Why("fact", Text(f"{claim.zh}：没有人说明", f"{claim.en}: nobody has stated it"))
    if path.field == "events":
        return Why("fact", claim, value=str(len(situation.events)), holds=True)
    return Why("fact", claim, value=printed(found.value), source=found.source, holds=True)


def printed(value: Result) -> str:
    match value:
        case bool():
            return str(value).lower()
        case datetime() | date():
            return value.isoformat()
        case tuple():
            return ", ".join(printed(v) for v in value if not isinstance(v, Event))
        case _:
            return str(value)


def paths(node: Expression) -> tuple[Path, ...]:
    """The facts a node reads, left to right, each once."""
    match node:
        case Path(Variable()):
            return (node,)
        case Has(path):
            return paths(path)
        case ListOf(items):
            found = [p for item in items for p in paths(item)]
        case Size(operand) | Not(operand) | Negate(operand):
            found = list(paths(operand))
        case And(left, right) | Or(left, right) | Compare(_, left, right) | In(left, right) | Compute(_, left, right):
            found = [*paths(left), *paths(right)]
        case _:
            found = []
    return tuple(dict.fromkeys(found))


def unknown_facts(tree: Expression, situation: Situation) -> tuple[Path, ...]:
    """The facts that would have to be stated to decide an unknown condition; none where it is decided already."""
    if not isinstance(value_of(tree, situation, {}), Unknown):
        return ()
    match tree:
        case And(left, right) | Or(left, right):
            found = [p for part in (left, right) for p in unknown_facts(part, situation)]
        case Not(operand):
            found = list(unknown_facts(operand, situation))
        case Quantify(_, _, _, predicate):
            found = [p for p in every_path(predicate) if p.base != Variable("case") or p.field not in ("events", "id")]
        case _:
            found = [p for p in paths(tree) if isinstance(fact(p, situation, {}).value, Unknown)]
    return tuple(dict.fromkeys(found))


def every_path(node: Expression) -> tuple[Path, ...]:
    match node:
        case Quantify(_, _, _, predicate):
            return every_path(predicate)
        case And(left, right) | Or(left, right):
            return (*every_path(left), *every_path(right))
        case Not(operand):
            return every_path(operand)
        case _:
            return tuple(p for p in paths(node) if p.field != "type")
