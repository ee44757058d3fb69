"""Scenarios told without pytest end as they do with it; what fails is explained in the scenario's language."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit import Pack
from remit.errors import SpecificationError
from remit.specification.features import read_specification
from remit.specification.play import Result, play
from remit.specification.run import choose, run
from remit.specification.understanding import wording
from remit.steps.definitions import DEFINITIONS
from spec_packs import ROOT, loaded

HEAD = "Feature: f\n  Scenario: s\n"
REPORT = '    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":\n      | days late | 20 |\n      | age | 34 |\n'


def one(library: Path, steps: str) -> Result:
    (library / "features" / "a.feature").write_text(HEAD + steps, "utf-8")
    pack = Pack.load(library)
    (result,) = run(pack, read_specification(library)).results
    return result


@pytest.mark.parametrize("name", ["library", "gdpr", "fuxin"])
def test_every_scenario_passes_and_every_rule_that_runs_is_reached(name: str) -> None:
    _, _, outcome = loaded(name)
    assert [(r.scenario.place, r.failure) for r in outcome.failures] == []
    assert outcome.passed
    assert set(outcome.unreached) <= ({"a3.open"} if name == "library" else set())


@pytest.mark.parametrize("name", ["library", "gdpr"])
def test_the_part_of_a_pack_that_has_a_say_ends_a_scenario_as_the_whole_does(name: str) -> None:
    pack, specification, outcome = loaded(name)
    for scenario, result in zip(specification.scenarios, outcome.results, strict=True):
        assert play(scenario, pack).passed is result.passed


def test_the_same_holds_of_the_large_pack() -> None:
    """A sample: told to the whole, each takes long."""
    pack, specification, outcome = loaded("fuxin")
    for scenario, result in list(zip(specification.scenarios, outcome.results, strict=True))[::40]:
        assert play(scenario, pack) == result


def test_a_wrong_deadline_is_told_with_its_reckoning(library: Path) -> None:
    found = one(library, REPORT + '    Then "Harbour Library" must "send a reminder", by "2024-03-05"\n')
    assert found.failure is not None
    assert found.failure.step is not None
    assert found.failure.step.line == 6
    assert found.failure.message == "a1.reminder: due: expected `2024-03-05`, found `2024-03-06 24:00`"
    told = "\n".join(found.failure.details)
    assert "Harbour Library must “send a reminder”, by 2024-03-06 24:00, status: active  [a1.reminder]" in told
    assert "working day 3" in told


def test_a_duty_that_did_not_arise_is_told_with_the_condition_that_was_false(library: Path) -> None:
    found = one(library, REPORT.replace("| 20 |", "| 14 |") + '    Then "Harbour Library" must "send a reminder"\n')
    assert found.failure is not None
    told = "\n".join(found.failure.details)
    assert "the condition fails: event.days_late > 14" in told
    assert "event.days_late = 14  [e1]" in told


def test_a_duty_too_many_is_told_with_what_set_it_off(library: Path) -> None:
    found = one(library, REPORT + "    Then nothing arises\n")
    assert found.failure is not None
    assert found.failure.message.startswith("2 further obligations")
    assert "✓ event e1: item overdue" in "\n".join(found.failure.details)


def test_a_chinese_scenario_fails_in_chinese() -> None:
    pack, specification, _ = loaded("fuxin")
    scenario = next(s for s in specification.scenarios if s.name == "线索不涉违法犯罪")
    wanted = "“彰武县婚姻登记处”必须“报告线索”"
    from dataclasses import replace

    asked = replace(scenario, steps=(*scenario.steps[:1], replace(scenario.steps[1], text=wanted)))
    found = play(asked, pack)
    assert found.failure is not None
    told = "\n".join([found.failure.message, *found.failure.details])
    assert "没有这项义务" in told
    assert "条件不成立：事件.线索类别 ≠ “不涉违法犯罪”" in told
    assert not any(word in told for word in ("expected", "there is", "raised"))


@pytest.mark.parametrize(
    ("steps", "status", "told"),
    [
        ('    When on 2024-03-01 "Harbor Library" reports "item overdue"\n', "failed", "nearest: `Harbour Library`"),
        ('    When on 2024-03-01 "Harbour Library" reported "item overdue"\n', "undefined", "nearest: `on 2024-05-06 “…” reports “…”`"),
        ('    When on 2024-02-31 "Harbour Library" reports "item overdue"\n', "failed", "RM409"),
        ('    When on 2024-03-01 "Harbour Library" reports "item overdue":\n      | days lat | 3 |\n', "failed", "nearest: `days late`"),
        ('    When on 2024-03-01 "x" is corrected\n', "undefined", "RM828"),
        ('    When on 2024-03-01 "x" is corrected:\n      | age | 3 |\n', "failed", "no event `x` was reported"),
        ("    Given it is 2024-03-01:\n      | a |\n", "undefined", "expected no table"),
        ("    Then it is 2024-03-01\n", "undefined", "RM827"),
        (REPORT + '    Then rule "a1.remindr" raises a duty\n', "failed", "nearest: `a1.reminder`"),
        (REPORT + "    Then these duties arise:\n      | unit | act |\n      | a | b |\n", "failed", "nearest: `action`"),
        (REPORT + "    Then these duties arise:\n      | unit |\n      | a |\n", "failed", "the table lacks the column action"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_said_at_its_line(library: Path, steps: str, status: str, told: str) -> None:
    found = one(library, steps)
    assert found.status == status
    assert found.failure is not None
    assert found.failure.step is not None
    assert told in found.failure.message


def test_a_step_under_the_wrong_keyword_is_told_which_is_meant(library: Path) -> None:
    found = one(library, "    Then it is 2024-03-01\n")
    assert found.failure is not None
    assert found.failure.details == ("it is read as a step of `given`, and stands under `then`",)


def test_how_many_units_owe_a_duty_can_be_said(library: Path) -> None:
    steps = (
        REPORT + '    Then 1 unit must "send a reminder"\n    And 2 units must "send a reminder", rule "a1.reminder"\n'
    )
    found = one(library, steps)
    assert found.failure is not None
    assert (found.steps_passed, found.failure.message) == (2, "expected 2 units, found 1: Harbour Library")


def test_how_many_recipients_a_duty_has_can_be_said(library: Path) -> None:
    report = REPORT.replace("34", "11")
    duty = '    Then "Harbour Library" must "tell the guardian", to "Head Office" of {} units\n'
    assert one(library, report + duty.format(1)).passed
    found = one(library, report + duty.format(2))
    assert found.failure is not None
    assert "to: expected `2`, found `1`" in found.failure.message


def test_scenarios_are_chosen_by_name_by_place_and_by_tag() -> None:
    _, specification, _ = loaded("library")
    first = specification.scenarios[0]
    assert choose(specification, [first.name]) == (first,)
    assert choose(specification, [f"{first.file}:{first.line}"]) == (first,)
    assert choose(specification, [f"{first.file}:{first.steps[-1].line}"]) == (first,)
    assert choose(specification, [first.file]) == specification.scenarios
    assert len(choose(loaded("fuxin")[1], tags=["@第六条"])) == 1
    for names, tags in ((["An item moor than 14 days late"], []), ([], ["nowhere"])):
        with pytest.raises(SpecificationError, match="RM826"):
            choose(specification, names, tags)


def test_every_wording_can_be_shown_to_people() -> None:
    shown = [wording(d.parser.regex.pattern) for d in DEFINITIONS]
    assert not [text for text in shown if any(sign in text for sign in "\\?()[]|^$")]


def test_the_specification_stands_where_the_pack_does() -> None:
    assert all((ROOT / s.file).is_file() for s in loaded("fuxin")[1].scenarios)
