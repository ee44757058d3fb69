"""Duties with deadlines as iCalendar: a to-do each, in the zone of its bearer's place, with an alarm before it is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from remit.explain.words import moment
from remit.model.obligation import Obligation
from remit.model.terms import Modality, Status
from remit.publishing.documents import Document
from remit.publishing.documents_kinds import Desk
from remit.publishing.export_libraries import library

DAY = timedelta(days=1)
#: The last moment of a day: a calendar shows what is due at 24:00 on the day after.
TICK = timedelta(seconds=1)
STATES = {Status.DONE: "COMPLETED", Status.DONE_LATE: "COMPLETED", Status.WAIVED: "CANCELLED", Status.WITHDRAWN: "CANCELLED", Status.SUPERSEDED: "CANCELLED", Status.TRANSFERRED: "CANCELLED"}  # fmt: skip


def to_ics(desk: Desk, document: Document, owed: Iterable[Obligation]) -> bytes:
    """The bytes of an .ics with a VTODO for each duty that has a due moment; the same duties give the same bytes.

    Raises:
        ExportError: RM864, icalendar is not installed.
    """
    icalendar = library("icalendar", "icalendar")
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//remit//duties//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", document.title)
    calendar.add("x-wr-timezone", str(desk.phrases.pack.calendar.zone))
    for duty in sorted(owed, key=lambda o: (o.deadline.due or desk.at, o.id)):
        if duty.deadline.due is not None and duty.modality is Modality.MUST:
            calendar.add_component(todo(icalendar, desk, duty, duty.deadline.due))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def todo(icalendar: Any, desk: Desk, duty: Obligation, due: datetime) -> Any:
    """One duty. Its UID is its id, so that a later export replaces an earlier one."""
    zone, values = desk.phrases.pack.zone_of(duty), desk.row(duty)
    local = due.astimezone(zone)
    ends = local - TICK if local.time() == datetime.min.time() else local
    opens = duty.deadline.opens.astimezone(zone) if duty.deadline.opens is not None else None
    item = icalendar.Todo()
    item.add("uid", f"{duty.id}@{desk.phrases.pack.vocabulary.pack_id}.remit")
    item.add("dtstamp", desk.at.astimezone(UTC))
    item.add(
        "summary",
        f"{values['task']}（{values['article']}）"
        if desk.phrases.language == "zh"
        else f"{values['task']} ({values['article'] or values['rule']})",
    )
    if opens is not None and opens < ends:
        item.add("dtstart", opens)
    item.add("due", ends)
    item.add("status", STATES.get(duty.status, "NEEDS-ACTION"))
    if duty.performed_at is not None:
        item.add("completed", duty.performed_at.astimezone(UTC))
        item.add("percent-complete", 100)
    item.add("categories", [values["nature"], values["status"]])
    item.add("description", description(desk, duty, values, moment(local)))
    if STATES.get(duty.status) is None:
        alarm = icalendar.Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", values["task"])
        alarm.add("trigger", -lead(opens, ends))
        alarm["TRIGGER"].params["RELATED"] = "END"
        item.add_component(alarm)
    return item


def lead(opens: datetime | None, ends: datetime) -> timedelta:
    """How long before it is due the alarm sounds: a day; a quarter of the time where there is less than four days of it."""
    span = ends - opens if opens is not None and opens < ends else 4 * DAY
    minutes = int(min(DAY, span / 4) / timedelta(minutes=1))
    return timedelta(minutes=minutes)


def description(desk: Desk, duty: Obligation, values: Any, due: str) -> str:
    """Who, to whom, by when, because of which words, and how it is discharged."""
    say = desk.phrases.say
    lines = [
        say(f"责任单位：{values['unit']}", f"bearer: {values['unit']}"),
        say(f"对象：{values['to']}", f"to: {values['to']}") if values["to"] else "",
        say(f"配合：{values['with']}", f"with: {values['with']}") if values["with"] else "",
        say(f"期限：{due}", f"due: {due}") + (say(f"，最迟{values['latest']}", f", at the latest {values['latest']}") if values["latest"] else ""),
        say(f"时限依据：{values['limit']}", f"limit: {values['limit']}") if values["limit"] else "",
        f"“{values['basis']}”",
        f"{values['policy']} {values['document_number']}".strip(),
        say(f"完成方式：{values['discharge']}", f"discharged by: {values['discharge']}") if values["discharge"] else "",
        say(f"案件：{values['case']}", f"case: {values['case']}") if duty.case else "",
    ]  # fmt: skip
    return "\n".join(line for line in lines if line)
