"""`Change`: one thing that means something else in the new pack; and the words for each kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from remit.analysis.findings import CaseFile
from remit.model.text import Text

#: Kinds of change, in the order in which they are told; those that mirror each other side by side.
KINDS: Mapping[str, Text] = {
    "added": Text("新增", "added"),
    "removed": Text("删除", "removed"),
    "renamed": Text("改编号", "renamed"),
    "narrowed": Text("收窄", "narrowed"),
    "widened": Text("放宽", "widened"),
    "redrawn": Text("既收窄又放宽", "narrowed and widened"),
    "doubt": Text("未决情形不同", "what is left undecided"),
    "undecided": Text("未能断定", "not found out"),
    "moved": Text("单位变动", "moved"),
    "deadline": Text("期限变动", "deadline"),
    "changed": Text("变动", "changed"),
    "equivalent": Text("文字不同而意思相同", "other words, same meaning"),
}
#: What a change is about.
SUBJECTS: Mapping[str, Text] = {
    "policy": Text("政策", "policy"), "rule": Text("规则", "rule"), "source": Text("原文", "source"), "reading": Text("解释", "reading"),
    "unit": Text("单位", "unit"), "place": Text("地点", "place"), "role": Text("角色", "role"), "action": Text("行动", "action"),
    "event": Text("事件", "event"), "attribute": Text("事实", "attribute"), "calendar": Text("日历", "calendar"), "pack": Text("规则包", "pack"),
}  # fmt: skip
#: What each kind is called when the packs change places.
MIRRORED = {"added": "removed", "removed": "added", "narrowed": "widened", "widened": "narrowed"}


@dataclass(frozen=True, slots=True)
class Change:
    """One change.

    Attributes:
        kind: one of `KINDS`.
        subject: one of `SUBJECTS`.
        name: the id of what changed, in the new pack where it is there.
        part: which part of it (`if`, `bearer`, `by` …); None for the whole.
        before, after: in words; None where there was or is nothing.
        lost: a case that it reached before and does not now.
        gained: a case that it reaches now and did not before.
        detail: line by line, where it is many.
    """

    kind: str
    subject: str
    name: str
    part: str | None = None
    before: Text | None = None
    after: Text | None = None
    lost: CaseFile | None = None
    gained: CaseFile | None = None
    detail: tuple[Text, ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind, "subject": self.subject, "name": self.name, "part": self.part,
            "before": self.before.as_json() if self.before else None,
            "after": self.after.as_json() if self.after else None,
            "lost": shown(self.lost),
            "gained": shown(self.gained),
            "detail": [line.as_json() for line in self.detail],
        }  # fmt: skip


def shown(case: CaseFile | None) -> dict[str, object] | None:
    """A case file, and the moment at which to run it."""
    return {"witness": case.as_json(), "now": case.now.isoformat()} if case else None


def in_order(change: Change) -> tuple[int, object, int, str]:
    """Policies, rules, sources, readings, units and the rest, by name; of one, in the order of the kinds."""
    return (
        list(SUBJECTS).index(change.subject),
        natural(change.name),
        list(KINDS).index(change.kind),
        change.part or "",
    )


def natural(name: str) -> tuple[tuple[int, str], ...]:
    """A name as people order it: a2 before a10."""
    return tuple((int(digits or 0), text) for text, digits in re.findall(r"([^\d]*)(\d*)", name))
