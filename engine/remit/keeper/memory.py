"""Events and what follows from them, for the life of the process. A case is worked out when it is asked for."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

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
from remit.matching.moves import MOVES, linked
from remit.model.event import Event
from remit.model.obligation import Answer, Delta, Obligation
from remit.semantics.changes import changes
from remit.semantics.law import Law
from remit.semantics.obligations import agenda_obligations, answer, by_case, case_obligations, knowable


class Agenda(Enum):
    """The key under which the agenda is kept beside the cases; no case can have it as its name."""

    AGENDA = "agenda"


AGENDA = Agenda.AGENDA


class MemoryKeeper:
    """The keeper without a ledger.

    Args:
        law: the compiled pack.
        now: where to pin the clock; left out, it follows the events.
    """

    def __init__(self, law: Law, now: datetime | None = None) -> None:
        self._law = law
        self._kept = MemoryLedger()
        self._pinned = now is not None
        self._now = now or BEGINNING
        self._bears = bears_on_agenda(law.program)
        self._moves: list[Event] = []
        self._grouped: dict[str | None, tuple[Event, ...]] | None = None
        self._cases: dict[str | Agenda | None, tuple[Obligation, ...]] = {}
        self._said: dict[str | Agenda | None, tuple[Obligation, ...]] = {}

    @property
    def now(self) -> datetime:
        return self._now

    @property
    def position(self) -> int:
        return len(self._kept.events())

    def close(self) -> None:
        """Nothing is held open."""

    # --- in ---------------------------------------------------------------------------------------

    def submit(self, events: tuple[Event, ...]) -> Delta:
        known = self._kept.by_id
        require_movable(
            events,
            lambda case: any(e.case in linked((case,), self._moves)[case] for e in known.values()),
            lambda _: known,
            lambda _: standing_moves(known.values()),
        )
        fresh = self._kept.append(all_homed(events, known))
        if events and not fresh:
            return Delta(duplicate=True)
        return self._take_in(fresh)

    def advance(self, now: datetime) -> Delta:
        require_forward(now, self._now)
        self._move(now)
        before = [o for owed in self._said.values() for o in owed]
        current = {case: self._case(case) for case in self._by_case()} | {AGENDA: self._agenda_now()}
        self._said = dict(current)
        return changes(before, [o for owed in current.values() for o in owed])

    def _take_in(self, fresh: tuple[Event, ...]) -> Delta:
        """Work out again the cases the fresh events touch, and the agenda where one of them can change it."""
        if not self._pinned:
            self._move(max([self._now, *(event.knowable_at for event in fresh)]))
        self._grouped = None
        self._moves += [event for event in fresh if event.type in MOVES]
        cases = {event.case for event in fresh}
        groups = linked(cases, self._moves)
        touched: list[str | Agenda | None] = sorted({name for case in cases for name in groups[case]}, key=str)
        for case in touched:
            self._cases.pop(case, None)
        if any(map(self._bears, fresh)):
            self._cases.pop(AGENDA, None)
            touched.append(AGENDA)
        before = [o for case in touched for o in self._said.get(case, ())]
        for case in touched:
            self._said[case] = self._agenda_now() if isinstance(case, Agenda) else self._case(case)
        return changes(before, [o for case in touched for o in self._said[case]])

    def _move(self, now: datetime) -> None:
        if now != self._now:
            self._now = now
            self._cases, self._grouped = {}, None

    # --- out --------------------------------------------------------------------------------------

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        return tuple(e for e in self._kept.events() if case is None or e.case == case)

    def recorded(self, by: datetime) -> tuple[tuple[Event, ...], Law]:
        raise LedgerError(
            "RM705", "no-ledger", found=by.isoformat(), expected="a ledger, which stamps what it takes in"
        )

    def obligations(self, query: Query) -> tuple[Obligation, ...]:
        return tuple(o for o in self.answer(agenda=True).obligations if query.fits(o))

    def answer(self, *, agenda: bool) -> Answer:
        return answer(self._law, self._all() if agenda else self._of_cases())

    def full(self, obligation_id: str) -> Obligation:
        found = {o.id: o for o in self._all()}
        if obligation_id not in found:
            raise unknown_obligation(obligation_id, found)
        return found[obligation_id]

    def _by_case(self) -> dict[str | None, tuple[Event, ...]]:
        if self._grouped is None:
            self._grouped = by_case(knowable(self._kept.events(), self._now))
        return self._grouped

    def _case(self, case: str | None) -> tuple[Obligation, ...]:
        if case not in self._cases:
            self._cases[case] = case_obligations(self._law, case, self._by_case().get(case, ()), self._now)
        return self._cases[case]

    def _agenda_now(self) -> tuple[Obligation, ...]:
        if AGENDA not in self._cases:
            known = knowable(self._kept.events(), self._now)
            self._cases[AGENDA] = agenda_obligations(self._law, known, self._now)
        return self._cases[AGENDA]

    def _of_cases(self) -> tuple[Obligation, ...]:
        return tuple(o for case in self._by_case() for o in self._case(case))

    def _all(self) -> tuple[Obligation, ...]:
        return (*self._of_cases(), *self._agenda_now())
