"""`Memory`: what was read before, by what it was read from, so that a pack is read again in the time its change takes."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import TypeVar, cast

T = TypeVar("T")


class Memory:
    """Remembers nothing: each thing is made when it is asked for. This is right wherever a pack is read once."""

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes; `key` says everything it depends on."""
        del key
        return make()


class Recall(Memory):
    """Remembers what the last whole reading asked for, and what readings begun since then have made.

    >>> memory = Recall()
    >>> memory.once("a", lambda: 1), memory.once("a", lambda: 2)
    (1, 1)
    >>> memory.turn(); memory.turn(); memory.once("a", lambda: 3)
    3
    """

    def __init__(self) -> None:
        self._before: dict[Hashable, object] = {}
        self._now: dict[Hashable, object] = {}

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """As it was made before from the same; else made now."""
        if key not in self._now:
            self._now[key] = self._before[key] if key in self._before else make()
        return cast("T", self._now[key])  # the key names what is made, so what lies there is what `make` makes

    def turn(self) -> None:
        """A reading is whole: forget what it did not ask for."""
        self._before, self._now = self._now, {}
