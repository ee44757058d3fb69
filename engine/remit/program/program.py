"""The compiled program: what every matcher and the semantics read instead of the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from remit.model.expression import Expression
from remit.model.records import record
from remit.model.rule import Act, Always, Consequence, Every, On, Policy, Rule


@record
class CompiledRule:
    """A rule as it is matched.

    Attributes:
        order: its place in the document, over all policies; the stable order of every answer.
        triggers: event types any one of which can set it off; empty for rules the calendar or the
            text itself sets off. For a standing rule they are the events that breach it.
        requires: event types that must also stand in the case, else the condition is surely false.
        guard: the whole condition, or None.
        per_bearer: the condition reads the bearer, so it is judged after routing.
        changeable: what is reported later may change how its condition or exception is judged, or who bears it.
        rerouted: who bears it is read from a fact of the person.
        discharges, breaches: acts that perform or violate it, defaults filled in.
    """

    rule: Rule
    policy: Policy
    order: int
    triggers: frozenset[str]
    requires: frozenset[str]
    guard: Expression | None
    per_bearer: bool
    changeable: bool
    rerouted: bool
    discharges: tuple[Act, ...]
    breaches: tuple[Act, ...]

    @property
    def breach_triggered(self) -> bool:
        """A standing norm: an event sets it off only by violating it."""
        return isinstance(self.rule.trigger, Always)

    @property
    def effective_on(self) -> date:
        """The first day on which policy and rule are in force."""
        since = self.rule.since
        return self.policy.effective_on if since is None else max(since, self.policy.effective_on)

    def in_force_on(self, day: date) -> bool:
        """Whether policy and rule are in force that day; the day of repeal is the first without it."""
        repealed, until = self.policy.repealed_on, self.rule.until
        return self.effective_on <= day and (repealed is None or day < repealed) and (until is None or day <= until)


@record
class Program:
    """All rules that bind or permit, in order of the documents; the rest of a policy is not run."""

    rules: tuple[CompiledRule, ...]
    by_id: Mapping[str, tuple[CompiledRule, ...]]
    by_event: Mapping[str, tuple[CompiledRule, ...]]

    @property
    def recurring(self) -> tuple[CompiledRule, ...]:
        return tuple(r for r in self.rules if isinstance(r.rule.trigger, Every))

    @property
    def standing(self) -> tuple[CompiledRule, ...]:
        return tuple(r for r in self.rules if isinstance(r.rule.trigger, Always))


#: Named invariants of a program; the tests check each, and so does `remit check`.
INVARIANTS: Mapping[str, Callable[[CompiledRule], bool]] = {
    "an event sets off every triggered rule": lambda r: (
        bool(r.triggers) == isinstance(r.rule.trigger, On | Always)
        or (isinstance(r.rule.trigger, Always) and not r.triggers)
    ),
    "only a triggered rule requires other events": lambda r: not r.requires or bool(r.triggers),
    "a rule that runs has a bearer": lambda r: bool(r.rule.bearers),
    "a rule that runs names an action": lambda r: r.rule.action is not None,
    "a consequence needs no event": lambda r: not isinstance(r.rule.trigger, Consequence) or not r.triggers,
}
