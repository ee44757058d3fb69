"""An export taken into an empty ledger: the same entries at the same positions, sealed anew and chained anew."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import exc, select

from remit.errors import LedgerError, Origin
from remit.ledger.chain import SALT
from remit.ledger.database import value
from remit.ledger.people import whose
from remit.ledger.reading import Export, Exported, said
from remit.ledger.rows import instant
from remit.ledger.schema import ARCHIVES, PERSONS
from remit.ledger.vault import PersonKey, binding
from remit.ledger.writing import Writing


def check(export: Export) -> int:
    """Go through an export and take nothing in; how many entries it has.

    Raises:
        LedgerError: as `Export.entries`.
    """
    return sum(1 for _ in export.entries())


def replay(export: Export, ledger: Writing) -> None:
    """Write every entry of an export, inside one transaction.

    Stamps and positions stay. Ledger, keys and hashes are the new ledger's own; the commitments to events are those of the
    export, so that an erased content is still bound.

    Raises:
        LedgerError: RM731, the ledger is not empty; RM706, the export is of another pack; and as `Export.entries`.
    """
    if ledger.head.position:
        raise LedgerError(
            "RM731", "ledger-not-empty", found=f"{ledger.head.position} entries", expected="a new ledger",
            hint="an export is taken into a ledger of its own",
        )  # fmt: skip
    if export.head.pack != ledger.head.pack:
        raise LedgerError(
            "RM706", "another-pack", found=export.head.pack, expected=f"an export of the pack `{ledger.head.pack}`",
            origin=Origin(str(export.path), 1, 1),
        )  # fmt: skip
    taking, now = Taking(ledger), ledger.stamp
    try:
        for entry in export.entries():
            taking.take(entry)
    except exc.IntegrityError:
        raise export.broken(0, "an id that stands twice", "a new id for each event") from None
    ledger.stamp = max(now, ledger.head.recorded_at)


class Taking:
    """Takes entries in, one after the other."""

    def __init__(self, ledger: Writing) -> None:
        self.ledger = ledger
        self._keys: dict[int, PersonKey] = {}

    def take(self, entry: Exported) -> None:
        self.ledger.stamp = entry.header.recorded_at or 0
        if entry.header.kind == "event":
            self._event(entry)
        else:
            self._own(entry)

    def _event(self, entry: Exported) -> None:
        header, sealed = entry.header, b""
        person = header.key or 0
        if entry.event is None:
            self._erased(person, entry)
        else:
            key = self._key(person, entry)
            bound = binding(self.ledger.head.ledger, header.position)
            sealed = key.seal(entry.salt + (entry.content or b""), bound)
        if header.known_at is not None and header.at is not None:
            self.ledger.move(instant(max(header.at, header.known_at)))
        self.ledger.chain(header, entry.commitment, sealed)

    def _own(self, entry: Exported) -> None:
        content, told = entry.content or b"", said(entry)
        if entry.header.kind == "tick":
            self.ledger.move(instant(told["to"]))
        if entry.header.kind == "erasure":
            self._closed(told.get("closed", {}))
        if entry.header.kind == "pack" and entry.archive is not None:
            self._archive(told["digest"], entry.archive)
        self.ledger.chain_own(entry.header, content)

    def _archive(self, digest: str, body: bytes) -> None:
        connection = self.ledger.connection
        if connection.execute(select(ARCHIVES.c.digest).where(ARCHIVES.c.digest == digest)).first() is None:
            connection.execute(ARCHIVES.insert(), {"digest": digest, "body": body})
        self.ledger.head = replace(self.ledger.head, pack_digest=digest)

    def _key(self, person: int, entry: Exported) -> PersonKey:
        """The new key of a person, under the old number, so that what an erasure names stays right."""
        if person in self._keys:
            return self._keys[person]
        people, connection = self.ledger.people, self.ledger.connection
        wrapped = value(connection.execute(select(PERSONS.c.wrapped).where(PERSONS.c.person == person)).first())
        if wrapped is None:
            key = PersonKey.new()
            subject = None if entry.event is None else whose(entry.event)[1]
            reference = people.master.reference(entry.header.case or "", subject or "")
            self._add(person, entry.header.case, reference, key.wrap(people.master, person))
        else:
            key = PersonKey.unwrap(people.master, person, bytes(wrapped))
        if len(self._keys) > KEPT:
            self._keys.clear()
        self._keys[person] = key
        return key

    def _closed(self, cases: dict[str, int]) -> None:
        """Cases in which nobody is left take no more reports here either."""
        for case, number in sorted(cases.items()):
            self._add(number, case, self.ledger.people.master.reference(case, ""), None)

    def _erased(self, person: int, entry: Exported) -> None:
        there = select(PERSONS.c.person).where(PERSONS.c.person == person)
        if self.ledger.connection.execute(there).first() is None:
            self._add(person, entry.header.case, entry.reference or bytes(SALT), None)

    def _add(self, person: int, case: str | None, reference: bytes, wrapped: bytes | None) -> None:
        row = {"person": person, "case_id": case, "reference": reference, "wrapped": wrapped}
        self.ledger.connection.execute(PERSONS.insert(), row)


#: So many keys are remembered while taking in.
KEPT = 10_000
