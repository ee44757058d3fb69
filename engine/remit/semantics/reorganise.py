"""Units merged, renamed or abolished: what was open moves to the successor, visibly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from remit.model.event import Event
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
    return beside([move(law, obligation, today) for obligation in owed])


def beside(moves: Sequence[tuple[Obligation, ...]]) -> tuple[Obligation, ...]:
    """All of them, each with an id of its own."""
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
    heiress = heir(graph, obligation.bearer, today)
    return carried_on(
        obligation, current, under_bearer(obligation.id, unit), heiress, moved_step(obligation.bearer, act, unit)
    )


def carried_on(
    left: Obligation, current: Obligation, new_id: str, bearer: Party, step: Why
) -> tuple[Obligation, Obligation]:
    """The duty of whom it leaves, and that of whom it goes to, with the same deadline."""
    return (
        replace(left, status=Status.TRANSFERRED, questions=(), transferred_to=new_id, performed_at=None, performed_by=()),
        replace(
            renamed(current, new_id), bearer=bearer, transferred_from=left.id, grounds=(*current.grounds, step)
        ),
    )  # fmt: skip


def handed_over(law: Law, owed: Obligation, act: Event) -> tuple[Obligation, ...]:
    """By a recorded act, to another unit: what was still open then."""
    done = owed.performed_at is not None and owed.performed_at < act.at
    if done or not (owed.in_force or owed.performed_at is not None):
        return (owed,)
    unit = law.graph.unit(str(act.data["to_unit"]), law.day(act.at))
    claim = Text(
        f"自 {act.at:%Y-%m-%d %H:%M} 起移交{unit.label.zh}（{act.data['authority']}）",
        f"transferred to {unit.label.en} on {act.at:%Y-%m-%d %H:%M} ({act.data['authority']})",
    )
    step = Why("route", claim, value=str(act.data["authority"]), source=act.id, holds=True)
    party = Party(unit.id, unit.label, None, unit.level, unit.place, path=(step,))
    return carried_on(owed, owed, handed_id(owed.id, owed.bearer.id, unit.id), party, step)


def handed_id(obligation_id: str, bearer: str, unit: str) -> str:
    """The id a duty has at the unit it was given to."""
    return f"{under_bearer(obligation_id, unit)}/from/{escaped(bearer)}"


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
