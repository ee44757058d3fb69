"""What the command line prints is as wide here as on any machine; and a new ledger for whoever asks for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import Ledger


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path)
    assert made("init").exit_code == 0
    return made
