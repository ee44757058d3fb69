"""`schedule` and `schedule_period`: a rule's timing → when the duty opens, is due, and may last be done.

How periods are counted is the policy's convention (`Counting`), which each step of the proof cites. By the default, Civil Code of the
PRC arts. 200–204, the day of the event is not counted, hours run from the moment, the last day ends at 24:00 (written as 00:00 of the
next), months end on their last day where the corresponding one is missing, and a last day on a holiday moves where the rule says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import MAXYEAR, date, datetime, timedelta

from remit.deadlines.calendar import Calendar, next_day
from remit.deadlines.days import (
    clock,
    day_before,
    day_in,
    days_after,
    days_on,
    end_of,
    end_of_day,
    ends_on,
    full_hour,
    later,
    midnight,
    months_after,
)
from remit.deadlines.recurrence import Span
from remit.model.counting import PRC_CIVIL_CODE, Counting
from remit.model.explanation import Why
from remit.model.obligation import Deadline
from remit.model.rule import Accompanying, ByReading, Earliest, OnDay, OpenEnd, Timing, Window, Within
from remit.model.terms import CountFrom
from remit.model.text import Text, many
from remit.model.vocabulary import Reading


def schedule(
    timing: Timing | None,
    *,
    happened_at: datetime,
    known_at: datetime,
    calendar: Calendar,
    readings: Mapping[str, Reading],
    counting: Counting = PRC_CIVIL_CODE,
    day_only: bool = False,
) -> Deadline:
    """Work out the deadline of a triggered duty.

    Args:
        timing: `by` of the rule; None where the text gives no limit.
        happened_at: aware; when it happened.
        known_at: aware; when the bearer could know, not before `happened_at`.
        calendar: working days by year, and the zone in which days are counted.
        readings: by id, for a timing that is left to a reading.
        counting: the policy's convention; limits that come from a reading follow it as well.
        day_only: the hour is not known; hours then run from the day's beginning, the stricter reading.

    Returns:
        opens, due <= latest, each aware or None. A text's own limit has `latest` equal to `due`; one from a
        reading has no `latest`. `state` says which of these it is, `steps` how it came about. What became known too
        late, or a fixed date that is past, may leave `due` before `opens`.
    """
    opens = known_at.astimezone(calendar.zone)
    match timing:
        case None:
            return Deadline(opens=opens, state="unstated", steps=(NO_LIMIT,))
        case OpenEnd() | Accompanying():
            return Deadline(opens=opens, state="open", steps=(OPEN_END,))
        case Within():
            start = (happened_at if timing.count_from is CountFrom.EVENT else known_at).astimezone(calendar.zone)
            return within(timing, start, opens, calendar, counting, day_only=day_only)
        case OnDay():
            return on_day(timing, opens, calendar, counting)
        case Window():
            return next_window(timing, opens, calendar, counting)
        case Earliest(limits):
            return earliest(
                [
                    schedule(
                        limit,
                        happened_at=happened_at,
                        known_at=known_at,
                        calendar=calendar,
                        readings=readings,
                        counting=counting,
                        day_only=day_only,
                    )
                    for limit in limits
                ]
            )
        case ByReading(name, count_from):
            found = readings[name]
            inner = found.timing
            if isinstance(inner, Within):
                inner = replace(inner, count_from=count_from)
            read = schedule(
                inner or OpenEnd(),
                happened_at=happened_at,
                known_at=known_at,
                calendar=calendar,
                readings=readings,
                counting=counting,
                day_only=day_only,
            )
            return as_read(read, found)


def schedule_period(
    timing: Timing | None,
    span: Span,
    *,
    calendar: Calendar,
    readings: Mapping[str, Reading],
    counting: Counting = PRC_CIVIL_CODE,
) -> Deadline:
    """Work out the deadline of a recurring duty in one period.

    Without a timing it may be done from the first day of the period to the end of its last. A window lies in the
    period's year; `by: {days: n}` counts from the period's first day, that day included, and so do months, whatever the
    convention says of an event's day or hour: a period begins with its first.
    """
    opens = midnight(span.opens, calendar)
    match timing:
        case None:
            end, at = end_of(span.last, calendar, counting), clock(counting)
            step = Why(
                "deadline",
                Text(
                    f"周期 {span.id}：至 {span.last} {at}",
                    f"period {span.id}: until {at} on {span.last}",
                ),
            )
            return Deadline(opens, end, end, "set", steps=(step,))
        case OpenEnd() | Accompanying():
            return Deadline(opens=opens, state="open", steps=(OPEN_END,))
        case Window():
            return window(timing, span, calendar, counting)
        case Within(amount, "months"):
            found = whole_months(amount, span.opens, Deadline(opens=opens, limit=timing), calendar, counting)
            return held_open(found, timing, opens, calendar, counting)
        case Within():
            eve = opens - timedelta(days=1) if timing.unit != "hours" else opens
            whole = replace(counting, hours_from="event", day_of_event="not_counted")
            return within(timing, eve, opens, calendar, whole, day_only=False)
        case OnDay():
            return on_day(timing, opens, calendar, counting)
        case Earliest(limits):
            return earliest(
                [
                    schedule_period(limit, span, calendar=calendar, readings=readings, counting=counting)
                    for limit in limits
                ]
            )
        case ByReading(name):
            meant = readings[name]
            read = schedule_period(
                meant.timing or OpenEnd(), span, calendar=calendar, readings=readings, counting=counting
            )
            return as_read(read, meant)


def window_fits(timing: Window, span: Span) -> bool:
    """Whether the window's days lie in the period; `remit check` refuses a rule for which none do."""
    days = [day_in(span.opens.year, part) for part in (timing.opens, timing.due, timing.latest)]
    return days == sorted(days) and span.opens <= days[0] and days[-1] <= span.last


# --- the forms of a limit --------------------------------------------------------------------------


def within(
    limit: Within, start: datetime, opens: datetime, calendar: Calendar, counting: Counting, *, day_only: bool
) -> Deadline:
    """So many hours, days, working days or months from the start."""
    if limit.unit == "hours":
        return within_hours(limit, start, opens, calendar, counting, day_only=day_only)
    base = Deadline(opens=opens, steps=(counted_from(start.date(), counting),), limit=limit)
    counted = counting.day_of_event == "counted"
    first = day_before(start.date()) if counted else start.date()
    match limit.unit:
        case "working_days":
            return within_working_days(limit, first, base, calendar, counting)
        case "months" if counted:
            found = whole_months(limit.amount, start.date(), base, calendar, counting)
            return held_open(found, limit, midnight(start.date(), calendar), calendar, counting)
        case "months":
            day, source = months_after(first, limit.amount), counting.source("months")
            step = Text(
                f"{limit.amount} 个月后的对应日{source.zh}",
                f"the corresponding day {many(limit.amount, 'month')} on{source.en}",
            )
        case _:
            day = days_after(first, limit.amount)
            step = Text(f"第 {limit.amount} 日", f"day {limit.amount}")
    if day is None:
        return beyond_time(base)
    base = with_step(base, Why("deadline", step, value=day.isoformat()))
    found = last_day(base, day, calendar, counting, rolls_over=rolls(limit, counting))
    return held_open(found, limit, end_of_day(first, calendar), calendar, counting)


def whole_months(amount: int, first: date, base: Deadline, calendar: Calendar, counting: Counting) -> Deadline:
    """So many months that begin with `first`: until the eve of the corresponding day, or the month's last."""
    day = months_after(first, amount)
    if day is None:
        return beyond_time(base)
    if day.day == first.day:
        day -= timedelta(days=1)
    step = Text(f"自 {first} 起 {amount} 个月，当日计入", f"{many(amount, 'month')} from {first}, that day included")
    counted = with_step(base, Why("deadline", step, value=day.isoformat()))
    return last_day(counted, day, calendar, counting, rolls_over=rolls(base.limit, counting))


def within_hours(
    limit: Within, start: datetime, opens: datetime, calendar: Calendar, counting: Counting, *, day_only: bool
) -> Deadline:
    """Hours run as they pass and not as the clocks are set."""
    begins = full_hour(start) if counting.hours_from == "next_full_hour" else start
    steps = []
    if day_only:
        claim = Text(
            "未载明时刻，自当日零时起算",
            "the hour was not stated: counted from the beginning of that day",
        )
        steps.append(Why("deadline", claim, value=start.isoformat()))
    if begins is None:
        return beyond_time(Deadline(opens=opens, limit=limit))
    if begins != start:
        source = counting.source("hours_from")
        claim = Text(
            f"{start:%Y-%m-%d %H:%M} 所在的一小时不计入，自 {begins:%H:%M} 起算{source.zh}",
            f"the hour of {start:%Y-%m-%d %H:%M} is not counted: from {begins:%H:%M} on{source.en}",
        )
        steps.append(Why("deadline", claim, value=begins.isoformat()))
    try:
        due = later(begins, timedelta(hours=limit.amount))
    except OverflowError:
        return beyond_time(Deadline(opens=opens, steps=tuple(steps)))
    claim = Text(f"自 {begins:%Y-%m-%d %H:%M} 起 {limit.amount} 小时", f"{many(limit.amount, 'hour')} from {begins:%Y-%m-%d %H:%M}")  # fmt: skip
    steps.append(Why("deadline", claim, value=due.isoformat()))
    found = same_time(Deadline(opens, due, due, "set", steps=tuple(steps), limit=limit), calendar, counting)
    return held_open(found, limit, begins, calendar, counting)


def within_working_days(limit: Within, first: date, base: Deadline, calendar: Calendar, counting: Counting) -> Deadline:
    """Only working days count, as the year's notice has them."""
    day = working_days_after(first, limit.amount, base, calendar)
    if isinstance(day, Deadline):
        return day
    claim = Text(f"第 {limit.amount} 个工作日", f"working day {limit.amount}")
    counted = with_step(base, Why("deadline", claim, value=day.isoformat()))
    asked = decided_by(counted, calendar, next_day(first) or first, day)
    return last_day(asked, day, calendar, counting, rolls_over=False)


def next_window(limit: Window, opens: datetime, calendar: Calendar, counting: Counting) -> Deadline:
    """The first window that is not over when the duty arises; nobody owes what could never have been done in time."""
    for year in range(opens.year, min(opens.year + 1, MAXYEAR) + 1):
        found = window(limit, Span(str(year), date(year, 1, 1), date(year, 12, 31)), calendar, counting)
        if found.latest is None or opens <= found.latest:
            return replace(found, opens=max(opens, found.opens or opens))
    return beyond_time(Deadline(opens=opens))


def window(limit: Window, span: Span, calendar: Calendar, counting: Counting) -> Deadline:
    """The days of the window in the period's year."""
    year = span.opens.year
    opens_on, due_on, latest_on = (day_in(year, part) for part in (limit.opens, limit.due, limit.latest))
    claim = Text(
        f"窗口 {opens_on} 至 {latest_on}，办理期限 {due_on}",
        f"window {opens_on} to {latest_on}, due {due_on}",
    )
    base = Deadline(
        opens=max(midnight(opens_on, calendar), midnight(span.opens, calendar)),
        steps=(Why("deadline", claim),),
        limit=limit,
    )
    due = last_day(base, due_on, calendar, counting, rolls_over=limit.rolls_over)
    latest = last_day(base, latest_on, calendar, counting, rolls_over=limit.rolls_over)
    return due if due.due is None else replace(due, latest=latest.due or due.due, calendars=notices(due, latest))


def on_day(limit: OnDay, opens: datetime, calendar: Calendar, counting: Counting) -> Deadline:
    """The date the text sets."""
    base = Deadline(opens=opens, steps=(fixed_day(limit.day),), limit=limit)
    return last_day(base, limit.day, calendar, counting, rolls_over=limit.rolls_over)


def last_day(base: Deadline, day: date, calendar: Calendar, counting: Counting, *, rolls_over: bool) -> Deadline:
    """Until the end of the last day; one that is not worked moves where it rolls over."""
    moved = next_worked(base, day, calendar) if rolls_over else day
    if isinstance(moved, Deadline):
        return moved
    steps = [] if moved == day else [moved_to(day, moved, calendar, counting)]
    end, at, source = end_of(moved, calendar, counting), clock(counting), counting.source("last_day")
    claim = Text(f"截至 {moved} {at}{source.zh}", f"until {at} on {moved}{source.en}")
    steps.append(Why("deadline", claim, value=end.isoformat()))
    decided = decided_by(base, calendar, day, moved) if rolls_over else base
    return replace(decided, due=end, latest=end, state="set", steps=(*base.steps, *steps))


def same_time(found: Deadline, calendar: Calendar, counting: Counting) -> Deadline:
    """A limit in hours that ends on a day that is not worked: as it is, or to the same time of the next working day."""
    if found.due is None or not rolls(found.limit, counting):
        return found
    day = ends_on(found.due, calendar)
    moved = next_worked(found, day, calendar)
    if isinstance(moved, Deadline):
        return moved
    if moved != day:
        try:
            due, latest = (end and days_on(end, moved - day, calendar) for end in (found.due, found.latest))
        except OverflowError:
            return beyond_time(found)
        found = replace(with_step(found, moved_to(day, moved, calendar, counting)), due=due, latest=latest)
    return decided_by(found, calendar, day, moved)


def held_open(found: Deadline, limit: Within, begins: datetime, calendar: Calendar, counting: Counting) -> Deadline:
    """Not over before the working days that the convention wants in any period of such a length, each of them whole."""
    least = counting.at_least
    if found.due is None or least is None or shorter(limit, least.in_days):
        return found
    eve = ends_on(begins, calendar)
    day = working_days_after(eve, least.working_days, found, calendar)
    if isinstance(day, Deadline):
        return day
    found = decided_by(found, calendar, next_day(eve) or eve, day)
    end, source = end_of(day, calendar, counting), counting.source("at_least")
    if found.due is None or found.due >= end:
        return found
    claim = Text(
        f"期间至少含 {least.working_days} 个工作日，至 {day} {clock(counting)}{source.zh}",
        f"at least {least.working_days} working days lie in it: until {clock(counting)} on {day}{source.en}",
    )
    return replace(with_step(found, Why("deadline", claim, value=end.isoformat())), due=end, latest=end)


def shorter(limit: Within, days: int) -> bool:
    """Whether a limit is shorter than so many days; months never are, but for none."""
    length = {"hours": limit.amount / 24, "months": limit.amount * 28}.get(limit.unit, limit.amount)
    return length < days


def counted_from(day: date, counting: Counting) -> Why:
    """That the day of the event is counted, or is not."""
    source, counted = counting.source("day_of_event"), counting.day_of_event == "counted"
    claim = Text(
        f"自 {day} 起算，当日{'计入' if counted else '不计入'}{source.zh}",
        f"counted from {day}, that day {'' if counted else 'not '}included{source.en}",
    )
    return Why("deadline", claim, value=day.isoformat())


def moved_to(day: date, moved: date, calendar: Calendar, counting: Counting) -> Why:
    """That the last day is not worked, and where it moves."""
    why, source = calendar.reason(day), counting.source("rolls_over")
    claim = Text(
        f"最后一日 {day} 为休息日（{why}），顺延至 {moved}{source.zh}",
        f"the last day {day} is not worked ({why}) and moves to {moved}{source.en}",
    )
    return Why("deadline", claim, value=moved.isoformat())


def as_read(deadline: Deadline, reading: Reading) -> Deadline:
    """A limit that comes from a reading is never the text's own: it has a due date and no last lawful moment.

    A window is different: the reading says which days the text itself names.
    """
    claim = Text(
        f"依解释“{reading.label.zh}”：{reading.means.zh}（{reading.signed_by}，{reading.since}）",
        f"by the reading “{reading.label.en}”: {reading.means.en} ({reading.signed_by}, {reading.since})",
    )
    step = Why("reading", claim, value=reading.status, source=str(reading.origin))
    latest = deadline.latest if isinstance(reading.timing, Window) else None
    return replace(deadline, latest=latest, reading=reading.id, steps=(step, *deadline.steps))


def earliest(found: Sequence[Deadline]) -> Deadline:
    """Of several limits the earliest is due; the last lawful moment is the earliest that the text itself sets.

    Of two that fall together the text's own governs. One that has no day, because it is open or waits for a calendar, leaves
    the others as they are; where none has a day, one that waits goes before one that is open.
    """
    steps = tuple(step for deadline in found for step in deadline.steps)
    dated = [deadline for deadline in found if deadline.due is not None]
    if not dated:
        first = next((deadline for deadline in found if deadline.state == "unpublished"), found[0])
        return replace(first, steps=steps)
    first = min(dated, key=lambda deadline: (deadline.due, deadline.reading is not None))
    last = min((deadline.latest for deadline in dated if deadline.latest is not None), default=None)
    claim = Text(f"{len(found)} 项期限，最早者为准", f"of {len(found)} limits the earliest governs")
    governs = Why("deadline", claim, value=first.due.isoformat() if first.due else None)
    return replace(first, latest=last, calendars=notices(*dated), steps=(*steps, governs))


# --- where a last day lies ------------------------------------------------------------------------------


def rolls(limit: Timing | None, counting: Counting) -> bool:
    """Whether a last day that is not worked moves: fixed dates where the rule says so, periods also by the convention.

    Hours roll over by the convention alone, and working days never end on such a day.
    """
    match limit:
        case Within(unit="hours"):
            return counting.rolls_over == "always"
        case Within():
            return limit.rolls_over or counting.rolls_over != "where_said"
        case Window() | OnDay():
            return limit.rolls_over
        case _:
            return False


def next_worked(base: Deadline, day: date, calendar: Calendar) -> date | Deadline:
    """That day if it is worked, or the next one that is; or `base` in the state that says why there is none to be had."""
    while not (works := calendar.is_working_day(day)):
        if works is None:
            return unpublished(base, day.year)
        following = next_day(day)
        if following is None:
            return beyond_time(base)
        day = following
    return day


def working_days_after(day: date, count: int, base: Deadline, calendar: Calendar) -> date | Deadline:
    """The working day so many after `day`; or `base` in the state that says why there is none to be had."""
    while count > 0:
        following = next_day(day)
        if following is None:
            return beyond_time(base)
        works = calendar.is_working_day(following)
        if works is None:
            return unpublished(base, following.year)
        day, count = following, count - works
    return day


def decided_by(base: Deadline, calendar: Calendar, first: date, last: date) -> Deadline:
    """With the notices of the published years from `first` to `last`, whose days were asked about."""
    asked = (calendar.years.get(year) for year in range(first.year, last.year + 1))
    told = Deadline(calendars=tuple(year.document for year in asked if year is not None))
    return replace(base, calendars=notices(base, told))


def notices(*found: Deadline) -> tuple[str, ...]:
    """The documents that decided any of them, each once."""
    return tuple(dict.fromkeys(document for deadline in found for document in deadline.calendars))


# --- stated states -----------------------------------------------------------------------------------


def unpublished(base: Deadline, year: int) -> Deadline:
    claim = Text(
        f"{year} 年的放假安排尚未公布，公布前无法确定期限",
        f"the calendar of {year} is not published yet; the deadline waits for it",
    )
    step = Why("deadline", claim, value=str(year))
    return undecided(base, step, state="unpublished", awaits=year)


def beyond_time(base: Deadline) -> Deadline:
    claim = Text("期限超出可表示的时间范围", "the deadline lies beyond the years that can be written")
    return undecided(base, Why("deadline", claim), state="open")


def undecided(base: Deadline, step: Why, *, state: str, awaits: int | None = None) -> Deadline:
    """Without a due date, and the step that says why."""
    return replace(with_step(base, step), due=None, latest=None, state=state, awaits=awaits, calendars=())


def with_step(deadline: Deadline, step: Why) -> Deadline:
    return replace(deadline, steps=(*deadline.steps, step))


def fixed_day(day: date) -> Why:
    return Why(
        "deadline",
        Text(f"文本规定的日期 {day}", f"the date the text sets: {day}"),
        value=day.isoformat(),
    )


NO_LIMIT = Why("deadline", Text("文本未规定期限", "the text sets no limit"))
OPEN_END = Why("deadline", Text("未设终期，不会逾期", "no end is set; it is never overdue"))
