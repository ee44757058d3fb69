"""Where a value stands in its file, letter by letter: what YAML unfolds and unescapes is found again in the text as written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from remit.pack.yaml_reader import Scalar

Position = tuple[int, int]
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", " ": " ", "/": "/"}
CODED = {"x": 2, "u": 4, "U": 8}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file, from its first letter to one past its last: (line, character), both from 0."""

    start: Position
    end: Position

    def holds(self, at: Position) -> bool:
        """Whether the cursor is in it, or at either end."""
        return self.start <= at <= self.end


def span_of(lines: Sequence[str], scalar: Scalar) -> Span | None:
    """Where the text of a scalar stands, without its quotation marks; None where it is not written as it reads."""
    line, column = scalar.origin.line - 1, scalar.origin.column - 1 + (1 if scalar.quoted else 0)
    end = column + len(scalar.text)
    if 0 <= line < len(lines) and lines[line][column:end] == scalar.text:
        return Span((line, column), (line, end))
    places = letters(lines, scalar)
    if places is None or not places or any(place[0] != places[0][0] for place in places):
        return None
    if [place[1] for place in places] != list(range(places[0][1], places[0][1] + len(places))):
        return None
    return Span(places[0], (places[-1][0], places[-1][1] + 1))


def letters(lines: Sequence[str], scalar: Scalar) -> list[Position] | None:
    """The place of each letter of a scalar; None where they cannot be told apart."""
    line, column = scalar.origin.line - 1, scalar.origin.column - 1
    if not 0 <= line < len(lines):
        return None
    opening = lines[line][column : column + 1] if scalar.quoted else ""
    if opening in ("|", ">"):
        return aligned(lines, scalar.text, (line + 1, 0), "")
    return aligned(lines, scalar.text, (line, column + len(opening)), opening)


def aligned(lines: Sequence[str], text: str, start: Position, quote: str) -> list[Position] | None:
    """Go through what is written beside what it reads as."""
    line, column = start
    found: list[Position] = []
    for letter in text:
        if letter.isspace():
            line, column = past_blanks(lines, line, column, found, letter)
            continue
        while line < len(lines) and not lines[line][column:].strip():
            line, column = line + 1, 0
        if line >= len(lines):
            return None
        if not found or found[-1][0] != line:
            column += len(lines[line][column:]) - len(lines[line][column:].lstrip()) if column == 0 else 0
        read, width = unescaped(lines[line], column, quote)
        if read != letter:
            return None
        found.append((line, column))
        column += width
    return found


def past_blanks(lines: Sequence[str], line: int, column: int, found: list[Position], letter: str) -> Position:
    """A blank of the text: one written, or the end of a line and what follows it."""
    found.append((line, column))
    if line < len(lines) and column < len(lines[line].rstrip()) and lines[line][column] == letter:
        return line, column + 1
    if line + 1 < len(lines):
        following = lines[line + 1]
        return line + 1, len(following) - len(following.lstrip())
    return line, column


def unescaped(line: str, column: int, quote: str) -> tuple[str, int]:
    """What stands at a place, and how many letters it is written with."""
    letter = line[column : column + 1]
    if quote == "'" and line[column : column + 2] == "''":
        return "'", 2
    if quote != '"' or letter != "\\":
        return letter, 1
    sign = line[column + 1 : column + 2]
    if sign in CODED:
        digits = line[column + 2 : column + 2 + CODED[sign]]
        try:
            return chr(int(digits, 16)), 2 + CODED[sign]
        except (ValueError, OverflowError):
            return "", 2
    return ESCAPED.get(sign, sign), 2
