"""`Changing`: duties of a case that come and go, put in the place of what they were."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from remit.expressions.situation import Stated
from remit.live.drafts import Peers
from remit.live.duties import NO_LAPSES, NOWHERE, Duties, Place
from remit.live.lapse import Lapse, is_peered
from remit.live.life import Setting, stand
from remit.live.raising import Draft
from remit.live.records import make_situation
from remit.live.rules import LiveRule
from remit.live.settled import deadline, followed
from remit.live.slot import Slot
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.model.terms import Jointly
from remit.semantics.drafts import under_bearer


@dataclass(frozen=True, slots=True)
class Turned:
    """A duty that may be otherwise since a report.

    Attributes:
        draft: None where it does not stand.
        place: where it stands.
        joins: nothing is otherwise but that the report is one more of its matter, and no draft was made.
        had_been_owed: for sure, at some time.
    """

    key: str
    rule: LiveRule
    draft: Draft | None = None
    place: Place = NOWHERE
    joins: bool = False
    had_been_owed: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it is owed for sure."""
        return self.draft is not None and self.draft.verdict is True


@dataclass(frozen=True, slots=True)
class Before:
    """What was known of one person, and of the case, before the last report."""

    subject: str | None
    facts: Mapping[str, Stated]
    matter: Mapping[str, Stated]


class Changing(Duties):
    """Those of one case."""

    __slots__ = ()

    # --- what lapses -----------------------------------------------------------------------------------

    def _fallen(self, turned: Iterable[Turned]) -> list[Slot]:
        """Those that had been owed for sure and are no more, in their order."""
        slots = [self._slots.find(one.key) for one in turned if not (one.joins or one.is_sure)]
        return sorted((slot for slot in slots if slot is not None and slot.is_sure), key=self._in_order)

    def _are_told_alone(self, turned: Iterable[Turned], fallen: Iterable[Slot]) -> bool:
        """Whether what is told of each that has lapsed depends on nothing else that did, and is known."""
        bearers: dict[int, set[str]] = {}
        for slot in fallen:
            if is_peered(slot.rule) and not self.quiet(slot.rule):
                bearers.setdefault(slot.rule.order, set()).add(slot.bearer.id)
        return all(len(several) == 1 for several in bearers.values()) and all(map(self._is_known, turned))

    def _is_known(self, one: Turned) -> bool:
        """Whether what is told of it where it does not stand is known, and of no account for what else has lapsed."""
        if (lapse := self._left.get(one.key)) is not None:
            return lapse.alone
        return one.joins or one.draft is not None or not one.had_been_owed or self._is_owed(one.key)

    def _is_owed(self, key: str) -> bool:
        slot = self._slots.find(key)
        return slot is not None and slot.is_sure

    def _lapses(self, fallen: Sequence[Slot], before: Before, known: datetime) -> list[Lapse]:
        """As each stood when the last report became known, by what was known before."""
        drafts = {slot.key: draft_before(slot, before) for slot in fallen}
        setting = Setting(self.program, self, self.case, Peers(drafts), known)
        found: list[Lapse] = []
        for key, draft in drafts.items():
            stood = stand(draft, key, deadline(draft, None, self.program), setting)
            found.append(Lapse.of((key, stood, followed(draft, stood, setting)), known, alone=True))
        return found

    # --- what is put in its place ----------------------------------------------------------------------

    def _join_all(self, turned: Iterable[Turned], event: Event, touched: dict[Slot, None]) -> None:
        """Where the event is only one more report, that is added."""
        for one in turned:
            slot = self._slots.find(one.key) if one.joins else None
            if slot is not None:
                draft = slot.draft
                draft.reports = (*draft.reports, event.id)
                slot.keep(draft)
                touched[slot] = None

    def _renew(
        self, turned: Iterable[Turned], lapses: Sequence[Lapse], now: datetime, touched: dict[Slot, None]
    ) -> list[Slot]:
        """Put what is otherwise in the place of what was, settle it, and all that is touched; what was put there."""
        anew = {one.key: one for one in turned if not one.joins}
        before = {key: self._told_of(key) for key in anew}
        gone = {key: slot for key in anew if (slot := self._slots.find(key)) is not None}
        came = [one for one in anew.values() if (one.draft is None) is (one.key in gone)]
        bearers = {one.rule: frozenset(self.bearers(one.rule)) for one in came if self._looks_around(one.rule)}
        self._stand_aside(dict.fromkeys(gone.values()))
        self._leave(lapses, [one.key for one in anew.values() if one.is_sure])
        made = {self._put(one): one.draft for one in anew.values() if one.draft is not None}
        for rule, those in bearers.items():
            touched |= dict.fromkeys(self._beside(rule, those, [one.key for one in came if one.rule is rule]))
        setting = self._setting(now)
        for slot, draft in made.items():
            self._settle_anew(slot, draft, setting)
        for slot in touched:
            if slot not in made and gone.get(slot.key) is not slot:
                self._work_out(slot, setting)
        for key, shown in before.items():
            self._watch.note_all(self.case, shown, self._told_of(key))
        return list(made)

    def _put(self, one: Turned) -> Slot:
        """One that stands, with nothing settled."""
        assert one.draft is not None  # noqa: S101 - it stands
        slot = Slot.of(self, one.key, one.draft)
        self._place(slot)
        self._places[one.key] = one.place
        return slot

    def _looks_around(self, rule: LiveRule) -> bool:
        """Whether its duties may be others by who else bears it."""
        return is_peered(rule) and not self.quiet(rule)

    def _beside(self, rule: LiveRule, bearers: frozenset[str], keys: Iterable[str]) -> Iterable[Slot]:
        """The duties of the rule that look at those that came or went, where before these had borne it."""
        slots = self._slots.of(rule.order)
        if rule.breaches and self.bearers(rule) != bearers:
            return slots
        matters = {under_bearer(key) for key in keys} if rule.rule.jointly is Jointly.ANY else ()
        return [slot for slot in slots if matters and under_bearer(slot.key) in matters]

    def _leave(self, lapses: Iterable[Lapse], back: Collection[str]) -> None:
        """Duties lapsed, the last to do so, and others came back."""
        if lapses and self._left is NO_LAPSES:
            self._left = {}
        for key in (*back, *(lapse.key for lapse in lapses)):
            self._left.pop(key, None)
        for lapse in lapses:
            self._left[lapse.key] = lapse

    def _told_of(self, key: str) -> tuple[Obligation, ...]:
        """What is told of a duty, be it that it stands or that it stood."""
        slot = self._slots.find(key)
        if slot is not None:
            return slot.shown
        lapse = self._left.get(key)
        return () if lapse is None else (*lapse.stood, *lapse.followed)


def draft_before(slot: Slot, before: Before) -> Draft:
    """What it was settled from before the last report."""
    draft = slot.draft
    if not slot.holds_draft:
        then = draft.situation
        facts = before.facts if draft.subject == before.subject else then.subject
        draft.situation = make_situation(then.event, facts, None, then.events, None, before.matter)
    return draft
