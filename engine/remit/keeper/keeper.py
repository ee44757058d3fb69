"""The protocol of a keeper, and what both do alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from remit.errors import EventError, nearest
from remit.matching.history import AMENDMENTS, amended_report, amends, believed
from remit.matching.moves import MOVES, home, moves_in_order, named, other_end
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
from remit.model.obligation import Answer, Delta, Obligation
from remit.model.records import record
from remit.model.rule import On
from remit.model.terms import Nature, Status
from remit.program.compile import reads_case
from remit.program.program import Program
from remit.semantics.law import Law

STEERING = frozenset({CORRECTION, DISPUTE, RECEIPT, RESUMPTION, RETRACTION, SUSPENSION, TRANSFER, WAIVER})
BUILT_IN_ACTS = frozenset({PERFORMED, VIOLATED})


@record
class Query:
    """Which obligations; None lets every one through. `unit` means the bearer."""

    unit: str | None = None
    status: Status | str | None = None
    case: str | None = None
    rule: str | None = None
    nature: Nature | str | None = None

    def fits(self, found: Obligation) -> bool:
        return (
            (self.unit is None or found.bearer.id == self.unit)
            and (self.status is None or found.status == self.status)
            and (self.case is None or found.case == self.case)
            and (self.rule is None or found.rule == self.rule)
            and (self.nature is None or found.nature == self.nature)
        )


class Keeper(Protocol):
    """Keeps events, and answers what follows from them at its clock."""

    @property
    def now(self) -> datetime: ...

    @property
    def position(self) -> int: ...

    def submit(self, events: tuple[Event, ...]) -> Delta: ...

    def submit_each(self, batches: Iterable[tuple[Event, ...]]) -> Iterator[Delta]:
        """Each batch by itself, in order."""
        ...

    def advance(self, now: datetime) -> Delta: ...

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        """All that was submitted, in order; with `case`, what belongs to it."""
        ...

    def recorded(self, by: datetime) -> tuple[tuple[Event, ...], Law]:
        """What had been taken in by a moment, and the law of then.

        Raises:
            LedgerError: RM705, nothing is stamped without a ledger.
        """
        ...

    def obligations(self, query: Query) -> tuple[Obligation, ...]: ...

    def answer(self, *, agenda: bool) -> Answer: ...

    def full(self, obligation_id: str) -> Obligation:
        """One obligation with the grounds of its explanation.

        Raises:
            EventError: RM453, there is none of this id.
        """
        ...

    def close(self) -> None: ...


def require_forward(now: datetime, clock: datetime) -> None:
    """Raise RM452 unless the moment has a zone and does not lie before the clock."""
    if now.tzinfo is None or now < clock:
        raise EventError(
            "RM452",
            "clock-runs-forward",
            found=now.isoformat(),
            expected=f"a moment with a zone, not before {clock.isoformat()}",
        )


def homed(act: Event, known: Mapping[str, Event]) -> Event:
    """The retraction or correction in the case of what it amends.

    Raises:
        EventError: RM451, there is no such event, or it belongs to another case.
    """
    name, target = amends(act), amended_report(act, known)
    if target is None or act.case not in (None, target.case):
        raise EventError(
            "RM451",
            "unknown-event",
            found=name,
            expected="the id of an event that was submitted" if target is None else f"an event of case `{act.case}`",
            origin=act.where,
            suggestion=nearest(name, (e.id for e in known.values() if act.case in (None, e.case) and e.id != act.id)),
        )
    return replace(act, case=target.case)


def all_homed(events: tuple[Event, ...], known: Mapping[str, Event]) -> tuple[Event, ...]:
    """Every amendment in its case; `known` holds whatever they lead to outside the batch."""
    if not any(event.type in AMENDMENTS for event in events):
        return events
    found = {**{event.id: event for event in events}, **known}
    return tuple(homed(event, found) if event.type in AMENDMENTS else event for event in events)


def require_movable(
    events: tuple[Event, ...],
    has_case: Callable[[str], bool],
    named_events: Callable[[set[str]], Mapping[str, Event]],
    standing: Callable[[str | None], Iterable[Event]],
) -> None:
    """A merger must name another case that was reported; a split, events of its own case and another name.

    `standing` gives the mergers and splits that stand and are linked with a case. An act that was kept already is not
    judged anew: what it moved is no longer where it was.

    Raises:
        EventError: RM455, there is no such case; RM451, there is no such event in the case.
    """
    for act in events:
        if act.type not in MOVES:
            continue
        origin = act.where
        there = other_end(act)
        if act.case is None or there == act.case:
            raise EventError(
                "RM455", "unknown-case", found=there, expected="another case than the act's own", origin=origin
            )
        beside = (event for event in events if event is not act)
        if act.type == MERGER and not (has_case(there) or any(there in reached_by(event) for event in beside)):
            raise EventError("RM455", "unknown-case", found=there, expected="a case that was reported", origin=origin)
        if act.type == SPLIT:
            kept = named_events({act.id, *named(act)})
            if act.id in kept:
                continue
            known = {**kept, **{e.id: e for e in events}}
            before = moves_before(act, (*standing(act.case), *events))
            for name in named(act):
                if name not in known or home(known[name], before) != act.case:
                    raise EventError("RM451", "unknown-event", found=name, expected=f"the id of an event of the case `{act.case}`", origin=origin)  # fmt: skip


def reached_by(event: Event) -> tuple[str | None, ...]:
    """The cases an event speaks of: its own, and that to which a split goes."""
    return (event.case, other_end(event)) if event.type == SPLIT else (event.case,)


def moves_before(act: Event, events: Iterable[Event]) -> list[Event]:
    """The mergers and splits that come before an act in their own order."""
    found = [move for _, move in moves_in_order({e.id: e for e in events}.values())]
    return found[: found.index(act)]


def standing_moves(events: Iterable[Event]) -> tuple[Event, ...]:
    """Mergers and splits as they stand after all amendments."""
    return tuple(event for event in believed(tuple(events)) if event.type in MOVES)


def in_case(case: str, told: Sequence[Event]) -> tuple[Event, ...]:
    """Of the reports of linked cases, those made in this one and those that moves brought there, as its own."""
    moves = [move for _, move in moves_in_order(standing_moves(told))]
    return tuple(replace(event, case=case) for event in told if case in (event.case, home(event, moves)))


def agenda_types(program: Program) -> frozenset[str] | None:
    """Types of events that may discharge, breach, steer or amend what no event of a case sets off; None: any type may."""
    rules = [rule for rule in program.rules if not isinstance(rule.rule.trigger, On)]
    if any(reads_case(rule.rule) for rule in rules):
        return None
    return STEERING | {act.event for rule in rules for act in (*rule.discharges, *rule.breaches)}


def bears_on_agenda(program: Program) -> Callable[[Event], bool]:
    """Whether an event may discharge, breach, steer or amend what no event of a case sets off.

    An act that names another action (one that names none may be any), or steers a rule that a case sets off, does not.
    """
    types = agenda_types(program)
    mine = [rule.rule for rule in program.rules if not isinstance(rule.rule.trigger, On)]
    actions, rules = {rule.action for rule in mine}, {rule.id for rule in mine}

    def bears(event: Event) -> bool:
        if types is None:
            return True
        if event.type not in types:
            return False
        if event.type in BUILT_IN_ACTS and "action" in event.data and event.data["action"] not in actions:
            return False
        return event.data.get("rule") is None or event.data["rule"] in rules

    return bears


def unknown_obligation(obligation_id: str, known: Iterable[str]) -> EventError:
    return EventError(
        "RM453",
        "unknown-obligation",
        found=obligation_id,
        expected="the id of an obligation that exists at this moment",
        suggestion=nearest(obligation_id, known),
    )
