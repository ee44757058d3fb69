"""The ledger on a database: made, opened, read. What is written goes through `Writing`."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from math import inf
from typing import Any, TypeVar

from sqlalchemy import Connection, inspect, select, text

from remit.errors import EventError, LedgerError
from remit.ledger.ahead import Foreseen
from remit.ledger.chain import SALT, Peaks, genesis
from remit.ledger.checkpoints import last_position
from remit.ledger.codec import decode, decode_value, microseconds
from remit.ledger.database import Database, value
from remit.ledger.migrate import require_current, upgrade
from remit.ledger.people import People, cursor_of
from remit.ledger.roles import APPLICATION, protect
from remit.ledger.rows import Localise, Rules, instant, moment
from remit.ledger.schema import ARCHIVES, CONSUMERS, ENTRIES, HEAD, OBLIGATIONS, OUTBOX
from remit.ledger.statements import EntryRow, ObligationRow, Statements
from remit.ledger.vault import MasterKey
from remit.ledger.witness import Witness
from remit.ledger.works import Ahead, Upcoming, Work
from remit.ledger.writing import Head, Writing
from remit.model.event import Event
from remit.model.obligation import Obligation

T = TypeVar("T")
#: Entries after which the chain is signed when the ledger is closed.
SIGN_EVERY = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it can be read. `event` is None for what is not an event, and once its key is destroyed."""

    position: int
    kind: str
    id: str | None
    case: str | None
    type: str | None
    recorded_at: datetime
    content: bytes | None
    event: Event | None


@dataclass(frozen=True, slots=True)
class Message:
    """One change in the outbox. `key` stands for the obligation and names nobody."""

    number: int
    position: int
    now: datetime
    what: str
    key: str
    matter: str
    rule: str
    bearer: str
    status: str | None
    due: datetime | None

    def as_json(self) -> dict[str, str | int | None]:
        """Moments in ISO 8601, UTC."""
        due = None if self.due is None else self.due.isoformat()
        return {name: getattr(self, name) for name in self.__slots__} | {"now": self.now.isoformat(), "due": due}


class Everywhere(Enum):
    """No case in particular, which is not the same as events without one."""

    ANY = "any"


class Store:
    """An open ledger.

    Args:
        url: of the database.
        master: the ledger's key.
        clock: gives the moment at which something is recorded; the only wall clock here, and it decides no duty.

    Raises:
        LedgerError: RM705 nothing there, RM707 made by a newer program, RM712 another key, and as `Database`.
    """

    def __init__(self, url: str, master: MasterKey, clock: Callable[[], datetime]) -> None:
        self.database = Database(url)
        self.master = master
        self.clock = clock
        self._witness = Witness(self.database.path)
        try:
            head = self._opened(master)
        except BaseException:
            self.database.close()
            raise
        self.ledger, self.pack = head.ledger, head.pack
        self.statements = Statements(self.database.engine.dialect)
        self.people = People(master, head.ledger, self.statements)
        self.seen = self._read_at = head.position
        #: The last number of the outbox, by what was written last.
        self.announced = head.outbox
        self._ahead: Ahead[Any] | None = None
        #: No matter wakes before that, by what was written last; minus infinity where it is not known.
        self._waking = -inf
        #: The end of the chain before the last write: what is there is older than it.
        self.begun: int | None = None

    def _opened(self, master: MasterKey) -> Head:
        """The head, once nothing speaks against going on from it."""
        require_current(self.database)
        known = self._witness.read()  # before the head: others may be writing
        with self.database.reading() as connection:
            head = Head.read(connection)
        master.require(head.master)
        self._witness.check(head, known)
        return head

    @classmethod
    def create(
        cls, url: str, master: MasterKey, pack: str, clock: Callable[[], datetime], *, role: str = APPLICATION
    ) -> Store:
        """Make an empty ledger for a pack; on a server, `role` is who may run it and not change the past.

        Raises:
            LedgerError: RM722, there is one already, or tables of something else.
        """
        database = Database(url, create=True)
        name = uuid.uuid4().hex
        recorded = microseconds(clock())

        def make(connection: Connection) -> None:
            require_empty(connection, database.shown)
            upgrade(connection)
            connection.execute(
                HEAD.insert(),
                {
                    "one": 1, "ledger": name, "pack": pack, "master": master.fingerprint,
                    "public_key": master.public_key, "position": 0, "hash": genesis(name), "peaks": Peaks().bytes(),
                    "outbox": 0, "now": 0, "recorded_at": recorded, "pack_digest": "",
                },
            )  # fmt: skip
            if not database.is_sqlite:
                protect(connection, role)

        try:
            database.prepare()
            database.writing(make)
        finally:
            database.close()
        return cls(url, master, clock)

    def close(self) -> None:
        """Give the connections back; where much was written since the last signature, sign first."""
        if self.begun is not None:
            with suppress(LedgerError):  # what was written is safe without it
                self._sign_when_due()
        self._witness.close()
        self.database.close()

    def _sign_when_due(self) -> None:
        with self.database.reading() as connection:
            unsigned = Head.read(connection).position - last_position(connection)
        if unsigned >= SIGN_EVERY:
            self.write(Writing.checkpoint)

    # --- write ------------------------------------------------------------------------------------

    def write(self, work: Callable[[Writing], T], cases: Iterable[str | None] = ()) -> T:
        """Run `work` on the ledger, all or nothing; durable when this returns. It may be run more than once."""

        def run(connection: Connection) -> tuple[T, Head, Writing]:
            head, ahead = self._taken(connection)
            writing = self._begin(connection, head, alone=head.position == self.seen and ahead is None)
            return work(writing), writing.end(), writing

        done, head, writing = self.database.writing(
            run, self._locks(cases), lambda written: self._witness.write(written[1])
        )
        self.seen, self.announced, self._waking = head.position, head.outbox, writing.waking
        return done

    def write_each(self, works: Iterable[Work[T]]) -> Iterator[T]:
        """Run each in a transaction of its own, in order, and give out what it returned once that is durable.

        While one is being committed, another thread works out the next. Where one fails, nothing of it and of those behind it
        is kept.
        """
        upcoming = Upcoming(works)
        while (work := upcoming.take()) is not None:
            yield self._write_in_turn(work, upcoming)

    def _write_in_turn(self, work: Work[T], upcoming: Upcoming[T]) -> T:
        following = upcoming.following()

        def run(connection: Connection) -> tuple[T, Head, Writing, Foreseen | None]:
            head, ahead = self._taken(connection)
            if ahead is not None and ahead.work is work and ahead.writing.begins_at(head):
                self.seen, self._waking, self.begun = -1, -inf, head.position
                writing, done = ahead.writing, ahead.done
                writing.attach(connection)
            else:
                writing = self._begin(connection, head, alone=head.position == self.seen and ahead is None)
                done = work.run(writing)
            end = writing.end()
            return done, end, writing, None if following is None else writing.foresee(following.asked())

        def meanwhile(written: tuple[T, Head, Writing, Foreseen | None]) -> None:
            _, head, writing, foreseen = written
            if following is not None and foreseen is not None:
                self._work_ahead(following, head, writing.waking, foreseen)

        done, head, writing, _ = self.database.writing(
            run, self._locks(work.cases), lambda written: self._witness.write(written[1]), meanwhile
        )
        self.seen, self.announced, self._waking = head.position, head.outbox, writing.waking
        return done

    def _work_ahead(self, work: Work[T], head: Head, waking: float, foreseen: Foreseen) -> None:
        """Work out what comes next, as if what is being committed were there."""
        if not work.can_foresee(foreseen):
            return
        self.people.begin(alone=True)
        writing = Writing(None, self.people, self.statements, replace(head), self._stamp(head), waking, foreseen)
        try:
            self._ahead = Ahead(work, writing, work.run_ahead(writing))
        except Exception:  # noqa: BLE001 - what is wrong with it is told in its turn
            self.people.begin(alone=False)

    def _taken(self, connection: Connection) -> tuple[Head, Ahead[Any] | None]:
        """The head, alone, and what was worked out ahead, which is good for this transaction or for none."""
        ahead, self._ahead = self._ahead, None
        return Head(*(self.statements.head.one(cursor_of(connection)) or ())[1:]), ahead

    def _begin(self, connection: Connection, head: Head, *, alone: bool) -> Writing:
        self.people.begin(alone=alone)
        waking = self._waking if alone else -inf
        self.seen, self._waking, self.begun = -1, -inf, head.position
        return Writing(connection, self.people, self.statements, head, self._stamp(head), waking)

    def _stamp(self, head: Head) -> int:
        """When it is recorded; never before what was."""
        return max(head.recorded_at, microseconds(self.clock()))

    def _locks(self, cases: Iterable[str | None]) -> Sequence[str]:
        """What a server's transactions wait for each other by; those of a file take turns anyway."""
        return () if self.database.is_sqlite else [f"{self.ledger}:{case}" for case in cases]

    # --- read -------------------------------------------------------------------------------------

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """A snapshot; keys that others may have destroyed since the last one are forgotten."""
        with self.database.reading() as connection:
            position = value(connection.execute(select(HEAD.c.position)).first())
            if position not in {self.seen, self._read_at}:
                self.people.forget()
            self._read_at = position
            yield connection

    def head(self) -> Head:
        """The end of the chain and the clock, as of now."""
        with self.database.reading() as connection:
            return Head.read(connection)

    def entries(
        self, since: int = 0, *, case: str | None = None, recorded_by: datetime | None = None
    ) -> Iterator[Entry]:
        """Entries after position `since`, in order; of one case, or of those recorded by then."""
        query = select(ENTRIES).where(ENTRIES.c.position > since).order_by(ENTRIES.c.position)
        if case is not None:
            query = query.where(ENTRIES.c.case_id == case)
        if recorded_by is not None:
            query = query.where(ENTRIES.c.recorded_at <= microseconds(recorded_by))
        with self._reading() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield self.entry(connection, EntryRow(*row))

    def entry(self, connection: Connection, row: EntryRow) -> Entry:
        """One entry, read as far as the keys allow."""
        salted = self.people.salted(connection, row)
        content = None if salted is None else salted[SALT:]
        event = decode(content) if row.kind == "event" and content is not None else None
        return Entry(row.position, row.kind, row.id, row.case_id, row.type, instant(row.recorded_at), content, event)

    def event(self, event_id: str) -> Event:
        """One event by its id.

        Raises:
            EventError: RM451, there is none.
            LedgerError: RM727, it was erased.
        """
        with self.database.reading() as connection:
            row = connection.execute(select(ENTRIES).where(ENTRIES.c.id == event_id)).first()
            found = None if row is None else self.people.event(connection, EntryRow(*row))
        if row is None:
            raise EventError("RM451", "unknown-event", found=event_id, expected="the id of an event that was submitted")
        if found is None:
            raise LedgerError("RM727", "person-erased", found=event_id, expected="an event that was not erased")
        return found

    def events(
        self,
        case: str | Everywhere | None = Everywhere.ANY,
        *,
        types: Collection[str] | None = None,
        recorded_by: datetime | None = None,
    ) -> tuple[Event, ...]:
        """All readable events in order; of one case (None: of none), of some types, or taken in by a moment."""
        query = select(ENTRIES).where(ENTRIES.c.kind == "event")
        if case is not Everywhere.ANY:
            query = query.where(ENTRIES.c.case_id == case)
        if types is not None:
            query = query.where(ENTRIES.c.type.in_(sorted(types)))
        if recorded_by is not None:
            query = query.where(ENTRIES.c.recorded_at <= microseconds(recorded_by))
        with self._reading() as connection:
            rows = connection.execute(query.order_by(ENTRIES.c.position))
            return tuple(self.people.events(connection, (EntryRow(*row) for row in rows)))

    def places(self, ids: Sequence[str]) -> Mapping[str, tuple[int, str | None]]:
        """Position and case of those of these events that are there."""
        found: dict[str, tuple[int, str | None]] = {}
        with self.database.reading() as connection:
            for start in range(0, len(ids), 500):
                some = select(ENTRIES.c.id, ENTRIES.c.position, ENTRIES.c.case_id).where(
                    ENTRIES.c.id.in_(ids[start : start + 500])
                )
                found |= {row.id: (row.position, row.case_id) for row in connection.execute(some)}
        return found

    def obligations(
        self, rules: Rules, localise: Localise, *, but: str | None = None, **filters: str | None
    ) -> tuple[Obligation, ...]:
        """The projection without the matter `but`, or the rows of it whose columns have these values."""
        query = select(OBLIGATIONS) if but is None else select(OBLIGATIONS).where(OBLIGATIONS.c.matter != but)
        for column, wanted in filters.items():
            if wanted is not None:
                query = query.where(OBLIGATIONS.c[column] == str(wanted))
        with self._reading() as connection:
            rows = (ObligationRow(*row) for row in connection.execute(query))
            return tuple(self.people.obligations(connection, rows, rules, localise))

    def archive(self, recorded_by: datetime | None = None) -> tuple[str, bytes] | None:
        """Digest and body of the pack the ledger was run by at a moment, or is now; None before its first."""
        packs = select(ENTRIES).where(ENTRIES.c.kind == "pack")
        if recorded_by is not None:
            packs = packs.where(ENTRIES.c.recorded_at <= microseconds(recorded_by))
        last = packs.order_by(ENTRIES.c.position.desc()).limit(1)
        with self.database.reading() as connection:
            row = connection.execute(last).first()
            if row is None:
                return None
            digest = str(decode_value(bytes(row.sealed)[SALT:]).get("digest"))
            return digest, connection.execute(select(ARCHIVES.c.body).where(ARCHIVES.c.digest == digest)).scalar_one()

    def matter(self, obligation_id: str, among: Iterable[str]) -> str | None:
        """The one of these matters in which an obligation stands; None where there is none of this id."""
        key, stands = self.master.pseudonym(obligation_id), self.statements.stands
        with self.database.reading() as connection:
            cursor = cursor_of(connection)
            return next((matter for matter in among if stands.one(cursor, matter, key)), None)

    def outbox(self, after: int = 0, limit: int = 1000) -> tuple[Message, ...]:
        """Changes numbered after `after`, in order."""
        query = select(OUTBOX).where(OUTBOX.c.number > after).order_by(OUTBOX.c.number).limit(limit)
        with self.database.reading() as connection:
            return tuple(
                Message(
                    r.number,
                    r.position,
                    instant(r.now),
                    r.what,
                    r.key,
                    r.matter,
                    r.rule,
                    r.bearer,
                    r.status,
                    moment(r.due),
                )
                for r in connection.execute(query)
            )

    def consumed(self, consumer: str) -> int:
        """The last number a consumer has read; 0 before its first."""
        with self.database.reading() as connection:
            query = select(CONSUMERS.c.number).where(CONSUMERS.c.name == consumer)
            return int(value(connection.execute(query).first()) or 0)


def require_empty(connection: Connection, where: str) -> None:
    """Raise RM722 unless a ledger can be made here; on a server, others who want to are made to wait."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('remit: make a ledger', 0))"))
    found = inspect(connection)
    others = found.get_table_names() if connection.dialect.name == "sqlite" else ()
    if found.has_table("head") or others:
        raise LedgerError("RM722", "ledger-exists", found=where, expected="a place without a ledger or other tables")
