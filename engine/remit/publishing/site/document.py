"""A policy as it is read: lines as they were issued, each sentence with the rules that rest on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from remit.checks.coverage import OPEN, Covered, of_policy
from remit.model.rule import Policy, Rule, Sentence
from remit.model.terms import Modality

ENDED = re.compile(r"[。：；！？.:;!?]$")
NUMBER = re.compile(r"[\W\d_]+")
LATIN = re.compile(r"[A-Za-z.,;:!?)\"”]$")


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence with what rests on it: rules that bind or permit or state, and its state in the coverage."""

    sentence: Sentence
    rules: tuple[Rule, ...]
    state: str
    spaced: bool = False

    @property
    def lead(self) -> str:
        """The number of the article at the beginning, where it stands there."""
        label = self.sentence.label
        return label if label and self.sentence.text.startswith(label) and not self.sentence.heading else ""

    @property
    def rest(self) -> str:
        """The sentence without its lead."""
        return self.sentence.text[len(self.lead) :]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One line of the source. `kind`: `chapter`, `number` (of a paragraph), `front` and `close` of the letter, `item`, or `text`."""

    kind: str
    article: str
    lines: tuple[Line, ...]

    @property
    def is_open(self) -> bool:
        """Whether no rule rests yet on some of its words."""
        return any(line.state == OPEN for line in self.lines)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that rest on it, each once."""
        return tuple({rule.id: rule for line in self.lines for rule in line.rules}.values())


@dataclass(frozen=True, slots=True)
class Article:
    """What is told on one page: an article with its items, or what stands before the first."""

    id: str
    label: str
    paragraphs: tuple[Paragraph, ...]
    rules: tuple[Rule, ...]


def paragraphs(policy: Policy) -> tuple[Paragraph, ...]:
    """Every sentence of the policy, once, in order."""
    covered = {c.sentence.index: c for c in of_policy(policy)}
    resting: dict[int, dict[str, Rule]] = {}
    for rule in policy.rules:
        for quote in rule.quotes:
            for index in quote.sentences:
                resting.setdefault(index, {})[rule.id] = rule
    found: list[Paragraph] = []
    for _, group in groupby(policy.sentences, key=lambda s: s.line):
        lines = tuple(with_rules(tuple(group), resting, covered))
        found.append(Paragraph(kind_of(lines[0].sentence, found), article_of(lines[0].sentence), lines))
    return tuple(found)


def with_rules(
    sentences: tuple[Sentence, ...], resting: dict[int, dict[str, Rule]], covered: dict[int, Covered]
) -> Iterator[Line]:
    for place, sentence in enumerate(sentences):
        rules = tuple(r for r in resting.get(sentence.index, {}).values() if r.modality is not Modality.NON_NORMATIVE)
        known = covered.get(sentence.index)
        spaced = place > 0 and bool(LATIN.search(sentences[place - 1].text))
        yield Line(sentence, rules, known.state if known else "heading", spaced)


def kind_of(sentence: Sentence, before: list[Paragraph]) -> str:
    if sentence.heading:
        return "number" if NUMBER.fullmatch(sentence.text) else "chapter"
    if sentence.article == "0" and not ENDED.search(sentence.text):
        return "close" if any(p.kind == "text" for p in before) else "front"
    return "item" if "-" in sentence.article or sentence.text.startswith(("(", "（")) else "text"


def article_of(sentence: Sentence) -> str:
    return sentence.article.split("-", maxsplit=1)[0]


def articles(policy: Policy) -> tuple[Article, ...]:
    """The articles in order of their first sentence; a number that stands alone goes with what follows it."""
    found: dict[str, list[Paragraph]] = {}
    held: list[Paragraph] = []
    for paragraph in paragraphs(policy):
        if paragraph.kind == "chapter":
            held = []
        elif paragraph.kind == "number":
            held.append(paragraph)
        else:
            found.setdefault(paragraph.article, []).extend([*held, paragraph])
            held = []
    return tuple(Article(name, label_of(parts), tuple(parts), rules_of(policy, name)) for name, parts in found.items())


def label_of(parts: list[Paragraph]) -> str:
    """The article in the document's own words; empty for what stands before the first."""
    first = next(p for p in parts if p.kind != "number").lines[0].sentence
    item = first.label.find("（") if "-" in first.article else -1
    return first.label if item < 0 else first.label[:item]


def rules_of(policy: Policy, article: str) -> tuple[Rule, ...]:
    """The rules told under this article: those whose own article it is."""
    return tuple(
        r
        for r in policy.rules
        if r.article.split("-", maxsplit=1)[0] == article and r.modality is not Modality.NON_NORMATIVE
    )


def marked(rule: Rule, policy: Policy) -> Iterator[tuple[Sentence, tuple[tuple[str, bool], ...]]]:
    """Each sentence a rule quotes, cut into pieces that are its own words and pieces that are not."""
    spans: dict[int, list[tuple[int, int]]] = {}
    for quote in rule.quotes:
        for index, start, end in quote.spans:
            spans.setdefault(index, []).append((start, end))
    for index in sorted(spans):
        sentence = policy.sentences[index]
        yield sentence, tuple(cut(sentence.text, spans[index]))


def cut(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A text in pieces, those inside the spans marked.

    >>> list(cut("abcd", [(1, 2), (1, 3)]))
    [('a', False), ('bc', True), ('d', False)]
    """
    inside = [any(start <= at < end for start, end in spans) for at in range(len(text))]
    for quoted, signs in groupby(range(len(text)), key=lambda at: inside[at]):
        piece = "".join(text[at] for at in signs)
        yield piece, quoted
