"""What a selector is resolved in, and what it reads of it: places, levels, what facts name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from remit.expressions.situation import Situation
from remit.model.explanation import Why
from remit.model.obligation import Party
from remit.model.records import record
from remit.model.terms import Basis, Relation
from remit.model.text import Text
from remit.model.unit import Edge, Unit
from remit.routing.graph import UnitGraph


@record
class Routing:
    """The desks found. Where one could not be, the fallback desk, with the missing fact and the question about it."""

    parties: tuple[Party, ...]
    fact: str | None = None
    ask: Text | None = None


@record
class Search:
    """What a selector is resolved in."""

    graph: UnitGraph
    day: date
    situation: Situation
    bearer: Unit | None
    triggered: bool
    basis: Basis

    def party(self, unit: Unit, role: str | None, *path: Why) -> Party:
        named = self.graph.unit(unit.id, self.day)
        basis = Basis.INFERRED if Basis.INFERRED in (self.basis, unit.basis) else Basis.STATED
        return Party(unit.id, named.label, role, unit.level, unit.place, basis, routed=True, path=path)

    def lost(self, fact: str, ask: Text) -> Routing:
        """To the fallback desk, marked."""
        unit = self.graph.unit(self.graph.fallback, self.day)
        step = Why("route", Text(f"未能确定：{ask.zh}", f"not settled: {ask.en}"), holds=False)
        party = Party(
            unit.id,
            unit.label,
            None,
            unit.level,
            unit.place,
            self.basis,
            routed=False,
            path=(step,),
        )
        return Routing((party,), fact, ask)


def gathered(found: Sequence[Routing]) -> Routing:
    """All their desks, each once; what was not found is asked in one question."""
    parties: dict[str, Party] = {}
    for party in (party for routing in found for party in routing.parties):
        if party.id not in parties or not party.routed:
            parties[party.id] = party
    asked = {routing.ask: routing.fact for routing in found if routing.ask is not None}
    if not asked:
        return Routing(tuple(parties.values()))
    ask = Text("；".join(ask.zh for ask in asked), "; ".join(ask.en for ask in asked))
    return Routing(tuple(parties.values()), next(iter(asked.values())), ask)


# --- places and levels -----------------------------------------------------------------------------


def default_place(search: Search) -> str | None:
    """Left out: the bearer's place for recipients, the event's for bearers of triggered rules."""
    if search.bearer is not None:
        return "bearer.place"
    return "event.place" if search.triggered else None


def find_place(search: Search, reference: str) -> tuple[str | None, str | None]:
    """(place, the institution standing for it); (None, None) where nobody has stated it or no such place is known."""
    root, _, name = reference.partition(".")
    event = search.situation.event
    value: object
    if reference == "bearer.place":
        return (search.bearer.place if search.bearer else None), None
    if reference == "event.place":
        value = event.place if event else None
    elif root in ("event", "subject") and name:
        value, _ = stated(search, reference)
    else:
        value = reference
    if not isinstance(value, str):
        return None, None
    if value in search.graph.places:
        return value, None
    if search.graph.exists(value, search.day):
        return search.graph.units[value].place, value
    return None, None


def stated(search: Search, fact: str) -> tuple[object, str | None]:
    """What the event, or the case of the person, says, and which event said it."""
    root, _, name = fact.partition(".")
    event = search.situation.event
    if root == "event":
        return (event.data.get(name), event.id) if event else (None, None)
    found = search.situation.subject.get(name)
    return (found.value, found.source) if found else (None, None)


def wanted_level(search: Search, level: str | None) -> str | None:
    """`same` and `upper` in the words of the pack."""
    if level not in ("same", "upper") or search.bearer is None:
        return level if level not in ("same", "upper") else None
    if level == "same":
        return search.bearer.level
    return search.graph.levels[search.graph.levels.index(search.bearer.level) - 1]


def at_the_top(search: Search) -> bool:
    return search.bearer is not None and search.graph.levels.index(search.bearer.level) == 0


def aim(search: Search, place: str, level: str | None) -> str | None:
    """The place of the level meant around `place`; the place itself where no level is named."""
    wanted = wanted_level(search, level)
    return place if wanted is None else search.graph.at_level(place, wanted)


#: What a unit is to another.
RELATIONS = {
    Relation.PART_OF: Text("组成部分", "part of"),
    Relation.REPORTS_TO: Text("下级单位", "a unit reporting to"),
    Relation.GUIDED_BY: Text("业务指导对象", "guided by"),
    Relation.MEMBER_OF: Text("成员单位", "a member of"),
    Relation.OFFICE_OF: Text("办公室", "the office of"),
    Relation.LOCATED_IN: Text("内设机构", "located in"),
}
#: How a place that is read from somewhere is called.
PLACES = {
    "event.place": Text("事件地点", "the place of the event"),
    "bearer.place": Text("责任单位所在地", "the bearer's place"),
}


def place_question(reference: str) -> Text:
    if reference == "event.place":
        return Text("事件发生在什么地点？", "where did it happen?")
    return Text(f"{reference} 是什么地点？", f"which place is {reference}?")


def edge_step(search: Search, inner: str, outer: str) -> Why:
    places = search.graph.places
    claim = Text(
        f"{places[inner].label.zh} 属于 {places[outer].label.zh}",
        f"{places[inner].label.en} lies in {places[outer].label.en}",
    )
    return Why("edge", claim, source=str(places[inner].origin))


# --- edges ----------------------------------------------------------------------------------------------


def related_step(search: Search, edge: Edge) -> Why:
    """What a unit is to another."""
    unit, other = search.graph.units[edge.source], search.graph.units[edge.target]
    claim = Text(
        f"{unit.label.zh} 是 {other.label.zh} 的{RELATIONS[edge.relation].zh}",
        f"{unit.label.en} is {RELATIONS[edge.relation].en} {other.label.en}",
    )
    return Why("edge", claim, source=str(edge.origin))


def named(value: object) -> str | tuple[str, ...] | None:
    """What a fact names: one place or unit, or several; None where it names nothing."""
    if isinstance(value, tuple | list):
        return tuple(dict.fromkeys(member for member in value if isinstance(member, str)))
    return value if isinstance(value, str) else None
