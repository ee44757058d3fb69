"""All cases at once and the reference: the same obligations, whatever runs as columns and whatever does not."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path as File

from hypothesis import given, settings

from law_as_columns import MADE, apart, columnar_answer, reference_answer
from remit import Pack
from remit.columnar.law import ColumnarLaw
from remit.columnar.replay import Replay, replay
from remit.columnar.rules import subset_of
from remit.columnar.schema import table_of_events
from remit.columnar.told import SPECIAL
from remit.live.program import LiveProgram
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.expression import And, Compare, Comparison, Has, In, Literal, Not, Or, Path, Variable
from remit.model.rule import Condition, Policy, Rule
from remit.model.terms import ValueKind
from remit.program.compile import compile_program
from remit.semantics.law import Law
from strategies import (
    DIFFERENTIAL,
    READINGS,
    busy_moments,
    busy_policies,
    busy_streams,
    calendar,
    moving_world,
    policies,
    streams,
    world,
)  # fmt: skip

ROOT = File(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from city import City  # noqa: E402 - the bench is no package
from generate import Maker  # noqa: E402


@settings(max_examples=DIFFERENTIAL // 50)
@given(policies(), streams(), busy_moments)
def test_obligations_are_those_of_the_reference(policy: Policy, events: tuple[Event, ...], now: datetime) -> None:
    program = compile_program((policy,))
    law = Law(program, world(), {}, calendar(), MADE, Reference(program))
    assert columnar_answer(law, events, now) == reference_answer(law, events, now)


@settings(max_examples=DIFFERENTIAL // 50)
@given(busy_policies(), busy_streams(), busy_moments)
def test_busy_cases_are_those_of_the_reference(
    made: tuple[Policy, ...], events: tuple[Event, ...], now: datetime
) -> None:
    program = compile_program(made)
    law = Law(program, moving_world(), READINGS, calendar(), MADE, Reference(program))
    assert columnar_answer(law, events, now) == reference_answer(law, events, now)


UNIT = Variable("unit")
#: What a rule may ask of its bearer.
OF_BEARER = (
    Compare(Comparison.EQ, Path(UNIT, "place", kind=ValueKind.PLACE), Literal("north")),
    Compare(Comparison.NE, Path(UNIT, "level", kind=ValueKind.TEXT), Literal("region")),
    Compare(Comparison.EQ, Path(Variable("event"), "by", kind=ValueKind.UNIT), Path(UNIT, "id", kind=ValueKind.UNIT)),
    In(Literal("watch"), Path(UNIT, "roles", kind=ValueKind.TEXT)),
    Not(Has(Path(Variable("event"), "by", kind=ValueKind.UNIT))),
)


def asking(policy: Policy) -> Policy:
    """The same, each of which also asks something of its bearer: by turns in its condition, beside it, or as its exception."""

    def asks(rule: Rule, n: int) -> Rule:
        tree, made = OF_BEARER[n % len(OF_BEARER)], Condition(OF_BEARER[n % len(OF_BEARER)], "made")
        if rule.condition is None or n % 3 == 0:
            return replace(rule, exception=made) if n % 2 else replace(rule, condition=made)
        join = And if n % 2 else Or
        return replace(rule, condition=replace(rule.condition, tree=join(rule.condition.tree, tree)))

    return replace(policy, rules=tuple(asks(rule, n) for n, rule in enumerate(policy.rules)))


def holds_plainly(policy: Policy, events: tuple[Event, ...], now: datetime) -> None:
    """Without acts upon reports and duties, where all places have one calendar: so that rules run as columns."""
    program = compile_program((policy,))
    law = Law(program, world(), {}, replace(calendar(), local={}), MADE, Reference(program))
    plainly = [event for event in events if event.type not in SPECIAL]
    assert columnar_answer(law, plainly, now) == reference_answer(law, plainly, now)


@settings(max_examples=DIFFERENTIAL // 40)
@given(policies().map(apart).map(asking), streams(), busy_moments)
def test_rules_that_ask_something_of_the_bearer_are_those_of_the_reference(
    policy: Policy, events: tuple[Event, ...], now: datetime
) -> None:
    holds_plainly(policy, events, now)


@settings(max_examples=DIFFERENTIAL // 40)
@given(policies().map(apart), streams(), busy_moments)
def test_rules_that_stand_alone_are_those_of_the_reference(
    policy: Policy, events: tuple[Event, ...], now: datetime
) -> None:
    holds_plainly(policy, events, now)


def test_a_city_under_the_fuxin_pack_has_the_reference_s_answer() -> None:
    """Its first weeks, of all kinds of reports and acts."""
    city = City(Pack.load(ROOT), years=1, seed=3)
    events = list(city.events(400))
    now = datetime(2024, 9, 1, tzinfo=UTC)
    assert columnar_answer(city.law, events, now) == reference_answer(city.law, events, now)


def test_a_made_pack_s_city_has_the_reference_s_answer(tmp_path: File) -> None:
    city = City(Pack.load(Maker(60, 1, "en").write(tmp_path / "made")), years=1, seed=4)
    events = list(city.events(300))
    assert columnar_answer(city.law, events, city.until) == reference_answer(city.law, events, city.until)


def test_a_law_made_ready_serves_many_replays_and_a_replay_many_laws() -> None:
    """Also where reports of one matter are joined: here each is told twice."""
    law = City(Pack.load(ROOT)).law
    at = datetime(2024, 3, 1, tzinfo=UTC)
    told = [Event(f"{kind}.{n}", kind, at, at, case=kind) for kind in sorted(law.program.by_event) for n in range(2)]
    now, table = at + timedelta(days=1), table_of_events(told, law.attributes)
    ready = ColumnarLaw(law)
    replayed = Replay(ready, table, now, threads=1)
    owed = replayed.obligations.to_pylist()
    assert any(len(row["triggered_by"]) > 1 for row in owed)
    for answer in (replayed.answer(ready), replayed.answer(law), replay(ready, table, now)):
        assert sorted(map(repr, answer.to_pylist())) == sorted(map(repr, owed))
    few = table.slice(0, 5)
    assert sorted(map(repr, replay(ready, few, now).to_pylist())) == sorted(map(repr, replay(law, few, now).to_pylist()))  # fmt: skip


def test_most_of_what_an_event_sets_off_in_the_fuxin_pack_runs_as_columns() -> None:
    """And what does not says why."""
    city = City(Pack.load(ROOT), seed=3)
    subset = Replay(city.law, city.table(100), city.until, threads=1).subset
    assert len(subset.rules) >= 83
    assert set(subset.refused.values()) == {"no event sets it off", "it and another rule bear on each other"}


def test_only_amended_cases_are_left_to_the_live_evaluator_as_a_whole() -> None:
    at = datetime(2024, 3, 1, tzinfo=UTC)
    law = City(Pack.load(ROOT)).law
    refused = subset_of(LiveProgram(law)).refused
    plain = {r.order for r in law.program.rules if r.order not in refused and r.guard is None}
    kind = next(k for k, rules in law.program.by_event.items() if plain.issuperset(r.order for r in rules))
    told = [
        Event("a", kind, at, at, "plain"),
        Event("b", kind, at, at, "amended"),
        Event("c", "retraction", at, at, "amended", data={"of": "b"}),
    ]
    replayed = Replay(law, table_of_events(told, law.attributes), at + timedelta(days=1), threads=1)
    assert "plain" in replayed.obligations["case"].to_pylist()
    assert replayed.left_to_live == 1
