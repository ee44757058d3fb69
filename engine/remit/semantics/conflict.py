"""Which rule goes before which, and what remains as a conflict.

Exceptions are named, never numbered: `overrides` (lex specialis) first, then the rank of the issuer (lex
superior), then the later date (lex posterior). What contradicts and is not ordered is a conflict naming both articles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product

from remit.model.obligation import OPEN, Conflict, Obligation
from remit.model.terms import Modality, Status
from remit.model.text import Text
from remit.program.program import CompiledRule
from remit.semantics.law import Law

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


def conflicts(law: Law, owed: Iterable[Obligation]) -> tuple[Conflict, ...]:
    """Pairs of open obligations of one bearer that contradict each other, and that nothing orders.

    A case and a unit's agenda are worked out apart, so that a standing norm may still stand beside what goes before it.
    What was said under an earlier law, and has no rule in this one, conflicts with nothing.
    """
    rules = {(rule.rule.policy, rule.rule.id): rule for rule in law.program.rules}
    by_act: dict[tuple[str, str], list[Obligation]] = defaultdict(list)
    for obligation in owed:
        stands = obligation.status in OPEN or obligation.status is Status.BREACHED
        if stands and (obligation.policy, obligation.rule) in rules:
            by_act[(obligation.bearer.id, obligation.action)].append(obligation)
    found = (
        claim(*pair) for group in by_act.values() for pair in contradicting(group) if not ordered(law, rules, *pair)
    )
    return tuple(sorted(found, key=lambda c: c.obligations))


def ordered(law: Law, rules: Mapping[tuple[str, str], CompiledRule], one: Obligation, other: Obligation) -> bool:
    """Whether either rule goes before the other."""
    first, second = (rules[o.policy, o.rule] for o in (one, other))
    return outranks(first, second, law.graph.levels) or outranks(second, first, law.graph.levels)


def contradicting(group: list[Obligation]) -> Iterator[tuple[Obligation, Obligation]]:
    """Pairs of one matter and person; what belongs to no case meets everything."""
    if not any(opposed <= {o.modality for o in group} for opposed in OPPOSED):
        return
    cases: dict[str | None, list[Obligation]] = defaultdict(list)
    for obligation in group:
        cases[obligation.case].append(obligation)
    everywhere = cases.pop(None, [])
    pairs = list(combinations(everywhere, 2))
    for members in cases.values():
        pairs += [*combinations(members, 2), *product(members, everywhere)]
    for pair in pairs:
        one, other = sorted(pair, key=lambda o: o.id)
        same_person = one.subject == other.subject or None in (one.subject, other.subject)
        if same_person and frozenset({one.modality, other.modality}) in OPPOSED:
            yield one, other


def claim(one: Obligation, other: Obligation) -> Conflict:
    return Conflict(
        rules=(one.rule, other.rule),
        articles=(one.article_label, other.article_label),
        obligations=(one.id, other.id),
        case=one.case or other.case,
        claim=Text(
            f"{one.article_label}与{other.article_label}对同一单位的同一行为要求相反，且没有规则说明何者优先",
            f"{one.article_label} and {other.article_label} ask the opposite of one unit, and nothing orders them",
        ),
    )
