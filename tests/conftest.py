"""What the tests share. The generated ones search as long as `REMIT_PROFILE` says: `nightly` for at least 20,000 examples a property.

Packs are kept apart from the user's; one PostgreSQL server serves a session.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from torture.server import Server

COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}

settings.register_profile("default", max_examples=100, **COMMON)
settings.register_profile("nightly", max_examples=20_000, **COMMON)
settings.load_profile(os.environ.get("REMIT_PROFILE", "default"))

os.environ["REMIT_CACHE"] = str(Path(gettempdir()) / "remit-tests")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A running PostgreSQL, one for the session; where there can be none, the reason is told."""
    from torture.server import NoServerError, Server

    try:
        running = Server()
    except NoServerError as reason:
        pytest.skip(f"no PostgreSQL: {reason}")
    yield running
    running.close()
