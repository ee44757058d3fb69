"""What a reorganisation is written as on the command line → the acts, and the units and edges they bring with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from remit.errors import EventError, RoutingError, nearest
from remit.model.text import Text
from remit.model.unit import Edge, Reorganisation, Unit
from remit.pack.load import Pack
from remit.routing.graph import UnitGraph

Kind = Literal["merge", "rename", "abolish"]
SHAPES = {"merge": "units and their successor: A,B:NEW", "rename": "a unit and its new name: A:NEW", "abolish": "a unit, with or without a successor: A or A:B"}  # fmt: skip
COMMA, COLON = re.compile(r"[,，、]"), re.compile(r"[:：]")
#: What no id may hold: it would be taken for two parts of an obligation's id.
UNFIT = re.compile(r"[/\s]")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written to facts/units.yaml.

    Attributes:
        acts: the reorganisations, all on one day.
        units: those that come into being.
        edges: every edge as it would stand: those that led to a merged unit end, and go on to the one it is merged into.
        rewired: the units whose own edges change, without the new ones.
    """

    on: date
    acts: tuple[Reorganisation, ...]
    units: tuple[Unit, ...]
    edges: tuple[Edge, ...]
    rewired: tuple[str, ...]

    @property
    def ceasing(self) -> tuple[str, ...]:
        """The units that are there no more from that day on."""
        return tuple(u for act in self.acts if act.kind != "rename" for u in act.units if u != act.into)

    def missing_roles(self, pack: Pack) -> dict[str, tuple[str, ...]]:
        """Units that are there already and take over from units with roles they have not got."""
        found: dict[str, tuple[str, ...]] = {}
        for act in self.acts:
            heir = pack.graph.units.get(act.into or "")
            if act.kind != "rename" and heir is not None:
                roles = (role for unit in act.units for role in pack.graph.units[unit].roles if role not in heir.roles)
                found[heir.id] = tuple(dict.fromkeys((*found.get(heir.id, ()), *roles)))
        return {unit: roles for unit, roles in found.items() if roles}

    def graph(self, pack: Pack) -> UnitGraph:
        """The unit graph with the plan carried out."""
        old = pack.graph
        return UnitGraph.build(
            places=old.places.values(), units=[*pack.vocabulary.units.values(), *self.units], edges=self.edges,
            reorganisations=[*old.reorganisations, *self.acts], levels=old.levels, fallback=old.fallback,
        )  # fmt: skip


def plan(pack: Pack, on: date, written: Sequence[tuple[Kind, str]]) -> Plan:
    """Read the acts of one reorganisation.

    Raises:
        RoutingError: RM850, the act has not the form of its kind; RM851, a unit does not exist on the day before, or is named twice.
        EventError: RM456, no unit is called so.
    """
    acts, born = [], []
    for kind, text in written:
        act, unit = read(pack, on, kind, text)
        acts.append(act)
        born += [unit] if unit is not None else []
    named = [unit for act in acts for unit in act.units]
    for unit_id in named:
        if named.count(unit_id) > 1:
            raise RoutingError("RM851", "unit-not-there", found=unit_id, expected="each unit in one act only")
        if not pack.graph.exists(unit_id, on - ONE_DAY):
            raise RoutingError(
                "RM851", "unit-not-there", found=unit_id, expected=f"a unit that exists on {on - ONE_DAY}"
            )
    heirs = {
        u: act.into for act in acts if act.kind == "merge" and act.into is not None for u in act.units if u != act.into
    }
    merged = {u: heir for u, heir in heirs.items() if heir in {unit.id for unit in born}}
    edges = tuple(rewire(pack.graph.edges, heirs, merged, on))
    changed = {e.source for e in set(edges) ^ set(pack.graph.edges)} - set(heirs) - {unit.id for unit in born}
    return Plan(on, tuple(acts), tuple(born), edges, tuple(sorted(changed)))


def read(pack: Pack, on: date, kind: Kind, text: str) -> tuple[Reorganisation, Unit | None]:
    """One act, and the unit it founds, if it does."""
    head, *rest = COLON.split(text)
    names = [name.strip() for name in COMMA.split(head)]
    tail = rest[0].strip() if rest else ""
    wrong = len(rest) > 1 or not all(names) or (not tail and (kind != "abolish" or bool(rest))) or (kind == "rename" and len(names) > 1)  # fmt: skip
    if wrong:
        raise RoutingError("RM850", "bad-reorganisation", found=f"--{kind} {text}", expected=SHAPES[kind])
    units = tuple(known(pack, name) for name in names)
    if kind == "rename":
        return Reorganisation(on, kind, units, label=Text(tail, tail)), None
    if not tail:
        return Reorganisation(on, kind, units), None
    heir = pack.find("unit", tail)
    if heir is not None:
        if not pack.graph.exists(heir, on):
            raise RoutingError("RM851", "unit-not-there", found=tail, expected=f"a unit that exists on {on}")
        if kind == "abolish" and heir in units:
            raise RoutingError(
                "RM850", "bad-reorganisation", found=f"--{kind} {text}", expected="a successor that stays"
            )
        return Reorganisation(on, kind, units, into=heir), None
    if kind == "abolish":
        known(pack, tail)
    unit = founded(pack, on, units, tail)
    return Reorganisation(on, kind, units, into=unit.id), unit


def known(pack: Pack, name: str) -> str:
    """The id of a unit under any of its names.

    Raises:
        EventError: RM456, there is none of this name.
    """
    found = pack.find("unit", name)
    if found is None:
        spelled = pack.reader.names.spelled["unit"]
        raise EventError("RM456", "unknown-name", found=name, expected="the name of one unit", suggestion=nearest(name, spelled))  # fmt: skip
    return found


def founded(pack: Pack, on: date, merged: Sequence[str], written: str) -> Unit:
    """`id=name` or a name: a unit with all the roles of those merged, at the innermost place around them."""
    name, _, label = (part.strip() for part in written.partition("="))
    if not name or UNFIT.search(name):
        raise RoutingError("RM850", "bad-reorganisation", found=written, expected="an id without blanks, or id=name")
    parents = [pack.graph.units[unit] for unit in merged]
    roles = tuple(dict.fromkeys(role for unit in parents for role in unit.roles))
    around = [pack.graph.around(unit.place) for unit in parents]
    place = next(place for place in (*around[0], around[0][-1]) if all(place in chain for chain in around) or place == around[0][-1])  # fmt: skip
    level = parents[0].level if place == parents[0].place else pack.graph.places[place].level
    return Unit(name, Text(label or name, label or name), roles, place, level, since=on)


def rewire(edges: Iterable[Edge], heirs: dict[str, str], merged: dict[str, str], on: date) -> Iterator[Edge]:
    """What led to a unit with a successor goes on to it; what led from those merged goes on from the new unit."""
    given: set[tuple[str, str, str]] = set()
    for edge in edges:
        ends = edge.until is not None and edge.until < on
        target = heirs.get(edge.target, edge.target)
        source = merged.get(edge.source, edge.source)
        if ends or (target == edge.target and source == edge.source):
            yield edge
            continue
        if edge.source in heirs:
            yield edge  # it ends with its source
        elif edge.since is None or edge.since < on:
            yield replace(edge, until=on - ONE_DAY)
        key = (source, edge.relation.value, target)
        if source not in heirs and source != target and key not in given:
            given.add(key)
            yield Edge(source, edge.relation, target, max(filter(None, (edge.since, on))), edge.until)
