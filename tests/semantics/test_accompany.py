"""`by: {with: …}`: what accompanies an act is due when that is done, and else when that is due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from made import pack_with
from remit import Engine, Pack, PackError
from remit.live.evaluator import LiveEvaluator
from remit.model.obligation import Obligation
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law

NOTICE = """
id: n
must: send_reminder
bearer: {role: branch, place: event.place}
on: item_overdue
by: {hours: 24}
"""
BESIDE = """
id: d
must: charge_replacement
bearer: {role: branch, place: event.place}
on: item_overdue
by: {with: n}
"""
#: Reasons for being late, with the late notice.
REASONS = NOTICE + "then: d\n---\nid: d\nmust: charge_replacement\nbearer: defaulter\nby: {with: n}\n"
LOST = {"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-03-01T10:00", "place": "harbour", "days_late": 20}


def done(action: str, at: str, name: str = "") -> dict[str, object]:
    act = {"id": f"p-{action}{name}", "case": "c", "type": "performed", "action": action, "by": "harbour-library"}
    return {**act, "at": f"2024-03-{at}"}


def owed(pack: Pack, events: Sequence[dict[str, object]], now: str) -> Obligation:
    """The accompanying duty, by the reference; the fast way has the same."""
    engine = Engine(pack)
    engine.submit_all(events)
    engine.advance(datetime.fromisoformat(f"2024-03-{now}:00+01:00"))
    law = Law.of(pack)
    (one,), (other,) = (
        [o.bare() for o in evaluator.case("c", engine.events, engine.now) if o.rule == "d"]
        for evaluator in (ReferenceEvaluator(law), LiveEvaluator(law))
    )
    assert one == other
    return one


NOTIFIED, LATER = done("send_reminder", "01T12:00"), done("send_reminder", "03T12:00")


@pytest.mark.parametrize(
    ("acts", "now", "status", "due"),
    [
        ([], "02T09:00", "active", "2024-03-02 10:00:00+01:00"),
        ([], "02T11:00", "overdue", "2024-03-02 10:00:00+01:00"),
        ([NOTIFIED], "01T12:00", "active", "2024-03-01 12:00:00+01:00"),
        ([NOTIFIED], "01T12:01", "overdue", "2024-03-01 12:00:00+01:00"),
        ([NOTIFIED, done("charge_replacement", "01T12:00")], "01T13:00", "done", "2024-03-01 12:00:00+01:00"),
        ([NOTIFIED, done("charge_replacement", "01T14:00")], "01T15:00", "done_late", "2024-03-01 12:00:00+01:00"),
        ([done("charge_replacement", "01T11:00"), NOTIFIED], "01T15:00", "done", "2024-03-01 12:00:00+01:00"),
        ([LATER, done("charge_replacement", "03T12:00")], "03T13:00", "done", "2024-03-03 12:00:00+01:00"),
    ],
    ids=["while nothing is done", "when that is past", "at its moment", "after it", "with it", "by a later act", "before it", "with a late one"],
)  # fmt: skip
def test_it_is_due_with_what_it_accompanies(
    tmp_path: Path, acts: list[dict[str, object]], now: str, status: str, due: str
) -> None:
    found = owed(pack_with(tmp_path, NOTICE + "---\n" + BESIDE), [LOST, *acts], now)
    assert (found.status.value, str(found.deadline.due)) == (status, due)


@pytest.mark.parametrize(
    ("acts", "status", "due"),
    [
        ([], "active", None),
        ([LATER], "overdue", "2024-03-03 12:00:00+01:00"),
        ([LATER, done("charge_replacement", "03T12:00")], "done", "2024-03-03 12:00:00+01:00"),
    ],
    ids=["until that is done, no day", "left out", "with it"],
)
def test_what_accompanies_a_late_act_waits_for_it(
    tmp_path: Path, acts: list[dict[str, object]], status: str, due: str | None
) -> None:
    """A consequence that accompanies the very duty that failed: that is past its day already."""
    found = owed(pack_with(tmp_path, REASONS), [LOST, *acts], "04T09:00")
    assert (found.status.value, found.deadline.due and str(found.deadline.due)) == (status, due)


def test_without_that_duty_it_is_open(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, NOTICE.replace("by:", "if: event.days_late > 30\nby:") + "---\n" + BESIDE)
    found = owed(pack, [LOST], "09T09:00")
    assert (found.status.value, found.deadline.state, found.deadline.due) == ("active", "open", None)


def test_its_explanation_names_what_it_accompanies(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, NOTICE + "---\n" + BESIDE))
    engine.submit_all([LOST, NOTIFIED])
    (found,) = engine.obligations(rule="d")
    assert "together with n, done at 2024-03-01 12:00" in str(engine.why(found.id))


@pytest.mark.parametrize(
    ("written", "code", "found", "suggestion"),
    [
        ("{with: nn}", "RM204", "nn", "n"),
        ("{with: d}", "RM217", "d → d", None),
        ("{with: n, hours: 3}", "RM206", "with, hours", None),
        ("[{with: n}, {hours: 3}]", "RM206", "with", None),
        ("{with: s}", "RM231", "s", None),
    ],
    ids=["no such rule", "itself", "and a limit of its own", "and another limit", "a standing norm"],
)
def test_what_cannot_be_accompanied_is_said(
    tmp_path: Path, written: str, code: str, found: str, suggestion: str | None
) -> None:
    standing = "---\nid: s\nmust: waive_fee\nbearer: {each: branch}\nalways: true\n"
    with pytest.raises(PackError) as wrong:
        pack_with(tmp_path, NOTICE + "---\n" + BESIDE.replace("{with: n}", written) + standing)
    (problem,) = wrong.value.problems
    assert (problem.code, problem.found) == (code, found)
    assert suggestion is None or problem.suggestion == suggestion
