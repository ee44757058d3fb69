"""What is done, broken and lifted, as columns: generated acts upon rules that run as columns, and how many cases really did."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path as File

import hypothesis.strategies as st
from hypothesis import find, given, settings

from law_as_columns import MADE, apart, in_order, reference_answer
from remit import Pack
from remit.columnar.replay import Replay
from remit.columnar.schema import obligations_of, table_of_events
from remit.live.evaluator import LiveEvaluator
from remit.matching.reference import Reference
from remit.model.event import DISPUTE, PERFORMED, RETRACTION, VIOLATED, WAIVER, Event
from remit.model.expression import And, Compare, Comparison, Literal, Not, Or
from remit.model.obligation import Obligation
from remit.model.rule import Act, ByRole, ByUnit, Condition, Every, On, Policy, Rule, Within
from remit.model.terms import Kind, Modality, Period
from remit.program.compile import compile_program
from remit.routing.graph import UnitGraph
from remit.semantics.law import Law
from remit.semantics.obligations import by_case
from strategies import (
    ACTORS,
    DIFFERENTIAL,
    FLAGS,
    KINDS,
    LEVELS,
    START,
    SUBJECTS,
    acts,
    attribute,
    busy_moments,
    calendar,
    closed,
    flags,
    limits,
    numbers,
    policies,
    rarely,
    report,
    triggers,
    world,
)

ROOT = File(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from city import City  # noqa: E402 - the bench is no package

FOUND = ("c1", "c1", "c1", "c1", "c2")
#: Bearers, a unit under one of them, one above, and nobody.
DOERS = ("north.watch", "north.watch", "south.clinic", "south.clinic", "north.registry", "land.watch", None)
facts = st.recursive(
    flags | closed | st.builds(Compare, st.sampled_from(Comparison), numbers, st.builds(Literal, st.integers(-2, 2))),
    lambda inner: st.builds(And, inner, inner) | st.builds(Or, inner, inner) | st.builds(Not, inner),
    max_leaves=3,
)
said = st.none() | st.sampled_from(FLAGS).map(lambda name: attribute("event", name))
doing = st.just(()) | st.lists(st.builds(Act, st.sampled_from((*KINDS, PERFORMED)), said), max_size=2).map(tuple)


def still_world() -> UnitGraph:
    """The world in which no unit ever ceases."""
    moving = world()
    units = [replace(unit, until=None) for unit in moving.units.values()]
    return UnitGraph.build(
        places=moving.places.values(), units=units, edges=moving.edges, reorganisations=(), levels=LEVELS, fallback="land.watch"
    )  # fmt: skip


def law_of(policy: Policy, graph: UnitGraph) -> Law:
    program = compile_program((policy,))
    return Law(program, graph, {}, replace(calendar(), local={}), MADE, Reference(program))


@st.composite
def reported(draw: st.DrawFn) -> Policy:
    """Rules that reports set off and acts perform or breach, none of which says anything of another."""

    def so(rule: Rule) -> Rule:
        condition, exception = (draw(rarely(facts)) for _ in range(2))
        return replace(
            rule,
            bearers=draw(st.sampled_from(((ByRole("watch", "north"),), (ByUnit("south.clinic"),), rule.bearers))),
            trigger=draw(st.just(On(KINDS)) | triggers),
            modality=draw(st.sampled_from((Modality.MUST, rule.modality))),
            kind=draw(st.sampled_from((Kind.ACHIEVEMENT, rule.kind))),
            condition=Condition(condition, "generated") if condition else None,
            exception=Condition(exception, "generated") if exception else None,
            timing=draw(
                st.builds(Within, st.integers(0, 5)) | st.builds(Within, st.integers(0, 5)) | limits | st.none()
            ),
            perdurant=draw(st.sampled_from((True, True, False))),
            done=draw(doing),
            breach=draw(st.sampled_from(((), (Act(VIOLATED, None),))) | acts),
        )

    policy = apart(draw(policies(3)))
    return replace(policy, rules=tuple(so(rule) for rule in policy.rules))


def at(draw: st.DrawFn, days: int) -> datetime:
    return START + timedelta(hours=draw(st.integers(0, 24 * days)))


@st.composite
def acted_upon(draw: st.DrawFn) -> tuple[Policy, tuple[Event, ...]]:
    """A few reports, then many acts by anybody upon what they may have raised: before it, late, twice, about another."""
    policy = draw(reported())
    told = []
    for n in range(draw(st.integers(1, 4))):
        happened = at(draw, 40)
        known = happened + timedelta(hours=draw(st.sampled_from((0, 0, 0, 5, 24 * 7))))
        told.append(report(draw, f"ev{n}", draw(st.sampled_from(KINDS)), happened, known, draw(st.sampled_from(FOUND))))
    upon = [draw(st.sampled_from(policy.rules)) for _ in range(draw(st.integers(0, 12) | st.just(12)))]
    told += [act(draw, f"act{n}", rule, at(draw, 80)) for n, rule in enumerate(upon)]
    return policy, tuple(draw(st.permutations(told)))


def act(draw: st.DrawFn, name: str, rule: Rule, happened: datetime) -> Event:
    own = [one.event for one in (*rule.done, *rule.breach)]
    kind = draw(st.sampled_from((*[PERFORMED] * 4, VIOLATED, VIOLATED, WAIVER, DISPUTE, *own)))
    case, by = draw(st.sampled_from(FOUND)), draw(st.sampled_from(DOERS))
    data: dict[str, object] = {flag: draw(st.booleans()) for flag in FLAGS if draw(st.booleans())}
    if kind in (WAIVER, DISPUTE):
        named = draw(st.sampled_from(DOERS[:4]))
        ids = (f"p/{rule.id}/{named}/{case}", f"p/{rule.id}/{named}/{case}/ev0", f"p/{rule.id}/{named}/{case}/-")
        data = draw(
            st.sampled_from(({"rule": rule.id}, {"obligation": draw(st.sampled_from(ids))}, {"reason": "none"}))
        )
    elif kind in (PERFORMED, VIOLATED):
        data |= draw(
            st.sampled_from(
                ({"action": rule.action}, {"action": rule.action}, {"action": rule.action, "rule": rule.id}, {})
            )
        )
    known = happened + timedelta(hours=draw(st.sampled_from((0, 0, 30))))
    return Event(
        name,
        kind,
        happened,
        known,
        case,
        by,
        draw(st.sampled_from((None, by))),
        draw(rarely(st.sampled_from(SUBJECTS))),
        data,
    )  # type: ignore[arg-type]


def answered(law: Law, events: Sequence[Event], now: datetime) -> tuple[Replay, list[Obligation]]:
    replayed = Replay(law, table_of_events(events, law.attributes), now, threads=1)
    rules = {(r.rule.policy, r.rule.id): r.rule for r in law.program.rules}
    return replayed, in_order(list(obligations_of(replayed.obligations, rules, law.calendar.zone)))


def test_acts_make_of_columns_what_they_make_of_the_reference() -> None:
    """Few cases go to the live evaluator, and what the others owe was performed, breached, waived and disputed."""
    went: Counter[str] = Counter()
    stood: Counter[str] = Counter()

    @settings(max_examples=DIFFERENTIAL // 5)
    @given(acted_upon(), busy_moments)
    def hold(made: tuple[Policy, tuple[Event, ...]], now: datetime) -> None:
        policy, events = made
        law = law_of(policy, still_world())
        replayed, owed = answered(law, events, now)
        assert owed == reference_answer(law, events, now)
        went["cases"] += len({e.case for e in events if e.knowable_at <= now})
        went["to live"] += replayed.left_to_live
        if not replayed.left_to_live:
            stood.update(o.status.value for o in owed)
            stood["breached by an act"] += sum(o.breached_at is not None for o in owed)

    hold()
    assert went["to live"] < went["cases"] / 4
    assert min(stood["done"], stood["breached by an act"], stood["waived"] + stood["disputed"]) > 0, stood


@settings(max_examples=DIFFERENTIAL // 20)
@given(acted_upon(), busy_moments)
def test_acts_where_units_cease_are_those_of_the_reference(
    made: tuple[Policy, tuple[Event, ...]], now: datetime
) -> None:
    policy, events = made
    law = law_of(policy, world())
    assert answered(law, events, now)[1] == reference_answer(law, events, now)


@st.composite
def agendas(draw: st.DrawFn) -> tuple[Policy, tuple[Event, ...]]:
    """Duties that come round, and many acts close to each other, some of them taken back."""
    policy = draw(policies(3))
    rules = tuple(
        replace(
            rule,
            overrides=(),
            then=(),
            modality=Modality.MUST,
            trigger=draw(st.builds(Every, st.sampled_from((Period.YEAR, Period.QUARTER, Period.MONTH)))),
            condition=None,
            exception=None,
            timing=draw(st.none() | st.builds(Within, st.integers(1, 40))),
            done=draw(st.sampled_from(((), (Act("e0", None),), (Act("e0", None), Act(PERFORMED, None))))),
            breach=(),
        )
        for rule in policy.rules
    )
    told: list[Event] = []
    for n in range(draw(st.integers(0, 14))):
        kind = draw(st.sampled_from((PERFORMED, PERFORMED, "e0", RETRACTION if told else "e0")))
        happened = START + timedelta(hours=draw(st.integers(0, 12 * 90)))
        data = (
            {"of": draw(st.sampled_from(told)).id}
            if kind == RETRACTION
            else {"action": rules[0].action}
            if kind == PERFORMED
            else {}
        )
        if draw(st.integers(0, 5)) == 0 and kind != RETRACTION:
            data |= {"period": draw(st.sampled_from(("2024", "2024-Q1", "2024-01")))}
        told.append(
            Event(
                f"act{n}",
                kind,
                happened,
                happened,
                draw(st.sampled_from((*FOUND, None))),
                draw(st.sampled_from(ACTORS)),
                data=data,
            )
        )  # type: ignore[arg-type]
    return replace(policy, rules=rules), tuple(told)


@settings(max_examples=DIFFERENTIAL // 10)
@given(agendas(), busy_moments)
def test_the_agenda_is_that_of_the_reference(made: tuple[Policy, tuple[Event, ...]], now: datetime) -> None:
    """Though it is told little of what was done."""
    policy, events = made
    law = law_of(policy, still_world())
    assert answered(law, events, now)[1] == reference_answer(law, events, now)


def test_an_act_that_was_taken_back_stands_for_no_other() -> None:
    """It belonged to no case, and the agenda is told only the first of a unit's acts in a stretch."""
    duty = Rule(
        id="r0", policy="p", article="0", article_label="Article 0", quotes=(), modality=Modality.MUST, action="act0",
        bearers=(ByUnit("south.clinic"),), trigger=Every(Period.YEAR),
    )  # fmt: skip
    made = policies(1).map(lambda policy: replace(policy, rules=(duty,), effective_on=START.date(), repealed_on=None))
    law = law_of(find(made, lambda _: True), still_world())
    days = [START + timedelta(days=day) for day in range(40, 43)]
    acts = [
        Event(f"act{n}", PERFORMED, day, day, case, "south.clinic", data={"action": "act0"})
        for n, (day, case) in enumerate(zip(days, (None, "c1", "c1"), strict=True))
    ]
    back = Event("back", RETRACTION, days[2], days[2], data={"of": "act0"})
    now = START + timedelta(days=60)
    owed = answered(law, [*acts, back], now)[1]
    assert [o.performed_at for o in owed] == [days[1]]
    assert owed == reference_answer(law, [*acts, back], now)


def test_in_a_city_only_amended_cases_and_what_late_facts_turned_go_to_the_live_evaluator() -> None:
    """Two years of acts, violations and waivers, against the live evaluator."""
    city = City(Pack.load(ROOT), seed=7)
    events = list(city.events(6_000))
    now = datetime(2024, 9, 1, tzinfo=UTC)
    replayed, owed = answered(city.law, events, now)
    live = LiveEvaluator(city.law)
    known = [event for event in events if event.knowable_at <= now]
    cases = by_case(known)
    expected = [o for case, members in cases.items() if case for o in live.case(case, members, now)]
    assert owed == in_order([*expected, *live.agenda(known, now)])
    amended = {event.case for event in known if event.type in ("retraction", "correction")}
    assert len(amended) <= replayed.left_to_live <= len(amended) + len(cases) // 100
    assert {"waived", "breached", "done", "done_late", "overdue"} <= {
        o.status.value for o in owed if o.case not in amended
    }
