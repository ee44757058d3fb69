"""Every status, and each way into it, as docs/semantics.md describes them."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from made import pack_with
from remit import Engine

DUTY = """
id: d
must: send_reminder
bearer: {role: branch, place: event.place}
on: item_overdue
by: {hours: 24}
"""
LOST = {"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-03-01T10:00", "place": "harbour", "days_late": 20}
BRANCH = "harbour-library"


def act(kind: str, at: str, by: str | None = BRANCH, **more: object) -> dict[str, object]:
    fields = {"id": f"{kind}-{at}", "case": "c", "type": kind, "at": at, **more}
    return fields | ({"by": by} if by else {})


def done(at: str, **more: object) -> dict[str, object]:
    return act("performed", at, action="send_reminder", **more)


def status(tmp_path: Path, rules: str, events: list[dict[str, object]], now: str, rule: str = "d", **facts: str) -> str:
    return owed(tmp_path, rules, events, now, rule, **facts).status.value


def owed(tmp_path: Path, rules: str, events: list[dict[str, object]], now: str, rule: str = "d", **facts: str):
    engine = Engine(pack_with(tmp_path, rules, **facts), now=datetime.fromisoformat(now + "+01:00"))
    engine.submit_all(events)
    found = [o for o in engine.obligations(rule=rule) if o.case == "c" or o.case is None]
    assert len(found) == 1, [o.id for o in found]
    return found[0]


WINDOW = DUTY.replace("by: {hours: 24}", "window: {opens: 12-11, due: 12-15, latest: 12-20}")
UNDECIDED = DUTY + "if: subject.age < 16\n"
STRICT = DUTY + "perdurant: false\n"
BAN = DUTY.replace("must:", "must_not:").replace("by: {hours: 24}\n", "")
HAND = DUTY + "to: {unit: head-office}\nhandover: true\n"
WORK = DUTY.replace("hours: 24", "working_days: 3")

LIVES = [
    ("active", DUTY, [LOST], "2024-03-02T09:00"),
    ("active at the very last moment", DUTY, [LOST], "2024-03-02T10:00"),
    ("overdue", DUTY, [LOST], "2024-03-02T10:01"),
    ("breached", STRICT, [LOST], "2024-03-02T10:01"),
    ("done", DUTY, [LOST, done("2024-03-02T10:00")], "2024-03-05T00:00"),
    ("done before it arose", DUTY, [LOST, done("2024-02-20T10:00")], "2024-03-05T00:00"),
    ("done_late", DUTY, [LOST, done("2024-03-02T10:01")], "2024-03-05T00:00"),
    ("breached though performed afterwards", STRICT, [LOST, done("2024-03-03T10:00")], "2024-03-05T00:00"),
    ("active: somebody else's act", DUTY, [LOST, done("2024-03-01T12:00", by="hill-library")], "2024-03-01T15:00"),
    ("active: nobody is said to have done it", DUTY, [LOST, done("2024-03-01T12:00", by=None)], "2024-03-01T15:00"),
    ("active: another action", DUTY, [LOST, act("performed", "2024-03-01T12:00", action="tell_guardian")], "2024-03-01T15:00"),
    ("active: in another case", DUTY, [LOST, {**done("2024-03-01T12:00"), "case": "other"}], "2024-03-01T15:00"),
    ("undecided", UNDECIDED, [LOST], "2024-03-09T00:00"),
    ("waived", DUTY, [LOST, act("waiver", "2024-03-01T12:00", rule="d", authority="order 7")], "2024-03-09T00:00"),
    ("disputed", DUTY, [LOST, act("dispute", "2024-03-01T12:00", rule="d", reason="not ours")], "2024-03-09T00:00"),
    ("suspended", DUTY, [LOST, act("suspension", "2024-03-01T12:00", rule="d", reason="flood")], "2024-03-09T00:00"),
    (
        "active after resumption: what was used is kept",
        DUTY,
        [LOST, act("suspension", "2024-03-01T12:00", rule="d"), act("resumption", "2024-03-05T12:00", rule="d")],
        "2024-03-06T10:00",
    ),
    (
        "overdue after resumption",
        DUTY,
        [LOST, act("suspension", "2024-03-01T12:00", rule="d"), act("resumption", "2024-03-05T12:00", rule="d")],
        "2024-03-06T10:01",
    ),
    ("withdrawn", DUTY, [LOST, act("retraction", "2024-03-01T12:00", of="e1")], "2024-03-09T00:00"),
    ("in_force", BAN, [LOST], "2024-03-09T00:00"),
    ("breached: the forbidden was done", BAN, [LOST, act("violated", "2024-03-02T10:00", action="send_reminder")], "2024-03-09T00:00"),
    ("in_force: a permission", DUTY.replace("must:", "may:").replace("by: {hours: 24}\n", ""), [LOST], "2025-03-09T00:00"),
    ("active: handed over, no receipt", HAND, [LOST, done("2024-03-01T12:00")], "2024-03-01T15:00"),
    (
        "done: the receipt is there",
        HAND,
        [LOST, done("2024-03-01T12:00"), act("receipt", "2024-03-01T13:00", by="head-office", rule="d")],
        "2024-03-09T00:00",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("title", "rules", "events", "now"), LIVES, ids=[row[0] for row in LIVES])
def test_status(tmp_path: Path, title: str, rules: str, events: list[dict[str, object]], now: str) -> None:
    assert status(tmp_path, rules, events, now) == title.split(maxsplit=1)[0].rstrip(":")


RECURRING = """
id: d
must: count_stock
bearer: {unit: harbour-library}
every: year
window: {opens: 12-11, due: 12-15, latest: 12-20}
"""


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2024-12-10T23:59", "pending"),
        ("2024-12-11T00:00", "active"),
        ("2024-12-16T00:00", "active"),
        ("2024-12-16T00:01", "overdue"),
        ("2024-12-21T00:00", "overdue"),
        ("2024-12-21T00:01", "breached"),
    ],
)
def test_a_window_opens_falls_due_and_closes(tmp_path: Path, now: str, expected: str) -> None:
    assert status(tmp_path, RECURRING, [], now) == expected


def test_a_breached_period_stays_breached_when_it_is_made_up_for(tmp_path: Path) -> None:
    late = {"id": "p", "type": "performed", "action": "count_stock", "at": "2024-12-30", "by": BRANCH, "period": "2024"}
    found = owed(tmp_path, RECURRING, [late], "2024-12-31T12:00")
    assert (found.status, found.performed_at is not None) == ("breached", True)


def test_the_open_hand_over_is_visible(tmp_path: Path) -> None:
    found = owed(tmp_path, HAND, [LOST, done("2024-03-01T12:00")], "2024-03-01T15:00")
    assert found.handover_open


def test_one_act_is_enough_where_any_may_do_it(tmp_path: Path) -> None:
    rules = DUTY.replace(
        "bearer: {role: branch, place: event.place}",
        "bearer: [{unit: harbour-library}, {unit: hill-library}]\njointly: any",
    )
    engine = Engine(pack_with(tmp_path, rules))
    engine.submit_all([LOST, done("2024-03-01T12:00")])
    assert {o.status for o in engine.obligations(rule="d")} == {"done"}


def test_each_owes_its_own_otherwise(tmp_path: Path) -> None:
    rules = DUTY.replace("{role: branch, place: event.place}", "[{unit: harbour-library}, {unit: hill-library}]")
    engine = Engine(pack_with(tmp_path, rules))
    engine.submit_all([LOST, done("2024-03-01T12:00")])
    assert {o.bearer.id: o.status for o in engine.obligations(rule="d")} == {
        "harbour-library": "done",
        "hill-library": "active",
    }


def test_the_report_that_raised_a_duty_does_not_discharge_it(tmp_path: Path) -> None:
    """A visit asks for the next visit; it is not that next visit."""
    rules = DUTY.replace("on: item_overdue", "on: item_returned\nper: event\ndone: item_returned")
    engine = Engine(pack_with(tmp_path, rules))
    engine.submit(act("item_returned", "2024-03-01T10:00", place="harbour"))
    assert [o.status for o in engine.obligations(rule="d")] == ["active"]
    engine.submit(act("item_returned", "2024-03-01T12:00", place="harbour"))
    assert [o.status for o in engine.obligations(rule="d")] == ["done", "active"]


def test_a_breach_is_laid_at_the_door_of_who_did_it(tmp_path: Path) -> None:
    rules = BAN.replace("{role: branch, place: event.place}", "[{unit: harbour-library}, {unit: hill-library}]")
    engine = Engine(pack_with(tmp_path, rules))
    engine.submit_all([LOST, act("violated", "2024-03-02T10:00", by="hill-library", action="send_reminder")])
    assert {o.bearer.id: o.status for o in engine.obligations(rule="d")} == {
        "harbour-library": "in_force",
        "hill-library": "breached",
    }


THEN = DUTY + "then: c\n---\nid: c\nmust: report_failure\nbearer: {role: branch, place: bearer.place}\nby: {days: 10}\n"
CONSEQUENCE = THEN.replace("\nid: c", "\nid: c\nquote: Words of the law.").replace(
    "id: d", "id: d\nquote: Words of the law."
)


def test_a_consequence_counts_from_the_failure(tmp_path: Path) -> None:
    found = owed(tmp_path, CONSEQUENCE, [LOST], "2024-03-03T00:00", rule="c")
    assert found.deadline.due == datetime.fromisoformat("2024-03-13T00:00+01:00")
    assert found.nature == "consequent"


def test_the_deadline_of_a_breach_s_consequence_does_not_move_with_the_clock(tmp_path: Path) -> None:
    rules = CONSEQUENCE.replace("must: send", "must_not: send").replace("by: {hours: 24}\n", "")
    events = [LOST, act("violated", "2024-03-02T10:00", action="send_reminder")]
    dues = {owed(tmp_path / day, rules, events, f"2024-03-{day}T00:00", rule="c").deadline.due for day in ("04", "09")}
    assert dues == {datetime.fromisoformat("2024-03-13T00:00+01:00")}


def test_a_duty_met_in_time_has_no_consequence(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, CONSEQUENCE), now=datetime.fromisoformat("2024-03-09T00:00+01:00"))
    engine.submit_all([LOST, done("2024-03-01T12:00")])
    assert engine.obligations(rule="c") == ()


def test_an_abolished_unit_s_duty_moves_to_its_successor(tmp_path: Path) -> None:
    moves = "reorganisations:\n  - {on: 2024-04-01, merge: [harbour-library], into: hill-library, authority: order 9}"
    pack = pack_with(tmp_path, WORK, units=moves)
    engine = Engine(pack, now=datetime.fromisoformat("2024-05-01T00:00+02:00"))
    engine.submit(LOST)
    found = {o.bearer.id: o for o in engine.obligations(rule="d")}
    assert found["harbour-library"].status == "transferred"
    assert (
        found["harbour-library"].transferred_to == found["hill-library"].id
        or found["harbour-library"].transferred_to == "hill-library"
    )
    assert found["hill-library"].status == "overdue"
    assert found["hill-library"].deadline.due == found["harbour-library"].deadline.due


def test_a_renamed_unit_keeps_its_duty_under_the_new_name(tmp_path: Path) -> None:
    moves = "reorganisations:\n  - {on: 2024-02-01, rename: harbour-library, label: Port Library}"
    engine = Engine(pack_with(tmp_path, DUTY, units=moves))
    engine.submit(LOST)
    assert [o.bearer.label.en for o in engine.obligations(rule="d")] == ["Port Library"]


def test_a_consequence_can_name_the_unit_that_failed(tmp_path: Path) -> None:
    rules = CONSEQUENCE.replace(
        "bearer: {role: branch, place: bearer.place}", "bearer: {unit: head-office}\nto: defaulter"
    )
    found = owed(tmp_path, rules, [LOST], "2024-03-03T00:00", rule="c")
    assert (found.bearer.id, [p.id for p in found.to]) == ("head-office", ["harbour-library"])
