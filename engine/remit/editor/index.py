"""`Index`: every name of a pack, where it is declared, what else it is called, and wherever it is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from remit.editor.conditions import mentions_in
from remit.editor.document import Document
from remit.editor.mentions import Clause, Mention, Part, Walker
from remit.editor.scenarios import Told, read_feature
from remit.editor.shapes import RULE, Shape, shape_of
from remit.editor.spans import Position, Span
from remit.errors import RemitError
from remit.expressions.lexicon import Lexicon
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.pack.draft import Words
from remit.pack.files import Files
from remit.pack.literate import read_chapter
from remit.pack.memory import Recall
from remit.pack.yaml_reader import Node
from remit.shipped import is_pack

FEATURES = "features/**/*.feature"
READ = ("facts/*.yaml", "facts/*/*.yaml", "policies/*/policy.yaml", "policies/*/*.md")
#: Kinds of name that are declared outside `facts/`, by their ids alone: rules, and the documents and duties that rules implement.
OWN_WORDS = ("rule", "superior", "people")
#: Values of the acts every pack has, that are names.
ACTS: Mapping[str, str] = {"action": "action", "rule": "rule"}


@dataclass(frozen=True, slots=True, order=True)
class Name:
    """One thing that has a name: its kind, its id and, of a choice, its attribute."""

    kind: str
    id: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name somewhere; `name` is None where nothing has it."""

    file: str
    mention: Mention
    name: Name | None

    @property
    def span(self) -> Span:
        """Its exact place, or the beginning of its line."""
        return self.mention.span or Span((self.mention.line, 0), (self.mention.line, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """What one file holds: its names, and the lines whose names cannot be read."""

    mentions: tuple[Mention, ...]
    unread: tuple[int, ...] = ()
    strange: tuple[tuple[Span, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Held:
    """The occurrences of one file, in order of place and by what they name."""

    occurrences: tuple[Occurrence, ...]
    by_name: Mapping[Name, list[Occurrence]]

    @classmethod
    def of(cls, occurrences: Iterable[Occurrence]) -> Held:
        """Put in order."""
        ordered = tuple(sorted(occurrences, key=lambda o: o.span))
        by_name: dict[Name, list[Occurrence]] = {}
        for occurrence in ordered:
            if occurrence.name is not None:
                by_name.setdefault(occurrence.name, []).append(occurrence)
        return cls(ordered, by_name)


class Index:
    """The names of one reading of a pack."""

    def __init__(self, files: Files, words: Words, memory: Recall) -> None:
        self.files, self.words, self.memory = files, words, memory
        self.read: dict[str, Reading] = {name: self.reading(name) for name in self.names_of_files()}
        self.own = {kind: self.declared_as(kind) for kind in OWN_WORDS}

    @property
    def rules(self) -> frozenset[str]:
        """The ids of all rules."""
        return self.own["rule"]

    def declared_as(self, kind: str) -> frozenset[str]:
        mentions = (m for reading in self.read.values() for m in reading.mentions)
        return frozenset(m.written for m in mentions if m.part is Part.DECLARES and m.kinds == (kind,))

    @classmethod
    def prepared(cls, files: Files, words: Words, memory: Recall) -> Iterator[None]:
        """Read file by file what an index of them will ask for, so that whoever has others to answer may stop in between."""
        index = cls.__new__(cls)
        index.files, index.words, index.memory = files, words, memory
        for name in index.names_of_files():
            index.reading(name)
            yield

    def names_of_files(self) -> tuple[str, ...]:
        """Every file that can hold names."""
        root = self.files.root
        own = {folder for folder in {p.parent for p in root.glob(FEATURES)} if pack_above(folder / "any") == root}
        features = {p.relative_to(root).as_posix() for p in root.glob(FEATURES) if p.parent in own and p.is_file()}
        features |= {name for name in self.files.unsaved if name.startswith("features/") and name.endswith(".feature")}
        return (*self.files.matching(*READ), *sorted(features))

    # --- asking -----------------------------------------------------------------------------------

    def at(self, file: str, position: Position) -> Occurrence | None:
        """The name under the cursor; of two that touch, the one that begins there."""
        found = [o for o in self.of_file(file) if o.mention.span is not None and o.mention.span.holds(position)]
        return max(found, key=lambda o: o.span.start, default=None)

    def of_file(self, file: str) -> Sequence[Occurrence]:
        """The names of a file, in order."""
        return self.held(file).occurrences if file in self.read else ()

    def of_name(self, name: Name) -> list[Occurrence]:
        """Wherever something is declared, called and used, in order of file."""
        return [occurrence for file in self.read for occurrence in self.held(file).by_name.get(name, ())]

    def declared(self, name: Name) -> Occurrence | None:
        """Where something is declared; None for what every pack has."""
        return next((o for o in self.of_name(name) if o.mention.part is Part.DECLARES), None)

    def declarations(self) -> Iterator[Occurrence]:
        """All that is declared."""
        return (o for file in self.read for o in self.of_file(file) if o.mention.part is Part.DECLARES)

    def held(self, file: str) -> Held:
        """The names of a file and what they mean; kept until the file changes, or the words do, or the rules there are."""
        reading = self.read[file]
        key = ("held", file, reading, self.words, *self.own.values())
        return self.memory.once(key, lambda: Held.of(Occurrence(file, m, self.meaning(m)) for m in reading.mentions))

    # --- what a mention means -----------------------------------------------------------------------

    def meaning(self, mention: Mention) -> Name | None:
        """What is named; None where nothing, or more than one thing, has the name."""
        kind = mention.kinds[0]
        of = self.attribute_id(mention.of) if kind == "choice" else ""
        if mention.part is not Part.USES:
            return Name(kind, mention.names or mention.written, of)
        return next((found for k in mention.kinds if (found := self.find(k, mention.written, mention.of))), None)

    def find(self, kind: str, written: str, of: str = "") -> Name | None:
        """One thing by any of its names."""
        if kind in self.own:
            return Name(kind, written) if written in self.own[kind] else None
        if kind in ("choice", "value"):
            return self.value(written, self.words.vocabulary.attributes.get(self.attribute_id(of)))
        found = self.words.names.find(kind, written)
        return Name(kind, found) if found is not None else None

    def value(self, written: str, attribute: Attribute | None) -> Name | None:
        """What a value of an attribute names, if it is a name at all."""
        match attribute.kind if attribute else None:
            case ValueKind.CHOICE if attribute is not None:
                spelled = {w: c.id for c in attribute.choices for w in (c.id, c.label.zh, c.label.en, *c.aliases)}
                return Name("choice", spelled[written], attribute.id) if written in spelled else None
            case ValueKind.PLACE:
                return self.find("place", written) or self.find("unit", written)
            case ValueKind.UNIT:
                return self.find("unit", written)
            case _:
                kind = ACTS.get(attribute.id) if attribute is not None and not attribute.origin.file else None
                return self.find(kind, written) if kind else None

    def attribute_id(self, written: str) -> str:
        return self.words.names.find("attribute", written) or written

    # --- reading files ------------------------------------------------------------------------------

    def reading(self, name: str) -> Reading:
        """The names of one file, read again only when it changed (a condition, also when the words did)."""
        text = self.files.outcome(name)
        if not isinstance(text, str):
            return Reading((), (0,))
        if name.endswith(".feature"):
            return self.memory.once(("feature", name, text), lambda: of_feature(text))
        shape = shape_of(name)
        if shape is None:
            return Reading(())
        if name.endswith(".md"):
            return joined(self.blocks(name, text))
        lexicon = self.words.lexicon if has_conditions(shape) else None
        return self.memory.once(("names", name, text, lexicon and self.words), lambda: self.of_yaml(name, text, shape))

    def of_yaml(self, name: str, text: str, shape: Shape) -> Reading:
        try:
            node = self.files.document(name)
        except RemitError as problem:
            return Reading((), (max(problem.origin.line - 1, 0),))
        return of_nodes((node,) if node is not None else (), shape, Document(text).lines, self.words.lexicon)

    def blocks(self, name: str, text: str) -> Iterator[Reading]:
        """The rule blocks of a chapter, each on its own: one that is half typed leaves the others as they are."""
        lines = Document(text).lines
        _, blocks = self.memory.once(("chapter", name, text), lambda: read_chapter(text, name, 0))
        for block in blocks:

            def make(content: str = block.text, line: int = block.origin.line) -> Reading:
                try:
                    nodes = self.files.documents(content, name, line=line)
                except RemitError as problem:
                    return Reading((), (max(problem.origin.line - 1, 0),))
                return of_nodes(nodes, RULE, lines, self.words.lexicon)

            yield self.memory.once(("block", name, block.text, block.origin.line, self.words), make)


def pack_above(path: Path) -> Path | None:
    """The nearest pack that holds a file; of nested packs, the inner one."""
    return next((folder for folder in path.parents if is_pack(folder)), None)


def has_conditions(shape: Shape) -> bool:
    return shape is RULE


def joined(readings: Iterable[Reading]) -> Reading:
    parts = tuple(readings)
    return Reading(tuple(m for r in parts for m in r.mentions), tuple(line for r in parts for line in r.unread))


def of_nodes(nodes: Sequence[Node], shape: Shape, lines: Sequence[str], lexicon: Lexicon) -> Reading:
    mentions: list[Mention] = []
    unread: list[int] = []
    walker = Walker(lines)
    for node in nodes:
        for found in walker.document(node, shape):
            if isinstance(found, Clause):
                within = mentions_in(found.scalar, lines, lexicon)
                mentions += within or ()
                unread += [] if within is not None else [found.scalar.origin.line - 1]
            else:
                mentions.append(found)
    return Reading(tuple(mentions), tuple(unread))


def of_feature(text: str) -> Reading:
    told: Told = read_feature(Document(text).lines)
    strange = ((Span((s.number, s.column), (s.number, s.column + len(s.text))), s.text) for s in told.strange)
    return Reading(tuple(told.mentions), strange=tuple(strange))
