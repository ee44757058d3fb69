"""The documents about duties as they stand: the self-assessment and the supervision notice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from remit.errors import EventError, nearest
from remit.model.obligation import Obligation
from remit.model.rule import Every
from remit.model.terms import Modality, Nature, Status
from remit.publishing.documents import Document, Row, Section, Table
from remit.publishing.documents_kinds import Desk, policies_told
from remit.publishing.documents_rows import DONE, OVER, due_words


def touches(owed: Obligation, desk: Desk) -> bool:
    """Whether it was open, due, done or breached on some day of the document's time."""
    zone = desk.phrases.pack.zone_of(owed)
    moments = [m.astimezone(zone).date() for m in (owed.deadline.opens, owed.deadline.due, owed.performed_at, owed.breached_at) if m is not None]  # fmt: skip
    return not moments or (min(moments) <= desk.last and (owed.in_force or max(moments) >= desk.first))


def self_assessment(desk: Desk, unit: str, duty: str | None) -> Document:
    """What the unit had to do in the time, what it did and when, what is open; for a person to complete and sign."""
    gone = {Status.WITHDRAWN, Status.SUPERSEDED, Status.TRANSFERRED}
    mine = [o for o in desk.owed if o.bearer.id == unit and o.modality is Modality.MUST and o.status not in gone and touches(o, desk)]  # fmt: skip
    standing = [desk.row(o) for o in mine if o.nature is Nature.STANDING]
    dated = [o for o in mine if o.nature is not Nature.STANDING and o.rule != duty]
    done = [desk.row(o) for o in dated if o.status in DONE]
    over = [desk.row(o) for o in dated if o.status in OVER]
    left = [desk.row(o) for o in dated if o.status not in DONE | OVER]
    asked = asked_for(desk, unit, duty) if duty else {}
    none, blank = desk.say("没有。", "None."), desk.say("（请填写）", "(to be completed)")
    why = (desk.say("原因与整改：", "Reasons and remedies: ") + blank,) if over else ()
    effect = (desk.say("采取的措施与成效：", "What was done, and with what effect: ") + blank,) if standing else ()
    head = ("number", "article", "task", "case", "due")
    tables = {
        "done": desk.table(done, *head, "done_at", "given", "basis", empty=none),
        "overdue": desk.table(over, *head, "days_over", "status", "basis", empty=none),
        "open": desk.table(left, *head, "status", "discharge", empty=none),
        "standing": desk.table(standing, "number", "article", "task", "indicator", "basis", empty=none),
    }
    sections = (
        Section(
            desk.say("一、基本情况", "1. Summary"),
            tuple(summary(desk, unit, asked, len(done), len(left), len(over), len(standing))),
        ),
        Section(desk.say("二、已完成事项", "2. Done"), table=tables["done"]),
        Section(
            desk.say("三、逾期或违反事项及原因", "3. Overdue or breached, and why"),
            table=tables["overdue"],
            closing=why,
        ),
        Section(desk.say("四、待办事项", "4. Open"), table=tables["open"]),
        Section(desk.say("五、常设职责履行情况", "5. Standing duties"), table=tables["standing"], closing=effect),
        Section(desk.say("六、存在的问题与下一步打算", "6. Difficulties and next steps"), (blank,)),
    )
    lists = {
        "item": [*done, *over, *left, *standing],
        "done": done,
        "overdue": over,
        "open": left,
        "standing": standing,
    }
    counts = {f"{name}_count": str(len(lists[name])) for name in tables}
    return desk.document("self-assessment", unit, lists, map(with_case, sections), signed=desk.phrases.label(unit), fields=counts | asked)  # fmt: skip


def summary(desk: Desk, unit: str, asked: Mapping[str, str], done: int, left: int, over: int, standing: int) -> Iterator[str]:  # fmt: skip
    """Whose report it is, who asked for it, and how it stands in numbers."""
    name, first, last = desk.phrases.label(unit), desk.day(desk.first), desk.day(desk.last)
    yield desk.say(
        f"依据{policies_told(desk)}，现将{name}{first}至{last}履行职责情况自评如下。",
        f"Under {policies_told(desk)}, {name} assesses how it carried out its duties from {first} to {last}.",
    )
    if asked:
        quote, by, deadline = asked["asked_quote"], asked["asked_by"], asked["deadline"]
        yield desk.say(
            f"本报告按照“{quote}”（{by}）的要求编写，报送{asked['recipient'] or '——'}，期限：{deadline}。",
            f"It is asked for by “{quote}” ({by}), goes to {asked['recipient'] or '—'} and is due: {deadline}.",
        )
    yield desk.say(
        f"其间有期限或由事件引起的事项{done + left + over}项：已完成{done}项，待办{left}项，逾期或违反{over}项。常设职责{standing}项。",
        f"Duties with a date or set off by an event: {done + left + over}, of which {done} done, {left} open, {over} overdue or breached. Standing duties: {standing}.",
    )


def with_case(section: Section) -> Section:
    """The column of cases shows the period where there is no case."""
    table = section.table
    if table is None:
        return section
    rows = tuple({**values, "case": values["case"] or values["period"]} for values in table.rows)
    return Section(section.heading, section.paragraphs, Table(table.columns, rows, table.empty), section.closing, section.level, section.sheet, section.page)  # fmt: skip


def asked_for(desk: Desk, unit: str, duty: str) -> dict[str, str]:
    """The recurring duty that asks for the report: its words, its recipient, its deadline.

    Raises:
        EventError: RM454, no rule is called so, or it does not recur.
    """
    recurring = {rule.id: rule for rule in desk.phrases.pack.rules.values() if isinstance(rule.trigger, Every)}
    rule = recurring.get(duty)
    if rule is None:
        raise EventError("RM454", "unknown-rule", found=duty, expected="the id of a recurring rule", suggestion=nearest(duty, recurring))  # fmt: skip
    owed = [o for o in desk.owed if o.rule == duty and o.bearer.id == unit and touches(o, desk)]
    told = {"asked_by": rule.article_label, "asked_quote": "…".join(q.text for q in rule.quotes)}
    if not owed:
        return {**told, "recipient": desk.phrases.parties(rule.to), "deadline": desk.phrases.limit(rule)}
    last = max(owed, key=lambda o: o.period or "")
    recipient = desk.phrases.together(p.label.of(desk.phrases.language) for p in last.to)
    return {**told, "recipient": recipient, "deadline": due_words(desk.phrases, last)}


def late(desk: Desk) -> list[Obligation]:
    """What is overdue, breached, or handed over and not acknowledged, unit by unit, the oldest first."""
    found = (o for o in desk.owed if o.modality is Modality.MUST and (o.status in OVER or o.handover_open))
    return sorted(found, key=lambda o: (o.bearer.id, o.deadline.due or desk.at, o.id))


def supervision(desk: Desk, unit: str | None, supervisor: str | None) -> Document:
    """One notice for each unit: what is overdue, breached or handed over and not acknowledged, and what would end it."""
    found = [o for o in late(desk) if unit in (None, o.bearer.id)]
    sections: list[Section] = []
    everything: list[Row] = []
    by = desk.phrases.label(supervisor) if supervisor else ""
    for name in dict.fromkeys(o.bearer.id for o in found):
        rows = [desk.row(o) for o in found if o.bearer.id == name]
        everything += rows
        label = rows[0]["unit"]
        opening = desk.say(f"{label}：", f"To {label}:"), desk.say(
            f"截至{desk.phrases.moment(desk.at)}，你单位下列{len(rows)}项事项已逾期、违反或移交后尚未签收。请立即办理，并于收到本单后书面反馈办理结果和原因。",
            f"As of {desk.phrases.moment(desk.at)}, the following {len(rows)} duties of yours are overdue, breached, or handed over and not acknowledged. Attend to them at once, and report the result and the reasons in writing.",
        )  # fmt: skip
        table = desk.table(
            rows, "number", "article", "task", "case", "due", "days_over", "status", "basis", "discharge"
        )
        closing = (
            desk.say("反馈（办理结果、原因、责任人）：", "Answer (result, reasons, person responsible): "),
            "____________________",
        )
        sections.append(
            with_case(Section(label if unit is None else "", opening, table, closing, sheet=label, page=bool(sections)))
        )
    if not sections:
        sections = [Section(paragraphs=(desk.say(f"截至{desk.phrases.moment(desk.at)}，没有逾期、违反或未签收的事项。", f"As of {desk.phrases.moment(desk.at)}, nothing is overdue, breached or unacknowledged."),))]  # fmt: skip
    signed = by or desk.phrases.pack.vocabulary.title.of(desk.phrases.language)
    return desk.document("supervision", unit, {"item": everything}, sections, signed=signed, wide=True, fields={"supervisor": by, "overdue_count": str(len(found))})  # fmt: skip
