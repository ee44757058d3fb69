"""The fast way on the whole Fuxin pack: every event type, every example case, and the agenda of every unit."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from remit import Pack
from remit.live.evaluator import LiveEvaluator
from remit.matching.reference import Reference
from remit.model.event import CORRECTION, PERFORMED, RETRACTION, TRANSFER, VIOLATED, Event
from remit.model.obligation import Obligation
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.program.compile import compile_program
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from remit.semantics.obligations import by_case
from strategies import DIFFERENTIAL

ROOT = Path(__file__).parents[2]
PACK = Pack.load(ROOT)
WORDS = PACK.vocabulary
TYPES = sorted(WORDS.event_types)
START = datetime(2024, 3, 1, tzinfo=UTC)
LONG_AGO = timedelta(days=60)


@cache
def law() -> Law:
    program = compile_program(PACK.policies)
    return Law(program, PACK.graph, WORDS.readings, PACK.calendar, WORDS.attributes, Reference(program))


@cache
def live() -> LiveEvaluator:
    return LiveEvaluator(law())


REFERENCE = ReferenceEvaluator(law())
moments = st.builds(
    lambda day, hour: START + timedelta(days=day, hours=hour), st.sampled_from(range(40)), st.sampled_from((1, 9, 16))
)
units = st.sampled_from([*sorted(WORDS.units), None])
wheres = st.sampled_from([*sorted(WORDS.places), *sorted(WORDS.units), None])
few = st.sampled_from(("xihe.police", "xihe", "fumeng", "zhangwu.civil_affairs"))


def values(attribute: Attribute) -> st.SearchStrategy[object]:
    """What the attribute may say, its bounds among it."""
    one: st.SearchStrategy[object]
    match attribute.kind:
        case ValueKind.CHOICE:
            one = st.sampled_from([choice.id for choice in attribute.choices])
        case ValueKind.BOOL:
            one = st.booleans()
        case ValueKind.INT:
            one = st.sampled_from((attribute.minimum or 0, 2, 13, 14, 15, 17, 18, attribute.maximum or 99))
        case ValueKind.DECIMAL:
            one = st.sampled_from((Decimal(0), Decimal("1.5")))
        case ValueKind.DATE:
            one = st.just(date(2024, 3, 9))
        case ValueKind.TIME:
            one = st.just(START)
        case ValueKind.DURATION:
            one = st.just(timedelta(hours=30))
        case ValueKind.PLACE | ValueKind.UNIT:
            one = wheres.filter(bool)
        case _:
            one = st.sampled_from(("甲", "乙"))
    return st.lists(one, min_size=1, max_size=2).map(tuple) if attribute.many else one


ACTIONS = sorted({str(rule.action) for rule in PACK.rules.values()})
RULES = sorted(PACK.rules)


@st.composite
def reports(draw: st.DrawFn, number: int, kind: str) -> Event:
    """An event of that type; of what it may state, required or not, about half is stated."""
    data: dict[str, object] = {}
    for name in WORDS.event_types[kind].attributes:
        if name in WORDS.attributes and draw(st.booleans()):
            data[name] = draw(values(WORDS.attributes[name]))
    if kind in (PERFORMED, VIOLATED):
        data = {"action": draw(st.sampled_from(ACTIONS))}
    elif WORDS.event_types[kind].built_in:
        data = {"rule": draw(st.sampled_from(RULES))}
    if kind in (RETRACTION, CORRECTION):
        data = {"of": "e0"}
    if kind == TRANSFER:  # the reader refuses one that does not say to whom, and by whose authority
        data |= {"to_unit": draw(st.sampled_from(sorted(WORDS.units))), "authority": "an office"}
    at = draw(moments)
    known = at + timedelta(hours=draw(st.sampled_from((0, 0, 30))))
    place, by = draw(st.sampled_from((draw(few), draw(wheres)))), draw(st.sampled_from((draw(few), draw(units))))
    again = draw(reports(number, "facts_stated")) if kind == CORRECTION else None
    subject = draw(st.sampled_from((None, "甲", "乙")))
    return Event(f"e{number}", kind, at, known, "c", by, place, subject, data, replacement=again)


@st.composite
def cases(draw: st.DrawFn, kind: str) -> tuple[Event, ...]:
    """An event of that type, and up to four others among which are acts upon what it raised."""
    first = draw(reports(0, kind))
    raised = [o for o in live().case("c", (first,), START + LONG_AGO) if o.action]
    told = [first]
    for number in range(1, draw(st.sampled_from((1, 3, 5)))):
        act = draw(reports(number, draw(st.sampled_from((PERFORMED, PERFORMED, "facts_stated", *TYPES)))))
        told.append(acting(act, draw(st.sampled_from(raised))) if raised and act.type in (PERFORMED, VIOLATED) else act)
    return tuple(told)


def acting(act: Event, owed: Obligation) -> Event:
    return Event(
        act.id, act.type, act.at, act.known_at, act.case, owed.bearer.id, None, owed.subject, {"action": owed.action}
    )


@pytest.mark.parametrize("kind", TYPES)
def test_a_case_of_every_event_type_has_the_reference_s_answer(kind: str) -> None:
    @settings(max_examples=DIFFERENTIAL // 50, suppress_health_check=list(HealthCheck), deadline=None)
    @given(cases(kind), moments)
    def agree(events: tuple[Event, ...], now: datetime) -> None:
        expected = REFERENCE.case("c", events, now)
        assert live().case("c", events, now) == expected

    agree()
    assert live().fallbacks == 0


@pytest.mark.parametrize("path", PACK.cases, ids=lambda path: path.stem)
def test_every_example_case_has_the_reference_s_answer_as_long_as_it_lives(path: Path) -> None:
    for case, events in by_case(PACK.read_events(path)).items():
        now: datetime | None = min(event.knowable_at for event in events)
        looks = 0
        while now is not None and looks < 30:
            answer = live().case(case, events, now)
            assert answer == REFERENCE.case(case, events, now)
            now, looks = live().wakes_at(answer, events, now), looks + 1
        assert looks > 1


@settings(max_examples=DIFFERENTIAL // 100, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_the_agenda_has_the_reference_s_answer_act_by_act(data: st.DataObject) -> None:
    evaluator = LiveEvaluator(law())
    told: tuple[Event, ...] = ()
    now = START
    for number in range(3):
        owed = evaluator.agenda(told, now)
        duty = data.draw(st.sampled_from([o for o in owed if o.nature == "recurring"]))
        act = data.draw(
            reports(number, data.draw(st.sampled_from((PERFORMED, PERFORMED, PERFORMED, VIOLATED, *TYPES))))
        )
        if act.type in (PERFORMED, VIOLATED):
            act = acting(act, duty)
        told = (*told, act)
        now = data.draw(st.sampled_from((now, max(now, act.knowable_at), now + timedelta(days=31))))
    assert evaluator.agenda(told, now) == REFERENCE.agenda(told, now)
    assert evaluator.fallbacks == 0
