"""Whether a rule reaches more situations than it did, or fewer: by the solver, with a case run under both packs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from remit.analysis.findings import CaseFile
from remit.analysis.norms import UNNAMED, Norms, stands, trees, view_of
from remit.analysis.norms import spoken as condition
from remit.analysis.pairs import tree
from remit.analysis.solver import Situations
from remit.analysis.witness import Witnesses
from remit.analysis.world import Possible, Undecided, World
from remit.comparison import spoken
from remit.comparison.changes import Change
from remit.errors import RemitError
from remit.model.expression import Expression, Path, Quantify
from remit.model.obligation import Answer
from remit.model.rule import Act, On, Rule
from remit.model.terms import Status
from remit.model.text import Text
from remit.program.compile import walk
from remit.program.program import CompiledRule

ONE_DAY = timedelta(days=1)


@dataclass
class Scope:
    """Compares conditions, exceptions, triggers and acts of rules of two packs in a world that both can speak of."""

    old: Norms
    new: Norms
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = self.old.world.beside(self.new.world)
        self.witnesses = (Witnesses(self.old), Witnesses(self.new))
        self.compiled = tuple({(r.rule.policy, r.rule.id): r for r in n.program.rules} for n in (self.old, self.new))

    def rules(self, old: Rule, new: Rule) -> tuple[CompiledRule, CompiledRule]:
        return self.compiled[0][old.policy, old.id], self.compiled[1][new.policy, new.id]

    # --- when it stands ----------------------------------------------------------------------------

    def changes(self, old: Rule, new: Rule) -> Iterator[Change]:
        """What became of the situations in which it stands; nothing where trigger, condition and exception are as they were."""
        one, other = self.rules(old, new)
        if type(old.trigger) is not type(new.trigger):
            return
        if trees(one) == trees(other) and one.triggers == other.triggers and same_parts(old, new):
            return
        before, after = self.told(self.old, old), self.told(self.new, new)
        if retyped := self.retyped(*trees(one), *trees(other)):
            yield Change("undecided", "rule", new.id, "if", before, after, detail=retyped)
            return
        lost, gained = self.reached(one, other, 0), self.reached(other, one, 1)
        reasons = [found.reason for found in (lost, gained) if isinstance(found, Undecided)]
        cases = [None if found is None or isinstance(found, Undecided) else found for found in (lost, gained)]
        if reasons:
            kind, detail = "undecided", tuple(Text(reason, reason) for reason in reasons)
        else:
            kind, detail = kind_of(lost is not None, gained is not None, lambda: self.doubtful(one, other)), ()
        shown = [case if isinstance(case, CaseFile) else None for case in cases]
        yield Change(kind, "rule", new.id, "if", before, after, shown[0], shown[1], detail)

    def retyped(self, *read: Expression) -> tuple[Text, ...]:
        """Facts that the conditions ask for and that are of another type in the new pack: they cannot be held together."""
        one, other = (n.pack.vocabulary.attributes for n in (self.old, self.new))
        asked = dict.fromkeys(node.field for tree in read for node in walk(tree) if isinstance(node, Path))
        apart = [a for a in asked if a in one and a in other and (one[a].kind, one[a].many) != (other[a].kind, other[a].many)]  # fmt: skip
        return tuple(Text(f"“{one[a].label.zh}”的类型不同", f"`{one[a].label.en}` is of another type") for a in apart)

    def told(self, norms: Norms, rule: Rule) -> Text:
        """Trigger, condition and exception in words."""
        said = [spoken.trigger(rule.trigger, norms.pack.vocabulary)]
        if rule.condition is not None:
            found = condition(rule.condition.tree)
            said.append(Text(f"如果 {found.zh}", f"if {found.en}"))
        if rule.exception is not None:
            found = condition(rule.exception.tree)
            said.append(Text(f"除非 {found.zh}", f"unless {found.en}"))
        return spoken.joined(said, Text("；", "; "))

    def space(self, *rules: CompiledRule) -> Situations:
        """What either rule can be set off by."""
        kinds = frozenset().union(*(rule.triggers for rule in rules if isinstance(rule.rule.trigger, On)))
        quantified = {n for rule in rules for t in trees(rule) for n in walk(t) if isinstance(n, Quantify)}
        return Situations(self.world, [kinds] if kinds else [], others=len(quantified), timeout=self.old.timeout)

    def stands(self, space: Situations, rule: CompiledRule) -> Any:
        """The report is one that sets it off, its condition is true and its exception is not."""
        kind = [space.any(space.is_type(k) for k in sorted(rule.triggers))] if isinstance(rule.rule.trigger, On) else []
        return space.all([*kind, *(claim for _, claim in stands(space, rule))])

    def reached(self, one: CompiledRule, other: CompiledRule, side: int) -> CaseFile | Undecided | bool | None:
        """A case that the one reaches and the other does not; True where there is one that could not be run; None where there is none."""
        space = self.space(one, other)
        claims = [(UNNAMED, self.stands(space, one)), (UNNAMED, space.denied(self.stands(space, other)))]
        first = space.ask(*claims)
        if isinstance(first, Undecided):
            return first
        if not isinstance(first, Possible):
            return None
        norms = (self.old, self.new)[side]
        for day in norms.days(one) if isinstance(one.rule.trigger, On) else ():
            placed = norms.placements(one, day)
            start = norms.midnight(day)
            here = [(UNNAMED, space.between(start, start + ONE_DAY)), (UNNAMED, space.borne(placed))]
            found = space.ask(*claims, *here)
            if not isinstance(found, Possible):
                continue
            case = self.witnesses[side].case(
                one.rule.id, found.telling, day, raises(one), also=lambda c: not self.raised(c, other, 1 - side)
            )
            if case is not None:
                return case
        return Undecided("; ".join(first.opaque)) if first.opaque else True

    def raised(self, case: CaseFile, rule: CompiledRule, side: int) -> bool:
        """Whether the other pack's rule stands in the case too."""
        try:
            return bool(raises(rule)(self.witnesses[side].run(case)))
        except RemitError:
            return False  # a pack that does not know the words has no duty either

    def doubtful(self, one: CompiledRule, other: CompiledRule) -> bool:
        """Whether they are undecided, or rebuttable, in different situations."""
        space = self.space(one, other)
        differ = [
            space.differ(space.cell(tree(a, value=v), view_of(one)), space.cell(tree(b, value=v), view_of(one)))
            for a, b, v in (
                (one.rule.condition, other.rule.condition, True),
                (one.rule.exception, other.rule.exception, False),
            )
        ]
        return isinstance(space.ask((UNNAMED, space.any(differ))), Possible | Undecided)

    # --- what performs or breaches it --------------------------------------------------------------

    def acts(self, old: Rule, new: Rule, part: str) -> Iterator[Change]:
        """Whether more or fewer reports perform it, or breach it."""
        before, after = getattr(old, part), getattr(new, part)
        if before == after:
            return
        compiled = self.rules(old, new)
        name = {"done": "discharges", "breach": "breaches"}[part]
        sides = [getattr(rule, name) for rule in compiled]
        found = [self.further(*sides), self.further(*sides[::-1])]
        words = [spoken.acts(a, n.pack.vocabulary) for a, n in zip(sides, (self.old, self.new), strict=True)]
        kind = "undecided" if "?" in found else kind_of(bool(found[0]), bool(found[1]), lambda: False)
        yield Change(kind, "rule", new.id, part, words[0], words[1])

    def further(self, acts: tuple[Act, ...], others: tuple[Act, ...]) -> str:
        """`yes` where a report does for the acts and not for the others; `?` where that was not found out."""
        kinds = sorted({act.event for act in acts})
        if not kinds:
            return ""
        space = Situations(self.world, [kinds], others=1, timeout=self.old.timeout)
        mine, theirs = (space.any(self.does(space, act) for act in side) for side in (acts, others))
        found = space.ask((UNNAMED, mine), (UNNAMED, space.denied(theirs)))
        return "yes" if isinstance(found, Possible) else "?" if isinstance(found, Undecided) else ""

    def does(self, space: Situations, act: Act) -> Any:
        where = [] if act.where is None else [space.true(space.cell(act.where))]
        return space.all([space.is_type(act.event), *where])


def kind_of(lost: bool, gained: bool, doubtful: Any) -> str:
    """What the comparison comes to."""
    if lost and gained:
        return "redrawn"
    if lost or gained:
        return "narrowed" if lost else "widened"
    return "doubt" if doubtful() else "equivalent"


def same_parts(old: Rule, new: Rule) -> bool:
    """Condition stands against condition, and exception against exception."""
    return (old.condition is None) == (new.condition is None) and (old.exception is None) == (new.exception is None)


def raises(rule: CompiledRule) -> Any:
    """Whether an answer holds a duty of the rule that is not in doubt, at its own desk."""

    def shows(answer: Answer) -> bool:
        return any(
            o.rule == rule.rule.id and o.status is not Status.UNDECIDED and o.bearer.routed for o in answer.obligations
        )

    return shows
