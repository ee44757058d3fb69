"""Strict JSON: text → the same positioned nodes as YAML, one document or many (JSON Lines).

Refused: a key twice, nesting over 50, NaN and other words JSON does not have, texts that are not Unicode. `null` is a
value nobody stated: its key is left out.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator

from remit.errors import EventError, Origin, VocabularyError
from remit.pack.yaml_reader import MAX_DEPTH, Mapping, Node, Scalar, Sequence, too_deep

BLANK = re.compile(r"[ \t\r\n]*")
STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
WORD = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null", re.ASCII)


def read_json(text: str, file: str, first: int = 1) -> tuple[Node, ...]:
    """All documents of a text; `first` is the number of its first line.

    Raises:
        EventError: RM410, it is not JSON.
        VocabularyError: RM202 a key twice; RM219 too deep.
    """
    return tuple(Scanner(text, file, first).documents())


class Scanner:
    """Reads values one after the other; `at` is where it stands."""

    def __init__(self, text: str, file: str, first: int = 1) -> None:
        self.text, self.file, self.first, self.at, self.depth = text, file, first, 0, 0
        self.lines = [0, *(found.end() for found in re.finditer("\n", text))]

    def documents(self) -> Iterator[Node]:
        while self.next_sign():
            node = self.value()
            if node is not None:
                yield node

    def next_sign(self) -> str:
        """The sign that stands next, blanks left out; nothing at the end."""
        found = BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.text[self.at : self.at + 1]

    def value(self) -> Node | None:
        origin = self.origin()
        match self.next_sign():
            case "{":
                return Mapping(tuple(self.pairs(origin)), origin)
            case "[":
                return Sequence(tuple(self.members(origin)), origin)
            case '"':
                return Scalar(self.string(), origin, quoted=True)
        word = WORD.match(self.text, self.at)
        if word is None:
            raise self.wrong("a value")
        self.at = word.end()
        return None if word.group() == "null" else Scalar(word.group(), origin)

    def members(self, origin: Origin) -> Iterator[Node]:
        for _ in self.inside("]", origin):
            place = self.origin()
            node = self.value()
            if node is None:
                raise EventError("RM410", "not-a-case-file", found="null", expected="a value", origin=place)
            yield node

    def pairs(self, origin: Origin) -> Iterator[tuple[Scalar, Node]]:
        seen: set[str] = set()
        for sign in self.inside("}", origin):
            key = Scalar("", self.origin())
            if sign != '"':
                raise self.wrong("a key in quotation marks")
            key = Scalar(self.string(), key.origin, quoted=True)
            if key.text in seen:
                raise VocabularyError("RM202", "duplicate-key", found=key.text, expected="each key once", origin=key.origin)  # fmt: skip
            seen.add(key.text)
            self.expect(":")
            node = self.value()
            if node is not None:
                yield key, node

    def inside(self, closing: str, origin: Origin) -> Iterator[str]:
        """Stops at each member between two brackets, and behind the closing one."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise too_deep(f"nesting of {self.depth}", origin)
        self.at += 1
        sign = self.next_sign()
        while sign != closing:
            yield sign
            if self.next_sign() != closing:
                self.expect(",")
                if self.next_sign() == closing:
                    raise self.wrong("another member after the comma")
            sign = self.next_sign()
        self.at += 1
        self.depth -= 1

    def expect(self, sign: str) -> None:
        if self.next_sign() != sign:
            raise self.wrong(f"`{sign}`")
        self.at += 1
        self.next_sign()

    def string(self) -> str:
        found = STRING.match(self.text, self.at)
        if found is None:
            raise self.wrong("a text closed by a quotation mark")
        try:
            value: str = json.loads(found.group())
            value.encode()
        except ValueError:  # an escape JSON does not have, or half a surrogate pair
            raise self.wrong("a text in JSON") from None
        self.at = found.end()
        return value

    def origin(self) -> Origin:
        self.next_sign()
        line = bisect_right(self.lines, self.at)
        return Origin(self.file, self.first + line - 1, self.at - self.lines[line - 1] + 1)

    def wrong(self, expected: str) -> EventError:
        found = self.text[self.at : self.at + 20] or "the end"
        return EventError("RM410", "not-a-case-file", found=found, expected=f"JSON: {expected}", origin=self.origin())
