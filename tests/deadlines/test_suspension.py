"""A stopped clock gives back what was not used, in the limit's own unit (DESIGN §3 Stop the clock)."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit import Pack
from remit.deadlines.calendar import Calendar
from remit.deadlines.deadline import schedule
from remit.deadlines.suspension import Pause, resume_deadline
from remit.model.obligation import Deadline
from remit.model.rule import MonthDay, OnDay, Timing, Window, Within

ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parents[2]


@cache
def calendar() -> Calendar:
    return Pack.load(ROOT).calendar


def at(written: str, zone: ZoneInfo = ZONE) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=zone)


def limit(timing: Timing, start: str) -> Deadline:
    return schedule(timing, happened_at=at(start), known_at=at(start), calendar=calendar(), readings={})


def resumed(timing: Timing, start: str, *pauses: tuple[str, str | None]) -> Deadline:
    stopped: tuple[Pause, ...] = tuple((at(begin), at(end) if end else None) for begin, end in pauses)
    return resume_deadline(limit(timing, start), stopped, calendar=calendar())


@pytest.mark.parametrize(
    ("timing", "start", "pause", "expected"),
    [
        # Hours as they passed.
        (Within(24, "hours"), "2024-05-06T10:00", ("2024-05-06T12:00", "2024-05-09T12:00"), "2024-05-10T10:00"),
        # Days, whatever the hours: the last day still ends at 24:00.
        (Within(3, "days"), "2024-05-06T10:00", ("2024-05-07T15:00", "2024-05-09T09:00"), "2024-05-12T00:00"),
        (Within(1, "months"), "2024-05-06T10:00", ("2024-05-07T15:00", "2024-05-09T09:00"), "2024-06-09T00:00"),
        # Within one day nothing of a limit in days was lost.
        (Within(3, "days"), "2024-05-06T10:00", ("2024-05-07T09:00", "2024-05-07T17:00"), "2024-05-10T00:00"),
        # Five working days lost, of a pause that spans a weekend; the end is a working day.
        (Within(3, "working_days"), "2024-05-13T10:00", ("2024-05-14T10:00", "2024-05-21T10:00"), "2024-05-24T00:00"),
        # A weekend's pause gives no working day back.
        (Within(3, "working_days"), "2024-05-16T10:00", ("2024-05-17T18:00", "2024-05-19T10:00"), "2024-05-22T00:00"),
        # A day given back that ends on a holiday moves on, where the rule rolls over.
        (Within(3, "days", rolls_over=True), "2024-09-26T10:00", ("2024-09-27T10:00", "2024-09-29T10:00"), "2024-10-09T00:00"),
        (OnDay(date(2024, 9, 30), rolls_over=True), "2024-09-01T10:00", ("2024-09-02T10:00", "2024-09-03T10:00"), "2024-10-09T00:00"),
    ],
)  # fmt: skip
def test_what_was_not_used_is_given_back(timing: Timing, start: str, pause: tuple[str, str], expected: str) -> None:
    found = resumed(timing, start, pause)
    assert (found.due, found.latest) == (at(expected), at(expected))


def test_the_stored_deadline_is_not_touched() -> None:
    stored = limit(Within(24, "hours"), "2024-05-06T10:00")
    pause = (at("2024-05-06T12:00"), at("2024-05-09T12:00"))
    assert resume_deadline(stored, (pause,), calendar=calendar()).due == at("2024-05-10T10:00")
    assert stored.due == at("2024-05-07T10:00")


def test_a_window_moves_with_its_last_lawful_day() -> None:
    window = Window(MonthDay(12, 11), MonthDay(12, 15), MonthDay(12, 20))
    found = resumed(window, "2024-03-01T10:00", ("2024-12-12T10:00", "2024-12-14T10:00"))
    assert (found.due, found.latest) == (at("2024-12-18T00:00"), at("2024-12-23T00:00"))


def test_a_pause_before_the_window_opens_uses_nothing_up() -> None:
    window = Window(MonthDay(12, 11), MonthDay(12, 15), MonthDay(12, 20))
    found = resumed(window, "2024-03-01T10:00", ("2024-04-01T10:00", "2024-05-01T10:00"))
    assert found.due == at("2024-12-16T00:00")


def test_a_pause_that_begins_after_the_duty_is_due_gives_nothing_back() -> None:
    found = resumed(Within(3, "days"), "2024-05-06T10:00", ("2024-05-10T00:01", "2024-06-10T00:00"))
    assert found == limit(Within(3, "days"), "2024-05-06T10:00")


def test_a_second_pause_may_lie_in_what_the_first_gave_back() -> None:
    pauses = (("2024-05-07T10:00", "2024-05-11T10:00"), ("2024-05-13T10:00", "2024-05-15T10:00"))
    assert resumed(Within(3, "days"), "2024-05-06T10:00", *pauses).due == at("2024-05-16T00:00")


def test_while_a_pause_runs_there_is_no_due_date() -> None:
    found = resumed(Within(3, "days"), "2024-05-06T10:00", ("2024-05-07T10:00", None))
    assert (found.due, found.latest, found.state) == (None, None, "stopped")


def test_working_days_of_a_year_that_is_not_published_are_waited_for() -> None:
    found = resumed(Within(3, "working_days"), "2026-12-28T10:00", ("2026-12-29T10:00", "2027-01-05T10:00"))
    assert (found.due, found.state, found.awaits) == (None, "unpublished", 2027)


def test_what_was_given_back_names_its_notices_too() -> None:
    limit, start = Within(3, "working_days"), "2024-12-24T10:00"
    (before,) = resumed(limit, start).calendars
    assert resumed(limit, start, ("2024-12-25T10:00", "2025-01-06T10:00")).calendars == (
        before,
        "国办发明电〔2024〕12号",
    )
    assert resumed(limit, start, ("2024-12-25T10:00", None)).calendars == ()


def test_hours_are_given_back_as_they_passed_though_the_clocks_were_set() -> None:
    """The night of 31 March 2024 has 23 hours in Stockholm."""
    zone = ZoneInfo("Europe/Stockholm")
    start = at("2024-03-30T10:00", zone)
    stored = schedule(Within(48, "hours"), happened_at=start, known_at=start, calendar=Calendar(zone, {}), readings={})
    pause = (at("2024-03-30T12:00", zone), at("2024-03-31T12:00", zone))
    found = resume_deadline(stored, (pause,), calendar=Calendar(zone, {}))
    assert found.due == at("2024-04-02T10:00", zone)


def test_a_pause_beyond_the_calendar_is_no_exception() -> None:
    found = resumed(Within(24, "hours"), "9999-12-30T10:00", ("9999-12-30T12:00", "9999-12-31T12:00"))
    assert (found.due, found.state) == (None, "open")


moments = st.integers(0, 24 * 400).map(lambda hours: datetime.fromtimestamp(1704067200 + hours * 3600, ZONE))


@given(moments, st.lists(moments, max_size=6), st.sampled_from(["hours", "days", "working_days", "months"]))
def test_a_pause_never_shortens_a_limit_nor_stops_it_in_mid_day(
    start: datetime, ends: list[datetime], unit: str
) -> None:
    known = schedule(Within(5, unit), happened_at=start, known_at=start, calendar=calendar(), readings={})
    ordered = sorted(ends)
    pauses = tuple(zip(ordered[::2], ordered[1::2], strict=False))
    found = resume_deadline(known, pauses, calendar=calendar())
    assert known.due is not None
    assert found.due is not None
    assert found.due >= known.due
    if unit != "hours":
        assert (found.due.hour, found.due.minute) == (0, 0)
    if unit == "working_days":
        assert calendar().is_working_day(date.fromordinal(found.due.toordinal() - 1))
