"""A condition → a closure over its situation: the verdicts of `expressions.evaluate`, without walking the tree again.

What is rare in conditions (arithmetic) is left to the evaluator itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from operator import attrgetter
from typing import Any

from remit.expressions.evaluate import COMPARE, Result, contained, value_of
from remit.expressions.situation import Situation
from remit.model.event import Event
from remit.model.expression import (
    UNKNOWN,
    And,
    Compare,
    Comparison,
    Expression,
    Has,
    In,
    ListOf,
    Literal,
    Macro,
    Not,
    Or,
    Path,
    Quantify,
    Size,
    Unknown,
    Value,
    Variable,
)

Bound = Mapping[str, Event]
#: A node at work: its value in a situation, with the events that macros have bound.
Judge = Callable[[Situation, Bound], Result]
NOTHING: Bound = {}
#: What every event says of itself.
FIXED = frozenset({"type", "at", "known_at", "place", "by", "subject", "id", "case"})


def verdict_of(tree: Expression) -> Judge:
    """The whole condition: as `evaluate(tree, situation)` where it is called with `NOTHING` bound."""
    judge = compiled(tree, frozenset())
    if not isinstance(tree, Path | Variable):
        return judge

    def verdict(situation: Situation, events: Bound) -> Result:
        """The events of a case are not a statement."""
        value = judge(situation, events)
        return UNKNOWN if isinstance(value, tuple) and value and isinstance(value[0], Event) else value

    return verdict


def compiled(node: Expression, bound: frozenset[str]) -> Judge:  # noqa: PLR0911 - one case a construct
    match node:
        case Literal(value):
            return lambda _situation, _events: value
        case Path():
            return fact_of(node, bound)
        case Has(path):
            return stated(fact_of(replace(path, absent=None), bound))
        case And(left, right):
            return both(compiled(left, bound), compiled(right, bound))
        case Or(left, right):
            return either(compiled(left, bound), compiled(right, bound))
        case Not(operand):
            return denied(compiled(operand, bound))
        case Compare(sign, left, Literal(value)):
            return compared_with(sign, compiled(left, bound), value)
        case Compare(sign, left, right):
            return compared(sign, compiled(left, bound), compiled(right, bound))
        case In(item, collection):
            return member(compiled(item, bound), compiled(collection, bound))
        case ListOf(items):
            return listed(tuple(compiled(item, bound) for item in items))
        case Size(operand):
            return counted(compiled(operand, bound))
        case Quantify(macro, collection, name, predicate):
            return quantified(macro, compiled(collection, bound), name, compiled(predicate, bound | {name}))
        case _:
            return lambda situation, events: value_of(node, situation, events)


# --- facts -----------------------------------------------------------------------------------------


def fact_of(path: Path, bound: frozenset[str]) -> Judge:
    """Read one field from where it stands; where nobody stated it, what its absence means."""
    absent: Result = UNKNOWN if path.absent is None else path.absent
    match path.base:
        case Variable(name) if name in bound:
            read = field_of(path.field, absent)
            return lambda _situation, events: read(events[name])
        case Variable("event"):
            read = field_of(path.field, absent)
            return lambda situation, _events: read(situation.event)
        case Variable("subject"):
            return of_subject(path.field, absent)
        case _:
            return lambda situation, events: value_of(path, situation, events)


def field_of(field: str, absent: Result) -> Callable[[Event | None], Result]:
    """What an event carries under that name, else what it says of itself."""
    own = attrgetter(field) if field in FIXED else None

    def read(event: Event | None) -> Result:
        if event is None:
            return absent
        value: Any = event.data.get(field, MISSING)
        if value is MISSING:
            value = None if own is None else own(event)
            return absent if value is None else value
        return absent if value is UNKNOWN else value

    return read


#: Not there; an attribute may itself hold anything, None included.
MISSING: Any = object()


def of_subject(field: str, absent: Result) -> Judge:
    def read(situation: Situation, _events: Bound) -> Result:
        found = situation.subject.get(field)
        value: Result = absent if found is None else found.value
        return absent if value is UNKNOWN else value

    return read


def stated(read: Judge) -> Judge:
    return lambda situation, events: read(situation, events) is not UNKNOWN


# --- Kleene ----------------------------------------------------------------------------------------


def both(left: Judge, right: Judge) -> Judge:
    def judge(situation: Situation, events: Bound) -> bool | Unknown:
        one = left(situation, events)
        if one is False:
            return False
        two = right(situation, events)
        if two is False:
            return False
        return UNKNOWN if one is UNKNOWN or two is UNKNOWN else True

    return judge


def either(left: Judge, right: Judge) -> Judge:
    def judge(situation: Situation, events: Bound) -> bool | Unknown:
        one = left(situation, events)
        if one is True:
            return True
        two = right(situation, events)
        if two is True:
            return True
        return UNKNOWN if one is UNKNOWN or two is UNKNOWN else False

    return judge


def denied(operand: Judge) -> Judge:
    def judge(situation: Situation, events: Bound) -> bool | Unknown:
        value = operand(situation, events)
        return UNKNOWN if value is UNKNOWN else not value

    return judge


def compared(sign: Comparison, left: Judge, right: Judge) -> Judge:
    compare = COMPARE[sign]

    def judge(situation: Situation, events: Bound) -> bool | Unknown:
        one, two = left(situation, events), right(situation, events)
        if one is UNKNOWN or two is UNKNOWN:
            return UNKNOWN
        try:
            return compare(one, two)
        except TypeError:
            return UNKNOWN

    return judge


def compared_with(sign: Comparison, left: Judge, constant: Value) -> Judge:
    compare = COMPARE[sign]

    def judge(situation: Situation, events: Bound) -> bool | Unknown:
        one = left(situation, events)
        if one is UNKNOWN:
            return UNKNOWN
        try:
            return compare(one, constant)
        except TypeError:
            return UNKNOWN

    return judge


def member(item: Judge, collection: Judge) -> Judge:
    return lambda situation, events: contained(item(situation, events), collection(situation, events))


def listed(items: tuple[Judge, ...]) -> Judge:
    def judge(situation: Situation, events: Bound) -> Result:
        members = tuple(item(situation, events) for item in items)
        return UNKNOWN if any(m is UNKNOWN for m in members) else members  # type: ignore[return-value]  # as in CEL

    return judge


def counted(operand: Judge) -> Judge:
    def judge(situation: Situation, events: Bound) -> Result:
        value = operand(situation, events)
        return UNKNOWN if value is UNKNOWN else len(value)  # type: ignore[arg-type]  # checked: a list or a text

    return judge


def quantified(macro: Macro, collection: Judge, name: str, predicate: Judge) -> Judge:
    """`exists` is a long `||`, `all` a long `&&`."""
    wanted = macro is Macro.EXISTS

    def judge(situation: Situation, events: Bound) -> bool | Unknown:
        unknown = False
        found = collection(situation, events)
        for event in found if isinstance(found, tuple) else ():
            if isinstance(event, Event):
                value = predicate(situation, {**events, name: event})
                if value is wanted:
                    return wanted
                unknown = unknown or value is UNKNOWN
        return UNKNOWN if unknown else not wanted

    return judge
