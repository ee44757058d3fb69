"""One event and one rule: whether it is set off, whose that is, and under which id it is owed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from remit.deadlines.recurrence import Span
from remit.expressions.closures import NOTHING
from remit.expressions.situation import Situation
from remit.live.program import LiveProgram
from remit.live.records import make_situation
from remit.live.routes import Route
from remit.live.rules import LiveRule, fits
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Unknown
from remit.model.obligation import Obligation, Party
from remit.model.terms import Nature, Per
from remit.model.unit import Unit
from remit.semantics.drafts import escaped
from remit.semantics.life import names


@dataclass(slots=True, eq=False)
class Draft:
    """An obligation to be, as `semantics.law.Draft`; its situation is without the bearer unless `inside`.

    `reports` are the ids of the events that raised it, the one it is judged by first. `doubtful` says that its own exception
    is unknown; `rebuttable` also that a rule above it is.
    """

    rule: LiveRule
    bearer: Party
    unit: Unit
    nature: Nature
    route: Route
    situation: Situation
    day: date
    verdict: bool | Unknown
    reports: tuple[str, ...] = ()
    arose_at: datetime | None = None
    span: Span | None = None
    cause: Obligation | None = None
    doubtful: bool = False
    rebuttable: bool = False
    undecided: Sequence[Draft] = ()

    @property
    def event(self) -> Event | None:
        """Of the reports, the one it is judged by; none in an agenda."""
        return self.situation.event

    @property
    def subject(self) -> str | None:
        event = self.situation.event
        return event.subject if event is not None else None

    @property
    def found(self) -> Unit | None:
        """The bearer, if it was found; the fallback desk is not it."""
        return self.unit if self.bearer.routed else None

    def seen(self) -> Situation:
        """What its condition is judged in: nothing is known of a bearer that was not found."""
        s = self.situation
        return make_situation(s.event, s.subject, self.found, s.events, s.defaulter, s.matter)

    def inside(self) -> Situation:
        """The situation with the bearer in it."""
        s = self.situation
        return make_situation(s.event, s.subject, self.unit, s.events, s.defaulter, s.matter)


NO_DRAFTS: list[Draft] = []


def raised(program: LiveProgram, rule: LiveRule, event: Event, day: date, situation: Situation) -> list[Draft]:
    """One draft for each bearer of whom the condition is not false and the exception not true; when it arose is not yet said."""
    verdict = True if not rule.breach else fits(rule.breaches, rule, event, situation)
    judged = not (rule.per_bearer and verdict is True)
    if judged and rule.guard is not None and verdict is not False:
        holds = rule.guard(situation, NOTHING)
        if holds is not True and holds is not UNKNOWN:
            return NO_DRAFTS
        verdict = holds if verdict is True else verdict
    if verdict is False:
        return NO_DRAFTS
    found: list[Draft] = []
    for route in bearing(program, rule, situation, event, day):
        for party, unit in route.desks:
            found.append(Draft(rule, party, unit, Nature.TRIGGERED, route, situation, day, verdict, (event.id,)))
    if rule.exception is not None or not judged:
        found = [draft for draft in found if stands(draft, judged=judged)]
    for draft in found if rule.breach else ():
        if draft.verdict is True and not draft.bearer.routed:
            draft.verdict = UNKNOWN
    return found


def bearing(program: LiveProgram, rule: LiveRule, situation: Situation, event: Event, day: date) -> list[Route]:
    """Whose it is. A breach is laid at the door of the unit that did it, where it happened, or that the report names."""
    if not rule.breach:
        return [desks.find(situation, day, None) for desks in rule.bearers]
    if event.by is None and not names(event, program.law.graph.units):
        return [program.nobody(day)]
    found = [desks.find(situation, day, None) for desks in rule.bearers]
    meant = [tuple(desk for desk in route.desks if is_meant(program, desk[0].id, event, day)) for route in found]
    return [replace(route, desks=desks) for route, desks in zip(found, meant, strict=True)]


def truth(value: object) -> bool | Unknown:
    """A condition's value as a verdict; what is neither true nor unknown is false."""
    return value if value is True or value is UNKNOWN else False


def stands(draft: Draft, *, judged: bool) -> bool:
    """Judge the draft's condition where it waits for the bearer, and its exception; false where it raises nothing."""
    rule = draft.rule
    inside = draft.seen() if rule.per_bearer else draft.situation
    if not judged and rule.guard is not None:
        draft.verdict = truth(rule.guard(inside, NOTHING))
        if draft.verdict is False:
            return False
    if rule.exception is not None:
        verdict = rule.exception(inside, NOTHING)
        if verdict is True:
            return False
        draft.doubtful = draft.rebuttable = verdict is UNKNOWN
    return True


def is_meant(program: LiveProgram, unit: str, event: Event, day: date) -> bool:
    """A breach is laid at the door of the unit that did it, where it happened, or that the report names."""
    return names(event, (unit,)) or (event.by is not None and program.timeline.is_under(event.by, unit, day))


def raises(rule: LiveRule, situation: Situation) -> bool:
    """Whether its condition is true, and no exception."""
    if rule.guard is not None and rule.guard(situation, NOTHING) is not True:
        return False
    return rule.exception is None or rule.exception(situation, NOTHING) is not True


def case_id(rule: LiveRule, bearer: str, event: Event, case: str | None, suffix: str) -> str:
    """policy / rule / bearer / case, then the person or report where it is made for one."""
    key = f"{rule.prefix}{escaped(bearer)}/{suffix}"
    if case is None or rule.per is Per.EVENT:
        return f"{key}/{escaped(event.id)}"
    return f"{key}/{escaped(event.subject or '-')}" if rule.per is Per.SUBJECT else key


def raised_for(
    program: LiveProgram, rule: LiveRule, event: Event, day: date, situation: Situation
) -> frozenset[str | None]:
    """For which bearers the event set the rule off; None is everyone, where neither judging nor routing tells them apart."""
    inside: dict[str | None, Situation] = {None: situation}
    if rule.per_bearer or rule.source.rerouted:
        routes = bearing(program, rule, situation, event, day)
        desks = (desk for route in routes for desk in route.desks)
        inside = {p.id: replace(situation, unit=unit if p.routed else None) for p, unit in desks}
    return frozenset(name for name, own in inside.items() if raises(rule, own))
