"""Changes that no scenario can notice, proven: the condition comes out alike in every situation, the desk is the same everywhere.

A proof goes through all there is: every combination of the values that decide, every place and bearer, every day on which a
desk changes. What is too much to go through is not proven.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import product
from types import MappingProxyType

from remit.checks.desks import Desks
from remit.expressions.evaluate import evaluate
from remit.expressions.situation import Situation, Stated
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Expression, Literal, Path, Quantify, Unknown, Value, Variable
from remit.model.rule import (
    Always,
    ByFact,
    ByReading,
    ByRelation,
    ByReporter,
    ByRole,
    ByStep,
    Condition,
    Consequence,
    On,
    OpenEnd,
    Rule,
    Selector,
    Window,
)
from remit.model.terms import ValueKind
from remit.model.text import Text
from remit.model.unit import Unit
from remit.model.vocabulary import Attribute
from remit.pack.load import Pack
from remit.program.compile import compile_program, compile_rule, walk
from remit.routing.route import route
from remit.specification.mutants import PARTS, Mutant

#: So many situations are gone through, and no more.
MOST = 50_000
EVERYWHERE = Text("条件在所有情况下结果相同", "the condition comes out alike in every situation")
SAME_DESK = Text("在所有地点、对所有责任单位都是同一单位", "the same units at every place and for every bearer")
NO_LAST_MOMENT = Text(
    "期限没有最后的合法时刻，过了只是逾期", "the limit has no last lawful moment: past it, the duty is late and no more"
)
NO_EVENT = Text("期限不从事件起算", "no event begins its limit")
NEVER_ENDED = Text(
    "常设义务不因一次履行而了结，由谁履行没有分别", "a standing norm is never done with, whoever performs it"
)
AT = datetime(2024, 1, 1, tzinfo=UTC)


class Prover:
    """Proves changes of one pack to be none."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.desks = Desks(pack.graph, compile_program(pack.policies))

    def proof(self, mutant: Mutant) -> Text | None:
        """Why the change changes nothing; None where that is not shown."""
        if mutant.rule is None:
            return None
        original = self.pack.rule(mutant.rule.policy, mutant.rule.id)
        if original is None:
            return None
        part = mutant.kind.partition(".")[0]
        if part in ("if", "unless") and self.decide_alike(original, mutant.rule):
            return EVERYWHERE
        if part in PARTS and self.find_alike(original, mutant.rule, part):
            return SAME_DESK
        return self.plainly(mutant, original)

    def plainly(self, mutant: Mutant, original: Rule) -> Text | None:
        """What the rule's own form shows."""
        if mutant.kind == "perdurant" and self.has_no_last_moment(original):
            return NO_LAST_MOMENT
        if mutant.kind == "by.from" and not isinstance(original.trigger, On):
            return NO_EVENT
        if mutant.kind == "jointly" and isinstance(original.trigger, Always):
            return NEVER_ENDED
        return None

    def has_no_last_moment(self, rule: Rule) -> bool:
        """A reading has one only where it is a window."""
        timing = rule.timing
        if isinstance(timing, ByReading):
            return not isinstance(self.pack.vocabulary.readings[timing.reading].timing, Window)
        return timing is None or isinstance(timing, OpenEnd)  # of several limits it is not said

    # --- conditions ---------------------------------------------------------------------------------

    def decide_alike(self, one: Rule, other: Rule) -> bool:
        """Whether both raise, doubt and except in the same situations."""
        trees = [c.tree for r in (one, other) for c in (r.condition, r.exception) if c is not None]
        kinds = one.trigger.events if isinstance(one.trigger, On) else ()
        domains = Domains.of(trees, self.pack, kinds)
        if domains is None:
            return False
        return all(outcome(one, s) == outcome(other, s) for s in domains.situations())

    # --- desks --------------------------------------------------------------------------------------

    def find_alike(self, one: Rule, other: Rule, part: str) -> bool:
        """Whether both parts name the same units, whatever happens wherever."""
        before: tuple[Selector, ...] = getattr(one, PARTS[part])
        after: tuple[Selector, ...] = getattr(other, PARTS[part])
        if isinstance(one.trigger, Consequence) or any(reads_facts(s) for s in (*before, *after, *one.bearers)):
            return False
        compiled = compile_rule(one, self.pack.policy(one.policy), -1)
        days = {day for s in (*before, *after, *one.bearers) for day in self.desks.days(compiled, s)}
        asked = self.askings(one, part, sorted(days), (*before, *after))
        if asked is None or len(asked) > MOST:
            return False
        return all(self.units(one, before, a) == self.units(one, after, a) for a in asked)

    def askings(self, rule: Rule, part: str, days: Sequence[date], named: Sequence[Selector]) -> list[Asking] | None:
        """Every day, place and bearer that the selectors can be asked for and read; None where these are any two."""
        by_place = isinstance(rule.trigger, On) and any(reads_place(s, part) for s in named)
        by_bearer = part != "bearer" and any(reads_bearer(s) for s in named)
        reporter = any(isinstance(start(s), ByReporter) for s in (*named, *rule.bearers))
        if by_place and reporter and (by_bearer or part == "bearer"):
            return None
        found: dict[tuple[object, ...], Asking] = {}
        for day in days:
            for here in self.places(rule, day):
                units = sorted(self.parties(rule, rule.bearers, here)) if by_bearer else (None,)
                for unit in units:
                    bearer = self.pack.graph.unit(unit, day) if unit is not None else None
                    place = here.place if by_place else None
                    by = here.by if reporter else None
                    found.setdefault((day, place, by, unit), Asking(day, place, by, bearer))
        return list(found.values())

    def places(self, rule: Rule, day: date) -> Iterator[Asking]:
        """Wherever it can happen that day; units stand for where they are, and report."""
        if not isinstance(rule.trigger, On):
            yield Asking(day, None, None, None)
            return
        alive = [name for name in self.pack.graph.units if self.pack.graph.exists(name, day)]
        for place in (*self.pack.graph.places, *alive, None):
            yield Asking(day, place, place if place in self.pack.graph.units else None, None)

    def parties(self, rule: Rule, selectors: Sequence[Selector], asking: Asking) -> frozenset[str]:
        return frozenset(name for name, routed in self.units(rule, selectors, asking) if routed)

    def units(self, rule: Rule, selectors: Sequence[Selector], asking: Asking) -> frozenset[tuple[str, bool]]:
        """The units found, and whether each was."""
        situation = asking.situation()
        triggered = isinstance(rule.trigger, On)
        found = (
            route(s, graph=self.pack.graph, day=asking.day, situation=situation if triggered else NOWHERE, bearer=asking.bearer, triggered=triggered)
            for s in selectors
        )  # fmt: skip
        return frozenset((party.id, party.routed) for routing in found for party in routing.parties)


NOWHERE = Situation(None, MappingProxyType({}), None, ())


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom and where a desk is sought."""

    day: date
    place: str | None
    by: str | None
    bearer: Unit | None

    def situation(self) -> Situation:
        at = datetime.combine(self.day, time.min, UTC)
        return Situation(Event("?", "?", at, at, by=self.by, place=self.place), MappingProxyType({}), None, ())


def start(selector: Selector) -> Selector | None:
    """Where the way to the desk begins."""
    return selector.of if isinstance(selector, ByStep) else selector


def reads_facts(selector: Selector) -> bool:
    """Whether it, or its place, is a fact of the case, which may be anything."""
    if isinstance(selector, ByFact) or (isinstance(selector, ByStep) and isinstance(selector.of, ByFact)):
        return True
    if not isinstance(selector, ByRole | ByRelation) or selector.place is None:
        return False
    return selector.place.startswith(("event.", "subject.")) and selector.place != "event.place"


def reads_place(selector: Selector, part: str) -> bool:
    """Whether where it happened may decide it."""
    match selector:
        case ByRole(place=place, each=each):
            return place == "event.place" or (place is None and not each and part == "bearer")
        case ByRelation(place=place, each=each):
            return place == "event.place" or (place is None and not each and part == "bearer")
        case _:
            return False


def reads_bearer(selector: Selector) -> bool:
    """Whether whose duty it is may decide it."""
    match selector:
        case ByRole(place=place, level=level):
            return place in (None, "bearer.place") or level in ("same", "upper")
        case ByRelation(place=place, level=level, each=each):
            return place == "bearer.place" or level in ("same", "upper") or (place is None and not each)
        case ByStep(of=of):
            return of is None
        case _:
            return False


def outcome(rule: Rule, situation: Situation) -> tuple[object, object]:
    """Whether it is raised, and whether an exception may yet apply."""
    verdict = judged(rule.condition, situation, absent=True)
    excepted = judged(rule.exception, situation, absent=False)
    return (False, False) if verdict is False or excepted is True else (verdict, excepted)


def judged(condition: Condition | None, situation: Situation, *, absent: bool) -> bool | Unknown:
    verdict = absent if condition is None else evaluate(condition.tree, situation)
    return verdict if verdict is True or verdict is UNKNOWN else False


@dataclass(frozen=True, slots=True)
class Domains:
    """The values that decide some conditions: of each fact they read, and of the bearer."""

    facts: Mapping[tuple[str, str], tuple[Value | None, ...]]
    units: tuple[Unit | None, ...]
    kinds: tuple[str, ...]

    @classmethod
    def of(cls, trees: Sequence[Expression], pack: Pack, kinds: tuple[str, ...]) -> Domains | None:
        """None where a condition reads what has too many values, or the other events of the case."""
        nodes = [node for tree in trees for node in walk(tree)]
        if any(isinstance(node, Quantify) for node in nodes):
            return None
        facts: dict[tuple[str, str], tuple[Value | None, ...]] = {}
        units: tuple[Unit | None, ...] = (None,)
        for node in nodes:
            match node:
                case Path(Variable("unit")):
                    units = distinct_units(pack)
                case Path(Variable("event"), "type"):
                    continue
                case Path(Variable("case"), name) if name not in ("events", "id"):
                    return None
                case Path(Variable("event" | "subject" as root), name):
                    values = domain(pack.vocabulary.attributes.get(name), nodes) if name != "by" else (None, next(iter(pack.vocabulary.units)))  # fmt: skip
                    if values is None:
                        return None
                    facts[root, name] = values
                case _:
                    continue
        size = len(units) * max(1, len(kinds))
        for known in facts.values():
            size *= len(known)
        return cls(facts, units, kinds or ("?",)) if size <= MOST else None

    def situations(self) -> Iterator[Situation]:
        names = list(self.facts)
        for kind, unit, values in product(self.kinds, self.units, list(product(*self.facts.values()))):
            said = {name: value for name, value in zip(names, values, strict=True) if value is not None}
            data = {name: value for (root, name), value in said.items() if root == "event" and name != "by"}
            by = said.get(("event", "by"))
            event = Event("e", kind, AT, AT, by=str(by) if by else None, data=data)
            subject = {name: Stated(value, "e") for (root, name), value in said.items() if root == "subject"}
            yield Situation(event, subject, unit, (event,))


def distinct_units(pack: Pack) -> tuple[Unit | None, ...]:
    """One unit of each kind that a condition can tell apart by role, level and place; and none."""
    kinds = {(u.roles, u.level): u for u in pack.vocabulary.units.values()}
    return (None, *kinds.values())


def domain(attribute: Attribute | None, nodes: Sequence[Expression]) -> tuple[Value | None, ...] | None:
    """Every value that can decide otherwise than another, and none."""
    if attribute is None or attribute.many:
        return None
    match attribute.kind:
        case ValueKind.BOOL:
            return (None, True, False)
        case ValueKind.CHOICE:
            return (None, *(choice.id for choice in attribute.choices))
        case ValueKind.INT:
            named = {node.value for node in nodes if isinstance(node, Literal) and type(node.value) is int}
            ends = {x for x in (attribute.minimum, attribute.maximum) if x is not None}
            near = {n + d for n in named for d in (-1, 0, 1)} | ends
            low, high = attribute.minimum, attribute.maximum
            inside = sorted(n for n in near if (low is None or n >= low) and (high is None or n <= high))
            return (None, *inside)
        case _:
            return None
