"""The function: what is owed, by whom, by when, given events at a moment. Pure; all else is a faster way here.

Read it downwards. The events of a case are matched (which rules they set off), routed (whose duty that is),
grouped (one obligation a key) and weighed (exceptions, overrides): `drafts`. Each draft is scheduled and settled, and
sets off what its failure asks for: `build`, `life`. What was open when a unit ceased moves on: `reorganise`. Recurring and
standing duties begin in `agenda` and take the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from remit.deadlines.calendar import Calendar
from remit.matching.history import History, amended_report, believed, versions
from remit.matching.matcher import Matcher
from remit.matching.moves import MOVES, home, linked, moves_in_order
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.obligation import Answer, Obligation
from remit.model.rule import Policy
from remit.model.terms import Status
from remit.model.vocabulary import Attribute, Reading
from remit.program.compile import compile_program
from remit.routing.graph import UnitGraph
from remit.semantics.agenda import agenda
from remit.semantics.build import settled
from remit.semantics.conflict import conflicts
from remit.semantics.drafts import drafts, in_case
from remit.semantics.lapse import lapsed
from remit.semantics.law import Law
from remit.semantics.reorganise import reorganise


def obligations(
    policies: Sequence[Policy],
    graph: UnitGraph,
    readings: Mapping[str, Reading],
    calendar: Calendar,
    events: Iterable[Event],
    now: datetime,
    *,
    attributes: Mapping[str, Attribute] | None = None,
    matcher: Matcher | None = None,
) -> Answer:
    """Everything that is owed, forbidden or permitted at `now`, with what settled it.

    Args:
        policies: all versions; an event is judged by those in force when it happened.
        graph: the units as of every day.
        readings: what open-textured terms are taken to mean, by id.
        calendar: working days and the zone; a year not published is a stated state.
        events: in any order; those not yet knowable at `now` do not count. Ids are unique.
        now: aware. The only way in which time enters.
        attributes: words for the questions about unknown facts; without them the bare path is asked.
        matcher: a back end compiled from the same policies; left out, the reference.

    Returns:
        The answer in stable order, the same for any order of `events`.

    Source: DESIGN §3; for deadlines, what each policy's `counting` cites.
    """
    program = compile_program(policies)
    law = Law(program, graph, readings, calendar, attributes or {}, matcher or Reference(program))
    known = knowable(events, now)
    return whole_answer(law, known, now)


def whole_answer(law: Law, known: Iterable[Event], now: datetime) -> Answer:
    """Everything that follows at `now` from the events that count."""
    told = tuple(known)
    owed = [o for case, members in by_case(told).items() for o in case_obligations(law, case, members, now)]
    return answer(law, (*owed, *agenda_obligations(law, told, now)))


def knowable(events: Iterable[Event], now: datetime) -> tuple[Event, ...]:
    """What has happened and has become known by `now`."""
    return tuple(event for event in events if event.knowable_at <= now)


def in_hindsight(events: Iterable[Event], moment: datetime, known_at: datetime) -> tuple[Event, ...]:
    """What had happened by `moment`, as far as it was known at `known_at`, which may be later."""
    return tuple(event for event in events if event.at <= moment and event.knowable_at <= known_at)


def by_case(events: Iterable[Event]) -> dict[str | None, tuple[Event, ...]]:
    """Events by the cases they bear on, cases in order; those without a case come first.

    A case that was merged or split comes with all that it is linked with.
    """
    cases = reported(events)
    moves = [event for members in cases.values() for event in members if event.type in MOVES]
    if not moves:
        return cases
    groups = linked(cases, moves)
    found = {case: tuple(e for name in group for e in cases.get(name, ())) for case, group in groups.items()}
    return in_case_order(found)


def reported(events: Iterable[Event]) -> dict[str | None, tuple[Event, ...]]:
    """Events by the case in which they were reported, in order.

    A retraction or correction that names no case belongs to that of the report it amends.
    """
    told = tuple(events)
    known = {event.id: event for event in told}
    cases: dict[str | None, list[Event]] = {}
    for event in told:
        report = event if event.case is not None else amended_report(event, known)
        cases.setdefault(report.case if report else None, []).append(event)
    return in_case_order({case: tuple(members) for case, members in cases.items()})


def in_case_order(cases: Mapping[str | None, tuple[Event, ...]]) -> dict[str | None, tuple[Event, ...]]:
    return {case: cases[case] for case in sorted(cases, key=lambda c: (c is not None, c or ""))}


def case_obligations(law: Law, case: str | None, events: Iterable[Event], now: datetime) -> tuple[Obligation, ...]:
    """What one case raises; what only an event since retracted or corrected had raised by then is `withdrawn`.

    So is what a fact stated later took its ground, unless it had been performed or breached.
    """
    told = versions(case, events)
    ends = [*(history.since or now for history in told[1:]), now]
    drafted = [drafts(law, history.as_known_at(end)) for history, end in zip(told, ends, strict=True)]
    amended = {key: first_believed(told, drafted, key) for key in drafted[-1]}
    owed = {o.id: o for o in settled(law, told[-1], drafted[-1], now, amended)}
    for past in lapsed(law, told[-1].as_known_at(now), owed):
        owed.setdefault(past.id, past)
    for history, found, end in list(zip(told, drafted, ends, strict=True))[-2::-1]:
        for past in settled(law, history, found, end):
            owed.setdefault(past.id, left_behind(past, case, events))
    return reorganise(law, owed.values(), law.day(now))


def left_behind(past: Obligation, case: str | None, events: Iterable[Event]) -> Obligation:
    """What stands no more: withdrawn, or carried on in the case that its report now belongs to."""
    standing = believed(tuple(events))
    moves = [act for _, act in moves_in_order(standing)]
    homes = {event.id: home(event, moves) for event in standing} if moves else {}
    there = next((homes[name] for name in past.triggered_by if name in homes), case)
    if there in (case, None):
        return withdrawn(past)
    return replace(past, status=Status.TRANSFERRED, questions=(), transferred_to=in_case(past.id, str(there)))


def withdrawn(obligation: Obligation) -> Obligation:
    """Nobody owes it any more, and nothing about it has to be asked."""
    return replace(obligation, status=Status.WITHDRAWN, questions=())


def first_believed(told: tuple[History, ...], drafted: Sequence[Mapping[str, object]], key: str) -> datetime | None:
    """When the amendment came since which this obligation has stood; None if it stood from the first, if in another case."""
    start = len(drafted) - 1
    while start > 0 and key in drafted[start - 1]:
        start -= 1
    return None if told[start].moved else told[start].since


def agenda_obligations(
    law: Law, events: Iterable[Event], now: datetime, horizon: datetime | None = None
) -> tuple[Obligation, ...]:
    """The recurring and standing duties of every unit, up to `horizon`."""
    standing = [event for members in reported(events).values() for event in believed(members)]
    return reorganise(law, agenda(law, standing, now, horizon), law.day(now))


def answer(law: Law, owed: Iterable[Obligation]) -> Answer:
    """Obligations in the order in which they are told, with their conflicts."""
    found = in_document_order(law, owed)
    return Answer(found, conflicts(law, found))


def in_document_order(law: Law, owed: Iterable[Obligation]) -> tuple[Obligation, ...]:
    """By case, document, period and bearer; last, those of no rule of this law."""
    return tuple(sorted(owed, key=document_order(law)))


def document_order(law: Law) -> Callable[[Obligation], tuple[str, int, str, str, str]]:
    """What obligations are sorted by to stand in document order."""
    order = {(r.rule.policy, r.rule.id): r.order for r in law.program.rules}
    return lambda o: (o.case or "", order.get((o.policy, o.rule), len(order)), o.period or "", o.bearer.id, o.id)
