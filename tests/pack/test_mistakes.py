"""Seeded mistakes: one passage of a good pack changed, and the error an author must get, at its place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made import LIBRARY, edited, speaks_chinese
from remit import Pack
from remit.checks.check import check
from remit.errors import PackError

BYLAWS = "policies/bylaws-2024/bylaws.md"
POLICY = "policies/bylaws-2024/policy.yaml"
F = "facts/"

#: file, passage, what it becomes, code, what the message shows as found, the nearest valid name.
MISTAKES: list[tuple[str, str, str, str, str, str | None]] = [
    # the law and its quotes
    (
        BYLAWS,
        "promptly send a reminder to the borrower of an item",
        "promptly send a reminder to a borrower of an item",
        "RM103",
        "a borrower",
        None,
    ),
    (BYLAWS, " These bylaws please the council.\n\n", "\n\n", "RM104", "These bylaws please the council.", None),
    (
        BYLAWS,
        "quote: Rare books shall not be lent out.",
        "quote: Rare books shall never be lent out.",
        "RM105",
        "Rare books shall never be lent out.",
        "Article 2. Rare books shall not be lent out.",
    ),
    (
        BYLAWS,
        "quote: A lost item is charged",
        "quote: Every branch counts its stock each half-year.",
        "RM105",
        "Every branch counts",
        None,
    ),
    (BYLAWS, "# Bylaws", "# Bylaws\n\n```rule\nid: early\nquote: x\nnon_normative: y\n```", "RM106", "a rule", None),
    # rules: keys and forms
    (
        BYLAWS,
        "bearer: {role: branch, place: event.place}\non: item_overdue\nif",
        "baerer: {role: branch, place: event.place}\non: item_overdue\nif",
        "RM205",
        "baerer",
        "bearer",
    ),
    (
        BYLAWS,
        "must: send_reminder\n",
        "must: send_reminder\nmust_not: send_reminder\n",
        "RM212",
        "must, must_not",
        None,
    ),
    (BYLAWS, "must: send_reminder\n", "", "RM212", "none", None),
    (BYLAWS, "bearer: {role: branch, place: event.place}\nto:", "to:", "RM213", "a1.guardian", None),
    (BYLAWS, "on: item_lost\n", "on: item_lost\nevery: year\n", "RM214", "on, every", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: 48}\nwindow: {opens: 12-11, due: 12-15}", "RM214", "by, window", None),
    (BYLAWS, "id: a1.guardian", "id: a1.reminder", "RM209", "a1.reminder", None),
    (BYLAWS, "quote: Reading rooms are kept open to everybody.\n", "", "RM207", "rule", None),
    (BYLAWS, "must: send_reminder\n", "must: send_reminder\nmust: send_reminder\n", "RM202", "must", None),
    (BYLAWS, "then: a3.report", "then: a3.reprot", "RM204", "a3.reprot", "a3.report"),
    (BYLAWS, "per: subject", "per: person", "RM208", "person", None),
    (BYLAWS, "every: half_year", "every: fortnight", "RM208", "fortnight", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: two}", "RM208", "two", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: -1}", "RM208", "-1", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: 1e3}", "RM208", "1e3", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: 48, days: 2}", "RM206", "hours, days", None),
    (BYLAWS, "by: {hours: 48}", "by: {date: 2024-13-01}", "RM208", "2024-13-01", None),
    (BYLAWS, "by: {hours: 48}", "window: {opens: 12-20, due: 12-11}", "RM208", "12-20", None),
    (BYLAWS, "by: {hours: 48}", "window: {opens: 13-01, due: 13-02}", "RM208", "13-01", None),
    (
        BYLAWS,
        "bearer: {each: branch}\nalways: true\nbreach",
        "bearer: {every: branch}\nalways: true\nbreach",
        "RM205",
        "every",
        None,
    ),
    (BYLAWS, "always: true\nindicator", "always: yes please\nindicator", "RM208", "yes please", None),
    (BYLAWS, "kind == ", "knid == ", "RM304", "knid", "kind"),
    # names
    (BYLAWS, "must: tell_guardian", "must: tell_gaurdian", "RM204", "tell_gaurdian", "tell_guardian"),
    (BYLAWS, "on: item_lost", "on: item_losst", "RM204", "item_losst", "item_lost"),
    (BYLAWS, "{role: office, place: norrtown}", "{role: ofice, place: norrtown}", "RM204", "ofice", "office"),
    (BYLAWS, "{role: office, place: norrtown}", "{role: office, place: nortown}", "RM204", "nortown", "norrtown"),
    (BYLAWS, "{unit: head-office}", "{unit: head-ofice}", "RM204", "head-ofice", "head-office"),
    (BYLAWS, "{reading: promptly}", "{reading: promptely}", "RM204", "promptely", "promptly"),
    (BYLAWS, "done: stock_counted", "done: stock_count", "RM204", "stock_count", "stock_counted"),
    # conditions
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late > '14'\nby", "RM306", "a text", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_lat > 14\nby", "RM304", "days_lat", "days_late"),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late\nby", "RM307", "", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late >\nby", "RM303", "the end", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late ? 14\nby", "RM301", "?", None),
    (BYLAWS, 'event.kind == "rare book"', 'event.kind == "rare bok"', "RM304", "rare bok", "rare book"),
    # strict YAML
    (F + "actions.yaml", "keep_open:", "send_reminder:", "RM202", "send_reminder", None),
    (
        F + "roles.yaml",
        "branch: {label: library branch}",
        "branch: &b {label: library branch}",
        "RM203",
        "anchor",
        None,
    ),
    (F + "roles.yaml", "office: {label: head office}", "office: !!map {label: head office}", "RM203", "", None),
    (F + "roles.yaml", "office: {label: head office}", "office:", "RM206", "", None),
    (F + "roles.yaml", "office: {label: head office}", "office: {label: head office", "RM201", "", None),
    (F + "roles.yaml", "office: {label: head office}", "\toffice: {label: head office}", "RM201", "", None),
    # the vocabulary
    (F + "attributes.yaml", "type: int, min: 0}", "type: integer, min: 0}", "RM204", "integer", "int"),
    (F + "attributes.yaml", "  reason: a guardian nobody has named is not known\n", "", "RM207", "attribute", None),
    (
        F + "events.yaml",
        "attributes: [days_late, kind",
        "attributes: [days_lat, kind",
        "RM204",
        "days_lat",
        "days_late",
    ),
    (F + "events.yaml", "required: [days_late]", "required: [age_group]", "RM204", "age_group", None),
    (F + "units.yaml", "place: hill,", "place: hil,", "RM204", "hil", "hill"),
    (F + "units.yaml", "roles: [office]", "roles: [ofice]", "RM204", "ofice", "office"),
    (F + "units.yaml", ", reason: the bylaws name no branch", "", "RM207", "unit", None),
    (
        F + "units.yaml",
        "reports_to: head-office}\n  hill",
        "reports_to: haed-office}\n  hill",
        "RM204",
        "haed-office",
        "head-office",
    ),
    (
        F + "units.yaml",
        "head-office: {label: Head Office,",
        "head-office: {label: Head Office, reports_to: hill-library,",
        "RM504",
        "→",
        None,
    ),
    (F + "places.yaml", "in: norrtown", "in: nortown", "RM204", "nortown", "norrtown"),
    (F + "places.yaml", "level: branch", "level: brnach", "RM204", "brnach", "branch"),
    (
        F + "places.yaml",
        "norrtown: {label: Norrtown, level: city}",
        "norrtown: {label: Norrtown, level: city, in: hill}",
        "RM504",
        "→",
        None,
    ),
    (F + "pack.yaml", "zone: Europe/Stockholm", "zone: Europe/Stockhelm", "RM204", "Europe/Stockhelm", None),
    (F + "pack.yaml", "fallback: head-office", "fallback: haed-office", "RM204", "haed-office", "head-office"),
    (F + "pack.yaml", "language: en", "language: fr", "RM208", "fr", None),
    (F + "readings.yaml", "by: {working_days: 3}", "by: {workdays: 3}", "RM205", "workdays", None),
    (F + "readings.yaml", "  signed_by: Head Office\n", "", "RM207", "reading", None),
    (F + "calendars/2024.yaml", "Midsummer: [2024-06-21]", "Midsummer: [2024-06-31]", "RM208", "2024-06-31", None),
    (F + "calendars/2024.yaml", "Midsummer: [2024-06-21]", "Midsummer: [2023-06-21]", "RM601", "2023-06-21", None),
    # the document
    (POLICY, "effective_on: 2024-02-01", "effective_on: 2024-02-30", "RM208", "2024-02-30", None),
    (POLICY, "effective_on: 2024-02-01\n", "", "RM207", "policy", None),
    (POLICY, "level: city", "level: town", "RM204", "town", None),
    (POLICY, "first_period: remainder", "first_period: half", "RM208", "half", None),
    (POLICY, "title:", "tilte:", "RM205", "tilte", "title"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "found", "nearest"),
    MISTAKES,
    ids=[f"{row[3]} {row[2].splitlines()[0][:40] if row[2] else 'nothing'}" for row in MISTAKES],
)
def test_a_mistake_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, code: str, found: str, nearest: str | None
) -> None:
    root = edited(tmp_path, file, old, new)
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    told = [p for p in refused.value.problems if p.code == code]
    assert told, "\n".join(map(str, refused.value.problems))
    problem = next((p for p in told if found in p.found), told[0])
    assert found in problem.found
    if nearest is not None:
        assert problem.suggestion == nearest
    assert problem.expected
    assert problem.origin.file
    assert problem.origin.line > 0
    assert all(speaks_chinese(p) for p in refused.value.problems)


def test_every_mistake_is_told_at_once_in_order_of_place(tmp_path: Path) -> None:
    root = edited(tmp_path, BYLAWS, "must: tell_guardian", "must: tell_gaurdian")
    path = root / BYLAWS
    path.write_text(path.read_text("utf-8").replace("on: item_lost", "on: item_losst"), "utf-8")
    roles = root / F / "units.yaml"
    roles.write_text(roles.read_text("utf-8").replace("roles: [office]", "roles: [ofice]"), "utf-8")
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    problems = refused.value.problems
    assert {"tell_gaurdian", "item_losst", "ofice"} <= {p.found for p in problems}
    assert [p.origin for p in problems] == sorted(p.origin for p in problems)


def test_a_file_that_is_not_utf_8_says_where(tmp_path: Path) -> None:
    root = edited(tmp_path, F + "roles.yaml", "branch", "branch")
    (root / F / "roles.yaml").write_bytes(b"branch: {label: b\n\xff\xfe}\n")
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    problem = refused.value.problems[0]
    assert (problem.code, problem.origin.file, problem.origin.line) == ("RM101", "facts/roles.yaml", 2)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    root = edited(tmp_path, F + "roles.yaml", "branch", "branch")
    with (root / F / "roles.yaml").open("a", encoding="utf-8") as out:
        out.write("# " + "x" * 5_000_001 + "\n")
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    assert "RM109" in {p.code for p in refused.value.problems}


@pytest.mark.parametrize("nested", ["[" * 200 + "]" * 200, "{a: " * 200 + "b" + "}" * 200], ids=["lists", "mappings"])
def test_nesting_is_bounded(tmp_path: Path, nested: str) -> None:
    root = edited(tmp_path, F + "roles.yaml", "branch: {label: library branch}", f"branch: {nested}")
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    assert {p.code for p in refused.value.problems} & {"RM219"}


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda p: None, "RM107"),
        (lambda p: p.mkdir(), "RM107"),
        (lambda p: p.write_text("x"), "RM107"),
        (lambda p: (p / "policies").mkdir(parents=True), "RM108"),
        (lambda p: shutil.copytree(LIBRARY, p) and (p / F / "pack.yaml").unlink(), "RM102"),
    ],
    ids=["nothing there", "an empty directory", "a file", "no policy", "no head"],
)
def test_what_is_not_a_pack(tmp_path: Path, make, code: str) -> None:
    root = tmp_path / "pack"
    make(root)
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    assert [problem.code for problem in refused.value.problems] == [code]


def test_the_good_pack_is_good() -> None:
    found = check(Pack.load(LIBRARY))
    assert found.errors == ()
