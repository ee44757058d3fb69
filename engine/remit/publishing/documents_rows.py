"""Rules and obligations as rows: every field an office template can ask for, in words."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import datetime

from remit.explain.words import MODALITY, NATURE, NORM, PARTS, STATUS, beginning, moment
from remit.model.event import Event
from remit.model.obligation import Obligation, Party
from remit.model.rule import Act, Always, Every, On, Rule
from remit.model.terms import Modality, Nature, Status
from remit.publishing.documents import Row, row
from remit.publishing.documents_words import Phrases

#: What is over: past its due moment and not done, or finally breached.
OVER = frozenset({Status.OVERDUE, Status.BREACHED})
DONE = frozenset({Status.DONE, Status.DONE_LATE})


def rule_row(phrases: Phrases, rule: Rule, part: str = "") -> Row:
    """A norm as the text has it, its desks in the words of its selectors."""
    pack = phrases.pack
    policy = pack.policy(rule.policy)
    return row(
        0,
        policy=policy.title.of(phrases.language),
        document_number=policy.number,
        article=rule.article_label,
        rule=rule.id,
        task=task(phrases, rule.action or "", rule.modality),
        norm=NORM[rule.modality].of(phrases.language),
        nature=NATURE[nature_of(rule)].of(phrases.language),
        trigger=phrases.trigger(rule),
        condition=rule.condition.text if rule.condition else "",
        exception=rule.exception.text if rule.exception else "",
        bearer=marked(phrases, phrases.parties(rule.bearers), rule.inferred, "bearer"),
        performer=marked(phrases, phrases.parties(rule.performers), rule.inferred, "performer"),
        to=marked(phrases, phrases.parties(rule.to), rule.inferred, "to"),
        limit=marked(phrases, phrases.limit(rule), rule.inferred if rule.timing else {}, "by", "window"),
        part=part,
        **law_of(phrases, rule),
        **{"with": marked(phrases, phrases.parties(rule.cooperating), rule.inferred, "with")},
    )


def marked(phrases: Phrases, text: str, inferred: Container[str], *parts: str) -> str:
    """What the text does not state is shown as inferred."""
    return text + phrases.say("（推定）", " (inferred)") if text and any(part in inferred for part in parts) else text


def nature_of(rule: Rule) -> Nature:
    match rule.trigger:
        case On():
            return Nature.TRIGGERED
        case Every():
            return Nature.RECURRING
        case Always():
            return Nature.STANDING
        case _:
            return Nature.CONSEQUENT


def task(phrases: Phrases, action: str, modality: Modality) -> str:
    text = phrases.label(action)
    return (
        text
        if modality is Modality.MUST
        else phrases.say("", " ").join((MODALITY[modality].of(phrases.language), text))
    )


def law_of(phrases: Phrases, rule: Rule) -> Mapping[str, str]:
    """The words it rests on, and what its analyst added."""
    inferred = phrases.say("；", "; ").join(
        phrases.say(f"{PARTS[part].zh}（{reason}）", f"{PARTS[part].en} ({reason})") if part in PARTS else part
        for part, reason in rule.inferred.items()
    )
    return {
        "basis": "…".join(quote.text for quote in rule.quotes),
        "indicator": rule.indicator or "",
        "evidence": rule.evidence or "",
        "inferred": inferred,
        "note": phrases.say("；", "; ").join(rule.notes),
        "discharge": discharge(phrases, rule),
    }


def discharge(phrases: Phrases, rule: Rule) -> str:
    """What would end it."""
    if rule.modality is not Modality.MUST:
        return ""
    acts = phrases.say("或", " or ").join(act_words(phrases, act) for act in rule.done)
    told = acts or phrases.say(f"报告已履行“{phrases.label(rule.action or '')}”", f"a report that it was done: {phrases.label(rule.action or '')}")  # fmt: skip
    if rule.evidence:
        told += phrases.say(f"，并交{rule.evidence}", f", with {rule.evidence}")
    return told + (
        phrases.say("，以接收单位签收为完成", ", complete with the recipient's receipt") if rule.handover else ""
    )


def act_words(phrases: Phrases, act: Act) -> str:
    return phrases.say(f"报告“{phrases.label(act.event)}”", f"a report of: {phrases.label(act.event)}")


# --- obligations --------------------------------------------------------------------------------------


def duty_row(phrases: Phrases, owed: Obligation, at: datetime, events: Mapping[str, Event]) -> Row:
    """An obligation as it stands at a moment."""
    pack, zone = phrases.pack, phrases.pack.zone_of(owed)
    rule = pack.rule(owed.policy, owed.rule)
    policy = next((p for p in pack.policies if p.id == owed.policy), None)
    inferred = dict(owed.inferred)
    due, end = owed.deadline, owed.deadline.latest or owed.deadline.due
    over = days_over(owed, at)
    return row(
        0,
        **(dict(law_of(phrases, rule)) if rule else {})
        | {
            "policy": policy.title.of(phrases.language) if policy else owed.policy,
            "document_number": policy.number if policy else "",
            "article": owed.article_label,
            "rule": owed.rule,
            "task": task(phrases, owed.action, owed.modality),
            "norm": NORM[owed.modality].of(phrases.language),
            "nature": NATURE[owed.nature].of(phrases.language),
            "trigger": phrases.trigger(rule) if rule else "",
            "unit": owed.bearer.label.of(phrases.language),
            "bearer": marked(phrases, named(phrases, (owed.bearer,)), inferred, "bearer"),
            "performer": marked(phrases, named(phrases, owed.performers), inferred, "performer"),
            "to": marked(phrases, named(phrases, owed.to), inferred, "to"),
            "with": marked(phrases, named(phrases, owed.cooperating), inferred, "with"),
            "limit": marked(phrases, phrases.limit(rule), inferred if rule.timing else {}, "by", "window")
            if rule
            else "",
            "basis": "…".join(owed.quotes),
            "case": owed.case or "",
            "subject": owed.subject or "",
            "period": owed.period or "",
            "status": status(phrases, owed),
            "opens": beginning(due.opens.astimezone(zone)) if due.opens else "",
            "due": due_words(phrases, owed),
            "latest": moment(end.astimezone(zone)) if end is not None and end != due.due else "",
            "days_over": str(over) if over is not None else "",
            "done_at": beginning(owed.performed_at.astimezone(zone)) if owed.performed_at else "",
            "done_by": phrases.together(phrases.label(unit) for unit in owed.performed_by),
            "given": "；".join(given(owed, events)),
            "id": owed.id,
        },
    )


def named(phrases: Phrases, parties: Iterable[Party]) -> str:
    lost = phrases.say("（未能确定，暂归此处）", " (not settled; kept here)")
    return phrases.together(party.label.of(phrases.language) + ("" if party.routed else lost) for party in parties)


def status(phrases: Phrases, owed: Obligation) -> str:
    told = STATUS[owed.status].of(phrases.language)
    return told + phrases.say("（已移交，未签收）", " (handed over, not acknowledged)") if owed.handover_open else told


def due_words(phrases: Phrases, owed: Obligation) -> str:
    """The deadline; why there is none."""
    due = owed.deadline
    if due.due is not None:
        return moment(due.due.astimezone(phrases.pack.zone_of(owed)))
    if due.awaits is not None:
        return phrases.say(f"待{due.awaits}年节假日安排公布", f"awaits the calendar of {due.awaits}")
    if due.state == "stopped":
        return phrases.say("计时中止", "the clock is stopped")
    if owed.nature is Nature.STANDING:
        return phrases.say("长期", "standing")
    return phrases.say("不设终期", "no end is set") if due.state == "open" else phrases.say("条文未规定期限", "the text sets no limit")  # fmt: skip


def days_over(owed: Obligation, at: datetime) -> int | None:
    """Whole days since it was due, counting the one begun; None where it is not over."""
    if owed.status not in OVER or owed.deadline.due is None or at < owed.deadline.due:
        return None
    return -((owed.deadline.due - at).days)


def given(owed: Obligation, events: Mapping[str, Event]) -> Iterator[str]:
    """The documents named by the acts that discharged it."""
    for step in owed.grounds:
        event = events.get(step.source or "") if step.kind == "discharge" else None
        if event is not None and isinstance(event.data.get("evidence"), str):
            yield str(event.data["evidence"])
