"""`Record`: the events of one case as the rules look for them, each search done once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from remit.expressions.situation import Situation, Stated
from remit.live.hindsight import Hindsight
from remit.live.program import LiveProgram
from remit.live.rules import LiveAct, LiveRule, fits
from remit.matching.history import History, in_time
from remit.model.event import DISPUTE, RECEIPT, RESUMPTION, SUSPENSION, TRANSFER, WAIVER, Event

#: Acts upon single obligations.
STEERING = frozenset({WAIVER, SUSPENSION, RESUMPTION, DISPUTE, RECEIPT, TRANSFER})


class Acts(Protocol):
    """The events among which those that bear on an obligation are to be found, in time."""

    def quiet(self, rule: LiveRule) -> bool:
        """Whether surely no event bears on what the rule raises."""
        ...

    def steered(self, rule: LiveRule) -> bool:
        """Whether an act may steer what the rule raises."""
        ...

    def discharging(self, rule: LiveRule, period: str | None) -> Sequence[Event]:
        """Events that perform the rule, whoever did them; of a period, at least those within it."""
        ...

    def breaching(self, rule: LiveRule, period: str | None) -> Sequence[Event]:
        """Events that violate the rule, whoever did them."""
        ...

    def steering(self, rule: str, ids: frozenset[str]) -> Sequence[Event]:
        """Acts upon the obligation that has any of these ids, or upon what the rule raises."""
        ...


class Record:
    """One history. Nothing is looked for that no event's type could be."""

    __slots__ = (
        "_breaching",
        "_discharging",
        "_first_known",
        "_hindsight",
        "_knowable",
        "_known",
        "_situations",
        "_steering",
        "history",
        "types",
    )  # fmt: skip

    def __init__(self, history: History, hindsight: Hindsight | None = None) -> None:
        self.history = history
        self.types: AbstractSet[str] = history.by_type.keys()
        self._situations: dict[str, Situation] = {}
        self._discharging: dict[int, tuple[Event, ...]] = {}
        self._breaching: dict[int, tuple[Event, ...]] = {}
        self._hindsight = hindsight
        self._knowable: dict[str, datetime] = {}
        self._first_known: Mapping[str, datetime] | None = None
        self._known: list[datetime] = []
        self._steering = tuple(e for e in history.events if e.type in STEERING) if self.types & STEERING else ()

    def situation(self, event: Event, *, alone: bool = False) -> Situation:  # noqa: ARG002 - they are at hand
        """What conditions about this event are judged in; `alone` where nobody looks at the case's other events."""
        found = self._situations.get(event.id)
        if found is None:
            history = self.history
            facts = history.facts(event.subject)
            found = Situation(event, facts, None, history.events, matter=history.matter)
            self._situations[event.id] = found
        return found

    def quiet(self, rule: LiveRule) -> bool:
        return not self._steering and rule.heard.isdisjoint(self.types)

    def discharging(self, rule: LiveRule, period: str | None) -> Sequence[Event]:  # noqa: ARG002 - a case has no periods
        if rule.discharged_by.isdisjoint(self.types):
            return ()
        found = self._discharging.get(rule.order)
        if found is None:
            found = self._discharging[rule.order] = self._fitting(rule, rule.discharges, rule.discharged_by)
        return found

    def breaching(self, rule: LiveRule, period: str | None) -> Sequence[Event]:  # noqa: ARG002
        if rule.breached_by.isdisjoint(self.types):
            return ()
        found = self._breaching.get(rule.order)
        if found is None:
            found = self._breaching[rule.order] = self._fitting(rule, rule.breaches, rule.breached_by)
        return found

    def steered(self, rule: LiveRule) -> bool:  # noqa: ARG002 - few cases have any
        return bool(self._steering)

    def steering(self, rule: str, ids: frozenset[str]) -> Sequence[Event]:
        return [e for e in self._steering if steers(e, rule, ids)]

    def _fitting(self, rule: LiveRule, acts: tuple[LiveAct, ...], types: frozenset[str]) -> tuple[Event, ...]:
        found = [e for kind in types for e in self._told(kind) if fits(acts, rule, e, self.situation(e)) is True]
        return tuple(found) if len(types) == 1 else tuple(sorted(found, key=in_time))

    # --- as it was known -----------------------------------------------------------------------------

    def knowable_at(self, event: Event) -> datetime:
        found = self._knowable.get(event.id)
        if found is None:
            found = self._knowable[event.id] = event.knowable_at
        return found

    @property
    def known(self) -> Sequence[datetime]:
        """The moments at which something more became known, in order."""
        if not self._known:
            self._known = sorted({self.knowable_at(event) for event in self.history.events})
        return self._known

    @property
    def first_known(self) -> Mapping[str, datetime]:
        """When the first event of each type became known."""
        if self._first_known is None:
            by_type = self.history.by_type
            self._first_known = {kind: min(map(self.knowable_at, told)) for kind, told in by_type.items()}
        return self._first_known

    @property
    def last(self) -> datetime:
        """When the last of it became known."""
        return (self._known or self.known)[-1]

    def hindsight(self, program: LiveProgram) -> Hindsight:
        """What was owed by what was known before, worked out when it is first asked for."""
        if self._hindsight is None:
            knowable = [self.knowable_at(event) for event in self.history.events]
            self._hindsight = Hindsight(program, self.history, knowable)
        return self._hindsight

    @property
    def has_hindsight(self) -> bool:
        """Whether that was asked for."""
        return self._hindsight is not None

    def as_known_at(self, moment: datetime) -> Record:
        """The record with only what was knowable by then."""
        return self if not self.known or moment >= self.last else Record(self.history.as_known_at(moment))

    def _told(self, kind: str) -> Sequence[Event]:
        """The events of a type."""
        return self.history.by_type.get(kind, ())


class Earlier(Record):
    """A record looked back upon from later: only what was knowable by then is seen of it, and nothing of it is put together anew."""

    __slots__ = ("_facts", "_matter", "_moment", "_seen", "_sights", "_whole")

    def __init__(self, whole: Record, moment: datetime, hindsight: Hindsight) -> None:
        super().__init__(whole.history, hindsight)
        self._whole, self._moment, self._sights = whole, moment, hindsight.sights
        self._steering = tuple(filter(self._is_known, self._steering))
        self.types = frozenset(kind for kind, first in whole.first_known.items() if first <= moment)
        self._seen: tuple[Event, ...] | None = None
        self._facts: dict[str | None, Mapping[str, Stated]] = {}
        self._matter: Mapping[str, Stated] | None = None

    @property
    def known(self) -> Sequence[datetime]:
        return self._whole.known

    @property
    def last(self) -> datetime:
        return self._moment

    def knowable_at(self, event: Event) -> datetime:
        return self._whole.knowable_at(event)

    def situation(self, event: Event, *, alone: bool = False) -> Situation:
        facts = self._facts.get(event.subject)
        if facts is None:
            facts = self._facts[event.subject] = self._sights.facts(event.subject, self._moment)
        if self._matter is None:
            self._matter = self._sights.matter(self._moment)
        return Situation(event, facts, None, () if alone else self._events(), matter=self._matter)

    def _events(self) -> tuple[Event, ...]:
        if self._seen is None:
            self._seen = tuple(filter(self._is_known, self.history.events))
        return self._seen

    def _is_known(self, event: Event) -> bool:
        return self.knowable_at(event) <= self._moment

    def _told(self, kind: str) -> Sequence[Event]:
        return list(filter(self._is_known, super()._told(kind)))


def steers(event: Event, rule: str, ids: frozenset[str]) -> bool:
    """Whether the act names the obligation by one of its ids, or only this rule."""
    data = event.data
    if data.get("rule", rule) != rule:
        return False
    return data["obligation"] in ids if "obligation" in data else "rule" in data
