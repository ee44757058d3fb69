"""What can be shown to be wrong with a pack that loads: desks nobody has, contradictions, text nothing rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import combinations
from types import MappingProxyType

from remit.checks.coverage import OPEN, coverage
from remit.errors import Origin, RemitError, RoutingError, SourceError, VocabularyError
from remit.expressions.situation import Situation
from remit.model.event import Event
from remit.model.rule import ByRole, Consequence, On, Selector
from remit.model.unit import Unit
from remit.pack.load import Pack
from remit.program.compile import compile_program
from remit.program.program import INVARIANTS, CompiledRule, Program
from remit.routing.graph import UnitGraph
from remit.routing.route import Routing, route
from remit.semantics.conflict import contradicts, outranks

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Findings:
    """Errors make the pack unfit to run; warnings are for a reader to weigh."""

    errors: tuple[RemitError, ...]
    warnings: tuple[RemitError, ...]


def check(pack: Pack) -> Findings:
    """Everything found, each in order of place. Loading has found what is wrong with single files already."""
    program = compile_program(pack.policies)
    desks = Desks(pack.graph, program)
    gaps = [found for rule in program.rules for found in desks.of_rule(rule)]
    errors = [
        *broken(program),
        *contradictions(program, pack.graph.levels),
        *(g for g in gaps if g.slug == NOBODY),
    ]
    warnings = [*pack.warnings, *(g for g in gaps if g.slug != NOBODY), *unquoted(pack)]
    return Findings(tuple(sorted(errors, key=in_place)), tuple(sorted(warnings, key=in_place)))


def in_place(problem: RemitError) -> tuple[Origin, str, str]:
    return (problem.origin, problem.code, str(problem))


# --- desks ---------------------------------------------------------------------------------------

NOBODY = "no-possible-unit"


@dataclass
class Desks:
    """Routes every selector for everything it can be asked for, each question once."""

    graph: UnitGraph
    program: Program
    asked: dict[tuple[Selector, str | None, str | None, bool], Routing] = field(default_factory=dict)
    borne: dict[str, Mapping[str, Unit]] = field(default_factory=dict)

    def of_rule(self, rule: CompiledRule) -> Iterator[RemitError]:
        """RM507 where no unit can ever be found for a part; RM508 where some places have none or several."""
        for selector in rule.rule.bearers:
            yield from report(rule, "bearer", self.bearing(rule, selector), self.graph)
        others = (("performer", rule.rule.performers), ("to", rule.rule.to), ("with", rule.rule.cooperating))
        for part, selectors in others:
            for selector in selectors:
                yield from report(rule, part, self.taking_part(rule, selector), self.graph)

    def bearers(self, rule: CompiledRule) -> Mapping[str, Unit]:
        """Every unit that can come to bear the rule."""
        if rule.rule.id not in self.borne:
            self.borne[rule.rule.id] = {}  # a consequence of its own consequence adds nobody
            found = (r for s in rule.rule.bearers for r in self.bearing(rule, s).values())
            self.borne[rule.rule.id] = {p.id: self.graph.units[p.id] for r in found for p in r.parties if p.routed}
        return self.borne[rule.rule.id]

    def bearing(self, rule: CompiledRule, selector: Selector) -> Mapping[str | None, Routing]:
        """What the bearer's selector finds: by the places of events; for a consequence, from who bore the failed duty."""
        day, triggered = rule.policy.effective_on, isinstance(rule.rule.trigger, On)
        if isinstance(rule.rule.trigger, Consequence):
            causes = (r for r in self.program.rules if rule.rule.id in r.rule.then)
            failed = {name: unit for cause in causes for name, unit in self.bearers(cause).items()}
            return self.from_bearers(selector, failed, day, triggered)
        return nameable(
            {p: self.seek(selector, p, None, day, triggered=triggered) for p in self.places(selector, triggered)}
        )

    def taking_part(self, rule: CompiledRule, selector: Selector) -> Mapping[str | None, Routing]:
        """What another part's selector finds, from each possible bearer or at each possible place."""
        day, triggered, bearers = rule.policy.effective_on, isinstance(rule.rule.trigger, On), self.bearers(rule)
        if isinstance(selector, ByRole) and selector.place == "event.place":
            one = next(iter(bearers.values()), None)
            return nameable(
                {p: self.seek(selector, p, one, day, triggered=triggered) for p in self.places(selector, triggered)}
            )
        return self.from_bearers(selector, bearers, day, triggered)

    def from_bearers(
        self, selector: Selector, bearers: Mapping[str, Unit], day: date, triggered: bool
    ) -> dict[str | None, Routing]:
        """What each possible bearer would find; one that is asked by place is asked once a place."""
        found: dict[str | None, Routing] = {}
        for unit in bearers.values():
            by_place = isinstance(selector, ByRole)
            key = (
                selector,
                unit.place if by_place else None,
                None if by_place else unit.id,
                triggered,
            )
            if key not in self.asked:
                self.asked[key] = self.route(selector, unit.place, unit, day, triggered=triggered)
            found.setdefault(unit.place if by_place else unit.id, self.asked[key])
        return found

    def seek(
        self,
        selector: Selector,
        place: str | None,
        bearer: Unit | None,
        day: date,
        *,
        triggered: bool,
    ) -> Routing:
        key = (selector, place, None, triggered)
        if key not in self.asked:
            self.asked[key] = self.route(selector, place, bearer, day, triggered=triggered)
        return self.asked[key]

    def route(
        self,
        selector: Selector,
        place: str | None,
        bearer: Unit | None,
        day: date,
        *,
        triggered: bool,
    ) -> Routing:
        at = datetime.combine(day, time.min).astimezone()
        reporter = bearer.id if bearer else next(iter(self.graph.units), None)
        event = Event("?", "?", at, at, place=place, by=reporter) if triggered else None
        situation = Situation(event, MappingProxyType({}), None, (), defaulter=bearer)
        return route(
            selector,
            graph=self.graph,
            day=day,
            situation=situation,
            bearer=bearer,
            triggered=triggered,
        )

    def places(self, selector: Selector, triggered: bool) -> Sequence[str | None]:
        """Where an event can happen that asks for this desk: at the levels that have such units (below, if it climbs), and in the units themselves."""
        if not triggered or not isinstance(selector, ByRole) or selector.place not in (None, "event.place"):
            return (None,)
        holders = [u for u in self.graph.units.values() if selector.role in u.roles]
        levels = {self.graph.places[u.place].level for u in holders}
        order = self.graph.levels
        if selector.level in order:
            levels |= set(order[order.index(selector.level) :])
        elif selector.enclosing and levels:
            levels = set(order[min(order.index(level) for level in levels) :])
        return [
            *(p.id for p in self.graph.places.values() if p.level in levels),
            *(u.id for u in holders),
        ]


def nameable(found: Mapping[str | None, Routing]) -> Mapping[str | None, Routing]:
    """Without the places that have several such units: an event can name the very unit as its place, and is asked to."""
    return {place: routing for place, routing in found.items() if routing.fact != "event.place"} or found


def report(
    rule: CompiledRule, part: str, found: Mapping[str | None, Routing], graph: UnitGraph
) -> Iterator[RemitError]:
    """One finding a selector: nobody at all, or these places."""
    lost = [place for place, routing in found.items() if routing.fact is not None]
    empty = all(not routing.parties for routing in found.values())
    if empty or (found and len(lost) == len(found)):
        why = next((r.ask.en for r in found.values() if r.ask), "no unit fits")
        yield RoutingError("RM507", NOBODY, found=f"{rule.rule.id}: {part}", expected="a selector that some unit fits", origin=rule.rule.origin, hint=why)  # fmt: skip
    elif lost:
        shown = ", ".join(label(graph, place) for place in lost[:SHOWN])
        more = f" and {len(lost) - SHOWN} more" if len(lost) > SHOWN else ""
        yield RoutingError("RM508", "routing-gap", found=f"{rule.rule.id}: {part} at {shown}{more}", expected="exactly one unit; there it goes to the fallback desk with a question", origin=rule.rule.origin)  # fmt: skip


def label(graph: UnitGraph, place: str | None) -> str:
    known = graph.places.get(place or "") or graph.units.get(place or "")
    return known.label.zh if known else "—"


# --- rules ---------------------------------------------------------------------------------------


def broken(program: Program) -> Iterator[RemitError]:
    """RM902: a compiled rule breaks an invariant; the fault would be ours."""
    for rule in program.rules:
        for name, holds in INVARIANTS.items():
            if not holds(rule):
                yield VocabularyError("RM902", "broken-invariant", found=rule.rule.id, expected=name, origin=rule.rule.origin)  # fmt: skip


def contradictions(program: Program, levels: tuple[str, ...]) -> Iterator[RemitError]:
    """RM509: one act demanded (or allowed) and forbidden to the same bearer by the same trigger, and nothing orders the two."""
    by_action: dict[str | None, list[CompiledRule]] = {}
    for rule in program.rules:
        by_action.setdefault(rule.rule.action, []).append(rule)
    for group in by_action.values():
        if len({rule.rule.modality for rule in group}) < 2:
            continue
        for one, other in combinations(group, 2):
            if (
                contradicts(one, other)
                and meet(one, other)
                and not (outranks(one, other, levels) or outranks(other, one, levels))
            ):
                yield VocabularyError("RM509", "contradiction", found=f"{one.rule.id} and {other.rule.id}", expected="`overrides` in one of them", origin=other.rule.origin)  # fmt: skip


def meet(one: CompiledRule, other: CompiledRule) -> bool:
    """Whether both surely apply together: a common bearer and trigger, no condition that could part them."""
    same_trigger = one.rule.trigger == other.rule.trigger or bool(
        isinstance(one.rule.trigger, On) and isinstance(other.rule.trigger, On) and one.triggers & other.triggers
    )
    same_condition = one.guard == other.guard or one.guard is None or other.guard is None
    excepted = one.rule.exception is not None or other.rule.exception is not None
    return same_trigger and same_condition and not excepted and bool(set(one.rule.bearers) & set(other.rule.bearers))


def unquoted(pack: Pack) -> Iterator[RemitError]:
    """RM110: a clause of the source no rule rests on."""
    for covered in coverage(pack).sentences:
        if covered.state == OPEN:
            policy = pack.policy(covered.policy)
            place = Origin(f"policies/{policy.id}/source.txt", covered.sentence.line, 1)
            yield SourceError("RM110", "open-clause", found="；".join(covered.open_clauses) or covered.sentence.text, expected="a rule that quotes it, or one that declares it non_normative", origin=place)  # fmt: skip
