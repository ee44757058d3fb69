"""When an answer may next change by itself: the moments at which time alone opens, ends or moves something."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from datetime import MAXYEAR, date, datetime, timedelta

from remit.deadlines.days import later
from remit.deadlines.recurrence import spans
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.records import record
from remit.model.rule import Every
from remit.model.terms import Period, Status
from remit.routing.graph import UnitGraph
from remit.semantics.law import Law
from remit.semantics.life import FAILED

#: `due` and `latest` themselves are still in time.
INSTANT = timedelta(microseconds=1)
ONE_DAY = timedelta(days=1)
#: Shown instead of what the obligation would otherwise be, which may still set off consequences.
HIDING = frozenset({Status.WITHDRAWN, Status.SUPERSEDED, Status.TRANSFERRED})


@record
class Dates:
    """The days, in order, on which the law and its world change: `moved` for whatever is open, `agenda` for the agenda.

    `periods` come round for ever.
    """

    moved: tuple[date, ...]
    agenda: tuple[date, ...]
    periods: tuple[Period, ...]

    @classmethod
    def of(cls, law: Law) -> Dates:
        moved = frozenset(act.on for act in law.graph.reorganisations)
        policies = [d for r in law.program.rules for d in (r.policy.effective_on, r.policy.repealed_on)]
        rules = [d for r in law.program.rules for d in (r.rule.since, after(r.rule.until))]
        agenda = {day for day in (*graph_days(law.graph), *policies, *rules) if day is not None}
        periods = {r.rule.trigger.period for r in law.program.rules if isinstance(r.rule.trigger, Every)}
        return cls(tuple(sorted(moved)), tuple(sorted(agenda)), tuple(sorted(periods)))

    def next_move(self, today: date) -> date | None:
        """The next day on which an open obligation may pass to another unit."""
        return following(self.moved, today)

    def next_change(self, today: date) -> date | None:
        """The next day on which duties of the agenda may come, go or move."""
        candidates = [following(self.agenda, today), *(next_period(period, today) for period in self.periods)]
        return min((day for day in candidates if day is not None), default=None)


def wakes_at(
    law: Law, dates: Dates, owed: Iterable[Obligation], events: Iterable[Event], now: datetime, *, agenda: bool
) -> datetime | None:
    """The first moment after `now` at which the answer `owed` may be another, without any new event; None for never.

    Args:
        law: what it was answered by.
        dates: of that law.
        owed: the answer at `now`.
        events: of the case (or of all, for the agenda), also those not yet knowable.
        now: when it was answered.
        agenda: whether it is the agenda's answer, which also waits for periods, policies, units and edges.
    """
    answer = tuple(owed)
    today = law.day(now)
    day = dates.next_change(today) if agenda else (dates.next_move(today) if answer else None)
    moments = [turn for o in answer if o.status is not Status.ACTIVE and (turn := turns_at(o, now)) is not None]
    dues = [due for o in answer if o.status is Status.ACTIVE and (due := o.deadline.due) is not None and due >= now]
    if dues and (missed := past(min(dues))) is not None:
        moments.append(missed)
    moments += [moment for event in events for moment in known_at(event) if moment > now]
    if day is not None:
        moments.append(law.midnight(day))
    return min(moments, default=None)


def known_at(event: Event) -> Iterator[datetime]:
    """When it becomes known, and what it puts in another report's place."""
    yield event.knowable_at
    if event.replacement is not None:
        yield event.replacement.knowable_at


def turns_at(owed: Obligation, now: datetime) -> datetime | None:
    """When this obligation next changes by itself, or sets something off."""
    status, deadline = owed.status, owed.deadline
    if status is Status.ACTIVE:
        return None if deadline.due is None or deadline.due < now else past(deadline.due)
    if status is Status.PENDING:
        return deadline.opens if deadline.opens is not None and deadline.opens > now else None
    if status is Status.OVERDUE:
        return soonest((past(deadline.latest),), now)
    if status in HIDING:
        moments = (deadline.opens, deadline.due, past(deadline.due), past(deadline.latest), owed.breached_at)
        return soonest(moments, now)
    return soonest((deadline.opens, deadline.due, owed.breached_at), now) if status in FAILED else None


def soonest(moments: Iterable[datetime | None], now: datetime) -> datetime | None:
    return min((moment for moment in moments if moment is not None and moment > now), default=None)


def past(moment: datetime | None) -> datetime | None:
    """The first instant that is too late."""
    if moment is None:
        return None
    try:
        return later(moment, INSTANT)
    except OverflowError:
        return None


def graph_days(graph: UnitGraph) -> Iterator[date | None]:
    """The days on which the graph is another than on the eve."""
    for since, until in [(u.since, u.until) for u in graph.units.values()] + [(e.since, e.until) for e in graph.edges]:
        yield since
        yield after(until)
    for act in graph.reorganisations:
        yield act.on


def after(last: date | None) -> date | None:
    return None if last is None or last == date.max else last + ONE_DAY


def following(days: tuple[date, ...], today: date) -> date | None:
    place = bisect_right(days, today)
    return days[place] if place < len(days) else None


def next_period(period: Period, today: date) -> date | None:
    """The first day of the period after today's; None at the end of time."""
    (current,) = spans(period, today, today)
    return after(current.last) if current.last.year < MAXYEAR else None
