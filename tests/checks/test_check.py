"""What `remit check` finds in packs that load."""

from __future__ import annotations

from pathlib import Path

import pytest

from made import LIBRARY, pack_with
from remit import Pack
from remit.checks.check import check

ROOT = Path(__file__).parents[2]
DUTY = "id: d\nquote: Words of the law.\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\n"


def codes(pack: Pack) -> tuple[list[str], list[str]]:
    found = check(pack)
    return [p.code for p in found.errors], [p.code for p in found.warnings if p.code != "RM230"]


def test_the_shipped_pack_has_neither_errors_nor_warnings() -> None:
    found = check(Pack.load(ROOT))
    assert [str(p) for p in (*found.errors, *found.warnings)] == []


@pytest.mark.parametrize(
    ("rules", "errors", "warnings"),
    [
        (DUTY, [], []),
        (DUTY.replace("role: branch", "role: reader"), ["RM507"], []),
        (DUTY + "to: {role: office, place: bearer.place}\n", ["RM507"], []),
        (DUTY + "to: {role: office, place: bearer.place, or: enclosing}\n", [], []),
        (DUTY.replace("{role: branch, place: event.place}", "{each: branch, level: city}"), ["RM507"], []),
        (DUTY + "to: {role: archive, place: bearer.place}\n", [], ["RM508"]),
        (DUTY + "---\n" + DUTY.replace("id: d", "id: e").replace("must:", "must_not:"), ["RM509"], []),
        (DUTY + "---\n" + DUTY.replace("id: d", "id: e").replace("must:", "must_not:") + "overrides: d\n", [], []),
        (DUTY + "if: event.days_late > 9\n---\n" + DUTY.replace("id: d", "id: e").replace("must:", "must_not:") + "if: event.days_late < 9\n", [], []),
        (DUTY + "then: e\n---\nid: e\nquote: Words of the law.\nmust: report_failure\nbearer: {role: branch, place: bearer.place}\n", [], []),
    ],
    ids=["sound", "nobody has the role", "no recipient anywhere", "an enclosing one will do", "no unit of that level", "only one branch has an archive",
         "must and must not", "ordered", "conditions that may part them", "a consequence's bearer"],
)  # fmt: skip
def test_findings(tmp_path: Path, rules: str, errors: list[str], warnings: list[str]) -> None:
    roles = "reader: {label: reader}\narchive: {label: archive}"
    units = "  harbour-archive: {label: Harbour Archive, roles: [archive], place: harbour}"
    assert codes(pack_with(tmp_path, rules, roles=roles, units=units)) == (errors, warnings)


def test_a_finding_names_rule_part_and_places(tmp_path: Path) -> None:
    roles, units = (
        "archive: {label: archive}",
        "  harbour-archive: {label: Harbour Archive, roles: [archive], place: harbour}",
    )
    found = check(pack_with(tmp_path, DUTY + "to: {role: archive, place: bearer.place}\n", roles=roles, units=units))
    (gap,) = [w for w in found.warnings if w.code == "RM508"]
    assert gap.found == "d: to at Hill"
    assert gap.origin.file.endswith("bylaws.md")


def test_a_clause_nobody_quotes_is_a_warning(tmp_path: Path) -> None:
    import shutil

    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    path = root / "policies" / "bylaws-2024" / "bylaws.md"
    text = path.read_text("utf-8")
    start = text.index("---\nid: a3.pleased")
    path.write_text(text[:start] + "```\n", "utf-8")
    warned = [w for w in check(Pack.load(root)).warnings if w.code == "RM110"]
    assert [w.found for w in warned] == ["These bylaws please the council."]
    assert warned[0].origin.line == 3
