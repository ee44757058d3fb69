"""Whether anybody changed the past: every hash, commitment and signature of a ledger worked out again.

One pass in order, in memory that does not grow with the ledger. Where keys allow, contents are opened and held against
what stands in clear; what was erased still verifies, because the chain binds commitments and sealed bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, text

from remit.errors import LedgerError
from remit.ledger.chain import Peaks, genesis
from remit.ledger.checkpoint import Checkpoint
from remit.ledger.checkpoints import keep, newest_first
from remit.ledger.contents import Contents
from remit.ledger.findings import Finding, Verification, changed, missing, shown
from remit.ledger.heads import check_head, check_outbox
from remit.ledger.links import Link, Misfit, explained
from remit.ledger.signatures import Signatures
from remit.ledger.statements import EntryRow
from remit.ledger.store import Store
from remit.ledger.writing import Head
from remit.model.text import Text

PAGE = 200
#: So many findings are named; a ledger with more is lost anyway.
NAMED = 1000
COLUMNS = ", ".join(EntryRow._fields)

Progress = Callable[[int, int], None]


def verify(
    store: Store, since: Checkpoint | None = None, progress: Progress | None = None, *, sign: bool = True
) -> Verification:
    """Check a ledger, from its beginning or from a checkpoint on.

    Args:
        store: the open ledger.
        since: a checkpoint that is trusted once its signature holds (see `last_sound`).
        progress: called with (entries checked, entries) after each page.
        sign: whether to sign and keep a checkpoint where nothing is wrong.

    Raises:
        LedgerError: RM718, `since` does not carry the ledger's signature; or the database cannot be read.
    """
    if since is not None:
        since.check(store.master.public_key)
    with store.database.reading() as connection, as_it_stands(connection):
        walk = Walk(connection, store, since)
        walk.run(progress)
        findings = tuple(walk.findings())
    signed = None
    if not findings and sign:
        signed = signature(store, walk)
    unsigned = max(walk.position - walk.signed, 0)
    return Verification(walk.ledger, walk.checked, walk.since, walk.position, unsigned, findings[:NAMED], signed)


def last_sound(store: Store) -> Checkpoint | None:
    """The newest checkpoint whose signature holds and whose entry is still the one it was signed over."""
    with store.database.reading() as connection:
        return newest_sound(connection, store.master.public_key)


def newest_sound(connection: Connection, public_key: bytes) -> Checkpoint | None:
    """The same, in a transaction that is there."""
    here = text("SELECT hash FROM entries WHERE position = :position")
    for found, _ in newest_first(connection):
        with suppress(LedgerError):
            found.check(public_key)
            if connection.execute(here, {"position": found.position}).scalar() == found.hash:
                return found
    return None


class Walk:
    """One pass over the entries."""

    def __init__(self, connection: Connection, store: Store, since: Checkpoint | None) -> None:
        self.connection = connection
        self.heads = [Head(*row[1:]) for row in connection.execute(text("SELECT * FROM head"))]
        newest = newest_sound(connection, store.master.public_key)
        #: Up to where a checkpoint vouched for the entries before this pass.
        self.signed = 0 if newest is None else newest.position
        self.contents = Contents(connection, store.people)
        self.signatures = Signatures(connection, store.master.public_key)
        self.ledger = self.signatures.ledger or (self.heads[0].ledger if self.heads else store.ledger)
        self.checked = 0
        self.since = self.position = 0 if since is None else since.position
        self.peaks = Peaks() if since is None else self.signatures.peaks(since)
        #: The hash before the next entry: as it stands there, and as it should be. None after a gap.
        self.before: bytes | None = genesis(self.ledger) if since is None else since.hash
        self.should: bytes | None = self.before
        self._misfits: list[Misfit] = []
        self._found: list[Finding] = []
        self._master = store.master

    def run(self, progress: Progress | None) -> None:
        total = max((head.position for head in self.heads if isinstance(head.position, int)), default=0) - self.since
        for page in self.pages():
            for row in page:
                self.step(row)
            self.contents.forget()
            if progress is not None:
                progress(self.checked, max(total, self.checked))

    def pages(self) -> Iterator[list[EntryRow]]:
        """All entries, those in impossible places too."""
        first = f"SELECT {COLUMNS} FROM entries ORDER BY position LIMIT {PAGE}"  # noqa: S608 - our own names
        later = f"SELECT {COLUMNS} FROM entries WHERE position > :last ORDER BY position LIMIT {PAGE}"  # noqa: S608
        last: Any = self.since or None
        while True:
            found = self.connection.execute(
                text(first if last is None else later), {} if last is None else {"last": last}
            )
            page = [EntryRow(*row) for row in found]
            if not page:
                return
            yield page
            last = page[-1].position

    def step(self, row: EntryRow) -> None:
        self.checked += 1
        expected = self.position + 1
        if not isinstance(row.position, int) or row.position < expected:
            told = Text("位置不可能存在", "stands where no entry can stand")
            self._found.append(Finding("added", told, None, shown(row.id), shown(row.case_id), ("position",)))
            return
        if row.position > expected:
            self._found.append(missing(expected, row.position - 1))
            self.before = self.should = None
        link = Link.of(row)
        fits = self.linked(link, row)
        self._found.extend(self.contents.check(row, fits=fits))
        self.position = row.position
        leaf = row.hash if isinstance(row.hash, bytes) else b""
        self.peaks = self.peaks.append(leaf)
        self._found.extend(self.signatures.check(row.position, leaf, self.peaks, sound=self.sound))

    @property
    def sound(self) -> bool:
        """Whether nothing so far explains a root that differs."""
        return not self._misfits and not any(found.what in {"removed", "changed"} for found in self._found)

    def linked(self, link: Link, row: EntryRow) -> bool:
        """Whether an entry's hash is right; if not, what seems to be wrong is kept."""
        fits = self.before is None or link.fits(self.before)
        if not fits and self.should != self.before and link.fits(self.should):
            self.blame_hash()
            fits = True
        if not fits and self.before is not None:
            parts = self.contents.altered(row, link, self.before)
            self._misfits.append(Misfit(link, self.before, entry("changed", changed(parts), row, parts)))
        computed = link.computed(self.before)
        self.should = computed if not fits and computed is not None else row.hash
        self.before = row.hash
        return fits

    def blame_hash(self) -> None:
        """The last misfit is right but for the hash itself: what follows it goes on from the one it should have."""
        last = self._misfits.pop()
        header = last.link.header
        self._found.append(
            Finding("changed", changed(("hash",)), last.position, shown(header.id), shown(header.case), ("hash",))
        )

    def findings(self) -> Iterator[Finding]:
        """All of them, once the pass is over."""
        end = {head.hash for head in self.heads}
        if self._misfits and self._misfits[-1].position == self.position and self.should in end:
            self.blame_hash()
        sound = self.sound
        seen = [*self._found, *explained(self._misfits)]
        yield from sorted(seen, key=lambda f: (f.position is None, f.position or 0))
        beyond = self.signatures.rest(self.position)
        signed = max((found for found in beyond.positions), default=0)
        known = max([signed, *(h.position for h in self.heads if isinstance(h.position, int) and self.counted(h))])
        if known > self.position:
            yield missing(self.position + 1, known)
        yield from beyond.findings
        yield from check_head(self, sound=sound)
        yield from check_outbox(self.connection, self.heads)
        yield from self.contents.rest(whole=sound and self.since == 0)

    def counted(self, head: Head) -> bool:
        """Whether the head's position says that entries are gone, and not that the head itself was altered."""
        return head.hash != self.before

    @property
    def public_key(self) -> bytes:
        return self._master.public_key

    @property
    def fingerprint(self) -> str:
        return self._master.fingerprint


def entry(what: str, told: Text, row: EntryRow, parts: tuple[str, ...]) -> Finding:
    return Finding(what, told, row.position, shown(row.id), shown(row.case_id), parts)


@contextmanager
def as_it_stands(connection: Connection) -> Iterator[None]:
    """On SQLite, text that is no UTF-8 is read all the same: an altered byte must be named, not stumbled over."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver: Any = connection.connection.driver_connection
    driver.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = str


def signature(store: Store, walk: Walk) -> Checkpoint | None:
    """Sign what was checked; None where the ledger cannot be written, which is sound all the same."""
    if not walk.position or walk.before is None:
        return None
    recorded = walk.heads[0].recorded_at
    made = Checkpoint(walk.ledger, walk.position, walk.before, walk.peaks.root(), recorded).sign(store.master)
    try:
        store.write(lambda ledger: keep(ledger.connection, made, walk.peaks))
    except LedgerError:
        return None
    return made
