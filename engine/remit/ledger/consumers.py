"""Other programs read what changed, each change exactly once: by its number in the outbox."""

from __future__ import annotations

from sqlalchemy import select

from remit.errors import LedgerError, Origin
from remit.ledger.database import value
from remit.ledger.schema import CONSUMERS
from remit.ledger.store import Message, Store
from remit.ledger.writing import NAME_LENGTH, Writing, too_large


def consume(store: Store, name: str, limit: int = 1000) -> tuple[Message, ...]:
    """The changes after the last one a consumer acknowledged, in order; the same ones again until it acknowledges."""
    return store.outbox(store.consumed(name), limit)


def acknowledge(store: Store, name: str, number: int) -> None:
    """Note that a consumer has dealt with every change up to `number`; the same number again changes nothing.

    Raises:
        LedgerError: RM730, there is no change of that number yet, or a later one was acknowledged; RM720, the name is too long.
    """
    if not name or len(name) > NAME_LENGTH:
        raise too_large(name, f"a consumer's name of 1 to {NAME_LENGTH} characters", Origin())

    def work(ledger: Writing) -> None:
        known = value(ledger.connection.execute(select(CONSUMERS.c.number).where(CONSUMERS.c.name == name)).first())
        read, last = int(known or 0), ledger.head.outbox
        if not read <= number <= last:
            raise LedgerError(
                "RM730", "not-in-the-outbox", found=str(number), expected=f"a number from {read} to {last}",
                hint="a consumer only goes forward, and never beyond what there is",
            )  # fmt: skip
        if known is None:
            ledger.connection.execute(CONSUMERS.insert(), {"name": name, "number": number})
        else:
            moved = CONSUMERS.update().where(CONSUMERS.c.name == name).values(number=number)
            ledger.connection.execute(moved)

    store.write(work)
