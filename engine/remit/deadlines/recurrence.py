"""The periods of `every`: calendar years, half-years, quarters, months."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import MAXYEAR, date, timedelta

from remit.model.records import record
from remit.model.terms import Period

MONTHS: Mapping[Period, int] = {
    Period.YEAR: 12,
    Period.HALF_YEAR: 6,
    Period.QUARTER: 3,
    Period.MONTH: 1,
}


@record
class Span:
    """One period: `id` such as `2024`, `2024-H1`, `2024-Q3`, `2024-05`; first and last day, both in it."""

    id: str
    opens: date
    last: date


def spans(period: Period, since: date, until: date) -> tuple[Span, ...]:
    """Every period that touches the days from `since` to `until`, in order.

    >>> [span.id for span in spans(Period.HALF_YEAR, date(2023, 5, 6), date(2024, 1, 1))]
    ['2023-H1', '2023-H2', '2024-H1']
    """
    found = []
    months = MONTHS[period]
    number = (since.year * 12 + since.month - 1) // months
    last = (until.year * 12 + until.month - 1) // months
    while number <= last:
        found.append(span(period, number, months))
        number += 1
    return tuple(found)


def span(period: Period, number: int, months: int) -> Span:
    """The period with this running number, counted from year 0."""
    year, month = divmod(number * months, 12)
    opens = date(year, month + 1, 1)
    after_year, after_month = divmod((number + 1) * months, 12)
    last = date(MAXYEAR, 12, 31) if after_year > MAXYEAR else date(after_year, after_month + 1, 1) - timedelta(days=1)
    match period:
        case Period.YEAR:
            name = f"{year:04d}"
        case Period.HALF_YEAR:
            name = f"{year:04d}-H{month // 6 + 1}"
        case Period.QUARTER:
            name = f"{year:04d}-Q{month // 3 + 1}"
        case Period.MONTH:
            name = f"{year:04d}-{month + 1:02d}"
    return Span(name, opens, last)
