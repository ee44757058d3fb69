"""Duties as iCalendar, read back with the library that calendars are read with."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import icalendar

from made import pack_with
from publishing_made import RULES, desk
from remit import Pack
from remit.publishing.export import Order

ROOT = Path(__file__).parents[2]


def todos(content: bytes) -> dict[str, object]:
    return {str(item["uid"]): item for item in icalendar.Calendar.from_ical(content).walk("VTODO")}


def test_every_duty_due_in_the_time_is_a_todo_under_its_id(tmp_path: Path) -> None:
    made = desk(pack_with(tmp_path, RULES))
    found = todos(Order("calendar", "ics").bytes(made, "hill-library")[1])
    assert "bylaws-2024/count/hill-library/2024-H2@library.remit" in found
    assert len(found) == 5  # two half-years, two reminders, one hand-over


def test_a_deadline_at_midnight_stands_on_its_own_day(tmp_path: Path) -> None:
    """24:00 of 6 June; calendars show midnight on the 7th."""
    made = desk(pack_with(tmp_path, RULES))
    item = todos(Order("calendar", "ics").bytes(made, "hill-library")[1])[
        "bylaws-2024/remind/hill-library/b@library.remit"
    ]
    due = item["due"].dt
    assert due.replace(tzinfo=None) == datetime(2024, 6, 6, 23, 59, 59)
    assert due.utcoffset() == timedelta(hours=2)
    assert item["due"].params["TZID"] == "Europe/Stockholm"
    assert item["dtstart"].dt <= due


def test_what_is_done_is_completed_and_needs_no_alarm(tmp_path: Path) -> None:
    found = todos(Order("calendar", "ics").bytes(desk(pack_with(tmp_path, RULES)), "hill-library")[1])
    done = found["bylaws-2024/remind/hill-library/a@library.remit"]
    assert (str(done["status"]), done.walk("VALARM")) == ("COMPLETED", [])
    open_one = found["bylaws-2024/remind/hill-library/b@library.remit"]
    assert str(open_one["status"]) == "NEEDS-ACTION"
    (alarm,) = open_one.walk("VALARM")
    assert alarm["trigger"].dt == timedelta(hours=-23, minutes=-59)
    assert alarm["trigger"].params["RELATED"] == "END"


def test_the_description_has_the_words_and_what_discharges_it(tmp_path: Path) -> None:
    item = next(
        iter(todos(Order("calendar", "ics").bytes(desk(pack_with(tmp_path, RULES)), "hill-library")[1]).values())
    )
    assert "“Words of the law.”" in str(item["description"])
    assert "discharged by:" in str(item["description"])


def test_the_shipped_pack_s_calendar_reads_back_with_its_zone() -> None:
    made = desk(Pack.load(ROOT), language="zh")
    content = Order("calendar", "ics").bytes(made, "xihe.police")[1]
    calendar = icalendar.Calendar.from_ical(content)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert len(todos(content)) > 5
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
