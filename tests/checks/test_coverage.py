"""Each sentence is formalised, declared or open, clause by clause."""

from __future__ import annotations

import pytest

from made import LIBRARY
from remit import Pack
from remit.checks.coverage import coverage, of_sentence
from remit.model.rule import Quote, Rule, Sentence
from remit.model.terms import Modality

LAW = "第三条 甲应当报告，乙应当接收；丙可以旁听。"


def rule(words: str, modality: Modality = Modality.MUST) -> tuple[Rule, int, int]:
    start = LAW.index(words)
    quote = Quote(words, "3", (0,), ((0, start, start + len(words)),))
    return Rule("r", "p", "3", "第三条", (quote,), modality), start, start + len(words)


@pytest.mark.parametrize(
    ("resting", "state", "left"),
    [
        ([], "open", ("甲应当报告", "乙应当接收", "丙可以旁听。")),
        ([rule("甲应当报告")], "open", ("乙应当接收", "丙可以旁听。")),
        ([rule("甲应当报告，乙应当接收；丙可以旁听")], "formalised", ()),
        ([rule("甲应当报告"), rule("乙应当接收"), rule("丙可以旁听。")], "formalised", ()),
        ([rule("甲应当报"), rule("乙应当接收"), rule("丙可以旁听。")], "open", ("甲应当报告",)),
        ([rule(LAW[4:], Modality.NON_NORMATIVE)], "declared", ()),
        ([rule("甲应当报告"), rule("乙应当接收；丙可以旁听。", Modality.NON_NORMATIVE)], "formalised", ()),
    ],
)
def test_a_clause_counts_when_all_of_it_is_quoted(
    resting: list[tuple[Rule, int, int]], state: str, left: tuple[str, ...]
) -> None:
    found = of_sentence("p", Sentence(0, "3", LAW, 1), resting)
    assert (found.state, found.open_clauses) == (state, left)


def test_the_library_is_covered() -> None:
    found = coverage(Pack.load(LIBRARY))
    assert found.complete
    assert found.counts == {"formalised": 9, "declared": 1, "open": 0}
    assert found.sentences[0].rules == ("a1.reminder",)
