"""The documents an office asks for: checklist, task table, matrix, self-assessment, supervision notice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType

from remit.errors import EventError, nearest
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.rule import Every, Rule
from remit.model.terms import Modality, Nature, Status
from remit.model.text import Text
from remit.planning.matrix import Matrix, Part, matrix
from remit.publishing.documents import Column, Document, Row, Section, Table, clean, numbered, row
from remit.publishing.documents_rows import DONE, OVER, due_words, duty_row, rule_row
from remit.publishing.documents_words import Phrases

TITLES = {
    "checklist": Text("责任清单", "Checklist of duties"),
    "tasks": Text("任务分解表", "Task breakdown"),
    "matrix": Text("责任矩阵", "Responsibility matrix"),
    "self-assessment": Text("自评报告（草稿）", "Self-assessment (draft)"),
    "supervision": Text("督办单", "Supervision notice"),
    "calendar": Text("履职日历", "Calendar of duties"),
}
COLUMNS: Mapping[str, tuple[str, int]] = {
    "number": ("序号|no.", 6), "article": ("条款|article", 12), "task": ("任务|task", 18), "nature": ("性质|nature", 7),
    "trigger": ("触发或周期|set off by", 14), "bearer": ("牵头单位|bearer", 16), "unit": ("责任单位|unit", 16),
    "performer": ("承办单位|performer", 12), "to": ("对象|to", 14), "with": ("配合单位|with", 14), "limit": ("时限|limit", 16),
    "basis": ("依据原文|words relied on", 36), "indicator": ("指标|indicator", 14), "status": ("状态|status", 9),
    "due": ("期限|due", 14), "done_at": ("完成时间|done", 14), "given": ("凭据|evidence", 14), "case": ("案件或周期|case or period", 12),
    "days_over": ("逾期天数|days over", 7), "discharge": ("完成方式|how to discharge it", 20), "part": ("本单位职责|own part", 9),
    "norm": ("性质|norm", 7), "rule": ("规则|rule", 14),
}  # fmt: skip
PARTS = {
    Part.BEARER: Text("牵头事项", "Duties it bears"),
    Part.PERFORMER: Text("承办事项", "Duties it performs for others"),
    Part.ASSISTING: Text("配合事项", "Duties it assists in"),
    Part.COUNTERPARTY: Text("接收、监督事项", "Duties owed to it"),
}
OWN_PART = {
    Part.BEARER: Text("牵头", "bears"), Part.PERFORMER: Text("承办", "performs"),
    Part.ASSISTING: Text("配合", "assists"), Part.COUNTERPARTY: Text("接收", "receives"),
}  # fmt: skip


@dataclass(frozen=True)
class Desk:
    """What every document is made from: the words, the moment, and where needed the duties as they stand."""

    phrases: Phrases
    at: datetime
    first: date
    last: date
    owed: tuple[Obligation, ...] = ()
    events: Mapping[str, Event] | None = None

    def say(self, zh: str, en: str) -> str:
        return self.phrases.say(zh, en)

    @cached_property
    def matrix(self) -> Matrix:
        """Who can be what, on the day of the document."""
        return matrix(self.phrases.pack, self.at.date())

    def text(self, text: Text) -> str:
        return text.of(self.phrases.language)

    def day(self, day: date) -> str:
        return self.phrases.date(day)

    def row(self, owed: Obligation) -> Row:
        return duty_row(self.phrases, owed, self.at, self.events or {})

    def table(self, rows: Iterable[Row], *keys: str, empty: str = "") -> Table:
        def title(key: str) -> str:
            zh, _, en = COLUMNS[key][0].partition("|")
            return self.say(zh, en)

        return Table(tuple(Column(key, title(key), COLUMNS[key][1]) for key in keys), numbered(tuple(rows)), empty)

    def document(self, kind: str, unit: str | None, lists: Mapping[str, Sequence[Row]], sections: Iterable[Section], *, signed: str = "", wide: bool = False, fields: Mapping[str, str] = MappingProxyType({})) -> Document:  # fmt: skip
        """The document with the fields that every kind has."""
        pack, language = self.phrases.pack, self.phrases.language
        title = self.text(TITLES[kind])
        name = self.phrases.label(unit) if unit else pack.vocabulary.title.of(language)
        today = self.day(self.at.date())
        known = {
            "title": f"{name}{title}" if language == "zh" else f"{title}: {name}",
            "unit": name if unit else "", "unit_id": unit or "", "jurisdiction": pack.vocabulary.title.of(language),
            "policies": policies_told(self), "from": self.day(self.first), "to": self.day(self.last), "today": today,
            "moment": self.phrases.moment(self.at), "count": str(len(lists.get("item", ()))),
            "done_count": "0", "open_count": "0", "overdue_count": "0", "standing_count": "0",
            "asked_by": "", "asked_quote": "", "recipient": "", "deadline": "", "supervisor": "",
        } | dict(fields)  # fmt: skip
        rows = {list_name: numbered(tuple(members)) for list_name, members in lists.items()}
        return Document(kind, known["title"], language, self.at, {k: clean(v) for k, v in known.items()}, rows, tuple(sections), (signed, today) if signed else (), wide)  # fmt: skip


def policies_told(desk: Desk) -> str:
    """The documents in force on the day, with their numbers."""
    say, day = desk.say, desk.at.date()
    in_force = (
        p
        for p in desk.phrases.pack.policies
        if p.effective_on <= day and (p.repealed_on is None or day < p.repealed_on)
    )
    return desk.phrases.together(
        say(f"《{p.title.zh}》（{p.number}）", f"{p.title.en}, {p.number}")
        if p.number
        else say(f"《{p.title.zh}》", p.title.en)
        for p in in_force
    )


def rules_of(found: Matrix, unit: str, part: Part) -> tuple[Rule, ...]:
    names = set(found.rules_of(unit, part))
    return tuple(rule for rule in found.rules if rule.id in names)


# --- of rules -----------------------------------------------------------------------------------------


def checklist(desk: Desk, unit: str | None) -> Document:
    """What a unit bears, performs, assists in and receives; without a unit, of every unit that bears something."""
    found = desk.matrix
    units = [unit] if unit else [load.unit for load in found.loads if found.rules_of(load.unit, Part.BEARER)]
    sections: list[Section] = []
    lists: dict[str, list[Row]] = {"item": [], "bears": [], "performs": [], "assists": [], "receives": []}
    names = {Part.BEARER: "bears", Part.PERFORMER: "performs", Part.ASSISTING: "assists", Part.COUNTERPARTY: "receives"}
    for name in sorted(units):
        for part, title in PARTS.items():
            label = desk.text(OWN_PART[part])
            rows = [{**rule_row(desk.phrases, rule, label), "unit": desk.phrases.label(name)} for rule in rules_of(found, name, part)]  # fmt: skip
            lists["item"] += rows
            lists[names[part]] += rows
            if rows or part is Part.BEARER:
                heading = (
                    desk.text(title) if unit else f"{desk.phrases.label(name)}{desk.say('：', ': ')}{desk.text(title)}"
                )
                keys = ("number", "article", "task", "nature", "trigger", "limit", "to", "with", "basis") if part is Part.BEARER else ("number", "article", "task", "nature", "trigger", "limit", "bearer", "basis")  # fmt: skip
                empty = desk.say("没有。", "None.")
                sections.append(Section(heading, table=desk.table(rows, *keys, empty=empty), sheet=desk.text(title) if unit else f"{desk.phrases.label(name)} {desk.text(title)}", page=not unit and part is Part.BEARER))  # fmt: skip
    intro = desk.say(
        f"依据{policies_told(desk)}，按{desk.day(desk.at.date())}的单位设置列出。同一事项因地点不同而由不同单位承担的，列出可能承担的每个单位。",
        f"Under {policies_told(desk)}, by the units of {desk.day(desk.at.date())}. Where the place decides whose a duty is, it is listed for every unit whose it can be.",
    )
    return desk.document("checklist", unit, lists, (Section(paragraphs=(intro,)), *sections), wide=True)


def tasks(desk: Desk, unit: str | None) -> Document:
    """Article, task, bearer, assisting, limit, words: of every norm in force, or of those a unit has a part in."""
    found = desk.matrix
    parts = {rule: part for part in reversed(tuple(Part)) for rule in (found.rules_of(unit, part) if unit else ())}
    rules = [
        r for r in found.rules if r.modality in {Modality.MUST, Modality.MUST_NOT} and (unit is None or r.id in parts)
    ]
    rows = [rule_row(desk.phrases, rule, desk.text(OWN_PART[parts[rule.id]]) if unit else "") for rule in rules]
    keys = ("number", "article", "task", "bearer", "with", "limit", "basis")
    table = desk.table(
        rows, *(keys if unit is None else (*keys[:3], "part", *keys[3:])), empty=desk.say("没有。", "None.")
    )
    intro = desk.say(f"依据{policies_told(desk)}。", f"Under {policies_told(desk)}.")
    return desk.document("tasks", unit, {"item": rows}, (Section(paragraphs=(intro,), table=table, sheet=desk.text(TITLES["tasks"])),), wide=True)  # fmt: skip


def matrix_table(desk: Desk, unit: str | None) -> Document:
    """One row an article and unit: how many rules in each part, and which."""
    found = desk.matrix
    rows = []
    for policy, article, label in found.articles:
        for name, parts in found.cells.get((policy, article), {}).items():
            if unit in (None, name):
                for part, rules in parts.items():
                    rows.append(row(0, policy=desk.phrases.pack.policy(policy).title.of(desk.phrases.language), article=label, unit=desk.phrases.label(name), part=desk.text(OWN_PART[part]), rule=", ".join(rules), task=str(len(rules))))  # fmt: skip
    columns = (Column("article", desk.say("条款", "article"), 12), Column("unit", desk.say("单位", "unit"), 30), Column("part", desk.say("部分", "part"), 9), Column("task", desk.say("规则数", "rules"), 8), Column("rule", desk.say("规则", "ids"), 60))  # fmt: skip
    table = Table(columns, numbered(rows), desk.say("没有。", "None."))
    return desk.document(
        "matrix", unit, {"item": rows}, (Section(table=table, sheet=desk.text(TITLES["matrix"])),), wide=True
    )


# --- of duties ----------------------------------------------------------------------------------------


def touches(owed: Obligation, desk: Desk) -> bool:
    """Whether it was open, due, done or breached on some day of the document's time."""
    zone = desk.phrases.pack.calendar.zone
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
