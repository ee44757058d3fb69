"""What an event makes a case work out: what it bears on where it comes in order, everything where it does not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit import Pack
from remit.live import case as live_case
from remit.live import duties as live_duties
from remit.live.cases import LiveCases
from remit.live.evaluator import LiveEvaluator
from remit.model.event import PERFORMED, RETRACTION, Event
from remit.semantics.changes import changes, in_order
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from remit.semantics.obligations import by_case
from strategies import DIFFERENTIAL

ROOT = Path(__file__).parents[2]
LIBRARY = Path(__file__).parents[1] / "packs" / "good" / "library"
START = datetime(2024, 3, 1, 9, tzinfo=UTC)


@cache
def fuxin() -> tuple[Pack, Law]:
    pack = Pack.load(ROOT)
    return pack, Law.of(pack)


@cache
def library() -> Law:
    return Law.of(Pack.load(LIBRARY))


class Counted:
    """The library's cases, with how often a duty was settled and a case worked out whole."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.settled: list[str] = []
        self.whole = 0
        evaluator = LiveEvaluator(library())
        self.cases = LiveCases(evaluator)
        settle, work_out = live_duties.stand, live_case.LiveCase.work_out_whole

        def counted(draft, key, *rest):
            self.settled.append(key)
            return settle(draft, key, *rest)

        def counted_whole(case, now):
            self.whole += 1
            work_out(case, now)

        monkeypatch.setattr(live_duties, "stand", counted)
        monkeypatch.setattr(live_case.LiveCase, "work_out_whole", counted_whole)

    def report(self, number: int, case: str = "c", **more: object) -> Event:
        at = START + timedelta(minutes=number)
        fields: Mapping[str, object] = {"type": "item_overdue", "place": "harbour", "data": {"days_late": 20}} | more
        return Event(id=f"e{number}", at=at, known_at=at, case=case, **fields)

    def take(self, event: Event) -> None:
        self.settled.clear()
        self.whole = 0
        self.cases.at(event.at)
        self.cases.take(event, event.knowable_at)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def test_the_next_report_of_a_long_case_settles_what_that_of_a_short_one_settles(counted: Counted) -> None:
    told = []
    for number in range(1, 400):
        counted.take(counted.report(number))
        told.append(len(counted.settled))
        assert counted.whole == 0
    assert told[10] == told[-1]


def test_an_act_settles_only_what_it_may_perform(counted: Counted) -> None:
    counted.take(counted.report(1))
    counted.take(counted.report(2, type="reminder_sent", by="harbour-library", place=None, data={}))
    assert [key.split("/")[1] for key in counted.settled] == ["a1.reminder"]
    assert counted.whole == 0


@pytest.mark.parametrize("late", ["an earlier report", "a retraction"])
def test_what_comes_out_of_order_has_its_own_case_worked_out_and_no_other(counted: Counted, late: str) -> None:
    for number in (10, 11):
        counted.take(counted.report(number))
        counted.take(counted.report(number + 10, case="d"))
    event = counted.report(5)
    if late == "a retraction":
        event = counted.report(30, type=RETRACTION, place=None, data={"of": "e10"})
    counted.cases.at(START + timedelta(hours=1))
    counted.settled.clear()
    counted.cases.take(event, event.knowable_at)
    assert counted.whole == 1
    assert not any("/d" in key for key in counted.settled)
    counted.take(counted.report(90, case="d"))
    assert counted.whole == 0


def test_a_duty_given_to_another_unit_is_closed_by_that_unit(counted: Counted) -> None:
    counted.take(counted.report(1))
    given_to = {"rule": "a1.reminder", "to_unit": "hill-library", "authority": "order 7"}
    counted.take(counted.report(2, type="transfer", place=None, data=given_to))
    counted.take(counted.report(3, type="reminder_sent", by="hill-library", place=None, data={}))
    found = {o.bearer.id: o.status.value for o in counted.cases.owed("c") if o.rule == "a1.reminder"}
    assert found == {"harbour-library": "transferred", "hill-library": "done"}


@pytest.mark.parametrize("path", fuxin()[0].cases, ids=lambda path: path.stem)
def test_every_example_case_of_fuxin_event_by_event(path: Path) -> None:
    """Each also with what it raised performed by its bearer, and a year after."""
    pack, law = fuxin()
    reference, cases = ReferenceEvaluator(law), LiveCases(LiveEvaluator(law))
    for case, told in by_case(pack.read_events(path)).items():
        events, said = list(told), ()
        clock = min(event.knowable_at for event in told)
        cases.at(clock)
        for number in range(len(told) + 3):
            if number >= len(told):
                open_duties = [o for o in said if o.in_force and o.action]
                if not open_duties:
                    break
                duty = open_duties[number % len(open_duties)]
                at = clock + timedelta(hours=5)
                events.append(
                    Event(
                        f"done{number}",
                        PERFORMED,
                        at,
                        at,
                        case,
                        duty.bearer.id,
                        None,
                        duty.subject,
                        {"action": duty.action},
                    )
                )
            clock = max(clock, events[number].knowable_at)
            cases.at(clock)
            cases.take(events[number], events[number].knowable_at)
            expected = reference.case(case, events[: number + 1], clock)
            assert cases.owed(case) == expected
            assert in_order(cases.changes(case)) == changes(said, expected).changes
            said = expected
        clock += timedelta(days=366)
        cases.at(clock)
        assert cases.owed(case) == reference.case(case, events, clock)


@settings(max_examples=DIFFERENTIAL // 20, suppress_health_check=list(HealthCheck))
@given(
    st.lists(
        st.tuples(st.integers(0, 40), st.sampled_from(("s1", "s2", None)), st.booleans()), min_size=20, max_size=60
    )
)
def test_many_duties_of_one_rule_are_closed_by_those_who_perform_them(
    told: list[tuple[int, str | None, bool]],
) -> None:
    """More than are looked through one by one: they are looked up by who has closed them."""
    reference, cases = ReferenceEvaluator(library()), LiveCases(LiveEvaluator(library()))
    clock, events = START, []
    cases.at(clock)
    for number, (minutes, subject, acts) in enumerate(told):
        clock += timedelta(minutes=minutes)
        kind, by = (
            ("reminder_sent", ("harbour-library", "hill-library")[number % 2]) if acts else ("item_overdue", None)
        )
        data = {} if acts else {"days_late": 20}
        events.append(
            Event(f"e{number:03}", kind, clock, clock, "c", by, ("harbour", "hill")[minutes % 2], subject, data)
        )
        cases.at(clock)
        cases.take(events[-1], events[-1].knowable_at)
    assert cases.owed("c") == reference.case("c", events, clock)
