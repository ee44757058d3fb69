"""Match, route, group, weigh: as `semantics.drafts`, for the rules an event can set off and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from remit.deadlines.recurrence import Span
from remit.expressions.closures import NOTHING
from remit.expressions.situation import Situation
from remit.live.program import LiveProgram
from remit.live.record import Record
from remit.live.records import make_situation
from remit.live.routes import Route
from remit.live.rules import LiveRule, fits
from remit.matching.history import in_time
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Unknown
from remit.model.obligation import Obligation, Party
from remit.model.terms import Nature, Per
from remit.model.unit import Unit
from remit.semantics.drafts import escaped, under_bearer
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


@dataclass(slots=True)
class Peers:
    """The drafts that were weighed together, by rule, each with its id."""

    drafts: Mapping[str, Draft]
    _by_rule: dict[int, list[tuple[str, Draft]]] = field(default_factory=dict)

    def bearers(self, rule: LiveRule) -> set[str]:
        """Everyone who bears the rule."""
        return {draft.bearer.id for _, draft in self._of(rule)}

    def joint(self, key: str, rule: LiveRule) -> set[str]:
        """Everyone who bears the same matter jointly."""
        matter = under_bearer(key)
        return {draft.bearer.id for other, draft in self._of(rule) if under_bearer(other) == matter}

    def _of(self, rule: LiveRule) -> list[tuple[str, Draft]]:
        if not self._by_rule:
            for key, draft in self.drafts.items():
                self._by_rule.setdefault(draft.rule.order, []).append((key, draft))
        return self._by_rule.get(rule.order, [])


NO_DRAFTS: list[Draft] = []


def drafts(program: LiveProgram, record: Record) -> dict[str, Draft]:
    """Obligation id → draft; exceptions and overrides applied, nothing yet scheduled."""
    standing = stood(program, record)
    for key, draft in standing.items():
        if draft.verdict is True and draft.rule.may_come_free:
            draft.arose_at = free_since(program, record, key, draft)
    return standing


def free_since(program: LiveProgram, record: Record, key: str, draft: Draft) -> datetime | None:
    """When what was then known first let it stand: while another rule set it aside, nobody owed it."""
    for moment in record.known if draft.arose_at is not None else ():
        if draft.arose_at is not None and moment >= draft.arose_at:
            then = stood(program, record.as_known_at(moment)).get(key)
            if then is not None and then.verdict is True:
                return moment
    return draft.arose_at


def stood(program: LiveProgram, record: Record) -> dict[str, Draft]:
    """The same, each arisen by its own condition alone."""
    found: dict[str, list[Draft]] = {}
    case = record.history.case
    suffix = escaped(case or "-")
    for rule, event, day in matched(program, record):
        for draft in raised(program, rule, event, day, record.situation(event)):
            draft.arose_at = arose_at(draft, event, record)
            found.setdefault(case_id(rule, draft.bearer.id, event, case, suffix), []).append(draft)
    return weighed({key: alike[0] if len(alike) == 1 else joined(alike) for key, alike in found.items()})


def matched(program: LiveProgram, record: Record) -> list[tuple[LiveRule, Event, date]]:
    """The rules in force that each event could set off, in the order of rules and then of events.

    The matcher of the law tells which kinds of event set off which rules in such a case; the constants tell the rest.
    """
    found: list[tuple[LiveRule, Event, date]] = []
    orders = program.law.matcher.orders(record.history)
    for event in record.history.events:
        candidates = program.candidates(event)
        if orders is not None:
            meant = orders.get(event.type, frozenset())
            candidates = [rule for rule in candidates if rule.order in meant]
        if candidates:
            day = program.timeline.day(event.at)
            found += [(rule, event, day) for rule in candidates if rule.first <= day <= rule.last]
    found.sort(key=rule_order)
    return found


def rule_order(hit: tuple[LiveRule, Event, date]) -> int:
    return hit[0].order


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


def arose_at(draft: Draft, event: Event, record: Record) -> datetime:
    """The first moment at which what was then known raised it; the event's own where nothing else counts."""
    rule, knowable = draft.rule, record.knowable_at(event)
    if knowable >= record.known[-1] or not (rule.facts or rule.reads_case):
        return knowable
    turns = record.turns_after(knowable, event.subject, rule)
    for moment in (knowable, *turns) if turns else ():
        known = record.as_known_at(moment).situation(event)
        then = Situation(known.event, known.subject, draft.found, known.events, known.defaulter)
        if raises(rule, then):
            return moment
    return knowable


def raises(rule: LiveRule, situation: Situation) -> bool:
    """Whether its condition is true, and no exception."""
    if rule.guard is not None and rule.guard(situation, NOTHING) is not True:
        return False
    return rule.exception is None or rule.exception(situation, NOTHING) is not True


def joined(alike: Sequence[Draft]) -> Draft:
    """All reports of the same matter: the surest and earliest leads, all are evidence, and the first to be known counts."""
    lead = min(alike, key=precedence)
    sure = lead.verdict is True
    others = {event.id: event for draft in alike if (event := draft.event) is not None}
    others.pop(lead.reports[0])
    lead.arose_at = min(d.arose_at for d in alike if d.arose_at is not None and (d.verdict is True) is sure)
    lead.reports = (lead.reports[0], *(event.id for event in sorted(others.values(), key=in_time)))
    return lead


def precedence(draft: Draft) -> tuple[object, ...]:
    """Of drafts of one matter, which leads: what is sure before what is not, then the earlier."""
    assert draft.event is not None  # noqa: S101 - an event raised it
    return (draft.verdict is not True, draft.rebuttable, *in_time(draft.event))


def weighed(found: Mapping[str, Draft]) -> dict[str, Draft]:
    """Those that no other sets aside for the same bearer and person; what is set aside itself sets nothing aside."""
    rules = {draft.rule.order: draft.rule for draft in found.values()}
    higher = {order: [n for n in rules if n in rule.above] for order, rule in rules.items() if rule.above}
    if not any(higher.values()):
        return dict(found)
    alike: dict[tuple[int, str, str | None], list[str]] = {}
    for key, draft in found.items():
        alike.setdefault((draft.rule.order, draft.bearer.id, draft.subject), []).append(key)
    judged: dict[str, bool] = {}

    def stands_beside(key: str) -> bool:
        """Whether it is not set aside; where the order goes round, it stands."""
        if key not in judged:
            draft = found[key]
            judged[key] = True
            above = [
                k for n in higher.get(draft.rule.order, ()) for k in alike.get((n, draft.bearer.id, draft.subject), ())
            ]
            peers = [found[k] for k in above if at_one_time(found[k], draft) and stands_beside(k)]
            judged[key] = not any(peer.verdict is True for peer in peers)
            draft.rebuttable = draft.doubtful or bool(peers)
            draft.undecided = peers
        return judged[key]

    return {key: draft for key, draft in found.items() if stands_beside(key)}


def at_one_time(one: Draft, other: Draft) -> bool:
    """Of two duties of an agenda: whether their periods touch, or the standing one was in force in the other's."""
    first, second = one.span, other.span
    if first is not None and second is not None:
        return first.opens <= second.last and second.opens <= first.last
    span, standing = (first, other) if first is not None else (second, one)
    if span is None:
        return True
    first_day, last_day = standing.rule.first, standing.rule.last
    return any(first_day <= day <= last_day for day in (span.opens, span.last))


def case_id(rule: LiveRule, bearer: str, event: Event, case: str | None, suffix: str) -> str:
    """policy / rule / bearer / case, then the person or report where it is made for one."""
    key = f"{rule.prefix}{escaped(bearer)}/{suffix}"
    if case is None or rule.per is Per.EVENT:
        return f"{key}/{escaped(event.id)}"
    return f"{key}/{escaped(event.subject or '-')}" if rule.per is Per.SUBJECT else key
