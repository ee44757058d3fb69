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

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from remit.expressions.situation import Situation
from remit.live.audience import Audience, Candidates
from remit.live.drafts import Draft, Peers, case_id, drafts, precedence, raised
from remit.live.heard import Heard
from remit.live.lapse import lapsed
from remit.live.life import Setting, done_by, stand
from remit.live.record import STEERING, Record
from remit.live.rules import LiveRule
from remit.live.settled import consequences, deadline
from remit.live.steady import Hearing, key_of
from remit.live.watch import Watch
from remit.matching.history import AMENDMENTS, History, in_time
from remit.matching.moves import MOVES
from remit.model.event import Event
from remit.model.obligation import Deadline, Obligation
from remit.model.terms import Jointly, Per, Status
from remit.semantics.drafts import escaped, under_bearer
from remit.semantics.life import PERFORMED
from remit.semantics.wakes import turns_at

#: Acts upon reports and cases, which make it another case than it was.
ACTS_UPON_CASES = frozenset({*AMENDMENTS, *MOVES})
#: From so many duties on, they are looked up and not looked through.
MANY = 16
NO_SLOTS: dict[int, list[Slot]] = {}
NO_BEARERS: dict[int, set[str]] = {}
NO_GROUPS: dict[int, dict[tuple[str, ...] | None, dict[Slot, None]]] = {}


@dataclass(slots=True, eq=False)
class Slot:
    """One duty: its draft, its deadline before any stop of the clock, and what it comes to.

    `owed` is the duty itself, `more` where an act gave it to, `followed` what its failure set off. It turns by itself
    at `wakes_at`.
    """

    home: LiveCase
    draft: Draft
    deadline: Deadline
    owed: Obligation
    more: tuple[Obligation, ...] = ()
    followed: tuple[Obligation, ...] = ()
    wakes_at: datetime | None = None

    @property
    def closed(self) -> bool:
        """Performed, with nothing that follows: only an act of yet another unit, or one upon it, makes it another."""
        rule = self.draft.rule
        return self.owed.status in PERFORMED and not (rule.maintained or rule.rule.then or self.more)

    @property
    def group(self) -> tuple[str, ...] | None:
        """Whose acts closed it; None while it is open."""
        return self.owed.performed_by if self.closed else None

    @property
    def shown(self) -> tuple[Obligation, ...]:
        """Everything it comes to."""
        return (self.owed, *self.more, *self.followed)


class LiveCase(Heard):
    """The case of that name; its state is for one thread, and for the moments its `watch` has reached."""

    __slots__ = (
        "_bearers", "_by_key", "_groups", "_known", "_lapsed", "_last", "_several", "_slots", "_subject", "_told", "_watch", "_whole",
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
        self._slots: dict[int, list[Slot]] = NO_SLOTS
        self._by_key: dict[str, Slot] | None = None
        self._groups: dict[int, dict[tuple[str, ...] | None, dict[Slot, None]]] = NO_GROUPS
        self._last: Event | None = None
        self._known: datetime | None = None
        self._subject: str | None = None
        self._several = False
        self._hear_anew()
        self._bearers: dict[int, set[str]] = NO_BEARERS
        self._lapsed: tuple[Obligation, ...] = ()

    # --- in --------------------------------------------------------------------------------------------

    def take(self, event: Event, now: datetime) -> None:
        """One more report of this case."""
        self.events.append(event)
        if self._whole is not None or not (self._comes_in_order(event, now) and self._hear(event, now)):
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

    def look_around(self, now: datetime, slots: Collection[Slot] | None = None) -> None:
        """Where a unit that has ceased has a part in any of these duties, or of all of them, the case is worked out whole."""
        if self._whole is None and self._moved(
            [s for alike in self._slots.values() for s in alike] if slots is None else slots
        ):
            self.work_out_whole(now)

    def _comes_in_order(self, event: Event, now: datetime) -> bool:
        """Whether it is the last by every count, and nothing but a report or an act."""
        knowable, last = event.knowable_at, self._last
        if knowable > now or event.type in ACTS_UPON_CASES:
            return False
        if last is not None and self._known is not None:
            if not (event.at > last.at or (event.at == last.at and in_time(event) > in_time(last))):
                return False
            if knowable < self._known or (self._lapsed and knowable == self._known):
                return False
        self._known = knowable
        return True

    def _hear(self, event: Event, now: datetime) -> bool:
        """Take in what comes in order; false where it bears on more than can be told here."""
        found = self._about(event)
        if found is None or found.type in self._kinds or not self._state(found):
            return False
        self._last = found
        self._note(found)
        candidates = self._audience.candidates(found)
        touched = self._heard_by(found)
        for rule, hearing in candidates:
            if hearing is None or not self._admit(rule, hearing, found.subject):
                return False
        if not (candidates or touched):
            return True
        setting = self._setting(now)
        if candidates and not self._raise(candidates, found, setting, touched):
            return False
        for slot in touched:
            self._work_out(slot, setting)
        return not self._moved(touched)

    def _about(self, event: Event) -> Event | None:
        """The event, about the one person of the case where it names none; None where it names another than was known."""
        subject = event.subject
        if self._several or subject == self._subject:
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
        if rivals and not rivals.isdisjoint(self._slots):
            return False
        if rivals:
            self._alike(rule.order)
        if hearing.kinds:
            self._kinds |= hearing.kinds
        if hearing.matter:
            self._matter_read |= hearing.matter
        if hearing.facts:
            if self._reads is None:
                self._reads = {}
            self._reads[subject] = self._reads.get(subject, frozenset()) | hearing.facts
        return True

    def _alike(self, order: int) -> list[Slot]:
        """The duties of a rule that is at work; what most cases never have is made when it is needed."""
        found = self._slots.get(order)
        if found is None:
            if not self._slots:
                self._slots = {}
            found = self._slots[order] = []
        return found

    # --- what it sets off ------------------------------------------------------------------------------

    def _raise(self, candidates: Candidates, event: Event, setting: Setting, touched: dict[Slot, None]) -> bool:
        """Judge the rules for the event; duties that are to be settled are `touched`. False where one cannot be told here."""
        program = self._audience.program
        day = program.timeline.day(event.at)
        plain: Situation | None = None
        for rule, hearing in candidates:
            if not rule.first <= day <= rule.last or hearing is None or not self._audience.meant(rule, hearing, event):
                continue
            if hearing.kinds:
                situation = self._situation(event, hearing.kinds)
            else:
                situation = plain = plain or self._situation(event)
            for draft in raised(program, rule, event, day, situation):
                key = case_id(draft, event, self.case, escaped(self.case or "-"))
                slot = self._find(rule, key)
                if slot is None:
                    draft.arose_at = self._known
                    if self._lapsed and any(o.id == key for o in self._lapsed):
                        return False
                    if self._moved([self._add(key, draft, setting, touched)]):
                        return False
                elif not self._join(slot, draft, event, touched):
                    return False
        return True

    def _add(self, key: str, draft: Draft, setting: Setting, touched: dict[Slot, None]) -> Slot:
        """One duty more; those of its rule that look at who else bears it are to be settled again."""
        rule, alike = draft.rule, self._slots.get(draft.rule.order, ())
        if alike and not self.quiet(rule):
            matter = under_bearer(key)
            if rule.rule.jointly is Jointly.ANY:
                touched |= {other: None for other in alike if under_bearer(other.owed.id) == matter}
            if rule.breaches and draft.bearer.id not in self.bearers(rule):
                touched |= dict.fromkeys(alike)
        if rule.order in self._bearers:
            self._bearers[rule.order].add(draft.bearer.id)
        slot = self._place(key, draft, setting)
        for o in slot.shown:
            self._watch.note(self.case, o.id, None, o)
        return slot

    def _place(self, key: str, draft: Draft, setting: Setting) -> Slot:
        """A new slot under its rule, worked out."""
        due = deadline(draft, None, self._audience.program)
        first, *more = stand(draft, key, due, setting)
        slot = Slot(self, draft, due, first, tuple(more))
        order = draft.rule.order
        alike = self._alike(order)
        alike.append(slot)
        self._follow(slot, setting)
        if self._by_key is not None:
            self._by_key[key] = slot
        elif len(alike) > MANY:
            self._by_key = {one.owed.id: one for slots in self._slots.values() for one in slots}
        if order in self._groups:
            self._groups[order].setdefault(slot.group, {})[slot] = None
        return slot

    def _find(self, rule: LiveRule, key: str) -> Slot | None:
        if self._by_key is not None:
            return self._by_key.get(key)
        for slot in self._slots.get(rule.order, ()):
            if slot.owed.id == key:
                return slot
        return None

    def _join(self, slot: Slot, draft: Draft, event: Event, touched: dict[Slot, None]) -> bool:
        """One more report of a matter; false where it is surer than the one the duty is judged by."""
        kept = slot.draft
        if precedence(draft) < precedence(kept):
            return False
        if kept.reports[-1] == event.id:
            return True
        kept.reports = (*kept.reports, event.id)
        touched[slot] = None
        return True

    # --- what it performs, violates or steers ----------------------------------------------------------

    def _heard_by(self, event: Event) -> dict[Slot, None]:
        """The duties that were there before and on which the event may bear."""
        found: dict[Slot, None] = {}
        if event.type in self._audience.acts:
            for order in self._audience.hearers(key_of(event), self._slots):
                for slot in self._standing(order, event):
                    if self._bears(slot, event):
                        found[slot] = None
        if event.type in STEERING:
            found |= dict.fromkeys(self._steered_by(event))
        return found

    def _standing(self, order: int, event: Event) -> Iterable[Slot]:
        """The duties of a rule, without those that are closed and that this act leaves as they are."""
        slots = self._slots[order]
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
        rule, draft = slot.draft.rule, slot.draft
        if event.type not in rule.heard:
            return False
        if rule.rule.per is Per.SUBJECT and event.subject not in (draft.subject, None):
            return False
        if event.type in rule.breached_by:
            return True
        company = rule.company.find(draft.situation, draft.day, draft.found)
        units = self.joint(slot.owed.id, rule) if rule.rule.jointly is Jointly.ANY else {draft.bearer.id}
        return done_by(event, (*units, *company.performing), self._audience.program)

    def _steered_by(self, event: Event) -> Iterator[Slot]:
        """The duties an act upon duties names, by an id or by a rule; all, where the id is not plainly one of them."""
        named, rule = event.data.get("obligation"), event.data.get("rule")
        slots = (slot for alike in self._slots.values() for slot in alike)
        if isinstance(named, str) and not self._audience.reorganised:
            exact = self._by_key.get(named) if self._by_key is not None else None
            found = [exact] if exact else [slot for slot in slots if slot.owed.id == named]
            yield from found or (slot for alike in self._slots.values() for slot in alike)
        elif named is None and isinstance(rule, str):
            for order, alike in self._slots.items():
                hearing = self._audience.hearings[order]
                if hearing is None or rule in hearing.names:
                    yield from alike
        else:
            yield from slots

    # --- to settle -------------------------------------------------------------------------------------

    def _setting(self, now: datetime) -> Setting:
        return Setting(self._audience.program, self, self.case, self, now)

    def _work_out(self, slot: Slot, setting: Setting) -> None:
        """Settle a duty again, and note what is otherwise."""
        before, group = slot.shown, slot.group
        slot.owed, *more = stand(slot.draft, slot.owed.id, slot.deadline, setting)
        slot.more = tuple(more)
        self._follow(slot, setting)
        self._watch.note_all(self.case, before, slot.shown)
        groups = self._groups.get(slot.draft.rule.order)
        if groups is not None and slot.group != group:
            groups[group].pop(slot)
            groups.setdefault(slot.group, {})[slot] = None

    def _follow(self, slot: Slot, setting: Setting) -> None:
        """What the duty's failure sets off, and when it turns by itself."""
        if slot.draft.rule.rule.then:
            slot.followed = tuple(o for o in (slot.owed, *slot.more) for o in consequences(slot.draft, o, setting))
        owed, now = slot.owed, setting.now
        if owed.status is Status.ACTIVE and not slot.more and not slot.followed:
            due = owed.deadline.due
            self._watch.call(slot, None if due is None or due < now else due, now, itself=False)
        else:
            turns = [turn for o in slot.shown if (turn := turns_at(o, now)) is not None]
            self._watch.call(slot, min(turns, default=None), now, itself=True)

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
        for alike in self._slots.values():
            for slot in alike:
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
            draft.situation = self._situation(draft.event, hearing.kinds)
            self._place(key, draft, setting)
        if len(record.known) > 1:
            standing = {o.id: o for o in self.owed()}
            left: dict[str, Obligation] = {}
            for o in lapsed(program, record, standing, frozenset()):
                if o.id not in standing:
                    left.setdefault(o.id, o)
            self._lapsed = tuple(left.values())
        return not self._moved([slot for alike in self._slots.values() for slot in alike])

    def _moved(self, slots: Collection[Slot]) -> bool:
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
        slots = [slot for order in sorted(self._slots) for slot in self._slots[order]]
        found = {o.id: o for slot in slots for o in (slot.owed, *slot.more)}
        found |= {o.id: o for slot in slots for o in slot.followed}
        for o in self._lapsed:
            found.setdefault(o.id, o)
        return tuple(found.values())

    # --- what the rules look for (`life.Peered`) -------------------------------------------

    def bearers(self, rule: LiveRule) -> set[str]:
        """Everyone who bears the rule."""
        if not self._bearers:
            self._bearers = {}
        found = self._bearers.get(rule.order)
        if found is None:
            found = self._bearers[rule.order] = {slot.draft.bearer.id for slot in self._slots.get(rule.order, ())}
        return found

    def joint(self, key: str, rule: LiveRule) -> set[str]:
        """Everyone who bears the same matter jointly."""
        matter = under_bearer(key)
        alike = self._slots.get(rule.order, ())
        return {slot.draft.bearer.id for slot in alike if under_bearer(slot.owed.id) == matter}
