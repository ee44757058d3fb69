"""`LiveProgram`: the rules at work, found by an event's type and then by the constant they ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from remit.live.routes import Route
from remit.live.rules import LiveRule, live_rules
from remit.live.timeline import Timeline
from remit.model.event import Event
from remit.model.expression import Compare, Comparison, Literal, Path, Variable
from remit.program.compile import conjuncts
from remit.semantics.drafts import nobody
from remit.semantics.law import Law
from remit.semantics.wakes import Dates


@dataclass(frozen=True, slots=True)
class Asked:
    """Rules that ask one attribute to equal a constant: `by_value`; all of them for an event that does not say."""

    attribute: str
    by_value: dict[Hashable, tuple[LiveRule, ...]]
    everyone: tuple[LiveRule, ...]

    def candidates(self, event: Event) -> tuple[LiveRule, ...]:
        if self.attribute not in event.data:
            return self.everyone
        value = event.data[self.attribute]
        try:
            return self.by_value.get(value, ())
        except TypeError:
            return self.everyone


@dataclass(frozen=True, slots=True)
class Dispatch:
    """The rules one type of event may set off: those that ask for no constant, and the others by what they ask for."""

    always: tuple[LiveRule, ...]
    asked: tuple[Asked, ...]

    def candidates(self, event: Event) -> Sequence[LiveRule]:
        if not self.asked:
            return self.always
        return [*self.always, *(rule for asked in self.asked for rule in asked.candidates(event))]


class LiveProgram:
    """Everything that is worked out once for a law."""

    __slots__ = ("_dispatch", "_nobody", "by_id", "dates", "law", "policies", "rules", "timeline")

    def __init__(self, law: Law) -> None:
        self.law = law
        self.timeline = Timeline(law)
        self.dates = Dates.of(law)
        self.policies = len({rule.rule.policy for rule in law.program.rules})
        self.rules = live_rules(law, self.timeline)
        self.by_id: dict[str, list[LiveRule]] = defaultdict(list)
        by_event: dict[str, list[LiveRule]] = defaultdict(list)
        for rule in self.rules:
            self.by_id[rule.source.rule.id].append(rule)
            for kind in rule.source.triggers:
                by_event[kind].append(rule)
        self._nobody: dict[int, Route] = {}
        self._dispatch = {kind: dispatch(rules) for kind, rules in by_event.items()}

    def nobody(self, day: date) -> Route:
        """Where a breach points at no unit at all, that is asked."""
        version = self.timeline.versions[day]
        if version not in self._nobody:
            routing = nobody(self.law, day)
            parties = [party.bare() for party in routing.parties]
            units = [self.law.graph.unit(party.id, day) for party in parties]
            self._nobody[version] = Route(tuple(zip(parties, units, strict=True)), routing.fact, routing.ask)
        return self._nobody[version]

    def candidates(self, event: Event) -> Sequence[LiveRule]:
        """The rules this event may set off; of every other the condition is surely false."""
        found = self._dispatch.get(event.type)
        return () if found is None else found.candidates(event)


def dispatch(rules: Iterable[LiveRule]) -> Dispatch:
    """Each rule under the attribute that tells most rules of this type apart."""
    constants = {rule.order: asked_constants(rule) for rule in rules}
    spread: dict[str, set[Hashable]] = defaultdict(set)
    for found in constants.values():
        for attribute, value in found.items():
            spread[attribute].add(value)
    always, grouped = [], defaultdict(list)
    for rule in rules:
        names = constants[rule.order]
        if names:
            grouped[max(names, key=lambda name: (len(spread[name]), name))].append(rule)
        else:
            always.append(rule)
    return Dispatch(tuple(always), tuple(asked(name, group, constants) for name, group in sorted(grouped.items())))


def asked(attribute: str, rules: list[LiveRule], constants: dict[int, dict[str, Hashable]]) -> Asked:
    by_value: dict[Hashable, tuple[LiveRule, ...]] = {}
    for rule in rules:
        value = constants[rule.order][attribute]
        by_value[value] = (*by_value.get(value, ()), rule)
    return Asked(attribute, by_value, tuple(rules))


def asked_constants(rule: LiveRule) -> dict[str, Hashable]:
    """Attributes that the event must not state otherwise; a breach must not name another action or rule.

    `event.colour == "red" && subject.age < 18` asks for {"colour": "red"}.
    """
    source = rule.source
    if source.breach_triggered:
        return {"action": source.rule.action, "rule": source.rule.id}
    found: dict[str, Hashable] = {}
    for part in conjuncts(source.guard) if source.guard is not None else ():
        match part:
            case Compare(Comparison.EQ, Path(Variable("event"), name), Literal(value)) | Compare(
                Comparison.EQ, Literal(value), Path(Variable("event"), name)
            ):
                found[name] = value
    return found
