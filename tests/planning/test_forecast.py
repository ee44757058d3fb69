"""A year played again: which cases, moved by how much, counted where."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from made import LIBRARY, pack_with
from remit import Pack
from remit.planning.forecast import Clash, forecast, of_unit

FIRST, LAST = date(2025, 1, 1), date(2025, 12, 31)
COUNT = (
    "id: r\nmust: count_stock\nbearer: {each: branch}\nevery: month\nwindow: {opens: 01-01, due: 01-05, latest: 01-05}"
)
REMIND = "id: r\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\nby: {days: 3}"
LATE = {"type": "item_overdue", "place": "hill", "days_late": 20}


def case(pack: Pack, name: str, day: str, **more: object) -> tuple:
    return (pack.event({"id": f"{name}-1", "at": day, **LATE, **more}, case=name),)


def week_of(found: object, day: date) -> int:
    return found.weeks.index(day - timedelta(days=day.weekday()))


def test_a_case_is_played_again_on_the_same_weekday(tmp_path: Path) -> None:
    """Tuesday 2024-05-07 becomes Tuesday 2025-05-06; three days later it falls due."""
    pack = pack_with(tmp_path, REMIND)
    found = forecast(pack, case(pack, "c", "2024-05-07"), FIRST, LAST)
    (load,) = (u for u in found.units if u.total)
    assert (load.unit, load.total, load.weeks[week_of(found, date(2025, 5, 9))]) == ("hill-library", 1, 1)


def test_cases_of_an_older_year_are_left_out_and_said(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    found = forecast(pack, (*case(pack, "old", "2023-01-02"), *case(pack, "new", "2024-05-07")), FIRST, LAST)
    assert (found.replayed, found.left_out, found.by_week.count(1)) == (1, 1, 1)


def test_a_year_that_lies_across_two_years_is_whole_in_the_forecast(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    events = (*case(pack, "autumn", "2023-10-10"), *case(pack, "spring", "2024-05-07"))
    assert sum(forecast(pack, events, FIRST, LAST).by_week) == 2


def test_what_was_done_last_time_is_work_all_the_same(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    done = pack.event({"id": "d", "type": "performed", "at": "2024-05-08", "action": "send_reminder", "by": "hill-library"}, case="c")  # fmt: skip
    assert sum(forecast(pack, (*case(pack, "c", "2024-05-07"), done), FIRST, LAST).by_week) == 1


def test_a_retracted_report_is_no_work(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    gone = pack.event({"id": "d", "type": "retraction", "at": "2024-05-08", "of": "c-1"}, case="c")
    assert sum(forecast(pack, (*case(pack, "c", "2024-05-07"), gone), FIRST, LAST).by_week) == 0


def test_recurring_duties_need_no_record_and_their_consequences_are_not_supposed() -> None:
    found = forecast(Pack.load(LIBRARY), (), FIRST, LAST)
    assert (found.since, found.replayed) == (None, 0)
    assert [(u.unit, u.total, u.standing) for u in found.units] == [("harbour-library", 2, 1), ("hill-library", 2, 1)]


def test_a_deadline_on_a_day_of_rest_collides(tmp_path: Path) -> None:
    """Due on Saturday 2024-05-11, once the notice of the year is there."""
    pack = pack_with(tmp_path, REMIND)
    found = forecast(pack, case(pack, "c", "2024-05-08"), date(2024, 5, 1), date(2024, 5, 31))
    assert [(c.last, c.clash, c.reason) for c in found.collisions] == [
        (date(2024, 5, 11), Clash.ON_HOLIDAY, "Saturday")
    ]


def test_a_time_without_any_working_day_is_worse(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND.replace("days: 3", "hours: 24"))
    found = forecast(pack, case(pack, "c", "2024-05-11T09:00"), date(2024, 5, 1), date(2024, 5, 31))
    assert [(c.last, c.clash) for c in found.collisions] == [(date(2024, 5, 12), Clash.NO_WORKING_DAY)]


def test_an_unpublished_year_is_said_and_never_guessed(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    found = forecast(pack, case(pack, "c", "2024-05-08"), date(2031, 1, 1), date(2031, 12, 31))
    assert found.unpublished == (2031,)
    assert [(c.clash, c.reason) for c in found.collisions] == [(Clash.UNPUBLISHED, "2031")]


def test_a_peak_is_twice_the_mean_and_three_at_least(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    events = tuple(e for n in range(3) for e in case(pack, f"c{n}", "2024-05-07"))
    (load,) = (u for u in forecast(pack, events, FIRST, LAST).units if u.total)
    assert load.peaks == (load.weeks.index(3),)
    (two,) = (u for u in forecast(pack, events[:2], FIRST, LAST).units if u.total)
    assert two.peaks == ()


def test_of_one_unit_only_its_load_is_left(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    found = forecast(pack, case(pack, "c", "2024-05-08"), date(2024, 5, 1), date(2024, 5, 31))
    other = of_unit(found, "harbour-library")
    assert (sum(other.by_week), other.collisions) == (0, ())


def test_the_same_records_give_the_same_forecast_in_any_order(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, REMIND)
    events = (*case(pack, "a", "2024-05-08"), *case(pack, "b", "2024-03-08"))
    assert forecast(pack, events, FIRST, LAST) == forecast(pack, events[::-1], FIRST, LAST)
