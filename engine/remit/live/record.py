"""`Record`: the events of one case as the rules look for them, each search done once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from remit.expressions.situation import Situation
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
        "_knowable",
        "_known",
        "_moments",
        "_situations",
        "_steering",
        "_turns",
        "history",
        "types",
    )  # fmt: skip

    def __init__(self, history: History, moments: dict[datetime, Record] | None = None) -> None:
        self.history = history
        self.types = history.by_type.keys()
        self._situations: dict[str, Situation] = {}
        self._discharging: dict[int, tuple[Event, ...]] = {}
        self._breaching: dict[int, tuple[Event, ...]] = {}
        self._moments: dict[datetime, Record] = {} if moments is None else moments
        self._knowable: dict[str, datetime] = {}
        self._known: list[datetime] = []
        self._turns: dict[str | None, dict[str, list[datetime]]] = {}
        self._steering = tuple(e for e in history.events if e.type in STEERING) if self.types & STEERING else ()

    def situation(self, event: Event) -> Situation:
        """What conditions about this event are judged in."""
        found = self._situations.get(event.id)
        if found is None:
            history = self.history
            found = self._situations[event.id] = Situation(event, history.facts(event.subject), None, history.events)
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
        by_type = self.history.by_type
        found = [e for kind in types for e in by_type.get(kind, ()) if fits(acts, rule, e, self.situation(e)) is True]
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

    def turns_after(self, moment: datetime, subject: str | None, rule: LiveRule) -> Sequence[datetime]:
        """The later moments at which what the rule reads may have become another."""
        if rule.reads_case:
            return self.known[bisect_right(self.known, moment) :]
        turns = self._turns.get(subject)
        if turns is None:
            turns = self._turns[subject] = self._turns_of(subject)
        return sorted({turn for fact in rule.facts for turn in turns.get(fact, ()) if turn > moment})

    def _turns_of(self, subject: str | None) -> dict[str, list[datetime]]:
        """For each fact, when it was stated; where it was always stated alike, when that was first known."""
        stated: dict[str, list[tuple[datetime, object]]] = {}
        for event in self.history.events:
            if event.subject == subject:
                for name, value in event.data.items():
                    stated.setdefault(name, []).append((self.knowable_at(event), value))
        turns = {}
        for name, told in stated.items():
            moments = [moment for moment, _ in told]
            alike = all(value == told[0][1] for _, value in told)
            turns[name] = [min(moments)] if alike else moments
        return turns

    def as_known_at(self, moment: datetime) -> Record:
        """The record with only what was knowable by then; those of one case are remembered together."""
        if not self.known or moment >= self.known[-1]:
            return self
        found = self._moments.get(moment)
        if found is None:
            found = self._moments[moment] = Record(self.history.as_known_at(moment), self._moments)
        return found


def steers(event: Event, rule: str, ids: frozenset[str]) -> bool:
    """Whether the act names the obligation by one of its ids, or only this rule."""
    data = event.data
    if data.get("rule", rule) != rule:
        return False
    return data["obligation"] in ids if "obligation" in data else "rule" in data
