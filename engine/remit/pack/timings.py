"""`by` and `window` of rules and readings → timings."""

from __future__ import annotations

import re
from collections.abc import Sequence

from remit.errors import VocabularyError
from remit.model.rule import Accompanying, ByReading, Earliest, MonthDay, OnDay, OpenEnd, Timing, Window, Within
from remit.model.terms import CountFrom
from remit.pack.fields import Fields
from remit.pack.names import Names
from remit.pack.yaml_reader import Scalar

AMOUNTS = ("hours", "days", "working_days", "months")
BY_KEYS = (*AMOUNTS, "date", "reading", "from", "rolls_over")
RULE_BY_KEYS = (*BY_KEYS, "with")
WINDOW_KEYS = ("opens", "due", "latest", "rolls_over")
MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FURTHEST = 100_000


def by_timing(fields: Fields, names: Names | None) -> Timing | None:
    """`{hours: 24}`, `{date: 2024-12-31}`, `{reading: promptly}`; readings only where names are given."""
    forms = [name for name in (*AMOUNTS, "date", "reading") if name in fields]
    if len(forms) != 1:
        if forms or not (fields.misspelt or fields.hollow):
            expected = "one of hours, days, working_days, months, date, reading"
            fields.problems.add(VocabularyError("RM206", "wrong-form", found=fields.shown(forms) or "nothing", expected=expected, origin=fields.origin))  # fmt: skip
        return None
    start = CountFrom(fields.word("from", ("known", "event"), "known"))
    rolls = fields.truth("rolls_over")
    if forms[0] == "date":
        day = fields.day("date")
        return OnDay(day, rolls) if day else None
    if forms[0] == "reading":
        node = fields.scalar("reading")
        name = names.resolve("reading", node) if names and node else None
        return ByReading(name, start) if name else None
    amount = fields.whole(forms[0])
    if amount is None or not 0 <= amount <= FURTHEST:
        node = fields.scalar(forms[0])
        if amount is not None and node:
            fields.unfit(node, f"a number from 0 to {FURTHEST}")
        return None
    return Within(amount, forms[0], start, rolls)


def several(fields: Sequence[Fields], names: Names) -> Timing | None:
    """One limit, or several of which the earliest governs; what accompanies an act has no other."""
    beside = next((one for one in fields if "with" in one), None)
    if beside is not None:
        name, idle = beside.scalar("with"), [key for key in BY_KEYS if key in beside]
        if idle or len(fields) > 1:
            beside.problems.add(VocabularyError("RM206", "wrong-form", found=beside.shown(("with", *idle)), expected="`with` alone: the act it accompanies says when", origin=beside.keys["with"]))  # fmt: skip
            return None
        return Accompanying(name.text) if name else None
    found = [by_timing(one, names) for one in fields]
    limits = tuple(limit for limit in found if isinstance(limit, Within | OnDay | OpenEnd | ByReading))
    if len(limits) < len(found) or not found:
        return None
    return limits[0] if len(limits) == 1 else Earliest(limits)


def window_timing(fields: Fields) -> Window | None:
    """`{opens: 12-11, due: 12-15, latest: 12-20}`; `latest` left out is `due`."""
    opens, due = month_day(fields, "opens"), month_day(fields, "due")
    latest = month_day(fields, "latest") if "latest" in fields else due
    if opens is None or due is None or latest is None:
        return None
    days = [(part.month, part.day) for part in (opens, due, latest)]
    if days != sorted(days):
        node = fields.scalar("opens")
        if node:
            fields.unfit(node, "opens not after due, due not after latest")
        return None
    return Window(opens, due, latest, fields.truth("rolls_over"))


def month_day(fields: Fields, name: str) -> MonthDay | None:
    node = fields.scalar(name, required=True)
    found = MONTH_DAY.fullmatch(node.text) if isinstance(node, Scalar) else None
    if found and 1 <= int(found[1]) <= 12 and 1 <= int(found[2]) <= LONGEST[int(found[1]) - 1]:
        return MonthDay(int(found[1]), int(found[2]))
    if node:
        fields.unfit(node, "a day of the year such as 12-15")
    return None
