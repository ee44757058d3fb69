"""What is proved of generated rules holds in every run of them: no report raises what never fires, and what changes nothing can go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.analysis.conditions import Conditions
from remit.analysis.findings import Finding
from remit.analysis.norms import Norms, parts
from remit.analysis.pairs import Pairs
from remit.deadlines.calendar import Calendar
from remit.expressions.evaluate import evaluate
from remit.expressions.printer import show
from remit.matching.history import versions
from remit.model.event import Event
from remit.model.expression import And, Not, Or
from remit.model.obligation import Obligation
from remit.model.rule import Condition, On, Policy, Rule
from remit.model.terms import Status, ValueKind
from remit.model.vocabulary import Attribute, EventType, Term, Vocabulary
from remit.pack.vocabulary import BUILT_IN_ATTRIBUTES, BUILT_IN_EVENTS
from remit.routing.graph import UnitGraph
from remit.semantics.obligations import by_case, obligations
from strategies import (  # fmt: skip
    DIFFERENTIAL,
    FLAGS,
    KINDS,
    LEVELS,
    NUMBERS,
    STEERING,
    calendar,
    conditions,
    moments,
    policies,
    streams,
    text,
    world,
)

EXAMPLES = DIFFERENTIAL // 10
#: What a duty that was never decided can be shown as: an act upon it, or news, came before the decision.
DOUBTFUL = frozenset({Status.UNDECIDED, Status.WAIVED, Status.DISPUTED, Status.WITHDRAWN, Status.SUPERSEDED, Status.TRANSFERRED})  # fmt: skip
GRAPH = world()
OWN = (
    *(Attribute(n, text(n), ValueKind.INT) for n in NUMBERS),
    *(Attribute(f, text(f), ValueKind.BOOL) for f in FLAGS),
)
ATTRIBUTES = {a.id: a for a in (*OWN, *BUILT_IN_ATTRIBUTES)}
TYPES = {k.id: k for k in (*(EventType(k, text(k), tuple(a.id for a in OWN)) for k in KINDS), *BUILT_IN_EVENTS)}
ROLES = {r: Term(r, text(r)) for u in GRAPH.units.values() for r in u.roles}
WORDS = Vocabulary(
    "p", text("p"), "en", "Asia/Shanghai", LEVELS, {}, GRAPH.fallback, ATTRIBUTES, TYPES, {}, ROLES, {}, GRAPH.places, GRAPH.units,
    GRAPH.edges, GRAPH.reorganisations,
)  # fmt: skip


@dataclass(frozen=True)
class Bare:
    """As much of a pack as a proof needs."""

    policies: tuple[Policy, ...]
    graph: UnitGraph = GRAPH
    vocabulary: Vocabulary = WORDS
    calendar: Calendar = calendar()  # noqa: RUF009 - it does not change
    root: Path = Path()


@st.composite
def tangled(draw: st.DrawFn) -> Policy:
    """A policy whose conditions often say a thing twice, or it and its opposite; each rule twice, once in other words."""
    policy = draw(policies(max_rules=4))
    made: list[Rule] = []
    for rule in policy.rules:
        if not isinstance(rule.trigger, On):
            made.append(rule)
            continue
        one, two = draw(conditions), draw(conditions)
        tree = draw(st.sampled_from([one, And(one, two), And(one, Not(one)), And(And(one, two), one), Or(one, And(one, two)), Or(one, Not(one)), And(two, Or(one, two))]))  # fmt: skip
        exception = draw(st.sampled_from([None, two, Not(one), And(one, Not(one))]))
        told = replace(rule, condition=Condition(tree, ""), exception=Condition(exception, "") if exception else None, overrides=(), then=())  # fmt: skip
        made += [told, replace(told, id=f"{rule.id}b", condition=Condition(draw(st.sampled_from([tree, one])), ""))]
    return replace(policy, rules=tuple(made))


def owed(policy: Policy, events: Sequence[Event], now: object) -> tuple[Obligation, ...]:
    found = obligations((policy,), GRAPH, {}, calendar(), events, now)  # type: ignore[arg-type]
    return tuple(o.bare() for o in found.obligations)


def without(policy: Policy, finding: Finding) -> Policy:
    """The policy with what changes nothing left out."""
    name = finding.rules[0]
    if finding.kind == "redundant":
        return replace(policy, rules=tuple(r for r in policy.rules if r.id != name))
    rule = next(r for r in policy.rules if r.id == name)
    assert rule.condition is not None
    rest = next(rest for part, rest in parts(rule.condition.tree) if show(part) == finding.about)
    slim = replace(rule, condition=Condition(rest, ""))
    return replace(policy, rules=tuple(slim if r.id == name else r for r in policy.rules))


def applies(policy: Policy, name: str, events: Sequence[Event]) -> Iterator[bool]:
    """For each report that sets the rule off: whether its exception lifts what its condition does not rule out."""
    rule = next(r for r in policy.rules if r.id == name)
    assert rule.condition is not None
    assert rule.exception is not None
    for case, members in by_case(events).items():
        for history in versions(case, members):
            for event in history.events:
                if isinstance(rule.trigger, On) and event.type in rule.trigger.events:
                    here = history.situation(event)
                    held = evaluate(rule.condition.tree, here) is not False
                    yield held and evaluate(rule.exception.tree, here) is True


def test_what_is_proved_holds_in_every_run() -> None:
    counted: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(tangled(), streams(), moments)
    def holds(policy: Policy, told: tuple[Event, ...], now: object) -> None:
        events = tuple(e for e in told if e.type not in STEERING)  # acts that name one rule tell two alike apart
        norms = Norms(Bare((policy,)))  # type: ignore[arg-type]
        pairs = Pairs(norms, None)  # type: ignore[arg-type]
        rules = norms.program.rules
        found = [*Conditions(norms).findings()]
        found += [f for r in rules for f in pairs.redundant([o for o in rules if o.rule.action == r.rule.action and o.rule.id.rstrip("b") == r.rule.id])]  # fmt: skip
        answer = owed(policy, events, now)
        sure = {o.rule for o in answer if o.status not in DOUBTFUL}
        for finding in found:
            if finding.undecided or (len(finding.rules) > 1 and finding.kind == "never-fires"):
                continue
            counted[finding.kind] += 1
            if finding.kind == "never-fires":
                assert finding.rules[0] not in sure, finding
            elif finding.kind == "idle-exception":
                assert not any(applies(policy, finding.rules[0], events)), finding
            elif finding.kind == "idle-part":
                assert meant(owed(without(policy, finding), events, now)) == meant(answer), finding
            elif finding.kind == "redundant":
                kept = [o for o in answer if o.rule == finding.rules[1]]
                assert all(any(covers(k, o) for k in kept) for o in answer if o.rule == finding.rules[0]), finding

    holds()
    print(f"proved and run: {dict(counted)}")
    assert counted.total() > EXAMPLES / 4


def meant(answer: tuple[Obligation, ...]) -> tuple[Obligation, ...]:
    """Without the questions, and the mark of an exception that is not known yet: both name what the rule is written with."""
    return tuple(replace(o, questions=(), rebuttable=False) for o in answer)


def covers(kept: Obligation, gone: Obligation) -> bool:
    """Whether it asks for the same, of whom, for whom, in which matter, no later, and no less surely."""
    same = [(o.id.split("/")[2:], o.action, o.modality, [p.id for p in o.to]) for o in (kept, gone)]
    if gone.status in DOUBTFUL or kept.status in DOUBTFUL:
        return same[0] == same[1] and (gone.status in DOUBTFUL or kept.status is not Status.UNDECIDED)
    dues = kept.deadline.due, gone.deadline.due
    sooner = dues[0] == dues[1] or (dues[0] is not None and dues[1] is not None and dues[0] <= dues[1])
    return same[0] == same[1] and sooner
