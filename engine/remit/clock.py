"""The one place that reads the wall clock."""

from __future__ import annotations

from datetime import datetime, tzinfo


def now(zone: tzinfo) -> datetime:
    """This moment in `zone`, to the second."""
    return datetime.now(zone).replace(microsecond=0)  # noqa: TID251 - the edge where time enters
