"""`facts/calendars/YEAR.yaml` → the years a calendar knows; one file a year, as the notice publishes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from remit.deadlines.calendar import SATURDAY, YearCalendar
from remit.errors import CalendarError
from remit.pack.facts import Facts
from remit.pack.fields import Fields, as_day
from remit.pack.yaml_reader import Node, Scalar, Sequence

HOLIDAY_KEYS = ("from", "to")
KEYS = ("year", "document", "published_on", "holidays", "workdays")


def read_calendars(facts: Facts) -> dict[int, YearCalendar]:
    """The years, by number; contradictions are RM601."""
    found: dict[int, YearCalendar] = {}
    for document in facts.documents("calendars"):
        fields = facts.fields(document, "calendar", KEYS)
        year = fields.whole("year")
        if year is None:
            if "year" not in fields:
                fields.missing("year")
            continue
        holidays = {day: name.text for name, node in fields.entries("holidays") for day in days(node, fields)}
        workdays = frozenset(d for n in fields.scalars("workdays") if (d := as_day(n, fields)))
        contradictions(year, holidays, workdays, fields)
        if year in found:
            contradict(fields, str(year), "each year in one file")
        found[year] = YearCalendar(
            year,
            fields.text("document", required=True) or "",
            fields.day("published_on"),
            holidays,
            workdays,
            fields.origin,
        )
    return found


def days(node: Node, fields: Fields) -> Iterator[date]:
    """Single days, or every day from one to another."""
    members = node.items if isinstance(node, Sequence) else (node,)
    for member in members:
        if isinstance(member, Scalar):
            day = as_day(member, fields)
            if day:
                yield day
            continue
        span = Fields(member, "holiday", HOLIDAY_KEYS, fields.problems)
        first, last = span.day("from", required=True), span.day("to", required=True)
        while first and last and first <= last:
            yield first
            first += timedelta(days=1)


def contradictions(year: int, holidays: dict[date, str], workdays: frozenset[date], fields: Fields) -> None:
    for day in sorted({*holidays, *workdays}):
        if day.year != year:
            contradict(fields, day.isoformat(), f"a day of {year}")
    for day in sorted(workdays & holidays.keys()):
        contradict(fields, day.isoformat(), "a day either off or worked, not both")
    for day in sorted(workdays):
        if day.weekday() < SATURDAY:
            contradict(fields, day.isoformat(), "a Saturday or Sunday among the days worked")


def contradict(fields: Fields, found: str, expected: str) -> None:
    fields.problems.add(
        CalendarError(
            "RM601",
            "calendar-contradicts-itself",
            found=found,
            expected=expected,
            origin=fields.origin,
        )
    )
