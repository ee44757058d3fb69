"""`Slot`: one duty of a case as it is held in memory, of which there may be millions.

Of a duty raised by one report and touched by nothing since, only what sets it apart is held: the report, the desk, how it
stands. Its draft and the obligation itself are made again of that when somebody asks. Of any other both are held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from remit.expressions.situation import Situation
from remit.live.program import LiveProgram
from remit.live.raising import Draft
from remit.live.routes import Route
from remit.live.rules import Company, LiveRule
from remit.model.event import Event
from remit.model.obligation import Deadline, Obligation, Party
from remit.model.records import maker
from remit.model.terms import Nature, Status
from remit.semantics.life import PERFORMED, open_status
from remit.semantics.wakes import past

#: A duty that one report raised and no act bore on.
untouched = maker(
    Obligation, "slot, rule, source, company, event, status, deadline", {"TRIGGERED": Nature.TRIGGERED},
    id="slot.key", rule="source.id", policy="source.policy", article="source.article", article_label="source.article_label",
    quotes="rule.quotes", modality="source.modality", action="source.action or ''", nature="TRIGGERED", kind="source.kind",
    bearer="slot.bearer", performers="company.performers", to="company.to", cooperating="company.cooperating", case="slot.home.case",
    subject="event.subject", period="None", status="status", triggered_by="(event.id,)", deadline="deadline", inferred="rule.inferred",
)  # fmt: skip
#: From so many duties on, they are looked up and not looked through.
MANY = 16


class Home(Protocol):
    """The case a duty belongs to."""

    case: str | None

    @property
    def program(self) -> LiveProgram: ...

    def situation(self, event: Event, kinds: frozenset[str] = ...) -> Situation:
        """What conditions about one of its events are judged in."""
        ...


class Slot:
    """One duty. It turns by itself at `wakes_at`.

    Attributes:
        more: what it is besides, where an act gave it to another unit.
        followed: what its failure set off.
    """

    __slots__ = (
        "_draft", "_event", "_owed", "_route", "bearer", "company", "followed", "home", "key", "more", "rule", "wakes_at",
    )  # fmt: skip

    def __init__(
        self, home: Home, key: str, rule: LiveRule, event: Event | None, route: Route, bearer: Party, company: Company, draft: Draft | None
    ) -> None:  # fmt: skip
        self.home, self.key, self.rule, self.bearer, self.company = home, key, rule, bearer, company
        self._event, self._route, self._draft = event, route, draft
        self._owed: Obligation | Status = Status.ACTIVE
        self.more: tuple[Obligation, ...] = ()
        self.followed: tuple[Obligation, ...] = ()
        self.wakes_at: datetime | None = None

    @classmethod
    def of(cls, home: Home, key: str, draft: Draft) -> Slot:
        """That of a draft."""
        rule, kept = draft.rule, None if is_plain(draft) else draft
        company = rule.company.find(draft.situation, draft.day, draft.found)
        return cls(home, key, rule, draft.event, draft.route, draft.bearer, company, kept)

    @property
    def subject(self) -> str | None:
        return None if self._event is None else self._event.subject

    @property
    def draft(self) -> Draft:
        """What it is settled from."""
        return self._draft if self._draft is not None else self._drafted()

    def _drafted(self) -> Draft:
        event = self._event
        assert event is not None  # noqa: S101 - plain is what an event raised
        unit = next(unit for party, unit in self._route.desks if party is self.bearer)
        day = self.home.program.timeline.day(event.at)
        return Draft(
            self.rule, self.bearer, unit, Nature.TRIGGERED, self._route, self.home.situation(event), day, True, (event.id,), event.knowable_at
        )  # fmt: skip

    @property
    def holds_draft(self) -> bool:
        """Whether what it is settled from is held; else it is made again of the report each time."""
        return self._draft is not None

    @property
    def is_sure(self) -> bool:
        """Whether it is known to be owed."""
        return self._draft is None or self._draft.verdict is True

    def keep(self, draft: Draft) -> None:
        """It is settled from this draft from now on."""
        self._draft = draft

    @property
    def owed(self) -> Obligation:
        """The duty itself."""
        held = self._owed
        if isinstance(held, Obligation):
            return held
        event = self._event
        assert event is not None  # noqa: S101 - plain is what an event raised
        due = self.rule.limit(event.at, event.knowable_at, self.bearer.place)
        return untouched(self, self.rule, self.rule.rule, self.company, event, held, due)

    def arise(self, event: Event, at: datetime, known_at: datetime, now: datetime) -> Obligation:
        """The duty as it is raised where no act bears on it: the clock alone decides; `at` is when it happened, in any zone."""
        rule = self.rule
        due = rule.limit(at, known_at, self.bearer.place)
        self._owed = status = Status.IN_FORCE if rule.maintained else open_status(due, now, rule.rule.perdurant)
        return untouched(self, rule, rule.rule, self.company, event, status, due)

    def hold(self, owed: Obligation, more: tuple[Obligation, ...], due: Deadline) -> None:
        """It was settled anew, and came to this; `due` as it is before any stop."""
        self.more = more
        plain = self._draft is None and owed.deadline is due and not more and is_untouched(owed)
        self._owed = owed.status if plain else owed

    @property
    def outlasts(self) -> bool:
        """Whether it turns once the moment for which it is called has passed, and not at it."""
        held = self._owed if isinstance(self._owed, Status) else self._owed.status
        return held is Status.ACTIVE and not (self.more or self.followed)

    @property
    def closed(self) -> bool:
        """Performed, with nothing that follows: only an act of yet another unit, or one upon it, makes it another."""
        held = self._owed
        if not isinstance(held, Obligation) or held.status not in PERFORMED:
            return False
        return not (self.rule.maintained or self.rule.rule.then or self.more)

    @property
    def group(self) -> tuple[str, ...] | None:
        """Whose acts closed it; None while it is open."""
        return self.owed.performed_by if self.closed else None

    @property
    def shown(self) -> tuple[Obligation, ...]:
        """Everything it comes to."""
        return (self.owed, *self.more, *self.followed)


class Slots:
    """The duties of one case as they were raised: looked through while they are few, looked up when they are many."""

    __slots__ = ("_by_key", "_by_rule", "_few")

    def __init__(self) -> None:
        self._few: list[Slot] = []
        self._by_rule: dict[int, list[Slot]] | None = None
        self._by_key: dict[str, Slot] | None = None

    def __iter__(self) -> Iterator[Slot]:
        return iter(self._few if self._by_key is None else self._by_key.values())

    def add(self, slot: Slot) -> None:
        if self._by_rule is not None and self._by_key is not None:
            self._by_rule.setdefault(slot.rule.order, []).append(slot)
            self._by_key[slot.key] = slot
            return
        self._few.append(slot)
        if len(self._few) > MANY:
            self._by_rule = {}
            for one in self._few:
                self._by_rule.setdefault(one.rule.order, []).append(one)
            self._by_key = {one.key: one for one in self._few}
            self._few = []

    def remove(self, gone: Collection[Slot]) -> None:
        """These are duties no more."""
        if self._by_rule is None or self._by_key is None:
            self._few = [slot for slot in self._few if slot not in gone]
            return
        for slot in gone:
            del self._by_key[slot.key]
        for order in {slot.rule.order for slot in gone}:
            self._by_rule[order] = [slot for slot in self._by_rule[order] if slot not in gone]

    def of(self, rule: int) -> Sequence[Slot]:
        """Those of the rule of that order."""
        if self._by_rule is not None:
            return self._by_rule.get(rule, ())
        return [slot for slot in self._few if slot.rule.order == rule] if self._few else ()

    def find(self, key: str) -> Slot | None:
        """The one with that id."""
        if self._by_key is not None:
            return self._by_key.get(key)
        for slot in self._few:
            if slot.key == key:
                return slot
        return None

    def first_turn(self) -> datetime | None:
        """When any of them next turns by itself."""
        called = [(slot.wakes_at, slot.outlasts) for slot in self if slot.wakes_at is not None]
        turns = [moment for moment, outlasts in called if not outlasts]
        ends = [moment for moment, outlasts in called if outlasts]
        if ends and (missed := past(min(ends))) is not None:
            turns.append(missed)
        return min(turns, default=None)

    @property
    def rules(self) -> Collection[int]:
        """The orders of the rules that raised any."""
        return self._by_rule if self._by_rule is not None else dict.fromkeys(slot.rule.order for slot in self._few)


def is_plain(draft: Draft) -> bool:
    """Whether one report raised it for sure, in a case of which nothing else was looked at."""
    event = draft.event
    return (
        event is not None
        and draft.verdict is True
        and draft.nature is Nature.TRIGGERED
        and draft.reports == (event.id,)
        and draft.arose_at == event.knowable_at
        and not (draft.doubtful or draft.rebuttable or draft.undecided or draft.situation.events)
    )


def is_untouched(owed: Obligation) -> bool:
    """Whether its status says all that has become of it."""
    return (
        owed.performed_at is None
        and owed.breached_at is None
        and owed.transferred_to is None
        and not (owed.questions or owed.handover_open)
        and len(owed.triggered_by) == 1
    )
