"""`why_not`: why a rule raised nothing in a case, and what would change that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from remit.errors import EventError, nearest
from remit.explain.words import Words
from remit.expressions.evaluate import evaluate, explain
from remit.matching.history import History, versions
from remit.matching.reference import Reference
from remit.model.event import CORRECTION, RETRACTION, Event
from remit.model.explanation import Why
from remit.model.rule import Always, Consequence, Every, On, Rule
from remit.model.text import Text
from remit.pack.load import Pack
from remit.program.compile import compile_program
from remit.program.program import CompiledRule
from remit.semantics.conflict import outranks
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
    law = law_of(pack)
    raised = [o for o in case_obligations(law, case, known, now) if o.rule == rule.id]
    if raised:
        found = tuple(Why("obligation", Text(f"{o.bearer.label.zh}：{o.status}", f"{o.bearer.label.en}: {o.status}"), value=o.status, source=o.id, holds=True) for o in raised)  # fmt: skip
        return Why("obligation", Text(f"规则 {rule.id} 在案件 {case} 中产生了义务", f"rule {rule.id} did raise something in case {case}"), source=rule.id, holds=True, children=found)  # fmt: skip
    return because(rule, case, *reasons(rule, reported, known, law, now))


def because(rule: Rule, case: str, *steps: Why) -> Why:
    claim = Text(f"规则 {rule.id}（{rule.article_label}）在案件 {case} 中没有产生义务", f"rule {rule.id} ({rule.article_label}) raised nothing in case {case}")  # fmt: skip
    return Why("obligation", claim, source=rule.id, holds=False, children=steps)


def law_of(pack: Pack) -> Law:
    program = compile_program(pack.policies)
    vocabulary = pack.vocabulary
    return Law(
        program,
        pack.graph,
        vocabulary.readings,
        pack.calendar,
        vocabulary.attributes,
        Reference(program),
    )


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
    history = versions(reported[0].case, known)[-1]
    candidates = [event for event in history.events if event.type in types]
    for event in candidates:
        yield from obstacles(rule, event, history, law)
    if not candidates:
        yield from unheard(types, reported, known, now)


def unheard(types: Sequence[str], reported: Sequence[Event], known: Sequence[Event], now: datetime) -> Iterator[Why]:
    """No event that could set it off counts: not reported, not yet known, or taken back."""
    later = [e for e in reported if e.type in types and e not in known]
    for event in later:
        yield Why("event", Text(f"事件 {event.id} 到 {event.knowable_at:%Y-%m-%d %H:%M} 才知悉，晚于 {now:%Y-%m-%d %H:%M}", f"event {event.id} became known on {event.knowable_at:%Y-%m-%d %H:%M}, after {now:%Y-%m-%d %H:%M}"), source=event.id, holds=False)  # fmt: skip
    gone = {str(e.data.get("of")): e for e in known if e.type in (RETRACTION, CORRECTION)}
    for event in known:
        if event.type in types and event.id in gone:
            yield Why("event", Text(f"事件 {event.id} 已被 {gone[event.id].id} 撤回或更正", f"event {event.id} was retracted or corrected by {gone[event.id].id}"), source=event.id, holds=False)  # fmt: skip
    if not later:
        wanted = "、".join(types)
        had = "、".join(sorted({e.type for e in known})) or "—"
        yield Why("event", Text(f"没有能触发它的事件：需要 {wanted}；已报告 {had}", f"no event sets it off: it needs {wanted}; reported: {had}"), holds=False)  # fmt: skip


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
    situation = history.situation(event)
    if rule.condition is not None and evaluate(rule.condition.tree, situation) is not True:
        yield decisive(explain(rule.condition.tree, situation))
        return
    if rule.exception is not None and evaluate(rule.exception.tree, situation) is True:
        tree = explain(rule.exception.tree, situation)
        yield Why("exception", Text("例外成立", "the exception holds"), source=str(rule.exception.origin), holds=False, children=(tree,))  # fmt: skip
        return
    above = [r for r in law.program.rules if outranks(r, compiled, law.graph.levels) and event.type in r.triggers]
    yield from (set_aside(r) for r in above)
    if not above:
        yield Why("condition", Text("条件要看责任单位，而没有单位符合", "the condition asks about the bearer, and no unit fits"), holds=False)  # fmt: skip


def set_aside(rule: CompiledRule) -> Why:
    return Why("exception", Text(f"规则 {rule.rule.id}（{rule.rule.article_label}）优先", f"rule {rule.rule.id} ({rule.rule.article_label}) goes before it"), source=rule.rule.id, holds=False)  # fmt: skip


def decisive(tree: Why) -> Why:
    """The first part of a conjunction that was false (or unknown), and what would change it."""
    node = tree
    while node.kind == "condition" and len(node.children) > 1 and node.holds is not True:
        failing = next((c for c in node.children if c.holds is False), None)
        failing = failing or next((c for c in node.children if c.holds is None), None)
        if failing is None or failing.kind != "condition":
            break
        node = failing
    facts = [leaf for leaf in leaves(node) if leaf.kind == "fact"]
    told = "；".join(
        f"{f.claim.zh} = {f.value}（{f.source or '—'}）" if f.value is not None else f.claim.zh for f in facts
    )
    said = "; ".join(
        f"{f.claim.en} = {f.value} ({f.source or '—'})" if f.value is not None else f.claim.en for f in facts
    )
    hint = Text(f"若能改变以下事实，结果即不同：{told}", f"it would be otherwise if this changed: {said}")
    claim = Text(f"条件不成立：{node.claim.zh}", f"the condition fails: {node.claim.en}")
    return Why("condition", claim, holds=node.holds if node.holds is not True else False, children=(*node.children, Why("question", hint)))  # fmt: skip


def leaves(node: Why) -> Iterator[Why]:
    if not node.children:
        yield node
    for child in node.children:
        yield from leaves(child)
