"""The outline of each kind of file."""

from __future__ import annotations

from made import LIBRARY
from remit.editor.outline import Entry, outline
from remit.editor.packs import OpenPack

BYLAWS = "policies/bylaws-2024/bylaws.md"


def of(file: str, text: str | None = None) -> list[Entry]:
    pack = OpenPack(LIBRARY)
    if text is not None:
        pack.write(file, text)
    for _ in pack.read():
        pass
    rules = {rule.id: rule for policy in pack.policies for rule in policy.rules}
    return outline(pack.index(), file, pack.files().text(file).split("\n"), rules, "en")


def test_rules_stand_beneath_their_headings_with_what_they_are_about() -> None:
    (top,) = of(BYLAWS)
    assert top.name == "Bylaws"
    assert [(c.name, c.detail) for c in top.children][:2] == [
        ("a1.reminder", "send a reminder"),
        ("a1.guardian", "tell the guardian"),
    ]
    assert top.until >= top.children[-1].until


def test_an_entry_ends_before_the_next_begins() -> None:
    (top,) = of(BYLAWS)
    for one, other in zip(top.children, top.children[1:], strict=False):
        assert one.span.start[0] <= one.until < other.span.start[0]


def test_facts_are_listed_with_their_labels() -> None:
    assert ("send_reminder", "send a reminder") in [(e.name, e.detail) for e in of("facts/actions.yaml")]
    assert [e.name for e in of("facts/pack.yaml")] == ["city", "branch"]
    assert {e.kind for e in of("facts/attributes.yaml")} == {"attribute"}


def test_scenarios_stand_beneath_their_feature() -> None:
    (top,) = of("features/library.feature")
    assert top.name == "Library bylaws"
    assert "An item more than 14 days late" in [c.name for c in top.children]


def test_headings_within_a_block_are_none() -> None:
    assert [e.name for e in of(BYLAWS, "# A\n\n```rule\n# no heading\n```\n## B\n")] == ["A"]
