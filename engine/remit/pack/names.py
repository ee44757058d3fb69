"""`Names`: every name of the vocabulary under every spelling, resolved in one way everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from remit.errors import VocabularyError
from remit.model.text import Text
from remit.pack.yaml_reader import Problems, Scalar

#: Where each kind of name is declared, for messages.
HOMES = {
    "attribute": "facts/attributes.yaml", "event": "facts/events.yaml", "action": "facts/actions.yaml", "role": "facts/roles.yaml",
    "place": "facts/places.yaml", "unit": "facts/units.yaml", "reading": "facts/readings.yaml", "level": "facts/pack.yaml",
}  # fmt: skip


@dataclass(slots=True)
class Names:
    """Spelling → ids, by kind."""

    problems: Problems
    spelled: dict[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    labels: dict[str, Mapping[str, Text]] = field(default_factory=dict)

    def learn(self, kind: str, items: Iterable[tuple[str, Text, tuple[str, ...]]]) -> None:
        from remit.expressions.lexicon import spellings

        known = tuple(items)
        self.spelled[kind] = spellings(known)
        self.labels[kind] = {name: label for name, label, _ in known}

    def resolve(self, kind: str, node: Scalar) -> str | None:
        """The id, or None after RM204 (unknown, with the nearest) or RM210 (it may mean several)."""
        meant = self.spelled[kind].get(node.text, ())
        if len(meant) == 1:
            return meant[0]
        if meant:
            self.problems.add(
                VocabularyError(
                    "RM210",
                    "ambiguous-name",
                    found=node.text,
                    expected=f"one of {', '.join(meant)}",
                    origin=node.origin,
                )
            )
        elif not self.unread(kind):
            article = "an" if kind[0] in "aeio" else "a"
            self.problems.unknown(kind, node, self.spelled[kind], f"{article} {kind} of {HOMES[kind]}")
        return None

    def unread(self, *kinds: str) -> bool:
        """Whether a file that declares such names could not be read: then nobody knows which there are."""
        return any(PurePosixPath(HOMES[kind]).stem in self.problems.unread for kind in kinds)

    def find(self, kind: str, written: str) -> str | None:
        """The id if the spelling means exactly one, else None; no message."""
        meant = self.spelled[kind].get(written, ())
        return meant[0] if len(meant) == 1 else None

    def meant(self, kind: str) -> dict[str, str]:
        """Every spelling that means exactly one, with its id."""
        return {written: meant[0] for written, meant in self.spelled[kind].items() if len(meant) == 1}
