"""Two answers → what changed between them, named for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from remit.model.obligation import Change, Delta, Obligation
from remit.model.terms import Status

#: What the new status announces.
NAMES: Mapping[Status, str] = {
    Status.DONE: "discharged",
    Status.DONE_LATE: "discharged",
    Status.WITHDRAWN: "withdrawn",
    Status.OVERDUE: "overdue",
    Status.BREACHED: "breached",
    Status.WAIVED: "waived",
    Status.SUSPENDED: "suspended",
    Status.SUPERSEDED: "superseded",
    Status.TRANSFERRED: "transferred",
    Status.DISPUTED: "disputed",
    Status.UNDECIDED: "undecided",
    Status.PENDING: "pending",
}


def changes(before: Iterable[Obligation], after: Iterable[Obligation]) -> Delta:
    """Created, opened, overdue, discharged, breached, withdrawn …; `rescheduled` and `updated` for what kept its status.

    `handed_over` is what the bearer has done and the recipient has not acknowledged.
    An obligation that nothing supports any more, not even as withdrawn, is `gone`.
    """
    old = {o.id: o for o in before}
    new = {o.id: o for o in after}
    if not old:  # as in every new case
        return Delta(tuple([Change(named(None, new[key]), None, new[key]) for key in sorted(new)]))
    found = [Change(named(old.get(key), o), old.get(key), o) for key, o in new.items() if old.get(key) != o]
    found += [Change("gone", o, None) for key, o in old.items() if key not in new]
    return Delta(in_order(found))


def in_order(found: Iterable[Change]) -> tuple[Change, ...]:
    """Changes in the one order in which they are told."""
    told = tuple(found)
    return told if len(told) < 2 else tuple(sorted(told, key=lambda c: (c.obligation.id, c.what)))


def named(before: Obligation | None, after: Obligation) -> str:
    if before is None:
        return "withdrawn" if after.status is Status.WITHDRAWN else "created"
    if after.handover_open and not before.handover_open:
        return "handed_over"
    if before.status is not after.status:
        opened = "resumed" if before.status is Status.SUSPENDED else "opened"
        return NAMES.get(after.status, opened)
    moments = [(o.deadline.opens, o.deadline.due, o.deadline.latest) for o in (before, after)]
    return "rescheduled" if moments[0] != moments[1] else "updated"
