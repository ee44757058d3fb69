"""Our calendars against two independent sources, day by day."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest

from remit import Pack
from remit.deadlines.calendar import Calendar

ROOT = Path(__file__).parents[2]
YEARS = (2023, 2024, 2025, 2026)


@cache
def calendar() -> Calendar:
    return Pack.load(ROOT).calendar


def days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


@pytest.mark.parametrize("year", YEARS)
def test_every_day_is_as_the_notice_says(year: int) -> None:
    """chinesecalendar holds the State Council's notices, make-up workdays included."""
    ours = {day: calendar().is_working_day(day) for day in days(year)}
    theirs = {day: chinese_calendar.is_workday(day) for day in days(year)}
    assert ours == theirs


@pytest.mark.parametrize("year", YEARS)
def test_statutory_holidays_are_days_of_rest(year: int) -> None:
    for day, name in holidays.country_holidays("CN", years=year).items():
        assert calendar().is_working_day(day) is False, name


@pytest.mark.parametrize("year", [2022, 2027])
def test_a_year_without_a_notice_is_not_guessed(year: int) -> None:
    assert calendar().is_working_day(date(year, 3, 1)) is None


def test_each_year_names_its_document() -> None:
    assert all(known.document.startswith("国办发明电") for known in calendar().years.values())
    assert set(calendar().years) == set(YEARS)


def test_without_notices_nothing_is_known() -> None:
    assert Calendar(ZoneInfo("UTC"), {}).is_working_day(date(2024, 5, 6)) is None
