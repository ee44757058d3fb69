"""`Norms`: the rules of a pack as the analysis asks about them: when each is in force, who can bear it, when it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from remit.analysis.solver import Situations, View
from remit.analysis.world import Placement, World
from remit.checks.desks import Desks, asks_place
from remit.expressions.printer import show
from remit.model.expression import And, Expression, Or, Quantify
from remit.model.rule import (
    Accompanying,
    ByFact,
    ByReading,
    ByRelation,
    ByReporter,
    ByRole,
    ByStep,
    Consequence,
    Earliest,
    On,
    OnDay,
    OpenEnd,
    Selector,
    Timing,
    Within,
)
from remit.model.text import Text
from remit.pack.load import Pack
from remit.program.compile import compile_program, conjuncts, walk
from remit.program.program import CompiledRule, Program

FOREVER = date(2199, 12, 31)
#: On how many of the days on which units change a pair of rules is looked at.
DAYS = 6
#: The name of a claim that no proof has to name.
UNNAMED = Text("", "")


@dataclass
class Norms:
    """A pack under analysis: its rules compiled, its desks, its world, and how long one question may take."""

    pack: Pack
    timeout: int = 10_000
    program: Program = field(init=False)
    desks: Desks = field(init=False)
    world: World = field(init=False)
    placed: dict[tuple[int, date], tuple[Placement, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.program = compile_program(self.pack.policies)
        self.desks = Desks(self.pack.graph, self.program)
        self.world = World.of(self.pack.vocabulary)

    # --- when --------------------------------------------------------------------------------------

    def life(self, *rules: CompiledRule) -> tuple[date, date]:
        """The first day on which all of them are in force, and the last; the last before the first where there is none."""
        lasts = (day for rule in rules for day in (before(rule.policy.repealed_on), rule.rule.until) if day)
        return max(rule.effective_on for rule in rules), min((*lasts, FOREVER))

    def days(self, *rules: CompiledRule) -> list[date]:
        """Days on which to look: the first, in a year whose calendar is published if possible, and those on which units change."""
        first, last = self.life(*rules)
        if first > last:
            return []
        turns = {day for rule in rules for selector in rule.rule.bearers for day in self.desks.days(rule, selector)}
        found = [first, *sorted(day for day in turns if first < day <= last)][:DAYS]
        years = self.pack.calendar.years
        published = [day for day in found if day.year in years]
        january = (date(year, 1, 1) for year in sorted(years) if first <= date(year, 1, 1) <= last)
        return published or [*([day] if (day := next(january, None)) else []), *found]

    def turning_days(self) -> Iterator[date]:
        """The days on which any unit or relation begins, or is there no more."""
        graph = self.pack.graph
        lives = [*((u.since, u.until) for u in graph.units.values()), *((e.since, e.until) for e in graph.edges)]
        for since, until in lives:
            yield from (day for day in (since, after(until)) if day)

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.pack.calendar.zone)

    def on_day(self, space: Situations, day: date, report: int = 0) -> Any:
        """The report happened that day."""
        return space.between(self.midnight(day), self.midnight(day + timedelta(days=1)), report)

    # --- who ---------------------------------------------------------------------------------------

    def placements(self, rule: CompiledRule, day: date) -> tuple[Placement, ...]:
        """Every way for a unit to come to bear the rule that day."""
        if (rule.order, day) not in self.placed:
            found = (p for selector in rule.rule.bearers for p in self.placed_by(rule, selector, day))
            self.placed[rule.order, day] = tuple({(p.unit, *p.says.items()): p for p in found}.values())
        return self.placed[rule.order, day]

    def placed_by(self, rule: CompiledRule, selector: Selector, day: date) -> Iterator[Placement]:
        graph = self.pack.graph
        if isinstance(selector, ByReporter):
            yield from (Placement(u, {"event.by": u}) for u in graph.units if graph.exists(u, day))
            return
        if isinstance(selector, ByFact):
            yield from (Placement(u, {selector.fact: u}) for u in graph.units if graph.exists(u, day))
            return
        if isinstance(selector, ByStep) and isinstance(selector.of, ByReporter | ByFact):
            fact = selector.of.fact if isinstance(selector.of, ByFact) else "event.by"
            for start, routing in self.desks.found(rule, selector, day, bears=True).items():
                yield from (Placement(p.id, {fact: start}) for p in routing.parties if p.routed and start is not None)
            return
        placed = asks_place(selector, rule, bears=True)
        for asked, routing in self.desks.found(rule, selector, day, bears=True).items():
            for party in routing.parties if routing.fact is None else ():
                if placed and asked is not None and isinstance(selector, ByRole | ByRelation):
                    yield Placement(party.id, {selector.place or "event.place": asked})
                elif rule.breach_triggered and rule.triggers:
                    yield Placement(party.id, {"event.by": party.id})
                else:
                    yield Placement(party.id)

    # --- if and unless -----------------------------------------------------------------------------

    def space(self, *rules: CompiledRule, together: bool = True) -> Situations:
        """The situations in which the rules are judged: one report that sets all off, or one for each; none where no event does."""
        types = [rule.triggers for rule in rules if isinstance(rule.rule.trigger, On)]
        reports = [frozenset.intersection(*types)] if together and types else types
        quantified = {n for rule in rules for tree in trees(rule) for n in walk(tree) if isinstance(n, Quantify)}
        return Situations(self.world, reports, others=len(quantified), timeout=self.timeout)

    def limit(self, timing: Timing | None) -> Timing | None:
        """What a timing comes to, its reading resolved; None where there is no end."""
        if isinstance(timing, ByReading):
            found = self.pack.vocabulary.readings[timing.reading].timing
            return self.limit(replace(found, count_from=timing.count_from) if isinstance(found, Within) else found)
        if isinstance(timing, Earliest):
            each = (self.limit(one) for one in timing.of)
            ends = tuple(one for one in each if isinstance(one, Within | OnDay))
            return Earliest(ends) if len(ends) > 1 else next(iter(ends), None)
        return None if isinstance(timing, OpenEnd | Accompanying) else timing


def before(day: date | None) -> date | None:
    return day - timedelta(days=1) if day else None


def after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day and day < FOREVER else None


def trees(rule: CompiledRule) -> tuple[Expression, ...]:
    """The condition and the exception, where there are any."""
    return tuple(c.tree for c in (rule.rule.condition, rule.rule.exception) if c is not None)


def spoken(tree: Expression) -> Text:
    """A condition in both languages."""
    return Text(show(tree, "zh"), show(tree, "en"))


def view_of(rule: CompiledRule, report: int = 0) -> View:
    """How the rule sees a situation; what no event sets off sees none."""
    return View(report if rule.triggers and isinstance(rule.rule.trigger, On) else None)


def stands(space: Situations, rule: CompiledRule, report: int = 0) -> list[tuple[Text, Any]]:
    """What must hold for the rule to stand, part by part: its condition true, its exception not."""
    view = view_of(rule, report)
    found: list[tuple[Text, Any]] = []
    if rule.rule.condition is not None:
        wanted = conjuncts(rule.rule.condition.tree)
        found += [(spoken(part), space.true(space.cell(part, view))) for part in wanted]
    if rule.rule.exception is not None:
        said = spoken(rule.rule.exception.tree)
        text = Text(f"例外不成立：{said.zh}", f"not the exception: {said.en}")
        found.append((text, space.denied(space.true(space.cell(rule.rule.exception.tree, view)))))
    return found


def parts(tree: Expression) -> list[tuple[Expression, Expression]]:
    """Each part of a conjunction or disjunction, and what is left of the whole without it."""
    if not isinstance(tree, And | Or):
        return []
    members = list(flat(tree, type(tree)))
    rests = ([m for n, m in enumerate(members) if n != number] for number in range(len(members)))
    return [(member, chained(rest, type(tree))) for member, rest in zip(members, rests, strict=True)]


def flat(tree: Expression, sign: type[And | Or]) -> Iterator[Expression]:
    if isinstance(tree, sign):
        yield from flat(tree.left, sign)
        yield from flat(tree.right, sign)
    else:
        yield tree


def chained(members: list[Expression], sign: type[And | Or]) -> Expression:
    found = members[0]
    for member in members[1:]:
        found = sign(found, member)
    return found


def failing(rule: CompiledRule) -> bool:
    """Whether a failure of other rules sets it off."""
    return isinstance(rule.rule.trigger, Consequence)
