"""`Diary`: the acts that bear on the agenda, as they stand, found by rule and period."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from remit.deadlines.recurrence import spans
from remit.expressions.situation import Situation
from remit.live.program import LiveProgram
from remit.live.record import STEERING, steers
from remit.live.rules import LiveAct, LiveRule, fits
from remit.matching.history import in_time
from remit.model.event import Event
from remit.model.rule import Every

#: A rule, and the period of an act; None for all of them.
Place = tuple[int, str | None]


class Diary:
    """Acts of all cases, without their subjects: a period's act may be reported in any case, or in none.

    Each is noted once under every rule it performs or violates, and there under the period it names or was done in.
    """

    def __init__(self, program: LiveProgram, rules: Iterable[LiveRule]) -> None:
        own = program.law.calendar
        self._zones = {calendar.zone for calendar in (own, *own.local.values())}
        self._by_type: dict[str, list[LiveRule]] = defaultdict(list)
        self._by_action: dict[tuple[str, str | None], list[LiveRule]] = defaultdict(list)
        self._discharging: dict[Place, list[Event]] = {}
        self._breaching: dict[Place, list[Event]] = {}
        self._upon_rule: dict[str, list[Event]] = {}
        self._upon_obligation: dict[str, list[Event]] = {}
        for rule in rules:
            for kind in sorted(rule.heard):
                self._by_type[kind].append(rule)
                self._by_action[kind, rule.rule.action].append(rule)

    def hears(self, event: Event) -> bool:
        """Whether an event of this type could bear on the agenda at all."""
        return event.type in self._by_type or event.type in STEERING

    # --- to note ---------------------------------------------------------------------------------------

    def note(self, event: Event) -> None:
        for page, key in self._pages(event):
            insort(page.setdefault(key, []), without_subject(event), key=in_time)

    def strike(self, event: Event) -> None:
        """Take out what was noted of an event that no longer stands."""
        for page, key in self._pages(event):
            page[key] = [noted for noted in page[key] if noted.id != event.id]

    def _pages(self, event: Event) -> Iterator[tuple[dict, object]]:  # type: ignore[type-arg]  # pages of both kinds
        for rule, periods, performs, violates in self.borne_on(event):
            for place in {(rule.order, period) for period in (*periods, None)}:
                if performs:
                    yield self._discharging, place
                if violates:
                    yield self._breaching, place
        if event.type in STEERING:
            if "obligation" in event.data:
                yield self._upon_obligation, event.data["obligation"]
            elif "rule" in event.data:
                yield self._upon_rule, event.data["rule"]

    def borne_on(self, event: Event) -> Iterator[tuple[LiveRule, frozenset[str | None], bool, bool]]:
        """Each rule it performs or violates, with the periods it may belong to: where clocks differ, each that runs somewhere."""
        situation = Situation(without_subject(event), {}, None, ())
        for rule in self._candidates(event):
            performs = fitting(rule.discharges, rule, situation)
            violates = fitting(rule.breaches, rule, situation)
            if performs or violates:
                yield rule, self._periods(rule, event), performs, violates

    def _candidates(self, event: Event) -> Sequence[LiveRule]:
        if "action" not in event.data:
            return self._by_type.get(event.type, ())
        action = event.data["action"]
        return self._by_action.get((event.type, action), ()) if isinstance(action, str) else ()

    def _periods(self, rule: LiveRule, event: Event) -> frozenset[str | None]:
        trigger = rule.rule.trigger
        if not isinstance(trigger, Every):
            return frozenset((None,))
        if "period" in event.data:
            return frozenset((str(event.data["period"]),))
        days = {event.at.astimezone(zone).date() for zone in self._zones}
        return frozenset(spans(trigger.period, day, day)[0].id for day in days)

    # --- to find (`record.Acts`) -------------------------------------------------------------------------

    def quiet(self, rule: LiveRule) -> bool:
        steered = self._upon_obligation or rule.rule.id in self._upon_rule
        return (
            not steered
            and not self._discharging.get((rule.order, None))
            and not self._breaching.get((rule.order, None))
        )

    def discharging(self, rule: LiveRule, period: str | None) -> Sequence[Event]:
        return self._discharging.get((rule.order, period), ())

    def breaching(self, rule: LiveRule, period: str | None) -> Sequence[Event]:
        return self._breaching.get((rule.order, period), ())

    def steered(self, rule: LiveRule) -> bool:
        return bool(self._upon_obligation) or rule.rule.id in self._upon_rule

    def steering(self, rule: str, ids: frozenset[str]) -> Sequence[Event]:
        named = [e for key in ids for e in self._upon_obligation.get(key, ()) if steers(e, rule, ids)]
        upon_rule = self._upon_rule.get(rule, ())
        return sorted((*named, *upon_rule), key=in_time) if named else upon_rule


def fitting(acts: tuple[LiveAct, ...], rule: LiveRule, situation: Situation) -> bool:
    return situation.event is not None and fits(acts, rule, situation.event, situation) is True


def without_subject(event: Event) -> Event:
    return event if event.subject is None else replace(event, subject=None)
