"""A pack in an editor: read with its buffers, half-typed or not, and only as far as something changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from made import LIBRARY
from remit.editor.index import pack_above
from remit.editor.packs import OpenPack
from remit.pack.load import Pack

BYLAWS = "policies/bylaws-2024/bylaws.md"
#: The library has a word it does not use.
UNUSED = ("RM230", "facts/events.yaml", 6)


def read(pack: OpenPack) -> list[tuple[str, str, int]]:
    """All that is wrong with it but for the one warning it always has."""
    for _ in pack.read():
        pass
    for _ in pack.examine():
        pass
    found = [(p.error.code, p.error.origin.file, p.error.origin.line) for p in pack.problems]
    return [problem for problem in found if problem != UNUSED]


def typed(pack: OpenPack, file: str, old: str, new: str) -> None:
    text = pack.unsaved.get(file) or (pack.root / file).read_text("utf-8")
    assert old in text
    pack.write(file, text.replace(old, new, 1))


def test_a_buffer_counts_instead_of_its_file(library: Path) -> None:
    pack = OpenPack(library)
    assert read(pack) == []
    typed(pack, BYLAWS, "must: send_reminder", "must: send_remindr")
    assert [code for code, *_ in read(pack)] == ["RM204"]
    pack.write(BYLAWS, None)
    assert read(pack) == []


def test_what_is_read_again_is_what_a_fresh_reading_finds(library: Path) -> None:
    pack = OpenPack(library)
    read(pack)
    for old, new in (
        ("days_late > 14", "days_late > 15"),
        ("# Bylaws\n", "# Bylaws\n\nProse.\n"),
        ("hours: 48", "hours: 47"),
    ):
        typed(pack, BYLAWS, old, new)
        assert read(pack) == []
        (library / BYLAWS).write_text(pack.unsaved[BYLAWS], "utf-8")
        fresh = Pack.load(library)
        assert pack.pack is not None
        assert pack.pack.policies == fresh.policies
        assert pack.pack.vocabulary == fresh.vocabulary


def test_rules_that_did_not_change_are_not_read_again(library: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from remit.pack.rules import RuleReader

    pack = OpenPack(library)
    read(pack)
    count: list[object] = []
    original = RuleReader.rule
    monkeypatch.setattr(RuleReader, "rule", lambda self, node, above: count.append(node) or original(self, node, above))
    typed(pack, BYLAWS, "keep_open", "keep_open ")
    read(pack)
    whole = sum(len(policy.rules) for policy in pack.policies)
    assert 0 < len(count) < whole


def test_half_typed_facts_do_not_make_every_rule_wrong(library: Path) -> None:
    pack = OpenPack(library)
    read(pack)
    typed(pack, "facts/actions.yaml", "waive_fee: {label: waive the fee}", "waive_fee: {label: waive the")
    assert [code for code, *_ in read(pack)] == ["RM201"]
    typed(pack, "facts/actions.yaml", "{label: waive the", "{label: waive the fee}")
    assert read(pack) == []


def test_a_half_typed_rule_leaves_the_rules_that_name_it_alone(library: Path) -> None:
    pack = OpenPack(library)
    read(pack)
    typed(pack, BYLAWS, "id: a3.report", "id: [a3.report")
    assert {code for code, *_ in read(pack)} == {"RM201"}


def test_a_pack_whose_head_is_gone_says_so_and_recovers(library: Path) -> None:
    pack = OpenPack(library)
    head = (library / "facts/pack.yaml").read_text("utf-8")
    (library / "facts/pack.yaml").unlink()
    assert [code for code, *_ in read(pack)] == ["RM102"]
    (library / "facts/pack.yaml").write_text(head, "utf-8")
    pack.forget()
    assert read(pack) == []


def test_warnings_of_a_pack_that_loads_are_told_with_its_errors(library: Path) -> None:
    pack = OpenPack(library)
    typed(pack, "facts/actions.yaml", "waive_fee:", "lend_maps: {label: lend maps}\nwaive_fee:")
    assert read(pack) == [("RM230", "facts/actions.yaml", 5)]
    assert [p.is_error for p in pack.problems] == [False, False]


def test_cases_and_scenarios_are_looked_at_too(library: Path) -> None:
    pack = OpenPack(library)
    feature = (
        'Feature: f\n  Scenario: s\n    When nothing of the kind\n    Then "Harbor Library" must "send a reminder"\n'
    )
    pack.write("features/new.feature", feature)
    pack.write("facts/cases/c.yaml", "case: c\nevents:\n  - {id: e, type: item_losst, at: 2024-01-01}\n")
    found = read(pack)
    assert ("RM401", "facts/cases/c.yaml", 3) in found
    assert ("RM811", "features/new.feature", 3) in found
    assert ("RM204", "features/new.feature", 4) in found
    assert len(found) == 3
    assert [p.error.suggestion for p in pack.problems if p.error.code == "RM204"] == ["Harbour Library"]


@pytest.mark.parametrize(
    "file",
    [
        BYLAWS,
        "facts/units.yaml",
        "facts/pack.yaml",
        "policies/bylaws-2024/policy.yaml",
        "policies/bylaws-2024/source.txt",
    ],
)
@pytest.mark.parametrize(
    "text",
    ["", "\0", "\ud800", "\x1b[31m", "[" * 100, "a: *b\n<<: &c", "```rule\n" * 50, "x" * 6_000_000, "- - -\n: :", "> " * 2000, "\u2028:\u2028", "id: a\r\nid: b\r"],
    ids=["empty", "nul", "half a letter", "escape", "deep", "anchors", "fences", "huge", "signs", "quotes", "separators", "returns"],
)  # fmt: skip
def test_whatever_stands_in_a_buffer_is_a_problem_and_never_a_fault(file: str, text: str) -> None:
    pack = OpenPack(LIBRARY)
    read(pack)
    pack.write(file, text)
    assert read(pack) != []
    index = pack.index()
    for each in index.read:
        index.of_file(each)
    pack.write(file, None)
    assert read(pack) == []


def test_every_beginning_of_a_chapter_can_be_read() -> None:
    """Typed from nothing: each text on the way is a state the pack can be in."""
    pack = OpenPack(LIBRARY)
    whole = (LIBRARY / BYLAWS).read_text("utf-8")
    for end in range(0, len(whole), 29):
        pack.write(BYLAWS, whole[:end])
        read(pack)
        pack.index().of_file(BYLAWS)
    pack.write(BYLAWS, whole)
    assert read(pack) == []


def test_of_nested_packs_the_inner_one_holds_the_file() -> None:
    root = Path(__file__).parents[2]
    assert pack_above(root / "features" / "x.feature") == root
    assert pack_above(LIBRARY / BYLAWS) == LIBRARY
    assert pack_above(Path("/nowhere/at/all.md")) is None
