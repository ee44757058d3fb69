"""A case that takes one event after another is, after each, what it is when it is worked out from the beginning."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from remit.live.cases import LiveCases
from remit.live.evaluator import LiveEvaluator
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.rule import Policy
from remit.program.compile import compile_program
from remit.semantics.changes import changes, in_order
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from strategies import DIFFERENTIAL, READINGS, START, busy_event, busy_policies, calendar, moving_world

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


class Told:
    """A case told to both sides."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        law = law_of(policies)
        self.reference = ReferenceEvaluator(law)
        self.cases = LiveCases(LiveEvaluator(law))
        self.events: list[Event] = []
        self.said: tuple[Obligation, ...] = ()
        self.now = START
        self.cases.at(START)

    def to(self, now: datetime) -> None:
        self.now = max(now, self.now)
        self.cases.at(self.now)

    def take(self, event: Event) -> None:
        self.events.append(event)
        self.cases.take(event)

    def holds(self) -> None:
        expected = self.reference.case("c1", self.events, self.now)
        assert self.cases.owed("c1") == expected
        assert in_order(self.cases.changes("c1")) == changes(self.said, expected).changes
        self.said = expected


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies(), told(), st.booleans())
def test_after_each_event_and_whenever_time_has_passed(
    policies: Sequence[Policy], events: tuple[tuple[Event, int], ...], follows: bool
) -> None:
    """Where the clock does not follow the events, some are known before they count."""
    case = Told(policies)
    for event, hours in events:
        if follows:
            case.to(event.knowable_at)
        case.take(event)
        case.holds()
        case.to(case.now + timedelta(hours=hours))
        case.holds()
    case.to(case.now + timedelta(days=400))
    case.holds()
