"""What rules say of each other: names that must be there, one trigger each, no circles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from remit.errors import VocabularyError, nearest
from remit.model.rule import Consequence, On, Policy, Rule, accompanied
from remit.model.terms import Modality
from remit.pack.rules import RUN
from remit.pack.yaml_reader import Problems, Scalar


def check_references(policies: Sequence[Policy], problems: Problems) -> None:
    """What one rule says of others: ids once, `then` and `overrides` name rules, consequences are named, nothing goes round.

    A policy that takes another's place may keep the ids of its rules: what is recurring is then seen to go on.
    """
    rules = [rule for policy in policies for rule in policy.rules]
    by_id = {rule.id: rule for rule in rules}
    owners = {policy.id: policy for policy in policies}
    seen: dict[str, list[Policy]] = defaultdict(list)
    misspelt: set[str] = set()
    for rule in rules:
        if any(meet(owners[rule.policy], other) for other in seen[rule.id]):
            problems.add(
                VocabularyError(
                    "RM209",
                    "declared-twice",
                    found=rule.id,
                    expected="each rule id once",
                    origin=rule.origin,
                )
            )
        seen[rule.id].append(owners[rule.policy])
        for name in (*rule.then, *rule.overrides, *accompanied(rule.timing)):
            if name not in by_id and name not in problems.lost and "chapters" not in problems.unread:
                problems.unknown(
                    "rule", Scalar(name, rule.references.get(name, rule.origin)), by_id, "the id of a rule"
                )
                misspelt.add(nearest(name, by_id) or "")
        for name in accompanied(rule.timing):
            if name in by_id and not (of_a_case(rule) and of_a_case(by_id[name])):
                problems.add(
                    VocabularyError(
                        "RM231",
                        "nothing-to-accompany",
                        found=name,
                        expected="two duties of a case: each with `on`, or set off by a `then`",
                        origin=rule.references.get(name, rule.origin),
                    )
                )
        for name in rule.then:
            target = by_id.get(name)
            if target is not None and not isinstance(target.trigger, Consequence):
                problems.add(
                    VocabularyError(
                        "RM214",
                        "one-trigger",
                        found=name,
                        expected="a rule without on, every, always, as `then` sets it off",
                        origin=rule.references.get(name, rule.origin),
                    )
                )
    named = {name for rule in rules for name in rule.then} | misspelt
    for rule in rules:
        if (
            rule.modality.value in RUN
            and isinstance(rule.trigger, Consequence)
            and rule.id not in named | problems.lost
        ):
            problems.add(
                VocabularyError(
                    "RM215",
                    "nothing-sets-it-off",
                    found=rule.id,
                    expected="on, every or always, or another rule's `then`",
                    origin=rule.origin,
                )
            )
    said: dict[str, Callable[[Rule], tuple[str, ...]]] = {
        "then": lambda rule: rule.then, "overrides": lambda rule: rule.overrides, "with": lambda rule: accompanied(rule.timing),
    }  # fmt: skip
    for what, named_by in said.items():
        follows: dict[str, tuple[str, ...]] = defaultdict(tuple)
        for rule in rules:
            follows[rule.id] += named_by(rule)
        for ring in rings(dict(follows)):
            problems.add(
                VocabularyError(
                    "RM217",
                    "rules-go-round",
                    found=" → ".join(ring),
                    expected=f"no circle of `{what}`",
                    origin=by_id[ring[0]].origin,
                )
            )


def of_a_case(rule: Rule) -> bool:
    """Whether it is a duty that arises in a case."""
    return rule.modality is Modality.MUST and isinstance(rule.trigger, On | Consequence)


def meet(one: Policy, other: Policy) -> bool:
    """Whether there is a day on which both are in force."""
    return all(
        earlier.repealed_on is None or later.effective_on < earlier.repealed_on
        for earlier, later in ((one, other), (other, one))
    )


def rings(follows: dict[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Each circle once, from its least member."""
    for start in sorted(follows):
        trail, seen = [start], {start}
        stack = [iter(follows[start])]
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                trail.pop()
            elif following == start:
                if start == min(trail):
                    yield [*trail, start]
                break
            elif following in follows and following not in seen:
                seen.add(following)
                trail.append(following)
                stack.append(iter(follows[following]))
