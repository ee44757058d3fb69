"""The seam: what runs as columns does, the rest is answered by the live evaluator, and the whole is one table.

    replay(law, events, now)        # a table of events in, a table of obligations out, in no order

Of a case that somebody amended, moved or steered, that tells a person's facts in more than one way, or in which a rule may have
been breached, the live evaluator answers everything. Of any other case it answers for the rules that are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace as with_fields
from datetime import datetime
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from remit.columnar.asked import Asked
from remit.columnar.plan import Plan
from remit.columnar.rules import Subset, subset_of
from remit.columnar.schema import events_of, table_of_obligations
from remit.columnar.told import Told, quoted
from remit.live.agenda import LiveAgenda
from remit.live.evaluator import ACTS_UPON_CASES, LiveEvaluator
from remit.live.program import LiveProgram
from remit.live.record import STEERING
from remit.matching.moves import MOVES
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.rule import Always, Consequence, Every
from remit.program.program import CompiledRule, Program
from remit.semantics.law import Law
from remit.semantics.obligations import by_case


class Replay:
    """One law over one table of events at one moment. What was answered is kept, so that a changed rule can be held against it.

    Attributes:
        law, events: what is replayed.
        left_to_live: the cases, or parts of cases, that the live evaluator answered the last time.
    """

    def __init__(
        self,
        law: Law,
        events: pa.Table,
        now: datetime,
        *,
        threads: int | None = None,
        memory: str | None = None,
        spill: Path | None = None,
    ) -> None:
        settings = {"threads": threads, "memory_limit": memory, "temp_directory": None if spill is None else str(spill)}
        connection = duckdb.connect(config={name: value for name, value in settings.items() if value is not None})
        self.told = Told(connection, events, law, now)
        self.law, self.events, self._now = law, events, now
        self.left_to_live = 0

    @cached_property
    def subset(self) -> Subset:
        """The rules that run as columns, and why the others do not."""
        return subset_of(LiveProgram(self.law))

    @cached_property
    def obligations(self) -> pa.Table:
        """Everything owed at that moment, one row each, in no order."""
        return self.answer(self.law)

    def answer(self, law: Law, *, agenda: bool = True) -> pa.Table:
        """What the events raise under a law of the same vocabulary, which may be a part of one; with or without the agenda."""
        evaluator = LiveEvaluator(law)
        program = evaluator.program
        subset = subset_of(program)
        gone = program.timeline.ceased(law.day(self._now))
        plan = Plan(self.told, program, subset.rules, Asked(program, subset.asked, gone), self._now)
        columns = [plan.run()]
        self.left_to_live = 0
        columns += map(table_of_obligations, self._live(evaluator, subset))
        if agenda and (law.program.recurring or law.program.standing):
            owed = evaluator.agenda(self._agenda_events(program), self._now)
            columns.append(table_of_obligations(owed))
        return pa.concat_tables(columns)

    def _live(self, whole: LiveEvaluator, subset: Subset) -> Iterator[Iterable[Obligation]]:
        """What columns do not hold: hard cases whole, of the others the refused rules."""
        law = whole.program.law
        triggers, acts = quoted(law.program.by_event), quoted(ACTS_UPON_CASES)
        lonely = self.told.caseless
        caseless = not lonely.isdisjoint((*law.program.by_event, *ACTS_UPON_CASES))
        linked = not self.told.types.isdisjoint(MOVES) or not lonely.isdisjoint(ACTS_UPON_CASES)
        if not linked:  # what reports nothing that the law asks about owes nothing
            bearing = f"type IN ({triggers}) OR replaced IN ({triggers})"
            self.told.connection.execute(
                f'DELETE FROM hard WHERE "case" NOT IN (SELECT "case" FROM told WHERE "case" IN (FROM hard) AND ({bearing}))'
            )
        alone = f'OR ("case" IS NULL AND {"TRUE" if caseless else f"type IN ({acts})"})' if caseless or linked else ""
        yield self._cases(whole, f'"case" IN (FROM hard) {alone}', caseless=caseless)
        rest = narrowed(law, tuple(rule for rule in law.program.rules if rule.order in subset.refused))
        if not self.told.types.isdisjoint(rest.program.by_event):
            some = f'"case" IN (SELECT "case" FROM told WHERE type IN ({quoted(rest.program.by_event)}))'
            yield self._cases(LiveEvaluator(rest), f'"case" NOT IN (FROM hard) AND {some}')

    def _cases(self, evaluator: LiveEvaluator, which: str, *, caseless: bool = False) -> Iterator[Obligation]:
        for case, members in by_case(self._events_where(which)).items():
            if case is not None or caseless:
                self.left_to_live += 1
                yield from evaluator.case(case, members, self._now)

    def _events_where(self, which: str) -> Iterator[Event]:
        """The events of a part of the table, as they are reported."""
        return events_of(self.told.where(which), self.law.attributes, self.law.calendar.zone)

    def _agenda_events(self, program: LiveProgram) -> Iterator[Event]:
        """The acts that may bear on what recurs or stands, and whatever was amended."""
        if LiveAgenda(program).volatile:
            return self._events_where("TRUE")
        rules = [r for r in program.rules if isinstance(r.rule.trigger, Every | Always | Consequence)]
        heard = {kind for rule in rules for kind in rule.heard}
        actions, names = {rule.rule.action or "" for rule in rules}, {rule.rule.id for rule in rules}
        acts = f'type IN ({quoted(heard)}) AND coalesce("d:action" IN ({quoted(actions)}), TRUE) AND coalesce("d:rule" IN ({quoted(names)}), TRUE)'
        others = f'type IN ({quoted(STEERING)}) OR "case" IS NULL OR "case" IN (FROM marked)'
        return self._events_where(f"({acts}) OR {others}")


def replay(
    law: Law, events: pa.Table, now: datetime, *, threads: int | None = None, memory: str | None = None
) -> pa.Table:
    """Everything owed at `now` by the events of a table, one row an obligation (`schema.OBLIGATIONS`), in no order."""
    return Replay(law, events, now, threads=threads, memory=memory).obligations


def narrowed(law: Law, rules: tuple[CompiledRule, ...]) -> Law:
    """The law with no rules but these."""
    kept = {rule.order for rule in rules}

    def among(index: Mapping[str, tuple[CompiledRule, ...]]) -> dict[str, tuple[CompiledRule, ...]]:
        return {
            name: found for name, members in index.items() if (found := tuple(r for r in members if r.order in kept))
        }

    program = Program(rules, among(law.program.by_id), among(law.program.by_event))
    return with_fields(law, program=program, matcher=Reference(program))
