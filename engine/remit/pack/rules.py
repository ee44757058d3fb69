"""A rule block's YAML → `Rule`; every part under either spelling, defaults filled in, conditions typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from remit.errors import ExpressionError, Origin, SourceError, VocabularyError, nearest
from remit.expressions.checker import check
from remit.expressions.lexicon import Lexicon
from remit.expressions.parser import parse
from remit.model.rule import (
    Accompanying,
    Act,
    Always,
    ByPeople,
    ByReading,
    Condition,
    Consequence,
    Earliest,
    Every,
    On,
    OpenEnd,
    Quote,
    Rule,
    Selector,
    Sentence,
    Statement,
    Timing,
    Trigger,
    Window,
    readings_of,
)
from remit.model.terms import Jointly, Kind, Modality, Per, Period, Relation
from remit.model.text import Text
from remit.model.vocabulary import Vocabulary
from remit.pack import dialect
from remit.pack.fields import Fields
from remit.pack.literate import find_quote
from remit.pack.names import Names
from remit.pack.selectors import SelectorReader
from remit.pack.timings import RULE_BY_KEYS, WINDOW_KEYS, several, window_timing
from remit.pack.yaml_reader import Node, Problems, Scalar

#: The id in a block that is not YAML.
NAMED = re.compile(r"^(?:id|编号):\s*(\S+)", re.MULTILINE)
MODALITIES = ("must", "must_not", "may", "counts_as", "non_normative")
RUN = ("must", "must_not", "may")
PARTS = ("bearer", "performer", "to", "with")
KEYS = (
    "id", "label", "quote", *MODALITIES, *PARTS, "jointly", "on", "every", "always", "if", "unless", "overrides", "per",
    "by", "window", "done", "breach", "then", "kind", "perdurant", "handover", "indicator", "evidence", "inferred",
    "note", "since", "until", "implements",
)  # fmt: skip
STATEMENT_KEYS = ("term", "means", "unit", "relation", "target")
ACT_KEYS = ("event", "where")
#: What a condition reads, and the errors that mean nothing where one of these could not be read.
NAMES_READ = ("attribute", "event", "place", "unit", "role", "level")
OF_NAMES = frozenset({"RM304", "RM305", "RM306", "RM307"})
INFERABLE = (
    *PARTS,
    "on",
    "every",
    "always",
    "if",
    "unless",
    "by",
    "window",
    "done",
    "breach",
    "per",
    "then",
    "overrides",
)


@dataclass(frozen=True, slots=True, eq=False)
class RuleReader:
    """Reads the rules of one policy. `articles` are its sentences by article, headings left out."""

    policy: str
    vocabulary: Vocabulary
    names: Names
    lexicon: Lexicon
    sentences: Sequence[Sentence]
    problems: Problems
    articles: Mapping[str, Sequence[Sentence]]

    def read(self, documents: Iterable[Node], above: Sequence[Sentence]) -> Iterator[Rule]:
        """The rules of one block; `above` are the source sentences of the block quote it stands under."""
        for node in documents:
            rule = self.rule(node, above)
            if rule is not None:
                yield rule

    def rule(self, node: Node, above: Sequence[Sentence]) -> Rule | None:
        fields = Fields(node, "rule", KEYS, self.problems)
        name = fields.scalar("id", required=True)
        quotes = self.quotes(fields, above)
        modality = self.modality(fields)
        if name is None or modality is None or not quotes:
            self.problems.lost.update((name.text,) if name else ())
            return None
        parts = {sentence.article for sentence in above}
        own = next((quote for quote in quotes if quote.article in parts), quotes[0])
        first = self.sentences[own.sentences[0]]
        rule = Rule(
            id=name.text,
            policy=self.policy,
            article=first.article,
            article_label=first.label,
            quotes=quotes,
            modality=modality,
            label=fields.label("label"),
            notes=fields.texts("note"),
            inferred=self.inferred(fields),
            since=fields.day("since"),
            until=fields.day("until"),
            implements=fields.texts("implements"),
            references={n.text: n.origin for key in ("then", "overrides") for n in fields.scalars(key)},
            origin=name.origin,
        )
        if modality is Modality.NON_NORMATIVE:
            return replace(rule, reason=fields.text("non_normative"))
        if modality is Modality.COUNTS_AS:
            return replace(rule, statement=self.statement(fields))
        return self.norm(rule, fields)

    # --- what ---------------------------------------------------------------------------------------

    def quotes(self, fields: Fields, above: Sequence[Sentence]) -> tuple[Quote, ...]:
        if "quote" not in fields:
            fields.missing("quote")
        if not above:
            self.problems.add(
                SourceError(
                    "RM106",
                    "rule-without-law",
                    found="a rule",
                    expected="a block quote of the law above it",
                    origin=fields.origin,
                )
            )
            return ()
        articles = tuple(dict.fromkeys(s.article for s in above))
        nodes = fields.scalars("quote")
        own = [find_quote(node.text, node.origin, articles, self.articles) for node in nodes]
        further = tuple(self.same_article(articles)) if any(own) and not all(own) else ()
        found = []
        for node, quote in zip(nodes, own, strict=True):
            quoted = quote or find_quote(node.text, node.origin, further, self.articles)
            if quoted is None:
                words = [s.text for article in articles for s in self.articles[article]]
                self.problems.add(
                    SourceError(
                        "RM105", "quote-not-in-article", found=node.text, expected=f"exact words of {above[-1].label or 'the text above'}",
                        origin=node.origin, suggestion=nearest(node.text, words),
                    )
                )  # fmt: skip
            else:
                found.append(quoted)
        return tuple(found)

    def same_article(self, above: Sequence[str]) -> Iterator[str]:
        """All paragraphs and items of the articles: a rule with a quote of the part it stands under may quote them as well."""
        wholes = {name.partition("-")[0] for name in above}
        return (name for name in self.articles if name.partition("-")[0] in wholes)

    def modality(self, fields: Fields) -> Modality | None:
        given = [name for name in MODALITIES if name in fields]
        if len(given) != 1:
            if not given and fields.misspelt & {*MODALITIES}:
                return None
            self.problems.add(
                VocabularyError(
                    "RM212",
                    "one-modality",
                    found=fields.shown(given) or "none",
                    expected=f"exactly one of {', '.join(MODALITIES)}",
                    origin=fields.origin,
                )
            )
            return None
        return Modality(given[0])

    def statement(self, fields: Fields) -> Statement:
        node = fields.nodes["counts_as"]
        if isinstance(node, Scalar):
            return Statement(meaning=Text(node.text, node.text))
        inner = Fields(node, "counts_as", STATEMENT_KEYS, self.problems)
        if "relation" not in inner:
            return Statement(inner.label("term", required=True), inner.label("means", required=True))
        source, target = inner.scalar("unit", required=True), inner.scalar("target", required=True)
        relation = inner.scalar("relation")
        if relation is None or dialect.key(relation.text, "unit") not in set(Relation):
            if relation:
                self.problems.unknown(
                    "relation",
                    relation,
                    [r.value for r in Relation],
                    "a relation: " + ", ".join(Relation),
                )
            return Statement()
        kind = Relation(dialect.key(relation.text, "unit"))
        one = self.names.resolve("unit", source) if source else None
        other = self.names.resolve("unit", target) if target else None
        if (
            one
            and other
            and "units" not in self.problems.unread
            and not any((e.source, e.relation, e.target) == (one, kind, other) for e in self.vocabulary.edges)
        ):
            self.problems.add(
                VocabularyError(
                    "RM218",
                    "edge-not-in-graph",
                    found=f"{one} {kind} {other}",
                    expected="an edge of facts/units.yaml",
                    origin=inner.origin,
                )
            )
        return Statement(source=one, relation=kind, target=other)

    def inferred(self, fields: Fields) -> dict[str, str]:
        node = fields.nodes.get("inferred")
        inner = Fields(node, "inferred", INFERABLE, self.problems)
        return {name: inner.text(name) or "" for name in INFERABLE if name in inner}

    # --- norms ----------------------------------------------------------------------------------------

    def norm(self, rule: Rule, fields: Fields) -> Rule | None:
        action = fields.scalar(rule.modality.value)
        trigger = self.trigger(fields, rule.id)
        parties = {part: self.selectors(fields, part) for part in PARTS}
        if fields.truth("handover") and parties["to"] and all(isinstance(s, ByPeople) for s in parties["to"]):
            self.problems.add(
                VocabularyError(
                    "RM221",
                    "nobody-to-sign",
                    found="handover",
                    expected="a unit in `to`, whose receipt completes it: people sign no receipt",
                    origin=fields.keys["handover"],
                )
            )
        if "bearer" not in fields and "bearer" not in fields.misspelt:
            self.problems.add(
                VocabularyError(
                    "RM213",
                    "no-bearer",
                    found=rule.id,
                    expected="the key `bearer`: who answers for it",
                    origin=fields.origin,
                )
            )
        events = trigger.events if isinstance(trigger, On) else None
        if len(events or ()) < len(fields.scalars("on")) or fields.misspelt & {"on", "every", "always"}:
            events = tuple(self.vocabulary.event_types)  # which is meant nobody knows, and that has been told
        kind = self.kind(rule.modality, trigger, fields)
        timing = self.timing(fields)
        along = {timing.rule: fields.keys["by"]} if isinstance(timing, Accompanying) else {}
        return replace(
            rule,
            references={**along, **rule.references},
            action=self.names.resolve("action", action) if action else None,
            bearers=parties["bearer"],
            performers=parties["performer"],
            to=parties["to"],
            cooperating=parties["with"],
            jointly=Jointly(fields.word("jointly", ("each", "any"), "each")),
            trigger=trigger,
            condition=self.condition(fields, "if", events),
            exception=self.condition(fields, "unless", events),
            overrides=fields.texts("overrides"),
            timing=timing,
            per=Per(fields.word("per", ("case", "subject", "event"), "case")),
            done=self.acts(fields, "done"),
            breach=self.acts(fields, "breach"),
            then=fields.texts("then"),
            kind=kind,
            perdurant=fields.truth("perdurant", default=not isinstance(trigger, Every)),
            handover=fields.truth("handover"),
            indicator=fields.text("indicator"),
            evidence=fields.text("evidence"),
        )

    def trigger(self, fields: Fields, name: str) -> Trigger:
        given = [name for name in ("on", "every", "always") if name in fields]
        if len(given) > 1:
            self.problems.add(
                VocabularyError(
                    "RM214",
                    "one-trigger",
                    found=fields.shown(given),
                    expected="one of on, every, always",
                    origin=fields.origin,
                )
            )
        match given[:1]:
            case ["on"]:
                return On(tuple(e for n in fields.scalars("on") if (e := self.names.resolve("event", n))))
            case ["every"]:
                return Every(Period(fields.word("every", tuple(Period), "year")))
            case ["always"]:
                node = fields.scalar("always")
                if node is not None and dialect.word(node.text) != "true":
                    fields.wrong(node, "always: true")
                return Always()
            case _:
                self.problems.lost.update((name,) if fields.misspelt & {"on", "every", "always"} else ())
                return Consequence()

    def kind(self, modality: Modality, trigger: Trigger, fields: Fields) -> Kind:
        once = modality is Modality.MUST and not isinstance(trigger, Always)
        return Kind(fields.word("kind", tuple(Kind), "achievement" if once else "maintenance"))

    def selectors(self, fields: Fields, part: str) -> tuple[Selector, ...]:
        reader = SelectorReader(self.vocabulary, self.names, self.problems)
        return tuple(s for node in fields.many(part) if (s := reader.read(node, part)))

    def timing(self, fields: Fields) -> Timing | None:
        if "by" in fields and "window" in fields:
            self.problems.add(
                VocabularyError(
                    "RM214",
                    "one-limit",
                    found=fields.shown(("by", "window")),
                    expected="one of them",
                    origin=fields.keys["window"],
                )
            )
        if "by" in fields:
            found = several([Fields(node, "by", RULE_BY_KEYS, self.problems) for node in fields.many("by")], self.names)
            windows = [name for name in readings_of(found) if isinstance(self.vocabulary.readings[name].timing, Window)]
            if isinstance(found, Earliest) and windows:
                self.problems.add(
                    VocabularyError(
                        "RM206",
                        "wrong-form",
                        found=windows[0],
                        expected="limits without a window, where there are several",
                        origin=fields.keys["by"],
                    )
                )
            return found
        if "window" not in fields:
            return None
        node = fields.nodes["window"]
        if isinstance(node, Scalar):
            reading = self.names.resolve("reading", node)
            return ByReading(reading) if reading else OpenEnd()
        return window_timing(Fields(node, "window", WINDOW_KEYS, self.problems))

    def acts(self, fields: Fields, name: str) -> tuple[Act, ...]:
        """`done` and `breach`: an event type, `{event, where}`, or a list of either."""
        found = []
        for node in fields.many(name):
            if isinstance(node, Scalar):
                event = self.names.resolve("event", node)
                found += [Act(event)] if event else []
                continue
            inner = Fields(node, name, ACT_KEYS, self.problems)
            named = inner.scalar("event", required=True)
            event = self.names.resolve("event", named) if named else None
            where = self.condition(inner, "where", (event,)) if event else None
            found += [Act(event, where.tree if where else None)] if event else []
        return tuple(found)

    def condition(self, fields: Fields, name: str, events: tuple[str, ...] | None) -> Condition | None:
        node = fields.scalar(name)
        if node is None:
            return None
        at = Origin(node.origin.file, node.origin.line, node.origin.column + (1 if node.quoted else 0))
        try:
            tree = check(
                parse(node.text, self.lexicon, at),
                self.lexicon,
                events=events,
                origin=at,
                text=node.text,
            )
        except ExpressionError as problem:
            if problem.code not in OF_NAMES or not self.names.unread(*NAMES_READ):
                self.problems.add(problem)
            return None
        return Condition(tree, node.text, node.origin)
