"""Duties whose ground fell away: as `semantics.lapse`, looking only where what a rule reads has turned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from remit.expressions.situation import Situation
from remit.live.drafts import Draft, bearing, drafts, raises, stood
from remit.live.program import LiveProgram
from remit.live.record import Record
from remit.live.rules import LiveRule
from remit.live.settled import settled
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.semantics.lapse import ceased


def lapsed(
    program: LiveProgram, record: Record, standing: Mapping[str, Obligation], aliases: frozenset[str]
) -> Iterator[Obligation]:
    """What the case raised by what was known earlier and raises no more, as it stood when that changed; the latest first."""
    for before, after in turns(program, record):
        found = {
            key: draft
            for key, draft in drafts(program, record.as_known_at(before)).items()
            if draft.verdict is True and may_lapse(draft.rule) and key not in standing
        }
        if found:
            known = record.as_known_at(after)
            for obligation in settled(program, known, record.history.case, found, after, None, aliases):
                yield ceased(obligation, after).bare()


def may_lapse(rule: LiveRule) -> bool:
    """Whether what is reported later may take the rule its ground, or set it aside."""
    return rule.source.changeable or rule.may_be_set_aside


def turns(program: LiveProgram, record: Record) -> Iterator[tuple[datetime, datetime]]:
    """The moments at which a report took some duty its ground, or set it aside, each with the one before; the latest first."""
    known = record.known
    if len(known) < 2:
        return
    found: set[datetime] = set()
    rivalled = False
    for event in record.history.events:
        knowable = record.knowable_at(event)
        for rule in program.candidates(event) if knowable < known[-1] else ():
            rivalled = rivalled or rule.may_be_set_aside
            if rule.source.changeable and not rule.breach:
                later = record.turns_after(knowable, event.subject, rule)
                by_desk = rule.per_bearer or rule.source.rerouted
                if later and (by_desk or not raises(rule, record.situation(event))):
                    found |= set(falls(program, rule, event, record, (knowable, *later)))
    if rivalled:
        found |= set(set_aside(program, record))
    yield from ((known[n - 1], known[n]) for n in range(len(known) - 1, 0, -1) if known[n] in found)


def set_aside(program: LiveProgram, record: Record) -> Iterator[datetime]:
    """When what had been owed was owed no more, though another rule's ground alone had changed."""
    stood_before: dict[str, Draft] = {}
    for moment in record.known:
        before, stood_before = stood_before, stood(program, record.as_known_at(moment))
        if any(d.verdict is True and d.rule.may_be_set_aside and k not in stood_before for k, d in before.items()):
            yield moment


def falls(
    program: LiveProgram, rule: LiveRule, event: Event, record: Record, moments: Iterable[datetime]
) -> Iterator[datetime]:
    """When what was then known did not raise it any more, for some bearer."""
    raised: frozenset[str | None] = frozenset()
    for moment in moments:
        before, raised = raised, raised_for(program, rule, event, record.as_known_at(moment))
        if before - raised:
            yield moment


def raised_for(program: LiveProgram, rule: LiveRule, event: Event, known: Record) -> frozenset[str | None]:
    """For which bearers the event set the rule off; None is everyone, where neither judging nor routing tells them apart."""
    situation = known.situation(event)
    inside: dict[str | None, Situation] = {None: situation}
    if rule.per_bearer or rule.source.rerouted:
        routes = bearing(program, rule, situation, event, program.timeline.day(event.at))
        desks = (desk for route in routes for desk in route.desks)
        inside = {p.id: replace(situation, unit=unit if p.routed else None) for p, unit in desks}
    return frozenset(name for name, own in inside.items() if raises(rule, own))
