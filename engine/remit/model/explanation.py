"""`Why`: one node of an explanation."""

from __future__ import annotations

from remit.model.records import record
from remit.model.text import Text


@record
class Why:
    """A claim, what it rests on, and the claims beneath it.

    Attributes:
        kind: what sort of step this is: `obligation`, `event`, `condition`, `fact`, `exception`,
            `quote`, `route`, `edge`, `deadline`, `reading`, `discharge`, `status`, `question`, `inferred`, `note`.
        claim: the step in words.
        value: what was found there, printed canonically; None where the claim says it all.
        source: where it comes from: an event id, file:line:column, an article; None for pure logic.
        holds: True, False, or None for unknown or where truth is not the question.
        children: the grounds, in order.
        shown: the value in the pack's words, where it has some.
    """

    kind: str
    claim: Text
    value: str | None = None
    source: str | None = None
    holds: bool | None = None
    children: tuple[Why, ...] = ()
    shown: Text | None = None

    def as_json(self) -> dict[str, object]:
        node: dict[str, object] = {"kind": self.kind, "claim": self.claim.as_json()}
        if self.value is not None:
            node["value"] = self.value
        if self.shown is not None:
            node["shown"] = self.shown.as_json()
        if self.source is not None:
            node["source"] = self.source
        if self.holds is not None:
            node["holds"] = self.holds
        if self.children:
            node["children"] = [child.as_json() for child in self.children]
        return node
