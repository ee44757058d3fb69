"""A case kept from one transaction to the next is what comes of reading it again, whoever wrote in between."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made import LIBRARY
from remit import Delta, Engine, Pack
from remit.keeper import durable
from remit.keeper.kept_cases import KeptCases
from remit.ledger import writing
from remit.ledger.vault import MasterKey
from remit.ledger.verify import verify
from remit.live.evaluator import LiveEvaluator
from remit.matching.moves import MOVES
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.obligation import Change, Obligation
from remit.model.rule import Policy
from remit.program.compile import compile_program
from remit.semantics.changes import changes
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from strategies import DIFFERENTIAL, READINGS, START, busy_event, busy_policies, calendar, moving_world
from torture.stream import Step, steps

ROOT = Path(__file__).parents[2]
WORLD, CALENDAR = moving_world(), calendar()
HOURS = st.sampled_from((0, 0, 1, 24, 24 * 9, 24 * 90))


@cache
def library() -> Pack:
    return Pack.load(LIBRARY)


@cache
def fuxin() -> Pack:
    return Pack.load(ROOT)


@st.composite
def told(draw: st.DrawFn) -> list[tuple[Event, int, str]]:
    """Events of one case, the hours that pass after each, and what happens to the memory of it before."""
    clock, found = START, []
    for number in range(draw(st.sampled_from((2, 5, 10)))):
        event = draw(busy_event(number))
        if event.type in MOVES:
            continue
        hours = draw(HOURS)
        clock += timedelta(hours=hours)
        if draw(st.booleans()):
            event = replace(event, at=clock, known_at=clock)
        what = draw(st.sampled_from(("kept", "kept", "kept", "let go")))
        found.append((replace(event, case="c1"), draw(HOURS), what))
    return found


class Kept:
    """One case, kept or read again, beside the function that defines the answer."""

    def __init__(self, law: Law) -> None:
        self.reference, self.evaluator = ReferenceEvaluator(law), LiveEvaluator(law)
        self.cases = KeptCases(self.evaluator)
        self.events: list[Event] = []
        self.said: tuple[Obligation, ...] = ()
        self.now = START

    def pass_to(self, now: datetime) -> None:
        self.now = max(now, self.now)
        self.cases.at(self.now)

    def take(self, event: Event) -> None:
        first = not self.events
        self.events.append(event)
        if first:
            self.cases.begin("c1")
        self.cases.take(event)

    def holds(self) -> None:
        expected = self.reference.case("c1", self.events, self.now)
        if "c1" in self.cases:
            found: tuple[tuple[Change, ...], datetime | None] = self.cases.news("c1")
        else:
            found = self.cases.loaded("c1", self.events, self.said)
        wakes_at = self.reference.wakes_at(expected, self.events, self.now)
        assert found == (changes(self.said, expected).changes, wakes_at)
        self.said = expected


@settings(max_examples=max(1, DIFFERENTIAL // 4))
@given(busy_policies(), told(), st.booleans())
def test_kept_or_read_again_it_tells_the_changes_of_the_reference(
    policies: Sequence[Policy], events: list[tuple[Event, int, str]], follows: bool
) -> None:
    """Its news and the moment at which it wakes; the clock may lag behind what is known, and units cease."""
    program = compile_program(policies)
    case = Kept(Law(program, WORLD, READINGS, CALENDAR, {}, Reference(program)))
    case.pass_to(START)
    for event, hours, what in events:
        if what == "let go":
            case.cases.let_go("c1")
        if follows:
            case.pass_to(event.knowable_at)
        case.take(event)
        case.holds()
        case.pass_to(case.now + timedelta(hours=hours))
        case.holds()
    case.pass_to(case.now + timedelta(days=400))
    if case.events:
        case.holds()


@given(st.integers(0, 1_000_000), st.data())
@settings(max_examples=5, deadline=None)
def test_several_writers_in_turn_say_what_one_that_forgets_says(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    """One is opened anew for every step, in the other ledger several take turns; reports, acts, erasures, passing time."""
    folder, pack, key = tmp_path_factory.mktemp("kept"), library(), MasterKey.create()
    life = steps(seed, 20)
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patched:
        patched.setattr(writing, "FEW", data.draw(st.sampled_from((100, 2))))
        several = [stack.enter_context(Engine(pack, ledger=f"{folder}/a.db", key=key)) for _ in range(3)]
        for step in life:
            with Engine(pack, ledger=f"{folder}/b.db", key=key) as forgetful:
                expected = done(step, forgetful)
            assert done(step, data.draw(st.sampled_from(several))) == expected
        assert projection(several[0]) == projection(Engine(pack, ledger=f"{folder}/b.db", key=key))
        assert several[1].durable.rebuild()
        assert not verify(several[2].durable.store).findings


def done(step: Step, engine: Engine) -> object:
    """What a step came to; a refusal by its words."""
    try:
        return step.do(engine)
    except Exception as refused:  # noqa: BLE001 - both must refuse alike
        return getattr(refused, "code", repr(refused))


def projection(engine: Engine) -> list[tuple[Any, ...]]:
    """Matters and what is said in them, without the seals."""
    with engine.durable.store.database.reading() as connection:
        query = "SELECT matter, wakes_at FROM matters ORDER BY matter"
        found: list[Any] = [tuple(row) for row in connection.exec_driver_sql(query)]
        query = "SELECT number, position, now, what, matter, rule, bearer, status, due FROM outbox ORDER BY number"
        found += [tuple(row) for row in connection.exec_driver_sql(query)]
    return [*found, engine.answer()]


@pytest.mark.parametrize("path", fuxin().cases, ids=lambda path: path.stem)
def test_every_example_case_of_fuxin_event_by_event(path: Path, tmp_path: Path) -> None:
    """Kept by one engine; by another read again each time."""
    pack, key = fuxin(), MasterKey.create()
    events = sorted(pack.read_events(path), key=lambda event: event.knowable_at)
    with Engine(pack, ledger=f"{tmp_path}/a.db", key=key) as keeping, pytest.MonkeyPatch.context() as patched:
        kept = [keeping.submit(event) for event in events]
        kept.append(keeping.advance(keeping.now + timedelta(days=200)))
        patched.setattr(durable, "REMEMBERED", -1)
        with Engine(pack, ledger=f"{tmp_path}/b.db", key=key) as forgetting:
            assert [forgetting.submit(event) for event in events] == kept[:-1]
            assert forgetting.advance(forgetting.now + timedelta(days=200)) == kept[-1]
            assert projection(keeping) == projection(forgetting)
        assert keeping.durable.rebuild()


def test_only_what_others_wrote_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str | None] = []
    events = writing.Writing.events

    def noted(ledger: writing.Writing, case: str | None) -> tuple[Event, ...]:
        read.append(case)
        return events(ledger, case)

    def overdue(number: int, case: str) -> dict[str, object]:
        return {
            "id": f"e{number}", "case": case, "type": "item_overdue", "at": f"2024-03-{number:02}T10:00",
            "place": "harbour", "days_late": 20,
        }  # fmt: skip

    pack = library()
    with Engine(pack, ledger=f"{tmp_path}/r.db") as one, Engine(pack, ledger=f"{tmp_path}/r.db") as other:
        one.submit_all([overdue(1, "c"), overdue(2, "d")])
        other.submit(overdue(3, "c"))
        monkeypatch.setattr(writing.Writing, "events", noted)
        one.submit_all([overdue(4, "c"), overdue(5, "d")])
        assert read == ["c"]
        other.submit({"id": "m", "case": "c", "type": "case_merger", "of": "d", "at": "2024-03-06T10:00"})
        read.clear()
        merged = one.submit(overdue(7, "d"))
        assert isinstance(merged, Delta)
        assert sorted(set(read), key=str) == ["c", "d"]
        assert one.durable.rebuild()


def test_a_case_is_kept_live_from_its_first_event_and_when_it_is_heard_of_again(tmp_path: Path) -> None:
    pack = library()
    report = {"case": "c", "type": "item_overdue", "place": "harbour", "days_late": 20}
    with Engine(pack, ledger=f"{tmp_path}/r.db") as engine:
        engine.submit({**report, "id": "e1", "at": "2024-03-01T10:00"})
        assert "c" in engine.durable._cases
    with Engine(pack, ledger=f"{tmp_path}/r.db") as engine:
        assert len(engine.durable._cases) == 0
        engine.submit({**report, "id": "e2", "at": "2024-03-02T10:00"})
        assert "c" in engine.durable._cases
