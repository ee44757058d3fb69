"""One rule at a time: rules that can never fire, conditions that are always true, parts and exceptions that change nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from remit.analysis.findings import Finding
from remit.analysis.norms import Norms, failing, parts, spoken, stands, view_of
from remit.analysis.solver import Situations
from remit.analysis.world import Impossible, Undecided
from remit.model.expression import And, Expression
from remit.model.rule import Every, On
from remit.model.text import Text
from remit.program.program import CompiledRule
from remit.semantics.conflict import outranks

BORNE = Text("由能承担它的单位承担，或者找不到单位", "a unit that can bear it does, or none was found")
TOGETHER = Text("以下各项不能同时成立", "these cannot hold together")
ALONE = Text("按词汇表允许的事实，以下不能成立", "by what the vocabulary allows to be reported, this cannot hold")


@dataclass
class Conditions:
    """Looks at the condition and the exception of each rule."""

    norms: Norms
    judged: tuple[CompiledRule, Situations, list[tuple[Text, Any]]] | None = None

    def findings(self) -> Iterator[Finding]:
        """What can never fire, and what changes nothing where it stands."""
        for rule in self.norms.program.rules:
            never = [*self.never_in_force(rule), *self.never_fires(rule), *self.never_missed(rule)]
            yield from never
            if not never:
                yield from self.always_true(rule)
                yield from self.idle_exception(rule)
        yield from self.set_aside()

    # --- never -------------------------------------------------------------------------------------

    def never_in_force(self, rule: CompiledRule) -> Iterator[Finding]:
        first, last = self.norms.life(rule)
        if first > last:
            claim = Text(f"{rule.rule.id} 没有施行的一天：自 {first}，至 {last}", f"{rule.rule.id} is in force on no day: from {first} until {last}")  # fmt: skip
            yield Finding("never-fires", (rule.rule.id,), claim, origin=rule.rule.origin, proof=(claim,))

    def never_fires(self, rule: CompiledRule) -> Iterator[Finding]:
        """Its condition cannot be true, or only where its exception is."""
        if rule.rule.condition is None and rule.rule.exception is None:
            return
        space, claims = self.situations(rule)
        found = space.ask(*claims, *stands(space, rule))
        claim = Text(f"{rule.rule.id} 永远不会触发", f"{rule.rule.id} can never fire")
        if isinstance(found, Impossible):
            proof = clashing(found.core)
            yield Finding("never-fires", (rule.rule.id,), claim, origin=rule.rule.origin, proof=proof)
        elif isinstance(found, Undecided):
            yield Finding("never-fires", (rule.rule.id,), claim, origin=rule.rule.origin, undecided=found.reason)

    def never_missed(self, rule: CompiledRule) -> Iterator[Finding]:
        """A consequence of duties that can be neither overdue nor breached."""
        causes = [c for c in self.norms.program.rules if rule.rule.id in c.rule.then]
        if not failing(rule) or any(self.can_fail(cause) for cause in causes):
            return
        claim = Text(f"{rule.rule.id} 永远不会触发", f"{rule.rule.id} can never fire")
        named = "、".join(c.rule.id for c in causes)
        why = Text(f"{named} 没有期限，也无从违反，不会逾期", f"{named} has no limit and nothing breaches it, so it is never missed")  # fmt: skip
        yield Finding("never-fires", (rule.rule.id,), claim, origin=rule.rule.origin, proof=(why,))

    def can_fail(self, rule: CompiledRule) -> bool:
        ends = self.norms.limit(rule.rule.timing) is not None or isinstance(rule.rule.trigger, Every)
        return ends or bool(rule.breaches)

    def set_aside(self) -> Iterator[Finding]:
        """Rules that a higher one, which nothing sets aside, sets aside whenever they stand."""
        above = self.above()
        for rule in self.norms.program.rules:
            for other in above[rule.order] if isinstance(rule.rule.trigger, On) else ():
                reaches = rule.triggers <= other.triggers and set(rule.rule.bearers) <= set(other.rule.bearers)
                if reaches and not above[other.order] and self.within_life(rule, other):
                    yield from self.always_outranked(rule, other)

    def above(self) -> Mapping[int, list[CompiledRule]]:
        """The rules that go before each, by its order."""
        levels, rules = self.norms.pack.graph.levels, self.norms.program.rules
        by_action: dict[str | None, list[CompiledRule]] = defaultdict(list)
        for rule in rules:
            by_action[rule.rule.action].append(rule)
        found: dict[int, list[CompiledRule]] = {rule.order: [] for rule in rules}
        for other in rules:
            named = [rule for name in other.rule.overrides for rule in self.norms.program.by_id.get(name, ())]
            for rule in {r.order: r for r in (*named, *by_action[other.rule.action])}.values():
                if rule is not other and outranks(other, rule, levels):
                    found[rule.order].append(other)
        return found

    def within_life(self, rule: CompiledRule, other: CompiledRule) -> bool:
        (first, last), (since, until) = self.norms.life(rule), self.norms.life(other)
        return since <= first <= last <= until

    def always_outranked(self, rule: CompiledRule, other: CompiledRule) -> Iterator[Finding]:
        space, claims = self.situations(rule)
        above = space.all(claim for _, claim in stands(space, other))
        found = space.ask(*claims, *stands(space, rule), (spoken_rule(other), space.denied(above)))
        if isinstance(found, Impossible):
            claim = Text(f"{rule.rule.id} 总被 {other.rule.id} 排除", f"{rule.rule.id} is always set aside by {other.rule.id}")  # fmt: skip
            why = Text(f"凡 {rule.rule.id} 成立之处，{other.rule.id} 也成立，并优先于它", f"wherever {rule.rule.id} stands, so does {other.rule.id}, which goes before it")  # fmt: skip
            yield Finding("never-fires", (rule.rule.id, other.rule.id), claim, origin=rule.rule.origin, proof=(why,))

    # --- always ------------------------------------------------------------------------------------

    def always_true(self, rule: CompiledRule) -> Iterator[Finding]:
        """A condition that no report makes false; a part of one without which it says the same."""
        if rule.rule.condition is None:
            return
        tree, name = rule.rule.condition.tree, rule.rule.id
        said = spoken(tree)
        space, claims = self.situations(rule)
        cell = space.cell(tree, view_of(rule))
        found = space.ask(*claims, (said, space.false(cell)))
        claim = Text(f"{name} 的条件从不为假：{said.zh}", f"the condition of {name} is never false: {said.en}")
        if isinstance(found, Impossible):
            known = space.ask(*claims, (said, space.denied(cell.known)))
            why = Text("任何可报告的情形都不能使它为假", "no situation that can be reported makes it false")
            if not isinstance(known, Impossible):
                why = Text("事实未说明时不定，一经说明必为真", "unknown while a fact is not stated, and true whatever is stated")  # fmt: skip
            yield Finding("always-true", (name,), claim, origin=rule.rule.condition.origin, proof=(why,))
            return
        if isinstance(found, Undecided):
            yield Finding("always-true", (name,), claim, origin=rule.rule.condition.origin, undecided=found.reason)
        yield from self.idle_parts(rule, tree)

    def idle_parts(self, rule: CompiledRule, tree: Expression) -> Iterator[Finding]:
        if not (divided := parts(tree)):
            return
        space, claims = self.situations(rule)
        for part, rest in divided:
            whole, without = (space.cell(t, view_of(rule)) for t in (tree, rest))
            found = space.ask(*claims, (spoken(part), space.differ(whole, without)))
            said = spoken(part)
            claim = Text(f"{rule.rule.id} 的条件删去“{said.zh}”也一样", f"the condition of {rule.rule.id} says the same without `{said.en}`")  # fmt: skip
            origin = rule.rule.condition.origin if rule.rule.condition else rule.rule.origin
            if isinstance(found, Impossible):
                sign = Text("其余各项成立时它必成立", "where the others hold, it does") if isinstance(tree, And) else Text("它成立时其余必有一项成立", "where it holds, one of the others does")  # fmt: skip
                yield Finding("idle-part", (rule.rule.id,), claim, said.en, origin, proof=(sign,))
            elif isinstance(found, Undecided):
                yield Finding("idle-part", (rule.rule.id,), claim, said.en, origin, undecided=found.reason)

    def idle_exception(self, rule: CompiledRule) -> Iterator[Finding]:
        """An exception that cannot be true where the condition is not false."""
        if rule.rule.exception is None:
            return
        said = spoken(rule.rule.exception.tree)
        space, claims = self.situations(rule)
        view = view_of(rule)
        if rule.rule.condition is not None:
            condition = space.cell(rule.rule.condition.tree, view)
            claims.append((spoken(rule.rule.condition.tree), space.denied(space.false(condition))))
        found = space.ask(*claims, (said, space.true(space.cell(rule.rule.exception.tree, view))))
        claim = Text(f"{rule.rule.id} 的例外从不适用：{said.zh}", f"the exception of {rule.rule.id} never applies: {said.en}")  # fmt: skip
        origin = rule.rule.exception.origin
        if isinstance(found, Impossible):
            yield Finding("idle-exception", (rule.rule.id,), claim, origin=origin, proof=clashing(found.core))
        elif isinstance(found, Undecided):
            yield Finding("idle-exception", (rule.rule.id,), claim, origin=origin, undecided=found.reason)

    # --- where -------------------------------------------------------------------------------------

    def situations(self, rule: CompiledRule) -> tuple[Situations, list[tuple[Text, Any]]]:
        """Every situation in which the rule is judged: it is in force, and a unit of those that can bear it does."""
        if self.judged is None or self.judged[0] is not rule:
            self.judged = (rule, *self.situations_of(rule))
        return self.judged[1], list(self.judged[2])

    def situations_of(self, rule: CompiledRule) -> tuple[Situations, list[tuple[Text, Any]]]:
        triggered = isinstance(rule.rule.trigger, On)
        space = self.norms.space(rule)
        found: list[tuple[Text, Any]] = []
        if rule.per_bearer:
            placed = {(p.unit, *p.says.items()): p for day in self.norms.days(rule) for p in self.norms.placements(rule, day)}  # fmt: skip
            bearers = [p if triggered else replace(p, says={}) for p in placed.values()]
            lost = space.denied(space.unit().known)
            found.append((BORNE, space.any([space.borne(bearers), lost])))
        if triggered:
            first, last = self.norms.life(rule)
            end = datetime.combine(last, time.max, self.norms.pack.calendar.zone)
            found.append((Text("规则在施行", "the rule is in force"), space.between(self.norms.midnight(first), end)))
        return space, found


def clashing(core: tuple[Text, ...]) -> tuple[Text, ...]:
    """What cannot hold, alone or together."""
    return (ALONE if len(core) == 1 else TOGETHER, *core)


def spoken_rule(rule: CompiledRule) -> Text:
    return Text(f"{rule.rule.id} 不成立", f"{rule.rule.id} does not stand")
