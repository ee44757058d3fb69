"""Generated policies, units and event streams: small words, every construct, one world for all tests."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from remit.deadlines.calendar import Calendar, YearCalendar
from remit.model.event import (
    CORRECTION,
    DISPUTE,
    PERFORMED,
    RECEIPT,
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
    Act,
    Always,
    ByRelation,
    ByReporter,
    ByRole,
    ByUnit,
    Condition,
    Consequence,
    Every,
    MonthDay,
    On,
    OnDay,
    OpenEnd,
    Policy,
    Quote,
    Rule,
    Window,
    Within,
)
from remit.model.terms import CountFrom, Jointly, Kind, Modality, Per, Period, Relation, ValueKind
from remit.model.text import Text
from remit.model.unit import Edge, Place, Reorganisation, Unit
from remit.routing.graph import UnitGraph

#: The differential tests search longer than the rest: 1,000 examples in `make test`, 20,000 in `make nightly`.
DIFFERENTIAL = 20_000 if os.environ.get("REMIT_PROFILE") == "nightly" else 1_000

KINDS = tuple(f"e{n}" for n in range(4))
ACTIONS = ("act0", "act1")
NUMBERS = ("n0", "n1")
FLAGS = ("f0", "f1")
CASES = ("c1", "c1", "c1", "c2", None)
SUBJECTS = (None, None, None, "s1", "s2")
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
    """One year is published, with a holiday of three days and a Saturday that is worked; what reaches beyond it waits."""
    holiday = {date(2024, 2, day): "spring" for day in (12, 13, 14)}
    year = YearCalendar(2024, "the notice of 2024", date(2023, 10, 25), holiday, frozenset({date(2024, 2, 17)}))
    return Calendar(zone=ZONE, years={2024: year})


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
    st.sampled_from((ByRole("watch", "north"), ByUnit("south.clinic"))),
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
windows = st.builds(
    Window,
    st.just(MonthDay(1, 20)),
    st.sampled_from((MonthDay(2, 10), MonthDay(2, 12))),
    st.sampled_from((MonthDay(2, 13), MonthDay(3, 1))),
    st.booleans(),
)
limits = st.builds(
    Within,
    st.integers(0, 40),
    st.sampled_from(("hours", "days", "working_days", "months")),
    st.sampled_from(CountFrom),
    st.booleans(),
)
timings = (
    st.none()
    | limits
    | windows
    | st.builds(OnDay, st.dates(date(2024, 1, 10), date(2024, 4, 10)), st.booleans())
    | st.just(OpenEnd())
)
acts = st.just(()) | st.lists(st.builds(Act, st.sampled_from((*KINDS, PERFORMED)), st.none() | flags), max_size=2).map(
    tuple
)


triggers = st.builds(On, st.lists(st.sampled_from(KINDS), min_size=1, max_size=3, unique=True).map(tuple))


@st.composite
def rules(draw: st.DrawFn, number: int, count: int) -> Rule:
    """Any rule; a consequence may only be named by an earlier rule, so that nothing goes round."""
    trigger = draw(
        st.one_of(
            triggers,
            triggers,
            st.builds(Every, st.sampled_from((Period.YEAR, Period.QUARTER))),
            st.just(Always()),
            st.just(Consequence()),
        )
    )
    modality = draw(st.sampled_from((Modality.MUST, Modality.MUST, Modality.MUST_NOT, Modality.MAY)))
    triggered = isinstance(trigger, On | Consequence)
    standing = isinstance(trigger, Always)
    said = conditions if isinstance(trigger, On) else happened
    condition, exception = draw(st.none() | said), draw(st.none() | said)
    later = [f"r{n}" for n in range(number + 1, count)]
    timing = None if standing else draw(timings)
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
        performers=tuple(draw(st.lists(selectors, max_size=1))),
        to=tuple(draw(st.lists(selectors, max_size=1))),
        trigger=trigger,
        condition=Condition(condition, "generated") if condition else None,
        exception=Condition(exception, "generated") if exception else None,
        overrides=tuple(draw(st.lists(st.sampled_from(later), max_size=1))) if later else (),
        timing=timing,
        per=draw(st.sampled_from(Per)),
        done=draw(acts) if modality is Modality.MUST else (),
        breach=draw(acts) if modality is not Modality.MAY else (),
        kind=Kind.MAINTENANCE if standing or modality is Modality.MUST_NOT else Kind.ACHIEVEMENT,
        perdurant=draw(st.booleans()),
        handover=draw(st.booleans()) if triggered else False,
    )


@st.composite
def policies(draw: st.DrawFn, max_rules: int = 8) -> Policy:
    count = draw(st.integers(1, max_rules))
    made = [draw(rules(number, count)) for number in range(count)]
    fitted = tuple(replace(rule, then=draw(consequences(rule, made))) for rule in made)
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


def consequences(rule: Rule, made: list[Rule]) -> st.SearchStrategy[tuple[str, ...]]:
    """`then` names a later rule that waits for a failure, where there is one."""
    later = [r.id for r in made[made.index(rule) + 1 :] if isinstance(r.trigger, Consequence)]
    return st.sampled_from([*((name,) for name in later), ()])


STEERING = (WAIVER, SUSPENSION, SUSPENSION, RESUMPTION, DISPUTE, RECEIPT)
AMENDING = (RETRACTION, RETRACTION, CORRECTION)
ACTORS = ("north.watch", "north.watch", "south.clinic", "south.clinic", "north.registry", "land.watch", None)


@st.composite
def events(draw: st.DrawFn, told: tuple[Event, ...]) -> Event:
    """Mostly reports; sometimes an act, an amendment of what was told (amendments included), a late or dated one."""
    kind = draw(st.sampled_from((*KINDS, *KINDS, *[PERFORMED] * 6, VIOLATED, VIOLATED, *STEERING, *AMENDING)))
    name = f"ev{len(told)}"
    at = START + timedelta(hours=draw(st.integers(0, 24 * 100)))
    known = at + timedelta(hours=draw(st.sampled_from((0, 0, 0, 5, 24 * 7, 400))))
    case = draw(st.sampled_from(CASES))
    data: dict[str, object] = {}
    replacement = None
    if kind in (PERFORMED, VIOLATED):
        data = draw(st.sampled_from(({"action": ACTIONS[0]}, {"action": ACTIONS[1]}, {})))
    elif kind in STEERING:
        rule, bearer = f"r{draw(st.integers(0, 7))}", draw(st.sampled_from(ACTORS[:-1]))
        named = f"p/{rule}/{bearer}/{case or '2024-Q1'}"
        data = draw(st.sampled_from(({"rule": rule}, {"rule": rule}, {"obligation": named})))
    elif kind in AMENDING:
        target = draw(st.sampled_from(told)) if told else None
        data = {"of": target.id if target else name}
        case = draw(st.sampled_from((target.case, target.case, None, case))) if target else case
        if kind == CORRECTION:
            replacement = report(draw, f"x{len(told)}", draw(st.sampled_from(KINDS)), at, at, case)
    else:
        return report(draw, name, kind, at, known, case)
    subject = draw(st.sampled_from(SUBJECTS))
    return Event(
        name, kind, at, known, case, draw(st.sampled_from(ACTORS)), None, subject, data, replacement=replacement
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
    told: tuple[Event, ...] = ()
    for _ in range(draw(st.integers(0, max_events) | st.just(max_events))):
        told += (draw(events(told)),)
    return told


moments = (st.integers(0, 24 * 200) | st.integers(24 * 60, 24 * 200)).map(lambda hours: START + timedelta(hours=hours))

# --- what the ledger keeps: every kind of value, in any script, at any time ---------------------------

#: Offsets, not zones: in an hour that clocks repeat, Python finds an instant unequal to itself (PEP 495).
aware = st.datetimes(
    datetime(1, 1, 3),
    datetime(9999, 12, 29),
    timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))) | st.just(UTC),
)
scalars = st.one_of(
    st.booleans(),
    st.integers(),
    st.integers(-(2**70), 2**70),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(),
    st.dates(),
    aware,
    st.timedeltas(),
)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4).map(tuple), max_leaves=6)
names = st.text(st.sampled_from("aé中\ue000\ufb33𠮷😀\U0010ffff"), max_size=4) | st.text(max_size=4)
maybe = st.none() | names
reports = st.builds(
    Event,
    id=names,
    type=names,
    at=aware,
    known_at=aware,
    case=maybe,
    by=maybe,
    place=maybe,
    subject=maybe,
    data=st.dictionaries(names, values, max_size=5),
    day_only=st.booleans(),
)
kept_events = st.one_of(
    reports,
    st.builds(lambda outer, inner: replace(outer, type=CORRECTION, replacement=inner), reports, reports),
)
