"""Match, route, group, weigh: as `semantics.drafts`, for the rules an event can set off and no others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from remit.expressions.situation import Situation
from remit.live.hindsight import Hits
from remit.live.program import LiveProgram
from remit.live.raising import Draft, case_id, raised
from remit.live.record import Earlier, Record
from remit.live.records import make_situation
from remit.live.rules import LiveRule, circular
from remit.matching.history import in_time
from remit.model.event import Event
from remit.semantics.drafts import escaped, under_bearer


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


def drafts(program: LiveProgram, record: Record, hits: Hits | None = None) -> dict[str, Draft]:
    """Obligation id → draft; exceptions and overrides applied, nothing yet scheduled. Of these hits only, where they are given."""
    standing = stood(program, record, matched(program, record) if hits is None else hits)
    for key, draft in standing.items():
        if draft.verdict is True and draft.rule.may_come_free:
            draft.arose_at = free_since(program, record, key, draft)
    return standing


def free_since(program: LiveProgram, record: Record, key: str, draft: Draft) -> datetime | None:
    """When what was then known first let it stand: while another rule set it aside, nobody owed it."""
    event, arose = draft.event, draft.arose_at
    if event is None or arose is None or arose >= record.last:
        return arose
    hindsight = record.hindsight(program)
    if not hindsight.goes_round:
        return hindsight.owed(draft.rule, event, draft.bearer.id).first(arose) or arose
    for moment in record.known:
        if arose <= moment <= record.last:
            then = stood_at(program, record, moment).get(key)
            if then is not None and then.verdict is True:
                return moment
    return arose


def stood_at(program: LiveProgram, record: Record, moment: datetime) -> dict[str, Draft]:
    """Of what later reports may bear on, what stood by what was known then."""
    hindsight = record.hindsight(program)
    return stood(program, Earlier(record, moment, hindsight), hindsight.hits(moment))


def stood(program: LiveProgram, record: Record, hits: Hits) -> dict[str, Draft]:
    """The drafts, each arisen by its own condition alone."""
    found: dict[str, list[Draft]] = {}
    case = record.history.case
    suffix = escaped(case or "-")
    for rule, event, day in hits:
        for draft in raised(program, rule, event, day, situation(program, record, rule, event)):
            draft.arose_at = arose_at(program, draft, event, record)
            found.setdefault(case_id(rule, draft.bearer.id, event, case, suffix), []).append(draft)
    return weighed({key: alike[0] if len(alike) == 1 else joined(alike) for key, alike in found.items()})


def situation(program: LiveProgram, record: Record, rule: LiveRule, event: Event) -> Situation:
    """What the rule is judged in; of the case's other events, where it looks at them, one of those that it cannot tell apart."""
    others = program.reads(rule).others
    if others is None:
        return record.situation(event, alone=not rule.rule.then)
    found = record.situation(event, alone=True)
    events = record.hindsight(program).sights.others(others, record.last)
    return make_situation(event, found.subject, None, events, None, found.matter)


def matched(program: LiveProgram, record: Record) -> Hits:
    """The rules in force that each event could set off, in the order of rules and then of events.

    The matcher of the law tells which kinds of event set off which rules in such a case; the constants tell the rest.
    """
    found: Hits = []
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


def arose_at(program: LiveProgram, draft: Draft, event: Event, record: Record) -> datetime:
    """The first moment at which what was then known raised it; the event's own where nothing else counts."""
    rule, knowable = draft.rule, record.knowable_at(event)
    if knowable >= record.last or not (rule.facts or rule.reads_case):
        return knowable
    hindsight = record.hindsight(program)
    if not hindsight.turns_after(rule, event, knowable):
        return knowable
    first = hindsight.alike(rule, event).raising(draft.found).first(knowable)
    return knowable if first is None or first > record.last else first


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
    #: Where no order goes round, all that are alike and have no period have the same peers.
    goes_round = bool(circular({order: frozenset(above) for order, above in higher.items()}))
    shared: dict[tuple[int, str, str | None], list[Draft]] = {}

    def stands_beside(key: str) -> bool:
        """Whether it is not set aside; where the order goes round, it stands."""
        if key not in judged:
            draft = found[key]
            judged[key] = True
            order, bearer, person = draft.rule.order, draft.bearer.id, draft.subject
            peers = shared.get((order, bearer, person))
            if peers is None:
                above = [k for n in higher.get(order, ()) for k in alike.get((n, bearer, person), ())]
                peers = [found[k] for k in above if at_one_time(found[k], draft) and stands_beside(k)]
                if draft.span is None and not goes_round:
                    shared[order, bearer, person] = peers
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
