"""What is printed reads back to the same tree, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cel import typed

from expressions_words import LEXICON, read
from remit.expressions.checker import check
from remit.expressions.parser import parse
from remit.expressions.printer import show


@given(typed)
def test_english_reads_back(text: str) -> None:
    tree = read(text)
    assert read(show(tree, "en")) == tree


@given(typed)
def test_chinese_reads_back(text: str) -> None:
    tree = read(text)
    again = check(parse(show(tree, "zh"), LEXICON), LEXICON, events=("seen",))
    assert again == tree


@pytest.mark.parametrize(
    ("text", "zh"),
    [
        ("subject.age >= 16 && !event.f0", "当事人.年龄 ≥ 16 且 非 事件.甲"),
        ('event.kind == "found"', "事件.类别 ＝ “发现”"),
        ("event.n0 in [1, 2]", "事件.数甲 属于 【1、2】"),
    ],
)
def test_chinese_speaks_the_pack_s_words(text: str, zh: str) -> None:
    assert show(read(text), "zh") == zh


@given(st.text(max_size=12))
def test_any_text_in_quotes_reads_back(words: str) -> None:
    from remit.model.expression import Compare, Comparison, Literal, Path, Variable

    tree = Compare(Comparison.EQ, Path(Variable("event"), "t0"), Literal(words))
    for language in ("en", "zh"):
        assert parse(show(tree, language), LEXICON) == tree
