"""Two versions of one rule, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property

from remit.analysis.norms import Norms
from remit.comparison import spoken
from remit.comparison.changes import Change
from remit.comparison.pairing import runs
from remit.comparison.scope import Scope
from remit.deadlines.deadline import schedule
from remit.explain.words import MODALITY
from remit.model.rule import On, Rule, Selector, readings_of
from remit.model.text import Text
from remit.pack.dialect import spoken as fixed

PARTS = {"bearer": "bearers", "performer": "performers", "to": "to", "with": "cooperating"}
#: Parts that are compared as they stand; what they are called in a rule block.
PLAIN = {
    "overrides": "overrides", "then": "then", "per": "per", "jointly": "jointly", "kind": "kind", "perdurant": "perdurant",
    "handover": "handover", "indicator": "indicator", "evidence": "evidence", "reason": "reason", "implements": "implements",
}  # fmt: skip
SHOWN = 3
NOBODY: frozenset[str] = frozenset()
Found = dict[str, frozenset[str]]


@dataclass
class Rules:
    """Compares rules of two packs that are versions of each other."""

    old: Norms
    new: Norms
    scope: Scope

    def changes(self, old: Rule, new: Rule) -> Iterator[Change]:
        """Everything that means something else."""
        if old.id != new.id:
            yield Change("renamed", "rule", new.id, "id", Text(old.id, old.id), Text(new.id, new.id))
        yield from self.quoted(old, new)
        yield from self.demanded(old, new)
        if not (runs(old) and runs(new)):
            return
        yield from self.in_force(old, new)
        if type(old.trigger) is not type(new.trigger) or (
            not isinstance(old.trigger, On) and old.trigger != new.trigger
        ):
            before, after = (spoken.trigger(r.trigger, n.pack.vocabulary) for r, n in self.sides(old, new))
            yield self.changed(new, "on", before, after)
        yield from self.scope.changes(old, new)
        for part in PARTS:
            yield from self.desks(old, new, part)
        yield from self.limits(old, new)
        for part in ("done", "breach"):
            yield from self.scope.acts(old, new, part)
        for name, attribute in PLAIN.items():
            yield from self.plain(name, getattr(old, attribute, None), getattr(new, attribute, None), new)
        gone, come = (frozenset(r.inferred) & frozenset((*PARTS, "on", "if", "unless", "by", "window")) for r in (old, new))  # fmt: skip
        yield from self.plain("inferred", tuple(sorted(gone)), tuple(sorted(come)), new)

    def sides(self, old: Rule, new: Rule) -> tuple[tuple[Rule, Norms], tuple[Rule, Norms]]:
        return (old, self.old), (new, self.new)

    def changed(self, rule: Rule, part: str, before: Text | None, after: Text | None, kind: str = "changed") -> Change:
        return Change(kind, "rule", rule.id, part, before, after)

    def plain(self, part: str, before: object, after: object, rule: Rule) -> Iterator[Change]:
        if before != after:
            yield self.changed(rule, part, said(before), said(after))

    # --- the words ---------------------------------------------------------------------------------

    def quoted(self, old: Rule, new: Rule) -> Iterator[Change]:
        words = [tuple(quote.text for quote in rule.quotes) for rule in (old, new)]
        if words[0] != words[1]:
            before, after = (Text("…".join(w), "…".join(w)) for w in words)
            yield self.changed(new, "quote", before, after)

    def demanded(self, old: Rule, new: Rule) -> Iterator[Change]:
        """Modality and action; of a definition, what it states."""
        if (old.modality, old.action, old.statement) != (new.modality, new.action, new.statement):
            yield self.changed(new, "must", self.demand(old, self.old), self.demand(new, self.new))

    def demand(self, rule: Rule, norms: Norms) -> Text:
        word = MODALITY.get(rule.modality, Text(fixed(rule.modality, "zh"), rule.modality.replace("_", " ")))
        if rule.statement is not None:
            told = rule.statement.meaning or Text(f"{rule.statement.source} {rule.statement.relation} {rule.statement.target}", f"{rule.statement.source} {rule.statement.relation} {rule.statement.target}")  # fmt: skip
            return Text(f"视为：{told.zh}", f"counts as: {told.en}")
        action = norms.pack.vocabulary.actions.get(rule.action or "")
        label = action.label if action else Text(rule.action or "", rule.action or "")
        return Text(f"{word.zh}{label.zh}", f"{word.en} {label.en}")

    # --- when --------------------------------------------------------------------------------------

    def in_force(self, old: Rule, new: Rule) -> Iterator[Change]:
        lives = [n.life(rule) for rule, n in zip(self.scope.rules(old, new), (self.old, self.new), strict=True)]
        if lives[0] != lives[1]:
            before, after = (Text(f"{first} 至 {last}", f"{first} to {last}") for first, last in lives)
            yield self.changed(new, "since", before, after)

    def limits(self, old: Rule, new: Rule) -> Iterator[Change]:
        """A limit that differs, and by how much; or one that comes from elsewhere than it did."""
        found = [n.limit(rule.timing) for rule, n in self.sides(old, new)]
        if found[0] != found[1]:
            detail = self.shift(old, new) if isinstance(new.trigger, On) else ()
            before, after = map(spoken.limit, found)
            yield Change("deadline", "rule", new.id, "by", before, after, detail=detail)
            return
        readings = [next(iter(readings_of(r.timing)), None) for r in (old, new)]
        if readings[0] != readings[1]:
            stated = Text("条文", "the text")
            before, after = (n.pack.vocabulary.readings[r].label if r else stated for r, n in zip(readings, (self.old, self.new), strict=True))  # fmt: skip
            yield self.changed(new, "by", before, after)

    def shift(self, old: Rule, new: Rule) -> tuple[Text, ...]:
        """When each is due for a report of one morning."""
        day = max(self.old.life(self.scope.rules(old, new)[0])[0], self.new.life(self.scope.rules(old, new)[1])[0])
        due = []
        for rule, norms in self.sides(old, new):
            at = datetime.combine(day, time(9), norms.pack.calendar.zone)
            found = schedule(rule.timing, happened_at=at, known_at=at, calendar=norms.pack.calendar, readings=norms.pack.vocabulary.readings, counting=norms.pack.policy(rule.policy).counting)  # fmt: skip
            due.append(found.due)
        if due[0] is None or due[1] is None or due[0] == due[1]:
            return ()
        late = due[1] > due[0]
        days = abs(due[1] - due[0]) / timedelta(days=1)
        told = Text(f"{day} 的报告：{'推迟' if late else '提前'} {days:g} 日", f"for a report of {day}: {days:g} day{'' if days == 1 else 's'} {'later' if late else 'earlier'}")  # fmt: skip
        return (told,)

    # --- who ---------------------------------------------------------------------------------------

    def desks(self, old: Rule, new: Rule, part: str) -> Iterator[Change]:
        """Desks that the selectors find elsewhere than before, whether they changed or the units did."""
        selectors = [getattr(rule, PARTS[part]) for rule in (old, new)]
        if selectors[0] == selectors[1] and self.same_units:
            return
        maps = self.resolved(old, new, part)
        asked = sorted(set(maps[0]) | set(maps[1]) if part == "bearer" else set(maps[0]) & set(maps[1]))
        moved = [at for at in asked if maps[0].get(at, frozenset()) != maps[1].get(at, frozenset())]
        before, after = (spoken.selectors(s, n.pack.vocabulary) for s, n in zip(selectors, (self.old, self.new), strict=True))  # fmt: skip
        if moved:
            detail = tuple(self.moves(moved, maps))
            yield Change("moved", "rule", new.id, part, before, after, detail=detail)
        elif set(selectors[0]) != set(selectors[1]):
            gone = not selectors[0] or not selectors[1]
            yield self.changed(new, part, before, after, "changed" if gone else "equivalent")

    @cached_property
    def same_units(self) -> bool:
        """Whether the packs have the same units, places and relations, whatever they are called."""
        one, other = self.old.pack.graph, self.new.pack.graph
        facts = [
            ({u.id: (u.roles, u.place, u.level, u.since, u.until) for u in g.units.values()}, {(e.source, e.relation, e.target, e.since, e.until) for e in g.edges},
             {p.id: (p.level, p.inside) for p in g.places.values()}, [(r.on, r.kind, r.units, r.into) for r in g.reorganisations], g.levels, g.fallback)
            for g in (one, other)
        ]  # fmt: skip
        return facts[0] == facts[1]

    def resolved(self, old: Rule, new: Rule, part: str) -> tuple[Found, Found]:
        """Which units each finds, by the place or unit that asks, on a day on which both are in force if there is one."""
        rules = self.scope.rules(old, new)
        lives = [n.life(rule) for rule, n in zip(rules, (self.old, self.new), strict=True)]
        common = max(first for first, _ in lives)
        shared = common <= min(last for _, last in lives)
        days = [common if shared else first for first, _ in lives]
        found: list[Found] = []
        for rule, norms, day in zip(rules, (self.old, self.new), days, strict=True):
            units: dict[str, set[str]] = {}
            selectors: tuple[Selector, ...] = getattr(rule.rule, PARTS[part])
            for selector in selectors:
                self.add(units, norms.desks.found(rule, selector, self.settled(day, lives, shared=shared), bears=part == "bearer"))  # fmt: skip
            found.append({at: frozenset(who) for at, who in units.items()})
        return found[0], found[1]

    def settled(self, day: date, lives: list[tuple[date, date]], *, shared: bool) -> date:
        """The last day on which the units of either pack change, so that every change is seen."""
        if not shared:
            return day
        last = min(last for _, last in lives)
        turns = [t for n in (self.old, self.new) for t in n.turning_days() if day < t <= last]
        return max(turns, default=day)

    def add(self, units: dict[str, set[str]], found: Mapping[str | None, object]) -> None:
        for asked, routing in found.items():
            parties = getattr(routing, "parties", ())
            units.setdefault(asked or "", set()).update(p.id for p in parties if p.routed)

    def moves(self, moved: list[str], maps: tuple[Found, Found]) -> Iterator[Text]:
        """From which desks to which, and for how many places; what happens within a desk itself goes without saying."""
        ways: dict[tuple[frozenset[str], frozenset[str]], list[str]] = {}
        for at in moved:
            ways.setdefault((maps[0].get(at, NOBODY), maps[1].get(at, NOBODY)), []).append(at)
        elsewhere = {w: at for w, at in ways.items() if not {*at} <= w[0] | w[1]} or ways
        for (gone, come), asked in elsewhere.items():
            sides = [spoken.joined(self.label(n, u) for u in sorted(part)) for n, part in ((self.old, gone), (self.new, come))]  # fmt: skip
            zh, en = f"{sides[0].zh} → {sides[1].zh}", f"{sides[0].en} → {sides[1].en}"
            named = spoken.joined(self.label(self.new, at) for at in asked[:SHOWN])
            more = len(asked) - SHOWN
            if "" in asked:
                yield Text(zh, en)
            elif more > 0:
                yield Text(f"{zh}（{named.zh} 等 {len(asked)} 处）", f"{en} ({named.en} and {more} more)")
            else:
                yield Text(f"{zh}（{named.zh}）", f"{en} ({named.en})")

    def label(self, norms: Norms, name: str) -> Text:
        for pack in (norms.pack, self.old.pack, self.new.pack):
            found = pack.vocabulary.units.get(name) or pack.vocabulary.places.get(name)
            if found:
                return found.label
        return Text(name, name)


def said(value: object) -> Text | None:
    """A plain value in words; None where there is none."""
    match value:
        case None | ():
            return None
        case bool():
            return Text("是" if value else "否", "yes" if value else "no")
        case tuple():
            return Text("、".join(map(str, value)), ", ".join(map(str, value)))
        case _:
            return Text(fixed(str(value), "zh"), str(value).replace("_", " "))
