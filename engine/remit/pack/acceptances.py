"""`facts/accepted.yaml`: findings of the analysis that the pack's authors know of and accept, each with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from pathlib import Path

from remit.errors import Origin, PackError, VocabularyError, nearest
from remit.model.records import record
from remit.pack.facts import Facts
from remit.pack.files import Files
from remit.pack.yaml_reader import Problems, Sequence

KEYS = ("kind", "rules", "about", "reason", "by", "since")


@record
class Acceptance:
    """A finding accepted in writing: which, why, by whom, since when. `about` left out means whatever it is about."""

    kind: str
    rules: tuple[str, ...]
    about: str | None
    reason: str
    by: str
    since: date
    origin: Origin = Origin()

    def as_json(self) -> dict[str, str]:
        return {"reason": self.reason, "by": self.by, "since": self.since.isoformat(), "place": str(self.origin)}

    def covers(self, kind: str, rules: Iterable[str], about: str | None) -> bool:
        """Whether it is this finding that is accepted."""
        return kind == self.kind and set(rules) == set(self.rules) and self.about in (None, about)


def read_acceptances(
    root: Path, kinds: dict[str, str], rules: Collection[str], language: str
) -> tuple[Acceptance, ...]:
    """What a pack accepts; nothing where it has no such file.

    Args:
        root: the pack's directory.
        kinds: the kinds of finding, by every name.
        rules: the ids of the pack's rules.
        language: of the pack, in which its errors are told.

    Raises:
        PackError: RM841 an unknown kind, RM842 an unknown rule; and as any file of `facts/`.
    """
    problems = Problems()
    facts = Facts(Files(root), problems)
    found = []
    for document in facts.documents("accepted"):
        if not isinstance(document, Sequence):
            problems.add(VocabularyError("RM206", "wrong-form", found="not a list", expected="a list of accepted findings", origin=document.origin))  # fmt: skip
            continue
        for node in document.items:
            fields = facts.fields(node, "acceptance", KEYS)
            kind, reason, by = (fields.scalar(key, required=True) for key in ("kind", "reason", "by"))
            since, named = fields.day("since", required=True), fields.scalars("rules")
            about = fields.text("about")
            if kind is not None and kind.text not in kinds:
                problems.add(VocabularyError("RM841", "unknown-finding", found=kind.text, expected="a kind of finding", origin=kind.origin, suggestion=nearest(kind.text, kinds)))  # fmt: skip
                continue
            for rule in named:
                if rule.text not in rules:
                    problems.add(VocabularyError("RM842", "accepted-rule", found=rule.text, expected="a rule of the pack", origin=rule.origin, suggestion=nearest(rule.text, rules)))  # fmt: skip
            if kind is not None and reason is not None and by is not None and since is not None:
                found.append(Acceptance(kinds[kind.text], tuple(r.text for r in named), about, reason.text, by.text, since, fields.origin))  # fmt: skip
    if problems.found:
        raise PackError(problems.found, language)
    return tuple(found)
