"""One ledger after another, written to by victims that die; looked at from outside after each death."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from remit import Pack
from remit.ledger.database import Database
from remit.ledger.vault import MasterKey
from torture.chance import Random
from torture.oracle import Seen, examine
from torture.stream import Advance, Erase, Submit, steps
from torture.victim import Life, Order

STEPS = 25
#: After so many lives that were spared one after another, something is wrong with the test.
SPARED = 60


class Deaths:
    """Many deaths over a ledger; a new one whenever a stream has come to its end.

    Args:
        fresh: gives the URL of a place for a new ledger.
        chance: everything is drawn from it.
        allowed: codes with which a step may be refused.
        pages: after how many the write-ahead log is folded.
    """

    def __init__(
        self,
        fresh: Callable[[], str],
        pack: Pack,
        chance: Random,
        *,
        allowed: frozenset[str] = frozenset(),
        pages: int = Order.pages,
    ) -> None:
        self.pages, self.spared = pages, 0
        self.fresh, self.pack, self.chance, self.allowed = fresh, pack, chance, allowed
        self.tally: Counter[str] = Counter()
        self.order = self._anew()

    def _anew(self) -> Order:
        self.key = MasterKey.create()
        self.acknowledged = 0
        seed = self.chance.randrange(1 << 30)
        self.steps = steps(seed, STEPS)
        return Order(self.fresh(), self.key.text, seed, 0, STEPS, pages=self.pages)

    @property
    def folder(self) -> Path:
        """Where the SQLite ledger of this moment lies."""
        path = Database.path_of(self.order.url)
        assert path is not None
        return path.parent

    def survived(self, life: Life, *, struck: int) -> None:
        """After a life: what was acknowledged is there, nothing else but perhaps the step in doubt, and all is sound."""
        about = f"{self.order} {life}"
        assert life.untyped == [], about
        assert set(life.refused) <= self.allowed, about
        self.tally["points"] += struck
        self.spared = 0 if struck else self.spared + 1
        assert self.spared < SPARED, "the shim never strikes"
        self.tally["refused"] += len(life.refused)
        self.tally["acknowledged"] += len(life.acknowledged)
        assert life.acknowledged == list(range(self.acknowledged, self.acknowledged + len(life.acknowledged))), about
        self.acknowledged += len(life.acknowledged)
        if self.acknowledged:
            with self._outside() as url:
                self._look(examine(url, self.key, self.pack), about)
        if life.exit == 0:
            self.tally["ledgers"] += 1
            self.order = self._anew()
        else:
            self.order = replace(self.order, first=self.acknowledged)

    def _look(self, seen: Seen, about: str) -> None:
        done = self.steps[: self.acknowledged]
        there = set(seen.ids)
        wanted = {event["id"] for step in done if isinstance(step, Submit) for event in step.events}
        assert wanted <= there, f"lost: {wanted - there}; {about}"
        for step in done:
            assert not isinstance(step, Advance) or seen.now >= step.to, about
            assert not isinstance(step, Erase) or step.case in seen.erased or not self._told_of(step, done), about
        doubt = self.steps[self.acknowledged] if self.acknowledged < STEPS else None
        doubtful = {event["id"] for event in doubt.events} if isinstance(doubt, Submit) else set()
        assert there - wanted in (set(), doubtful), f"half or never submitted: {there - wanted}; {about}"
        self.tally["kept though unacknowledged"] += bool(there - wanted)

    @staticmethod
    def _told_of(erasure: Erase, done: tuple[object, ...]) -> bool:
        before = done[: done.index(erasure)]
        return any(
            event.get("case") == erasure.case for step in before if isinstance(step, Submit) for event in step.events
        )

    @contextmanager
    def _outside(self) -> Iterator[str]:
        """The ledger, or a copy: then the next victim finds everything as the last one left it."""
        if Database.path_of(self.order.url) is None or self.chance.random() < 0.5:
            yield self.order.url
            return
        with tempfile.TemporaryDirectory() as folder:
            for path in self.folder.iterdir():
                shutil.copy(path, folder)
            yield f"{folder}/ledger.db"
