"""Cases told one report after another in which facts turn: after each, they are what the reference finds."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from both_sides import Told
from remit.live import case as live_case
from remit.live import duties as live_duties
from remit.live import slot as live_slot
from remit.live.case import LiveCase
from remit.live.evaluator import LiveEvaluator
from remit.model.event import DISPUTE, PERFORMED, RESUMPTION, SUSPENSION, TRANSFER, VIOLATED, WAIVER, Event
from remit.model.expression import (
    And,
    Compare,
    Comparison,
    Expression,
    Literal,
    Macro,
    Not,
    Or,
    Path,
    Quantify,
    Variable,
)
from remit.model.rule import (
    Accompanying,
    Act,
    ByFact,
    ByReporter,
    ByRole,
    ByUnit,
    Condition,
    Consequence,
    On,
    Policy,
    Rule,
    Within,
)
from remit.model.terms import Jointly, Modality, Per, Status, ValueKind
from remit.semantics.evaluator import Evaluator, ReferenceEvaluator
from remit.semantics.law import Law
from strategies import DIFFERENTIAL, START, UNITS, busy_policies, happened
from turning_words import FLAGS, counted, facts, law_of, policy, rule

#: From how many on things are looked up and not looked through, or followed, in each module that counts.
BOUNDS = [
    (module, name, getattr(module, name))
    for module, name in ((live_case, "SHORT"), (live_duties, "MANY"), (live_slot, "MANY"))
]


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    yield
    for module, name, bound in BOUNDS:
        setattr(module, name, bound)


def look_up_from(many: int) -> None:
    for module, name, _ in BOUNDS:
        setattr(module, name, many)


leaves = facts | facts | counted | happened
seen = (
    leaves
    | st.builds(Not, leaves)
    | st.builds(And, leaves, leaves)
    | st.builds(Or, leaves, st.builds(Not, leaves))
    | st.builds(And, leaves, st.builds(Or, leaves, leaves))
)


@st.composite
def coming_and_going(draw: st.DrawFn) -> tuple[Policy, ...]:
    """Rules set off by reports that read what turns; some go before others, now and then in a circle."""
    policies = draw(busy_policies())
    names = [rule.id for rule in policies[0].rules]
    in_circles = draw(st.sampled_from((False,) * 7 + (True,)))

    def turned(rule: Rule) -> Rule:
        later = names if in_circles else names[names.index(rule.id) + 1 :]
        waits = isinstance(rule.trigger, Consequence)
        return replace(
            rule,
            trigger=rule.trigger if waits else On(draw(st.sampled_from((("e0",), ("e0", "e1"), ("e1",))))),
            bearers=draw(st.sampled_from(((ByUnit("north.watch"),), (ByUnit("north.watch"),), (ByRole("watch", "north"),), (ByFact("subject.desk"),), rule.bearers))),
            condition=rule.condition if waits else draw(st.none() | seen.map(made)),
            exception=rule.exception if waits else draw(st.none() | st.none() | seen.map(made)),
            overrides=tuple(draw(st.lists(st.sampled_from(later), max_size=2, unique=True))) if later else (),
            timing=draw(st.just(Within(3, "hours")) | st.just(None if isinstance(rule.timing, Accompanying) else rule.timing)),
            jointly=draw(st.sampled_from((Jointly.EACH, Jointly.EACH, rule.jointly))),
            breach=draw(st.sampled_from(((), (), rule.breach))),
            done=draw(st.sampled_from((rule.done, (Act("e2"),)))),
            to=draw(st.sampled_from(((), rule.to))),
        )  # fmt: skip

    return tuple(replace(policy, rules=tuple(map(turned, policy.rules))) for policy in policies)


def made(tree: Expression) -> Condition:
    return Condition(tree, "generated")


def stated(draw: st.DrawFn) -> dict[str, object]:
    names = draw(st.lists(st.sampled_from(FLAGS), max_size=2, unique=True))
    data: dict[str, object] = {name: draw(st.booleans()) for name in names}
    if draw(st.sampled_from((False, True))):
        data["n0"] = draw(st.integers(-2, 2))
    if draw(st.sampled_from((False, False, False, True))):
        data["desk"] = draw(st.sampled_from((*UNITS[:2], "nobody")))
    return data


@st.composite
def reports(draw: st.DrawFn, *, late: bool = True) -> tuple[tuple[Event, int], ...]:
    """One case, mostly in order, each report with the hours that pass after it; none comes late unless `late`."""
    clock, found, persons = START, [], draw(st.sampled_from((("s1",), ("s1", "s2"), (None, "s1", "s2"))))
    is_late = st.sampled_from((0,) * draw(st.sampled_from((1, 15))) + (30,)) if late else st.just(0)
    for number in range(draw(st.sampled_from((5, 10, 20)))):
        clock += timedelta(
            hours=draw(st.sampled_from((0, 1, 1, 1, 1, 5))), minutes=draw(st.sampled_from((1, 1, 1, 0 if late else 1)))
        )
        happened_at = clock - timedelta(hours=draw(is_late))
        kind = draw(
            st.sampled_from(
                ("e0",) * 6
                + ("e1",) * 4
                + ("e2", "e2", "e3", PERFORMED, VIOLATED, TRANSFER, WAIVER, SUSPENSION, RESUMPTION, DISPUTE)
            )
        )
        data = stated(draw)
        if kind in (PERFORMED, VIOLATED):
            data["action"] = draw(st.sampled_from(("act0", "act1")))
        elif kind not in ("e0", "e1", "e2", "e3"):
            data = {"rule": f"r{draw(st.integers(0, 3))}"}
            if kind == TRANSFER:
                data |= {"to_unit": draw(st.sampled_from(UNITS)), "authority": "the mayor"}
        about, by = draw(st.sampled_from(persons)), draw(st.sampled_from(UNITS[:2]))
        event = Event(
            f"ev{number:02}",
            kind,
            happened_at,
            clock,
            "c1",
            by,
            draw(st.sampled_from(("north", "north", "south"))),
            about,
            data,
        )
        found.append((event, draw(st.sampled_from((0, 0, 0, 2, 30)))))
    return tuple(found)


class InTurn(Told):
    """Told as things become known."""

    def take(self, event: Event) -> None:
        self.to(event.knowable_at)
        super().take(replace(event, case=self.case))


def tell(law: Law, told: tuple[tuple[Event, int], ...], name: str | None, by: type[Evaluator]) -> None:
    case = InTurn(law, name, by)
    for event, hours in told:
        case.take(event)
        case.holds()
        case.to(case.now + timedelta(hours=hours))
        case.holds()
    case.to(case.now + timedelta(days=400))
    case.holds()


names, many = st.sampled_from(("c1", "c1", "c1", None)), st.sampled_from((0, 0, 0, 2, 16))


@settings(max_examples=DIFFERENTIAL // 4)
@given(coming_and_going(), reports(), names, many)
def test_what_comes_and_goes_is_after_each_report_what_the_reference_finds(
    policies: Sequence[Policy], told: tuple[tuple[Event, int], ...], name: str | None, many: int
) -> None:
    look_up_from(many)
    tell(law_of(policies), told, name, ReferenceEvaluator)


@st.composite
def steady(draw: st.DrawFn) -> tuple[Policy, ...]:
    """Rules of which all that they say can be followed, of one or two bearers, some before others."""
    count = draw(st.sampled_from((2, 3, 5)))
    watches = (
        ByUnit("north.watch"),
        ByUnit("south.clinic"),
        ByRole("watch", "north"),
        ByFact("subject.desk"),
        ByReporter(),
    )
    ends = replace(rule(9, Literal(value=True), Per.CASE), condition=None, trigger=Consequence())
    rules = [
        replace(
            rule(number, draw(seen), draw(st.sampled_from(Per))),
            trigger=On(draw(st.sampled_from((("e0",), ("e0", "e1"), ("e1",))))),
            bearers=tuple(draw(st.lists(st.sampled_from(watches), min_size=1, max_size=2))),
            modality=draw(st.sampled_from((Modality.MUST, Modality.MUST, Modality.MUST, Modality.MUST_NOT))),
            exception=draw(st.none() | st.none() | seen.map(made)),
            overrides=tuple(draw(st.lists(st.sampled_from([f"r{n}" for n in range(number)]), max_size=2, unique=True))) if number else (),
            timing=draw(st.sampled_from((None, Within(3, "hours"), Within(1, "days")))),
            jointly=draw(st.sampled_from((Jointly.EACH, Jointly.EACH, Jointly.ANY))),
            done=draw(st.sampled_from(((), (Act("e2"),), (Act(PERFORMED),)))),
            breach=draw(st.sampled_from(((), (), (Act("e3"),), (Act(VIOLATED),)))),
            then=draw(st.sampled_from(((), (), ("r9",)))),
        )
        for number in range(count)
    ]  # fmt: skip
    return (policy(*rules, ends),)


@settings(max_examples=DIFFERENTIAL // 20)
@given(steady(), reports() | reports(late=False), names, many)
def test_what_is_followed_from_turn_to_turn_is_what_the_reference_finds(
    policies: Sequence[Policy], told: tuple[tuple[Event, int], ...], name: str | None, many: int
) -> None:
    """Most of these reports are taken in without a look at what was known before."""
    look_up_from(many)
    tell(law_of(policies), told, name, ReferenceEvaluator)


@settings(max_examples=DIFFERENTIAL)
@given(steady(), reports() | reports(late=False), names, many)
def test_what_is_followed_from_turn_to_turn_is_what_is_worked_out_whole(
    policies: Sequence[Policy], told: tuple[tuple[Event, int], ...], name: str | None, many: int
) -> None:
    look_up_from(many)
    tell(law_of(policies), told, name, LiveEvaluator)


F0, F1 = Path(Variable("subject"), "f0", kind=ValueKind.BOOL), Path(Variable("case"), "f1", kind=ValueKind.BOOL)


def report(number: int, about: str | None = "s1", kind: str = "e0", **data: object) -> Event:
    """Of that hour, in order."""
    at = START + timedelta(hours=number)
    return Event(f"ev{number:05}", kind, at, at, "c1", "north.watch", "north", about, data)


def tell_all(law: Law, told: Sequence[Event]) -> Told:
    look_up_from(0)
    case = InTurn(law)
    for number, event in enumerate(told):
        case.take(event)
        if number < FEW or event is told[-1]:
            case.holds()
    return case


#: After so many reports the reference is asked each time.
FEW = 24


def test_what_lapsed_is_told_as_it_was_then_once_it_is_undecided_no_more() -> None:
    """It had been owed, came to be undecided by a report of which a fact is missing, and then stood no more."""
    young = Compare(Comparison.LT, Path(Variable("event"), "n0", kind=ValueKind.INT), Literal(1))
    law = law_of([policy(rule(0, And(F0, Or(F1, young)), Per.CASE))])
    facts = ({"f0": True, "f1": True}, {"f1": False}, {"f1": False, "f0": False}, {"f0": True}, {"f0": False})
    case = tell_all(law, [report(number, **data) for number, data in enumerate(facts)])
    (lapsed,) = case.said
    assert (lapsed.status, lapsed.triggered_by) == (Status.WITHDRAWN, ("ev00000",))


@pytest.mark.parametrize(
    "facts", [{"f0": True}, {"f1": False, "n0": 3}], ids=["the same again", "what is read of nobody"]
)
def test_what_turns_nothing_has_no_case_worked_out_whole(facts: dict[str, object], whole: list[LiveCase]) -> None:
    case = tell_all(law_of([policy(rule(0, F0, Per.CASE))]), [report(0, f0=True)])
    whole.clear()
    case.take(report(1, **facts))
    case.holds()
    assert not whole


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[LiveCase]:
    """The cases that were worked out whole, each time."""
    found: list[LiveCase] = []
    work_out = LiveCase.work_out_whole

    def noted(case: LiveCase, now: datetime) -> None:
        found.append(case)
        work_out(case, now)

    monkeypatch.setattr(LiveCase, "work_out_whole", noted)
    return found


def ever_turning() -> Law:
    """Duties of a case and of persons, of which one goes before another and two hear of other events."""
    told = Quantify(Macro.EXISTS, Path(Variable("case"), "events"), "e", And(is_kind("e1"), Path(Variable("e"), "f2")))
    rules = (
        rule(0, And(F0, Not(F1)), Per.CASE, timing=Within(3, "hours"), done=(Act("e2"),)),
        rule(1, Or(F1, And(F0, told)), Per.SUBJECT, overrides=("r0",)),
        rule(2, Not(F0), Per.SUBJECT, exception=made(F1), then=("r9",)),
        replace(rule(9, F0, Per.CASE), condition=None, trigger=Consequence()),
    )
    return law_of([policy(*rules)])


def is_kind(kind: str) -> Expression:
    return Compare(Comparison.EQ, Path(Variable("e"), "type", kind=ValueKind.TEXT), Literal(kind))


def flips(first: int, last: int) -> list[Event]:
    """Two persons' facts and one of the case, now so and now otherwise; the same again after thirty reports."""
    kinds = ("e0", "e0", "e1", "e0", "e0", "e0")
    return [
        report(n, f"s{n % 2}", kinds[n % 6], **{FLAGS[n * 5 % 3]: n % 15 * (n % 15) % 7 < 3, "n0": n * 37 % 1009})
        for n in range(first, last)
    ]


def test_a_report_that_turns_facts_costs_in_a_long_case_what_it_costs_in_a_short_one(whole: list[LiveCase]) -> None:
    assert tell_all(ever_turning(), flips(0, 36)).said
    taken = [calls_of_reports(known, whole) for known in (60, 600)]
    assert taken[1] < 1.1 * taken[0], taken


def calls_of_reports(known: int, whole: list[LiveCase]) -> int:
    """How many functions sixty reports call, where so many are known before; none of them has the case worked out whole."""
    case, counted = InTurn(ever_turning()), 0
    for event in flips(0, known):
        case.take(event)
    whole.clear()

    def count(_frame: object, what: str, _of: object) -> None:
        nonlocal counted
        counted += what in ("call", "c_call")

    sys.setprofile(count)
    try:
        for event in flips(known, known + 60):
            case.take(event)
    finally:
        sys.setprofile(None)
    assert not whole
    return counted
