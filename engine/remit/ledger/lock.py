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
    """Threads of one process take turns; a thread that holds it may take it again; the death of a process lets it go."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.RLock()
        self._depth = 0
        self._handle = -1

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
        if not self._turn.acquire(timeout=max(0, until - time.monotonic())):
            return False
        try:
            self._depth += 1
            if self._depth == 1 and not self._take_file(until):
                self._depth = 0
                self._turn.release()
                return False
        except BaseException:
            self._depth -= 1
            self._turn.release()
            raise
        return True

    def _take_file(self, until: float) -> bool:
        handle, pause = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), 0.0002
        try:
            while not locked(handle):
                if time.monotonic() >= until:
                    return False
                time.sleep(pause)
                pause = min(2 * pause, 0.005)
            self._handle, handle = handle, -1
        finally:
            if handle >= 0:
                os.close(handle)
        return True

    def let_go(self) -> None:
        """What was taken last."""
        self._depth -= 1
        if self._depth == 0:
            fcntl.flock(self._handle, fcntl.LOCK_UN)
            os.close(self._handle)
        self._turn.release()

    def _forked(self) -> None:
        """A child never holds what its parent holds."""
        if self._depth:
            os.close(self._handle)
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
