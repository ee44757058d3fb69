"""What is offered at the cursor: in rules, facts, cases and scenarios, in both languages, while the file is no YAML yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from made import LIBRARY
from remit.editor.completion import Completer, Offers
from remit.editor.index import Index
from remit.editor.packs import OpenPack

BYLAWS = "policies/bylaws-2024/bylaws.md"
HEAD = "> Article 1. A branch lends. It keeps order, and is open.\n\n```rule\n"


@pytest.fixture(scope="module")
def index() -> Index:
    pack = OpenPack(LIBRARY)
    for _ in pack.read():
        pass
    return pack.index()


def offers(index: Index, file: str, text: str, language: str = "en") -> Offers:
    lines = text.split("\n")
    return Completer(index, language).at(file, lines, (len(lines) - 1, len(lines[-1])))


def offered(index: Index, file: str, text: str, language: str = "en") -> list[str]:
    return [offer.text for offer in offers(index, file, text, language).found]


def in_rule(index: Index, text: str, language: str = "en") -> list[str]:
    return offered(index, BYLAWS, HEAD + text, language)


def test_keys_are_offered_in_both_languages_and_those_there_are_left_out(index: Index) -> None:
    found = in_rule(index, "id: a\n")
    assert {"bearer", "责任单位", "must", "必须"} <= set(found)
    assert "id" not in found
    assert "编号" not in found


def test_the_reader_s_language_comes_first(index: Index) -> None:
    chinese, english = in_rule(index, "", "zh"), in_rule(index, "", "en")
    assert chinese.index("责任单位") < chinese.index("bearer")
    assert english.index("bearer") < english.index("责任单位")


def test_names_are_offered_where_they_may_stand(index: Index) -> None:
    assert {"send_reminder", "send a reminder"} <= set(in_rule(index, "must: "))
    assert "send_reminder" not in in_rule(index, "on: ")
    assert "item_overdue" in in_rule(index, "on: [item_lost, ")
    assert "branch" in in_rule(index, "bearer: {role: ")
    assert {"harbour", "event.place", "事件.地点"} <= set(in_rule(index, "bearer: {role: branch, place: "))
    assert {"same", "同级", "city"} <= set(in_rule(index, "to: {office_of: office, level: "))
    assert "promptly" in in_rule(index, "by: {reading: ")
    assert {"year", "年"} <= set(in_rule(index, "every: "))
    assert "a1.reminder" in in_rule(index, "then: ")


def test_what_was_typed_narrows_and_is_what_is_replaced(index: Index) -> None:
    found = offers(index, BYLAWS, HEAD + "must: send")
    assert [offer.text for offer in found.found][:2] == ["send_reminder", "send a reminder"]
    assert found.start == len("must: ")


def test_fields_are_offered_after_a_dot(index: Index) -> None:
    found = in_rule(index, "on: item_lost\nif: event.")
    assert {"kind", "item_value", "place", "地点"} <= set(found)
    assert "days_late" not in found, "item_lost does not carry it"
    assert "age" in in_rule(index, "if: subject.")
    assert "kind" not in in_rule(index, "if: subject.")
    assert {"level", "层级", "roles"} <= set(in_rule(index, "if: unit."))
    assert {"event", "事件", "subject", "且"} <= set(in_rule(index, "if: "))
    assert "kind" in in_rule(index, "on: item_lost\nif: 事件的k")


def test_choices_are_offered_beside_their_attribute(index: Index) -> None:
    assert {"book", "rare", "rare book"} <= set(in_rule(index, 'if: event.kind == "'))
    assert "film" in in_rule(index, 'if: event.kind in ["book", "')
    assert "branch" in in_rule(index, 'if: unit.level == "')
    assert in_rule(index, 'if: event.days_late == "') == []


def test_sentences_of_the_article_are_offered_for_a_quote(index: Index) -> None:
    assert in_rule(index, "quote: ")[:2] == ["Article 1. A branch lends.", "It keeps order, and is open."]
    assert "and is open." in in_rule(index, "quote: ")
    clause = offers(index, BYLAWS, HEAD + "quote: [It keeps order, ").found
    assert next(o for o in clause if o.text.startswith("It keeps")).insert == '"It keeps order, and is open."'


def test_nothing_is_offered_in_prose_or_in_a_text(index: Index) -> None:
    assert offered(index, BYLAWS, "# Bylaws\n\nmu") == []
    assert in_rule(index, "note: mu") == []
    assert offered(index, "policies/bylaws-2024/source.txt", "Art") == []


def test_facts_are_completed_too(index: Index) -> None:
    assert {"label", "标签", "type"} <= set(offered(index, "facts/attributes.yaml", "x:\n  "))
    assert {"choice", "选项", "int"} <= set(offered(index, "facts/attributes.yaml", "x: {type: "))
    assert "days_late" in offered(index, "facts/events.yaml", "x: {label: x, attributes: [")
    assert "office" in offered(index, "facts/units.yaml", "units:\n  a: {roles: [")
    assert "head-office" in offered(index, "facts/units.yaml", "units:\n  a: {part_of: ")
    assert "film" in offered(index, "facts/attributes.yaml", "kind: {absent_means: ")


def test_a_case_is_completed_by_its_event_s_type(index: Index) -> None:
    case = "case: c\nevents:\n  - id: e1\n    type: item_lost\n    "
    found = offered(index, "facts/cases/c.yaml", case)
    assert {"kind", "at", "发生时间"} <= set(found)
    assert "days_late" not in found
    assert "film" in offered(index, "facts/cases/c.yaml", case + "kind: ")
    assert "harbour-library" in offered(index, "facts/cases/c.yaml", case + "by: ")
    assert "item_lost" in offered(index, "facts/cases/c.yaml", "case: c\nevents:\n  - {id: e1, type: ")


def test_steps_and_their_names_are_offered_in_a_feature(index: Index) -> None:
    feature = "Feature: f\n  Scenario: s\n"
    steps = offers(index, "features/f.feature", feature + "    When ").found
    assert any(
        offer.text == 'on 2024-05-06 21:00 "unit" reports "event"' and "${2:unit}" in (offer.insert or "")
        for offer in steps
    )
    assert "Harbour Library" in offered(index, "features/f.feature", feature + '    Given "Har')
    assert "send a reminder" in offered(index, "features/f.feature", feature + '    Then "Harbour Library" must "')
    assert "a1.reminder" in offered(
        index, "features/f.feature", feature + '    Then "Harbour Library" must "send a reminder", rule "'
    )
    row = feature + '    When on 2024-03-01 "Harbour Library" reports "item lost":\n      | '
    assert "kind of item" in offered(index, "features/f.feature", row)
    assert "days late" not in offered(index, "features/f.feature", row)
    assert "rare book" in offered(index, "features/f.feature", row + "kind of item | ")
    assert "Given " in offered(index, "features/f.feature", feature + "    G")


def test_the_steps_of_the_kind_one_is_writing_come_first(index: Index) -> None:
    feature = "Feature: f\n  Scenario: s\n    Given it is 2024-01-01\n    When time passes to 2024-01-02\n"
    assert offered(index, "features/f.feature", feature + "    Then ")[0] == '"unit" must "action"'
    assert offered(index, "features/f.feature", feature + "    And ")[0] == 'on 2024-05-06 21:00 "unit" reports "event"'


def test_a_chinese_feature_is_offered_chinese_steps(index: Index) -> None:
    found = offered(index, "features/f.feature", "# language: zh-CN\n功能: f\n  场景: s\n    那么", "en")
    assert "“单位”必须“行动”" in found


def test_an_offer_that_yaml_would_misread_is_put_in_quotation_marks(tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "p"
    shutil.copytree(LIBRARY, root)
    pack = OpenPack(root)
    pack.write("facts/actions.yaml", 'colon: {label: "a: b"}\n')
    found = Completer(pack.index(), "en").at(BYLAWS, [*HEAD.split("\n")[:-1], "must: a:"], (3, 8)).found
    assert next(o for o in found if o.text == "a: b").insert == '"a: b"'


def test_many_offers_are_cut_and_said_to_be(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.editor.completion.MOST", 3)
    found = offers(index, BYLAWS, HEAD + "must: ")
    assert len(found.found) == 3
    assert found.more
