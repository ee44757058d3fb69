"""`Facts`: the files of `facts/`, each one file or a directory of files that are joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.errors import RemitError, VocabularyError
from remit.pack.fields import Fields
from remit.pack.files import Files
from remit.pack.yaml_reader import Mapping, Node, Problems, Scalar


@dataclass(slots=True)
class Facts:
    """Reads the files of `facts/`; every error goes to `problems`."""

    files: Files
    problems: Problems

    def named(self, name: str) -> tuple[str, ...]:
        """`facts/NAME.yaml` and the files of `facts/NAME/`."""
        return (*self.files.matching(f"facts/{name}.yaml"), *self.files.matching(f"facts/{name}/*.yaml"))

    def documents(self, name: str) -> Iterator[Node]:
        for file in self.named(name):
            try:
                node = self.files.document(file)
            except RemitError as problem:
                self.problems.add(problem)
                self.problems.unread.add(name)
                continue
            if node is not None:
                yield node

    def entries(self, name: str) -> Iterator[tuple[Scalar, Node]]:
        """The pairs of all files of this name; an id twice is RM209."""
        seen: set[str] = set()
        for document in self.documents(name):
            if not isinstance(document, Mapping):
                self.problems.add(
                    VocabularyError(
                        "RM206",
                        "wrong-form",
                        found="not a mapping",
                        expected="names and what they mean",
                        origin=document.origin,
                    )
                )
                continue
            for key, value in document.items:
                if key.text in seen:
                    self.problems.add(
                        VocabularyError(
                            "RM209",
                            "declared-twice",
                            found=key.text,
                            expected=f"each name of facts/{name} once",
                            origin=key.origin,
                        )
                    )
                seen.add(key.text)
                yield key, value

    def fields(self, node: Node | None, place: str, allowed: tuple[str, ...]) -> Fields:
        return Fields(node, place, allowed, self.problems)
