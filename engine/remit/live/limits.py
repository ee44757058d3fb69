"""Deadlines remembered: a limit in days falls due on the same day for whatever begins on the same day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from remit.deadlines.calendar import Calendar
from remit.deadlines.days import later
from remit.deadlines.deadline import schedule
from remit.live.records import make_deadline
from remit.model.counting import PRC_CIVIL_CODE, Counting
from remit.model.obligation import Deadline
from remit.model.records import maker
from remit.model.rule import ByReading, Earliest, OpenEnd, Timing, Window, Within
from remit.model.terms import CountFrom
from remit.semantics.law import Law

#: When it happened, when the bearer could know, the bearer's place → the deadline, without its steps.
Limit = Callable[[datetime, datetime, str], Deadline]
#: The same without a place.
Dated = Callable[[datetime, datetime], Deadline]
begun_with = maker(
    Deadline, "opens, of", opens="opens", due="of.due", latest="of.latest", state="of.state", reading="of.reading", awaits="of.awaits",
    calendars="of.calendars",
)  # fmt: skip


def limit_of(law: Law, timing: Timing | None, counting: Counting = PRC_CIVIL_CODE) -> Limit:
    """As `schedule` for this timing. What it says of a day is asked of it once, and one event's deadline made once."""
    calendars = {id(found): found for found in (law.calendar, *law.calendar.local.values())}
    limits = {key: worked_out(law, timing, counting, found) for key, found in calendars.items()}
    if len(limits) == 1:
        (everywhere,) = limits.values()
        return everywhere
    return lambda happened_at, known_at, place: limits[id(law.calendar.at(place))](happened_at, known_at, place)


def worked_out(law: Law, timing: Timing | None, counting: Counting, calendar: Calendar) -> Limit:
    """Where that calendar counts, whatever the place."""

    def asked(happened_at: datetime, known_at: datetime) -> Deadline:
        return schedule(
            timing,
            happened_at=happened_at,
            known_at=known_at,
            calendar=calendar,
            readings=law.readings,
            counting=counting,
        ).bare()

    match resolved(law, timing):
        case None:
            return lambda _happened_at, known_at, _place: make_deadline(known_at.astimezone(calendar.zone))
        case Within(amount, "hours", count_from) if counting.plain_hours:
            return hours(calendar.zone, amount, count_from, timing.reading if isinstance(timing, ByReading) else None)
        case Window() | Earliest() | Within(unit="hours"):
            return lambda happened_at, known_at, _place: asked(happened_at, known_at)
        case Within(count_from=count_from):
            return by_day(asked, calendar.zone, count_from)
        case _:
            return by_day(asked, calendar.zone, None)


def resolved(law: Law, timing: Timing | None) -> Timing | None:
    """The timing itself, or what its reading takes it to mean."""
    if not isinstance(timing, ByReading):
        return timing
    inner = law.readings[timing.reading].timing or OpenEnd()
    return replace(inner, count_from=timing.count_from) if isinstance(inner, Within) else inner


def hours(zone: ZoneInfo, amount: int, count_from: CountFrom, reading: str | None) -> Limit:
    """Hours run from the hour, and do not roll over. One that is read in is never the last lawful moment."""
    passed = timedelta(hours=amount)

    def limit(happened_at: datetime, known_at: datetime, _place: str) -> Deadline:
        opens = known_at.astimezone(zone)
        start = happened_at.astimezone(zone) if count_from is CountFrom.EVENT else opens
        try:
            due = later(start, passed)
        except OverflowError:
            return make_deadline(opens, None, None, "open", reading)
        return make_deadline(opens, due, None if reading else due, "set", reading)

    return limit


def by_day(asked: Dated, zone: ZoneInfo, count_from: CountFrom | None) -> Limit:
    """Of a limit that counts from a day, that day decides; a fixed one (`count_from` None) is always the same."""
    found: dict[date | None, Deadline] = {}

    def limit(happened_at: datetime, known_at: datetime, _place: str) -> Deadline:
        opens = known_at.astimezone(zone)
        first = None
        if count_from is not None:
            event_day = count_from is CountFrom.EVENT and happened_at is not known_at
            first = happened_at.astimezone(zone).date() if event_day else opens.date()
        due = found.get(first)
        if due is None:
            due = found[first] = asked(happened_at, known_at)
        return begun_with(opens, due)

    return limit
