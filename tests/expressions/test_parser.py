"""Conditions as analysts write them, in either language; and what is wrong with the wrong ones, at which column."""

from __future__ import annotations

import time

import pytest

from expressions_words import LEXICON, attribute, read
from made import speaks_chinese
from remit.errors import ExpressionError
from remit.expressions.checker import check
from remit.expressions.lexicon import Lexicon, widths
from remit.expressions.parser import parse
from remit.expressions.printer import show
from remit.model.expression import And, Not, Or
from remit.model.terms import ValueKind
from remit.model.text import Text
from remit.model.vocabulary import EventType


def same(one: str, other: str) -> None:
    assert parse(one, LEXICON) == parse(other, LEXICON)


def test_chinese_without_spaces_is_three_words() -> None:
    assert isinstance(read("事件.甲且事件.乙"), And)
    same("事件.甲且事件.乙", "event.f0 && event.f1")
    same("非事件.甲或事件.乙", "!event.f0 || event.f1")


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("事件的甲", "event.f0"),
        ("当事人.年龄 ≥ 16 且 非 事件.甲", "subject.age >= 16 && !event.f0"),
        ("事件.数甲 属于 【1、2，3】", "event.n0 in [1, 2, 3]"),
        ("（事件.甲 或 事件.乙） 且 事件.甲", "(event.f0 || event.f1) && event.f0"),
        ("已知(当事人.年龄)", "has(subject.age)"),
        ("数量(案件.事件) ＞ 1", "size(case.events) > 1"),
        ("事件.文 ＝ “a”", 'event.t0 == "a"'),
        ("事件.数甲 ≠ 3", "event.n0 != 3"),
        ("事件.日子 ＜ 日期(“2024-05-06”)", 'event.d0 < date("2024-05-06")'),
        ("事件.时长甲 ≤ 时长(“72h”)", 'event.l0 <= duration("72h")'),
        ("事件.甲 ＝ 真", "event.f0 == true"),
        ("案件.事件.存在(e, e.类型 ＝ “看见”)", 'case.events.exists(e, e.type == "看见")'),
    ],
)
def test_both_languages_load_to_the_same_tree(chinese: str, english: str) -> None:
    same(chinese, english)


@pytest.mark.parametrize("sign", ["&&", "||", "==", "!=", "<=", ">=", "<", ">"])
def test_a_keyboard_may_mix_full_and_half_width(sign: str) -> None:
    left, right = ("event.f0", "event.f1") if sign in ("&&", "||") else ("event.n0", "3")
    for written in widths(sign):
        same(f"{left} {written} {right}", f"{left} {sign} {right}")


def test_full_width_signs_of_every_kind() -> None:
    same("（事件．数甲　＋　2） × 3 － 1 ÷ 1 ％ 2 ＝ 5", "(event.n0 + 2) * 3 - 1 / 1 % 2 == 5")
    same("！事件.甲 且 事件.数甲 属于 ［1，２］", "!event.f0 && event.n0 in [1, 2]")


@pytest.mark.parametrize("word", ["size", "date", "all", "has", "日期", "数量", "时刻"])
def test_a_fact_may_be_called_like_a_function(word: str) -> None:
    lexicon = Lexicon.of([attribute(word, word, ValueKind.INT)], [EventType("seen", Text("看见", "seen"), (word,))])
    tree = parse(f"事件.{word} > 1", lexicon)
    assert show(check(tree, lexicon, events=("seen",))) == f"event.{word} > 1"


def test_a_longer_word_is_one_word() -> None:
    assert show(read("subject.ageing > 3")) == "subject.ageing > 3"
    assert show(read("当事人.年龄段 > 3")) == "subject.ageing > 3"


@pytest.mark.parametrize(
    ("text", "grouped"),
    [
        ("event.f0 || event.f1 && event.f0", "event.f0 || (event.f1 && event.f0)"),
        ("!event.f0 && event.f1", "(!event.f0) && event.f1"),
        ("event.n0 + 2 * 3 == 7", "(event.n0 + (2 * 3)) == 7"),
        ("event.n0 - 1 - 1 == 0", "((event.n0 - 1) - 1) == 0"),
        ("event.n0 + 1 in [2]", "(event.n0 + 1) in [2]"),
    ],
)
def test_precedence_is_cel_s(text: str, grouped: str) -> None:
    same(text, grouped)


def test_the_choice_s_label_stands_for_its_id() -> None:
    assert read('event.kind == "was found"') == read("事件.类别 ＝ “发现”") == read('event.kind == "found"')


WRONG = [
    ("event.n0 = 3", "RM301", 10, "="),
    ("event.n0 === 3", "RM301", 12, "="),
    ("event.n0 == 3 ; 4", "RM301", 15, ";"),
    ('event.t0 == "open', "RM302", 13, None),
    ("event.f0 &&", "RM303", 12, "the end"),
    ("event.f0 event.f1", "RM303", 10, "event"),
    ("(event.f0", "RM303", 10, "the end"),
    ("event.f0 && && event.f1", "RM303", 13, "&&"),
    ("evnet.f0", "RM304", 1, "evnet"),
    ("event.n9 == 1", "RM304", 7, "n9"),
    ("subject.agee > 3", "RM304", 9, "agee"),
    ('event.kind == "fuond"', "RM304", 15, "fuond"),
    ("event.age > 3", "RM305", 1, None),
    ("event.n0 && event.f0", "RM306", 1, None),
    ('event.n0 == "3"', "RM306", 1, None),
    ("event.n0 in event.n1", "RM306", 1, None),
    ("event.n0 + 1", "RM307", 1, None),
    ('event.d0 == date("2024-13-01")', "RM308", 13, None),
    ('event.d0 == date("2023-02-29")', "RM308", 13, None),
    ('event.l0 == duration("3天")', "RM308", 13, None),
    ("event.n0 == 9223372036854775808", "RM308", 13, None),
    ('event.d0 == date("20240101")', "RM308", 13, None),
    ('event.d0 == date("2024-W01-1")', "RM308", 13, None),
    ('event.at < timestamp("2024-05-06")', "RM308", 12, None),
    ('event.at < timestamp("2024-05-06 08:00+08:00")', "RM308", 12, None),
    ('event.kind < "found"', "RM306", 12, "a choice"),
    ("event.kind == event.t0", "RM306", 21, "a text nobody declared"),
    ('unit.roles == ["a"]', "RM306", 15, "a text nobody declared"),
]


@pytest.mark.parametrize(("text", "code", "column", "found"), WRONG, ids=[row[0] for row in WRONG])
def test_what_is_wrong_has_a_code_and_a_column(text: str, code: str, column: int, found: str | None) -> None:
    with pytest.raises(ExpressionError) as refused:
        read(text)
    problem = refused.value
    assert problem.code == code, str(problem)
    assert speaks_chinese(problem)
    if found is not None:
        assert problem.found == found
        assert problem.origin.column == column


@pytest.mark.parametrize(
    ("text", "nearest"), [("subject.agee > 3", "age"), ('event.kind == "fuond"', "found"), ("evnet.f0", "event")]
)
def test_the_nearest_name_is_offered(text: str, nearest: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        read(text)
    assert refused.value.suggestion == nearest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲且乙", "`event.甲`"),
        ("当事人.年龄 > 3 且 年龄 > 3", "`subject.年龄`"),
        ("event.age > 3", "or `subject.age`: it is a fact about the person"),
        ("event.n0 = 3", "`==`, which compares"),
        ("event.f0 & event.f1", "`&&`"),
    ],
)
def test_what_was_meant_is_said(text: str, expected: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        read(text)
    assert expected in refused.value.expected


@pytest.mark.parametrize(
    "text",
    [
        "x" * 10_000_000,
        "(" * 10_000 + "event.f0" + ")" * 10_000,
        "[" * 10_000,
        "!" * 10_000 + "event.f0",
        " || ".join(["event.f0"] * 300),
        "event.f0" + " " * 10_001,
    ],
    ids=["10 MB", "10,000 brackets", "10,000 lists", "10,000 nots", "300 operators", "10,001 blanks"],
)
def test_what_is_too_much_is_refused_at_once(text: str) -> None:
    start = time.process_time()
    with pytest.raises(ExpressionError) as refused:
        read(text)
    assert refused.value.code == "RM309"
    assert len(str(refused.value)) < 500
    assert time.process_time() - start < 5, "a guard against hanging, not a measurement"


def test_not_binds_tighter_than_and() -> None:
    tree = read("非 事件.甲 且 事件.乙")
    assert isinstance(tree, And)
    assert isinstance(tree.left, Not)
    assert isinstance(read("event.f0 || event.f1"), Or)
