"""What `verify` found: each alteration with the entry it concerns, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from remit.errors import LedgerError, Origin
from remit.ledger.checkpoint import Checkpoint
from remit.model.text import Text


@dataclass(frozen=True, slots=True)
class Finding:
    """One alteration.

    Attributes:
        what: `changed`, `removed`, `reordered`, `added`, `head`, `checkpoint`, `archive`, `outbox`, `key` or `rewritten`.
        told: what is wrong, in words.
        position: of the entry; None where it concerns none.
        id: of the entry's event, as it stands there; None where it has none, or is gone.
        case: likewise.
        parts: which columns.
    """

    what: str
    told: Text
    position: int | None = None
    id: str | None = None
    case: str | None = None
    parts: tuple[str, ...] = ()

    @property
    def message(self) -> Text:
        """Which entry, and what is wrong with it."""
        if self.position is None:
            return self.told
        named = ", ".join(part for part in (self.id, self.case) if part)
        inside = (f"（{named}）", f" ({named})") if named else ("", "")
        return Text(
            f"第 {self.position} 条{inside[0]}：{self.told.zh}", f"entry {self.position}{inside[1]}: {self.told.en}"
        )

    def as_json(self) -> dict[str, object]:
        return {
            "what": self.what,
            "position": self.position,
            "id": shown(self.id),
            "case": shown(self.case),
            "parts": list(self.parts),
            "message": self.message.as_json(),
        }


@dataclass(frozen=True, slots=True)
class Verification:
    """What was checked, and everything that is wrong.

    Attributes:
        ledger: its id.
        entries: how many were checked.
        since: the position from which on.
        position: the last one.
        unsigned: how many stood after the last sound checkpoint when it began: held by the chain and the keys alone.
        findings: empty where nothing was altered.
        checkpoint: signed at the end, where nothing was altered and it could be kept.
    """

    ledger: str
    entries: int
    since: int
    position: int
    unsigned: int
    findings: tuple[Finding, ...] = field(default=())
    checkpoint: Checkpoint | None = None

    @property
    def ok(self) -> bool:
        return not self.findings

    def require(self, where: str) -> None:
        """Raise RM723 with the first finding, unless there is none."""
        if self.findings:
            first = self.findings[0]
            raise LedgerError(
                "RM723", "chain-broken", found=first.message.en, expected="a ledger that nobody altered",
                origin=Origin(where), hint="`remit ledger verify` names everything that was altered",
            )  # fmt: skip

    def as_json(self) -> dict[str, object]:
        return {
            "ok": self.ok,
            "ledger": self.ledger,
            "entries": self.entries,
            "since": self.since,
            "position": self.position,
            "unsigned": self.unsigned,
            "findings": [finding.as_json() for finding in self.findings],
            "checkpoint": None if self.checkpoint is None else self.checkpoint.as_json(),
        }


#: Columns of an entry, as a reader calls them.
PARTS = {
    "sealed": Text("密封内容", "the sealed content"),
    "commitment": Text("承诺值", "the commitment"),
    "hash": Text("哈希", "the hash"),
    "kind": Text("种类", "the kind"),
    "id": Text("编号", "the id"),
    "case": Text("案件", "the case"),
    "type": Text("类型", "the type"),
    "at": Text("发生时间", "when it happened"),
    "known_at": Text("知悉时间", "when it became known"),
    "recorded_at": Text("入账时间", "when it was recorded"),
    "person": Text("密钥编号", "whose key it is sealed with"),
    "header": Text("明文标头", "the header in clear"),
}


def changed(parts: Sequence[str]) -> Text:
    """Several parts are those among which the alteration lies."""
    zh, en = (" 或 ".join(PARTS[p].zh for p in parts), " or ".join(PARTS[p].en for p in parts))
    return Text(f"{zh}被改动", f"{en} was changed")


def missing(first: int, last: int) -> Finding:
    """Entries that are gone."""
    if first == last:
        return Finding("removed", Text("已缺失（被删除）", "is missing: it was removed"), first)
    return Finding("removed", Text(f"至第 {last} 条均已缺失（被删除）", f"and all up to {last} are missing: they were removed"), first)  # fmt: skip


def shown(text: object) -> str | None:
    """Text that JSON can hold, whatever stands in an altered column."""
    if text is None:
        return None
    raw = text if isinstance(text, str) else repr(text)
    return raw.encode("utf-8", "backslashreplace").decode()
