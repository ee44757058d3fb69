"""Each kind of finding in a pack made to have it, with its case run as anybody would run it; and packs that have none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from made import LIBRARY, pack_with
from remit import Pack
from remit.analysis.analyse import analyse
from remit.analysis.findings import KINDS, Finding
from remit.cli.app import assembled
from remit.errors import PackError

app = assembled()

ROOT = Path(__file__).parents[2]
BRANCH = "bearer: {role: branch, place: event.place}\n"
DUTY = f"id: d\nmust: send_reminder\n{BRANCH}on: item_overdue\n"
RARE = "id: e\nmust_not: lend_rare_books\nbearer: {each: branch}\nalways: true\n"
BAN = f"id: e\nmust_not: send_reminder\n{BRANCH}on: item_overdue\n"


def found(pack: Pack) -> list[Finding]:
    """What is found, but for events that these small packs have no rule for."""
    return [f for f in analyse(pack) if f.kind != "idle-event"]


def kinds(pack: Pack) -> list[tuple[str, tuple[str, ...]]]:
    return [(f.kind, f.rules) for f in found(pack)]


def rules(*parts: str) -> str:
    return "\n---\n".join(part.strip() for part in parts) + "\n"


def run(pack: Pack, finding: Finding, folder: Path) -> dict[str, list[dict[str, object]]]:
    """The answer of `remit run` on the case of a finding."""
    assert finding.witness is not None, finding
    path = folder / "case.yaml"
    path.write_text(finding.witness.yaml(), "utf-8")
    words = ["run", str(pack.root), "--case", str(path), "--now", finding.witness.now.isoformat(), "--json"]
    ran = CliRunner().invoke(app, [*words, *(["--all"] if finding.witness.agenda else [])])
    assert ran.exit_code == 0, ran.output
    answer: dict[str, list[dict[str, object]]] = json.loads(ran.stdout)
    return answer


# --- what is there is found ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "names"),
    [
        (rules(DUTY + "if: event.days_late > 14", BAN + "if: subject.age < 12"), "conflict", ("d", "e")),
        (rules(DUTY, BAN.replace("item_overdue", "item_lost")), "conflict", ("d", "e")),
        (rules(DUTY, "id: e\nmust_not: send_reminder\nbearer: {each: branch}\nalways: true"), "conflict", ("d", "e")),
        (rules("id: d\nmust: keep_open\nbearer: {each: branch}\nalways: true", "id: e\nmust_not: keep_open\nbearer: {unit: hill-library}\nalways: true"), "conflict", ("d", "e")),
        (rules("id: d\nmust: count_stock\nbearer: {each: branch}\nevery: month", "id: e\nmust_not: count_stock\nbearer: {unit: hill-library}\nalways: true"), "conflict", ("d", "e")),
        (rules(DUTY, BAN.replace("{role: branch, place: event.place}", "reporter") + "if: '\"branch\" in unit.roles'"), "conflict", ("d", "e")),
        (rules(DUTY + "if: event.days_late > 14\nby: {hours: 24}", DUTY.replace("id: d", "id: e") + "if: event.days_late > 30\nby: {working_days: 5}"), "deadline-conflict", ("d", "e")),
        (rules("id: d\nmust: count_stock\nbearer: {each: branch}\nevery: year\nwindow: {opens: 05-01, due: 05-10, latest: 05-20}", "id: e\nmust: count_stock\nbearer: {unit: hill-library}\nevery: year\nby: {months: 3}"), "deadline-conflict", ("d", "e")),
        (DUTY + "if: event.days_late < 0", "never-fires", ("d",)),
        (DUTY + "if: event.days_late > 5 && event.days_late < 3", "never-fires", ("d",)),
        (DUTY + "if: subject.age > 130", "never-fires", ("d",)),
        (DUTY + 'if: event.kind == "rare"\nunless: event.kind != "film"', "never-fires", ("d",)),
        (DUTY + "until: 2024-01-01", "never-fires", ("d",)),
        (rules("id: c\nmust: count_stock\nbearer: {each: branch}\nalways: true\nthen: d", "id: d\nmust: report_failure\nbearer: defaulter\nby: {days: 3}"), "never-fires", ("d",)),
        (rules(DUTY + "if: event.days_late > 14", "id: e\nmay: waive_fee\n" + BRANCH + "on: item_overdue\nif: event.days_late > 9\noverrides: d"), "never-fires", ("d", "e")),
        (DUTY + "if: event.days_late >= 0", "always-true", ("d",)),
        (DUTY + 'if: event.kind == "film" || event.kind != "film"', "always-true", ("d",)),
        (DUTY + "if: event.days_late > 14 && event.days_late > 3", "idle-part", ("d",)),
        (DUTY + "if: event.days_late > 14 || event.days_late > 20", "idle-part", ("d",)),
        (DUTY + "if: event.days_late > 14\nunless: event.days_late < 10", "idle-exception", ("d",)),
        (rules(DUTY + "if: event.days_late > 14", DUTY.replace("id: d", "id: e") + "if: event.days_late > 9"), "redundant", ("d", "e")),
        (DUTY + "done: {event: item_overdue, where: event.days_late < 0}", "cannot-be-discharged", ("d",)),
        (DUTY + "handover: true", "cannot-be-discharged", ("d",)),
        ('id: d\nmust_not: lend_rare_books\nbearer: {each: branch}\nalways: true\nbreach: {event: item_lost, where: event.kind == "book" && event.kind == "rare"}', "cannot-be-breached", ("d",)),
        (DUTY + "by: {date: 2024-06-01}", "deadline-before-opening", ("d",)),
        (DUTY + "by: {hours: 24, from: event}", "deadline-before-opening", ("d",)),
        (DUTY + "per: event\ndone: item_overdue", "cycle", ("d",)),
        (rules(DUTY + "per: event\ndone: item_lost", DUTY.replace("id: d", "id: e").replace("on: item_overdue", "on: item_lost") + "per: event\ndone: item_overdue"), "cycle", ("d", "e")),
        (rules(DUTY + "per: event\nby: {days: 3}\nthen: e", "id: e\nmust: report_failure\nbearer: defaulter\nby: {days: 3}\ndone: item_overdue"), "cycle", ("d", "e")),
        (DUTY.replace("role: branch", "role: archive"), "no-desk", ("d",)),
        (DUTY + "to: {role: archive, place: bearer.place}", "no-desk", ("d",)),
    ],
)  # fmt: skip
def test_it_is_found_and_shown(tmp_path: Path, text: str, kind: str, names: tuple[str, ...]) -> None:
    pack = pack_with(
        tmp_path,
        text,
        roles="archive: {label: archive}",
        units="  hill-archive: {label: Hill Archive, roles: [archive], place: hill}",
    )
    told = [f for f in found(pack) if f.kind == kind]
    assert [f.rules for f in told] == [names]
    (finding,) = told
    assert finding.undecided is None
    assert finding.witness or finding.proof
    assert kind not in SHOWN or finding.witness or names == ("d", "e")
    if finding.witness:
        answer = run(pack, finding, tmp_path)
        assert SHOWN[kind](answer, finding), answer


def conflict_shown(answer: dict[str, list[dict[str, object]]], finding: Finding) -> bool:
    return [sorted(c["rules"]) for c in answer["conflicts"]] == [sorted(finding.rules)]


def two_deadlines(answer: dict[str, list[dict[str, object]]], finding: Finding) -> bool:
    owed = [o for o in answer["obligations"] if o["rule"] in finding.rules]
    dues: dict[str, set[object]] = {}
    for o in owed:
        dues.setdefault(o["bearer"]["id"], set()).add(o["due"])
    return any(len(due) == 2 for due in dues.values())


def due_first(answer: dict[str, list[dict[str, object]]], finding: Finding) -> bool:
    return any(o["due"] < o["opens"] for o in answer["obligations"] if o["rule"] in finding.rules)


def twice(answer: dict[str, list[dict[str, object]]], finding: Finding) -> bool:
    return sum(o["rule"] == finding.rules[0] for o in answer["obligations"]) == 2


def lost(answer: dict[str, list[dict[str, object]]], finding: Finding) -> bool:
    return bool(answer["unrouted"]) and all("place" in e for e in finding.witness.events)


SHOWN = {"conflict": conflict_shown, "deadline-conflict": two_deadlines, "deadline-before-opening": due_first, "cycle": twice, "no-desk": lost}  # fmt: skip


def test_an_event_that_triggers_nothing_is_found() -> None:
    (finding,) = analyse(Pack.load(LIBRARY))
    assert (finding.kind, finding.about) == ("idle-event", "item_returned")


@pytest.mark.parametrize("kind", ["conflict", "deadline-conflict", "deadline-before-opening", "cycle", "no-desk"])
def test_what_a_case_can_show_is_shown_by_one(kind: str) -> None:
    assert kind in SHOWN


@pytest.mark.parametrize(
    ("done", "breach"),
    [("item_lost", "item_lost"), ('{event: item_lost, where: event.kind == "rare"}', '{event: item_lost, where: event.kind != "film"}')],
)  # fmt: skip
def test_a_duty_that_can_only_be_performed_by_a_breach_is_found(tmp_path: Path, done: str, breach: str) -> None:
    pack = pack_with(tmp_path, rules(DUTY + f"done: {done}", RARE + f"breach: {breach}"))
    (finding,) = [f for f in found(pack) if f.kind == "conflict"]
    assert finding.rules == ("d", "e")
    owed = [o for o in run(pack, finding, tmp_path)["obligations"] if o["rule"] in finding.rules]
    bearers = [{o["bearer"]["id"] for o in owed if o["rule"] == name} for name in finding.rules]
    assert bearers[0] & bearers[1]


# --- what is not there is not -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        DUTY + "if: event.days_late > 14",
        rules(DUTY + "if: event.days_late > 14", BAN + "if: event.days_late <= 14"),
        rules(DUTY, BAN + "overrides: d\nif: event.days_late > 14"),
        rules(DUTY, BAN.replace("{role: branch, place: event.place}", "{unit: head-office}")),
        rules(DUTY.replace("{role: branch, place: event.place}", "reporter") + "if: '!(\"office\" in unit.roles)'", BAN.replace("{role: branch, place: event.place}", "{unit: head-office}")),
        rules(DUTY + "if: event.days_late > 14", BAN + "if: event.days_late > 14\nunless: event.days_late > 20\noverrides: d"),
        rules(DUTY, BAN + "since: 2025-01-01" ).replace("on: item_overdue\n---", "on: item_overdue\nuntil: 2024-12-31\n---"),
        rules(DUTY + "if: event.days_late <= 9\nby: {hours: 24}", DUTY.replace("id: d", "id: e") + "if: event.days_late > 9\nby: {days: 5}"),
        rules(DUTY + "by: {hours: 24}", DUTY.replace("id: d", "id: e") + "to: {unit: head-office}\nby: {days: 5}"),
        rules(DUTY + "if: event.days_late > 14", DUTY.replace("id: d", "id: e") + 'if: event.kind == "film"'),
        DUTY + "done: item_overdue",
        rules(DUTY + "done: item_lost", RARE + 'breach: {event: item_lost, where: event.kind == "film"}'),
        rules(DUTY + "done: item_lost", RARE + "breach: item_lost\noverrides: d"),
        rules(DUTY + "done: [item_lost, item_returned]", RARE + "breach: item_lost"),
        rules(DUTY + "if: event.days_late > 14\noverrides: f", DUTY.replace("id: d", "id: e"), DUTY.replace("id: d", "id: f").replace("send_reminder", "tell_guardian")),
        rules(DUTY, DUTY.replace("id: d", "id: e") + "evidence: a copy"),
        DUTY + 'if: has(event.kind) && event.kind == "film"',
        DUTY + "unless: subject.guardian_known",
        DUTY.replace("{role: branch, place: event.place}", "reporter") + "if: 'has(event.by) && \"branch\" in unit.roles'",
        DUTY + 'if: case.events.exists(e, e.type == "item_lost")',
    ],
)  # fmt: skip
def test_a_sound_pack_has_no_findings(tmp_path: Path, text: str) -> None:
    assert kinds(pack_with(tmp_path, text)) == []


@pytest.mark.parametrize("pack", [ROOT, ROOT / "examples" / "gdpr-breach"])
def test_every_finding_of_the_packs_we_ship_is_resolved_or_accepted(pack: Path) -> None:
    assert [f.claim.en for f in analyse(Pack.load(pack)) if f.is_open] == []


# --- what could not be found out ----------------------------------------------------------------------


def test_what_only_so_many_events_were_considered_for_is_said(tmp_path: Path) -> None:
    text = DUTY + "if: size(case.events) > 9 && size(case.events) < 12"
    (finding,) = [f for f in found(pack_with(tmp_path, text)) if f.kind == "never-fires"]
    assert finding.undecided is not None
    assert "size(case.events)" in finding.undecided


def test_a_question_that_takes_too_long_is_said(tmp_path: Path) -> None:
    sums = " && ".join(f"event.days_late * event.days_late * subject.age % {n} == 3" for n in (1009, 1013, 2003, 2011))
    (finding, *_) = [f for f in analyse(pack_with(tmp_path, DUTY + f"if: {sums}"), timeout=0.05) if f.rules == ("d",)]
    assert finding.undecided is not None
    assert "0.05 s" in finding.undecided


# --- accepted in writing ------------------------------------------------------------------------------

ACCEPTED = "- kind: cycle\n  rules: [d]\n  reason: so it is meant\n  by: Head Office\n  since: 2024-02-01\n"
CHINESE = "- 类别: 义务循环\n  规则: d\n  理由: 本来如此\n  认可人: 总馆\n  自: 2024-02-01\n"


def accepting(folder: Path, words: str, text: str = DUTY + "per: event\ndone: item_overdue") -> Pack:
    pack = pack_with(folder, text)
    (pack.root / "facts" / "accepted.yaml").write_text(words, "utf-8")
    return pack


@pytest.mark.parametrize("words", [ACCEPTED, CHINESE])
def test_a_finding_is_accepted_in_either_language(tmp_path: Path, words: str) -> None:
    (finding,) = found(accepting(tmp_path, words))
    assert not finding.is_open
    assert finding.accepted is not None
    assert finding.accepted.since.isoformat() == "2024-02-01"


def test_what_is_accepted_and_not_there_any_more_is_a_finding(tmp_path: Path) -> None:
    (finding,) = found(accepting(tmp_path, ACCEPTED, DUTY))
    assert (finding.kind, finding.rules, finding.is_open) == ("stale-acceptance", ("d",), True)
    assert finding.origin.file == "facts/accepted.yaml"


@pytest.mark.parametrize(
    ("words", "code", "nearest"),
    [
        (ACCEPTED.replace("kind: cycle", "kind: cycel"), "RM841", "cycle"),
        (ACCEPTED.replace("[d]", "[d, dd]"), "RM842", "d"),
        (ACCEPTED.replace("  reason: so it is meant\n", ""), "RM207", None),
        (ACCEPTED.replace("reason", "reson"), "RM205", "reason"),
        (ACCEPTED.replace("2024-02-01", "2024-02-31"), "RM208", None),
        ("kind: cycle\n", "RM206", None),
        ("- [\n", "RM201", None),
    ],
)
def test_mistakes_in_the_acceptances_are_told(tmp_path: Path, words: str, code: str, nearest: str | None) -> None:
    with pytest.raises(PackError) as raised:
        analyse(accepting(tmp_path, words))
    problem = next(p for p in raised.value.problems if p.code == code)
    assert problem.suggestion == nearest
    assert problem.origin.file == "facts/accepted.yaml"


def test_every_kind_has_a_name_in_both_languages() -> None:
    assert all(label.zh and label.en for label in KINDS.values())
