"""Of several limits on one duty the earliest governs, and each is shown with its source."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from remit.deadlines.calendar import Calendar
from remit.deadlines.deadline import schedule
from remit.model.obligation import Deadline
from remit.model.rule import ByReading, Earliest, OnDay, OpenEnd, Within
from remit.model.text import Text
from remit.model.vocabulary import Reading

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2024, 5, 14, 12, tzinfo=ZONE)


def reading(name: str, timing: Within | None) -> Reading:
    return Reading(name, Text(name, name), Text(name, name), timing, "the clerk", date(2024, 1, 1), "so it is read")


READINGS = {
    "at once": reading("at once", Within(12, "hours")),
    "in a week": reading("in a week", Within(7, "days")),
    "some day": reading("some day", None),
}
HARD, AT_ONCE, IN_A_WEEK, SOME_DAY = (
    Within(72, "hours"),
    ByReading("at once"),
    ByReading("in a week"),
    ByReading("some day"),
)


def due(*limits: Within | OnDay | OpenEnd | ByReading) -> Deadline:
    return schedule(Earliest(limits), happened_at=NOON, known_at=NOON, calendar=Calendar(ZONE, {}), readings=READINGS)


def test_a_reading_that_ends_first_is_due_and_the_text_s_limit_stays_the_last_lawful_moment() -> None:
    found = due(AT_ONCE, HARD)
    assert (found.due, found.latest) == (datetime(2024, 5, 15, tzinfo=ZONE), datetime(2024, 5, 17, 12, tzinfo=ZONE))
    assert (found.reading, found.limit) == ("at once", Within(12, "hours"))


def test_the_text_s_limit_that_ends_first_is_no_reading_s() -> None:
    found = due(IN_A_WEEK, HARD)
    assert (found.due, found.latest, found.reading) == (found.latest, datetime(2024, 5, 17, 12, tzinfo=ZONE), None)


def test_of_two_that_end_together_the_text_s_governs() -> None:
    assert due(AT_ONCE, Within(12, "hours")).reading is None


def test_readings_alone_have_no_last_lawful_moment() -> None:
    found = due(IN_A_WEEK, AT_ONCE)
    assert (found.due, found.latest, found.reading) == (datetime(2024, 5, 15, tzinfo=ZONE), None, "at once")


def test_one_that_is_open_leaves_the_other_as_it_is_and_is_told() -> None:
    found = due(SOME_DAY, HARD)
    assert (found.due, found.latest, found.reading, found.state) == (
        datetime(2024, 5, 17, 12, tzinfo=ZONE),
        found.due,
        None,
        "set",
    )
    assert [step.claim.en for step in found.steps][-1] == "of 2 limits the earliest governs"
    assert "no end is set; it is never overdue" in [step.claim.en for step in found.steps]


@pytest.mark.parametrize("limits", [(SOME_DAY, Within(2, "working_days")), (Within(2, "working_days"), SOME_DAY)])
def test_where_none_has_a_day_one_that_waits_for_its_calendar_says_so(limits: tuple[Within | ByReading, ...]) -> None:
    found = due(*limits)
    assert (found.due, found.state, found.awaits) == (None, "unpublished", 2024)
