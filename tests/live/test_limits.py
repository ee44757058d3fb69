"""Remembered deadlines are the scheduled ones, however often and in whatever order they are asked for."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from remit.deadlines.deadline import schedule
from remit.live.limits import limit_of
from remit.matching.reference import Reference
from remit.model.counting import Counting
from remit.model.rule import Timing
from remit.program.compile import compile_program
from remit.semantics.law import Law
from strategies import COUNTINGS, READINGS, busy_moments, busy_timings, calendar, world

PROGRAM = compile_program(())
LAW = Law(PROGRAM, world(), READINGS, calendar(), {}, Reference(PROGRAM))
delays = st.sampled_from([timedelta(), timedelta(hours=9), timedelta(days=40)])


@given(busy_timings, st.sampled_from(COUNTINGS), st.lists(st.tuples(busy_moments, delays), min_size=1, max_size=5))
def test_a_remembered_deadline_is_the_scheduled_one(
    timing: Timing | None, counting: Counting, moments: list[tuple[datetime, timedelta]]
) -> None:
    limit = limit_of(LAW, timing, counting)
    scheduled = partial(schedule, timing, readings=LAW.readings, counting=counting)
    for (happened_at, delay), place in product(moments * 2, ("land", "north", "village")):
        known_at, calendar = happened_at + delay, LAW.calendar.at(place)
        assert (
            limit(happened_at, known_at, place)
            == scheduled(happened_at=happened_at, known_at=known_at, calendar=calendar).bare()
        )
