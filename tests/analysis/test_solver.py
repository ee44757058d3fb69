"""The formulas say of every situation what the reference evaluator says of it: true, false or unknown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from hypothesis import example, given, settings
from hypothesis import strategies as st

from expressions_words import AT, ATTRIBUTES, attribute
from remit.analysis.solver import Situations
from remit.analysis.world import Possible, World
from remit.errors import ExpressionError
from remit.expressions.checker import check
from remit.expressions.evaluate import evaluate
from remit.expressions.lexicon import Lexicon
from remit.expressions.parser import parse
from remit.expressions.situation import Situation, Stated
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Expression, Value
from remit.model.terms import ValueKind
from remit.model.text import Text
from remit.model.unit import Unit
from remit.model.vocabulary import Choice, EventType
from strategies import DIFFERENTIAL

#: Each is asked of Z3 twice.
EXAMPLES = DIFFERENTIAL // 4

MORE = (
    *ATTRIBUTES,
    attribute("m1", "钱乙", ValueKind.DECIMAL),
    attribute("d1", "日子乙", ValueKind.DATE),
    attribute("l1", "时长乙", ValueKind.DURATION),
    attribute("w0", "时刻甲", ValueKind.TIME),
    attribute("home", "住处", ValueKind.PLACE, "subject"),
    attribute("kinds", "各类", ValueKind.CHOICE, many=True, choices=(Choice("red", Text("红", "red")), Choice("blue", Text("蓝", "blue")))),
    attribute("flagged", "已标", ValueKind.BOOL, "event", absent_means=True, reason="silence is yes"),
)  # fmt: skip
KINDS = (
    EventType("seen", Text("看见", "seen"), tuple(a.id for a in MORE), ()),
    EventType("told", Text("告知", "told"), ("f0", "n0", "n1", "age", "kind")),
)
UNITS = {
    "north": Unit("north", Text("north", "north"), ("watch", "office"), "village", "land"),
    "south": Unit("south", Text("south", "south"), (), "land", "region"),
}
NAMES = {
    "place": {"village": ("village",), "land": ("land",)},
    "unit": {"north": ("north",), "south": ("south",)},
    "role": {"watch": ("watch",), "office": ("office",)},
    "level": {"land": ("land",), "region": ("region",)},
}
LEXICON = Lexicon.of(MORE, KINDS, NAMES)
WORLD = World({a.id: a for a in MORE}, {k.id: k for k in KINDS}, ("village", "land", *UNITS), UNITS, ("watch", "office"), ("land", "region"))  # fmt: skip


def read(text: str) -> Expression:
    return check(parse(text, LEXICON), LEXICON, events=("seen", "told"), text=text)


def sign(*signs: str) -> st.SearchStrategy[str]:
    return st.sampled_from(signs)


def binary(parts: st.SearchStrategy[str], *signs: str) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, parts, sign(*signs), parts)


ints = st.sampled_from(["event.n0", "event.n1", "subject.age", "subject.ageing"]) | st.integers(-4, 9).map(str)
sums = st.recursive(ints, lambda p: binary(p, "+", "-", "*", "/", "%") | p.map("-({})".format), max_leaves=4)
money = st.sampled_from(["event.m0", "event.m1", "2.5", "0.1", "-3.0"])
prices = st.recursive(money, lambda p: binary(p, "+", "-", "*"), max_leaves=3)
spans = st.sampled_from(["event.l0", "event.l1", 'duration("36h")', 'duration("-1h")', 'duration("0s")'])
lengths = st.recursive(spans, lambda p: binary(p, "+", "-"), max_leaves=3)
days = st.sampled_from(["event.d0", "event.d1", 'date("2024-05-06")', 'date("2024-02-29")'])
moved_days = days | st.builds("({} {} {})".format, days, sign("+", "-"), lengths) | st.builds("({} + {})".format, spans, days)  # fmt: skip
moments = st.sampled_from(["event.at", "event.known_at", "event.w0", 'timestamp("2024-05-06T21:00:00Z")'])
moved = moments | st.builds("({} {} {})".format, moments, sign("+", "-"), lengths)
words = st.sampled_from(["event.t0", '"a"', '"b"', '""'])
flags = st.sampled_from(["event.f0", "event.f1", "subject.known", "event.flagged", "true", "false"])
named = st.sampled_from([
    'event.kind == "found"', 'event.kind != "was lost"', 'event.kind in ["found", "lost"]', 'event.type == "seen"', 'event.type in ["told"]',
    'event.place == "village"', "event.place == unit.place", 'unit.id == "north"', "event.by == unit.id", "event.by != unit.id", 'unit.level == "land"',
    '"office" in unit.roles', '"red" in event.kinds', '!("a" in event.tags)', 'subject.home == "land"', "subject.home == event.place", 'event.t0 == "a"',
    'event.t0 in ["a", "b"]', 'subject.home in [event.place, "land"]', 'event.subject == "s1"',
])  # fmt: skip
stated = st.sampled_from(["event.f0", "event.n0", "subject.age", "subject.known", "event.kind", "event.by", "event.place", "event.tags"]).map("has({})".format)  # fmt: skip
told = st.sampled_from([
    "e.f0", "e.n0 > event.n0", 'e.type == "told"', "has(e.n1) && e.n1 == 2", "!e.f0 || e.n0 == 1", 'e.kind == "lost"', "e.at > event.at", "e.subject == event.subject",
    "case.events.exists(o, o.n0 == e.n1)",
])  # fmt: skip
atoms = st.one_of(
    flags, named, stated,
    *(binary(p, "==", "!=", "<", "<=", ">", ">=") for p in (sums, prices, lengths, moved_days, moved, flags)),
    binary(words, "==", "!="),
    binary(days, "-").map('({} < duration("48h"))'.format),
    binary(moments, "-").map('({} >= duration("1h"))'.format),
    st.builds("({} in [{}, {}])".format, sums, sums, sums),
    st.builds("case.events.{}(e, {})".format, sign("exists", "all"), told),
    st.just("size(case.events) > 2"),
)  # fmt: skip
conditions = st.recursive(atoms, lambda p: binary(p, "&&", "||", "==", "!=") | p.map("!({})".format), max_leaves=7)


@st.composite
def facts(draw: st.DrawFn, kind: str) -> dict[str, Value]:
    values: dict[str, st.SearchStrategy[Value]] = {
        ValueKind.INT: st.integers(-4, 9) | st.sampled_from([2**63 - 1, -(2**63)]),
        ValueKind.BOOL: st.booleans(),
        ValueKind.TEXT: st.sampled_from(["", "a", "b", "c"]),
        ValueKind.DECIMAL: st.decimals(-9, 9, places=2),
        ValueKind.DATE: st.dates(date(2024, 1, 1), date(2024, 12, 31)),
        ValueKind.DURATION: st.integers(-100, 100).map(lambda n: timedelta(minutes=47 * n)),
        ValueKind.TIME: st.integers(-50, 50).map(lambda n: AT + timedelta(minutes=47 * n)),
        ValueKind.PLACE: st.sampled_from(["village", "land", "north"]),
    }
    found: dict[str, Value] = {}
    for name in WORLD.event_types[kind].attributes:
        a = WORLD.attributes[name]
        if draw(st.booleans()):
            one = st.sampled_from([c.id for c in a.choices]) if a.kind is ValueKind.CHOICE else values[a.kind]
            found[name] = draw(st.lists(one, max_size=2, unique=True).map(tuple) if a.many else one)
    return found


@st.composite
def events(draw: st.DrawFn, name: str) -> Event:
    kind = draw(st.sampled_from(list(WORLD.event_types)))
    at = AT + timedelta(hours=draw(st.integers(-5, 5)))
    known = at + timedelta(hours=draw(st.integers(0, 3)))
    by, place = draw(st.none() | st.sampled_from(list(UNITS))), draw(st.none() | st.sampled_from(WORLD.places))
    return Event(name, kind, at, known, "c", by, place, draw(st.sampled_from([None, "s1", "s2"])), draw(facts(kind)))


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    report = draw(events("e0"))
    others = tuple(draw(events(f"e{n}")) for n in range(1, draw(st.integers(1, 3))))
    subject = {k: Stated(v, "e0") for k, v in {**draw(facts("seen")), **report.data}.items()}
    return Situation(report, subject, draw(st.none() | st.sampled_from(list(UNITS.values()))), (report, *others))


def seen(**said: Value) -> Situation:
    """One report that says this."""
    report = Event("e0", "seen", AT, AT, "c", data=said)
    return Situation(report, {k: Stated(v, "e0") for k, v in said.items()}, None, (report,))


def pinned(space: Situations, situation: Situation) -> Iterable[object]:
    """Every variable that a formula reads, at its value in the situation."""
    for (owner, name), cell in list(space.made.items()):
        if owner == "unit":
            value = getattr(situation.unit, name, None)
        elif owner == "subject":
            held = situation.subject.get(name)
            value = held.value if held else None
        elif owner == "case":
            value = "c"
        else:
            event = situation.events[int(owner)]
            value = event.data.get(name, getattr(event, name, None))
        yield cell.known == (value is not None)
        if value is None:
            continue
        if cell.sort.startswith("list of "):
            kept = space.z3.EmptySet(space.sort(cell.sort.removeprefix("list of ")))
            for one in value:
                kept = space.z3.SetAdd(kept, space.constant(one, cell.sort.removeprefix("list of ")).value)
            yield cell.value == kept
        else:
            yield cell.value == space.constant(value, cell.sort).value
    yield from space.there


def fits(text: str) -> bool:
    try:
        read(text)
    except ExpressionError as refused:
        if refused.code in ("RM306", "RM307"):
            return False
        raise
    return True


def test_the_formulas_say_what_the_evaluator_says() -> None:
    counted = {True: 0, False: 0, None: 0}

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(conditions.filter(fits), situations())
    @example('date("2024-05-06") == date("2024-05-06") - event.l0', seen(l0=timedelta(minutes=47)))
    @example("event.n0 == event.n0 + 0 / 0", seen(n0=1))
    @example('date("2024-05-06") > date("2024-05-06") + event.l0', seen(l0=timedelta(minutes=-47)))
    def agree(text: str, situation: Situation) -> None:
        tree = read(text)
        said = evaluate(tree, situation)
        space = Situations(WORLD, [("seen", "told")], others=len(situation.events) - 1)
        cell = space.cell(tree)
        assert space.opaque == {}, text
        meant = cell.known if said is UNKNOWN else space.true(cell) if said is True else space.false(cell)
        claim = space.denied(meant) if said is UNKNOWN else meant
        here = tuple(("here", c) for c in pinned(space, situation))
        assert isinstance(space.ask(*here, ("said", claim)), Possible), (text, said)
        assert not isinstance(space.ask(*here, ("otherwise", space.denied(claim))), Possible), (text, said)
        counted[None if said is UNKNOWN else bool(said)] += 1

    agree()
    assert min(counted.values()) > EXAMPLES / 20
    print(f"{sum(counted.values())} expressions, {counted[None]} of them unknown, no difference from the evaluator")
