"""`zone` and `calendar` of a place: inherited, counted by, shown in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from made import LIBRARY, edited
from remit import Engine, Pack
from remit.comparison.compare import compare
from remit.explain.report import obligation_json

PLACES = "facts/places.yaml"
HILL = "hill: {label: Hill, level: branch, in: norrtown}"
AWAY = "hill: {label: Hill, level: branch, in: norrtown, zone: Pacific/Auckland, calendar: island}\nhut: {label: Hut, level: branch, in: hill}"
ISLAND = """calendar: island
year: 2024
document: days off on the island, 2024
holidays: {Founders: [2024-06-05]}
"""
#: Half past one in the night of the 7th, in Norrtown the afternoon of the 6th.
LOST = {"type": "item_lost", "at": "2024-05-06T13:30:00+00:00", "kind": "book"}


def island(folder: Path, places: str = AWAY) -> Path:
    folder.mkdir()
    root = edited(folder, PLACES, HILL, places)
    (root / "facts" / "calendars").mkdir(exist_ok=True)
    (root / "facts" / "calendars" / "island.yaml").write_text(ISLAND, "utf-8")
    return root


def test_a_place_has_the_zone_and_the_calendar_of_the_place_it_lies_in(tmp_path: Path) -> None:
    calendar = Pack.load(island(tmp_path / "a")).calendar
    assert calendar.at("hut") is calendar.at("hill")
    assert (str(calendar.at("hut").zone), calendar.at("hut").years[2024].document) == ("Pacific/Auckland", "days off on the island, 2024")  # fmt: skip
    assert calendar.at("harbour") is calendar
    assert set(calendar.local) == {"hill", "hut"}


def test_a_place_may_have_a_zone_of_its_own_and_the_days_off_of_the_pack(tmp_path: Path) -> None:
    calendar = Pack.load(island(tmp_path / "a", HILL.replace("}", ", zone: Pacific/Auckland}"))).calendar
    assert calendar.at("hill").years is calendar.years


def test_days_are_counted_and_shown_where_the_bearer_is(tmp_path: Path) -> None:
    pack = Pack.load(island(tmp_path / "a"))
    engine = Engine(pack)
    for number, place in enumerate(("hill", "harbour")):
        engine.submit(LOST | {"id": f"e{number}", "case": place, "by": f"{place}-library", "place": place})
    shown = {o.bearer.place: obligation_json(o, pack, with_why=False) for o in engine.obligations() if o.rule == "a2.charge"}  # fmt: skip
    # the 30th day is a holiday on the island
    assert shown["hill"]["due"] == "2024-06-07T00:00:00+12:00"
    assert shown["hill"]["due_on"] == "2024-06-06"
    assert shown["hill"]["calendars"] == ["days off on the island, 2024"]
    assert shown["harbour"]["due_on"] == "2024-06-05"


def test_a_period_begins_and_ends_by_the_clock_of_the_bearer(tmp_path: Path) -> None:
    pack = Pack.load(island(tmp_path / "a"))
    engine = Engine(pack)
    engine.advance(datetime.fromisoformat("2024-07-20T12:00:00+02:00"))
    due = {o.bearer.place: o.deadline.due for o in engine.obligations() if o.rule == "a3.count" and o.period == "2024-H1"}  # fmt: skip
    assert due["hill"] == datetime.fromisoformat("2024-07-01T00:00:00+12:00")
    assert due["harbour"] != due["hill"]


@pytest.mark.parametrize("hour", [-13, -12, -11, -2, -1, 0, 1, 12])
def test_an_act_counts_for_the_period_that_runs_where_the_bearer_is(tmp_path: Path, hour: int) -> None:
    """It is July on the island from 12:00 UTC of the eve on, in Norrtown from 22:00."""
    engine = Engine(Pack.load(island(tmp_path / "a")))
    at = datetime(2024, 7, 1, tzinfo=UTC) + timedelta(hours=hour)
    for place in ("hill", "harbour"):
        engine.submit({"id": place, "type": "stock_counted", "at": at.isoformat(), "by": f"{place}-library", "place": place})  # fmt: skip
    engine.advance(datetime(2024, 7, 20, tzinfo=UTC))
    counted = {(o.bearer.place, o.period) for o in engine.obligations() if o.rule == "a3.count" and o.performed_at}
    assert counted == {("hill", "2024-H1" if hour < -12 else "2024-H2"), ("harbour", "2024-H1" if hour < -2 else "2024-H2")}  # fmt: skip
    told = [(o.id, o.status, o.deadline.due, o.performed_at) for o in engine.answer().obligations]
    assert [(o.id, o.status, o.deadline.due, o.performed_at) for o in engine.obligations()] == told


def test_another_zone_or_calendar_is_a_change_of_the_place(tmp_path: Path) -> None:
    changes = compare(Pack.load(LIBRARY), Pack.load(island(tmp_path / "a"))).changes
    told = {(c.kind, c.subject, c.name, c.part) for c in changes}
    assert {("changed", "place", "hill", "zone"), ("changed", "place", "hill", "calendar"), ("added", "calendar", "island 2024", None)} <= told  # fmt: skip
