"""Working days as published, year by year; a year that is not published is a stated state, never a guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import MAXYEAR, date, timedelta
from zoneinfo import ZoneInfo

from remit.errors import Origin
from remit.model.records import record

SATURDAY = 5


@record
class YearCalendar:
    """One year's notice: its document, the days off by name, and the weekend days worked; `name` is the calendar's, if not the pack's.

    `holidays` holds every single day; `workdays` only days that would otherwise be days of rest.
    """

    year: int
    document: str
    published_on: date | None
    holidays: Mapping[date, str]
    workdays: frozenset[date]
    origin: Origin = Origin()
    name: str = ""


@record
class Calendar:
    """The years known, and the zone in which days begin. Saturday and Sunday are days of rest.

    `local` has the calendars of places with another zone or other days off.
    """

    zone: ZoneInfo
    years: Mapping[int, YearCalendar]
    local: Mapping[str, Calendar] = field(default_factory=dict)

    def at(self, place: str) -> Calendar:
        """What counts at a place: its own, or this one."""
        return self.local.get(place, self)

    def is_working_day(self, day: date) -> bool | None:
        """Whether the day is worked; None when its year is not published.

        >>> Calendar(ZoneInfo("UTC"), {}).is_working_day(date(2024, 5, 6)) is None
        True
        """
        year = self.years.get(day.year)
        if year is None:
            return None
        if day in year.workdays:
            return True
        return day.weekday() < SATURDAY and day not in year.holidays

    def reason(self, day: date) -> str:
        """Why a day is off: the holiday's name, or the day of the week; empty on working days."""
        year = self.years.get(day.year)
        if year is None or self.is_working_day(day):
            return ""
        return year.holidays.get(day, day.strftime("%A"))


def next_day(day: date) -> date | None:
    """The following day, or None at the end of time."""
    return None if day == date(MAXYEAR, 12, 31) else day + timedelta(days=1)
