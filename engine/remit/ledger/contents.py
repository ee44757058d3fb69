"""What the entries say, held against what stands in clear; and which part of an entry was altered."""

from __future__ import annotations

import hmac
import json
import zlib
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from remit.errors import EventError, LedgerError
from remit.ledger.chain import SALT, commitment
from remit.ledger.codec import decode, microseconds
from remit.ledger.findings import Finding, changed, shown
from remit.ledger.links import Link
from remit.ledger.people import People
from remit.ledger.statements import EntryRow
from remit.ledger.vault import PersonKey, binding
from remit.model.text import Text

#: Columns of an event that its content says again.
CLEAR = ("id", "case", "type", "at", "known_at")


class Contents:
    """Opens what the keys allow, and remembers what the other tables must agree with."""

    def __init__(self, connection: Connection, people: People) -> None:
        self.connection = connection
        self._people = People(people.master, people.ledger, people.statements)
        self.now = 0
        self.recorded_at = 0
        self.pack: tuple[str, str] | None = None
        self._archives: set[str] = set()
        self._erased: set[int] = set()

    def forget(self) -> None:
        """Keys are looked up anew for each page, so that memory does not grow."""
        self._people.forget()

    # --- one entry ----------------------------------------------------------------------------------

    def check(self, row: EntryRow, *, fits: bool) -> Iterator[Finding]:
        """What is wrong with an entry's content although its hash is right; and note what it says of pack and clock."""
        self.now = max([self.now, *(m for m in (row.at, row.known_at) if isinstance(m, int))])
        self.recorded_at = row.recorded_at
        if not fits:
            return
        try:
            salted = self._people.salted(self.connection, row)
        except LedgerError:
            told = Text(
                "其密钥打不开它：密钥被改动或调换", "its key does not open it: the key was altered or exchanged"
            )
            yield self._of(row, "key", told, ("person",))
            return
        if salted is None:
            return
        salt, content = salted[:SALT], salted[SALT:]
        parts = self._differing(row, content) if commitment(salt, content) == row.commitment else ("commitment",)
        if parts:
            yield self._of(row, "changed", changed(parts), parts)
        elif row.kind != "event":
            if not self._marked(row, salt, content):
                told = Text("写入者没有台账密钥", "whoever wrote it did not have the ledger's key")
                yield self._of(row, "added", told, ("commitment",))
            yield from self._own(row, content)

    def _marked(self, row: EntryRow, salt: bytes, content: bytes) -> bool:
        header = Link.of(row).header.bytes()
        return hmac.compare_digest(salt, self._people.master.mark(self._people.ledger, header, content))

    def _own(self, row: EntryRow, content: bytes) -> Iterator[Finding]:
        """A tick, a pack or an erasure."""
        said = json.loads(content)
        match row.kind:
            case "tick":
                self.now = max(self.now, said["to"])
            case "pack":
                self.pack = (said["pack"], said["digest"])
                yield from self._archive(row, said)
            case _:
                self._erased.update(said["persons"])

    def _archive(self, row: EntryRow, said: dict[str, Any]) -> Iterator[Finding]:
        self._archives.add(said["digest"])
        found = text("SELECT body FROM archives WHERE digest = :digest")
        body = self.connection.execute(found, {"digest": said["digest"]}).scalar()
        if body is None:
            yield self._of(row, "archive", Text("其规则包存档缺失", "the archive of its pack is missing"), ("archive",))
        elif not isinstance(body, bytes) or not is_archive(body, said):
            yield self._of(
                row, "archive", Text("其规则包存档被改动", "the archive of its pack was altered"), ("archive",)
            )

    def _differing(self, row: EntryRow, content: bytes) -> tuple[str, ...]:
        """Columns in clear that say other than the content."""
        if row.kind != "event":
            return () if row.person is None else ("kind",)
        try:
            event = decode(content)
        except EventError:
            return ("sealed",)
        has = (row.id, row.case_id, row.type, row.at, row.known_at)
        says = (event.id, event.case, event.type, microseconds(event.at), microseconds(event.known_at))
        return tuple(name for name, one, other in zip(CLEAR, has, says, strict=True) if one != other)

    # --- blame --------------------------------------------------------------------------------------

    def altered(self, row: EntryRow, link: Link, before: bytes) -> tuple[str, ...]:
        """Which columns of an entry that does not fit were altered; several, where they cannot be told apart."""
        if (row.person is None) == (row.kind == "event"):
            return ("person", "kind")
        try:
            salted = self._people.salted(self.connection, row)
        except (LedgerError, TypeError, OverflowError):
            return ("person",) if self._other_key(row) else ("sealed",)
        if salted is None:
            return ("person",) if self._unknown(row) else ("header", "commitment", "sealed")
        bound = commitment(salted[:SALT], salted[SALT:])
        if bound != row.commitment:
            mended = Link(link.header, bound, link.sealed, link.hash)
            return ("commitment",) if row.person is not None or mended.fits(before) else ("sealed",)
        return self._differing_safely(row, salted[SALT:]) or ("recorded_at",)

    def _differing_safely(self, row: EntryRow, content: bytes) -> tuple[str, ...]:
        if row.kind != "event":
            return ("header",)
        return self._differing(row, content)

    def _unknown(self, row: EntryRow) -> bool:
        there = text("SELECT 1 FROM persons WHERE person = :person")
        return self.connection.execute(there, {"person": row.person}).first() is None

    def _other_key(self, row: EntryRow) -> bool:
        """Whether the key of somebody else in the case opens it: then it is the number that was altered."""
        others = text("SELECT person, wrapped FROM persons WHERE case_id = :case AND wrapped IS NOT NULL LIMIT 100")
        bound = binding(self._people.ledger, row.position)
        for person, wrapped in self.connection.execute(others, {"case": row.case_id}):
            try:
                PersonKey.unwrap(self._people.master, person, bytes(wrapped)).open(row.sealed, bound)
            except (LedgerError, TypeError):
                continue
            return True
        return False

    # --- other tables -------------------------------------------------------------------------------

    def rest(self, *, whole: bool) -> Iterator[Finding]:
        """Archives nobody entered, and keys destroyed without an erasure; told only after a sound pass from the beginning."""
        if not whole:
            return
        for digest in sorted(self.connection.scalars(text("SELECT digest FROM archives"))):
            if digest not in self._archives:
                name = str(shown(digest))[:12]
                yield Finding("archive", Text(f"存档 {name}… 没有对应的记录", f"archive {name}… belongs to no entry"))
        gone = text("SELECT person, case_id FROM persons WHERE wrapped IS NULL ORDER BY person")
        for person, case in self.connection.execute(gone):
            if person not in self._erased:
                told = Text(
                    f"密钥 {person} 被销毁，却没有删除记录", f"key {person} was destroyed, and no erasure says so"
                )
                yield Finding("key", told, None, None, shown(case), ("person",))

    def _of(self, row: EntryRow, what: str, told: Text, parts: tuple[str, ...]) -> Finding:
        return Finding(what, told, row.position, shown(row.id), shown(row.case_id), parts)


def is_archive(body: bytes, said: dict[str, Any]) -> bool:
    """Whether it is the archive of an entry, byte for byte where the entry says so."""
    if "archive" in said:
        return sha256(body).hexdigest() == str(said["archive"])
    try:
        return sha256(zlib.decompress(body)).hexdigest() == str(said["digest"])
    except zlib.error:
        return False
