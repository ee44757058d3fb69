"""`schedule` and `schedule_period`: a rule's timing → when the duty opens, is due, and may last be done.

The day of the event is not counted, hours run from the hour, the last day ends at 24:00 (written as 00:00
of the next), months end on their last day where the corresponding one is missing, and a last day on a
holiday moves where the rule says so. Source: Civil Code of the PRC arts. 200–204; DESIGN §3 Time.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import MAXYEAR, UTC, date, datetime, time, timedelta

from remit.deadlines.calendar import Calendar, next_day
from remit.deadlines.recurrence import Span
from remit.model.explanation import Why
from remit.model.obligation import Deadline
from remit.model.rule import Accompanying, ByReading, Earliest, MonthDay, OnDay, OpenEnd, Timing, Window, Within
from remit.model.terms import CountFrom
from remit.model.text import Text
from remit.model.vocabulary import Reading


def schedule(
    timing: Timing | None,
    *,
    happened_at: datetime,
    known_at: datetime,
    calendar: Calendar,
    readings: Mapping[str, Reading],
    day_only: bool = False,
) -> Deadline:
    """Work out the deadline of a triggered duty.

    Args:
        timing: `by` of the rule; None where the text gives no limit.
        happened_at: aware; when it happened.
        known_at: aware; when the bearer could know, not before `happened_at`.
        calendar: working days by year, and the zone in which days are counted.
        readings: by id, for a timing that is left to a reading.
        day_only: the hour is not known; hours then run from the day's beginning, the stricter reading.

    Returns:
        opens, due <= latest, each aware or None. A text's own limit has `latest` equal to `due`; one from a
        reading has no `latest`. `state` says which of these it is, `steps` how it came about. What became known too
        late, or a fixed date that is past, may leave `due` before `opens`.

    Source: Civil Code arts. 200–204.
    """
    opens = known_at.astimezone(calendar.zone)
    match timing:
        case None:
            return Deadline(opens=opens, state="unstated", steps=(NO_LIMIT,))
        case OpenEnd() | Accompanying():
            return Deadline(opens=opens, state="open", steps=(OPEN_END,))
        case Within():
            start = (happened_at if timing.count_from is CountFrom.EVENT else known_at).astimezone(calendar.zone)
            return within(timing, start, opens, calendar, day_only=day_only)
        case OnDay():
            return on_day(timing, opens, calendar)
        case Window():
            return next_window(timing, opens, calendar)
        case Earliest(limits):
            return earliest(
                [
                    schedule(
                        limit,
                        happened_at=happened_at,
                        known_at=known_at,
                        calendar=calendar,
                        readings=readings,
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
                day_only=day_only,
            )
            return as_read(read, found)


def schedule_period(
    timing: Timing | None, span: Span, *, calendar: Calendar, readings: Mapping[str, Reading]
) -> Deadline:
    """Work out the deadline of a recurring duty in one period.

    Without a timing it may be done from the first day of the period to the end of its last. A window lies in the
    period's year; `by: {days: n}` counts from the period's first day, that day included, and so do months.

    Source: Civil Code arts. 201, 203.
    """
    opens = midnight(span.opens, calendar)
    match timing:
        case None:
            end = end_of(span.last, calendar)
            step = Why(
                "deadline",
                Text(
                    f"周期 {span.id}：至 {span.last} 24:00",
                    f"period {span.id}: until 24:00 on {span.last}",
                ),
            )
            return Deadline(opens, end, end, "set", steps=(step,))
        case OpenEnd() | Accompanying():
            return Deadline(opens=opens, state="open", steps=(OPEN_END,))
        case Window():
            return window(timing, span, calendar)
        case Within(amount, "months"):
            return whole_months(amount, span.opens, Deadline(opens=opens, limit=timing), calendar)
        case Within():
            eve = opens - timedelta(days=1) if timing.unit != "hours" else opens
            return within(timing, eve, opens, calendar, day_only=False)
        case OnDay():
            return on_day(timing, opens, calendar)
        case Earliest(limits):
            return earliest([schedule_period(limit, span, calendar=calendar, readings=readings) for limit in limits])
        case ByReading(name):
            found = readings[name]
            read = schedule_period(found.timing or OpenEnd(), span, calendar=calendar, readings=readings)
            return as_read(read, found)


def window_fits(timing: Window, span: Span) -> bool:
    """Whether the window's days lie in the period; `remit check` refuses a rule for which none do."""
    days = [day_in(span.opens.year, part) for part in (timing.opens, timing.due, timing.latest)]
    return days == sorted(days) and span.opens <= days[0] and days[-1] <= span.last


# --- the forms of a limit --------------------------------------------------------------------------


def within(limit: Within, start: datetime, opens: datetime, calendar: Calendar, *, day_only: bool) -> Deadline:
    """So many hours, days, working days or months from the start."""
    if limit.unit == "hours":
        return within_hours(limit, start, opens, day_only=day_only)
    first = start.date()
    steps = [
        Why(
            "deadline",
            Text(
                f"自 {first} 起算，当日不计入（民法典第二百零一条）",
                f"counted from {first}, that day not included (Civil Code art. 201)",
            ),
            value=first.isoformat(),
        )
    ]
    base = Deadline(opens=opens, steps=tuple(steps), limit=limit)
    match limit.unit:
        case "working_days":
            return within_working_days(limit, first, base, calendar)
        case "months":
            day = months_after(first, limit.amount)
            step = Text(
                f"{limit.amount} 个月后的对应日（民法典第二百零二条）",
                f"the corresponding day {limit.amount} months on (Civil Code art. 202)",
            )
        case _:
            day = days_after(first, limit.amount)
            step = Text(f"第 {limit.amount} 日", f"day {limit.amount}")
    if day is None:
        return beyond_time(base)
    counted = with_step(base, Why("deadline", step, value=day.isoformat()))
    return last_day(counted, day, calendar, rolls_over=limit.rolls_over)


def whole_months(amount: int, first: date, base: Deadline, calendar: Calendar) -> Deadline:
    """So many months that begin with `first`: until the eve of the corresponding day, or the month's last (art. 202)."""
    day = months_after(first, amount)
    if day is None:
        return beyond_time(base)
    if day.day == first.day:
        day -= timedelta(days=1)
    step = Text(f"自 {first} 起 {amount} 个月，当日计入", f"{amount} months from {first}, that day included")
    counted = with_step(base, Why("deadline", step, value=day.isoformat()))
    return last_day(counted, day, calendar, rolls_over=rolls(base.limit))


def within_hours(limit: Within, start: datetime, opens: datetime, *, day_only: bool) -> Deadline:
    """Hours run from the hour (art. 201 para. 2), as they pass and not as the clocks are set, and do not roll over."""
    hours = limit.amount
    steps = []
    if day_only:
        claim = Text(
            "未载明时刻，自当日零时起算",
            "the hour was not stated: counted from the beginning of that day",
        )
        steps.append(Why("deadline", claim, value=start.isoformat()))
    try:
        due = later(start, timedelta(hours=hours))
    except OverflowError:
        return beyond_time(Deadline(opens=opens, steps=tuple(steps)))
    claim = Text(f"自 {start:%Y-%m-%d %H:%M} 起 {hours} 小时", f"{hours} hours from {start:%Y-%m-%d %H:%M}")
    steps.append(Why("deadline", claim, value=due.isoformat()))
    return Deadline(opens, due, due, "set", steps=tuple(steps), limit=limit)


def within_working_days(limit: Within, first: date, base: Deadline, calendar: Calendar) -> Deadline:
    """Only working days count, as the year's notice has them."""
    day = working_days_after(first, limit.amount, base, calendar)
    if isinstance(day, Deadline):
        return day
    claim = Text(f"第 {limit.amount} 个工作日", f"working day {limit.amount}")
    counted = with_step(base, Why("deadline", claim, value=day.isoformat()))
    return last_day(decided_by(counted, calendar, next_day(first) or first, day), day, calendar, rolls_over=False)


def next_window(limit: Window, opens: datetime, calendar: Calendar) -> Deadline:
    """The first window that is not over when the duty arises; nobody owes what could never have been done in time."""
    for year in range(opens.year, min(opens.year + 1, MAXYEAR) + 1):
        found = window(limit, Span(str(year), date(year, 1, 1), date(year, 12, 31)), calendar)
        if found.latest is None or opens <= found.latest:
            return replace(found, opens=max(opens, found.opens or opens))
    return beyond_time(Deadline(opens=opens))


def window(limit: Window, span: Span, calendar: Calendar) -> Deadline:
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
    due = last_day(base, due_on, calendar, rolls_over=limit.rolls_over)
    latest = last_day(base, latest_on, calendar, rolls_over=limit.rolls_over)
    return due if due.due is None else replace(due, latest=latest.due or due.due, calendars=notices(due, latest))


def on_day(limit: OnDay, opens: datetime, calendar: Calendar) -> Deadline:
    """The date the text sets."""
    base = Deadline(opens=opens, steps=(fixed_day(limit.day),), limit=limit)
    return last_day(base, limit.day, calendar, rolls_over=limit.rolls_over)


def last_day(base: Deadline, day: date, calendar: Calendar, *, rolls_over: bool) -> Deadline:
    """The last day ends at 24:00; one on a holiday moves where the rule rolls over (art. 203)."""
    moved = day
    while rolls_over and not (works := calendar.is_working_day(moved)):
        if works is None:
            return unpublished(base, moved.year)
        following = next_day(moved)
        if following is None:
            return beyond_time(base)
        moved = following
    steps = []
    if moved != day:
        why = calendar.reason(day)
        claim = Text(
            f"最后一日 {day} 为休息日（{why}），顺延至 {moved}（民法典第二百零三条）",
            f"the last day {day} is not worked ({why}) and moves to {moved} (Civil Code art. 203)",
        )
        steps.append(Why("deadline", claim, value=moved.isoformat()))
    end = end_of(moved, calendar)
    claim = Text(f"截至 {moved} 24:00（民法典第二百零三条）", f"until 24:00 on {moved} (Civil Code art. 203)")
    steps.append(Why("deadline", claim, value=end.isoformat()))
    decided = decided_by(base, calendar, day, moved) if rolls_over else base
    return replace(decided, due=end, latest=end, state="set", steps=(*base.steps, *steps))


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


# --- arithmetic on days ------------------------------------------------------------------------------


def later(moment: datetime, passed: timedelta) -> datetime:
    """So much time after a moment, whatever was done to the clocks in between."""
    return (moment.astimezone(UTC) + passed).astimezone(moment.tzinfo)


def rolls(limit: Timing | None) -> bool:
    """Whether a last day on a holiday moves; one in working days never lies there."""
    return isinstance(limit, Within | Window | OnDay) and limit.rolls_over


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


def days_after(day: date, count: int) -> date | None:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        return None


def months_after(day: date, count: int) -> date | None:
    """The corresponding day, or the month's last (art. 202).

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
    return datetime.combine(day, time.min, calendar.zone)


def end_of(day: date, calendar: Calendar) -> datetime:
    """24:00 of the day, as 00:00 of the next; the last second where no next day exists."""
    following = next_day(day)
    return datetime.combine(day, time.max, calendar.zone) if following is None else midnight(following, calendar)


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
