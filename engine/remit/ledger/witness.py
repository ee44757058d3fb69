"""A small file beside an SQLite ledger that remembers the last position acknowledged.

A write-ahead log that was cut off, or an older copy put in its place, opens without complaint: SQLite takes the last
complete commit for the end. The witness is written after each commit, and a ledger that ends before it is refused.
"""

from __future__ import annotations

import os
from pathlib import Path

from remit.errors import LedgerError, Origin
from remit.ledger.writing import Head

WIDTH = 20


class Witness:
    """The witness of the ledger at `path`; of a server's database, none."""

    def __init__(self, path: Path | None) -> None:
        self.path = None if path is None else path.with_name(path.name + "-witness")
        self._handle: int | None = None

    def read(self) -> int:
        """The position last acknowledged; 0 where no one was there to see."""
        try:
            return int(self.path.read_text("ascii").strip() or 0) if self.path else 0
        except (FileNotFoundError, ValueError):
            return 0

    def write(self, head: Head) -> None:
        if self.path is None:
            return
        if self._handle is None:
            self._handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        os.pwrite(self._handle, f"{head.position:0{WIDTH}d}\n".encode("ascii"), 0)

    def check(self, head: Head) -> None:
        """Refuse a ledger that has lost what it acknowledged.

        Raises:
            LedgerError: RM709, entries are missing at its end.
        """
        known = self.read()
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

    def close(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def forget(self) -> None:
        """After a deliberate return to an older state."""
        self.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)
