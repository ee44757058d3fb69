"""The protocol of a matcher, the guard they share, and the choice between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from remit.expressions.evaluate import evaluate
from remit.matching.history import History
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Unknown
from remit.model.rule import Act
from remit.program.program import CompiledRule


class Binding(NamedTuple):
    """A rule set off by an event. `verdict` is True, UNKNOWN, or None where the bearer must be known first.

    A tuple, because one is made wherever a rule and an event meet: in half the time of a frozen dataclass.
    """

    rule: CompiledRule
    event: Event
    verdict: bool | Unknown | None


@dataclass(frozen=True, slots=True)
class Incident:
    """A failure of a native matcher that the reference made good."""

    backend: str
    case: str | None
    what: str


class Matcher(Protocol):
    """One answer: the bindings of a case, ordered by rule and then by event. The batch is for whoever has many."""

    @property
    def name(self) -> str: ...

    @property
    def reason(self) -> str: ...

    @property
    def incidents(self) -> Sequence[Incident]: ...

    def bindings(self, history: History) -> tuple[Binding, ...]: ...

    def orders(self, history: History) -> Mapping[str, frozenset[int]] | None:
        """By kind of event, the rules (their `order`) that it may set off in such a case; None: any may."""
        ...

    def bindings_of(self, histories: Sequence[History]) -> tuple[tuple[Binding, ...], ...]: ...


def guard(rule: CompiledRule, event: Event, history: History) -> Binding | None:
    """Judge the rule's condition for this event, and of a standing norm whether it is a breach; None when one is false."""
    breach = breached_by(rule, event, history) if rule.breach_triggered else True
    if breach is False:
        return None
    if rule.per_bearer and breach is True:
        return Binding(rule, event, None)
    verdict = True if rule.guard is None else evaluate(rule.guard, history.situation(event))
    if verdict is True and breach is True:
        return Binding(rule, event, True)
    return Binding(rule, event, UNKNOWN) if verdict is True or verdict is UNKNOWN else None


def breached_by(rule: CompiledRule, event: Event, history: History) -> bool | Unknown:
    """Whether the event is any of the acts that breach the rule."""
    verdicts = [act_fits(act, rule, event, history) for act in rule.breaches]
    return True if True in verdicts else UNKNOWN if UNKNOWN in verdicts else False


def act_fits(act: Act, rule: CompiledRule, event: Event, history: History) -> bool | Unknown:
    """Whether `event` is this act of this rule: its type, its action where it names one, its `where`."""
    if event.type != act.event:
        return False
    if event.data.get("action", rule.rule.action) != rule.rule.action:
        return False
    if event.data.get("rule", rule.rule.id) != rule.rule.id:
        return False
    verdict = True if act.where is None else evaluate(act.where, history.situation(event))
    return verdict if verdict is True or verdict is UNKNOWN else False
