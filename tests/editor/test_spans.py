"""A value's letters are found in the file as they are written, whatever YAML does to them."""

from __future__ import annotations

import pytest

from remit.editor.spans import Span, letters, span_of
from remit.pack.yaml_reader import Mapping, Scalar, read


def value(text: str) -> tuple[list[str], Scalar]:
    node = read(text, "f")
    assert isinstance(node, Mapping)
    found = node.items[0][1]
    assert isinstance(found, Scalar)
    return text.split("\n"), found


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("must: send", Span((0, 6), (0, 10))),
        ("必须: 提醒", Span((0, 4), (0, 6))),
        ("𠮷: 𠮷野", Span((0, 3), (0, 5))),
        ('must: "send"', Span((0, 7), (0, 11))),
        ("must: 'send'", Span((0, 7), (0, 11))),
        ("must:\n  send", Span((1, 2), (1, 6))),
        ("must: |\n  send", Span((1, 2), (1, 6))),
    ],
)
def test_a_value_stands_where_it_is_written(text: str, span: Span) -> None:
    assert span_of(*value(text)) == span


@pytest.mark.parametrize("text", ["must: 'it''s'", 'must: "se\\x6ed"', "must: se\n  nd"])
def test_what_is_written_otherwise_than_it_reads_has_no_place_of_its_own(text: str) -> None:
    assert span_of(*value(text)) is None


def test_letters_of_a_folded_and_of_an_escaped_text_are_found_one_by_one() -> None:
    lines, scalar = value('if: "a == \\"b\\"\n  && c"')
    assert scalar.text == 'a == "b" && c'
    places = letters(lines, scalar)
    assert places is not None
    assert [lines[line][column] for line, column in places if column < len(lines[line])] == list(
        "a == \\b\\&& c".replace(" &&", "&&")
    )


def test_a_place_outside_the_text_is_no_place() -> None:
    _, scalar = value("a: b")
    assert letters([], scalar) is None
    assert span_of([], scalar) is None
