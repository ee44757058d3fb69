"""`route`: selector → the desks it names on a day. The path taken is part of the answer.

Nothing is guessed. No unit, two units where one is meant, or no known place: the pack's fallback desk,
marked, and the question that would settle it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from remit.expressions.situation import Situation
from remit.model.explanation import Why
from remit.model.obligation import Party
from remit.model.rule import ByDefaulter, ByFact, ByPeople, ByRelation, ByReporter, ByRole, ByStep, ByUnit, Selector
from remit.model.terms import Basis
from remit.model.text import Text
from remit.model.unit import Edge, Unit
from remit.routing.graph import UnitGraph
from remit.routing.search import (
    PLACES,
    Routing,
    Search,
    aim,
    at_the_top,
    default_place,
    edge_step,
    find_place,
    gathered,
    named,
    place_question,
    related_step,
    stated,
    wanted_level,
)


def route(
    selector: Selector,
    *,
    graph: UnitGraph,
    day: date,
    situation: Situation,
    bearer: Unit | None = None,
    triggered: bool,
    basis: Basis = Basis.STATED,
) -> Routing:
    """Find the desks a selector names.

    Args:
        selector: of a rule.
        graph: units as of every day; `day` says which one.
        situation: the event and the facts that `event.` and `subject.` places are read from.
        bearer: for a recipient, the unit that bears the duty; `same`, `upper` and `bearer.place` are its own.
        triggered: an event set the rule off, so a place left out is the event's (for recipients, the bearer's).
        basis: whether the text itself names this party.
    """
    search = Search(graph, day, situation, bearer, triggered, basis)
    if isinstance(selector, ByRole | ByRelation) and selector.level == "upper" and at_the_top(search):
        return search.lost(
            "desk", Text("责任单位之上没有更高层级，由谁负责？", "no level is above the bearer's; who is meant?")
        )
    if isinstance(selector, ByRole | ByRelation):
        places = listed(search, selector.place)
        if places:
            return gathered([at_place(search, selector, place) for place in places])
    return resolved(search, selector)


def resolved(search: Search, selector: Selector) -> Routing:
    """By the form of the selector; of places it names one."""
    match selector:
        case ByUnit(unit_id):
            return by_unit(search, unit_id)
        case ByReporter():
            return by_reporter(search)
        case ByDefaulter():
            return by_defaulter(search)
        case ByFact(fact):
            return by_fact(search, fact)
        case ByStep():
            return by_step(search, selector)
        case ByPeople():
            return people(search, selector)
        case ByRole(each=True):
            return by_each_role(search, selector)
        case ByRole():
            return by_role(search, selector)
        case ByRelation():
            return by_relation(search, selector)


def by_unit(search: Search, unit_id: str) -> Routing:
    """That unit, or the one that took it over."""
    path = []
    if not search.graph.exists(unit_id, search.day):
        successor = search.graph.successor(unit_id, search.day)
        if successor is None or not search.graph.exists(successor[0], search.day):
            return search.lost(
                "unit",
                Text(
                    f"{unit_id} 当日不存在，由谁承继？",
                    f"{unit_id} does not exist that day; who takes over?",
                ),
            )
        claim = Text(f"{unit_id} 已由 {successor[0]} 承继", f"{unit_id} was taken over by {successor[0]}")
        path.append(Why("route", claim, source=str(successor[1].origin)))
        unit_id = successor[0]
    path.append(Why("route", Text(f"指定单位 {unit_id}", f"the unit {unit_id}")))
    return Routing((search.party(search.graph.units[unit_id], None, *path),))


def by_reporter(search: Search) -> Routing:
    """The unit that reported."""
    event = search.situation.event
    if event is None or event.by is None:
        return search.lost("event.by", Text("由哪个单位报告？", "which unit reported it?"))
    if not search.graph.exists(event.by, search.day):
        return by_unit(search, event.by)
    step = Why(
        "route",
        Text("报告该事件的单位", "the unit that reported the event"),
        value=event.by,
        source=event.id,
    )
    return Routing((search.party(search.graph.units[event.by], "reporter", step),))


def by_defaulter(search: Search) -> Routing:
    """The unit that failed. Only a rule named in a `then` is read with one."""
    unit = search.situation.defaulter
    if unit is None:
        return search.lost("unit", Text("哪个单位没有履行？", "which unit failed?"))
    claim = Text("没有履行义务的单位", "the unit whose duty was missed or breached")
    return Routing((search.party(unit, "defaulter", Why("route", claim, value=unit.id)),))


def by_fact(search: Search, fact: str) -> Routing:
    """The units that a fact names."""
    value, source = stated(search, fact)
    name = named(value)
    return gathered(
        [by_named(search, fact, one, source) for one in (name if isinstance(name, tuple) and name else (name,))]
    )


def by_named(search: Search, fact: str, value: object, source: str | None) -> Routing:
    """That unit, or the one that took it over."""
    if not isinstance(value, str) or value not in search.graph.units:
        return search.lost(fact, Text(f"{fact} 是哪个单位？", f"which unit is {fact}?"))
    step = Why("route", Text(f"{fact} 所指的单位", f"the unit that {fact} names"), value=value, source=source)
    if search.graph.exists(value, search.day):
        return Routing((search.party(search.graph.units[value], None, step),))
    found = by_unit(search, value)
    return replace(found, parties=tuple(replace(p, path=(step, *p.path)) for p in found.parties))


def by_step(search: Search, selector: ByStep) -> Routing:
    """From the units meant, along the relation, to the nearest with the role."""
    if selector.of is None and search.bearer is None:
        return search.lost("desk", Text("由哪个单位负责尚不清楚", "it is not known who bears it"))
    start = resolved(search, selector.of or ByUnit(search.bearer.id if search.bearer else ""))
    return start if start.fact is not None else gathered([nearest(search, selector, party) for party in start.parties])


def nearest(search: Search, selector: ByStep, start: Party) -> Routing:
    """Edge by edge from the unit itself; of several equally near, none is chosen."""
    reached, passed = {start.id: start.path}, {start.id}
    while reached:
        found = [name for name in reached if selector.role in search.graph.units[name].roles]
        if len(found) == 1:
            return Routing((search.party(search.graph.units[found[0]], selector.role, *reached[found[0]]),))
        if found:
            ask = Text(
                f"自 {start.id} 起同样近的 {selector.role} 有 {len(found)} 个，是哪一个？",
                f"{len(found)} units with the role {selector.role} are equally near to {start.id}; which one is meant?",
            )
            return search.lost("desk", ask)
        further = [(edge, path) for name, path in reached.items() for edge in leading(search, name, selector)]
        reached = {e.target: (*path, related_step(search, e)) for e, path in further if e.target not in passed}
        passed |= reached.keys()
    ask = Text(
        f"自 {start.id} 沿 {selector.via} 找不到 {selector.role}，由谁负责？",
        f"no {selector.role} is reached from {start.id} by {selector.via}; who is responsible?",
    )
    return search.lost("desk", ask)


def leading(search: Search, name: str, selector: ByStep) -> tuple[Edge, ...]:
    return search.graph.leading(name, selector.via, search.day)


def people(search: Search, selector: ByPeople) -> Routing:
    """Those people, as the rule calls them."""
    step = Why("route", Text("所指的是人，不是单位，无须送达", "people are meant, and no unit: nothing is routed"))
    return Routing((Party(selector.id, selector.label, None, "", "", search.basis, path=(step,)),))


def by_each_role(search: Search, selector: ByRole) -> Routing:
    """Every unit with the role, of a level and inside a place where those are given."""
    inside = None
    if selector.place is not None:
        place, _ = find_place(search, selector.place)
        if place is None:
            return search.lost(selector.place, place_question(selector.place))
        inside = place
    level = wanted_level(search, selector.level)
    found = [
        unit
        for unit in search.graph.with_role(selector.role, search.day)
        if (level is None or unit.level == level) and (inside is None or inside in search.graph.around(unit.place))
    ]
    step = Why(
        "route",
        Text(f"每个具有角色 {selector.role} 的单位", f"every unit with the role {selector.role}"),
    )
    return Routing(tuple(search.party(unit, selector.role, step) for unit in found))


def by_role(search: Search, selector: ByRole) -> Routing:
    """The one unit with the role at the place, climbing only where the selector says so."""
    reference = selector.place or default_place(search)
    if reference is None:
        return the_only(search, selector)
    place, institution = find_place(search, reference)
    if place is None:
        return search.lost(reference, place_question(reference))
    called = PLACES.get(reference, Text(f"地点 {reference}", f"place {reference}"))
    start = Why(
        "route", Text(f"{called.zh}：{institution or place}", f"{called.en}: {institution or place}"), value=place
    )
    if institution and selector.level is None and selector.role in search.graph.units[institution].roles:
        step = Why(
            "route",
            Text("该单位自身具有此角色", "that unit has the role itself"),
            value=institution,
        )
        return Routing((search.party(search.graph.units[institution], selector.role, start, step),))
    aimed = aim(search, place, selector.level)
    if aimed is None:
        return search.lost(
            reference,
            Text(
                f"{place} 之上没有层级 {selector.level} 的地点",
                f"no place of level {selector.level} around {place}",
            ),
        )
    path = [start]
    if aimed != place:
        path.append(edge_step(search, place, aimed))
    return nearest_desk(search, selector, aimed, path)


def nearest_desk(search: Search, selector: ByRole, place: str, path: list[Why]) -> Routing:
    """At the place itself; further out only where `enclosing` allows it."""
    chain = search.graph.around(place) if selector.enclosing else (place,)
    inner = place
    for here in chain:
        found = search.graph.with_role_at(selector.role, here, search.day)
        if here != place:
            path = [*path, edge_step(search, inner, here)]
            inner = here
        if len(found) == 1:
            step = Why(
                "edge",
                Text(f"{here} 的 {selector.role}", f"the {selector.role} of {here}"),
                value=found[0].id,
            )
            return Routing((search.party(found[0], selector.role, *path, step),))
        if len(found) > 1:
            names = "、".join(unit.label.zh for unit in found)
            english = ", ".join(unit.label.en for unit in found)
            ask = Text(
                f"{here} 有多个 {selector.role}：{names}，是哪一个？",
                f"{here} has several units with the role {selector.role}: {english}; which one is meant?",
            )
            return search.lost("event.place", ask)
    ask = Text(
        f"{place} 没有 {selector.role}，由谁负责？",
        f"{place} has no {selector.role}; who is responsible?",
    )
    return search.lost("desk", ask)


def the_only(search: Search, selector: ByRole) -> Routing:
    """Without a place: the only unit that has the role, at the level if one is given."""
    level = wanted_level(search, selector.level)
    found = [u for u in search.graph.with_role(selector.role, search.day) if level is None or u.level == level]
    if len(found) != 1:
        ask = Text(
            f"共有 {len(found)} 个 {selector.role}，是哪一个？",
            f"{len(found)} units have the role {selector.role}; which one is meant?",
        )
        return search.lost("desk", ask)
    step = Why("route", Text(f"唯一的 {selector.role}", f"the only {selector.role}"))
    return Routing((search.party(found[0], selector.role, step),))


def by_relation(search: Search, selector: ByRelation) -> Routing:
    """Units in a relation to a body: all of them, or the one of the body that fits the bearer."""
    if selector.place is not None and find_place(search, selector.place)[0] is None:
        return search.lost(selector.place, place_question(selector.place))
    bodies = list(bodies_meant(search, selector))
    found: dict[str, Party] = {}
    for body in bodies:
        for edge in search.graph.related(body.id, selector.relation, search.day):
            unit = search.graph.units[edge.source]
            found.setdefault(unit.id, search.party(unit, selector.of, related_step(search, edge)))
    if selector.each:
        return Routing(tuple(found[name] for name in sorted(found)))
    if len(found) == 1:
        return Routing(tuple(found.values()))
    ask = Text(
        f"{selector.relation} {selector.of} 的单位有 {len(found)} 个，是哪一个？",
        f"{len(found)} units are {selector.relation} {selector.of}; which one is meant?",
    )
    return search.lost("desk", ask)


def bodies_meant(search: Search, selector: ByRelation) -> Iterator[Unit]:
    """The bodies a relation leads to. For a recipient, its own body of the level meant."""
    bodies = search.graph.with_role(selector.of, search.day)
    place = None
    if selector.place is not None:
        place, _ = find_place(search, selector.place)
    elif selector.level in ("same", "upper") and search.bearer is not None:
        place = search.bearer.place
    elif not selector.each and search.triggered and selector.place is None:
        place, _ = find_place(search, default_place(search) or "event.place")
    level = wanted_level(search, selector.level)
    for body in bodies:
        if level is not None and body.level != level:
            continue
        if place is not None and body.place not in search.graph.around(place):
            continue
        if level is None and place is not None and body.place != place:
            continue
        yield body


# --- several at once ---------------------------------------------------------------------------------


def listed(search: Search, reference: str | None) -> tuple[str, ...]:
    """The places that a fact lists; nothing where it is no list."""
    root, _, name = (reference or "").partition(".")
    if root not in ("event", "subject") or reference == "event.place" or reference is None or not name:
        return ()
    found = named(stated(search, reference)[0])
    return found if isinstance(found, tuple) else ()


def at_place(search: Search, selector: ByRole | ByRelation, place: str) -> Routing:
    """What is found at one of the places listed, or the question which place that is."""
    if place not in search.graph.places and not search.graph.exists(place, search.day):
        return search.lost(selector.place or place, place_question(place))
    return resolved(search, replace(selector, place=place))


def gap(selector: Selector, graph: UnitGraph, place: str, day: date, situation: Situation) -> Routing | None:
    """For check: what a role selector finds were its place this one; None when it finds exactly one desk."""
    if not isinstance(selector, ByRole) or selector.each:
        return None
    found = route(replace(selector, place=place), graph=graph, day=day, situation=situation, triggered=True)
    return found if found.fact is not None else None
