"""The command line as people and programs use it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from made import LIBRARY, edited
from native import failing, needs_network
from remit.cli.app import assembled

app = assembled()

ROOT = Path(__file__).parents[2]
NEWBORN = ROOT / "facts" / "cases" / "newborn-found.yaml"
CONTRACT = [
    "id", "rule", "policy", "article", "quote", "modality", "action", "action_label", "bearer", "to", "with", "case", "subject",
    "period", "status", "triggered_by", "opens", "due", "latest", "reading", "why",
]  # fmt: skip


def remit(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="remit")


def shell(*words: object, cwd: Path = ROOT, **variables: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), **variables}
    return subprocess.run(
        [sys.executable, "-m", "remit", *map(str, words)], cwd=cwd, env=env, capture_output=True, check=False
    )


# --- run --------------------------------------------------------------------------------------------


def test_run_shows_each_duty_with_desk_deadline_article_and_words() -> None:
    shown = remit("run", ROOT, "--case", NEWBORN, "--now", "2024-05-07T08:00")
    assert shown.exit_code == 0
    flat = shown.stdout.replace(" ", "").replace("│", "").replace("\n", "")
    for words in (
        "阜新市妇产医院",
        "向公安机关报案",
        "免费采集DNA",
        "帮助查找亲生父母",
        "临时或长期监护",
        "细河区民政局",
        "2024-05-0721:00",
        "第九条（二）",
        "解释：及时",
    ):
        assert words in flat, words


def test_a_hand_over_nobody_acknowledged_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    case = ROOT / "facts" / "cases" / "disabled-man-forced-to-beg.yaml"
    shown = remit("run", ROOT, "--case", case, "--now", "2024-11-20T16:00", "--lang", "en")
    assert shown.stdout.count("not acknowledged yet") == 1


def test_run_json_is_the_contract() -> None:
    answer = json.loads(remit("run", ROOT, "--case", NEWBORN, "--now", "2024-05-07T08:00", "--json").stdout)
    assert list(answer) == ["pack", "policies", "now", "obligations", "conflicts", "unrouted", "questions"]
    assert answer["now"] == "2024-05-07T08:00:00+08:00"
    assert len(answer["obligations"]) == 4
    for obligation in answer["obligations"]:
        assert list(obligation)[: len(CONTRACT)] == CONTRACT
        assert obligation["bearer"]["basis"] in ("stated", "inferred")
        assert obligation["why"]["kind"] == "obligation"
    report = answer["obligations"][0]
    assert (report["bearer"]["id"], report["to"][0]["id"], report["due"]) == (
        "xihe.maternity_hospital",
        "xihe.police",
        "2024-05-07T21:00:00+08:00",
    )


def test_run_without_a_case_takes_the_pack_s_examples() -> None:
    answer = json.loads(remit("run", LIBRARY, "--now", "2024-06-06", "--json").stdout)
    assert {o["case"] for o in answer["obligations"]} == {"loan-17"}


def test_run_all_takes_in_the_agenda() -> None:
    answer = json.loads(remit("run", LIBRARY, "--now", "2024-06-06", "--json", "--all").stdout)
    assert {"triggered", "recurring", "standing"} <= {o["nature"] for o in answer["obligations"]}


def test_run_for_one_unit() -> None:
    answer = json.loads(
        remit("run", ROOT, "--case", NEWBORN, "--now", "2024-05-07", "--unit", "细河区民政局", "--json").stdout
    )
    assert {o["bearer"]["id"] for o in answer["obligations"]} == {"xihe.civil_affairs"}


def test_run_for_one_unit_leaves_out_the_questions_of_others() -> None:
    words = ("run", ROOT, "--now", "2024-12-20", "--json")
    everything, mine = (
        json.loads(remit(*words, *more).stdout) for more in ((), ("--unit", "fumeng.disabled_federation"))
    )
    assert len(everything["questions"]) > len(mine["questions"]) == 1


def test_a_desk_that_is_not_settled_is_marked_in_every_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")
    root = edited(
        tmp_path,
        "policies/bylaws-2024/bylaws.md",
        "to: {role: office, place: norrtown}",
        "to: {role: office, place: harbour}",
    )
    shown = remit("run", root, "--now", "2024-06-06")
    assert shown.exit_code == 0
    assert "Head Office (not settled; kept here)" in shown.stdout
    assert "No desk settled" in shown.stdout
    assert "! loan-17  a1.guardian" in shown.stdout


@pytest.mark.parametrize("width", [60, 80, 140])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_fit_the_width_and_have_no_colour(width: int, language: str) -> None:
    from rich.cells import cell_len

    for words in (("run", "--now", "2024-12-20"), ("agenda", "--now", "2024-12-20"), ("coverage",)):
        text = shell(*words, "--lang", language, COLUMNS=str(width)).stdout.decode()
        assert "\x1b" not in text
        assert max(cell_len(line) for line in text.splitlines()) <= width


def test_narrow_paper_leaves_room_for_whole_words() -> None:
    shown = shell("run", "--case", NEWBORN, "--now", "2024-05-07T08:00", "--lang", "en", COLUMNS="60").stdout.decode()
    assert {"Maternity", "promptly)"} <= set(shown.replace("│", " ").split())


def test_run_in_english() -> None:
    shown = remit("--lang", "en", "run", ROOT, "--case", NEWBORN, "--now", "2024-05-07T08:00").stdout
    assert "sample DNA free of charge" in shown.replace("\n", " ")
    assert remit("run", ROOT, "--case", NEWBORN, "--now", "2024-05-07T08:00", "--lang", "en").stdout == shown


def test_the_same_input_gives_the_same_bytes_everywhere() -> None:
    words = ("run", ROOT, "--now", "2024-12-20", "--json")
    outputs = {
        shell(*words, PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale).stdout
        for seed, zone, locale in (
            ("0", "UTC", "C"),
            ("1", "Asia/Shanghai", "C.UTF-8"),
            ("77", "America/New_York", "POSIX"),
        )
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 10_000


def test_both_back_ends_give_the_same_bytes() -> None:
    words = ("run", ROOT, "--now", "2024-12-20", "--json", "--backend")
    answers = {remit(*words, backend).stdout for backend in ("auto", "compiled", "reference")}
    assert len(answers) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_failure_of_the_native_matcher_costs_a_line_on_stderr_and_no_duty(
    lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("run", ROOT, "--case", NEWBORN, "--now", "2024-05-07T08:00", "--lang", lang)
    expected = [remit(*words, "--backend", "reference", *form).stdout for form in ((), ("--json",))]
    needs_network()
    for form, stdout in zip(((), ("--json",)), expected, strict=True):
        worker = failing(seen="os.abort()")
        monkeypatch.setattr("remit.matching.choose.SHARED", worker)
        shown = remit(*words, *form)
        assert (shown.exit_code, shown.stdout) == (0, stdout)
        assert "signal 6" in shown.stderr
        assert ("结果完整" if lang == "zh" else "nothing is missing") in shown.stderr
        worker.close()


def test_doctor_says_that_the_compiled_core_does_not_load(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_network()
    for load, words in (("raise ImportError('undefined symbol')", "undefined symbol"), ("os.abort()", "signal 6")):
        monkeypatch.setattr("remit.matching.choose.SHARED", failing(load=load))
        facts = json.loads(remit("doctor", "--pack", ROOT, "--json").stdout)
        assert facts["backend"] == "compiled"
        assert words in facts["backend_reason"]


def test_the_order_of_simultaneous_events_does_not_matter(tmp_path: Path) -> None:
    events = [
        "  - {id: e1, type: item_overdue, at: 2024-06-05T10:00, by: harbour-library, days_late: 20, age: 11, subject: a}\n",
        "  - {id: e2, type: item_lost, at: 2024-06-05T10:00, by: harbour-library, subject: a}\n",
        "  - {id: e3, type: item_overdue, at: 2024-06-05T10:00, by: hill-library, days_late: 30, age: 40, subject: b}\n",
    ]
    outputs = set()
    for number, order in enumerate(((0, 1, 2), (2, 1, 0), (1, 2, 0))):
        path = tmp_path / f"{number}.yaml"
        path.write_text("case: c\nevents:\n" + "".join(events[n] for n in order), "utf-8")
        outputs.add(remit("run", LIBRARY, "--case", path, "--now", "2024-06-06", "--json").stdout)
    assert len(outputs) == 1


# --- explaining ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("form", "begins"), [("text", "✓ "), ("json", "{"), ("svg", "<svg")])
def test_why_in_each_form(form: str, begins: str) -> None:
    shown = remit(
        "why", "a9-2.guardianship-infant", "--case", NEWBORN, "--now", "2024-05-07", "--pack", ROOT, "--format", form
    )
    assert shown.exit_code == 0
    assert shown.stdout.startswith(begins)
    assert "由解救地民政部门依法进行临时或长期监护" in shown.stdout.replace("</text>", "")


def test_why_takes_the_full_id() -> None:
    answer = json.loads(remit("run", ROOT, "--case", NEWBORN, "--now", "2024-05-07", "--json").stdout)
    name = answer["obligations"][1]["id"]
    assert (
        json.loads(remit("why", name, "--case", NEWBORN, "--now", "2024-05-07", "--pack", ROOT, "--json").stdout)[
            "source"
        ]
        == name
    )


def test_why_not_says_what_is_missing() -> None:
    shown = remit("why-not", "a9-2.dna", "--case", NEWBORN, "--now", "2024-05-07", "--pack", ROOT, "--lang", "en")
    assert shown.exit_code == 0
    assert "no event sets it off" in shown.stdout


def test_why_not_of_several_cases_is_one_document() -> None:
    words = ("why-not", "a9-2.dna", "--now", "2024-12-20", "--pack", ROOT)
    tree = json.loads(remit(*words, "--json").stdout)
    cases = {e["case"] for e in json.loads(remit("run", ROOT, "--now", "2024-12-20", "--json").stdout)["obligations"]}
    assert len(tree["children"]) >= len(cases) > 1
    assert remit(*words, "--format", "svg").stdout.count("<svg") == 1
    assert "children" in json.loads(remit(*words, "--case", NEWBORN, "--json").stdout)


def test_why_of_a_rule_that_raised_several_names_them() -> None:
    shown = remit("why", "a13.return", "--now", "2024-12-20", "--pack", ROOT, "--json")
    (problem,) = json.loads(shown.stdout)["errors"]
    assert (shown.exit_code, problem["code"]) == (4, "RM453")
    for name in problem["hint"].split():
        assert remit("why", name, "--now", "2024-12-20", "--pack", ROOT).exit_code == 0


def test_why_of_a_rule_that_raised_hundreds_names_a_few() -> None:
    shown = remit("why", "a24.self-assessment", "--now", "2024-12-20", "--pack", ROOT, "--json")
    (problem,) = json.loads(shown.stdout)["errors"]
    names = problem["hint"].split()
    assert (len(names), names[-1]) == (21, "…")


# --- the rest -----------------------------------------------------------------------------------------


def test_agenda_of_a_unit() -> None:
    shown = json.loads(
        remit("agenda", "--unit", "细河区民政局", "--now", "2024-12-12", "--pack", ROOT, "--json").stdout
    )
    (report,) = [o for o in shown["obligations"] if o["rule"] == "a24.self-assessment" and o["period"] == "2024"]
    assert (report["opens"], report["due_on"], report["latest_on"]) == (
        "2024-12-11T00:00:00+08:00",
        "2024-12-15",
        "2024-12-20",
    )
    assert report["reading"]["id"] == "mid_december"
    assert {o["period"] for o in shown["obligations"] if o["period"]} >= {"2024", "2024-Q1"}


def test_coverage_counts_every_sentence() -> None:
    shown = json.loads(remit("coverage", ROOT, "--json").stdout)
    assert shown["counts"]["open"] == 0
    assert sum(shown["counts"].values()) == len(shown["sentences"]) == 84


def test_coverage_fails_where_a_sentence_is_open(tmp_path: Path) -> None:
    root = edited(
        tmp_path,
        "policies/bylaws-2024/bylaws.md",
        "---\nid: a3.pleased\nquote: These bylaws please the council.\nnon_normative: states a feeling\n",
        "",
    )
    shown = remit("coverage", root)
    assert shown.exit_code == 1
    assert "These bylaws please the council." in shown.stdout


def test_route_shows_desk_and_path() -> None:
    shown = remit("route", "公安机关", "--place", "黄家沟村", "--enclosing", "--pack", ROOT)
    assert shown.exit_code == 0
    assert "阜新市公安局细河分局" in shown.stdout
    assert "四合镇 属于 细河区" in shown.stdout
    assert remit("route", "公安机关", "--place", "黄家沟村", "--pack", ROOT).exit_code == 4


def test_events_says_what_can_be_reported() -> None:
    (kind,) = json.loads(remit("events", "婚姻登记线索", "--pack", ROOT, "--json").stdout)
    attribute = next(a for a in kind["attributes"] if a["id"] == "clue_kind")
    assert attribute["required"]
    assert {"id": "marriage_fraud", "label": {"zh": "婚姻诈骗", "en": "marriage fraud"}} in attribute["choices"]
    assert "发现婴儿" in remit("events", "--pack", ROOT).stdout


def test_doctor_names_the_back_end_and_why() -> None:
    facts = json.loads(remit("doctor", "--pack", ROOT, "--json").stdout)
    assert facts["backend"] in ("durable", "compiled")
    assert ("process of its own" if facts["backend"] == "durable" else "cannot") in facts["backend_reason"]
    assert facts["calendar_years"] == [2023, 2024, 2025, 2026]
    assert facts["local_calendars"] == []


def test_doctor_names_the_calendars_of_places() -> None:
    pack = ROOT / "examples" / "gdpr-breach"
    found = json.loads(remit("doctor", "--pack", pack, "--json").stdout)["local_calendars"]
    assert {"places": ["cork", "ireland"], "zone": "Europe/Dublin", "years": [2024, 2025]} in found
    assert "cork, ireland (Europe/Dublin: 2024, 2025)" in remit("doctor", "--pack", pack).stdout


def test_doctor_tells_what_it_can_of_a_broken_pack(tmp_path: Path) -> None:
    root = edited(tmp_path, "policies/bylaws-2024/bylaws.md", "must: tell_guardian", "must: tell_gaurdian")
    shown = remit("doctor", "--pack", root, "--json")
    facts = json.loads(shown.stdout)
    assert (shown.exit_code, [e["code"] for e in facts["errors"]]) == (1, ["RM204"])
    assert facts["backend"] in ("durable", "compiled")


@pytest.mark.parametrize("command", ["check", "coverage", "events", "agenda", "doctor"])
def test_other_json_is_the_same_everywhere(command: str) -> None:
    more = ("--now", "2024-12-12") if command == "agenda" else ()
    first, other = (
        shell(command, "--json", *more, cwd=LIBRARY, PYTHONHASHSEED=seed, TZ=zone, LC_ALL=locale).stdout
        for seed, zone, locale in (("0", "UTC", "C"), ("7", "Pacific/Kiritimati", "C.UTF-8"))
    )
    assert first == other
    assert json.loads(first)


def test_check_prints_json() -> None:
    assert json.loads(remit("check", LIBRARY, "--json").stdout)["errors"] == []


def test_the_pack_is_the_directory_one_stands_in(tmp_path: Path) -> None:
    assert "bylaws-2024" in shell("doctor", cwd=LIBRARY).stdout.decode()
    assert json.loads(shell("run", "--json", "--now", "2024-06-06", cwd=tmp_path).stdout)["pack"] == "fuxin"


# --- wrong input ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["run", "nowhere"], 1, "RM107"),
        (["run", ROOT, "--case", "nowhere.yaml"], 3, "RM402"),
        (["run", ROOT, "--case", ROOT], 3, "RM402"),
        (["run", ROOT, "--now", "yesterday"], 2, "not a moment"),
        (["run", ROOT, "--lang", "fr"], 2, "not one of 'zh', 'en'"),
        (["run", LIBRARY, "--unit", "Habour Library"], 4, "nearest: `Harbour Library`"),
        (
            ["run", LIBRARY, "--backend", "fast"],
            2,
            "not one of 'auto', 'durable', 'durable-inline', 'compiled', 'reference'",
        ),
        (["why", "nothing", "--pack", LIBRARY], 4, "RM453"),
        (
            ["why", "a1.reminder", "--pack", LIBRARY, "--now", "2024-06-06", "--format", "pdf"],
            2,
            "not one of 'text', 'json', 'svg'",
        ),
        (["why-not", "a1.remnder", "--pack", LIBRARY], 4, "nearest: `a1.reminder`"),
        (["agenda", "--unit", "nobody", "--pack", LIBRARY], 4, "RM456"),
        (
            ["agenda", "--from", "2024-13-01", "--pack", LIBRARY],
            2,
            "Invalid value for --from: `2024-13-01` is not a day",
        ),
        (["agenda", "--from", "", "--pack", LIBRARY], 2, "not a day"),
        (["agenda", "--to", "2024-W19-1", "--pack", LIBRARY], 2, "not a day"),
        (["run", LIBRARY, "--now", "20240507"], 2, "not a moment"),
        (["events", "", "--pack", LIBRARY], 4, "RM456"),
        (["route", "library branch", "--place", "harbor", "--pack", LIBRARY], 4, "place or unit; nearest: `harbour`"),
        (["why", "a1.remindr", "--pack", LIBRARY], 4, "nearest: `a1.reminder`"),
        (["why", "a2.charge", "--pack", LIBRARY, "--now", "2024-06-06"], 4, "`remit why-not a2.charge` says why"),
        (["agenda", "--from", "2024-05-02", "--to", "2024-05-01", "--pack", LIBRARY], 2, "lies before"),
        (["agenda", "--to", "9999-12-31", "--pack", LIBRARY], 2, "between the years"),
        (["run", LIBRARY, "--now", "9999-12-31T23:59-12:00"], 2, "between the years"),
        (["run", LIBRARY, "--now", "0001-01-01T00:00+14:00"], 2, "between the years"),
        (["why-not", "a1.remnder", "--pack", LIBRARY, "--case", os.devnull], 3, "RM410"),
        (["route", "brnch", "--pack", LIBRARY], 4, "RM456"),
        (["events", "item_los", "--pack", LIBRARY], 4, "nearest"),
        (["flee"], 2, "No such command"),
    ],
    ids=lambda value: " ".join(map(str, value))[-40:] if isinstance(value, list) else None,
)
def test_wrong_words_have_a_message_and_an_exit_code(words: list[object], code: int, told: str) -> None:
    shown = remit(*words)
    assert shown.exit_code == code, shown.output
    flat = " ".join(shown.output.replace("│", " ").split())
    assert told in flat
    assert "Traceback" not in shown.output


def test_problems_are_told_in_the_language_asked_for_else_the_pack_s(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("why-not", "a9-2.dn", "--pack", ROOT, "--case", NEWBORN)
    chinese, english = "RM454 没有该规则：实为“a9-2.dn”，应为 规则编号；最接近的是“a9-2.dna”", "nearest: `a9-2.dna`"
    assert remit(*words).stderr.strip() == chinese
    assert english in remit(*words, "--lang", "en").stderr
    assert english in remit("--lang", "en", *words).stderr
    assert "message" in json.loads(remit(*words, "--json").stdout)["errors"][0]
    assert "RM107 不是规则包" in remit("check", tmp_path, "--lang", "zh").stderr
    assert "RM107 不是规则包" in remit("check", tmp_path).stderr  # as the pack says in which we stand
    monkeypatch.chdir(tmp_path)
    assert "RM107 not-a-pack" in remit("check", tmp_path).stderr
    broken = edited(tmp_path, "policies/bylaws-2024/bylaws.md", "must: tell_guardian", "must: tell_gaurdian")
    assert "unknown-action" in remit("check", broken).stderr
    head = broken / "facts" / "pack.yaml"
    head.write_text(head.read_text("utf-8").replace("language: en", "language: zh"), "utf-8")
    assert "名称未声明" in remit("check", broken).stderr
    assert "名称未声明" in remit("doctor", "--pack", broken).stderr


def test_a_refused_event_is_told_with_its_place(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text("case: c\nevents:\n  - {id: e1, type: item_overdue, at: 2024-02-30, days_late: 20}\n", "utf-8")
    shown = remit("run", LIBRARY, "--case", path, "--json")
    (problem,) = json.loads(shown.stdout)["errors"]
    assert (shown.exit_code, problem["code"], problem["line"]) == (3, "RM409", 3)


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"case: c\nevents: []\n# \xff", "RM101"), (b"", "RM410"), (b"\x00", "RM101"), (b"[1, 2]", "RM410")],
    ids=["not UTF-8", "empty", "binary", "a list"],
)
def test_what_is_no_case_file_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    shown = remit("run", LIBRARY, "--case", path, "--json")
    assert (shown.exit_code, [e["code"] for e in json.loads(shown.stdout)["errors"]]) == (3, [told])


@pytest.mark.parametrize(
    "words",
    [("run", "--nope"), ("run", "--now", "yesterday"), ("flee",), ("run", "--backend", "fast"), ("why",)],
    ids=" ".join,
)
def test_a_wrong_call_is_json_where_json_is_asked_for(words: tuple[str, ...]) -> None:
    done = shell(*words, "--json", cwd=LIBRARY)
    (problem,) = json.loads(done.stdout)["errors"]
    assert (done.returncode, done.stderr, problem["code"]) == (2, b"", "RM457")


def test_a_fault_of_ours_is_told_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    import remit.checks.check

    def fail(_pack: object) -> None:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(remit.checks.check, "check", fail)
    monkeypatch.delenv("REMIT_DEBUG", raising=False)
    shown = CliRunner().invoke(app, ["check", str(LIBRARY), "--json"])
    (problem,) = json.loads(shown.stdout)["errors"]
    assert (shown.exit_code, problem["code"], problem["found"]) == (5, "RM900", "ZeroDivisionError: oh")
    assert "RM900 internal-fault" in CliRunner().invoke(app, ["check", str(LIBRARY)]).stderr


@pytest.mark.parametrize("written", ["case: [c\n", "case: &a c\nevents: &b []\n", "case: c\ncase: c\nevents: []\n"])
def test_a_broken_case_file_is_the_input_s_fault(tmp_path: Path, written: str) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(written, "utf-8")
    assert remit("run", LIBRARY, "--case", path).exit_code == 3


def test_a_pack_with_mistakes_tells_every_one(tmp_path: Path) -> None:
    root = edited(tmp_path, "policies/bylaws-2024/bylaws.md", "must: tell_guardian", "must: tell_gaurdian")
    shown = remit("check", root, "--json")
    assert shown.exit_code == 1
    assert [e["nearest"] for e in json.loads(shown.stdout)["errors"]] == ["tell_guardian"]
    assert "bylaws.md:" in remit("run", root).output


def test_a_case_may_come_in_on_stdin() -> None:
    case = b'{"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-06-05T10:00", "by": "harbour-library", "days_late": 20}'
    words = ("run", LIBRARY, "--case", "-", "--now", "2024-06-06", "--json")
    shown = CliRunner().invoke(app, [str(word) for word in words], input=case)
    assert {o["case"] for o in json.loads(shown.stdout)["obligations"]} == {"c"}
    assert CliRunner().invoke(app, [str(word) for word in words], input=b"").exit_code == 3


def test_the_same_event_twice_is_taken_once_and_other_content_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.jsonl"
    line = '{"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-06-05T10:00", "by": "harbour-library", "days_late": %d}\n'
    path.write_text(line % 20 * 2, "utf-8")
    shown = remit("run", LIBRARY, "--case", path, "--now", "2024-06-06")
    assert (shown.exit_code, "the same event again, ignored" in shown.stderr) == (0, True)
    path.write_text(line % 20 + line % 21, "utf-8")
    shown = remit("run", LIBRARY, "--case", path, "--now", "2024-06-06")
    assert (shown.exit_code, "RM411" in shown.output) == (3, True)


def test_an_event_before_the_policy_s_effect_owes_nothing_and_why_not_says_so(tmp_path: Path) -> None:
    path = tmp_path / "case.yaml"
    path.write_text(
        "case: c\nevents:\n  - {id: e1, type: item_overdue, at: 2024-01-05, by: harbour-library, days_late: 20}\n",
        "utf-8",
    )
    assert "No duty arises" in remit("run", LIBRARY, "--case", path, "--now", "2024-06-06").stdout
    assert "2024-02-01" in remit("why-not", "a1.reminder", "--case", path, "--pack", LIBRARY).stdout


def piped(command: str) -> subprocess.CompletedProcess[bytes]:
    """The exit code is that of `remit`, not of what reads it."""
    line = f"set -o pipefail; {sys.executable} -m remit {command}"
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine")}
    return subprocess.run(["bash", "-c", line], cwd=ROOT, env=env, capture_output=True, check=False)


@pytest.mark.parametrize("command", ["run --all --json", "run", "coverage", "events"])
def test_a_closed_pipe_is_no_error(command: str) -> None:
    done = piped(f"{command} | head -c 10")
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_closed_pipe_hides_no_errors_of_the_pack(tmp_path: Path) -> None:
    root = edited(tmp_path, "policies/bylaws-2024/bylaws.md", "must: tell_guardian", "must: tell_gaurdian")
    done = piped(f"check {root} --json | head -c 0")
    assert (done.returncode, done.stderr) == (1, b"")


def test_no_stdout_and_a_full_disk_end_without_a_traceback() -> None:
    assert (piped("check >&-").returncode, piped("check >&-").stderr) == (0, b"")
    full = piped("check > /dev/full")
    assert (full.returncode, full.stderr.count(b"\n")) == (5, 1)
    assert b"cannot be written" in full.stderr


#: What keeps a start slow, and what no plain answer needs of our own.
HEAVY = {"networkx", "pydantic", "lark", "durable_rules_engine", "sqlalchemy", "msgspec", "cryptography", "asyncio", "email", "tempfile", "urllib.request"}  # fmt: skip
UNASKED = {"remit.pack.draft", "remit.pack.plain", "remit.expressions.lexicon", "remit.expressions.parser", "remit.keeper.durable", "remit.planning", "remit.analysis", "remit.columnar"}  # fmt: skip
PROOFS = {"remit.explain.why", "remit.explain.why_not"}


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (("run", LIBRARY, "--now", "2024-12-20"), PROOFS | {"remit.checks", "logging"}),
        (("run", LIBRARY, "--now", "2024-12-20", "--json"), {"remit.checks", "logging", "rich"}),
        (("check", LIBRARY), PROOFS | {"remit.engine", "logging", "rich", "yaml"}),
    ],
    ids=["run", "run --json", "check"],
)
def test_a_command_loads_only_what_it_needs(words: tuple[object, ...], more: set[str], tmp_path: Path) -> None:
    """Of a pack read before: what keeps the start quick, without a clock."""
    env = {"REMIT_CACHE": str(tmp_path)}
    assert loaded(words, {"remit.pack.draft"}, env) == {"remit.pack.draft"}
    assert loaded(words, HEAVY | UNASKED | more, env) == set()


def test_help_is_quick_to_import() -> None:
    """`--help` loads nothing of the library but the command line."""
    assert loaded(("--help",), HEAVY | UNASKED | {"remit.matching.worker", "remit.pack.load", "remit.engine"}, {}) == set()  # fmt: skip


def loaded(words: Iterable[object], names: set[str], env: Mapping[str, str]) -> set[str]:
    """Which of these modules a command has loaded when it ends."""
    program = f"import atexit, json, sys; sys.argv = {['remit', *map(str, words)]}; atexit.register(lambda: print(json.dumps([*({names} & {{*sys.modules}})]), file=sys.stderr)); from remit.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT / "engine"), **env},
        check=False,
    )
    return set(json.loads(done.stderr.splitlines()[-1]))


def test_every_command_and_option_is_documented() -> None:
    import typer.main

    told = (ROOT / "docs" / "cli.md").read_text("utf-8")
    commands = dict(typer.main.get_command(app).commands)
    commands |= {f"ledger {name}": sub for name, sub in commands.pop("ledger").commands.items()}
    sections = {part.partition("\n")[0]: part for part in told.split("## remit ")[1:]}
    assert list(sections) == list(commands)
    for name, sub in commands.items():
        offered = {spelling for parameter in sub.params for spelling in parameter.opts if spelling.startswith("--")}
        assert set(re.findall(r"`(--[a-z-]+)`", sections[name])) == offered, name


def test_shell_completion_is_offered() -> None:
    shown = shell("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    assert b"complete" in shown.stdout + shown.stderr


def test_broken_packs_do_not_shadow_the_shipped_one(tmp_path: Path) -> None:
    shutil.copytree(LIBRARY / "facts", tmp_path / "facts")
    assert shell("doctor", cwd=tmp_path).returncode == 0
