"""`LiveAgenda`: the recurring and standing duties of every unit, kept up to date act by act and moment by moment.

    agenda = LiveAgenda(program)
    agenda.take(events)          # any number of times; events may be amended by later ones
    agenda.at(now)               # `now` never runs backwards
    agenda.wakes_at()            # nothing changes by itself before

An act is worked out for the duties it can bear on: those of the rules it performs or violates, in its period, of the
units it may count for. Time is worked out for what opens or falls due. Only where a period begins or the unit graph
moves is the list of duties itself looked through, and then what is unchanged in it is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from heapq import heappop, heappush
from itertools import count

from remit.live.courses import course_of
from remit.live.diary import Diary, without_subject
from remit.live.drafts import Peers, weighed
from remit.live.life import Setting, bearers, done_by, in_bounds, stand
from remit.live.program import LiveProgram
from remit.live.raising import Draft
from remit.live.record import STEERING
from remit.live.rules import LiveRule
from remit.live.settled import followed, moves
from remit.matching.history import AMENDMENTS, amended_report, amends, believed
from remit.model.event import Event
from remit.model.obligation import Deadline, Obligation
from remit.model.terms import Nature, Status
from remit.program.compile import reads
from remit.semantics.agenda import has_successor
from remit.semantics.drafts import moved_ids
from remit.semantics.reorganise import beside
from remit.semantics.wakes import turns_at


@dataclass(slots=True, eq=False)
class Slot:
    """One duty of the agenda and what follows from it, as it stands and as it is shown."""

    key: str
    draft: Draft
    deadline: Deadline
    doubt: tuple[bool, tuple[Draft, ...]]
    number: int = 0
    owed: tuple[Obligation, ...] = ()
    shown: tuple[Obligation, ...] = ()
    followed: tuple[Obligation, ...] = ()
    shown_after: tuple[Obligation, ...] = ()
    moves: tuple[tuple[Obligation, ...], ...] = ()
    moves_after: tuple[tuple[Obligation, ...], ...] = ()
    wakes_at: datetime | None = None

    @property
    def place(self) -> tuple[int, str | None]:
        return self.draft.rule.order, self.draft.span.id if self.draft.span else None


class LiveAgenda:
    """The agenda of one law, from the first event on."""

    def __init__(self, program: LiveProgram) -> None:
        self._program = program
        found = [(rule, course_of(program, rule)) for rule in program.rules]
        self._courses = [course for _, course in found if course is not None]
        self._rules = with_consequences(program, [rule for rule, course in found if course is not None])
        self._diary = Diary(program, self._rules.values())
        self._told: dict[str, Event] = {}
        self._amending: dict[str, list[Event]] = {}
        self._noted: dict[str, Event] = {}
        self._numbers = count()
        self._unknown: list[tuple[datetime, int, Event]] = []
        self._waking: list[tuple[datetime, int, Slot]] = []
        self._slots: dict[str, Slot] = {}
        self._placed: dict[tuple[int, str | None], list[Slot]] = {}
        self._peers = Peers({})
        self._roots: list[Obligation | None] = []
        self._failed: dict[str, Slot] = {}
        self._given: dict[str, Slot] = {}
        self._gone: frozenset[str] = frozenset()
        self._today = date.min
        self._dirty: dict[str, Slot] = {}
        self._stands_until: datetime | None = None
        self._answer: tuple[Obligation, ...] | None = None
        self.now: datetime | None = None

    @property
    def volatile(self) -> bool:
        """Whether a rule reads what the whole of all cases says, so that any event may bear on any duty."""
        return any(reads_all(rule) for rule in self._rules.values())

    # --- in --------------------------------------------------------------------------------------------

    def take(self, events: Iterable[Event]) -> None:
        """Events to count from when they are knowable."""
        for event in events:
            heappush(self._unknown, (event.knowable_at, next(self._numbers), event))

    def at(self, now: datetime) -> tuple[Obligation, ...]:
        """The agenda at that moment, in the order of the reference."""
        self.now = now
        while self._unknown and self._unknown[0][0] <= now:
            self._learn(heappop(self._unknown)[2])
        if self._answer is None or (self._stands_until is not None and now >= self._stands_until):
            self._list_anew(now)
        while self._waking and self._waking[0][0] <= now:
            called = heappop(self._waking)
            if self._wakes(*called):
                self._dirty[called[2].key] = called[2]
        if self._dirty or self._answer is None:
            setting = self._setting(now)
            for slot in self._dirty.values():
                self._work_out(slot, setting)
            self._dirty = {}
            self._answer = self._shown()
        return self._answer

    def wakes_at(self) -> datetime | None:
        """The first moment after the last one asked about at which the answer may be another."""
        while self._waking and not self._wakes(*self._waking[0]):
            heappop(self._waking)
        moments = [heap[0][0] for heap in (self._unknown, self._waking) if heap]
        return min([*moments, *([self._stands_until] if self._stands_until else [])], default=None)

    def _wakes(self, moment: datetime, _number: int, slot: Slot) -> bool:
        """Whether the call still stands: the duty is there, and was not worked out again since."""
        return slot.wakes_at == moment and self._slots.get(slot.key) is slot

    # --- acts ------------------------------------------------------------------------------------------

    def _learn(self, event: Event) -> None:
        """An event has become knowable; what it amends, or what amends it, is believed anew."""
        self._told[event.id] = event
        if event.type in AMENDMENTS:
            self._amending.setdefault(amends(event), []).append(event)
            report = amended_report(event, self._told)
            if report is not None:
                self._believe(report)
        elif event.id in self._amending:
            self._believe(event)
        elif self._diary.hears(event):
            self._note(event)

    def _believe(self, report: Event) -> None:
        """Note the report as it stands after all that amends it; an amendment without a case belongs to the report's."""
        reached = [report]
        for event in reached:  # which grows while it is read
            reached += [act for act in self._amending.get(event.id, ()) if act.case in (None, report.case)]
        noted = self._noted.pop(report.id, None)
        if noted is not None:
            self._touch(noted)
            self._diary.strike(noted)
        for standing in believed(tuple(reached)):
            if self._diary.hears(standing):
                self._note(standing)

    def _note(self, event: Event) -> None:
        self._noted[event.id] = event
        self._diary.note(event)
        self._touch(event)

    def _touch(self, event: Event) -> None:
        """Mark the duties the act can bear on."""
        for rule, periods, _, violates in self._diary.borne_on(event):
            for slot in (slot for period in periods for slot in self._placed.get((rule.order, period), ())):
                if violates or self._counts_for(slot, event):
                    self._dirty[slot.key] = slot
            self._touch_followed(lambda o, rule=rule: o.rule == rule.rule.id)  # type: ignore[misc]  # bound at once
        if event.type in STEERING:
            self._touch_steered(without_subject(event))

    def _touch_followed(self, concerned: Callable[[Obligation], bool]) -> None:
        for slot in self._failed.values():
            if any(map(concerned, slot.followed)):
                self._dirty[slot.key] = slot

    def _touch_steered(self, event: Event) -> None:
        """An act may name an obligation by any of its ids, under its bearer or a successor."""
        if "obligation" not in event.data:
            rule = event.data.get("rule")
            self._dirty |= {key: slot for key, slot in self._slots.items() if slot.draft.rule.rule.id == rule}
            self._touch_followed(lambda o: o.rule == rule)
            return
        named, law = event.data["obligation"], self._program.law
        slots = [self._slots[named]] if isinstance(named, str) and named in self._slots else self._slots.values()
        self._dirty |= {s.key: s for s in slots if named in (s.key, *moved_ids(law, s.key, s.draft.bearer.id))}
        self._dirty |= {key: slot for key, slot in self._given.items() if any(o.id == named for o in slot.owed)}
        self._touch_followed(lambda o: named in (o.id, *moved_ids(law, o.id, o.bearer.id)))

    def _counts_for(self, slot: Slot, event: Event) -> bool:
        """Whether an act that performs the rule may be one of those this bearer answers with."""
        draft = slot.draft
        if slot.key in self._given:
            return True
        if draft.nature is Nature.STANDING and draft.rule.maintained:
            return False
        company = draft.rule.company.find(draft.situation, draft.day, draft.found)
        setting = self._setting(self.now or event.knowable_at)
        units = (*bearers(draft, slot.key, setting), *company.performing)
        return in_bounds(draft, event, setting) and done_by(event, units, self._program)

    # --- duties ----------------------------------------------------------------------------------------

    def _list_anew(self, now: datetime) -> None:
        """A period has begun, or the graph or the law has moved: which duties are there now? Keep those that were."""
        today = self._program.timeline.day(now)
        drafted = {key: pair for course in self._courses for key, pair in course.until(today).items()}
        for draft, _ in drafted.values():
            draft.rebuttable, draft.undecided = draft.doubtful, ()
        kept = weighed({key: draft for key, (draft, _) in drafted.items()})
        before, self._slots, self._placed = self._slots, {}, {}
        for key, draft in kept.items():
            slot = before.get(key)
            doubt = (draft.rebuttable, tuple(draft.undecided))
            if slot is None or slot.draft is not draft or slot.doubt != doubt:
                slot = self._dirty[key] = Slot(key, draft, drafted[key][1], doubt)
            slot.number = len(self._slots)
            self._slots[key] = slot
            self._placed.setdefault(slot.place, []).append(slot)
        self._dirty |= self._blamed(kept)
        self._dirty = {key: self._slots[key] for key in self._dirty if key in self._slots}
        self._roots = [slot.shown[0] if slot.shown else None for slot in self._slots.values()]
        self._given = {key: slot for key, slot in self._slots.items() if len(slot.shown) > 1}
        self._failed = {key: slot for key, slot in self._slots.items() if slot.followed}
        self._look_around(today)

    def _blamed(self, kept: Mapping[str, Draft]) -> dict[str, Slot]:
        """Duties whose rule has other bearers than before: a breach may now point at one of those instead."""
        before, self._peers = self._peers, Peers(kept)
        rules = [rule for rule in self._rules.values() if self._diary.breaching(rule, None)]
        changed = {rule.order for rule in rules if before.bearers(rule) != self._peers.bearers(rule)}
        return {key: slot for key, slot in self._slots.items() if slot.draft.rule.order in changed} if changed else {}

    def _look_around(self, today: date) -> None:
        """What else the day decides: which rules are superseded, which units have ceased, and until when that holds."""
        self._today = today
        self._gone = self._program.timeline.ceased(today)
        if self._program.policies > 1 or self._gone:
            for slot in self._slots.values():
                if slot.key not in self._dirty:
                    self._show(slot)
        change = self._program.dates.next_change(today)
        self._stands_until = None if change is None else self._program.law.midnight(change)
        self._answer = None

    def _work_out(self, slot: Slot, setting: Setting) -> None:
        now = setting.now
        slot.owed = stand(slot.draft, slot.key, slot.deadline, setting)
        slot.followed = followed(slot.draft, slot.owed, setting)
        turns = [turn for o in slot.owed + slot.followed if (turn := turns_at(o, now)) is not None]
        slot.wakes_at = min(turns) if turns else None
        if slot.followed:
            self._failed[slot.key] = slot
        else:
            self._failed.pop(slot.key, None)
        if slot.wakes_at is not None:
            heappush(self._waking, (slot.wakes_at, next(self._numbers), slot))
        self._show(slot)

    def _setting(self, now: datetime) -> Setting:
        return Setting(self._program, self._diary, None, self._peers, now)

    # --- out -------------------------------------------------------------------------------------------

    def _show(self, slot: Slot) -> None:
        """As others see it: superseded by a newer policy, moved to a successor."""
        slot.shown = slot.owed if self._program.policies == 1 else tuple(map(self._current, slot.owed))
        slot.shown_after = tuple(map(self._current, slot.followed))
        if len(slot.shown) > 1:
            self._given[slot.key] = slot
        else:
            self._given.pop(slot.key, None)
        self._roots[slot.number] = slot.shown[0]
        if self._gone:
            slot.moves = tuple(moves(self._program.law, slot.shown, self._gone, self._today))
            slot.moves_after = tuple(moves(self._program.law, slot.shown_after, self._gone, self._today))

    def _current(self, obligation: Obligation) -> Obligation:
        if self._program.policies == 1 or not obligation.in_force:
            return obligation
        if has_successor(self._program.law, obligation.policy, obligation.rule, self._today):
            return replace(obligation, status=Status.SUPERSEDED)
        return obligation

    def _shown(self) -> tuple[Obligation, ...]:
        """What every duty shows, then what follows from them."""
        failed = sorted(self._failed.values(), key=lambda slot: slot.number)
        if not self._gone:
            after = [o for slot in failed for o in slot.shown_after]
            if self._given:
                return (*(o for slot in self._slots.values() for o in slot.shown), *after)
            return (*self._roots, *after)  # type: ignore[arg-type]  # each was worked out
        shown = [moved for slot in self._slots.values() for moved in slot.moves]
        return beside([*shown, *(moved for slot in failed for moved in slot.moves_after)])


def with_consequences(program: LiveProgram, roots: Iterable[LiveRule]) -> dict[int, LiveRule]:
    """These rules, and all that their failure may set off."""
    found: dict[int, LiveRule] = {}
    waiting = list(roots)
    while waiting:
        rule = waiting.pop()
        if rule.order not in found:
            found[rule.order] = rule
            waiting += [named for name in rule.rule.then for named in program.by_id.get(name, ())]
    return found


def reads_all(rule: LiveRule) -> bool:
    """Whether its conditions look at the events of every case, or its acts at what these state of nobody in particular."""
    conditions = [c.tree for c in (rule.rule.condition, rule.rule.exception) if c is not None]
    wheres = [act.where for act in (*rule.source.discharges, *rule.source.breaches) if act.where is not None]
    return any(reads(tree, "case") for tree in conditions + wheres) or any(reads(tree, "subject") for tree in wheres)
