"""Generated policies, units and event streams: small words, every construct, one world for all tests."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from remit.deadlines.calendar import Calendar
from remit.model.event import (
    CORRECTION,
    PERFORMED,
    RESUMPTION,
    RETRACTION,
    SUSPENSION,
    VIOLATED,
    WAIVER,
    Event,
)
from remit.model.expression import (
    And,
    Compare,
    Comparison,
    Has,
    In,
    ListOf,
    Literal,
    Macro,
    Not,
    Or,
    Path,
    Quantify,
    Variable,
)
from remit.model.rule import (
    Always,
    ByRelation,
    ByReporter,
    ByRole,
    ByUnit,
    Condition,
    Consequence,
    Every,
    On,
    OpenEnd,
    Policy,
    Quote,
    Rule,
    Within,
)
from remit.model.terms import CountFrom, Jointly, Kind, Modality, Per, Period, Relation, ValueKind
from remit.model.text import Text
from remit.model.unit import Edge, Place, Reorganisation, Unit
from remit.routing.graph import UnitGraph

#: The differential tests search longer than the rest: 1,000 examples in `make test`, 20,000 in `make nightly`.
DIFFERENTIAL = 20_000 if os.environ.get("REMIT_PROFILE") == "nightly" else 1_000

KINDS = tuple(f"e{n}" for n in range(6))
ACTIONS = tuple(f"act{n}" for n in range(4))
NUMBERS = ("n0", "n1")
FLAGS = ("f0", "f1")
CASES = ("c1", "c2", None)
SUBJECTS = (None, "s1", "s2")
PLACES = ("land", "north", "south", "village")
ROLES = ("watch", "clinic", "registry")
START = datetime(2024, 1, 1, tzinfo=UTC)
LEVELS = ("land", "region", "village")
ZONE = ZoneInfo("Asia/Shanghai")


def text(words: str) -> Text:
    return Text(words, words)


def world() -> UnitGraph:
    """A land of two regions, one village; a merged clinic; a council with an office and members."""
    places = [
        Place("land", text("land"), "land", None),
        Place("north", text("north"), "region", "land"),
        Place("south", text("south"), "region", "land"),
        Place("village", text("village"), "village", "north"),
    ]
    units = [
        Unit("land.watch", text("land watch"), ("watch",), "land", "land"),
        Unit("north.watch", text("north watch"), ("watch",), "north", "region"),
        Unit("south.watch", text("south watch"), ("watch",), "south", "region"),
        Unit(
            "north.clinic",
            text("north clinic"),
            ("clinic",),
            "north",
            "region",
            until=date(2024, 2, 29),
        ),
        Unit("south.clinic", text("south clinic"), ("clinic",), "south", "region"),
        Unit("north.registry", text("north registry"), ("registry",), "north", "region"),
        Unit("south.council", text("council"), ("council",), "south", "region"),
        Unit("south.office", text("office"), ("office",), "south", "region"),
    ]
    edges = [
        Edge("north.registry", Relation.PART_OF, "north.watch"),
        Edge("north.watch", Relation.REPORTS_TO, "land.watch"),
        Edge("south.watch", Relation.MEMBER_OF, "south.council"),
        Edge("south.clinic", Relation.MEMBER_OF, "south.council"),
        Edge("south.office", Relation.OFFICE_OF, "south.council"),
    ]
    moves = [Reorganisation(date(2024, 3, 1), "merge", ("north.clinic",), into="south.clinic")]
    return UnitGraph.build(
        places=places,
        units=units,
        edges=edges,
        reorganisations=moves,
        levels=LEVELS,
        fallback="land.watch",
    )


def calendar() -> Calendar:
    """No year is published: deadlines in these tests count hours, days and months."""
    return Calendar(zone=ZONE, years={})


def attribute(root: str, name: str) -> Path:
    kind = ValueKind.INT if name in NUMBERS else ValueKind.BOOL
    return Path(Variable(root), name, kind=kind)


roots = st.sampled_from(("event", "subject"))
flags = st.builds(attribute, roots, st.sampled_from(FLAGS))
numbers = st.builds(attribute, roots, st.sampled_from(NUMBERS))
happened = st.builds(
    lambda kind, extra: Quantify(
        Macro.EXISTS,
        Path(Variable("case"), "events"),
        "e",
        And(
            Compare(Comparison.EQ, Path(Variable("e"), "type", kind=ValueKind.TEXT), Literal(kind)),
            extra,
        )
        if extra
        else Compare(Comparison.EQ, Path(Variable("e"), "type", kind=ValueKind.TEXT), Literal(kind)),
    ),
    st.sampled_from(KINDS),
    st.none() | st.builds(lambda name: Path(Variable("e"), name, kind=ValueKind.BOOL), st.sampled_from(FLAGS)),
)
leaves = st.one_of(
    flags,
    st.builds(Has, flags | numbers),
    st.builds(Compare, st.sampled_from(Comparison), numbers, st.builds(Literal, st.integers(-2, 2))),
    st.builds(
        In,
        numbers,
        st.builds(
            lambda xs: ListOf(tuple(Literal(x) for x in xs)),
            st.lists(st.integers(-2, 2), max_size=3),
        ),
    ),
    happened,
)
conditions = st.recursive(
    leaves,
    lambda inner: st.builds(And, inner, inner) | st.builds(Or, inner, inner) | st.builds(Not, inner),
    max_leaves=5,
)

places = st.sampled_from(("event.place", "north", "south", "bearer.place"))
selectors = st.one_of(
    st.builds(
        ByRole,
        st.sampled_from(ROLES),
        st.sampled_from(("event.place", "north")),
        st.sampled_from((None, "region")),
        st.booleans(),
    ),
    st.builds(ByRole, st.sampled_from(ROLES), each=st.just(value=True)),
    st.just(ByReporter()),
    st.just(ByUnit("land.watch")),
    st.just(ByUnit("north.clinic")),
    st.just(ByRelation(Relation.MEMBER_OF, "council", each=True)),
)
timings = (
    st.none()
    | st.builds(
        Within,
        st.integers(0, 40),
        st.sampled_from(("hours", "days", "months")),
        st.sampled_from(CountFrom),
    )
    | st.just(OpenEnd())
)


@st.composite
def rules(draw: st.DrawFn, number: int, count: int) -> Rule:
    """Any rule; a consequence may only be named by an earlier rule, so that nothing goes round."""
    trigger = draw(
        st.one_of(
            st.builds(On, st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True).map(tuple)),
            st.builds(Every, st.sampled_from((Period.YEAR, Period.QUARTER))),
            st.just(Always()),
            st.just(Consequence()),
        )
    )
    modality = draw(st.sampled_from((Modality.MUST, Modality.MUST, Modality.MUST_NOT, Modality.MAY)))
    triggered = isinstance(trigger, On | Consequence)
    standing = isinstance(trigger, Always)
    condition = draw(st.none() | conditions) if isinstance(trigger, On) else None
    exception = draw(st.none() | conditions) if isinstance(trigger, On) else None
    later = [f"r{n}" for n in range(number + 1, count)]
    timing = draw(timings) if triggered else None
    return Rule(
        id=f"r{number}",
        policy="p",
        article=str(number),
        article_label=f"Article {number}",
        quotes=(Quote("words", str(number), (0,)),),
        modality=modality,
        action=draw(st.sampled_from(ACTIONS)),
        bearers=tuple(draw(st.lists(selectors, min_size=1, max_size=2, unique=True))),
        jointly=draw(st.sampled_from(Jointly)),
        to=tuple(draw(st.lists(selectors, max_size=1))),
        trigger=trigger,
        condition=Condition(condition, "generated") if condition else None,
        exception=Condition(exception, "generated") if exception else None,
        overrides=tuple(draw(st.lists(st.sampled_from(later), max_size=1))) if later else (),
        timing=timing,
        per=draw(st.sampled_from(Per)),
        then=tuple(draw(st.lists(st.sampled_from(later), max_size=1))) if later else (),
        kind=Kind.MAINTENANCE if standing or modality is Modality.MUST_NOT else Kind.ACHIEVEMENT,
        perdurant=draw(st.booleans()),
        handover=draw(st.booleans()) if triggered else False,
    )


@st.composite
def policies(draw: st.DrawFn, max_rules: int = 8) -> Policy:
    count = draw(st.integers(1, max_rules))
    made = [draw(rules(number, count)) for number in range(count)]
    consequences = {rule.id for rule in made if isinstance(rule.trigger, Consequence)}
    fitted = tuple(rebound(rule, consequences) for rule in made)
    return Policy(
        id="p",
        title=text("p"),
        number="1",
        issuer="land",
        level="land",
        issued_on=date(2023, 12, 1),
        effective_on=draw(st.sampled_from((date(2023, 11, 15), date(2024, 1, 10)))),
        repealed_on=draw(st.sampled_from((None, date(2024, 3, 10)))),
        first_period=draw(st.sampled_from(("full", "none", "remainder"))),
        sentences=(),
        rules=fitted,
    )


def rebound(rule: Rule, consequences: set[str]) -> Rule:
    """`then` names only consequences."""
    from dataclasses import replace

    return replace(rule, then=tuple(name for name in rule.then if name in consequences))


@st.composite
def events(draw: st.DrawFn, number: int) -> Event:
    """Mostly reports; sometimes an act, an amendment of an earlier report, a late or dated one."""
    kind = draw(
        st.sampled_from(
            (
                *KINDS,
                *KINDS,
                PERFORMED,
                PERFORMED,
                VIOLATED,
                WAIVER,
                SUSPENSION,
                RESUMPTION,
                RETRACTION,
                CORRECTION,
            )
        )
    )
    at = START + timedelta(hours=draw(st.integers(0, 24 * 100)))
    known = at + timedelta(hours=draw(st.sampled_from((0, 0, 0, 5, 400))))
    case = draw(st.sampled_from(CASES))
    data: dict[str, object] = {}
    replacement = None
    if kind in (PERFORMED, VIOLATED):
        data = {"action": draw(st.sampled_from(ACTIONS))}
    elif kind in (WAIVER, SUSPENSION, RESUMPTION):
        data = {"rule": draw(st.sampled_from([f"r{n}" for n in range(8)]))}
    elif kind in (RETRACTION, CORRECTION):
        data = {"of": f"ev{draw(st.integers(0, max(0, number - 1)))}"}
        if kind == CORRECTION:
            replacement = report(draw, f"x{number}", draw(st.sampled_from(KINDS)), at, at, case)
    else:
        return report(draw, f"ev{number}", kind, at, known, case)
    by = draw(st.sampled_from((None, "north.watch", "south.clinic", "north.registry", "land.watch")))
    return Event(
        f"ev{number}",
        kind,
        at,
        known,
        case,
        by,
        None,
        draw(st.sampled_from(SUBJECTS)),
        data,
        replacement=replacement,
    )


def report(draw: st.DrawFn, name: str, kind: str, at: datetime, known: datetime, case: str | None) -> Event:
    data: dict[str, object] = {}
    for number in NUMBERS:
        if draw(st.booleans()):
            data[number] = draw(st.integers(-2, 2))
    for flag in FLAGS:
        if draw(st.booleans()):
            data[flag] = draw(st.booleans())
    return Event(
        name,
        kind,
        at,
        known,
        case,
        draw(st.sampled_from((None, "north.watch", "south.clinic"))),
        draw(st.sampled_from((None, *PLACES, "north.clinic", "nowhere"))),
        draw(st.sampled_from(SUBJECTS)),
        data,
    )


@st.composite
def streams(draw: st.DrawFn, max_events: int = 10) -> tuple[Event, ...]:
    return tuple(draw(events(number)) for number in range(draw(st.integers(0, max_events))))


moments = st.integers(0, 24 * 200).map(lambda hours: START + timedelta(hours=hours))
