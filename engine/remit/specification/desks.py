"""What a careless hand does to a selector: another role, level or unit, a wider or a narrower place, a climb too many."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from remit.model.rule import ByFact, ByRelation, ByReporter, ByRole, ByStep, ByUnit, On, Rule, Selector
from remit.model.terms import Relation
from remit.model.text import Text
from remit.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Desk:
    """A changed selector and what was changed."""

    kind: str
    change: Text
    selector: Selector


@dataclass(frozen=True, slots=True)
class Desks:
    """The changes of selectors that a pack's vocabulary allows."""

    vocabulary: Vocabulary

    def changes(self, selector: Selector, rule: Rule, part: str) -> Iterator[Desk]:
        """Every change of one thing about the selector."""
        match selector:
            case ByRole():
                yield from self.of_role(selector, rule, part)
            case ByRelation():
                yield from self.of_relation(selector)
            case ByUnit(unit):
                yield from self.of_unit(unit)
            case ByStep():
                yield from self.of_step(selector)
            case ByFact() if isinstance(rule.trigger, On):
                yield Desk("unit", Text("改为报告单位", "whoever reports it instead"), ByReporter())
            case _ if isinstance(selector, ByReporter):
                yield from self.of_reporter(rule)

    def of_role(self, selector: ByRole, rule: Rule, part: str) -> Iterator[Desk]:
        other = self.another_role(selector.role)
        if other is not None:
            yield Desk("role", self.role_became(selector.role, other), replace(selector, role=other))
        for level in self.other_levels(selector.level):
            yield Desk("level", self.level_became(selector.level, level), replace(selector, level=level))
        if not selector.each:
            turned = replace(selector, enclosing=not selector.enclosing)
            said = Text("去掉“或者上级范围”", "drop `or: enclosing`") if selector.enclosing else Text("加上“或者上级范围”", "add `or: enclosing`")  # fmt: skip
            yield Desk("enclosing", said, turned)
        elif selector.place is not None:
            yield Desk("place", Text("不限地点", "anywhere"), replace(selector, place=None))
        if not selector.each and isinstance(rule.trigger, On) and part != "bearer":
            elsewhere = "event.place" if selector.place != "event.place" else "bearer.place"
            yield Desk("place", Text(f"地点改为 {elsewhere}", f"the place becomes {elsewhere}"), replace(selector, place=elsewhere))  # fmt: skip

    def of_relation(self, selector: ByRelation) -> Iterator[Desk]:
        for level in self.other_levels(selector.level):
            yield Desk("level", self.level_became(selector.level, level), replace(selector, level=level))
        if selector.of in self.vocabulary.units:
            for role in self.vocabulary.units[selector.of].roles[:1]:
                yield Desk("relation", Text(f"“{selector.of}”改为各“{role}”", f"`{selector.of}` becomes every `{role}`"), replace(selector, of=role))  # fmt: skip
        else:
            holders = [u.id for u in self.vocabulary.units.values() if selector.of in u.roles]
            if len(holders) > 1:
                name = self.vocabulary.units[holders[0]].label
                yield Desk("relation", Text(f"只限{name.zh}", f"of {name.en} alone"), replace(selector, of=holders[0]))

    def of_step(self, selector: ByStep) -> Iterator[Desk]:
        """To another role, along another relation, and not at all."""
        other = self.another_role(selector.role)
        if other is not None:
            yield Desk("role", self.role_became(selector.role, other), replace(selector, role=other))
        drawn = [relation for relation in Relation if any(e.relation is relation for e in self.vocabulary.edges)]
        for via in [relation for relation in drawn if relation is not selector.via][:1]:
            yield Desk("via", Text(f"沿 {selector.via} 改为沿 {via}", f"`via: {selector.via}` becomes `via: {via}`"), replace(selector, via=via))  # fmt: skip
        if selector.of is not None:
            yield Desk("step", Text("不沿关系查找", "no step along the relation"), selector.of)

    def of_unit(self, unit: str) -> Iterator[Desk]:
        """Its neighbour of the same level, and the holder of its role elsewhere."""
        units = list(self.vocabulary.units.values())
        mine = self.vocabulary.units[unit]
        peers = [u for u in units if u.level == mine.level and u.roles and not set(u.roles) & set(mine.roles)]
        alike = [u for u in units if set(u.roles) & set(mine.roles) and u.id != unit]
        for other in (*peers[:1], *alike[:1]):
            label = other.label
            yield Desk("unit", Text(f"{mine.label.zh}改为{label.zh}", f"{mine.label.en} becomes {label.en}"), ByUnit(other.id))  # fmt: skip

    def of_reporter(self, rule: Rule) -> Iterator[Desk]:
        """Whoever reported it becomes a named role at the place."""
        roles = [name for name in self.vocabulary.roles if any(name in u.roles for u in self.vocabulary.units.values())]
        if roles and isinstance(rule.trigger, On):
            label = self.vocabulary.roles[roles[0]].label
            yield Desk("role", Text(f"报告单位改为{label.zh}", f"the reporter becomes the {label.en}"), ByRole(roles[0], "event.place"))  # fmt: skip

    def another_role(self, role: str) -> str | None:
        """The role declared next that has as many levels; else the next that anybody has."""
        held = {name: frozenset(u.level for u in self.vocabulary.units.values() if name in u.roles) for name in self.vocabulary.roles}  # fmt: skip
        names = [name for name in held if held[name]]
        if role not in names:
            return None
        at = names.index(role)
        following = [*names[at + 1 :], *names[:at]]
        same = [name for name in following if held[name] == held[role]]
        return next(iter((*same, *following)), None)

    def other_levels(self, level: str | None) -> Iterator[str | None]:
        """Left out where there was one; where there was none, the two highest the pack has."""
        if level is not None:
            yield None
            yield from [name for name in self.vocabulary.levels if name != level][:1]
        else:
            yield from self.vocabulary.levels[:2]

    def level_became(self, before: str | None, after: str | None) -> Text:
        labels = self.vocabulary.level_labels
        zh = [labels[x].zh if x and x in labels else x or "不限" for x in (before, after)]
        en = [labels[x].en if x and x in labels else x or "any" for x in (before, after)]
        return Text(f"层级“{zh[0]}”改为“{zh[1]}”", f"level `{en[0]}` becomes `{en[1]}`")

    def role_became(self, before: str, after: str) -> Text:
        roles = self.vocabulary.roles
        return Text(f"角色“{roles[before].label.zh}”改为“{roles[after].label.zh}”", f"role `{roles[before].label.en}` becomes `{roles[after].label.en}`")  # fmt: skip
