"""What accompanies an act: due at the moment that what another rule asks for is done, and else when that is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from remit.model.event import Event
from remit.model.explanation import Why
from remit.model.obligation import OPEN, Deadline, Obligation, Party
from remit.model.rule import Accompanying, Rule
from remit.model.terms import Per, Status
from remit.model.text import Text


class Ruled(Protocol):
    """A rule at work, compiled in one way or another."""

    @property
    def rule(self) -> Rule: ...


class Drafted(Protocol):
    """A draft, of the reference or of the fast way."""

    @property
    def rule(self) -> Ruled: ...

    @property
    def bearer(self) -> Party: ...

    @property
    def event(self) -> Event | None: ...

    @property
    def cause(self) -> Obligation | None: ...


def accompanied(draft: Drafted) -> str | None:
    """The rule whose act it accompanies; nothing accompanies an agenda."""
    timing = draft.rule.rule.timing
    triggered = draft.event is not None or draft.cause is not None
    return timing.rule if triggered and isinstance(timing, Accompanying) else None


def companions(draft: Drafted, found: Mapping[str, Drafted]) -> Iterator[str]:
    """The drafts that it accompanies: of the same case and bearer, and where both are made for one, the same person or report."""
    name, own = accompanied(draft), draft.rule.rule.per
    for key, other in found.items():
        rule = other.rule.rule
        if rule.id == name and other.bearer.id == draft.bearer.id:
            alike = rule.per is own and draft.event is not None and other.event is not None
            if not alike or draft.event is None or other.event is None or same_matter(own, draft.event, other.event):
                yield key


def same_matter(per: Per, one: Event, other: Event) -> bool:
    """Whether two events raise what is one and the same under this `per`."""
    if per is Per.SUBJECT:
        return one.subject == other.subject
    return per is Per.CASE or one.id == other.id


def along(deadline: Deadline, name: str, duties: Sequence[Obligation], cause: Obligation | None) -> Deadline:
    """The deadline of what accompanies the first of these duties that is done, or else that falls due.

    Not before it arises itself. It is open while no such duty stands, or none has a day, or only the failed duty that set it off
    (`cause`) is meant, which is past its day.
    """
    failed = (cause,) if cause is not None and cause.rule == name else ()
    done = min((o.performed_at for o in (*duties, *failed) if o.performed_at is not None), default=None)
    if done is not None and deadline.opens is not None:
        due = max(done.astimezone(deadline.opens.tzinfo), deadline.opens)
        claim = Text(f"与 {name} 一并办理，该义务已于 {due:%Y-%m-%d %H:%M} 履行", f"together with {name}, done at {due:%Y-%m-%d %H:%M}")  # fmt: skip
        return replace(
            deadline, due=due, latest=due, state="set", steps=(Why("deadline", claim, value=due.isoformat()),)
        )
    standing = [o for o in duties if o.status in OPEN or o.status is Status.BREACHED]
    standing = [o for o in standing if o.status is not Status.UNDECIDED]
    step = Why("deadline", Text(f"与 {name} 一并办理", f"together with {name}"))
    dated = [o.deadline for o in standing if o.deadline.due is not None]
    if not dated:
        states = [o.deadline for o in standing if o.deadline.state != "unstated"]
        like = states[0] if states else Deadline(state="open")
        return replace(deadline, state=like.state, awaits=like.awaits, reading=like.reading, steps=(step, *like.steps))
    first = min(dated, key=lambda other: (other.due, other.reading is not None))
    due, latest = (not_before(deadline, end) for end in (first.due, first.latest))
    return replace(
        deadline, due=due, latest=latest, state="set", reading=first.reading, calendars=first.calendars,
        steps=(step, *first.steps),
    )  # fmt: skip


def not_before(deadline: Deadline, end: datetime | None) -> datetime | None:
    """That moment, or the one at which the duty opens."""
    return end if end is None or deadline.opens is None else max(end, deadline.opens)
