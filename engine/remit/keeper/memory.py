"""Events and what follows from them, for the life of the process.

A case takes in what is reported in it, and the passing of time, as `live.case` does; the agenda is worked out when an act
bears on it or its time has come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import Enum
from operator import attrgetter

from remit.errors import LedgerError
from remit.keeper.keeper import (
    Query,
    all_homed,
    bears_on_agenda,
    require_forward,
    require_movable,
    standing_moves,
    unknown_obligation,
)
from remit.ledger.memory import MemoryLedger
from remit.live.case import ACTS_UPON_CASES
from remit.live.cases import LiveCases
from remit.live.evaluator import LiveEvaluator
from remit.live.timeline import BEGINNING
from remit.matching.moves import MOVES, linked, other_end
from remit.model.event import Event
from remit.model.obligation import Answer, Change, Delta, Obligation
from remit.model.records import maker
from remit.semantics.changes import changes, in_order
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
KNOWN, NOTHING_NEW = Delta(duplicate=True), Delta()
kind_of = attrgetter("type")
make_delta = maker(Delta)
#: What obligations are worked out together for: a case, the events without one (None), the agenda.
Matter = str | Agenda | None


class MemoryKeeper:
    """The keeper without a ledger.

    Args:
        law: the compiled pack.
        now: where to pin the clock; left out, it follows the events.
    """

    def __init__(self, law: Law, now: datetime | None = None) -> None:
        self._law = law
        self._evaluator = LiveEvaluator(law)
        self._cases = LiveCases(self._evaluator)
        self._kept = MemoryLedger()
        self._pinned = now is not None
        self._now = now or BEGINNING
        self._bears = bears_on_agenda(law.program)
        self._borne: list[Event] = []
        self._moves: list[Event] = []
        self._agenda: tuple[Obligation, ...] | None = None
        self._agenda_until: datetime | None = None
        self._agenda_said: tuple[Obligation, ...] = ()
        self._explained: dict[Matter, tuple[Obligation, ...]] = {}
        self._cases.at(self._now)

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
        if len(events) == 1 and not self._moves and events[0].type not in ACTS_UPON_CASES:
            return self._take_one(events[0])
        if not ACTS_UPON_CASES.isdisjoint(map(kind_of, events)):
            known = self._kept.by_id
            require_movable(
                events,
                lambda case: any(self._cases.events(name) for name in self._linked(case)),
                lambda _: known,
                lambda case: standing_moves(self._told(case)),
            )
            events = all_homed(events, known)
        fresh = self._kept.append(events)
        if events and not fresh:
            return KNOWN
        return self._take_in(fresh)

    def submit_each(self, batches: Iterable[tuple[Event, ...]]) -> Iterator[Delta]:
        return map(self.submit, batches)

    def advance(self, now: datetime) -> Delta:
        require_forward(now, self._now)
        self._move(now)
        return Delta(in_order([*self._cases.all_changes(), *self._agenda_changes()]))

    def _take_one(self, event: Event) -> Delta:
        """As `_take_in` for one event, where no case is linked with another: the commonest by far."""
        if not self._kept.add(event):
            return KNOWN
        knowable, cases = event.knowable_at, self._cases
        if not self._pinned and knowable > self._now:
            self._move(knowable)
        cases.take(event, knowable)
        found = cases.changes(event.case)
        if self._bears(event):
            self._borne.append(event)
            found = [*found, *self._agenda_anew()]
        if self._explained:
            self._explained.pop(event.case, None)
        return make_delta(in_order(found)) if found else NOTHING_NEW

    def _take_in(self, fresh: Sequence[Event]) -> Delta:
        """Tell the cases, and the agenda where an event can change it; what is otherwise there, and in no other case."""
        now = self._now
        for event in fresh:
            now = max(now, event.knowable_at)
            if event.type in MOVES:
                self._moves.append(event)
        if not self._pinned:
            self._move(now)
        cases, touched, borne = self._cases, dict[str | None, None](), len(self._borne)
        for event in fresh:
            if self._moves and len(group := self._linked(event.case)) > 1:
                cases.take_linked(event, group)
                touched |= dict.fromkeys(group)
            else:
                cases.take(event, event.knowable_at)
                touched[event.case] = None
            if self._bears(event):
                self._borne.append(event)
        found: list[Change] = []
        for case in touched:
            found += cases.changes(case)
        if len(self._borne) > borne:
            found += self._agenda_anew()
        if self._explained:
            for case in touched:
                self._explained.pop(case, None)
        return make_delta(in_order(found)) if found else NOTHING_NEW

    def _move(self, now: datetime) -> None:
        if now != self._now:
            self._now = now
            self._explained.clear()
            self._cases.at(now)

    # --- what stands ------------------------------------------------------------------------------

    def _owed(self, matter: Matter) -> tuple[Obligation, ...]:
        """What a matter comes to at the clock."""
        return self._agenda_owed() if isinstance(matter, Agenda) else self._cases.owed(matter)

    def _agenda_owed(self) -> tuple[Obligation, ...]:
        if self._agenda is None or (self._agenda_until is not None and self._agenda_until <= self._now):
            told = tuple(self._borne)
            self._agenda = self._evaluator.agenda(told, self._now)
            self._agenda_until = self._evaluator.wakes_at(self._agenda, told, self._now, agenda=True)
        return self._agenda

    def _agenda_anew(self) -> Sequence[Change]:
        """What is otherwise in it once an act bears on it."""
        self._agenda = None
        self._explained.pop(AGENDA, None)
        return self._agenda_changes()

    def _agenda_changes(self) -> Sequence[Change]:
        """What is otherwise in the agenda than was last said of it."""
        before, self._agenda_said = self._agenda_said, self._agenda_owed()
        return () if before is self._agenda_said else changes(before, self._agenda_said).changes

    def _told(self, case: str | None) -> tuple[Event, ...]:
        """The events of a case, and of those that were merged with it or split from it."""
        return tuple(event for name in self._linked(case) for event in self._cases.events(name))

    def _linked(self, case: str | None) -> tuple[str | None, ...]:
        return linked((case,), self._moves)[case] if self._moves else (case,)

    def _names(self) -> set[str | None]:
        """Those that were reported; of one that was split off, none but the split may tell."""
        return {*self._cases.names(), *map(other_end, self._moves)}

    # --- out --------------------------------------------------------------------------------------

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        return self._kept.events() if case is None else tuple(self._cases.events(case))

    def recorded(self, by: datetime) -> tuple[tuple[Event, ...], Law]:
        raise LedgerError(
            "RM705", "no-ledger", found=by.isoformat(), expected="a ledger, which stamps what it takes in"
        )

    def obligations(self, query: Query) -> tuple[Obligation, ...]:
        matters: Iterable[Matter] = (*self._names(), AGENDA) if query.case is None else self._linked(query.case)
        found = (o for matter in matters for o in self._owed(matter))
        return in_document_order(self._law, filter(query.fits, found))

    def answer(self, *, agenda: bool) -> Answer:
        cases = by_case(knowable(self._kept.events(), self._now))
        matters: Iterable[Matter] = (*cases, AGENDA) if agenda else cases
        return answer(self._law, [o for matter in matters for o in self._full(matter)])

    def full(self, obligation_id: str) -> Obligation:
        matters = (*self._names(), AGENDA)
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
