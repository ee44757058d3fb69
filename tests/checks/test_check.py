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


PLACES = "origin: {label: origin, type: place}\nhome: {label: home, type: place, of: subject}"
MOVED = "moved: {label: moved, attributes: [origin, home]}"
ROLES = "archive: {label: archive}\nboard: {label: board}\nreader: {label: reader}"
UNITS = """\
  harbour-archive: {label: Harbour Archive, roles: [archive], place: harbour}
  hill-archive: {label: Hill Archive, roles: [archive], place: hill, since: 2024-06-01}
  harbour-board: {label: Harbour Board, roles: [board], place: harbour}
  hill-board: {label: Hill Board, roles: [board], place: hill}
  harbour-clerk: {label: Harbour Clerk, roles: [], place: harbour, office_of: harbour-board}
  hill-clerk: {label: Hill Clerk, roles: [], place: hill, until: 2024-12-31, office_of: hill-board}"""


def duty(
    bearer: str, more: str = "", *, name: str = "d", on: str | None = "moved", act: str = "must: send_reminder"
) -> str:
    trigger = f"on: {on}\n" if on else ""
    return f"id: {name}\nquote: Words of the law.\n{act}\nbearer: {bearer}\n{trigger}{more}"


BRANCH = "{role: branch, place: event.place}"
TOLD = "must: tell_guardian"
UNTOLD = "must_not: tell_guardian"


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ("{role: branch, place: event.origin}", []),
        ("{role: branch, place: subject.home}", []),
        ("{role: reader, place: event.origin}", ["RM507 d: bearer"]),
        ("{role: archive, place: event.origin}", ["RM508 d: bearer at Hill until 2024-05-31"]),
        ("{each: archive, place: event.place}", ["RM508 d: bearer at Hill until 2024-05-31"]),
        ("{office_of: board}", ["RM508 d: bearer at Hill from 2025-01-01"]),
        ("{unit: hill-clerk}", ["RM508 d: bearer anywhere from 2025-01-01"]),
        ("{unit: hill-archive}", ["RM508 d: bearer anywhere until 2024-05-31"]),
        (duty("{unit: hill-archive}", "since: 2024-06-01\n"), []),
        (duty("{unit: hill-clerk}", "until: 2024-12-31\n"), []),
        (duty("reporter", "to: {role: archive, place: bearer.place}\n"), []),
        (duty("reporter", "to: {role: reader, place: bearer.place}\n"), ["RM507 d: to"]),
        (duty(BRANCH, "with: {role: archive, place: subject.home}\n"), ["RM508 d: with at Hill until 2024-05-31"]),
        (duty(BRANCH, "to: {office_of: board, level: same}\n"), ["RM508 d: to at Hill from 2025-01-01"]),
        (duty(BRANCH, "then: e\n---\n" + duty("{role: archive, place: event.place}", name="e", on=None)), ["RM508 e: bearer at Hill until 2024-05-31"]),
        (duty(BRANCH, "then: e\n---\n" + duty("defaulter", "to: {role: reader}\n", name="e", on=None)), ["RM507 e: to"]),
    ],
)  # fmt: skip
def test_desks_are_sought_for_every_place_and_day_that_can_be_asked_for(
    tmp_path: Path, rules: str, told: list[str]
) -> None:
    written = rules if rules.startswith("id:") else duty(rules)
    found = check(pack_with(tmp_path, written, roles=ROLES, units=UNITS, attributes=PLACES, events=MOVED))
    seen = [f"{p.code} {p.found}" for p in (*found.errors, *found.warnings) if p.code in ("RM507", "RM508")]
    assert seen == told


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        ([duty(BRANCH, act=TOLD), duty(BRANCH, name="e", act=UNTOLD)], ["RM509"]),
        ([duty(BRANCH, act=TOLD), duty(BRANCH, name="e", act=UNTOLD, on="item_lost")], []),
        ([duty(BRANCH, "until: 2024-05-31\n", act=TOLD), duty(BRANCH, "since: 2024-06-01\n", name="e", act=UNTOLD)], []),
        ([duty(BRANCH, "until: 2024-06-01\n", act=TOLD), duty(BRANCH, "since: 2024-06-01\n", name="e", act=UNTOLD)], ["RM509"]),
        ([duty(BRANCH, "then: [x, y]\n"), duty(BRANCH.replace("event", "bearer"), name="x", on=None, act=TOLD), duty(BRANCH.replace("event", "bearer"), name="y", on=None, act=UNTOLD)], ["RM509"]),
        ([duty(BRANCH, "then: x\n"), duty(BRANCH, "then: y\n", name="e", on="item_lost"), duty(BRANCH.replace("event", "bearer"), name="x", on=None, act=TOLD), duty(BRANCH.replace("event", "bearer"), name="y", on=None, act=UNTOLD)], []),
    ],
    ids=["one event", "other events", "one after the other", "one day in common", "one failure", "other failures"],
)  # fmt: skip
def test_only_what_surely_meets_is_a_contradiction(tmp_path: Path, rules: list[str], codes: list[str]) -> None:
    found = check(pack_with(tmp_path, "---\n".join(rules), attributes=PLACES, events=MOVED))
    assert [p.code for p in found.errors] == codes


def test_several_stretches_without_a_desk_are_one_finding(tmp_path: Path) -> None:
    units = "  a: {label: A, roles: [archive], place: harbour, since: 2024-03-01, until: 2024-04-30}"
    found = check(pack_with(tmp_path, duty("{unit: a}"), roles=ROLES, units=units, attributes=PLACES, events=MOVED))
    (gap,) = [w for w in found.warnings if w.code == "RM508"]
    assert (gap.found, gap.hint) == ("d: bearer anywhere until 2024-02-29", "also anywhere from 2024-05-01")


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
