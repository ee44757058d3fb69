"""Drafts → obligations with what their failure sets off, moved to successors: the rest of a case's way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from remit.expressions.situation import Situation
from remit.live.drafts import Peers, weighed
from remit.live.life import Setting, stand
from remit.live.program import LiveProgram
from remit.live.raising import Draft, stands
from remit.live.record import Acts
from remit.live.rules import LiveRule
from remit.model.obligation import Deadline, Obligation
from remit.model.rule import Accompanying
from remit.model.terms import Nature
from remit.semantics.accompany import accompanied, along, companions
from remit.semantics.law import Law
from remit.semantics.life import failed_at
from remit.semantics.reorganise import beside, move

#: What a draft comes to, and what its failure sets off.
Settled = tuple[str, tuple[Obligation, ...], tuple[Obligation, ...]]


def settled(
    program: LiveProgram,
    acts: Acts,
    case: str | None,
    found: Mapping[str, Draft],
    now: datetime,
    amended_at: Mapping[str, datetime | None] | None = None,
    aliases: frozenset[str] = frozenset(),
) -> list[Settled]:
    """Every draft as it stands at `now`, and the consequences of those that failed."""
    setting = Setting(program, acts, case, Peers(found), now, aliases)
    due = {key: deadline(draft, amended_at.get(key) if amended_at else None, program) for key, draft in found.items()}
    if any(isinstance(draft.rule.rule.timing, Accompanying) for draft in found.values()):
        stood = stand_together(found, due, setting)
    else:
        stood = {key: stand(draft, key, due[key], setting) for key, draft in found.items()}
    return [(key, owed, followed(found[key], owed, setting)) for key, owed in stood.items()]


def all_of(found: Sequence[Settled]) -> list[Obligation]:
    """What they come to: first each as it stands, then what follows."""
    return [o for _, stood, _ in found for o in stood] + [o for _, _, after in found for o in after]


def followed(draft: Draft, stood: Iterable[Obligation], setting: Setting) -> tuple[Obligation, ...]:
    """What the failure of a draft that came to these sets off."""
    return tuple(after for o in stood for after in consequences(draft, o, setting)) if draft.rule.rule.then else ()


def stand_together(
    found: Mapping[str, Draft], due: Mapping[str, Deadline], setting: Setting
) -> Mapping[str, tuple[Obligation, ...]]:
    """Each after what it accompanies: that decides when it is due."""
    stood: dict[str, tuple[Obligation, ...]] = {}

    def settle(key: str) -> tuple[Obligation, ...]:
        if key not in stood:
            draft, ends = found[key], due[key]
            name = accompanied(draft)
            if name is not None:
                ends = along(
                    ends, name, [o for other in companions(draft, found) for o in settle(other)], draft.cause
                ).bare()
            stood[key] = stand(draft, key, ends, setting)
        return stood[key]

    return {key: settle(key) for key in found}


def deadline(draft: Draft, amended_at: datetime | None, program: LiveProgram) -> Deadline:
    """Of a consequence, from the failure; else from the event and when the bearer could know. Of the agenda, see there."""
    known = draft.arose_at
    if known is None:
        known = program.law.midnight(draft.day)
    if amended_at is not None and amended_at > known:
        known = amended_at
    happened = known if draft.cause is not None or draft.event is None else draft.event.at
    return draft.rule.limit(happened, known, draft.bearer.place)


def consequences(draft: Draft, cause: Obligation, setting: Setting) -> Iterable[Obligation]:
    """What `then` sets off for a duty that was missed or breached, and in turn for what follows from that."""
    failed = failed_at(cause, setting.now)
    if failed is None:
        return ()
    raised = {
        consequent_id(d): d for rule in named(draft, setting) for d in consequent(rule, draft, cause, failed, setting)
    }
    return all_of(
        settled(setting.program, setting.acts, setting.case, weighed(raised), setting.now, None, setting.aliases)
    )


def named(draft: Draft, setting: Setting) -> Iterator[LiveRule]:
    """The rules of that name, of every policy."""
    for name in draft.rule.rule.then:
        yield from setting.program.by_id.get(name, ())


def consequent(rule: LiveRule, draft: Draft, cause: Obligation, failed: datetime, setting: Setting) -> Iterator[Draft]:
    """Drafts of the rule; its selectors see the failed duty's event and, as bearer, its bearer."""
    day = setting.program.timeline.day(failed)
    if not rule.first <= day <= rule.last:
        return
    before = draft.situation
    situation = Situation(before.event, before.subject, draft.unit, before.events, draft.unit, before.matter)
    for desks in rule.bearers:
        route = desks.find(situation, day, draft.unit)
        for party, unit in route.desks:
            made = Draft(
                rule, party, unit, Nature.CONSEQUENT, route, situation, day, True, draft.reports, failed, cause=cause
            )
            if stands(made, judged=False):
                yield made


def consequent_id(draft: Draft) -> str:
    assert draft.cause is not None  # noqa: S101 - a consequence has one
    return f"{draft.rule.id_of(draft.bearer.id)}/after/{draft.cause.id}"


def moved(program: LiveProgram, owed: Sequence[Obligation], now: datetime) -> tuple[Obligation, ...]:
    """What units that have ceased still owed, at their successors."""
    today = program.timeline.day(now)
    gone = program.timeline.ceased(today)
    return beside(moves(program.law, owed, gone, today)) if gone else tuple(owed)


def moves(law: Law, owed: Iterable[Obligation], gone: frozenset[str], today: date) -> list[tuple[Obligation, ...]]:
    """Each as it is, or as it was left behind and taken over."""
    return [
        (o,) if gone.isdisjoint(p.id for p in (o.bearer, *o.performers, *o.to, *o.cooperating))
        else tuple(m.bare() for m in move(law, o, today))
        for o in owed
    ]  # fmt: skip
