"""What is offered as a step is a step, and every step is offered."""

from __future__ import annotations

import re

import pytest

from remit.editor.scenarios import wordings
from remit.editor.sentences import GAP, SENTENCES, gap_kinds

SAMPLES = {"at": "2024-05-06 21:00", "number": "3"}


def filled(text: str) -> str:
    return GAP.sub(lambda gap: SAMPLES.get(gap[1], "x"), text)


@pytest.mark.parametrize("told", SENTENCES, ids=lambda told: told[2])
def test_what_is_offered_as_a_step_is_one_in_both_languages(told: tuple[str, str, str]) -> None:
    for text in told[1:]:
        assert any(pattern.fullmatch(filled(text)) for pattern in wordings()), text


def test_every_wording_is_offered() -> None:
    offered = [filled(text) for told in SENTENCES for text in told[1:]]
    missed = [pattern.pattern for pattern in wordings() if not any(pattern.fullmatch(text) for text in offered)]
    assert missed == []


@pytest.mark.parametrize(
    ("before", "kinds"),
    [
        ("“", ("unit", "action")),
        ("“甲”必须“", ("action",)),
        ("“甲”必须“乙”，向“", ("unit", "people")),
        ("“甲”必须“乙”，向“丙”、“", ("unit", "people")),
        ("“甲”必须“乙”，规则“", ("rule",)),
        ("2024-05-06 21:00，“", ("unit",)),
        ("2024-05-06 21:00“甲”报告“", ("event",)),
        ("规则“", ("rule",)),
        ('"a" must "b", to "', ("unit", "people")),
        ('on 2024-05-06 "u" reports "', ("event",)),
        ("“甲”必须“乙”，期限“", ()),
    ],
)
def test_a_gap_takes_what_its_step_says(before: str, kinds: tuple[str, ...]) -> None:
    assert gap_kinds(before) == kinds


def test_gaps_are_named_as_in_the_wordings() -> None:
    groups = {name for pattern in wordings() for name in pattern.groupindex}
    assert {gap for told in SENTENCES for text in told[1:] for gap in re.findall(GAP, text)} <= groups
