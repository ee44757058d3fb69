"""Events and what follows from them, for the life of the process.

A matter is worked out when an event touches it or its time has come, and left alone in between: an event costs what its
own case costs, and moving the clock what falls due by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from heapq import heappop, heappush

from remit.errors import LedgerError
from remit.keeper.keeper import (
    BEGINNING,
    Query,
    all_homed,
    bears_on_agenda,
    require_forward,
    require_movable,
    standing_moves,
    unknown_obligation,
)
from remit.ledger.memory import MemoryLedger
from remit.live.evaluator import LiveEvaluator
from remit.matching.moves import MOVES, linked, other_end
from remit.model.event import Event
from remit.model.obligation import Answer, Change, Delta, Obligation
from remit.semantics.changes import changes, in_order
from remit.semantics.evaluator import Evaluator
from remit.semantics.law import Law
from remit.semantics.obligations import (
    agenda_obligations,
    answer,
    by_case,
    case_obligations,
    in_document_order,
    knowable,
)


class Agenda(Enum):
    """The key under which the agenda is kept beside the cases; no case can have it as its name."""

    AGENDA = "agenda"


AGENDA = Agenda.AGENDA
#: What obligations are worked out together for: a case, the events without one (None), the agenda.
Matter = str | Agenda | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a matter comes to, and the moment from which that may be otherwise."""

    owed: tuple[Obligation, ...]
    until: datetime | None


class MemoryKeeper:
    """The keeper without a ledger.

    Args:
        law: the compiled pack.
        now: where to pin the clock; left out, it follows the events.
        evaluator: who works out what is owed; its answers carry no explanations, which are made when somebody asks.
    """

    def __init__(self, law: Law, now: datetime | None = None, evaluator: Evaluator | None = None) -> None:
        self._law = law
        self._evaluator: Evaluator = evaluator or LiveEvaluator(law)
        self._kept = MemoryLedger()
        self._pinned = now is not None
        self._now = now or BEGINNING
        self._bears = bears_on_agenda(law.program)
        self._reported: dict[str | None, tuple[Event, ...]] = {}
        self._borne: list[Event] = []
        self._moves: list[Event] = []
        self._standing: dict[Matter, Standing] = {}
        self._said: dict[Matter, tuple[Obligation, ...]] = {}
        self._wakes: list[tuple[datetime, int, Matter]] = []
        self._wakers = 0
        self._explained: dict[Matter, tuple[Obligation, ...]] = {}

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def position(self) -> int:
        return len(self._kept.by_id)

    def close(self) -> None:
        """Nothing is held open."""

    # --- in ---------------------------------------------------------------------------------------

    def submit(self, events: tuple[Event, ...]) -> Delta:
        known = self._kept.by_id
        require_movable(
            events,
            lambda case: any(name in self._reported for name in self._linked(case)),
            lambda _: known,
            lambda case: standing_moves(self._told(case)),
        )
        fresh = self._kept.append(all_homed(events, known))
        if events and not fresh:
            return Delta(duplicate=True)
        return self._take_in(fresh)

    def submit_each(self, batches: Iterable[tuple[Event, ...]]) -> Iterator[Delta]:
        return map(self.submit, batches)

    def advance(self, now: datetime) -> Delta:
        require_forward(now, self._now)
        self._move(now)
        return self._announced({AGENDA, *self._awake()})

    def _take_in(self, fresh: tuple[Event, ...]) -> Delta:
        """Work out again the cases the fresh events touch, and the agenda where one of them can change it."""
        if not self._pinned:
            self._move(max([self._now, *(event.knowable_at for event in fresh)]))
        for event in fresh:
            self._reported[event.case] = (*self._reported.get(event.case, ()), event)
        self._moves += [event for event in fresh if event.type in MOVES]
        touched: set[Matter] = {name for event in fresh for name in self._linked(event.case)}
        bearing = [event for event in fresh if self._bears(event)]
        if bearing:
            self._borne += bearing
            touched.add(AGENDA)
        for matter in touched:
            self._standing.pop(matter, None)
            self._explained.pop(matter, None)
        return self._announced(touched)

    def _move(self, now: datetime) -> None:
        if now != self._now:
            self._now = now
            self._explained.clear()

    def _awake(self) -> set[Matter]:
        """The matters whose time has come since they were last worked out and announced."""
        found: set[Matter] = set()
        while self._wakes and self._wakes[0][0] <= self._now:
            found.add(heappop(self._wakes)[2])
        return found

    def _announced(self, matters: Iterable[Matter]) -> Delta:
        """What is otherwise in these matters than was last said of them."""
        found: list[Change] = []
        for matter in matters:
            owed = self._owed(matter)
            found += changes(self._said.get(matter, ()), owed).changes
            self._said[matter] = owed
        return Delta(in_order(found))

    # --- what stands ------------------------------------------------------------------------------

    def _owed(self, matter: Matter) -> tuple[Obligation, ...]:
        """What a matter comes to at the clock."""
        standing = self._standing.get(matter)
        if standing is None or (standing.until is not None and standing.until <= self._now):
            standing = self._standing[matter] = self._worked_out(matter)
            if standing.until is not None:
                self._wakers += 1
                heappush(self._wakes, (standing.until, self._wakers, matter))
        return standing.owed

    def _worked_out(self, matter: Matter) -> Standing:
        if isinstance(matter, Agenda):
            told = tuple(self._borne)
            owed = self._evaluator.agenda(told, self._now)
        else:
            told = self._told(matter)
            owed = self._evaluator.case(matter, told, self._now)
        until = self._evaluator.wakes_at(owed, told, self._now, agenda=matter is AGENDA)
        return Standing(owed, until)

    def _told(self, case: str | None) -> tuple[Event, ...]:
        """The events of a case, and of those that were merged with it or split from it."""
        return tuple(event for name in self._linked(case) for event in self._reported.get(name, ()))

    def _linked(self, case: str | None) -> tuple[str | None, ...]:
        return linked((case,), self._moves)[case] if self._moves else (case,)

    def _cases(self) -> set[str | None]:
        """Those that were reported; of one that was split off, none but the split may tell."""
        return {*self._reported, *map(other_end, self._moves)}

    # --- out --------------------------------------------------------------------------------------

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        return self._kept.events() if case is None else self._reported.get(case, ())

    def recorded(self, by: datetime) -> tuple[tuple[Event, ...], Law]:
        raise LedgerError(
            "RM705", "no-ledger", found=by.isoformat(), expected="a ledger, which stamps what it takes in"
        )

    def obligations(self, query: Query) -> tuple[Obligation, ...]:
        matters: Iterable[Matter] = (*self._cases(), AGENDA) if query.case is None else self._linked(query.case)
        found = (o for matter in matters for o in self._owed(matter))
        return in_document_order(self._law, filter(query.fits, found))

    def answer(self, *, agenda: bool) -> Answer:
        cases = by_case(knowable(self._kept.events(), self._now))
        matters: Iterable[Matter] = (*cases, AGENDA) if agenda else cases
        return answer(self._law, [o for matter in matters for o in self._full(matter)])

    def full(self, obligation_id: str) -> Obligation:
        matters = (*self._cases(), AGENDA)
        for matter in matters:
            if any(o.id == obligation_id for o in self._owed(matter)):
                return next(o for o in self._full(matter) if o.id == obligation_id)
        raise unknown_obligation(obligation_id, (o.id for matter in matters for o in self._owed(matter)))

    def _full(self, matter: Matter) -> tuple[Obligation, ...]:
        """The same with the grounds of their explanations, from the functions that define the answer."""
        if matter not in self._explained:
            if isinstance(matter, Agenda):
                known = knowable(self._kept.events(), self._now)
                self._explained[matter] = agenda_obligations(self._law, known, self._now)
            else:
                known = knowable(self._told(matter), self._now)
                self._explained[matter] = case_obligations(self._law, matter, by_case(known).get(matter, ()), self._now)
        return self._explained[matter]
