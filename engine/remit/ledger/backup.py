"""An SQLite ledger copied into one file while it is written to, and put back.

The key is in neither: a backup without the key file can be read by nobody. A server's ledger is saved as an export.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp

from remit.errors import LedgerError, Origin
from remit.ledger.database import Database
from remit.ledger.findings import Verification
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey, sync_directory
from remit.ledger.verify import last_sound, verify
from remit.ledger.witness import Witness

MAGIC = b"SQLite format 3\0"
Clock = Callable[[], datetime]


def backup(store: Store, target: Path, clock: Clock, *, force: bool = False) -> Verification:
    """Copy a ledger into one file, consistent while writers run, and verify the copy from its last checkpoint on.

    Raises:
        LedgerError: RM724, the file is there already; RM732, a server's ledger; RM723, the copy does not verify.
    """
    source = local(store.database)
    free(target, force=force)
    with beside(target) as room, telling(target):
        copy = room / "copy.db"
        with closing(sqlite3.connect(source)) as here, closing(sqlite3.connect(copy)) as there:
            here.backup(there)  # in one step: one snapshot
            there.execute("PRAGMA journal_mode=DELETE")
        done = checked(copy, store.master, clock, whole=False)
        settle(copy, target)
    return done


def restore(saved: Path, url: str, master: MasterKey, clock: Clock, *, force: bool = False) -> Verification:
    """Verify a backup whole, and put it where the ledger was, in one step. Nobody may have that ledger open.

    Raises:
        LedgerError: RM722, there is a ledger and `force` is not given; RM733, the file is no backup; RM713, another key;
            RM723, the backup does not verify. Then nothing was touched.
    """
    target = Database.path_of(url)
    if target is None:
        raise not_local(url)
    require_backup(saved)
    if target.exists() and not force:
        raise LedgerError(
            "RM722", "ledger-exists", found=str(target), expected="a place without a ledger", origin=Origin(str(target)),
            hint="--force puts the backup in its place",
        )  # fmt: skip
    target.parent.mkdir(parents=True, exist_ok=True)
    with beside(target) as room, telling(target):
        copy = room / "copy.db"
        shutil.copyfile(saved, copy)
        done = checked(copy, master, clock, whole=True)
        with closing(sqlite3.connect(copy)) as there:
            there.execute("PRAGMA journal_mode=WAL")
        clear(target)
        settle(copy, target)
    return done


def checked(copy: Path, master: MasterKey, clock: Clock, *, whole: bool) -> Verification:
    """The copy is a sound database, and a ledger nobody altered."""
    with closing(sqlite3.connect(copy)) as there:
        said = [row[0] for row in there.execute("PRAGMA quick_check(1)")]
    if said != ["ok"]:
        raise LedgerError(
            "RM701", "ledger-damaged", found=str(said[0]), expected="a sound database", origin=Origin(str(copy.name))
        )
    opened = Store(str(copy), master, clock)
    try:
        done = verify(opened, None if whole else last_sound(opened), sign=False)
        done.require("backup")
    finally:
        opened.close()
    with closing(sqlite3.connect(copy)) as there:
        there.execute("PRAGMA journal_mode=DELETE")
    return done


def clear(target: Path) -> None:
    """What belongs to the ledger that is replaced: its log, emptied first, and its witness."""
    if target.exists():
        with suppress(LedgerError):  # a damaged one may not open; it is being replaced
            old = Database(str(target))
            old.empty_log()
            old.close()
    for suffix in ("-wal", "-shm"):
        target.with_name(target.name + suffix).unlink(missing_ok=True)
    Witness(target).forget()


def settle(copy: Path, target: Path) -> None:
    """Put the copy in its place: on the disk first, then under its name, then the name on the disk."""
    copy.chmod(0o600)
    handle = os.open(copy, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    copy.replace(target)
    sync_directory(target.parent)


@contextmanager
def beside(target: Path) -> Iterator[Path]:
    """A directory of our own on the same disk, gone in the end."""
    with telling(target):
        room = Path(mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


@contextmanager
def telling(target: Path) -> Iterator[None]:
    """What the operating system or SQLite refuses, as a typed error."""
    try:
        yield
    except (OSError, sqlite3.Error) as failure:
        raise LedgerError(
            "RM702", "ledger-not-writable", found=str(failure), expected="room and permission to write",
            origin=Origin(str(target)), hint="nothing was replaced",
        ) from None  # fmt: skip


def free(target: Path, *, force: bool) -> None:
    """Refuse to write over a file.

    Raises:
        LedgerError: RM724, it is there.
    """
    if target.exists() and not force:
        raise LedgerError(
            "RM724", "file-exists", found=str(target), expected="a new file", origin=Origin(str(target)),
            hint="--force writes over it",
        )  # fmt: skip


def require_backup(saved: Path) -> None:
    """Refuse what is no SQLite file.

    Raises:
        LedgerError: RM733, it is none, or cannot be read.
    """
    try:
        with saved.open("rb") as file:
            begins = file.read(len(MAGIC))
    except OSError as failure:
        begins, why = b"", failure.strerror
    else:
        why = "an export is taken into a new ledger with `remit ledger import`" if begins[:1] == b"{" else None
    if begins != MAGIC:
        raise LedgerError(
            "RM733", "not-a-backup", found=str(saved), expected="a file that `remit ledger backup` wrote",
            origin=Origin(str(saved)), hint=why,
        )  # fmt: skip


def local(database: Database) -> Path:
    if database.path is None:
        raise not_local(database.shown)
    return database.path


def not_local(url: str) -> LedgerError:
    return LedgerError(
        "RM732", "not-a-file", found=url.rsplit("@", 1)[-1], expected="an SQLite ledger",
        hint="a server's ledger is saved with `remit ledger export` and brought back with `remit ledger import`",
    )  # fmt: skip
