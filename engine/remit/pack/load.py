"""`Pack.load`: a directory → a pack, or every error found in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast
from zoneinfo import ZoneInfo

from remit.deadlines.calendar import Calendar
from remit.errors import Origin, PackError, RemitError, SourceError, VocabularyError
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.rule import Act, ByRelation, ByRole, On, Policy, Rule, readings_of
from remit.model.text import Text
from remit.model.vocabulary import Vocabulary
from remit.pack.cache import Cache, key_of
from remit.pack.case_files import Source, read_case, read_object
from remit.pack.events import EventReader, Models
from remit.pack.files import Files
from remit.pack.names import Names
from remit.pack.yaml_reader import Problems
from remit.routing.graph import UnitGraph

if TYPE_CHECKING:
    from remit.expressions.lexicon import Lexicon
    from remit.pack.draft import Draft
    from remit.pack.plain import PlainReader

#: What a pack is kept as: vocabulary, policies, names by kind and spelling, their labels, calendar.
Parts = tuple[
    Vocabulary, tuple[Policy, ...], dict[str, Mapping[str, tuple[str, ...]]], dict[str, Mapping[str, Text]], Calendar
]
PARTS = (Vocabulary, tuple, dict, dict, Calendar)
#: Where example cases lie.
CASES = ("facts/cases/*.yaml", "facts/cases/*.jsonl", "facts/cases/*.json")


@dataclass(frozen=True)
class Pack:
    """One jurisdiction's policies and vocabulary, read and checked.

    Attributes:
        root: the directory.
        vocabulary: everything `facts/` declares.
        policies: in order of their ids.
        graph: units, places and edges as of any day.
        calendar: published years and the zone.
        models: a pydantic model for each event type.
        cases: the example case files.
    """

    root: Path
    vocabulary: Vocabulary
    policies: tuple[Policy, ...]
    graph: UnitGraph
    calendar: Calendar
    models: Mapping[str, type]
    cases: tuple[Path, ...]
    reader: EventReader = field(repr=False)

    @classmethod
    def load(cls, path: str | Path, cache: Cache | None = None) -> Pack:
        """Read a pack.

        Args:
            path: its directory.
            cache: where packs are remembered by the content of their files; left out, every file is read.

        Raises:
            PackError: it is not a pack, or it has errors; `problems` holds every one, in order of place.
        """
        files = Files(Path(path))
        require_pack(files)
        key = key_of(files) if cache is not None else ""
        kept = cache.get(key) if cache is not None else None
        if isinstance(kept, tuple) and tuple(map(type, kept)) == PARTS:
            return cls.kept(files, cast("Parts", kept))
        from remit.pack.draft import Draft

        draft = Draft(files)
        for _ in draft.steps():
            pass
        pack = cls.of(draft)
        if cache is not None and draft.within:
            cache.put(key, pack.parts)
        return pack

    @classmethod
    def of(cls, draft: Draft) -> Pack:
        """The pack a draft has become, every step of it taken.

        Raises:
            PackError: it has errors; `problems` holds every one, in order of place.
        """
        words, vocabulary, memory = draft.words, draft.words.vocabulary, draft.files.memory
        if draft.problems.found:
            raise PackError(draft.problems.found, vocabulary.language)
        graph = memory.once(("graph", words), lambda: graph_of(vocabulary))
        models = memory.once(("models", words), lambda: Models(vocabulary))
        reader = EventReader(vocabulary, words.names, models, words.calendar.zone)
        return cls(
            draft.files.root, vocabulary, draft.policies, graph, words.calendar, models, cases(draft.files), reader
        )

    @classmethod
    def kept(cls, files: Files | None, parts: Parts) -> Pack:
        """The pack that was read of these files before; None where they are elsewhere."""
        vocabulary, policies, spelled, labels, calendar = parts
        models = Models(vocabulary)
        reader = EventReader(vocabulary, Names(Problems(), spelled, labels), models, calendar.zone)
        root, examples = (Path(), ()) if files is None else (files.root, cases(files))
        return cls(root, vocabulary, policies, graph_of(vocabulary), calendar, models, examples, reader)

    @property
    def parts(self) -> Parts:
        """What the pack is kept as, and made of again by `kept`."""
        names = self.reader.names
        return self.vocabulary, self.policies, names.spelled, names.labels, self.calendar

    @cached_property
    def lexicon(self) -> Lexicon:
        """The words of conditions."""
        from remit.expressions.lexicon import lexicon_of

        return lexicon_of(self.vocabulary, self.reader.names.spelled, self.reader.names.labels)

    @cached_property
    def warnings(self) -> tuple[RemitError, ...]:
        """What is declared and never used."""
        return tuple(unused(self.vocabulary, self.policies))

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

    def zone_of(self, owed: Obligation) -> ZoneInfo:
        """Where its days are counted and shown: the zone of its bearer's place."""
        return self.calendar.at(owed.bearer.place).zone

    def policy(self, policy_id: str) -> Policy:
        """The policy with this id."""
        return next(policy for policy in self.policies if policy.id == policy_id)

    @cached_property
    def plain(self) -> PlainReader:
        """Reads what is plainly an event, and leaves the rest to `reader`."""
        from remit.pack.plain import PlainReader

        return PlainReader(self.vocabulary, self.reader.names, self.calendar.zone)

    def event(
        self, fields: Mapping[str, object] | bytes | str, *, case: str | None = None, origin: Origin = Origin()
    ) -> Event:
        """One event from plain values, or from a JSON object as text (which names its own case).

        Raises:
            EventError: it does not fit the vocabulary, or is not one JSON object.
        """
        if isinstance(fields, bytes):
            return self.plain.line(fields) or read_object(self.reader, fields)
        if isinstance(fields, str):
            return self.event(fields.encode(errors="surrogatepass"))
        return self.plain.event(fields, case, origin) or self.reader.event(fields, case=case, origin=origin)

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


def require_pack(files: Files) -> None:
    """Refuse what is not a pack before looking further: without its head, everything else would seem wrong.

    Raises:
        PackError: RM107 there is no such directory, or it has neither `policies/` nor `facts/`; RM108 it has no policy;
            RM102 it has no `facts/pack.yaml`.
    """
    root = files.root
    if not root.is_dir():
        raise no_pack("RM107", "not-a-pack", str(root), "a directory", str(root))
    if not any((root / name).is_dir() for name in ("policies", "facts")):
        found = str(root) if any(root.iterdir()) else "an empty directory"
        raise no_pack("RM107", "not-a-pack", found, "a directory with policies/ and facts/", str(root))
    if not files.matching("policies/*/policy.yaml"):
        raise no_pack("RM108", "no-policy", "policies/", "at least one policies/ID/policy.yaml", "policies")
    if not files.matching("facts/pack.yaml", "facts/pack/*.yaml"):
        raise no_pack("RM102", "file-missing", "facts/pack.yaml", "the file that names the pack", "facts/pack.yaml")


def cases(files: Files) -> tuple[Path, ...]:
    """The example case files."""
    return tuple(files.root / name for name in files.matching(*CASES))


def graph_of(vocabulary: Vocabulary) -> UnitGraph:
    return UnitGraph.build(
        places=vocabulary.places.values(),
        units=vocabulary.units.values(),
        edges=vocabulary.edges,
        reorganisations=vocabulary.reorganisations,
        levels=vocabulary.levels,
        fallback=vocabulary.fallback,
    )


def no_pack(code: str, slug: str, found: str, expected: str, file: str) -> PackError:
    return PackError([SourceError(code, slug, found=found, expected=expected, origin=Origin(file))])


def unused(vocabulary: Vocabulary, policies: Iterable[Policy]) -> Iterator[RemitError]:
    """RM230: words nothing uses; they may be right, and they may be misspelt.

    An event that carries facts of the person is used by every condition that reads them.
    """
    rules = [rule for policy in policies for rule in policy.rules]
    acts: list[Act] = [act for rule in rules for act in (*rule.done, *rule.breach)]
    texts = " ".join(c.text for r in rules for c in (r.condition, r.exception) if c)
    heard = {e for r in rules if isinstance(r.trigger, On) for e in r.trigger.events} | {a.event for a in acts}
    readings = {name for r in rules for name in readings_of(r.timing)}
    roles = {s.role for r in rules for s in selectors_of(r) if isinstance(s, ByRole)} | {
        s.of for r in rules for s in selectors_of(r) if isinstance(s, ByRelation)
    }
    actions = {rule.action for rule in rules}
    for kind in vocabulary.event_types.values():
        spelled = (kind.id, kind.label.zh, kind.label.en, *kind.aliases)
        if (
            not kind.built_in
            and kind.id not in heard
            and not any(vocabulary.attributes[a].of != "event" for a in kind.attributes)
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
