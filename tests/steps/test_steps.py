"""The plugin: a pack's features run without Python, and a scenario that is wrong fails with what there was instead."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from made import LIBRARY
from native import needs_network

HEAD = "Feature: f\n  Scenario: s\n"
REPORT = '    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":\n      | days late | 20 |\n      | age | 34 |\n'

pytestmark = pytest.mark.xdist_group("steps")


def run(folder: Path, feature: str) -> tuple[int, str]:
    pack = folder / "library"
    shutil.copytree(LIBRARY, pack)
    shutil.rmtree(pack / "features")
    (pack / "features").mkdir()
    (pack / "features" / "made.feature").write_text(feature, "utf-8")
    active = ["-p", "remit.steps"] if "remit" not in plugins() else []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *active, "features"]
    done = subprocess.run(command, cwd=pack, capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout


def plugins() -> set[str]:
    from importlib.metadata import entry_points

    return {point.name for point in entry_points(group="pytest11")}


def test_a_pack_needs_no_python(tmp_path: Path) -> None:
    code, out = run(tmp_path, HEAD + REPORT + '    Then "Harbour Library" must "send a reminder"\n')
    assert (code, "1 passed" in out) == (0, True), out


def test_a_natural_sentence_is_a_step(tmp_path: Path) -> None:
    """`at` reads as `in` does, and the clauses need no commas."""
    report = REPORT.replace('"item overdue":', '"item overdue" at "Harbour Library":')
    duty = '"Harbour Library" must "send a reminder" by "2024-03-06" under "Article 1" status "active"\n'
    assert report != REPORT
    code, out = run(tmp_path, HEAD + report + f"    Then {duty}")
    assert (code, "1 passed" in out) == (0, True), out


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (
            '"Harbour Library" must "send a reminder", by "2024-03-05"',
            "due: expected `2024-03-05`, found `2024-03-06 24:00`",
        ),
        (
            '"Harbour Library" must "send a reminder", under "Article 9"',
            "article: expected `Article 9`, found `Article 1`",
        ),
        ('"Harbour Library" must "send a reminder", status "done"', "status: expected `done`, found"),
        ('"Harbour Library" must "send a reminder", to "Head Office"', "to: Head Office missing"),
        ('"Harbour Library" must "charge the replacement"', "there is no such obligation"),
        ('"Hill Library" must "send a reminder"', "there is no such obligation"),
        ('"Harbour Library" has no duty to "send a reminder"', "send a reminder"),
        ('nobody must "send a reminder"', "send a reminder"),
        ("nothing else arises", "2 further obligations"),
        ('rule "a1.reminder" raises nothing', "send a reminder"),
        ('rule "a2.charge" raises a duty', "rule a2.charge raised nothing"),
        ('rule "a2.charge" raises nothing, because "the moon"', "no event sets it off"),
        (
            'whether "Harbour Library" must "send a reminder" is undecided, and "head office" is asked for "age"',
            "status: expected `undecided`",
        ),
        (
            'whether "Harbour Library" may "send a reminder" is undecided, and "head office" is asked for "age"',
            "there is no such obligation",
        ),
        ('rule "a1.reminder" is undecided, and "age" is asked for', "send a reminder"),
        ('rule "a2.charge" is undecided, and "age" is asked for', "rule a2.charge raised nothing"),
        ('the bearer of rule "a1.reminder" is not settled', "AssertionError"),
        ('the recipient of rule "a1.reminder" is not settled', "send a reminder"),
        ('the recipient of rule "a2.charge" is not settled', "rule a2.charge raised nothing"),
        ('the reason for "send a reminder" contains "the moon"', "within three working days"),
        ('"send a reminder" rests on the words "the moon"', "promptly send a reminder"),
        ('the report is refused with "RM405"', "the report was taken"),
        ('"Habour Library" must "send a reminder"', "nearest: `Harbour Library`"),
        ('"Harbour Library" must "send a remainder"', "nearest: `send a reminder`"),
        ('rule "a1.remnder" raises a duty', "nearest: `a1.reminder`"),
        ('"Harbour Library" shall "send a reminder"', "Step definition is not found"),
    ],
)
def test_a_wrong_expectation_fails_and_says_what_there_was(tmp_path: Path, step: str, told: str) -> None:
    code, out = run(tmp_path, f"{HEAD}{REPORT}    Then {step}\n")
    assert code == 1
    assert told in out, out


@pytest.mark.parametrize(
    "line", ['"Harbour Library" has no duty to "count stock"', 'nobody must "count stock"'], ids=["unit", "nobody"]
)
def test_what_recurs_is_owed_too(tmp_path: Path, line: str) -> None:
    """A step that denies a recurring or standing duty could once not fail."""
    code, out = run(tmp_path, HEAD + REPORT + f"    Then {line}\n")
    assert code == 1, out


def test_a_refused_report_nobody_expected_fails(tmp_path: Path) -> None:
    code, out = run(
        tmp_path, HEAD + REPORT.replace("| 20 |", "| many |") + '    Then rule "a1.reminder" raises nothing\n'
    )
    assert code == 1
    assert "RM405" in out


def test_chinese_steps(tmp_path: Path) -> None:
    feature = (
        "# language: zh-CN\n功能: 图书馆\n  场景大纲: 逾期\n    假如案件“甲”\n"
        "    当2024-03-01 10:00“Harbour Library”报告“item overdue”，涉及“艾达”：\n      | days late | <天数> |\n      | age | 34 |\n"
        "    那么规则“a1.reminder”<结果>\n    例子:\n      | 天数 | 结果 |\n      | 14 | 不产生义务 |\n      | 15 | 产生义务 |\n"
    )
    code, out = run(tmp_path, feature)
    assert (code, "2 passed" in out) == (0, True), out


def test_each_scenario_is_held_against_the_reference(tmp_path: Path) -> None:
    """A native matcher that loses a rule fails the scenario, whatever its steps say."""
    lossy = "import remit.matching.durable as d\nd.Durable.bindings = lambda self, history: ()\n"
    needs_network()
    pack = tmp_path / "library"
    shutil.copytree(LIBRARY, pack)
    shutil.rmtree(pack / "features")
    (pack / "features").mkdir()
    (pack / "features" / "made.feature").write_text(
        HEAD + REPORT + '    Then rule "a2.charge" raises nothing\n', "utf-8"
    )
    (pack / "lossy.py").write_text(lossy, "utf-8")
    active = ["-p", "remit.steps"] if "remit" not in plugins() else []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *active, "-p", "lossy", "features"]
    done = subprocess.run(
        command, cwd=pack, capture_output=True, encoding="utf-8", check=False, env={"PYTHONPATH": str(pack), "PATH": ""}
    )
    assert done.returncode == 1
    assert "the two matchers disagree" in done.stdout
