"""JSON is read as strictly as YAML: each error at its line and column."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from made import speaks_chinese
from remit.errors import RemitError
from remit.pack.json_reader import read_json
from remit.pack.yaml_reader import Mapping, Node, Scalar

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


def plain(node: Node) -> object:
    match node:
        case Scalar(text):
            return text if node.quoted else json.loads(text)
        case Mapping(items):
            return {key.text: plain(value) for key, value in items}
        case _:
            return [plain(item) for item in node.items]


@given(values, st.sampled_from([None, 2]), st.booleans())
def test_it_reads_what_any_json_writer_writes(value: object, indent: int | None, ascii_only: bool) -> None:
    (node,) = read_json(json.dumps(value, indent=indent, ensure_ascii=ascii_only), "a.json")
    assert plain(node) == value


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ('{"a": 1,\n "a": 2}', "RM202", 2, 2),
        ('{"a":', "RM410", 1, 6),
        ('{"a" 1}', "RM410", 1, 6),
        ('{"a": 1,}', "RM410", 1, 9),
        ("[1, 2,]", "RM410", 1, 7),
        ("[1 2]", "RM410", 1, 4),
        ("[null]", "RM410", 1, 2),
        ("{a: 1}", "RM410", 1, 2),
        ('{"a": NaN}', "RM410", 1, 7),
        ('{"a": 01}', "RM410", 1, 8),
        ('{"a": 1}\n{"a": "\\ud800"}', "RM410", 2, 7),
        ('{"a": "\\x"}', "RM410", 1, 7),
        ('{"a": "no end}', "RM410", 1, 7),
        ("[" * 100_000, "RM219", 1, 51),
        ('{"a":' * 100_000, "RM219", 1, 251),
    ],
    ids=lambda value: value[:16] if isinstance(value, str) else None,
)
def test_what_is_not_strict_json_is_refused_at_its_place(text: str, code: str, line: int, column: int) -> None:
    with pytest.raises(RemitError) as refused:
        read_json(text, "a.json")
    found = refused.value
    assert speaks_chinese(found)
    assert (found.code, found.origin.file, found.origin.line, found.origin.column) == (code, "a.json", line, column)


def test_null_is_a_fact_nobody_stated() -> None:
    (node,) = read_json('{"a": null, "b": 1}', "a.json")
    assert plain(node) == {"b": 1}


def test_documents_follow_one_another() -> None:
    assert [plain(node) for node in read_json('\n{"a": 1}\n\n{"a": 2}\n', "a.jsonl")] == [{"a": 1}, {"a": 2}]
    assert read_json(" \n", "a.jsonl") == ()
