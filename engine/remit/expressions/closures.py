"""A condition → a closure over what it is judged in: the verdicts of `expressions.evaluate`, without walking the tree again.

Judged in a situation (`verdict_of`), or for an event as it lies in its case (`verdict_in_case_of`), which saves making the
situation: only what the two read differs. What is rare in conditions (arithmetic) is left to the evaluator itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from operator import attrgetter
from typing import Any

from remit.expressions.evaluate import COMPARE, Result, contained, value_of
from remit.expressions.evaluate import compared as compared_values
from remit.expressions.situation import Case, Situation, Stated
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
#: The same for an event as it lies in its case.
CaseJudge = Callable[[Event, Case], Result]
#: Either: what joins verdicts does not look at what they are judged in.
AnyJudge = Callable[[Any, Any], Result]
#: What becomes of a node that reads something.
Leaf = Callable[[Expression, frozenset[str]], AnyJudge]
NOTHING: Bound = {}
#: Rules that read the same fact share what reads it, which then lies where the processor has it at hand.
REMEMBERED = 4096
#: What every event says of itself.
FIXED = frozenset({"type", "at", "known_at", "place", "by", "subject", "id", "case"})
#: What is read of a case beside the facts about it.
OF_CASE = frozenset({"events", "id"})


def verdict_of(tree: Expression) -> Judge:
    """The whole condition: as `evaluate(tree, situation)` where it is called with `NOTHING` bound."""
    return statement(tree, compiled(tree, frozenset()))


def verdict_in_case_of(tree: Expression) -> CaseJudge:
    """The whole condition: as `evaluate(tree, case.situation(event))`."""
    return statement(tree, value_in_case_of(tree))


def value_in_case_of(tree: Expression) -> CaseJudge:
    """A part of a condition: as `value_of(tree, case.situation(event), NOTHING)`."""
    return joined(tree, frozenset(), in_case)


def statement(tree: Expression, judge: AnyJudge) -> AnyJudge:
    """The events of a case are not a statement."""
    if not isinstance(tree, Path | Variable):
        return judge

    def verdict(x: Any, y: Any) -> Result:
        value = judge(x, y)
        return UNKNOWN if isinstance(value, tuple) and value and isinstance(value[0], Event) else value

    return verdict


def compiled(node: Expression, bound: frozenset[str]) -> Judge:
    return joined(node, bound, in_situation)


def joined(node: Expression, bound: frozenset[str], leaf: Leaf) -> AnyJudge:  # noqa: PLR0911 - one case a construct
    """What joins values is the same wherever they are read; `leaf` reads them."""
    match node:
        case Literal(value):
            return lambda _x, _y: value
        case Has(path):
            return stated(leaf(replace(path, absent=None), bound))
        case And(left, right):
            return both(joined(left, bound, leaf), joined(right, bound, leaf))
        case Or(left, right):
            return either(joined(left, bound, leaf), joined(right, bound, leaf))
        case Not(operand):
            return denied(joined(operand, bound, leaf))
        case Compare(_, Path(), Literal()):
            return leaf(node, bound)
        case Compare(sign, left, Literal(value)):
            return compared_with(sign, joined(left, bound, leaf), value)
        case Compare(sign, left, right):
            return compared(sign, joined(left, bound, leaf), joined(right, bound, leaf))
        case In(item, collection):
            return member(joined(item, bound, leaf), joined(collection, bound, leaf))
        case ListOf(items):
            return listed(tuple(joined(item, bound, leaf) for item in items))
        case Size(operand):
            return counted(joined(operand, bound, leaf))
        case _:
            return leaf(node, bound)


# --- what is read in a situation -------------------------------------------------------------------


def in_situation(node: Expression, bound: frozenset[str]) -> Judge:
    match node:
        case Compare(sign, left, Literal(value)):
            return compared_with(sign, in_situation(left, bound), value)
        case Path():
            return fact_of(node, bound)
        case Quantify(macro, collection, name, predicate):
            return quantified(macro, compiled(collection, bound), name, compiled(predicate, bound | {name}))
        case _:
            return lambda situation, events: value_of(node, situation, events)


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
            return lambda situation, _events: value_in(situation.subject, path.field, absent)
        case Variable("case") if path.field not in OF_CASE:
            return of_matter_in_situation(path, absent)
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


def of_matter_in_situation(path: Path, absent: Result) -> Judge:
    def read(situation: Situation, events: Bound) -> Result:
        matter = situation.matter
        return value_of(path, situation, events) if matter is None else value_in(matter, path.field, absent)

    return read


def value_in(facts: Mapping[str, Stated], field: str, absent: Result) -> Result:
    found = facts.get(field)
    value: Any = absent if found is None else found.value
    return absent if value is UNKNOWN else value


# --- what is read of an event in its case ----------------------------------------------------------


def in_case(node: Expression, bound: frozenset[str]) -> CaseJudge:
    """No macro has bound anything here; what it would bind is judged in a situation."""
    match node:
        case Compare(sign, Path(Variable("event"), name, absent=absent), Literal(value)) if name not in FIXED:
            return compared_in_case(sign, name, UNKNOWN if absent is None else absent, value)
        case Compare(sign, left, Literal(value)):
            return compared_with(sign, in_case(left, bound), value)
        case Path(Variable("event"), name, absent=absent):
            read = field_of(name, UNKNOWN if absent is None else absent)
            return lambda event, _case: read(event)
        case Path(Variable("subject"), name, absent=absent):
            return of_person(name, UNKNOWN if absent is None else absent)
        case Path(Variable("case"), name, absent=absent) if name not in OF_CASE:
            return of_matter(name, UNKNOWN if absent is None else absent)
        case _:
            judge = in_situation(node, bound)
            return lambda event, case: judge(case.situation(event), NOTHING)


@lru_cache(REMEMBERED, typed=True)
def of_person(field: str, absent: Result) -> CaseJudge:
    return lambda event, case: value_in(case.facts(event.subject), field, absent)


@lru_cache(REMEMBERED, typed=True)
def of_matter(field: str, absent: Result) -> CaseJudge:
    def read(_event: Event, case: Case) -> Result:
        found = case.matter.get(field)
        value: Any = absent if found is None else found.value
        return absent if value is UNKNOWN else value

    return read


def compared_in_case(sign: Comparison, field: str, absent: Result, constant: Value) -> CaseJudge:
    """What the event carries against a constant: the commonest condition, without a call for each of its parts."""
    compare, missing = COMPARE[sign], compared_values(sign, absent, constant)

    def judge(event: Event, _case: Case) -> bool | Unknown:
        value: Any = event.data.get(field, UNKNOWN)
        if value is UNKNOWN:
            return missing
        try:
            return compare(value, constant)
        except TypeError:
            return UNKNOWN

    return judge


# --- Kleene ----------------------------------------------------------------------------------------


def both(left: AnyJudge, right: AnyJudge) -> AnyJudge:
    def judge(x: Any, y: Any) -> bool | Unknown:
        one = left(x, y)
        if one is False:
            return False
        two = right(x, y)
        if two is False:
            return False
        return UNKNOWN if one is UNKNOWN or two is UNKNOWN else True

    return judge


def either(left: AnyJudge, right: AnyJudge) -> AnyJudge:
    def judge(x: Any, y: Any) -> bool | Unknown:
        one = left(x, y)
        if one is True:
            return True
        two = right(x, y)
        if two is True:
            return True
        return UNKNOWN if one is UNKNOWN or two is UNKNOWN else False

    return judge


def denied(operand: AnyJudge) -> AnyJudge:
    def judge(x: Any, y: Any) -> bool | Unknown:
        value = operand(x, y)
        return UNKNOWN if value is UNKNOWN else not value

    return judge


def compared(sign: Comparison, left: AnyJudge, right: AnyJudge) -> AnyJudge:
    compare = COMPARE[sign]

    def judge(x: Any, y: Any) -> bool | Unknown:
        one, two = left(x, y), right(x, y)
        if one is UNKNOWN or two is UNKNOWN:
            return UNKNOWN
        try:
            return compare(one, two)
        except TypeError:
            return UNKNOWN

    return judge


def compared_with(sign: Comparison, left: AnyJudge, constant: Value) -> AnyJudge:
    compare = COMPARE[sign]

    def judge(x: Any, y: Any) -> bool | Unknown:
        one = left(x, y)
        if one is UNKNOWN:
            return UNKNOWN
        try:
            return compare(one, constant)
        except TypeError:
            return UNKNOWN

    return judge


def stated(read: AnyJudge) -> AnyJudge:
    return lambda x, y: read(x, y) is not UNKNOWN


def member(item: AnyJudge, collection: AnyJudge) -> AnyJudge:
    return lambda x, y: contained(item(x, y), collection(x, y))


def listed(items: tuple[AnyJudge, ...]) -> AnyJudge:
    def judge(x: Any, y: Any) -> Result:
        members = tuple(item(x, y) for item in items)
        return UNKNOWN if any(m is UNKNOWN for m in members) else members  # type: ignore[return-value]  # as in CEL

    return judge


def counted(operand: AnyJudge) -> AnyJudge:
    def judge(x: Any, y: Any) -> Result:
        value = operand(x, y)
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
