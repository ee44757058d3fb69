"""A selector may take the unit that a fact names."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remit import Engine, Pack, PackError
from remit.model.rule import ByFact, ByUnit

BREACH = Path(__file__).parents[2] / "examples" / "gdpr-breach"
CHAPTER = "policies/gdpr-2016-679/article-33.md"
TO = "to: {role: controller, via: part_of, of: event.controller}"


def written(tmp_path: Path, instead: str) -> Path:
    pack = shutil.copytree(BREACH, tmp_path / "pack")
    law = (pack / CHAPTER).read_text("utf-8")
    (pack / CHAPTER).write_text(law.replace(TO, instead, 1), "utf-8")
    return pack


@pytest.mark.parametrize(
    "spelling", ["{unit: event.controller}", "{单位: 事件.controller}", "{unit: event.controller concerned}"]
)
def test_either_language_and_any_name_of_the_attribute(tmp_path: Path, spelling: str) -> None:
    assert Pack.load(written(tmp_path, f"to: {spelling}")).rules["a33-2.processor"].to == (ByFact("event.controller"),)


def test_a_unit_is_still_named_by_its_id(tmp_path: Path) -> None:
    assert Pack.load(written(tmp_path, "to: {unit: meridian.clinics}")).rules["a33-2.processor"].to == (
        ByUnit("meridian.clinics"),
    )


@pytest.mark.parametrize(
    ("path", "suggestion"),
    [("event.contoller", "event.controller"), ("subject.controller", "event.controller"), ("event.risk", None)],
)
def test_only_an_attribute_of_kind_unit_will_do(tmp_path: Path, path: str, suggestion: str | None) -> None:
    with pytest.raises(PackError) as wrong:
        Pack.load(written(tmp_path, f"to: {{unit: {path}}}"))
    (problem,) = wrong.value.problems
    assert (problem.code, problem.found, problem.expected) == ("RM204", path, "an attribute of kind unit")
    assert suggestion is None or problem.suggestion == suggestion


def test_while_nobody_has_said_it_is_asked() -> None:
    pack = Pack.load(BREACH)
    engine = Engine(pack)
    engine.submit(
        {"id": "e1", "type": "processor_finds_breach", "at": "2024-05-14T08:00", "by": "cloudharbour", "case": "c"}
    )
    (owed,) = engine.obligations(rule="a33-2.processor")
    assert [(p.id, p.routed) for p in owed.to] == [(pack.vocabulary.fallback, False)]
    assert [(q.fact, q.ask.en) for q in owed.questions] == [
        ("event.controller", "For which controller does the processor process these data?")
    ]
