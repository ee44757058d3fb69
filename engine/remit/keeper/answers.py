"""What a ledger answers, whoever writes to it: events as they were reported, duties as they stand in the projection."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from remit.keeper.former import RulesSaid, former_pack
from remit.keeper.keeper import Query, in_case, unknown_obligation
from remit.keeper.matters import AGENDA, CASELESS, case_of, matter_of, matters_named
from remit.keeper.zones import localised
from remit.ledger.rows import instant
from remit.ledger.store import Store
from remit.matching.moves import MOVES, linked
from remit.model.event import Event
from remit.model.obligation import Answer, Obligation
from remit.pack.archive import archived
from remit.pack.load import Pack
from remit.semantics.law import Law
from remit.semantics.obligations import (
    agenda_obligations,
    answer,
    by_case,
    case_obligations,
    in_document_order,
    knowable,
)


class LedgerAnswers:
    """A ledger that is read.

    Args:
        store: the open ledger.
        pack: what it is run by.
        law: the pack compiled.
    """

    def __init__(self, store: Store, pack: Pack, law: Law) -> None:
        self._store = store
        self._pack = pack
        self._law = law
        self._rules = RulesSaid(pack, store)
        self._digest, self._archive = archived(pack.root)
        self._former: dict[str, Pack] = {}

    @property
    def position(self) -> int:
        return self._store.head().position

    @property
    def store(self) -> Store:
        """The ledger itself."""
        return self._store

    def close(self) -> None:
        self._store.close()

    @property
    def now(self) -> datetime:
        return self._local(instant(self._store.head().now))

    def events(self, case: str | None = None) -> tuple[Event, ...]:
        return self._told(self._store.events() if case is None else self._store.events(case))

    def reports(self, case: str) -> tuple[Event, ...]:
        """What was reported in a case, and what mergers and splits brought there."""
        group = linked((case,), self._store.events(types=MOVES))[case]
        told = self._told(tuple(event for name in group for event in self._store.events(name)))
        return in_case(case, told)

    def recorded(self, by: datetime) -> tuple[tuple[Event, ...], Law]:
        pack = self.pack_of(by)
        return self._told(self._store.events(recorded_by=by)), self._law if pack is self._pack else Law.of(pack)

    def pack_of(self, by: datetime) -> Pack:
        """What the ledger was run by at a moment; the last one asked for is remembered."""
        found = self._store.archive(by)
        if found is None or found[0] == self._digest:
            return self._pack
        if found[0] not in self._former:
            self._former = {found[0]: former_pack(found)}
        return self._former[found[0]]

    def obligations(self, query: Query) -> tuple[Obligation, ...]:
        matter = None if query.case is None else matter_of(query.case)
        found = self._store.obligations(
            self._rules, self._local, matter=matter, bearer=query.unit, status=query.status, rule=query.rule, nature=query.nature
        )  # fmt: skip
        return in_document_order(self._law, found)

    def answer(self, *, agenda: bool) -> Answer:
        return answer(self._law, self._store.obligations(self._rules, self._local, but=None if agenda else AGENDA))

    def answer_in(self, case: str) -> Answer:
        """What follows in one case."""
        return answer(self._law, self._store.obligations(self._rules, self._local, matter=matter_of(case)))

    def full(self, obligation_id: str) -> Obligation:
        matter = self._store.matter(obligation_id, matters_named(obligation_id))
        if matter is None:
            raise unknown_obligation(obligation_id, (o.id for o in self._store.obligations(self._rules, self._local)))
        return next(o for o in self._full(matter, self.now) if o.id == obligation_id)

    def explained(self, bare: Iterable[Obligation]) -> tuple[Obligation, ...]:
        """The same obligations with the grounds of their explanations; each matter is worked out once."""
        listed, now = tuple(bare), self.now
        caseless = {o.id for o in self._store.obligations(self._rules, self._local, matter=CASELESS)}
        matters = {AGENDA if o.case is None and o.id not in caseless else matter_of(o.case) for o in listed}
        found = {o.id: o for matter in sorted(matters) for o in self._full(matter, now)}
        return tuple(found.get(o.id, o) for o in listed)

    def _full(self, matter: str, now: datetime) -> tuple[Obligation, ...]:
        if matter == AGENDA:
            return tuple(agenda_obligations(self._law, knowable(self.events(), now), now))
        case = case_of(matter)
        group = linked((case,), self._store.events(types=MOVES))[case]
        told = knowable((event for name in group for event in self._told(self._store.events(name))), now)
        return tuple(case_obligations(self._law, case, by_case(told)[case], now))

    def _told(self, kept: tuple[Event, ...]) -> tuple[Event, ...]:
        """Events as they were reported: their moments in the pack's zone, for whoever reads an explanation."""
        return tuple(localised(event, self._law.calendar.zone) for event in kept)

    def _local(self, at: datetime) -> datetime:
        return at.astimezone(self._law.calendar.zone)
