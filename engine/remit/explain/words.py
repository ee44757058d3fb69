"""Ids in a claim → the pack's own words, and the fixed words of the reports in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from remit.model.explanation import Why
from remit.model.records import record
from remit.model.rule import ByPeople
from remit.model.terms import Kind, Modality, Nature, Status
from remit.model.text import Text

if TYPE_CHECKING:
    from remit.pack.load import Pack

#: A name that stands by itself; a part of an obligation's id (`policy/rule/unit`) does not.
NAME = re.compile(r"(?<![A-Za-z0-9_/])(?>[A-Za-z0-9_](?:[A-Za-z0-9_.\-]*[A-Za-z0-9_]))(?!/)")
#: Claims in somebody's own words, or in the law's, or in those of a condition: never reworded.
VERBATIM = frozenset({"quote", "condition", "exception", "inferred", "note", "reading"})

STATUS: dict[Status, Text] = {
    Status.UNDECIDED: Text("未决", "undecided"),
    Status.PENDING: Text("未到期", "pending"),
    Status.ACTIVE: Text("待办", "active"),
    Status.IN_FORCE: Text("持续有效", "in force"),
    Status.SUSPENDED: Text("中止", "suspended"),
    Status.OVERDUE: Text("逾期", "overdue"),
    Status.DONE: Text("已履行", "done"),
    Status.DONE_LATE: Text("逾期履行", "done late"),
    Status.BREACHED: Text("违反", "breached"),
    Status.WITHDRAWN: Text("已撤回", "withdrawn"),
    Status.SUPERSEDED: Text("已被取代", "superseded"),
    Status.WAIVED: Text("已免除", "waived"),
    Status.TRANSFERRED: Text("已移转", "transferred"),
    Status.DISPUTED: Text("有争议", "disputed"),
}
MODALITY: dict[Modality, Text] = {
    Modality.MUST: Text("必须", "must"),
    Modality.MUST_NOT: Text("不得", "must not"),
    Modality.MAY: Text("可以", "may"),
}
NORM: dict[Modality, Text] = {
    Modality.MUST: Text("义务", "duty"),
    Modality.MUST_NOT: Text("禁令", "prohibition"),
    Modality.MAY: Text("许可", "permission"),
}
NATURE: dict[Nature, Text] = {
    Nature.TRIGGERED: Text("触发", "triggered"),
    Nature.RECURRING: Text("周期", "recurring"),
    Nature.STANDING: Text("常设", "standing"),
    Nature.CONSEQUENT: Text("后果", "consequence"),
}
KIND: dict[Kind, Text] = {
    Kind.ACHIEVEMENT: Text("一次性", "achievement"),
    Kind.MAINTENANCE: Text("持续性", "maintenance"),
}
READING_STATUS: dict[str, Text] = {
    "assumed": Text("暂作此解，未经主管机关确认", "assumed, not confirmed by the competent authority"),
    "official": Text("主管机关已确认", "confirmed by the competent authority"),
}
PARTS: dict[str, Text] = {
    "bearer": Text("责任单位", "bearer"),
    "performer": Text("承办单位", "performer"),
    "to": Text("对象", "recipient"),
    "with": Text("配合单位", "cooperating"),
    "on": Text("触发", "trigger"),
    "every": Text("周期", "period"),
    "always": Text("常设", "standing"),
    "if": Text("条件", "condition"),
    "unless": Text("例外", "exception"),
    "by": Text("期限", "time limit"),
    "window": Text("窗口", "window"),
    "done": Text("完成", "discharge"),
    "breach": Text("违反情形", "breach"),
    "per": Text("按", "per"),
    "then": Text("后果", "consequence"),
    "overrides": Text("优先于", "overrides"),
}


YES_NO = {"true": Text("是", "true"), "false": Text("否", "false")}


@record
class Words:
    """The labels of a pack, by id; of the attributes whose absence means something, the reason; and of choices, the values."""

    labels: Mapping[str, Text]
    silences: Mapping[str, str]
    choices: Mapping[str, Mapping[str, Text]]

    @classmethod
    def of(cls, pack: Pack) -> Words:
        """The words of a pack. Where one id names several things, the unit goes before the place, the role, the event and the action."""
        v = pack.vocabulary
        kinds = (v.actions, v.event_types, v.roles, v.places, v.units)
        labels = {name: term.label for kind in kinds for name, term in kind.items()}
        parties = (s for rule in pack.rules.values() for s in (*rule.to, *rule.cooperating))
        labels |= {s.id: s.label for s in parties if isinstance(s, ByPeople)}
        silences = {name: a.reason for name, a in v.attributes.items() if a.reason is not None}
        choices = {name: {c.id: c.label for c in a.choices} for name, a in v.attributes.items() if a.choices}
        return cls(labels, silences, choices)

    def label(self, name: str) -> Text:
        """The label of an id; the id itself where it has none."""
        return self.labels.get(name, Text(name, name))

    def text(self, claim: Text) -> Text:
        """The claim with every id in it put in words."""
        return Text(self._worded(claim.zh, "zh"), self._worded(claim.en, "en"))

    def why(self, node: Why) -> Why:
        """The same for a whole tree. What stands in quotes, conditions, reasons and notes is left as it is."""
        claim = node.claim if node.kind in VERBATIM else self.text(node.claim)
        beneath = (*node.children, *self._silence(node))
        return replace(node, claim=claim, shown=self._shown(node), children=tuple(self.why(c) for c in beneath))

    def _shown(self, node: Why) -> Text | None:
        """The value of a fact in words: a choice by its label, true and false as yes and no."""
        if node.kind != "fact" or node.value is None:
            return None
        return self.choices.get(node.claim.en.rpartition(".")[2], YES_NO).get(node.value)

    def _silence(self, node: Why) -> Iterator[Why]:
        """Of a value that nobody stated: what the vocabulary says silence means, and why."""
        reason = self.silences.get(node.claim.en.rpartition(".")[2])
        if node.kind == "fact" and node.value is not None and node.source is None and reason is not None:
            zh, en = (
                f"没有人说明；依词汇表如此推定：{reason}",
                f"nobody stated it; the vocabulary takes it so: {reason}",
            )
            yield Why("note", Text(zh, en))

    def _worded(self, text: str, language: str) -> str:
        return NAME.sub(lambda m: self.labels[m[0]].of(language) if m[0] in self.labels else m[0], text)


def moment(at: datetime) -> str:
    """A moment as a clerk writes it; midnight is 24:00 of the day before.

    >>> moment(datetime(2024, 5, 8)), moment(datetime(2024, 5, 7, 21))
    ('2024-05-07 24:00', '2024-05-07 21:00')
    """
    if at.time() == time.min:
        return f"{at.date() - timedelta(days=1)} 24:00"
    return f"{at:%Y-%m-%d %H:%M}"


def beginning(at: datetime) -> str:
    """An opening moment: a day, or a day and an hour.

    >>> beginning(datetime(2024, 12, 11))
    '2024-12-11'
    """
    return f"{at.date()}" if at.time() == time.min else f"{at:%Y-%m-%d %H:%M}"
