"""The documents an office asks for: checklist, task table, matrix, self-assessment, supervision notice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from types import MappingProxyType

from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.rule import Rule
from remit.model.terms import Modality
from remit.model.text import Text
from remit.planning.matrix import Matrix, Part, matrix
from remit.publishing.documents import Column, Document, Row, Section, Table, clean, numbered, row
from remit.publishing.documents_rows import duty_row, rule_row
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

#: A part in one cell of the grid.
SIGNS = {
    Part.BEARER: Text("责", "B"), Part.PERFORMER: Text("承", "P"),
    Part.ASSISTING: Text("配", "A"), Part.COUNTERPARTY: Text("受", "R"),
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
    """A grid of units and articles for workbooks, each cell the number of rules in each part; and everywhere, one row a part, with the rules."""
    found = desk.matrix
    cells = [
        (name, cited(desk, policy, label), part, rules)
        for policy, article, label in found.articles
        for name, parts in found.cells.get((policy, article), {}).items()
        for part, rules in parts.items()
        if unit in (None, name)
    ]
    rows = [
        row(
            0,
            article=label,
            unit=desk.phrases.label(name),
            part=desk.text(OWN_PART[part]),
            rule=", ".join(rules),
            task=str(len(rules)),
        )
        for name, label, part, rules in cells
    ]
    columns = (
        Column("article", desk.say("条款", "article"), 12), Column("unit", desk.say("单位", "unit"), 30),
        Column("part", desk.say("部分", "part"), 9), Column("task", desk.say("规则数", "rules"), 8), Column("rule", desk.say("规则", "ids"), 60),
    )  # fmt: skip
    legend = desk.say("、", ", ").join(f"{desk.text(SIGNS[part])} = {desk.text(OWN_PART[part])}" for part in Part)
    sections = (
        Section(
            paragraphs=(desk.say(f"格内为规则数：{legend}。", f"In the cells, numbers of rules: {legend}."),),
            formats=("xlsx",),
        ),
        Section(table=grid(desk, cells), sheet=desk.text(TITLES["matrix"]), formats=("xlsx",)),
        Section(table=Table(columns, numbered(rows), desk.say("没有。", "None.")), sheet=desk.say("明细", "Rules")),
    )
    return desk.document("matrix", unit, {"item": rows}, sections, wide=True)


def cited(desk: Desk, policy: str, label: str) -> str:
    """An article; of several documents, with the document."""
    documents = {name for name, _, _ in desk.matrix.articles}
    return (
        label
        if len(documents) == 1
        else f"{desk.phrases.pack.policy(policy).title.of(desk.phrases.language)} {label}".strip()
    )


def grid(desk: Desk, cells: Iterable[tuple[str, str, Part, Sequence[str]]]) -> Table:
    """Units down, articles across."""
    told: dict[str, dict[str, list[str]]] = {}
    for name, label, part, rules in cells:
        told.setdefault(name, {}).setdefault(label, []).append(f"{desk.text(SIGNS[part])}{len(rules)}")
    labels = tuple(dict.fromkeys(cited(desk, policy, label) for policy, _, label in desk.matrix.articles))
    rows = tuple(
        {"unit": desk.phrases.label(name), **{label: " ".join(told[name].get(label, ())) for label in labels}}
        for name in sorted(told)
    )
    columns = (Column("unit", desk.say("单位", "unit"), 26), *(Column(label, label or "—", 7) for label in labels))
    return Table(columns, rows, desk.say("没有。", "None."), pinned=1)
