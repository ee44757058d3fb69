"""A comparison told to people: lines for a terminal, a page that everybody can read, on a phone too."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from made import LIBRARY, edited
from remit import Pack
from remit.comparison.changes import Change
from remit.comparison.compare import compare
from remit.comparison.impact import from_files, impact
from remit.comparison.report import Report, alike
from remit.model.text import Text

BYLAWS = "policies/bylaws-2024/bylaws.md"
NOW = datetime(2024, 6, 20, tzinfo=ZoneInfo("Europe/Stockholm"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def reported(folder: Path, language: str) -> Report:
    new = edited(
        folder, BYLAWS, "if: event.days_late > 14\nby: {r", "if: event.days_late > 30 || event.days_late == 3\nby: {r"
    )
    units = new / "facts" / "units.yaml"
    units.write_text(units.read_text("utf-8").replace("Hill Library", "<Hill> & Dale"), "utf-8")
    one, other = Pack.load(LIBRARY), Pack.load(new)
    found = compare(one, other)
    cases = from_files([LIBRARY], one, other)
    return Report(one, other, found, impact(cases, one, other, found.pairing, NOW, agenda=True), language)


def test_the_page_stands_alone_and_escapes_what_it_quotes(tmp_path: Path) -> None:
    page = reported(tmp_path, "en").page()
    assert "&lt;Hill&gt; &amp; Dale" in page
    assert "<Hill>" not in page
    for outside in ("<script", "<link", "src=", "url(", "@import"):
        assert outside not in page


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_the_page_has_no_barrier_and_fits_a_phone(tmp_path: Path, language: str) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")
    from playwright.sync_api import sync_playwright

    page = tmp_path / "page.html"
    page.write_text(reported(tmp_path, language).page(), "utf-8")
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for width in (1200, 390):
            tab = browser.new_page(viewport={"width": width, "height": 900})
            tab.goto(page.as_uri())
            assert [v["id"] for v in axe.Axe().run(tab).response["violations"]] == []
            assert tab.evaluate("document.documentElement.scrollWidth") <= width
        browser.close()


def test_the_lines_speak_one_language(tmp_path: Path) -> None:
    told = "\n".join(reported(tmp_path, "zh").lines())
    assert "既收窄又放宽" in told
    assert "narrowed" not in told


def test_what_says_the_same_of_many_is_told_once() -> None:
    same = [Change("deadline", "rule", name, "by", Text("甲", "a"), Text("乙", "b")) for name in ("a1", "a2", "a3")]
    other = Change("deadline", "rule", "a4", "by", Text("甲", "a"), Text("丙", "c"))
    assert [names for _, names in alike([*same, other])] == [["a1", "a2", "a3"], ["a4"]]


def test_what_came_is_told_one_by_one() -> None:
    came = [Change("added", "rule", name, after=Text("甲", "a")) for name in ("a1", "a2")]
    assert [names for _, names in alike(came)] == [["a1"], ["a2"]]


@pytest.mark.parametrize(("number", "said"), [(1, "1 case, 1 event:"), (2, "2 cases, 2 events:")])
def test_one_case_is_not_told_as_several(number: int, said: str, tmp_path: Path) -> None:
    told = reported(tmp_path, "en")
    assert told.impact is not None
    assert said in told.counted(replace(told.impact, cases=number, events=number))
