"""Where one is typing in YAML: the keys above the cursor and what has been typed, however unfinished the rest is.

A half-typed file is no YAML yet, so this does not parse: it follows indentation and brackets up to the cursor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

KEY = re.compile(r"""(?P<indent>\s*(?:-\s+)*)(?P<key>"[^"]*"|'[^']*'|[^\s\-#{}\[\],:'"][^#{}\[\],:]*?)\s*:(?=\s|$)""")
ITEM = re.compile(r"(?P<indent>\s*(?:-\s+)*)")
QUOTES = {'"': '"', "'": "'", "“": "”", "「": "」"}


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place in the tree.

    Attributes:
        path: the keys above, as written, the outermost first; of a value, its own key last.
        at_key: a key may stand here. `at_value`: a value may.
        typed: what has been typed of it, and where on the line that begins.
        siblings: the keys that stand in the same mapping before the cursor.
        quoted: the typed text stands in quotation marks of YAML.
    """

    path: tuple[str, ...]
    at_key: bool
    at_value: bool
    typed: str
    start: int
    siblings: frozenset[str] = frozenset()
    quoted: bool = False


@dataclass(slots=True)
class Bracket:
    """An open `{` or `[`, the key that stands before what is being typed in it, and the keys seen."""

    sign: str
    key: str | None = None
    seen: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Level:
    """One key of the block above, by its indentation, and the keys beside it."""

    indent: int
    key: str
    seen: set[str]


def cursor_at(lines: Sequence[str]) -> Cursor:
    """The place at the end of these lines, of which the last is the one being typed."""
    levels: list[Level] = []
    brackets: list[Bracket] = []
    typed, start, quoted, has_key = "", 0, False, False
    for line in lines:
        found = KEY.match(line)
        outer = levels[-1].indent if levels else -1
        if brackets and found and len(found["indent"]) <= outer:
            brackets = []  # somebody forgot to close them
        if line.strip() == "---" and line is not lines[-1]:
            levels, brackets = [], []
            continue
        at = 0
        if not brackets:
            has_key = found is not None
            if found is not None:
                push(levels, len(found["indent"]), unquoted(found["key"]))
                at = found.end()
            else:
                item = ITEM.match(line)
                at = item.end() if item else 0
        typed, start, quoted = scan(line, at, brackets)
    return placed(levels, brackets, lines[-1], typed, start, quoted=quoted, has_key=has_key)


def placed(
    levels: Sequence[Level],
    brackets: Sequence[Bracket],
    line: str,
    typed: str,
    start: int,
    *,
    quoted: bool,
    has_key: bool,
) -> Cursor:
    inner = [b.key for b in brackets if b.key is not None]
    if brackets:
        path = (*(level.key for level in levels), *inner)
        top = brackets[-1]
        at_key = top.sign == "{" and top.key is None
        return Cursor(path, at_key, not at_key, typed, start, frozenset(top.seen), quoted)
    if has_key:
        return Cursor(tuple(level.key for level in levels), at_key=False, at_value=True, typed=typed, start=start, quoted=quoted)  # fmt: skip
    item = ITEM.match(line)
    indent = item.end() if item else 0
    above = [level for level in levels if level.indent < indent]
    beside = next((level for level in levels if level.indent == indent), None)
    in_list = "-" in (item.group() if item else "")
    siblings = frozenset(beside.seen) if beside is not None and not in_list else frozenset[str]()
    return Cursor(tuple(level.key for level in above), True, in_list or bool(above), typed, start, siblings, quoted)


def push(levels: list[Level], indent: int, key: str) -> None:
    seen: set[str] = set()
    while levels and levels[-1].indent >= indent:
        gone = levels.pop()
        if gone.indent == indent:
            seen = gone.seen
    levels.append(Level(indent, key, seen | {key}))


def scan(line: str, at: int, brackets: list[Bracket]) -> tuple[str, int, bool]:
    """Follow the brackets from a place to the end of the line; what was typed last, where, and whether in quotation marks."""
    start, position = at, at
    while position < len(line):
        sign = line[position]
        fresh = not line[start:position].strip()
        if sign in "\"'" and fresh:
            end = line.find(sign, position + 1)
            if end < 0:
                return line[position + 1 :], position + 1, True
            position = end
        elif sign == "#" and (position == 0 or line[position - 1].isspace()):
            return "", len(line), False
        elif sign in "{[" and fresh:
            brackets.append(Bracket(sign))
            start = position + 1
        elif brackets and sign in "]}":
            brackets.pop()
            start = position + 1
        elif brackets and sign == ",":
            brackets[-1].key = None
            start = position + 1
        elif brackets and sign == ":" and line[position + 1 : position + 2] in ("", " ") and brackets[-1].sign == "{":
            brackets[-1].key = unquoted(line[start:position].strip())
            brackets[-1].seen.add(brackets[-1].key)
            start = position + 1
        position += 1
    typed = line[start:]
    return typed.lstrip(), start + len(typed) - len(typed.lstrip()), False


def unquoted(key: str) -> str:
    return key[1:-1] if len(key) > 1 and key[0] in "\"'" and key[-1] == key[0] else key
