"""A ledger spoken to as on a command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner, Result

from made import LIBRARY
from remit.cli.app import assembled

app = assembled()

ENGINE = Path(__file__).parents[1] / "engine"


def event(name: str, case: str | None = "c1", at: str = "2024-03-01T10:00", **more: object) -> dict[str, object]:
    own = {"id": name, "type": "item_overdue", "at": at, "place": "harbour", "days_late": 20}
    return own | ({"case": case} if case else {}) | more


class Ledger:
    """One ledger, spoken to as on a command line."""

    def __init__(self, folder: Path, pack: Path = LIBRARY) -> None:
        self.folder = folder
        self.pack = pack
        self.url = str(folder / "remit.db")

    def __call__(self, *words: object, told: str | None = None, pack: Path | None = None) -> Result:
        named, pack = [str(word) for word in words], pack or self.pack
        if not (named[0] == "ledger" and named[1] not in {"rebuild", "import", "erase", "restore"}):
            named += ["--pack", str(pack)]
        env = {"REMIT_LEDGER": self.url, "REMIT_LANG": "en", "COLUMNS": "200"}
        shown = CliRunner().invoke(app, named, prog_name="remit", input=told, env=env)
        assert "Traceback" not in shown.output
        return shown

    def process(self, *words: str) -> subprocess.Popen[bytes]:
        """The same in a process of its own, spoken to through pipes."""
        env = {**os.environ, "PYTHONPATH": str(ENGINE), "REMIT_LEDGER": self.url}
        return subprocess.Popen(
            [sys.executable, "-m", "remit", *words, "--pack", str(self.pack), "--json"],
            env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def json(self, *words: object, told: str | None = None) -> dict[str, object]:
        shown = self(*words, "--json", told=told)
        assert shown.exit_code == 0, shown.output
        found: dict[str, object] = json.loads(shown.stdout)
        return found

    def lines(self, *events: dict[str, object]) -> list[dict[str, object]]:
        """Acknowledgements of events given on stdin."""
        told = "".join(json.dumps(found) + "\n" for found in events)
        return [json.loads(line) for line in self("submit", "-", "--json", told=told).stdout.splitlines()]


def error(shown: Result) -> tuple[int, str]:
    (problem,) = json.loads(shown.stdout.splitlines()[-1] if shown.stdout.startswith('{"') else shown.stdout)["errors"]
    return shown.exit_code, problem["code"]
