"""Stop the clock: a deadline and its pauses → the deadline with the unused budget. No stored date is shifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from remit.deadlines.calendar import Calendar
from remit.deadlines.days import days_after, ends_on, later
from remit.deadlines.deadline import (
    beyond_time,
    decided_by,
    last_day,
    notices,
    rolls,
    same_time,
    undecided,
    unpublished,
    with_step,
    working_days_after,
)
from remit.model.counting import PRC_CIVIL_CODE, Counting
from remit.model.explanation import Why
from remit.model.obligation import Deadline
from remit.model.rule import Within
from remit.model.text import Text

#: From when to when the clock stood still; None while it still does.
Pause = tuple[datetime, datetime | None]


def resume_deadline(
    deadline: Deadline, pauses: tuple[Pause, ...], *, calendar: Calendar, counting: Counting = PRC_CIVIL_CODE
) -> Deadline:
    """The deadline with what was not used of its budget; the stored one is not touched.

    Hours are given back as they passed; days, and working days of a limit in working days, as many as lie after the
    day of the stop up to the day of the resumption, so that a limit in days still ends when a last day is over, and one in
    working days on a working day. A last day that is not worked moves as it would have without the pause. While a pause runs
    there is no due date: none could be met or missed, and nobody could rely on one that moves from day to day. A pause that
    began after `due` changes nothing.
    """
    found = deadline
    for stopped_at, resumed_at in pauses:
        if found.due is None or stopped_at > found.due:
            continue
        if resumed_at is None:
            return stopped(found, stopped_at)
        start = max(stopped_at, found.opens) if found.opens else stopped_at
        if start <= found.due and start < resumed_at:
            found = given_back(found, start, resumed_at, calendar, counting)
    return found


def stopped(deadline: Deadline, since: datetime) -> Deadline:
    """No due date while the clock stands still."""
    claim = Text(
        f"自 {since:%Y-%m-%d %H:%M} 起中止计时，恢复后按剩余期限推算",
        f"the clock has stood still since {since:%Y-%m-%d %H:%M}; what is left runs from its resumption",
    )
    step = Why("deadline", claim, value=since.isoformat())
    return undecided(deadline, step, state="stopped")


def given_back(
    deadline: Deadline, start: datetime, until: datetime, calendar: Calendar, counting: Counting
) -> Deadline:
    """One pause."""
    limit = deadline.limit
    if isinstance(limit, Within) and limit.unit == "hours":
        return same_time(hours_given_back(deadline, until.astimezone(UTC) - start.astimezone(UTC)), calendar, counting)
    first, last = (moment.astimezone(calendar.zone).date() for moment in (start, until))
    working = isinstance(limit, Within) and limit.unit == "working_days"
    count = (last - first).days
    if working:
        worked = [calendar.is_working_day(first + timedelta(days=n)) for n in range(1, count + 1)]
        if None in worked:
            return unpublished(deadline, (first + timedelta(days=worked.index(None) + 1)).year)
        deadline = decided_by(deadline, calendar, first + timedelta(days=1), last)
        count = sum(map(bool, worked))
    if count == 0:
        return deadline
    unit = Text("个工作日", "working days") if working else Text("日", "days")
    claim = Text(f"自 {first} 至 {last} 中止计时，补回 {count} {unit.zh}", f"the clock stood still from {first} to {last}: {count} {unit.en} given back")  # fmt: skip
    base = with_step(deadline, Why("deadline", claim, value=str(count)))
    moved = [
        later_day(base, end, count, calendar, counting) for end in (deadline.due, deadline.latest) if end is not None
    ]
    latest = moved[-1].due if deadline.latest else None
    return moved[0] if moved[0].due is None else replace(moved[0], latest=latest, calendars=notices(*moved))


def later_day(base: Deadline, end: datetime, count: int, calendar: Calendar, counting: Counting) -> Deadline:
    """A last day moved by so many days of its own kind."""
    limit = base.limit
    day = ends_on(end, calendar)
    if isinstance(limit, Within) and limit.unit == "working_days":
        moved = working_days_after(day, count, base, calendar)
        if isinstance(moved, date):
            base = decided_by(base, calendar, day + timedelta(days=1), moved)
    else:
        moved = days_after(day, count) or beyond_time(base)
    if isinstance(moved, Deadline):
        return moved
    return last_day(base, moved, calendar, counting, rolls_over=rolls(limit, counting))


def hours_given_back(deadline: Deadline, given: timedelta) -> Deadline:
    try:
        due, latest = (end and later(end, given) for end in (deadline.due, deadline.latest))
    except OverflowError:
        return beyond_time(deadline)
    claim = Text(f"中止计时共 {given}，期限顺延", f"the clock stood still for {given}")
    step = Why("deadline", claim, value=due.isoformat() if due else None)
    return replace(with_step(deadline, step), due=due, latest=latest)
