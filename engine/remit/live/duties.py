"""`Duties`: what a case comes to by now. Each duty is a `Slot`, which acts bear on, and which the clock may turn.

Slots stand under their rule, in the order in which they were raised; a moment at which one of them turns by itself is called in
`Watch`. What changed is noted there as well, until somebody asks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime

from remit.live.audience import Audience
from remit.live.heard import Heard
from remit.live.lapse import Lapse, left_over
from remit.live.life import Setting, done_by, stand
from remit.live.program import LiveProgram
from remit.live.raising import Draft
from remit.live.record import STEERING
from remit.live.rules import LiveRule
from remit.live.settled import deadline, followed
from remit.live.slot import MANY, Slot, Slots
from remit.live.steady import key_of
from remit.live.watch import Watch
from remit.model.event import TRANSFER, Event
from remit.model.obligation import Obligation
from remit.model.terms import Jointly, Per, Status
from remit.semantics.drafts import under_bearer
from remit.semantics.wakes import turns_at

NO_SLOTS = Slots()
NO_BEARERS: dict[int, set[str]] = {}
NO_GROUPS: dict[int, dict[tuple[str, ...] | None, dict[Slot, None]]] = {}
NO_LAPSES: dict[str, Lapse] = {}
#: Where a duty stands among those of its rule: the place of the first report that raises it, and of the bearer in that.
Place = tuple[int, int]
NO_PLACES: dict[str, Place] = {}
NOWHERE: Place = (0, 0)


def rule_of(slot: Slot) -> int:
    return slot.rule.order


class Duties(Heard):
    """Those of one case, with what bears on them."""

    __slots__ = ("_bearers", "_groups", "_left", "_places", "_slots", "_watch", "case")

    def __init__(self, audience: Audience, watch: Watch, case: str | None) -> None:
        super().__init__(audience)
        self._watch = watch
        self.case = case
        self._begin()

    def _begin(self) -> None:
        """As if nothing had been reported."""
        self._hear_anew()
        self._slots = NO_SLOTS
        self._groups: dict[int, dict[tuple[str, ...] | None, dict[Slot, None]]] = NO_GROUPS
        self._bearers: dict[int, set[str]] = NO_BEARERS
        #: What had been owed for sure and was owed no more; nothing is told of it while it stands undecided.
        self._left: dict[str, Lapse] = NO_LAPSES
        #: Of duties that come and go. All others stand in the order in which they came.
        self._places: dict[str, Place] = NO_PLACES

    @property
    def program(self) -> LiveProgram:
        return self._audience.program

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

    def _stand_aside(self, slots: Collection[Slot]) -> None:
        """These are there no more."""
        self._slots.remove(slots)
        self._call_off(slots)
        for slot in slots:
            if (groups := self._groups.get(slot.rule.order)) is not None:
                groups[slot.group].pop(slot)
            if self._bearers:
                self._bearers.pop(slot.rule.order, None)

    def _call_off(self, slots: Iterable[Slot]) -> None:
        """What was called for them needs not come."""
        for slot in slots:
            if slot.wakes_at is not None:
                slot.wakes_at = None
                self._watch.forget()

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
        if event.type in rule.breached_by or any(act.type == TRANSFER for act in self._steering):
            return True  # what was performed before it was given away can be performed by that unit as well
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
        self._watch.note_all(self.case, slot.shown, self._settle_anew(slot, slot.draft, setting))

    def _settle_anew(self, slot: Slot, draft: Draft, setting: Setting) -> tuple[Obligation, ...]:
        """As `_settle`, of one that has its place."""
        group = slot.group
        stood = self._settle(slot, draft, setting)
        groups = self._groups.get(slot.rule.order)
        if groups is not None and slot.group != group:
            groups[group].pop(slot)
            groups.setdefault(slot.group, {})[slot] = None
        return stood

    def _settle(self, slot: Slot, draft: Draft, setting: Setting) -> tuple[Obligation, ...]:
        """What the duty comes to, what its failure sets off, and when it turns by itself."""
        due, now = deadline(draft, None, self.program), setting.now
        stood = stand(draft, slot.key, due, setting)
        owed = stood[0]
        slot.hold(owed, stood[1:], due)
        slot.followed = followed(draft, stood, setting)
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

    def _moved(self, slots: Iterable[Slot]) -> bool:
        """Whether a unit that has ceased by now has a part in any of them."""
        gone = self._watch.gone
        return bool(gone) and any(
            party.id in gone
            for o in (*(o for slot in slots for o in slot.shown), *self.left())
            for party in (o.bearer, *o.performers, *o.to, *o.cooperating)
        )

    # --- out -------------------------------------------------------------------------------------------

    def owed(self) -> tuple[Obligation, ...]:
        """Everything the case comes to, in the order of the reference."""
        slots = sorted(self._slots, key=self._in_order if self._places else rule_of)
        found = {o.id: o for slot in slots for o in (slot.owed, *slot.more)}
        found |= {o.id: o for slot in slots for o in slot.followed}
        for o in self.left():
            found.setdefault(o.id, o)
        return tuple(found.values())

    def left(self) -> Iterator[Obligation]:
        """What it raised, and raises no more."""
        return left_over(lapse for key, lapse in self._left.items() if self._slots.find(key) is None)

    def drafted(self, key: str) -> tuple[Place, Draft]:
        """One that stands, and where."""
        slot = self._slots.find(key)
        assert slot is not None  # noqa: S101 - it stands
        return self._places[key], slot.draft

    def _in_order(self, slot: Slot) -> tuple[int, int, int]:
        return (slot.rule.order, *self._places.get(slot.key, NOWHERE))

    def wakes(self, now: datetime) -> datetime | None:
        """The first moment after `now` at which anything in it turns by itself; what is only known later apart."""
        if self._left or self._audience.reorganised:
            return self._audience.evaluator.wakes_at(self.owed(), (), now)
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
