"""`Document`: a text in lines, and the columns in it as editors count them (UTF-16 unless they agree on another)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from remit.editor.spans import Position

ENDS = re.compile(r"\r\n|\n|\r")
#: How many units a letter takes.
UNITS: Mapping[str, Callable[[str], int]] = {
    "utf-8": lambda letter: len(letter.encode("utf-8", "surrogatepass")),
    "utf-16": lambda letter: 1 + (ord(letter) > 0xFFFF),
    "utf-32": len,
}


class Document:
    """One version of one file.

    >>> Document("𠮷野家: 1").to_client((0, 3)), Document("𠮷野家: 1").from_client(0, 4)
    ((0, 4), (0, 3))
    """

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text, self.lines, self.encoding = text, ENDS.split(text), encoding

    def to_client(self, at: Position) -> Position:
        """The place as the editor counts; what lies beyond the text is its nearest place."""
        line = min(max(at[0], 0), len(self.lines) - 1)
        written = self.lines[line]
        column = max(at[1], 0) if line == at[0] else len(written)
        before = written[:column]
        return line, len(before) if before.isascii() else sum(map(UNITS[self.encoding], before))

    def from_client(self, line: int, character: int) -> Position:
        """The place the editor means; half a letter is its beginning."""
        if line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        written, units = self.lines[max(line, 0)], 0
        for column, letter in enumerate(written):
            units += UNITS[self.encoding](letter)
            if units > character:
                return line, column
        return line, len(written)

    def before(self, at: Position) -> str:
        """The text of the line up to a place."""
        return self.lines[at[0]][: at[1]]
