"""Events in a ledger, and beside them, in the same transaction, what follows from them at the ledger's clock.

After each transaction the projection says exactly what the pure function says. Only matters that were touched, or in
which something has come due, are worked out again.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from remit.errors import LedgerError, Origin
from remit.keeper.answers import LedgerAnswers
from remit.keeper.erasure import Reports, reaches_further
from remit.keeper.keeper import (
    agenda_types,
    all_homed,
    bears_on_agenda,
    require_forward,
    require_movable,
    standing_moves,
)
from remit.keeper.kept_cases import KeptCases
from remit.keeper.matters import AGENDA, case_of, matter_of
from remit.keeper.submission import Submission
from remit.keeper.zones import tzdata_version
from remit.ledger.ahead import Asked, Foreseen
from remit.ledger.codec import encode_value, microseconds
from remit.ledger.open import open_store
from remit.ledger.reading import Export
from remit.ledger.replay import replay
from remit.ledger.rows import instant
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey
from remit.ledger.writing import Writing
from remit.live.evaluator import ACTS_UPON_CASES, LiveEvaluator
from remit.live.timeline import BEGINNING
from remit.matching.history import AMENDMENTS, amends
from remit.matching.moves import MOVES, linked, other_end
from remit.model.event import Event
from remit.model.obligation import Change, Delta, Obligation
from remit.pack.load import Pack
from remit.semantics.changes import changes, in_order
from remit.semantics.law import Law

#: Matters of which the last answer is remembered.
REMEMBERED = 5_000

Owed = Mapping[str, Obligation]
T = TypeVar("T")


class DurableKeeper(LedgerAnswers):
    """The keeper with a ledger.

    Args:
        store: the open ledger.
        pack: what it is run by; another version of it than before is taken up at the first write, as an entry.
        law: the pack compiled.
    """

    def __init__(self, store: Store, pack: Pack, law: Law) -> None:
        super().__init__(store, pack, law)
        self._evaluator = LiveEvaluator(law)
        self._cases = KeptCases(self._evaluator)
        self._agenda_types = agenda_types(law.program)
        self._bears = bears_on_agenda(law.program)
        self._tzdata, self._zoned = tzdata_version(), False
        self._said: dict[str, Owed] = {}
        self._reported: dict[str | None, tuple[Event, ...]] = {}
        self._of_agenda: tuple[int, tuple[Event, ...]] = (0, ())
        self._changed: dict[str, tuple[Change, ...]] = {}
        self._moves: list[Event] = []
        self._seen = -1
        #: The clock as it stands in the head, and as a moment.
        self._clock: tuple[int | None, datetime] = (None, BEGINNING)
        #: Whether what is remembered includes a transaction that has not come to its turn.
        self._is_ahead = False
        self._incidents = len(law.matcher.incidents)
        #: Told how many matters are about to be worked out.
        self.watch: Callable[[int], object] = lambda _count: None

    @classmethod
    def open(
        cls, url: str, key: MasterKey | Path | str | None, pack: Pack, law: Law, *, clock: Callable[[], datetime]
    ) -> DurableKeeper:
        """Open the ledger at `url`, or make it.

        Raises:
            LedgerError: RM706, it is the ledger of another pack; and as `Store`.
        """
        store = open_store(url, key, pack.vocabulary.pack_id, clock)
        if store.pack != pack.vocabulary.pack_id:
            store.close()
            raise LedgerError(
                "RM706", "another-pack", found=pack.vocabulary.pack_id, expected=f"the pack `{store.pack}`",
                origin=Origin(store.database.shown),
            )  # fmt: skip
        return cls(store, pack, law)

    def submit(self, events: tuple[Event, ...]) -> Delta:
        submission = Submission(self, events)
        return self._written(submission.run, submission.cases)

    def submit_each(self, batches: Iterable[tuple[Event, ...]]) -> Iterator[Delta]:
        try:
            for delta in self._store.write_each(Submission(self, events) for events in batches):
                self._remember()
                yield delta
        except BaseException:
            self._doubt()
            raise

    def take(self, ledger: Writing, events: tuple[Event, ...]) -> Delta:
        """Keep events inside a transaction, and say what they changed."""
        adopted = self._begin(ledger)
        unread = self.unread(events)
        ledger.look(Asked(frozenset([event.id for event in events]), unread))
        for case in ledger.new(unread):  # of which nobody has heard: nothing was reported in it, nothing said of it
            self._cases.begin(case)
        if not ACTS_UPON_CASES.isdisjoint([event.type for event in events]):
            require_movable(
                events,
                lambda case: any(ledger.events(name) for name in self._linked(case)),
                ledger.named,
                lambda case: self._standing(ledger, case),
            )
            events = all_homed(events, led_to(events, ledger))
        fresh = ledger.append(events)
        if fresh:
            ledger.move(max([event.knowable_at for event in fresh]))
        touched = self._tell(fresh, self.now_of(ledger)) | self._borne(fresh)
        self._settle(ledger, touched | adopted, told=touched)
        return Delta(duplicate=True) if events and not fresh else self._delta(touched)

    def _tell(self, fresh: Sequence[Event], now: datetime) -> set[str]:
        """The cases hear of what is new in them; the matters it touches. Those that are linked with others are worked out whole."""
        self._cases.at(now)
        self._moves += [event for event in fresh if event.type in MOVES]
        if not self._moves:
            touched = {event.case for event in fresh}
        else:
            groups = linked({event.case for event in fresh}, self._moves)
            touched = {name for event in fresh for name in groups[event.case]}
            for name in touched:
                if len(groups[name]) > 1:
                    self._cases.let_go(name)
        for event in fresh:
            if not self._cases.take(event) and event.case in self._reported:
                self._reported[event.case] += (event,)
        return {matter_of(name) for name in touched}

    def can_foresee(self, events: tuple[Event, ...], foreseen: Foreseen) -> bool:
        """Whether nothing needs to be read to take these events, once what was looked up is known."""
        return not foreseen.kept and all(
            not (event.type in ACTS_UPON_CASES or self._bears(event))
            and all(name in foreseen.new or self._remembers(name) for name in self._linked(event.case))
            for event in events
        )

    def take_ahead(self, ledger: Writing, events: tuple[Event, ...]) -> Delta:
        """As `take`, before the transaction's turn, as if what is remembered of the ledger were there.

        Raises:
            UnforeseenError: something needs to be read.
        """
        self._seen, self._is_ahead = ledger.head.position, True
        return self.take(ledger, events)

    def unread(self, events: Iterable[Event]) -> dict[str, str]:
        """The cases of which nothing was read yet, each with the name of its matter."""
        return {
            e.case: matter_of(e.case)
            for e in events
            if e.case is not None and e.case not in self._cases and e.case not in self._reported
        }

    def _remembers(self, case: str | None) -> bool:
        return case in self._cases or (case in self._reported and matter_of(case) in self._said)

    def advance(self, now: datetime) -> Delta:
        def work(ledger: Writing) -> Delta:
            adopted = self._begin(ledger)
            require_forward(now, self.now_of(ledger))
            if now > self.now_of(ledger):
                ledger.append_own("tick", encode_value({"to": microseconds(now)}))
                ledger.move(now)
            self._settle(ledger, adopted)
            ledger.checkpoint()
            return self._delta(None)

        return self._written(work, ())

    def erase(self, cases: str | Sequence[str], subject: str | None, authority: str) -> int:
        """Destroy the keys of a person of some cases, or of everybody in them; how many were destroyed.

        A case is all that mergers which stand make of it. What was reported of those people counts as never reported from here
        on; that it was erased stays on record. A case in which nobody is left takes no more reports.

        Raises:
            LedgerError: RM772, one of the keys seals reports of another case too, or what is owed there. Nothing was erased.
        """
        named = (cases,) if isinstance(cases, str) else tuple(dict.fromkeys(cases))

        def work(ledger: Writing) -> int:
            adopted = self._begin(ledger)
            group = sorted({str(name) for case in named for name in self._linked(case)})
            for name in group:
                self._owed(ledger, matter_of(name))
            reports = Reports(found for name in group for found in ledger.keyed(name))
            sealing = reports.reached(named, subject)
            wanted = {reports.now_called(case) for case in named}
            mine = [name for name in group if reports.now_called(name) in wanted]
            unused = {number for name in mine for number in ledger.standing(name, subject)} - reports.keys
            persons = sorted(sealing | unused)
            if not persons:
                self._settle(ledger, adopted, told=())
            else:
                ledger.destroy(persons)
                empty = [] if reports.left(sealing) & wanted else mine
                closed = {name: number for name in empty if (number := ledger.close(name)) is not None}
                self._cases.clear()
                self._forget_reports()
                self._moves = list(ledger.events_of(MOVES))
                content: dict[str, object] = {
                    "case": named[0], "cases": list(named), "persons": [*persons, *closed.values()], "closed": closed,
                    "authority": authority,
                }  # fmt: skip
                ledger.append_own("erasure", encode_value(content))
                self._settle_without(ledger, persons, adopted, group, named)
                for name in group:
                    if not any(self._events_of(ledger, linked_one) for linked_one in self._linked(name)):
                        ledger.let_go(matter_of(name))
            return len(persons)

        erased = self._written(work, named)
        self._store.database.empty_log()
        return erased

    def _settle_without(
        self, ledger: Writing, persons: Sequence[int], adopted: set[str], group: Sequence[str], named: Sequence[str]
    ) -> None:
        """Work linked cases out again once keys were destroyed; what is still owed in them must be readable.

        Raises:
            LedgerError: RM772, a key seals what a case owes of somebody of that name by reports that came from elsewhere.
        """
        matters = [matter_of(name) for name in group]
        try:
            self._settle(ledger, adopted.union(matters, {AGENDA}))
        except LedgerError as refused:
            if refused.code != "RM727":
                raise
            raise reaches_further(named, {refused.origin.case or ""} - {*named}) from None
        owed = {case_of(matter) or "" for matter in ledger.sealed_with(persons, matters)}
        if owed:
            raise reaches_further(named, owed - {*named})

    def rebuild(self) -> bool:
        """Drop the projection and make it again from the entries; whether the same bytes came of it.

        A matter of which it cannot be read any more is announced anew.
        """

        def work(ledger: Writing) -> bool:
            adopted = self._begin(ledger)
            lost = ledger.unread(self._rules, self._local)
            if lost:
                self._forget_answers()
            self._settle(ledger, adopted.union(lost))
            before, known = ledger.state(), set(ledger.matters())
            ledger.drop()
            self._forget_answers()
            self._settle(ledger, known | self._matters(ledger), told=(), announce=False)
            return not lost and before == ledger.state()

        return self._written(work, ())

    def take_in(self, export: Export) -> None:
        """Take an export into this new ledger, all or nothing, and announce what is owed at its clock.

        Raises:
            LedgerError: as `replay`.
        """

        def work(ledger: Writing) -> None:
            replay(export, ledger)
            adopted = self._begin(ledger)
            self._settle(ledger, adopted | self._matters(ledger), told=())
            ledger.checkpoint()

        self._written(work, ())

    def _written(self, work: Callable[[Writing], T], cases: Iterable[str | None]) -> T:
        """Run a piece of work; what is remembered of the projection is what was committed, or nothing."""
        try:
            done = self._store.write(work, cases)
        except BaseException:
            self._doubt()
            raise
        self._remember()
        return done

    def _remember(self) -> None:
        """What was worked out was committed; where more than that was, it may yet come otherwise."""
        self._forget_when_much()
        self._seen = -1 if self._is_ahead else self._store.seen
        self._is_ahead = False
        self._incidents = len(self._law.matcher.incidents)

    def _doubt(self) -> None:
        """Something went wrong: what is in the ledger is read again."""
        self._forget()
        self._store.people.forget()  # keys that were destroyed are not
        self._seen, self._zoned, self._is_ahead = -1, False, False

    def _forget(self) -> None:
        """What is remembered of the ledger may be otherwise by now."""
        self._forget_answers()
        self._forget_reports()

    def _forget_when_much(self) -> None:
        if len(self._said) + len(self._cases) > REMEMBERED:
            self._forget()

    def _forget_answers(self) -> None:
        """What follows from the entries is read, or worked out, again."""
        self._said.clear()
        self._cases.clear()

    def _forget_reports(self) -> None:
        """Some can be read no more."""
        self._reported.clear()
        self._of_agenda = (0, ())

    def _begin(self, ledger: Writing) -> set[str]:
        """Forget what others may have changed; take up the pack if it is another version, and newer time-zone data.

        Older data are not: programs beside each other would take turns for ever. Returns the matters this touches.
        """
        seen, self._seen = self._seen, -1
        if ledger.head.position != seen:
            self._notice(ledger, seen)
        self._changed = {}
        if ledger.head.pack_digest == self._digest and (self._zoned or ledger.tzdata() >= self._tzdata):
            self._zoned = True
            return set()
        self._forget_answers()
        ledger.adopt(self._digest, self._archive, self._version(), self._tzdata)
        self._zoned = True
        return {*ledger.matters(), AGENDA}

    def _notice(self, ledger: Writing, seen: int) -> None:
        """Others have written since: forget what they may have changed."""
        turned = None if seen < 0 else ledger.turned(seen, self._store.announced)
        if turned is None:
            self._forget()
            self._moves = list(ledger.events_of(MOVES))
            return
        for case in turned.cases:
            self._reported.pop(case, None)
            self._cases.let_go(case)
        for matter in turned.matters:
            self._said.pop(matter, None)
            self._cases.let_go(case_of(matter))

    def _matters(self, ledger: Writing) -> set[str]:
        """All that follows from the entries; of a case that was split off, none but the split may tell."""
        return {AGENDA} | {matter_of(case) for case in (*ledger.cases(), *map(other_end, self._moves))}

    def _version(self) -> dict[str, object]:
        """What an entry of kind `pack` says."""
        calendar = self._law.calendar
        return {
            "pack": self._store.pack,
            "digest": self._digest,
            "calendars": {str(year): found.document for year, found in sorted(calendar.years.items())},
            "tzdata": self._tzdata,
        }

    def _settle(
        self, ledger: Writing, touched: Iterable[str], *, told: Container[str] | None = None, announce: bool = True
    ) -> None:
        """Work out again what was touched and what has come due, until nothing up to the clock is left.

        What changed is remembered of the matters `told` alone, where that is given; of many matters, none is remembered whole.
        """
        now = self.now_of(ledger)
        self._cases.at(now)
        matters = sorted({*touched, *ledger.awake()})
        self.watch(len(matters))
        for matter in matters:
            found, wakes_at = self._turned(ledger, matter, now, heard=told is not None and matter in told)
            ledger.say(matter, found, wakes_at, self._tzdata, announce=announce)
            self._forget_when_much()
            if found and (told is None or matter in told):
                self._changed[matter] = found
        for incident in self._law.matcher.incidents[self._incidents :]:
            ledger.record_incident(incident.backend, incident.case, incident.what)

    def _turned(
        self, ledger: Writing, matter: str, now: datetime, *, heard: bool
    ) -> tuple[tuple[Change, ...], datetime | None]:
        """What has become otherwise in a matter since something was last said of it, and when it next turns by itself.

        A case that was `heard` of is kept from then on, unless it is linked with others.
        """
        if matter != AGENDA:
            case = case_of(matter)
            if case in self._cases:
                return self._cases.news(case)
            if heard and len(self._linked(case)) == 1 and (told := self._events_of(ledger, case)):
                before = self._owed(ledger, matter)
                self._said.pop(matter)
                self._reported.pop(case)
                return self._cases.loaded(case, told, before.values())
        before = self._owed(ledger, matter)
        after, wakes_at = self._worked_out(ledger, matter, now)
        self._said[matter] = {o.id: o for o in after}
        return changes(before.values(), after).changes, wakes_at

    def _worked_out(
        self, ledger: Writing, matter: str, now: datetime
    ) -> tuple[tuple[Obligation, ...], datetime | None]:
        if matter == AGENDA:
            told = self._events_of_agenda(ledger)
            owed = self._evaluator.agenda(told, now)
        else:
            case = case_of(matter)
            told = tuple(event for name in self._linked(case) for event in self._events_of(ledger, name))
            owed = self._evaluator.case(case, told, now)
        return owed, self._evaluator.wakes_at(owed, told, now, agenda=matter == AGENDA)

    def _events_of(self, ledger: Writing, case: str | None) -> tuple[Event, ...]:
        kept = self._cases.events(case)
        if kept is not None:
            return kept
        if case not in self._reported:
            self._reported[case] = ledger.events(case)
        return self._reported[case]

    def _events_of_agenda(self, ledger: Writing) -> tuple[Event, ...]:
        """Those that may bear on it, in the order in which they were kept; what is new goes behind what was there."""
        position, known = self._of_agenda
        fresh = ledger.events_of(self._agenda_types, after=position)
        self._of_agenda = (ledger.head.position, (*known, *filter(self._bears, fresh)))
        return self._of_agenda[1]

    def _linked(self, case: str | None) -> tuple[str | None, ...]:
        """The case, and those that were merged with it or split from it."""
        return linked((case,), self._moves)[case] if self._moves else (case,)

    def _standing(self, ledger: Writing, case: str | None) -> tuple[Event, ...]:
        """The mergers and splits that link a case with others, and stand."""
        return standing_moves(event for name in self._linked(case) for event in self._events_of(ledger, name))

    def _owed(self, ledger: Writing, matter: str) -> Owed:
        """What was last said of a matter."""
        if matter not in self._said:
            self._said[matter] = {o.id: o for o in ledger.said(matter, self._rules, self._local)}
        return self._said[matter]

    def _borne(self, fresh: Iterable[Event]) -> set[str]:
        """The agenda, where one of the events may bear on it."""
        return {AGENDA} if any(map(self._bears, fresh)) else set()

    def _delta(self, touched: set[str] | None) -> Delta:
        told = [made for matter, made in self._changed.items() if touched is None or matter in touched]
        return Delta(told[0] if len(told) == 1 else in_order(change for made in told for change in made))

    def now_of(self, ledger: Writing) -> datetime:
        """The clock inside a transaction."""
        if self._clock[0] != ledger.head.now:
            self._clock = ledger.head.now, self._local(instant(ledger.head.now))
        return self._clock[1]


def led_to(events: Iterable[Event], ledger: Writing) -> Mapping[str, Event]:
    """What the amendments among the events name, and what those name in turn."""
    found: dict[str, Event] = {}
    wanted = {amends(event) for event in events if event.type in AMENDMENTS}
    while wanted:
        named = ledger.named(wanted)
        found |= named
        wanted = {amends(event) for event in named.values() if event.type in AMENDMENTS} - found.keys()
    return found
