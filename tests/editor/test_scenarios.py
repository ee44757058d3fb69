"""Names in features: in steps, tables, examples, and in lines that are only half there."""

from __future__ import annotations

from remit.editor.scenarios import read_feature


def names(text: str) -> list[tuple[tuple[str, ...], str, int]]:
    return [(m.kinds, m.written, m.line) for m in read_feature(text.split("\n")).mentions]


def test_a_step_in_either_language_names_the_same() -> None:
    chinese = names("场景: s\n  那么“甲”必须“乙”，向“丙”、“丁”，规则“r.1”")
    english = names('Scenario: s\n  Then "甲" must "乙", to "丙"、"丁", rule "r.1"')
    assert chinese == english
    assert chinese == [
        (("unit",), "甲", 1),
        (("action",), "乙", 1),
        (("unit", "people"), "丙", 1),
        (("unit", "people"), "丁", 1),
        (("rule",), "r.1", 1),
    ]


def test_the_facts_of_a_table_and_their_values_are_names() -> None:
    text = 'Scenario: s\n  When on 2024-01-01 "u" reports "e":\n    | fact | value |\n    | kind | rare  |'
    found = names(text)
    assert (("attribute",), "kind", 3) in found
    assert (("value",), "rare", 3) in found
    assert all(written != "fact" for _, written, _ in found)


def test_a_table_of_duties_is_read_by_its_columns() -> None:
    text = "场景: s\n  那么产生以下义务：\n    | 单位 | 行动 | 对象 | 期限 |\n    | 甲 | 借出、归还 | 乙、丙 | 2024-01-01 |"
    assert [(kinds[0], written) for kinds, written, _ in names(text)] == [
        ("unit", "甲"),
        ("action", "借出、归还"),
        ("unit", "乙"),
        ("unit", "丙"),
    ]


def test_a_name_in_the_examples_is_what_the_steps_take_it_for() -> None:
    text = "场景大纲: s\n  那么“<谁>”必须“乙”\n  例子:\n    | 谁 | 不用 |\n    | 甲 | x |\n    | 丁 | y |"
    assert (("unit",), "甲", 4) in names(text)
    assert (("unit",), "丁", 5) in names(text)
    assert all(written not in ("x", "y", "<谁>") for _, written, _ in names(text))


def test_a_whole_passage_in_the_examples_holds_names_too() -> None:
    text = "场景大纲: s\n  当2024-01-01“甲”<做>\n  例子:\n    | 做 |\n    | 履行“乙” |"
    assert (("action",), "乙", 4) in names(text)


def test_columns_count_letters_of_the_line() -> None:
    (mention, *_) = read_feature(["场景: s", "    那么“𠮷甲”必须“乙”"]).mentions
    assert mention.span is not None
    assert (mention.span.start, mention.span.end) == ((1, 7), (1, 9))


def test_a_step_no_wording_fits_is_told_and_the_others_are_read() -> None:
    told = read_feature(["场景: s", "  那么“甲”须“乙”", "  那么“甲”必须“乙”"])
    assert [line.text for line in told.strange] == ["“甲”须“乙”"]
    assert [m.written for m in told.mentions] == ["甲", "乙"]


def test_half_a_feature_is_read_as_far_as_it_goes() -> None:
    assert names("场景") == []
    assert names("功能: f\n  场景: s\n    那么“甲") == []
    assert names("| a |") == []
