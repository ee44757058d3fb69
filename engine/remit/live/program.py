"""`LiveProgram`: the rules at work, found by an event's type and then by the constant they ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from remit.live.routes import Route
from remit.live.rules import LiveRule, live_rules
from remit.live.timeline import Timeline
from remit.matching.dispatch import Dispatch
from remit.model.event import Event
from remit.semantics.drafts import nobody
from remit.semantics.law import Law
from remit.semantics.wakes import Dates


class LiveProgram:
    """Everything that is worked out once for a law."""

    __slots__ = ("_dispatch", "_nobody", "by_id", "dates", "law", "policies", "rules", "timeline")

    def __init__(self, law: Law) -> None:
        self.law = law
        self.timeline = Timeline(law)
        self.dates = Dates.of(law)
        self.policies = len({rule.rule.policy for rule in law.program.rules})
        self.rules = live_rules(law, self.timeline)
        self.by_id: dict[str, list[LiveRule]] = defaultdict(list)
        for rule in self.rules:
            self.by_id[rule.source.rule.id].append(rule)
        self._nobody: dict[int, Route] = {}
        self._dispatch = Dispatch((rule.source, rule) for rule in self.rules)

    def nobody(self, day: date) -> Route:
        """Where a breach points at no unit at all, that is asked."""
        version = self.timeline.versions[day]
        if version not in self._nobody:
            routing = nobody(self.law, day)
            parties = [party.bare() for party in routing.parties]
            units = [self.law.graph.unit(party.id, day) for party in parties]
            self._nobody[version] = Route(tuple(zip(parties, units, strict=True)), routing.fact, routing.ask)
        return self._nobody[version]

    @property
    def undivided(self) -> dict[str, tuple[LiveRule, ...]]:
        """The types of events that set off the same rules whatever they state, with those."""
        return self._dispatch.undivided()

    def candidates(self, event: Event) -> Sequence[LiveRule]:
        """The rules this event may set off; of every other the condition is surely false."""
        return self._dispatch.candidates(event)
