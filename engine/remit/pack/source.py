"""`source.txt` → sentences, each in its article or item; the headings' patterns may be the policy's own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from remit.model.records import record
from remit.model.rule import Sentence

BLANK = " \t\u3000\u00a0\r\ufeff"
DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
NUMERAL = "零〇一二三四五六七八九十百千0-9"
#: Patterns tried in order: what begins a chapter, an article, a paragraph, an item. Group 1 is the number. Without a pattern
#: of the policy's own nothing begins a paragraph, because a line that begins with a number need not.
HEADINGS: Mapping[str, str] = {
    "chapter": rf"^(?:第([{NUMERAL}]+)章|(?:Chapter|CHAPTER|Part|PART)\s+([IVXLC\d]+)[.:]?)(?=\s|$)",
    "article": rf"^(?:第([{NUMERAL}]+)条|(?:Article|ARTICLE|Section|SECTION|§)\s*(\d+[A-Za-z]?)\.?)(?=\s|$)",
    "paragraph": r"(?!)",
    "item": rf"^(?:（([{NUMERAL}]+)）|\(([0-9]+|[a-z])\))",
}
ENDINGS = re.compile(r"(?<=[。！？])(?![”」』）])|(?<=[。！？][”」』])|(?<=[.!?])\s+(?=[A-Z“\"(])")
NUMBERED = re.compile(r"(?:(?:Article|ARTICLE|Section|SECTION|§)\s*\d+[A-Za-z]?|\d{1,3})\.\s+")


@record
class Layout:
    """How a document shows its parts."""

    chapter: re.Pattern[str]
    article: re.Pattern[str]
    paragraph: re.Pattern[str]
    item: re.Pattern[str]

    @classmethod
    def of(cls, own: Mapping[str, str] | None = None) -> Layout:
        """The usual Chinese and English headings, or the policy's own patterns.

        Raises:
            re.error: a pattern of the policy is not one.
        """
        patterns = {**HEADINGS, **(own or {})}
        return cls(*(re.compile(patterns[name]) for name in HEADINGS))


@record
class Place:
    """Where a line stands: the numbers of article, paragraph and item, and the signs they carry in the text."""

    numbers: tuple[str, str, str] = ("0", "", "")
    signs: tuple[str, str, str] = ("", "", "")

    def at(self, depth: int, match: re.Match[str], sign: str) -> Place:
        """That part begins; what lies within the one before is over."""
        rest = ("",) * (2 - depth)
        numbers, signs = (*self.numbers[:depth], numeral(match), *rest), (*self.signs[:depth], sign, *rest)
        return Place((numbers[0], numbers[1], numbers[2]), (signs[0], signs[1], signs[2]))

    @property
    def name(self) -> str:
        return "-".join(filter(None, self.numbers))

    @property
    def label(self) -> str:
        return "".join(self.signs)


def sentences(text: str, layout: Layout) -> tuple[Sentence, ...]:
    """Every sentence in order. Lines are stripped of blanks at both ends; nothing else is touched.

    The number of a paragraph may stand on a line of its own, which then is a heading.
    """
    found: list[Sentence] = []
    place = Place()
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip(BLANK)
        if not line:
            continue
        if heading := layout.chapter.match(line):
            found.append(Sentence(len(found), "", line, number, heading=True, label=heading.group()))
            continue
        if begins := layout.article.match(line):
            place = place.at(0, begins, begins.group().strip(" ."))
        elif begins := layout.paragraph.match(line):
            place = place.at(1, begins, in_brackets(begins.group().strip(" .")))
            if begins.end() == len(line):
                found.append(Sentence(len(found), "", line, number, heading=True, label=place.label))
                continue
        elif begins := layout.item.match(line):
            place = place.at(2, begins, begins.group())
        for sentence in split(line):
            found.append(Sentence(len(found), place.name, sentence, number, label=place.label))
    return tuple(found)


def in_brackets(sign: str) -> str:
    """A paragraph as one cites it: a mere number stands in brackets.

    >>> in_brackets("3"), in_brackets("第三款")
    ('(3)', '第三款')
    """
    return f"({sign})" if sign.isascii() and sign.isalnum() else sign


def split(line: str) -> Iterator[str]:
    """A line's sentences, each with the sign that ends it. The number of an article or paragraph is no sentence of its own.

    >>> list(split("第一条 甲。乙！"))
    ['第一条 甲。', '乙！']
    >>> list(split("Article 1. A does. B does not."))
    ['Article 1. A does.', 'B does not.']
    >>> list(split("1. A does. B does not."))
    ['1. A does.', 'B does not.']
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
