"""`LiveEvaluator`: what `ReferenceEvaluator` answers, in microseconds.

    evaluator = LiveEvaluator(law)
    owed = evaluator.case("c-17", events, now)      # after each event of the case
    evaluator.wakes_at(owed, events, now)           # nothing changes by itself before
    evaluator.agenda(all_events, now)               # works out only what the new events, or the time passed, bear on

One evaluator serves one law, for as long as that law stands. It remembers routes, deadlines and the agenda it gave
last, and nothing of a case. It is not to be shared by threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from remit.live.agenda import LiveAgenda
from remit.live.drafts import drafts
from remit.live.lapse import lapsed, left_over
from remit.live.program import LiveProgram
from remit.live.record import Record
from remit.live.settled import all_of, moved, settled
from remit.matching.history import AMENDMENTS, History, versions
from remit.matching.moves import MOVES
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from remit.semantics.obligations import first_believed, left_behind
from remit.semantics.wakes import wakes_at


class LiveEvaluator:
    """The fast way, for one law."""

    def __init__(self, law: Law, program: LiveProgram | None = None) -> None:
        self.program = LiveProgram(law) if program is None else program
        #: Answers that were left to the reference.
        self.fallbacks = 0
        self._agenda = LiveAgenda(self.program)
        self._told: tuple[Event, ...] = ()
        self._given: tuple[Obligation, ...] | None = None
        self._reference = ReferenceEvaluator(law) if self._agenda.volatile else None

    def case(self, case: str | None, events: Iterable[Event], now: datetime) -> tuple[Obligation, ...]:
        """As `case_obligations`, bare."""
        known = [event for event in events if event.knowable_at <= now]
        if ACTS_UPON_CASES.isdisjoint([event.type for event in known]):
            owed = self._as_told(case, known, now)
        else:
            owed = self._as_amended(case, known, now)
        return moved(self.program, owed, now)

    def _as_told(self, case: str | None, known: Sequence[Event], now: datetime) -> Sequence[Obligation]:
        """Where nothing was amended or moved, there is one version of the case, and all of it is known."""
        record = Record(History.of(case, known))
        owed = {o.id: o for o in all_of(settled(self.program, record, case, drafts(self.program, record), now))}
        if len(record.known) > 1:
            for o in left_over(lapsed(self.program, record, owed, frozenset())):
                owed.setdefault(o.id, o)
        return tuple(owed.values())

    def _as_amended(self, case: str | None, known: Sequence[Event], now: datetime) -> Sequence[Obligation]:
        """Every version in turn: what stands now, and what only an earlier one raised, as it was left behind."""
        told = versions(case, known)
        ends = [*(history.since or now for history in told[1:]), now]
        records = [Record(history) for history in told]
        drafted = [drafts(self.program, record.as_known_at(end)) for record, end in zip(records, ends, strict=True)]
        aliases = told[-1].aliases
        amended = {key: first_believed(told, drafted, key) for key in drafted[-1]}
        owed = {o.id: o for o in all_of(settled(self.program, records[-1], case, drafted[-1], now, amended, aliases))}
        for o in left_over(lapsed(self.program, records[-1].as_known_at(now), owed, aliases)):
            owed.setdefault(o.id, o)
        for record, past, end in list(zip(records, drafted, ends, strict=True))[-2::-1]:
            for o in all_of(settled(self.program, record, case, past, end, None, aliases)):
                owed.setdefault(o.id, left_behind(o, case, known))
        return tuple(owed.values())

    def agenda(self, events: Iterable[Event], now: datetime) -> tuple[Obligation, ...]:
        """As `agenda_obligations`, bare. Cheap where `events` begin with those of the last time and `now` is not before it."""
        if self._reference is not None:
            self.fallbacks += 1
            return self._reference.agenda(events, now)
        told = tuple(events)
        kept = self._agenda
        if (kept.now is not None and now < kept.now) or told[: len(self._told)] != self._told:
            kept, self._told = LiveAgenda(self.program), ()
        kept.take(told[len(self._told) :])
        self._agenda, self._told = kept, told
        self._given = kept.at(now)
        return self._given

    def wakes_at(
        self, owed: Iterable[Obligation], events: Iterable[Event], now: datetime, *, agenda: bool = False
    ) -> datetime | None:
        if agenda and owed is self._given and now == self._agenda.now and tuple(events) == self._told:
            return self._agenda.wakes_at()
        return wakes_at(self.program.law, self.program.dates, owed, events, now, agenda=agenda)


#: Acts upon reports and cases, which make it another case than it was.
ACTS_UPON_CASES = frozenset({*AMENDMENTS, *MOVES})
