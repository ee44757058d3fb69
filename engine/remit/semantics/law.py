"""`Law`, what does not change from event to event, and `Draft`, an obligation on its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, time

from remit.deadlines.calendar import Calendar
from remit.deadlines.recurrence import Span
from remit.expressions.situation import Situation
from remit.matching.compiled import Compiled
from remit.matching.matcher import Matcher
from remit.model.event import Event
from remit.model.expression import Unknown
from remit.model.obligation import Obligation, Party
from remit.model.records import record
from remit.model.rule import Selector
from remit.model.terms import Basis, Nature
from remit.model.text import Text
from remit.model.unit import Unit
from remit.model.vocabulary import Attribute, Reading
from remit.pack.load import Pack
from remit.program.compile import compile_program
from remit.program.program import CompiledRule, Program
from remit.routing.graph import UnitGraph
from remit.routing.route import route
from remit.routing.search import Routing, Search


@record
class Law:
    """The program and the world it speaks about. `attributes` gives questions their words."""

    program: Program
    graph: UnitGraph
    readings: Mapping[str, Reading]
    calendar: Calendar
    attributes: Mapping[str, Attribute]
    matcher: Matcher

    @classmethod
    def of(cls, pack: Pack, matcher: Callable[[Program], Matcher] = Compiled) -> Law:
        """A pack's law, its rules compiled, matched by what `matcher` makes of them."""
        program = compile_program(pack.policies)
        words = pack.vocabulary
        return cls(program, pack.graph, words.readings, pack.calendar, words.attributes, matcher(program))

    def day(self, moment: datetime) -> date:
        """The calendar day of a moment, in the pack's zone."""
        return moment.astimezone(self.calendar.zone).date()

    def midnight(self, day: date) -> datetime:
        """The moment the day begins, in the pack's zone."""
        return datetime.combine(day, time.min, self.calendar.zone)

    def seek(
        self,
        rule: CompiledRule,
        part: str,
        selector: Selector,
        situation: Situation,
        day: date,
        bearer: Unit | None,
    ) -> Routing:
        """Route one selector of a rule; `part` (`bearer`, `to` …) says whether the text itself names it."""
        found = route(
            selector,
            graph=self.graph,
            day=day,
            situation=situation,
            bearer=bearer,
            triggered=situation.event is not None and not (part == "bearer" and rule.breach_triggered),
            basis=Basis.INFERRED if part in rule.rule.inferred else Basis.STATED,
        )
        attribute = self.attributes.get((found.fact or "").partition(".")[2])
        return replace(found, ask=attribute.ask) if attribute is not None and attribute.ask is not None else found

    def lost(self, day: date, fact: str, ask: Text) -> Routing:
        """The fallback desk, marked, with the question that would settle it."""
        nowhere = Situation(event=None, subject={}, unit=None, events=())
        return Search(self.graph, day, nowhere, None, triggered=False, basis=Basis.STATED).lost(fact, ask)


@record
class Draft:
    """An obligation to be: a rule, what set it off, and the desk it was routed to.

    Attributes:
        routing: how the bearer was found, with the question if it was not.
        situation: what its conditions are judged in, the bearer included.
        day: the day on which it is routed.
        verdict: True, or UNKNOWN while a fact is missing.
        evidence: the events that set it off, the leading one first.
        arose_at: when the bearer could know of it; the deadline counts from here.
        span: the period, of a recurring duty.
        cause: the failed duty, of a consequence.
        rebuttable: an exception may yet apply.
        undecided: the drafts that would set it aside, were what they wait for stated.
    """

    rule: CompiledRule
    bearer: Party
    nature: Nature
    routing: Routing
    situation: Situation
    day: date
    verdict: bool | Unknown = True
    evidence: tuple[Event, ...] = ()
    arose_at: datetime | None = None
    span: Span | None = None
    cause: Obligation | None = None
    rebuttable: bool = False
    undecided: tuple[Draft, ...] = ()

    @property
    def event(self) -> Event | None:
        """The leading event, or None where the calendar or the text set it off."""
        return self.evidence[0] if self.evidence else None
