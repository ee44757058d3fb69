"""The living specification of Fuxin is whole: enough scenarios, and each rule an event can set off both fires and does not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pytest_bdd.feature import get_feature

from remit import Pack
from remit.checks.coverage import coverage
from remit.model.rule import Consequence, On

ROOT = Path(__file__).parents[1]
FIRES = re.compile(r"规则“([^”]+)”(?!不)")
SILENT = re.compile(r"规则“([^”]+)”不产生义务")


def told() -> list[str]:
    """The text of every scenario, outlines filled in."""
    texts = []
    for path in sorted((ROOT / "features").glob("*.feature")):
        feature = get_feature(str(path.parent), path.name)
        for template in feature.scenarios.values():
            rows = [context for examples in template.examples for context in examples.as_contexts()] or [{}]
            for row in rows:
                steps = template.render(row).steps
                tables = [cell for s in steps if s.datatable for line in s.datatable.raw() for cell in line]
                texts.append("\n".join([*(step.name for step in steps), *(f"规则“{cell}”" for cell in tables)]))
    return texts


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load(ROOT)


def test_there_are_at_least_150_scenarios() -> None:
    assert len(told()) >= 150


def test_every_rule_that_can_be_triggered_fires_somewhere_and_is_silent_somewhere(pack: Pack) -> None:
    texts = "\n".join(told())
    fires, silent = set(FIRES.findall(texts)), set(SILENT.findall(texts))
    triggered = {rule.id for rule in pack.rules.values() if isinstance(rule.trigger, On)}
    assert triggered - fires == set(), "never fires in any scenario"
    assert triggered - silent == set(), "is never shown not to fire"


def test_every_consequence_has_a_scenario(pack: Pack) -> None:
    texts = "\n".join(told())
    for rule in pack.rules.values():
        if isinstance(rule.trigger, Consequence):
            assert pack.vocabulary.actions[str(rule.action)].label.zh in texts


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


def test_the_graph_is_networkx(pack: Pack) -> None:
    import networkx as nx

    graph = pack.graph.on(pack.policies[0].effective_on)
    assert isinstance(graph, nx.MultiDiGraph)
    assert graph.has_edge("xihe.police", "fuxin.police", key="guided_by")
    assert graph.nodes["xihe.police"]["place"] == "xihe"
