"""The living specification of Fuxin is whole: enough scenarios, and each rule an event can set off fires, fully described,
in one scenario and stays silent in another, which is a near miss: the event is there, the condition is not.

The scenarios are played here once more, on the reference matcher, with a witness that notes what each step was shown.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import pytest
from pytest_bdd.feature import get_feature
from pytest_bdd.steps import StepFunctionContext

from remit import Engine, Pack
from remit.checks.coverage import coverage
from remit.model.obligation import Obligation
from remit.model.rule import ByReading, Consequence, On, Rule
from remit.model.terms import Modality, Status
from remit.steps import definitions
from remit.steps.story import Story

ROOT = Path(__file__).parents[1]


# --- telling the scenarios again ----------------------------------------------------------------------


class CaseEngine(Engine):
    """An engine without the units' agenda, which no event sets off and which takes long to work out."""

    def _agenda_now(self) -> tuple[Obligation, ...]:
        return ()

    def agenda(self, *_: object, **__: object) -> tuple[Obligation, ...]:
        return ()


@dataclass
class Witness(Story):
    """A story that notes what its steps were shown: `fired`, rule → the aspects each step named; `missed`, the near
    misses; `silent`, every rule said to raise nothing."""

    fired: dict[str, list[frozenset[str]]] = field(default_factory=dict)
    missed: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.engine = CaseEngine(self.pack, backend="reference")

    def find(  # type: ignore[override]
        self, unit: str, modality: Modality, action: str, **clauses: Sequence[str] | None
    ) -> Obligation | None:
        if clauses.get("period"):
            return None  # the agenda's
        found = super().find(unit, modality, action, **clauses)
        self.shown(found, frozenset(name for name, said in clauses.items() if said))
        return found

    def of_rule(self, rule: str) -> tuple[Obligation, ...]:
        found = super().of_rule(rule)
        for obligation in found:
            self.shown(obligation, frozenset())
        if not found:
            self.silent.add(rule)
            if self.has_event_for(self.pack.rules[rule]):
                self.missed.add(rule)
        return found

    def shown(self, found: Obligation, aspects: frozenset[str]) -> None:
        if found.status is not Status.UNDECIDED:
            self.fired.setdefault(found.rule, []).append(aspects)

    def has_event_for(self, rule: Rule) -> bool:
        """Whether an event that can set the rule off was reported, not retracted, and lies in the time of the law."""
        events = self.engine.events
        retracted = {e.data["of"] for e in events if e.type == "retraction"}
        since = self.pack.policies[0].effective_on
        return isinstance(rule.trigger, On) and any(
            e.type in rule.trigger.events and e.id not in retracted and e.at.date() >= since for e in events
        )


def contexts() -> tuple[StepFunctionContext, ...]:
    """Every step, as pytest-bdd keeps it."""
    kept = [v for name, v in vars(definitions).items() if name.startswith("pytestbdd_stepdef_")]
    return tuple(made._get_wrapped_function()() for made in kept)


STEPS = contexts()


def play(path: Path, pack: Pack) -> list[Witness]:
    """Every scenario of a feature file, outlines filled in, step by step."""
    feature, told = get_feature(str(path.parent), path.name), []
    for template in feature.scenarios.values():
        rows = [context for examples in template.examples for context in examples.as_contexts()] or [{}]
        for row in rows:
            witness = Witness(pack, case=template.name)
            told.append(witness)
            steps = template.render(row).steps
            if not any(step.type == "when" for step in steps):
                continue  # only the agenda is spoken of
            for step in steps:
                fitting = [c for c in STEPS if c.type == step.type and c.parser.is_matching(step.name)]
                assert fitting, f"{path.name}: no step fits `{step.name}`"
                given = {"remit_story": witness, **fitting[0].parser.parse_arguments(step.name)}
                if step.datatable:
                    given["datatable"] = step.datatable.raw()
                wanted = inspect.signature(fitting[0].step_func).parameters
                fitting[0].step_func(**{name: value for name, value in given.items() if name in wanted})
            witness.require_accepted()
    return told


@lru_cache(maxsize=1)
def told() -> tuple[Witness, ...]:
    pack = Pack.load(ROOT)
    return tuple(w for path in sorted((ROOT / "features").glob("*.feature")) for w in play(path, pack))


def triggered(pack: Pack) -> dict[str, Rule]:
    return {rule.id: rule for rule in pack.rules.values() if isinstance(rule.trigger, On)}


def aspects_owed(rule: Rule) -> set[str]:
    """What the main scenario of a rule has to say of its duty, beside who bears it."""
    parts = {"to": rule.to, "with": rule.cooperating, "performer": rule.performers, "due": rule.timing}
    named = {aspect for aspect, stated in parts.items() if stated}
    return {"article", *named} | (set() if "due" in named else {"status"})


# --- the specification ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load(ROOT)


def test_there_are_at_least_150_scenarios() -> None:
    assert len(told()) >= 150


def test_every_rule_that_can_be_triggered_fires_and_is_fully_described_somewhere(pack: Pack) -> None:
    said: dict[str, list[frozenset[str]]] = {}
    for witness in told():
        for rule, aspects in witness.fired.items():
            said.setdefault(rule, []).extend(aspects)
    rules = triggered(pack)
    assert rules.keys() - said.keys() == set(), "never fires in any scenario"
    short = {
        name: sorted(min((aspects_owed(rule) - aspects for aspects in said[name]), key=len))
        for name, rule in rules.items()
    }
    assert {name: left for name, left in short.items() if left} == {}, "no scenario says all of these of the duty"


def test_every_rule_that_can_be_triggered_is_silent_somewhere(pack: Pack) -> None:
    silent = set().union(*(witness.silent for witness in told()))
    assert triggered(pack).keys() - silent == set(), "is never shown not to fire"


def test_every_condition_has_a_near_miss(pack: Pack) -> None:
    """The event is there, and still the rule raises nothing: its condition is false, or its exception applies."""
    missed = set().union(*(witness.missed for witness in told()))
    limited = {name for name, rule in triggered(pack).items() if rule.condition or rule.exception}
    assert limited - missed == set(), "no scenario has its event and not its duty"


def test_every_consequence_has_a_scenario(pack: Pack) -> None:
    """They follow from the agenda, so the features themselves show them; here only that one speaks of each."""
    texts = "\n".join(path.read_text("utf-8") for path in (ROOT / "features").glob("*.feature"))
    for rule in pack.rules.values():
        if isinstance(rule.trigger, Consequence):
            assert f"必须“{pack.vocabulary.actions[str(rule.action)].label.zh}”" in texts


FEATURE = """# language: zh-CN
功能: 检查本身
  场景: {name}
    当2024-03-12 10:00在“新邱区”发生“{event}”：
      | {fact} |
    那么规则“a24.veto”{said}
"""


@pytest.mark.parametrize(
    ("event", "fact", "said", "fired", "silent", "missed"),
    [
        ("出现一票否决情形", "达到一票否决情形 | 是", "产生义务", True, False, False),
        ("出现一票否决情形", "达到一票否决情形 | 否", "不产生义务", False, True, True),
        ("网络舆情", "涉拐 | 否", "不产生义务", False, True, False),
    ],
    ids=["it fires", "a near miss", "another event is no near miss"],
)
def test_the_witness_tells_a_near_miss_from_an_unrelated_event(
    pack: Pack, tmp_path: Path, event: str, fact: str, said: str, fired: bool, silent: bool, missed: bool
) -> None:
    path = tmp_path / f"{event}-{fired}-{missed}.feature"
    path.write_text(FEATURE.format(name=event, event=event, fact=fact, said=said), "utf-8")
    (witness,) = play(path, pack)
    assert ("a24.veto" in witness.fired, "a24.veto" in witness.silent, "a24.veto" in witness.missed) == (
        fired,
        silent,
        missed,
    )


def test_a_false_scenario_is_found_out(pack: Pack, tmp_path: Path) -> None:
    path = tmp_path / "false.feature"
    path.write_text(
        FEATURE.format(name="假", event="出现一票否决情形", fact="达到一票否决情形 | 否", said="产生义务"), "utf-8"
    )
    with pytest.raises(AssertionError, match=r"a24\.veto"):
        play(path, pack)


def test_every_reading_is_leaned_on(pack: Pack) -> None:
    """A reading limits a duty, or a rule says in so many words that it reads the text by it."""
    timed = {rule.timing.reading for rule in pack.rules.values() if isinstance(rule.timing, ByReading)}
    said = "\n".join(text for rule in pack.rules.values() for text in (*rule.inferred.values(), *rule.notes))
    assert {name for name in pack.vocabulary.readings if name not in timed and f"解释 {name}" not in said} == set()


def test_no_limit_of_a_reading_is_shown_as_the_texts(pack: Pack) -> None:
    """What recurs at an interval the text does not state is limited by a reading; so it is late, and never a breach."""
    for rule in pack.rules.values():
        if "every" in rule.inferred:
            assert isinstance(rule.timing, ByReading), rule.id


def test_every_sentence_is_accounted_for(pack: Pack) -> None:
    found = coverage(pack)
    assert found.complete
    assert {c.sentence.article.split("-")[0] for c in found.sentences} == {str(n) for n in range(27)}


def test_what_is_read_into_the_text_says_why(pack: Pack) -> None:
    assert all(reason.strip() for rule in pack.rules.values() for reason in rule.inferred.values())
    assert all(unit.reason for unit in pack.vocabulary.units.values() if unit.basis == "inferred")
    assert all(reading.reason and reading.signed_by for reading in pack.vocabulary.readings.values())


def test_the_city_is_whole(pack: Pack) -> None:
    places = pack.vocabulary.places.values()
    counties = {p.id for p in places if p.level == "county"}
    assert counties == {"haizhou", "xinqiu", "taiping", "qinghemen", "xihe", "fumeng", "zhangwu"}
    townships = {p.id for p in places if p.level == "township"}
    assert len(townships) >= 3
    assert len({p.inside for p in places if p.level == "village"}) >= 2
    graph = pack.graph
    day = pack.policies[0].effective_on
    for county in counties:
        members = graph.related(f"{county}.conference", "member_of", day)
        assert len(members) >= 15
        assert graph.related(f"{county}.conference", "office_of", day)
        assert any(u.place == county for u in graph.with_role("convener", day))
        assert len(graph.related(f"{county}.anti_trafficking_office", "member_of", day)) == len(members)


def test_only_member_units_report_on_themselves(pack: Pack) -> None:
    """People with a function in the conference are no members of it, so none of them owes the self-assessment."""
    day = pack.policies[0].effective_on
    members = {
        e.source
        for c in pack.graph.with_role("joint_conference", day)
        for e in pack.graph.related(c.id, "member_of", day)
    }
    people = {"chief_convener", "convener", "office_director", "liaison_officer"}
    assert len(members) > 8 * 15
    assert not [unit for unit in members if people & set(pack.graph.units[unit].roles)]


def test_the_graph_is_networkx(pack: Pack) -> None:
    import networkx as nx

    graph = pack.graph.on(pack.policies[0].effective_on)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.has_edge("xihe.police", "fuxin.police", key="guided_by")
    assert graph.nodes["xihe.police"]["place"] == "xihe"
