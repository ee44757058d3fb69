"""A duty that only the clock has touched is held as what sets it apart; what comes out is what was announced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest

from remit.live.cases import LiveCases
from remit.live.evaluator import LiveEvaluator
from remit.live.slot import Slot
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.terms import Status
from remit.pack.load import Pack
from remit.semantics.law import Law
from spec_packs import LIBRARY

START = datetime(2024, 6, 3, 1, tzinfo=UTC)


@cache
def library() -> Law:
    return Law.of(Pack.load(LIBRARY))


@pytest.fixture
def cases() -> LiveCases:
    found = LiveCases(LiveEvaluator(library()))
    found.at(START)
    return found


def report(number: int, **more: object) -> Event:
    at = START + timedelta(minutes=number)
    fields: dict[str, object] = {"type": "item_overdue", "place": "harbour", "data": {"days_late": 20}}
    return Event(id=f"e{number}", at=at, known_at=at, case="c", **(fields | more))  # type: ignore[arg-type]  # as told


def slots(cases: LiveCases) -> Iterator[Slot]:
    return iter(cases._cases["c"]._slots)


def held(slot: Slot) -> Iterator[object]:
    """Whatever the slot itself refers to."""
    return (getattr(slot, name) for name in Slot.__slots__)


def told(cases: LiveCases, event: Event) -> dict[str, Obligation]:
    cases.at(event.at)
    cases.take(event, event.knowable_at)
    return {change.obligation.id: change.obligation for change in cases.changes("c")}


def test_what_only_the_clock_touched_is_made_again_as_it_was_announced(cases: LiveCases) -> None:
    announced = told(cases, report(1))
    untouched = [slot for slot in slots(cases) if slot.owed.status is not Status.UNDECIDED]
    assert untouched
    assert not any(isinstance(part, Obligation) for slot in untouched for part in held(slot))
    assert {o.id: o for o in cases.owed("c")} == announced


def test_time_that_passes_leaves_it_so(cases: LiveCases) -> None:
    told(cases, report(1))
    cases.at(START + timedelta(days=400))
    late = {change.after.id: change.after for change in cases.all_changes() if change.after is not None}
    assert late
    untouched = [slot for slot in slots(cases) if slot.key in late and not slot.followed]
    assert untouched
    assert not any(isinstance(part, Obligation) for slot in untouched for part in held(slot))
    assert all(slot.owed == late[slot.key] for slot in untouched)


def test_what_an_act_performed_is_held_itself(cases: LiveCases) -> None:
    told(cases, report(1))
    done = told(cases, report(2, type="reminder_sent", by="harbour-library", place=None, data={}))
    (slot,) = (slot for slot in slots(cases) if slot.key in done)
    assert slot.owed is done[slot.key]
    assert slot.closed


def test_many_duties_are_found_by_rule_and_id(cases: LiveCases) -> None:
    for number in range(1, 60):
        told(cases, report(number, subject=None if number % 2 else f"book-{number}"))
    kept = cases._cases["c"]._slots
    for slot in kept:
        assert kept.find(slot.key) is slot
        assert slot in kept.of(slot.rule.order)
    assert kept.find("nobody/owes/this") is None
