"""What is worked out of a transaction while the one before it is being made durable.

The commit waits for the disk; meanwhile another thread works out the next transaction, as far as that can be done without
asking the database. Whatever that might ask is looked up before the commit begins (`Foreseen`). Nothing of it is written
before its turn, and it is thrown away where the ledger then ends anywhere but where it was expected to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from queue import SimpleQueue
from threading import Thread

from remit.model.records import record


class UnforeseenError(Exception):
    """What is worked out ahead turned out to need the database: it is worked out again, in its turn."""


@record
class Asked:
    """What a transaction will ask: ids of events, and cases, each with the name of its matter."""

    ids: frozenset[str]
    cases: Mapping[str, str]


@record
class Foreseen:
    """The answers: which of the ids asked about are kept, and of which cases nobody has heard."""

    asked: Asked
    kept: frozenset[str]
    new: frozenset[str]

    def none_kept(self, ids: Iterable[str]) -> bool:
        """Whether all of them were asked about, and none is kept."""
        return self.kept.isdisjoint(ids) and all(name in self.asked.ids for name in ids)


class Beside:
    """A thread that works while its owner waits for the disk.

    The owner is the one that commits: it neither sleeps before its commit until this thread is up, nor needs to be woken
    after it, which would take a tenth of the time of both.
    """

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._ended: SimpleQueue[BaseException | None] = SimpleQueue()
        Thread(target=self._serve, name="remit ahead", daemon=True).start()

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            failure: BaseException | None = None
            try:
                task()
            except BaseException as caught:  # noqa: BLE001 - the owner raises it
                failure = caught
            self._ended.put(failure)

    def run(self, own: Callable[[], object], task: Callable[[], object]) -> None:
        """Do the one, and have the other done meanwhile; returns when both are done, and raises what either raised."""
        self._tasks.put(task)
        try:
            own()
        finally:
            failure = self._waited()
        if failure is not None:
            raise failure

    def _waited(self) -> BaseException | None:
        """What went wrong with the task, once it has ended; whoever is interrupted waits for that all the same."""
        interrupted: BaseException | None = None
        while True:
            try:
                return self._ended.get() or interrupted
            except KeyboardInterrupt as caught:
                interrupted = caught

    def close(self) -> None:
        """End it, once what it does is done."""
        self._tasks.put(None)
