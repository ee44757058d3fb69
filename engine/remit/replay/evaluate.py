"""`evaluate`: sorted batches of events in, batches of obligations out. Neutral: it knows neither pools nor clusters.

A matter is a case with all that mergers and splits link it with; its name is that of the first of these cases. Events
come with the columns of `columnar.schema.event_schema`, `matter` (null for what has no case) and `position`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import pyarrow as pa

from remit.columnar.schema import events_in, table_of_obligations
from remit.live.evaluator import LiveEvaluator
from remit.matching.history import AMENDMENTS
from remit.matching.moves import MOVES
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.replay.shelves import apart
from remit.semantics.law import Law
from remit.semantics.obligations import by_case, document_order, in_document_order, knowable

#: As many obligations as leave at once.
ROWS = 10_000
#: What makes a matter of several cases, or belongs to a case it does not name.
UNSETTLED = frozenset({*MOVES, *AMENDMENTS})
#: Told of the batch and row of each event whose id, in its matter, another event has; the flag says whether it is the same event.
Again = Callable[[pa.RecordBatch, int, bool], None]


def ignored(_batch: pa.RecordBatch, _row: int, _same: bool) -> None:
    """The first event of an id counts, and nobody asks about the rest."""


def evaluate(
    batches: Iterable[pa.RecordBatch], law: Law, now: datetime, again: Again = ignored
) -> Iterator[pa.RecordBatch]:
    """What the cases owe at `now`, by `columnar.schema.OBLIGATIONS`: matter by matter, in document order.

    Args:
        batches: sorted by matter and position. A matter may go on from batch to batch; it has to fit into memory, the
            rest has not.
        law: policies, units, calendar; the same for all.
        now: aware. What becomes known after it does not count.
        again: told of each event that comes again; the first counts.
    """
    evaluator, order = LiveEvaluator(law), document_order(law)
    owed: list[Obligation] = []
    for matter, events in matters(batches, law, again):
        owed += sorted(of_matter(evaluator, matter, events, now), key=order)
        if len(owed) >= ROWS:
            yield from in_batches(owed)
            owed = []
    yield from in_batches(owed)


def agenda(events: Iterable[Event], law: Law, now: datetime) -> Iterator[pa.RecordBatch]:
    """The recurring and standing duties of every unit, in document order.

    Args:
        events: those that bear on the agenda (`keeper.bears_on_agenda`), of all cases; the first of a case's id counts.
        law: as for `evaluate`.
        now: as for `evaluate`.
    """
    first: dict[tuple[str | None, str], Event] = {}
    for event in events:
        first.setdefault((event.case, event.id), event)
    owed = LiveEvaluator(law).agenda(tuple(apart(first.values())), now)
    yield from in_batches(list(in_document_order(law, owed)))


def in_batches(owed: list[Obligation]) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(owed), ROWS):
        yield from table_of_obligations(owed[start : start + ROWS]).combine_chunks().to_batches()


def matters(
    batches: Iterable[pa.RecordBatch], law: Law, again: Again
) -> Iterator[tuple[str | None, list[Event]]]:  # fmt: skip
    """Each matter with its events, each id once."""
    current: str | None = None
    told: dict[str, Event] = {}
    for batch in batches:
        events = events_in(batch, law.attributes, law.calendar.zone)
        for row, (matter, event) in enumerate(zip(batch.column("matter").to_pylist(), events, strict=True)):
            if matter != current:
                if told:
                    yield current, list(told.values())
                current, told = matter, {}
            kept = told.setdefault(event.id, event)
            if kept is not event:
                again(batch, row, kept == event)
    if told:
        yield current, list(told.values())


def of_matter(
    evaluator: LiveEvaluator, matter: str | None, events: list[Event], now: datetime
) -> Iterable[Obligation]:  # fmt: skip
    """What one matter owes: nearly always that of a single case."""
    if UNSETTLED.isdisjoint([event.type for event in events]):
        return evaluator.case(matter, events, now)
    told = by_case(knowable(events, now))
    return [o for case, members in told.items() for o in evaluator.case(case, members, now)]
