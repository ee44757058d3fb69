"""What a careless hand does to a time limit: one more, one less, another unit, another reading, none at all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from remit.model.rule import (
    Accompanying,
    ByReading,
    Earliest,
    MonthDay,
    OnDay,
    OpenEnd,
    Timing,
    Window,
    Within,
    limits_of,
)
from remit.model.terms import CountFrom, Period
from remit.model.text import Text
from remit.model.vocabulary import Reading

#: The unit each is taken for.
TAKEN_FOR = {"hours": "days", "days": "working_days", "working_days": "days", "months": "days"}
UNITS = {"hours": Text("小时", "hours"), "days": Text("日", "days"), "working_days": Text("工作日", "working days"), "months": Text("月", "months")}  # fmt: skip
#: An end where a reading leaves it open.
SOME_DAYS = 30


@dataclass(frozen=True, slots=True)
class Limit:
    """A changed limit and what was changed; None where it is dropped."""

    kind: str
    change: Text
    timing: Timing | None


def of_rule(timing: Timing, readings: dict[str, Reading]) -> Iterator[Limit]:
    """Every change of one thing about a rule's limit."""
    yield Limit("drop", Text("去掉期限", "drop the limit"), None)
    if isinstance(timing, Earliest):
        yield from of_several(timing, readings)
        return
    if isinstance(timing, ByReading):
        other = another(timing.reading, readings)
        if other is not None:
            before, after = readings[timing.reading].label, readings[other].label
            yield Limit("reading", Text(f"解释“{before.zh}”改为“{after.zh}”", f"the reading `{before.en}` becomes `{after.en}`"), replace(timing, reading=other))  # fmt: skip
        if isinstance(readings[timing.reading].timing, Within):
            yield started(timing)
    else:
        yield from of_timing(timing)
        if isinstance(timing, Within):
            yield started(timing)


def of_several(timing: Earliest, readings: dict[str, Reading]) -> Iterator[Limit]:
    """Every change of one of several limits; dropped, the others stand."""
    for at, one in enumerate(timing.of):
        for changed in of_rule(one, readings):
            others = timing.of[:at], timing.of[at + 1 :]
            instead = () if changed.timing is None else limits_of(changed.timing)
            left = tuple(
                limit
                for limit in (*others[0], *instead, *others[1])
                if not isinstance(limit, Window | Earliest | Accompanying)
            )
            said = Text(f"第{at + 1}项期限：{changed.change.zh}", f"limit {at + 1}: {changed.change.en}")
            yield Limit(changed.kind, said, left[0] if len(left) == 1 else Earliest(left))


def started(timing: ByReading | Within) -> Limit:
    """Counted from the other start."""
    if timing.count_from is CountFrom.EVENT:
        said = Text("去掉“自事发起算”", "drop `from: event`")
        return Limit("from", said, replace(timing, count_from=CountFrom.KNOWN))
    return Limit("from", Text("改为自事发起算", "count from the event"), replace(timing, count_from=CountFrom.EVENT))


def of_timing(timing: Timing) -> Iterator[Limit]:
    """What becomes of the limit itself, in a rule or in a reading."""
    match timing:
        case Within(amount, unit):
            for number in (amount + 1, amount - 1):
                if number >= 0:
                    yield Limit("amount", lasting(amount, unit, number, unit), replace(timing, amount=number))
            yield Limit("unit", lasting(amount, unit, amount, TAKEN_FOR[unit]), replace(timing, unit=TAKEN_FOR[unit]))
            if timing.rolls_over:
                yield Limit("rolls-over", Text("去掉“顺延”", "drop `rolls_over`"), replace(timing, rolls_over=False))
        case Window(opens, due, latest):
            yield from of_window(timing, opens, due, latest)
        case OnDay(day):
            for shift in (1, -1):
                other = day + timedelta(days=shift)
                yield Limit("amount", Text(f"{day}改为{other}", f"{day} becomes {other}"), replace(timing, day=other))
        case OpenEnd():
            said = Text(f"不设终期改为{SOME_DAYS}日", f"no end becomes {SOME_DAYS} days")
            yield Limit("amount", said, Within(SOME_DAYS, "days"))
        case ByReading() | Earliest() | Accompanying():
            return


def of_window(timing: Window, opens: MonthDay, due: MonthDay, latest: MonthDay) -> Iterator[Limit]:
    """Each day of the window a day sooner and later, where the order stands."""
    for name, day in (("opens", opens), ("due", due), ("latest", latest)):
        for shift in (1, -1):
            other = date(2024, day.month, day.day) + timedelta(days=shift)
            moved = {"opens": opens, "due": due, "latest": latest, name: MonthDay(other.month, other.day)}
            changed = Window(moved["opens"], moved["due"], moved["latest"], timing.rolls_over)
            order = [(d.month, d.day) for d in (changed.opens, changed.due, changed.latest)]
            if order == sorted(order):
                yield Limit("amount", Text(f"{day}改为{MonthDay(other.month, other.day)}", f"{day} becomes {MonthDay(other.month, other.day)}"), changed)  # fmt: skip


def lasting(amount: int, unit: str, number: int, other: str) -> Text:
    return Text(f"{amount}{UNITS[unit].zh}改为{number}{UNITS[other].zh}", f"{amount} {UNITS[unit].en} become {number} {UNITS[other].en}")  # fmt: skip


def another(name: str, readings: dict[str, Reading]) -> str | None:
    """The reading declared next whose limit is of the same sort and says otherwise."""
    mine = readings[name].timing
    if mine is None:
        return None
    names = list(readings)
    at = names.index(name)
    sort = Window if isinstance(mine, Window) else (Within, OpenEnd)
    for other in (*names[at + 1 :], *names[:at]):
        timing = readings[other].timing
        if timing is not None and timing != mine and isinstance(timing, sort):
            return other
    return None


def other_periods(period: Period) -> Iterator[Period]:
    """The next shorter and the next longer one."""
    order = list(Period)
    at = order.index(period)
    yield from (order[n] for n in (at - 1, at + 1) if 0 <= n < len(order))
