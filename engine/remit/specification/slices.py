"""The rules that can have a say in a scenario: those its reports set off, those it speaks of, and what is tied to these.

A scenario told to this part of a pack ends as told to the whole of it, and many times sooner. What could make it end
otherwise is in the part: rules are tied by `then`, by `overrides`, by `with` of a limit, and by opposite demands of one act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from remit.model.rule import Rule, accompanied
from remit.model.terms import Modality
from remit.pack.load import Pack
from remit.program.compile import RUN, compile_rule
from remit.specification.understanding import Told

RULE_WORDS = frozenset({"规则", "rule"})
ACTION_WORDS = frozenset({"行动", "action"})
VERBS = {"履行": "performed", "performs": "performed", "违反": "violated", "violates": "violated"}


@dataclass(frozen=True)
class Ties:
    """The rules of a pack by what can bring them into a scenario.

    Attributes:
        by_event: event type → the rules it sets off, or breaches.
        by_action: action → the rules about it.
        tied: rule → the rules that go with it.
    """

    by_event: Mapping[str, frozenset[str]]
    by_action: Mapping[str, frozenset[str]]
    tied: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, pack: Pack) -> Ties:
        by_event: dict[str, set[str]] = defaultdict(set)
        by_action: dict[str, set[str]] = defaultdict(set)
        tied: dict[str, set[str]] = defaultdict(set)
        for policy in pack.policies:
            for rule in policy.rules:
                if rule.modality not in RUN:
                    continue
                for kind in compile_rule(rule, policy, 0).triggers:
                    by_event[kind].add(rule.id)
                by_action[str(rule.action)].add(rule.id)
                for other in (*rule.then, *rule.overrides, *accompanied(rule.timing)):
                    tied[rule.id].add(other)
                    tied[other].add(rule.id)
        for names in by_action.values():
            if any(pack.rules[name].modality is not Modality.MUST for name in names):
                for name in names:
                    tied[name] |= names
        return cls(*({k: frozenset(v) for k, v in kept.items()} for kept in (by_event, by_action, tied)))

    def reach(self, names: Iterable[str]) -> frozenset[str]:
        """These rules, and all that is tied to them, however far."""
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.tied.get(name, ())
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the steps of a scenario name: types of events, actions, rules."""

    events: frozenset[str]
    actions: frozenset[str]
    rules: frozenset[str]

    @classmethod
    def of(cls, steps: Iterable[Told], pack: Pack) -> Spoken:
        events: set[str] = set()
        actions: set[str] = set()
        rules: set[str] = set()
        for told in steps:
            said = dict(told.arguments)
            kind, action, rule, verb = (said.get(name) for name in ("kind", "action", "rule", "verb"))
            if kind:
                events.add(pack.find("event", str(kind)) or str(kind))
            if verb in VERBS:
                events.add(VERBS[str(verb)])
            if action:
                actions.add(pack.find("action", str(action)) or str(action))
            if rule:
                rules.add(str(rule))
            rules |= set(named_rules(said.get("tail")))
            for word, cell in cells(told):
                if word in ACTION_WORDS:
                    actions.add(pack.find("action", cell) or cell)
                elif word in RULE_WORDS:
                    rules.add(cell)
        return cls(frozenset(events), frozenset(actions), frozenset(rules & pack.rules.keys()))


def named_rules(tail: object) -> Iterable[str]:
    from remit.steps.definitions import clauses

    return clauses(str(tail)).get("rule", ()) if tail else ()


def cells(told: Told) -> Iterable[tuple[str, str]]:
    """The cells of a step's table, each with the heading above it."""
    rows = told.step.table or ()
    return ((word, cell) for row in rows[1:] for word, cell in zip(rows[0], row, strict=False))


def concerned(steps: Iterable[Told], pack: Pack, ties: Ties) -> frozenset[str]:
    """The ids of the rules that can have a say in what these steps tell and ask."""
    said = Spoken.of(steps, pack)
    named = {rule for kind in said.events for rule in ties.by_event.get(kind, ())}
    named |= {rule for action in said.actions for rule in ties.by_action.get(action, ())}
    return ties.reach(named | said.rules)


def restricted(pack: Pack, names: frozenset[str], changed: Rule | None = None) -> Pack:
    """The pack with these rules alone, and `changed` in the place of its like."""
    policies = (replace(p, rules=tuple(instead(r, changed) for r in p.rules if r.id in names)) for p in pack.policies)
    return replace(pack, policies=tuple(policies))


def instead(rule: Rule, changed: Rule | None) -> Rule:
    """The changed rule where it is this one that was changed."""
    return changed if changed is not None and (rule.policy, rule.id) == (changed.policy, changed.id) else rule
