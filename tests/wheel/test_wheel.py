"""The wheel, installed in an empty environment somewhere else, carries everything. Needs the package index that `make` used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USE = """
from remit import Engine, Obligation, Pack
from remit.errors import RemitError


def owed(path: str) -> tuple[Obligation, ...]:
    engine = Engine(Pack.load(path))
    delta = engine.submit({"id": "e1", "type": "t", "at": "2024-05-06", "case": "c"})
    reveal_type(delta.created)
    return engine.obligations(status="active")


code: int = RemitError("RM1", "x").code
"""


def run(*command: object, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    keep = {
        k: v
        for k, v in os.environ.items()
        if k in ("PATH", "HOME", "TMPDIR") or k.upper().startswith(("PIP_", "SSL_", "HTTP", "NO_PROXY"))
    }
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=keep | variables,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel and its locked dependencies; its `bin`."""
    home = tmp_path_factory.mktemp("elsewhere")
    built = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", home, ROOT, cwd=home)
    assert built.returncode == 0, built.stderr
    venv.create(home / "env", with_pip=True)
    binary = home / "env" / "bin"
    pip = (binary / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check")
    locked = run(*pip, "--require-hashes", "-r", ROOT / "requirements.txt", cwd=home)
    assert locked.returncode == 0, locked.stderr
    run(
        *pip,
        "--require-hashes",
        "--no-deps",
        "-r",
        ROOT / "requirements-durable.txt",
        cwd=home,
        CPPFLAGS="-DPyEval_CallObject=PyObject_CallObject",
    )
    wheel = next(home.glob("*.whl"))
    assert run(*pip, "--no-deps", wheel, cwd=home).returncode == 0
    return binary


def test_it_runs_and_checks_the_pack_it_carries(installed: Path, tmp_path: Path) -> None:
    checked = run(installed / "remit", "check", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    told = run(installed / "remit", "run", "--json", "--now", "2024-05-07T08:00", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    answer = json.loads(told.stdout)
    assert answer["pack"] == "fuxin"
    assert len(answer["obligations"]) > 4
    assert "_shipped" in run(installed / "remit", "doctor", cwd=tmp_path).stdout


def test_it_needs_no_locale(installed: Path, tmp_path: Path) -> None:
    told = run(installed / "remit", "run", "--now", "2024-05-07T08:00", cwd=tmp_path, LC_ALL="C", PYTHONUTF8="0")
    assert told.returncode == 0, told.stderr
    assert "案件" in told.stdout


def test_the_plugin_runs_a_pack_s_scenarios(installed: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(ROOT / "tests" / "packs" / "good" / "library", tmp_path / "library")
    ran = run(installed / "python", "-m", "pytest", "-q", "library", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout


def test_the_shipped_scenarios_run_too(installed: Path, tmp_path: Path) -> None:
    where = run(
        installed / "python", "-c", "from remit.shipped import shipped_pack; print(shipped_pack())", cwd=tmp_path
    ).stdout.strip()
    ran = run(
        installed / "python",
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"{where}/features/chapter-2.feature",
        cwd=tmp_path,
    )
    assert ran.returncode == 0, ran.stdout


def test_its_types_are_seen_from_outside(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "use.py").write_text(USE.replace("code: int", "code: str"), "utf-8")
    good = run(
        sys.executable, "-m", "mypy", "--strict", "--python-executable", installed / "python", "use.py", cwd=tmp_path
    )
    assert good.returncode == 0, good.stdout
    assert "Obligation" in good.stdout
    (tmp_path / "use.py").write_text(USE, "utf-8")
    bad = run(
        sys.executable, "-m", "mypy", "--strict", "--python-executable", installed / "python", "use.py", cwd=tmp_path
    )
    assert bad.returncode == 1, "a wrong use must not pass"


@pytest.mark.parametrize("document", ["README.md", "docs/embedding.md"])
def test_the_documented_examples_are_typed(document: str, installed: Path, tmp_path: Path) -> None:
    examples = re.findall(r"```python\n(.*?)```", (ROOT / document).read_text("utf-8"), re.DOTALL)
    for number, example in enumerate(examples):
        (tmp_path / f"example{number}.py").write_text(example, "utf-8")
    told = run(sys.executable, "-m", "mypy", "--strict", "--python-executable", installed / "python", ".", cwd=tmp_path)
    assert examples
    assert told.returncode == 0, told.stdout


#: What the extra `workbench` brings: the lock has it, a plain `pip install remit` has not.
WORKBENCH = frozenset(
    {"z3", "lxml", "openpyxl", "docx", "icalendar", "jinja2", "pygls", "lsprotocol", "cattrs", "watchfiles", "dateutil"}
)


def test_it_is_small(installed: Path) -> None:
    """Without the workbench, and with it."""
    site = next((installed.parent / "lib").glob("python*/site-packages"))
    sizes = {"core": 0, "workbench": 0}
    for path in site.rglob("*"):
        part = path.relative_to(site).parts[0]
        if path.is_file() and "pip" not in part:
            sizes["workbench" if part in WORKBENCH else "core"] += path.stat().st_size
    assert sizes["core"] < 150_000_000, f"{sizes['core'] / 1e6:.0f} MB"
    assert sum(sizes.values()) < 230_000_000, f"{sum(sizes.values()) / 1e6:.0f} MB"


def test_a_project_without_packs_is_left_alone(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_own.py").write_text("def test_it():\n    assert True\n", "utf-8")
    (tmp_path / "own.feature").write_text("Feature: mine\n", "utf-8")
    ran = run(installed / "python", "-m", "pytest", "-q", cwd=tmp_path)
    assert ran.returncode == 0, ran.stdout
    assert "1 passed" in ran.stdout
