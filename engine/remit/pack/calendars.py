"""`facts/calendars/YEAR.yaml` → the years each calendar knows; one file a year, as the notice publishes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from remit.deadlines.calendar import SATURDAY, Calendar, YearCalendar
from remit.errors import CalendarError, Origin
from remit.model.unit import Place
from remit.pack.facts import Facts
from remit.pack.fields import Fields, as_day
from remit.pack.yaml_reader import Node, Scalar, Sequence

HOLIDAY_KEYS = ("from", "to")
KEYS = ("calendar", "year", "document", "published_on", "holidays", "workdays")
#: The name of the calendar of a file that names none: the pack's own.
OWN = ""
Years = Mapping[int, YearCalendar]


def calendar_of(zone: ZoneInfo, named: Mapping[str, Years], places: Mapping[str, Place]) -> Calendar:
    """The pack's calendar, and those of the places that have their own zone or days, or lie in one that has."""
    made: dict[tuple[str | None, str | None], Calendar] = {}
    local: dict[str, Calendar] = {}
    for place in places:
        own = nearest(place, places)
        if own != (None, None):
            if own not in made:
                made[own] = Calendar(ZoneInfo(own[0]) if own[0] else zone, named.get(own[1] or OWN, {}))
            local[place] = made[own]
    return Calendar(zone, named.get(OWN, {}), local)


def nearest(place: str | None, places: Mapping[str, Place]) -> tuple[str | None, str | None]:
    """The zone and the calendar that a place has or inherits."""
    zone = calendar = None
    seen: set[str] = set()
    while place is not None and place in places and place not in seen:  # one that lies in itself is told elsewhere
        seen.add(place)
        found = places[place]
        zone, calendar, place = zone or found.zone, calendar or found.calendar, found.inside
    return zone, calendar


def read_calendars(facts: Facts) -> dict[str, Years]:
    """The years by number, of each calendar by its name; contradictions are RM601."""
    calendars: dict[str, dict[int, YearCalendar]] = {}
    for document in facts.documents("calendars"):
        fields = facts.fields(document, "calendar", KEYS)
        name = fields.text("calendar") or OWN
        found = calendars.setdefault(name, {})
        year = fields.whole("year")
        if year is None:
            if "year" not in fields:
                fields.missing("year")
            continue
        off = [(day, name.text, at) for name, node in fields.entries("holidays") for day, at in days(node, fields)]
        worked = {d: n.origin for n in fields.scalars("workdays") if (d := as_day(n, fields))}
        holidays, workdays = {day: name for day, name, _ in off}, frozenset(worked)
        contradictions(year, {day: at for day, _, at in off}, worked, fields)
        if year in found:
            contradict(fields, str(year), "each year in one file", fields.origin)
        found[year] = YearCalendar(
            year,
            fields.text("document", required=True) or "",
            fields.day("published_on"),
            holidays,
            workdays,
            fields.origin,
            name,
        )
    return {**calendars}


def days(node: Node, fields: Fields) -> Iterator[tuple[date, Origin]]:
    """Single days, or every day from one to another; each with its place."""
    members = node.items if isinstance(node, Sequence) else (node,)
    for member in members:
        if isinstance(member, Scalar):
            day = as_day(member, fields)
            if day:
                yield day, member.origin
            continue
        span = Fields(member, "holiday", HOLIDAY_KEYS, fields.problems)
        first, last = span.day("from", required=True), span.day("to", required=True)
        while first and last and first <= last:
            yield first, member.origin
            first += timedelta(days=1)


def contradictions(year: int, off: dict[date, Origin], worked: dict[date, Origin], fields: Fields) -> None:
    for day, at in sorted({**off, **worked}.items()):
        if day.year != year:
            contradict(fields, day.isoformat(), f"a day of {year}", at)
    for day in sorted(worked.keys() & off.keys()):
        contradict(fields, day.isoformat(), "a day either off or worked, not both", worked[day])
    for day, at in sorted(worked.items()):
        if day.weekday() < SATURDAY:
            contradict(fields, day.isoformat(), "a Saturday or Sunday among the days worked", at)


def contradict(fields: Fields, found: str, expected: str, at: Origin) -> None:
    fields.problems.add(
        CalendarError("RM601", "calendar-contradicts-itself", found=found, expected=expected, origin=at)
    )
