"""The documents cannot lie: what they show is run, what they count is counted, what they name exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from remit import Engine, Pack
from remit.explain.messages import MEANINGS
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


def test_every_english_step_is_documented_word_by_word() -> None:
    told = set(re.findall(r"[a-z]+", (ROOT / "docs" / "steps.md").read_text("utf-8").lower()))
    source = (ROOT / "engine" / "remit" / "steps" / "definitions.py").read_text("utf-8")
    patterns = [p for p in re.findall(r'rf?"((?:[^"\\]|\\.)*)"', source) if not re.search(r"[\u4e00-\u9fff]", p)]
    words = {w for p in patterns for w in re.findall(r"[a-z]{4,}", re.sub(r"\{[^}]*\}|\?P<\w+>", " ", p).lower())}
    assert {"undecided", "rebuttable", "refused"} <= words
    assert words - told == set()


def test_every_clause_and_column_is_documented() -> None:
    from remit.steps import definitions

    told = (ROOT / "docs" / "steps.md").read_text("utf-8")
    for word in (*definitions.CLAUSES, *definitions.COLUMNS, *definitions.ABOUT, *definitions.MODALS):
        assert word in told, word


def test_each_code_means_in_chinese_what_the_document_says() -> None:
    rows = re.findall(r"^\| (RM\d+) \|.*\| ([^|]+) \|$", (ROOT / "docs" / "errors.md").read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == MEANINGS


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


FILE = re.compile(r"^`([^`]+)`：\n\n(`{3,})\w*\n(.*?)^\2$", re.MULTILINE | re.DOTALL)
SLIP = re.compile(r"把 `([^`]+)` 写成 `([^`]+)`")


def typed_in(told: str, pack: Path) -> None:
    """Every file of the tutorial, as it is printed."""
    for path, _, content in FILE.findall(told):
        (pack / path).parent.mkdir(parents=True, exist_ok=True)
        (pack / path).write_text(content, "utf-8")


def answered(command: str, pack: Path) -> str:
    """What a command of the tutorial prints, both streams, without the time it took."""
    name, *words = command.split()
    program = {"remit": ["remit"], "pytest": ["pytest", "-p", "no:cacheprovider", "-p", "remit.steps"]}[name]
    if "remit" in {point.name for point in entry_points(group="pytest11")}:
        program = program[:3]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "engine"), "COLUMNS": "96"}
    done = subprocess.run([sys.executable, "-m", *program, *words], cwd=pack, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)  # fmt: skip
    return re.sub(r" in [\d.]+s", "", done.stdout)


def test_the_tutorial_works_as_it_is_printed(tmp_path: Path) -> None:
    """From an empty directory, file by file and command by command; the slip it shows is made, and put right again."""
    told = (ROOT / "docs" / "tutorial.md").read_text("utf-8")
    typed_in(told, tmp_path)
    for before, shown in re.findall(r"([^\n]*)\n\n```console\n(.*?)^```$", told, re.MULTILINE | re.DOTALL):
        slip = SLIP.search(before)
        if slip is not None:
            (chapter,) = tmp_path.glob("policies/*/*.md")
            chapter.write_text(chapter.read_text("utf-8").replace(slip[1], slip[2]), "utf-8")
        for part in re.split(r"^\$ ", shown, flags=re.MULTILINE)[1:]:
            command, _, expected = part.partition("\n")
            lines = [line.rstrip() for line in answered(command, tmp_path).rstrip().splitlines()]
            assert lines == expected.rstrip().splitlines(), command
        typed_in(told, tmp_path)


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
