"""Ledgers on both databases: a fresh place for each test."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from remit import Pack
from remit.ledger.vault import MasterKey
from torture import shim
from torture.server import Server
from torture.shim import Page
from torture.victim import LIBRARY, Victims

numbers = count()


def pytest_make_parametrize_id(val: object) -> str | None:
    """Names for cases of bytes, and of text that no terminal prints or that fills one."""
    if isinstance(val, bytes) or (isinstance(val, str) and not (val.isprintable() and len(val) < 40)):
        return ascii(val)[:40]
    return None


@pytest.fixture(scope="session")
def pack() -> Pack:
    return Pack.load(LIBRARY)


@pytest.fixture
def key() -> MasterKey:
    return MasterKey.create()


@pytest.fixture
def postgresql(server: Server) -> Iterator[str]:
    """The URL of an empty database on the server."""
    name = f"ledger_{os.getpid()}_{next(numbers)}"
    yield server.create(name)
    server.drop(name)


@pytest.fixture
def sqlite(tmp_path: Path) -> str:
    """The URL of a file that is not there."""
    return f"sqlite:///{tmp_path}/ledger.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest) -> str:
    """The URL of a place for a new ledger, on either database."""
    return str(request.getfixturevalue(request.param))


# --- victims ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return Page(tmp_path_factory.mktemp("page") / "page")


@pytest.fixture(scope="session")
def shim_library() -> Iterator[Path]:
    """The compiled shim, where the server's user can read it too; where there can be none, the reason is told."""
    reason = shim.missing()
    if reason:
        pytest.skip(reason)
    with tempfile.TemporaryDirectory(prefix="remit-shim-") as folder:
        Path(folder).chmod(0o755)
        yield shim.compiled(Path(folder))


@pytest.fixture(scope="session")
def victims(page: Page, shim_library: Path) -> Iterator[Victims]:
    """Writers under the shim."""
    made = Victims(page.environment(shim_library))
    yield made
    made.close()
