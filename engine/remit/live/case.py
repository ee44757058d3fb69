"""`LiveCase`: one case as it stands, which takes one event after another and the passing of time.

An event that comes in order, and states nothing that a rule already at work reads, leaves every duty of the case as it was
raised: only the rules it sets off are judged, only the duties it may perform or violate are settled again. In order means
that it happened and became known last, amends and moves nothing, and leaves open of whom the case speaks.

One that comes in order and turns what rules at work see, or by which one rule goes before another, is followed by `Turning`,
from the first such report on: only what those rules see otherwise is judged, and only the duties that come, go or change by it
are made anew. In a case of few reports that is not worth it.

Everything else is worked out whole, by `LiveEvaluator`, and the state is made anew from that. A case is *whole* for good where
a rule may be set off that is not `steady`, where rules go before each other in a circle, or where a report was amended or the
case was moved.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from remit.expressions.situation import Situation
from remit.live.audience import Audience, Candidates
from remit.live.changing import Before, Changing
from remit.live.drafts import Peers, drafts, precedence
from remit.live.duties import NO_LAPSES
from remit.live.heard import NO_NAMES
from remit.live.lapse import lapsed
from remit.live.life import Setting
from remit.live.raising import Draft, case_id, raised
from remit.live.record import Record
from remit.live.rules import ALONE, LiveRule
from remit.live.slot import Slot
from remit.live.steady import Hearing
from remit.live.turning import Turning
from remit.live.watch import Watch
from remit.matching.history import AMENDMENTS, History, in_time
from remit.matching.moves import MOVES
from remit.model.event import Event
from remit.model.expression import UNKNOWN
from remit.model.obligation import Obligation
from remit.model.terms import Jointly
from remit.semantics.drafts import escaped, under_bearer

#: Acts upon reports and cases, which make it another case than it was.
ACTS_UPON_CASES = frozenset({*AMENDMENTS, *MOVES})
NO_RULES: frozenset[int] = frozenset()
#: A case of so many reports and no more is worked out whole where a fact turns.
SHORT = 16


class LiveCase(Changing):
    """The case of that name; its state is for one thread, and for the moments its `watch` has reached."""

    __slots__ = (
        "_contending", "_known", "_last", "_several", "_stiff", "_subject", "_told", "_turning", "_whole", "events", "wakes_at",
    )  # fmt: skip

    def __init__(self, audience: Audience, watch: Watch, case: str | None) -> None:
        super().__init__(audience, watch, case)
        #: What was reported in it, in the order in which it came.
        self.events: list[Event] = []
        self._told: tuple[Event, ...] | None = None
        self._whole: tuple[Obligation, ...] | None = None
        self.wakes_at: datetime | None = None

    def _begin(self) -> None:
        super()._begin()
        #: The rules at work that another may set aside, or that may set another aside.
        self._contending = NO_RULES
        #: What else than conditions, exceptions and bearers of rules at work hears of.
        self._stiff = NO_NAMES
        #: What follows the duties that come and go, once there is one.
        self._turning: Turning | None = None
        self._last: Event | None = None
        self._known: datetime | None = None
        self._subject: str | None = None
        self._several = False

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
            if not knowable > known and (knowable < known or self._left or self._turning is not None):
                return False
        self._known = knowable
        return True

    def _hear(self, event: Event, now: datetime) -> bool:
        """Take in what comes in order; false where it bears on more than can be told here."""
        found = event if event.subject == self._subject else self._about(event)
        if found is None:
            return False
        audience, watch = self._audience, self._watch
        candidates = audience.candidates(found)
        if (
            self._turning is not None
            or found.type in self._kinds
            or not (audience.stated.isdisjoint(found.data) or self._state(found))
        ):
            return self._turn(found, candidates, now)
        self._last = found
        heeded = found.type in audience.heeded
        if not (candidates or heeded):
            return True
        for rule, hearing in candidates:
            if hearing is None:
                return False
            if not (audience.deaf[rule.order] or self._admit(rule, hearing, found.subject)):
                return self._turn(found, candidates, now)
        touched: dict[Slot, None] = {}
        if heeded:
            self._note(found)
            touched = self._heard_by(found)
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
        if hearing.stiff:
            self._stiff |= hearing.stiff
        rivals = self._audience.rivals[rule.order]
        if rivals:
            self._contending |= {rule.order}
            if not rivals.isdisjoint(self._contending):
                return False
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
                    if key in self._left:
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
        if known_at is None or self._left or watch.gone or not self.quiet(rule):
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

    # --- what comes and goes ---------------------------------------------------------------------------

    def _turn(self, event: Event, candidates: Candidates, now: datetime) -> bool:
        """Take in what may turn duties that stand; false in a short case, and where it bears on more than can be followed."""
        audience, known = self._audience, self._known
        if known is None or any(hearing is None for _, hearing in candidates):
            return False
        if self._turning is None and len(self.events) - 1 > SHORT:
            self._follow(Turning.before(self, self.events[:-1], known))
        turning, facts, matter = self._turning, self.facts(event.subject), self.matter
        if turning is None:
            return False
        stated = self._state_anew(event)
        if event.type in self._stiff or not self._stiff.isdisjoint(stated):
            return False
        self._last = event
        touched: dict[Slot, None] = {}
        if event.type in audience.heeded:
            self._note(event)
            touched = self._heard_by(event)
        for rule, hearing in candidates:
            if hearing is not None:
                self._admit(rule, hearing, event.subject)
        turned = turning.take(event, known)
        if turned is None:
            return False
        fallen = self._fallen(turned)
        if not self._are_told_alone(turned, fallen):
            return False
        others = tuple(one for one in candidates if one[0].order not in audience.program.turning)
        if others and not self._raise(others, event, now, touched):
            return False
        lapses = self._lapses(fallen, Before(event.subject, facts, matter), known)
        self._join_all(turned, event, touched)
        made = self._renew(turned, lapses, now, touched)
        return not (self._watch.gone and self._moved((*made, *touched)))

    def _follow(self, turning: Turning | None) -> bool:
        """From now on duties come and go, where that can be followed."""
        if turning is None:
            return False
        self._turning, self._places = turning, turning.places()
        return True

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
        self._call_off(self._slots)
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
        admitted = [
            self._admit(rule, hearing, event.subject) if hearing is not None else None
            for event in events
            for rule, hearing in self._audience.candidates(event)
        ]
        is_long, contend = len(told) > SHORT, False in admitted
        if None in admitted or (contend and not is_long) or not self._fill(record, now):
            return False
        if contend or (is_long and record.has_hindsight):
            return self._follow(Turning.of(self, record.hindsight(self.program))) or not contend
        return True

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
            self._left = {lapse.key: lapse for lapse in lapsed(program, record, standing, frozenset())} or NO_LAPSES
        return not self._moved(self._slots)

    # --- out -------------------------------------------------------------------------------------------

    def owed(self) -> tuple[Obligation, ...]:
        return super().owed() if self._whole is None else self._whole

    def wakes(self, now: datetime) -> datetime | None:
        return super().wakes(now) if self._whole is None else self._audience.evaluator.wakes_at(self._whole, (), now)
