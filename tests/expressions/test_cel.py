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

from expressions_words import AT, judged, read
from remit.errors import ExpressionError
from remit.model.event import Event
from remit.model.expression import Unknown, Value
from strategies import DIFFERENTIAL

cel = pytest.importorskip("cel_expr_python.cel", reason="cel-expr-python has no wheel for this platform")

BIG = 2**63 - 1
ORDER = ("==", "!=", "<", "<=", ">", ">=")


def binary(parts: st.SearchStrategy[str], *signs: str) -> st.SearchStrategy[str]:
    """Two parts and a sign, with brackets or without: precedence and association are CEL's too."""
    return st.builds(
        lambda a, sign, b, form: form.format(f"{a} {sign} {b}"),
        parts,
        st.sampled_from(signs),
        parts,
        st.sampled_from(["{}", "({})"]),
    )


def listed(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(parts, max_size=3).map(lambda xs: f"[{', '.join(xs)}]")


def within(parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("{} in {}".format, parts, listed(parts))


ints = st.sampled_from(["event.n0", "event.n1", "subject.age"]) | st.sampled_from([-5, -1, 0, 1, 2, 7, BIG]).map(str)
texts = st.sampled_from(["event.t0", '""', '"a"', "'ab'", '"é"', '"q\\"x"', '"\\n"', '"𬭎"'])
times = st.sampled_from(["event.at", 'timestamp("2024-05-06T21:00:00Z")', 'timestamp("2024-05-07T05:00:00+08:00")'])
spans = st.sampled_from(
    ['duration("0s")', 'duration("24h")', 'duration("1h30m")', 'duration("5400s")', 'duration("-1h")']
)
truths = st.sampled_from(
    ["event.f0", "event.f1", "true", "false", "has(event.n0)", "has(event.f1)", "has(subject.age)"]
)
sums = st.recursive(
    ints, lambda inner: binary(inner, "+", "-", "*", "/", "%") | inner.map(lambda a: f"-{a}"), max_leaves=5
)
joined = st.recursive(texts, lambda inner: binary(inner, "+"), max_leaves=3)
lengths = st.recursive(spans, lambda inner: binary(inner, "+", "-"), max_leaves=3) | binary(times, "-")
moved = times | st.builds("{} {} {}".format, times, st.sampled_from("+-"), spans) | st.builds("{} + {}".format, spans, times)  # fmt: skip
sizes = (
    (joined | listed(sums)).map("size({})".format)
    | (texts | listed(sums)).map("{}.size()".format)
    | st.just("size(case.events)")
)
told = st.sampled_from(
    [
        "e.f0",
        "e.n0 > 1 || e.f1",
        'e.type == "seen"',
        "has(e.n1) && e.n1 == event.n0",
        "!e.f1 || e.n0 == 2",
        "case.events.exists(o, o.n0 == e.n1)",
        "case.events.all(o, o.n0 <= e.n0)",
        "e.t0 < 'b'",
        "e.n0 + 1 in [event.n1, 2]",
    ]
)
leaves = st.one_of(
    truths,
    *(binary(parts, *ORDER) for parts in (sums, joined, moved, lengths, truths)),
    *(within(parts) for parts in (sums, joined, truths, spans)),
    *(binary(listed(parts), "==", "!=") for parts in (sums, joined)),
    st.builds("{} {} {}".format, sizes, st.sampled_from(ORDER), st.integers(0, 4)),
    st.builds("case.events.{}(e, {})".format, st.sampled_from(["exists", "all"]), told),
)
conditions = st.recursive(
    leaves,
    lambda inner: binary(inner, "&&", "||", "==", "!=", "<") | inner.map(lambda a: f"!{a}") | inner.map("({})".format),
    max_leaves=7,
)


def fits(text: str) -> bool:
    """Types are ours, and stricter than CEL's; anything else refused would be a difference."""
    try:
        read(text)
    except ExpressionError as refused:
        if refused.code in ("RM306", "RM307"):
            return False
        raise
    return True


typed = conditions.filter(fits)


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
    @given(typed, facts(), facts(), st.none() | st.integers(0, 20))
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
        ("1 < 2 == true", True),
        ("2 - 1 - 1 == 0", True),
        ("!event.f0 == event.f0 || true", True),
        ("true || false && false", True),
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
