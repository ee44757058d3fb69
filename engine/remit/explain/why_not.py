"""`why_not`: why a rule raised nothing in a case, and what would change that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from remit.errors import EventError, nearest
from remit.explain.words import STATUS, Words
from remit.expressions.evaluate import evaluate, explain
from remit.expressions.situation import Situation
from remit.matching.history import History, amends, believed, versions
from remit.model.event import CORRECTION, RETRACTION, Event
from remit.model.explanation import Why
from remit.model.expression import Expression
from remit.model.obligation import Obligation
from remit.model.rule import Always, Consequence, Every, On, Rule
from remit.model.terms import Status
from remit.model.text import Text
from remit.pack.load import Pack
from remit.program.compile import conjuncts
from remit.program.program import CompiledRule
from remit.semantics.conflict import outranks
from remit.semantics.drafts import grouped, subject_of, weighed
from remit.semantics.law import Law
from remit.semantics.obligations import case_obligations


def why_not(rule_id: str, case: str, events: Iterable[Event], pack: Pack, now: datetime) -> Why:
    """Why the rule raised nothing in the case at `now`: the first thing that was false or unknown, and what would change it.

    Raises:
        EventError: RM454, no rule has this id; RM455, no event names this case.
    """
    rules = pack.rules
    if rule_id not in rules:
        raise EventError("RM454", "unknown-rule", found=rule_id, expected="the id of a rule", suggestion=nearest(rule_id, rules))  # fmt: skip
    told = tuple(events)
    reported = tuple(event for event in told if event.case == case)
    if not reported:
        cases = {event.case for event in told if event.case is not None}
        raise EventError("RM455", "unknown-case", found=case, expected="a case that was reported", suggestion=nearest(case, cases))  # fmt: skip
    rule = rules[rule_id]
    words = Words.of(pack)
    return words.why(answer(rule, case, reported, pack, now))


def answer(rule: Rule, case: str, reported: Sequence[Event], pack: Pack, now: datetime) -> Why:
    """The rule's answer for the case: what it raised, else why nothing."""
    if rule.action is None:
        return because(rule, case, Why("status", Text("这条规则不要求任何人做什么：它是定义、组织事实或非规范语句", "this rule asks nobody for anything: it defines, or binds nobody"), source=str(rule.origin), holds=False))  # fmt: skip
    known = tuple(event for event in reported if event.knowable_at <= now)
    law = Law.of(pack)
    raised = [o for o in case_obligations(law, case, known, now) if o.rule == rule.id]
    if any(o.status is not Status.WITHDRAWN for o in raised):
        found = tuple(Why("obligation", Text(f"{o.bearer.label.zh}：{STATUS[o.status].zh}", f"{o.bearer.label.en}: {STATUS[o.status].en}"), value=o.status, source=o.id, holds=True) for o in raised)  # fmt: skip
        return Why("obligation", Text(f"规则 {rule.id} 在案件 {case} 中产生了义务", f"rule {rule.id} did raise something in case {case}"), source=rule.id, holds=True, children=found)  # fmt: skip
    return because(rule, case, *(taken_back(o) for o in raised), *reasons(rule, reported, known, law, now))


def taken_back(obligation: Obligation) -> Why:
    zh, en = obligation.bearer.label.zh, obligation.bearer.label.en
    claim = Text(
        f"曾为{zh}产生的义务已撤回，不再需要履行", f"what it had raised for {en} is withdrawn: nobody owes it any more"
    )
    return Why("obligation", claim, value=obligation.status, source=obligation.id, holds=False)


def because(rule: Rule, case: str, *steps: Why) -> Why:
    claim = Text(f"规则 {rule.id}（{rule.article_label}）在案件 {case} 中没有产生义务", f"rule {rule.id} ({rule.article_label}) raised nothing in case {case}")  # fmt: skip
    return Why("obligation", claim, source=rule.id, holds=False, children=steps)


def reasons(rule: Rule, reported: Sequence[Event], known: Sequence[Event], law: Law, now: datetime) -> Iterator[Why]:
    """The first obstacle for each event that could have set it off; where there is none, which could."""
    match rule.trigger:
        case Every() | Always():
            yield Why("status", Text("这是日常事项（周期或常设），不由案件引起；见 remit agenda", "it belongs to the unit's agenda (recurring or standing), no case sets it off; see remit agenda"), holds=False)  # fmt: skip
            return
        case Consequence():
            yield Why("status", Text("它只在另一项义务逾期或被违反时产生，而那样的义务没有", "it arises only when another duty is missed or breached, and none was"), holds=False)  # fmt: skip
            return
        case On(types):
            pass
    yield from amended(types, known)
    history = versions(reported[0].case, known)[-1]
    candidates = [event for event in history.events if event.type in types]
    for event in candidates:
        yield from obstacles(rule, event, history, law)
    if not candidates:
        yield from unheard(types, reported, known, law, now)


def amended(types: Sequence[str], known: Sequence[Event]) -> Iterator[Why]:
    """Reports that could have set it off, and that were taken back or put right since."""
    standing = {event.id: event for event in believed(tuple(known))}
    for event in known:
        if event.type not in types or standing.get(event.id) == event:
            continue
        kind = CORRECTION if event.id in standing else RETRACTION
        act = next(e for e in reversed(known) if e.type == kind and amends(e) == event.id)
        zh, en = ("撤回", "retracted") if act.type == RETRACTION else ("更正", "corrected")
        yield Why("event", Text(f"事件 {event.id} 已被 {act.id} {zh}", f"event {event.id} was {en} by {act.id}"), source=act.id, holds=False)  # fmt: skip


def unheard(
    types: Sequence[str], reported: Sequence[Event], known: Sequence[Event], law: Law, now: datetime
) -> Iterator[Why]:
    """No event that could set it off counts: not reported, or not yet known."""
    later = [e for e in reported if e.type in types and e not in known]
    for event in later:
        at, then = (f"{moment.astimezone(law.calendar.zone):%Y-%m-%d %H:%M}" for moment in (event.knowable_at, now))
        yield Why("event", Text(f"事件 {event.id} 到 {at} 才知悉，晚于 {then}", f"event {event.id} became known on {at}, after {then}"), source=event.id, holds=False)  # fmt: skip
    if not later:
        had = sorted({e.type for e in known}) or ["—"]
        zh = f"没有能触发它的事件：需要 {'、'.join(types)}；已报告 {'、'.join(had)}"
        yield Why("event", Text(zh, f"no event sets it off: it needs {', '.join(types)}; reported: {', '.join(had)}"), holds=False)  # fmt: skip


def obstacles(rule: Rule, event: Event, history: History, law: Law) -> Iterator[Why]:
    """Why this event did not set the rule off: force, condition, exception, or a rule that goes before it."""
    seen = Why("event", Text(f"事件 {event.id}：{event.type}", f"event {event.id}: {event.type}"), value=event.at.isoformat(), source=event.id, holds=True)  # fmt: skip
    yield replace(seen, children=tuple(first_obstacle(rule, event, history, law)))


def first_obstacle(rule: Rule, event: Event, history: History, law: Law) -> Iterator[Why]:
    compiled = next(r for r in reversed(law.program.by_id[rule.id]) if r.rule is rule)
    day = law.day(event.at)
    if not compiled.in_force_on(day):
        policy = compiled.policy
        zh = f"事件发生于 {day}，规则自 {rule.since or policy.effective_on} 起施行"
        en = f"it happened on {day}; the rule is in force from {rule.since or policy.effective_on}"
        until = rule.until or policy.repealed_on
        if until is not None:
            zh, en = f"{zh}，至 {until}", f"{en} until {until}"
        yield Why("condition", Text(zh, en), source=str(policy.origin), holds=False)
        return
    for situation in situations(compiled, event, history, law):
        found = unmet(rule, situation)
        if found is not None:
            yield found
    above = {peer.rule.id: peer for peer in set_aside_by(compiled, event, history, law)}
    yield from (set_aside(peer) for peer in above.values())


def situations(rule: CompiledRule, event: Event, history: History, law: Law) -> Iterator[Situation]:
    """What the condition is judged in; where it reads the bearer, once for each unit the rule is routed to."""
    situation, day = history.situation(event), law.day(event.at)
    if not rule.per_bearer:
        yield situation
        return
    for selector in rule.rule.bearers:
        for party in law.seek(rule, "bearer", selector, situation, day, None).parties:
            yield replace(situation, unit=law.graph.unit(party.id, day))


def unmet(rule: Rule, situation: Situation) -> Why | None:
    """The condition where it is not true, else the exception where it is."""
    if rule.condition is not None and evaluate(rule.condition.tree, situation) is not True:
        return decisive(rule.condition.tree, situation)
    if rule.exception is not None and evaluate(rule.exception.tree, situation) is True:
        tree = explain(rule.exception.tree, situation)
        return Why("exception", Text("例外成立", "the exception holds"), source=str(rule.exception.origin), holds=False, children=(tree, hint(tree)))  # fmt: skip
    return None


def set_aside_by(rule: CompiledRule, event: Event, history: History, law: Law) -> Iterator[CompiledRule]:
    """The rules that go before it and do apply, to the same bearer and person: as `drafts` weighs them."""
    found = grouped(law, history)
    peers = [draft for draft in weighed(law, found).values() if draft.verdict is True]
    ours = {(d.bearer.id, subject_of(d)) for d in found.values() if d.rule is rule and event in d.evidence}
    for peer in peers:
        if (peer.bearer.id, subject_of(peer)) in ours and outranks(peer.rule, rule, law.graph.levels):
            yield peer.rule


def set_aside(rule: CompiledRule) -> Why:
    return Why("exception", Text(f"规则 {rule.rule.id}（{rule.rule.article_label}）优先", f"rule {rule.rule.id} ({rule.rule.article_label}) goes before it"), source=rule.rule.id, holds=False)  # fmt: skip


def decisive(tree: Expression, situation: Situation) -> Why:
    """The first part of the conjunction that is false, else the first that is unknown, and what would change it."""
    parts = [(part, evaluate(part, situation)) for part in conjuncts(tree)]
    false = (part for part, verdict in parts if verdict is False)
    unknown = (part for part, verdict in parts if verdict is not True)
    node = explain(next(false, None) or next(unknown), situation)
    claim = Text(f"条件不成立：{node.claim.zh}", f"the condition fails: {node.claim.en}")
    return Why("condition", claim, holds=node.holds, children=(*node.children, hint(node)))


def hint(node: Why) -> Why:
    """The facts on which a verdict rests, each of which would change it; where it read none, the statement itself."""
    facts = [value_of(leaf) for leaf in leaves(node) if leaf.kind == "fact"]
    if not facts:
        return Why("question", Text("若上述情况改变，结果即不同", "it would be otherwise if that changed"))
    zh, en = "；".join(f.zh for f in facts), "; ".join(f.en for f in facts)
    return Why("question", Text(f"若能改变以下事实，结果即不同：{zh}", f"it would be otherwise if this changed: {en}"))


def value_of(fact: Why) -> Text:
    """A fact with what was found and who said it; one nobody stated says so itself."""
    if fact.value is None:
        return fact.claim
    zh, en = (f"（{fact.source}）", f" ({fact.source})") if fact.source is not None else ("", "")
    return Text(f"{fact.claim.zh} = {fact.value}{zh}", f"{fact.claim.en} = {fact.value}{en}")


def leaves(node: Why) -> Iterator[Why]:
    if not node.children:
        yield node
    for child in node.children:
        yield from leaves(child)
