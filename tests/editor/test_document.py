"""Columns as editors count them: a letter beyond the first plane takes two."""

from __future__ import annotations

import pytest

from remit.editor.document import Document


@pytest.mark.parametrize(("encoding", "column"), [("utf-16", 3), ("utf-8", 7), ("utf-32", 2)])
def test_columns_go_both_ways_in_every_encoding(encoding: str, column: int) -> None:
    document = Document("x\n𠮷野家: 1", encoding)
    assert document.to_client((1, 2)) == (1, column)
    assert document.from_client(1, column) == (1, 2)


def test_the_middle_of_a_letter_is_its_beginning() -> None:
    assert Document("a𠮷b").from_client(0, 2) == (0, 1)


def test_what_lies_beyond_the_text_is_its_end() -> None:
    document = Document("ab\ncd")
    assert document.from_client(9, 9) == (1, 2)
    assert document.from_client(0, 99) == (0, 2)
    assert document.to_client((9, 9)) == (1, 2)
    assert document.to_client((0, 99)) == (0, 2)


def test_every_end_of_line_that_editors_know_ends_a_line_and_no_other() -> None:
    assert Document("a\r\nb\rc\nd\u2028e").lines == ["a", "b", "c", "d\u2028e"]
