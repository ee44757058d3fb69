"""`Finding`: one thing that is wrong with a pack, or may be, with the case that shows it or the proof."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from remit.errors import Origin
from remit.model.text import Text
from remit.pack.acceptances import Acceptance

#: What is looked for, in the order in which it is told.
KINDS: Mapping[str, Text] = {
    "conflict": Text("规则冲突", "conflict"),
    "deadline-conflict": Text("期限冲突", "deadlines that differ"),
    "never-fires": Text("永不触发", "never fires"),
    "always-true": Text("条件恒真", "condition always true"),
    "idle-part": Text("条件冗余", "part of a condition that changes nothing"),
    "idle-exception": Text("例外落空", "exception that never applies"),
    "redundant": Text("规则多余", "redundant rule"),
    "idle-event": Text("事件无用", "event that triggers nothing"),
    "cannot-be-discharged": Text("无法履行", "duty nobody can discharge"),
    "cannot-be-breached": Text("无法违反", "prohibition nothing can breach"),
    "deadline-before-opening": Text("期限早于开始", "deadline that can pass before it opens"),
    "no-desk": Text("没有单位", "no desk"),
    "cycle": Text("义务循环", "cycle of triggered duties"),
    "stale-acceptance": Text("认可已过时", "acceptance of what is not there any more"),
}
#: A text that YAML reads back as it is, without quotation marks.
PLAIN = re.compile(r"(?!-)[\w.\-:+]*[\w.]")


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case that shows a finding: what was reported, and the moment at which to look. `agenda` asks for `--all`."""

    name: str
    events: tuple[Mapping[str, object], ...]
    now: datetime
    agenda: bool = False

    def yaml(self, comment: str = "") -> str:
        """As a case file, the way it is run above it."""
        options = " --all" if self.agenda else ""
        head = [f"# {line}" for line in comment.splitlines()]
        head.append(f"# remit run --case {self.name}.yaml --now {self.now.isoformat()}{options}")
        lines = [*head, f"case: {written(self.name)}"]
        lines.append("events:" if self.events else "events: []")
        lines += ["  - {" + ", ".join(f"{k}: {written(v)}" for k, v in e.items()) + "}" for e in self.events]
        return "\n".join(lines) + "\n"

    def as_json(self) -> dict[str, object]:
        """The case file itself, which `remit run` takes as JSON too."""
        events = [{k: json.loads(plain(v)) for k, v in event.items()} for event in self.events]
        return {"case": self.name, "events": events}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found.

    Attributes:
        kind: one of `KINDS`.
        rules: the rules it is about, by id, in the order of the documents.
        about: what else it is about: an event type, a part of a rule, a place; None where the rules say it all.
        claim: the finding in words.
        witness: a case that shows it, or None.
        proof: why it holds, where no case can show it; or what is to be seen in the case.
        undecided: why it could not be found out; None where it was.
        accepted: the words in which the pack accepts it, or None.
    """

    kind: str
    rules: tuple[str, ...]
    claim: Text
    about: str | None = None
    origin: Origin = Origin()
    witness: CaseFile | None = None
    proof: tuple[Text, ...] = ()
    undecided: str | None = None
    accepted: Acceptance | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has accepted it."""
        return self.accepted is None

    @property
    def name(self) -> str:
        """A name for its witness: the kind, the rules, what it is about."""
        parts = (self.kind, *self.rules, *((self.about,) if self.about else ()))
        return re.sub(r"[^\w.\-]+", "-", "-".join(parts)).strip("-")

    def as_json(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "rules": list(self.rules),
            "about": self.about,
            "state": "undecided" if self.undecided else "found",
            "claim": self.claim.as_json(),
            "witness": self.witness.as_json() if self.witness else None,
            "now": self.witness.now.isoformat() if self.witness else None,
            "agenda": self.witness.agenda if self.witness else False,
            "proof": [step.as_json() for step in self.proof],
            "reason": self.undecided,
            "accepted": self.accepted.as_json() if self.accepted else None,
            "file": self.origin.file or None,
            "line": self.origin.line or None,
        }


def written(value: object) -> str:
    """A value as it stands in a case file."""
    if isinstance(value, str) and PLAIN.fullmatch(value):
        return value
    return plain(value)


def plain(value: object) -> str:
    """A value as JSON, which YAML reads as well."""
    match value:
        case bool() | int() | str():
            return json.dumps(value, ensure_ascii=False)
        case Decimal():
            return format(value, "f")
        case datetime() | date():
            return json.dumps(value.isoformat())
        case timedelta():
            return json.dumps(f"{value // timedelta(milliseconds=1)}ms")
        case tuple():
            return "[" + ", ".join(plain(one) for one in value) + "]"
        case _:
            return json.dumps(str(value), ensure_ascii=False)
