"""`Engine`: a pack at work. Events go in by `submit`, time by `advance`; out come the changes.

An event's path: `submit` → the ledger → `obligations` of its case → `changes` → `Delta`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum

from remit.errors import EventError, nearest
from remit.explain.why import why
from remit.explain.why_not import why_not
from remit.ledger.ledger import Ledger, MemoryLedger
from remit.matching.choose import choose
from remit.matching.history import AMENDMENTS, amended_report, amends
from remit.matching.matcher import Incident
from remit.model.event import (
    CORRECTION,
    DISPUTE,
    RECEIPT,
    RESUMPTION,
    RETRACTION,
    SUSPENSION,
    WAIVER,
    Event,
)
from remit.model.explanation import Why
from remit.model.obligation import Answer, Delta, Obligation
from remit.model.rule import On
from remit.model.terms import Nature, Status
from remit.pack.load import Pack
from remit.program.compile import compile_program, reads_case
from remit.semantics.changes import changes
from remit.semantics.law import Law
from remit.semantics.obligations import (
    agenda_obligations,
    answer,
    by_case,
    case_obligations,
    knowable,
)


class Agenda(Enum):
    """The key under which the agenda is kept beside the cases; no case can have it as its name."""

    AGENDA = "agenda"


AGENDA = Agenda.AGENDA
STEERING = frozenset({CORRECTION, DISPUTE, RECEIPT, RESUMPTION, RETRACTION, SUSPENSION, WAIVER})
BEGINNING = datetime.fromisoformat("0001-01-02T00:00:00+00:00")


class Engine:
    """Keeps events, and answers what follows from them at its clock.

    The clock is virtual: it stands at the latest moment submitted or advanced to. With `now` it is pinned:
    events that become known later are kept but do not count until `advance` passes them. `submit` announces
    what changed in the event's own case; `advance` announces everything not yet announced.

    Args:
        pack: a loaded pack.
        backend: `auto` (durable-rules where it imports, else the reference), `durable` or `reference`.
        now: where to pin the clock; left out, it follows the events.
        ledger: where events are kept; left out, in memory.

    Raises:
        RemitError: RM901, `backend="durable"` where durable-rules cannot be imported.
    """

    def __init__(
        self,
        pack: Pack,
        *,
        backend: str = "auto",
        now: datetime | None = None,
        ledger: Ledger | None = None,
    ) -> None:
        self.pack = pack
        program = compile_program(pack.policies)
        matcher = choose(program, backend)
        vocabulary = pack.vocabulary
        self._law = Law(program, pack.graph, vocabulary.readings, pack.calendar, vocabulary.attributes, matcher)
        self._ledger: Ledger = MemoryLedger() if ledger is None else ledger
        self._pinned = now is not None
        self.now = now or BEGINNING
        self._grouped: dict[str | None, tuple[Event, ...]] | None = None
        self._cases: dict[str | Agenda | None, tuple[Obligation, ...]] = {}
        self._said: dict[str | Agenda | None, tuple[Obligation, ...]] = {}
        if not self._pinned:
            self.now = max([BEGINNING, *(event.knowable_at for event in self._ledger.events())])

    @property
    def backend_name(self) -> str:
        """The matcher in use: `durable` or `reference`."""
        return self._law.matcher.name

    @property
    def backend_reason(self) -> str:
        """Why this one."""
        return self._law.matcher.reason

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Failures of the native matcher that the reference made good."""
        return tuple(self._law.matcher.incidents)

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything submitted, in order."""
        return self._ledger.events()

    # --- in ---------------------------------------------------------------------------------------

    def submit(self, event: Event | Mapping[str, object]) -> Delta:
        """Keep one event and say what it changed in its case.

        The same event again changes nothing (`Delta.duplicate`).

        Raises:
            EventError: the event does not fit the vocabulary, or its id is taken by other content. Nothing was kept.
        """
        return self.submit_all((event,))

    def submit_all(self, events: Iterable[Event | Mapping[str, object]]) -> Delta:
        """Keep several events, all or none, and say what they changed together.

        Raises:
            EventError: for the first that is refused; then none of them was kept.
        """
        read = self._homed(tuple(e if isinstance(e, Event) else self.pack.event(e) for e in events))
        fresh = self._ledger.append(read)
        if read and not fresh:
            return Delta(duplicate=True)
        return self._take_in(fresh)

    def _homed(self, events: tuple[Event, ...]) -> tuple[Event, ...]:
        """A retraction or correction must name an event of the ledger or of the same batch, and belongs to its case."""
        if not any(event.type in AMENDMENTS for event in events):
            return events
        known = {event.id: event for event in (*events, *self._ledger.events())}
        return tuple(homed(event, known) if event.type in AMENDMENTS else event for event in events)

    def advance(self, now: datetime) -> Delta:
        """Move the clock and say what opened, fell due or was breached, agenda included.

        Raises:
            EventError: RM452, the moment has no zone or lies before the clock.
        """
        if now.tzinfo is None or now < self.now:
            raise EventError(
                "RM452",
                "clock-runs-forward",
                found=now.isoformat(),
                expected=f"a moment with a zone, not before {self.now.isoformat()}",
            )
        self._move(now)
        before = [o for owed in self._said.values() for o in owed]
        current = {case: self._case(case) for case in self._by_case()} | {AGENDA: self._agenda_now()}
        self._said = dict(current)
        return changes(before, [o for owed in current.values() for o in owed])

    def _take_in(self, fresh: tuple[Event, ...]) -> Delta:
        """Work out again the cases the fresh events touch, and the agenda where one of them can change it."""
        if not self._pinned:
            self._move(max([self.now, *(event.knowable_at for event in fresh)]))
        self._grouped = None
        touched: list[str | Agenda | None] = sorted({event.case for event in fresh}, key=str)
        for case in touched:
            self._cases.pop(case, None)
        if any(self._bears_on_agenda(event) for event in fresh):
            self._cases.pop(AGENDA, None)
            touched.append(AGENDA)
        before = [o for case in touched for o in self._said.get(case, ())]
        for case in touched:
            self._said[case] = self._agenda_now() if isinstance(case, Agenda) else self._case(case)
        return changes(before, [o for case in touched for o in self._said[case]])

    def _bears_on_agenda(self, event: Event) -> bool:
        """Whether it may discharge, breach, steer or amend what no event of a case sets off, or be read by its condition."""
        if event.type in STEERING:
            return True
        return any(
            reads_case(rule.rule) or any(act.event == event.type for act in (*rule.discharges, *rule.breaches))
            for rule in self._law.program.rules
            if not isinstance(rule.rule.trigger, On)
        )

    def _move(self, now: datetime) -> None:
        if now != self.now:
            self.now = now
            self._cases, self._grouped = {}, None

    # --- out --------------------------------------------------------------------------------------

    def answer(self, *, agenda: bool = True) -> Answer:
        """Everything that follows at the clock; without `agenda`, only what cases raised."""
        return answer(self._law, self._all() if agenda else self._of_cases())

    def obligations(
        self,
        *,
        unit: str | None = None,
        status: Status | str | None = None,
        case: str | None = None,
        rule: str | None = None,
        nature: Nature | str | None = None,
    ) -> tuple[Obligation, ...]:
        """The obligations at the clock that fit every filter given; `unit` means the bearer."""
        return tuple(
            o
            for o in self.answer().obligations
            if (unit is None or o.bearer.id == unit)
            and (status is None or o.status == status)
            and (case is None or o.case == case)
            and (rule is None or o.rule == rule)
            and (nature is None or o.nature == nature)
        )

    def agenda(
        self, unit: str | None = None, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[Obligation, ...]:
        """Recurring and standing duties of a unit (or of all) that touch the days from `start` to `end`."""
        found = agenda_obligations(self._law, knowable(self._ledger.events(), self.now), self.now, end)
        return tuple(
            o
            for o in answer(self._law, found).obligations
            if (unit is None or o.bearer.id == unit) and touches(o, start, end)
        )

    def why(self, obligation_id: str) -> Why:
        """The explanation of one obligation.

        Raises:
            EventError: RM453, there is no such obligation at the clock.
        """
        found = {o.id: o for o in self._all()}
        if obligation_id not in found:
            raise EventError(
                "RM453",
                "unknown-obligation",
                found=obligation_id,
                expected="the id of an obligation that exists at this moment",
                suggestion=nearest(obligation_id, found),
            )
        return why(found[obligation_id], self.pack)

    def why_not(self, rule_id: str, case: str) -> Why:
        """Why a rule raised nothing in a case, and what would change that."""
        return why_not(rule_id, case, self._ledger.events(), self.pack, self.now)

    def _by_case(self) -> dict[str | None, tuple[Event, ...]]:
        if self._grouped is None:
            self._grouped = by_case(knowable(self._ledger.events(), self.now))
        return self._grouped

    def _case(self, case: str | None) -> tuple[Obligation, ...]:
        if case not in self._cases:
            self._cases[case] = case_obligations(self._law, case, self._by_case().get(case, ()), self.now)
        return self._cases[case]

    def _agenda_now(self) -> tuple[Obligation, ...]:
        if AGENDA not in self._cases:
            known = knowable(self._ledger.events(), self.now)
            self._cases[AGENDA] = agenda_obligations(self._law, known, self.now)
        return self._cases[AGENDA]

    def _of_cases(self) -> tuple[Obligation, ...]:
        return tuple(o for case in self._by_case() for o in self._case(case))

    def _all(self) -> tuple[Obligation, ...]:
        return (*self._of_cases(), *self._agenda_now())


def homed(act: Event, known: Mapping[str, Event]) -> Event:
    """The retraction or correction in the case of what it amends.

    Raises:
        EventError: RM451, there is no such event, or it belongs to another case.
    """
    named, target = amends(act), amended_report(act, known)
    if target is None or act.case not in (None, target.case):
        raise EventError(
            "RM451",
            "unknown-event",
            found=named,
            expected="the id of an event that was submitted" if target is None else f"an event of case `{act.case}`",
            origin=replace(act.origin, event=act.id, case=act.case),
            suggestion=nearest(named, (e.id for e in known.values() if act.case in (None, e.case) and e.id != act.id)),
        )
    return replace(act, case=target.case)


def touches(obligation: Obligation, start: datetime | None, end: datetime | None) -> bool:
    """Whether any day between opening and due lies in [start, end]; what has no due date is always there."""
    opens, due = obligation.deadline.opens, obligation.deadline.latest or obligation.deadline.due
    return (start is None or due is None or due >= start) and (end is None or opens is None or opens <= end)
