"""An act is worked out for the duties it can bear on, and for no others; time for those whose moment has come."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from remit import Pack
from remit.live import agenda as module
from remit.live.agenda import LiveAgenda
from remit.live.life import stand
from remit.live.program import LiveProgram
from remit.matching.reference import Reference
from remit.model.obligation import Obligation
from remit.program.compile import compile_program
from remit.semantics.law import Law
from remit.shipped import shipped_pack

NOW = datetime.fromisoformat("2024-05-07T12:00+08:00")


@cache
def pack() -> Pack:
    return Pack.load(shipped_pack())


@cache
def program() -> LiveProgram:
    compiled, words = compile_program(pack().policies), pack().vocabulary
    return LiveProgram(
        Law(compiled, pack().graph, words.readings, pack().calendar, words.attributes, Reference(compiled))
    )


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The duties of the agenda that are worked out, by id."""
    found: list[str] = []

    def worked(draft, key, deadline, setting) -> tuple[Obligation, ...]:
        found.append(key)
        return stand(draft, key, deadline, setting)

    monkeypatch.setattr(module, "stand", worked)
    return found


def due(agenda: LiveAgenda) -> Obligation:
    return next(o for o in agenda.at(NOW) if o.nature == "recurring" and o.status == "active")


def test_an_act_is_worked_out_for_the_duty_it_performs_alone(worked_out: list[str]) -> None:
    agenda = LiveAgenda(program())
    duty = due(agenda)
    worked_out.clear()
    fields = {"action": duty.action, "period": duty.period, "by": duty.bearer.id}
    agenda.take([pack().event({"id": "e1", "type": "performed", "at": "2024-05-07T10:00", **fields})])
    found = {o.id: o for o in agenda.at(NOW)}
    assert worked_out == [duty.id]
    assert found[duty.id].status == "done"


def test_an_act_that_is_taken_back_is_worked_out_again(worked_out: list[str]) -> None:
    agenda = LiveAgenda(program())
    duty = due(agenda)
    fields = {"action": duty.action, "period": duty.period, "by": duty.bearer.id}
    agenda.take([pack().event({"id": "e1", "type": "performed", "at": "2024-05-07T10:00", **fields})])
    agenda.at(NOW)
    worked_out.clear()
    agenda.take([pack().event({"id": "e2", "type": "retraction", "of": "e1", "at": "2024-05-07T11:00"})])
    assert {o.id: o.status for o in agenda.at(NOW)}[duty.id] == "active"
    assert worked_out == [duty.id]


def test_a_report_that_no_duty_of_the_agenda_waits_for_works_out_nothing(worked_out: list[str]) -> None:
    agenda = LiveAgenda(program())
    before = agenda.at(NOW)
    worked_out.clear()
    report = {"id": "e1", "case": "c", "type": "child_missing", "at": "2024-05-07T10:00", "place": "xihe"}
    agenda.take([pack().event(report)])
    assert agenda.at(NOW) is before
    assert worked_out == []


def test_until_it_wakes_nothing_is_worked_out_and_then_only_what_has_come_due(worked_out: list[str]) -> None:
    agenda = LiveAgenda(program())
    before = agenda.at(NOW)
    wakes_at = agenda.wakes_at()
    assert wakes_at is not None
    worked_out.clear()
    assert agenda.at(wakes_at - timedelta(microseconds=1)) is before
    assert worked_out == []
    agenda.at(wakes_at)
    assert 0 < len(worked_out) < len(before) / 10
    assert wakes_at.astimezone(NOW.tzinfo).date() > date(2024, 5, 7)
