"""`LiveProgram`: the rules at work, found by an event's type and then by the constant they ask for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from remit.live.reads import Reads, reads_of
from remit.live.routes import Route
from remit.live.rules import LiveRule, circular, live_rules
from remit.live.timeline import Timeline
from remit.matching.dispatch import Asked, Dispatch
from remit.model.event import Event
from remit.semantics.drafts import nobody
from remit.semantics.law import Law
from remit.semantics.wakes import Dates


class LiveProgram:
    """Everything that is worked out once for a law."""

    __slots__ = (
        "_dispatch", "_nobody", "_reads", "by_id", "circular", "dates", "law", "policies", "rules", "timeline", "turning",
    )  # fmt: skip

    def __init__(self, law: Law) -> None:
        self.law = law
        self.timeline = Timeline(law)
        self.dates = Dates.of(law)
        self.policies = len({rule.rule.policy for rule in law.program.rules})
        self.rules = live_rules(law, self.timeline)
        self.by_id: dict[str, list[LiveRule]] = defaultdict(list)
        for rule in self.rules:
            self.by_id[rule.source.rule.id].append(rule)
        #: The rules whose duties may come, go or be set aside by what is reported later.
        ranked = {order for rule in self.rules for order in ((*rule.above, rule.order) if rule.above else ())}
        self.turning = frozenset(r.order for r in self.rules if r.source.changeable or r.order in ranked)
        #: Those of which it cannot be said which goes before, because the order goes round, and those beneath them.
        self.circular = circular({rule.order: rule.above for rule in self.rules if rule.above})
        self._reads: dict[int, Reads] = {}
        self._nobody: dict[int, Route] = {}
        self._dispatch = Dispatch((rule.source, rule) for rule in self.rules)

    def reads(self, rule: LiveRule) -> Reads:
        """What the rule looks at in a case."""
        found = self._reads.get(rule.order)
        if found is None:
            found = self._reads[rule.order] = reads_of(rule)
        return found

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

    @property
    def divided(self) -> dict[str, Asked[LiveRule]]:
        """The types of events whose rules one attribute tells apart, with what is asked of it."""
        return self._dispatch.divided()

    def candidates(self, event: Event) -> Sequence[LiveRule]:
        """The rules this event may set off; of every other the condition is surely false."""
        return self._dispatch.candidates(event)
