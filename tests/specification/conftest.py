"""A pack to write scenarios into."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from made import LIBRARY


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A copy of the library pack without its features, to write some into."""
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    shutil.rmtree(root / "features")
    (root / "features").mkdir()
    return root
