"""The compiled matcher: rules found by type and constant, their conditions closures. Plain Python, for every machine.

The rules of one type of event stand behind a `Screen`: the comparison that most events fail at is done where the event is
looked at, before anything is called. A type whose rules ask for constants has a table of screens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial, reduce
from typing import Any

from remit.expressions.closures import FIXED, CaseJudge, value_in_case_of, verdict_in_case_of
from remit.expressions.evaluate import COMPARE
from remit.matching.dispatch import Asked, of_type
from remit.matching.history import History
from remit.matching.matcher import Binding, Incident, guard
from remit.model.event import Event
from remit.model.expression import UNKNOWN, And, Compare, Comparison, Expression, Literal, Path, Quantify, Variable
from remit.program.compile import conjuncts, walk
from remit.program.program import CompiledRule, Program

#: The bindings by one event of a case, in the order of the rules.
Finder = Callable[[Event, History], tuple[Binding, ...]]
#: Six things that are looked at where the event is, and so have no class of their own: the attribute, sign and constant of a
#: comparison that the event must not fail; the one rule that asks for it; what else that rule asks, if anything; and who finds
#: what is set off where the event does not say. Without an attribute, that one goes on at once. Without a sign, screens stand
#: for the three in the middle: by constants, for any other value, for an event that does not say.
Screen = tuple[str | None, Any, Any, Any, Any, Finder | None]
#: An attribute of the event, how it is compared, and with which constant.
Comparing = tuple[str, Callable[[Any, Any], bool], object]
NONE: tuple[Binding, ...] = ()
#: A binding of its three parts, without the call in between that `Binding` itself would make.
bind: Callable[[tuple[CompiledRule, Event, object]], Binding] = partial(tuple.__new__, Binding)


class Compiled:
    """Looks only at the rules an event may set off. They are compiled when an event of their type is first met."""

    name = "compiled"

    def __init__(self, program: Program, reason: str = "asked for") -> None:
        self.program = program
        self.reason = reason
        self._screens: dict[str, Screen] = {}
        for kind, rules in program.by_event.items():
            put(self._screens, kind, rules)

    def start(self) -> None:
        """Compile every rule now, for whoever cannot wait at the first event of a type."""
        self._screens.update({kind: screen_of(rules) for kind, rules in self.program.by_event.items()})

    @property
    def incidents(self) -> tuple[Incident, ...]:
        return ()

    def set_off(self, events: Iterable[Event], cases: Mapping[str | None, History]) -> list[Binding]:
        """What each of these events sets off: event by event, in the order of rules.

        Args:
            events: of any cases.
            cases: by name, each with the event in it. Nothing is asked of a case but what a condition reads of it.
        """
        return set_off(self._screens, events, cases.__getitem__)

    def bindings(self, history: History) -> tuple[Binding, ...]:
        """As the reference gives them."""
        return judged(history, self._screens)

    def bindings_of(self, histories: Sequence[History]) -> tuple[tuple[Binding, ...], ...]:
        """One case after the other."""
        return tuple(self.bindings(history) for history in histories)

    def orders(self, history: History) -> None:
        """Any rule may be set off: whoever asks finds them by type and constant as quickly."""


def judged(history: History, screens: Mapping[str, Screen]) -> tuple[Binding, ...]:
    """What the events of a case bind, in the order of rules and then of events."""
    found = set_off(screens, history.events, lambda _: history)
    if len(found) > 1:
        found.sort(key=order)
    return tuple(found)


def order(binding: Binding) -> int:
    return binding.rule.order


def set_off(
    screens: Mapping[str, Screen], events: Iterable[Event], case_of: Callable[[str | None], History]
) -> list[Binding]:
    """Event by event, what it binds in its case. Most events end at a screen, and their case is not looked for."""
    found: list[Binding] = []
    for event in events:
        screen = screens.get(event.type)
        if screen is None:
            continue
        attribute, compare, constant, rule, rest, find = screen
        if attribute is not None:
            value: Any = event.data.get(attribute, UNKNOWN)
            if compare is None:
                try:
                    screen = rest if value is UNKNOWN else constant.get(value, rule)
                except TypeError:  # what cannot be hashed is left to the conditions
                    screen = rest
                attribute, compare, constant, rule, rest, find = screen
                value = UNKNOWN if attribute is None else event.data.get(attribute, UNKNOWN)
            if value is not UNKNOWN:
                try:
                    holds = compare(value, constant)
                except TypeError:
                    holds = UNKNOWN
                if holds is False:
                    continue
                if rest is not None:
                    verdict = rest(event, case_of(event.case))
                    if verdict is False:
                        continue
                    holds = UNKNOWN if verdict is UNKNOWN else holds
                found.append(bind((rule, event, holds)))
                continue
        if find is not None:
            found += find(event, case_of(event.case))
    return found


# --- the rules of one type of event ----------------------------------------------------------------


def put(screens: dict[str, Screen], kind: str, rules: Sequence[CompiledRule]) -> None:
    """The rules that a type of event may set off; they are compiled when an event of it is first met."""

    def compile_and_find(event: Event, case: History) -> tuple[Binding, ...]:
        screens[kind] = screen_of(rules)
        return tuple(set_off(screens, (event,), lambda _: case))

    screens[kind] = unscreened(compile_and_find)


def screen_of(rules: Sequence[CompiledRule]) -> Screen:
    """What finds, for an event of a type that may set off these rules, those that it does set off."""
    found = of_type([(rule, rule) for rule in rules])
    if len(found.asked) == 1 and found.asked[0].attribute not in FIXED:
        return table_of(found.always, found.asked[0])
    if not found.asked:
        return plain_screen(rules, None)
    single = {rule.order: rule_finder(rule, None) for rule in rules}
    candidates = found.candidates

    def by_constants(event: Event, case: History) -> tuple[Binding, ...]:
        several = sorted([rule.order for rule in candidates(event)])
        return tuple([binding for number in several for binding in single[number](event, case)])

    return unscreened(by_constants)


def table_of(always: Sequence[CompiledRule], asked: Asked[CompiledRule]) -> Screen:
    """Beside those that are always judged, the rules that ask for what the event states; all where it does not say."""
    name = asked.attribute
    by_value = {value: plain_screen((*always, *rules), (name, value)) for value, rules in asked.by_value.items()}
    return name, None, by_value, plain_screen(always, None), plain_screen((*always, *asked.everyone), None), None


def plain_screen(rules: Sequence[CompiledRule], equal: tuple[str, object] | None) -> Screen:
    """The screen of a single rule, or none; `equal` is what the event is known to state."""
    if len(rules) == 1 and rules[0].guard is not None and not (rules[0].breach_triggered or rules[0].per_bearer):
        rule, *parts = rules[0], *parts_of(rules[0].guard, equal)
        asked = comparison(parts[0]) if parts else None
        if asked is not None:
            others = value_in_case_of(reduce(And, parts[1:])) if parts[1:] else None
            return *asked, rule, others, conjunction(rule, parts)
    return unscreened(each_of([rule_finder(rule, equal) for rule in sorted(rules, key=place)]))


def place(rule: CompiledRule) -> int:
    return rule.order


def unscreened(finder: Finder) -> Screen:
    return None, None, None, None, None, finder


def each_of(finders: Sequence[Finder]) -> Finder:
    """Every one of these rules is judged."""
    if len(finders) == 1:
        return finders[0]

    def each(event: Event, case: History) -> tuple[Binding, ...]:
        found = NONE
        for finder in finders:
            found += finder(event, case)
        return found

    return each


# --- one rule --------------------------------------------------------------------------------------


def rule_finder(rule: CompiledRule, equal: tuple[str, object] | None) -> Finder:
    """One closure for each shape of rule. Breaches are rare, and left to the guard that all matchers share."""
    if rule.breach_triggered:
        return by_guard(rule)
    if rule.per_bearer:
        return lambda event, _case: (bind((rule, event, None)),)
    parts = [] if rule.guard is None else parts_of(rule.guard, equal)
    if parts and parts[0] is rule.guard:
        return conditional(rule, verdict_in_case_of(rule.guard))
    return conjunction(rule, parts)


def by_guard(rule: CompiledRule) -> Finder:
    def find(event: Event, case: History) -> tuple[Binding, ...]:
        binding = guard(rule, event, case)
        return NONE if binding is None else (binding,)

    return find


def parts_of(condition: Expression, equal: tuple[str, object] | None) -> list[Expression]:
    """The parts of a conjunction, without the one known to hold: first what the event says, last what goes through the case.

    Their order decides nothing, as no part can fail.
    """
    return sorted((part for part in conjuncts(condition) if not says(part, equal)), key=reach)


def says(part: Expression, equal: tuple[str, object] | None) -> bool:
    """Whether it is the equality by which the rule was found."""
    match part:
        case Compare(Comparison.EQ, Path(Variable("event"), name), Literal(value)) | Compare(
            Comparison.EQ, Literal(value), Path(Variable("event"), name)
        ):
            return (name, value) == equal
        case _:
            return False


def reach(part: Expression) -> int:
    """How far it looks: 0 the event against a constant, 1 facts, 2 the events of the case."""
    if comparison(part) is not None:
        return 0
    return 2 if any(isinstance(node, Quantify) for node in walk(part)) else 1


def comparison(part: Expression) -> Comparing | None:
    """What the event states against a constant; None for any other condition."""
    match part:
        case Compare(sign, Path(Variable("event"), name), Literal(value)) if name not in FIXED:
            return name, COMPARE[sign], value
        case _:
            return None


def conjunction(rule: CompiledRule, parts: Sequence[Expression]) -> Finder:
    """By Kleene's table of `&&`: one that is false decides, else one that is unknown."""
    if not parts:
        return lambda event, _case: (bind((rule, event, True)),)
    judges = tuple(map(value_in_case_of, parts))

    def find(event: Event, case: History) -> tuple[Binding, ...]:
        sure = True
        for judge in judges:
            value = judge(event, case)
            if value is False:
                return NONE
            if value is UNKNOWN:
                sure = False
        return (bind((rule, event, True if sure else UNKNOWN)),)

    return find


def conditional(rule: CompiledRule, verdict_in: CaseJudge) -> Finder:
    def find(event: Event, case: History) -> tuple[Binding, ...]:
        verdict = verdict_in(event, case)
        return (bind((rule, event, verdict)),) if verdict is True or verdict is UNKNOWN else NONE

    return find
