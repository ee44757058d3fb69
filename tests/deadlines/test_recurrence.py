"""Periods by the calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.deadlines.recurrence import spans
from remit.model.terms import Period


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (Period.YEAR, ["2023", "2024"]),
        (Period.HALF_YEAR, ["2023-H1", "2023-H2", "2024-H1"]),
        (Period.QUARTER, ["2023-Q2", "2023-Q3", "2023-Q4", "2024-Q1"]),
        (
            Period.MONTH,
            [
                "2023-05",
                "2023-06",
                "2023-07",
                "2023-08",
                "2023-09",
                "2023-10",
                "2023-11",
                "2023-12",
                "2024-01",
                "2024-02",
            ],
        ),
    ],
)
def test_every_period_that_is_touched(period: Period, expected: list[str]) -> None:
    assert [span.id for span in spans(period, date(2023, 5, 6), date(2024, 2, 29))] == expected


@given(st.sampled_from(Period), st.dates(date(1, 1, 1), date(9999, 12, 31)), st.integers(0, 2_000))
def test_periods_follow_each_other_without_a_gap(period: Period, since: date, length: int) -> None:
    until = min(date.max, date.fromordinal(min(since.toordinal() + length, date.max.toordinal())))
    found = spans(period, since, until)
    assert found[0].opens <= since
    assert found[-1].last >= until
    for one, after in zip(found, found[1:], strict=False):
        assert one.last + timedelta(days=1) == after.opens
