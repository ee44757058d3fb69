"""Two cases that turn out to be one matter, and one that turns out to be two: where each report belongs, and since when.

A merger, reported in the case that goes on, takes over everything of the case it names, what is reported there later
included. A split, reported in the case it leaves, takes some events to another. Either may be retracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from remit.model.event import MERGER, SPLIT, Event

#: Acts upon cases.
MOVES = (MERGER, SPLIT)


def moves_in_order(events: Iterable[Event]) -> tuple[tuple[datetime, Event], ...]:
    """Mergers and splits, each from when it became known."""
    found = (event for event in events if event.type in MOVES)
    return tuple((act.knowable_at, act) for act in sorted(found, key=lambda e: (e.knowable_at, e.known_at, e.at, e.id)))


def home(event: Event, moves: Iterable[Event]) -> str | None:
    """The case an event belongs to after the moves, in their order."""
    case = event.case
    for act in moves:
        if act.type == MERGER and case is not None and case == act.data.get("of"):
            case = act.case
        elif act.type == SPLIT and case == act.case and event.id in named(act):
            case = str(act.data["into"])
    return case


def named(act: Event) -> Sequence[str]:
    """The ids of the events that a split takes along."""
    found = act.data.get("events", ())
    return tuple(str(name) for name in found) if isinstance(found, tuple) else (str(found),)


def other_end(act: Event) -> str:
    """The case from which a merger takes, or to which a split goes."""
    return str(act.data["of" if act.type == MERGER else "into"])


def linked(cases: Iterable[str | None], moves: Iterable[Event]) -> Mapping[str | None, tuple[str | None, ...]]:
    """For each case, all that the moves link it with, itself included."""
    groups: dict[str | None, set[str | None]] = {case: {case} for case in cases}
    for act in moves:
        joined = groups.setdefault(act.case, {act.case}) | groups.setdefault(other_end(act), {other_end(act)})
        for case in joined:
            groups[case] = joined
    return {case: tuple(sorted(group, key=lambda c: (c is not None, c or ""))) for case, group in groups.items()}
