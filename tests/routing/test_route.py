"""Every form of selector finds its desk, climbs only where it may, and says when it can't."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from remit.expressions.situation import Situation, Stated
from remit.model.event import Event
from remit.model.rule import ByDefaulter, ByFact, ByPeople, ByRelation, ByReporter, ByRole, ByStep, ByUnit, Selector
from remit.model.terms import Relation
from remit.model.text import Text
from remit.routing.route import route
from remit.routing.search import Routing
from strategies import world

GRAPH = world()
DAY = date(2024, 2, 1)
MERGED = date(2024, 3, 5)


def find(
    selector: Selector,
    place: str | None = None,
    *,
    bearer: str | None = None,
    by: str | None = None,
    day: date = DAY,
    triggered: bool = True,
    **subject: object,
) -> Routing:
    at = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo("UTC"))
    event = Event("e", "t", at, at, place=place, by=by)
    facts = {name: Stated(value, "e0") for name, value in subject.items()}
    situation = Situation(event if triggered else None, facts, None, ())
    return route(
        selector,
        graph=GRAPH,
        day=day,
        situation=situation,
        bearer=GRAPH.units[bearer] if bearer else None,
        triggered=triggered,
    )


def ids(found: Routing) -> list[str]:
    return [party.id for party in found.parties]


@pytest.mark.parametrize(
    ("selector", "place", "bearer", "expected"),
    [
        (ByUnit("south.watch"), None, None, ["south.watch"]),
        (ByRole("watch"), "north", None, ["north.watch"]),
        (ByRole("watch", level="region"), "village", None, ["north.watch"]),
        (ByRole("watch", enclosing=True), "village", None, ["north.watch"]),
        (ByRole("registry", enclosing=True), "village", None, ["north.registry"]),
        (ByRole("watch", level="land"), "village", None, ["land.watch"]),
        (ByRole("watch", "south"), "north", None, ["south.watch"]),
        (ByRole("watch", "bearer.place"), "north", "south.clinic", ["south.watch"]),
        (ByRole("watch", level="upper"), "north", "north.registry", ["land.watch"]),
        (ByRole("watch", level="same"), "village", "north.registry", ["north.watch"]),
        (ByRole("clinic"), "north.clinic", None, ["north.clinic"]),
        (ByRole("watch"), "north.clinic", None, ["north.watch"]),
        (ByRole("watch", each=True), None, None, ["land.watch", "north.watch", "south.watch"]),
        (ByRole("watch", each=True, level="region"), None, None, ["north.watch", "south.watch"]),
        (ByRole("watch", "north", each=True), None, None, ["north.watch"]),
        (ByRelation(Relation.MEMBER_OF, "council", each=True), None, None, ["south.clinic", "south.watch"]),
        (ByRelation(Relation.OFFICE_OF, "council", level="same"), None, "south.watch", ["south.office"]),
    ],
)
def test_the_desk(selector: Selector, place: str | None, bearer: str | None, expected: list[str]) -> None:
    found = find(selector, place, bearer=bearer)
    assert sorted(ids(found)) == expected
    assert found.fact is None
    assert all(party.routed and party.path for party in found.parties)


def test_the_reporter_is_the_unit_that_reported() -> None:
    assert ids(find(ByReporter(), by="north.registry")) == ["north.registry"]


def test_a_place_can_be_a_fact_about_the_person() -> None:
    assert ids(find(ByRole("watch", "subject.home"), home="south")) == ["south.watch"]


def test_a_fact_can_name_the_unit_and_its_successor_takes_over() -> None:
    assert ids(find(ByFact("subject.desk"), desk="south.clinic")) == ["south.clinic"]
    (party,) = find(ByFact("subject.desk"), desk="south.clinic").parties
    assert [(step.value, step.source) for step in party.path] == [("south.clinic", "e0")]


def test_people_are_found_whoever_asks() -> None:
    found = find(ByPeople(Text("公众", "the public")), triggered=False)
    assert [(p.id, p.label.zh, p.people, p.desk, p.routed) for p in found.parties] == [
        ("people:the public", "公众", True, False, True)
    ]
    assert found.fact is None


@pytest.mark.parametrize(
    ("selector", "place", "fact"),
    [
        (ByRole("watch"), "village", "desk"),  # nobody there, and it may not climb
        (ByRole("registry"), "south", "desk"),
        (ByRole("watch"), None, "event.place"),
        (ByRole("watch"), "nowhere", "event.place"),
        (ByRole("watch", level="village"), "south", "event.place"),
        (ByReporter(), None, "event.by"),
        (ByDefaulter(), None, "unit"),
        (ByRole("watch", "subject.home"), "north", "subject.home"),
        (ByFact("event.desk"), "north", "event.desk"),
        (ByFact("subject.desk"), "north", "subject.desk"),
    ],
)
def test_what_cannot_be_settled_is_the_fallback_with_a_question(
    selector: Selector, place: str | None, fact: str
) -> None:
    found = find(selector, place)
    assert ids(found) == ["land.watch"]
    assert not found.parties[0].routed
    assert found.fact == fact
    assert found.ask is not None


@pytest.mark.parametrize(
    "selector",
    [ByRole("watch", level="upper"), ByRole("watch", level="upper", each=True), ByRelation(Relation.OFFICE_OF, "council", level="upper")],
)  # fmt: skip
def test_above_the_highest_level_there_is_nobody_and_it_is_asked(selector: Selector) -> None:
    found = find(selector, "north", bearer="land.watch")
    assert (found.fact, [party.routed for party in found.parties]) == ("desk", [False])


def test_the_body_of_an_unknown_place_is_a_question_and_not_every_such_body() -> None:
    found = find(ByRelation(Relation.MEMBER_OF, "council", "subject.home", each=True), "north")
    assert (found.fact, [party.routed for party in found.parties]) == ("subject.home", [False])


def test_the_path_is_kept_edge_by_edge() -> None:
    (party,) = find(ByRole("watch", enclosing=True, level=None), "village").parties
    assert [step.kind for step in party.path] == ["route", "edge", "edge"]
    assert party.path[1].claim.en == "village lies in north"
    assert party.path[-1].value == "north.watch"


def test_a_unit_that_was_merged_is_found_under_its_successor() -> None:
    found = find(ByUnit("north.clinic"), day=MERGED)
    assert ids(found) == ["south.clinic"]
    assert "taken over" in found.parties[0].path[0].claim.en


def test_before_the_merger_it_is_itself() -> None:
    assert ids(find(ByUnit("north.clinic"))) == ["north.clinic"]


def test_after_the_merger_its_place_has_no_such_desk() -> None:
    assert find(ByRole("clinic"), "north", day=MERGED).fact == "desk"


REGISTRY = ByUnit("north.registry")


@pytest.mark.parametrize(
    ("selector", "by", "bearer", "expected"),
    [
        (ByStep("watch", Relation.PART_OF, ByReporter()), "north.registry", None, ["north.watch"]),
        (ByStep("watch", Relation.PART_OF, ByReporter()), "south.watch", None, ["south.watch"]),
        (ByStep("watch", Relation.PART_OF, REGISTRY), None, None, ["north.watch"]),
        (ByStep("watch", Relation.PART_OF), None, "north.registry", ["north.watch"]),
        (ByStep("council", Relation.MEMBER_OF), None, "south.clinic", ["south.council"]),
        (ByStep("council", Relation.OFFICE_OF, ByFact("subject.desk")), None, None, ["south.council"]),
    ],
    ids=[
        "from the reporter",
        "itself the nearest",
        "from a named unit",
        "from the bearer",
        "by membership",
        "by a fact",
    ],
)
def test_a_step_leads_along_a_relation(
    selector: Selector, by: str | None, bearer: str | None, expected: list[str]
) -> None:
    """The nearest unit with the role, edge by edge, each edge a step of the path."""
    found = find(selector, by=by, bearer=bearer, desk="south.office")
    assert (ids(found), found.fact) == (expected, None)


@pytest.mark.parametrize(
    ("selector", "by", "fact"),
    [
        (ByStep("clinic", Relation.PART_OF, REGISTRY), None, "desk"),
        (ByStep("watch", Relation.PART_OF, ByReporter()), None, "event.by"),
        (ByStep("watch", Relation.PART_OF, ByFact("subject.desk")), None, "subject.desk"),
        (ByStep("watch", Relation.PART_OF), None, "desk"),
    ],
    ids=[
        "no such unit that way",
        "nobody knows who reported",
        "nobody has said which unit",
        "the bearer was not found",
    ],
)
def test_a_step_that_leads_nowhere_is_a_question(selector: Selector, by: str | None, fact: str) -> None:
    """The fallback desk has it."""
    found = find(selector, by=by)
    assert ([p.routed for p in found.parties], found.fact) == ([False], fact)


def test_each_of_several_places_has_its_desk() -> None:
    """A place listed twice is one; what is not found is asked beside what is."""
    watch = ByRole("watch", "subject.homes")
    assert ids(find(watch, homes=("north", "south", "north"))) == ["north.watch", "south.watch"]
    partly = find(watch, homes=("north", "village", "nowhere"))
    assert [(p.id, p.routed) for p in partly.parties] == [("north.watch", True), ("land.watch", False)]
    assert partly.ask is not None
    assert partly.ask.en == "village has no watch; who is responsible?; which place is nowhere?"


@pytest.mark.parametrize("homes", [(), None], ids=["a list of nothing", "nobody has said"])
def test_no_place_at_all_is_a_question(homes: object) -> None:
    """A list that names nothing is no answer."""
    found = find(ByRole("watch", "subject.homes"), **({} if homes is None else {"homes": homes}))
    assert ([p.id for p in found.parties], found.fact) == (["land.watch"], "subject.homes")


def test_a_fact_may_name_several_units() -> None:
    """Each is meant."""
    found = find(ByFact("subject.desks"), desks=("south.clinic", "nobody"))
    assert [(p.id, p.routed) for p in found.parties] == [("south.clinic", True), ("land.watch", False)]


def test_a_lost_desk_hides_behind_no_found_one() -> None:
    """Where the fallback desk is also one of those found, it stands there as lost, so that the question is asked."""
    found = find(ByRole("watch", "subject.homes"), homes=("land", "village"))
    assert [(p.id, p.routed) for p in found.parties] == [("land.watch", False)]
