"""Deadlines by the Civil Code arts. 200–204, on the calendar as published."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit import Pack
from remit.deadlines.calendar import Calendar
from remit.deadlines.deadline import schedule, schedule_period, window_fits
from remit.deadlines.recurrence import Span, spans
from remit.model.obligation import Deadline
from remit.model.rule import ByReading, MonthDay, OnDay, OpenEnd, Timing, Window, Within
from remit.model.terms import CountFrom, Period
from remit.model.text import Text
from remit.model.vocabulary import Reading

ZONE = ZoneInfo("Asia/Shanghai")
ROOT = Path(__file__).parents[2]


@cache
def calendar() -> Calendar:
    return Pack.load(ROOT).calendar


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


def due(timing: Timing, happened: str, known: str | None = None, *, day_only: bool = False) -> Deadline:
    return schedule(
        timing,
        happened_at=at(happened),
        known_at=at(known or happened),
        calendar=calendar(),
        readings=READINGS,
        day_only=day_only,
    )


def reading(name: str, timing: Timing | None) -> Reading:
    return Reading(name, Text(name, name), Text("…", "…"), timing, "us", date(2024, 1, 1), "because")


READINGS = {
    "promptly": reading("promptly", Within(24, "hours")),
    "soon": reading("soon", OpenEnd()),
    "mid-month": reading("mid-month", Window(MonthDay(12, 11), MonthDay(12, 15), MonthDay(12, 20))),
}


@pytest.mark.parametrize(
    ("timing", "happened", "expected"),
    [
        (Within(24, "hours"), "2024-05-06T21:00", "2024-05-07T21:00"),
        (Within(0, "hours"), "2024-05-06T21:00", "2024-05-06T21:00"),
        (Within(1, "days"), "2024-05-06T21:00", "2024-05-08T00:00"),
        (Within(3, "days"), "2024-05-06T00:00", "2024-05-10T00:00"),
        (Within(1, "working_days"), "2024-05-06T21:00", "2024-05-08T00:00"),
        (
            Within(5, "working_days"),
            "2024-02-07T10:00",
            "2024-02-21T00:00",
        ),  # Spring Festival 10–17; 18 February (Sunday) is worked
        (Within(1, "working_days"), "2024-02-09T10:00", "2024-02-19T00:00"),
        (Within(3, "working_days"), "2024-09-29T10:00", "2024-10-10T00:00"),  # National Day 1–7
        (Within(1, "working_days"), "2024-10-11T10:00", "2024-10-13T00:00"),  # 12 October (Saturday) is worked
        (Within(1, "months"), "2024-01-31T10:00", "2024-03-01T00:00"),  # no 31 February: the last day of the month
        (Within(1, "months"), "2023-01-31T10:00", "2023-03-01T00:00"),
        (Within(3, "months"), "2024-07-05T10:00", "2024-10-06T00:00"),
        (Within(12, "months"), "2024-02-29T10:00", "2025-03-01T00:00"),
        (OnDay(date(2024, 12, 31)), "2024-05-06T21:00", "2025-01-01T00:00"),
        (OnDay(date(2024, 10, 1), rolls_over=True), "2024-05-06T21:00", "2024-10-09T00:00"),
        (Within(3, "days", rolls_over=True), "2024-09-28T10:00", "2024-10-09T00:00"),
        (Within(3, "days", rolls_over=False), "2024-09-28T10:00", "2024-10-02T00:00"),
    ],
)
def test_due(timing: Timing, happened: str, expected: str) -> None:
    found = due(timing, happened)
    assert found.due == at(expected)
    assert found.state == "set"


def test_it_counts_from_when_the_bearer_could_know() -> None:
    assert due(Within(24, "hours"), "2024-05-06T21:00", "2024-05-08T09:00").due == at("2024-05-09T09:00")
    from_event = Within(24, "hours", CountFrom.EVENT)
    assert due(from_event, "2024-05-06T21:00", "2024-05-08T09:00").due == at("2024-05-07T21:00")


def test_a_report_of_a_day_counts_hours_from_its_beginning() -> None:
    assert due(Within(24, "hours"), "2024-05-06T00:00", day_only=True).due == at("2024-05-07T00:00")


def test_a_reading_s_limit_is_never_the_text_s() -> None:
    found = due(ByReading("promptly"), "2024-05-06T21:00")
    assert (found.due, found.latest, found.reading) == (at("2024-05-07T21:00"), None, "promptly")
    stated = due(Within(24, "hours"), "2024-05-06T21:00")
    assert (stated.latest, stated.reading) == (stated.due, None)


def test_a_reading_may_leave_the_end_open() -> None:
    found = due(ByReading("soon"), "2024-05-06T21:00")
    assert (found.due, found.state) == (None, "open")


def test_without_a_limit_none_is_made_up() -> None:
    assert (
        schedule(
            None, happened_at=at("2024-05-06T21:00"), known_at=at("2024-05-06T21:00"), calendar=calendar(), readings={}
        ).state
        == "unstated"
    )


def test_a_year_that_is_not_published_is_waited_for() -> None:
    found = due(Within(10, "working_days"), "2026-12-25T10:00")
    assert (found.due, found.state, found.awaits) == (None, "unpublished", 2027)
    assert due(Within(3, "working_days"), "2026-12-25T10:00").due is not None


NOTICE_2024, NOTICE_2025 = "国办发明电〔2023〕7号", "国办发明电〔2024〕12号"


@pytest.mark.parametrize(
    ("timing", "happened", "expected"),
    [
        (Within(3, "working_days"), "2024-05-06T10:00", (NOTICE_2024,)),
        (Within(3, "working_days"), "2024-12-30T10:00", (NOTICE_2024, NOTICE_2025)),
        (Within(3, "working_days"), "2024-12-31T10:00", (NOTICE_2025,)),
        (Within(1, "days", rolls_over=True), "2024-12-31T10:00", (NOTICE_2025,)),
        (Within(1, "days"), "2024-12-31T10:00", ()),
        (Within(24, "hours"), "2024-05-06T10:00", ()),
        (Within(10, "working_days"), "2026-12-25T10:00", ()),
    ],
)
def test_a_deadline_names_the_notices_that_decided_it(timing: Timing, happened: str, expected: tuple[str, ...]) -> None:
    found = due(timing, happened)
    assert found.calendars == found.bare().calendars == expected


def test_a_moment_beyond_the_calendar_is_no_exception() -> None:
    assert due(Within(100_000, "months"), "2024-05-06T10:00").due is None
    assert due(Within(99_999, "days"), "9999-12-30T10:00").due is None


def test_a_window_keeps_all_three_days() -> None:
    (span,) = spans(Period.YEAR, date(2024, 1, 1), date(2024, 12, 31))
    found = schedule_period(ByReading("mid-month"), span, calendar=calendar(), readings=READINGS)
    assert (found.opens, found.due, found.latest) == (
        at("2024-12-11T00:00"),
        at("2024-12-16T00:00"),
        at("2024-12-21T00:00"),
    )


def test_a_window_belongs_in_its_period() -> None:
    window = Window(MonthDay(12, 11), MonthDay(12, 15), MonthDay(12, 20))
    first, second = spans(Period.HALF_YEAR, date(2024, 1, 1), date(2024, 12, 31))
    assert not window_fits(window, first)
    assert window_fits(window, second)


def test_hours_run_as_they_pass_though_the_clocks_are_set() -> None:
    """Civil Code art. 201 para. 2. The night of 31 March 2024 has 23 hours in Stockholm."""
    start = datetime(2024, 3, 30, 12, tzinfo=ZoneInfo("Europe/Stockholm"))
    found = schedule(
        Within(24, "hours"), happened_at=start, known_at=start, calendar=Calendar(start.tzinfo, {}), readings={}
    )
    assert found.due.isoformat() == "2024-03-31T13:00:00+02:00"


@pytest.mark.parametrize(
    ("happened", "opens", "last"),
    [
        ("2024-03-01T10:00", "2024-12-11T00:00", "2024-12-21T00:00"),
        ("2024-12-17T10:00", "2024-12-17T10:00", "2024-12-21T00:00"),
        ("2024-12-21T00:00", "2024-12-21T00:00", "2024-12-21T00:00"),
        ("2024-12-22T10:00", "2025-12-11T00:00", "2025-12-21T00:00"),
    ],
)
def test_a_triggered_duty_falls_into_the_first_window_that_is_not_over(happened: str, opens: str, last: str) -> None:
    found = due(READINGS["mid-month"].timing, happened)
    assert (found.opens, found.latest) == (at(opens), at(last))


@pytest.mark.parametrize(
    ("period", "since", "months", "expected"),
    [
        (Period.YEAR, date(2024, 1, 1), 1, "2024-02-01T00:00"),
        (Period.QUARTER, date(2024, 7, 1), 1, "2024-08-01T00:00"),
        (Period.YEAR, date(2024, 1, 1), 12, "2025-01-01T00:00"),
    ],
)
def test_months_of_a_period_begin_with_its_first_day(period: Period, since: date, months: int, expected: str) -> None:
    """Civil Code art. 202: a month that begins on the first ends on its last day, not on the first of the next."""
    (span,) = spans(period, since, since)
    found = schedule_period(Within(months, "months"), span, calendar=calendar(), readings={})
    assert found.due == at(expected)


def test_a_period_cut_on_a_month_s_last_day_ends_on_the_last_day_of_the_next() -> None:
    """Civil Code art. 202: where the corresponding day is missing, the month's last day."""
    cut = Span("2024", date(2024, 1, 31), date(2024, 12, 31))
    found = schedule_period(Within(1, "months"), cut, calendar=calendar(), readings={})
    assert found.due == at("2024-03-01T00:00")


moments = st.datetimes(datetime(2023, 1, 1), datetime(2026, 10, 1)).map(lambda t: t.replace(tzinfo=ZONE, microsecond=0))


@given(moments, st.integers(0, 40))
def test_n_working_days_hold_n_working_days(start: datetime, count: int) -> None:
    found = schedule(Within(count, "working_days"), happened_at=start, known_at=start, calendar=calendar(), readings={})
    assert found.due is not None
    last = (found.due - timedelta(seconds=1)).date()
    between = [start.date() + timedelta(days=n) for n in range(1, (last - start.date()).days + 1)]
    worked = [day for day in between if calendar().is_working_day(day)]
    assert len(worked) >= count
    if count:
        assert calendar().is_working_day(last)
        assert len(worked) == count


@given(moments, st.sampled_from(["hours", "days", "working_days", "months"]), st.integers(0, 30))
def test_longer_limits_end_later_and_none_before_the_start(start: datetime, unit: str, amount: int) -> None:
    one, more = (
        schedule(Within(n, unit), happened_at=start, known_at=start, calendar=calendar(), readings={}).due
        for n in (amount, amount + 1)
    )
    if one is not None and more is not None:
        assert start <= one < more
