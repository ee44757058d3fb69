"""A case that takes one event after another is, after each, what it is when it is worked out from the beginning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from both_sides import Told
from remit.live import case as live_case
from remit.live import duties as live_duties
from remit.live import life as live_life
from remit.live import slot as live_slot
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES
from remit.matching.reference import Reference
from remit.model.event import TRANSFER, Event
from remit.model.expression import And, Compare, Comparison, Literal, Path, Variable
from remit.model.rule import Accompanying, Act, Always, ByRole, Condition, Every, On, Policy, Quote, Rule
from remit.model.terms import Jointly, Modality, Per, Status
from remit.model.text import Text
from remit.program.compile import compile_program
from remit.semantics.law import Law
from strategies import DIFFERENTIAL, READINGS, START, busy_event, busy_policies, calendar, moving_world

#: From how many on things are looked up and not looked through, or followed, in each module that counts.
BOUNDS = [
    (module, name, getattr(module, name))
    for module, name in ((live_case, "SHORT"), (live_duties, "MANY"), (live_life, "MANY"), (live_slot, "MANY"))
]
WORLD, CALENDAR = moving_world(), calendar()
HOURS = st.sampled_from((0, 0, 1, 24, 24 * 9))


def law_of(policies: Sequence[Policy]) -> Law:
    program = compile_program(policies)
    return Law(program, WORLD, READINGS, CALENDAR, {}, Reference(program))


@st.composite
def told(draw: st.DrawFn) -> tuple[tuple[Event, int], ...]:
    """Events of one case, mostly in order, each with the hours that pass after it."""
    clock, found = START, []
    orderly = draw(st.booleans())
    for number in range(draw(st.sampled_from((3, 6, 12)))):
        event = draw(busy_event(number))
        if event.type in MOVES:
            continue
        if event.type in AMENDMENTS and orderly:
            continue
        if orderly or draw(st.booleans()):
            clock += timedelta(hours=draw(HOURS))
            late = draw(st.sampled_from((0, 0, 0, 30)))
            event = replace(event, at=clock, known_at=clock + timedelta(hours=late))
        found.append((replace(event, case="c1"), draw(HOURS)))
    return tuple(found)


def calmed(policies: Sequence[Policy]) -> tuple[Policy, ...]:
    """Without what is never told by slots: standing norms, rules that set others aside, and what accompanies an act."""

    def calm(rule: Rule) -> Rule:
        trigger = On(("e0", "e1")) if isinstance(rule.trigger, Always | Every) else rule.trigger
        timing = None if isinstance(rule.timing, Accompanying) else rule.timing
        return replace(rule, trigger=trigger, timing=timing, overrides=(), modality=Modality.MUST)

    return tuple(replace(policy, rules=tuple(map(calm, policy.rules))) for policy in policies)


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    yield
    for module, name, bound in BOUNDS:
        setattr(module, name, bound)


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies() | busy_policies().map(calmed), told(), st.booleans(), st.sampled_from((0, 1, 16)))
def test_after_each_event_and_whenever_time_has_passed(
    policies: Sequence[Policy], events: tuple[tuple[Event, int], ...], follows: bool, many: int
) -> None:
    """Where the clock does not follow the events, some are known before they count."""
    case = Told(law_of(policies))
    for module, name, _ in BOUNDS:
        setattr(module, name, many)
    for event, hours in events:
        if follows:
            case.to(event.knowable_at)
        case.take(event)
        case.holds()
        case.to(case.now + timedelta(hours=hours))
        case.holds()
    case.to(case.now + timedelta(days=400))
    case.holds()


def policy_of(**said: object) -> Policy:
    """One rule set off by `e0`."""
    fields = {
        "id": "r0",
        "policy": "p",
        "article": "0",
        "article_label": "Article 0",
        "quotes": (Quote("words", "0", (0,)),),
    }
    rule = Rule(modality=Modality.MUST, action="act0", trigger=On(("e0",)), **(fields | said))  # type: ignore[arg-type]  # as said
    return Policy(
        id="p", title=Text("p", "p"), number="1", issuer="land", level="land", issued_on=date(2023, 12, 1),
        effective_on=date(2023, 12, 1), repealed_on=None, first_period="full", sentences=(), rules=(rule,),
    )  # fmt: skip


def test_an_act_that_came_before_it_performs_a_joint_duty() -> None:
    """Its one bearer counts among those who bear it, also while it is being raised."""
    case = Told(law_of((policy_of(bearers=(ByRole("watch", "north"),), jointly=Jointly.ANY, done=(Act("e3"),)),)))
    for number, kind in enumerate(("e3", "e0")):
        case.to(START + timedelta(hours=number))
        case.take(Event(f"ev{number}", kind, case.now, case.now, "c1", "north.watch"))
        case.holds()
    assert [o.status for o in case.said] == [Status.DONE]


def test_a_duty_that_was_performed_and_then_given_away_is_performed_by_that_unit_as_well() -> None:
    case = Told(law_of((policy_of(bearers=(ByRole("watch", "north"),), done=(Act("e3"),)),)))
    acts = (("e0", "north.watch"), ("e3", "north.watch"), (TRANSFER, "north.watch"), ("e3", "south.clinic"))
    for number, (kind, by) in enumerate(acts):
        given = {"rule": "r0", "to_unit": "south.clinic", "authority": "the mayor"} if kind == TRANSFER else {}
        case.to(START + timedelta(hours=number))
        case.take(Event(f"ev{number}", kind, case.now, case.now, "c1", by, data=given))
        case.holds()
    assert [o.performed_by for o in case.said] == [("north.watch", "south.clinic")]


@pytest.mark.parametrize("by", ["north.watch", "south.watch", None])
def test_a_violation_before_the_report_and_another_after_it_find_every_bearer(by: str | None) -> None:
    """Who else bears the rule is known while its duties are being raised, one after the other."""
    watches = (ByRole("watch", "north"), ByRole("watch", "south"))
    case = Told(law_of((policy_of(bearers=watches, breach=(Act("e4"),)),)))
    for number, (kind, doer) in enumerate((("e4", "south.watch"), ("e0", None), ("e4", by))):
        case.to(START + timedelta(hours=number))
        case.take(Event(f"ev{number}", kind, case.now, case.now, "c1", doer))
        case.holds()


@pytest.mark.parametrize("selectors", [1, 2])
@pytest.mark.parametrize("per", list(Per))
def test_two_reports_raise_one_duty_or_two_as_the_rule_is_owed(per: Per, selectors: int) -> None:
    """Also where two selectors of the rule lead to one desk."""
    case = Told(law_of((policy_of(bearers=(ByRole("watch", "north"),) * selectors, per=per),)))
    for number, subject in enumerate(("s1", "s1", "s2")):
        case.to(START + timedelta(hours=number))
        case.take(Event(f"ev{number}", "e0", case.now, case.now, "c1", subject=subject))
        case.holds()
    assert len(case.said) == {Per.CASE: 1, Per.SUBJECT: 2, Per.EVENT: 3}[per]


STATED = [
    {"ward": ward, "age": age} for ward in (0, 1, 1.0, True, "1", [1], None, 7) for age in (None, 5, 15, 25, "old")
]


@pytest.mark.parametrize("others", [0, 1])
def test_rules_are_found_by_the_constant_they_ask_for(others: int) -> None:
    """Whatever is stated of it, or is not, and beside rules that ask for none."""
    ward, age = (Path(Variable("event"), name) for name in ("ward", "age"))
    policy = policy_of(bearers=(ByRole("watch", "north"),), per=Per.EVENT)
    (rule,) = policy.rules
    conditions = [
        And(Compare(Comparison.EQ, ward, Literal(n)), Compare(Comparison.LT, age, Literal(10 * n))) for n in (1, 2, 3)
    ]
    asking = [
        replace(rule, id=f"r{n}", action=f"act{n}", condition=Condition(tree, "made"))
        for n, tree in enumerate((*conditions, conditions[0]))
    ]
    rules = (*asking, *(replace(rule, id=f"all{n}", action="all") for n in range(others)))
    case = Told(law_of((replace(policy, rules=rules),)))
    for number, stated in enumerate(STATED):
        case.to(START + timedelta(hours=number))
        data = {name: value for name, value in stated.items() if value is not None}
        case.take(Event(f"ev{number}", "e0", case.now, case.now, "c1", data=data))
        case.holds()
    assert {o.rule for o in case.said} == {"r0", "r1", "r2", "r3", *(f"all{n}" for n in range(others))}
