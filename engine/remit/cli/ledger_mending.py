"""A report as it should have been: the one that was kept with some facts set anew, or another from a file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from remit.errors import EventError

if TYPE_CHECKING:
    from remit.cli.session import Session
    from remit.model.event import Event
    from remit.model.expression import Value


def mended(session: Session, wrong: Event, changes: Iterable[str]) -> Event:
    """The report with the facts `name=value` set; an empty value takes the fact away.

    Raises:
        EventError: as `Pack.event`.
    """
    from remit.pack import dialect

    find = session.pack.reader.names.find
    fields = plain(session, wrong)
    for change in changes:
        name, sign, written = change.partition("=")
        if not sign or not name.strip():
            raise typer.BadParameter(f"`{change}` is not NAME=VALUE", param_hint="--set")
        own = dialect.key(name.strip(), "event")
        key = own if own in OWN else find("attribute", name.strip()) or name.strip()
        fields[key] = valued(written)
        if key == "at":
            fields.pop("known_at", None)
    return session.pack.event({name: value for name, value in fields.items() if value is not None})


OWN = ("type", "at", "known_at", "by", "place", "subject")


def valued(written: str) -> object:
    """A value as it is typed; a list in JSON."""
    if not written:
        return None
    if written.startswith("["):
        try:
            return json.loads(written, parse_float=Decimal)
        except json.JSONDecodeError:
            return written
    return written


def plain(session: Session, event: Event) -> dict[str, object]:
    """An event as it would be reported."""
    zone = session.pack.calendar.zone
    at = event.at.astimezone(zone)
    fields: dict[str, object] = {
        "id": "act", "type": event.type, "at": at.date().isoformat() if event.day_only else at,
        "known_at": None if event.known_at == event.at else event.known_at.astimezone(zone), "by": event.by,
        "place": event.place, "subject": event.subject,
    }  # fmt: skip
    return fields | {name: told(value) for name, value in event.data.items()}


def told(value: Value) -> object:
    """A value as a reporter would write it."""
    match value:
        case tuple():
            return [told(member) for member in value]
        case timedelta():
            return f"{value // timedelta(seconds=1)}s"
        case date() if type(value) is date:
            return value.isoformat()
        case _:
            return value


def from_file(session: Session, file: Path) -> Event:
    """The one report in a file.

    Raises:
        EventError: RM410, there is none, or several; and as `Pack.read_events`.
    """
    from remit.errors import Origin

    found = session.pack.read_events(file)
    if len(found) != 1:
        raise EventError("RM410", "not-a-case-file", found=f"{len(found)} events", expected="one event, as it should have been reported", origin=Origin(str(file)))  # fmt: skip
    return found[0]
