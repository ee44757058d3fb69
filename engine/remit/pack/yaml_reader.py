"""Strict YAML: text → positioned nodes. Scalars stay text; only the vocabulary says what they are.

Refused: duplicate keys, anchors, aliases, merges, tags, empty values, files over 5 MB, nesting over 50. Depth is watched
on the stream of events, before anything is built, because the C parser does not survive very deep nesting otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from remit.errors import Origin, RemitError, SourceError, VocabularyError, nearest

MAX_BYTES, MAX_DEPTH = 5_000_000, 50


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as written. `quoted` tells `"12"` from `12`."""

    text: str
    origin: Origin
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Sequence:
    items: tuple[Node, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Mapping:
    items: tuple[tuple[Scalar, Node], ...]
    origin: Origin


Node = Scalar | Sequence | Mapping


def decoded(raw: bytes, file: str) -> str:
    """The text of a file.

    Raises:
        SourceError: RM101 it is not UTF-8; RM109 it is too large.
    """
    if len(raw) > MAX_BYTES:
        raise SourceError(
            "RM109",
            "file-too-large",
            found=f"{len(raw)} bytes",
            expected=f"at most {MAX_BYTES}",
            origin=Origin(file),
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = raw[: wrong.start].count(b"\n") + 1
        column = wrong.start - raw[: wrong.start].rfind(b"\n")
        raise SourceError(
            "RM101", "not-utf-8", found=f"byte 0x{raw[wrong.start]:02x}", expected="text in UTF-8",
            origin=Origin(file, line, column), hint="save the file as UTF-8",
        ) from None  # fmt: skip


def read_documents(text: str, file: str, *, line: int = 0, column: int = 0) -> tuple[Node, ...]:
    """All documents of a text (divided by `---`), positions shifted by what stands before it in its file.

    Raises:
        VocabularyError: RM201 it is not YAML; RM202 a key twice; RM203 a feature that is refused; RM219 too deep.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        events = yaml.parse(text, Loader=loader)
        return tuple(Composer(events, file, line, column).documents())
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark
        origin = Origin(file, mark.line + 1 + line, mark.column + 1 + column) if mark else Origin(file)
        if "nesting depth" in (wrong.problem or ""):  # the parser reads ahead, and met its own bound first
            raise too_deep("brackets within brackets", origin) from None
        raise VocabularyError("RM201", "not-yaml", found=wrong.problem or "", expected="YAML", origin=origin) from None
    except yaml.YAMLError as wrong:
        raise VocabularyError("RM201", "not-yaml", found=str(wrong), expected="YAML", origin=Origin(file)) from None


def read(text: str, file: str, *, line: int = 0, column: int = 0) -> Node | None:
    """The only document of a text; None when there is none.

    Raises:
        VocabularyError: as `read_documents`; RM203 when there is more than one.
    """
    documents = read_documents(text, file, line=line, column=column)
    if len(documents) > 1:
        raise refused("a second document", documents[1].origin)
    return documents[0] if documents else None


class Composer:
    """Puts nodes together from the parser's events."""

    def __init__(self, events: Iterator[Any], file: str, line: int, column: int) -> None:
        self.events, self.file, self.line, self.column = events, file, line, column
        self.depth = 0

    def documents(self) -> Iterator[Node]:
        for event in self.events:
            if type(event).__name__ == "DocumentStartEvent":
                first = next(self.events)
                if not (type(first).__name__ == "ScalarEvent" and first.value == "" and first.style is None):
                    yield self.node(first)

    def node(self, event: Any) -> Node:
        origin = self.origin(event)
        if getattr(event, "anchor", None) is not None:
            raise refused("an anchor or alias", origin)
        if getattr(event, "tag", None) is not None:
            raise refused(f"the tag {event.tag}", origin)
        match type(event).__name__:
            case "ScalarEvent":
                return Scalar(event.value, origin, event.style in ("'", '"', "|", ">"))
            case "SequenceStartEvent":
                return self.deeper(lambda: Sequence(tuple(self.until("SequenceEndEvent")), origin), origin)
            case "MappingStartEvent":
                return self.deeper(lambda: self.mapping(origin), origin)
            case _:
                raise refused("an alias", origin)

    def deeper(self, build: Any, origin: Origin) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(f"nesting of {self.depth}", origin)
        node: Node = build()
        self.depth -= 1
        return node

    def until(self, end: str) -> Iterator[Node]:
        for event in self.events:
            if type(event).__name__ == end:
                return
            yield self.node(event)

    def mapping(self, origin: Origin) -> Mapping:
        nodes = list(self.until("MappingEndEvent"))
        items, seen = [], set()
        for key, value in zip(nodes[::2], nodes[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise VocabularyError(
                    "RM206",
                    "wrong-form",
                    found="a list or mapping",
                    expected="a plain key",
                    origin=key.origin,
                )
            if key.text == "<<" and not key.quoted:
                raise refused("a merge", key.origin)
            if key.text in seen:
                raise VocabularyError(
                    "RM202",
                    "duplicate-key",
                    found=key.text,
                    expected="each key once",
                    origin=key.origin,
                )
            seen.add(key.text)
            items.append((key, value))
        return Mapping(tuple(items), origin)

    def origin(self, event: Any) -> Origin:
        mark = event.start_mark
        return Origin(self.file, mark.line + 1 + self.line, mark.column + 1 + self.column)


def too_deep(found: str, origin: Origin) -> VocabularyError:
    return VocabularyError("RM219", "too-deep", found=found, expected=f"at most {MAX_DEPTH}", origin=origin)


def refused(what: str, origin: Origin) -> VocabularyError:
    return VocabularyError(
        "RM203",
        "yaml-feature-refused",
        found=what,
        expected="plain YAML without anchors, merges or tags",
        origin=origin,
    )


class Problems:
    """Errors collected while a pack is read; one for each place and code."""

    def __init__(self) -> None:
        self.found: list[RemitError] = []
        self._told: set[tuple[str, Origin, str]] = set()

    def add(self, problem: RemitError) -> None:
        told = (problem.code, problem.origin, problem.found)
        if told not in self._told:
            self._told.add(told)
            self.found.append(problem)

    def unknown(self, what: str, node: Scalar, valid: Any, expected: str) -> None:
        """RM204, with the kind of name in the slug and the nearest valid one."""
        self.add(
            VocabularyError(
                "RM204", f"unknown-{what}", found=node.text, expected=expected, origin=node.origin,
                suggestion=nearest(node.text, valid),
            )
        )  # fmt: skip
