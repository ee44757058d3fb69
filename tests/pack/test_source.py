"""The usual headings are known without a pattern of the policy's own."""

from __future__ import annotations

import pytest

from remit.pack.source import Layout, sentences


@pytest.mark.parametrize(
    "heading",
    ["Chapter 1 Beaches", "Chapter 1. Beaches", "Chapter IV: Beaches", "PART 2. BEACHES", "Chapter 3", "第三章 预防", "第三章　预防"],
)  # fmt: skip
def test_a_heading_binds_nobody(heading: str) -> None:
    found = sentences(f"{heading}\nSection 1. Dogs shall be kept on a lead. No dog shall bathe.\n", Layout.of())
    assert [(s.heading, s.article) for s in found] == [(True, ""), (False, "1"), (False, "1")]


def test_a_sentence_that_begins_like_a_heading_is_none() -> None:
    (found,) = sentences("Partial closures are announced.", Layout.of())
    assert not found.heading


NUMBERED = {"paragraph": r"^(\d+)\.(?=\s|$)"}


def test_items_lie_in_paragraphs_and_are_cited_with_them() -> None:
    text = "Article 33\n3. It shall at least:\n(a) describe it. It says how.\nand when.\n4. In phases.\nArticle 34\nNobody pays.\n"
    found = sentences(text, Layout.of(NUMBERED))
    assert [(s.article, s.label, s.text) for s in found] == [
        ("33", "Article 33", "Article 33"),
        ("33-3", "Article 33(3)", "3. It shall at least:"),
        ("33-3-a", "Article 33(3)(a)", "(a) describe it."),
        ("33-3-a", "Article 33(3)(a)", "It says how."),
        ("33-3-a", "Article 33(3)(a)", "and when."),
        ("33-4", "Article 33(4)", "4. In phases."),
        ("34", "Article 34", "Article 34"),
        ("34", "Article 34", "Nobody pays."),
    ]


def test_a_paragraphs_number_on_a_line_of_its_own_is_a_heading() -> None:
    found = sentences("Article 33\n1.\nThey report.\n", Layout.of(NUMBERED))
    assert [(s.article, s.heading) for s in found] == [("33", False), ("", True), ("33-1", False)]


def test_chinese_paragraphs_are_cited_as_they_are_written() -> None:
    found = sentences("第五条 总则。\n第二款 应当报告：\n（一）甲。\n", Layout.of({"paragraph": "^第([一二三四])款"}))
    assert [(s.article, s.label) for s in found] == [
        ("5", "第五条"), ("5-2", "第五条第二款"), ("5-2-1", "第五条第二款（一）"),
    ]  # fmt: skip


def test_without_a_pattern_of_its_own_a_policy_has_no_paragraphs_and_a_number_ends_no_sentence() -> None:
    found = sentences("Article 33\n1. They report. Nobody waits.\n", Layout.of())
    assert [(s.article, s.text) for s in found] == [
        ("33", "Article 33"), ("33", "1. They report."), ("33", "Nobody waits."),
    ]  # fmt: skip
