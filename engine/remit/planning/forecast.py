"""The workload forecast: the last recorded year played again in a time to come, with the recurring duties of that time.

Cases are moved by whole weeks, 52 for each year, so that a Monday stays a Monday. What is counted is the duty, in the week in
which it falls due, at the unit that bears it; whether it was done last time does not matter. Recurring duties are taken to be
done, so what would follow from missing them is not counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from remit.deadlines.calendar import Calendar
from remit.live.evaluator import LiveEvaluator
from remit.model.event import Event
from remit.model.expression import Value
from remit.model.obligation import Obligation
from remit.model.terms import Modality, Nature, Status
from remit.pack.load import Pack
from remit.semantics.law import Law
from remit.semantics.obligations import agenda_obligations, by_case, knowable, reported

WEEK = timedelta(days=7)
YEAR = 52 * WEEK
INSTANT = timedelta(microseconds=1)
#: Obligations that were never owed in the end, or live on at another unit.
GONE = frozenset({Status.WITHDRAWN, Status.SUPERSEDED, Status.TRANSFERRED})
#: A week is a peak of a unit from so many times its mean on …
PEAK = 2.0
#: … and from so many duties on.
FEWEST = 3


class Clash(StrEnum):
    """How a deadline collides with days of rest."""

    ON_HOLIDAY = "on_day_of_rest"
    NO_WORKING_DAY = "no_working_day_left"
    UNPUBLISHED = "calendar_unpublished"


@dataclass(frozen=True, slots=True)
class Collision:
    """A duty whose last day is a day of rest, whose whole time is, or of which nobody can say yet. `reason` is the holiday's or weekday's name."""

    obligation: Obligation
    last: date
    clash: Clash
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """One unit's duties: how many fall due in each week, how many have no date, how many it keeps standing."""

    unit: str
    weeks: tuple[int, ...]
    undated: int
    standing: int

    @property
    def total(self) -> int:
        return sum(self.weeks)

    @property
    def peaks(self) -> tuple[int, ...]:
        """The weeks, by their place in the forecast, at least twice as full as the mean week and with at least three duties."""
        mean = self.total / len(self.weeks)
        return tuple(n for n, count in enumerate(self.weeks) if count >= FEWEST and count >= PEAK * mean)


@dataclass(frozen=True, slots=True)
class Forecast:
    """A time to come.

    Attributes:
        first, last: its days, both in it.
        weeks: the Monday of each week that touches it.
        since, until: the year of records that was played again; None where there are none.
        replayed: how many cases, and `left_out` how many older ones were not.
        units: the busiest first; those with nothing at all are left out.
        collisions: in order of their days.
        unpublished: years of the forecast whose calendar is not out yet.
    """

    first: date
    last: date
    weeks: tuple[date, ...]
    since: date | None
    until: date | None
    replayed: int
    left_out: int
    units: tuple[UnitLoad, ...]
    collisions: tuple[Collision, ...]
    unpublished: tuple[int, ...]

    @property
    def by_week(self) -> tuple[int, ...]:
        """All units together."""
        return tuple(sum(unit.weeks[n] for unit in self.units) for n in range(len(self.weeks)))


def forecast(pack: Pack, events: Iterable[Event], first: date, last: date) -> Forecast:
    """What the days from `first` to `last` will bring, if events come as they came in the last recorded year.

    Args:
        pack: its policies as of those days.
        events: recorded cases; those that began in the year before the last event are played again.
        first, last: both in it.
    """
    law = Law.of(pack)
    told = tuple(events)
    begun = {case: min(e.at for e in members) for case, members in by_case(told).items() if case is not None}
    until = max(begun.values(), default=None)
    since = until - YEAR if until is not None else None
    kept = {case: at for case, at in begun.items() if since is not None and at > since}
    moved = [event for case, members in reported(told).items() if case in kept for event in shifted(members, years_to(law.day(kept[case]), first) * YEAR)]  # fmt: skip
    duties = [o for o in owed(law, moved, last) if counts(o)]
    weeks = tuple(mondays(first, last))
    clashes = sorted(collisions(law, duties, first, last), key=lambda c: (c.last, c.obligation.id))
    return Forecast(
        first, last, weeks, law.day(since) if since else None, law.day(until) if until else None,
        len(kept), len(begun) - len(kept), tuple(unit_loads(law, duties, weeks, first, last)), tuple(clashes),
        tuple(year for year in range(first.year, last.year + 1) if year not in pack.calendar.years),
    )  # fmt: skip


def of_unit(found: Forecast, unit: str) -> Forecast:
    """The part of one unit."""
    weeks = (0,) * len(found.weeks)
    mine = tuple(load for load in found.units if load.unit == unit) or (UnitLoad(unit, weeks, 0, 0),)
    return replace(found, units=mine, collisions=tuple(c for c in found.collisions if c.obligation.bearer.id == unit))


# --- the past, moved ----------------------------------------------------------------------------------


def years_to(begun: date, first: date) -> int:
    """How many years of 52 weeks bring what began then into the year from `first` on."""
    return -((begun - first) // YEAR)


def shifted(events: Sequence[Event], by: timedelta) -> Iterator[Event]:
    """The same reports, and the dates they speak of, so much later."""
    for event in events:
        told = {name: later(value, by) for name, value in event.data.items()}
        amended = next(shifted((event.replacement,), by)) if event.replacement is not None else None
        yield replace(event, at=event.at + by, known_at=event.known_at + by, data=told, replacement=amended)


def later(value: Value, by: timedelta) -> Value:
    return value + by if isinstance(value, date) else value


def counts(duty: Obligation) -> bool:
    """A duty that was owed, and not because a recurring one is supposed to have been missed."""
    supposed = duty.nature is Nature.CONSEQUENT and duty.case is None
    return duty.modality is Modality.MUST and duty.status not in GONE and not supposed


def owed(law: Law, events: Sequence[Event], last: date) -> Iterator[Obligation]:
    """Everything that will have been asked for by the end of the last day."""
    end = law.midnight(last + timedelta(days=1)) - INSTANT
    told = knowable(events, end)
    live = LiveEvaluator(law)
    for case, members in by_case(told).items():
        yield from live.case(case, members, end)
    yield from (o.bare() for o in agenda_obligations(law, told, end))


# --- week by week -------------------------------------------------------------------------------------


def mondays(first: date, last: date) -> Iterator[date]:
    day = first - timedelta(days=first.weekday())
    while day <= last:
        yield day
        day += WEEK


def last_day(law: Law, duty: Obligation) -> date | None:
    """The day on which it falls due; midnight ends the day before."""
    zone = law.calendar.at(duty.bearer.place).zone
    return (duty.deadline.due - INSTANT).astimezone(zone).date() if duty.deadline.due is not None else None


def unit_loads(law: Law, duties: Iterable[Obligation], weeks: Sequence[date], first: date, last: date) -> Iterator[UnitLoad]:  # fmt: skip
    """Each unit's weeks. A triggered duty without a date counts where it arose, if that lies in the forecast."""
    dated: dict[str, Counter[date]] = defaultdict(Counter)
    undated: Counter[str] = Counter()
    standing: Counter[str] = Counter()
    for duty in duties:
        day = last_day(law, duty)
        if duty.nature is Nature.STANDING:
            standing[duty.bearer.id] += 1
        elif day is None:
            undated[duty.bearer.id] += int(opens_within(law, duty, first, last))
        elif first <= day <= last:
            dated[duty.bearer.id][day - timedelta(days=day.weekday())] += 1
    for unit in sorted(
        {*dated, *undated, *standing}, key=lambda name: (-dated[name].total(), -undated[name], -standing[name], name)
    ):
        yield UnitLoad(unit, tuple(dated[unit][week] for week in weeks), undated[unit], standing[unit])


def opens_within(law: Law, duty: Obligation, first: date, last: date) -> bool:
    opens = duty.deadline.opens
    return opens is not None and first <= law.day(opens) <= last


def collisions(law: Law, duties: Iterable[Obligation], first: date, last: date) -> Iterator[Collision]:
    """Duties due in the forecast on a day of rest, or with none but days of rest to do them in, or on a day nobody can judge."""
    for duty in duties:
        day = last_day(law, duty)
        if day is None or not first <= day <= last:
            if day is None and duty.deadline.awaits is not None and opens_within(law, duty, first, last):
                opened = law.day(duty.deadline.opens) if duty.deadline.opens else first
                yield Collision(duty, opened, Clash.UNPUBLISHED, str(duty.deadline.awaits))
            continue
        calendar = law.calendar.at(duty.bearer.place)
        worked = calendar.is_working_day(day)
        opened = law.day(duty.deadline.opens) if duty.deadline.opens is not None else day
        if worked is None:
            yield Collision(duty, day, Clash.UNPUBLISHED, str(day.year))
        elif not worked:
            none_left = no_working_day(calendar, min(opened, day), day)
            yield Collision(duty, day, Clash.NO_WORKING_DAY if none_left else Clash.ON_HOLIDAY, calendar.reason(day))


def no_working_day(calendar: Calendar, opened: date, due: date) -> bool:
    """Whether every day from opening until due is one of rest."""
    days = (due - timedelta(days=n) for n in range((due - opened).days + 1))
    return all(calendar.is_working_day(day) is False for day in days)
