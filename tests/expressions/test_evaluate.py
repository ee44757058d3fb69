"""Three values, total, by Kleene's tables."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cel import facts, typed

from expressions_words import AT, judged, read, situation
from remit.expressions.evaluate import evaluate, explain, unknown_facts
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Unknown, Value

T, F, U = True, False, UNKNOWN
WORD = {T: "true", F: "false", U: "event.f0"}
AND = {(T, T): T, (T, F): F, (T, U): U, (F, T): F, (F, F): F, (F, U): F, (U, T): U, (U, F): F, (U, U): U}
OR = {(T, T): T, (T, F): T, (T, U): T, (F, T): T, (F, F): F, (F, U): U, (U, T): T, (U, F): U, (U, U): U}


@pytest.mark.parametrize(("pair", "expected"), AND.items())
def test_and(pair: tuple[object, object], expected: object) -> None:
    assert judged(f"{WORD[pair[0]]} && {WORD[pair[1]]}") is expected


@pytest.mark.parametrize(("pair", "expected"), OR.items())
def test_or(pair: tuple[object, object], expected: object) -> None:
    assert judged(f"{WORD[pair[0]]} || {WORD[pair[1]]}") is expected


@pytest.mark.parametrize(("value", "expected"), [(T, F), (F, T), (U, U)])
def test_not(value: object, expected: object) -> None:
    assert judged(f"!{WORD[value]}") is expected


@pytest.mark.parametrize(
    ("text", "facts", "expected"),
    [
        ("event.n0 > 1", {}, U),
        ("event.n0 > 1", {"n0": 2}, T),
        ("has(event.n0)", {}, F),
        ("has(event.n0)", {"n0": 0}, T),
        ("event.n0 in [1, 2]", {"n0": 2}, T),
        ("event.n0 in []", {"n0": 2}, F),
        ("event.n0 in [1]", {}, U),
        ("event.n0 / event.n1 == 1", {"n0": 1, "n1": 0}, U),
        ("event.n0 % event.n1 == 1", {"n0": 1, "n1": 0}, U),
        ("event.n0 * event.n0 > 0", {"n0": 2**62}, U),
        ("event.m0 / event.m0 == 1.0", {"m0": Decimal(0)}, U),
        ("event.m0 + 0.1 == 0.3", {"m0": Decimal("0.2")}, T),
        ('event.d0 + duration("24h") == date("2024-03-01")', {"d0": date(2024, 2, 29)}, T),
        ('event.d0 + event.l0 > date("2024-03-01")', {"d0": date(9999, 12, 31), "l0": timedelta(days=2)}, U),
        ('event.at + duration("3d") > event.at', {}, T),
        ('"a" in event.tags', {"tags": ("a", "b")}, T),
        ('"c" in event.tags', {"tags": ("a", "b")}, F),
        ("size(event.tags) == 2", {"tags": ("a", "b")}, T),
        ("size(case.events) == 1", {}, T),
        ('case.events.exists(e, e.type == "told")', {}, F),
        ('case.events.all(e, e.type == "seen")', {}, T),
        ("case.events.exists(e, e.f0)", {}, U),
        ("case.events.all(e, e.f0)", {"f0": False}, F),
    ],
)
def test_values(text: str, facts: dict[str, Value], expected: object) -> None:
    assert judged(text, **facts) is expected


def test_silence_is_what_the_vocabulary_says() -> None:
    assert judged("subject.known") is False
    assert judged("has(subject.known)") is False
    assert judged("subject.known", subject={"known": True}) is True


def test_one_member_that_holds_is_enough_whatever_the_others() -> None:
    other = Event("e2", "told", AT, AT, "c", data={"f0": True})
    assert judged("case.events.exists(e, e.f0)", others=(other,)) is True
    assert judged("case.events.all(e, e.f0)", others=(other,)) is UNKNOWN


@given(typed, facts(), st.none() | st.integers(0, 99))
def test_no_condition_ever_fails(text: str, data: dict[str, Value], age: int | None) -> None:
    tree = read(text)
    where = situation((), {"age": age} if age is not None else {}, **data)
    value = evaluate(tree, where)
    assert value is True or value is False or isinstance(value, Unknown)
    assert explain(tree, where).holds is (value if isinstance(value, bool) else None)
    asked = unknown_facts(tree, where)
    assert not asked or isinstance(value, Unknown)


def test_an_unknown_condition_names_the_facts_that_would_decide_it() -> None:
    tree = read("subject.age < 16 && event.n0 > 1 || event.f0")
    asked = unknown_facts(tree, situation((), {}, n0=5))
    assert {path.field for path in asked} == {"age", "f0"}
    assert unknown_facts(tree, situation((), {}, n0=0, f0=True)) == ()


def test_what_is_already_false_is_not_asked_about() -> None:
    tree = read("subject.age < 16 && event.n0 > 1 || event.f0")
    assert {path.field for path in unknown_facts(tree, situation((), {}, n0=0))} == {"f0"}
