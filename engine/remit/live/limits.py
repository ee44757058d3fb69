"""Deadlines remembered: a limit in days falls due on the same day for whatever begins on the same day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta

from remit.deadlines.days import later
from remit.deadlines.deadline import schedule
from remit.live.records import make_deadline
from remit.live.timeline import Timeline
from remit.model.counting import PRC_CIVIL_CODE, Counting
from remit.model.obligation import Deadline
from remit.model.rule import ByReading, Earliest, OpenEnd, Timing, Window, Within
from remit.model.terms import CountFrom
from remit.semantics.law import Law

#: When it happened, when the bearer could know → the deadline, without its steps.
Limit = Callable[[datetime, datetime], Deadline]


def limit_of(law: Law, timeline: Timeline, timing: Timing | None, counting: Counting = PRC_CIVIL_CODE) -> Limit:
    """As `schedule` for this timing. What it says of a day is asked of it once, and one event's deadline made once."""
    limit = worked_out(law, timeline, timing, counting)
    happened: datetime | None = None
    known: datetime | None = None
    last = make_deadline()

    def remembered(happened_at: datetime, known_at: datetime) -> Deadline:
        nonlocal happened, known, last
        if happened_at is not happened or known_at is not known:
            last = limit(happened_at, known_at)
            happened, known = happened_at, known_at
        return last

    return remembered


def worked_out(law: Law, timeline: Timeline, timing: Timing | None, counting: Counting) -> Limit:
    match resolved(law, timing):
        case None:
            return lambda _happened_at, known_at: make_deadline(timeline.local(known_at))
        case Within(amount, "hours", count_from) if counting.plain_hours:
            return hours(timeline, amount, count_from, timing.reading if isinstance(timing, ByReading) else None)
        case Window() | Earliest() | Within(unit="hours"):
            return lambda happened_at, known_at: asked(law, timing, counting, happened_at, known_at)
        case Within(count_from=count_from):
            return by_day(law, timeline, timing, counting, count_from)
        case _:
            return by_day(law, timeline, timing, counting, None)


def resolved(law: Law, timing: Timing | None) -> Timing | None:
    """The timing itself, or what its reading takes it to mean."""
    if not isinstance(timing, ByReading):
        return timing
    inner = law.readings[timing.reading].timing or OpenEnd()
    return replace(inner, count_from=timing.count_from) if isinstance(inner, Within) else inner


def asked(law: Law, timing: Timing | None, counting: Counting, happened_at: datetime, known_at: datetime) -> Deadline:
    found = schedule(
        timing,
        happened_at=happened_at,
        known_at=known_at,
        calendar=law.calendar,
        readings=law.readings,
        counting=counting,
    )
    return found.bare()


def hours(timeline: Timeline, amount: int, count_from: CountFrom, reading: str | None) -> Limit:
    """Hours run from the hour, and do not roll over. One that is read in is never the last lawful moment."""
    passed = timedelta(hours=amount)

    def limit(happened_at: datetime, known_at: datetime) -> Deadline:
        start = timeline.local(happened_at if count_from is CountFrom.EVENT else known_at)
        try:
            due = later(start, passed)
        except OverflowError:
            return make_deadline(timeline.local(known_at), None, None, "open", reading)
        return make_deadline(timeline.local(known_at), due, None if reading else due, "set", reading)

    return limit


def by_day(
    law: Law, timeline: Timeline, timing: Timing | None, counting: Counting, count_from: CountFrom | None
) -> Limit:
    """Of a limit that counts from a day, that day decides; a fixed one (`count_from` None) is always the same."""
    found: dict[date | None, Deadline] = {}

    def limit(happened_at: datetime, known_at: datetime) -> Deadline:
        opens = timeline.local(known_at)
        first = None
        if count_from is not None:
            first = timeline.day(happened_at) if count_from is CountFrom.EVENT else opens.date()
        due = found.get(first)
        if due is None:
            due = found[first] = asked(law, timing, counting, happened_at, known_at)
        return make_deadline(opens, due.due, due.latest, due.state, due.reading, due.awaits, due.calendars)

    return limit
