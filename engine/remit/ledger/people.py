"""The keys of the people a ledger speaks of, and what only those keys can read.

Each person of a case has a key of its own; destroying it erases what was reported of them.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, select, update

from remit.errors import LedgerError, Origin
from remit.ledger.chain import SALT
from remit.ledger.codec import AlteredError, decode
from remit.ledger.database import value
from remit.ledger.rows import REBUILD, ROW, Localise, Rules, unpack
from remit.ledger.schema import PERSONS
from remit.ledger.statements import EntryRow, ObligationRow, Row, Statements
from remit.ledger.vault import MasterKey, PersonKey, binding
from remit.model.event import MERGER, SPLIT, Event
from remit.model.obligation import Obligation


def row_binding(ledger: str, key: str) -> bytes:
    """What a sealed row of the projection is bound to, so that two cannot be exchanged."""
    return f"{ledger}/obligation/{key}".encode()


def cursor_of(connection: Connection) -> Any:
    """The driver's own cursor in the same transaction."""
    return connection.connection.cursor()


#: Begins a name that is nobody's: each merger and split has a key of its own, because of the people it moves some may be
#: erased and others not.
MOVE = "\0move "


def whose(event: Event) -> tuple[str | None, str | None]:
    """The person of a case with whose key an event is sealed; a correction with that of whom it speaks."""
    if event.type in {MERGER, SPLIT}:
        return event.case, MOVE + event.id
    if event.subject is None and event.replacement is not None:
        return event.case, event.replacement.subject
    return event.case, event.subject


#: Keys that are remembered at a time.
REMEMBERED = 10_000
#: Keys that are made at once: one alone, between two writes to the disk, takes as long as several.
AT_ONCE = 16


class Stock:
    """Keys of nobody yet, each with the number it will have. None is given out twice, nor by two processes."""

    def __init__(self, master: MasterKey) -> None:
        self._master = master
        self._keys: dict[int, tuple[PersonKey, bytes]] = {}
        self._process = os.getpid()

    def take(self, number: int) -> tuple[PersonKey, bytes]:
        """A new key of that number, and how it is stored."""
        if self._process != os.getpid():
            self._keys, self._process = {}, os.getpid()
        found = self._keys.pop(number, None)
        if found is None:
            made = [(n, PersonKey.new()) for n in range(number, number + AT_ONCE)]
            self._keys = {n: (key, key.wrap(self._master, n)) for n, key in made}
            found = self._keys.pop(number)
        return found


class People:
    """Keys by number, and numbers by who they stand for; the last ones are remembered."""

    def __init__(self, master: MasterKey, ledger: str, statements: Statements) -> None:
        self.master = master
        self.ledger = ledger
        self.statements = statements
        self._keys: dict[int, PersonKey | None] = {}
        self._numbers: dict[tuple[str | None, str | None], int] = {}
        self._unmet: set[str] = set()
        self._last: int | None = None
        self._made: list[Row] = []
        self._stock = Stock(master)

    def begin(self, *, alone: bool) -> None:
        """A transaction that writes; `alone`, if nobody else has written since the last one, and that one did not fail."""
        if not alone:
            self._last = None
        if not alone or len(self._numbers) > REMEMBERED:
            self.forget()
        self._unmet.clear()
        self._made = []

    def forget(self) -> None:
        """Somebody else may have erased a person, and what a failed transaction made is not there."""
        self._keys.clear()
        self._numbers.clear()

    # --- reading ------------------------------------------------------------------------------------

    def key(self, connection: Connection, person: int) -> PersonKey | None:
        """The key of that number; None once it is destroyed."""
        if person not in self._keys:
            if len(self._keys) > REMEMBERED:
                self._keys.clear()
            self.flush(cursor_of(connection))
            wrapped = value(self.statements.key.one(cursor_of(connection), person))
            self._keys[person] = None if wrapped is None else PersonKey.unwrap(self.master, person, wrapped)
        return self._keys[person]

    def salted(self, connection: Connection, row: EntryRow) -> bytes | None:
        """Salt and canonical bytes of an entry; None once its person's key is destroyed."""
        if row.person is None:
            return bytes(row.sealed)
        key = self.key(connection, row.person)
        return None if key is None else key.open(bytes(row.sealed), binding(self.ledger, row.position))

    def event(self, connection: Connection, row: EntryRow) -> Event | None:
        """The event of an entry; None where it is none, or can be read no more."""
        salted = self.salted(connection, row) if row.kind == "event" else None
        return None if salted is None else decode(salted[SALT:])

    def events(self, connection: Connection, rows: Iterable[EntryRow]) -> Iterator[Event]:
        """The readable events of some entries."""
        for row in rows:
            found = self.event(connection, row)
            if found is not None:
                yield found

    def obligations(
        self, connection: Connection, rows: Iterable[ObligationRow], rules: Rules, localise: Localise
    ) -> Iterator[Obligation]:
        """The obligations of some rows of the projection."""
        for row in rows:
            body = bytes(row.body)
            if row.person is not None:
                key = self.key(connection, row.person)
                if key is None:
                    continue
                try:
                    body = key.open(body, row_binding(self.ledger, row.key))
                except LedgerError:
                    raise AlteredError(ROW, REBUILD) from None
            yield unpack(body, rules, localise)

    # --- writing ------------------------------------------------------------------------------------

    def of(
        self, connected: Callable[[], Connection], case: str | None, subject: str | None, told: Event | None = None
    ) -> tuple[int, PersonKey]:
        """Number and key of a person of a case, made at the first report; `told` is the event that speaks of them.

        `connected` gives the transaction, if it is needed.

        Raises:
            LedgerError: RM727, the key was destroyed.
        """
        number = self._numbers.get((case, subject))
        if number is None:
            reference = self.master.reference(case or "", subject or "")
            if case not in self._unmet:
                cursor = cursor_of(connected())
                self.flush(cursor)
                number = value(self.statements.person.one(cursor, reference))
            if number is None:
                if case is not None and case not in self._unmet:
                    self._require_open(connected(), case, told)
                number = self._new(connected, case, reference)
        key = self._keys.get(number) or self.key(connected(), number)
        if key is None:
            raise erased(case, told)
        self._numbers[case, subject] = number
        return number, key

    def _new(self, connected: Callable[[], Connection], case: str | None, reference: bytes) -> int:
        if self._last is None:
            self._last = int(value(self.statements.last_person.one(cursor_of(connected()))) or 0)
        number = self._last + 1
        key, wrapped = self._stock.take(number)
        self._made.append((number, case, bytearray(reference), bytearray(wrapped)))
        self._keys[number], self._last = key, number
        return number

    def flush(self, cursor: Any) -> None:
        """Write the keys that were made; before whatever is sealed with them."""
        self.statements.add_person.each(cursor, self._made)
        self._made = []

    def unmet(self, cases: Iterable[str]) -> None:
        """Nothing was ever reported in these cases: whoever they turn out to speak of is new."""
        self._unmet.update(cases)

    def _require_open(self, connection: Connection, case: str, told: Event | None) -> None:
        """Raise RM727 where everybody in the case was erased: whoever is spoken of now is one of them."""
        closed = select(PERSONS.c.person).where(
            PERSONS.c.reference == self.master.reference(case, ""), PERSONS.c.wrapped.is_(None)
        )
        if connection.execute(closed).first() is not None:
            raise erased(case, told)

    def standing(self, connection: Connection, case: str, subject: str | None) -> tuple[int, ...]:
        """The numbers of a case's keys, or of one person's, that are not destroyed."""
        self.flush(cursor_of(connection))
        query = select(PERSONS.c.person).where(PERSONS.c.case_id == case, PERSONS.c.wrapped.is_not(None))
        if subject is not None:
            query = query.where(PERSONS.c.reference == self.master.reference(case, subject))
        return tuple(connection.scalars(query))

    def destroy(self, connection: Connection, persons: Sequence[int]) -> None:
        """Nobody can read again what these keys sealed."""
        connection.execute(update(PERSONS).where(PERSONS.c.person.in_(persons)).values(wrapped=None))
        self.forget()

    def close(self, connection: Connection, case: str) -> int | None:
        """Nobody is left in a case: let it know no one by another name. The number that stands for that; None where one does."""
        self.flush(cursor_of(connection))
        reference = self.master.reference(case, "")
        if value(self.statements.person.one(cursor_of(connection), reference)) is not None:
            return None
        number = int(value(self.statements.last_person.one(cursor_of(connection))) or 0) + 1
        self.statements.add_person.run(cursor_of(connection), number, case, reference, None)
        self._last = number
        return number


def named(event: Event) -> Origin:
    """Where an event stands, for its errors."""
    return replace(event.origin, event=event.id, case=event.case)


def erased(case: str | None, told: Event | None) -> LedgerError:
    origin = Origin(case=case) if told is None else named(told)
    return LedgerError(
        "RM727", "person-erased", found=case or "no case", expected="a case or person that was not erased",
        origin=origin, hint="what is new about this matter needs a new case",
    )  # fmt: skip
