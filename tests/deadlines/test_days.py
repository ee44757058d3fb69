"""Arithmetic on moments, where clocks are set forward and back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from remit.deadlines.days import later

#: Half an hour, two hours at once, none at all, and a day that was left out.
ZONES = [ZoneInfo(name) for name in ("Europe/Berlin", "Australia/Lord_Howe", "Asia/Shanghai", "Pacific/Apia", "UTC")]


@given(
    at=st.datetimes(datetime(2010, 1, 1), datetime(2026, 12, 31)),
    zone=st.sampled_from(ZONES),
    fold=st.integers(0, 1),
    passed=st.timedeltas(timedelta(days=-400), timedelta(days=400)),
)
@example(datetime(2024, 10, 27, 2, 30), ZONES[0], 1, timedelta(0))
@example(datetime(2024, 10, 27, 1, 30), ZONES[0], 0, timedelta(hours=1))
@example(datetime(2024, 10, 27, 1, 30), ZONES[0], 0, timedelta(hours=2))
@example(datetime(2024, 3, 31, 1, 30), ZONES[0], 0, timedelta(hours=1))
def test_so_much_time_lies_between_whatever_was_done_to_the_clocks(
    at: datetime, zone: ZoneInfo, fold: int, passed: timedelta
) -> None:
    """Both moments are seen in UTC: within one zone Python compares what the clocks show."""
    start = at.replace(tzinfo=zone, fold=fold)
    end = later(start, passed)
    assert end.tzinfo is zone
    assert end.astimezone(UTC) - start.astimezone(UTC) == passed
    assert end == end.astimezone(UTC).astimezone(zone)
