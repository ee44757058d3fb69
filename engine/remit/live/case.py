"""`LiveCase`: one case as it stands, which takes one event after another and the passing of time.

An event that comes in order, and states nothing that a rule already at work reads, leaves every duty of the case as it was
raised: only the rules it sets off are judged, only the duties it may perform or violate are settled again. In order means
that it happened and became known last, amends and moves nothing, and leaves open of whom the case speaks. Everything else
is worked out whole, by `LiveEvaluator`, and the state is made anew from that. A case is *whole* for good where a rule may be
set off that is not `steady`, where two rules may set each other aside, or where a report was amended or the case was moved.

A duty is a `Slot`. Slots stand under their rule, in the order in which they were raised; a moment at which one of them turns
by itself is called in `Watch`. What changed is noted there as well, until somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from remit.expressions.situation import Situation
from remit.live.audience import Audience, Candidates
from remit.live.drafts import Peers, drafts, precedence
from remit.live.heard import Heard
from remit.live.lapse import lapsed
from remit.live.life import Setting, done_by, stand
from remit.live.program import LiveProgram
from remit.live.raising import Draft, case_id, raised
from remit.live.record import STEERING, Record
from remit.live.rules import ALONE, LiveRule
from remit.live.settled import consequences, deadline
from remit.live.slot import MANY, Slot, Slots
from remit.live.steady import Hearing, key_of
from remit.live.watch import Watch
from remit.matching.history import AMENDMENTS, History, in_time
from remit.matching.moves import MOVES
from remit.model.event import Event
from remit.model.expression import UNKNOWN
from remit.model.obligation import Obligation
from remit.model.terms import Jointly, Per, Status
from remit.semantics.drafts import escaped, under_bearer
from remit.semantics.wakes import turns_at

#: Acts upon reports and cases, which make it another case than it was.
ACTS_UPON_CASES = frozenset({*AMENDMENTS, *MOVES})
NO_SLOTS = Slots()
NO_RULES: frozenset[int] = frozenset()
NO_BEARERS: dict[int, set[str]] = {}
NO_GROUPS: dict[int, dict[tuple[str, ...] | None, dict[Slot, None]]] = {}


def rule_of(slot: Slot) -> int:
    return slot.rule.order


class LiveCase(Heard):
    """The case of that name; its state is for one thread, and for the moments its `watch` has reached."""

    __slots__ = (
        "_bearers", "_contending", "_groups", "_known", "_lapsed", "_last", "_several", "_slots", "_subject", "_told", "_watch", "_whole",
        "case", "events", "wakes_at",
    )  # fmt: skip

    def __init__(self, audience: Audience, watch: Watch, case: str | None) -> None:
        super().__init__(audience)
        self._watch = watch
        self.case = case
        #: What was reported in it, in the order in which it came.
        self.events: list[Event] = []
        self._told: tuple[Event, ...] | None = None
        self._whole: tuple[Obligation, ...] | None = None
        self.wakes_at: datetime | None = None
        self._begin()

    def _begin(self) -> None:
        """As if nothing had been reported."""
        self._slots = NO_SLOTS
        #: The rules at work that another may set aside, or that may set another aside.
        self._contending = NO_RULES
        self._groups: dict[int, dict[tuple[str, ...] | None, dict[Slot, None]]] = NO_GROUPS
        self._last: Event | None = None
        self._known: datetime | None = None
        self._subject: str | None = None
        self._several = False
        self._hear_anew()
        self._bearers: dict[int, set[str]] = NO_BEARERS
        self._lapsed: tuple[Obligation, ...] = ()

    @property
    def program(self) -> LiveProgram:
        return self._audience.program

    # --- in --------------------------------------------------------------------------------------------

    def take(self, event: Event, knowable: datetime, now: datetime) -> None:
        """One more report of this case, and when its bearers could know of it."""
        self.events.append(event)
        if self._whole is not None or not (self._comes_in_order(event, knowable, now) and self._hear(event, now)):
            self.work_out_whole(now)

    def take_linked(self, told: tuple[Event, ...], now: datetime) -> None:
        """Everything told of this case and of those it was merged with or split from."""
        self._told = told
        self.work_out_whole(now)

    def settle(self, slots: Sequence[Slot], now: datetime) -> None:
        """Time has come for these duties; for none in particular, where the case is whole."""
        if self._whole is not None:
            self.work_out_whole(now)
            return
        setting = self._setting(now)
        for slot in slots:
            if slot.wakes_at is not None:
                self._work_out(slot, setting)
        self.look_around(now, slots)

    def look_around(self, now: datetime, slots: Iterable[Slot] | None = None) -> None:
        """Where a unit that has ceased has a part in any of these duties, or of all of them, the case is worked out whole."""
        if self._whole is None and self._moved(self._slots if slots is None else slots):
            self.work_out_whole(now)

    def _comes_in_order(self, event: Event, knowable: datetime, now: datetime) -> bool:
        """Whether it is the last by every count, and nothing but a report or an act."""
        last = self._last
        if knowable > now or event.type in ACTS_UPON_CASES:
            return False
        if last is not None and (known := self._known) is not None:
            if not (event.at > last.at or (event.at == last.at and in_time(event) > in_time(last))):
                return False
            if not knowable > known and (knowable < known or self._lapsed):
                return False
        self._known = knowable
        return True

    def _hear(self, event: Event, now: datetime) -> bool:
        """Take in what comes in order; false where it bears on more than can be told here."""
        found = event if event.subject == self._subject else self._about(event)
        if found is None or found.type in self._kinds:
            return False
        audience, watch = self._audience, self._watch
        if not (audience.stated.isdisjoint(found.data) or self._state(found)):
            return False
        self._last = found
        candidates = audience.candidates(found)
        heeded = found.type in audience.heeded
        if not (candidates or heeded):
            return True
        touched: dict[Slot, None] = {}
        if heeded:
            self._note(found)
            touched = self._heard_by(found)
        for rule, hearing in candidates:
            if hearing is None or not (audience.deaf[rule.order] or self._admit(rule, hearing, found.subject)):
                return False
        if candidates and not self._raise(candidates, found, now, touched):
            return False
        if touched:
            setting = self._setting(now)
            for slot in touched:
                self._work_out(slot, setting)
        return not (watch.gone and self._moved(touched))

    def _about(self, event: Event) -> Event | None:
        """The event, about the one person of the case where it names none; None where it names another than was known."""
        subject = event.subject
        if self._several:
            return event
        if subject is None:
            return replace(event, subject=self._subject)
        if self._last is not None:
            return None
        self._subject = subject
        return event

    def _admit(self, rule: LiveRule, hearing: Hearing, subject: str | None) -> bool:
        """The rule is at work in the case, if no other there may set it aside or be set aside by it."""
        rivals = self._audience.rivals[rule.order]
        if rivals:
            if not rivals.isdisjoint(self._contending):
                return False
            self._contending |= {rule.order}
        if hearing.kinds:
            self._kinds |= hearing.kinds
        if not hearing.matter <= self._matter_read:
            self._matter_read = self._matter_read | hearing.matter if self._matter_read else hearing.matter
        if hearing.facts:
            if self._reads is None:
                self._reads = {}
            self._reads[subject] = self._reads.get(subject, frozenset()) | hearing.facts
        return True

    # --- what it sets off ------------------------------------------------------------------------------

    def _raise(self, candidates: Candidates, event: Event, now: datetime, touched: dict[Slot, None]) -> bool:
        """Judge the rules for the event; duties that are to be settled are `touched`. False where one cannot be told here."""
        audience, program = self._audience, self._audience.program
        at = program.timeline.local(event.at)
        day = at.date()
        plain: Situation | None = None
        for rule, hearing in candidates:
            if hearing is None or not rule.first <= day <= rule.last:
                continue
            if audience.asked and not audience.meant(rule, hearing, event):
                continue
            if hearing.kinds:
                situation = self.situation(event, hearing.kinds)
            else:
                judge = rule.plain
                verdict = True if judge is None else judge(event, self)
                if verdict is True:
                    spared = UNKNOWN if judge is None else rule.unless is not None and rule.unless(event, self)
                    if spared is True or (spared is not UNKNOWN and self._raise_plainly(rule, event, at, day, now)):
                        continue
                elif verdict is not UNKNOWN:
                    continue
                situation = plain = plain or self.situation(event)
            for draft in raised(program, rule, event, day, situation):
                key = case_id(rule, draft.bearer.id, event, self.case, escaped(self.case or "-"))
                slot = self._slots.find(key)
                if slot is None:
                    draft.arose_at = self._known
                    if self._lapsed and any(o.id == key for o in self._lapsed):
                        return False
                    slot = self._add(key, draft, self._setting(now), touched)
                    if self._watch.gone and self._moved((slot,)):
                        return False
                elif not self._join(slot, draft, event, touched):
                    return False
        return True

    def _raise_plainly(self, rule: LiveRule, event: Event, at: datetime, day: date, now: datetime) -> bool:
        """What a rule raises by its condition alone, of which that is true, where no act bears on it; false where it takes more."""
        known_at, watch, case, slots = self._known, self._watch, self.case, self._slots
        if known_at is None or self._lapsed or watch.gone or not self.quiet(rule):
            return False
        # Moments of one zone are compared without asking the zone.
        clock = at if now is event.at else self._audience.program.timeline.clock(now)
        suffix = escaped(case or "-")
        for desks in rule.bearers:
            route = desks.known(event.place, day) if desks.by_place else None
            if route is None:
                route = desks.find(self.situation(event), day, None)
            for party, unit in route.desks:
                key, company = case_id(rule, party.id, event, case, suffix), ALONE
                if not rule.company.none:
                    company = rule.company.find(self.situation(event), day, unit if party.routed else None)
                if route.fact is not None or company.asked or not (rule.unlike or slots.find(key) is None):
                    return False
                slot = Slot(self, key, rule, event, route, party, company, None)
                owed = slot.arise(event, at, at if known_at is event.at else known_at, clock)
                self._call(slot, owed, clock)
                slots = self._place(slot)
                watch.note(case, key, None, owed)
        return True

    def _add(self, key: str, draft: Draft, setting: Setting, touched: dict[Slot, None]) -> Slot:
        """One duty more; those of its rule that look at who else bears it are to be settled again."""
        rule, alike = draft.rule, self._slots.of(draft.rule.order)
        if alike and not self.quiet(rule):
            matter = under_bearer(key)
            if rule.rule.jointly is Jointly.ANY:
                touched |= {other: None for other in alike if under_bearer(other.key) == matter}
            if rule.breaches and draft.bearer.id not in self.bearers(rule):
                touched |= dict.fromkeys(alike)
        slot = Slot.of(self, key, draft)
        shown = self._settle(slot, draft, setting)
        self._place(slot)
        for o in shown:
            self._watch.note(self.case, o.id, None, o)
        return slot

    def _place(self, slot: Slot) -> Slots:
        """A new one under its rule; all there are."""
        if self._slots is NO_SLOTS:
            self._slots = Slots()
        self._slots.add(slot)
        if self._bearers and (bearers := self._bearers.get(slot.rule.order)) is not None:
            bearers.add(slot.bearer.id)
        if self._groups and (groups := self._groups.get(slot.rule.order)) is not None:
            groups.setdefault(slot.group, {})[slot] = None
        return self._slots

    def _join(self, slot: Slot, draft: Draft, event: Event, touched: dict[Slot, None]) -> bool:
        """One more report of a matter; false where it is surer than the one the duty is judged by."""
        kept = slot.draft
        if precedence(draft) < precedence(kept):
            return False
        if kept.reports[-1] == event.id:
            return True
        kept.reports = (*kept.reports, event.id)
        slot.keep(kept)
        touched[slot] = None
        return True

    # --- what it performs, violates or steers ----------------------------------------------------------

    def _heard_by(self, event: Event) -> dict[Slot, None]:
        """The duties that were there before and on which the event may bear."""
        found: dict[Slot, None] = {}
        if event.type in self._audience.acts:
            for order in self._audience.hearers(key_of(event), self._slots.rules):
                for slot in self._standing(order, event):
                    if self._bears(slot, event):
                        found[slot] = None
        if event.type in STEERING:
            found |= dict.fromkeys(self._steered_by(event))
        return found

    def _standing(self, order: int, event: Event) -> Iterable[Slot]:
        """The duties of a rule, without those that are closed and that this act leaves as they are."""
        slots = self._slots.of(order)
        if len(slots) <= MANY:
            return [slot for slot in slots if not (slot.closed and event.by in slot.owed.performed_by)]
        if order not in self._groups:
            if not self._groups:
                self._groups = {}
            groups = self._groups[order] = {}
            for slot in slots:
                groups.setdefault(slot.group, {})[slot] = None
        found = self._groups[order].items()
        return [slot for by, group in found if by is None or event.by not in by for slot in group]

    def _bears(self, slot: Slot, event: Event) -> bool:
        """Whether the act may perform or violate the duty, or what followed from it; never no where it does."""
        if slot.followed or slot.more:
            return True
        rule = slot.rule
        if event.type not in rule.heard:
            return False
        if rule.rule.per is Per.SUBJECT and event.subject not in (slot.subject, None):
            return False
        if event.type in rule.breached_by:
            return True
        units = self.joint(slot.key, rule) if rule.rule.jointly is Jointly.ANY else {slot.bearer.id}
        return done_by(event, (*units, *slot.company.performing), self._audience.program)

    def _steered_by(self, event: Event) -> Iterator[Slot]:
        """The duties an act upon duties names, by an id or by a rule; all, where the id is not plainly one of them."""
        named, rule = event.data.get("obligation"), event.data.get("rule")
        if isinstance(named, str) and not self._audience.reorganised:
            exact = self._slots.find(named)
            yield from self._slots if exact is None else (exact,)
        elif named is None and isinstance(rule, str):
            hearings = self._audience.hearings
            for slot in self._slots:
                hearing = hearings[slot.rule.order]
                if hearing is None or rule in hearing.names:
                    yield slot
        else:
            yield from self._slots

    # --- to settle -------------------------------------------------------------------------------------

    def _setting(self, now: datetime) -> Setting:
        return Setting(self._audience.program, self, self.case, self, now)

    def _work_out(self, slot: Slot, setting: Setting) -> None:
        """Settle a duty again, and note what is otherwise."""
        before, group = slot.shown, slot.group
        self._watch.note_all(self.case, before, self._settle(slot, slot.draft, setting))
        groups = self._groups.get(slot.rule.order)
        if groups is not None and slot.group != group:
            groups[group].pop(slot)
            groups.setdefault(slot.group, {})[slot] = None

    def _settle(self, slot: Slot, draft: Draft, setting: Setting) -> tuple[Obligation, ...]:
        """What the duty comes to, what its failure sets off, and when it turns by itself."""
        due, now = deadline(draft, None, self.program), setting.now
        stood = stand(draft, slot.key, due, setting)
        owed = stood[0]
        slot.hold(owed, stood[1:], due)
        if slot.rule.rule.then:
            slot.followed = tuple(after for o in stood for after in consequences(draft, o, setting))
        stood += slot.followed
        if len(stood) == 1:
            self._call(slot, owed, now)
        else:
            turns = [turn for o in stood if (turn := turns_at(o, now)) is not None]
            self._watch.call(slot, min(turns, default=None), now, itself=True)
        return stood

    def _call(self, slot: Slot, owed: Obligation, now: datetime) -> None:
        """When the duty turns by itself, where it is all that the slot comes to."""
        if owed.status is Status.ACTIVE:
            ends = owed.deadline.due
            self._watch.call(slot, None if ends is None or ends < now else ends, now, itself=False)
        else:
            self._watch.call(slot, turns_at(owed, now), now, itself=True)

    # --- as a whole ------------------------------------------------------------------------------------

    def work_out_whole(self, now: datetime) -> None:
        """Everything from the beginning; slots are made where all of it can be told by slots."""
        before = self.owed()
        self._forget()
        told = self.events if self._told is None else self._told
        if not self._is_told_by_slots(told, now):
            self._forget()
            self._whole = self._audience.evaluator.case(self.case, told, now)
            self._watch.call(self, self._audience.evaluator.wakes_at(self._whole, told, now), now, itself=True)
        self._watch.note_all(self.case, before, self.owed())

    def _forget(self) -> None:
        """Nothing that was called comes back."""
        for slot in self._slots:
            if slot.wakes_at is not None:
                slot.wakes_at = None
                self._watch.forget()
        self._whole = self.wakes_at = None
        self._begin()

    def _is_told_by_slots(self, told: Sequence[Event], now: datetime) -> bool:
        """Make the slots of a case in which nothing was amended or moved and every rule at work is steady."""
        if self._told is not None or any(e.type in ACTS_UPON_CASES or e.knowable_at > now for e in told):
            return False
        record = Record(History.of(self.case, told))
        events = record.history.events
        named = {event.subject for event in events}
        self._several = len(named - {None}) > 1
        self._subject = None if self._several else next(iter(named))
        self._last, self._known = events[-1], record.known[-1]
        for event in events:
            self._state(event)
            self._note(event)
        admitted = (
            hearing is not None and self._admit(rule, hearing, event.subject)
            for event in events
            for rule, hearing in self._audience.candidates(event)
        )
        return all(admitted) and self._fill(record, now)

    def _fill(self, record: Record, now: datetime) -> bool:
        """The slots of all drafts, and what the case raises no more; false where a unit that has ceased is among them."""
        program = self._audience.program
        found = drafts(program, record)
        setting = Setting(program, self, self.case, Peers(found), now)
        for key, draft in found.items():
            hearing = self._audience.hearings[draft.rule.order]
            if draft.event is None or hearing is None:
                return False
            draft.situation = self.situation(draft.event, hearing.kinds)
            slot = Slot.of(self, key, draft)
            self._settle(slot, draft, setting)
            self._place(slot)
        if len(record.known) > 1:
            standing = {o.id: o for o in self.owed()}
            left: dict[str, Obligation] = {}
            for o in lapsed(program, record, standing, frozenset()):
                if o.id not in standing:
                    left.setdefault(o.id, o)
            self._lapsed = tuple(left.values())
        return not self._moved(self._slots)

    def _moved(self, slots: Iterable[Slot]) -> bool:
        """Whether a unit that has ceased by now has a part in any of them."""
        gone = self._watch.gone
        return bool(gone) and any(
            party.id in gone
            for o in (*(o for slot in slots for o in slot.shown), *self._lapsed)
            for party in (o.bearer, *o.performers, *o.to, *o.cooperating)
        )

    # --- out -------------------------------------------------------------------------------------------

    def owed(self) -> tuple[Obligation, ...]:
        """Everything the case comes to, in the order of the reference."""
        if self._whole is not None:
            return self._whole
        slots = sorted(self._slots, key=rule_of)
        found = {o.id: o for slot in slots for o in (slot.owed, *slot.more)}
        found |= {o.id: o for slot in slots for o in slot.followed}
        for o in self._lapsed:
            found.setdefault(o.id, o)
        return tuple(found.values())

    def wakes(self, now: datetime) -> datetime | None:
        """The first moment after `now` at which anything in it turns by itself; what is only known later apart."""
        evaluator = self._audience.evaluator
        if self._whole is not None or self._lapsed or self._audience.reorganised:
            return evaluator.wakes_at(self.owed(), (), now)
        return self._slots.first_turn()

    # --- what the rules look for (`life.Peered`) -------------------------------------------

    def bearers(self, rule: LiveRule) -> set[str]:
        """Everyone who bears the rule."""
        if not self._bearers:
            self._bearers = {}
        found = self._bearers.get(rule.order)
        if found is None:
            found = self._bearers[rule.order] = {slot.bearer.id for slot in self._slots.of(rule.order)}
        return found

    def joint(self, key: str, rule: LiveRule) -> set[str]:
        """Everyone who bears the same matter jointly."""
        matter = under_bearer(key)
        alike = self._slots.of(rule.order)
        return {slot.bearer.id for slot in alike if under_bearer(slot.key) == matter}
