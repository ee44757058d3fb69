"""What `remit doctor` looks at."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import TZPATH

if TYPE_CHECKING:
    from remit.pack.load import Pack


def health(pack: Pack | None) -> dict[str, object]:
    """The installation, told even where the pack does not load (None)."""
    from remit import __version__
    from remit.matching.choose import choose
    from remit.program.program import Program

    matcher = choose(Program((), {}, {}), at_once=True)
    facts: dict[str, object] = {
        "remit": __version__,
        "python": platform.python_version(),
        "backend": matcher.name,
        "backend_reason": matcher.reason,
        "durable_rules": installed("durable-rules"),
        "tzdata": installed("tzdata"),
    }
    if pack is None:
        return facts
    zone = pack.vocabulary.zone
    return facts | {
        "pack": str(pack.root),
        "policies": [policy.id for policy in pack.policies],
        "zone": zone,
        "zone_source": next((str(Path(folder)) for folder in TZPATH if (Path(folder) / zone).is_file()), "tzdata"),
        "calendar_years": sorted(pack.calendar.years),
    }


def installed(name: str) -> str:
    """The version of a distribution, or `missing`."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
