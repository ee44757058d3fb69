"""Other laws of counting: Regulation (EEC, Euratom) No 1182/71, and Rule 6 of the US Federal Rules of Civil Procedure."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.deadlines.calendar import Calendar, YearCalendar
from remit.deadlines.deadline import schedule, schedule_period
from remit.deadlines.recurrence import Span
from remit.deadlines.suspension import resume_deadline
from remit.model.counting import PRC_CIVIL_CODE, STEPS, AtLeast, Counting
from remit.model.obligation import Deadline
from remit.model.rule import MonthDay, OnDay, Timing, Window, Within
from remit.model.text import Text

ZONE = ZoneInfo("Europe/Amsterdam")
EASTER = {date(2024, 3, 29): "Good Friday", date(2024, 4, 1): "Easter Monday", date(2024, 5, 9): "Ascension Day"}
CALENDAR = Calendar(ZONE, {2024: YearCalendar(2024, "days off, 2024", None, EASTER, frozenset())})
SPRING = Span("2024-H1", date(2024, 1, 1), date(2024, 6, 30))


def said(words: str) -> Text:
    return Text(words, words)


EU = Counting(
    said("Regulation 1182/71"),
    {
        "day_of_event": said("Article 3(1)"),
        "hours_from": said("Article 3(1)"),
        "months": said("Article 3(2)(c)"),
        "last_day": said("Article 3(2)(b)"),
        "rolls_over": said("Article 3(4)"),
        "at_least": said("Article 3(5)"),
    },
    hours_from="next_full_hour",
    rolls_over="unless_hours",
    at_least=AtLeast(2, 2),
)
US = Counting(said("FRCP"), {"rolls_over": said("Rule 6(a)")}, rolls_over="always", last_day_ends=time(17))


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZONE)


def due(timing: Timing, start: str, counting: Counting, calendar: Calendar = CALENDAR) -> Deadline:
    return schedule(
        timing, happened_at=at(start), known_at=at(start), calendar=calendar, readings={}, counting=counting
    )


@pytest.mark.parametrize(
    ("counting", "timing", "start", "expected"),
    [
        (EU, Within(24, "hours"), "2024-05-14T10:20", "2024-05-15T11:00"),
        (EU, Within(24, "hours"), "2024-05-14T10:00", "2024-05-15T11:00"),
        (EU, Within(24, "hours"), "2024-05-17T10:20", "2024-05-18T11:00"),  # a Saturday: shorter than two days
        (EU, Within(72, "hours"), "2024-05-14T10:20", "2024-05-17T11:00"),
        (EU, Within(72, "hours"), "2024-05-17T10:20", "2024-05-22T00:00"),  # Monday and Tuesday lie in it whole
        (EU, Within(48, "hours"), "2024-05-17T23:30", "2024-05-22T00:00"),
        (EU, Within(72, "hours"), "2024-05-12T23:30", "2024-05-16T00:00"),  # from Monday 00:00, which is whole
        (EU, Within(72, "hours"), "2024-03-29T10:00", "2024-04-04T00:00"),
        (EU, Within(3, "days"), "2024-05-14T10:20", "2024-05-18T00:00"),
        (EU, Within(4, "days"), "2024-05-14T10:20", "2024-05-21T00:00"),  # a Saturday
        (EU, Within(3, "days"), "2024-03-28T10:20", "2024-04-04T00:00"),  # Easter Tuesday alone would be one working day
        (EU, Within(1, "months"), "2024-01-31T10:20", "2024-03-01T00:00"),
        (EU, Within(5, "working_days"), "2024-03-28T10:20", "2024-04-09T00:00"),
        (EU, OnDay(date(2024, 5, 18)), "2024-05-14T10:20", "2024-05-19T00:00"),
        (US, Within(24, "hours"), "2024-05-17T10:20", "2024-05-20T10:20"),  # from Friday to the same time on Monday
        (US, Within(24, "hours"), "2024-05-14T10:20", "2024-05-15T10:20"),
        (US, Within(24, "hours"), "2024-03-31T00:00", "2024-04-02T01:00"),  # the night the clocks go forward
        (US, Within(3, "days"), "2024-05-15T10:20", "2024-05-20T17:00"),
        (US, Within(2, "working_days"), "2024-05-15T10:20", "2024-05-17T17:00"),
        (US, Within(1, "months"), "2024-05-09T10:20", "2024-06-10T17:00"),
    ],
)  # fmt: skip
def test_a_law_counts_in_its_own_way(counting: Counting, timing: Timing, start: str, expected: str) -> None:
    found = due(timing, start, counting)
    assert (found.due, found.latest, found.state) == (at(expected), at(expected), "set")


def test_the_day_of_the_event_may_be_the_first() -> None:
    counted = Counting(said("a law"), day_of_event="counted")
    assert due(Within(3, "days"), "2024-05-14T10:20", counted).due == at("2024-05-17T00:00")
    assert due(Within(1, "months"), "2024-05-14T10:20", counted).due == at("2024-06-14T00:00")
    assert due(Within(1, "working_days"), "2024-05-14T10:20", counted).due == at("2024-05-15T00:00")


def test_each_step_cites_the_law_it_comes_from() -> None:
    told = "\n".join(step.claim.en for step in due(Within(72, "hours"), "2024-03-29T10:00", EU).steps)
    assert told == (
        "the hour of 2024-03-29 10:00 is not counted: from 11:00 on (Regulation 1182/71 Article 3(1))\n"
        "72 hours from 2024-03-29 11:00\n"
        "at least 2 working days lie in it: until 24:00 on 2024-04-03 (Regulation 1182/71 Article 3(5))"
    )
    told = "\n".join(step.claim.en for step in due(Within(1, "months"), "2024-04-18T10:00", EU).steps)
    assert told == (
        "counted from 2024-04-18, that day not included (Regulation 1182/71 Article 3(1))\n"
        "the corresponding day 1 month on (Regulation 1182/71 Article 3(2)(c))\n"
        "the last day 2024-05-18 is not worked (Saturday) and moves to 2024-05-20 (Regulation 1182/71 Article 3(4))\n"
        "until 24:00 on 2024-05-20 (Regulation 1182/71 Article 3(2)(b))"
    )
    last = due(Within(3, "days"), "2024-05-14T10:20", US).steps[-1]
    assert last.claim.zh.endswith("17:00（FRCP）")


@pytest.mark.parametrize("step", STEPS)
def test_the_default_has_an_article_for_each_step_it_knows(step: str) -> None:
    assert (step in PRC_CIVIL_CODE.articles) == (step != "at_least")


@pytest.mark.parametrize("timing", [Within(72, "hours"), Within(3, "days"), Within(1, "months")])
def test_working_days_of_a_year_that_is_not_published_are_waited_for(timing: Timing) -> None:
    found = due(timing, "2025-05-14T10:20", EU)
    assert (found.due, found.state, found.awaits) == (None, "unpublished", 2025)


def test_the_notices_that_decided_are_named_and_no_others() -> None:
    assert due(Within(72, "hours"), "2024-05-14T10:20", EU).calendars == ("days off, 2024",)
    assert due(Within(24, "hours"), "2024-05-14T10:20", EU).calendars == ()
    assert due(Within(24, "hours"), "2024-05-14T10:20", US).calendars == ("days off, 2024",)


def test_a_period_begins_with_its_first_day_and_hour_whatever_the_law_says_of_events() -> None:
    counted = Counting(said("a law"), hours_from="next_full_hour", day_of_event="counted")
    for timing, expected in (
        (Within(3, "days"), "2024-01-04T00:00"),
        (Within(24, "hours"), "2024-01-02T00:00"),
        (Within(1, "months"), "2024-02-01T00:00"),
    ):
        found = schedule_period(timing, SPRING, calendar=CALENDAR, readings={}, counting=counted)
        assert found.due == at(expected)


def test_a_period_ends_when_its_last_day_is_over() -> None:
    found = schedule_period(None, SPRING, calendar=CALENDAR, readings={}, counting=US)
    assert found.due == at("2024-06-30T17:00")
    assert found.steps[0].claim.en == "period 2024-H1: until 17:00 on 2024-06-30"


def test_a_window_moves_only_where_the_rule_says_so() -> None:
    window = Window(MonthDay(5, 1), MonthDay(5, 11), MonthDay(5, 18))
    assert due(window, "2024-04-14T10:20", US).due == at("2024-05-11T17:00")


def test_what_a_pause_gives_back_is_counted_by_the_same_law() -> None:
    days = due(Within(3, "days"), "2024-05-14T10:20", EU)
    pause = (at("2024-05-15T10:00"), at("2024-05-16T10:00"))
    assert resume_deadline(days, (pause,), calendar=CALENDAR, counting=EU).due == at("2024-05-21T00:00")
    hours = due(Within(24, "hours"), "2024-05-16T10:20", US)
    pause = (at("2024-05-16T12:00"), at("2024-05-17T12:00"))
    assert resume_deadline(hours, (pause,), calendar=CALENDAR, counting=US).due == at("2024-05-20T10:20")


PERIODS = [Within(0, "hours"), Within(24, "hours"), Within(60, "hours"), Within(0, "days"), Within(3, "days"), Within(60, "days"), Within(1, "months")]  # fmt: skip


@given(st.datetimes(datetime(2024, 1, 1), datetime(2024, 9, 30)), st.sampled_from(PERIODS))
def test_working_days_at_least_never_shorten_a_period(start: datetime, timing: Within) -> None:
    plain, held = (due(timing, start.isoformat(), counting).due for counting in (PRC_CIVIL_CODE, EU))
    assert plain is not None
    assert held is not None
    assert held >= plain
    if held - plain > timedelta(hours=1):
        assert CALENDAR.is_working_day((held - timedelta(seconds=1)).date())
