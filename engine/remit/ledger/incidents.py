"""The times the native matcher failed and the reference evaluator answered: nothing is missing, and somebody may want to know why."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from remit.ledger.schema import INCIDENTS
from remit.ledger.store import Store


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure: after which entry, of which back end, at which case (None: of none), and what went wrong."""

    position: int
    backend: str
    case: str | None
    what: str

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def incidents(store: Store) -> tuple[Failure, ...]:
    """All of them, in order."""
    query = select(INCIDENTS.c.position, INCIDENTS.c.backend, INCIDENTS.c.case_id, INCIDENTS.c.what)
    with store.database.reading() as connection:
        return tuple(Failure(*row) for row in connection.execute(query.order_by(INCIDENTS.c.number)))
