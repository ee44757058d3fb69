"""One transaction on the ledger: entries appended to the chain, the projection and the outbox beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from math import inf
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, delete, select, update

from remit.errors import LedgerError, Origin
from remit.ledger.ahead import Asked, Foreseen, UnforeseenError
from remit.ledger.chain import SALT, Header, Peaks, commitment, link
from remit.ledger.checkpoint import Checkpoint
from remit.ledger.checkpoints import keep
from remit.ledger.codec import AlteredError, decode_value, encode, encode_value, microseconds
from remit.ledger.database import value
from remit.ledger.memory import require_same
from remit.ledger.people import People, cursor_of, named, row_binding, whose
from remit.ledger.rows import Localise, Rules, maybe, moments, pack
from remit.ledger.schema import ARCHIVES, ENTRIES, HEAD, INCIDENTS, MATTERS, OBLIGATIONS, PERSONS, PROJECTION
from remit.ledger.statements import MOVING, EntryRow, ObligationRow, Row, Statements
from remit.ledger.vault import PersonKey, binding
from remit.model.event import MERGER, SPLIT, Event
from remit.model.obligation import Change, Obligation

#: What one event may be long, canonical and in bytes; ids and names of cases, in characters; events in one go.
EVENT_BYTES, NAME_LENGTH, BATCH = 1 << 20, 300, 10_000
#: What of the head a transaction moves.
moved = attrgetter(*MOVING)
#: So many entries of others are looked through; behind more, everything is read again.
FEW = 100


@dataclass(frozen=True, slots=True)
class Turned:
    """What others changed: cases in which something was reported, matters of which something was announced."""

    cases: frozenset[str | None]
    matters: frozenset[str]


@dataclass(slots=True)
class Head:
    """The end of the chain: how many entries, the last hash, the Merkle peaks; the clock; the last number of the outbox."""

    ledger: str
    pack: str
    master: str
    public_key: bytes
    position: int
    hash: bytes
    peaks: bytes
    outbox: int
    now: int
    recorded_at: int
    pack_digest: str

    @classmethod
    def read(cls, connection: Connection) -> Head:
        """As it stands."""
        return cls(*connection.execute(select(HEAD)).one()[1:])


class Writing:
    """The ledger inside one transaction; made by `Store.write`.

    Args:
        connection: in a transaction that holds the write lock; None before its turn, when it is worked out ahead.
        people: the keys.
        statements: compiled for the connection's dialect.
        head: where the chain ends; it moves with it.
        stamp: `recorded_at` of what is appended, microseconds.
        waking: no matter wakes before that, in microseconds; minus infinity where it is not known.
        foreseen: what was looked up for it, where it is worked out ahead.
    """

    def __init__(
        self,
        connection: Connection | None,
        people: People,
        statements: Statements,
        head: Head,
        stamp: int,
        waking: float,
        foreseen: Foreseen | None = None,
    ) -> None:
        self._connection = connection
        self._driver: Any = None
        self._foreseen = foreseen
        self._statements = statements
        self.people = people
        self.head, self._found = head, moved(head)
        self.stamp = stamp
        self.waking = waking
        self._grown: Peaks | None = None
        self._leaves: list[bytes] = []
        self._entries: list[Row] = []
        self._outbox: list[Row] = []
        self._duties: list[Row] = []
        self._matters: list[Row] = []

    @property
    def connection(self) -> Connection:
        """In a transaction that holds the write lock.

        Raises:
            UnforeseenError: its turn has not come.
        """
        if self._connection is None:
            raise UnforeseenError
        return self._connection

    def _connected(self) -> Connection:
        return self.connection

    @property
    def _cursor(self) -> Any:
        if self._driver is None:
            self._driver = cursor_of(self.connection)
        return self._driver

    def attach(self, connection: Connection) -> None:
        """Its turn has come: what was worked out can be written."""
        self._connection, self._foreseen = connection, None

    def begins_at(self, head: Head) -> bool:
        """Whether the ledger ended so when this began."""
        return self._found == moved(head)

    # --- entries ------------------------------------------------------------------------------------

    def look(self, asked: Asked) -> None:
        """Look up at once what is about to be asked; before anything is appended. What is worked out ahead has been looked up."""
        if self._connection is not None:
            self._foreseen = self.foresee(asked)

    def append(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """Keep the events that are not there already.

        Raises:
            EventError: RM450, an id is taken by other content.
            LedgerError: RM727, the person was erased; RM720, larger than the declared limits.
        """
        if len(events) > BATCH:
            raise too_large(f"{len(events)} events at once", f"at most {BATCH}", Origin())
        kept = self._kept([event.id for event in events])
        fresh: list[Event] = []
        for event in events:
            if event.id not in kept:
                kept[event.id] = event
                fresh.append(event)
                self._append_event(event)
            elif (known := kept[event.id]) is not None:
                if encode(known) != encode(event):
                    require_same(known, event)
            else:
                self.people.of(self._connected, *whose(event), event)
        self._foreseen = None
        return tuple(fresh)

    def _kept(self, ids: Sequence[str]) -> dict[str, Event | None]:
        """Those of these events that are there; None for one that can be read no more."""
        if self._foreseen is not None and self._foreseen.none_kept(ids):
            return {}
        rows = self._statements.kept.all(self._cursor, ids)
        return {row.id or "": self.people.event(self.connection, row) for row in map(EntryRow._make, rows)}

    def _append_event(self, event: Event) -> None:
        content = encode(event)
        if len(content) > EVENT_BYTES:
            raise too_large(f"{len(content)} bytes", f"an event of at most {EVENT_BYTES} bytes", named(event))
        for name in (event.id, event.case or "", event.subject or ""):
            if len(name) > NAME_LENGTH or "\0" in name:
                raise too_large(name, f"an id or name of at most {NAME_LENGTH} characters, without NUL", named(event))
        person, key = self.people.of(self._connected, *whose(event), event)
        salt = os.urandom(SALT)
        sealed = key.seal(salt + content, binding(self.head.ledger, self.head.position + 1))
        at = microseconds(event.at)
        header = Header(
            self.head.position + 1, "event", event.id, event.case, event.type,
            at, at if event.known_at is event.at else microseconds(event.known_at), self.stamp, person,
        )  # fmt: skip
        self.chain(header, commitment(salt, content), sealed)

    def append_own(self, kind: str, content: bytes) -> None:
        """An entry that is no event and holds nothing personal: a `tick`, a `pack`, an `erasure`."""
        self.chain_own(Header(position=self.head.position + 1, kind=kind, recorded_at=self.stamp), content)

    def chain_own(self, header: Header, content: bytes) -> None:
        """Append such an entry; its salt shows that whoever wrote it had the ledger's key."""
        salt = self.people.master.mark(self.head.ledger, header.bytes(), content)
        self.chain(header, commitment(salt, content), salt + content)

    def chain(self, header: Header, bound: bytes, sealed: bytes) -> None:
        """Append one entry whose header carries the next position; `bound` is the commitment to its content."""
        linked = link(self.head.hash, header, bound, sealed)
        self._leaves.append(linked)
        head = self.head
        head.position, head.hash, head.recorded_at = header.position, linked, self.stamp
        self._entries.append(
            (
                header.position, header.kind, header.id, header.case, header.type, header.at, header.known_at,
                header.recorded_at, header.key, bytearray(sealed), bytearray(bound), bytearray(linked),
            )
        )  # fmt: skip
        if len(self._entries) >= BATCH:
            self._flush()

    def move(self, now: datetime) -> None:
        """Let the clock stand at `now`, never earlier than it stood."""
        self.head.now = max(self.head.now, microseconds(now))

    # --- reading inside the transaction -----------------------------------------------------------

    def new(self, matters: Mapping[str, str]) -> tuple[str, ...]:
        """Of some cases, each with the name of its matter, those of which nothing was kept and nothing said so far."""
        if self._foreseen is not None and matters.keys() <= self._foreseen.asked.cases.keys():
            new = tuple([case for case in matters if case in self._foreseen.new])
        else:
            self._flush()
            new = self._unheard_of(matters)
        self.people.unmet(new)
        return new

    def _unheard_of(self, matters: Mapping[str, str]) -> tuple[str, ...]:
        cursor, cases = self._cursor, list(matters)
        known = {row[0] for row in self._statements.known_cases.all(cursor, cases)}
        unmet = [case for case in cases if case not in known]
        said = {row[0] for row in self._statements.known_matters.all(cursor, [matters[case] for case in unmet])}
        return tuple(case for case in unmet if matters[case] not in said)

    def foresee(self, asked: Asked) -> Foreseen:
        """What would be found by what is written so far; by the next transaction, where this is the end."""
        if len(asked.ids) == len(asked.cases) == 1:
            (name,), ((case, matter),) = asked.ids, asked.cases.items()
            kept, met, said = self._statements.look.one(self._cursor, name, case, matter) or ()
            return Foreseen(
                asked, asked.ids if kept else frozenset(), frozenset() if met or said else frozenset({case})
            )
        found = frozenset(row[0] for row in self._statements.kept_ids.all(self._cursor, list(asked.ids)))
        return Foreseen(asked, found, frozenset(self._unheard_of(asked.cases) if asked.cases else ()))

    def events(self, case: str | None) -> tuple[Event, ...]:
        """The readable events of a case, those appended here included."""
        self._flush()
        wanted = self._statements
        rows = wanted.events_without_case.all(self._cursor) if case is None else wanted.events.all(self._cursor, case)
        return tuple(self.people.events(self.connection, (EntryRow(*row) for row in rows)))

    def events_of(self, types: Iterable[str] | None, after: int = 0) -> tuple[Event, ...]:
        """The readable events of some types (or of all), whatever their case, after a position."""
        self._flush()
        query = select(ENTRIES).where(ENTRIES.c.kind == "event", ENTRIES.c.position > after)
        if types is not None:
            query = query.where(ENTRIES.c.type.in_(sorted(types)))
        rows = self.connection.execute(query.order_by(ENTRIES.c.position))
        return tuple(self.people.events(self.connection, (EntryRow(*row) for row in rows)))

    def cases(self) -> tuple[str | None, ...]:
        """Every case of which an event can be read; None for the events without one."""
        self._flush()
        readable = (ENTRIES.c.person == PERSONS.c.person) & PERSONS.c.wrapped.is_not(None)
        query = select(ENTRIES.c.case_id).join(PERSONS, readable).where(ENTRIES.c.kind == "event").distinct()
        return tuple(self.connection.scalars(query))

    def keyed(self, case: str) -> tuple[tuple[int, Event], ...]:
        """The readable events of a case, each with the number of the key that seals it."""
        self._flush()
        rows = [EntryRow(*row) for row in self._statements.events.all(self._cursor, case)]
        read = ((row.person, self.people.event(self.connection, row)) for row in rows)
        return tuple((person, event) for person, event in read if person is not None and event is not None)

    def named(self, ids: Iterable[str]) -> dict[str, Event]:
        """The readable events of these ids."""
        return {name: event for name, event in self._kept(sorted(set(ids))).items() if event is not None}

    def awake(self) -> tuple[str, ...]:
        """The matters in which something changes by itself until the clock, in any order; each is then to be said anew."""
        if self.waking > self.head.now:
            return ()
        self._flush_said()
        first = value(self._statements.first_waking.one(self._cursor, self.head.now))
        self.waking = (
            inf if first is None else first
        )  # of the others; those given out say themselves when they next wake
        return tuple(row[0] for row in self._statements.awake.all(self._cursor, self.head.now))

    def matters(self) -> tuple[str, ...]:
        """All of them."""
        self._flush_said()
        return tuple(self.connection.scalars(select(MATTERS.c.matter).order_by(MATTERS.c.matter)))

    def turned(self, position: int, announced: int) -> Turned | None:
        """What may be otherwise than at a position, when so much was announced; None where it may be anything.

        An entry that is neither report nor tick, or that moves something between cases, changes what was there before it.
        """
        if self.head.position - position > FEW:
            return None
        entries = self._statements.entries_since.all(self._cursor, position)
        if any(kind not in {"event", "tick"} or type_ in {MERGER, SPLIT} for kind, _, type_ in entries):
            return None
        messages = self._statements.told_since.all(self._cursor, announced)
        return Turned(
            frozenset(case for kind, case, _ in entries if kind == "event"), frozenset(row[0] for row in messages)
        )

    # --- the projection ---------------------------------------------------------------------------

    def said(self, matter: str, rules: Rules, localise: Localise) -> tuple[Obligation, ...]:
        """The obligations of a matter as they stand in the projection."""
        self._flush_said()
        rows = (ObligationRow(*row) for row in self._statements.said.all(self._cursor, matter))
        return tuple(self.people.obligations(self.connection, rows, rules, localise))

    def say(
        self, matter: str, changed: Iterable[Change], wakes_at: datetime | None, tzdata: str, *, announce: bool = True
    ) -> None:
        """Write what changed in one matter: its rows, its next moment, and the outbox."""
        gone: list[Row] = []
        sealing: dict[tuple[str | None, str | None], tuple[int, PersonKey]] = {}
        opens: datetime | None = None
        opened: int | None = None
        head, pseudonym = self.head, self.people.master.pseudonym
        for change in changed:
            found, status, due = change.after, None, None
            if found is None:
                found = change.obligation
                key, rule, bearer = pseudonym(found.id), found.rule, found.bearer.id
                gone.append((matter, key))
            else:
                key, rule, bearer = pseudonym(found.id), found.rule, found.bearer.id
                if found.deadline.opens is not opens:  # duties of one event open together
                    opens = found.deadline.opens
                    opened = maybe(opens)
                times = moments(found.deadline, opened)
                status, due, body, person = str(found.status), times[1], pack(found, times), None
                if found.case is not None:
                    whose = found.case, found.subject
                    known = sealing.get(whose)
                    if known is None:
                        known = sealing[whose] = self.people.of(self._connected, *whose)
                    person, body = known[0], known[1].seal_alike(body, row_binding(head.ledger, key))
                self._duties.append(
                    (key, matter, rule, bearer, status, str(found.nature), *times, tzdata, person, bytearray(body))
                )
            if announce:
                head.outbox += 1
                self._outbox.append(
                    (head.outbox, head.position, head.now, change.what, key, matter, rule, bearer, status, due)
                )
        wakes = maybe(wakes_at)
        self._matters.append((matter, wakes))
        if wakes is not None and wakes < self.waking:
            self.waking = wakes
        if gone or max(map(len, (self._duties, self._matters, self._outbox))) >= BATCH:
            self._flush_said()
            self._statements.unsay.each(self._cursor, gone)
            self._tell()

    def record_incident(self, backend: str, case: str | None, what: str) -> None:
        """That a native matcher failed and the reference answered."""
        row = {"position": self.head.position, "backend": backend, "case_id": case, "what": what}
        self.connection.execute(INCIDENTS.insert(), row)

    def drop(self) -> None:
        """Empty the projection."""
        self._flush_said()
        for table in PROJECTION:
            self.connection.execute(delete(table))

    def state(self) -> bytes:
        """A digest over every byte of the projection."""
        self._flush_said()
        found = sha256()
        for table in PROJECTION:
            own = list(table.primary_key)
            for row in self.connection.execute(select(table).order_by(*own)):
                found.update(repr(tuple(row)).encode())
        return found.digest()

    def standing(self, case: str, subject: str | None) -> tuple[int, ...]:
        """The numbers of a case's keys, or of one person's, that are not destroyed."""
        self._flush()
        return self.people.standing(self.connection, case, subject)

    def destroy(self, persons: Sequence[int]) -> None:
        """Destroy these keys."""
        self._flush()
        if self.connection.dialect.name == "sqlite":
            self.connection.exec_driver_sql("PRAGMA secure_delete=ON")
        self.people.destroy(self.connection, persons)

    def sealed_with(self, persons: Sequence[int], matters: Sequence[str]) -> tuple[str, ...]:
        """Those of the matters of which something is said that these keys seal."""
        self._flush_said()
        rows = select(OBLIGATIONS.c.matter).where(OBLIGATIONS.c.matter.in_(matters), OBLIGATIONS.c.person.in_(persons))
        return tuple(self.connection.scalars(rows.distinct()))

    def close(self, case: str) -> int | None:
        """Take no more reports of a case: everybody in it was erased. The number that stands for that, where none does."""
        self._flush()
        return self.people.close(self.connection, case)

    def unread(self, rules: Rules, localise: Localise) -> tuple[str, ...]:
        """The matters of which what was said cannot be read; it is said no more."""
        lost = tuple(matter for matter in self.matters() if not self._is_readable(matter, rules, localise))
        for matter in lost:
            self.connection.execute(delete(OBLIGATIONS).where(OBLIGATIONS.c.matter == matter))
        return lost

    def _is_readable(self, matter: str, rules: Rules, localise: Localise) -> bool:
        try:
            self.said(matter, rules, localise)
        except AlteredError:
            return False
        return True

    def let_go(self, matter: str) -> None:
        """Nothing can be read of this matter any more: the projection does not name it."""
        self._flush_said()
        self.connection.execute(delete(MATTERS).where(MATTERS.c.matter == matter))

    def tzdata(self) -> str:
        """The version of the time-zone data that the last pack was taken up with."""
        self._flush()
        packs = select(ENTRIES.c.sealed).where(ENTRIES.c.type.is_(None), ENTRIES.c.kind == "pack")
        sealed = self.connection.scalar(packs.order_by(ENTRIES.c.position.desc()).limit(1))
        return "" if sealed is None else str(decode_value(bytes(sealed)[SALT:]).get("tzdata", ""))

    def adopt(self, digest: str, archive: bytes, content: Mapping[str, object], tzdata: str) -> None:
        """From here on the ledger is run by this version of its pack: every duty is worked out again, with these time zones."""
        kept = value(self.connection.execute(select(ARCHIVES.c.body).where(ARCHIVES.c.digest == digest)).first())
        if kept is None:
            self.connection.execute(ARCHIVES.insert(), {"digest": digest, "body": archive})
        bound = sha256(archive if kept is None else bytes(kept)).hexdigest()
        self.append_own("pack", encode_value({**content, "archive": bound}))
        self.head.pack_digest = digest
        self.connection.execute(update(OBLIGATIONS).values(tzdata=tzdata))

    def checkpoint(self) -> Checkpoint | None:
        """Sign the chain as it stands here, and keep that; None where it is empty."""
        head = self.head
        if not head.position:
            return None
        peaks = self._peaks()
        made = Checkpoint(head.ledger, head.position, head.hash, peaks.root(), head.recorded_at)
        signed = made.sign(self.people.master)
        keep(self.connection, signed, peaks)
        return signed

    # --- the end ----------------------------------------------------------------------------------

    def end(self) -> Head:
        """Write what is left; the head last, and only where there is something new."""
        self._flush()
        self._flush_said()
        self._tell()
        head = self.head
        if moved(head) != self._found:
            head.peaks = self._peaks().bytes()
            self._statements.move_head.run(self._cursor, *moved(head))
        return head

    def _peaks(self) -> Peaks:
        """The tree over all entries, these included."""
        before = self._grown or Peaks.of(self.head.peaks)
        self._grown, self._leaves = before.extend(self._leaves), []
        return self._grown

    def _flush(self) -> None:
        self.people.flush(self._cursor)
        if self._entries:
            self._statements.add_entry.each(self._cursor, self._entries)
            self._entries = []

    def _tell(self) -> None:
        self._statements.announce.each(self._cursor, self._outbox)
        self._outbox = []

    def _flush_said(self) -> None:
        self.people.flush(self._cursor)
        self._statements.say.each(self._cursor, self._duties)
        self._statements.say_matter.each(self._cursor, self._matters)
        self._duties, self._matters = [], []


def too_large(found: str, expected: str, origin: Origin) -> LedgerError:
    return LedgerError("RM720", "beyond-the-limits", found=found, expected=expected, origin=origin)
