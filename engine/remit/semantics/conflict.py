"""Which rule goes before which, and what remains as a conflict.

Exceptions are named, never numbered: `overrides` (lex specialis) first, then the rank of the issuer (lex
superior), then the later date (lex posterior). What contradicts and is not ordered is a conflict naming both articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

from remit.model.obligation import OPEN, Conflict, Obligation
from remit.model.terms import Modality, Status
from remit.model.text import Text
from remit.program.program import CompiledRule

#: Modalities that cannot both hold of one act.
OPPOSED = frozenset({frozenset({Modality.MUST, Modality.MUST_NOT}), frozenset({Modality.MAY, Modality.MUST_NOT})})


def outranks(first: CompiledRule, second: CompiledRule, levels: tuple[str, ...]) -> bool:
    """Whether `first` sets `second` aside where both apply: named, higher or later, in this order."""
    if second.rule.id in first.rule.overrides:
        return True
    if first.rule.id in second.rule.overrides or not contradicts(first, second):
        return False
    return precedence(first, levels) > precedence(second, levels)


def contradicts(first: CompiledRule, second: CompiledRule) -> bool:
    """The same act, once demanded or allowed and once forbidden."""
    modalities = frozenset({first.rule.modality, second.rule.modality})
    return first.rule.action == second.rule.action and modalities in OPPOSED


def precedence(rule: CompiledRule, levels: tuple[str, ...]) -> tuple[int, int]:
    """Higher issuer, then later effect; comparable as a pair."""
    return (-levels.index(rule.policy.level), rule.policy.effective_on.toordinal())


def conflicts(owed: Iterable[Obligation]) -> tuple[Conflict, ...]:
    """Pairs of open obligations of one bearer that contradict each other; those that can be ordered are gone already."""
    by_act: dict[tuple[str, str], list[Obligation]] = defaultdict(list)
    for obligation in owed:
        if obligation.status in OPEN or obligation.status is Status.BREACHED:
            by_act[(obligation.bearer.id, obligation.action)].append(obligation)
    found = (c for group in by_act.values() for c in contradicting(group))
    return tuple(sorted(found, key=lambda c: c.obligations))


def contradicting(group: list[Obligation]) -> Iterator[Conflict]:
    for one, other in combinations(sorted(group, key=lambda o: o.id), 2):
        same_matter = one.case == other.case or None in (one.case, other.case)
        same_person = one.subject == other.subject or None in (one.subject, other.subject)
        if same_matter and same_person and frozenset({one.modality, other.modality}) in OPPOSED:
            yield Conflict(
                rules=(one.rule, other.rule),
                articles=(one.article_label, other.article_label),
                obligations=(one.id, other.id),
                case=one.case or other.case,
                claim=Text(
                    f"{one.article_label}与{other.article_label}对同一单位的同一行为要求相反，且没有规则说明何者优先",
                    f"{one.article_label} and {other.article_label} ask the opposite of one unit, and nothing orders them",
                ),
            )
