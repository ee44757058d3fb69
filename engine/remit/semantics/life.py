"""Settle one obligation: its status at `now`, read off what was done, what was violated, and the clock.

Two axes are kept apart: whether it is in force, and whether it was performed. `Acts` holds the events of the case (or
of the unit's agenda) that bear on it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from remit.deadlines.calendar import Calendar
from remit.deadlines.suspension import Pause, resume_deadline
from remit.matching.history import History, in_time
from remit.matching.matcher import act_fits
from remit.model.counting import Counting
from remit.model.event import DISPUTE, RECEIPT, RESUMPTION, SUSPENSION, WAIVER, Event
from remit.model.explanation import Why
from remit.model.obligation import Deadline, Obligation
from remit.model.records import record
from remit.model.rule import Act
from remit.model.terms import Kind, Modality, Nature, Per, Status
from remit.model.text import Text
from remit.program.program import CompiledRule

#: May this act count as that unit's? (its own, of one under it, or of its successor, on the day it was done)
ActsFor = Callable[[Event, str], bool]

#: Performed, so that nothing is left to waive or dispute.
PERFORMED = frozenset({Status.DONE, Status.DONE_LATE})
#: Missed or breached, so that what `then` names is set off.
FAILED = frozenset({Status.OVERDUE, Status.DONE_LATE, Status.BREACHED})


@record
class Acts:
    """The events that may change one obligation's life, and who may act for whom.

    `since` bounds the acts of an obligation made for one report, `raised_by`: neither what was done for an earlier report of
    the same kind nor the report itself discharges it, and no other breach is its breach. `until` closes a period. `others`
    bear the same rule in the same case. `ids` are those of the obligation itself, also as its successors' desks see it.
    """

    rule: CompiledRule
    history: History
    calendar: Calendar
    acts_for: ActsFor
    ids: frozenset[str]
    bearers: tuple[str, ...]
    subject: str | None
    performers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    since: datetime | None = None
    raised_by: str | None = None
    until: datetime | None = None
    period: str | None = None

    def about(self, kind: str) -> Iterator[Event]:
        """Events of a type about the same subject."""
        for event in self.history.by_type.get(kind, ()):
            if self.rule.rule.per is not Per.SUBJECT or event.subject in (self.subject, None):
                yield event

    def _in_bounds(self, event: Event) -> bool:
        """A recurring duty's act may name its period; else the moment it was done decides."""
        if self.period is not None and "period" in event.data:
            return event.data["period"] == self.period
        return (self.since is None or event.at >= self.since) and (self.until is None or event.at < self.until)

    def performing(self) -> tuple[Event, ...]:
        """Discharging events by a bearer, a performer, or a unit under either."""
        return tuple(e for e in self._fitting(self.rule.discharges) if e.id != self.raised_by and self._by_ours(e))

    def breaching(self) -> tuple[Event, ...]:
        """Violating events by, at or about the bearer; of a norm of this case, also those that point at no bearer of it."""
        found = self._fitting(self.rule.breaches)
        if self.rule.breach_triggered:
            return tuple(e for e in found if e.id == self.raised_by)
        return tuple(e for e in found if self._laid_at_ours(e) or not self._laid_at(e, self.others))

    def receipts(self) -> tuple[Event, ...]:
        """What the recipients acknowledged; anybody's word where the rule names none."""
        return tuple(e for e in self.steering(RECEIPT) if not self.recipients or self._by(e, self.recipients))

    def steering(self, kind: str) -> tuple[Event, ...]:
        """Waivers, suspensions, disputes and receipts: in the bounds for this rule, at any time for this very obligation.

        A resumption ends whatever pause still runs, also past the end of the period.
        """
        return tuple(
            e
            for e in self.about(kind)
            if e.data.get("rule", self.rule.rule.id) == self.rule.rule.id
            and (
                e.data["obligation"] in self.ids
                if "obligation" in e.data
                else "rule" in e.data and (kind == RESUMPTION or self._in_bounds(e))
            )
        )

    def _fitting(self, acts: tuple[Act, ...]) -> tuple[Event, ...]:
        """In time; each event once, whichever of the acts it is."""
        found = {
            event.id: event
            for act in acts
            for event in self.about(act.event)
            if self._in_bounds(event) and act_fits(act, self.rule, event, self.history) is True
        }
        return tuple(sorted(found.values(), key=in_time))

    def _by(self, event: Event, units: tuple[str, ...]) -> bool:
        return event.by is not None and any(self.acts_for(event, unit) for unit in units)

    def _laid_at(self, event: Event, units: tuple[str, ...]) -> bool:
        return self._by(event, units) or names(event, units)

    def _by_ours(self, event: Event) -> bool:
        return self._by(event, self.bearers + self.performers)

    def _laid_at_ours(self, event: Event) -> bool:
        return self._by_ours(event) or names(event, self.bearers)


def settle(obligation: Obligation, acts: Acts, now: datetime) -> Obligation:
    """The obligation with its status at `now`.

    `undecided` waits for a fact whatever the clock says. Past `latest`, a duty that lives on is overdue, any
    other is breached; `due` and `latest` themselves are still in time (24:00 of the last day).
    """
    rule = acts.rule.rule
    told = pauses(acts.steering(SUSPENSION), acts.steering(RESUMPTION))
    counting = acts.rule.policy.counting
    deadline, stopped_at = after_pauses(obligation.deadline, told, acts.calendar, counting)
    found = replace(obligation, deadline=deadline)
    if rule.modality is not Modality.MUST or found.kind is Kind.MAINTENANCE:
        found = settle_maintenance(found, acts)
    else:
        found = settle_achievement(found, acts, now, stopped_at)
    if stopped_at is not None:
        pause = (stopped_at, found.performed_at)
        deadline = resume_deadline(deadline, (pause,), calendar=acts.calendar, counting=counting)
        found = replace(found, deadline=deadline)
    if obligation.status is Status.UNDECIDED:
        found = replace(obligation, deadline=deadline, performed_at=found.performed_at, performed_by=found.performed_by)
    return found if found.status in PERFORMED else lifted(found, acts)


def lifted(obligation: Obligation, acts: Acts) -> Obligation:
    """Waived or disputed by a recorded act, whatever else holds of it."""
    for kind, status, claim, holds in (
        (WAIVER, Status.WAIVED, WAIVED, True),
        (DISPUTE, Status.DISPUTED, DISPUTED, None),
    ):
        if recorded := acts.steering(kind):
            return with_step(replace(obligation, status=status), recorded[0], claim, holds=holds)
    return obligation


def settle_maintenance(obligation: Obligation, acts: Acts) -> Obligation:
    """In force until breached; a duty kept up may also be declared finished.

    A standing norm stays in force: each breach of it raises an obligation of its own.
    """
    standing = obligation.nature is Nature.STANDING
    if not standing and (broken := acts.breaching()):
        return breached(replace(obligation, triggered_by=join(obligation.triggered_by, broken)), broken[0])
    done = acts.performing() if obligation.modality is Modality.MUST else ()
    if done and not standing:
        return performed(obligation, done, Status.DONE, done[0])
    return replace(obligation, status=Status.IN_FORCE)


def settle_achievement(obligation: Obligation, acts: Acts, now: datetime, stopped_at: datetime | None) -> Obligation:
    """Once, inside the window; while the clock stands still, it is in time."""
    done = acts.performing()
    receipts = acts.receipts() if acts.rule.rule.handover and done else ()
    obligation = replace(obligation, handover_open=acts.rule.rule.handover and bool(done) and not receipts)
    if done and not obligation.handover_open:
        completed = max((*done[:1], *receipts[:1]), key=in_time)
        paused = stopped_at is not None and stopped_at <= completed.at
        status = performed_status(obligation.deadline, completed.at, acts.rule.rule.perdurant)
        status = Status.DONE if paused else status
        return performed(obligation, done, status, completed)
    if broken := acts.breaching():
        return breached(obligation, broken[0])
    if stopped_at is not None:
        return replace(obligation, status=Status.SUSPENDED)
    return replace(obligation, status=open_status(obligation.deadline, now, acts.rule.rule.perdurant))


def breached(obligation: Obligation, act: Event) -> Obligation:
    found = replace(obligation, status=Status.BREACHED, breached_at=act.at)
    return with_step(found, act, VIOLATED, holds=False)


def names(event: Event, units: Container[str]) -> bool:
    """Whether the event happened at one of the units, or one of its attributes names one."""
    return any(isinstance(value, str) and value in units for value in (event.place, *event.data.values()))


def performed_status(deadline: Deadline, at: datetime, perdurant: bool) -> Status:
    """Done in time, late, or after the last lawful moment."""
    if deadline.due is None or at <= deadline.due:
        return Status.DONE
    past_latest = deadline.latest is not None and at > deadline.latest
    return Status.BREACHED if past_latest and not perdurant else Status.DONE_LATE


def open_status(deadline: Deadline, now: datetime, perdurant: bool) -> Status:
    """Where a duty stands that nobody has performed."""
    if deadline.opens is not None and now < deadline.opens:
        return Status.PENDING
    if deadline.due is None or now <= deadline.due:
        return Status.ACTIVE
    past_latest = deadline.latest is not None and now > deadline.latest
    return Status.BREACHED if past_latest and not perdurant else Status.OVERDUE


def failed_at(obligation: Obligation, now: datetime) -> datetime | None:
    """When the duty was first missed or breached, or None; what `then` sets off counts from here.

    What was overdue when it arose was missed then, and not before anybody could know of it.
    """
    if obligation.status not in FAILED:
        return None
    opens, missed = obligation.deadline.opens, obligation.deadline.due
    if obligation.kind is not Kind.ACHIEVEMENT:
        missed = None
    elif missed is not None and opens is not None:
        missed = max(missed, opens)
    return min((m for m in (missed, obligation.breached_at) if m is not None and m <= now), default=None)


def pauses(suspensions: Sequence[Event], resumptions: Sequence[Event]) -> tuple[Pause, ...]:
    """From when to when the clock stood still, in order; the last pause may still run."""
    stops, starts = [(e.at, True) for e in suspensions], [(e.at, False) for e in resumptions]
    found: list[Pause] = []
    for at, stopping in sorted(stops + starts):
        running = not found or found[-1][1] is not None
        if stopping and running:
            found.append((at, None))
        elif not stopping and not running:
            found[-1] = (found[-1][0], at)
    return tuple(found)


def after_pauses(
    deadline: Deadline, told: tuple[Pause, ...], calendar: Calendar, counting: Counting
) -> tuple[Deadline, datetime | None]:
    """The deadline after the pauses that have ended, and since when one that still runs keeps it from falling due."""
    ended = tuple(pause for pause in told if pause[1] is not None)
    found = resume_deadline(deadline, ended, calendar=calendar, counting=counting)
    running = (at for at, _ in told[len(ended) :])
    return found, next((at for at in running if found.due is None or at <= found.due), None)


def performed(obligation: Obligation, done: tuple[Event, ...], status: Status, completed: Event) -> Obligation:
    """`done` says who did it, `completed` when that was enough: the first of them, or the receipt for it."""
    units = tuple(sorted({event.by for event in done if event.by is not None}))
    found = replace(obligation, status=status, performed_at=completed.at, performed_by=units)
    return with_step(found, completed, Text("已履行", "performed"), holds=True)


def with_step(obligation: Obligation, event: Event, claim: Text, *, holds: bool | None) -> Obligation:
    step = Why("discharge", claim, value=event.at.isoformat(), source=event.id, holds=holds)
    return replace(obligation, grounds=(*obligation.grounds, step))


def join(ids: tuple[str, ...], events: tuple[Event, ...]) -> tuple[str, ...]:
    return ids + tuple(event.id for event in events if event.id not in ids)


WAIVED = Text("已依权限免除", "waived by a recorded act")
DISPUTED = Text("有争议，待决定", "disputed, to be decided")
VIOLATED = Text("违反该义务的行为已被报告", "an act that violates it was reported")
