"""Duties whose ground fell away: a fact stated later made the condition false, an exception true, or sent them elsewhere.

Nothing is dropped in silence. What was performed or breached by then stays so; what was still open is withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from remit.expressions.situation import Situation
from remit.matching.history import History
from remit.model.explanation import Why
from remit.model.obligation import Obligation
from remit.model.terms import Status
from remit.model.text import Text
from remit.program.program import CompiledRule
from remit.semantics.build import settled
from remit.semantics.drafts import bearing, drafts, exception_of, judge, seen
from remit.semantics.law import Law


def lapsed(law: Law, history: History, standing: Mapping[str, Obligation]) -> Iterator[Obligation]:
    """What the case raised by what was known earlier and raises no more, as it stood when that changed; the latest first."""
    for before, after in turns(law, history):
        found = {
            key: draft
            for key, draft in drafts(law, before).items()
            if draft.verdict is True and draft.rule.changeable and key not in standing
        }
        for obligation in settled(law, history.as_known_at(after), found, after):
            yield ceased(obligation, after)


def turns(law: Law, history: History) -> tuple[tuple[History, datetime], ...]:
    """The case as it was known just before a report that took some duty its ground, and when that became known; the latest first."""
    tried = [
        (rule, event)
        for event in history.events
        for rule in law.program.by_event.get(event.type, ())
        if rule.changeable
        and not rule.breach_triggered
        and (rule.per_bearer or rule.rerouted or not raised(law, rule, event.id, history))
    ]
    moments = sorted({event.knowable_at for event in history.events}) if tried else []
    if len(moments) < 2:
        return ()
    known = [history.as_known_at(moment) for moment in moments]
    found = [
        (before, after)
        for (before, now), after in zip(pairwise(known), moments[1:], strict=True)
        if any(raised(law, r, e.id, before) - raised(law, r, e.id, now) for r, e in tried)
    ]
    return tuple(reversed(found))


def raised(law: Law, rule: CompiledRule, event_id: str, known: History) -> frozenset[str | None]:
    """For which bearers the event set the rule off, by what was then known; None is everyone, where neither judging nor
    routing tells one from another.
    """
    event = next((e for e in known.events if e.id == event_id), None)
    if event is None:
        return frozenset()
    situation, day = known.situation(event), law.day(event.at)
    inside: dict[str | None, Situation] = {None: situation}
    if rule.per_bearer or rule.rerouted:
        parties = (p for found in bearing(law, rule, situation, event, day) for p in found.parties)
        inside = {p.id: seen(replace(situation, unit=law.graph.unit(p.id, day)), p) for p in parties}
    return frozenset(n for n, s in inside.items() if judge(rule, s) is True and exception_of(rule, s) is not True)


def ceased(obligation: Obligation, moment: datetime) -> Obligation:
    """As it stood, if it was performed or breached; else withdrawn, with the reason."""
    if obligation.performed_at is not None or obligation.status is Status.BREACHED:
        return obligation
    claim = Text(
        "后来查明的情况使条件不再成立，或使其归于其他单位",
        "what was learned later took the duty its ground, or sent it to another desk",
    )
    step = Why("status", claim, value=moment.isoformat(), holds=False)
    return replace(obligation, status=Status.WITHDRAWN, questions=(), grounds=(*obligation.grounds, step))
