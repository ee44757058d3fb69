"""Draft → obligation as it stands at `now`, in one step: as `semantics.build` and `semantics.life`, without grounds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from remit.deadlines.days import end_of_day, midnight
from remit.deadlines.deadline import schedule
from remit.deadlines.suspension import resume_deadline
from remit.expressions.closures import NOTHING
from remit.live.doubts import Doubts
from remit.live.limits import resolved
from remit.live.program import LiveProgram
from remit.live.raising import Draft
from remit.live.record import Acts
from remit.live.records import make_obligation, make_question
from remit.live.rules import Company, LiveRule
from remit.matching.history import in_time
from remit.model.counting import Counting
from remit.model.event import DISPUTE, RECEIPT, RESUMPTION, SUSPENSION, TRANSFER, WAIVER, Event
from remit.model.expression import UNKNOWN
from remit.model.obligation import Deadline, Obligation, Question
from remit.model.rule import Earliest, Timing
from remit.model.terms import Jointly, Modality, Nature, Per, Status
from remit.semantics.build import period_deadline
from remit.semantics.drafts import in_case, moved_ids
from remit.semantics.law import Law
from remit.semantics.life import PERFORMED, after_pauses, names, open_status, pauses, performed_status
from remit.semantics.reorganise import handed_id, handed_over

#: From so many acts on, those of a unit are looked for once, and not for each duty.
MANY = 64


@dataclass(slots=True)
class Life:
    """What the events of its case make of one obligation."""

    status: Status
    deadline: Deadline
    performed_at: datetime | None = None
    performed_by: tuple[str, ...] = ()
    breached_at: datetime | None = None
    handover_open: bool = False
    joined: tuple[str, ...] = ()


class Peered(Protocol):
    """The drafts that were weighed together, of which one asks who else bears its rule."""

    def bearers(self, rule: LiveRule) -> set[str]:
        """Everyone who bears the rule."""
        ...

    def joint(self, key: str, rule: LiveRule) -> set[str]:
        """Everyone who bears the same matter jointly."""
        ...


@dataclass(slots=True, eq=False)
class Setting:
    """What a group of drafts is settled in: the events that may bear on them, their case, and the moment."""

    program: LiveProgram
    acts: Acts
    case: str | None
    peers: Peered
    now: datetime
    aliases: frozenset[str] = frozenset()
    #: Of rules that many acts may discharge, and the units whose acts count: these acts.
    done_by_units: dict[tuple[int, tuple[str, ...]], list[Event]] | None = None


def stand(draft: Draft, key: str, deadline: Deadline, setting: Setting) -> tuple[Obligation, ...]:
    """As it stands at the moment, and where a recorded act gave it to another unit, that unit's as well."""
    if setting.acts.steered(draft.rule):
        given = steered(TRANSFER, draft, acts_upon(draft, key, setting), setting)
        if given:
            owed = settle(draft, key, deadline, setting, taken_by=str(given[-1].data["to_unit"]))
            return tuple(o.bare() for o in handed_over(setting.program.law, owed, given[-1]))
    return (settle(draft, key, deadline, setting),)


def settle(draft: Draft, key: str, deadline: Deadline, setting: Setting, taken_by: str | None = None) -> Obligation:
    """The obligation with its status at the moment; `taken_by` may perform it as well."""
    rule, source, event = draft.rule, draft.rule.rule, draft.situation.event
    span, cause = draft.span, draft.cause
    company = rule.company.find(draft.situation, draft.day, draft.found)
    if setting.acts.quiet(rule):
        life = undisturbed(draft, deadline, setting.now)
    else:
        acting = company if taken_by is None else replace(company, performing=(*company.performing, taken_by))
        life = live(draft, key, deadline, acting, setting, taken_by)
    return make_obligation(
        key,
        source.id,
        source.policy,
        source.article,
        source.article_label,
        rule.quotes,
        source.modality,
        source.action or "",
        draft.nature,
        source.kind,
        draft.bearer,
        company.performers,
        company.to,
        company.cooperating,
        setting.case if event is not None or cause is not None else None,
        event.subject if event is not None else None,
        span.id if span is not None else (cause.period if cause is not None else None),
        life.status,
        draft.reports + life.joined,
        life.deadline,
        life.performed_at,
        life.performed_by,
        life.breached_at,
        draft.rebuttable,
        life.handover_open,
        asked_of(draft, key, company, setting) if in_doubt(draft, company) else (),
        None,
        None,
        rule.inferred,
    )


def undisturbed(draft: Draft, deadline: Deadline, now: datetime) -> Life:
    """Where no act bears on it, the clock alone decides."""
    if draft.verdict is UNKNOWN:
        return Life(Status.UNDECIDED, deadline)
    if draft.rule.maintained:
        return Life(Status.IN_FORCE, deadline)
    return Life(open_status(deadline, now, draft.rule.rule.perdurant), deadline)


def live(draft: Draft, key: str, deadline: Deadline, company: Company, setting: Setting, taken_by: str | None) -> Life:
    """`undecided` waits for a fact whatever the clock says; performed, nothing is left to waive or dispute."""
    steering = acts_upon(draft, key, setting, taken_by) if setting.acts.steered(draft.rule) else ()
    stopped_at = None
    if steering:
        deadline, stopped_at = after_stops(draft, deadline, steering, setting)
    if draft.rule.maintained:
        life = maintained(draft, key, deadline, company, setting)
    else:
        life = achieved(draft, key, deadline, company, setting, steering, stopped_at)
    if stopped_at is not None:
        pause = (stopped_at, life.performed_at)
        calendar = setting.program.law.calendar.at(draft.bearer.place)
        resumed = resume_deadline(deadline, (pause,), calendar=calendar, counting=counting_of(draft))
        deadline = life.deadline = resumed.bare()
    if draft.verdict is UNKNOWN:
        life = Life(Status.UNDECIDED, deadline, life.performed_at, life.performed_by)
    if steering and life.status not in PERFORMED:
        life.status = lifted(draft, steering, setting) or life.status
    return life


def maintained(draft: Draft, key: str, deadline: Deadline, company: Company, setting: Setting) -> Life:
    """In force until breached, or declared finished; a standing norm stays in force."""
    if draft.nature is Nature.STANDING:
        return Life(Status.IN_FORCE, deadline)
    if broken := breaching(draft, key, company, setting):
        known = set(draft.reports)
        joined = tuple(event.id for event in broken if event.id not in known)
        return Life(Status.BREACHED, deadline, breached_at=broken[0].at, joined=joined)
    if draft.rule.rule.modality is Modality.MUST and (done := performing(draft, key, company, setting)):
        return performed(Status.DONE, deadline, done, done[0])
    return Life(Status.IN_FORCE, deadline)


def achieved(
    draft: Draft,
    key: str,
    deadline: Deadline,
    company: Company,
    setting: Setting,
    steering: Sequence[Event],
    stopped_at: datetime | None,
) -> Life:
    """Once, inside the window; while the clock stands still, it is in time."""
    rule = draft.rule.rule
    done = performing(draft, key, company, setting)
    receipts = received(draft, steering, company, setting) if rule.handover and done else []
    handed_over = rule.handover and bool(done) and not receipts
    if done and not handed_over:
        completed = max((*done[:1], *receipts[:1]), key=in_time)
        paused = stopped_at is not None and stopped_at <= completed.at
        status = Status.DONE if paused else performed_status(deadline, completed.at, rule.perdurant)
        return performed(status, deadline, done, completed)
    if broken := breaching(draft, key, company, setting):
        life = Life(Status.BREACHED, deadline, breached_at=broken[0].at)
    elif stopped_at is not None:
        life = Life(Status.SUSPENDED, deadline)
    else:
        life = Life(open_status(deadline, setting.now, rule.perdurant), deadline)
    life.handover_open = handed_over
    return life


def performed(status: Status, deadline: Deadline, done: Sequence[Event], completed: Event) -> Life:
    units = tuple(sorted({event.by for event in done if event.by is not None}))
    return Life(status, deadline, completed.at, units)


# --- what is not known -------------------------------------------------------------------------------


def in_doubt(draft: Draft, company: Company) -> bool:
    """Whether a fact or a desk may be missing; of a breach, also beside what makes it sure."""
    if draft.verdict is UNKNOWN or draft.doubtful or draft.undecided or draft.route.fact is not None or company.asked:
        return True
    return bool(draft.rule.breach_doubts) and draft.rule.breach


def asked_of(draft: Draft, key: str, company: Company, setting: Setting) -> tuple[Question, ...]:
    """The facts that would decide it, then the desks that were not found; each question once."""
    rule, subject = draft.rule.rule, draft.subject
    found = [
        make_question(key, rule.id, setting.case, subject, doubt.fact, doubt.ask, doubt.asked_of)
        for open_draft in (draft, *draft.undecided)
        for doubts in deciding(open_draft)
        for doubt in doubts(open_draft.inside(), NOTHING)
    ]
    missing = company.asked
    if not draft.bearer.routed and draft.route.fact is not None and draft.route.ask is not None:
        missing = ((draft.route.fact, draft.route.ask), *missing)
    found += [make_question(key, rule.id, setting.case, subject, fact, ask) for fact, ask in missing]
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def deciding(draft: Draft) -> list[Doubts]:
    """What may leave it undecided: condition, exception, and whether the event is a breach at all."""
    event = draft.situation.event
    if not draft.rule.breach or event is None:
        return [*draft.rule.doubts]
    return [*draft.rule.doubts, *(doubts for kind, doubts in draft.rule.breach_doubts if kind == event.type)]


# --- which acts bear on it ---------------------------------------------------------------------------


def performing(draft: Draft, key: str, company: Company, setting: Setting) -> Sequence[Event]:
    """Discharging events by a bearer, a performer, or a unit under either."""
    found = setting.acts.discharging(draft.rule, period_of(draft))
    if not found:
        return ()
    cause, units = raised_by(draft, setting), (*bearers(draft, key, setting), *company.performing)
    if len(found) > MANY and draft.span is None:
        found = theirs(found, draft.rule, units, setting)
        return [e for e in found if e.id != cause and bears(draft, e, setting)]
    return [e for e in found if e.id != cause and bears(draft, e, setting) and done_by(e, units, setting.program)]


def theirs(found: Sequence[Event], rule: LiveRule, units: tuple[str, ...], setting: Setting) -> Sequence[Event]:
    """Of a case's acts that may discharge the rule, those of the units; looked through once for all duties of the rule."""
    if setting.done_by_units is None:
        setting.done_by_units = {}
    key = (rule.order, units)
    kept = setting.done_by_units.get(key)
    if kept is None:
        kept = setting.done_by_units[key] = [e for e in found if done_by(e, units, setting.program)]
    return kept


def breaching(draft: Draft, key: str, company: Company, setting: Setting) -> Sequence[Event]:
    """Violating events by, at or about the bearer; of a norm of this case, also those that point at no bearer of it."""
    found = setting.acts.breaching(draft.rule, period_of(draft))
    if not found:
        return ()
    found = [e for e in found if bears(draft, e, setting)]
    if draft.rule.breach:
        cause = raised_by(draft, setting)
        return [e for e in found if e.id == cause]
    ours = bearers(draft, key, setting)
    acting, others = (*ours, *company.performing), setting.peers.bearers(draft.rule) - ours
    program = setting.program
    return [
        e
        for e in found
        if done_by(e, acting, program) or names(e, ours) or not (done_by(e, others, program) or names(e, others))
    ]


def bearers(draft: Draft, key: str, setting: Setting) -> set[str]:
    """Whose acts count: the bearer's; of a joint duty, those of any of its bearers."""
    own = {draft.bearer.id}
    return own | setting.peers.joint(key, draft.rule) if draft.rule.rule.jointly is Jointly.ANY else own


def done_by(act: Event, units: Iterable[str], program: LiveProgram) -> bool:
    """Whether the act counts as one of those units': its own, of one under it, or of its successor."""
    if act.by is None:
        return False
    timeline, by = program.timeline, act.by
    day = timeline.day(act.at)
    for unit in units:
        if timeline.is_under(by, unit, day):
            return True
        heir = timeline.graph.successor(unit, day) if timeline.any_moved(day) else None
        if heir is not None and timeline.is_under(by, heir[0], day):
            return True
    return False


def raised_by(draft: Draft, setting: Setting) -> str | None:
    """The report that is neither its own discharge nor, of a breach, another's."""
    if draft.span is not None or draft.cause is not None or draft.event is None:
        return None
    return draft.event.id if draft.rule.breach or for_one_report(draft, setting) else None


def about(draft: Draft, event: Event) -> bool:
    """Of a duty owed for each person, what is about that person or nobody in particular."""
    return draft.rule.rule.per is not Per.SUBJECT or event.subject in (draft.subject, None)


def bears(draft: Draft, event: Event, setting: Setting) -> bool:
    return about(draft, event) and in_bounds(draft, event, setting)


def in_bounds(draft: Draft, event: Event, setting: Setting) -> bool:
    """A recurring duty's act may name its period; else the moment it was done decides."""
    span = draft.span
    if span is not None:
        if "period" in event.data:
            return event.data["period"] == span.id
        calendar = setting.program.law.calendar.at(draft.bearer.place)
        return midnight(span.opens, calendar) <= event.at < end_of_day(span.last, calendar)
    if draft.cause is not None:
        return draft.arose_at is None or event.at >= draft.arose_at
    return not for_one_report(draft, setting) or draft.event is None or event.at >= draft.event.at


def for_one_report(draft: Draft, setting: Setting) -> bool:
    """Made for one report: neither the report itself nor what was done before it discharges it."""
    if draft.span is not None or draft.cause is not None or draft.event is None:
        return False
    return setting.case is None or draft.rule.rule.per is Per.EVENT


def period_of(draft: Draft) -> str | None:
    return None if draft.span is None else draft.span.id


# --- acts upon it ------------------------------------------------------------------------------------


def acts_upon(draft: Draft, key: str, setting: Setting, taken_by: str | None = None) -> Sequence[Event]:
    """Acts that name its rule, or the obligation by any id it has: at successors, in a merged case, where it was given."""
    bearer = draft.bearer.id
    ids = [key, *moved_ids(setting.program.law, key, bearer), *(in_case(key, name) for name in setting.aliases)]
    if taken_by is not None:
        ids.append(handed_id(key, bearer, taken_by))
    return [e for e in setting.acts.steering(draft.rule.rule.id, frozenset(ids)) if about(draft, e)]


def steered(kind: str, draft: Draft, steering: Sequence[Event], setting: Setting) -> list[Event]:
    """Acts of this kind: upon this very obligation at any time, upon the rule within the bounds.

    A resumption ends whatever pause still runs, also past the end of the period.
    """
    return [
        e
        for e in steering
        if e.type == kind and ("obligation" in e.data or kind == RESUMPTION or in_bounds(draft, e, setting))
    ]


def received(draft: Draft, steering: Sequence[Event], company: Company, setting: Setting) -> list[Event]:
    """What the recipients acknowledged; anybody's word where the rule names none."""
    found = steered(RECEIPT, draft, steering, setting)
    return [e for e in found if not company.receiving or done_by(e, company.receiving, setting.program)]


def after_stops(
    draft: Draft, deadline: Deadline, steering: Sequence[Event], setting: Setting
) -> tuple[Deadline, datetime | None]:
    """The deadline after the pauses that have ended, and since when one that still runs stops it."""
    told = pauses(steered(SUSPENSION, draft, steering, setting), steered(RESUMPTION, draft, steering, setting))
    if not told:
        return deadline, None
    law = setting.program.law
    limited = replace(deadline, limit=governing(law, draft, deadline))
    found, stopped_at = after_pauses(limited, told, law.calendar.at(draft.bearer.place), counting_of(draft))
    return (found.bare() if stopped_at is None else found), stopped_at


def governing(law: Law, draft: Draft, deadline: Deadline) -> Timing | None:
    """The limit in whose units a stopped clock is counted: of several, the one that set `due`."""
    timing = draft.rule.rule.timing
    if not isinstance(timing, Earliest):
        return resolved(law, timing)
    calendar = law.calendar.at(draft.bearer.place)
    if draft.span is not None:
        return period_deadline(law, draft.rule.source, draft.span, calendar).limit
    known = deadline.opens or law.midnight(draft.day)
    happened = known if draft.cause is not None or draft.event is None else draft.event.at
    return schedule(
        timing,
        happened_at=happened,
        known_at=known,
        calendar=calendar,
        readings=law.readings,
        counting=counting_of(draft),
    ).limit


def counting_of(draft: Draft) -> Counting:
    """The convention of its policy."""
    return draft.rule.source.policy.counting


def lifted(draft: Draft, steering: Sequence[Event], setting: Setting) -> Status | None:
    """Waived or disputed by a recorded act."""
    if steered(WAIVER, draft, steering, setting):
        return Status.WAIVED
    return Status.DISPUTED if steered(DISPUTE, draft, steering, setting) else None
