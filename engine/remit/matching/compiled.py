"""The compiled matcher: rules found by type and constant, their conditions closures. Plain Python, for every machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from remit.expressions.closures import NOTHING, verdict_of
from remit.expressions.situation import Situation
from remit.matching.dispatch import Dispatch
from remit.matching.history import History
from remit.matching.matcher import Binding, Incident, guard
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Expression
from remit.model.records import maker
from remit.program.program import CompiledRule, Program

#: What `guard` says of one rule: its binding by this event, or None.
Guard = Callable[[Event, Situation, History], Binding | None]
make_binding = maker(Binding)


class Compiled:
    """Looks only at the rules an event may set off. Rules are compiled when a case is first matched."""

    name = "compiled"

    def __init__(self, program: Program, reason: str = "asked for") -> None:
        self.program = program
        self.reason = reason

    @cached_property
    def _dispatch(self) -> Dispatch[Guard]:
        return Dispatch((rule, guard_of(rule)) for rule in self.program.rules)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        return ()

    def bindings(self, history: History) -> tuple[Binding, ...]:
        """As the reference gives them."""
        return judged(history, self._dispatch.candidates)

    def bindings_of(self, histories: Sequence[History]) -> tuple[tuple[Binding, ...], ...]:
        """One case after the other."""
        return tuple(self.bindings(history) for history in histories)

    def orders(self, history: History) -> None:
        """Any rule may be set off: whoever asks finds them by type and constant as quickly."""


def judged(history: History, candidates: Callable[[Event], Sequence[Guard]]) -> tuple[Binding, ...]:
    """What the guards of each event's candidates let pass, in the order of rules and then of events."""
    found: list[Binding] = []
    for event in history.events:
        if guards := candidates(event):
            situation = history.situation(event)
            verdicts = [judge(event, situation, history) for judge in guards]
            found += [binding for binding in verdicts if binding is not None]
    found.sort(key=order)
    return tuple(found)


def order(binding: Binding) -> int:
    return binding.rule.order


def guard_of(rule: CompiledRule) -> Guard:
    """One closure for each shape of rule. Breaches are rare, and left to the guard that all matchers share."""
    if rule.breach_triggered:
        return lambda event, _situation, history: guard(rule, event, history)
    if rule.per_bearer:
        return lambda event, _situation, _history: make_binding(rule, event, None)
    if rule.guard is None:
        return lambda event, _situation, _history: make_binding(rule, event, True)
    return conditional(rule, rule.guard)


def conditional(rule: CompiledRule, condition: Expression) -> Guard:
    verdict_in = verdict_of(condition)

    def judge(event: Event, situation: Situation, _history: History) -> Binding | None:
        verdict = verdict_in(situation, NOTHING)
        return make_binding(rule, event, verdict) if verdict is True or verdict is UNKNOWN else None

    return judge
