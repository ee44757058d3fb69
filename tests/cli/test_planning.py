"""`remit matrix`, `delegation`, `rehearse`, `forecast` and `export` as people and programs call them."""

from __future__ import annotations

import io
import json
from pathlib import Path

import docx
import openpyxl
import pytest
from typer.testing import CliRunner, Result

from made import LIBRARY
from remit.cli.app import assembled

app = assembled()

ROOT = Path(__file__).parents[2]
CHAIN = Path(__file__).parents[1] / "packs" / "good" / "delegation"
NOW = ("--now", "2024-12-18T08:30")


def remit(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], prog_name="remit")


def flat(shown: Result) -> str:
    return "".join(sign for sign in shown.stdout if sign not in "│┃ \n")


# --- matrix -------------------------------------------------------------------------------------------


def test_the_matrix_shows_articles_load_and_idle_units() -> None:
    shown = remit("matrix", ROOT, "--on", "2024-06-01")
    assert shown.exit_code == 0
    for words in ("第二十四条", "每项义务都有单位承担", "负荷", "阜新市公安局", "闲置"):
        assert words in flat(shown), words


def test_the_matrix_as_json_has_every_cell() -> None:
    told = json.loads(remit("matrix", LIBRARY, "--on", "2024-06-01", "--json").stdout)
    assert sum(cell["unit"]["id"] == "hill-library" for cell in told["cells"]) == 3
    assert told["cells"][0]["parts"].keys() == {"bearer", "performer", "to", "with"}
    assert (told["unborne"], told["idle"], told["on"]) == ([], [], "2024-06-01")


def test_one_unit_is_named_in_chinese_and_shown_with_its_rules() -> None:
    shown = remit("matrix", ROOT, "--unit", "细河区民政局", "--on", "2024-06-01")
    assert "a24.self-assessment" in flat(shown)
    assert "同层级单位的界限" in shown.stdout


@pytest.mark.parametrize(("option", "name", "nearest"), [("--unit", "hil-library", "hill-library"), ("--article", "Artcle 1", "Article 1")])  # fmt: skip
def test_an_unknown_name_is_answered_with_the_nearest(option: str, name: str, nearest: str) -> None:
    shown = remit("matrix", LIBRARY, option, name, "--on", "2024-06-01")
    assert (shown.exit_code, f"nearest: `{nearest}`" in shown.stderr) == (4, True)


# --- delegation ---------------------------------------------------------------------------------------


def test_the_delegation_chain_shows_what_is_missing_short_and_beyond() -> None:
    shown = remit("delegation", CHAIN)
    for words in ("无法判断", "次数更少", "没有本地规则", "请确认后写`落实:city.train`", "county.bus"):
        assert words in flat(shown), words
    told = json.loads(remit("delegation", CHAIN, "--json").stdout)
    assert told["counts"] == {"demands": 5, "carried": 3, "short": 2, "missing": 2, "beyond": 2}
    assert [chain["known"] for chain in told["chains"]] == [False, True]


def test_a_pack_without_superior_documents_says_so() -> None:
    assert "implements" in remit("delegation", LIBRARY).stdout


# --- rehearse -----------------------------------------------------------------------------------------


def test_a_rehearsal_shows_what_moves_and_writes_nothing() -> None:
    before = {p: p.read_bytes() for p in LIBRARY.rglob("*.yaml")}
    shown = remit(
        "rehearse", LIBRARY, "--merge", "harbour-library,hill-library:city=City Library", "--on", "2027-01-01"
    )
    assert shown.exit_code == 0
    for words in (
        "losesitsowner",
        "City Library".replace(" ", ""),
        "merge:[harbour-library,hill-library]",
        "Nothingwaswritten",
    ):
        assert words in flat(shown), words
    assert {p: p.read_bytes() for p in LIBRARY.rglob("*.yaml")} == before


def test_a_rehearsal_as_json_has_desks_duties_and_lines() -> None:
    told = json.loads(remit("rehearse", LIBRARY, "--abolish", "hill-library", "--on", "2027-01-01", "--json").stdout)
    assert {desk["fate"] for desk in told["desks"]} == {"lost"}
    assert {duty["after"] for duty in told["duties"]} == {None}
    assert told["facts/units.yaml"].startswith("reorganisations:")


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--merge", "hill-library"), 3), (("--abolish", "hil-library"), 4), ((), 2), (("--abolish", "hill-library", "--on", "x"), 2)],
)  # fmt: skip
def test_a_wrong_rehearsal_is_refused(words: tuple[str, ...], code: int) -> None:
    assert remit("rehearse", LIBRARY, *words).exit_code == code


# --- forecast -----------------------------------------------------------------------------------------


def test_a_forecast_has_a_bar_for_each_busy_unit_and_says_what_it_rests_on() -> None:
    shown = remit("forecast", ROOT, "--from", "2025-01-01")
    assert shown.exit_code == 0
    for words in ("重演", "17件", "█", "国庆节", "最忙的周"):
        assert words in flat(shown), words


def test_a_forecast_as_json_adds_up() -> None:
    told = json.loads(remit("forecast", LIBRARY, "--from", "2025-01-01", "--json").stdout)
    assert len(told["weeks"]) == len(told["by_week"]) == 53
    assert sum(told["by_week"]) == sum(unit["total"] for unit in told["units"])
    assert told["unpublished"] == [2025]


def test_a_forecast_of_more_than_a_year_is_refused() -> None:
    assert remit("forecast", LIBRARY, "--from", "2025-01-01", "--to", "2026-12-31").exit_code == 2


# --- export -------------------------------------------------------------------------------------------


def test_a_chinese_file_name_is_written_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shown = remit("export", "checklist", "--pack", ROOT, "--unit", "细河区民政局", *NOW)
    assert shown.stdout == "已写入 细河区民政局责任清单.docx\n"
    assert docx.Document("细河区民政局责任清单.docx").paragraphs[0].text == "细河区民政局责任清单"
    again = remit("export", "checklist", "--pack", ROOT, "--unit", "细河区民政局", *NOW)
    assert (again.exit_code, "RM862 输出文件已存在" in again.stderr, "--force" in again.stderr) == (3, True, True)
    assert remit("export", "checklist", "--pack", ROOT, "--unit", "细河区民政局", *NOW, "--force").exit_code == 0


def test_a_document_goes_to_stdout() -> None:
    shown = remit("export", "supervision", "--pack", ROOT, "--format", "md", "--out", "-", *NOW)
    assert shown.stdout.startswith("# 阜新市督办单\n")


def test_the_shipped_pack_s_self_assessment_answers_its_own_rule(tmp_path: Path) -> None:
    """Article 24 asks for it every December."""
    out = tmp_path / "自评.docx"
    words = ("--unit", "xihe.police", "--duty", "a24.self-assessment", "--out", out)
    assert remit("export", "self-assessment", "--pack", ROOT, *words, *NOW).exit_code == 0
    text = "\n".join(p.text for p in docx.Document(out).paragraphs)
    assert "报送细河区反拐工作联席会议办公室，期限：2024-12-15 24:00。" in text
    assert "已完成1项" in text


def test_each_unit_gets_its_file(tmp_path: Path) -> None:
    told = json.loads(remit("export", "checklist", "--pack", LIBRARY, "--each", tmp_path / "all", "--format", "xlsx", "--json", "--now", "2024-06-01").stdout)  # fmt: skip
    assert len(told["files"]) == 3
    assert all(openpyxl.load_workbook(file).worksheets for file in told["files"])


def test_what_a_template_can_ask_for_is_listed_in_both_languages() -> None:
    assert "item.days_over           逾期天数" in remit("export", "--fields", "--lang", "zh").stdout
    told = json.loads(remit("export", "--fields", "--json", "--lang", "en").stdout)
    assert {"field": "unit", "means": "the unit's name"} in told


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), 2, "which document"),
        (("self-assessment",), 2, "of one unit"),
        (("checklist", "--unit", "hil-library"), 4, "nearest: `hill-library`"),
        (("calendar", "--format", "docx"), 3, "RM865"),
        (("tasks", "--out", "/nowhere/x.md"), 5, "RM863"),
        (("tasks", "--from", "2024-02-01", "--to", "2024-01-01"), 2, "lies before"),
        (("tasks", "--template", "none.docx"), 3, "RM861"),
        (("tasks", "--ledger", "none.db"), 6, "RM705"),
        (("tasks", "--ledger", "x.db", "--case", "y.yaml"), 2, "either case files or a ledger"),
        (("poem",), 2, "poem"),
        (("tasks", "--each", "x", "--out", "y"), 2, "without --unit and --out"),
    ],
)
def test_what_cannot_be_exported_says_why(words: tuple[str, ...], code: int, said: str) -> None:
    shown = remit("export", *words, "--pack", LIBRARY)
    assert (shown.exit_code, said in shown.stderr) == (code, True), shown.stderr


def test_a_ledger_s_duties_are_exported_as_they_stand(tmp_path: Path) -> None:
    """The same as from its case files at the same moment."""
    ledger, cases = tmp_path / "l.db", sorted((LIBRARY / "facts" / "cases").glob("*"))
    assert remit("init", "--pack", LIBRARY, "--ledger", ledger).exit_code == 0
    assert remit("submit", *cases, "--pack", LIBRARY, "--ledger", ledger).exit_code == 0
    assert remit("advance", "--to", "2024-12-18T08:30", "--pack", LIBRARY, "--ledger", ledger).exit_code == 0
    for kind, unit in (("supervision", ()), ("self-assessment", ("--unit", "hill-library"))):
        words = ("export", kind, *unit, "--pack", LIBRARY, "--format", "md", "--out", "-")
        kept = remit(*words, "--ledger", ledger)
        assert kept.exit_code == 0, kept.stderr
        assert kept.stdout == remit(*words, *NOW).stdout
        earlier = remit(*words, "--ledger", ledger, "--now", "2024-07-02")
        assert earlier.stdout == remit(*words, "--now", "2024-07-02").stdout
    forecast = remit("forecast", LIBRARY, "--ledger", ledger, "--from", "2025-01-01", "--json")
    assert forecast.stdout == remit("forecast", LIBRARY, "--from", "2025-01-01", "--json").stdout


def test_a_filled_template_is_the_office_s_own(tmp_path: Path) -> None:
    paper = docx.Document()
    paper.add_paragraph("{{ unit }}｜{{ from }}—{{ to }}")
    paper.save(tmp_path / "模板.docx")
    out = tmp_path / "out.docx"
    shown = remit(
        "export",
        "tasks",
        "--pack",
        ROOT,
        "--unit",
        "细河区民政局",
        "--template",
        tmp_path / "模板.docx",
        "--out",
        out,
        *NOW,
    )
    assert shown.exit_code == 0
    assert docx.Document(io.BytesIO(out.read_bytes())).paragraphs[0].text == "细河区民政局｜2024年1月1日—2024年12月31日"


def test_every_refusal_speaks_chinese(tmp_path: Path) -> None:
    import re

    for words in (
        ("export", "calendar", "--format", "md"), ("export", "tasks", "--template", "none.xlsx"), ("export", "tasks", "--out", "/nowhere/x.md"),
        ("rehearse", "--merge", "xihe.police"), ("rehearse", "--rename", "xihe.police"), ("rehearse", "--abolish", "xihe.police:"),
        ("delegation", "--superior", "x"), ("matrix", "--article", "999"), ("export", "self-assessment", "--unit", "xihe.police", "--duty", "x"),
    ):  # fmt: skip
        pack = () if words[0] == "delegation" or words[0] in {"matrix", "rehearse"} else ("--pack", ROOT)
        shown = remit(words[0], *((ROOT,) if not pack else ()), *words[1:], *pack, "--lang", "zh")
        assert shown.exit_code in {3, 4, 5}, words
        said = re.sub(r"`[^`]*`|“[^”]*”|（[^）]*）|\S+:|pip install", "", shown.stderr)
        assert re.search(r"[A-Za-z]{2,} [a-z]{2,}", said) is None, shown.stderr
