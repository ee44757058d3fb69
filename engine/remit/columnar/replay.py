"""The seam: what runs as columns does, the rest is answered by the live evaluator, and the whole is one table.

    replay(law, events, now)        # a table of events in, a table of obligations out, in no order

Of a case that somebody amended, moved or steered, but for a plain waiver or dispute, the live evaluator answers everything. Of
any other case it answers for the rules that are refused, and for those that a fact turned which came after their report.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from remit.columnar.agenda import heard
from remit.columnar.asked import Asked
from remit.columnar.law import ColumnarLaw, ready
from remit.columnar.plan import Plan
from remit.columnar.rules import Subset
from remit.columnar.schema import events_of, table_of_obligations
from remit.columnar.told import Told, naming, quoted
from remit.live.evaluator import ACTS_UPON_CASES
from remit.live.rules import LiveRule
from remit.matching.moves import MOVES
from remit.model.event import Event
from remit.model.obligation import Obligation
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
        law: Law | ColumnarLaw,
        events: pa.Table,
        now: datetime,
        *,
        threads: int | None = None,
        memory: str | None = None,
        spill: Path | None = None,
    ) -> None:
        settings = {"threads": threads, "memory_limit": memory, "temp_directory": None if spill is None else str(spill)}
        connection = duckdb.connect(config={name: value for name, value in settings.items() if value is not None})
        self._ready = ready(law)
        self.law, self.events, self._now = self._ready.law, events, now
        self.told = Told(connection, events, self.law, now)
        self.left_to_live = 0

    @property
    def subset(self) -> Subset:
        """The rules that run as columns, and why the others do not."""
        return self._ready.subset

    @cached_property
    def obligations(self) -> pa.Table:
        """Everything owed at that moment, one row each, in no order."""
        return self.answer(self._ready)

    def answer(self, law: Law | ColumnarLaw, *, agenda: bool = True) -> pa.Table:
        """What the events raise under a law of the same vocabulary, which may be a part of one; with or without the agenda."""
        rules = self._ready if law is self.law else ready(law)
        gone = rules.live.timeline.ceased(rules.law.day(self._now))
        plan = Plan(self.told, rules, Asked(rules.live, rules.subset.asked, gone), self._now)
        columns = [plan.run()]
        self.left_to_live = 0
        columns += map(table_of_obligations, self._live(rules))
        if agenda and (rules.law.program.recurring or rules.law.program.standing):
            owed = rules.evaluator().agenda(self._events_where(*heard(self.told, rules, self._now)), self._now)
            columns.append(table_of_obligations(owed))
        return pa.concat_tables(columns)

    def _live(self, rules: ColumnarLaw) -> Iterator[Iterable[Obligation]]:
        """What columns do not hold: hard cases whole, of the others the refused rules."""
        law = rules.law
        triggers, acts = quoted(law.program.by_event), quoted(ACTS_UPON_CASES)
        lonely = self.told.caseless
        caseless = not lonely.isdisjoint((*law.program.by_event, *ACTS_UPON_CASES))
        linked = not self.told.types.isdisjoint(MOVES) or not lonely.isdisjoint(ACTS_UPON_CASES)
        hard = self.told.holds("hard")
        if hard and not linked:  # what reports nothing that the law asks about owes nothing
            bearing = f"type IN ({triggers}) OR replaced IN ({triggers})"
            self.told.connection.execute(
                f'DELETE FROM hard WHERE "case" NOT IN (SELECT "case" FROM told WHERE "case" IN (FROM hard) AND ({bearing}))'
            )
        alone = f'OR ("case" IS NULL AND {"TRUE" if caseless else f"type IN ({acts})"})' if caseless or linked else ""
        if hard or alone:
            yield self._cases(rules, f'"case" IN (FROM hard) {alone}', caseless=caseless)
        heard_of = setting_off(rules.rest.live.rules)
        if not self.told.types.isdisjoint(rules.rest.law.program.by_event) and self.told.any(heard_of):
            some = f'"case" IN (SELECT "case" FROM told WHERE {heard_of})'
            yield self._cases(rules.rest, f'"case" NOT IN (FROM hard) AND {some}')
        turned = self._turned(rules)
        if turned:
            found = self._cases(rules.turning, '"case" IN (SELECT "case" FROM turned WHERE "case" NOT IN (FROM hard))')
            yield (owed for owed in found if (owed.case, owed.policy, owed.rule) in turned)

    def _turned(self, rules: ColumnarLaw) -> set[tuple[str, str, str]]:
        """The cases that are not hard, each with a rule of it that a fact turned."""
        names = {rule.order: (rule.rule.policy, rule.rule.id) for rule in rules.law.program.rules}
        found = self.told.connection.execute(
            'SELECT "case", rule FROM turned WHERE "case" NOT IN (FROM hard)'
        ).fetchall()
        return {(case, *names[order]) for case, order in found}

    def _cases(self, rules: ColumnarLaw, which: str, *, caseless: bool = False) -> Iterator[Obligation]:
        cases = by_case(self._events_where(which))
        if not cases:
            return
        evaluator = rules.evaluator()
        for case, members in cases.items():
            if case is not None or caseless:
                self.left_to_live += 1
                yield from evaluator.case(case, members, self._now)

    def _events_where(self, *which: str) -> Iterator[Event]:
        """The events of a part of the table, as they are reported."""
        return events_of(self.told.where(*which), self.law.attributes, self.law.calendar.zone)


def setting_off(rules: Sequence[LiveRule]) -> str:
    """What may set one of the rules off: a report of its types, or, of a standing norm, an act that violates it."""
    reports = {kind for rule in rules if not rule.breach for kind in rule.source.triggers}
    standing = [rule for rule in rules if rule.breach]
    violations = naming({kind for rule in standing for kind in rule.breached_by}, standing)
    return f"type IN ({quoted(reports)}) OR ({violations})"


def replay(
    law: Law | ColumnarLaw, events: pa.Table, now: datetime, *, threads: int | None = None, memory: str | None = None
) -> pa.Table:
    """Everything owed at `now` by the events of a table, one row an obligation (`schema.OBLIGATIONS`), in no order."""
    return Replay(law, events, now, threads=threads, memory=memory).obligations
