"""Draft → obligation: its parties, deadline, grounds and questions; then settled, with what its failure sets off."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from remit.deadlines.calendar import Calendar
from remit.deadlines.days import end_of_day, midnight
from remit.deadlines.deadline import schedule, schedule_period
from remit.deadlines.recurrence import Span
from remit.expressions.evaluate import evaluate, explain, unknown_facts
from remit.expressions.situation import Situation
from remit.matching.history import History
from remit.model.event import TRANSFER, Event
from remit.model.explanation import Why
from remit.model.expression import UNKNOWN, Expression, Path, Variable
from remit.model.obligation import Deadline, Obligation, Party, Question
from remit.model.rule import Selector
from remit.model.terms import Jointly, Nature, Per, Status
from remit.model.text import Text
from remit.model.vocabulary import Attribute
from remit.program.program import CompiledRule
from remit.routing.search import Routing
from remit.semantics.accompany import accompanied, along, companions
from remit.semantics.drafts import excepted, in_case, judge, moved_ids, obligation_id, seen, under_bearer, weighed
from remit.semantics.law import Draft, Law
from remit.semantics.life import Acts, failed_at, settle
from remit.semantics.reorganise import handed_id, handed_over

K = TypeVar("K", bound=Hashable)


def settled(
    law: Law,
    history: History,
    found: Mapping[str, Draft],
    now: datetime,
    amended_at: Mapping[str, datetime | None] | None = None,
) -> tuple[Obligation, ...]:
    """Every draft as it stands at `now`, and the consequences of those that failed.

    `amended_at` says for an obligation when the correction came that raised it; its deadline counts from
    there, because nobody could know before.
    """
    bearers, matters = bearers_by(lambda key: found[key].rule.order, found), bearers_by(under_bearer, found)
    stood: dict[str, tuple[Obligation, ...]] = {}

    def stand(key: str) -> tuple[Obligation, ...]:
        """After what it accompanies: that decides when it is due."""
        if key not in stood:
            draft = found[key]
            known = max(filter(None, (draft.arose_at, (amended_at or {}).get(key))), default=None)
            due = deadline(law, draft, known)
            name = accompanied(draft)
            if name is not None:
                due = along(due, name, [o for other in companions(draft, found) for o in stand(other)], draft.cause)
            obligation = build(law, draft, key, history.case, due)
            joint = matters[under_bearer(key)] if draft.rule.rule.jointly is Jointly.ANY else {draft.bearer.id}
            acts = acts_on(law, draft, history, obligation, joint, bearers[draft.rule.order] - joint)
            stood[key] = transferred(law, obligation, acts, now)
        return stood[key]

    owed = [(draft, o) for key, draft in found.items() for o in stand(key)]
    return tuple(o for _, o in owed) + tuple(consequences(law, history, owed, now))


def transferred(law: Law, obligation: Obligation, acts: Acts, now: datetime) -> tuple[Obligation, ...]:
    """Settled, and where a recorded act gave it to another unit, that unit's as well."""
    given = acts.steering(TRANSFER)
    if not given:
        return (settle(obligation, acts, now),)
    unit = str(given[-1].data["to_unit"])
    taken = replace(
        acts, performers=(*acts.performers, unit), ids=acts.ids | {handed_id(obligation.id, obligation.bearer.id, unit)}
    )
    return handed_over(law, settle(obligation, taken, now), given[-1])


def consequences(
    law: Law, history: History, owed: Iterable[tuple[Draft, Obligation]], now: datetime
) -> Iterator[Obligation]:
    """What `then` sets off for each duty that was missed or breached, and in turn for what follows from that."""
    for draft, obligation in owed:
        failed = failed_at(obligation, now)
        if failed is None:
            continue
        raised = (d for name in draft.rule.rule.then for d in consequent(law, name, draft, obligation, failed))
        found = {obligation_id(d, history.case): d for d in filter(None, map(excepted, raised))}
        yield from settled(law, history, weighed(law, found), now)


def consequent(law: Law, name: str, draft: Draft, cause: Obligation, failed: datetime) -> Iterator[Draft]:
    """Drafts of the named rule; its selectors see the failed duty's event and, as bearer, its bearer."""
    day = law.day(failed)
    for rule in law.program.by_id.get(name, ()):
        if not rule.in_force_on(day):
            continue
        left_undone = replace(draft.situation, defaulter=draft.situation.unit)
        for selector in rule.rule.bearers:
            routing = law.seek(rule, "bearer", selector, left_undone, day, draft.situation.unit)
            for party in routing.parties:
                inside = replace(left_undone, unit=law.graph.unit(party.id, day))
                verdict = judge(rule, seen(inside, party))
                if verdict is not False:
                    yield Draft(rule, party, Nature.CONSEQUENT, routing, inside, day, verdict, draft.evidence, failed, cause=cause)  # fmt: skip


def deadline(law: Law, draft: Draft, known: datetime | None) -> Deadline:
    """Of a period, by the period; of a consequence, from the failure; else from the event and its knowledge.

    Days are those of the bearer's place.
    """
    timing, calendar = draft.rule.rule.timing, law.calendar.at(draft.bearer.place)
    counted = partial(schedule, timing, calendar=calendar, readings=law.readings, counting=draft.rule.policy.counting)
    if draft.span is not None:
        return period_deadline(law, draft.rule, draft.span, calendar)
    event = draft.event
    if draft.nature is Nature.STANDING or (event is None and known is None):
        return Deadline(opens=known)
    if draft.cause is not None or event is None:
        start = known or law.midnight(draft.day)
        return counted(happened_at=start, known_at=start)
    knowable = known or event.knowable_at
    return counted(happened_at=event.at, known_at=knowable, day_only=event.day_only and knowable == event.at)


def period_deadline(law: Law, rule: CompiledRule, span: Span, calendar: Calendar) -> Deadline:
    """By when a recurring duty is owed in one period, where this calendar counts."""
    return schedule_period(
        rule.rule.timing, span, calendar=calendar, readings=law.readings, counting=rule.policy.counting
    )


def bearers_by(kind: Callable[[str], K], found: Mapping[str, Draft]) -> Mapping[K, set[str]]:
    """Those who bear the drafts of each kind."""
    bearers: dict[K, set[str]] = defaultdict(set)
    for key, draft in found.items():
        bearers[kind(key)].add(draft.bearer.id)
    return bearers


def acts_on(law: Law, draft: Draft, history: History, owed: Obligation, joint: set[str], others: set[str]) -> Acts:
    """The acts that bear on this draft: of a joint duty, those of any of its bearers."""

    def acts_for(act: Event, unit: str) -> bool:
        day = law.day(act.at)
        successor = law.graph.successor(unit, day)
        heirs = (unit, successor[0]) if successor else (unit,)
        return act.by is not None and any(law.graph.is_under(act.by, heir, day) for heir in heirs)

    calendar = law.calendar.at(draft.bearer.place)
    since = until = raised_by = None
    if draft.span is not None:
        since, until = midnight(draft.span.opens, calendar), end_of_day(draft.span.last, calendar)
    elif draft.cause is not None:
        since = draft.arose_at
    elif draft.event is not None and (draft.rule.rule.per is Per.EVENT or history.case is None):
        since, raised_by = draft.event.at, draft.event.id
    elif draft.event is not None and draft.rule.breach_triggered:
        raised_by = draft.event.id
    return Acts(
        rule=draft.rule,
        history=history,
        calendar=calendar,
        acts_for=acts_for,
        ids=frozenset(
            (owed.id, *moved_ids(law, owed.id, owed.bearer.id), *(in_case(owed.id, name) for name in history.aliases))
        ),
        bearers=tuple(sorted(joint)),
        performers=tuple(party.id for party in owed.performers if party.routed),
        recipients=tuple(party.id for party in owed.to if party.desk),
        others=tuple(sorted(others)),
        subject=owed.subject,
        since=since,
        raised_by=raised_by,
        until=until,
        period=draft.span.id if draft.span else None,
    )


def build(law: Law, draft: Draft, key: str, case: str | None, due: Deadline) -> Obligation:
    """The obligation before its life: who, to whom, since which events, on which grounds."""
    rule = draft.rule.rule
    parties = {
        part: related(law, draft, part, selectors)
        for part, selectors in (
            ("performer", rule.performers),
            ("to", rule.to),
            ("with", rule.cooperating),
        )
    }
    asked = [*questions(law, draft.rule, draft.situation, key, case)]
    for peer in draft.undecided:
        asked += [replace(q, rule=rule.id) for q in questions(law, peer.rule, peer.situation, key, case)]
    asked += [
        q
        for found in (
            () if draft.bearer.routed else (draft.routing,),
            *((r for _, r in p) for p in parties.values()),
        )
        for q in unrouted(found, draft, key, case)
    ]
    return Obligation(
        id=key,
        rule=rule.id,
        policy=rule.policy,
        article=rule.article,
        article_label=rule.article_label,
        quotes=tuple(quote.text for quote in rule.quotes),
        modality=rule.modality,
        action=rule.action or "",
        nature=draft.nature,
        kind=rule.kind,
        bearer=draft.bearer,
        performers=unique(party for party, _ in parties["performer"]),
        to=unique(party for party, _ in parties["to"]),
        cooperating=unique(party for party, _ in parties["with"]),
        case=case if draft.evidence or draft.cause else None,
        subject=draft.event.subject if draft.event else None,
        period=draft.span.id if draft.span else (draft.cause.period if draft.cause else None),
        status=Status.UNDECIDED if draft.verdict is UNKNOWN else Status.IN_FORCE,
        triggered_by=tuple(event.id for event in draft.evidence),
        deadline=due,
        rebuttable=draft.rebuttable,
        questions=tuple(dict.fromkeys(asked)),
        inferred=tuple(rule.inferred.items()),
        grounds=tuple(grounds(draft)),
    )


def related(law: Law, draft: Draft, part: str, selectors: tuple[Selector, ...]) -> tuple[tuple[Party, Routing], ...]:
    """The other parties, sought from the bearer's side; where no bearer was found, from the event's."""
    bearer = draft.situation.unit if draft.bearer.routed else None
    found = [law.seek(draft.rule, part, s, draft.situation, draft.day, bearer) for s in selectors]
    return tuple((party, routing) for routing in found for party in routing.parties)


def unique(parties: Iterable[Party]) -> tuple[Party, ...]:
    """Each unit once, in the order the rule names them."""
    return tuple({party.id: party for party in parties}.values())


def grounds(draft: Draft) -> Iterator[Why]:
    """What set it off, the condition with each value, the exception that did not apply, and the failed duty."""
    for event in draft.evidence:
        yield Why("event", Text(f"事件 {event.id}：{event.type}", f"event {event.id}: {event.type}"),
                  value=event.at.isoformat(), source=event.id, holds=True)  # fmt: skip
    rule = draft.rule.rule
    if rule.condition is not None:
        yield condition("condition", rule.condition.tree, draft)
    if rule.exception is not None:
        yield condition("exception", rule.exception.tree, draft)
    if draft.cause is not None:
        yield Why("status", Text(f"义务 {draft.cause.id} 未按期履行或被违反", f"duty {draft.cause.id} was missed or breached"),
                  value=draft.arose_at.isoformat() if draft.arose_at else None, source=draft.cause.id, holds=True)  # fmt: skip


def condition(kind: str, tree: Expression, draft: Draft) -> Why:
    return replace(explain(tree, draft.situation), kind=kind)


def questions(law: Law, rule: CompiledRule, situation: Situation, key: str, case: str | None) -> Iterator[Question]:
    """The facts that would decide an unknown condition or exception, or whether a norm was breached."""
    event = situation.event
    subject = event.subject if event else None
    for tree in deciding(rule, event.type if event else None):
        if evaluate(tree, situation) is UNKNOWN:
            for path in unknown_facts(tree, situation):
                yield Question(key, rule.rule.id, case, subject, path_name(path), *asking(path, law.attributes))


def deciding(rule: CompiledRule, breach: str | None) -> Iterator[Expression]:
    """What may leave it undecided: condition, exception, and what makes an event of that type a breach."""
    yield from (c.tree for c in (rule.rule.condition, rule.rule.exception) if c is not None)
    if rule.breach_triggered:
        yield from (act.where for act in rule.breaches if act.where is not None and act.event == breach)


def asking(path: Path, attributes: Mapping[str, Attribute]) -> tuple[Text, str | None]:
    """The question about a fact in words, and who can say."""
    attribute = attributes.get(path.field)
    if attribute is None:
        name = path_name(path)
        return Text(f"请查明：{name}", f"please establish: {name}"), None
    label = attribute.label
    return attribute.ask or Text(f"请查明：{label.zh}", f"please establish: {label.en}"), attribute.asked_of


def unrouted(found: Iterable[Routing], draft: Draft, key: str, case: str | None) -> Iterator[Question]:
    """A desk that was not found is a question, never a guess."""
    for routing in found:
        if routing.fact is not None and routing.ask is not None:
            subject = draft.event.subject if draft.event else None
            yield Question(key, draft.rule.rule.id, case, subject, routing.fact, routing.ask)


def path_name(path: Path) -> str:
    match path.base:
        case Variable(name):
            return f"{name}.{path.field}"
        case _:
            return path.field
