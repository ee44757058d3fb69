"""What the pages know of a rule, in one language: every phrase put together once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from remit.explain.words import MODALITY, PARTS
from remit.model.rule import Always, ByPeople, Consequence, Every, On, Policy, Rule, Selector, readings_of
from remit.model.terms import Modality, Nature
from remit.model.text import Text
from remit.model.unit import Unit
from remit.pack.load import Pack
from remit.program.compile import reads
from remit.program.program import CompiledRule
from remit.publishing.site.document import Article, articles
from remit.publishing.site.duties import Duties
from remit.publishing.site.folding import fold
from remit.publishing.site.paths import Names
from remit.publishing.site.phrases import LEADS, Phrases
from remit.publishing.site.results import Outcome
from remit.publishing.site.scenarios import Feature, Scenario

NATURES = {On: Nature.TRIGGERED, Every: Nature.RECURRING, Always: Nature.STANDING, Consequence: Nature.CONSEQUENT}
DEFINES = Text("视为", "counts as")


@dataclass(frozen=True, slots=True)
class Tally:
    """How many scenarios passed, failed, and were not run."""

    passed: int = 0
    failed: int = 0
    not_run: int = 0

    @property
    def total(self) -> int:
        return self.passed + self.failed + self.not_run

    @property
    def outcome(self) -> str:
        """The whole in one word; `none` where there is no scenario at all."""
        if not self.total:
            return "none"
        return "failed" if self.failed else "passed" if self.passed and not self.not_run else "not_run"


def tally(scenarios: Iterable[Scenario]) -> Tally:
    counts = Counter(one.outcome for one in scenarios)
    return Tally(counts[Outcome.PASSED], counts[Outcome.FAILED], counts[Outcome.NOT_RUN])


@dataclass(frozen=True)
class Library:
    """What holds in every language: the pack, who bears what, the scenarios, and the name of every page."""

    pack: Pack
    duties: Duties
    features: tuple[Feature, ...]
    names: Names

    @classmethod
    def of(cls, duties: Duties, features: tuple[Feature, ...]) -> Library:
        """Every page and anchor is named here, in one order."""
        pack, names = duties.pack, Names()
        found = cls(pack, duties, features, names)
        for policy in pack.policies:
            names.of("policy", policy.id)
            for article in found.articles[policy.id]:
                names.of("article", f"{policy.id}-{article.id}")
            for rule in policy.rules:
                names.of("rule", f"{policy.id}-{rule.id}" if len(pack.policies) > 1 else rule.id)
        for kind, things in (
            ("unit", duties.units), ("event", pack.vocabulary.event_types), ("place", pack.vocabulary.places),
            ("reading", pack.vocabulary.readings), ("attribute", pack.vocabulary.attributes), ("role", pack.vocabulary.roles),
            ("action", pack.vocabulary.actions), ("feature", [feature.file for feature in features]),
        ):  # fmt: skip
            for name in things:
                names.of(kind, name)
        return found

    @cached_property
    def articles(self) -> Mapping[str, tuple[Article, ...]]:
        return {policy.id: articles(policy) for policy in self.pack.policies}

    @cached_property
    def scenarios(self) -> Mapping[str, tuple[Scenario, ...]]:
        """By rule: the scenarios that name it."""
        found: dict[str, list[Scenario]] = {}
        for feature in self.features:
            for one in feature.scenarios:
                for rule in one.rules:
                    found.setdefault(rule, []).append(one)
        return {rule: tuple(named) for rule, named in found.items()}

    @cached_property
    def compiled(self) -> Mapping[tuple[str, str], CompiledRule]:
        return {(c.rule.policy, c.rule.id): c for c in self.duties.law.program.rules}

    # --- addresses --------------------------------------------------------------------------------------

    def policy_page(self, policy: str) -> str:
        return f"{self.names.of('policy', policy)}.html"

    def article_page(self, policy: str, article: str) -> str:
        number = article.split("-", maxsplit=1)[0]
        return f"{self.names.of('article', f'{policy}-{number}')}.html"

    def anchor(self, rule: Rule) -> str:
        return self.names.of("rule", f"{rule.policy}-{rule.id}" if len(self.pack.policies) > 1 else rule.id)

    def rule_page(self, rule: Rule) -> str:
        return f"{self.article_page(rule.policy, rule.article)}#{self.anchor(rule)}"

    def unit_page(self, unit: str) -> str | None:
        """None for a unit that does not exist on the site's day."""
        return f"{self.names.of('unit', unit)}.html" if unit in self.duties.units else None

    def event_page(self, event: str) -> str:
        return f"{self.names.of('event', event)}.html"

    def feature_page(self, file: str) -> str:
        return f"{self.names.of('feature', file)}.html"

    def scenario_page(self, scenario: Scenario) -> str:
        return f"{self.feature_page(scenario.file)}#line-{scenario.line}"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rule: what the text or the pack says of it, and why it was read in where the text is silent."""

    key: str
    name: str
    words: tuple[str, ...]
    inferred: str | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What is left of a rule's condition and exception once something is known; empty where nothing is."""

    condition: str
    exception: str


@dataclass(frozen=True)
class RuleView:
    """A rule as it is told in one language."""

    rule: Rule
    policy: Policy
    library: Library
    phrases: Phrases
    compiled: CompiledRule | None = None
    known: dict[tuple[str | None, str | None], Given | None] = field(default_factory=dict)

    @cached_property
    def title(self) -> str:
        """What is done or left undone; of a statement the term it defines."""
        action = self.phrases.pack.vocabulary.actions.get(self.rule.action or "")
        if action is not None:
            return self.phrases.of(action.label)
        return self.defined[0] if self.defined else self.heading or self.rule.id

    @cached_property
    def heading(self) -> str:
        """The title its authors gave it, if they did."""
        return self.phrases.of(self.rule.label) if self.rule.label is not None else ""

    @cached_property
    def under(self) -> str:
        """The article in the document's own words; of what stands before the first, that."""
        return self.rule.article_label or self.phrases.say("正文之前", "Preamble")

    @cached_property
    def defined(self) -> tuple[str, str] | None:
        """Of a statement: the term, and what it means."""
        statement = self.rule.statement
        if statement is None:
            return None
        if statement.term is not None:
            return self.phrases.of(statement.term), self.phrases.of(statement.meaning or Text("", ""))
        units, relation = self.phrases.pack.vocabulary.units, statement.relation
        ends = [
            self.phrases.of(units[end].label) for end in (statement.source, statement.target) if end and end in units
        ]
        leads = self.phrases.of(LEADS[relation]) if relation else ""
        return (ends[0], f"{leads} {ends[-1]}") if ends else None

    @cached_property
    def modality(self) -> str:
        return self.phrases.of(MODALITY.get(self.rule.modality, DEFINES))

    @cached_property
    def nature(self) -> str:
        return NATURES[type(self.rule.trigger)].value if self.compiled else "statement"

    @cached_property
    def href(self) -> str:
        return self.library.rule_page(self.rule)

    @cached_property
    def anchor(self) -> str:
        return self.library.anchor(self.rule)

    @property
    def triggered(self) -> bool:
        return isinstance(self.rule.trigger, On)

    @cached_property
    def bearer(self) -> str:
        """The bearers in one phrase, the first few where there are many."""
        found = self.spoken(self.rule.bearers, bears=True)
        few, more = found[:3], len(found) - 3
        joined = self.phrases.say("、", ", ").join(few)
        return joined + (self.phrases.say(f"等{len(found)}个单位", f" and {more} more") if more > 0 else "")

    @cached_property
    def recipient(self) -> str:
        return self.phrases.say("、", ", ").join(self.spoken(self.rule.to, bears=False))

    def spoken(self, selectors: tuple[Selector, ...], *, bears: bool) -> list[str]:
        said = (self.phrases.who(s, bears=bears, triggered=self.triggered) for s in selectors)
        return list(dict.fromkeys(said))

    @cached_property
    def people(self) -> str:
        """The recipients who are no units."""
        named = tuple(selector for selector in self.rule.to if isinstance(selector, ByPeople))
        return self.phrases.say("、", ", ").join(self.spoken(named, bears=False))

    @cached_property
    def limit(self) -> str:
        return self.phrases.limit(self.rule)

    @cached_property
    def trigger(self) -> str:
        return self.phrases.trigger(self.rule)

    @cached_property
    def reading(self) -> str | None:
        """The id of the reading its limit comes from."""
        return next(iter(readings_of(self.rule.timing)), None)

    @cached_property
    def condition(self) -> str:
        return self.phrases.condition(self.rule.condition) if self.rule.condition else ""

    @cached_property
    def exception(self) -> str:
        return self.phrases.condition(self.rule.exception) if self.rule.exception else ""

    def given(self, event: str | None = None, unit: str | None = None) -> Given | None:
        """Its condition and exception for events of this type and this bearer; None where they keep it from arising."""
        bearer = self.library.duties.units[unit] if unit is not None and self.asks_bearer else None
        key = (event, bearer.id if bearer else None)
        if key not in self.known:
            self.known[key] = self.told(event, bearer)
        return self.known[key]

    @cached_property
    def asks_bearer(self) -> bool:
        return any(reads(part.tree, "unit") for part in (self.rule.condition, self.rule.exception) if part)

    def told(self, event: str | None, bearer: Unit | None) -> Given | None:
        left = [
            fold(part.tree, event=event, unit=bearer) if part else default
            for part, default in ((self.rule.condition, True), (self.rule.exception, False))
        ]
        if left[0] is False or left[1] is True:
            return None
        said = ("" if isinstance(tree, bool) else self.phrases.expression(tree) for tree in left)
        return Given(*said)

    @cached_property
    def facts(self) -> tuple[str, ...]:
        """The attributes that its condition and exception ask for."""
        asked = [f for c in (self.rule.condition, self.rule.exception) if c for f in self.phrases.facts(c)]
        return tuple(dict.fromkeys(asked))

    @cached_property
    def who(self) -> tuple[Part, ...]:
        """Bearer, performer, recipient, assistants: those there are."""
        rule, many = self.rule, len(self.rule.bearers) > 1
        jointly = (
            (self.phrases.say("任一单位履行即可", "any one of them suffices"),)
            if many and rule.jointly.value == "any"
            else ()
        )
        parts = (
            ("bearer", (*self.spoken(rule.bearers, bears=True), *jointly)),
            ("performer", tuple(self.spoken(rule.performers, bears=False))),
            ("to", tuple(self.spoken(rule.to, bears=False))),
            ("with", tuple(self.spoken(rule.cooperating, bears=False))),
        )
        return tuple(self.part(key, words) for key, words in parts if words)

    def part(self, key: str, words: tuple[str, ...]) -> Part:
        return Part(key, self.phrases.of(PARTS[key]), words, self.rule.inferred.get(key))

    @cached_property
    def ends(self) -> tuple[Part, ...]:
        """What discharges it, or breaches it."""
        if self.compiled is None:
            return ()
        breaching = self.rule.modality is Modality.MUST_NOT
        acts = self.compiled.breaches if breaching else self.compiled.discharges
        built_in = self.phrases.pack.vocabulary.event_types
        words = tuple(self.phrases.act(a) for a in acts if not built_in[a.event].built_in)
        return (self.part("breach" if breaching else "done", words),) if words else ()

    def why(self, *keys: str) -> str | None:
        """Why a part was read in that the text does not state."""
        return next((self.rule.inferred[key] for key in keys if key in self.rule.inferred), None)

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The units that can come to bear it; none told where anybody may."""
        if self.compiled is None or self.library.duties.anybody(self.compiled):
            return ()
        return self.library.duties.bearers[self.compiled.order]

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        return self.library.scenarios.get(self.rule.id, ())

    @cached_property
    def tally(self) -> Tally:
        return tally(self.scenarios)
