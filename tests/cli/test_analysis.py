"""`remit analyse` and `remit diff` as people and programs use them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from made import LIBRARY, edited, pack_with, speaks_chinese
from remit.cli.app import assembled
from remit.errors import AnalysisError

app = assembled()

ROOT = Path(__file__).parents[2]
BYLAWS = "policies/bylaws-2024/bylaws.md"
DUTY = "id: d\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\n"
CONFLICT = f"{DUTY}---\n{DUTY.replace('id: d', 'id: e').replace('must:', 'must_not:')}if: event.days_late > 14\n"


def remit(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="remit")


# --- analyse ------------------------------------------------------------------------------------------


def test_a_finding_is_told_with_its_place_and_a_case(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, CONFLICT)
    told = remit("analyse", pack.root, "--kind", "conflict")
    assert told.exit_code == 1
    for words in ("ask the opposite of one unit", "policies/bylaws-2024/bylaws.md:", "# remit run --case conflict-d-e.yaml", "1 findings, 1 of them open"):  # fmt: skip
        assert words in told.stdout, words


def test_in_chinese_no_word_of_english_is_left(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, CONFLICT)
    told = remit("analyse", pack.root, "--kind", "规则冲突", "--lang", "zh")
    assert "要求相反" in told.stdout
    assert "findings" not in told.stdout


def test_the_object_of_a_program_has_every_part(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, CONFLICT)
    (finding,) = json.loads(remit("analyse", pack.root, "--kind", "conflict", "--json").stdout)["findings"]
    assert (finding["kind"], finding["rules"], finding["accepted"], finding["state"]) == ("conflict", ["d", "e"], None, "found")  # fmt: skip
    assert [e["type"] for e in finding["witness"]["events"]] == ["item_overdue"]
    (tmp_path / "case.json").write_text(json.dumps(finding["witness"]), "utf-8")
    ran = remit("run", pack.root, "--case", tmp_path / "case.json", "--now", finding["now"], "--json")
    assert [c["rules"] for c in json.loads(ran.stdout)["conflicts"]] == [["d", "e"]]


def test_the_same_pack_gives_the_same_bytes(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, CONFLICT)
    told = {
        subprocess.run(
            [sys.executable, "-m", "remit", "analyse", str(pack.root), "--json"],
            capture_output=True, check=False, env={"PYTHONPATH": str(ROOT / "engine"), "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(told) == 1


def test_the_cases_are_written_and_show_the_finding_when_run(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, CONFLICT)
    folder = tmp_path / "witnesses"
    told = remit("analyse", pack.root, "--kind", "conflict", "--witnesses", folder, "--json")
    (finding,) = json.loads(told.stdout)["findings"]
    assert finding["case_file"] == str(folder / "conflict-d-e.yaml")
    ran = remit("run", pack.root, "--case", finding["case_file"], "--now", finding["now"], "--json")
    (conflict,) = json.loads(ran.stdout)["conflicts"]
    assert conflict["rules"] == ["d", "e"]
    again = remit("analyse", pack.root, "--kind", "conflict", "--witnesses", folder)
    assert (again.exit_code, "RM843" in again.stderr) == (3, True)
    assert remit("analyse", pack.root, "--kind", "conflict", "--witnesses", folder, "--force").exit_code == 1
    file = folder / "conflict-d-e.yaml"
    assert remit("analyse", pack.root, "--kind", "conflict", "--witnesses", file, "--force").exit_code == 3


def test_the_packs_we_ship_have_no_open_finding() -> None:
    told = remit("analyse", ROOT / "examples" / "gdpr-breach")
    assert (told.exit_code, told.stdout.strip()) == (0, "0 findings, 0 of them open")


def test_only_what_is_asked_for_is_told(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, CONFLICT)
    assert json.loads(remit("analyse", pack.root, "--rule", "d", "--kind", "cycle", "--json").stdout) == {
        "findings": []
    }


@pytest.mark.parametrize(
    ("words", "code", "exit_code"),
    [
        (["analyse", LIBRARY / "facts"], "RM107", 1),
        (["analyse", LIBRARY, "--kind", "conflcit"], "RM841", 3),
        (["analyse", LIBRARY, "--rule", "a1.remainder"], "RM454", 4),
        (["diff", LIBRARY, LIBRARY], "RM844", 3),
        (["diff", LIBRARY, LIBRARY / "facts"], "RM107", 1),
        (["diff", LIBRARY / "facts", LIBRARY], "RM107", 1),
        (["diff", LIBRARY, ROOT / "examples" / "gdpr-breach", "--on", LIBRARY / "features"], "RM846", 3),
        (["diff", LIBRARY, ROOT / "examples" / "gdpr-breach", "--on", "sqlite:////nowhere/ledger.db"], "RM705", 6),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_cannot_be_done_is_said_in_one_line(words: list[object], code: str, exit_code: int, language: str) -> None:
    told = remit(*words, "--lang", language)
    assert (told.exit_code, told.stdout) == (exit_code, "")
    assert code in told.stderr
    assert "Traceback" not in told.stderr
    problem = json.loads(remit(*words, "--lang", language, "--json").stdout)["errors"][0]
    assert problem["code"] == code


@pytest.mark.parametrize(
    "problem",
    [
        AnalysisError("RM840", "no-solver", found="no z3-solver", expected="z3-solver, which proves"),
        AnalysisError("RM844", "same-pack", found="library", expected="two packs"),
        AnalysisError("RM845", "ledger-of-another-pack", found="museum", expected="the ledger of the pack `library`"),
        AnalysisError("RM846", "no-cases", found="x", expected="a case file, or a directory with case files"),
        AnalysisError("RM847", "no-templates", found="no Jinja2", expected="Jinja2, which makes pages"),
    ],
    ids=lambda p: p.code,
)
def test_every_problem_is_told_in_chinese(problem: AnalysisError) -> None:
    assert speaks_chinese(problem)


@pytest.mark.parametrize("command", [["analyse", str(LIBRARY)], ["diff", str(LIBRARY), str(ROOT)]])
def test_without_the_solver_the_remedy_is_named(command: list[str]) -> None:
    hide = "import sys; sys.modules['z3'] = None; from remit.cli import main; main()"
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.argv = ['remit', *{command!r}]; sys.path.insert(0, {str(ROOT / 'engine')!r}); {hide}"],
        capture_output=True, text=True, check=False, env={"REMIT_LANG": "en", "PYTHONPATH": str(ROOT / "engine")},
    )  # fmt: skip
    assert ran.returncode == 3
    assert "RM840" in ran.stderr
    assert 'pip install "remit[workbench]"' in ran.stderr


# --- diff ---------------------------------------------------------------------------------------------


def test_a_difference_is_told_with_a_case_and_its_impact(tmp_path: Path) -> None:
    new = edited(tmp_path, BYLAWS, "if: event.days_late > 14\nby: {r", "if: event.days_late > 30\nby: {r")
    page = tmp_path / "diff.html"
    words = ["diff", LIBRARY, new, "--on", LIBRARY / "facts" / "cases", "--now", "2024-06-20"]
    told = remit(*words, "--html", page)
    assert told.exit_code == 0
    for part in ("a1.reminder  narrowed", "− item overdue; if event.days_late > 14", "it stood, and stands no more", "vanishes 1", "▞ Harbour Library"):  # fmt: skip
        assert part in told.stdout, part
    text = page.read_text("utf-8")
    assert "<svg" in text
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")
    assert remit(*words, "--html", page).exit_code == 3
    found = json.loads(remit(*words, "--json").stdout)
    assert [c["kind"] for c in found["changes"]] == ["narrowed"]
    assert found["impact"]["counts"] == {"appears": 0, "vanishes": 1, "moves": 0, "shifts": 0, "changes": 0}


def test_the_cases_may_be_those_of_a_ledger(tmp_path: Path) -> None:
    new = edited(tmp_path, BYLAWS, "by: {hours: 48}", "by: {hours: 24}")
    ledger = tmp_path / "ledger.db"
    remit("init", "--ledger", ledger, "--pack", LIBRARY)
    remit("submit", LIBRARY / "facts" / "cases" / "late-book.yaml", "--ledger", ledger, "--pack", LIBRARY)
    before = ledger.read_bytes()
    for name in (ledger, f"sqlite:///{ledger}"):
        found = json.loads(remit("diff", LIBRARY, new, "--on", name, "--json").stdout)["impact"]
        assert [(e["kind"], e["rule"]) for e in found["effects"]] == [("shifts", "a1.guardian")]
    assert ledger.read_bytes() == before
    other = remit("diff", ROOT, ROOT / "examples" / "gdpr-breach", "--on", ledger)
    assert (other.exit_code, "RM845" in other.stderr) == (6, True)


def test_errors_say_in_which_of_the_packs_they_are(tmp_path: Path) -> None:
    broken = edited(tmp_path, BYLAWS, "must: tell_guardian", "must: tell_gardian")
    for words in (["diff", broken, LIBRARY], ["diff", LIBRARY, broken]):
        told = remit(*words)
        assert told.exit_code == 1
        assert f"{broken}/{BYLAWS}:" in told.stderr
        assert "RM204" in told.stderr


def test_what_changed_nothing_in_meaning_says_so(tmp_path: Path) -> None:
    new = edited(tmp_path, BYLAWS, "# Bylaws", "# The bylaws")
    told = remit("diff", LIBRARY, new)
    assert (told.exit_code, told.stdout) == (0, "Nothing changed in meaning.\n")
    assert remit("diff", LIBRARY, new, "--lang", "zh").stdout == "意思没有变化。\n"


def test_a_case_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    told = remit("diff", LIBRARY, edited_copy(tmp_path), "--on", tmp_path / "nope.yaml")
    assert (told.exit_code, "RM846" in told.stderr, told.stdout) == (3, True, "")


def test_what_both_packs_refuse_is_told_once_in_the_language_of_the_call(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text("case: c\n", "utf-8")
    lines = remit("diff", LIBRARY, edited_copy(tmp_path), "--on", bad, "--lang", "zh").stdout.splitlines()
    told = [line for line in lines if line.startswith("  ! ")]
    assert len(told) == 1
    assert "RM410 不是" in told[0]


def test_a_page_that_cannot_be_written_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    told = remit("diff", LIBRARY, edited_copy(tmp_path), "--html", tmp_path / "no" / "page.html")
    assert (told.exit_code, "RM804" in told.stderr) == (5, True)


def edited_copy(folder: Path) -> Path:
    return edited(folder, "facts/pack.yaml", "language: en", "language: en  # the same")
