"""`counting` of a policy → its convention of counting; left out, the Civil Code of the PRC."""

from __future__ import annotations

import re
from datetime import time

from remit.model.counting import PRC_CIVIL_CODE, STEPS, AtLeast, Counting
from remit.pack.fields import Fields

KEYS = ("law", "hours_from", "day_of_event", "rolls_over", "last_day_ends", "at_least", "articles")
AT_LEAST_KEYS = ("working_days", "in_days")
WORDS = {
    "hours_from": ("event", "next_full_hour"),
    "day_of_event": ("not_counted", "counted"),
    "rolls_over": ("where_said", "unless_hours", "always"),
}
MOST = 1000
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def read_counting(policy: Fields) -> Counting:
    """The convention a policy names, each part it leaves out as in the default; no article of another law is cited for it."""
    if "counting" not in policy:
        return PRC_CIVIL_CODE
    fields = Fields(policy.nodes["counting"], "counting", KEYS, policy.problems)
    articles = Fields(fields.nodes.get("articles"), "articles", STEPS, policy.problems)
    cited = {step: label for step in STEPS if (label := articles.label(step)) is not None}
    hours_from, day_of_event, rolls_over = (fields.word(name, among, among[0]) for name, among in WORDS.items())
    return Counting(
        fields.label("law", required=True) or PRC_CIVIL_CODE.law,
        cited,
        hours_from,
        day_of_event,
        rolls_over,
        last_day_ends(fields),
        at_least(fields),
    )


def last_day_ends(fields: Fields) -> time:
    """`24:00`, or a time of the day."""
    node = fields.scalar("last_day_ends")
    if node is None or node.text == "24:00":
        return time.min
    if TIME.fullmatch(node.text) and node.text != "00:00":
        return time.fromisoformat(node.text)
    fields.unfit(node, "a time of the day such as 17:00, or 24:00")
    return time.min


def at_least(fields: Fields) -> AtLeast | None:
    """`{working_days: 2, in_days: 2}`; without `in_days`, in any period."""
    if "at_least" not in fields:
        return None
    inner = Fields(fields.nodes["at_least"], "at_least", AT_LEAST_KEYS, fields.problems)
    for name in AT_LEAST_KEYS:
        node = inner.scalar(name, required=name == "working_days")
        amount = inner.whole(name)
        if node is not None and amount is not None and not 0 <= amount <= MOST:
            inner.unfit(node, f"a number from 0 to {MOST}")
            return None
    days = inner.whole("working_days")
    return None if days is None else AtLeast(days, inner.whole("in_days") or 0)
