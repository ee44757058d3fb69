"""What a pack is read from: files, or the texts of an editor in their place, and what was made of the same contents before."""

from __future__ import annotations

from pathlib import Path

import pytest

from made import LIBRARY
from remit.errors import SourceError, VocabularyError
from remit.pack.draft import Draft
from remit.pack.files import Files
from remit.pack.load import Pack
from remit.pack.memory import Recall

ACTIONS = "facts/actions.yaml"


def test_a_buffer_stands_in_the_place_of_a_file_and_is_a_file_where_there_is_none() -> None:
    files = Files(LIBRARY, {ACTIONS: "a: {label: a}", "facts/calendars/2030.yaml": "year: 2030"})
    assert files.text(ACTIONS) == "a: {label: a}"
    assert "facts/calendars/2030.yaml" in files.matching("facts/calendars/*.yaml")
    assert "facts/calendars/2030.yaml" in files
    assert "facts/calendars/2031.yaml" not in files
    assert "facts/calendars/2030.yaml" not in files.matching("facts/*.yaml")


def test_names_come_in_order_of_path_each_once() -> None:
    files = Files(LIBRARY, {ACTIONS: ""})
    found = files.matching("facts/*.yaml", "facts/a*.yaml")
    assert list(found) == sorted(found)
    assert found.count(ACTIONS) == 1


@pytest.mark.parametrize(
    ("text", "code"), [("\ud800", "RM101"), ("x" * 5_000_001, "RM109")], ids=["half a letter", "huge"]
)
def test_a_buffer_is_held_to_what_a_file_is_held_to(text: str, code: str) -> None:
    with pytest.raises(SourceError, match=code):
        Files(LIBRARY, {ACTIONS: text}).text(ACTIONS)


def test_a_file_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(SourceError, match="RM102"):
        Files(LIBRARY).text("facts/none.yaml")
    with pytest.raises(SourceError, match="RM102"):
        Files(LIBRARY).text("facts")


def test_a_file_changed_on_disk_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("x: 1", "utf-8")
    files = Files(tmp_path, memory=Recall())
    assert files.text("a.yaml") == "x: 1"
    (tmp_path / "a.yaml").write_text("x: 1234", "utf-8")
    assert files.text("a.yaml") == "x: 1234"


def test_the_same_error_may_be_asked_for_again() -> None:
    files = Files(LIBRARY, {ACTIONS: "a: ["}, Recall())
    for _ in range(2):
        with pytest.raises(VocabularyError, match="RM201"):
            files.document(ACTIONS)


def test_what_is_remembered_is_what_a_fresh_reading_finds() -> None:
    memory = Recall()
    for _ in range(3):
        draft = Draft(Files(LIBRARY, memory=memory))
        for _ in draft.steps():
            pass
        memory.turn()
        again, fresh = Pack.of(draft), Pack.load(LIBRARY)
        assert (again.policies, again.vocabulary, again.cases) == (fresh.policies, fresh.vocabulary, fresh.cases)


def test_a_pack_with_errors_keeps_what_could_be_read() -> None:
    bylaws = "policies/bylaws-2024/bylaws.md"
    text = (LIBRARY / bylaws).read_text("utf-8").replace("must: send_reminder", "must: nothing")
    draft = Draft(Files(LIBRARY, {bylaws: text}))
    for _ in draft.steps():
        pass
    assert [p.code for p in draft.problems.found] == ["RM204"]
    assert len(draft.policies[0].rules) == len(Pack.load(LIBRARY).rules)
