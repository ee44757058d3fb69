"""The ASCII part means what Google's CEL says it means.

Shared subset: literals (int, string, bool, list, duration, timestamp), field access, `has`, comparison, `&& || !`, `in`, int
arithmetic with 64-bit overflow, string `+`, `size`, `exists` and `all`, times and durations. What CEL reports as an error (a missing
key, a division by zero, an overflow) is `unknown` here; and CEL's rule that `&&` and `||` absorb errors is Kleene's.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expressions_words import AT, judged
from remit.model.event import Event
from remit.model.expression import Unknown, Value
from strategies import DIFFERENTIAL

cel = pytest.importorskip("cel_expr_python.cel", reason="cel-expr-python has no wheel for this platform")

BIG = 2**63 - 1
ints = st.sampled_from(["event.n0", "event.n1", "subject.age"]) | st.sampled_from([0, 1, 2, 7, BIG, BIG - 1]).map(str)
texts = st.sampled_from(["event.t0", '""', '"a"', '"ab"', '"é"', '"q\\"x"'])
times = st.sampled_from(["event.at", 'timestamp("2024-05-06T21:00:00Z")', 'timestamp("2024-05-07T05:00:00+08:00")'])
spans = st.sampled_from(
    ['duration("0s")', 'duration("24h")', 'duration("1h30m")', 'duration("5400s")', 'duration("-1h")']
)


def binary(parts: st.SearchStrategy[str], *signs: str) -> st.SearchStrategy[str]:
    return st.builds(lambda a, sign, b: f"({a} {sign} {b})", parts, st.sampled_from(signs), parts)


sums = st.recursive(
    ints, lambda inner: binary(inner, "+", "-", "*", "/", "%") | inner.map(lambda a: f"(-{a})"), max_leaves=4
)
joined = st.recursive(texts, lambda inner: binary(inner, "+"), max_leaves=3)
moved = times | st.builds("({} {} {})".format, times, st.sampled_from("+-"), spans)
lists = st.lists(sums, max_size=3).map(lambda xs: f"[{', '.join(xs)}]")
leaves = st.one_of(
    st.sampled_from(["event.f0", "event.f1", "true", "false", "has(event.n0)", "has(event.f1)", "has(subject.age)"]),
    binary(sums, "==", "!=", "<", "<=", ">", ">="),
    binary(joined, "==", "!="),
    binary(moved, "==", "!=", "<", "<=", ">", ">="),
    binary(spans, "==", "<", ">="),
    st.builds("({} in {})".format, sums, lists),
    st.builds("(size({}) {} {})".format, joined | lists, st.sampled_from(["==", ">", "<="]), st.integers(0, 4)),
    st.builds("(({} - {}) < {})".format, times, times, spans),
    st.builds(
        "case.events.{}(e, {})".format,
        st.sampled_from(["exists", "all"]),
        st.sampled_from(["e.f0", "e.n0 > 1", 'e.type == "seen"', "has(e.n1)", "!e.f1 || e.n0 == 2"]),
    ),
)
conditions = st.recursive(
    leaves,
    lambda inner: binary(inner, "&&", "||") | inner.map(lambda a: f"(!{a})") | binary(inner, "==", "!="),
    max_leaves=6,
)


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, values in {
        "n0": st.integers(-3, 3) | st.just(BIG),
        "n1": st.integers(-3, 3),
        "f0": st.booleans(),
        "f1": st.booleans(),
        "t0": st.sampled_from(["", "a", "é"]),
    }.items():
        if draw(st.booleans()):
            found[name] = draw(values)
    return found


def by_cel(text: str, event: dict[str, object], subject: dict[str, object], events: list[dict[str, object]]) -> object:
    kinds = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    environment = cel.NewEnv(variables={"event": kinds, "subject": kinds, "case": kinds, "at": cel.Type.TIMESTAMP})
    facts = {"event": event, "subject": subject, "case": {"events": events}, "at": AT}
    result = environment.compile(text.replace("event.at", "at")).eval(data=facts)  # its maps hold no times
    return "error" if result.type() == cel.Type.ERROR else result.value()


def test_it_means_what_cel_says() -> None:
    counted = {"examples": 0, "decided": 0}

    @settings(max_examples=DIFFERENTIAL)
    @given(conditions, facts(), facts(), st.none() | st.integers(0, 20))
    def agree(text: str, event: dict[str, Value], other: dict[str, Value], age: int | None) -> None:
        subject = {"age": age} if age is not None else {}
        second = Event("e2", "told", AT, AT, "c", data=other)
        ours = judged(text, subject=subject, others=(second,), **event)
        fields = {**event, "type": "seen"}
        theirs = by_cel(text, fields, subject, [fields, {**other, "type": "told"}])
        assert ("error" if isinstance(ours, Unknown) else ours) == theirs, text
        counted["examples"] += 1
        counted["decided"] += theirs != "error"

    agree()
    assert counted["examples"] >= DIFFERENTIAL
    assert counted["decided"] > DIFFERENTIAL / 4
    print(f"{counted['examples']} expressions, {counted['decided']} of them true or false, no difference from CEL")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-7 / 2 == -3", True),
        ("-7 % 3 == -1", True),
        ("7 % -3 == 1", True),
        ("1 / 0 == 1", "error"),
        (f"{BIG} + 1 > 0", "error"),
        (f"-{BIG} - 2 < 0", "error"),
    ],
)
def test_arithmetic_at_its_edges(text: str, expected: object) -> None:
    ours = judged(text)
    assert ("error" if isinstance(ours, Unknown) else ours) == expected
    assert by_cel(text, {}, {}, []) == expected


def test_times_are_the_same_moment_in_any_zone() -> None:
    assert datetime(2024, 5, 6, 21, tzinfo=UTC) == AT
    assert judged('event.at == timestamp("2024-05-07T05:00:00+08:00")') is True
    assert judged('event.at - timestamp("2024-05-06T20:00:00Z") == duration("1h")') is True
    assert timedelta(hours=1).total_seconds() == 3600
