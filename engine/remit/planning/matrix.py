"""The responsibility matrix: article × unit, each part a unit can take there, and the rules that give it.

A selector finds different desks at different places, so a unit stands in the matrix wherever it *can* be the
desk on that day, for some place an event can have; `checks.desks` asks for every one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from statistics import quantiles

from remit.checks.desks import Desks
from remit.errors import EventError, nearest
from remit.expressions.evaluate import evaluate
from remit.expressions.situation import Situation
from remit.model.expression import Expression
from remit.model.rule import ByDefaulter, ByFact, ByReporter, Rule, Selector
from remit.model.terms import Modality
from remit.pack.load import Pack
from remit.program.compile import compile_program, conjuncts, reads
from remit.program.program import CompiledRule
from remit.routing.search import Routing

#: A level with fewer units that bear a duty has no usual load to compare with.
FEWEST = 4
#: Tukey's fence: so many interquartile ranges above the upper quartile is out of the usual.
FENCE = 1.5


class Part(StrEnum):
    """What a unit can be in a duty."""

    BEARER = "bearer"
    PERFORMER = "performer"
    COUNTERPARTY = "to"
    ASSISTING = "with"


@dataclass(frozen=True, slots=True)
class Gap:
    """Where a duty finds nobody, or more than one: places by id; empty where there is nobody anywhere."""

    rule: Rule
    places: tuple[str, ...] = ()

    @property
    def everywhere(self) -> bool:
        return not self.places


@dataclass(frozen=True, slots=True)
class Load:
    """How many duties a unit can bear, beside what units of its level usually bear.

    `limit` is Tukey's fence (upper quartile plus 1.5 interquartile ranges) of the units of its level that bear any duty; None where
    too few of them do.
    """

    unit: str
    duties: int
    limit: float | None

    @property
    def overloaded(self) -> bool:
        return self.limit is not None and self.duties > self.limit


@dataclass(frozen=True, slots=True)
class Matrix:
    """Who can be what, article by article, on a day.

    Attributes:
        day: the day the units are as of.
        rules: the norms in force that day, in order of the documents.
        cells: (policy, article) → unit → part → ids of rules.
        reported: (policy, article) → part → ids of rules whose desk is whoever reports: any unit may be it, or, of a bearer whose
            own standing is a condition, those in `cells`.
        unborne: duties and prohibitions that find no bearer, everywhere or at some places.
        loads: every living unit, the busiest first.
        idle: living units that no rule in force can give any part.
    """

    day: date
    rules: tuple[Rule, ...]
    cells: Mapping[tuple[str, str], Mapping[str, Mapping[Part, tuple[str, ...]]]]
    reported: Mapping[tuple[str, str], Mapping[Part, tuple[str, ...]]]
    unborne: tuple[Gap, ...]
    loads: tuple[Load, ...]
    idle: tuple[str, ...]

    @property
    def articles(self) -> tuple[tuple[str, str, str], ...]:
        """(policy, article, its label) of every article with a norm in force, in order."""
        return tuple(dict.fromkeys((r.policy, r.article, r.article_label) for r in self.rules))

    @property
    def overloaded(self) -> tuple[Load, ...]:
        return tuple(load for load in self.loads if load.overloaded)

    def of_unit(self, unit: str) -> Mapping[tuple[str, str], Mapping[Part, tuple[str, ...]]]:
        """The parts of one unit, article by article."""
        return {article: row[unit] for article, row in self.cells.items() if unit in row}

    def rules_of(self, unit: str, part: Part) -> tuple[str, ...]:
        """The rules in which a unit can take this part, in order."""
        return tuple(name for parts in self.of_unit(unit).values() for name in parts.get(part, ()))


@dataclass
class Gathered:
    """What is being gathered."""

    cells: dict[tuple[str, str], dict[str, dict[Part, dict[str, None]]]] = field(default_factory=dict)
    reported: dict[tuple[str, str], dict[Part, dict[str, None]]] = field(default_factory=dict)

    def leave_open(self, rule: Rule, part: Part) -> None:
        """Whoever reports is the desk."""
        self.reported.setdefault((rule.policy, rule.article), {}).setdefault(part, {})[rule.id] = None

    def note(self, rule: Rule, part: Part, units: Iterable[str]) -> None:
        row = self.cells.setdefault((rule.policy, rule.article), {})
        for unit in units:
            row.setdefault(unit, {}).setdefault(part, {})[rule.id] = None


def matrix(pack: Pack, day: date) -> Matrix:
    """Every unit's part in every article in force on `day`. Pure; stable order."""
    program = compile_program(pack.policies)
    desks = Desks(pack.graph, program)
    in_force = tuple(rule for rule in program.rules if rule.in_force_on(day))
    gathered, unborne = Gathered(), []
    for rule in in_force:
        unborne += list(enter(gathered, desks, rule, day))
    living = tuple(name for name in sorted(pack.graph.units) if pack.graph.exists(name, day))
    cells = {article: {unit: frozen(row[unit]) for unit in sorted(row)} for article, row in gathered.cells.items()}
    busy = {unit for row in cells.values() for unit in row}
    return Matrix(
        day, tuple(rule.rule for rule in in_force), cells,
        {article: frozen(parts) for article, parts in gathered.reported.items()},
        tuple(unborne), loads(pack, living, cells), tuple(unit for unit in living if unit not in busy),
    )  # fmt: skip


def narrowed(found: Matrix, article: str | None, unit: str | None) -> Matrix:
    """Only an article (with the items in it), by number or name; only a unit.

    Raises:
        EventError: RM456, no norm in force belongs to an article of this name.
    """
    if article is not None:
        names = {
            name: number for _, number, label in found.articles for name in (number, label, number.partition("-")[0])
        }
        number = names.get(article)
        if number is None:
            raise EventError("RM456", "unknown-name", found=article, expected="an article with a norm in force", suggestion=nearest(article, names))  # fmt: skip
        number = article if article.isdecimal() else number
        found = replace(
            found, rules=tuple(r for r in found.rules if within(r.article, number)),
            cells={key: row for key, row in found.cells.items() if within(key[1], number)},
            reported={key: parts for key, parts in found.reported.items() if within(key[1], number)},
            unborne=tuple(gap for gap in found.unborne if within(gap.rule.article, number)),
        )  # fmt: skip
    if unit is None:
        return found
    mine = found.of_unit(unit)
    named = {name for parts in mine.values() for rules in parts.values() for name in rules}
    return replace(
        found, rules=tuple(r for r in found.rules if r.id in named), cells={key: {unit: parts} for key, parts in mine.items()},
        reported={}, unborne=(), loads=tuple(load for load in found.loads if load.unit == unit),
        idle=tuple(name for name in found.idle if name == unit),
    )  # fmt: skip


def within(article: str, number: str) -> bool:
    """The article itself, or an item of it."""
    return article == number or article.startswith(f"{number}-")


def frozen(parts: Mapping[Part, Iterable[str]]) -> dict[Part, tuple[str, ...]]:
    return {part: tuple(parts[part]) for part in Part if part in parts}


def enter(gathered: Gathered, desks: Desks, rule: CompiledRule, day: date) -> Iterator[Gap]:
    """Each desk of each part of one rule; a duty without a bearer is given out."""
    for part, selectors in parts_of(rule.rule):
        lost: dict[str | None, None] = {}
        found: dict[str, None] = {}
        for selector in selectors:
            if isinstance(selector, ByReporter | ByFact):
                gathered.leave_open(rule.rule, part)
                found |= dict.fromkeys(reporters(desks, rule, day) if part is Part.BEARER else ())
                continue
            for place, routing in answers(desks, rule, selector, part, day).items():
                found |= {p.id: None for p in routing.parties if p.desk and (part is not Part.BEARER or may_bear(desks, rule, p.id, day))}  # fmt: skip
                if routing.fact is not None or not routing.parties:
                    lost[place] = None
        gathered.note(rule.rule, part, found)
        by_reporter = any(isinstance(selector, ByReporter | ByFact) for selector in selectors)
        if part is Part.BEARER and rule.rule.modality is not Modality.MAY and not by_reporter:
            if not found:
                yield Gap(rule.rule)
            elif lost:
                yield Gap(rule.rule, tuple(place for place in lost if place is not None))


def parts_of(rule: Rule) -> tuple[tuple[Part, Sequence[Selector]], ...]:
    """The selectors of each part a rule names."""
    return (
        (Part.BEARER, rule.bearers),
        (Part.PERFORMER, rule.performers),
        (Part.COUNTERPARTY, rule.to),
        (Part.ASSISTING, rule.cooperating),
    )


def answers(
    desks: Desks, rule: CompiledRule, selector: Selector, part: Part, day: date
) -> Mapping[str | None, Routing]:
    """What a selector finds, by the place or unit that asks. Whoever failed is sought among the bearers of the causes."""
    if isinstance(selector, ByDefaulter) and part is not Part.BEARER:
        failed = desks.failed(rule, day).values()
        return {unit.id: desks.ask(selector, unit, day, triggered=False) for unit in failed}
    return desks.found(rule, selector, day, bears=part is Part.BEARER)


def reporters(desks: Desks, rule: CompiledRule, day: date) -> tuple[str, ...]:
    """Of a duty of whoever reports: the units that the condition picks by their own standing.

    None are named where it leaves most units in: then it makes an exception, and the duty is still anybody's.
    """
    living = [name for name in sorted(desks.graph.units) if desks.graph.exists(name, day)]
    able = tuple(name for name in living if may_bear(desks, rule, name, day))
    return able if len(able) * 2 < len(living) else ()


def may_bear(desks: Desks, rule: CompiledRule, unit: str, day: date) -> bool:
    """Whether no condition on the unit's own standing excludes it, whatever happens."""
    alone = Situation(event=None, subject={}, unit=desks.graph.unit(unit, day), events=())
    return all(evaluate(condition, alone) is not False for condition in standing_conditions(rule))


def standing_conditions(rule: CompiledRule) -> Iterator[Expression]:
    """The parts of the condition that read the bearer and nothing else."""
    for part in conjuncts(rule.guard) if rule.guard is not None else ():
        if reads(part, "unit") and not any(reads(part, root) for root in ("event", "subject", "case")):
            yield part


def loads(pack: Pack, living: Sequence[str], cells: Mapping[tuple[str, str], Mapping[str, Mapping[Part, tuple[str, ...]]]]) -> tuple[Load, ...]:  # fmt: skip
    """How many duties each unit can bear; permissions burden nobody."""
    duties = {rule.id for policy in pack.policies for rule in policy.rules if rule.modality is Modality.MUST}
    borne = dict.fromkeys(living, 0)
    for row in cells.values():
        for unit, parts in row.items():
            if unit in borne:
                borne[unit] += len(duties.intersection(parts.get(Part.BEARER, ())))
    limits = {level: fence([n for unit, n in borne.items() if n and pack.graph.units[unit].level == level]) for level in pack.vocabulary.levels}  # fmt: skip
    found = (Load(unit, count, limits[pack.graph.units[unit].level]) for unit, count in borne.items())
    return tuple(sorted(found, key=lambda load: (-load.duties, load.unit)))


def fence(counts: Sequence[int]) -> float | None:
    """Tukey's fence of some counts; None where they are too few to say what is usual.

    >>> fence([1, 2, 2, 3, 3, 4, 20]), fence([1, 9])
    (5.75, None)
    """
    if len(counts) < FEWEST:
        return None
    lower, _, upper = quantiles(counts, n=4, method="inclusive")
    return upper + FENCE * (upper - lower)
