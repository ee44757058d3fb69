"""Suggested lines hold as they are written, say what a person had said, and never touch what a person wrote."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from remit import Pack
from remit.errors import SpecificationError
from remit.specification.features import Scenario, read_specification
from remit.specification.insert import MARKS, insert, suggested
from remit.specification.run import choose, run
from remit.specification.suggest import suggest
from spec_packs import PACKS, loaded

TEXT = """Feature: f

  Scenario: late
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":
      | days late | 20 |
      | age       | 11 |

  # a person's own remark
  Scenario: after
    Given it is 2024-03-01
"""


def stripped(scenario: Scenario) -> Scenario:
    """What is reported, and nothing of what is asked."""
    return replace(scenario, steps=tuple(step for step in scenario.steps if step.kind != "then"))


@pytest.mark.parametrize("name", PACKS)
def test_what_is_suggested_for_a_bare_scenario_passes_and_speaks_of_every_duty_asserted_before(
    name: str, tmp_path: Path
) -> None:
    """Duties of the agenda are asked of units, which a bare scenario does not name: they are left out."""
    pack, specification, outcome = loaded(name)
    written: list[str] = []
    wanted: dict[str, set[str]] = {}
    for n, (scenario, result) in enumerate(zip(specification.scenarios, outcome.results, strict=True)):
        if not any(step.kind == "when" for step in scenario.steps) or (name == "fuxin" and n % 12):
            continue
        bare = replace(stripped(scenario), name=f"s{n}")
        lines = suggest(bare, pack).lines
        told = [f"    {step.written}\n" + "".join(f"      | {' | '.join(row)} |\n" for row in step.table or ()) for step in bare.steps]  # fmt: skip
        written.append(f"  {'场景' if scenario.language == 'zh' else 'Scenario'}: s{n}\n" + "".join(told) + "".join(f"    {line}\n" for line in lines))  # fmt: skip
        wanted[f"s{n}"] = {rule for rule in result.rules if f"“{rule}”" in "".join(s.text for s in scenario.steps)}
    head = "# language: zh-CN\n功能: f\n" if pack.language == "zh" else "Feature: f\n"
    for folder in ("policies", "facts"):
        shutil.copytree(PACKS[name] / folder, tmp_path / folder)
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "made.feature").write_text(head + "\n".join(written), "utf-8")
    found = run(pack, read_specification(tmp_path))
    assert [(r.scenario.name, r.failure) for r in found.failures] == []
    assert len(found.results) == len(wanted) > 10
    assert {r.scenario.name: wanted[r.scenario.name] - set(r.rules) for r in found.results if wanted[r.scenario.name] - set(r.rules)} == {}  # fmt: skip


def written(library: Path, text: str = TEXT) -> Pack:
    (library / "features" / "a.feature").write_text(text, "utf-8")
    return Pack.load(library)


def test_lines_are_put_in_beneath_the_scenario_under_a_mark_and_pass(library: Path) -> None:
    pack = written(library)
    insert(suggested(choose(read_specification(library), ["late"]), pack), library)
    text = (library / "features" / "a.feature").read_text("utf-8")
    opening, closing = MARKS["en"]
    before, _, rest = text.partition(f"    {opening}\n")
    block, _, after = rest.partition(f"    {closing}\n")
    assert before + after == TEXT
    assert "    Then exactly these duties arise:\n" in block
    assert run(pack, read_specification(library)).passed


def test_what_was_suggested_is_only_written_over_when_forced(library: Path) -> None:
    pack = written(library)
    insert(suggested(choose(read_specification(library), ["late"]), pack), library)
    once = (library / "features" / "a.feature").read_text("utf-8")
    (library / "features" / "a.feature").write_text(once.replace("| 11 |", "| 34 |"), "utf-8")
    chosen = choose(read_specification(library), ["late"])
    with pytest.raises(SpecificationError, match="RM829"):
        suggested(chosen, pack)
    again = suggested(chosen, pack, force=True)
    with pytest.raises(SpecificationError, match="RM829"):
        insert(again, library)
    insert(again, library, force=True)
    text = (library / "features" / "a.feature").read_text("utf-8")
    assert text.count(MARKS["en"][0]) == 1
    assert "tell the guardian" not in text
    assert run(pack, read_specification(library)).passed


def test_what_a_person_asserted_stays_and_only_the_rest_is_suggested(library: Path) -> None:
    mine = '    Then "Harbour Library" must "send a reminder"\n'
    pack = written(library, TEXT.replace("      | age       | 11 |\n", "      | age       | 11 |\n" + mine))
    (found,) = suggested(choose(read_specification(library), ["late"]), pack)
    assert found.lines[0].startswith('And "Harbour Library" must "tell the guardian"')
    insert((found,), library)
    assert mine in (library / "features" / "a.feature").read_text("utf-8")
    assert run(pack, read_specification(library)).passed


def test_nothing_is_suggested_where_a_step_fails_or_one_example_is_meant(library: Path) -> None:
    pack = written(
        library, TEXT.replace("      | age       | 11 |\n", "      | age       | 11 |\n    Then nothing arises\n")
    )
    with pytest.raises(SpecificationError, match="RM829"):
        suggested(choose(read_specification(library), ["late"]), pack)
    outline = "Feature: f\n  Scenario Outline: o\n" + TEXT.split("late\n")[1].split("\n\n", maxsplit=1)[0].replace("20", "<days>") + "\n    Examples:\n      | days |\n      | 20 |\n"  # fmt: skip
    pack = written(library, outline.replace("<days>24", "2024"))
    with pytest.raises(SpecificationError, match="RM829"):
        insert(suggested(choose(read_specification(library), ["o"]), pack), library)


def test_a_refused_report_and_an_agenda_are_suggested_too(library: Path) -> None:
    text = 'Feature: f\n  Scenario: r\n    When on 2024-03-01 "Harbour Library" reports "item overdue":\n      | days late | many |\n'
    pack = written(library, text)
    (found,) = suggested(choose(read_specification(library), ["r"]), pack)
    assert found.lines == ('Then the report is refused with "RM405"',)
    pack = written(
        library,
        'Feature: f\n  Scenario: g\n    Given "Harbour Library" is a "library branch"\n    And it is 2024-06-01\n',
    )
    (found,) = suggested(choose(read_specification(library), ["g"]), pack)
    assert any("Harbour Library" in line for line in found.lines)
