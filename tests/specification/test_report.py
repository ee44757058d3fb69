"""The report is one file that asks for nothing, says what failed and why, fits a phone, and shuts nobody out."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import which

import pytest

from remit import Pack
from remit.errors import SpecificationError
from remit.specification.features import read_specification
from remit.specification.report import page, require_writable, write_report
from remit.specification.run import run
from spec_packs import loaded

BROKEN = """Feature: <script>alert(1)</script>
  Scenario: late & wrong
    When on 2024-03-01 10:00 "Harbour Library" reports "item overdue":
      | days late | 20 |
    Then "Harbour Library" must "send a reminder", by "2024-03-05"
    And nothing else arises
"""


@pytest.fixture
def broken(library: Path) -> str:
    (library / "features" / "a.feature").write_text(BROKEN, "utf-8")
    pack = Pack.load(library)
    return page(run(pack, read_specification(library)), pack, "en")


def test_it_asks_for_nothing_outside() -> None:
    pack, _, outcome = loaded("library")
    told = page(outcome, pack, "zh")
    assert re.findall(r"(?:src|href)=\"(?!#)[^\"]*\"|url\(|@import|<script", told) == []
    assert "场景检验报告" in told


def test_it_says_which_step_failed_and_why_and_escapes_what_it_is_told(broken: str) -> None:
    assert "<script>" not in broken
    assert '<li class="failed"><span class="key">Then</span>' in broken
    assert '<li class="skipped"><span class="key">And</span>' in broken
    assert "a1.reminder: due: expected `2024-03-05`, found `2024-03-06 24:00`" in broken
    assert "late &amp; wrong" in broken


def test_it_lists_the_rules_no_scenario_reaches() -> None:
    pack, _, outcome = loaded("library")
    told = page(outcome, pack, "en")
    unreached = told.split("Rules whose obligations arise in none")[1].split("</details>")[0]
    assert re.findall(r"<td>([a-z0-9.-]+)</td><td>", unreached) == list(outcome.unreached)


def test_it_is_written_over_nothing_unless_forced(tmp_path: Path) -> None:
    pack, _, outcome = loaded("library")
    path = tmp_path / "r.html"
    require_writable(path, force=False)
    write_report(outcome, pack, "en", path)
    with pytest.raises(SpecificationError, match="RM724"):
        require_writable(path, force=False)
    require_writable(path, force=True)
    with pytest.raises(SpecificationError, match="RM724"):
        require_writable(tmp_path, force=True)  # a directory
    with pytest.raises(SpecificationError, match="RM102"):
        require_writable(tmp_path / "no" / "r.html", force=False)


@pytest.mark.skipif(which("chromium") is None, reason="no Chromium here to look at the page with")
def test_it_passes_axe_and_fits_a_phone(broken: str, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    path = tmp_path / "r.html"
    path.write_text(broken, "utf-8")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=which("chromium"), args=["--no-sandbox"])
        for scheme in ("light", "dark"):
            view = browser.new_page(viewport={"width": 375, "height": 800}, color_scheme=scheme)
            view.goto(path.as_uri())
            assert [v["id"] for v in Axe().run(view).response["violations"]] == []
            assert view.evaluate("document.documentElement.scrollWidth") <= 375
            view.close()
        browser.close()
