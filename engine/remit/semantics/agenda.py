"""Recurring and standing duties: each unit's own agenda, which no case sets off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from remit.deadlines.recurrence import Span, spans
from remit.expressions.situation import Situation
from remit.matching.history import History
from remit.model.event import Event
from remit.model.obligation import Deadline, Obligation
from remit.model.rule import Every
from remit.model.terms import Nature, Status
from remit.program.program import CompiledRule
from remit.semantics.build import period_deadline, settled
from remit.semantics.drafts import excepted, judge, obligation_id, seen, weighed
from remit.semantics.law import Draft, Law


def agenda(law: Law, events: Iterable[Event], now: datetime, horizon: datetime | None = None) -> tuple[Obligation, ...]:
    """Every period's duty from the policy's effect until `horizon` (left out: `now`), and every standing norm at `now`.

    A period's act may be reported in any case, or in none.
    """
    history = History.of(None, (replace(event, subject=None) for event in events))
    last = law.day(max(now, horizon or now))
    found: dict[str, Draft] = {}
    for rule in law.program.rules:
        if isinstance(rule.rule.trigger, Every):
            members = recurring(law, rule, rule.rule.trigger, history, last)
        elif rule.breach_triggered:
            members = standing(law, rule, history, law.day(now))
        else:
            continue
        found |= {obligation_id(draft, None): draft for draft in filter(None, map(excepted, members))}
    owed = settled(law, history, weighed(law, found), now)
    return tuple(replaced_by_successor(law, o, now) for o in owed)


def recurring(law: Law, rule: CompiledRule, every: Every, history: History, last: date) -> Iterator[Draft]:
    """One draft for each period and each unit that bears it on the day on which it opens."""
    effective = rule.effective_on
    for span in spans(every.period, effective, last) if effective <= last else ():
        asked = asked_in(law, rule, span)
        if asked is not None:
            period, _, opens = asked
            yield from for_each_bearer(law, rule, history, opens, Nature.RECURRING, period)


def asked_in(law: Law, rule: CompiledRule, span: Span) -> tuple[Span, Deadline, date] | None:
    """What of the period the rule asks for, by when, and the day on which that opens, all by the pack's own calendar.

    None for what had to be done before the policy's effect, and none for what opens only after its repeal.
    """
    effective = rule.effective_on
    first = max(span.opens, effective)
    cut = span.opens < effective
    if cut and rule.policy.first_period == "none":
        return None
    asked = replace(span, opens=first) if cut and rule.policy.first_period == "remainder" else span
    due = period_deadline(law, rule, asked, law.calendar)
    end = due.latest or due.due
    opens = max(first, law.day(due.opens)) if due.opens else first
    if not rule.in_force_on(opens) or (end is not None and end <= law.midnight(effective)):
        return None
    return asked, due, opens


def standing(law: Law, rule: CompiledRule, history: History, today: date) -> Iterator[Draft]:
    """One draft for each unit that bears the norm today."""
    if rule.in_force_on(today):
        yield from for_each_bearer(law, rule, history, today, Nature.STANDING, None)


def for_each_bearer(
    law: Law, rule: CompiledRule, history: History, day: date, nature: Nature, span: Span | None
) -> Iterator[Draft]:
    nowhere = Situation(event=None, subject={}, unit=None, events=history.events)
    for selector in rule.rule.bearers:
        routing = law.seek(rule, "bearer", selector, nowhere, day, None)
        for party in routing.parties:
            inside = replace(nowhere, unit=law.graph.unit(party.id, day))
            verdict = judge(rule, seen(inside, party))
            if verdict is not False:
                opens = law.midnight(span.opens if span else rule.effective_on)
                yield Draft(rule, party, nature, routing, inside, day, verdict, arose_at=opens, span=span)


def replaced_by_successor(law: Law, obligation: Obligation, now: datetime) -> Obligation:
    """Under a newer policy that has the same rule, an older policy's open agenda is superseded."""
    if obligation.in_force and has_successor(law, obligation.policy, obligation.rule, law.day(now)):
        return replace(obligation, status=Status.SUPERSEDED)
    return obligation


def has_successor(law: Law, policy: str, rule: str, today: date) -> bool:
    """Whether another policy's rule of that name is in force, and this policy's no more."""
    rivals = law.program.by_id.get(rule, ())
    newer = [r for r in rivals if r.rule.policy != policy and r.in_force_on(today)]
    ours = [r for r in rivals if r.rule.policy == policy]
    return bool(newer) and not any(r.in_force_on(today) for r in ours)
