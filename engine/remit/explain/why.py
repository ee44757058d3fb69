"""`why`: the proof of one obligation, from the event to the sentence to the desk to the deadline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from remit.explain.words import KIND, MODALITY, NATURE, NORM, PARTS, READING_STATUS, STATUS, Words, beginning, moment
from remit.model.explanation import Why
from remit.model.obligation import Obligation, Party
from remit.model.rule import Act, Policy, Quote, Rule
from remit.model.terms import Modality, Status
from remit.model.text import Text
from remit.pack.load import Pack

NAMES = re.compile(r"[A-Za-z_]\w*", re.ASCII)


def why(obligation: Obligation, pack: Pack) -> Why:
    """Everything one obligation rests on: events, condition with each value, law, readings, route, deadline, discharge.

    Args:
        obligation: as the semantics gave it.
        pack: the pack it came from, for its words and its law.
    """
    words = Words.of(pack)
    rule = pack.rule(obligation.policy, obligation.rule)
    tree = Why(
        "obligation",
        headline(obligation, words),
        value=obligation.status.value,
        source=obligation.id,
        holds=obligation.in_force,
        children=(
            *origin(obligation, rule, pack),
            *(law(rule, pack.policy(rule.policy)) if rule else no_longer(obligation)),
            *(read_in(rule, pack) if rule else ()),
            *routes(obligation),
            deadline(obligation, pack),
            *(discharge(rule) if rule else ()),
            *life(obligation),
            *(Why("question", q.ask, value=q.fact, source=q.asked_of) for q in obligation.questions),
        ),
    )
    return words.why(tree)


def headline(obligation: Obligation, words: Words) -> Text:
    """Who must do what for whom, in one line."""
    action, modal = words.label(obligation.action), MODALITY[obligation.modality]
    zh, en = (obligation.bearer.label.zh, obligation.bearer.label.en)
    to_zh = "".join(f"，对象：{'、'.join(p.label.zh for p in obligation.to)}") if obligation.to else ""
    to_en = f", to {', '.join(p.label.en for p in obligation.to)}" if obligation.to else ""
    return Text(f"{zh}{modal.zh}“{action.zh}”{to_zh}", f"{en} {modal.en}: {action.en}{to_en}")


def origin(obligation: Obligation, rule: Rule | None, pack: Pack) -> Iterator[Why]:
    """What set it off, and the conditions: the steps kept with the obligation itself."""
    nature, norm = NATURE[obligation.nature], NORM[obligation.modality]
    if not obligation.triggered_by:
        period = f"：{obligation.period}" if obligation.period else ""
        yield Why(
            "event",
            Text(f"{nature.zh}{norm.zh}{period}", f"a {nature.en} {norm.en}{period.replace('：', ': ')}"),
        )
    yield from (told(step, pack) for step in obligation.grounds if step.kind != "discharge")
    if rule is not None and rule.condition is None and obligation.triggered_by:
        yield Why("condition", Text("没有附加条件", "no further condition"), holds=True)


def told(step: Why, pack: Pack) -> Why:
    """An event with its time, an exception by its name; any other step as it is."""
    zh, en = step.claim.zh, step.claim.en
    if step.kind == "event" and step.value is not None:
        at = beginning(datetime.fromisoformat(step.value).astimezone(pack.calendar.zone))
        return replace(step, claim=Text(f"{zh}，{at}", f"{en}, {at}"))
    if step.kind == "exception":
        return replace(step, claim=Text(f"例外：{zh}", f"unless {en}"))
    return step


def law(rule: Rule, policy: Policy) -> Iterator[Why]:
    """The exact words, with article and document."""
    title, number = policy.title, policy.number
    for quote in rule.quotes:
        yield Why(
            "quote",
            Text(f"“{quote.text}”", f"“{quote.text}”"),
            value=cited(quote, rule, policy),
            source=str(quote.origin),
            children=(
                Why(
                    "quote",
                    Text(f"《{title.zh}》{number}", f"{title.en}, {number}"),
                    source=rule.policy,
                ),
            ),
        )


def cited(quote: Quote, rule: Rule, policy: Policy) -> str:
    """The part of the text the words stand in; a rule may quote several of one article."""
    first = next(iter(quote.sentences), len(policy.sentences))
    return policy.sentences[first].label if first < len(policy.sentences) else rule.article_label


def no_longer(obligation: Obligation) -> Iterator[Why]:
    """The exact words of a rule that an earlier version of the pack had."""
    for quote in obligation.quotes:
        yield Why("quote", Text(f"“{quote}”", f"“{quote}”"), value=obligation.article_label, source=obligation.policy)
    yield Why(
        "note", Text("此规则不在现用的规则包中", "the pack in use has this rule no longer"), source=obligation.rule
    )


def read_in(rule: Rule, pack: Pack) -> Iterator[Why]:
    """What the text does not state, with the reason it was read in; and the doubts. A reading they name is told beneath."""
    for part, reason in rule.inferred.items():
        name = PARTS.get(part, Text(part, part))
        claim = Text(f"推定{name.zh}：{reason}", f"{name.en} inferred: {reason}")
        yield Why("inferred", claim, children=tuple(readings_named(reason, pack)))
    for note in rule.notes:
        yield Why("note", Text(f"备注：{note}", f"note: {note}"), children=tuple(readings_named(note, pack)))


def readings_named(words: str, pack: Pack) -> Iterator[Why]:
    """The readings whose ids stand in a reason."""
    for name, reading in pack.vocabulary.readings.items():
        if name in NAMES.findall(words):
            claim = Text(
                f"解释“{reading.label.zh}”：{reading.means.zh}；理由：{reading.reason}",
                f"the reading “{reading.label.en}”: {reading.means.en}; reason: {reading.reason}",
            )
            yield Why("reading", claim, value=reading.status, source=str(reading.origin))


def routes(obligation: Obligation) -> Iterator[Why]:
    """Each party's desk and how it was found."""
    groups: tuple[tuple[str, tuple[Party, ...]], ...] = (
        ("bearer", (obligation.bearer,)),
        ("performer", obligation.performers),
        ("to", obligation.to),
        ("with", obligation.cooperating),
    )
    for part, parties in groups:
        for party in parties:
            name = PARTS[part]
            yield Why(
                "route",
                Text(f"{name.zh}：{party.label.zh}", f"{name.en}: {party.label.en}"),
                value=party.id,
                holds=party.routed,
                children=party.path,
            )


def deadline(obligation: Obligation, pack: Pack) -> Why:
    """Step by step; a limit that comes from a reading says so."""
    found = obligation.deadline
    if found.due is not None:
        due = moment(found.due)
        zh, en = f"期限 {due}", f"due {due}"
        if found.opens is not None and not obligation.triggered_by:
            zh, en = f"{beginning(found.opens)} 起，{zh}", f"from {beginning(found.opens)}, {en}"
        if found.latest is not None and found.latest != found.due:
            zh, en = (
                f"{zh}，最迟 {moment(found.latest)}",
                f"{en}, at the latest {moment(found.latest)}",
            )
    elif found.awaits is not None:
        zh, en = (
            f"期限待 {found.awaits} 年节假日安排公布",
            f"due when the calendar of {found.awaits} is published",
        )
    elif found.state == "stopped":
        zh, en = "计时中止，恢复后推算期限", "the clock is stopped; due once it has resumed"
    elif found.state == "open":
        zh, en = "不设终期", "no end is set"
    else:
        zh, en = "条文未规定期限", "the text sets no limit"
    if found.reading is not None:
        zh, en = (
            f"{zh}（出自解释，并非条文原话）",
            f"{en} (from a reading, not the text's own words)",
        )
    return Why(
        "deadline",
        Text(zh, en),
        value=found.due.isoformat() if found.due else None,
        children=(
            *(reasoned(step, found.reading, pack) for step in found.steps if step.claim.en != en),
            *(
                Why("note", Text(f"工作日依放假安排 {name}", f"working days by the notice {name}"), source=name)
                for name in found.calendars
            ),
        ),
    )


def reasoned(step: Why, reading: str | None, pack: Pack) -> Why:
    """A reading with its standing, and why it was chosen and no other; any other step as it is."""
    if step.kind != "reading":
        return step
    readings = pack.vocabulary.readings
    found = next((r for r in readings.values() if str(r.origin) == step.source), readings.get(reading or ""))
    if found is None:
        return step
    standing = READING_STATUS.get(found.status, Text(found.status, found.status))
    grounds = Why("note", Text(f"{standing.zh}；理由：{found.reason}", f"{standing.en}; reason: {found.reason}"))
    return replace(step, children=(*step.children, grounds))


def discharge(rule: Rule) -> Iterator[Why]:
    """What would end it, and what would breach it."""
    if rule.modality is Modality.MAY:
        yield Why(
            "discharge",
            Text("这是许可：不行使不构成违反", "a permission: not using it breaches nothing"),
        )
    elif rule.modality is Modality.MUST_NOT:
        acts = listed(rule.breach, f"violated ({rule.action})")
        yield Why("discharge", Text(f"报告以下事件即为违反：{acts}", f"breached by: {acts}"))
    else:
        acts = listed(rule.done, f"performed ({rule.action})")
        kind = KIND[rule.kind]
        yield Why(
            "discharge",
            Text(
                f"责任单位报告以下事件即为履行（{kind.zh}）：{acts}",
                f"discharged ({kind.en}) when the bearer reports: {acts}",
            ),
        )
        if rule.handover:
            yield Why(
                "discharge",
                Text("以接收单位签收为完成", "complete only with the recipient's receipt"),
            )
    if rule.evidence:
        yield Why("discharge", Text(f"凭据：{rule.evidence}", f"evidence: {rule.evidence}"))
    if rule.indicator:
        yield Why("discharge", Text(f"指标：{rule.indicator}", f"indicator: {rule.indicator}"))


def listed(acts: tuple[Act, ...], default: str) -> str:
    return ", ".join(act.event for act in acts) or default


def life(obligation: Obligation) -> Iterator[Why]:
    """Where it stands, and the acts that brought it there."""
    steps = tuple(step for step in obligation.grounds if step.kind == "discharge")
    status = STATUS[obligation.status]
    zh, en = f"现状：{status.zh}", f"status: {status.en}"
    if obligation.rebuttable:
        zh, en = f"{zh}（可反驳：例外尚不明）", f"{en} (rebuttable: an exception is unknown)"
    if obligation.handover_open:
        zh, en = f"{zh}（移交未签收）", f"{en} (hand-over not acknowledged)"
    if obligation.status is Status.TRANSFERRED and obligation.transferred_to:
        zh, en = f"{zh}，转至 {obligation.transferred_to}", f"{en}, to {obligation.transferred_to}"
    yield Why(
        "status",
        Text(zh, en),
        value=obligation.status.value,
        holds=obligation.in_force,
        children=steps,
    )
