"""The one connection that writes an SQLite ledger: its transactions, begun and committed on the bare driver.

SQLAlchemy's own take as long as the rows of an event. Whoever asks it for something inside one of these joins it.
"""

from __future__ import annotations

import sqlite3

import sqlalchemy
from sqlalchemy import Connection

#: Pages of write-ahead log after which a commit folds it into the database.
FOLD_PAGES = 4000
#: Room for the pages that a large ledger touches, 64 MiB (in KiB).
CACHE = 65536


def pragmas() -> tuple[str, ...]:
    """Of the connection that writes, beside those of every other."""
    return f"wal_autocheckpoint={FOLD_PAGES}", f"cache_size=-{CACHE}"


class Writer:
    """A connection of the engine's, which begins no transaction of its own while one is under way (`begin_sqlite`)."""

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self.connection: Connection = engine.connect().execution_options(remit_writes=True)
        driver = self.connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - of an SQLite engine
        self._driver = driver
        for pragma in pragmas():
            driver.execute(f"PRAGMA {pragma}")

    def begin(self) -> None:
        """Take the write lock at once, so that nothing fails half-way for want of it."""
        self._driver.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Make it durable."""
        if self.connection.in_transaction():
            self.connection.commit()
        else:
            self._driver.commit()

    def close(self) -> None:
        """Undo what was not committed, and give the connection back."""
        self.connection.close()
