"""The documents cannot lie: what they show is run, what they count is counted, what they name exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from remit import Engine, Pack
from remit.pack import dialect
from remit.pack.rules import KEYS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(path: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / path).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_transcript_in_the_readme_is_what_is_printed() -> None:
    (shown,) = blocks("README.md", "console")
    command, _, expected = shown.partition("\n")
    words = command.removeprefix("$ remit ").split()
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "COLUMNS": "96"}
    done = subprocess.run(
        [sys.executable, "-m", "remit", *words], cwd=ROOT, env=env, capture_output=True, encoding="utf-8", check=True
    )
    assert [line.rstrip() for line in done.stdout.strip().splitlines()] == [
        line.rstrip() for line in expected.strip().splitlines()
    ]


@pytest.mark.parametrize("path", ["README.md", "docs/embedding.md"])
def test_the_python_shown_runs(path: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for block in blocks(path, "python"):
        exec(compile(block, path, "exec"), {})
    assert "阜新市妇产医院" in capsys.readouterr().out


def test_the_numbers_in_the_readme_are_right() -> None:
    pack = Pack.load(ROOT)
    assert f"{len(pack.rules)} rules" in README
    from test_specification import told

    assert f"{len(told())} scenarios" in README


def test_every_document_named_is_there() -> None:
    for path in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", path.read_text("utf-8")):
            if not target.startswith("http"):
                assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_every_key_of_a_rule_is_explained_in_both_languages() -> None:
    told = (ROOT / "docs" / "language.md").read_text("utf-8")
    for key in KEYS:
        assert f"`{key}`" in told, key
        chinese = [written for written, english in dialect.KEYS.items() if english == key]
        assert any(written in told for written in chinese), key


def test_every_step_is_documented() -> None:
    """Each step's leading words, in both languages."""
    told = (ROOT / "docs" / "steps.md").read_text("utf-8")
    source = (ROOT / "engine" / "remit" / "steps" / "definitions.py").read_text("utf-8")
    words = {
        w
        for pattern in re.findall(r'rf?"((?:[^"\\]|\\.)*)"', source)
        for w in re.findall(r"[\u4e00-\u9fff]{3,}", pattern)
    }
    assert {word for word in words if word not in told} == set()


def test_the_tutorial_s_rule_is_the_pack_s_own() -> None:
    assert "a7-2.report-clue" in Pack.load(ROOT).rules
    assert "a7-2.report-clue" in (ROOT / "docs" / "tutorial.md").read_text("utf-8")


def test_every_rule_and_reading_named_in_the_interpretation_exists() -> None:
    pack = Pack.load(ROOT)
    told = (ROOT / "docs" / "interpretation.md").read_text("utf-8")
    named = set(re.findall(r"`([a-z0-9_.-]+)`", told)) - {"inferred", "note"}
    assert len(named) > 30
    assert named - pack.rules.keys() - pack.vocabulary.readings.keys() == set()


def test_the_example_cases_all_run_and_are_all_routed() -> None:
    pack = Pack.load(ROOT)
    assert len(pack.cases) >= 8
    for path in pack.cases:
        engine = Engine(pack)
        engine.submit_all(pack.read_events(path))
        answer = engine.answer(agenda=False)
        assert answer.obligations, path.name
        assert answer.unrouted == (), path.name
        assert answer.conflicts == (), path.name
