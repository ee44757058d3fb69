"""Arithmetic on days and moments: what lies so far on, and when a day begins and is over."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta

from remit.deadlines.calendar import Calendar, next_day
from remit.model.counting import Counting
from remit.model.rule import MonthDay


def later(moment: datetime, passed: timedelta) -> datetime:
    """So much time after a moment, whatever was done to the clocks in between."""
    return (moment.astimezone(UTC) + passed).astimezone(moment.tzinfo)


def full_hour(moment: datetime) -> datetime | None:
    """When the hour of a moment is over; the full hour itself begins one. None at the end of time."""
    begun = timedelta(minutes=moment.minute, seconds=moment.second, microseconds=moment.microsecond)
    try:
        return later(moment, timedelta(hours=1) - begun)
    except OverflowError:
        return None


def days_on(moment: datetime, days: timedelta, calendar: Calendar) -> datetime:
    """The same time by the clock, so many days on; where the clocks skip it, as much later."""
    return (moment.astimezone(calendar.zone) + days).astimezone(UTC).astimezone(calendar.zone)


def ends_on(moment: datetime, calendar: Calendar) -> date:
    """The day that is passing: midnight still ends the day before."""
    local = moment.astimezone(calendar.zone)
    return day_before(local.date()) if local.time() == time.min else local.date()


def day_before(day: date) -> date:
    """The eve; of the first day that can be written, that day."""
    return days_after(day, -1) or day


def days_after(day: date, count: int) -> date | None:
    """So many days on; None beyond the years that can be written."""
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return None


def months_after(day: date, count: int) -> date | None:
    """The corresponding day, or the month's last.

    >>> months_after(date(2024, 1, 31), 1)
    datetime.date(2024, 2, 29)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if year > MAXYEAR:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_in(year: int, part: MonthDay) -> date:
    """That day of the year; 29 February in a common year is the 28th."""
    return date(year, part.month, min(part.day, monthrange(year, part.month)[1]))


def midnight(day: date, calendar: Calendar) -> datetime:
    """When the day begins."""
    return datetime.combine(day, time.min, calendar.zone)


def end_of_day(day: date, calendar: Calendar) -> datetime:
    """24:00 of the day, as 00:00 of the next; the last second where no next day exists."""
    following = next_day(day)
    return datetime.combine(day, time.max, calendar.zone) if following is None else midnight(following, calendar)


def end_of(day: date, calendar: Calendar, counting: Counting) -> datetime:
    """When a last day is over."""
    ends = counting.last_day_ends
    return end_of_day(day, calendar) if ends == time.min else datetime.combine(day, ends, calendar.zone)


def clock(counting: Counting) -> str:
    """The time at which a last day is over, as it is written."""
    return "24:00" if counting.last_day_ends == time.min else f"{counting.last_day_ends:%H:%M}"
