"""Routes remembered: a selector finds the same desks as long as what it reads, and the unit graph, stay the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from remit.expressions.situation import Situation
from remit.live.timeline import Timeline
from remit.model.obligation import Party
from remit.model.rule import ByDefaulter, ByFact, ByPeople, ByRelation, ByReporter, ByRole, ByStep, ByUnit, Selector
from remit.model.text import Text
from remit.model.unit import Unit
from remit.program.program import CompiledRule
from remit.routing.search import named
from remit.semantics.law import Law

#: What a selector reads of the situation, as a key.
Reads = Callable[[Situation, Unit | None], object]
#: No event at all, which is another thing than an event without a place.
NO_EVENT = ("no event",)


@dataclass(frozen=True, slots=True)
class Route:
    """The desks found, without the way there; each with its unit as of that day. `fact` and `ask` where none was."""

    desks: tuple[tuple[Party, Unit], ...]
    fact: str | None
    ask: Text | None

    @property
    def parties(self) -> tuple[Party, ...]:
        return tuple(party for party, _ in self.desks)


class Desks:
    """One selector in one part of a rule."""

    __slots__ = ("_found", "_law", "_part", "_reads", "_rule", "_selector", "_timeline", "by_place")

    def __init__(self, law: Law, timeline: Timeline, rule: CompiledRule, part: str, selector: Selector) -> None:
        self._law, self._timeline = law, timeline
        self._rule, self._part, self._selector = rule, part, selector
        self._reads = reads(selector)
        #: Whether nothing but where the event happened decides, apart from the day.
        self.by_place = self._reads in (of_event, default_place)
        self._found: dict[tuple[int, str | None, object], Route] = {}

    def find(self, situation: Situation, day: date, bearer: Unit | None) -> Route:
        """As `Law.seek`; asked of it once for each version of the graph, bearer and place."""
        key = (
            self._timeline.versions[day],
            None if bearer is None else bearer.id,
            self._reads(situation, bearer),
        )
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._seek(situation, day, bearer)
        return found

    def known(self, place: str | None, day: date) -> Route | None:
        """As `find` without a bearer, if that is known, where the place decides."""
        return self._found.get((self._timeline.versions[day], None, place))

    def _seek(self, situation: Situation, day: date, bearer: Unit | None) -> Route:
        routing = self._law.seek(self._rule, self._part, self._selector, situation, day, bearer)
        parties = [party.bare() for party in routing.parties]
        return Route(tuple((party, self._unit(party, day)) for party in parties), routing.fact, routing.ask)

    def _unit(self, party: Party, day: date) -> Unit:
        """The unit as of that day; people stand for themselves."""
        return Unit(party.id, party.label, (), "", "") if party.people else self._law.graph.unit(party.id, day)


#: The desks of a selector in one part of a rule; rules that seek alike share them, and what they remember.
Shared = Callable[[CompiledRule, str, Selector], Desks]


def shared_desks(law: Law, timeline: Timeline) -> Shared:
    """Once for every selector, by what else of a rule `Law.seek` looks at."""
    found: dict[tuple[Selector, bool, bool], Desks] = {}

    def desks(rule: CompiledRule, part: str, selector: Selector) -> Desks:
        key = (selector, part == "bearer" and rule.breach_triggered, part in rule.rule.inferred)
        if key not in found:
            found[key] = Desks(law, timeline, rule, part, selector)
        return found[key]

    return desks


def reads(selector: Selector) -> Reads:
    """What else than day and bearer decides the route."""
    match selector:
        case ByUnit() | ByPeople():
            return lambda _situation, _bearer: None
        case ByReporter():
            return lambda situation, _bearer: NO_EVENT if situation.event is None else situation.event.by
        case ByDefaulter():
            return lambda situation, _bearer: None if situation.defaulter is None else situation.defaulter.id
        case ByFact(fact):
            return place_read(fact)
        case ByStep(of=of):
            return (lambda _situation, _bearer: None) if of is None else reads(of)
        case ByRole(place=None, each=True):
            return lambda _situation, _bearer: None
        case ByRole(place=place) | ByRelation(place=place):
            return place_read(place)


def place_read(reference: str | None) -> Reads:
    """The place named, or the one meant where none is: the bearer's, else the event's."""
    root, _, name = (reference or "event.place").partition(".")
    if reference in (None, "event.place"):
        return of_event if reference is not None else default_place
    if root == "event" and name:
        return lambda situation, _bearer: None if situation.event is None else named(situation.event.data.get(name))
    if root == "subject" and name:
        return lambda situation, _bearer: stated(situation, name)
    return lambda _situation, _bearer: None


def of_event(situation: Situation, _bearer: Unit | None) -> object:
    return NO_EVENT if situation.event is None else situation.event.place


def default_place(situation: Situation, bearer: Unit | None) -> object:
    return of_event(situation, bearer) if bearer is None else situation.event is None


def stated(situation: Situation, name: str) -> object:
    found = situation.subject.get(name)
    return named(found.value) if found is not None else None
