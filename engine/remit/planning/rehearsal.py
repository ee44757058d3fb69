"""A reorganisation rehearsed: what moves, splits, joins or loses its owner on a day. Nothing is written.

Two worlds are compared on that day, the pack's own and the one with the plan carried out: every desk that every
rule can ask for, and every duty that is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from remit.checks.desks import Desks
from remit.live.evaluator import LiveEvaluator
from remit.model.event import Event
from remit.model.obligation import Obligation, Party
from remit.model.rule import ByFact, ByReporter, Rule
from remit.model.terms import Status
from remit.pack.load import Pack
from remit.planning.acts import Plan
from remit.planning.matrix import Part, answers, may_bear, parts_of
from remit.program.compile import compile_program
from remit.program.program import CompiledRule
from remit.routing.search import Routing
from remit.semantics.law import Law
from remit.semantics.obligations import agenda_obligations, by_case, knowable

#: What ended with the day before is over.
INSTANT = timedelta(microseconds=1)


class Fate(StrEnum):
    """What becomes of a duty or of a part in it."""

    MOVES = "moves"
    SPLITS = "splits"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DeskChange:
    """A unit's part in a rule before, and whose it is after; `unsettled` are the places (or units asking) where nobody is found then."""

    rule: Rule
    part: Part
    unit: str
    after: tuple[str, ...]
    unsettled: tuple[str, ...] = ()

    @property
    def fate(self) -> Fate:
        if not self.after or self.unsettled:
            return Fate.LOST
        return Fate.SPLITS if len(self.after) > 1 else Fate.MOVES


@dataclass(frozen=True, slots=True)
class DutyChange:
    """An open duty before, and as it stands after. `after` is None where nothing is left of it, or where it stays with a unit that is no more."""

    before: Obligation
    after: Obligation | None
    lost_parts: tuple[str, ...] = ()

    @property
    def fate(self) -> Fate:
        return Fate.LOST if self.after is None or self.lost_parts else Fate.MOVES


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a plan does.

    Attributes:
        desks: each part of each rule that a unit has before and not after.
        duties: each open duty that changes hands or loses somebody.
        named: rules whose quotes name a unit that is renamed or ceases: the text goes on saying the old name.
        untouched: how many open duties stay as they are.
    """

    plan: Plan
    desks: tuple[DeskChange, ...]
    duties: tuple[DutyChange, ...]
    named: Mapping[str, tuple[str, ...]]
    untouched: int

    def of_fate(self, fate: Fate) -> tuple[DeskChange, ...]:
        return tuple(change for change in self.desks if change.fate is fate)


def rehearse(pack: Pack, plan: Plan, events: Iterable[Event]) -> Rehearsal:
    """Compare the day of the plan with and without it.

    Args:
        pack: as it is.
        plan: of `planning.acts.plan`.
        events: of the open cases; recurring and standing duties need none.
    """
    graph = plan.graph(pack)
    old = Law.of(pack)
    new = replace(old, graph=graph)
    duties, untouched = open_duties(old, new, tuple(events), plan.on)
    return Rehearsal(plan, tuple(desk_changes(pack, old, new, plan)), duties, named(pack, plan), untouched)


# --- desks ------------------------------------------------------------------------------------------


def desk_changes(pack: Pack, old: Law, new: Law, plan: Plan) -> Iterator[DeskChange]:
    """Rule by rule, part by part, unit by unit."""
    program = compile_program(pack.policies)
    before, after = Desks(old.graph, program), Desks(new.graph, program)
    heirs = heirs_of(new, plan)
    for rule in program.rules:
        if rule.in_force_on(plan.on):
            for part, selectors in parts_of(rule.rule):
                given: dict[str, dict[str, None]] = {}
                unsettled: dict[str, dict[str, None]] = {}
                for selector in selectors:
                    if isinstance(selector, ByReporter | ByFact):
                        continue
                    once = answers(before, rule, selector, part, plan.on)
                    then = answers(after, rule, selector, part, plan.on)
                    compare(able(before, rule, part, once, plan.on), able(after, rule, part, then, plan.on), heirs, given, unsettled)  # fmt: skip
                for unit in sorted(given):
                    yield DeskChange(rule.rule, part, unit, tuple(given[unit]), tuple(unsettled.get(unit, ())))


Able = Mapping[str | None, frozenset[str]]


def able(desks: Desks, rule: CompiledRule, part: Part, found: Mapping[str | None, Routing], day: date) -> Able:
    """The units found, by who or what asks; bearers only where they may bear it."""
    bears = part is Part.BEARER
    return {
        place: frozenset(p.id for p in routing.parties if p.desk and (not bears or may_bear(desks, rule, p.id, day)))
        for place, routing in found.items()
    }


def heirs_of(new: Law, plan: Plan) -> dict[str, str | None]:
    """Each unit that ceases, and who takes it over."""
    found = {unit: new.graph.successor(unit, plan.on) for unit in plan.ceasing}
    return {unit: heir[0] if heir is not None else None for unit, heir in found.items()}


def compare(once: Able, then: Able, heirs: Mapping[str, str | None], given: dict[str, dict[str, None]], unsettled: dict[str, dict[str, None]]) -> None:  # fmt: skip
    """For each place, or unit that asks: who is found no more, and who instead.

    Where the asking unit itself ceases, its successor asks; that this one deals with other desks of its own place is no loss of theirs.
    """
    for place, units in once.items():
        if place is not None and heirs.get(place, place) is None:
            continue  # nothing is asked there any more
        there = then.get(None if place is None else heirs.get(place, place), frozenset())
        gained = there - units
        for unit in units - there:
            if place in heirs and unit not in heirs and there:
                continue
            given.setdefault(unit, {})
            heir = heirs.get(unit)
            instead = {heir} if heir is not None and heir in there else gained
            if instead:
                given[unit] |= dict.fromkeys(sorted(instead))
            else:
                unsettled.setdefault(unit, {})[place or ""] = None


# --- open duties ------------------------------------------------------------------------------------


def open_duties(old: Law, new: Law, events: tuple[Event, ...], on: date) -> tuple[tuple[DutyChange, ...], int]:
    """Everything open at the first moment of the day, in both worlds."""
    at = old.midnight(on) + INSTANT
    before, after = owed(old, events, at), {o.id: o for o in owed(new, events, at)}
    found = [duty_change(new, o, after, on) for o in before if o.in_force]
    return tuple(change for change in found if change is not None), found.count(None)


def owed(law: Law, events: tuple[Event, ...], at: datetime) -> tuple[Obligation, ...]:
    """Of the cases and of the agenda, without explanations."""
    told = knowable(events, at)
    live = LiveEvaluator(law)
    cases = (o for case, members in by_case(told).items() if case is not None for o in live.case(case, members, at))
    return (*cases, *(o.bare() for o in agenda_obligations(law, told, at)))


def duty_change(new: Law, before: Obligation, after: Mapping[str, Obligation], on: date) -> DutyChange | None:
    """What became of it; None where nothing did."""
    now = after.get(before.id)
    while now is not None and now.status is Status.TRANSFERRED and now.transferred_to is not None:
        now = after.get(now.transferred_to)
    if now is None:
        return DutyChange(before, standing_heir(new, before, after, on))
    if not new.graph.exists(now.bearer.id, on) or (before.bearer.routed and not now.bearer.routed):
        return DutyChange(before, None)
    parts = (("performer", before.performers, now.performers), ("to", before.to, now.to), ("with", before.cooperating, now.cooperating))  # fmt: skip
    lost = tuple(part for part, was, then in parts if bereft(new, was, then, on))
    moved = [p.id for p in (before.bearer, *before.performers, *before.to, *before.cooperating)] != [
        p.id for p in (now.bearer, *now.performers, *now.to, *now.cooperating)
    ]
    return DutyChange(before, now, lost) if moved or lost else None


def bereft(new: Law, was: tuple[Party, ...], then: tuple[Party, ...], on: date) -> bool:
    """Whether somebody who had this part is there no more, and nobody instead."""
    before, after = {p.id for p in was}, {p.id for p in then}
    if any(not new.graph.exists(name, on) for name in after):
        return True
    heirs = (new.graph.successor(name, on) for name in before - after)
    return not after - before and any(heir is None or heir[0] not in after for heir in heirs)


def standing_heir(new: Law, before: Obligation, after: Mapping[str, Obligation], on: date) -> Obligation | None:
    """A standing duty arises anew each day: the same rule at the unit that took its bearer over."""
    heir = new.graph.successor(before.bearer.id, on)
    if heir is None:
        return None
    return next((o for o in after.values() if (o.policy, o.rule, o.bearer.id, o.case) == (before.policy, before.rule, heir[0], before.case)), None)  # fmt: skip


def named(pack: Pack, plan: Plan) -> Mapping[str, tuple[str, ...]]:
    """Unit → rules whose quotes say its name."""
    found = {}
    for act in plan.acts:
        for unit in act.units:
            label = pack.graph.unit(unit, plan.on).label
            rules = (rule for policy in pack.policies for rule in policy.rules if any(name in quote.text for quote in rule.quotes for name in {label.zh, label.en}))  # fmt: skip
            ids = tuple(rule.id for rule in rules)
            if ids:
                found[unit] = ids
    return found
