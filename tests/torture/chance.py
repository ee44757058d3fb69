"""Seeded chance: the same seed, the same run. The seed is printed; `REMIT_SEED` sets it, `REMIT_POINTS` how many points."""

from __future__ import annotations

import os
from random import Random  # noqa: TID251 - tests draw from a printed seed

__all__ = ["Random", "points", "seed"]


def points(default: int) -> int:
    """How many points a test is worth: `make torture` asks for more."""
    return int(default * float(os.environ.get("REMIT_TORTURE", "1")))


def seed() -> int:
    """Today's seed; printed by whoever draws from it."""
    return int(os.environ.get("REMIT_SEED") or 20241) & 0xFFFFFFFF
