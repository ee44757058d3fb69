"""How days, moments and lengths are written, in conditions as in facts."""

from __future__ import annotations

import re
from decimal import Decimal

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)
LENGTH = re.compile(r"-?(?:\d+(?:\.\d+)?(?:ms|h|m|s|d))+")
PART = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s|d)")
UNITS: dict[str, Decimal | int] = {"d": 86_400, "h": 3_600, "m": 60, "s": 1, "ms": Decimal("0.001")}
