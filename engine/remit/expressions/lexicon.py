"""`Lexicon`: the words of a pack as the lexer knows them, and the tokens of a condition.

Chinese is written without spaces, so words are found by the vocabulary, longest first: 甲且乙 is three.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from remit.errors import ExpressionError, Origin, nearest
from remit.model.records import record
from remit.model.text import Text
from remit.model.vocabulary import Attribute, EventType, Vocabulary

#: Words with a fixed meaning: spelling → token type.
KEYWORDS: Mapping[str, str] = {
    "且": "AND", "and": "AND", "或": "OR", "or": "OR", "非": "NOT", "not": "NOT",
    "属于": "IN", "in": "IN", "true": "TRUE", "false": "FALSE", "真": "TRUE", "假": "FALSE",
    "has": "HAS", "已知": "HAS", "size": "SIZE", "数量": "SIZE", "exists": "EXISTS", "存在": "EXISTS",
    "all": "ALL", "全部": "ALL", "date": "DATE", "日期": "DATE", "timestamp": "TIME", "时刻": "TIME",
    "duration": "DURATION", "时长": "DURATION", "的": "DOT",
}  # fmt: skip
NARROW: Mapping[str, str] = {
    "&&": "AND", "||": "OR", "==": "EQ", "!=": "NE", "<=": "LE", ">=": "GE", "<": "LT", ">": "GT", "!": "NOT", "+": "PLUS", "-": "MINUS",
    "*": "STAR", "/": "SLASH", "%": "PERCENT", "(": "LPAR", ")": "RPAR", "[": "LSQB", "]": "RSQB", ",": "COMMA", ".": "DOT",
}  # fmt: skip


def widths(sign: str) -> Iterator[str]:
    """A sign in every mixture of half and full width, as Chinese keyboards give them.

    >>> list(widths("<="))
    ['<=', '<＝', '＜=', '＜＝']
    """
    return map("".join, product(*((letter, chr(ord(letter) + 0xFEE0)) for letter in sign)))


#: Signs in every spelling. A single full-width ＝ compares; a single = is no sign, as in CEL.
SIGNS: Mapping[str, str] = {wide: kind for sign, kind in NARROW.items() for wide in widths(sign)} | {
    "＝": "EQ", "≠": "NE", "≤": "LE", "≥": "GE", "×": "STAR", "÷": "SLASH", "【": "LSQB", "】": "RSQB", "、": "COMMA",
}  # fmt: skip
#: Half a sign → the sign that is meant.
HALVES = {"=": "`==`, which compares", "&": "`&&`", "|": "`||`", "＆": "`&&`", "｜": "`||`"}
#: Names every condition may use: spelling → canonical.
FIXED: Mapping[str, str] = {
    "event": "event", "事件": "event", "subject": "subject", "当事人": "subject", "unit": "unit", "单位": "unit",
    "case": "case", "案件": "case", "events": "events", "type": "type", "类型": "type", "at": "at", "发生时间": "at",
    "known_at": "known_at", "知悉时间": "known_at", "place": "place", "地点": "place", "by": "by", "报告单位": "by",
    "id": "id", "编号": "id", "level": "level", "层级": "level", "roles": "roles", "角色": "roles",
}  # fmt: skip
QUOTES = {'"': '"', "'": "'", "“": "”", "「": "」"}
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
NUMBER = re.compile(r"\d+\.\d+|\d+")
ASCII_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
WORD = re.compile(r"[^\W\d]\w*")
SIGN = re.compile("|".join(re.escape(sign) for sign in sorted(SIGNS, key=len, reverse=True)))
MAX_LENGTH, MAX_DEPTH, MAX_OPERATORS = 10_000, 50, 200
OPENING, CLOSING = "([（【［", ")]）】］"


@record
class Word:
    """One token: its type in the grammar, its canonical value, as written, and where (1-based column)."""

    type: str
    value: str
    written: str
    column: int


@dataclass(frozen=True)
class Lexicon:
    """The names a condition may use, in every spelling.

    `names` maps a spelling to the canonical attributes it may mean; `event_names` the same for event types. `carried` says
    which attributes each event type has; `others` the names of places, units, roles and levels, by kind.
    """

    attributes: Mapping[str, Attribute]
    event_types: Mapping[str, EventType]
    names: Mapping[str, tuple[str, ...]]
    event_names: Mapping[str, tuple[str, ...]]
    others: Mapping[str, Mapping[str, tuple[str, ...]]]
    labels: Mapping[str, Mapping[str, Text]]

    @classmethod
    def of(
        cls,
        attributes: Iterable[Attribute],
        event_types: Iterable[EventType],
        others: Mapping[str, Mapping[str, tuple[str, ...]]] | None = None,
        labels: Mapping[str, Mapping[str, Text]] | None = None,
    ) -> Lexicon:
        """Collect every spelling; `others` gives spellings → ids for `place`, `unit`, `role`, `level`."""
        known = {attribute.id: attribute for attribute in attributes}
        types = {kind.id: kind for kind in event_types}
        return cls(
            attributes=known,
            event_types=types,
            names=spellings((a.id, a.label, a.aliases) for a in known.values()),
            event_names=spellings((t.id, t.label, t.aliases) for t in types.values()),
            others=others or {},
            labels=labels or {},
        )

    @cached_property
    def pattern(self) -> re.Pattern[str] | None:
        """Words that are not plain ASCII, longest first."""
        words = {w for w in (*self.names, *FIXED, *KEYWORDS) if not ASCII_WORD.fullmatch(w)}
        return re.compile("|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))))

    def tokens(self, text: str, origin: Origin) -> Iterator[Word]:
        """The words of a condition.

        Raises:
            ExpressionError: RM301 a character with no meaning, RM302 an open string, RM309 beyond the bounds.
        """
        position = 0
        while position < len(text):
            if text[position].isspace():
                position += 1
                continue
            word, position = self._next(text, position, origin)
            yield word

    def _next(self, text: str, at: int, origin: Origin) -> tuple[Word, int]:
        if text[at] in QUOTES:
            return string(text, at, origin)
        if number := NUMBER.match(text, at):
            kind = "DECIMAL" if "." in number.group() else "INT"
            return Word(kind, number.group(), number.group(), at + 1), number.end()
        if sign := SIGN.match(text, at):
            return Word(SIGNS[sign.group()], sign.group(), sign.group(), at + 1), sign.end()
        plain = ASCII_WORD.match(text, at)
        known = self.pattern.match(text, at) if self.pattern else None
        found = max((m for m in (plain, known) if m), key=lambda m: m.end(), default=None)
        if found is None:
            found = self._stranger(text, at)
        if found is None:
            raise located(
                "RM301",
                "unknown-sign",
                text,
                at,
                origin,
                text[at],
                HALVES.get(text[at], "a word or a sign of the condition language"),
            )
        return self._word(found.group(), at), found.end()

    def _stranger(self, text: str, at: int) -> re.Match[str] | None:
        """A run of letters nobody declared, up to where a known word begins."""
        run = WORD.match(text, at)
        if run is None:
            return None
        end = at + 1
        while end < run.end() and not (self.pattern and self.pattern.match(text, end)):
            end += 1
        return re.compile(r"\w+").match(text, at, end)

    def _word(self, written: str, at: int) -> Word:
        if written in KEYWORDS:
            return Word(KEYWORDS[written], written, written, at + 1)
        return Word("NAME", written, written, at + 1)


def string(text: str, at: int, origin: Origin) -> tuple[Word, int]:
    """A quoted text; a backslash escapes in the ASCII forms."""
    closing, value, position = QUOTES[text[at]], "", at + 1
    while position < len(text) and text[position] != closing:
        if text[position] == "\\" and closing in "\"'" and position + 1 < len(text):
            escaped = text[position + 1]
            if escaped not in ESCAPES:
                raise located(
                    "RM301",
                    "unknown-sign",
                    text,
                    position,
                    origin,
                    "\\" + escaped,
                    r"one of \n \t \r \" \' \\",
                )
            value, position = value + ESCAPES[escaped], position + 2
        else:
            value, position = value + text[position], position + 1
    if position >= len(text):
        raise located("RM302", "string-not-closed", text, at, origin, text[at:], f"a closing {closing}")
    return Word("STRING", value, text[at : position + 1], at + 1), position + 1


def within_bounds(text: str, origin: Origin) -> None:
    """Refuse what is too long or too deep before any parser sees it.

    Raises:
        ExpressionError: RM309.
    """
    if len(text) > MAX_LENGTH:
        raise located(
            "RM309",
            "too-large",
            text,
            0,
            origin,
            f"{len(text)} characters",
            f"at most {MAX_LENGTH}",
        )
    depth = 0
    for at, character in enumerate(text):
        depth += (character in OPENING) - (character in CLOSING)
        if depth > MAX_DEPTH:
            raise located(
                "RM309",
                "too-large",
                text,
                at,
                origin,
                f"brackets {depth} deep",
                f"at most {MAX_DEPTH}",
            )


def spellings(items: Iterable[tuple[str, Text, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    """Every way to write each name → the ids it may mean."""
    found: dict[str, dict[str, None]] = {}
    for name, label, aliases in items:
        for written in (name, label.zh, label.en, *aliases):
            found.setdefault(written, {})[name] = None
    exact = {name: (name,) for name in found if name in found[name]}
    return {written: tuple(ids) for written, ids in found.items()} | exact


def located(
    code: str,
    slug: str,
    text: str,
    at: int,
    origin: Origin,
    found: str,
    expected: str,
    valid: Iterable[str] = (),
) -> ExpressionError:
    """An error at a character of the condition, placed in its file where that is known."""
    before = text[:at]
    line, column = origin.line, at + 1
    if origin.line:
        line += before.count("\n")
        column = at - before.rfind("\n") if "\n" in before else origin.column + at
    place = Origin(origin.file, line, column, origin.event, origin.case)
    return ExpressionError(code, slug, found=found, expected=expected, origin=place, suggestion=nearest(found, valid))


def lexicon_of(
    vocabulary: Vocabulary,
    spelled: Mapping[str, Mapping[str, tuple[str, ...]]],
    labels: Mapping[str, Mapping[str, Text]],
) -> Lexicon:
    """The words of a vocabulary; `spelled` and `labels` are its names by kind."""
    kinds = ("place", "unit", "role", "level")
    return Lexicon.of(
        vocabulary.attributes.values(),
        vocabulary.event_types.values(),
        {kind: spelled.get(kind, {}) for kind in kinds},
        {kind: labels.get(kind, {}) for kind in kinds},
    )
