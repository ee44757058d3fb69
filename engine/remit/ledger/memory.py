"""The ledger that lives in memory, and what being the same report means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType

from remit.errors import EventError
from remit.model.event import Event


class MemoryLedger:
    """Keeps events for the life of the process."""

    def __init__(self) -> None:
        self._events: dict[str, Event] = {}

    def append(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """Keep the events, all or none; returns those that were not there already.

        Raises:
            EventError: RM450, an id is taken by an event with other content; nothing was stored.
        """
        fresh: dict[str, Event] = {}
        for event in events:
            name = event.id
            kept = self._events.get(name) or fresh.get(name)
            if kept is None:
                fresh[name] = event
            else:
                require_same(kept, event)
        self._events.update(fresh)
        return tuple(fresh.values())

    def add(self, event: Event) -> bool:
        """As `append` for one event; whether it was not there already."""
        name, kept = event.id, self._events
        if name in kept:
            require_same(kept[name], event)
            return False
        kept[name] = event
        return True

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
            origin=event.where,
            hint="to change what was reported, submit a correction or a retraction",
        )
