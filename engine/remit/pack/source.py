"""`source.txt` → sentences, each in its article or item; the headings' patterns may be the policy's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from remit.model.rule import Sentence

BLANK = " \t\u3000\u00a0\r\ufeff"
DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMERAL = "零〇一二三四五六七八九十百千0-9"
#: Patterns tried in order: what begins a chapter, an article, an item. Group 1 is the number.
HEADINGS: Mapping[str, str] = {
    "chapter": rf"^(?:第([{NUMERAL}]+)章|(?:Chapter|CHAPTER|Part|PART)\s+([IVXLC\d]+)[.:]?)(?=\s|$)",
    "article": rf"^(?:第([{NUMERAL}]+)条|(?:Article|ARTICLE|Section|SECTION|§)\s*(\d+[A-Za-z]?)\.?)(?=\s|$)",
    "item": rf"^(?:（([{NUMERAL}]+)）|\(([0-9]+|[a-z])\))",
}
ENDINGS = re.compile(r"(?<=[。！？])(?![”」』）])|(?<=[。！？][”」』])|(?<=[.!?])\s+(?=[A-Z“\"(])")


NUMBERED = re.compile(r"(?:Article|ARTICLE|Section|SECTION|§)\s*\d+[A-Za-z]?\.\s+")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a document shows its parts."""

    chapter: re.Pattern[str]
    article: re.Pattern[str]
    item: re.Pattern[str]

    @classmethod
    def of(cls, own: Mapping[str, str] | None = None) -> Layout:
        """The usual Chinese and English headings, or the policy's own patterns.

        Raises:
            re.error: a pattern of the policy is not one.
        """
        patterns = {**HEADINGS, **(own or {})}
        return cls(*(re.compile(patterns[name]) for name in ("chapter", "article", "item")))


def sentences(text: str, layout: Layout) -> tuple[Sentence, ...]:
    """Every sentence in order. Lines are stripped of blanks at both ends; nothing else is touched."""
    found: list[Sentence] = []
    article, item, label = "0", "", ""
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip(BLANK)
        if not line:
            continue
        if heading := layout.chapter.match(line):
            found.append(Sentence(len(found), "", line, number, heading=True, label=heading.group()))
            continue
        if begins := layout.article.match(line):
            article, item, label = numeral(begins), "", begins.group().strip(" .")
        elif begins := layout.item.match(line):
            item = numeral(begins)
        name = f"{article}-{item}" if item else article
        shown = f"{label}{bracketed(line, layout) or marker(found, name)}" if item else label
        for sentence in split(line):
            found.append(Sentence(len(found), name, sentence, number, label=shown))
    return tuple(found)


def bracketed(line: str, layout: Layout) -> str:
    begins = layout.item.match(line)
    return begins.group() if begins else ""


def marker(found: list[Sentence], article: str) -> str:
    """The item's own sign, for a further line of the same item."""
    return next(
        (s.label[s.label.find(c) :] for s in reversed(found) if s.article == article for c in "（(" if c in s.label),
        "",
    )


def split(line: str) -> Iterator[str]:
    """A line's sentences, each with the sign that ends it. The number of an article is no sentence of its own.

    >>> list(split("第一条 甲。乙！"))
    ['第一条 甲。', '乙！']
    >>> list(split("Article 1. A does. B does not."))
    ['Article 1. A does.', 'B does not.']
    """
    number = NUMBERED.match(line)
    start = number.end() if number else 0
    parts = [part.strip(BLANK) for part in ENDINGS.split(line[start:])]
    for place, part in enumerate(part for part in parts if part):
        yield line[:start] + part if place == 0 else part


def numeral(match: re.Match[str]) -> str:
    """The number a heading carries, in Arabic digits.

    >>> numeral(re.match("第(二十四)条", "第二十四条"))
    '24'
    """
    written = next(group for group in match.groups() if group)
    if written.isascii():
        return written
    total, digit = 0, 0
    for character in written:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[character]
            digit = 0
    return str(total + digit)
