"""Who bears what, and who has which part in it, on one day: worked out once, asked by every page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property

from remit.checks.desks import Desks
from remit.deadlines.recurrence import spans
from remit.expressions.evaluate import evaluate
from remit.expressions.situation import Situation
from remit.model.expression import Expression, Variable
from remit.model.rule import ByFact, ByReporter, Every, On, Selector
from remit.model.unit import Unit
from remit.pack.load import Pack
from remit.program.compile import conjuncts, walk
from remit.program.program import CompiledRule
from remit.routing.search import Routing
from remit.semantics.agenda import asked_in
from remit.semantics.law import Law

NOTHING = Situation(event=None, subject={}, unit=None, events=())


@dataclass(frozen=True, slots=True)
class Stretch:
    """One period of a recurring duty in the year: from when, until when it is to be done, and the last lawful day."""

    period: str
    opens: date
    due: date | None
    latest: date | None


@dataclass(frozen=True)
class Duties:
    """The pack's rules as they bind its units on `day`."""

    pack: Pack
    day: date
    law: Law
    desks: Desks
    _years: dict[int, tuple[Stretch, ...]] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, pack: Pack, day: date) -> Duties:
        law = Law.of(pack)
        return cls(pack, day, law, Desks(pack.graph, law.program))

    @cached_property
    def units(self) -> Mapping[str, Unit]:
        """The units that exist that day, under the names they bear."""
        graph = self.pack.graph
        return {name: graph.unit(name, self.day) for name in graph.units if graph.exists(name, self.day)}

    @cached_property
    def in_force(self) -> tuple[CompiledRule, ...]:
        """The rules that run that day, in order of the documents."""
        return tuple(rule for rule in self.law.program.rules if rule.in_force_on(self.day))

    @cached_property
    def bearers(self) -> Mapping[int, tuple[str, ...]]:
        """By a rule's order: the units that can come to bear it."""
        return {rule.order: tuple(self.bearing(rule)) for rule in self.law.program.rules}

    def bearing(self, rule: CompiledRule) -> Iterator[str]:
        """What a condition says of the unit itself leaves some out."""
        of_unit = tuple(about_the_unit(rule))
        for name, unit in self.desks.bearers(rule, self.day).items():
            inside = Situation(event=None, subject={}, unit=unit, events=())
            if name in self.units and all(evaluate(part, inside) is not False for part in of_unit):
                yield name

    @cached_property
    def borne(self) -> Mapping[str, tuple[CompiledRule, ...]]:
        """By unit: the rules it can come to bear, in order of the documents."""
        found: dict[str, list[CompiledRule]] = {name: [] for name in self.units}
        for rule in self.in_force:
            for name in self.bearers[rule.order]:
                found[name].append(rule)
        return {name: tuple(rules) for name, rules in found.items()}

    @cached_property
    def parts(self) -> Mapping[str, tuple[tuple[str, CompiledRule], ...]]:
        """By unit: its part (`performer`, `to`, `with`) in what others bear."""
        found: dict[str, list[tuple[str, CompiledRule]]] = {name: [] for name in self.units}
        for rule in self.in_force:
            one = rule.rule
            for part, selectors in (("performer", one.performers), ("to", one.to), ("with", one.cooperating)):
                for name in sorted({n for s in selectors for n in self.reached(rule, s)} & self.units.keys()):
                    found[name].append((part, rule))
        return {name: tuple(rules) for name, rules in found.items()}

    def reached(self, rule: CompiledRule, selector: Selector) -> Iterator[str]:
        """Whom a selector that is not the bearer's can find."""
        for routing in self.desks.found(rule, selector, self.day, bears=False).values():
            yield from (party.id for party in routing.parties if party.desk)

    def anybody(self, rule: CompiledRule) -> bool:
        """Whoever reports bears it, and nothing says who that may be."""
        return any(isinstance(s, ByReporter | ByFact) for s in rule.rule.bearers) and len(
            self.bearers[rule.order]
        ) == len(self.units)

    def settled(self, rule: CompiledRule, selector: Selector, unit: str) -> tuple[str, ...]:
        """The units a selector finds for this bearer wherever it happened; none where that depends on the place."""
        triggered = isinstance(rule.rule.trigger, On)
        routing: Routing = self.desks.ask(selector, self.units[unit], self.day, triggered=triggered)
        if isinstance(selector, ByReporter | ByFact) or routing.fact is not None:
            return ()
        return tuple(party.id for party in routing.parties if party.desk)

    def stretches(self, rule: CompiledRule) -> tuple[Stretch, ...]:
        """A recurring duty's periods in the year of `day`."""
        if rule.order not in self._years:
            self._years[rule.order] = tuple(self.year(rule))
        return self._years[rule.order]

    def year(self, rule: CompiledRule) -> Iterator[Stretch]:
        if not isinstance(rule.rule.trigger, Every):
            return
        for span in spans(rule.rule.trigger.period, date(self.day.year, 1, 1), date(self.day.year, 12, 31)):
            asked = asked_in(self.law, rule, span)
            if asked is None:
                continue
            _, deadline, opens = asked
            due, latest = (self.last_day(at) for at in (deadline.due, deadline.latest))
            yield Stretch(span.id, opens, due, latest)

    def last_day(self, at: datetime | None) -> date | None:
        """Midnight ends the day before."""
        return self.law.day(at - timedelta(microseconds=1)) if at is not None else None


def about_the_unit(rule: CompiledRule) -> Iterator[Expression]:
    """The parts of a rule's condition that read nothing but its bearer."""
    condition = rule.rule.condition
    for part in conjuncts(condition.tree) if condition else ():
        roots = {node.name for node in walk(part) if isinstance(node, Variable)}
        if roots == {"unit"}:
            yield part
