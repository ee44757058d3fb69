"""`Pack.load`: a directory → a pack, or every error found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from remit.deadlines.calendar import Calendar
from remit.errors import Origin, PackError, RemitError, SourceError, VocabularyError
from remit.expressions.lexicon import Lexicon
from remit.model.event import Event
from remit.model.rule import Act, ByReading, ByRelation, ByRole, On, Policy, Rule, Sentence
from remit.model.text import Text
from remit.model.vocabulary import Vocabulary
from remit.pack.calendars import read_calendars
from remit.pack.case_files import Source, read_case
from remit.pack.events import EventReader, Models
from remit.pack.facts import Facts
from remit.pack.fields import Fields
from remit.pack.literate import Block, Quoted, compare, read_chapter
from remit.pack.names import Names
from remit.pack.rules import RuleReader, check_references
from remit.pack.source import Layout, sentences
from remit.pack.superiors import check_superiors, read_superiors
from remit.pack.vocabulary import read_vocabulary
from remit.pack.yaml_reader import Problems, contents, decoded, read
from remit.routing.graph import UnitGraph

POLICY_KEYS = (
    "id", "title", "number", "issuer", "level", "issued_on", "effective_on", "repealed_on", "first_period",
    "first_period_reason", "source", "headings", "implements",
)  # fmt: skip


@dataclass(frozen=True)
class Pack:
    """One jurisdiction's policies and vocabulary, read and checked.

    Attributes:
        root: the directory.
        vocabulary: everything `facts/` declares.
        policies: in order of their ids.
        graph: units, places and edges as of any day.
        calendar: published years and the zone.
        lexicon: the words of conditions.
        warnings: what is declared and never used.
        models: a pydantic model for each event type.
        cases: the example case files.
    """

    root: Path
    vocabulary: Vocabulary
    policies: tuple[Policy, ...]
    graph: UnitGraph
    calendar: Calendar
    lexicon: Lexicon
    warnings: tuple[RemitError, ...]
    models: Mapping[str, type]
    cases: tuple[Path, ...]
    reader: EventReader = field(repr=False)

    @classmethod
    def load(cls, path: str | Path) -> Pack:
        """Read a pack.

        Raises:
            PackError: it is not a pack, or it has errors; `problems` holds every one, in order of place.
        """
        root = Path(path)
        problems = Problems()
        require_pack(root)
        vocabulary, names = read_vocabulary(root, problems)
        calendar = Calendar(ZoneInfo(vocabulary.zone), read_calendars(Facts(root, problems)))
        lexicon = lexicon_of(vocabulary, names)
        policies = tuple(read_policies(root, vocabulary, names, lexicon, problems))
        check_references(policies, problems)
        check_superiors(policies, problems)
        if problems.found:
            raise PackError(problems.found, vocabulary.language)
        graph = UnitGraph.build(
            places=vocabulary.places.values(),
            units=vocabulary.units.values(),
            edges=vocabulary.edges,
            reorganisations=vocabulary.reorganisations,
            levels=vocabulary.levels,
            fallback=vocabulary.fallback,
        )
        models = Models(vocabulary)
        cases = tuple(
            sorted(p for p in (root / "facts" / "cases").glob("*") if p.suffix in (".yaml", ".jsonl", ".json"))
        )
        return cls(
            root, vocabulary, policies, graph, calendar, lexicon, tuple(unused(vocabulary, policies)), models, cases,
            EventReader(vocabulary, names, models, calendar.zone),
        )  # fmt: skip

    @property
    def language(self) -> str:
        """The pack's own language, `zh` or `en`."""
        return self.vocabulary.language

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """All rules by id; of a rule in several policies, the latest."""
        return {rule.id: rule for policy in self.policies for rule in policy.rules}

    def rule(self, policy_id: str, rule_id: str) -> Rule | None:
        """One version of a rule; None where the pack has not got it."""
        return next((r for p in self.policies if p.id == policy_id for r in p.rules if r.id == rule_id), None)

    def policy(self, policy_id: str) -> Policy:
        """The policy with this id."""
        return next(policy for policy in self.policies if policy.id == policy_id)

    def event(self, fields: Mapping[str, object], *, case: str | None = None, origin: Origin = Origin()) -> Event:
        """One event from plain values.

        Raises:
            EventError: it does not fit the vocabulary.
        """
        return self.reader.event(fields, case=case, origin=origin)

    def read_events(
        self,
        source: Source,
        repeated: list[Event] | None = None,
    ) -> tuple[Event, ...]:
        """The events of a case file, of its contents as bytes, or of mappings. `repeated` takes those that stand there again with the same content.

        Raises:
            EventError: one of them does not fit the vocabulary, or the file is not a case file. Nothing is half read.
        """
        return read_case(self.reader, source, repeated)

    def find(self, kind: str, written: str) -> str | None:
        """The id of a `unit`, `place`, `role`, `action`, `event`, `level`, `reading` or `attribute` under any of its names."""
        return self.reader.names.find(kind, written)


def require_pack(root: Path) -> None:
    """Refuse what is not a pack before looking further: without its head, everything else would seem wrong.

    Raises:
        PackError: RM107 there is no such directory, or it has neither `policies/` nor `facts/`; RM108 it has no policy;
            RM102 it has no `facts/pack.yaml`.
    """
    if not root.is_dir():
        raise no_pack("RM107", "not-a-pack", str(root), "a directory", str(root))
    if not any((root / name).is_dir() for name in ("policies", "facts")):
        found = str(root) if any(root.iterdir()) else "an empty directory"
        raise no_pack("RM107", "not-a-pack", found, "a directory with policies/ and facts/", str(root))
    if not list((root / "policies").glob("*/policy.yaml")):
        raise no_pack("RM108", "no-policy", "policies/", "at least one policies/ID/policy.yaml", "policies")
    if not any(Facts(root, Problems()).files("pack")):
        raise no_pack("RM102", "file-missing", "facts/pack.yaml", "the file that names the pack", "facts/pack.yaml")


def no_pack(code: str, slug: str, found: str, expected: str, file: str) -> PackError:
    return PackError([SourceError(code, slug, found=found, expected=expected, origin=Origin(file))])


def lexicon_of(vocabulary: Vocabulary, names: Names) -> Lexicon:
    others = {kind: names.spelled.get(kind, {}) for kind in ("place", "unit", "role", "level")}
    labels = {kind: names.labels.get(kind, {}) for kind in others}
    return Lexicon.of(vocabulary.attributes.values(), vocabulary.event_types.values(), others, labels)


def read_policies(
    root: Path, vocabulary: Vocabulary, names: Names, lexicon: Lexicon, problems: Problems
) -> Iterator[Policy]:
    for head in sorted((root / "policies").glob("*/policy.yaml")):
        try:
            policy = read_policy(root, head, vocabulary, names, lexicon, problems)
        except RemitError as problem:
            problems.add(problem)
            continue
        if policy is not None:
            yield policy


def read_policy(
    root: Path,
    head: Path,
    vocabulary: Vocabulary,
    names: Names,
    lexicon: Lexicon,
    problems: Problems,
) -> Policy | None:
    """One document: its head, its source, its chapters."""
    file = head.relative_to(root).as_posix()
    node = read(decoded(contents(head, file), file), file)
    if node is None:
        raise VocabularyError("RM220", "empty-value", found="an empty file", expected="the keys of a policy", origin=Origin(file, 1, 1))  # fmt: skip
    fields = Fields(node, "policy", POLICY_KEYS, problems)
    name, level = fields.text("id", required=True), fields.scalar("level", required=True)
    issued, effective = (
        fields.day("issued_on", required=True),
        fields.day("effective_on", required=True),
    )
    source = head.parent / (fields.text("source") or "source.txt")
    if not source.is_file():
        raise SourceError(
            "RM102",
            "file-missing",
            found=source.name,
            expected="the verbatim text of the policy",
            origin=Origin(file),
        )
    if name is None or issued is None or effective is None:
        return None
    told = source.relative_to(root).as_posix()
    text = sentences(decoded(contents(source, told), told), layout_of(fields))
    rules = tuple(
        read_chapters(
            root,
            head.parent,
            text,
            RuleReader(name, vocabulary, names, lexicon, text, problems),
            told,
        )
    )
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
        sentences=text,
        rules=rules,
        implements=read_superiors(fields),
        origin=fields.origin,
    )


def layout_of(fields: Fields) -> Layout:
    own = Fields(fields.nodes.get("headings"), "headings", ("chapter", "article", "item"), fields.problems)
    try:
        return Layout.of({name: own.text(name) or "" for name in ("chapter", "article", "item") if name in own})
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


def read_chapters(
    root: Path, folder: Path, source: Sequence[Sentence], reader: RuleReader, told: str
) -> Iterator[Rule]:
    """Every chapter's quotes held against the source, then its rules."""
    quoted: list[Quoted] = []
    blocks: list[Block] = []
    unread = False
    for chapter in sorted(folder.glob("*.md")):
        file = chapter.relative_to(root).as_posix()
        try:
            more, found = read_chapter(decoded(contents(chapter, file), file), file, len(quoted))
        except RemitError as problem:
            reader.problems.add(problem)
            reader.problems.unread.add("chapters")
            unread = True
            continue
        quoted += more
        blocks += found
    matched, differences = compare(quoted, source, told)
    for difference in differences:
        if not (unread and difference.code == "RM104"):  # of a chapter that cannot be read, that alone is told
            reader.problems.add(difference)
    for block in blocks:
        above = [source[matched[position]] for position in block.above if position in matched]
        yield from reader.read(block, above)


def unused(vocabulary: Vocabulary, policies: Iterable[Policy]) -> Iterator[RemitError]:
    """RM230: words nothing uses; they may be right, and they may be misspelt.

    An event that carries facts of the person is used by every condition that reads them.
    """
    rules = [rule for policy in policies for rule in policy.rules]
    acts: list[Act] = [act for rule in rules for act in (*rule.done, *rule.breach)]
    texts = " ".join(c.text for r in rules for c in (r.condition, r.exception) if c)
    heard = {e for r in rules if isinstance(r.trigger, On) for e in r.trigger.events} | {a.event for a in acts}
    readings = {r.timing.reading for r in rules if isinstance(r.timing, ByReading)}
    roles = {s.role for r in rules for s in selectors_of(r) if isinstance(s, ByRole)} | {
        s.of for r in rules for s in selectors_of(r) if isinstance(s, ByRelation)
    }
    actions = {rule.action for rule in rules}
    for kind in vocabulary.event_types.values():
        spelled = (kind.id, kind.label.zh, kind.label.en, *kind.aliases)
        if (
            not kind.built_in
            and kind.id not in heard
            and not any(vocabulary.attributes[a].of == "subject" for a in kind.attributes)
            and not any(word in texts for word in spelled)
        ):
            yield unused_word("event", kind.id, kind.origin)
    for action in vocabulary.actions.values():
        if action.id not in actions:
            yield unused_word("action", action.id, action.origin)
    for reading in vocabulary.readings.values():
        if reading.id not in readings and reading.timing is not None:
            yield unused_word("reading", reading.id, reading.origin)
    for role in vocabulary.roles.values():
        if role.id not in roles and not any(role.id in unit.roles for unit in vocabulary.units.values()):
            yield unused_word("role", role.id, role.origin)
    carried = {a for kind in vocabulary.event_types.values() for a in kind.attributes}
    for attribute in vocabulary.attributes.values():
        if attribute.id not in carried and attribute.origin.file:
            yield unused_word("attribute", attribute.id, attribute.origin)


def selectors_of(rule: Rule) -> tuple[object, ...]:
    return (*rule.bearers, *rule.performers, *rule.to, *rule.cooperating)


def unused_word(what: str, name: str, origin: Origin) -> VocabularyError:
    return VocabularyError(
        "RM230",
        f"unused-{what}",
        found=name,
        expected="a rule or event that uses it",
        origin=origin,
    )
