"""A plan as the lines to write to `facts/units.yaml`. Shown, never written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import yaml

from remit.model.terms import Basis
from remit.model.unit import Edge, Reorganisation, Unit
from remit.pack.load import Pack
from remit.planning.acts import Plan


def lines(pack: Pack, plan: Plan) -> str:
    """The new units, the changed edges of units that stay, and the acts; loads as it stands, keys of a unit joined by hand."""
    units: dict[str, object] = {unit.id: founded(pack, unit, plan.edges) for unit in plan.units}
    for name in plan.rewired:
        units[name] = relations(e for e in plan.edges if e.source == name)
    told: dict[str, object] = {"units": units} if units else {}
    told["reorganisations"] = [act_of(act) for act in plan.acts]
    text = yaml.dump(told, Dumper=Plain, allow_unicode=True, sort_keys=False, default_flow_style=None, width=160)
    return text.replace("'on':", "on:")


class Plain(yaml.SafeDumper):
    """Without anchors, which a pack's YAML has not got."""

    def ignore_aliases(self, _data: object) -> bool:
        return True


def founded(pack: Pack, unit: Unit, edges: Iterable[Edge]) -> dict[str, object]:
    level = {} if pack.graph.places[unit.place].level == unit.level else {"level": unit.level}
    basis = {"basis": "inferred", "reason": unit.reason or ""} if unit.basis is Basis.INFERRED else {}
    since = {"since": unit.since} if unit.since else {}
    head = {"label": unit.label.as_json(), "roles": list(unit.roles), "place": unit.place, **level, **since, **basis}
    return {**head, **relations(edge for edge in edges if edge.source == unit.id)}


def relations(edges: Iterable[Edge]) -> dict[str, object]:
    """Every edge of a unit by relation, each with its dates."""
    found: dict[str, list[object]] = defaultdict(list)
    for edge in edges:
        dates = {name: day for name, day in (("since", edge.since), ("until", edge.until)) if day is not None}
        found[edge.relation.value].append({"unit": edge.target, **dates} if dates else edge.target)
    return dict(found)


def act_of(act: Reorganisation) -> dict[str, object]:
    units: object = list(act.units) if len(act.units) > 1 else act.units[0]
    told: dict[str, object] = {"on": act.on, act.kind: units}
    if act.into is not None:
        told["into"] = act.into
    if act.label is not None:
        told["label"] = act.label.as_json()
    return told
