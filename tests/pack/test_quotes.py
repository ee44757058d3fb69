"""Where a rule's quotes may come from: one from the part it stands under, the others from its article."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remit import Pack, PackError

BREACH = Path(__file__).parents[2] / "examples" / "gdpr-breach"
CHAPTER = "policies/gdpr-2016-679/article-33.md"
CONTACT = "(b) communicate the name and contact details of the data protection officer or other contact point where more information can be obtained;"


def test_a_rule_is_cited_by_the_part_it_stands_under() -> None:
    rule = Pack.load(BREACH).rules["a33-3b.contact"]
    assert (rule.article, rule.article_label) == ("33-3-b", "Article 33(3)(b)")
    assert [quote.article for quote in rule.quotes] == ["33-3-b", "33-4"]


@pytest.mark.parametrize(
    ("written", "instead", "found"),
    [
        (f"  - {CONTACT}\n", "", "without undue further delay"),
        ("  - without undue further delay\n", "  - to the data subject without undue delay\n", "to the data subject without undue delay"),
    ],
    ids=["none from its own part", "one from another article"],
)  # fmt: skip
def test_words_from_elsewhere_alone_or_from_another_article_are_refused(
    tmp_path: Path, written: str, instead: str, found: str
) -> None:
    pack = shutil.copytree(BREACH, tmp_path / "pack")
    before, at, after = (pack / CHAPTER).read_text("utf-8").partition("id: a33-3b.contact")
    (pack / CHAPTER).write_text(before + at + after.replace(written, instead, 1), "utf-8")
    with pytest.raises(PackError) as wrong:
        Pack.load(pack)
    assert [(e.code, e.found, e.expected) for e in wrong.value.problems] == [
        ("RM105", found, "exact words of Article 33(3)(b)")
    ]
