"""Transactions in a row: what is to be done, taken from its source a little ahead, and what was done before its turn."""

from __future__ import annotations

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
    """What is to be done, taken from its source one ahead; what goes wrong there is raised in its turn."""

    def __init__(self, source: Iterable[Work[T]]) -> None:
        self._source = iter(source)
        self._next: Work[T] | None = None
        self._wrong: Exception | None = None
        self._ended = False

    def take(self) -> Work[T] | None:
        """The next; None at the end."""
        work, self._next = self.following(), None
        if work is None and self._wrong is not None:
            raise self._wrong
        return work

    def following(self) -> Work[T] | None:
        """The one that would be taken, if it could be had."""
        if self._next is None and not self._ended:
            try:
                self._next = next(self._source)
            except StopIteration:
                self._ended = True
            except Exception as wrong:  # noqa: BLE001 - raised when what came before it is done
                self._wrong, self._ended = wrong, True
        return self._next
