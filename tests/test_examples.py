"""The packs under `examples/` are packs like any other: whole, without a line of Python, and told by their scenarios.

Their features run with all others (`testpaths`); here is what a scenario cannot say.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from remit import Engine, Pack
from remit.checks.check import check
from remit.checks.coverage import coverage
from remit.model.rule import Consequence
from test_specification import Witness, aspects_owed, play, triggered

ROOT = Path(__file__).parents[1] / "examples" / "gdpr-breach"


@lru_cache(maxsize=1)
def pack() -> Pack:
    return Pack.load(ROOT)


@lru_cache(maxsize=1)
def told() -> tuple[Witness, ...]:
    return tuple(w for path in sorted((ROOT / "features").glob("*.feature")) for w in play(path, pack()))


def test_it_is_clean_and_every_sentence_is_accounted_for() -> None:
    found = check(pack())
    assert (found.errors, found.warnings) == ((), ())
    assert coverage(pack()).complete
    assert {c.sentence.article for c in coverage(pack()).sentences} == {
        "33",
        "34",
        *(f"33-{n}" for n in range(1, 6)),
        *(f"33-3-{c}" for c in "abcd"),
        *(f"34-{n}" for n in range(1, 5)),
        *(f"34-3-{c}" for c in "abc"),
    }


def test_no_line_of_python() -> None:
    assert {p.suffix for p in ROOT.rglob("*") if p.is_file() and not {"__pycache__", ".remit"} & set(p.parts)} == {
        ".md", ".txt", ".yaml", ".feature",
    }  # fmt: skip


def test_there_are_at_least_40_scenarios_each_counted_once() -> None:
    templates = [line for p in (ROOT / "features").glob("*.feature") for line in p.read_text("utf-8").splitlines()]
    assert sum(line.strip().startswith(("Scenario:", "Scenario Outline:")) for line in templates) >= 40


def test_every_rule_that_can_be_triggered_fires_and_is_fully_described_somewhere() -> None:
    said: dict[str, list[frozenset[str]]] = {}
    for witness in told():
        for rule, aspects in witness.fired.items():
            said.setdefault(rule, []).extend(aspects)
    short = {
        name: min((sorted(aspects_owed(rule) - aspects) for aspects in said.get(name, [frozenset()])), key=len)
        for name, rule in triggered(pack()).items()
    }
    assert {name: left for name, left in short.items() if left} == {}


def test_every_rule_that_can_be_triggered_is_silent_somewhere_and_every_condition_has_a_near_miss() -> None:
    silent = set().union(*(witness.silent for witness in told()))
    missed = set().union(*(witness.missed for witness in told()))
    rules = triggered(pack())
    assert rules.keys() - silent == set()
    assert {name for name, rule in rules.items() if rule.condition or rule.exception} - missed == set()


def test_every_consequence_arises_in_one_scenario_and_not_in_another() -> None:
    consequences = {rule.id for rule in pack().rules.values() if isinstance(rule.trigger, Consequence)}
    assert consequences == {"a33-1.reasons"}
    assert consequences <= set().union(*(witness.fired for witness in told()))
    assert consequences <= set().union(*(witness.silent for witness in told()))


def test_every_example_case_raises_duties_at_a_desk() -> None:
    """What reaches no desk lies with the fallback, and a case that shows it would be a bad example."""
    files = sorted((ROOT / "facts" / "cases").glob("*.yaml"))
    assert len(files) >= 3
    for file in files:
        engine = Engine(pack())
        engine.submit_all(pack().read_events(file))
        owed = engine.answer(agenda=False).obligations
        assert owed
        assert all(obligation.bearer.routed for obligation in owed), file.name


def test_the_readme_counts_right() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert f"{len(pack().rules)} rules" in readme
    assert f"{len(told())} scenarios" in readme
