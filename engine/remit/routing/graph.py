"""`UnitGraph`: units, places and edges as of any day; the only module that speaks to networkx."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, TypeVar

from remit.errors import Origin, PackError, RemitError, RoutingError, nearest
from remit.model.terms import Relation
from remit.model.unit import Edge, Place, Reorganisation, Unit

if TYPE_CHECKING:
    from networkx import DiGraph, MultiDiGraph

T = TypeVar("T", Place, Unit)

#: Relations in which nobody may stand above himself.
ACYCLIC = (Relation.PART_OF, Relation.REPORTS_TO, Relation.GUIDED_BY)


@dataclass(frozen=True)
class UnitGraph:
    """The units of a pack with their dates of validity.

    Built by `UnitGraph.build`, which refuses what is not a graph of units: unknown ends, cycles, edges outside the life of their ends.
    """

    places: Mapping[str, Place]
    units: Mapping[str, Unit]
    edges: tuple[Edge, ...]
    reorganisations: tuple[Reorganisation, ...]
    levels: tuple[str, ...]
    fallback: str
    by_role: Mapping[str, tuple[str, ...]]
    by_role_and_place: Mapping[tuple[str, str], tuple[str, ...]]
    outgoing: Mapping[tuple[str, Relation], tuple[Edge, ...]]
    incoming: Mapping[tuple[str, Relation], tuple[Edge, ...]]
    _graphs: dict[frozenset[int], MultiDiGraph[str]] = field(default_factory=dict, compare=False)
    _under: dict[tuple[str, str, date], bool] = field(default_factory=dict, compare=False)

    @classmethod
    def build(
        cls,
        *,
        places: Iterable[Place],
        units: Iterable[Unit],
        edges: Iterable[Edge],
        reorganisations: Iterable[Reorganisation],
        levels: Sequence[str],
        fallback: str,
    ) -> UnitGraph:
        """Put the graph together.

        Raises:
            PackError: of RoutingErrors RM501–RM508, every one found.
        """
        problems: list[RemitError] = []
        by_place = keyed(places, problems, "place")
        by_unit = ended(keyed(units, problems, "unit"), tuple(reorganisations := tuple(reorganisations)))
        links = tuple(edges)
        graph = cls(
            places=by_place,
            units=by_unit,
            edges=links,
            reorganisations=tuple(sorted(reorganisations, key=lambda r: (r.on, r.units))),
            levels=tuple(levels),
            fallback=fallback,
            by_role=indexed_roles(by_unit.values()),
            by_role_and_place=indexed_posts(by_unit.values()),
            outgoing=indexed(links, "source"),
            incoming=indexed(links, "target"),
        )
        problems += [*graph.dangling(), *graph.cycles()]
        if problems:
            raise PackError(problems)
        return graph

    # --- as of a day ------------------------------------------------------------------------------

    def on(self, day: date) -> MultiDiGraph[str]:
        """The graph of that day as networkx: nodes are units with their attributes, edge keys are relations."""
        import networkx as nx

        alive = [n for n, edge in enumerate(self.edges) if self.holds(edge, day)]
        names = [name for name, unit in self.units.items() if lives(unit, day)]
        key = frozenset([*alive, *(-n - 1 for n, name in enumerate(self.units) if name in set(names))])
        if key not in self._graphs:
            graph: MultiDiGraph[str] = nx.MultiDiGraph()
            for name in names:
                unit = self.unit(name, day)
                graph.add_node(name, label=unit.label, roles=unit.roles, place=unit.place, level=unit.level)
            for n in alive:
                edge = self.edges[n]
                graph.add_edge(edge.source, edge.target, key=edge.relation.value)
            self._graphs[key] = graph
        return self._graphs[key]

    def holds(self, edge: Edge, day: date) -> bool:
        """Whether the edge, and both its ends, stand that day."""
        dated = (edge.since is None or edge.since <= day) and (edge.until is None or day <= edge.until)
        return dated and self.exists(edge.source, day) and self.exists(edge.target, day)

    def unit(self, unit_id: str, day: date) -> Unit:
        """The unit under the name it bears that day."""
        unit = self.units[unit_id]
        for act in self.reorganisations:
            if act.kind == "rename" and unit_id in act.units and act.on <= day and act.label is not None:
                unit = replace(unit, label=act.label)
        return unit

    def exists(self, unit_id: str, day: date) -> bool:
        return unit_id in self.units and lives(self.units[unit_id], day)

    def successor(self, unit_id: str, day: date) -> tuple[str, Reorganisation] | None:
        """Who took over from a unit that has ceased by `day`, followed through later reorganisations; None if it lives or nobody did."""
        moves = tuple(self.takeovers(unit_id, day))
        return (moves[-1][0], moves[0][1]) if moves else None

    def takeovers(self, unit_id: str, day: date = date.max) -> Iterator[tuple[str, Reorganisation]]:
        """The units that took it over one after the other until `day`, and by which act."""
        for act in self.reorganisations:
            if act.kind != "rename" and unit_id in act.units and act.on <= day and act.into not in (None, unit_id):
                unit_id = act.into
                yield unit_id, act

    def is_under(self, unit_id: str, above: str, day: date) -> bool:
        """The same unit, or one that reaches `above` by `part_of`."""
        if unit_id == above:
            return True
        key = (unit_id, above, day)
        if key not in self._under:
            self._under[key] = any(
                self.holds(edge, day) and self.is_under(edge.target, above, day)
                for edge in self.outgoing.get((unit_id, Relation.PART_OF), ())
            )
        return self._under[key]

    def related(self, unit_id: str, relation: Relation, day: date) -> tuple[Edge, ...]:
        """The edges of that relation that lead to `unit_id`, in order of their sources."""
        found = (e for e in self.incoming.get((unit_id, relation), ()) if self.holds(e, day))
        return tuple(sorted(found, key=lambda e: e.source))

    def leading(self, unit_id: str, relation: Relation, day: date) -> tuple[Edge, ...]:
        """The edges of that relation that lead away from `unit_id`, in order of their targets."""
        found = (e for e in self.outgoing.get((unit_id, relation), ()) if self.holds(e, day))
        return tuple(sorted(found, key=lambda e: e.target))

    def with_role(self, role: str, day: date) -> tuple[Unit, ...]:
        """Living units that have the role, or the unit itself where its id is given, in order of id."""
        names = (role,) if role in self.units else self.by_role.get(role, ())
        return tuple(self.units[name] for name in names if lives(self.units[name], day))

    def with_role_at(self, role: str, place: str, day: date) -> tuple[Unit, ...]:
        """Of those, the ones at that very place."""
        if role in self.units:
            return tuple(unit for unit in self.with_role(role, day) if unit.place == place)
        posted = (self.units[name] for name in self.by_role_and_place.get((role, place), ()))
        return tuple(unit for unit in posted if lives(unit, day))

    # --- places -----------------------------------------------------------------------------------

    def around(self, place: str) -> tuple[str, ...]:
        """The place and those that enclose it, innermost first."""
        chain = [place]
        while (outer := self.places[chain[-1]].inside) is not None:
            chain.append(outer)
        return tuple(chain)

    def at_level(self, place: str, level: str) -> str | None:
        """The place of that level that encloses (or is) `place`."""
        return next((p for p in self.around(place) if self.places[p].level == level), None)

    # --- what must hold ---------------------------------------------------------------------------

    def dangling(self) -> list[RemitError]:
        """Names that lead nowhere, and dates that cannot be."""
        problems: list[RemitError] = []
        for place in self.places.values():
            if place.inside is not None and place.inside not in self.places:
                problems.append(unknown("RM501", "unknown-place", place.inside, "a place", self.places, place.origin))
            if place.level not in self.levels:
                problems.append(
                    unknown(
                        "RM502",
                        "unknown-level",
                        place.level,
                        "a level of facts/pack.yaml",
                        self.levels,
                        place.origin,
                    )
                )
        for unit in self.units.values():
            if unit.place not in self.places:
                problems.append(unknown("RM501", "unknown-place", unit.place, "a place", self.places, unit.origin))
            if unit.level not in self.levels:
                problems.append(
                    unknown(
                        "RM502",
                        "unknown-level",
                        unit.level,
                        "a level of facts/pack.yaml",
                        self.levels,
                        unit.origin,
                    )
                )
            if unit.since and unit.until and unit.since > unit.until:
                problems.append(
                    RoutingError(
                        "RM505",
                        "dates-reversed",
                        found=f"{unit.since}..{unit.until}",
                        expected="`since` not after `until`",
                        origin=unit.origin,
                    )
                )
        for edge in self.edges:
            ends = (end for end in (edge.source, edge.target) if end not in self.units)
            problems += [unknown("RM503", "unknown-unit", end, "a unit", self.units, edge.origin) for end in ends]
        for act in self.reorganisations:
            named = (*act.units, *((act.into,) if act.into else ()))
            lost = (name for name in named if name not in self.units)
            problems += [unknown("RM503", "unknown-unit", name, "a unit", self.units, act.origin) for name in lost]
        if self.fallback not in self.units:
            problems.append(
                unknown(
                    "RM503",
                    "unknown-unit",
                    self.fallback,
                    "the fallback desk, a unit",
                    self.units,
                    None,
                )
            )
        return problems

    def cycles(self) -> list[RemitError]:
        """Units or places that stand above themselves, each cycle named in full."""
        problems: list[RemitError] = []
        inside = [(p.id, p.inside) for p in self.places.values() if p.inside]
        problems += [cycle("in", found, self.places[found[0]].origin) for found in first_cycles(inside)]
        for relation in ACYCLIC:
            links = [(e.source, e.target) for e in self.edges if e.relation is relation]
            for found in first_cycles(links):
                origin = next(e.origin for e in self.edges if e.relation is relation and e.source == found[0])
                problems.append(cycle(relation.value, found, origin))
        return problems


def first_cycles(links: Iterable[tuple[str, str]]) -> list[list[str]]:
    """One cycle of each tangled part, rotated to begin with its least name.

    The standard library says whether there is one at all, so that networkx, slow to import, is only asked to name it.
    """
    above: dict[str, list[str]] = {}
    for lower, upper in links:
        above.setdefault(lower, []).append(upper)
    try:
        TopologicalSorter(above).prepare()
    except CycleError:
        import networkx as nx

        return named_cycles(nx.DiGraph((lower, upper) for lower, uppers in above.items() for upper in uppers))
    return []


def named_cycles(graph: DiGraph[str]) -> list[list[str]]:
    import networkx as nx

    found = []
    for part in nx.strongly_connected_components(graph):
        members = graph.subgraph(part)
        if len(part) > 1 or any(members.has_edge(n, n) for n in part):
            ring = [str(edge[0]) for edge in nx.find_cycle(members, source=min(part))]
            start = ring.index(min(ring))
            found.append(ring[start:] + ring[:start])
    return sorted(found)


def cycle(relation: str, ring: list[str], origin: Origin | None) -> RoutingError:
    return RoutingError(
        "RM504",
        "cycle",
        found=" → ".join([*ring, ring[0]]),
        expected=f"no unit or place above itself by `{relation}`",
        origin=origin,
    )


def unknown(
    code: str, slug: str, found: str, expected: str, valid: Iterable[str], origin: Origin | None
) -> RoutingError:
    return RoutingError(
        code, slug, found=found, expected=expected, suggestion=nearest(found, valid),
        origin=origin,
    )  # fmt: skip


def lives(unit: Unit, day: date) -> bool:
    return (unit.since is None or unit.since <= day) and (unit.until is None or day <= unit.until)


def keyed(items: Iterable[T], problems: list[RemitError], what: str) -> dict[str, T]:
    found: dict[str, T] = {}
    for item in items:
        if item.id in found:
            problems.append(
                RoutingError(
                    "RM506",
                    "listed-twice",
                    found=item.id,
                    expected=f"each {what} once",
                    origin=item.origin,
                )
            )
        found[item.id] = item
    return found


def ended(units: dict[str, Unit], acts: tuple[Reorganisation, ...]) -> dict[str, Unit]:
    """A merged or abolished unit's last day is the one before the act, unless it ended sooner."""
    for act in acts:
        if act.kind == "rename":
            continue
        last = act.on - timedelta(days=1)
        for name in act.units:
            if name in units and name != act.into:
                until = units[name].until
                units[name] = replace(units[name], until=min(until, last) if until else last)
    return units


def indexed_roles(units: Iterable[Unit]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for unit in units:
        for role in unit.roles:
            found.setdefault(role, []).append(unit.id)
    return {role: tuple(sorted(names)) for role, names in found.items()}


def indexed_posts(units: Iterable[Unit]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], list[str]] = {}
    for unit in units:
        for role in unit.roles:
            found.setdefault((role, unit.place), []).append(unit.id)
    return {post: tuple(sorted(names)) for post, names in found.items()}


def indexed(edges: Iterable[Edge], end: str) -> dict[tuple[str, Relation], tuple[Edge, ...]]:
    found: dict[tuple[str, Relation], list[Edge]] = {}
    for edge in edges:
        found.setdefault((edge.source if end == "source" else edge.target, edge.relation), []).append(edge)
    return {key: tuple(members) for key, members in found.items()}
