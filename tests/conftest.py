"""How long the generated tests search: `REMIT_PROFILE=nightly` for at least 20,000 examples a property. Packs are kept apart from the user's."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir

from hypothesis import HealthCheck, settings

COMMON = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large],
}

settings.register_profile("default", max_examples=100, **COMMON)
settings.register_profile("nightly", max_examples=20_000, **COMMON)
settings.load_profile(os.environ.get("REMIT_PROFILE", "default"))

os.environ["REMIT_CACHE"] = str(Path(gettempdir()) / "remit-tests")
