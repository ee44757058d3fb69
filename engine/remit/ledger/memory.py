"""The ledger that lives in memory, and what being the same report means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from types import MappingProxyType

from remit.errors import EventError, Origin
from remit.model.event import Event


class MemoryLedger:
    """Keeps events for the life of the process."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}

    def append(self, events: Iterable[Event]) -> tuple[Event, ...]:
        """Keep the events, all or none; returns those that were not there already.

        Raises:
            EventError: RM450, an id is taken by an event with other content; nothing was stored.
        """
        fresh: dict[str, Event] = {}
        for event in events:
            kept = self._events.get(event.id) or fresh.get(event.id)
            if kept is None:
                fresh[event.id] = event
            else:
                require_same(kept, event)
        self._events |= fresh
        return tuple(fresh.values())

    @property
    def by_id(self) -> Mapping[str, Event]:
        """All events by their ids, as they are kept."""
        return MappingProxyType(self._events)

    def events(self) -> tuple[Event, ...]:
        """All events in the order they were kept."""
        return tuple(self._events.values())


def differing(one: Event, other: Event) -> tuple[str, ...]:
    """The parts in which two reports of one id differ; where they stand in a file does not count."""
    return tuple(
        part.name for part in fields(Event) if part.compare and getattr(one, part.name) != getattr(other, part.name)
    )


def require_same(kept: Event, event: Event) -> None:
    """Raise RM450 unless both reports say the same."""
    different = differing(kept, event)
    if different:
        raise EventError(
            "RM450",
            "event-id-taken",
            found=event.id,
            expected=f"a new id, or the same content as before (differs in {', '.join(different)})",
            origin=event.origin if event.origin.file else Origin(event=event.id, case=event.case),
            hint="to change what was reported, submit a correction or a retraction",
        )
