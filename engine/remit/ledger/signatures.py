"""The signed checkpoints of a ledger, met in order while its entries are gone through."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from remit.errors import LedgerError
from remit.ledger.chain import Peaks
from remit.ledger.checkpoint import Checkpoint
from remit.ledger.checkpoints import read_body
from remit.ledger.findings import Finding
from remit.model.text import Text

ALTERED = Text("检查点被改动", "the checkpoint there was altered")
REWRITTEN = Text(
    "此处签名的检查点与记录不符：此前的记录被整体改写",
    "the checkpoint signed there is of other entries: what stands before it was rewritten",
)


@dataclass(frozen=True, slots=True)
class Beyond:
    """Checkpoints after the last entry: where the sound ones stand, and what is wrong with the others."""

    positions: tuple[int, ...]
    findings: tuple[Finding, ...]


class Signatures:
    """Reads checkpoints one by one."""

    def __init__(self, connection: Connection, public_key: bytes) -> None:
        self.connection = connection
        self._public_key = public_key
        self._last = 0
        self._next: tuple[int, object] | None = None
        first = self._after(-(1 << 62))
        self._next = first
        sound = None if first is None else self._sound(*first)
        #: The ledger's id as it was signed; None where nothing was.
        self.ledger = None if sound is None else sound[0].ledger

    def peaks(self, since: Checkpoint) -> Peaks:
        """The tree at a checkpoint: as kept with it, else from the hashes up to there.

        Raises:
            LedgerError: RM723, the hashes are not those it was signed over.
        """
        body = text("SELECT body FROM checkpoints WHERE position = :position")
        kept = self.connection.execute(body, {"position": since.position}).scalar()
        self._next = self._after(since.position)
        sound = None if kept is None else self._sound(since.position, kept)
        if sound is not None and sound[0] == since:
            return sound[1]
        peaks = Peaks()
        hashes = text("SELECT hash FROM entries WHERE position <= :position ORDER BY position")
        found = {"position": since.position}
        for row in self.connection.execute(hashes, found, execution_options={"yield_per": 1000}):
            peaks = peaks.append(bytes(row.hash))
        if (peaks.size, peaks.root()) != (since.position, since.root):
            raise LedgerError(
                "RM723", "chain-broken", found=f"other entries up to position {since.position}",
                expected="those the checkpoint was signed over", hint="verify from the beginning to see which",
            )  # fmt: skip
        return peaks

    def check(self, position: int, leaf: bytes, peaks: Peaks, *, sound: bool) -> Iterator[Finding]:
        """The checkpoints up to a position; `sound` says that nothing found so far explains another root."""
        while self._next is not None and self._before(position):
            at, raw = self._next
            found = self._sound(at, raw)
            self._next = self._after(at)
            if found is None:
                yield Finding("checkpoint", ALTERED, at if isinstance(at, int) else None)
            elif at == position and sound and (found[0].hash, found[0].root) != (leaf, peaks.root()):
                yield Finding("rewritten", REWRITTEN, at)

    def _before(self, position: int) -> bool:
        at = self._next[0] if self._next is not None else None
        return isinstance(at, int) and at <= position

    def rest(self, position: int) -> Beyond:
        """Those after the last entry."""
        positions: list[int] = []
        findings: list[Finding] = []
        while self._next is not None:
            at, raw = self._next
            self._next = self._after(at)
            found = self._sound(at, raw)
            if found is None:
                findings.append(Finding("checkpoint", ALTERED, at if isinstance(at, int) else None))
            elif at > position:
                positions.append(at)
        return Beyond(tuple(positions), tuple(findings))

    def _after(self, position: object) -> tuple[int, object] | None:
        query = text("SELECT position, body FROM checkpoints WHERE position > :last ORDER BY position LIMIT 1")
        row = self.connection.execute(query, {"last": position}).first()
        return None if row is None else (row[0], row[1])

    def _sound(self, position: object, raw: object) -> tuple[Checkpoint, Peaks] | None:
        if not isinstance(raw, bytes):
            return None
        try:
            found, peaks = read_body(raw)
            found.check(self._public_key)
        except LedgerError:
            return None
        return (found, peaks) if found.position == position else None
