"""A made law for the columnar path: its vocabulary, rules that say nothing of each other, and what path and reference answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from remit.columnar.replay import replay
from remit.columnar.schema import obligations_of, table_of_events
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.rule import Policy
from remit.model.terms import Jointly, ValueKind
from remit.model.vocabulary import Attribute
from remit.pack.vocabulary import BUILT_IN_ATTRIBUTES
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from remit.semantics.obligations import by_case
from strategies import FLAGS, NUMBERS, text

MADE = {
    **{a.id: a for a in BUILT_IN_ATTRIBUTES},
    **{name: Attribute(name, text(name), ValueKind.INT) for name in NUMBERS},
    **{name: Attribute(name, text(name), ValueKind.BOOL) for name in FLAGS},
    "home": Attribute("home", text("home"), ValueKind.PLACE),
    "homes": Attribute("homes", text("homes"), ValueKind.PLACE, many=True),
    "desk": Attribute("desk", text("desk"), ValueKind.UNIT),
    "desks": Attribute("desks", text("desks"), ValueKind.UNIT, many=True),
}  # fmt: skip


def in_order(owed: Sequence[Obligation]) -> list[Obligation]:
    return sorted(owed, key=lambda o: (o.case or "", o.id, o.period or ""))


def reference_answer(law: Law, events: Sequence[Event], now: datetime) -> list[Obligation]:
    reference = ReferenceEvaluator(law)
    owed = [
        o
        for case, members in by_case(e for e in events if e.knowable_at <= now).items()
        for o in reference.case(case, members, now)
    ]
    return in_order([*owed, *reference.agenda(events, now)])


def columnar_answer(law: Law, events: Sequence[Event], now: datetime) -> list[Obligation]:
    rules = {(r.rule.policy, r.rule.id): r.rule for r in law.program.rules}
    table = replay(law, table_of_events(events, law.attributes), now, threads=1)
    return in_order(list(obligations_of(table, rules, law.calendar.zone)))


def apart(policy: Policy) -> Policy:
    """The same rules, none of which says anything of another: most of them run as columns."""
    rules = (
        replace(r, overrides=(), then=(), action=f"{r.action}{n}", jointly=Jointly.EACH)
        for n, r in enumerate(policy.rules)
    )
    return replace(policy, rules=tuple(rules))
