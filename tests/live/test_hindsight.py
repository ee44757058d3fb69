"""Cases in which facts change back and forth: what was owed by what was known at any moment is what the reference finds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.live.cases import LiveCases
from remit.live.evaluator import LiveEvaluator
from remit.live.program import LiveProgram
from remit.model.event import PERFORMED, TRANSFER, VIOLATED, Event
from remit.model.expression import (
    And,
    Compare,
    Comparison,
    Literal,
    Macro,
    Not,
    Or,
    Path,
    Quantify,
    Variable,
)
from remit.model.rule import (
    Always,
    ByFact,
    ByRole,
    ByUnit,
    Condition,
    Consequence,
    Every,
    On,
    Policy,
    Rule,
    Within,
)
from remit.model.terms import Per, ValueKind
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from strategies import DIFFERENTIAL, START, UNITS, busy_policies
from turning_words import FLAGS, fact, law_of, policy, rule, turning


@st.composite
def turning_policies(draw: st.DrawFn) -> tuple[Policy, ...]:
    """Rules set off by events that read what changes, and set each other aside, now and then in a circle."""
    policies = draw(busy_policies())
    names = [rule.id for rule in policies[0].rules]
    in_circles = draw(st.sampled_from((False, False, False, True)))

    def turned(rule: Rule) -> Rule:
        if draw(st.sampled_from((False, False, False, True))):
            return rule
        later = names if in_circles else names[names.index(rule.id) + 1 :]
        return replace(
            rule,
            trigger=On(draw(st.sampled_from((("e0",), ("e0", "e1"))))) if isinstance(rule.trigger, Every | Always) else rule.trigger,
            bearers=draw(st.sampled_from((rule.bearers, (ByUnit("north.watch"),), (ByRole("watch", "north"),), (ByFact("subject.desk"),)))),
            condition=draw(st.none() | turning.map(lambda tree: Condition(tree, "generated"))),
            exception=draw(st.none() | st.none() | turning.map(lambda tree: Condition(tree, "generated"))),
            overrides=tuple(draw(st.lists(st.sampled_from(later), max_size=2, unique=True))) if later else (),
            timing=draw(st.just(rule.timing) | st.just(Within(3, "hours"))),
        )  # fmt: skip

    return tuple(replace(policy, rules=tuple(map(turned, policy.rules))) for policy in policies)


@st.composite
def turning_events(draw: st.DrawFn) -> tuple[Event, ...]:
    """One case of several persons. Some reports are known long after, and in another order than what they report happened."""
    clock, found = START, []
    orderly = draw(st.booleans())
    for number in range(draw(st.sampled_from((4, 8, 16)))):
        clock += timedelta(hours=draw(st.sampled_from((0, 1, 1, 5))))
        known = clock if orderly else clock + timedelta(hours=draw(st.sampled_from((0, 0, 1, 7, 50))))
        kind = draw(st.sampled_from(("e0", "e0", "e0", "e1", "e1", "e2", PERFORMED, VIOLATED, TRANSFER)))
        names = draw(st.lists(st.sampled_from(FLAGS), max_size=2, unique=True))
        data: dict[str, object] = {name: draw(st.booleans()) for name in names}
        if draw(st.booleans()):
            data["n0"] = draw(st.integers(-2, 2))
        if draw(st.sampled_from((False, False, True))):
            data["desk"] = draw(st.sampled_from(UNITS[:2]))
        if kind in (PERFORMED, VIOLATED):
            data["action"] = draw(st.sampled_from(("act0", "act1")))
        elif kind == TRANSFER:
            given_to = {"to_unit": draw(st.sampled_from(UNITS)), "authority": "the mayor"}
            data = {"rule": f"r{draw(st.integers(0, 3))}", **given_to}
        about, by = draw(st.sampled_from((None, "s1", "s1", "s2"))), draw(st.sampled_from(UNITS[:2]))
        found.append(Event(f"ev{number}", kind, clock, known, "c1", by, "north", about, data))
    return tuple(found)


moments = st.integers(0, 100).map(lambda hours: START + timedelta(hours=hours))


@settings(max_examples=DIFFERENTIAL)
@given(turning_policies(), turning_events(), moments)
def test_what_turns_back_and_forth_has_the_reference_s_answer(
    policies: Sequence[Policy], events: tuple[Event, ...], now: datetime
) -> None:
    law = law_of(policies)
    for moment in (now, START + timedelta(days=30)):
        assert LiveEvaluator(law).case("c1", events, moment) == ReferenceEvaluator(law).case("c1", events, moment)


def at(hour: int, kind: str = "e0", known: int | None = None, by: str = "north.watch", **data: object) -> Event:
    """An event of that hour, known then or later."""
    happened_at, known_at = (START + timedelta(hours=h) for h in (hour, hour if known is None else known))
    return Event(f"ev{hour:02}", kind, happened_at, known_at, "c1", by, "north", None, data)


F0, F1 = fact("subject", "f0"), fact("subject", "f1")
ABOVE = (rule(0, F0, Per.CASE), rule(1, F1, Per.SUBJECT, overrides=("r0",)))


def about(person: str, event: Event) -> Event:
    return replace(event, subject=person)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ((rule(0, F0, Per.EVENT),), (at(0, f0=True), at(1, known=4, f0=True), at(2, f0=False), at(6, f0=True))),
        (
            (rule(0, F0, Per.SUBJECT), replace(ABOVE[1], per=Per.CASE)),
            (
                about("s1", at(0, f1=True)), about("s2", at(1, f1=True)), about("s2", at(2, f0=True)),
                about("s1", at(5, f1=False)),
            ),
        ),
        (
            ABOVE,
            (
                about("s1", at(1, known=8, f0=True)), about("s2", at(2, f0=True)), about("s1", at(3, f0=True, f1=True)),
                about("s2", at(5, PERFORMED, action="act0")),
            ),
        ),
    ],
    ids=["older than what is known", "another person's rule goes before", "the report that leads is known late"],
)  # fmt: skip
def test_what_became_known_in_another_order(rules: tuple[Rule, ...], told: tuple[Event, ...]) -> None:
    law, now = law_of([policy(*rules)]), max(event.knowable_at for event in told)
    assert LiveEvaluator(law).case("c1", told, now) == ReferenceEvaluator(law).case("c1", told, now)


def test_a_duty_that_lapsed_twice_is_told_as_it_stood_the_last_time() -> None:
    """First it was overdue, and something followed; it came back, was found to have been done in time, and lapsed again."""
    duty = rule(0, fact("subject", "f0"), Per.CASE, timing=Within(3, "hours"), then=("r1",))
    after = replace(rule(1, fact("subject", "f0"), Per.CASE), condition=None, trigger=Consequence())
    law = law_of([policy(duty, after)])
    done = at(1, PERFORMED, known=7, action="act0")
    told = (at(0, f0=True), at(5, f0=False), at(6, f0=True), done, at(8, f0=False))
    cases = LiveCases(LiveEvaluator(law))
    for event in told:
        cases.at(event.knowable_at)
        cases.take(event, event.knowable_at)
    now = told[-1].knowable_at
    expected = ReferenceEvaluator(law).case("c1", told, now)
    assert [(o.rule, o.status.value) for o in expected] == [("r0", "done")]
    assert cases.owed("c1") == LiveEvaluator(law).case("c1", told, now) == expected


def flipping(root: str) -> Law:
    """Duties of which one goes before another, one has an exception, one a bound, and one looks for another event; one fact is of `root`."""
    f0, f1, f2 = fact("subject", "f0"), fact("subject", "f1"), fact(root, "f2")
    seen = fact("e", "f1")
    young = Compare(Comparison.LT, Path(Variable("event"), "n0", kind=ValueKind.INT), Literal(500))
    case_events = Path(Variable("case"), "events")
    rules = (
        rule(0, And(f0, Not(f1)), Per.CASE, timing=Within(3, "hours")),
        rule(1, Or(f1, f2), Per.SUBJECT, overrides=("r0",)),
        rule(2, Not(f0), Per.EVENT, exception=Condition(f2, "made")),
        rule(4, And(young, Or(f0, f2)), Per.CASE),
        rule(3, And(f0, Quantify(Macro.EXISTS, case_events, "e", And(seen, Not(f1)))), Per.SUBJECT),
    )
    return law_of([policy(*rules)])


def flips(count: int, persons: int) -> tuple[Event, ...]:
    """Reports that state one fact each, now so and now otherwise, and a number; some become known late."""
    found = []
    for number in range(count):
        at = START + timedelta(hours=number)
        known = at + timedelta(hours=5 if number % 7 == 0 else 0)
        data = {FLAGS[number * 5 % 3]: number * number % 5 < 2, "n0": number * 37 % 1009}
        found.append(Event(f"ev{number:05}", "e0", at, known, "c1", None, "north", f"s{number * 3 % persons}", data))
    return tuple(found)


def calls(law: Law, events: tuple[Event, ...]) -> int:
    """How many functions a case worked out whole calls."""
    evaluator, counted = LiveEvaluator(law), 0
    now = max(event.knowable_at for event in events)
    evaluator.case("c1", events[:2], now)

    def count(_frame: object, what: str, _of: object) -> None:
        nonlocal counted
        counted += what in ("call", "c_call")

    sys.setprofile(count)
    try:
        evaluator.case("c1", events, now)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize(("root", "each"), [("case", None), ("subject", 4)], ids=["two persons", "ever more persons"])
def test_the_work_of_a_case_grows_with_its_events_and_not_with_their_square(root: str, each: int | None) -> None:
    law = flipping(root)
    told = flips(20, 2)
    now = told[-1].knowable_at
    assert LiveEvaluator(law).case("c1", told, now) == ReferenceEvaluator(law).case("c1", told, now)
    taken = [calls(law, flips(count, count // each if each else 2)) for count in (200, 400, 800)]
    assert all(more / less < 2.3 for less, more in pairwise(taken)), taken


def test_a_bound_sees_the_same_in_all_that_is_below_it() -> None:
    """Events are told apart by what their rule finds in them, and not by all that they state."""
    young = Compare(Comparison.LT, Path(Variable("event"), "n0", kind=ValueKind.INT), Literal(18))
    program = LiveProgram(law_of([policy(rule(0, And(young, fact("subject", "f0")), Per.CASE))]))
    reads = program.reads(program.rules[0])
    found = [reads.alike(at(0, n0=age, f1=flag)) for age, flag in ((3, True), (17, False), (18, True), (70, True))]
    assert found[0] == found[1] != found[2] == found[3]
    assert reads.alike(at(0)) not in found
