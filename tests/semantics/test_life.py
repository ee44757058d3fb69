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


def test_while_the_clock_stands_still_there_is_no_due_date(tmp_path: Path) -> None:
    """Budget used before the stop: 2 of 24 hours; the other 22 run from the resumption."""
    stop, resume = act("suspension", "2024-03-01T12:00", rule="d"), act("resumption", "2024-03-05T12:00", rule="d")
    seen = [owed(tmp_path / day, DUTY, [LOST, stop], f"2024-03-{day}T00:00").deadline for day in ("03", "04")]
    assert [(d.due, d.latest, d.state) for d in seen] == [(None, None, "stopped")] * 2
    after = owed(tmp_path / "after", DUTY, [LOST, stop, resume], "2024-03-05T13:00").deadline
    assert (after.due, after.state) == (datetime.fromisoformat("2024-03-06T10:00+01:00"), "set")


def test_a_duty_that_was_never_due_has_no_clock_to_stop(tmp_path: Path) -> None:
    stop = act("suspension", "2024-03-01T12:00", rule="d")
    found = owed(tmp_path, DUTY.replace("by: {hours: 24}\n", ""), [LOST, stop], "2024-03-10T00:00")
    assert (found.status, found.deadline.state) == ("suspended", "unstated")


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


# --- clocks that stop ---------------------------------------------------------------------------------


def stopped(start: str, end: str | None = None, **named: str) -> list[dict[str, object]]:
    named = named or {"rule": "d"}
    return [act("suspension", start, **named), *([act("resumption", end, **named)] if end else [])]


def test_what_is_stopped_only_after_it_was_due_stays_overdue(tmp_path: Path) -> None:
    assert status(tmp_path, DUTY, [LOST, *stopped("2024-03-03T10:00")], "2024-03-09T00:00") == "overdue"


def test_an_act_in_time_for_the_stopped_clock_is_done(tmp_path: Path) -> None:
    events = [LOST, *stopped("2024-03-01T12:00", "2024-03-05T12:00"), done("2024-03-06T09:00")]
    assert status(tmp_path, DUTY, events, "2024-03-09T00:00") == "done"


@pytest.mark.parametrize("now", ["2024-06-15T13:00", "2024-06-17T13:00", "2024-09-01T00:00"])
def test_what_is_done_while_the_clock_stands_still_is_done_in_time_once_and_for_all(tmp_path: Path, now: str) -> None:
    """It was due on Friday, the clock stopped that day, and it was done on Saturday."""
    report = LOST | {"at": "2024-06-11T10:00"}
    events = [report, *stopped("2024-06-14T10:00"), done("2024-06-15T12:00")]
    found = owed(tmp_path, WORK, events, now)
    assert (found.status, found.deadline.due) == ("done", datetime.fromisoformat("2024-06-15T00:00+02:00"))


def test_a_clock_stopped_in_a_period_may_go_on_after_it(tmp_path: Path) -> None:
    rules = RECURRING.replace("every: year", "every: quarter").replace(
        "window: {opens: 12-11, due: 12-15, latest: 12-20}\n", ""
    )
    events = [{**event, "case": None} for event in stopped("2024-03-30T10:00", "2024-04-03T10:00")]
    engine = Engine(pack_with(tmp_path, rules), now=datetime.fromisoformat("2024-04-04T10:00+02:00"))
    engine.submit_all(events)
    (first, second) = engine.obligations(rule="d")
    assert (first.period, first.status, first.deadline.due) == (
        "2024-Q1",
        "active",
        datetime.fromisoformat("2024-04-05T00:00+02:00"),
    )
    assert second.status == "active"


def test_an_act_that_names_the_very_obligation_reaches_it_after_its_period(tmp_path: Path) -> None:
    waived = act(
        "waiver", "2025-02-01", obligation="bylaws-2024/d/harbour-library/2024", case=None, authority="order 7"
    )
    engine = Engine(pack_with(tmp_path, RECURRING), now=datetime.fromisoformat("2025-03-01T10:00+01:00"))
    engine.submit(waived)
    assert {o.period: o.status.value for o in engine.obligations(rule="d")} == {"2024": "waived", "2025": "pending"}


# --- lifted and contested -----------------------------------------------------------------------------

LIFT = act("waiver", "2024-03-03T12:00", rule="d", authority="order 7")
CONTEST = act("dispute", "2024-03-03T12:00", rule="d", reason="not ours")
BROKEN = act("violated", "2024-03-02T10:00", action="send_reminder")


@pytest.mark.parametrize(
    ("title", "rules", "events"),
    [
        ("waived while undecided", UNDECIDED, [LOST, LIFT]),
        ("disputed while undecided", UNDECIDED, [LOST, CONTEST]),
        ("waived though breached", STRICT, [LOST, LIFT]),
        ("disputed though the forbidden was done", BAN, [LOST, BROKEN, CONTEST]),
        ("disputed: a prohibition", BAN, [LOST, CONTEST]),
        ("waived: a permission", DUTY.replace("must:", "may:").replace("by: {hours: 24}\n", ""), [LOST, LIFT]),
        ("waived: a waiver ends the dispute", DUTY, [LOST, CONTEST, LIFT]),
        ("done: nothing is left to waive or dispute", DUTY, [LOST, done("2024-03-01T12:00"), LIFT, CONTEST]),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "",
)
def test_a_recorded_act_lifts_or_contests_whatever_holds(
    tmp_path: Path, title: str, rules: str, events: list[dict[str, object]]
) -> None:
    assert status(tmp_path, rules, events, "2024-03-09T00:00") == title.split(maxsplit=1)[0].rstrip(":")


@pytest.mark.parametrize("contested", [LIFT, CONTEST])
def test_what_is_lifted_or_contested_sets_off_no_consequence(tmp_path: Path, contested: dict[str, object]) -> None:
    rules = CONSEQUENCE.replace("must: send", "must_not: send").replace("by: {hours: 24}\n", "")
    engine = Engine(pack_with(tmp_path, rules), now=datetime.fromisoformat("2024-03-09T00:00+01:00"))
    engine.submit_all([LOST, BROKEN, contested])
    assert engine.obligations(rule="c") == ()


def test_performance_stays_visible_while_it_is_undecided_whether_it_was_owed(tmp_path: Path) -> None:
    found = owed(tmp_path, UNDECIDED, [LOST, done("2024-03-01T12:00")], "2024-03-09T00:00")
    assert (found.status, found.performed_by) == ("undecided", (BRANCH,))


# --- norms that stand ---------------------------------------------------------------------------------

STANDING = "id: d\nmust_not: lend_rare_books\nbearer: {each: branch}\nalways: true\nbreach: rare_lent_out\n"


def lent(number: int, at: str, place: str = "hill-library", **more: object) -> dict[str, object]:
    return {"id": f"lent-{number}", "case": "c", "type": "rare_lent_out", "at": at, "place": place, **more}


def test_a_standing_norm_stays_in_force_though_it_was_breached(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, STANDING), now=datetime.fromisoformat("2024-04-01T00:00+02:00"))
    engine.submit(lent(1, "2024-03-01T10:00"))
    assert [(o.nature, o.case, o.bearer.id, o.status) for o in engine.obligations(rule="d")] == [
        ("standing", None, "harbour-library", "in_force"),
        ("standing", None, "hill-library", "in_force"),
        ("triggered", "c", "hill-library", "breached"),
    ]


def test_each_breach_of_a_standing_norm_has_its_own_moment(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, STANDING), now=datetime.fromisoformat("2024-04-01T00:00+02:00"))
    engine.submit_all([lent(1, "2024-03-01T10:00"), lent(2, "2024-03-05T10:00")])
    assert [(o.triggered_by, o.breached_at) for o in engine.obligations(case="c")] == [
        (("lent-1",), datetime.fromisoformat("2024-03-01T10:00+01:00")),
        (("lent-2",), datetime.fromisoformat("2024-03-05T10:00+01:00")),
    ]


def test_a_breach_that_points_at_no_unit_is_a_question_and_not_lost(tmp_path: Path) -> None:
    found = owed(tmp_path, STANDING.replace("{each: branch}", "{unit: harbour-library}"), [], "2024-04-01T00:00")
    assert found.status == "in_force"
    engine = Engine(pack_with(tmp_path / "reported", STANDING))
    engine.submit(lent(1, "2024-03-01T10:00", place="harbour"))
    (breach,) = engine.obligations(case="c")
    assert (breach.status, breach.bearer.routed, [q.fact for q in breach.questions]) == (
        "undecided",
        False,
        ["event.by"],
    )


def test_a_breach_nobody_can_tell_yet_is_undecided_and_asked_about(tmp_path: Path) -> None:
    rules = STANDING.replace(
        "breach: rare_lent_out", 'breach: {event: rare_lent_out, where: event.kind == "rare book"}'
    )
    engine = Engine(pack_with(tmp_path, rules))
    engine.submit_all([lent(1, "2024-03-01T10:00"), lent(2, "2024-03-01T10:00", kind="film")])
    (found,) = engine.obligations(case="c")
    assert (found.triggered_by, found.status) == (("lent-1",), "undecided")
    assert [q.fact for q in found.questions] == ["event.kind"]


def test_the_breach_of_a_unit_that_does_not_bear_the_norm_is_none(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, STANDING))
    engine.submit(lent(1, "2024-03-01T10:00", place="harbour", by="head-office"))
    assert engine.obligations(case="c") == ()


# --- hand-over, and bearers together ------------------------------------------------------------------


def test_only_the_recipient_can_acknowledge(tmp_path: Path) -> None:
    own = act("receipt", "2024-03-01T13:00", rule="d")
    found = owed(tmp_path, HAND, [LOST, done("2024-03-01T12:00"), own], "2024-03-01T15:00")
    assert (found.status, found.handover_open) == ("active", True)


def test_what_is_handed_over_was_done_by_its_bearer_and_complete_with_the_receipt(tmp_path: Path) -> None:
    receipt = act("receipt", "2024-03-01T13:00", by="head-office", rule="d")
    found = owed(tmp_path, HAND, [LOST, done("2024-03-01T12:00"), receipt], "2024-03-09T00:00")
    assert (found.performed_by, found.performed_at) == ((BRANCH,), datetime.fromisoformat("2024-03-01T13:00+01:00"))
    assert not found.handover_open


def test_a_receipt_that_comes_late_completes_it_late(tmp_path: Path) -> None:
    receipt = act("receipt", "2024-03-03T13:00", by="head-office", rule="d")
    assert status(tmp_path, HAND, [LOST, done("2024-03-01T12:00"), receipt], "2024-03-09T00:00") == "done_late"


def test_bearers_owe_together_only_what_was_raised_for_them_together(tmp_path: Path) -> None:
    """Two reports, one at each branch: the act of one does not discharge what the other's report raised."""
    rules = DUTY + "per: event\njointly: any\n"
    engine = Engine(pack_with(tmp_path, rules))
    second = LOST | {"id": "e2", "at": "2024-03-01T11:00", "place": "hill"}
    engine.submit_all([LOST, second, done("2024-03-01T12:00", by="hill-library")])
    assert {o.bearer.id: o.status.value for o in engine.obligations(rule="d")} == {
        "harbour-library": "active",
        "hill-library": "done",
    }


# --- consequences -------------------------------------------------------------------------------------


def test_a_consequence_counts_from_the_first_failure(tmp_path: Path) -> None:
    """The duty was missed on the 2nd; that what it forbids was done as well on the 5th changes nothing."""
    rules = CONSEQUENCE.replace("by: {hours: 24}\n", "by: {hours: 24}\nbreach: item_lost\n")
    found = owed(tmp_path, rules, [LOST, act("item_lost", "2024-03-05T10:00")], "2024-03-09T00:00", rule="c")
    assert found.deadline.due == datetime.fromisoformat("2024-03-13T00:00+01:00")


def test_what_was_overdue_when_it_came_to_light_was_missed_then(tmp_path: Path) -> None:
    rules = CONSEQUENCE.replace("by: {hours: 24}", "by: {hours: 24, from: event}")
    found = owed(tmp_path, rules, [LOST | {"known_at": "2024-03-20T10:00"}], "2024-03-25T00:00", rule="c")
    assert found.deadline.due == datetime.fromisoformat("2024-03-31T00:00+01:00")


def test_what_was_breached_before_it_was_due_sets_off_its_consequence_then(tmp_path: Path) -> None:
    rules = CONSEQUENCE.replace("by: {hours: 24}\n", "by: {days: 30}\nbreach: item_lost\n")
    found = owed(tmp_path, rules, [LOST, act("item_lost", "2024-03-05T10:00")], "2024-05-09T00:00", rule="c")
    assert found.deadline.due == datetime.fromisoformat("2024-03-16T00:00+01:00")


def test_a_duty_that_is_kept_up_is_not_missed_when_its_time_is_over(tmp_path: Path) -> None:
    rules = CONSEQUENCE.replace("by: {hours: 24}\n", "by: {hours: 24}\nkind: maintenance\n")
    engine = Engine(pack_with(tmp_path, rules), now=datetime.fromisoformat("2024-03-09T00:00+01:00"))
    engine.submit(LOST)
    assert [(o.rule, o.status) for o in engine.obligations(case="c")] == [("d", "in_force")]


def test_a_consequence_has_its_exceptions_too(tmp_path: Path) -> None:
    rules = CONSEQUENCE + "unless: subject.age > 60\n"
    engine = Engine(pack_with(tmp_path, rules), now=datetime.fromisoformat("2024-03-09T00:00+01:00"))
    engine.submit({**LOST, "age": 70})
    assert engine.obligations(rule="c") == ()


def test_of_two_consequences_the_special_one_goes_before(tmp_path: Path) -> None:
    special = (
        CONSEQUENCE.split("---\n")[1]
        .replace("id: c", "id: s")
        .replace("must:", "must_not:")
        .replace("by: {days: 10}\n", "")
    )
    rules = CONSEQUENCE.replace("then: c", "then: [c, s]") + "---\n" + special + "overrides: c\n"
    engine = Engine(pack_with(tmp_path, rules), now=datetime.fromisoformat("2024-03-09T00:00+01:00"))
    engine.submit(LOST)
    assert {o.rule for o in engine.obligations(case="c")} == {"d", "s"}


# --- units that change --------------------------------------------------------------------------------

MERGED = "reorganisations:\n  - {on: 2024-04-01, merge: [harbour-library], into: hill-library, authority: order 9}"


def test_an_act_is_judged_by_the_units_of_its_own_day(tmp_path: Path) -> None:
    """Before it takes the other over, the later successor acts for itself only."""
    engine = Engine(pack_with(tmp_path, DUTY, units=MERGED), now=datetime.fromisoformat("2024-05-01T00:00+02:00"))
    engine.submit_all([LOST, done("2024-03-01T12:00", by="hill-library")])
    assert {o.bearer.id: o.status.value for o in engine.obligations(rule="d")} == {
        "harbour-library": "transferred",
        "hill-library": "overdue",
    }


def test_a_moved_duty_has_the_successor_s_name_in_the_third_part_of_its_id_only(tmp_path: Path) -> None:
    rules = DUTY.replace("id: d", "id: harbour-library")
    engine = Engine(pack_with(tmp_path, rules, units=MERGED), now=datetime.fromisoformat("2024-05-01T00:00+02:00"))
    engine.submit({**LOST, "case": "harbour-library"})
    assert {o.id for o in engine.obligations(case="harbour-library")} == {
        "bylaws-2024/harbour-library/harbour-library/harbour-library",
        "bylaws-2024/harbour-library/hill-library/harbour-library",
    }


def test_an_act_may_name_a_moved_duty_as_its_new_desk_sees_it(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, DUTY, units=MERGED), now=datetime.fromisoformat("2024-05-01T00:00+02:00"))
    engine.submit(LOST)
    (moved,) = engine.obligations(unit="hill-library", rule="d")
    assert moved.status == "overdue"
    engine.submit(act("waiver", "2024-04-15T12:00", by="head-office", obligation=moved.id, authority="order 10"))
    assert [o.status for o in engine.obligations(rule="d")] == ["waived"]


def test_what_a_successor_takes_over_is_owed_beside_its_own(tmp_path: Path) -> None:
    """It did its own before; the other's is still to be done, and has not gone away."""
    rules = DUTY.replace("{role: branch, place: event.place}", "[{unit: harbour-library}, {unit: hill-library}]")
    engine = Engine(pack_with(tmp_path, rules, units=MERGED), now=datetime.fromisoformat("2024-05-01T00:00+02:00"))
    engine.submit_all([LOST, done("2024-03-01T12:00", by="hill-library")])
    own, left = "bylaws-2024/d/hill-library/c", "bylaws-2024/d/harbour-library/c"
    assert {o.id: (o.status.value, o.transferred_to) for o in engine.obligations(rule="d")} == {
        left: ("transferred", f"{own}/from/harbour-library"),
        own: ("done", None),
        f"{own}/from/harbour-library": ("overdue", None),
    }
    engine.submit(done("2024-04-20T12:00", by="hill-library"))
    assert {o.status.value for o in engine.obligations(unit="hill-library", rule="d")} == {"done", "done_late"}


@pytest.mark.parametrize(("rules", "events"), [(BAN, [LOST, BROKEN]), (STRICT, [LOST])])
def test_what_a_unit_breached_before_it_ceased_stays_its_own(
    tmp_path: Path, rules: str, events: list[dict[str, object]]
) -> None:
    found = owed(tmp_path, rules, events, "2024-05-01T00:00", units=MERGED)
    assert (found.bearer.id, found.status) == (BRANCH, "breached")


def test_what_is_asked_about_a_moved_duty_is_asked_once_of_its_new_desk(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, UNDECIDED, units=MERGED), now=datetime.fromisoformat("2024-05-01T00:00+02:00"))
    engine.submit(LOST)
    assert [q.obligation for q in engine.answer(agenda=False).questions] == ["bylaws-2024/d/hill-library/c"]
