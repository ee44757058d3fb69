"""Two cases that turn out to be one, one that turns out to be two, and a duty given to another unit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import EventError
from remit.ledger.export import export
from remit.ledger.reading import Export

REMINDER = "a1.reminder"
MERGED = ("case_merger", "m", "a", "2024-03-03")
SPLIT_OFF = ("case_split", "m", "a", "2024-03-03")


def overdue(name: str, case: str, at: str = "2024-03-01T10:00", **more: object) -> dict[str, object]:
    return {"id": name, "case": case, "type": "item_overdue", "at": at, "place": "harbour", "days_late": 20, **more}


def act(kind: str, name: str, case: str, at: str, **more: object) -> dict[str, object]:
    return {"id": name, "case": case, "type": kind, "at": at, **more}


@pytest.fixture(params=["memory", "ledger"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    where = {"memory": None, "ledger": str(tmp_path / "r.db")}[request.param]
    with Engine(Pack.load(LIBRARY), ledger=where) as made:
        yield made


def statuses(engine: Engine, rule: str = REMINDER) -> dict[str | None, str]:
    return {o.case: o.status.value for o in engine.obligations(rule=rule)}


def test_after_a_merger_the_matter_has_one_duty_and_the_other_says_where_it_went(engine: Engine) -> None:
    engine.submit_all([overdue("e1", "a"), overdue("e2", "b", "2024-03-02T10:00")])
    first = {o.case: o for o in engine.obligations(rule=REMINDER)}
    engine.submit(act("case_merger", "m", "a", "2024-03-03", of="b"))
    now = {o.case: o for o in engine.obligations(rule=REMINDER)}
    assert {case: o.status.value for case, o in now.items()} == {"a": "active", "b": "transferred"}
    assert now["b"].transferred_to == now["a"].id == first["a"].id
    assert now["a"].triggered_by == ("e1", "e2")
    assert now["a"].deadline.due == first["a"].deadline.due, "it is the same duty, not a new one"


def test_what_only_the_merged_case_had_raised_goes_on_with_its_deadline(engine: Engine) -> None:
    engine.submit_all([overdue("e1", "a", days_late=1), overdue("e2", "b", "2024-03-02T10:00")])
    due = next(o for o in engine.obligations(rule=REMINDER)).deadline.due
    engine.submit(act("case_merger", "m", "a", "2024-03-20", of="b"))
    going_on = next(o for o in engine.obligations(rule=REMINDER, case="a"))
    assert going_on.deadline.due == due


def test_what_is_reported_to_the_merged_case_later_counts_for_the_one_that_goes_on(engine: Engine) -> None:
    engine.submit_all([overdue("e1", "a"), overdue("e2", "b"), act("case_merger", "m", "a", "2024-03-03", of="b")])
    engine.submit(act("reminder_sent", "d", "b", "2024-03-04T10:00", by="harbour-library"))
    assert statuses(engine)["a"] == "done"


def test_a_retracted_merger_leaves_both_as_they_were(engine: Engine) -> None:
    engine.submit_all([overdue("e1", "a"), overdue("e2", "b"), act("case_merger", "m", "a", "2024-03-03", of="b")])
    engine.submit(act("retraction", "r", "a", "2024-03-04", of="m"))
    assert statuses(engine) == {"a": "active", "b": "active"}


def test_a_split_takes_its_events_along(engine: Engine) -> None:
    engine.submit_all([overdue("e1", "a", subject="one"), overdue("e2", "a", "2024-03-02T10:00", subject="two")])
    engine.submit(act("case_split", "s", "a", "2024-03-03", events=["e2"], into="b"))
    now = {o.case: o for o in engine.obligations(rule=REMINDER) if o.status.value == "active"}
    assert {case: o.triggered_by for case, o in now.items()} == {"a": ("e1",), "b": ("e2",)}


def test_a_merger_of_a_case_nobody_reported_is_refused(engine: Engine) -> None:
    engine.submit(overdue("e1", "a"))
    with pytest.raises(EventError, match="RM455"):
        engine.submit(act("case_merger", "m", "a", "2024-03-03", of="nothing"))
    with pytest.raises(EventError, match="RM455"):
        engine.submit(act("case_merger", "m", "a", "2024-03-03", of="a"))
    with pytest.raises(EventError, match="RM451"):
        engine.submit(act("case_split", "s", "a", "2024-03-03", events=["e9"], into="b"))
    assert [event.id for event in engine.events] == ["e1"]


@pytest.mark.parametrize(
    ("acts", "split"),
    [
        ([], act("case_split", "s", "b", "2024-03-03", events=["e1"], into="c")),
        ([], act("case_split", "s", "a", "2024-03-03", events=["e1", "e2"], into="c")),
        ([act(*MERGED, of="b")], act("case_split", "s", "b", "2024-03-04", events=["e2"], into="c")),
        (
            [act(*SPLIT_OFF, events=["e1"], into="c")],
            act("case_split", "s", "a", "2024-03-04", events=["e1"], into="d"),
        ),
    ],
)
def test_a_split_that_names_an_event_of_another_case_is_refused(
    engine: Engine, acts: list[dict[str, object]], split: dict[str, object]
) -> None:
    engine.submit_all([overdue("e1", "a"), overdue("e2", "b"), *acts])
    before = engine.events, engine.answer()
    with pytest.raises(EventError, match=f"RM451.*an event of the case `{split['case']}`"):
        engine.submit(split)
    assert (engine.events, engine.answer()) == before


def test_what_a_move_brought_into_a_case_can_be_split_from_it_and_merged_back(engine: Engine) -> None:
    engine.submit_all([overdue("e1", "a"), overdue("e2", "b"), act(*MERGED, of="b")])
    off = act("case_split", "s", "a", "2024-03-04", events=["e2"], into="c")
    engine.submit(off)
    assert statuses(engine)["c"] == "active"
    assert engine.submit(off).duplicate, "it is not judged anew where its events are gone from"
    engine.submit(act("case_merger", "n", "a", "2024-03-05", of="c"))
    assert (statuses(engine)["a"], statuses(engine)["c"]) == ("active", "transferred")


def test_a_retracted_merger_takes_its_events_out_of_reach_of_a_split(engine: Engine) -> None:
    engine.submit_all([overdue("e1", "a"), overdue("e2", "b"), act(*MERGED, of="b")])
    engine.submit(act("retraction", "r", "a", "2024-03-04", of="m"))
    with pytest.raises(EventError, match="RM451"):
        engine.submit(act("case_split", "s", "a", "2024-03-05", events=["e2"], into="c"))


def test_a_duty_given_to_another_unit_is_that_unit_s_with_the_same_deadline(engine: Engine) -> None:
    engine.submit(overdue("e1", "a"))
    before = engine.obligations(rule=REMINDER)[0]
    engine.submit(
        act("transfer", "t", "a", "2024-03-01T12:00", rule=REMINDER, to_unit="hill-library", authority="order 7")
    )
    now = {o.bearer.id: o for o in engine.obligations(rule=REMINDER)}
    assert now["harbour-library"].status == "transferred"
    assert now["harbour-library"].transferred_to == now["hill-library"].id
    assert (now["hill-library"].status, now["hill-library"].deadline.due) == ("active", before.deadline.due)
    engine.submit(act("reminder_sent", "d", "a", "2024-03-02T10:00", by="hill-library"))
    assert {o.bearer.id: o.status.value for o in engine.obligations(rule=REMINDER)} == {
        "harbour-library": "transferred",
        "hill-library": "done",
    }


def test_a_transfer_says_who_takes_over_and_by_what_authority(engine: Engine) -> None:
    engine.submit(overdue("e1", "a"))
    with pytest.raises(EventError, match="RM404"):
        engine.submit(act("transfer", "t", "a", "2024-03-01T12:00", rule=REMINDER, to_unit="hill-library"))
    with pytest.raises(EventError, match="RM40"):
        engine.submit(act("transfer", "t", "a", "2024-03-01T12:00", rule=REMINDER, to_unit="nobody", authority="x"))


def test_what_was_split_off_is_there_after_a_rebuild_and_in_an_import(tmp_path: Path) -> None:
    pack = Pack.load(LIBRARY)
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        engine.submit_all([overdue("e1", "a"), overdue("e2", "a"), act(*SPLIT_OFF, events=["e2"], into="c")])
        owed = statuses(engine)
        assert owed["c"] == "active"
        assert engine.durable.rebuild()
        assert statuses(engine) == owed
        told = tmp_path / "export.jsonl"
        told.write_bytes(b"".join(line + b"\n" for line in export(engine.durable.store)))
    with Engine(pack, ledger=str(tmp_path / "copy.db")) as engine:
        engine.durable.take_in(Export(told))
        assert statuses(engine) == owed
