"""Transactions in a row: what is to be done, taken from its source a little ahead, and what was done before its turn."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from remit.ledger.ahead import Asked, Foreseen
from remit.ledger.writing import Writing

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Work(Protocol[T_co]):
    """One transaction among several in a row."""

    @property
    def cases(self) -> Iterable[str | None]:
        """Those written to."""
        ...

    def asked(self) -> Asked:
        """What it will ask, as far as that can be said before."""
        ...

    def run(self, ledger: Writing) -> T_co:
        """Do it."""
        ...

    def can_foresee(self, foreseen: Foreseen) -> bool:
        """Whether it can be done before its turn, by what was looked up."""
        ...

    def run_ahead(self, ledger: Writing) -> T_co:
        """Do it before its turn.

        Raises:
            UnforeseenError: it cannot be done without the database.
        """
        ...


@dataclass(frozen=True, slots=True)
class Ahead(Generic[T]):
    """A transaction that waits for its turn, and what it will return."""

    work: Work[T]
    writing: Writing
    done: T


class Upcoming(Generic[T]):
    """What is to be done, taken from its source a little ahead; what goes wrong there is raised in its turn."""

    def __init__(self, source: Iterable[Work[T]]) -> None:
        self._source = iter(source)
        self._ready: deque[Work[T]] = deque()
        self._wrong: Exception | None = None
        self._ended = False

    def fetch(self) -> None:
        """Take one more."""
        if self._ended:
            return
        try:
            self._ready.append(next(self._source))
        except StopIteration:
            self._ended = True
        except Exception as wrong:  # noqa: BLE001 - raised when what came before it is done
            self._wrong, self._ended = wrong, True

    def take(self) -> Work[T] | None:
        """The next; None at the end."""
        if not self._ready:
            self.fetch()
        if self._ready:
            return self._ready.popleft()
        if self._wrong is not None:
            raise self._wrong
        return None

    def following(self) -> Work[T] | None:
        """The one after it, if it could be had."""
        if not self._ready:
            self.fetch()
        return self._ready[0] if self._ready else None
