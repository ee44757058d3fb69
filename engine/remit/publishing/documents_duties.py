"""The duties a document is about, as they stand at a moment: those of cases, and the recurring and standing ones up to a day."""

from __future__ import annotations

from datetime import datetime

from remit.engine import Engine
from remit.errors import LedgerError
from remit.model.obligation import Obligation
from remit.semantics.law import Law
from remit.semantics.obligations import agenda_obligations, knowable


def duties(engine: Engine, at: datetime, horizon: datetime, unit: str | None) -> tuple[Obligation, ...]:
    """With the steps that say what discharged them; `unit` means the bearer.

    At the engine's own clock a ledger answers from what it has; for any other moment everything is worked out anew.
    """
    agenda = agenda_obligations(Law.of(engine.pack), knowable(engine.events, at), at, horizon)
    known = {o.id for o in agenda}
    whole = engine.answer(agenda=False) if at == engine.now else engine.as_of(at)
    others = mine(tuple(o for o in whole.obligations if o.id not in known), unit)
    return (*(explained(engine, others) if at == engine.now else others), *mine(agenda, unit))


def mine(owed: tuple[Obligation, ...], unit: str | None) -> tuple[Obligation, ...]:
    return tuple(o for o in owed if unit in (None, o.bearer.id))


def explained(engine: Engine, owed: tuple[Obligation, ...]) -> tuple[Obligation, ...]:
    """A ledger keeps duties without their explanation; in memory they have it."""
    try:
        return tuple(engine.durable.explained(owed))
    except LedgerError:
        return owed
