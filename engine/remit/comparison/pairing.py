"""Which policy and which rule of the old pack is which of the new one; by id, and where an id is gone, by the words it rests on."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from remit.model.rule import Policy, Rule
from remit.pack.load import Pack
from remit.program.compile import RUN

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pairing:
    """Policies and rules side by side; None stands where one of them has none."""

    policies: tuple[tuple[Policy | None, Policy | None], ...]
    rules: tuple[tuple[Rule | None, Rule | None], ...]

    @classmethod
    def of(cls, old: Pack, new: Pack) -> Pairing:
        """Each policy and each rule once."""
        policies = matched(old.policies, new.policies, (lambda p: p.id, lambda p: p.number or None, lambda p: p.title))
        policies = with_most_rules(policies)
        found: list[tuple[Rule | None, Rule | None]] = []
        gone, come = list[Rule](), list[Rule]()
        for one, other in policies:
            for a, b in matched(one.rules if one else (), other.rules if other else (), (rule_id,)):
                if a is not None and b is not None:
                    found.append((a, b))
                elif a is not None:
                    gone.append(a)
                elif b is not None:
                    come.append(b)
        rest = matched(gone, come, (rule_id, rests_on(full=True), rests_on(full=False)))
        found += rest
        return cls(tuple(policies), tuple(found))


def matched(
    old: Sequence[T], new: Sequence[T], keys: Iterable[Callable[[T], Hashable]]
) -> list[tuple[T | None, T | None]]:
    """Pairs that agree in the first key that tells them apart; then what is left of the old, then of the new."""
    rest, others = list(old), list(new)
    found: list[tuple[T | None, T | None]] = []
    for key in keys:
        for one in list(rest):
            mine = key(one)
            same = [other for other in others if mine is not None and key(other) == mine]
            alike = [other for other in rest if key(other) == mine]
            if len(same) == 1 and len(alike) == 1:
                found.append((one, same[0]))
                rest.remove(one)
                others.remove(same[0])
    return [*found, *((one, None) for one in rest), *((None, other) for other in others)]


def with_most_rules(pairs: list[tuple[Policy | None, Policy | None]]) -> list[tuple[Policy | None, Policy | None]]:
    """A policy that is gone and one that is new are two versions of one where most of their rules have the same ids."""
    gone, come = [a for a, b in pairs if a and b is None], [b for a, b in pairs if b and a is None]
    found: list[tuple[Policy | None, Policy | None]] = [pair for pair in pairs if None not in pair]
    for one in gone:
        mine = {rule.id for rule in one.rules}
        best = max(come, key=lambda p: len(mine & {r.id for r in p.rules}), default=None)
        if best is not None and 2 * len(mine & {r.id for r in best.rules}) >= max(1, min(len(mine), len(best.rules))):
            come.remove(best)
            found.append((one, best))
        else:
            found.append((one, None))
    return [*found, *((None, other) for other in come)]


def rule_id(rule: Rule) -> Hashable:
    return rule.id


def rests_on(*, full: bool) -> Callable[[Rule], Hashable]:
    """The quotes of a rule with what it demands; in full, of whom and when as well."""

    def key(rule: Rule) -> Hashable:
        quotes = tuple(quote.text for quote in rule.quotes)
        said = (quotes, rule.modality, rule.action)
        return (*said, rule.bearers, rule.trigger) if full else said

    return key


def runs(rule: Rule) -> bool:
    """Whether the rule binds or permits; the rest only explains."""
    return rule.modality in RUN
