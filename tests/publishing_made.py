"""A pack with one duty of every kind, and its desk on a day."""

from __future__ import annotations

from datetime import date, datetime

from remit import Engine, Pack
from remit.publishing.documents_duties import duties
from remit.publishing.documents_kinds import Desk
from remit.publishing.documents_words import Phrases

RULES = """
id: count
must: count_stock
bearer: {each: branch}
to: {unit: head-office}
every: half_year
done: stock_counted
---
id: remind
must: send_reminder
bearer: {role: branch, place: event.place}
with: {unit: head-office}
on: item_overdue
by: {days: 3}
evidence: a copy of the letter
---
id: tell
must: tell_guardian
bearer: {role: branch, place: event.place}
to: {unit: head-office}
on: item_lost
by: {days: 3}
handover: true
---
id: rare
must_not: lend_rare_books
bearer: {each: branch}
always: true
---
id: open
must: keep_open
bearer: {each: branch}
always: true
indicator: opening hours
"""
EVENTS = (
    {"id": "e1", "type": "item_overdue", "at": "2024-05-06", "place": "hill", "days_late": 20},
    {"id": "e2", "type": "performed", "at": "2024-05-07", "action": "send_reminder", "by": "hill-library", "evidence": "letter 7/2024"},
    {"id": "e3", "type": "item_overdue", "at": "2024-06-03", "place": "hill", "days_late": 20},
    {"id": "e4", "type": "item_lost", "at": "2024-06-03", "place": "hill"},
    {"id": "e5", "type": "performed", "at": "2024-06-04", "action": "tell_guardian", "by": "hill-library"},
)  # fmt: skip


def desk(pack: Pack, *, language: str = "en", now: str = "2024-06-20T08:00") -> Desk:
    at = datetime.fromisoformat(now).replace(tzinfo=pack.calendar.zone)
    engine = Engine(pack, now=at, backend="reference")
    if "remind" in pack.rules:
        engine.submit_all([pack.event(EVENTS[n], case="a" if n < 2 else "b") for n in range(len(EVENTS))])
    owed = duties(engine, at, datetime(2024, 12, 31, 23, 59, tzinfo=pack.calendar.zone), None)
    return Desk(
        Phrases(pack, language), at, date(2024, 1, 1), date(2024, 12, 31), owed, {e.id: e for e in engine.events}
    )
