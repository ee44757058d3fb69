"""What is shown of a name, in the reader's language."""

from __future__ import annotations

import pytest

from made import LIBRARY
from remit.editor.hover import Teller
from remit.editor.index import Name
from remit.editor.packs import OpenPack


def told(name: Name, language: str = "en") -> str:
    pack = OpenPack(LIBRARY)
    for _ in pack.read():
        pass
    return Teller(pack.index(), pack.policies, language, lambda file, line: f"{file}#{line}").tell(name)


def test_a_rule_is_shown_with_its_sentence_article_and_document() -> None:
    shown = told(Name("rule", "a1.reminder"))
    assert (
        "> A branch shall promptly send a reminder to the borrower of an item that is more than 14 days overdue"
        in shown
    )
    assert "Article 1" in shown
    assert "Bylaws" in shown
    assert "must — send a reminder" in shown


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            Name("action", "send_reminder"),
            ["**send_reminder** — send a reminder *(action)*", "facts/actions.yaml:1", "used "],
        ),
        (Name("attribute", "age"), ["int, of the subject (0–130)", "How old is the borrower?"]),
        (Name("attribute", "kind"), ["choices: book (`book`), rare book"]),
        (Name("attribute", "guardian_known"), ["a guardian nobody has named is not known"]),
        (Name("event", "item_overdue"), ["a borrowed item was not returned in time", "days late (`days_late`)*"]),
        (Name("unit", "hill-library"), ["library branch", "the bylaws name no branch"]),
        (Name("reading", "promptly"), ["taken to mean:", "signed by"]),
        (Name("choice", "rare", "kind"), ["rare book", "a choice of `kind`"]),
        (Name("level", "branch"), ["**branch**", "facts/pack.yaml:5"]),
        (Name("place", "harbour"), ["(place)"]),
        (Name("event", "performed"), ["built in"]),
        (Name("rule", "none"), ["has errors"]),
    ],
    ids=lambda value: getattr(value, "id", ""),
)
def test_each_kind_of_name_says_what_it_is_and_where(name: Name, words: list[str]) -> None:
    shown = told(name)
    for word in words:
        assert word in shown


def test_it_is_told_in_chinese_too() -> None:
    shown = told(Name("action", "send_reminder"), "zh")
    assert "(行动)" in shown
    assert "使用" in shown
