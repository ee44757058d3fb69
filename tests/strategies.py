"""Generated policies, units and event streams: small words, every construct, one world for all tests."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from remit.deadlines.calendar import Calendar, YearCalendar
from remit.model.counting import PRC_CIVIL_CODE, AtLeast, Counting
from remit.model.event import (
    CORRECTION,
    DISPUTE,
    MERGER,
    PERFORMED,
    RECEIPT,
    RESUMPTION,
    RETRACTION,
    SPLIT,
    SUSPENSION,
    TRANSFER,
    VIOLATED,
    WAIVER,
    Event,
)
from remit.model.expression import (
    And,
    Arithmetic,
    Compare,
    Comparison,
    Compute,
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
    Accompanying,
    Act,
    Always,
    ByDefaulter,
    ByFact,
    ByPeople,
    ByReading,
    ByRelation,
    ByReporter,
    ByRole,
    ByStep,
    ByUnit,
    Condition,
    Consequence,
    Earliest,
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
from remit.model.vocabulary import Reading
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
T = TypeVar("T")
LEVELS = ("land", "region", "village")
ZONE = ZoneInfo("Asia/Shanghai")


def text(words: str) -> Text:
    return Text(words, words)


#: The default as often as all others: one that never ends too soon, and one that counts all it can and closes early.
COUNTINGS = (
    PRC_CIVIL_CODE,
    PRC_CIVIL_CODE,
    Counting(text("patient"), hours_from="next_full_hour", rolls_over="unless_hours", at_least=AtLeast(2, 2)),
    Counting(
        text("strict"), day_of_event="counted", rolls_over="always", last_day_ends=time(17), at_least=AtLeast(1, 0)
    ),
)


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
    """One year is published, with a holiday of three days and a Saturday that is worked; what reaches beyond it waits.

    The regions have another notice, and the north another zone, whose clocks are set.
    """
    holiday = {date(2024, 2, day): "spring" for day in (12, 13, 14)}
    year = YearCalendar(2024, "the notice of 2024", date(2023, 10, 25), holiday, frozenset({date(2024, 2, 17)}))
    north = replace(
        year, document="the north's notice of 2024", holidays={date(2024, 3, 8): "market"}, workdays=frozenset()
    )
    own = Calendar(ZoneInfo("America/St_Johns"), {2024: north})
    return Calendar(
        zone=ZONE, years={2024: year}, local={"north": own, "village": own, "south": replace(own, zone=ZONE)}
    )


def attribute(root: str, name: str) -> Path:
    kind = ValueKind.INT if name in NUMBERS else ValueKind.BOOL
    return Path(Variable(root), name, kind=kind)


roots = st.sampled_from(("event", "subject", "event", "subject", "case"))
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
        counting=draw(st.sampled_from(COUNTINGS)),
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


# --- one busy world: every construct at once, for the paths that must equal the reference ---------------

READINGS = {
    name: Reading(name, text(name), text(name), timing, "the clerk", date(2024, 1, 1), "so it is read")
    for name, timing in {
        "soon": Within(2, "working_days"),
        "in a day": Within(24, "hours"),
        "mid-month": Window(MonthDay(2, 11), MonthDay(2, 15), MonthDay(2, 20), rolls_over=True),
        "some day": None,
    }.items()
}
HOMES = ("north", "village", "nowhere")
UNITS = ("north.watch", "south.clinic", "north.registry", "land.watch", "north.clinic")


def moving_world() -> UnitGraph:
    """The world, in which a unit is also renamed, one is founded, and a membership ends."""
    still = world()
    return UnitGraph.build(
        places=still.places.values(),
        units=[
            *(replace(u, until=None) if u.id == "north.clinic" else u for u in still.units.values()),
            Unit("village.watch", text("village watch"), ("watch",), "village", "village", since=date(2024, 2, 10)),
        ],
        edges=[
            *(replace(e, until=date(2024, 3, 20)) if e.source == "south.clinic" else e for e in still.edges),
            Edge("village.watch", Relation.PART_OF, "north.watch", since=date(2024, 2, 20)),
        ],
        reorganisations=[
            *still.reorganisations,
            Reorganisation(date(2024, 2, 15), "rename", ("south.watch",), label=text("southern watch")),
        ],
        levels=LEVELS,
        fallback="land.watch",
    )


of_unit = st.sampled_from(
    (
        Compare(Comparison.EQ, Path(Variable("unit"), "place", kind=ValueKind.PLACE), Literal("north")),
        Compare(Comparison.NE, Path(Variable("unit"), "level", kind=ValueKind.TEXT), Literal("region")),
    )
)
constants = st.builds(
    lambda name, value: Compare(Comparison.EQ, attribute("event", name), Literal(value)),
    st.sampled_from(NUMBERS),
    st.integers(-1, 1),
)
closed = st.builds(
    lambda root, name: replace(attribute(root, name), absent=False),
    st.sampled_from(("event", "subject")),
    st.sampled_from(FLAGS),
)


def rarely(strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    """One time in four."""
    return st.sampled_from((False, False, False, True)).flatmap(lambda there: strategy if there else st.none())


#: What the agenda can be judged by: no event, and not what the whole of all cases says.
of_agenda = of_unit | closed | flags | st.builds(Or, of_unit, flags)
busy_conditions = st.one_of(
    conditions,
    closed,
    st.builds(And, constants, conditions | closed | of_unit),
    st.builds(Or, of_unit, conditions),
    st.builds(Compare, st.just(Comparison.LT), st.builds(Compute, st.just(Arithmetic.ADD), numbers, numbers), numbers),
)
event_wheres = st.builds(attribute, st.just("event"), st.sampled_from(FLAGS))
agenda_acts = st.builds(Act, st.sampled_from((PERFORMED, VIOLATED, "e2", "e3")), rarely(event_wheres))
case_acts = st.builds(Act, st.sampled_from((PERFORMED, "e3")), rarely(flags | conditions))
busy_bearers = st.sampled_from(
    (
        (ByRole("watch", "event.place", None, enclosing=True),),
        (ByRole("watch", "north"),),
        (ByUnit("north.watch"),),
        (ByUnit("north.watch"), ByUnit("north.clinic")),
        (ByRole("watch", each=True),),
        (ByRelation(Relation.MEMBER_OF, "council", each=True),),
        (ByRole("clinic", "event.place"), ByReporter()),
        (ByFact("event.desk"),),
        (ByFact("subject.desk"), ByUnit("north.watch")),
        (ByRole("watch", "event.homes"),),
        (ByFact("event.desks"),),
        (ByStep("watch", Relation.PART_OF, ByReporter()),),
        (ByStep("watch", Relation.PART_OF, ByFact("subject.desk")),),
    )
)
others = st.lists(
    st.one_of(
        selectors,
        st.builds(ByRole, st.sampled_from(ROLES), st.sampled_from((None, "bearer.place", "subject.home", "event.home")),
                  st.sampled_from((None, "same", "upper", "region")), st.booleans()),
        st.builds(ByRelation, st.sampled_from((Relation.MEMBER_OF, Relation.OFFICE_OF)), st.just("council"),
                  st.sampled_from((None, "south", "event.place")), st.sampled_from((None, "same")), st.booleans()),
        st.just(ByDefaulter()),
        st.sampled_from((ByFact("event.desk"), ByFact("subject.desk"), ByFact("event.desks"))),
        st.builds(ByStep, st.sampled_from(ROLES), st.sampled_from((Relation.PART_OF, Relation.MEMBER_OF)),
                  st.sampled_from((None, ByReporter(), ByDefaulter(), ByFact("event.desk"), ByUnit("village.watch")))),
        st.sampled_from((ByRole("watch", "event.homes", None, enclosing=True), ByRole("clinic", "subject.homes", each=True))),
        st.just(ByPeople(text("the public"))),
    ),
    max_size=2,
).map(tuple)  # fmt: skip
single_limits = st.one_of(
    st.builds(
        Within, st.integers(0, 200), st.sampled_from(("hours", "days", "working_days")), st.sampled_from(CountFrom)
    ),
    st.just(OnDay(date(2024, 2, 10), rolls_over=True)),
    st.builds(ByReading, st.sampled_from(("soon", "in a day", "some day")), st.sampled_from(CountFrom)),
)
busy_timings = st.one_of(
    timings,
    st.builds(Within, st.integers(0, 8), st.just("working_days"), st.sampled_from(CountFrom)),
    st.builds(Within, st.integers(0, 40), st.sampled_from(("days", "months")), st.just(CountFrom.KNOWN), st.booleans()),
    st.just(Window(MonthDay(1, 20), MonthDay(2, 10), MonthDay(2, 29))),
    st.just(OnDay(date(2024, 2, 10), rolls_over=True)),
    st.builds(ByReading, st.sampled_from(tuple(READINGS)), st.sampled_from(CountFrom)),
    st.lists(single_limits, min_size=2, max_size=3).map(lambda limits: Earliest(tuple(limits))),
)
busy_triggers = st.one_of(
    st.just(On(("e0",))),
    st.just(On(("e0", "e1", "e2"))),
    st.just(Every(Period.YEAR)),
    st.sampled_from(tuple(Every(period) for period in Period)),
    st.just(Always()),
    st.just(Consequence()),
)


@st.composite
def busy_rule(draw: st.DrawFn, number: int, count: int) -> Rule:
    """Any rule, with everything a rule may say."""
    trigger = draw(busy_triggers)
    modality = draw(st.sampled_from((Modality.MUST, Modality.MUST, Modality.MUST, Modality.MUST_NOT, Modality.MAY)))
    agenda = isinstance(trigger, Every | Always)
    judged = rarely(of_agenda) if agenda else rarely(busy_conditions)
    condition, exception = draw(judged), draw(judged)
    later = [f"r{n}" for n in range(number + 1, count)]
    of_act = agenda_acts if agenda or draw(st.booleans()) else agenda_acts | case_acts
    return Rule(
        id=f"r{number}",
        policy="p",
        article=str(number),
        article_label=f"Article {number}",
        quotes=(Quote("words", str(number), (0,)),),
        modality=modality,
        action=draw(st.sampled_from(ACTIONS[:2])),
        bearers=draw(busy_bearers),
        jointly=draw(st.sampled_from(Jointly)),
        performers=draw(rarely(others)) or (),
        to=draw(others),
        cooperating=draw(rarely(others)) or (),
        trigger=trigger,
        condition=Condition(condition, "generated") if condition else None,
        exception=Condition(exception, "generated") if exception else None,
        overrides=tuple(draw(st.lists(st.sampled_from(later), max_size=1))) if later else (),
        timing=None
        if isinstance(trigger, Always)
        else draw(busy_timings | st.builds(Accompanying, st.sampled_from(later)) if later else busy_timings),
        per=draw(st.sampled_from(Per)),
        done=tuple(draw(st.lists(of_act, max_size=2))),
        breach=tuple(draw(st.lists(of_act, max_size=1))),
        then=tuple(draw(st.lists(st.sampled_from(later), max_size=2))) if later else (),
        kind=draw(st.sampled_from((Kind.ACHIEVEMENT, Kind.ACHIEVEMENT, Kind.MAINTENANCE))),
        perdurant=draw(st.booleans()),
        handover=draw(st.booleans()),
        inferred=draw(st.sampled_from(({}, {"bearer": "read in"}, {"to": "read in"}))),
        since=draw(rarely(st.just(date(2024, 1, 20)))),
        until=draw(rarely(st.just(date(2024, 3, 5)))),
    )


@st.composite
def busy_policies(draw: st.DrawFn) -> tuple[Policy, ...]:
    """One policy, or two of which the later may take over rules of the same names."""
    count = draw(st.sampled_from((2, 4, 5)))
    rules = [draw(busy_rule(number, count)) for number in range(count)]
    waiting = {rule.id for rule in rules if isinstance(rule.trigger, Consequence)}
    fitted = tuple(replace(rule, then=tuple(name for name in rule.then if name in waiting)) for rule in rules)
    first = replace(draw(policies(max_rules=1)), rules=fitted)
    if draw(st.sampled_from((True, True, False))):
        return (first,)
    later = tuple(replace(rule, policy="q", timing=draw(busy_timings)) for rule in first.rules if draw(st.booleans()))
    level = draw(st.sampled_from(LEVELS))
    return first, replace(first, id="q", level=level, effective_on=date(2024, 2, 1), repealed_on=None, rules=later)


busy_kinds = st.sampled_from(
    ("e0", "e0", "e0", "e1", "e2", "e3", PERFORMED, PERFORMED, PERFORMED, VIOLATED,
     WAIVER, SUSPENSION, RESUMPTION, DISPUTE, RECEIPT, RETRACTION, CORRECTION, TRANSFER, MERGER, SPLIT)
)  # fmt: skip


@st.composite
def busy_event(draw: st.DrawFn, number: int) -> Event:
    """Mostly in one case, in a few weeks, by and about few: so that acts meet the duties they bear on."""
    kind = draw(busy_kinds)
    at = START + timedelta(days=draw(st.sampled_from(range(60))), hours=draw(st.sampled_from((0, 7, 16))))
    known = at + timedelta(hours=draw(st.sampled_from((0, 0, 0, 5, 400))))
    case = draw(st.sampled_from(("c1", "c1", "c1", "c2", None)))
    told = report(draw, f"ev{number}", kind, at, known, case)
    data, replacement = dict(told.data), None
    if kind in (PERFORMED, VIOLATED):
        data["action"] = draw(st.sampled_from(ACTIONS[:2]))
        data |= draw(st.sampled_from(({}, {}, {"period": "2024"}, {"period": "2023-Q4"}, {"rule": "r0"})))
    elif kind == MERGER:
        data = {"of": "c2"}
    elif kind == SPLIT:
        data = {"into": "c2", "events": (f"ev{draw(st.integers(0, max(0, number - 1)))}",)}
    elif kind in (WAIVER, SUSPENSION, RESUMPTION, DISPUTE, RECEIPT, TRANSFER):
        rule = f"r{draw(st.integers(0, 3))}"
        unit, rest = draw(st.sampled_from(UNITS)), draw(st.sampled_from(("/c1", "/2024", "")))
        data = draw(st.sampled_from(({"rule": rule}, {"rule": rule}, {"obligation": f"p/{rule}/{unit}{rest}"})))
        if kind == TRANSFER:
            data |= {"to_unit": draw(st.sampled_from(UNITS)), "authority": "the mayor"}
    elif kind in (RETRACTION, CORRECTION):
        data = {"of": f"ev{draw(st.integers(0, max(0, number - 1)))}"}
        if kind == CORRECTION:
            replacement = report(draw, f"x{number}", draw(st.sampled_from((*KINDS, PERFORMED))), at, at, case)
    elif draw(st.booleans()):
        data["home"] = draw(st.sampled_from(HOMES))
    if draw(st.booleans()):
        data["desk"] = draw(st.sampled_from((*UNITS, "nobody")))
        data["homes"] = draw(st.lists(st.sampled_from(HOMES), max_size=3).map(tuple))
        data["desks"] = draw(st.lists(st.sampled_from((*UNITS, "nobody")), max_size=2).map(tuple))
    return replace(
        told,
        replacement=replacement,
        data=data,
        by=draw(st.sampled_from(("north.watch", "north.watch", "south.clinic", *UNITS, None))),
        place=draw(st.sampled_from((told.place, "north", "north", "south", "village"))),
        subject=draw(st.sampled_from((None, None, "s1", "s1", "s2"))),
    )


@st.composite
def busy_streams(draw: st.DrawFn) -> tuple[Event, ...]:
    return tuple(draw(busy_event(number)) for number in range(draw(st.sampled_from((4, 6, 10)))))


#: Where the search would otherwise stay at the beginning: any day of four months.
busy_moments = st.sampled_from(tuple(START + timedelta(days=day, hours=16) for day in range(120)))
