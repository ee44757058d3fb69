"""`Dispatch`: the rules an event may set off, found by its type and then by the constant they ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from remit.expressions.closures import field_of
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Compare, Comparison, Literal, Path, Variable
from remit.program.compile import conjuncts
from remit.program.program import CompiledRule

#: What is found: a rule as its finder needs it.
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Asked(Generic[R]):
    """Rules that ask one attribute to equal a constant: `by_value`; all of them for an event that does not say.

    `read` finds what the event states of it, else UNKNOWN.
    """

    attribute: str
    read: Callable[[Event], object]
    by_value: Mapping[Hashable, tuple[R, ...]]
    everyone: tuple[R, ...]

    def candidates(self, event: Event) -> tuple[R, ...]:
        value = self.read(event)
        if value is UNKNOWN:
            return self.everyone
        try:
            return self.by_value.get(value, ())
        except TypeError:
            return self.everyone


@dataclass(frozen=True, slots=True)
class OfType(Generic[R]):
    """The rules one type of event may set off: those that ask for no constant, and the others by what they ask for."""

    always: tuple[R, ...]
    asked: tuple[Asked[R], ...]

    def candidates(self, event: Event) -> Sequence[R]:
        if not self.asked:
            return self.always
        return [*self.always, *(rule for asked in self.asked for rule in asked.candidates(event))]


class Dispatch(Generic[R]):
    """Finds what stands for a rule without looking at any rule of another type, or with another constant."""

    __slots__ = ("_by_type",)

    def __init__(self, rules: Iterable[tuple[CompiledRule, R]]) -> None:
        by_type: dict[str, list[tuple[CompiledRule, R]]] = defaultdict(list)
        for rule, found in rules:
            for kind in rule.triggers:
                by_type[kind].append((rule, found))
        self._by_type = {kind: of_type(members) for kind, members in by_type.items()}

    def candidates(self, event: Event) -> Sequence[R]:
        """All that this event may set off; of every other the condition is surely false."""
        found = self._by_type.get(event.type)
        return () if found is None else found.candidates(event)

    def undivided(self) -> dict[str, tuple[R, ...]]:
        """The types of events that set off the same rules whatever they state, with those."""
        return {kind: found.always for kind, found in self._by_type.items() if not found.asked}

    def divided(self) -> dict[str, Asked[R]]:
        """The types of events of which every rule asks the same attribute to equal a constant, with what is asked."""
        return {
            kind: found.asked[0] for kind, found in self._by_type.items() if len(found.asked) == 1 and not found.always
        }


def of_type(rules: Sequence[tuple[CompiledRule, R]]) -> OfType[R]:
    """Each rule under the attribute that tells most rules of this type apart."""
    constants = [asked_constants(rule) for rule, _ in rules]
    spread: dict[str, set[Hashable]] = defaultdict(set)
    for asked in constants:
        for attribute, value in asked.items():
            spread[attribute].add(value)
    always: list[R] = []
    grouped: dict[str, dict[Hashable, list[R]]] = defaultdict(lambda: defaultdict(list))
    for (_, rule), asked in zip(rules, constants, strict=True):
        if asked:
            most = max(asked, key=lambda name: (len(spread[name]), name))
            grouped[most][asked[most]].append(rule)
        else:
            always.append(rule)
    return OfType(tuple(always), tuple(group(name, by_value) for name, by_value in sorted(grouped.items())))


def group(attribute: str, by_value: Mapping[Hashable, list[R]]) -> Asked[R]:
    found = {value: tuple(rules) for value, rules in by_value.items()}
    return Asked(
        attribute, field_of(attribute, UNKNOWN), found, tuple(rule for rules in found.values() for rule in rules)
    )


def asked_constants(rule: CompiledRule) -> Mapping[str, Hashable]:
    """Attributes that the event must not state otherwise; a breach must not name another action or rule.

    `event.colour == "red" && subject.age < 18` asks for {"colour": "red"}. Nothing is asked where the condition waits for
    the bearer, which binds the rule unjudged.
    """
    if rule.breach_triggered:
        return {"action": rule.rule.action, "rule": rule.rule.id}
    found: dict[str, Hashable] = {}
    for part in conjuncts(rule.guard) if rule.guard is not None and not rule.per_bearer else ():
        match part:
            case Compare(Comparison.EQ, Path(Variable("event"), name), Literal(value)) | Compare(
                Comparison.EQ, Literal(value), Path(Variable("event"), name)
            ):
                found[name] = value
    return found
