"""YAML as it is written: nodes with the comments and blank lines around them, so that a formatter loses none.

`yaml_reader` reads what a text means; this reads how it is laid out. A text must pass that one first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: A comment to the end of its line.
COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
#: What else may stand between the values: blanks and the signs of lists and mappings.
SIGNS = re.compile(r"[\s:,?\-\[\]{}]+")
#: A line without a value, perhaps with a comment.
EMPTY_LINE = re.compile(r"[\s:,?\-\[\]{}]*?(#.*)?")
AFTER_VALUE = re.compile(r"[\s,]*?(?<=[\s,])(#.*)$")
AFTER_KEY = re.compile(r"\s*:\s+(#.*)$")
OTHER_BREAKS = re.compile("[\r\x85\u2028\u2029]")


class Unlaid(ValueError):  # noqa: N818 - caught at once and told as a RemitError
    """The text holds a sign that would be lost, at this line (1-based)."""

    def __init__(self, sign: str, line: int) -> None:
        self.sign, self.line = sign, line
        super().__init__(sign)


@dataclass(slots=True)
class Leaf:
    """One value: what it says, its style (plain, `'`, `"`, `|`, `>`), its lines as written, and the comment after it."""

    text: str
    style: str
    lines: tuple[str, ...]
    remark: str = ""


@dataclass(slots=True)
class Group:
    """A list, or a mapping where `keyed`; written in brackets where `flow`. `tail` are the comments after the last item."""

    keyed: bool
    flow: bool
    items: list[Item] = field(default_factory=list)
    tail: tuple[str, ...] = ()
    remark: str = ""


@dataclass(slots=True)
class Item:
    """A member of a list, or a pair of a mapping; `above` are the comments and blank lines over it."""

    above: tuple[str, ...]
    key: Leaf | None
    value: Leaf | Group


@dataclass(slots=True)
class Document:
    """One document with what stands above and below it; without a root, only comments."""

    root: Leaf | Group | None
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()


def laid_out(text: str) -> list[Document]:
    """The documents of a text that parses.

    Raises:
        Unlaid: it has a directive, a document's end or a line break that would be lost.
    """
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    layout = Layout(text, list(yaml.parse(text, Loader=loader)))
    layout.require_known_signs()
    return list(layout.documents())


def comments(text: str) -> Counter[str]:
    """Every comment of a text that parses, and how often it stands there."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    layout = Layout(text, list(yaml.parse(text, Loader=loader)))
    return Counter(found.group().rstrip() for _, between in layout.between() for found in COMMENT.finditer(between))


class Layout:
    """Walks the parser's events; what stands between them goes to the item below it, or to the tail of what it stands in."""

    def __init__(self, text: str, events: list[Any]) -> None:
        self.text, self.events, self.at = text, events, 0
        self.lines = text.split("\n")
        self.unread = 0  # the first line of which nothing has been read

    def require_known_signs(self) -> None:
        strange = OTHER_BREAKS.search(self.text)
        if strange:
            raise Unlaid(f"U+{ord(strange.group()):04X}", self.text.count("\n", 0, strange.start()) + 1)
        for position, between in self.between():
            left = SIGNS.sub("", COMMENT.sub("", between))
            if left:
                at = self.text.find(left[0], position)
                raise Unlaid(left[:20], self.text.count("\n", 0, at) + 1)

    def between(self) -> Iterator[tuple[int, str]]:
        """What stands between the values, and where; the header of a `|` or `>` too."""
        position = 0
        for event in self.events:
            if kind(event) == "Scalar":
                yield position, self.text[position : event.start_mark.index]
                if event.style in ("|", ">"):
                    header = self.text[event.start_mark.index : event.end_mark.index].partition("\n")[0]
                    yield event.start_mark.index, header.lstrip("|>+-0123456789")
                position = max(position, event.end_mark.index)
        yield position, self.text[position:]

    def next(self) -> Any:
        self.at += 1
        return self.events[self.at - 1]

    # --- nodes ------------------------------------------------------------------------------------

    def documents(self) -> Iterator[Document]:
        while self.at < len(self.events):
            event = self.next()
            if kind(event) == "DocumentStart":
                if event.explicit:
                    yield from self.comments_only(event.start_mark.line)
                    self.unread = event.start_mark.line + 1
                yield self.document()
            elif kind(event) == "StreamEnd":
                yield from self.comments_only(len(self.lines))

    def comments_only(self, line: int) -> Iterator[Document]:
        """Comments where no document is."""
        found = self.until(line)
        if any(found):
            yield Document(None, found)

    def document(self) -> Document:
        first = self.next()
        empty = kind(first) == "Scalar" and first.value == "" and first.style is None
        above = () if empty else self.until(first.start_mark.line)
        root = None if empty else self.node(first, -1)
        self.next()  # the document's end
        following = self.events[self.at]
        goes_on = kind(following) == "DocumentStart"
        below = self.until(following.start_mark.line if goes_on else len(self.lines))
        return Document(root, above, below)

    def node(self, event: Any, column: int) -> Leaf | Group:
        """A node; `column` is that of the group it stands in."""
        if kind(event) == "Scalar":
            return self.leaf(event)
        keyed = kind(event) == "MappingStart"
        return self.flow(event, keyed=keyed) if event.flow_style else self.block(event, column, keyed=keyed)

    def leaf(self, event: Any) -> Leaf:
        start, end = event.start_mark, event.end_mark
        written = self.text[start.index : end.index].split("\n")
        if event.style in ("|", ">"):
            return self.literal(event, written)
        self.unread = max(self.unread, end.line + 1)
        remark = AFTER_VALUE.match(self.lines[end.line][end.column :])
        return Leaf(event.value, event.style or "", tuple(w.strip() for w in written), remark[1] if remark else "")

    def literal(self, event: Any, written: list[str]) -> Leaf:
        """`|` and `>`: the header, then its lines; blank ones at the end count only where the header says so."""
        header, *below = written
        sign, hash_sign, remark = header.partition("#")
        if "+" in sign:
            below = below[:-1] if below and not below[-1].strip() else below
        while "+" not in sign and below and not below[-1].strip():
            below.pop()
        self.unread = max(self.unread, event.start_mark.line + 1 + len(below))
        return Leaf(event.value, event.style, (sign.strip(), *below), (hash_sign + remark).rstrip())

    def key(self, event: Any) -> Leaf:
        found = self.leaf(event)
        end = event.end_mark
        remark = AFTER_KEY.match(self.lines[end.line][end.column :])
        found.remark = remark[1] if remark else ""
        return found

    def item(self, event: Any, column: int, *, keyed: bool) -> Item:
        above = self.until(event.start_mark.line)
        key = self.key(event) if keyed else None
        return Item(above, key, self.node(self.next() if keyed else event, column))

    def block(self, start: Any, outer: int, *, keyed: bool) -> Group:
        found, column = Group(keyed, flow=False), start.start_mark.column
        while not kind(event := self.next()).endswith("End"):
            found.items.append(self.item(event, column, keyed=keyed))
        found.tail = self.inside(column + (column == outer))
        return found

    def flow(self, start: Any, *, keyed: bool) -> Group:
        found = Group(keyed, flow=True)
        line, column = start.start_mark.line, start.start_mark.column
        opening = AFTER_VALUE.match(self.lines[line][column + 1 :])
        self.unread = max(self.unread, line + 1)
        while not kind(event := self.next()).endswith("End"):
            found.items.append(self.item(event, -1, keyed=keyed))
        found.tail = self.until(event.start_mark.line)
        if opening and found.items:
            found.items[0].above = (opening[1], *found.items[0].above)
        elif opening:
            found.tail = (opening[1], *found.tail)
        end = event.end_mark
        self.unread = max(self.unread, end.line + 1)
        closing = AFTER_VALUE.match(self.lines[end.line][end.column :])
        found.remark = closing[1] if closing else ""
        return found

    # --- what stands between ----------------------------------------------------------------------

    def until(self, line: int) -> tuple[str, ...]:
        """The comments and blank lines not yet read, up to a line; a blank line is ``."""
        found = []
        for number in range(self.unread, line):
            empty = EMPTY_LINE.fullmatch(self.lines[number])
            if empty and (empty[1] or not self.lines[number].strip()):
                found.append((empty[1] or "").rstrip())
        self.unread = max(self.unread, line)
        return tuple(found)

    def inside(self, column: int) -> tuple[str, ...]:
        """The comments after the last item of a block that stand at least as far in as its items; at the margin, none."""
        last = self.unread
        for number in range(self.unread, len(self.lines)):
            line = self.lines[number]
            text = line.lstrip()
            if text and (not text.startswith("#") or len(line) - len(text) < column or not column):
                break
            if text:
                last = number + 1
        return self.until(last)


def kind(event: Any) -> str:
    return type(event).__name__.removesuffix("Event")
