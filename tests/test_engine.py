"""`Engine`: events in, time forward, changes out; what it says at any moment is what the pure function says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made import pack_with
from remit import Engine, Pack, obligations
from remit.errors import EventError, InternalError, Origin
from remit.matching.history import AMENDMENTS
from remit.model.event import Event
from remit.model.rule import Policy
from strategies import START, calendar, policies, streams, world

LIBRARY = Path(__file__).parent / "packs" / "good" / "library"
LATE = {
    "id": "e1",
    "case": "c1",
    "type": "item_overdue",
    "at": "2024-03-01T10:00",
    "place": "harbour",
    "days_late": "20",
}


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load(LIBRARY)


def moment(written: str) -> datetime:
    return datetime.fromisoformat(written)


# --- the residual law -------------------------------------------------------------------------------


def packed(policy: Policy) -> SimpleNamespace:
    words = SimpleNamespace(readings={}, attributes={})
    return SimpleNamespace(policies=(policy,), graph=world(), calendar=calendar(), vocabulary=words)


def acceptable(events: tuple[Event, ...]) -> list[Event]:
    """Without amendments of what is not there, or is of another case."""
    homes: dict[str, str | None] = {}
    told: list[Event] = []
    for event in events:
        of = str(event.data["of"]) if event.type in AMENDMENTS else None
        if of is None or (of in homes and event.case in (None, homes[of])):
            homes[event.id] = event.case if of is None else homes[of]
            told.append(event)
    return told


@given(policies(), streams(), st.lists(st.integers(0, 200), min_size=10, max_size=10))
def test_step_by_step_ends_where_all_at_once_ends(policy: Policy, events: tuple[Event, ...], pauses: list[int]) -> None:
    """Resuming from any intermediate state equals replaying everything, and what is announced adds up to it."""
    pack, told = packed(policy), acceptable(events)
    engine, heard = Engine(pack), {}
    for event, hours in zip(told, pauses, strict=False):
        for delta in (engine.submit(event), engine.advance(engine.now + timedelta(hours=hours))):
            for change in delta.changes:
                assert heard.get((change.before or change.after).id) == change.before
                heard[(change.before or change.after).id] = change.after
    answer = obligations((policy,), pack.graph, {}, pack.calendar, told, engine.now)
    assert engine.answer() == answer
    if told:
        assert {key: o for key, o in heard.items() if o is not None} == {o.id: o.bare() for o in answer.obligations}
    assert engine.obligations() == tuple(o.bare() for o in answer.obligations)


@given(policies(), streams(), st.integers(0, 24 * 200))
def test_while_the_clock_stands_each_event_is_heard(policy: Policy, events: tuple[Event, ...], hours: int) -> None:
    """What was worked out before stays only where the event cannot change it."""
    pack, told = packed(policy), acceptable(events)
    now = START + timedelta(hours=hours)
    engine = Engine(pack, now=now)
    for event in told:
        engine.answer()
        engine.submit(event)
    answer = obligations((policy,), pack.graph, {}, pack.calendar, told, now)
    assert engine.answer() == answer
    assert engine.obligations() == tuple(o.bare() for o in answer.obligations)


# --- submit ---------------------------------------------------------------------------------------


def test_an_event_creates_and_its_act_discharges(pack: Pack) -> None:
    engine = Engine(pack)
    created = engine.submit(LATE).created
    assert {o.rule for o in created} == {"a1.reminder", "a1.guardian", "a2.waive"}
    done = engine.submit(
        {"id": "e2", "case": "c1", "type": "reminder_sent", "at": "2024-03-02T10:00", "by": "harbour-library"}
    )
    assert [o.rule for o in done.discharged] == ["a1.reminder"]
    assert engine.obligations(rule="a1.reminder")[0].status == "done"


def test_an_event_may_come_as_a_line_of_json(pack: Pack) -> None:
    told, line = Engine(pack), json.dumps(LATE)
    created = Engine(pack).submit(LATE)
    assert told.submit(line.encode()) == created
    assert created.changes
    assert told.submit(line).duplicate
    with pytest.raises(EventError, match="RM410"):
        told.submit(line[:-1])
    with pytest.raises(EventError, match="RM410"):
        told.submit(f"{line}\n{line}")
    assert len(told.events) == 1


def test_the_same_event_again_changes_nothing(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    again = engine.submit(LATE)
    assert again.duplicate
    assert again.changes == ()
    assert len(engine.events) == 1


def test_the_same_id_with_other_content_is_refused(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    before = engine.answer()
    with pytest.raises(EventError) as refused:
        engine.submit({**LATE, "days_late": "21"})
    assert refused.value.code == "RM450"
    assert engine.answer() == before


def test_of_several_events_all_are_taken_or_none(pack: Pack) -> None:
    engine = Engine(pack)
    with pytest.raises(EventError):
        engine.submit_all([LATE, {"id": "e2", "case": "c1", "type": "item_losst", "at": "2024-03-02"}])
    assert engine.events == ()


def test_a_retraction_withdraws_what_was_raised(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    delta = engine.submit({"id": "e2", "case": "c1", "type": "retraction", "at": "2024-03-02", "of": "e1"})
    assert {o.rule for o in delta.withdrawn} == {"a1.reminder", "a1.guardian", "a2.waive"}
    assert {o.status for o in engine.obligations(case="c1")} == {"withdrawn"}


def test_a_correction_takes_the_place_of_the_report(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    corrected = {"type": "item_overdue", "at": "2024-03-01T10:00", "place": "harbour", "days_late": "3"}
    engine.submit({"id": "e2", "case": "c1", "type": "correction", "at": "2024-03-02", "of": "e1", "event": corrected})
    assert engine.obligations(rule="a1.reminder")[0].status == "withdrawn"
    assert engine.obligations(rule="a2.waive")[0].status == "in_force"


def amendment(number: int, of: str, at: str, **more: object) -> dict[str, object]:
    """A correction where it has an `event`, else a retraction; of no case of its own."""
    kind = "correction" if "event" in more else "retraction"
    return {"id": f"x{number}", "type": kind, "at": at, "of": of, **more}


def late(days: str) -> dict[str, object]:
    return {key: value for key, value in LATE.items() if key not in ("id", "case")} | {"days_late": days}


def stands(engine: Engine) -> str:
    (reminder,) = engine.obligations(rule="a1.reminder")
    return reminder.status.value


def test_an_amendment_belongs_to_the_case_of_what_it_amends(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit_all([LATE, amendment(1, "e1", "2024-03-02")])
    assert engine.events[1].case == "c1"
    assert stands(engine) == "withdrawn"


def test_an_amendment_cannot_reach_into_another_case(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    with pytest.raises(EventError) as refused:
        engine.submit(amendment(1, "e1", "2024-03-02", case="c2"))
    assert (refused.value.code, refused.value.found) == ("RM451", "e1")
    assert stands(engine) == "active"


def test_a_retraction_can_be_retracted_and_the_deadline_counts_from_then(pack: Pack) -> None:
    engine = Engine(pack, now=moment("2024-03-04T12:00+01:00"))
    engine.submit_all([LATE, amendment(1, "e1", "2024-03-02"), amendment(2, "x1", "2024-03-04T10:00")])
    (found,) = engine.obligations(rule="a1.reminder")
    assert (stands(engine), found.deadline.opens) == ("active", moment("2024-03-04T10:00+01:00"))


def test_a_correction_of_a_correction_is_the_last_word(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit_all([LATE, amendment(1, "e1", "2024-03-02", event=late("3"))])
    assert stands(engine) == "withdrawn"
    engine.submit(amendment(2, "x1", "2024-03-03", event=late("30")))
    assert stands(engine) == "active"


def test_when_a_correction_is_retracted_the_first_report_stands_again(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit_all([LATE, amendment(1, "e1", "2024-03-02", event=late("3")), amendment(2, "x1", "2024-03-03")])
    assert stands(engine) == "active"


@pytest.mark.parametrize("name", ["a", "z"])
def test_what_amends_an_amendment_of_the_same_moment_comes_after_it(pack: Pack, name: str) -> None:
    """Both are dated by the day only; their ids do not decide."""
    for undo in ({"type": "retraction"}, {"type": "correction", "event": late("30")}):
        engine = Engine(pack)
        first = amendment(1, "e1", "2024-03-02", event=late("3"))
        engine.submit_all([{"id": name, "of": "x1", "at": "2024-03-02", **undo}, first, LATE])
        assert stands(engine) == "active"


def test_amendments_that_lead_to_no_report_are_refused(pack: Pack) -> None:
    engine = Engine(pack)
    with pytest.raises(EventError) as refused:
        engine.submit_all([LATE, amendment(1, "x2", "2024-03-02"), amendment(2, "x1", "2024-03-02")])
    assert refused.value.code == "RM451"
    assert engine.events == ()


def test_an_amendment_in_a_case_reaches_the_agenda(pack: Pack) -> None:
    """The count of the stock was reported in a case, and was not true."""
    engine = Engine(pack, now=moment("2024-06-01T00:00+02:00"))
    counted = {"id": "e1", "case": "c1", "type": "stock_counted", "at": "2024-03-01", "by": "harbour-library"}
    engine.submit_all([counted])
    assert {o.status for o in engine.obligations(rule="a3.count", unit="harbour-library")} == {"done"}
    engine.submit(amendment(1, "e1", "2024-03-02"))
    assert {o.status for o in engine.obligations(rule="a3.count", unit="harbour-library")} == {"active"}


def test_the_same_report_read_from_another_file_is_the_same(pack: Pack) -> None:
    event = pack.event(LATE)
    engine = Engine(pack)
    engine.submit(event)
    assert engine.submit(replace(event, origin=Origin("other.yaml", 7, 3))).duplicate


def test_what_an_exception_of_the_agenda_reads_in_a_case_is_announced(tmp_path: Path) -> None:
    rules = "id: d\nmust: count_stock\nbearer: {unit: harbour-library}\nevery: year\nunless: "
    engine = Engine(pack_with(tmp_path, rules + 'case.events.exists(e, e.type == "item_lost")\n'))
    engine.advance(moment("2024-03-01T00:00+01:00"))
    assert len(engine.obligations(rule="d")) == 1
    delta = engine.submit({"id": "e", "case": "c", "type": "item_lost", "at": "2024-03-02"})
    assert [(c.what, c.before.rule) for c in delta.changes if c.before] == [("gone", "d")]
    assert engine.obligations(rule="d") == ()


def test_an_amendment_of_an_unknown_event_names_the_nearest(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit({**LATE, "id": "report-1"})
    with pytest.raises(EventError) as refused:
        engine.submit({"id": "e2", "case": "c1", "type": "retraction", "at": "2024-03-02", "of": "report-2"})
    assert (refused.value.code, refused.value.suggestion) == ("RM451", "report-1")


# --- advance ----------------------------------------------------------------------------------------


def test_time_passes_only_by_advance(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    changes = engine.advance(moment("2024-03-20T00:00+01:00")).changes
    assert any(c.after and c.after.rule == "a1.reminder" and c.after.status == "overdue" for c in changes)


def test_the_clock_does_not_run_backwards(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    with pytest.raises(EventError) as refused:
        engine.advance(moment("2024-02-01T00:00+01:00"))
    assert refused.value.code == "RM452"
    with pytest.raises(EventError, match="clock-runs-forward"):
        engine.advance(moment("2025-02-01T00:00"))


def test_a_pinned_clock_does_not_see_what_becomes_known_later(pack: Pack) -> None:
    engine = Engine(pack, now=moment("2024-02-20T00:00+01:00"))
    assert engine.submit(LATE).created == ()
    created = engine.advance(moment("2024-03-02T00:00+01:00")).created
    assert "a1.reminder" in {o.rule for o in created}


# --- asking -----------------------------------------------------------------------------------------


def test_filters_all_have_to_fit(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    assert {o.bearer.id for o in engine.obligations(unit="harbour-library")} == {"harbour-library"}
    assert engine.obligations(unit="hill-library", case="c1") == ()
    assert {o.nature for o in engine.obligations(nature="standing")} == {"standing"}


def test_the_agenda_of_a_unit_between_two_days(pack: Pack) -> None:
    engine = Engine(pack, now=moment("2024-08-01T00:00+02:00"))
    owed = engine.agenda("harbour-library", moment("2024-07-01T00:00+02:00"), moment("2024-12-31T00:00+01:00"))
    assert {(o.rule, o.period) for o in owed if o.nature == "recurring"} == {("a3.count", "2024-H2")}
    assert "a3.open" in {o.rule for o in owed}


def test_an_unknown_obligation_is_an_error_with_the_nearest_id(pack: Pack) -> None:
    engine = Engine(pack)
    engine.submit(LATE)
    real = engine.obligations(rule="a1.reminder")[0].id
    with pytest.raises(EventError) as refused:
        engine.why(real + "x")
    assert (refused.value.code, refused.value.suggestion) == ("RM453", real)


def test_an_unknown_backend_is_refused(pack: Pack) -> None:
    with pytest.raises(InternalError) as refused:
        Engine(pack, backend="duratble")
    assert refused.value.code == "RM901"


def test_where_durable_rules_is_missing_plain_python_carries_on(pack: Pack, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from remit.matching.worker import Worker

    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    monkeypatch.setattr("remit.matching.choose.SHARED", Worker())
    engine = Engine(pack)
    assert engine.backend_name == "compiled"
    assert "durable-rules cannot be imported" in engine.backend_reason
    for name in ("durable", "durable-inline"):
        with pytest.raises(InternalError, match="cannot be imported"):
            Engine(pack, backend=name)
