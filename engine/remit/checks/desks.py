"""Which desks a rule's selectors find: for every place and bearer they can be asked for, on each day that changes the answer."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import TypeGuard

from remit.errors import RemitError, RoutingError
from remit.expressions.situation import Situation, Stated
from remit.model.event import Event
from remit.model.rule import (
    ByDefaulter,
    ByFact,
    ByRelation,
    ByReporter,
    ByRole,
    ByStep,
    ByUnit,
    Consequence,
    On,
    Selector,
)
from remit.model.unit import Edge, Unit
from remit.program.program import CompiledRule, Program
from remit.routing.graph import UnitGraph
from remit.routing.route import route
from remit.routing.search import Routing

NOBODY = "no-possible-unit"
SHOWN = 3
ONE_DAY = timedelta(days=1)

Found = Mapping[str | None, Routing]
#: A selector whose desk may depend on where something happened.
Placed = ByRole | ByRelation


@dataclass
class Desks:
    """Routes every selector for everything it can be asked for, each question once."""

    graph: UnitGraph
    program: Program
    asked: dict[tuple[object, ...], Routing] = field(default_factory=dict)
    placed: dict[tuple[object, ...], Found] = field(default_factory=dict)
    turns: dict[Selector, Sequence[date]] = field(default_factory=dict)
    borne: dict[tuple[int, date], Mapping[str, Unit]] = field(default_factory=dict)
    set_off_by: dict[str, list[CompiledRule]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for rule in self.program.rules:
            for name in dict.fromkeys(rule.rule.then):
                self.set_off_by.setdefault(name, []).append(rule)

    def of_rule(self, rule: CompiledRule) -> Iterator[RemitError]:
        """RM507 where no unit can ever be found for a part; RM508 where some places, or some days, have none or several."""
        for part, selectors in (
            ("bearer", rule.rule.bearers),
            ("performer", rule.rule.performers),
            ("to", rule.rule.to),
            ("with", rule.rule.cooperating),
        ):
            for selector in selectors:
                days = self.days(rule, selector)
                answers = ((day, self.found(rule, selector, day, bears=part == "bearer")) for day in days)
                told = [(day, found) for day, found in answers if found]
                yield from report(rule, part, selector, told, self.graph)

    def found(self, rule: CompiledRule, selector: Selector, day: date, *, bears: bool) -> Found:
        """What a selector finds that day, by the place it is asked for or by the unit that asks. Empty where nobody asks."""
        triggered, alike_day = isinstance(rule.rule.trigger, On), self.since(selector, day)
        if asks_place(selector, rule, bears=bears):
            units = () if bears else one_a_level(self.bearers(rule, day).values(), selector)
            return self.at_places(selector, units, alike_day) if bears or units else {}
        if isinstance(selector, ByStep) and isinstance(selector.of, ByReporter | ByFact):
            return reached(self.from_anywhere(selector, day))
        if bears and not isinstance(rule.rule.trigger, Consequence):
            return {None: self.ask(selector, None, alike_day, triggered=triggered)}
        asking = self.failed(rule, day) if bears else self.bearers(rule, day)
        return {name: self.ask(selector, unit, alike_day, triggered=triggered) for name, unit in asking.items()}

    def bearers(self, rule: CompiledRule, day: date) -> Mapping[str, Unit]:
        """Every unit that can come to bear the rule that day; where the reporter does, any."""
        key = (rule.order, day)
        if key not in self.borne:
            self.borne[key] = {}  # a consequence of its own consequence adds nobody
            found = (r for s in rule.rule.bearers for r in self.found(rule, s, day, bears=True).values())
            names = {p.id for r in found for p in r.parties if p.routed}
            if reported(rule):
                names.update(name for name in self.graph.units if self.graph.exists(name, day))
            self.borne[key] = {name: self.graph.units[name] for name in sorted(names)}
        return self.borne[key]

    def failed(self, rule: CompiledRule, day: date) -> Mapping[str, Unit]:
        """Whose failure can set a consequence off."""
        return {name: unit for cause in self.causes(rule) for name, unit in self.bearers(cause, day).items()}

    def causes(self, rule: CompiledRule) -> Sequence[CompiledRule]:
        return self.set_off_by.get(rule.rule.id, ())

    # --- asking -----------------------------------------------------------------------------------

    def at_places(self, selector: Placed, units: Sequence[Unit], day: date) -> Found:
        """What is found for an event at each place that can be asked for; nobody at all where there is no such place."""
        key = (selector, tuple(alike(selector, unit) for unit in units), day)
        if key not in self.placed:
            places = self.places(selector, day)
            found: Found = {place: self.at_place(selector, place, units, day) for place in places}
            self.placed[key] = nameable(found) or {None: Routing(())}
        return self.placed[key]

    def at_place(self, selector: Placed, place: str, units: Sequence[Unit], day: date) -> Routing:
        """What is found for an event at `place`; of several possible levels of the bearer, one that finds a desk suffices."""
        here = replace(selector, place=place)
        answers = [self.ask(here, unit, day, triggered=True) for unit in units or (None,)]
        return next((answer for answer in answers if answer.fact is None), answers[0])

    def from_anywhere(self, selector: ByStep, day: date) -> Found:
        """What is found from each unit that may report, or be named."""
        living = (unit for name, unit in self.graph.units.items() if self.graph.exists(name, day))
        return {unit.id: self.ask(selector, unit, day, triggered=True) for unit in living}

    def ask(self, selector: Selector, unit: Unit | None, day: date, *, triggered: bool) -> Routing:
        """Route for this unit; those alike in all that the selector reads share the answer."""
        key = (selector, alike(selector, unit), day, triggered)
        if key not in self.asked:
            self.asked[key] = self.route(selector, unit, day, triggered=triggered)
        return self.asked[key]

    def route(self, selector: Selector, unit: Unit | None, day: date, *, triggered: bool) -> Routing:
        at = datetime.combine(day, time.min, UTC)
        living = (name for name in self.graph.units if self.graph.exists(name, day))
        someone = unit.id if unit else next(living, None)
        start = selector.of if isinstance(selector, ByStep) else selector
        root, _, name = start.fact.partition(".") if isinstance(start, ByFact) else ("", "", "")
        event = Event("?", "?", at, at, by=someone, data={name: someone or ""} if name else {}) if triggered else None
        subject = {name: Stated(someone or "", "?")} if triggered and root == "subject" else {}
        situation = Situation(event, MappingProxyType(subject), None, (), defaulter=unit)
        return route(selector, graph=self.graph, day=day, situation=situation, bearer=unit, triggered=triggered)

    # --- what can be asked for --------------------------------------------------------------------

    def places(self, selector: Placed, day: date) -> Sequence[str]:
        """Where an event can happen that asks for this desk: at the levels that have such units (below, if it climbs), and in the units themselves."""
        holders = self.holders(selector)
        levels = {self.graph.places[unit.place].level for unit in holders}
        order = self.graph.levels
        if selector.level in order:
            levels |= set(order[order.index(selector.level) :])
        elif isinstance(selector, ByRole) and selector.enclosing and levels:
            levels = set(order[min(order.index(level) for level in levels) :])
        inside = (u.id for u in holders if isinstance(selector, ByRole) and self.graph.exists(u.id, day))
        return [*(place.id for place in self.graph.places.values() if place.level in levels), *inside]

    def holders(self, selector: Selector) -> Sequence[Unit]:
        """The units, of whatever day, whose role the selector names."""
        role = (
            selector.role if isinstance(selector, ByRole | ByStep)
            else selector.of if isinstance(selector, ByRelation)
            else ""
        )  # fmt: skip
        names = (role,) if role in self.graph.units else self.graph.by_role.get(role, ())
        return [self.graph.units[name] for name in names]

    def days(self, rule: CompiledRule, selector: Selector) -> Sequence[date]:
        """The first day of the rule, and each later one on which what the selector, or a bearer's, reads begins or has ended."""
        first = rule.effective_on
        read = {selector, *(bearing for one in self.with_causes(rule) for bearing in one.rule.bearers)}
        turns = {day for one in read for day in self.turning(one)}
        return [first, *sorted(day for day in turns if day > first and rule.in_force_on(day))]

    def with_causes(self, rule: CompiledRule) -> Iterable[CompiledRule]:
        found = {rule.order: rule}
        open_rules = [rule]
        while open_rules:
            for cause in self.causes(open_rules.pop()):
                if cause.order not in found:
                    found[cause.order] = cause
                    open_rules.append(cause)
        return found.values()

    def since(self, selector: Selector, day: date) -> date:
        """Since when what the selector reads has stood as it stands on `day`: nothing need be routed anew before it changes."""
        if isinstance(selector, ByReporter | ByDefaulter | ByFact | ByStep):
            return day
        passed = bisect_right(self.turning(selector), day)
        return self.turning(selector)[passed - 1] if passed else date.min

    def turning(self, selector: Selector) -> Sequence[date]:
        """The days on which a unit or edge that the selector reads begins, or is there no more."""
        if selector not in self.turns:
            found = {turn for term in self.read(selector) for turn in (term.since, day_after(term.until)) if turn}
            self.turns[selector] = sorted(found)
        return self.turns[selector]

    def read(self, selector: Selector) -> Iterator[Unit | Edge]:
        """Every dated thing that decides what the selector finds."""
        yield from self.holders(selector)
        if isinstance(selector, ByUnit):
            heirs = (act.into for act in self.graph.reorganisations if act.into is not None)
            yield from (self.graph.units[name] for name in (selector.unit, *heirs))
        if isinstance(selector, ByStep):
            yield from (edge for edge in self.graph.edges if edge.relation is selector.via)
            yield from self.graph.units.values()
        if isinstance(selector, ByRelation):
            for body in self.holders(selector):
                for edge in self.graph.incoming.get((body.id, selector.relation), ()):
                    yield from (edge, self.graph.units[edge.source])


def day_after(last: date | None) -> date | None:
    """The first day without what lasts until `last`; None where it never ends."""
    return last + ONE_DAY if last is not None and last < date.max else None


def asks_place(selector: Selector, rule: CompiledRule, *, bears: bool) -> TypeGuard[Placed]:
    """Whether the desk depends on where something happened: a place read from the event or person, or left out by a bearer."""
    if not isinstance(selector, ByRole | ByRelation) or not isinstance(rule.rule.trigger, On | Consequence):
        return False
    if selector.place is None:
        return bears and not selector.each and isinstance(rule.rule.trigger, On)
    return selector.place.startswith(("event.", "subject."))


def alike(selector: Selector, unit: Unit | None) -> object:
    """All that the selector reads of the unit that asks."""
    match selector:
        case ByUnit() | ByRelation(each=True, place=None, level=None):
            return None
        case ByRole() | ByRelation():
            return (unit.place, unit.level) if unit else None
        case _:
            return unit.id if unit else None


def reported(rule: CompiledRule) -> bool:
    """Whether whoever reports, or whom the report names, bears it: who that may be, nothing says."""
    return any(isinstance(selector, ByReporter | ByFact) for selector in rule.rule.bearers)


def one_a_level(units: Iterable[Unit], selector: Placed) -> Sequence[Unit]:
    """A bearer for each level where the selector reads the level, else any one."""
    relative = selector.level in ("same", "upper")
    return tuple({unit.level if relative else "": unit for unit in units}.values())


def reached(found: Found) -> Found:
    """The units from which a way leads there: no other is expected to report, unless none is."""
    return {name: routing for name, routing in found.items() if routing.fact is None} or found


def nameable(found: Found) -> Found:
    """Without the places that have several such units: an event can name the very unit as its place, and is asked to."""
    return {place: routing for place, routing in found.items() if routing.fact != "event.place"} or found


# --- telling -------------------------------------------------------------------------------------


def report(
    rule: CompiledRule, part: str, selector: Selector, told: Sequence[tuple[date, Found]], graph: UnitGraph
) -> Iterator[RemitError]:
    """One finding a selector: nobody at all, or these places on these days."""
    if not told:
        return
    if all(nobody(found) for _, found in told):
        why = next((r.ask.en for _, found in told for r in found.values() if r.ask), "no unit fits")
        yield RoutingError("RM507", NOBODY, found=f"{rule.rule.id}: {part}", expected="a selector that some unit fits", origin=rule.rule.origin, hint=why)  # fmt: skip
    elif not reported(rule):
        gaps = spans([(day, where(found, graph, bears=part == "bearer")) for day, found in told])
        if gaps:
            each = isinstance(selector, ByRole | ByRelation) and selector.each
            expected = "a unit; there nobody owes it" if each else "exactly one unit; there it goes to the fallback desk with a question"  # fmt: skip
            more = f"also {'; '.join(gaps[1:])}" if gaps[1:] else None
            yield RoutingError("RM508", "routing-gap", found=f"{rule.rule.id}: {part} {gaps[0]}", expected=expected, origin=rule.rule.origin, hint=more)  # fmt: skip


def nobody(found: Found) -> bool:
    return all(routing.fact is not None or not routing.parties for routing in found.values())


def where(found: Found, graph: UnitGraph, *, bears: bool) -> str:
    """The places without a desk, the first few by name; nothing where each has one.

    Recipients of whom there may be several may also be none; a duty that nobody bears would be lost in silence.
    """
    if nobody(found) and (bears or any(routing.fact for routing in found.values())):
        return "anywhere"
    lost = (name for name, routing in found.items() if routing.fact is not None or (bears and not routing.parties))
    names = list(dict.fromkeys(label(graph, name) for name in lost))
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"at {', '.join(names[:SHOWN])}{more}" if names else ""


def spans(told: Sequence[tuple[date, str]]) -> list[str]:
    """What is told of each stretch of days, the bounds that are not the rule's own named.

    >>> spans([(date(2024, 1, 1), ""), (date(2024, 3, 1), "at Hill"), (date(2024, 5, 1), "at Hill")])
    ['at Hill from 2024-03-01']
    """
    turned = [(day, gap) for n, (day, gap) in enumerate(told) if n == 0 or gap != told[n - 1][1]]
    ends = [day - ONE_DAY for day, _ in turned[1:]] + [None]
    return [
        gap + (f" from {day}" if n else "") + (f" until {end}" if end else "")
        for n, ((day, gap), end) in enumerate(zip(turned, ends, strict=True))
        if gap
    ]


def label(graph: UnitGraph, name: str | None) -> str:
    """A place by its label; of a unit that asks, its place."""
    unit = graph.units.get(name or "")
    known = graph.places.get(unit.place if unit else name or "")
    return known.label.zh if known else "—"
