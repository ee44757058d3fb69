"""Duties whose ground fell away: a fact stated later made the condition false, an exception true, or sent them elsewhere,
or a rule that goes before theirs came to apply.

Nothing is dropped in silence. What was performed or breached by then stays so; what was still open is withdrawn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
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
from remit.semantics.drafts import bearing, drafts, exception_of, grouped, judge, may_be_set_aside, seen, weighed
from remit.semantics.law import Law


def lapsed(law: Law, history: History, standing: Collection[str]) -> Iterator[Obligation]:
    """What the case raised by what was known earlier and raises no more, as it stood when that changed; the latest first.

    What came and went more than once is told once, as it stood when it last went. `standing` are the ids of what is raised still.
    """
    told = set(standing)
    for before, after in turns(law, history):
        found = {
            key: draft
            for key, draft in drafts(law, before).items()
            if draft.verdict is True and may_lapse(law, draft.rule) and key not in told
        }
        known = history.as_known_at(after)
        raised_still = grouped(law, known).keys() if found else ()
        for obligation in settled(law, known, found, after):
            told.add(obligation.id)
            yield ceased(obligation, after, SET_ASIDE if obligation.id in raised_still else NO_GROUND)


def may_lapse(law: Law, rule: CompiledRule) -> bool:
    """Whether what is reported later may take the rule its ground, or set it aside."""
    return rule.changeable or may_be_set_aside(law, rule)


def turns(law: Law, history: History) -> tuple[tuple[History, datetime], ...]:
    """The case as it was known just before a report that took some duty its ground, or set it aside, and when that became
    known; the latest first.
    """
    candidates = [(rule, event) for event in history.events for rule in law.program.by_event.get(event.type, ())]
    tried = [
        (rule, event)
        for rule, event in candidates
        if rule.changeable
        and not rule.breach_triggered
        and (rule.per_bearer or rule.rerouted or not raised(law, rule, event.id, history))
    ]
    rivalled = any(may_be_set_aside(law, rule) for rule in {rule.order: rule for rule, _ in candidates}.values())
    moments = sorted({event.knowable_at for event in history.events}) if tried or rivalled else []
    if len(moments) < 2:
        return ()
    known = [history.as_known_at(moment) for moment in moments]
    found = [
        (before, after)
        for (before, now), after in zip(pairwise(known), moments[1:], strict=True)
        if any(raised(law, r, e.id, before) - raised(law, r, e.id, now) for r, e in tried)
        or (rivalled and set_aside(law, before, now))
    ]
    return tuple(reversed(found))


def set_aside(law: Law, before: History, now: History) -> bool:
    """Whether what was owed by what was known before is owed no more, though another rule's ground alone has changed."""
    stood, stands = (weighed(law, grouped(law, known)) for known in (before, now))
    return any(d.verdict is True and k not in stands and may_be_set_aside(law, d.rule) for k, d in stood.items())


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


#: Why a duty stands no more.
NO_GROUND = Text(
    "后来查明的情况使条件不再成立，或使其归于其他单位",
    "what was learned later took the duty its ground, or sent it to another desk",
)
SET_ASIDE = Text("后来适用的规则优先于本规则", "a rule that goes before this one came to apply")


def ceased(obligation: Obligation, moment: datetime, claim: Text = NO_GROUND) -> Obligation:
    """As it stood, if it was performed or breached; else withdrawn, with the reason."""
    if obligation.performed_at is not None or obligation.status is Status.BREACHED:
        return obligation
    step = Why("status", claim, value=moment.isoformat(), holds=False)
    return replace(obligation, status=Status.WITHDRAWN, questions=(), grounds=(*obligation.grounds, step))
