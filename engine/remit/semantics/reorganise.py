"""Units merged, renamed or abolished: what was open moves to the successor, visibly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from remit.model.explanation import Why
from remit.model.obligation import Obligation, Party
from remit.model.terms import Basis, Status
from remit.model.text import Text
from remit.model.unit import Reorganisation
from remit.routing.graph import UnitGraph
from remit.semantics.drafts import escaped, under_bearer
from remit.semantics.law import Law

#: What is settled stays with the unit that settled it.
SETTLED = frozenset({Status.WITHDRAWN, Status.WAIVED, Status.SUPERSEDED})


def reorganise(law: Law, owed: Iterable[Obligation], today: date) -> tuple[Obligation, ...]:
    """Each open obligation of a unit that has ceased becomes `transferred`, and one of its successor."""
    moves = [move(law, obligation, today) for obligation in owed]
    borne = Counter(obligation.id for moved in moves for obligation in moved)
    return tuple(o for moved in moves for o in (apart(*moved) if borne[moved[-1].id] > 1 else moved))


def apart(left: Obligation, *taken: Obligation) -> tuple[Obligation, ...]:
    """What is taken over beside the same duty of the successor, or of another unit, keeps the name of whom it came from."""
    if not taken:
        return (left,)
    (new,) = taken
    name = f"{new.id}/from/{escaped(left.bearer.id)}"
    return replace(left, transferred_to=name), renamed(new, name)


def renamed(obligation: Obligation, name: str) -> Obligation:
    """Under another id, its questions as well."""
    questions = tuple(replace(question, obligation=name) for question in obligation.questions)
    return replace(obligation, id=name, questions=questions)


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
            questions=(),
            transferred_to=new_id,
            performed_at=None,
            performed_by=(),
        ),
        replace(
            renamed(current, new_id),
            bearer=heir(graph, obligation.bearer, today),
            transferred_from=obligation.id,
            grounds=(*current.grounds, step),
        ),
    )


def settled_before(law: Law, obligation: Obligation, day: date) -> bool:
    """Finally breached, or performed, while the old unit still was there."""
    settled_at = obligation.performed_at
    if obligation.status is Status.BREACHED:
        settled_at = obligation.breached_at or obligation.deadline.latest or obligation.deadline.due
    return settled_at is not None and settled_at <= law.midnight(day)


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
