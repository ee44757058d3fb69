"""`Draft`: a pack as far as it can be read, and everything that is wrong with it; read bit by bit."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from remit.deadlines.calendar import Calendar
from remit.errors import Origin, RemitError, SourceError, VocabularyError
from remit.expressions.lexicon import Lexicon, lexicon_of
from remit.model.rule import Policy, Rule, Sentence
from remit.model.text import Text
from remit.model.vocabulary import Vocabulary
from remit.pack.calendars import calendar_of, read_calendars
from remit.pack.counting import read_counting
from remit.pack.facts import Facts
from remit.pack.fields import Fields
from remit.pack.files import Files
from remit.pack.literate import Block, Quoted, by_article, compare, read_chapter
from remit.pack.names import Names
from remit.pack.references import check_references
from remit.pack.rules import NAMED, RuleReader
from remit.pack.source import HEADINGS, Layout, sentences
from remit.pack.superiors import check_superiors, read_superiors
from remit.pack.vocabulary import read_vocabulary
from remit.pack.yaml_reader import Problems

POLICY_KEYS = (
    "id", "title", "number", "issuer", "level", "issued_on", "effective_on", "repealed_on", "first_period",
    "first_period_reason", "counting", "source", "headings", "implements",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Words:
    """What `facts/` says, and what is wrong with it. Two readings of the same files are one: it is compared by identity."""

    vocabulary: Vocabulary
    names: Names
    calendar: Calendar
    lexicon: Lexicon
    problems: Problems


class Draft:
    """A pack being read.

    Attributes:
        files: what it is read from.
        problems: every error found so far.
        words: what `facts/` says.
        policies: those that could be read, in order of their ids.
        within: whether all of it lies in `policies/` and `facts/`.
    """

    def __init__(self, files: Files) -> None:
        self.files, self.problems = files, Problems()
        self.words = read_words(files)
        self.policies: tuple[Policy, ...] = ()
        self.within = True
        self.problems.join(self.words.problems)

    def steps(self) -> Iterator[None]:
        """Read the policies, a few milliseconds at a step, so that whoever has others to answer may stop in between."""
        found: list[Policy] = []
        for head in self.files.matching("policies/*/policy.yaml"):
            try:
                policy = yield from self.policy(head)
            except RemitError as problem:
                self.problems.add(problem)
                continue
            if policy is not None:
                found.append(policy)
        self.policies = tuple(found)
        check_references(self.policies, self.problems)
        check_superiors(self.policies, self.problems)

    def policy(self, head: str) -> Generator[None, None, Policy | None]:
        """One document: its head, its source, its chapters."""
        node = self.files.document(head)
        if node is None:
            raise VocabularyError("RM220", "empty-value", found="an empty file", expected="the keys of a policy", origin=Origin(head, 1, 1))  # fmt: skip
        fields = Fields(node, "policy", POLICY_KEYS, self.problems)
        name, level = fields.text("id", required=True), fields.scalar("level", required=True)
        issued, effective = fields.day("issued_on", required=True), fields.day("effective_on", required=True)
        folder, source = PurePosixPath(head).parent, fields.text("source") or "source.txt"
        told = (folder / source).as_posix()
        self.within &= ".." not in PurePosixPath(source).parts and not PurePosixPath(source).is_absolute()
        if told not in self.files:
            raise SourceError(
                "RM102",
                "file-missing",
                found=source,
                expected="the verbatim text of the policy",
                origin=Origin(head),
            )
        if name is None or issued is None or effective is None:
            return None
        reader = self.reader(name, self.files.text(told), layout_of(fields))
        names = replace(self.words.names, problems=self.problems)
        return Policy(
            id=name,
            title=fields.label("title", required=True) or Text(name, name),
            number=fields.text("number") or "",
            issuer=fields.text("issuer", required=True) or "",
            level=(names.resolve("level", level) if level else None) or "",
            issued_on=issued,
            effective_on=effective,
            repealed_on=fields.day("repealed_on"),
            first_period=fields.word("first_period", ("full", "none", "remainder"), "full"),
            sentences=tuple(reader.sentences),
            rules=tuple((yield from self.chapters(folder.as_posix(), reader, told))),
            implements=read_superiors(fields),
            counting=read_counting(fields),
            origin=fields.origin,
        )

    def reader(self, policy: str, source: str, layout: Layout) -> RuleReader:
        """Whoever reads the rules of a policy; the same one as long as nothing but its rules has changed."""
        words = self.words

        def make() -> RuleReader:
            text = sentences(source, layout)
            return RuleReader(policy, words.vocabulary, words.names, words.lexicon, text, Problems(), by_article(text))

        return self.files.memory.once(("reader", policy, source, layout, words), make)

    def chapters(self, folder: str, reader: RuleReader, told: str) -> Generator[None, None, list[Rule]]:
        """Every chapter's quotes held against the source, then its rules."""
        quoted: list[Quoted] = []
        blocks: list[Block] = []
        unread = False
        for chapter in self.files.matching(f"{folder}/*.md"):
            try:
                more, found = self.chapter(chapter, len(quoted))
            except RemitError as problem:
                self.problems.add(problem)
                self.problems.unread.add("chapters")
                unread = True
                continue
            quoted += more
            blocks += found
            yield
        matched, differences = compare(quoted, reader.sentences, told)
        for difference in differences:
            if not (unread and difference.code == "RM104"):  # of a chapter that cannot be read, that alone is told
                self.problems.add(difference)
        rules: list[Rule] = []
        for block in blocks:
            above = tuple(reader.sentences[matched[position]] for position in block.above if position in matched)
            made, wrong = self.rules(block, above, reader)
            rules += made
            self.problems.join(wrong)
            yield
        return rules

    def chapter(self, file: str, first: int) -> tuple[tuple[Quoted, ...], tuple[Block, ...]]:
        text = self.files.text(file)
        return self.files.memory.once(("chapter", file, text, first), lambda: read_chapter(text, file, first))

    def rules(self, block: Block, above: tuple[Sentence, ...], reader: RuleReader) -> tuple[tuple[Rule, ...], Problems]:
        """The rules of one block, and what is wrong with them."""

        def make() -> tuple[tuple[Rule, ...], Problems]:
            problems = self.words.problems.apart()
            own = replace(reader, problems=problems, names=replace(reader.names, problems=problems))
            if block.above and not above:  # the quote is not of the source, which has been told
                problems.lost.update(NAMED.findall(block.text))
                return (), problems
            try:
                documents = self.files.documents(block.text, block.origin.file, line=block.origin.line)
            except RemitError as problem:
                problems.add(problem)
                problems.lost.update(NAMED.findall(block.text))
                return (), problems
            return tuple(own.read(documents, above)), problems

        return self.files.memory.once(("rules", block, above, reader), make)


def read_words(files: Files) -> Words:
    """Everything `facts/` says."""
    names = [n for n in files.matching("facts/*.yaml", "facts/*/*.yaml") if not n.startswith("facts/cases/")]
    key = ("words", tuple((name, files.outcome(name)) for name in names))
    return files.memory.once(key, lambda: words_of(files))


def words_of(files: Files) -> Words:
    problems = Problems()
    calendars = read_calendars(Facts(files, problems))
    vocabulary, names = read_vocabulary(files, problems, tuple(filter(None, calendars)))
    calendar = calendar_of(ZoneInfo(vocabulary.zone), calendars, vocabulary.places)
    return Words(vocabulary, names, calendar, lexicon_of(vocabulary, names.spelled, names.labels), problems)


def layout_of(fields: Fields) -> Layout:
    own = Fields(fields.nodes.get("headings"), "headings", tuple(HEADINGS), fields.problems)
    try:
        return Layout.of({name: own.text(name) or "" for name in HEADINGS if name in own})
    except re.error as wrong:
        fields.problems.add(
            VocabularyError(
                "RM208",
                "wrong-value",
                found=str(wrong.pattern),
                expected="a regular expression",
                origin=own.origin,
            )
        )
        return Layout.of()
