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
        "local_calendars": local_calendars(pack),
    }


def local_calendars(pack: Pack) -> list[dict[str, object]]:
    """Calendars other than the pack's own, each with the places that go by it."""
    places: dict[int, list[str]] = {}
    for place, own in sorted(pack.calendar.local.items()):
        places.setdefault(id(own), []).append(place)
    calendars = {id(own): own for own in pack.calendar.local.values()}
    return [
        {"places": names, "zone": str(calendars[number].zone), "years": sorted(calendars[number].years)}
        for number, names in places.items()
    ]


def shown(value: object) -> str:
    """A fact in one line.

    >>> shown([{"places": ["cork", "ireland"], "zone": "Europe/Dublin", "years": [2024, 2025]}])
    'cork, ireland (Europe/Dublin: 2024, 2025)'
    """
    if isinstance(value, dict):
        places, zone, years = map(shown, value.values())
        return f"{places} ({zone}: {years})"
    return ", ".join(map(shown, value)) if isinstance(value, list) else str(value)


def installed(name: str) -> str:
    """The version of a distribution, or `missing`."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
