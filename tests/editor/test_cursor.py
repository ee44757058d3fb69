"""Where one is typing, told from what stands before it, however unfinished."""

from __future__ import annotations

import pytest

from remit.editor.cursor import cursor_at


@pytest.mark.parametrize(
    ("text", "path", "at_key", "typed"),
    [
        ("", (), True, ""),
        ("id: a\nbe", (), True, "be"),
        ("id: a\nbearer: ", ("bearer",), False, ""),
        ("bearer: {", ("bearer",), True, ""),
        ("bearer: {role: ", ("bearer", "role"), False, ""),
        ("bearer: {role: branch, pl", ("bearer",), True, "pl"),
        ("bearer: [{role: x}, {unit: ab", ("bearer", "unit"), False, "ab"),
        ("bearer:\n  ro", ("bearer",), True, "ro"),
        ("bearer:\n  - role: a\n    pl", ("bearer",), True, "pl"),
        ("责任单位: {角色: 图", ("责任单位", "角色"), False, "图"),
        ("units:\n  a:\n    roles: [x, y", ("units", "a", "roles"), False, "y"),
        ("bearer: {role: \nto: {ro", ("to",), True, "ro"),
        ("id: x\n---\nid", (), True, "id"),
        ('done: {event: x, where: "k == ', ("done", "where"), False, "k == "),
        ("id: a # bea", ("id",), False, ""),
        ('"id": a\nbe', (), True, "be"),
    ],
)
def test_the_place_is_the_keys_above_and_what_was_typed(
    text: str, path: tuple[str, ...], at_key: bool, typed: str
) -> None:
    cursor = cursor_at(text.split("\n"))
    assert (cursor.path, cursor.at_key, cursor.typed) == (path, at_key, typed)


def test_the_keys_that_stand_there_already_are_known() -> None:
    assert cursor_at(["id: a", "must: b", "be"]).siblings == {"id", "must"}
    assert cursor_at(["to: {unit: a, le"]).siblings == {"unit"}


def test_the_place_where_typing_began_is_told_in_letters_of_the_line() -> None:
    assert cursor_at(["责任单位: {角色: 图书"]).start == 11
