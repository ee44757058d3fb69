"""What a document is before it is a file: fields, and sections of paragraphs and tables. Every format is written from it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from remit.model.text import Text

Row = Mapping[str, str]

#: What no office file can hold.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

#: The fields that stand once in a document, in the order in which they are listed.
FIELDS: Mapping[str, Text] = {
    "title": Text("标题", "title"),
    "unit": Text("单位名称", "the unit's name"),
    "unit_id": Text("单位编号", "the unit's id"),
    "jurisdiction": Text("规则包名称", "the pack's title"),
    "policies": Text("依据的政策（标题、文号）", "the policies it rests on, with their numbers"),
    "from": Text("起始日期", "first day"),
    "to": Text("截止日期", "last day"),
    "today": Text("成文日期", "date of the document"),
    "moment": Text("截至时刻", "the moment it is as of"),
    "count": Text("事项总数", "number of items"),
    "done_count": Text("已完成项数", "number done"),
    "open_count": Text("待办项数", "number open"),
    "overdue_count": Text("逾期或违反项数", "number overdue or breached"),
    "standing_count": Text("常设项数", "number of standing items"),
    "asked_by": Text("要求报送的规则（自评）", "the rule that asks for it (self-assessment)"),
    "asked_quote": Text("该规则的原文", "that rule's words"),
    "recipient": Text("报送对象", "to whom it goes"),
    "deadline": Text("报送期限", "by when it is due"),
    "supervisor": Text("督办单位", "who supervises"),
}
#: The fields of one row, in the order in which they are listed.
ROW_FIELDS: Mapping[str, Text] = {
    "number": Text("序号", "running number"),
    "policy": Text("政策标题", "title of the policy"),
    "document_number": Text("文号", "the policy's number"),
    "article": Text("条款", "article"),
    "rule": Text("规则编号", "id of the rule"),
    "task": Text("任务", "what is to be done"),
    "norm": Text("义务、禁令或许可", "duty, prohibition or permission"),
    "nature": Text("触发、周期、常设或后果", "triggered, recurring, standing or consequence"),
    "trigger": Text("触发情形或周期", "what sets it off"),
    "condition": Text("条件", "condition"),
    "exception": Text("例外", "exception"),
    "unit": Text("责任单位（具体单位）", "the bearing unit"),
    "bearer": Text("牵头单位", "who answers for it"),
    "performer": Text("承办单位", "who does it"),
    "to": Text("对象", "who receives it"),
    "with": Text("配合单位", "who assists"),
    "part": Text("本单位在其中的部分", "the unit's own part"),
    "limit": Text("时限", "time limit"),
    "basis": Text("依据原文", "the words it rests on"),
    "indicator": Text("指标", "indicator"),
    "evidence": Text("凭据", "evidence"),
    "inferred": Text("推定的部分", "what is inferred"),
    "note": Text("备注", "note"),
    "case": Text("案件", "case"),
    "subject": Text("当事人", "person"),
    "period": Text("周期", "period"),
    "status": Text("状态", "status"),
    "opens": Text("开始", "opens"),
    "due": Text("期限", "due"),
    "latest": Text("最迟", "latest"),
    "days_over": Text("逾期天数", "days over"),
    "done_at": Text("完成时间", "when it was done"),
    "done_by": Text("完成单位", "who did it"),
    "given": Text("已交凭据", "evidence given"),
    "discharge": Text("如何完成", "what would discharge it"),
    "id": Text("义务编号", "id of the obligation"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: a field of its rows, and how wide it is beside the others."""

    key: str
    title: str
    width: int = 10


@dataclass(frozen=True, slots=True)
class Table:
    """`empty` is said where there are no rows; `pinned` columns stay in sight in a workbook."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""
    pinned: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, paragraphs, a table; `sheet` names it in a workbook, `page` begins it on a new page.

    `formats` are those it is fit for; empty where it is for all.
    """

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    closing: tuple[str, ...] = ()
    level: int = 1
    sheet: str = ""
    page: bool = False
    formats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """Everything that is written.

    Attributes:
        kind: `checklist`, `tasks`, `matrix`, `self-assessment`, `supervision` or `calendar`.
        at: the moment it is as of; the only date that goes into the file itself.
        fields: what stands once, by the names of `FIELDS`.
        lists: rows by the name of their list; `item` is all of them.
        sections: the document as remit lays it out.
        signed: the last lines, to the right: who, and when.
        wide: a page of tables, on its side.
    """

    kind: str
    title: str
    language: str
    at: datetime
    fields: Mapping[str, str]
    lists: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    signed: tuple[str, ...] = ()
    wide: bool = False


def clean(text: str) -> str:
    """Without control characters.

    >>> clean("a\\x00b")
    'ab'
    """
    return CONTROL.sub("", text)


def row(number: int, **values: str) -> Row:
    """A row with every field of `ROW_FIELDS`; what is not given is empty."""
    return dict.fromkeys(ROW_FIELDS, "") | {"number": str(number)} | {name: clean(v) for name, v in values.items()}


def numbered(rows: Sequence[Row]) -> tuple[Row, ...]:
    """The same rows, numbered from 1."""
    return tuple({**values, "number": str(n)} for n, values in enumerate(rows, 1))
