"""`Engine`: a pack at work. Events go in by `submit`, time by `advance`; out come the changes.

An event's path: `submit` → its keeper (memory, or a ledger) → `obligations` of its case → `changes` → `Delta`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Self

from remit.clock import now as wall_clock
from remit.errors import LedgerError
from remit.keeper.keeper import Keeper, Query
from remit.keeper.memory import MemoryKeeper
from remit.matching.choose import choose
from remit.matching.matcher import Incident
from remit.model.event import Event
from remit.model.explanation import Why
from remit.model.obligation import Answer, Delta, Obligation
from remit.model.terms import Nature, Status
from remit.pack.load import Pack
from remit.semantics.law import Law
from remit.semantics.obligations import agenda_obligations, answer, in_hindsight, knowable, whole_answer

if TYPE_CHECKING:
    from remit.keeper.durable import DurableKeeper
    from remit.ledger.vault import MasterKey


#: An event, or what is read as one: plain values, or a JSON object as text.
Report = Event | Mapping[str, object] | bytes | str


class Engine:
    """Keeps events, and answers what follows from them at its clock.

    The clock is virtual: it stands at the latest moment submitted or advanced to. With `now` it is pinned:
    events that become known later are kept but do not count until `advance` passes them. `submit` announces
    what changed in the event's own case; `advance` announces everything not yet announced.

    Args:
        pack: a loaded pack.
        backend: `auto` (durable-rules where it is installed, else `compiled`), `durable`, `durable-inline` (its network
            in this process, where a fault of it is ours), `compiled` (plain Python, indexed) or `reference`.
        now: where to pin the clock; left out, it follows the events. Not with a ledger, which has its own.
        ledger: where everything is kept: `sqlite:///path`, `postgresql://…`, or a path; made if it is not there.
            Left out, in memory.
        key: the ledger's master key, or the file that holds it; for SQLite left out, the file beside it.

    Raises:
        RemitError: RM901, durable-rules was asked for by name and cannot be used here.
        LedgerError: the ledger cannot be opened.
    """

    def __init__(
        self,
        pack: Pack,
        *,
        backend: str = "auto",
        now: datetime | None = None,
        ledger: str | None = None,
        key: MasterKey | Path | str | None = None,
    ) -> None:
        self.pack = pack
        self._law = Law.of(pack, lambda program: choose(program, backend))
        self._keeper: Keeper = MemoryKeeper(self._law, now) if ledger is None else self._durable(ledger, key)

    def _durable(self, url: str, key: MasterKey | Path | str | None) -> DurableKeeper:
        from remit.keeper.durable import DurableKeeper

        return DurableKeeper.open(url, key, self.pack, self._law, clock=lambda: wall_clock(UTC))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the ledger, which then neither reads nor writes (RM773); in memory there is nothing to let go of."""
        self._keeper.close()

    @property
    def now(self) -> datetime:
        """The clock."""
        return self._keeper.now

    @property
    def backend_name(self) -> str:
        """The matcher in use: `durable`, `durable-inline`, `compiled` or `reference`, which takes over where the network failed."""
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
    def durable(self) -> DurableKeeper:
        """What keeps the ledger, for those who tend it: erase, rebuild, take in.

        Raises:
            LedgerError: RM705, this engine lives in memory.
        """
        from remit.keeper.durable import DurableKeeper

        if not isinstance(self._keeper, DurableKeeper):
            raise LedgerError("RM705", "no-ledger", found="an engine in memory", expected="an engine with a ledger")
        return self._keeper

    @property
    def events(self) -> tuple[Event, ...]:
        """Everything submitted, in order."""
        return self._keeper.events()

    @property
    def position(self) -> int:
        """How many entries the ledger has, or how many events are kept in memory."""
        return self._keeper.position

    # --- in ---------------------------------------------------------------------------------------

    def submit(self, event: Report) -> Delta:
        """Keep one event and say what it changed in its case.

        The same event again changes nothing (`Delta.duplicate`). With a ledger, it is durable once this returns.

        Raises:
            EventError: the event does not fit the vocabulary, or its id is taken by other content. Nothing was kept.
            LedgerError: it could not be written. Nothing was kept.
        """
        return self._keeper.submit((self._event(event),))

    def submit_all(self, events: Iterable[Report]) -> Delta:
        """Keep several events, all or none, and say what they changed together.

        Raises:
            EventError: for the first that is refused; then none of them was kept.
            LedgerError: as `submit`.
        """
        return self._keeper.submit(tuple(map(self._event, events)))

    def submit_each(self, events: Iterable[Report], *, batch: int = 1) -> Iterator[Delta]:
        """Keep events in order, so many at a time, and give out what each batch changed once it is kept.

        As `submit_all` batch after batch, and faster with a ledger: while one is being made durable, another thread works out
        the next. So `events` is read one batch ahead of what was given out, always by the thread that asks.

        Raises:
            EventError: for the first that is refused; nothing of its batch and of those behind it was kept.
            LedgerError: as `submit`, likewise.
            ValueError: `batch` is less than one.
        """
        if batch < 1:
            msg = f"batches of {batch} events"
            raise ValueError(msg)
        read = map(self._event, events)
        return self._keeper.submit_each(iter(lambda: tuple(islice(read, batch)), ()))

    def _event(self, told: Report) -> Event:
        return told if isinstance(told, Event) else self.pack.event(told)

    def advance(self, now: datetime) -> Delta:
        """Move the clock and say what opened, fell due or was breached, agenda included.

        Raises:
            EventError: RM452, the moment has no zone or lies before the clock.
        """
        return self._keeper.advance(now)

    # --- out --------------------------------------------------------------------------------------

    def answer(self, *, agenda: bool = True) -> Answer:
        """Everything that follows at the clock; without `agenda`, only what cases raised."""
        return self._keeper.answer(agenda=agenda)

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
        return self._keeper.obligations(Query(unit, status, case, rule, nature))

    def agenda(
        self, unit: str | None = None, start: datetime | None = None, end: datetime | None = None
    ) -> tuple[Obligation, ...]:
        """Recurring and standing duties of a unit (or of all) that touch the days from `start` to `end`."""
        found = agenda_obligations(self._law, knowable(self._keeper.events(), self.now), self.now, end)
        return tuple(
            o
            for o in answer(self._law, found).obligations
            if (unit is None or o.bearer.id == unit) and touches(o, start, end)
        )

    def as_of(
        self, moment: datetime, *, known_at: datetime | None = None, recorded_by: datetime | None = None
    ) -> Answer:
        """What was owed at a moment, by what was known at another.

        Args:
            moment: as of when; aware.
            known_at: events that became known after it do not count; left out, `moment` itself. A later one gives the
                answer of hindsight: what had happened by then, including what was only learned afterwards.
            recorded_by: only what the ledger had taken in by then, under the pack it was then run by.

        Raises:
            LedgerError: RM705, nothing is stamped without a ledger; RM728, the archived pack was altered.
        """
        events, law = self._keeper.events(), self._law
        if recorded_by is not None:
            events, law = self._keeper.recorded(recorded_by)
        return whole_answer(law, in_hindsight(events, moment, known_at or moment), moment)

    def why(self, obligation_id: str) -> Why:
        """The explanation of one obligation.

        Raises:
            EventError: RM453, there is no such obligation at the clock.
        """
        from remit.explain.why import why

        return why(self._keeper.full(obligation_id), self.pack)

    def why_not(self, rule_id: str, case: str) -> Why:
        """Why a rule raised nothing in a case, and what would change that."""
        from remit.explain.why_not import why_not

        told = self._keeper.events(case) or self._keeper.events()
        return why_not(rule_id, case, told, self.pack, self.now)


def touches(obligation: Obligation, start: datetime | None, end: datetime | None) -> bool:
    """Whether any moment from opening until due lies in [start, end]; what has no due date is always there.

    What is due at `start` itself ended with the day before: midnight is the end of a day (decision 4).
    """
    opens, due = obligation.deadline.opens, obligation.deadline.latest or obligation.deadline.due
    return (start is None or due is None or due > start) and (end is None or opens is None or opens <= end)
