"""Time zones: which data about them are in use, and events in the pack's own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

from remit.model.event import Event
from remit.model.expression import Value


def localised(event: Event, zone: ZoneInfo) -> Event:
    def local(value: Value) -> Value:
        return value.astimezone(zone) if isinstance(value, datetime) else value

    return replace(
        event,
        at=event.at.astimezone(zone),
        known_at=event.known_at.astimezone(zone),
        data={name: local(value) for name, value in event.data.items()},
        replacement=None if event.replacement is None else localised(event.replacement, zone),
    )


def tzdata_version() -> str:
    """The version of the time-zone data in use, as its publisher names it; `unknown` where it does not say."""
    for folder in TZPATH:
        listed = Path(folder) / "tzdata.zi"
        if listed.is_file():
            with listed.open(encoding="ascii", errors="replace") as lines:
                return lines.readline().removeprefix("# version").strip()
    from tzdata import IANA_VERSION

    return str(IANA_VERSION)
