"""Match, route, group, weigh: the events of a case → one draft for each obligation they raise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from remit.expressions.evaluate import evaluate
from remit.expressions.situation import Situation
from remit.matching.history import History, in_time
from remit.matching.matcher import Binding
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Unknown
from remit.model.terms import Nature, Per
from remit.program.program import CompiledRule
from remit.semantics.conflict import outranks
from remit.semantics.law import Draft, Law
from remit.semantics.life import names


def drafts(law: Law, history: History) -> dict[str, Draft]:
    """Obligation id → draft; exceptions and overrides applied, nothing yet scheduled."""
    found: dict[str, Draft] = {}
    for binding in law.matcher.bindings(history):
        if binding.rule.in_force_on(law.day(binding.event.at)):
            for draft in filter(None, map(excepted, routed(law, binding, history))):
                key = obligation_id(draft, history.case)
                found[key] = join(found[key], draft) if key in found else draft
    return weighed(law, found)


def weighed(law: Law, found: Mapping[str, Draft]) -> dict[str, Draft]:
    """Those that no other sets aside."""
    judged = {key: outweighed(law, draft, tuple(found.values())) for key, draft in found.items()}
    return {key: draft for key, draft in judged.items() if draft is not None}


def routed(law: Law, binding: Binding, history: History) -> Iterator[Draft]:
    """One draft for each bearer; a condition that reads the bearer is judged here."""
    rule, event, day = binding.rule, binding.event, law.day(binding.event.at)
    situation = history.situation(event)
    for selector in rule.rule.bearers:
        routing = law.seek(rule, "bearer", selector, situation, day, None)
        for party in routing.parties:
            if rule.breach_triggered and not is_meant(law, party.id, event):
                continue
            inside = replace(situation, unit=law.graph.unit(party.id, day))
            verdict = binding.verdict if binding.verdict is not None else judge(rule, inside)
            if verdict is not False:
                yield Draft(
                    rule,
                    party,
                    Nature.TRIGGERED,
                    routing,
                    inside,
                    day,
                    verdict,
                    (event,),
                    arose(rule, event, history),
                )


def is_meant(law: Law, unit: str, event: Event) -> bool:
    """A breach is laid at the door of the unit that did it, where it happened, or that the report names."""
    if names(event, (unit,)):
        return True
    return event.by is not None and law.graph.is_under(event.by, unit, law.day(event.at))


def judge(rule: CompiledRule, situation: Situation) -> bool | Unknown:
    """The condition in full; a rule without one holds."""
    verdict = True if rule.guard is None else evaluate(rule.guard, situation)
    return verdict if verdict is True or verdict is UNKNOWN else False


def arose(rule: CompiledRule, event: Event, history: History) -> datetime:
    """The first moment at which what was then known made the condition true.

    A deadline counts from when the bearer could know (DESIGN §3), and a fact stated later is known later.
    """
    if rule.guard is None or rule.per_bearer:
        return event.knowable_at
    later = {e.knowable_at for e in history.events if e.knowable_at >= event.knowable_at}
    for moment in sorted(later):
        if evaluate(rule.guard, history.as_known_at(moment).situation(event)) is True:
            return moment
    return event.knowable_at


def join(first: Draft, second: Draft) -> Draft:
    """A further report of the same matter: the surest and earliest leads, and all are evidence."""
    pair = sorted((first, second), key=lambda d: (d.verdict is not True, d.rebuttable, *in_time(d.evidence[0])))
    lead, other = pair
    rest = {e.id: e for e in (*lead.evidence[1:], *other.evidence) if e.id != lead.evidence[0].id}
    return replace(lead, evidence=(lead.evidence[0], *sorted(rest.values(), key=in_time)))


def excepted(draft: Draft) -> Draft | None:
    """`unless` true: this report raises nothing. Unknown: it stands, and is rebuttable."""
    exception = draft.rule.rule.exception
    verdict = evaluate(exception.tree, draft.situation) if exception else False
    if verdict is True:
        return None
    return replace(draft, rebuttable=True) if verdict is UNKNOWN else draft


def outweighed(law: Law, draft: Draft, peers: tuple[Draft, ...]) -> Draft | None:
    """Set aside by a rule that goes before it for the same bearer and person; rebuttable while that is undecided."""
    above = [
        peer
        for peer in peers
        if peer.bearer.id == draft.bearer.id
        and subject_of(peer) == subject_of(draft)
        and at_one_time(peer, draft)
        and outranks(peer.rule, draft.rule, law.graph.levels)
    ]
    if any(peer.verdict is True for peer in above):
        return None
    return replace(draft, rebuttable=True) if above else draft


def at_one_time(one: Draft, other: Draft) -> bool:
    """Of two duties of an agenda: whether their periods touch, or the standing one was in force in the other's."""
    first, second = one.span, other.span
    if first is not None and second is not None:
        return first.opens <= second.last and second.opens <= first.last
    span, standing = (first, other) if first is not None else (second, one)
    return span is None or standing.rule.in_force_on(span.opens) or standing.rule.in_force_on(span.last)


def subject_of(draft: Draft) -> str | None:
    return draft.event.subject if draft.event else None


def obligation_id(draft: Draft, case: str | None) -> str:
    """policy / rule / bearer / case or period, then the person or report where it is made for one."""
    rule = draft.rule.rule
    parts = [rule.policy, rule.id, draft.bearer.id]
    if draft.cause is not None:
        return "/".join([*map(escaped, parts), "after", draft.cause.id])
    if draft.span is not None:
        parts.append(draft.span.id)
    elif draft.event is not None:
        parts.append(case or "-")
        if case is None or rule.per is Per.EVENT or draft.rule.breach_triggered:
            parts.append(draft.event.id)
        elif rule.per is Per.SUBJECT:
            parts.append(draft.event.subject or "-")
    return "/".join(map(escaped, parts))


def escaped(part: str) -> str:
    """A part of an id cannot be taken for two."""
    return part.replace("%", "%25").replace("/", "%2F")
