"""Strict YAML: text → positioned nodes. Scalars stay text; only the vocabulary says what they are.

Refused: duplicate keys, anchors, aliases, merges, tags, empty values, files over 5 MB, nesting over 50. Depth is watched
on the stream of events, before anything is built, because the C parser does not survive very deep nesting otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from remit.errors import Origin, PackError, RemitError, SourceError, VocabularyError, nearest
from remit.model.records import record

MAX_BYTES, MAX_DEPTH = 5_000_000, 50
QUOTED = frozenset({"'", '"', "|", ">"})


@record
class Scalar:
    """One value as written. `quoted` tells `"12"` from `12`."""

    text: str
    origin: Origin
    quoted: bool = False


@record
class Sequence:
    items: tuple[Node, ...]
    origin: Origin


@record
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
        if b"\0" not in raw:
            return raw.decode("utf-8-sig")
        start = raw.find(b"\0")
    except UnicodeDecodeError as wrong:
        start = wrong.start
    line, column = raw.count(b"\n", 0, start) + 1, start - raw.rfind(b"\n", 0, start)
    raise SourceError("RM101", "not-utf-8", found=coding(raw) or f"byte 0x{raw[start]:02x}", expected="text in UTF-8", origin=Origin(file, line, column), hint="save the file as UTF-8")  # fmt: skip


def coding(raw: bytes) -> str | None:
    """What a file that is not UTF-8 probably is: as other programs save texts, or no text at all."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text in UTF-16"
    if b"\0" in raw:
        return "no text, but a binary file"
    try:
        text = raw.decode("gb18030")
    except UnicodeDecodeError:
        return None
    return "text in GBK" if any("\u4e00" <= sign <= "\u9fff" for sign in text) else None


def contents(path: Path, file: str) -> bytes:
    """The bytes of a file.

    Raises:
        SourceError: RM102, it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as failure:
        raise SourceError("RM102", "file-missing", found=path.name, expected="a file that can be read", origin=Origin(file), hint=failure.strerror) from None  # fmt: skip


def read_documents(text: str, file: str, *, line: int = 0, column: int = 0) -> tuple[Node, ...]:
    """All documents of a text (divided by `---`), positions shifted by what stands before it in its file.

    Raises:
        VocabularyError: RM201 it is not YAML; RM202 a key twice; RM203 a feature that is refused; RM219 too deep.
        PackError: several of these at once.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        composer = Composer(parsed(loader(text)), file, line, column)
        found = tuple(composer.documents())
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark
        origin = Origin(file, mark.line + 1 + line, mark.column + 1 + column) if mark else Origin(file)
        if "nesting depth" in (wrong.problem or ""):  # the parser reads ahead, and met its own bound first
            raise too_deep("brackets within brackets", origin) from None
        raise not_yaml(text, wrong, origin, line, column) from None
    except yaml.YAMLError as wrong:  # a character that no YAML may hold; only its place in the text is told
        at = getattr(wrong, "position", 0)
        place = Origin(file, text.count("\n", 0, at) + 1 + line, at - text.rfind("\n", 0, at) + column)
        raise VocabularyError("RM201", "not-yaml", found=text[at : at + 1], expected="a text without control characters", origin=place) from None  # fmt: skip
    if len(composer.problems) > 1:
        raise PackError(composer.problems)
    if composer.problems:
        raise composer.problems[0]
    return found


def parsed(loader: Any) -> Iterator[Any]:
    """Its events, one by one."""
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()


def not_yaml(text: str, wrong: Any, origin: Origin, line: int, column: int) -> VocabularyError:
    """What the parser met, in words for somebody who has never heard of one; a bracket or quote left open is told where it opened."""
    said = str(wrong.problem or "")
    lines = text.split("\n")
    mark = wrong.context_mark if "expected ':'" in said and wrong.context_mark else wrong.problem_mark
    if mark is not None:
        origin = Origin(origin.file, mark.line + 1 + line, mark.column + 1 + column)
    here = lines[mark.line][mark.column :] if mark and mark.line < len(lines) else ""
    found, expected = next(((f, e) for part, f, e in MISTAKES if part in said), (HERE, "YAML"))
    opened = wrong.context_mark
    if opened is not None and any(part in said for part in LEFT_OPEN):
        sign = lines[opened.line][opened.column : opened.column + 1]
        at = Origin(origin.file, opened.line + 1 + line, opened.column + 1 + column)
        closing = {"[": "]", "{": "}"}.get(sign, sign)
        return VocabularyError("RM201", "not-yaml", found=f"{sign}, which nothing closes", expected=f"a closing {closing}", origin=at)  # fmt: skip
    if "\t" in here[:1]:
        found, expected = "a tab", "blanks: YAML is not indented by tabs"
    elif found == HERE:
        found = here.split("\n")[0][:20] or "the end"
    return VocabularyError("RM201", "not-yaml", found=found, expected=expected, origin=origin)


#: Stands for the words at the place itself.
HERE = "…"
LEFT_OPEN = ("did not find expected ',' or", "unexpected end of stream", "unexpected document indicator")
#: What the parser says → what was found, and what was expected, for a reader.
MISTAKES: tuple[tuple[str, str, str], ...] = (
    ("mapping values are not allowed", "a colon within a value", "quotation marks around a text that holds `: `; or the key further in or out"),
    ("could not find expected ':'", HERE, "a colon and a blank after the key"),
    ("did not find expected key", HERE, "a key, as far in as the keys above it; or the end of the value"),
    ("did not find expected '-' indicator", HERE, "`- `, as far in as those above it"),
    ("block sequence entries are not allowed", "`- ` after a key", "each `- ` on a line of its own"),
    ("cannot start any token", HERE, "quotation marks around a text that begins with a sign"),
    ("alphabetic or numeric character", HERE, "quotation marks around a text that begins with a sign"),
    ("unknown escape character", HERE, "an escape such as \\n; or single quotation marks"),
    ("expected node content", HERE, "a value"),
    ("violates indentation", "a tab", "blanks: YAML is not indented by tabs"),
    ("comment or line break", HERE, "the text on the lines below"),
)  # fmt: skip


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
    """Puts nodes together from the parser's events. Every pack goes through here whole, so it is written to be quick."""

    def __init__(self, events: Iterator[Any], file: str, line: int, column: int) -> None:
        from yaml import events as kinds

        self.kinds = kinds
        self.events, self.file, self.line, self.column = events, file, line + 1, column + 1
        self.depth = 0
        self.problems: list[RemitError] = []

    def documents(self) -> Iterator[Node]:
        for event in self.events:
            if isinstance(event, self.kinds.DocumentStartEvent):
                first = next(self.events)
                if not (isinstance(first, self.kinds.ScalarEvent) and first.value == "" and first.style is None):
                    yield self.node(first)

    def node(self, event: Any) -> Node:
        kind, mark = type(event), event.start_mark
        origin = Origin(self.file, mark.line + self.line, mark.column + self.column)
        if kind is self.kinds.AliasEvent:
            self.problems.append(refused("an anchor or alias", origin))
            return Scalar("", origin, quoted=True)
        if event.anchor is not None:
            self.problems.append(refused("an anchor or alias", origin))
        if event.tag is not None:
            self.problems.append(refused(f"the tag {event.tag}", origin))
        if kind is self.kinds.ScalarEvent:
            return Scalar(event.value, origin, event.style in QUOTED)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(f"nesting of {self.depth}", origin)
        found = self.sequence(origin) if kind is self.kinds.SequenceStartEvent else self.mapping(origin)
        self.depth -= 1
        return found

    def sequence(self, origin: Origin) -> Sequence:
        items, end = [], self.kinds.SequenceEndEvent
        while type(event := next(self.events)) is not end:
            items.append(self.node(event))
        return Sequence(tuple(items), origin)

    def mapping(self, origin: Origin) -> Mapping:
        items, end = {}, self.kinds.MappingEndEvent
        while type(event := next(self.events)) is not end:
            key, value = self.node(event), self.node(next(self.events))
            if not isinstance(key, Scalar):
                self.problems.append(VocabularyError("RM206", "wrong-form", found="a list or mapping", expected="a plain key", origin=key.origin))  # fmt: skip
            elif key.text == "<<" and not key.quoted:
                self.problems.append(refused("a merge", key.origin))
            elif key.text in items:
                self.problems.append(VocabularyError("RM202", "duplicate-key", found=key.text, expected="each key once", origin=key.origin))  # fmt: skip
            else:
                items[key.text] = (key, value)
        return Mapping(tuple(items.values()), origin)


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
    """Errors collected while a pack is read; one for each place and code.

    What could not be read is noted, so that nobody is told of each thing that names something in it: `unread` are files of
    `facts/`, by name; `lost` the ids of rules.
    """

    def __init__(self) -> None:
        self.found: list[RemitError] = []
        self.unread: set[str] = set()
        self.lost: set[str] = set()
        self._told: set[tuple[str, Origin, str]] = set()

    def apart(self) -> Problems:
        """Where a part is read for itself: nothing is wrong with it yet, and what could not be read is known."""
        own = Problems()
        own.unread |= self.unread
        return own

    def join(self, part: Problems) -> None:
        """Take over what a part came to."""
        for problem in part.found:
            self.add(problem)
        self.unread |= part.unread
        self.lost |= part.lost

    def add(self, problem: RemitError) -> None:
        if isinstance(problem, PackError):
            for each in problem.problems:
                self.add(each)
            return
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
