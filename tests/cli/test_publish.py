"""`remit site` as people and programs call it."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from made import LIBRARY
from remit.cli.app import assembled

app = assembled()


def site(*words: object) -> Result:
    return CliRunner().invoke(app, ["site", str(LIBRARY), *map(str, words)], prog_name="remit")


def test_a_site_is_written_in_both_languages_and_renewed(tmp_path: Path) -> None:
    for _ in range(2):
        done = site("--out", tmp_path / "site", "--on", "2026-11-26")
        assert (done.exit_code, done.stderr) == (0, "")
        assert "pages written" in done.stdout
    assert {p.name for p in (tmp_path / "site").iterdir()} == {"en", "index.html", "site.json", "static", "zh"}


def test_one_language_is_written_and_spoken(tmp_path: Path) -> None:
    done = site("--out", tmp_path / "site", "--lang", "zh")
    assert "已写成" in done.stdout
    assert not (tmp_path / "site" / "en").exists()


def test_a_directory_that_is_not_ours_is_refused_before_any_work(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    refused = site("--out", tmp_path)
    assert refused.exit_code == 3
    assert "RM870" in refused.stderr
    assert "--force" in refused.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]
    assert site("--out", tmp_path, "--force").exit_code == 0
    assert (tmp_path / "thesis.txt").exists()


def test_results_that_are_none_and_results_of_other_scenarios(tmp_path: Path) -> None:
    results = tmp_path / "results.json"
    results.write_text("not JSON")
    refused = site("--out", tmp_path / "site", "--results", results)
    assert refused.exit_code == 3
    assert "RM871" in refused.stderr
    assert not (tmp_path / "site").exists()
    results.write_text('{"results": [{"file": "features/other.feature", "name": "x", "status": "passed"}]}')
    told = site("--out", tmp_path / "site", "--results", results)
    assert told.exit_code == 0
    assert "1 results are of scenarios this pack has not got (such as features/other.feature: x)" in told.stderr


def test_a_program_is_told_in_json_what_was_written_and_what_was_refused(tmp_path: Path) -> None:
    out = tmp_path / "site"
    told = json.loads(site("--out", out, "--json").stdout)
    assert told == {"pages": sum(1 for _ in out.rglob("*.html")), "file": str(out / "index.html")}
    (tmp_path / "mine").write_text("mine", "utf-8")
    refused = site("--out", tmp_path / "mine", "--json")
    assert (refused.exit_code, json.loads(refused.stdout)["errors"][0]["code"]) == (3, "RM870")
