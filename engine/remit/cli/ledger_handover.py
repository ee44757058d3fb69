"""Who may acknowledge a hand-over. A receipt that changes nothing would leave both desks believing it was done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from remit.errors import LedgerError, Origin, nearest

if TYPE_CHECKING:
    from remit.cli.ledger_session import Desk
    from remit.model.obligation import Obligation


def received(desk: Desk, target: str, case: str | None, by: str | None, at: datetime) -> str | None:
    """The unit that acknowledges: the one named, else the only recipient there is.

    Raises:
        LedgerError: RM770, the duty is not complete by a receipt; RM771, the unit does not receive it.
    """
    session = desk.session
    meant = [o for o in desk.engine.obligations(case=case) if target in {o.id, o.rule}]
    rules = {target, *(o.rule for o in meant)}
    found = [rule for name in rules if (rule := session.pack.rules.get(name)) is not None]
    if not any(rule.handover for rule in found):
        raise LedgerError("RM770", "nothing-to-acknowledge", found=target, expected="a duty that is complete only with the recipient's receipt", origin=Origin(case=case))  # fmt: skip
    unit = session.name(by, "unit") if by else None
    receiving = recipients(meant)
    if not receiving:  # anybody's word, or no such duty yet
        return unit
    if unit is None and len(receiving) == 1:
        return receiving[0]
    day = at.astimezone(session.pack.calendar.zone).date()
    if unit is None or not any(session.pack.graph.is_under(unit, one, day) for one in receiving):
        raise LedgerError("RM771", "not-the-recipient", found=unit or "", expected=f"one of {', '.join(receiving)}", suggestion=nearest(unit or "", receiving), hint="name the recipient with --by")  # fmt: skip
    return unit


def recipients(owed: list[Obligation]) -> list[str]:
    """The desks that receive any of these duties."""
    return sorted({party.id for found in owed for party in found.to if party.desk})
