"""Laws of the one function: pure, blind to order, the same step by step, and the same with either matcher."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from native import durable, needs_network
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.obligation import Answer
from remit.model.rule import Policy
from remit.program.compile import compile_program
from remit.semantics.obligations import by_case, obligations
from strategies import DIFFERENTIAL, calendar, moments, policies, streams, world

WORLD, CALENDAR = world(), calendar()


def answer(policy: Policy, events: tuple[Event, ...], now: datetime, *, native: bool = False) -> Answer:
    matcher = None
    if native:
        matcher = durable(compile_program((policy,)))
    return obligations((policy,), WORLD, {}, CALENDAR, events, now, matcher=matcher)


@given(policies(), streams(), moments)
def test_the_same_question_has_the_same_answer(policy: Policy, events: tuple[Event, ...], now: datetime) -> None:
    assert answer(policy, events, now) == answer(policy, events, now)


@given(policies(), streams(), moments, st.randoms(use_true_random=False))
def test_the_order_of_events_does_not_matter(
    policy: Policy, events: tuple[Event, ...], now: datetime, shuffler
) -> None:
    shuffled = list(events)
    shuffler.shuffle(shuffled)
    assert answer(policy, tuple(shuffled), now) == answer(policy, events, now)


@given(policies(), streams(), moments)
def test_what_becomes_known_later_does_not_count(policy: Policy, events: tuple[Event, ...], now: datetime) -> None:
    assert answer(policy, events, now) == answer(policy, tuple(e for e in events if e.knowable_at <= now), now)


@given(policies(), streams(), moments)
def test_cases_do_not_meddle_with_each_other(policy: Policy, events: tuple[Event, ...], now: datetime) -> None:
    whole = [o for o in answer(policy, events, now).obligations if o.case == "c1"]
    its_own = by_case(events).get("c1", ())  # a correction that names no case is of the case it corrects
    alone = [o for o in answer(policy, its_own, now).obligations if o.case == "c1"]
    assert whole == alone


@given(policies(), streams(), moments)
def test_ids_are_unique(policy: Policy, events: tuple[Event, ...], now: datetime) -> None:
    ids = [o.id for o in answer(policy, events, now).obligations]
    assert len(ids) == len(set(ids))


def test_both_matchers_give_the_same_answer() -> None:
    needs_network()
    seen = {"examples": 0, "obligations": 0}

    @settings(max_examples=DIFFERENTIAL)
    @given(policies(), streams(), moments)
    def agree(policy: Policy, events: tuple[Event, ...], now: datetime) -> None:
        expected = answer(policy, events, now)
        assert answer(policy, events, now, native=True) == expected
        seen["examples"] += 1
        seen["obligations"] += len(expected.obligations)

    agree()
    assert seen["examples"] >= DIFFERENTIAL
    print(f"{seen['examples']} policies and streams, {seen['obligations']} obligations, no difference")


def test_the_reference_can_be_read_in_one_sitting() -> None:
    from pathlib import Path

    import remit.matching.reference as module

    assert len(Path(module.__file__).read_text("utf-8").splitlines()) < 400
    assert Reference.name == "reference" or Reference(compile_program(())).name == "reference"
