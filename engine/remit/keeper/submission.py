"""Events that are kept in one transaction, which may be worked out before its turn."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import Protocol

from remit.ledger.ahead import Asked, Foreseen
from remit.ledger.writing import Writing
from remit.model.event import Event
from remit.model.obligation import Delta
from remit.model.records import record


class Taker(Protocol):
    """Takes events into a ledger."""

    def unread(self, events: Iterable[Event]) -> dict[str, str]:
        """The cases of which nothing was read yet, each with the name of its matter."""
        ...

    def take(self, ledger: Writing, events: tuple[Event, ...]) -> Delta:
        """Keep them inside a transaction, and say what they changed."""
        ...

    def can_foresee(self, events: tuple[Event, ...], foreseen: Foreseen) -> bool:
        """Whether nothing needs to be read for it, once what was looked up is known."""
        ...

    def take_ahead(self, ledger: Writing, events: tuple[Event, ...]) -> Delta:
        """As `take`, before the transaction's turn."""
        ...


@record
class Submission:
    """Events that are kept in one transaction."""

    keeper: Taker
    events: tuple[Event, ...]

    @property
    def cases(self) -> Iterable[str | None]:
        return map(attrgetter("case"), self.events)

    def asked(self) -> Asked:
        return Asked(frozenset([event.id for event in self.events]), self.keeper.unread(self.events))

    def run(self, ledger: Writing) -> Delta:
        return self.keeper.take(ledger, self.events)

    def can_foresee(self, foreseen: Foreseen) -> bool:
        return self.keeper.can_foresee(self.events, foreseen)

    def run_ahead(self, ledger: Writing) -> Delta:
        return self.keeper.take_ahead(ledger, self.events)
