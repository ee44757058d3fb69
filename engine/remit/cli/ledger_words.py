"""The words for what a ledger tells, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from remit.cli.session import Voice
from remit.model.text import Text

#: What happened to an obligation.
CHANGES = {
    "created": Text("产生", "created"), "opened": Text("开始", "opened"), "resumed": Text("恢复", "resumed"),
    "pending": Text("待开始", "pending"), "undecided": Text("未决", "undecided"), "discharged": Text("已履行", "discharged"),
    "overdue": Text("逾期", "overdue"), "breached": Text("违反", "breached"), "withdrawn": Text("撤销", "withdrawn"),
    "waived": Text("免除", "waived"), "suspended": Text("中止", "suspended"), "superseded": Text("被取代", "superseded"),
    "transferred": Text("移交", "transferred"), "disputed": Text("争议", "disputed"), "gone": Text("不再成立", "gone"),
    "rescheduled": Text("改期", "rescheduled"), "handed_over": Text("已移交，待签收", "handed over, not acknowledged"),
    "updated": Text("更新", "updated"),
}  # fmt: skip

KINDS = {
    "tick": Text("时钟推进", "the clock was advanced"),
    "pack": Text("规则包更换", "another version of the pack"),
    "erasure": Text("删除个人数据", "personal data erased"),
}


def what(voice: Voice, change: str) -> str:
    return CHANGES.get(change, Text(change, change)).of(voice.language)


def kind(voice: Voice, name: str) -> str:
    return KINDS.get(name, Text(name, name)).of(voice.language)


def counted(voice: Voice, changes: Mapping[str, int]) -> str:
    """How often each thing happened, in the order of its name."""
    return voice.say("，", ", ").join(f"{what(voice, name)} {count}" for name, count in sorted(changes.items()))
