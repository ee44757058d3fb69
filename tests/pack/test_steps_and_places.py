"""A selector may take a step along a relation, and find a desk at each of several places."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remit import Engine, Pack, PackError
from remit.analysis.analyse import analyse
from remit.checks.check import check
from remit.model.rule import ByFact, ByReporter, ByRole, ByStep, ByUnit, Selector
from remit.model.terms import Relation

BREACH = Path(__file__).parents[2] / "examples" / "gdpr-breach"
CHAPTER = "policies/gdpr-2016-679/article-33.md"
TO = "to: {role: controller, via: part_of, of: event.controller}"
PLACES = """
affected_places:
  label: places where affected people live
  type: [place]
  ask: In which places do the affected people live?
"""
EVERY_AUTHORITY = "to: {role: supervisory_authority, place: event.affected_places}"


def written(tmp_path: Path, instead: str) -> Path:
    pack = shutil.copytree(BREACH, tmp_path / "pack")
    law = (pack / CHAPTER).read_text("utf-8")
    (pack / CHAPTER).write_text(law.replace(TO, instead, 1), "utf-8")
    return pack


@pytest.mark.parametrize(
    ("spelling", "selector"),
    [
        ("{role: controller, via: part_of, of: reporter}", ByStep("controller", Relation.PART_OF, ByReporter())),
        ("{角色: controller, 沿: 隶属, 所属: 报告单位}", ByStep("controller", Relation.PART_OF, ByReporter())),
        ("{role: controller, via: part_of}", ByStep("controller", Relation.PART_OF)),
        ("{role: controller, via: part_of, of: event.controller}", ByStep("controller", Relation.PART_OF, ByFact("event.controller"))),
        ("{role: controller, via: reports_to, of: cloudharbour}", ByStep("controller", Relation.REPORTS_TO, ByUnit("cloudharbour"))),
    ],
)  # fmt: skip
def test_a_step_is_written_in_either_language(tmp_path: Path, spelling: str, selector: Selector) -> None:
    assert Pack.load(written(tmp_path, f"to: {spelling}")).rules["a33-2.processor"].to == (selector,)


@pytest.mark.parametrize(
    ("spelling", "code", "found", "suggestion"),
    [
        ("{role: controller, via: part_off, of: reporter}", "RM204", "part_off", "part_of"),
        ("{role: controler, via: part_of, of: reporter}", "RM204", "controler", "controller"),
        ("{role: controller, via: part_of, of: cloudharbor}", "RM204", "cloudharbor", "cloudharbour"),
        ("{role: controller, via: part_of, place: lyon}", "RM206", "place", None),
    ],
)
def test_what_is_wrong_with_a_step_is_said(
    tmp_path: Path, spelling: str, code: str, found: str, suggestion: str | None
) -> None:
    with pytest.raises(PackError) as wrong:
        Pack.load(written(tmp_path, f"to: {spelling}"))
    (problem,) = wrong.value.problems
    assert (problem.code, problem.found) == (code, found)
    assert suggestion is None or problem.suggestion == suggestion


def test_for_a_bearer_a_step_says_where_it_begins(tmp_path: Path) -> None:
    pack = written(tmp_path, TO)
    law = pack / "policies/gdpr-2016-679/article-33.md"
    law.write_text(
        law.read_text("utf-8").replace("bearer: reporter", "bearer: {role: controller, via: part_of}"), "utf-8"
    )
    with pytest.raises(PackError) as wrong:
        Pack.load(pack)
    assert [(problem.code, problem.expected) for problem in wrong.value.problems] == [("RM207", "the key `of`")]


def test_check_finds_a_step_that_leads_nowhere(tmp_path: Path) -> None:
    """From no unit is a processor reached by what it is part of; a controller is, from the branch and from itself."""
    nowhere = Pack.load(
        written(tmp_path / "1", "to: {role: supervisory_authority, via: part_of, of: event.controller}")
    )
    assert [e.code for e in check(nowhere).errors] == []
    wrong = Pack.load(written(tmp_path / "2", "to: {role: branch, via: office_of, of: meridian.clinics}"))
    assert [(e.code, e.found) for e in check(wrong).errors] == [("RM507", "a33-2.processor: to")]


def every_authority(tmp_path: Path) -> Pack:
    pack = written(tmp_path, EVERY_AUTHORITY)
    facts = pack / "facts" / "attributes.yaml"
    facts.write_text(facts.read_text("utf-8") + PLACES, "utf-8")
    events = pack / "facts" / "events.yaml"
    told = events.read_text("utf-8").replace(
        "attributes: [controller, risk", "attributes: [controller, affected_places, risk"
    )
    events.write_text(told, "utf-8")
    return Pack.load(pack)


def test_each_of_several_places_has_its_desk(tmp_path: Path) -> None:
    """What is missing is asked beside what was found; while nobody has said where, that is asked."""
    pack = every_authority(tmp_path)
    assert pack.rules["a33-2.processor"].to == (ByRole("supervisory_authority", "event.affected_places"),)
    engine = Engine(pack)
    found = {"id": "e1", "type": "processor_finds_breach", "at": "2024-05-14T08:00", "by": "cloudharbour", "case": "c"}
    engine.submit(found | {"data": {"affected_places": ["netherlands", "france"]}})
    engine.submit(found | {"id": "e2", "case": "d", "data": {"affected_places": ["netherlands", "lyon"]}})
    engine.submit(found | {"id": "e3", "case": "e"})
    told = {
        owed.case: ([(p.id, p.routed) for p in owed.to], [(q.fact, q.ask.en) for q in owed.questions])
        for owed in engine.obligations(rule="a33-2.processor")
    }
    fallback = pack.vocabulary.fallback
    assert told == {
        "c": ([("authority.nl", True), ("authority.fr", True)], []),
        "d": (
            [("authority.nl", True), (fallback, False)],
            [("desk", "lyon has no supervisory_authority; who is responsible?")],
        ),
        "e": (
            [(fallback, False)],
            [("event.affected_places", "In which places do the affected people live?")],
        ),
    }


def test_what_is_proven_of_bearers_found_by_lists_and_steps(tmp_path: Path) -> None:
    """A controller at one of the places listed is no processor; who is reached from the reporter can be what its rule asks."""
    every_authority(tmp_path)
    law = tmp_path / "pack" / CHAPTER
    listed = law.read_text("utf-8").replace(
        "bearer: reporter\n", "bearer: {role: controller, place: event.affected_places, or: enclosing}\n", 1
    )
    law.write_text(
        listed.replace(
            "bearer: {role: controller, place: event.place}\non: [personal_data_breach, processor_notice]\ndone: {event: breach_documented",
            "bearer: {role: controller, via: part_of, of: reporter}\nif: '\"controller\" in unit.roles'\non: [personal_data_breach, processor_notice]\ndone: {event: breach_documented",
        ),
        "utf-8",
    )
    found = analyse(Pack.load(tmp_path / "pack"))
    assert {(f.kind, f.rules) for f in found if f.kind == "never-fires"} == {("never-fires", ("a33-2.processor",))}
    assert "a33-5.document" in {rule for f in found if f.kind == "always-true" for rule in f.rules}


def test_the_example_itself_is_sound() -> None:
    assert check(Pack.load(BREACH)).errors == ()
