"""What was owed at a moment, as known at another, as recorded by a third."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from made import LIBRARY, pack_with
from remit import Engine, Pack
from remit.errors import LedgerError
from remit.explain.report import report
from remit.explain.why import why

OVERDUE = {
    "id": "e1",
    "case": "c",
    "type": "item_overdue",
    "at": "2024-03-01T10:00",
    "place": "harbour",
    "days_late": 20,
}
SENT = {
    "id": "e2", "case": "c", "type": "reminder_sent", "at": "2024-03-02T10:00", "known_at": "2024-04-01T10:00",
    "by": "harbour-library",
}  # fmt: skip


def at(written: str) -> datetime:
    return datetime.fromisoformat(written + "+01:00")


def status(engine: Engine, moment: str, **known: datetime) -> str:
    found = engine.as_of(at(moment), **known).obligations
    return next(o.status.value for o in found if o.rule == "a1.reminder")


@pytest.fixture(params=["memory", "ledger"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    where = {"memory": None, "ledger": str(tmp_path / "r.db")}[request.param]
    with Engine(Pack.load(LIBRARY), ledger=where) as made:
        made.submit_all([OVERDUE, SENT])
        yield made


def test_late_as_known_then_in_time_as_known_since(engine: Engine) -> None:
    """Both verdicts can be had: neither overwrites the other."""
    assert status(engine, "2024-03-20T00:00") == "overdue"
    assert status(engine, "2024-03-20T00:00", known_at=at("2024-04-02T00:00")) == "done"


def test_before_it_happened_nothing_was_owed(engine: Engine) -> None:
    found = engine.as_of(at("2024-02-20T00:00"), known_at=at("2024-04-02T00:00"))
    assert [o.rule for o in found.obligations if o.case == "c"] == []


def test_at_the_clock_it_is_the_answer_itself(engine: Engine) -> None:
    engine.advance(at("2024-05-01T00:00"))
    bare = [(o.id, o.status, o.deadline.due) for o in engine.answer().obligations]
    assert [(o.id, o.status, o.deadline.due) for o in engine.as_of(engine.now).obligations] == bare


def test_without_a_ledger_nothing_is_stamped() -> None:
    with pytest.raises(LedgerError, match="RM705"):
        Engine(Pack.load(LIBRARY)).as_of(at("2024-03-20T00:00"), recorded_by=at("2024-03-20T00:00"))


def test_as_recorded_by_a_day_under_the_pack_of_that_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import remit.engine

    today = [datetime(2024, 3, 5, tzinfo=UTC)]
    monkeypatch.setattr(remit.engine, "wall_clock", lambda _zone: today[0])
    root = tmp_path / "pack"
    shutil.copytree(LIBRARY, root)
    with Engine(Pack.load(root), ledger=str(tmp_path / "r.db")) as first:
        first.submit(OVERDUE)
    today[0] += timedelta(days=30)
    readings = root / "facts" / "readings.yaml"
    readings.write_text(readings.read_text("utf-8") + "\n# looked at again\n", "utf-8")
    with Engine(Pack.load(root), ledger=str(tmp_path / "r.db")) as second:
        second.submit(SENT)
        then = second.as_of(at("2024-04-01T12:00"), recorded_by=datetime(2024, 3, 6, tzinfo=UTC))
        now = second.as_of(at("2024-04-01T12:00"))
        load = Pack.load
        monkeypatch.setattr(Pack, "load", lambda root: pytest.fail(f"{root} is loaded again"))
        assert second.durable.pack_of(datetime(2024, 3, 6, tzinfo=UTC)).root != root
        monkeypatch.setattr(Pack, "load", load)
    assert {o.status.value for o in then.obligations if o.rule == "a1.reminder"} == {"overdue"}
    assert {o.status.value for o in now.obligations if o.rule == "a1.reminder"} == {"done"}


RENAMED = (
    "id: {}\nmust: send_reminder\nbearer: {{role: branch, place: event.place}}\non: item_overdue\nby: {{hours: 24}}\n"
)


def test_a_rule_that_is_gone_is_read_let_go_of_and_asked_about_as_of_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import remit.engine

    today = [datetime(2024, 3, 5, tzinfo=UTC)]
    monkeypatch.setattr(remit.engine, "wall_clock", lambda _zone: today[0])
    url, old = str(tmp_path / "r.db"), "bylaws-2024/old/harbour-library/c"
    with Engine(pack_with(tmp_path / "1", RENAMED.format("old")), ledger=url) as first:
        first.submit(OVERDUE)
    today[0] += timedelta(days=30)
    pack = pack_with(tmp_path / "2", RENAMED.format("new"))
    with Engine(pack, ledger=url) as second:
        assert [o.id for o in second.answer(agenda=False).obligations] == [old]
        assert [o["id"] for o in report(second.answer(agenda=False), pack, second.now)["obligations"]] == [old]
        assert "no longer" in str(why(second.obligations(rule="old")[0], pack))
        assert {c.what: c.obligation.rule for c in second.advance(at("2024-03-10T00:00")).changes} == {
            "gone": "old", "created": "new",
        }  # fmt: skip
        recorded_by = datetime(2024, 3, 6, tzinfo=UTC)
        then = second.as_of(at("2024-03-04T12:00"), recorded_by=recorded_by)
        told = report(then, second.durable.pack_of(recorded_by), second.now)
        assert [(o["id"], o["status"]) for o in told["obligations"] if o["case"]] == [(old, "overdue")]
        assert second.durable.rebuild()
