"""The fast way and the reference, on generated policies, streams and moments: one answer, and one moment to look again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.live.evaluator import LiveEvaluator
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.rule import Policy
from remit.program.compile import compile_program
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from remit.semantics.obligations import by_case
from strategies import DIFFERENTIAL, READINGS, busy_moments, busy_policies, busy_streams, calendar, moving_world

WORLD, CALENDAR = moving_world(), calendar()
INSTANT = timedelta(microseconds=1)
several_moments = st.lists(busy_moments, min_size=1, max_size=4).map(sorted)


def law_of(policies: Sequence[Policy]) -> Law:
    program = compile_program(policies)
    return Law(program, WORLD, READINGS, CALENDAR, {}, Reference(program))


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies(), busy_streams(), busy_moments)
def test_a_case_has_the_reference_s_answer(
    policies: Sequence[Policy], events: tuple[Event, ...], now: datetime
) -> None:
    law = law_of(policies)
    reference, live = ReferenceEvaluator(law), LiveEvaluator(law)
    for case, members in by_case(events).items():
        assert live.case(case, members, now) == reference.case(case, members, now)


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies(), busy_streams(), several_moments)
def test_the_agenda_has_the_reference_s_answer_event_by_event_and_moment_by_moment(
    policies: Sequence[Policy], events: tuple[Event, ...], nows: list[datetime]
) -> None:
    law = law_of(policies)
    reference, live = ReferenceEvaluator(law), LiveEvaluator(law)
    for number, now in enumerate(nows, start=1):
        told = events[: len(events) * number // len(nows)]
        answer = live.agenda(told, now)
        assert answer == reference.agenda(told, now)
        wakes_at = live.wakes_at(answer, told, now, agenda=True)
        assert wakes_at is None or reference.agenda(told, max(now, wakes_at - INSTANT)) == answer


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies(), busy_streams(), busy_moments, st.floats(0, 1))
def test_a_case_stands_until_it_wakes(
    policies: Sequence[Policy], events: tuple[Event, ...], now: datetime, part: float
) -> None:
    """The law of `wakes_at`: whatever the moment before it, the answer is the one given."""
    live = LiveEvaluator(law_of(policies))
    for case, members in by_case(events).items():
        answer = live.case(case, members, now)
        for moment in moments_before(live.wakes_at(answer, members, now), now, part):
            assert live.case(case, members, moment) == answer


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies(), busy_streams(), busy_moments, st.floats(0, 1))
def test_the_agenda_stands_until_it_wakes(
    policies: Sequence[Policy], events: tuple[Event, ...], now: datetime, part: float
) -> None:
    """The fast way sees what a superseded or transferred duty hides, and may rest longer than the reference."""
    law = law_of(policies)
    reference, live = ReferenceEvaluator(law), LiveEvaluator(law)
    answer = live.agenda(events, now)
    wakes = [evaluator.wakes_at(answer, events, now, agenda=True) for evaluator in (reference, live)]
    for moment in moments_before(wakes[1], now, part):
        assert reference.agenda(events, moment) == answer
    assert wakes[0] == wakes[1] or (wakes[0] is not None and (wakes[1] is None or wakes[0] < wakes[1]))


@given(busy_policies(), busy_streams(), several_moments)
def test_the_agenda_can_be_asked_for_again_as_of_an_earlier_moment(
    policies: Sequence[Policy], events: tuple[Event, ...], nows: list[datetime]
) -> None:
    law = law_of(policies)
    reference, live = ReferenceEvaluator(law), LiveEvaluator(law)
    for now in reversed(nows):
        assert live.agenda(events, now) == reference.agenda(events, now)


def moments_before(wakes_at: datetime | None, now: datetime, part: float) -> list[datetime]:
    """The last moment before, and one in between; where it never wakes, long after."""
    until = wakes_at or now + timedelta(days=4000)
    assert until > now
    return [until - INSTANT, now + (until - INSTANT - now) * part]
