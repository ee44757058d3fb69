"""Feature files are read with what Gherkin passes over in silence: every slip is an error at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.errors import SpecificationError
from remit.explain.messages import told
from remit.specification.features import read_specification

SLIPS = {
    "no feature line": ("Scenario: a\n  Given it is 2024-01-01\n", "RM820", 1, None),
    "an empty file": ("", "RM821", 1, None),
    "no scenario": ("Feature: f\n", "RM821", 1, None),
    "a misspelt scenario": ("Feature: f\n\n  Scenaro: a\n    Given it is 2024-01-01\n", "RM821", 1, "Scenario"),
    "no step": ("Feature: f\n  Scenario: a\n", "RM822", 2, None),
    "a misspelt first step": ("Feature: f\n  Scenario: a\n    Givn it is 2024-01-01\n", "RM822", 2, "Given"),
    "a misspelt later step": ("Feature: f\n  Scenario: a\n    Given it is 2024-01-01\n    Thn nothing arises\n", "RM820", 4, "Then"),
    "a ragged table": ("Feature: f\n  Scenario: a\n    Given it is 2024-01-01\n      | a | b |\n      | c |\n", "RM820", 5, None),
    "an unknown language": ("# language: zz\nFeature: f\n", "RM820", 1, None),
    "a name twice": ("Feature: f\n  Scenario: a\n    Given it is 2024-01-01\n  Scenario: a\n    Given it is 2024-01-02\n", "RM824", 4, None),
    "a column nobody gives": (
        "Feature: f\n  Scenario Outline: a\n    Given it is <day>\n    Examples:\n      | days |\n      | 2024-01-01 |\n", "RM823", 3, "days",
    ),
    "examples without a row": ("Feature: f\n  Scenario Outline: a\n    Given it is <day>\n    Examples:\n      | day |\n", "RM823", 2, None),
    "Chinese keywords without their language": ("功能: f\n  场景: a\n", "RM820", 1, None),
    "a misspelt Chinese step": ("# language: zh-CN\n功能: f\n  场景: a\n    假如现在是2024-01-01\n    那末没有产生任何义务\n", "RM820", 5, "那么"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line", "nearest"), SLIPS.values(), ids=SLIPS.keys())
def test_every_slip_is_told_at_its_line_with_the_nearest_keyword(
    library: Path, text: str, code: str, line: int, nearest: str | None
) -> None:
    (library / "features" / "a.feature").write_text(text, "utf-8")
    problems = read_specification(library).problems
    assert next((p.code, p.origin.file, p.origin.line, p.suggestion) for p in problems) == (
        code, "features/a.feature", line, nearest,
    )  # fmt: skip
    chinese = told(problems[0], "zh")
    assert not any(word in chinese for word in ("expected", "found ", " a ", " the "))


def test_a_file_that_is_no_text_is_told_and_the_others_are_read(library: Path) -> None:
    (library / "features" / "a.feature").write_bytes(b"\xff\xfe\x00\x01" * 50)
    (library / "features" / "b.feature").write_text("Feature: f\n  Scenario: a\n    Given it is 2024-01-01\n", "utf-8")
    found = read_specification(library)
    assert [p.code for p in found.problems] == ["RM101"]
    assert [s.name for s in found.scenarios] == ["a"]


def test_a_pack_without_features_says_so(library: Path) -> None:
    with pytest.raises(SpecificationError, match="RM825"):
        read_specification(library)


def test_outlines_backgrounds_rules_and_tags_are_filled_in(library: Path) -> None:
    text = """
@whole
Feature: f
  Background:
    Given the case "c"
  Rule: r
    @one
    Scenario Outline: days
      Given it is <day>:
        | <day> |
      Examples:
        | day        |
        | 2024-01-01 |
        | 2024-01-02 |
"""
    (library / "features" / "a.feature").write_text(text, "utf-8")
    one, other = read_specification(library).scenarios
    assert (one.line, one.row, other.row) == (8, 13, 14)
    assert one.tags == ("whole", "one")
    assert [step.text for step in other.steps] == ['the case "c"', "it is 2024-01-02:"]
    assert other.steps[1].table == (("2024-01-02",),)
    assert other.title == "days (2024-01-02)"
