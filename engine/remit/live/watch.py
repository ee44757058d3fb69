"""`Watch`: what in the cases turns by itself, and when; and what in them has become otherwise, until somebody asks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from heapq import heappop, heappush
from typing import Protocol

from remit.live.records import make_change
from remit.model.obligation import Change, Obligation
from remit.semantics.changes import named

#: So many calls in vain are of no account.
FEW = 1024


class Called(Protocol):
    """What is called at a moment, as long as it says itself that this is when it turns."""

    wakes_at: datetime | None


class Moments:
    """What is called when: under each moment those that turn then, the moments in a heap."""

    __slots__ = ("_called", "_calls", "_heap", "_vain")

    def __init__(self) -> None:
        self._called: dict[datetime, list[Called]] = {}
        self._heap: list[datetime] = []
        self._calls = self._vain = 0

    def call(self, moment: datetime, called: Called) -> None:
        found = self._called.get(moment)
        if found is None:
            found = self._called[moment] = []
            heappush(self._heap, moment)
        found.append(called)
        self._calls += 1

    def forget(self) -> None:
        """One of the calls is in vain; they are let go when they are most."""
        self._vain += 1
        if self._vain > FEW and self._vain > self._calls // 2:
            for moment, waiting in self._called.items():
                waiting[:] = dict.fromkeys(called for called in waiting if called.wakes_at == moment)
            self._calls, self._vain = sum(map(len, self._called.values())), 0

    def reached(self, now: datetime) -> bool:
        """Whether any call may be due."""
        return bool(self._heap) and self._heap[0] <= now

    def passed(self, now: datetime, *, itself: bool) -> Iterator[Called]:
        """Whatever was called for a moment before now, or now `itself`, and was not called for another since."""
        heap = self._heap
        while heap and (heap[0] < now or (itself and heap[0] == now)):
            moment = heappop(heap)
            waiting = self._called.pop(moment)
            self._calls -= len(waiting)
            yield from (called for called in waiting if called.wakes_at == moment)


class Watch:
    """Moments and news of all cases of one law."""

    def __init__(self) -> None:
        #: Called for the moment itself, and for the first one after it.
        self._from, self._after = Moments(), Moments()
        self.noted: dict[str | None, dict[str, tuple[Obligation | None, Obligation | None]]] = {}
        #: The units that have ceased by now.
        self.gone: frozenset[str] = frozenset()

    # --- moments -----------------------------------------------------------------------------------------

    def call(self, called: Called, moment: datetime | None, now: datetime, *, itself: bool) -> None:
        """Call it next at that moment `itself`, or at the first one after it; at none, where it is None."""
        before, called.wakes_at = called.wakes_at, moment
        if moment is not None and moment != before:
            (self._from if itself else self._after).call(moment, called)
        if before is not None and moment != before and before > now:
            self.forget()

    def forget(self) -> None:
        """What was called needs not come."""
        self._from.forget()
        self._after.forget()

    def passed(self, now: datetime) -> Iterable[Called]:
        """Whatever turns by then."""
        return self._turned(now) if self._from.reached(now) or self._after.reached(now) else ()

    def _turned(self, now: datetime) -> Iterator[Called]:
        yield from self._after.passed(now, itself=False)
        yield from self._from.passed(now, itself=True)

    # --- news --------------------------------------------------------------------------------------------

    def note(self, case: str | None, key: str, before: Obligation | None, after: Obligation | None) -> None:
        """That of an obligation which is surely otherwise than before."""
        noted = self.noted.get(case)
        if noted is None:
            noted = self.noted[case] = {}
        elif key in noted:
            before = noted[key][0]
            if before == after:
                del noted[key]
                return
        noted[key] = (before, after)

    def note_all(self, case: str | None, before: Sequence[Obligation], after: Sequence[Obligation]) -> None:
        """Whatever is otherwise."""
        if len(before) == len(after) == 1 and before[0].id == after[0].id:
            if before[0] != after[0]:
                self.note(case, after[0].id, before[0], after[0])
            return
        old, new = {o.id: o for o in before}, {o.id: o for o in after}
        for key, o in new.items():
            was = old.get(key)
            if was is not o and was != o:
                self.note(case, key, was, o)
        for key in old.keys() - new.keys():
            self.note(case, key, old[key], None)

    def news(self, case: str | None) -> list[Change]:
        """What has become otherwise in the case since this was asked last, in the order in which it is told."""
        noted = self.noted.pop(case, None)
        if noted is None:
            return []
        told = ((key, *noted[key]) for key in sorted(noted))
        return [make_change("gone" if o is None else named(old, o), old, o) for _, old, o in told]

    def cases(self) -> list[str | None]:
        """The cases in which something has become otherwise."""
        return list(self.noted)
