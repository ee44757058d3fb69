"""Match, route, group, weigh: the events of a case → one draft for each obligation they raise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime

from remit.expressions.evaluate import evaluate
from remit.expressions.situation import Situation
from remit.matching.history import History, in_time
from remit.matching.matcher import Binding
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Unknown, Value
from remit.model.obligation import Party
from remit.model.terms import Nature, Per
from remit.model.text import Text
from remit.model.unit import Unit
from remit.program.program import CompiledRule
from remit.routing.search import Routing
from remit.semantics.conflict import outranks
from remit.semantics.law import Draft, Law
from remit.semantics.life import names


def drafts(law: Law, history: History) -> dict[str, Draft]:
    """Obligation id → draft; exceptions and overrides applied, nothing yet scheduled."""
    found = weighed(law, grouped(law, history))
    return {key: free_since(law, history, key, draft) for key, draft in found.items()}


def free_since(law: Law, history: History, key: str, draft: Draft) -> Draft:
    """The draft, arisen when what was then known first let it stand: while another rule set it aside, nobody owed it."""
    if draft.verdict is not True or draft.arose_at is None or not may_come_free(law, draft.rule):
        return draft
    for moment in sorted({e.knowable_at for e in history.events if e.knowable_at >= draft.arose_at}):
        then = weighed(law, grouped(law, history.as_known_at(moment))).get(key)
        if then is not None and then.verdict is True:
            return replace(draft, arose_at=moment)
    return draft


def may_come_free(law: Law, rule: CompiledRule) -> bool:
    """Whether a rule that goes before this one can fall away, by its own ground or because a third sets it aside."""
    rules, levels = law.program.rules, law.graph.levels
    above = [other for other in rules if outranks(other, rule, levels)] if not rule.breach_triggered else []
    return any(one.changeable or any(outranks(third, one, levels) for third in rules) for one in above)


def may_be_set_aside(law: Law, rule: CompiledRule) -> bool:
    """Whether a report may come by which another rule goes before this one."""
    return not rule.breach_triggered and any(
        other.triggers and outranks(other, rule, law.graph.levels) for other in law.program.rules
    )


def grouped(law: Law, history: History) -> dict[str, Draft]:
    """Obligation id → draft: what each report raises, reports of the same matter joined."""
    found: dict[str, Draft] = {}
    for binding in law.matcher.bindings(history):
        if binding.rule.in_force_on(law.day(binding.event.at)):
            for draft in filter(None, map(excepted, routed(law, binding, history))):
                key = obligation_id(draft, history.case)
                found[key] = join(found[key], draft) if key in found else draft
    return found


def weighed(law: Law, found: Mapping[str, Draft]) -> dict[str, Draft]:
    """Those that no other sets aside for the same bearer and person; what is set aside itself sets nothing aside."""
    rules = {draft.rule.order: draft.rule for draft in found.values()}
    higher = {n: [m for m in rules if outranks(rules[m], rules[n], law.graph.levels)] for n in rules}
    alike: dict[tuple[int, str, str | None], list[str]] = defaultdict(list)
    for key, draft in found.items():
        alike[draft.rule.order, draft.bearer.id, subject_of(draft)].append(key)
    judged: dict[str, Draft | None] = {}

    def standing(key: str) -> Draft | None:
        if key not in judged:
            draft = found[key]
            judged[key] = replace(draft, rebuttable=True)  # it stands so where the order goes round
            keys = (k for n in higher[draft.rule.order] for k in alike[n, draft.bearer.id, subject_of(draft)])
            judged[key] = outweighed(draft, [standing(k) for k in keys if at_one_time(found[k], draft)])
        return judged[key]

    return {key: draft for key, draft in ((key, standing(key)) for key in found) if draft is not None}


def outweighed(draft: Draft, above: Iterable[Draft | None]) -> Draft | None:
    """Set aside by a rule that goes before it and stands; rebuttable while that is undecided."""
    peers = tuple(peer for peer in above if peer is not None)
    if any(peer.verdict is True for peer in peers):
        return None
    return replace(draft, rebuttable=True, undecided=peers) if peers else draft


def routed(law: Law, binding: Binding, history: History) -> Iterator[Draft]:
    """One draft for each bearer; a condition that reads the bearer is judged here."""
    rule, event, day = binding.rule, binding.event, law.day(binding.event.at)
    situation = history.situation(event)
    for routing in bearing(law, rule, situation, event, day):
        for party in routing.parties:
            unit = law.graph.unit(party.id, day)
            inside = replace(situation, unit=unit)
            verdict = binding.verdict if binding.verdict is not None else judge(rule, seen(inside, party))
            if rule.breach_triggered and verdict is True and not party.routed:
                verdict = UNKNOWN
            if verdict is not False:
                since = arose(rule, event, history, unit if party.routed else None)
                yield Draft(rule, party, Nature.TRIGGERED, routing, inside, day, verdict, (event,), since)


def bearing(law: Law, rule: CompiledRule, situation: Situation, event: Event, day: date) -> Iterator[Routing]:
    """Whose it is. A breach is laid at the door of the unit that did it, where it happened, or that the report names.

    Where it points at no unit at all, that is asked.
    """
    found = (law.seek(rule, "bearer", selector, situation, day, None) for selector in rule.rule.bearers)
    if not rule.breach_triggered:
        yield from found
    elif event.by is None and not names(event, law.graph.units):
        yield nobody(law, day)
    else:
        for routing in found:
            yield replace(routing, parties=tuple(p for p in routing.parties if is_meant(law, p.id, event)))


def nobody(law: Law, day: date) -> Routing:
    """A breach that points at no unit."""
    return law.lost(day, "event.by", Text("是哪个单位所为？", "which unit did it?"))


def is_meant(law: Law, unit: str, event: Event) -> bool:
    """Whether the unit did it, it happened there, or the report names it."""
    if names(event, (unit,)):
        return True
    return event.by is not None and law.graph.is_under(event.by, unit, law.day(event.at))


def seen(inside: Situation, bearer: Party) -> Situation:
    """What conditions are judged in: nothing is known of a bearer that was not found, and the fallback desk is not it."""
    return inside if bearer.routed else replace(inside, unit=None)


def judge(rule: CompiledRule, situation: Situation) -> bool | Unknown:
    """The condition in full; a rule without one holds."""
    verdict = True if rule.guard is None else evaluate(rule.guard, situation)
    return verdict if verdict is True or verdict is UNKNOWN else False


def exception_of(rule: CompiledRule, situation: Situation) -> Value | Unknown:
    """Whether `unless` holds; a rule without one has no exception."""
    exception = rule.rule.exception
    return False if exception is None else evaluate(exception.tree, situation)


def arose(rule: CompiledRule, event: Event, history: History, unit: Unit | None) -> datetime:
    """The first moment at which what was then known raised it: its condition true, and no exception.

    A deadline counts from when the bearer could know (DESIGN §3), and a fact stated later is known later.
    """
    if rule.guard is None and rule.rule.exception is None:
        return event.knowable_at
    later = {e.knowable_at for e in history.events if e.knowable_at >= event.knowable_at}
    for moment in sorted(later):
        then = replace(history.as_known_at(moment).situation(event), unit=unit)
        if judge(rule, then) is True and exception_of(rule, then) is not True:
            return moment
    return event.knowable_at


def join(first: Draft, second: Draft) -> Draft:
    """A further report of the same matter: the surest and earliest leads, all are evidence, and the first to be known counts."""
    pair = sorted((first, second), key=lambda d: (d.verdict is not True, d.rebuttable, *in_time(d.evidence[0])))
    lead, other = pair
    rest = {e.id: e for e in (*lead.evidence[1:], *other.evidence) if e.id != lead.evidence[0].id}
    known = min(d.arose_at for d in pair if d.arose_at is not None and (d.verdict is True) is (lead.verdict is True))
    return replace(lead, arose_at=known, evidence=(lead.evidence[0], *sorted(rest.values(), key=in_time)))


def excepted(draft: Draft) -> Draft | None:
    """`unless` true: this report raises nothing. Unknown: it stands, and is rebuttable."""
    verdict = exception_of(draft.rule, seen(draft.situation, draft.bearer))
    if verdict is True:
        return None
    return replace(draft, rebuttable=True) if verdict is UNKNOWN else draft


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


def under_bearer(obligation_id: str, unit: str = "") -> str:
    """The same id with another bearer, its third part, or with none."""
    policy, rule, _, *rest = obligation_id.split("/")
    return "/".join([policy, rule, escaped(unit), *rest])


def in_case(obligation_id: str, case: str) -> str:
    """The same id in another case, its fourth part; of a consequence, that of what it follows from."""
    policy, rule, bearer, own, *rest = obligation_id.split("/")
    tail = ["after", in_case("/".join(rest), case)] if own == "after" and len(rest) > 2 else [escaped(case), *rest]
    return "/".join([policy, rule, bearer, *tail])


def moved_ids(law: Law, obligation_id: str, bearer: str) -> Iterator[str]:
    """The ids it has at its bearer's successors: the same, or, where they owe that as well, with the bearer it came from."""
    for unit, _ in law.graph.takeovers(bearer):
        yield under_bearer(obligation_id, unit)
        yield f"{under_bearer(obligation_id, unit)}/from/{escaped(bearer)}"


def escaped(part: str) -> str:
    """A part of an id cannot be taken for two."""
    if "%" not in part and "/" not in part:
        return part
    return part.replace("%", "%25").replace("/", "%2F")


def unescaped(part: str) -> str:
    """What the part of an id stands for."""
    return part.replace("%2F", "/").replace("%25", "%")
