"""A lock on a file that all processes respect: whoever holds it may write an SQLite ledger and fold its log."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import WeakValueDictionary

_locks: WeakValueDictionary[str, FileLock] = WeakValueDictionary()
_registering = threading.Lock()


class FileLock:
    """Threads of one process take turns; a thread that holds it may take it again; the death of a process lets it go.

    The file stays open from one turn to the next, and is opened anew where another one lies there by then.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._name = str(path)
        self._turn = threading.RLock()
        self._depth = 0
        self._handle = -1
        #: Device and number of the file that is open.
        self._file = (-1, -1)

    @classmethod
    def at(cls, path: Path) -> FileLock:
        """The one lock of this process on that file."""
        name = str(path.absolute())
        with _registering:
            found = _locks.get(name)
            if found is None:
                found = _locks[name] = cls(path)
            return found

    @contextmanager
    def held(self, seconds: float) -> Iterator[bool]:
        """Hold it inside; False where it could not be had in that time.

        Raises:
            OSError: the file cannot be made or opened.
        """
        taken = self.take(seconds)
        try:
            yield taken
        finally:
            if taken:
                self.let_go()

    def take(self, seconds: float) -> bool:
        """Hold it until it is let go; False where it could not be had in that time.

        Raises:
            OSError: the file cannot be made or opened.
        """
        until = time.monotonic() + seconds
        if not (self._turn.acquire(blocking=False) or self._turn.acquire(timeout=max(0, seconds))):
            return False
        try:
            self._depth += 1
            if self._depth == 1 and not self._take_file(until):
                self._depth = 0
                self._turn.release()
                return False
        except BaseException:
            self._depth -= 1
            if self._depth == 0:
                self._close()  # and with it whatever was taken
            self._turn.release()
            raise
        return True

    def _take_file(self, until: float) -> bool:
        pause = 0.0002
        while True:
            if self._handle < 0:
                self._handle = os.open(self._name, os.O_RDWR | os.O_CREAT, 0o600)
                opened = os.fstat(self._handle)
                self._file = (opened.st_dev, opened.st_ino)
            if locked(self._handle):
                if self._lies_there():
                    return True
                self._close()
            elif time.monotonic() >= until:
                self._close()
                return False
            else:
                time.sleep(pause)
                pause = min(2 * pause, 0.005)

    def _lies_there(self) -> bool:
        """Whether what is open is the file that others find."""
        try:
            there = os.stat(self._name)  # noqa: PTH116 - before every write
        except FileNotFoundError:
            return False
        return (there.st_dev, there.st_ino) == self._file

    def _close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    def let_go(self) -> None:
        """What was taken last."""
        self._depth -= 1
        if self._depth == 0:
            fcntl.flock(self._handle, fcntl.LOCK_UN)
        self._turn.release()

    def __del__(self) -> None:
        self._close()

    def _forked(self) -> None:
        """A child never holds what its parent holds."""
        self._close()
        self._turn, self._depth = threading.RLock(), 0


def locked(handle: int) -> bool:
    """Whether the lock was to be had."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _after_fork() -> None:
    global _registering  # noqa: PLW0603 - another thread of the parent may have held it
    _registering = threading.Lock()
    for lock in list(_locks.values()):
        lock._forked()  # noqa: SLF001


os.register_at_fork(after_in_child=_after_fork)
