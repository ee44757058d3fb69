"""A small file beside an SQLite ledger that remembers the last position acknowledged.

A write-ahead log that was cut off, or an older copy put in its place, opens without complaint: SQLite takes the last
complete commit for the end. The witness is written after each commit, and a ledger that ends before it is refused.
It never claims more than is true: of its two records, each with a checksum, a torn one does not count.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from remit.errors import LedgerError, Origin
from remit.ledger.writing import Head

WIDTH, RECORD = 20, 32


class Witness:
    """The witness of the ledger at `path`; of a server's database, none."""

    def __init__(self, path: Path | None) -> None:
        self.path = None if path is None else path.with_name(path.name + "-witness")
        self._handle = -1

    def read(self) -> int:
        """The position last acknowledged; 0 where no one was there to see, or none can be read."""
        raw = b""
        with suppress(OSError):
            raw = self.path.read_bytes() if self.path else raw
        return max(position(raw[:RECORD]), position(raw[RECORD:]))

    def write(self, head: Head) -> None:
        """Remember the end of the ledger; the caller holds the lock that writers take in turn.

        What was committed is durable without it: where the witness cannot be written, it stays behind.
        """
        if self.path is None:
            return
        try:  # before every write to the ledger: `suppress` takes as long as the writing
            if self._handle < 0:
                self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
            os.pwrite(self._handle, record(head.position), head.position % 2 * RECORD)
        except OSError:
            return

    def close(self) -> None:
        """Let go of the file."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def check(self, head: Head, known: int) -> None:
        """Refuse a ledger that has lost what was acknowledged when it was at `known` (read before the head).

        Raises:
            LedgerError: RM709, entries are missing at its end.
        """
        if head.position < known:
            raise LedgerError(
                "RM709",
                "ledger-cut-short",
                found=f"{head.position} entries",
                expected=f"at least the {known} that were acknowledged",
                origin=Origin(str(self.path)),
                hint="its write-ahead log was lost or an older copy put in its place: bring the log back, or restore "
                "the newest backup with `remit ledger restore`",
            )

    def forget(self) -> None:
        """After a deliberate return to an older state."""
        self.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def record(end: int) -> bytes:
    """A position with its checksum, always as long."""
    digits = b"%0*d" % (WIDTH, end)
    return b"%s %08x\n" % (digits, crc32(digits)) + b"\0\0"


def position(raw: bytes) -> int:
    """The position of a record; 0 where it is none."""
    digits = raw[:WIDTH]
    return int(digits) if digits.isdigit() and raw == record(int(digits)) else 0
