"""Ours in the protocol's terms: where a problem is shown, and what makes one text of another."""

from __future__ import annotations

import pytest

from remit.editor.document import Document
from remit.editor.protocol import line_edits, place_of, told
from remit.editor.spans import Span
from remit.errors import Origin, VocabularyError

TEXT = "bearer: {rolle: x}\n  quote: 'not here'\n\nlast"


@pytest.mark.parametrize(
    ("line", "column", "found", "span"),
    [
        (1, 10, "rolle", Span((0, 9), (0, 14))),
        (2, 10, "not here", Span((1, 10), (1, 18))),
        (1, 10, "something else", Span((0, 9), (0, 14))),
        (1, 19, "the end", Span((0, 0), (0, 18))),
        (2, 3, "missing", Span((1, 2), (1, 7))),
        (3, 1, "", Span((2, 0), (2, 0))),
        (0, 0, "", Span((0, 0), (0, 6))),
        (99, 99, "x", Span((3, 0), (3, 4))),
    ],
)
def test_a_problem_is_shown_at_what_was_found_or_at_the_word_that_stands_there(
    line: int, column: int, found: str, span: Span
) -> None:
    assert place_of(Origin("f", line, column), found, Document(TEXT)) == span


def test_a_problem_is_told_without_its_place_and_code_and_with_its_remedy() -> None:
    problem = VocabularyError(
        "RM204",
        "unknown-role",
        found="x",
        expected="a role of facts/roles.yaml",
        origin=Origin("f", 1, 2),
        hint="save the file as UTF-8",
    )
    assert told(problem, "en") == "unknown-role: found `x`, expected a role of facts/roles.yaml\nsave the file as UTF-8"
    assert told(problem, "zh") == "名称未声明：实为“x”，应为 facts/roles.yaml 里的角色\n请把文件存为 UTF-8 编码"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nB\nc\n"),
        ("a\n", "a\nb\n"),
        ("a\nb\n", "b\n"),
        ("a", "a\n"),
        ("", "x"),
        ("a\nb", "a\nc"),
        ("a\n", "a\n"),
        ("a\nb\n", ""),
    ],
)
def test_edits_make_one_text_of_another(before: str, after: str) -> None:
    lines = before.split("\n")
    for span, new in reversed(line_edits(before, after)):
        head = "\n".join([*lines[: span.start[0]], lines[span.start[0]][: span.start[1]]])
        tail = "\n".join([lines[span.end[0]][span.end[1] :], *lines[span.end[0] + 1 :]])
        lines = (head + new + tail).split("\n")
    assert "\n".join(lines) == after


def test_a_line_that_stays_is_not_touched() -> None:
    assert line_edits("a\nb\nc\n", "a\nB\nc\n") == [(Span((1, 0), (2, 0)), "B\n")]
