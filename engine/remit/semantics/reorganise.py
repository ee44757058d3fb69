"""Units merged, renamed or abolished: what was open moves to the successor, visibly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from remit.model.explanation import Why
from remit.model.obligation import Obligation, Party
from remit.model.terms import Basis, Status
from remit.model.text import Text
from remit.model.unit import Reorganisation
from remit.routing.graph import UnitGraph
from remit.semantics.drafts import escaped
from remit.semantics.law import Law

#: What is settled stays with the unit that settled it.
SETTLED = frozenset({Status.WITHDRAWN, Status.WAIVED, Status.SUPERSEDED})


def reorganise(law: Law, owed: Iterable[Obligation], today: date) -> tuple[Obligation, ...]:
    """Each open obligation of a unit that has ceased becomes `transferred`, and one of its successor."""
    found: dict[str, Obligation] = {}
    for obligation in owed:
        for moved in move(law, obligation, today):
            found.setdefault(moved.id, moved)
    return tuple(found.values())


def move(law: Law, obligation: Obligation, today: date) -> tuple[Obligation, ...]:
    graph = law.graph
    successor = graph.successor(obligation.bearer.id, today)
    current = replace(
        obligation,
        to=tuple(heir(graph, party, today) for party in obligation.to),
        cooperating=tuple(heir(graph, party, today) for party in obligation.cooperating),
        performers=tuple(heir(graph, party, today) for party in obligation.performers),
    )
    if successor is None or obligation.status in SETTLED or settled_before(law, obligation, successor[1].on):
        return (current if obligation.in_force else obligation,)
    unit, act = successor
    new_id = under_bearer(obligation.id, unit)
    step = moved_step(obligation.bearer, act, unit)
    return (
        replace(
            obligation,
            status=Status.TRANSFERRED,
            transferred_to=new_id,
            performed_at=None,
            performed_by=(),
        ),
        replace(
            current,
            id=new_id,
            bearer=heir(graph, obligation.bearer, today),
            transferred_from=obligation.id,
            grounds=(*current.grounds, step),
        ),
    )


def under_bearer(obligation_id: str, unit: str) -> str:
    """The same id with another bearer, its third part."""
    policy, rule, _, *rest = obligation_id.split("/")
    return "/".join([policy, rule, escaped(unit), *rest])


def settled_before(law: Law, obligation: Obligation, day: date) -> bool:
    """Performed, or finally breached, while the old unit still was there."""
    if obligation.performed_at is not None:
        return law.day(obligation.performed_at) < day
    latest = obligation.deadline.latest or obligation.deadline.due
    return obligation.status is Status.BREACHED and latest is not None and law.day(latest) < day


def heir(graph: UnitGraph, party: Party, today: date) -> Party:
    """The party itself, or the unit that took it over."""
    successor = graph.successor(party.id, today)
    if successor is None:
        return party
    unit = graph.unit(successor[0], today)
    step = moved_step(party, successor[1], unit.id)
    return replace(
        party,
        id=unit.id,
        label=unit.label,
        level=unit.level,
        place=unit.place,
        basis=party.basis if unit.basis is Basis.STATED else Basis.INFERRED,
        path=(*party.path, step),
    )


def moved_step(party: Party, act: Reorganisation, unit: str) -> Why:
    claim = Text(
        f"{party.label.zh}自{act.on.isoformat()}起并入或由{unit}承继",
        f"{party.label.en} ceased on {act.on.isoformat()}; {unit} takes over",
    )
    return Why("route", claim, value=act.authority, source=str(act.origin), holds=True)
