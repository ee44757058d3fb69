"""`Situation`: what a condition is judged in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from remit.model.event import Event
from remit.model.expression import Value
from remit.model.records import record
from remit.model.unit import Unit


@record
class Stated:
    """A fact and the event that stated it."""

    value: Value
    source: str


@record
class Situation:
    """The event that set the rule off, what holds of its subject, the bearer once it is known, and the case's events.

    Each may be missing: a recurring rule has no event, a rule not yet routed no unit. `defaulter` is the unit whose failed duty
    set a consequence off. `matter` holds the facts about the case where they were gathered before; else `events` state them.
    """

    event: Event | None
    subject: Mapping[str, Stated]
    unit: Unit | None
    events: tuple[Event, ...]
    defaulter: Unit | None = None
    matter: Mapping[str, Stated] | None = None


class Case(Protocol):
    """A case as far as the conditions about one of its events look at it; that event is told in it like the others."""

    @property
    def matter(self) -> Mapping[str, Stated]:
        """The facts about the case."""
        ...

    def facts(self, subject: str | None) -> Mapping[str, Stated]:
        """What holds of a person."""
        ...

    def situation(self, event: Event) -> Situation:
        """What conditions about the event are judged in, for those that look at more."""
        ...
