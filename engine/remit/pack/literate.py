"""Chapter Markdown → block quotes and rule blocks, each with its place; and whether the quotes are the source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from remit.errors import Origin, RemitError, SourceError
from remit.model.records import record
from remit.model.rule import Quote, Sentence
from remit.pack.source import BLANK, split


@record
class Quoted:
    """One sentence of a block quote."""

    text: str
    origin: Origin


@record
class Block:
    """A fenced rule block: its YAML, its place, and the sentences of the block quote above it (by position in the file)."""

    text: str
    origin: Origin
    above: tuple[int, ...]


def read_chapter(text: str, file: str, first: int) -> tuple[tuple[Quoted, ...], tuple[Block, ...]]:
    """The quotes and rule blocks of a chapter; `first` is the number of sentences quoted in chapters before."""
    from markdown_it import MarkdownIt

    lines = text.split("\n")
    quoted: list[Quoted] = []
    blocks: list[Block] = []
    above: tuple[int, ...] = ()
    for token in MarkdownIt("commonmark", {"html": False}).parse(text):
        if token.level or token.map is None:
            continue
        start, end = token.map
        if token.type == "blockquote_open":
            members = list(quote_lines(lines, file, start, end))
            above = tuple(range(first + len(quoted), first + len(quoted) + len(members)))
            quoted += members
        elif token.type == "fence" and token.info.strip() in ("rule", "规则"):
            blocks.append(Block(token.content, Origin(file, start + 1, 0), above))
    return tuple(quoted), tuple(blocks)


def quote_lines(lines: Sequence[str], file: str, start: int, end: int) -> Iterator[Quoted]:
    """The sentences of one block quote. Blanks at the ends of lines do not count."""
    for number in range(start, end):
        marked = lines[number].lstrip(" ")
        if not marked.startswith(">"):
            continue
        body = marked[1:].strip(BLANK)
        column = lines[number].find(body) + 1 if body else 1
        for sentence in split(body):
            yield Quoted(sentence, Origin(file, number + 1, column + body.find(sentence)))


def compare(quoted: Sequence[Quoted], source: Sequence[Sentence], file: str) -> tuple[dict[int, int], list[RemitError]]:
    """Hold the block quotes against the source, in order; (position of quote → sentence, errors).

    RM103: a sentence reads otherwise than the source, with the first character that differs. RM104: a sentence of the source
    is quoted nowhere.
    """
    normative = [s for s in source if not s.heading]
    matched: dict[int, int] = {}
    problems: list[RemitError] = []
    expected, beyond = 0, False  # beyond the source's end, one quote is told for all
    for position, quote in enumerate(quoted):
        found = next((n for n in range(expected, len(normative)) if normative[n].text == quote.text), None)
        if found is None and expected == len(normative) and beyond:
            continue
        if found is None:
            beyond = expected == len(normative)
            problems.append(differs(quote, normative[expected] if expected < len(normative) else None))
            if expected < len(normative) and similar(quote.text, normative[expected].text):
                matched[position] = normative[expected].index  # it is meant, so its rules stand under it
                expected += 1
            continue
        problems += [missing(s, file) for s in normative[expected:found]]
        matched[position] = normative[found].index
        expected = found + 1
    problems += [missing(s, file) for s in normative[expected:]]
    return matched, problems


def similar(one: str, other: str) -> bool:
    """Whether one is meant to be the other: most characters in common."""
    return len(set(one) & set(other)) * 2 > min(len(set(one)), len(set(other)))


def differs(quote: Quoted, sentence: Sentence | None) -> SourceError:
    if sentence is None or not similar(quote.text, sentence.text):
        expected = (
            f"the next sentence of the source: `{sentence.text[:30]}…`"
            if sentence
            else "nothing after the last sentence of the source"
        )
        return SourceError("RM103", "quote-differs", found=quote.text, expected=expected, origin=quote.origin)
    at = next(
        (n for n, (a, b) in enumerate(zip(quote.text, sentence.text, strict=False)) if a != b),
        min(len(quote.text), len(sentence.text)),
    )
    place = Origin(quote.origin.file, quote.origin.line, quote.origin.column + at)
    return SourceError(
        "RM103", "quote-differs", found=quote.text[at : at + 12] or "the end",
        expected=f"`{sentence.text[at : at + 12] or 'the end'}` as in line {sentence.line} of the source", origin=place,
    )  # fmt: skip


def missing(sentence: Sentence, file: str) -> SourceError:
    return SourceError(
        "RM104", "sentence-not-quoted", found=sentence.text, expected="every sentence of the source in a block quote",
        origin=Origin(file, sentence.line, 1),
    )  # fmt: skip


def by_article(source: Iterable[Sentence]) -> dict[str, list[Sentence]]:
    """The sentences of each article, headings left out."""
    found: dict[str, list[Sentence]] = {}
    for sentence in source:
        if not sentence.heading:
            found.setdefault(sentence.article, []).append(sentence)
    return found


def find_quote(
    text: str, origin: Origin, articles: Iterable[str], source: Mapping[str, Sequence[Sentence]]
) -> Quote | None:
    """The words in one of the articles, and which parts of which sentences they are; None when they are in none."""
    for article in articles:
        members = source.get(article, ())
        whole = "".join(s.text for s in members)
        at = whole.find(text)
        if at < 0:
            continue
        spans, start = [], 0
        for sentence in members:
            low, high = max(at, start), min(at + len(text), start + len(sentence.text))
            if low < high:
                spans.append((sentence.index, low - start, high - start))
            start += len(sentence.text)
        return Quote(text, article, tuple(index for index, _, _ in spans), tuple(spans), origin)
    return None
