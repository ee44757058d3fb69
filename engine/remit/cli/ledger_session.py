"""What the commands of a ledger need first: the ledger, its key, and where the commands about cases do, the pack at work."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from remit.cli.session import Session, language_here, open_session, warn

if TYPE_CHECKING:
    from remit.engine import Engine
    from remit.errors import Origin
    from remit.ledger.store import Store
    from remit.ledger.vault import MasterKey
    from remit.model.event import Event
    from remit.pack.load import Pack

#: A moment so far beyond both the ledger's clock and this one is a slip of the pen.
AHEAD = timedelta(days=366)
#: Of so many matters worked out at once, it is told.
MANY = 2000


@dataclass(frozen=True, slots=True)
class Desk:
    """A pack at work on its ledger."""

    session: Session
    engine: Engine

    @property
    def store(self) -> Store:
        return self.engine.durable.store

    def under(self, pack: Pack) -> Desk:
        """The same ledger, spoken of in the words of another pack."""
        return replace(self, session=replace(self.session, pack=pack))

    def require_near(self, moment: datetime, origin: Origin, *, future: bool) -> None:
        """Refuse a moment that would move the clock far ahead for good.

        Raises:
            EventError: RM465, it lies more than 366 days after the ledger's clock and this moment.
        """
        from remit.errors import EventError

        latest = max(self.engine.now, this_moment()) + AHEAD
        if not future and moment > latest:
            raise EventError(
                "RM465", "far-ahead", found=moment.isoformat(), expected=f"a moment before {latest.isoformat()}",
                origin=origin, hint="the ledger's clock would stand there for good; if that is meant, say --future",
            )  # fmt: skip

    def require_event_near(self, event: Event, *, future: bool) -> None:
        """The same of an event, which is named by id and case."""
        self.require_near(event.knowable_at, event.where, future=future)


def this_moment() -> datetime:
    from remit.clock import now

    return now(UTC)


@contextmanager
def open_desk(context: typer.Context, pack: Path | None, ledger: str, key: Path | None) -> Iterator[Desk]:
    """The pack at work on a ledger that is there.

    Raises:
        LedgerError: RM705, there is none; and as `Engine`.
    """
    session = open_session(context, pack)
    from remit.engine import Engine
    from remit.ledger.store import Store

    require_ledger(ledger)
    master = read_key(ledger, key, session.language)
    Store(ledger, master, this_moment).close()  # an engine would make what is not there
    with Engine(session.pack, ledger=ledger, key=master) as engine:
        engine.durable.watch = lambda count: tell_of_many(session, count)
        yield Desk(session, engine)
        warn(session, engine)


def tell_of_many(session: Session, count: int) -> None:
    """On stderr, that something will take its time; if it is broken off, it is begun again by the next command."""
    if count > MANY:
        typer.echo(session.say(f"重新计算 {count} 件事项……", f"working out {count} matters again…"), err=True)


@contextmanager
def open_store(ledger: str, key: Path | None) -> Iterator[Store]:
    """The ledger itself, without a pack.

    Raises:
        LedgerError: RM705, there is none; and as `Store`.
    """
    from remit.ledger.store import Store

    require_ledger(ledger)
    store = Store(ledger, read_key(ledger, key), this_moment)
    try:
        yield store
    finally:
        store.close()


def require_ledger(ledger: str) -> None:
    """Say that there is no ledger before asking for its key."""
    from remit.errors import LedgerError
    from remit.ledger.database import Database

    path = Database.path_of(ledger)
    if path is not None and not path.is_file():
        raise LedgerError("RM705", "no-ledger", found=str(path), expected="a ledger", hint="make one with `remit init`")


def read_key(ledger: str, key: Path | None, language: str | None = None) -> MasterKey:
    from remit.ledger.open import key_file
    from remit.ledger.vault import MasterKey

    with telling_of_keys(language):
        return MasterKey.read(key_file(ledger, key))


@contextmanager
def telling_of_keys(language: str | None = None) -> Iterator[None]:
    """That others can read the key is said in one line, as any other problem."""
    from remit.explain.messages import told
    from remit.ledger.vault import OpenKeyWarning

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", OpenKeyWarning)
        yield
    speaking = language or os.environ.get("REMIT_LANG") or language_here()
    for line in {told(w.message.problem, speaking) for w in caught if isinstance(w.message, OpenKeyWarning)}:
        typer.echo(line, err=True)
