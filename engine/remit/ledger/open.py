"""From a URL and a key to an open ledger; made where there is none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from remit.errors import LedgerError, Origin
from remit.ledger.database import Database
from remit.ledger.store import Store
from remit.ledger.vault import MasterKey


def open_store(url: str, key: MasterKey | Path | str | None, pack: str, clock: Callable[[], datetime]) -> Store:
    """Open the ledger at `url`; make it, and for SQLite its key, where there is none.

    Raises:
        LedgerError: as `Store`; RM729, no key is given for a ledger that has none beside it.
    """
    path = Database.path_of(url)
    file = key_file(url, key)
    new = path is not None and not path.exists()
    master = key if isinstance(key, MasterKey) else fresh_key(file) if new else MasterKey.read(file)
    try:
        return Store(url, master, clock)
    except LedgerError as missing:
        if missing.code != "RM705":
            raise
    try:
        return Store.create(url, master, pack, clock)
    except LedgerError as taken:
        if taken.code != "RM722":
            raise
        return Store(url, master, clock)  # somebody else made it meanwhile


def make_store(url: str, key: Path | None, pack: str, clock: Callable[[], datetime]) -> tuple[Store, Path]:
    """Make a ledger and its key, and say where the key lies. A key that is named and there already is used.

    Raises:
        LedgerError: RM722, there is a ledger; RM715, a key lies where one would be made; and as `Store.create`.
    """
    path, file = Database.path_of(url), key_file(url, key)
    if path is not None and path.exists():
        raise LedgerError("RM722", "ledger-exists", found=str(path), expected="a place without a ledger")
    had = file.exists()
    if had and key is None:
        raise LedgerError(
            "RM715", "key-exists", found=str(file), expected="a new file", origin=Origin(str(file)),
            hint="a key that is lost cannot be made again: it is never overwritten; name it with --key to use it",
        )  # fmt: skip
    master = fresh_key(file)
    try:
        return Store.create(url, master, pack, clock), file
    except BaseException:
        if not had:
            file.unlink(missing_ok=True)
        raise


def empty_store(url: str, key: Path | None, pack: str, clock: Callable[[], datetime]) -> tuple[Store, Path]:
    """A new ledger as `make_store` makes it; or one that is there with nothing in it, as an interrupted import leaves it.

    Raises:
        LedgerError: as `make_store`.
    """
    try:
        return make_store(url, key, pack, clock)
    except LedgerError as taken:
        file = key_file(url, key)
        if taken.code != "RM722" or not file.exists():
            raise
        refused = taken
    try:
        store = open_store(url, file, pack, clock)
    except LedgerError:
        raise refused from None
    if store.pack == pack and not store.head().position:
        return store, file
    store.close()
    raise refused


def key_file(url: str, key: MasterKey | Path | str | None) -> Path:
    """Where the key lies: where it is said to, else beside an SQLite ledger."""
    if isinstance(key, Path | str):
        return Path(key)
    path = Database.path_of(url)
    if path is None and key is None:
        raise LedgerError(
            "RM729", "no-key", found=url.rsplit("@", 1)[-1], expected="the file of the ledger's master key",
            origin=Origin(), hint="give it with --key FILE or REMIT_KEY; `remit init` makes one",
        )  # fmt: skip
    return Path() if path is None else path.with_name(path.name + ".key")


def fresh_key(file: Path) -> MasterKey:
    """The key in the file, made now if there is none."""
    if file.exists():
        return MasterKey.read(file)
    file.parent.mkdir(parents=True, exist_ok=True)
    made = MasterKey.create()
    try:
        made.write(file)
    except LedgerError:
        if not file.exists():
            raise
        return MasterKey.read(file)  # somebody else made it meanwhile
    return made
