"""One database, SQLite or PostgreSQL: connections, transactions that are retried, locks, and its failures in our words.

**SQLite** before 3.51.3 can lose a reset of the write-ahead log: when a checkpoint has just ended and a second one
begins while a writer starts the log anew (https://sqlite.org/wal.html#walresetbug). It cannot happen here. One file lock
is held by whoever writes, from before its transaction until after it. Where the log has grown long, the writer folds it
within its commit, under that lock; every other connection has automatic checkpoints off, and takes the lock to empty
the log. So neither two checkpoints nor a checkpoint and a writer ever run side by side. The lock is also the queue in
which writers wait, and under it the witness is written.

A log that was folded is written over from its beginning: the file system then has nothing to note but the bytes, and a
commit takes little more than half as long as where the file grows.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote
from weakref import WeakSet

import sqlalchemy
from sqlalchemy import Connection, event, exc, inspect, make_url, pool, text

from remit.errors import LedgerError, Origin
from remit.ledger.ahead import Beside
from remit.ledger.codec import AlteredError
from remit.ledger.lock import FileLock
from remit.ledger.writer import Writer

T = TypeVar("T")
SQLITE_FLOOR = (3, 37, 0)
BUSY_SECONDS = 30
TRIES = 8
#: What databases say where room or permission is missing.
UNWRITABLE = (
    "full", "readonly", "read-only", "disk i/o", "no space", "permission denied", "could not extend", "unable to open",
    "row-level security",
)  # fmt: skip
#: Of every SQLite connection. What one large transaction added to the log's file is given back, beyond 64 MiB.
PRAGMAS = ("synchronous=FULL", "foreign_keys=ON", "wal_autocheckpoint=0", f"journal_size_limit={64 << 20}")
RESTORE = "restore a backup with `remit ledger restore`; nothing was stored"
#: What databases say where bytes are not what was written.
DAMAGED = ("malformed", "not a database", "corrupt", "invalid page", "checksum", "could not decode")
#: What reading raises where rows are not as anybody wrote them.
ALTERED = (UnicodeDecodeError, exc.NoResultFound, exc.MultipleResultsFound, AlteredError)
#: What values of another kind than the column's do to a program: SQLite holds them off, but does not look again when it reads.
UNFIT = (TypeError, ValueError, ArithmeticError, MemoryError)
#: How long emptying the log waits for readers of an older state.
EMPTY_MILLISECONDS = 1000
#: SQLSTATEs after which the same transaction may succeed: serialization failure, deadlock, lock not available.
PASSING = frozenset({"40001", "40P01", "55P03"})


class Database:
    """Where a ledger lies.

    Args:
        url: `sqlite:///path`, `postgresql://user@host/name`, or a plain path to an SQLite file.
        create: whether an SQLite file may be made.

    Raises:
        LedgerError: RM705 there is nothing there, RM708 SQLite is too old, RM725 psycopg is missing, RM726 the URL is wrong.
    """

    def __init__(self, url: str, *, create: bool = False) -> None:
        parsed = parsed_url(url)
        self.path = self.path_of(url)
        self.shown = parsed.render_as_string(hide_password=True)
        self.engine = self._postgresql(parsed) if self.path is None else self._sqlite(self.path, create=create)
        #: What the driver raises, wrapped by SQLAlchemy or bare.
        self.failures: tuple[type[Exception], ...] = (exc.DBAPIError, self.engine.dialect.loaded_dbapi.Error)
        self._closed = False
        #: Whether the log is to be emptied, which a reader has kept it from.
        self._to_empty = False
        #: SQLite's, kept from one transaction to the next by whoever holds the lock.
        self._writer: Writer | None = None
        #: Does what is done while it commits.
        self._beside: Beside | None = None
        self._lock = None if self.path is None else FileLock.at(self.path.with_name(self.path.name + "-lock"))
        _open.add(self)

    @staticmethod
    def path_of(url: str) -> Path | None:
        """The file of an SQLite ledger; None for a server's."""
        parsed = parsed_url(url)
        return Path(parsed.database) if parsed.get_backend_name() == "sqlite" and parsed.database else None

    def _sqlite(self, path: Path, *, create: bool) -> sqlalchemy.Engine:
        import sqlite3

        if sqlite3.sqlite_version_info < SQLITE_FLOOR:
            floor = ".".join(map(str, SQLITE_FLOOR))
            raise LedgerError(
                "RM708", "sqlite-too-old", found=sqlite3.sqlite_version, expected=f"SQLite {floor} or newer"
            )
        if not create and not path.is_file():
            raise LedgerError(
                "RM705", "no-ledger", found=str(path), expected="a ledger", hint="make one with `remit init`"
            )
        mode = "rwc" if create else "rw"

        def connect() -> sqlite3.Connection:
            made = sqlite3.connect(
                f"file:{quote(str(path))}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False,
                timeout=BUSY_SECONDS,
            )  # fmt: skip
            try:
                for pragma in PRAGMAS:
                    made.execute(f"PRAGMA {pragma}")
            except BaseException:
                made.close()
                raise
            return made

        engine = sqlalchemy.create_engine(
            "sqlite://", creator=connect, poolclass=pool.QueuePool, pool_size=4, max_overflow=16
        )
        event.listen(engine, "begin", begin_sqlite)
        return engine

    def _postgresql(self, url: sqlalchemy.URL) -> sqlalchemy.Engine:
        try:
            engine = sqlalchemy.create_engine(url.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
        except ModuleNotFoundError as missing:
            raise LedgerError(
                "RM725", "psycopg-missing", found=str(missing), expected="psycopg 3", hint="pip install 'remit[postgres]'"
            ) from None  # fmt: skip
        event.listen(engine, "connect", wait_for_the_disk)
        return engine

    @property
    def is_sqlite(self) -> bool:
        return self.path is not None

    def prepare(self) -> None:
        """Make a new SQLite file ready: its folder, and a write-ahead log, which the file remembers."""
        if self.path is None:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise self._not_writable(failure) from failure
        with self._alone(BUSY_SECONDS), self.translated(), self.engine.connect() as connection:
            if not inspect(connection).get_table_names():
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
                connection.exec_driver_sql("BEGIN")

    # --- transactions -----------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A snapshot; never waits for a writer.

        Raises:
            LedgerError: RM773, it was closed; and what the database refuses.
        """
        self._require_open()
        with self.translated(), self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                yield connection

    def writing(
        self,
        work: Callable[[Connection], T],
        locks: Collection[str] = (),
        committed: Callable[[T], None] | None = None,
        meanwhile: Callable[[T], None] | None = None,
    ) -> T:
        """Run `work` in one transaction and commit it; when the database was busy, run it again from the start.

        `locks` name the cases written to. While it is being committed, another thread calls `meanwhile` with what `work` returns,
        which must not touch the database. That is durable once `committed` is called with it; in SQLite, nobody else has written in
        between.

        Raises:
            LedgerError: RM701 damaged, RM702 cannot be written, RM703 busy for too long, RM704 the connection was lost
                (whether it was committed is then unknown; submitting again is safe), RM773 it was closed.
        """
        self._require_open()
        self._take_turn()
        try:
            done = self._until_done(work, locks, meanwhile)
            if committed is not None:
                committed(done)
            if self._to_empty:
                self.empty_log(wait=0)
        finally:
            if self._lock is not None:
                self._lock.let_go()
        return done

    def _take_turn(self) -> None:
        """Hold the lock of an SQLite ledger; a server has its own."""
        if self._lock is None:
            return
        try:
            taken = self._lock.take(BUSY_SECONDS)
        except OSError as failure:
            raise self._not_writable(failure) from failure
        if not taken:
            raise self._busy()

    def _until_done(
        self, work: Callable[[Connection], T], locks: Collection[str], meanwhile: Callable[[T], None] | None
    ) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                return self._write(work, locks, meanwhile)
            except self.failures as failure:
                if attempt == TRIES or not passing(failure):
                    raise translate(failure, self.shown) from failure
                time.sleep(0.01 * 2**attempt)
            except ALTERED as failure:
                raise self._damaged(failure) from failure
            except UNFIT as failure:
                self._require_sound(failure)
                raise
        raise AssertionError("the last try returned or raised")

    def _write(
        self, work: Callable[[Connection], T], locks: Collection[str], meanwhile: Callable[[T], None] | None
    ) -> T:
        if self.is_sqlite:
            return self._write_sqlite(work, meanwhile)
        return self._write_postgresql(work, locks, meanwhile)

    def _write_sqlite(self, work: Callable[[Connection], T], meanwhile: Callable[[T], None] | None) -> T:
        """On the one connection kept for it; after a failure, on a new one."""
        writer, self._writer = self._writer, None
        if writer is None:
            writer = Writer(self.engine)
        try:
            writer.begin()
            done = work(writer.connection)
            self._commit(writer.commit, None if meanwhile is None else partial(meanwhile, done))
        except BaseException:
            writer.close()
            raise
        self._writer = writer
        return done

    def _commit(self, commit: Callable[[], None], meanwhile: Callable[[], None] | None) -> None:
        """Commit; what is done meanwhile is done by a thread of its own."""
        if meanwhile is None:
            commit()
            return
        if self._beside is None:
            self._beside = Beside()
        self._beside.run(commit, meanwhile)

    def _write_postgresql(
        self, work: Callable[[Connection], T], locks: Collection[str], meanwhile: Callable[[T], None] | None
    ) -> T:
        with self.engine.connect() as plain:
            # whatever the server's default: each statement sees what was committed before it
            connection = plain.execution_options(isolation_level="READ COMMITTED")
            with connection.begin() as transaction:
                for name in sorted(set(locks)):
                    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
                done = work(connection)
                self._commit(transaction.commit, None if meanwhile is None else partial(meanwhile, done))
                return done

    def _busy(self) -> LedgerError:
        return LedgerError(
            "RM703", "ledger-busy", found=f"{BUSY_SECONDS} s of waiting", expected="the lock that writers take in turn",
            origin=Origin(self.shown), hint="submit again; nothing was stored",
        )  # fmt: skip

    @contextmanager
    def translated(self) -> Iterator[None]:
        """The database's own errors as typed ones."""
        try:
            yield
        except self.failures as failure:
            raise translate(failure, self.shown) from failure
        except exc.TimeoutError:
            raise self._busy() from None
        except ALTERED as failure:
            raise self._damaged(failure) from failure
        except UNFIT as failure:
            self._require_sound(failure)
            raise

    def _require_sound(self, failure: Exception) -> None:
        """Raise RM701 where values that a program cannot work with come of a damaged file, which SQLite reads all the same."""
        if self.path is None:
            return
        with self.engine.connect() as connection:
            try:
                found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalars().all()
            except exc.DBAPIError:
                found = [""]
        if found != ["ok"]:
            raise self._damaged(failure) from failure

    def _damaged(self, failure: Exception) -> LedgerError:
        found, hint = type(failure).__name__, None
        if isinstance(failure, AlteredError):
            found, hint = str(failure), failure.hint
        return LedgerError(
            "RM701", "ledger-damaged", found=found, expected="a sound database", origin=Origin(self.shown),
            hint=hint or RESTORE,
        )  # fmt: skip

    # --- the write-ahead log ----------------------------------------------------------------------

    def empty_log(self, wait: int | None = None) -> None:
        """Leave nothing in the write-ahead log that is not in the database, nor what was there before.

        A reader of an older state is waited for, `wait` milliseconds; where it stays, this is done after a later write. It is
        never needed for anything to last, so a failure is left to that as well.
        """
        if self.path is None:
            return
        self._to_empty = True
        with self._alone(BUSY_SECONDS) as alone, suppress(exc.DBAPIError):
            if alone:
                with self.engine.connect() as connection:
                    self._to_empty = not emptied(connection, EMPTY_MILLISECONDS if wait is None else wait)

    @contextmanager
    def _alone(self, seconds: float) -> Iterator[bool]:
        """Hold the lock of an SQLite ledger; False if it could not be had. A server has its own."""
        if self._lock is None:
            yield True
            return
        with ExitStack() as stack:
            try:
                taken = stack.enter_context(self._lock.held(seconds))
            except OSError as failure:
                raise self._not_writable(failure) from failure
            yield taken

    def _not_writable(self, failure: OSError) -> LedgerError:
        return LedgerError(
            "RM702", "ledger-not-writable", found=str(failure), expected="room and permission to write",
            origin=Origin(self.shown), hint="nothing was stored",
        )  # fmt: skip

    def _require_open(self) -> None:
        """Whoever closed it meant to be done: a connection made in silence would never be given back."""
        if self._closed:
            raise LedgerError(
                "RM773", "ledger-closed", found=self.shown, expected="a ledger that is open", hint="open it anew; nothing was stored"
            )  # fmt: skip

    def close(self) -> None:
        """Give the connections back; under the lock, because the last to close folds the log.

        Where the lock cannot be had, the connections are closed without: SQLite folds only where no other is open.
        """
        try:
            with self._alone(BUSY_SECONDS):
                self._dispose()
        except LedgerError:
            self._dispose()

    def _dispose(self) -> None:
        self._closed = True
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()
        self._end_beside()
        self.engine.dispose()

    def _end_beside(self) -> None:
        beside, self._beside = self._beside, None
        if beside is not None:
            beside.close()

    def _forked(self) -> None:
        """A connection must not be used in two processes, nor closed in the second."""
        _inherited.append((self.engine.pool, self._writer))
        self._writer = self._beside = None
        self.engine.dispose(close=False)


_open: WeakSet[Database] = WeakSet()
_inherited: list[tuple[pool.Pool, Writer | None]] = []


def _after_fork() -> None:
    for database in list(_open):
        database._forked()  # noqa: SLF001


os.register_at_fork(after_in_child=_after_fork)


def emptied(connection: Connection, wait: int) -> bool:
    """Whether the log could be folded into the database and cut to nothing; readers are waited for so many milliseconds."""
    connection.exec_driver_sql(f"PRAGMA busy_timeout={wait}")  # writers wait meanwhile
    try:
        busy, _, _ = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    return not busy


def parsed_url(url: str) -> sqlalchemy.URL:
    """A database's URL; a plain path is an SQLite file.

    Raises:
        LedgerError: RM726, it is neither.
    """
    wrong = LedgerError(
        "RM726", "bad-ledger-url", found=url.rsplit("@", 1)[-1], expected="sqlite:///path or postgresql://…"
    )
    try:
        parsed = make_url(url) if ":/" in url else sqlalchemy.URL.create("sqlite", database=url or None)
    except exc.ArgumentError:
        raise wrong from None
    known = parsed.get_backend_name()
    if known == "postgresql" or (known == "sqlite" and parsed.database not in (None, "", ":memory:")):
        return parsed
    raise wrong


def begin_sqlite(connection: Connection) -> None:
    """A writer takes the write lock at once, so that it cannot fail half-way for want of it; if it has not got it already."""
    driver: Any = connection.connection.driver_connection
    if not driver.in_transaction:
        driver.execute("BEGIN IMMEDIATE" if connection.get_execution_options().get("remit_writes") else "BEGIN")


def wait_for_the_disk(made: Any, _record: object) -> None:
    """A commit returns when it is durable, also where the server or the role has it otherwise."""
    with made.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'"
        )
    made.commit()


def passing(failure: Exception) -> bool:
    """Whether trying again may help: somebody else held a lock."""
    bare = getattr(failure, "orig", failure)
    said = str(bare)
    locked = "database is locked" in said or "locking protocol" in said
    return getattr(bare, "sqlstate", None) in PASSING or locked


def translate(failure: Exception, where: str) -> LedgerError:
    """What the database says, as one of ours."""
    said = " ".join(str(getattr(failure, "orig", failure)).split())
    low = said.lower()
    origin = Origin(where)

    def typed(code: str, slug: str, expected: str, hint: str | None = None) -> LedgerError:
        return LedgerError(code, slug, found=said, expected=expected, origin=origin, hint=hint)

    if passing(failure):
        return typed(
            "RM703",
            "ledger-busy",
            f"the lock within {BUSY_SECONDS} s and {TRIES} tries",
            "submit again; nothing was stored",
        )
    if any(word in low for word in DAMAGED):
        return typed(
            "RM701",
            "ledger-damaged",
            "a sound database",
            RESTORE,
        )
    if any(word in low for word in UNWRITABLE):
        return typed(
            "RM702",
            "ledger-not-writable",
            "room and permission to write",
            "make room, then submit again, which is safe",
        )
    if any(word in low for word in ("no such table", "does not exist", "undefinedtable")):
        return typed("RM705", "no-ledger", "a ledger", "make one with `remit init`")
    return typed(
        "RM704",
        "connection-lost",
        "an answer from the database",
        "whether it was committed is unknown; submitting again is safe",
    )


def value(row: Any) -> Any:
    """The only column of the only row, or None."""
    return None if row is None else row[0]
