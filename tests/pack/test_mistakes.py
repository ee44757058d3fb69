"""Seeded mistakes: one passage of a good pack changed, and the error an author must get, at its place."""

from __future__ import annotations

import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

import pytest

from made import LIBRARY, edited, speaks_chinese
from remit import Pack
from remit.checks.check import check
from remit.errors import PackError, RemitError
from remit.explain.messages import told

BYLAWS = "policies/bylaws-2024/bylaws.md"
POLICY = "policies/bylaws-2024/policy.yaml"
F = "facts/"

#: file, passage, what it becomes, code, what the message shows as found, the nearest valid name.
MISTAKES: list[tuple[str, str, str, str, str, str | None]] = [
    (BYLAWS, "promptly send a reminder to the borrower of an item", "promptly send a reminder to a borrower of an item", "RM103", "a borrower", None),
    (BYLAWS, " These bylaws please the council.\n\n", "\n\n", "RM104", "These bylaws please the council.", None),
    (BYLAWS, "quote: Rare books shall not be lent out.", "quote: Rare books shall never be lent out.", "RM105", "Rare books shall never be lent out.", "Article 2. Rare books shall not be lent out."),
    (BYLAWS, "quote: A lost item is charged", "quote: Every branch counts its stock each half-year.", "RM105", "Every branch counts", None),
    (BYLAWS, "# Bylaws", "# Bylaws\n\n```rule\nid: early\nquote: x\nnon_normative: y\n```", "RM106", "a rule", None),
    (BYLAWS, "bearer: {role: branch, place: event.place}\non: item_overdue\nif", "baerer: {role: branch, place: event.place}\non: item_overdue\nif", "RM205", "baerer", "bearer"),
    (BYLAWS, "must: send_reminder\n", "must: send_reminder\nmust_not: send_reminder\n", "RM212", "must, must_not", None),
    (BYLAWS, "must: send_reminder\n", "", "RM212", "none", None),
    (BYLAWS, "bearer: {role: branch, place: event.place}\nto:", "to:", "RM213", "a1.guardian", None),
    (BYLAWS, "on: item_lost\n", "on: item_lost\nevery: year\n", "RM214", "on, every", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: 48}\nwindow: {opens: 12-11, due: 12-15}", "RM214", "by, window", None),
    (BYLAWS, "id: a1.guardian", "id: a1.reminder", "RM209", "a1.reminder", None),
    (BYLAWS, "quote: Reading rooms are kept open to everybody.\n", "", "RM207", "rule", None),
    (BYLAWS, "must: send_reminder\n", "must: send_reminder\nmust: send_reminder\n", "RM202", "must", None),
    (POLICY, "level: city\n", "level: city\ncounting: {law: A law, hours_from: next_hour}\n", "RM208", "next_hour", "next_full_hour"),
    (POLICY, "level: city\n", "level: city\ncounting: {law: A law, rolls_ovr: always}\n", "RM205", "rolls_ovr", "rolls_over"),
    (POLICY, "level: city\n", "level: city\ncounting: {rolls_over: always}\n", "RM207", "convention of counting", None),
    (POLICY, "level: city\n", "level: city\ncounting: Civil Code\n", "RM206", "Civil Code", None),
    (POLICY, "level: city\n", "level: city\ncounting: {law: A law, last_day_ends: 25:00}\n", "RM208", "25:00", None),
    (POLICY, "level: city\n", "level: city\ncounting: {law: A law, at_least: {working_days: 2000}}\n", "RM208", "2000", None),
    (POLICY, "level: city\n", "level: city\ncounting: {law: A law, at_least: {in_days: 2}}\n", "RM207", "minimum of working days", None),
    (POLICY, "level: city\n", "level: city\ncounting: {law: A law, articles: {last_dya: 3}}\n", "RM205", "last_dya", "last_day"),
    (F + "places.yaml", "hill: {label: Hill,", "hill: {label: Hill, zone: Europe/Norrtown,", "RM204", "Europe/Norrtown", None),
    (F + "places.yaml", "hill: {label: Hill,", "hill: {label: Hill, calendar: island,", "RM204", "island", None),
    (BYLAWS, "then: a3.report", "then: a3.reprot", "RM204", "a3.reprot", "a3.report"),
    (BYLAWS, "per: subject", "per: person", "RM208", "person", None),
    (BYLAWS, "every: half_year", "every: fortnight", "RM208", "fortnight", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: two}", "RM208", "two", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: -1}", "RM208", "-1", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: 1e3}", "RM208", "1e3", None),
    (BYLAWS, "by: {hours: 48}", "by: {hours: 48, days: 2}", "RM206", "hours, days", None),
    (BYLAWS, "by: {hours: 48}", "by: {date: 2024-13-01}", "RM208", "2024-13-01", None),
    (BYLAWS, "by: {hours: 48}", "window: {opens: 12-20, due: 12-11}", "RM208", "12-20", None),
    (BYLAWS, "by: {hours: 48}", "window: {opens: 13-01, due: 12-02}", "RM208", "13-01", None),
    (BYLAWS, "bearer: {each: branch}\nalways: true\nbreach", "bearer: {every: branch}\nalways: true\nbreach", "RM205", "every", None),
    (BYLAWS, "always: true\nindicator", "always: yes please\nindicator", "RM206", "yes please", None),
    (BYLAWS, "kind == ", "knid == ", "RM304", "knid", "kind"),
    (BYLAWS, "must: tell_guardian", "must: tell_gaurdian", "RM204", "tell_gaurdian", "tell_guardian"),
    (BYLAWS, "on: item_lost", "on: item_losst", "RM204", "item_losst", "item_lost"),
    (BYLAWS, "on: item_overdue\nif: event.days_late > 14\nby", "on: item_overdew\nif: event.days_late > 14\nby", "RM204", "item_overdew", "item_overdue"),
    (BYLAWS, "on: item_overdue\nif: event.days_late > 14\nby", "onn: item_overdue\nif: event.days_late > 14\nby", "RM205", "onn", "on"),
    (BYLAWS, "{role: office, place: norrtown}", "{role: ofice, place: norrtown}", "RM204", "ofice", "office"),
    (BYLAWS, "{role: office, place: norrtown}", "{role: office, place: nortown}", "RM204", "nortown", "norrtown"),
    (BYLAWS, "{unit: head-office}", "{unit: head-ofice}", "RM204", "head-ofice", "head-office"),
    (BYLAWS, "{reading: promptly}", "{reading: promptely}", "RM204", "promptely", "promptly"),
    (BYLAWS, "done: stock_counted", "done: stock_count", "RM204", "stock_count", "stock_counted"),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late > '14'\nby", "RM306", "a text", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_lat > 14\nby", "RM304", "days_lat", "days_late"),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late\nby", "RM307", "", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late >\nby", "RM303", "the end", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late ? 14\nby", "RM301", "?", None),
    (BYLAWS, 'event.kind == "rare book"', 'event.kind == "rare bok"', "RM304", "rare bok", "rare book"),
    (F + "actions.yaml", "keep_open:", "send_reminder:", "RM202", "send_reminder", None),
    (F + "roles.yaml", "branch: {label: library branch}", "branch: &b {label: library branch}", "RM203", "anchor", None),
    (F + "roles.yaml", "office: {label: head office}", "office: !!map {label: head office}", "RM203", "", None),
    (F + "roles.yaml", "office: {label: head office}", "office:", "RM220", "nothing", None),
    (F + "roles.yaml", "office: {label: head office}", "office: {label: head office", "RM201", "", None),
    (F + "roles.yaml", "office: {label: head office}", "\toffice: {label: head office}", "RM201", "", None),
    (F + "attributes.yaml", "type: int, min: 0}", "type: integer, min: 0}", "RM204", "integer", "int"),
    (F + "attributes.yaml", "  reason: a guardian nobody has named is not known\n", "", "RM207", "attribute", None),
    (F + "events.yaml", "attributes: [days_late, kind", "attributes: [days_lat, kind", "RM204", "days_lat", "days_late"),
    (F + "events.yaml", "required: [days_late]", "required: [age_group]", "RM204", "age_group", None),
    (F + "units.yaml", "place: hill,", "place: hil,", "RM204", "hil", "hill"),
    (F + "units.yaml", "roles: [office]", "roles: [ofice]", "RM204", "ofice", "office"),
    (F + "units.yaml", ", reason: the bylaws name no branch", "", "RM207", "unit", None),
    (F + "units.yaml", "reports_to: head-office}\n  hill", "reports_to: haed-office}\n  hill", "RM204", "haed-office", "head-office"),
    (F + "units.yaml", "head-office: {label: Head Office,", "head-office: {label: Head Office, reports_to: hill-library,", "RM504", "→", None),
    (F + "places.yaml", "in: norrtown", "in: nortown", "RM204", "nortown", "norrtown"),
    (F + "places.yaml", "level: branch", "level: brnach", "RM204", "brnach", "branch"),
    (F + "places.yaml", "norrtown: {label: Norrtown, level: city}", "norrtown: {label: Norrtown, level: city, in: hill}", "RM504", "→", None),
    (F + "pack.yaml", "zone: Europe/Stockholm", "zone: Europe/Stockhelm", "RM204", "Europe/Stockhelm", None),
    (F + "pack.yaml", "fallback: head-office", "fallback: haed-office", "RM204", "haed-office", "head-office"),
    (F + "pack.yaml", "language: en", "language: fr", "RM208", "fr", None),
    (F + "readings.yaml", "by: {working_days: 3}", "by: {workdays: 3}", "RM205", "workdays", None),
    (F + "readings.yaml", "  signed_by: Head Office\n", "", "RM207", "reading", None),
    (F + "calendars/2024.yaml", "Midsummer: [2024-06-21]", "Midsummer: [2024-06-31]", "RM208", "2024-06-31", None),
    (F + "calendars/2024.yaml", "Midsummer: [2024-06-21]", "Midsummer: [2023-06-21]", "RM601", "2023-06-21", None),
    (POLICY, "effective_on: 2024-02-01", "effective_on: 2024-02-30", "RM208", "2024-02-30", None),
    (POLICY, "effective_on: 2024-02-01\n", "", "RM207", "policy", None),
    (POLICY, "level: city", "level: town", "RM204", "town", None),
    (POLICY, "first_period: remainder", "first_period: half", "RM208", "half", None),
    (POLICY, "title:", "tilte:", "RM205", "tilte", "title"),
    (BYLAWS, "then: a3.report", "then: [a3.report, a2.charge]", "RM214", "a2.charge", None),
    (BYLAWS, "done: stock_counted\nthen: a3.report\n", "done: stock_counted\n", "RM215", "a3.report", None),
    (BYLAWS, "id: a3.report", "id: a3.report\nthen: a3.report", "RM217", "a3.report → a3.report", None),
    (BYLAWS, "id: a2.waive", "id: a2.waive\noverrides: a2.wave", "RM204", "a2.wave", "a2.waive"),
    (BYLAWS, "counts_as: {term: branch, means: a library of the city}", "counts_as: {unit: hill-library, relation: member_of, target: head-office}", "RM218", "hill-library member_of head-office", None),
    (BYLAWS, "counts_as: {term: branch, means: a library of the city}", "counts_as: {unit: hill-library, relation: near, target: head-office}", "RM204", "near", None),
    (BYLAWS, "counts_as: {term: branch, means: a library of the city}", "counts_as: {term: branch}", "RM207", "statement without means", None),
    (BYLAWS, "done: stock_counted", "done: {evnt: stock_counted}", "RM205", "evnt", "event"),
    (BYLAWS, "by: {days: 10}", "by: ten days", "RM206", "ten days", None),
    (BYLAWS, "by: {days: 10}", "by:", "RM220", "by:", None),
    (BYLAWS, "bearer: {each: branch}\nevery: half_year", "bearer: branch\nevery: half_year", "RM206", "branch", None),
    (BYLAWS, "bearer: {each: branch}\nevery: half_year", "bearer: {each: branch, role: office}\nevery: half_year", "RM206", "role, each", None),
    (BYLAWS, "{role: branch, place: bearer.place}", "{role: branch, place: event.origin}", "RM204", "event.origin", "event.place"),
    (BYLAWS, "inferred: {bearer: the branch lent it}", "inferred: {quote: the branch lent it}", "RM205", "quote", None),
    (BYLAWS, "per: subject", "since: 2024-02-31", "RM208", "2024-02-31", None),
    (BYLAWS, "per: subject", "handover: maybe", "RM208", "maybe", None),
    (BYLAWS, "per: subject", "kind: once", "RM208", "once", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late > 14 && event.kind == “book\nby", "RM302", "“book", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late = 14\nby", "RM301", "=", None),
    (BYLAWS, "on: item_lost\n", "on: item_lost\nif: event.days_late > 14\n", "RM305", "days_late", None),
    (BYLAWS, "always: true\nindicator: opening hours", "always: true\nif: event.days_late > 14\nindicator: opening hours", "RM305", "", None),
    (BYLAWS, "if: event.days_late > 14\nby", 'if: event.kind > "book"\nby', "RM306", "a choice", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: event.days_late > 99999999999999999999\nby", "RM308", "99999999999999999999", None),
    (BYLAWS, "if: event.days_late > 14\nby", 'if: event.at > date("2024-02-30")\nby', "RM308", "2024-02-30", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: has(event)\nby", "RM303", "has", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: case.events.exists(kind, true)\nby", "RM304", "kind", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((true))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))\nby", "RM309", "brackets 51 deep", None),
    (BYLAWS, "if: event.days_late > 14\nby", "if: evnt.days_late > 14\nby", "RM304", "evnt", "event"),
    (BYLAWS, "by: {days: 10}", "by: {days: 10", "RM201", "{, which nothing closes", None),
    (BYLAWS, "if: event.days_late > 14\nby", 'if: "event.days_late > 14\nby', "RM201", '", which nothing closes', None),
    (BYLAWS, "inferred: {by: the sentence", "note: limit: two days\ninferred: {by: the sentence", "RM201", "a colon within a value", None),
    (BYLAWS, "must: send_reminder\n", "must send_reminder\n", "RM201", "must send_reminder", None),
    (BYLAWS, "must: send_reminder\n", "  must: send_reminder\n", "RM201", "a colon within a value", None),
    (BYLAWS, "must: send_reminder\n", "\tmust: send_reminder\n", "RM201", "a tab", None),
    (BYLAWS, "must: send_reminder\n", "must: @send_reminder\n", "RM201", "@send_reminder", None),
    (BYLAWS, "must: send_reminder\n", "must: *send\n", "RM203", "an anchor or alias", None),
    (BYLAWS, "must: send_reminder\n", "<<: send_reminder\n", "RM203", "a merge", None),
    (BYLAWS, "must: send_reminder\n", "? [a]\n: b\nmust: send_reminder\n", "RM206", "a list or mapping", None),
    (F + "attributes.yaml", "days_late: {label: days late", "rule: {label: rule, type: text}\ndays_late: {label: days late", "RM211", "rule", None),
    (F + "events.yaml", "item_lost: {label: item lost", "performed: {label: done}\nitem_lost: {label: item lost", "RM211", "performed", None),
    (F + "attributes.yaml", "choices: {book: book, rare: rare book, film: film}", "choice: {book: book}", "RM205", "choice", "choices"),
    (F + "attributes.yaml", "min: 0, max: 130", "min: zero, max: 130", "RM208", "zero", None),
    (F + "attributes.yaml", "absent_means: false", "absent_means: never", "RM208", "never", None),
    (F + "roles.yaml", "branch: {label: library branch}", "branch: library branch", "RM206", "library branch", None),
    (F + "units.yaml", "hill-library: {label: Hill Library", "harbour-library: {label: Hill Library", "RM202", "harbour-library", None),
    (F + "units.yaml", "place: hill,", "place: hill, since: 2024-05-01, until: 2024-04-01,", "RM505", "2024-05-01", None),
    (F + "units.yaml", "units:\n", "reorganisations: [{on: 2024-05-01, into: head-office}]\nunits:\n", "RM206", "nothing", None),
    (F + "units.yaml", "units:\n", "unit:\n", "RM205", "unit", "units"),
    (F + "readings.yaml", "since: 2024-01-01", "since: January", "RM208", "January", None),
    (F + "readings.yaml", "  by: {working_days: 3}", "  by: {working_days: 3}\n  status: certain", "RM208", "certain", None),
    (F + "calendars/2024.yaml", "year: 2024", "year: next", "RM208", "next", None),
    (F + "pack.yaml", "levels: [{id: city, label: city}, {id: branch, label: branch}]", "levels: [{label: city}, {id: branch, label: branch}]", "RM207", "level without id", None),
    (POLICY, "issuer:", "isuer:", "RM205", "isuer", "issuer"),
    (POLICY, "first_period: remainder", 'first_period: remainder\nheadings: {article: "("}', "RM208", "(", None),
]  # fmt: skip


#: Of a case file about the library: what stands in it, and what becomes of it.
CASE = """case: loan-17
events:
  - id: e1
    type: item_overdue
    at: 2024-06-05T10:00
    by: harbour-library
    place: harbour
    days_late: 20
    kind: book
    age: 11
"""
IN_CASES: list[tuple[str, str, str, str, str | None]] = [
    ("type: item_overdue", "type: item_overdew", "RM401", "item_overdew", "item_overdue"),
    ("    type: item_overdue\n", "", "RM401", "an event without type", None),
    ("id: e1", "idd: e1", "RM404", "an event without id", None),
    ("at: 2024-06-05T10:00", "at: 2024-06-31", "RM409", "2024-06-31", None),
    ("at: 2024-06-05T10:00", "at: noon", "RM409", "noon", None),
    ("    at: 2024-06-05T10:00\n", "", "RM404", "an event without at", None),
    ("by: harbour-library", "by: harbor-library", "RM406", "harbor-library", "harbour-library"),
    ("place: harbour", "place: harbor", "RM407", "harbor", "harbour"),
    ("days_late: 20", "days_lat: 20", "RM403", "days_lat", "days_late"),
    ("    days_late: 20\n", "", "RM404", "item_overdue", None),
    ("days_late: 20", "days_late: twenty", "RM405", "twenty", None),
    ("days_late: 20", "days_late: -1", "RM405", "-1", None),
    ("kind: book", "kind: bok", "RM405", "bok", "book"),
    ("age: 11", "age: 1.5", "RM405", "1.5", None),
    ("age: 11", "guardian_known: perhaps", "RM405", "perhaps", None),
    ("age: 11", "age: 11\n  - {id: e1, type: item_returned, at: 2024-06-06}", "RM411", "e1", None),
    ("events:", "event:", "RM410", "event", "events"),
    ("case: loan-17", "cas: loan-17", "RM410", "cas", "case"),
    ("  - id: e1\n", "    id: e1\n", "RM410", "events", None),
    ("    type: item_overdue", "   type: item_overdue", "RM201", "type", None),
    ("    age: 11", "    age: 11\n    age: 12", "RM202", "age", None),
    ("age: 11", "type2: 11", "RM403", "type2", None),
]  # fmt: skip
TOLD = Path(__file__).with_name("mistakes.txt")


@lru_cache(maxsize=1)
def library() -> Pack:
    return Pack.load(LIBRARY)


def in_pack(folder: Path, file: str, old: str, new: str) -> tuple[Path, tuple[RemitError, ...]]:
    root = edited(folder, file, old, new)
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    return root, refused.value.problems


def in_case(folder: Path, old: str, new: str) -> tuple[Path, tuple[RemitError, ...]]:
    assert old in CASE
    (folder / "case.yaml").write_text(CASE.replace(old, new, 1), "utf-8")
    with pytest.raises(RemitError) as refused:
        library().read_events(folder / "case.yaml")
    return folder, (refused.value,)


def name_of(row: tuple[str | None, ...]) -> str:
    return f"{row[-3]} {str(row[-4]).splitlines()[0][:40] if row[-4] else 'nothing'}"


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "found", "nearest"), MISTAKES, ids=[name_of(row) for row in MISTAKES]
)
def test_a_mistake_in_a_pack_is_told_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, code: str, found: str, nearest: str | None
) -> None:
    root, problems = in_pack(tmp_path, file, old, new)
    is_well_told(root, problems, code, found, nearest)


@pytest.mark.parametrize(("old", "new", "code", "found", "nearest"), IN_CASES, ids=[name_of(row) for row in IN_CASES])
def test_a_mistake_in_a_case_is_told_with_its_place(
    tmp_path: Path, old: str, new: str, code: str, found: str, nearest: str | None
) -> None:
    root, problems = in_case(tmp_path, old, new)
    is_well_told(root, problems, code, found, nearest)


def is_well_told(root: Path, problems: tuple[RemitError, ...], code: str, found: str, nearest: str | None) -> None:
    """One mistake is one message: with its place, what stood there, what was meant, the nearest name; in Chinese too."""
    assert [p.code for p in problems] == [code], "\n".join(map(str, problems))
    (problem,) = problems
    assert found in problem.found
    assert problem.suggestion == nearest or nearest is None
    assert problem.expected
    assert speaks_chinese(problem), told(problem, "zh")
    at = problem.origin
    assert at.line > 0
    line = (root / at.file).read_text("utf-8").splitlines()[at.line - 1]
    assert 1 <= at.column <= len(line) + 1
    if found and found in line and code not in WHOLE:
        here = line[at.column - 1 :]
        assert here.startswith((found, *STARTS)) or here[1:].startswith(found), f"column {at.column} of `{line}`"


#: Where a message names a whole thing, its place is where that thing begins.
WHOLE = {"RM104", "RM505"}
STARTS = ("id:", "{", "- ", "[", "case.")


def transcript(folder: Path) -> str:
    """Every message of the tables, in English and Chinese, as a reader gets it."""
    shown = []
    for number, row in enumerate((*MISTAKES, *IN_CASES)):
        here = folder / str(number)
        here.mkdir()
        _, problems = in_pack(here, *row[:3]) if len(row) == 6 else in_case(here, *row[:2])
        shown += [line.replace(f"{here}/", "") for p in problems for line in (str(p), told(p, "zh"), "")]
    return "\n".join(shown)


def test_what_a_reader_is_told_was_read_by_somebody(tmp_path: Path) -> None:
    """The messages as they were reviewed; `python tests/pack/test_mistakes.py` writes them anew, to be read as a difference."""
    assert transcript(tmp_path) == TOLD.read_text("utf-8")


def test_there_are_enough_different_mistakes() -> None:
    rows = [*MISTAKES, *(("case", *row) for row in IN_CASES)]
    assert len(rows) >= 60
    assert len({row[3] for row in rows}) >= 40
    assert len({row[:3] for row in rows}) == len(rows)


def test_a_label_that_several_things_bear_is_ambiguous(tmp_path: Path) -> None:
    root = edited(tmp_path, F + "events.yaml", "item_lost: {label: item lost", "item_lost: {label: item returned")
    path = root / BYLAWS
    path.write_text(path.read_text("utf-8").replace("on: item_lost", "on: item returned"), "utf-8")
    with pytest.raises(PackError) as refused:
        Pack.load(root)
    assert [(p.code, p.expected) for p in refused.value.problems] == [("RM210", "one of item_returned, item_lost")]


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


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        TOLD.write_text(transcript(Path(made)), "utf-8")
