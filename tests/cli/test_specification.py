"""`remit test`, `suggest`, `mutate` as a stranger uses them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Queue
from threading import Thread

import pytest

from made import LIBRARY

ENGINE = Path(__file__).parents[2] / "engine"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root, ignore=shutil.ignore_patterns(".remit"))
    return root


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ENGINE), "COLUMNS": "96"}


def remit(*words: str | Path) -> tuple[int, str, str]:
    done = subprocess.run([sys.executable, "-m", "remit", *map(str, words)], env=environment(), capture_output=True, encoding="utf-8", check=False)  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def spoil(root: Path) -> None:
    """One deadline of the library's first scenario, a day too late."""
    path = root / "features" / "library.feature"
    path.write_text(path.read_text("utf-8").replace('by "2024-03-06", under', 'by "2024-03-07", under'), "utf-8")


def test_all_is_well(library: Path) -> None:
    assert remit("test", library) == (0, "15 scenarios: 15 passed, 0 failed. Of 8 rules, 7 raise an obligation in some scenario\n", "")  # fmt: skip


def test_a_failure_is_told_without_a_trace_of_pytest_and_exits_1(library: Path) -> None:
    spoil(library)
    code, out, err = remit("test", library)
    assert (code, err) == (1, "")
    assert out.startswith(
        '✗ failed: An item more than 14 days late\n  features/library.feature:14  Then "Harbour Library" must'
    )
    assert "a1.reminder: due: expected `2024-03-07`, found `2024-03-06 24:00`" in out
    assert not any(word in out for word in ("pytest", "assert", "Traceback", "Error", ".py"))


def test_the_results_can_be_read_by_programs(library: Path) -> None:
    spoil(library)
    code, out, _ = remit("test", library, "--json")
    found = json.loads(out)
    assert (code, found["scenarios"], found["passed"], found["failed"], found["complete"]) == (1, 15, 14, 1, True)
    first = found["results"][0]
    assert {k: first[k] for k in ("file", "line", "row", "status")} == {"file": "features/library.feature", "line": 9, "row": None, "status": "failed"}  # fmt: skip
    assert first["failed_step"]["line"] == 14
    assert "a1.reminder" in first["rules"]
    assert remit("test", library, "--json")[1] == out


def test_what_is_wrong_with_a_feature_file_is_said_on_stderr_and_the_rest_is_told(library: Path) -> None:
    (library / "features" / "z.feature").write_text("Feature: f\n  Scenario: s\n    Givn nothing\n", "utf-8")
    code, out, err = remit("test", library)
    assert code == 1
    assert "15 passed" in out
    assert "features/z.feature:2:1: RM822 no-steps: found `Givn nothing`" in err
    assert "nearest: `Given`" in err


@pytest.mark.parametrize(
    ("words", "code"), [(("--scenario", "An itm more than"), 4), (("--tag", "x"), 4), (("--html", "library.html"), 3)]
)
def test_a_wrong_call_is_refused_with_its_reason(library: Path, words: tuple[str, str], code: int, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    (library.parent / "library.html").write_text("mine", "utf-8")
    monkeypatch.chdir(library.parent)
    found, out, err = remit("test", library, *words)
    assert (found, out) == (code, "")
    assert "RM" in err
    assert (library.parent / "library.html").read_text("utf-8") == "mine"


def test_a_report_is_written(library: Path) -> None:
    assert remit("test", library, "--html", library / "report.html")[0] == 0
    assert "<!doctype html>" in (library / "report.html").read_text("utf-8")


def test_lines_are_suggested_and_written(library: Path) -> None:
    feature = library / "features" / "new.feature"
    feature.write_text(
        'Feature: f\n  Scenario: new one\n    When on 2024-03-01 "Hill Library" reports "rare book lent out"\n', "utf-8"
    )
    code, out, _ = remit("suggest", "new one", "--pack", library)
    assert (code, feature.read_text("utf-8").count("Then")) == (0, 0)
    assert "Then" in out
    assert remit("suggest", "new one", "--pack", library, "--write")[0] == 0
    assert remit("test", library, "--scenario", "new one")[0] == 0
    assert "written" not in remit("suggest", "new one", "--pack", library, "--write", "--lang", "en")[1]
    assert remit("suggest", "new one", "--pack", library, "--write", "--json")[0] == 0, "nothing is left to add"


def test_changes_nobody_notices_are_told_and_the_json_is_the_same_twice(library: Path) -> None:
    code, out, _ = remit("mutate", library, "--jobs", "1", "--rule", "a1.reminder", "--json")
    found = json.loads(out)
    assert found["mutants"] == found["noticed"] + len(found["survivors"])
    assert code == (1 if found["survivors"] else 0)
    assert remit("mutate", library, "--jobs", "1", "--rule", "a1.reminder", "--json")[1] == out
    code, out, err = remit("mutate", library, "--rule", "a1.remnder")
    assert (code, "nearest: `a1.reminder`" in err) == (4, True)


def heard(process: subprocess.Popen[str]) -> Iterator[str]:
    """Line by line what the process says; stops where it says nothing for two minutes."""
    lines: Queue[str] = Queue()
    assert process.stdout is not None
    stream = process.stdout
    Thread(target=lambda: [lines.put(line) for line in stream], daemon=True).start()
    while True:
        try:
            yield lines.get(timeout=120)
        except Empty:
            return


def until(lines: Iterator[str], words: str) -> str:
    said = []
    for line in lines:
        said.append(line)
        if words in line:
            return "".join(said)
    raise AssertionError("".join(said))


def test_a_change_is_tested_as_soon_as_it_is_saved_and_a_broken_pack_is_waited_for(library: Path) -> None:
    command = [sys.executable, "-u", "-m", "remit", "test", str(library), "--watch", "--lang", "en"]
    feature, chapter = library / "features" / "library.feature", next(library.glob("policies/*/*.md"))
    sound, law = feature.read_text("utf-8"), chapter.read_text("utf-8")
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8") as process:  # fmt: skip
        try:
            lines = heard(process)
            assert "15 passed, 0 failed" in until(lines, "waiting for changes")
            spoil(library)
            assert "features/library.feature:14" in until(lines, "waiting for changes")
            feature.write_text(sound, "utf-8")
            assert "15 passed" in until(lines, "waiting for changes")
            chapter.write_text(law.replace("must:", "mst:", 1), "utf-8")
            assert "nearest: `must`" in until(lines, "tested again once they are mended")
            chapter.write_text(law, "utf-8")
            assert "15 passed" in until(lines, "waiting for changes")
        finally:
            process.kill()
