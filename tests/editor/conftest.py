"""Copies of the library to be edited."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made import LIBRARY


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """The library pack, to be written in."""
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    return root
