"""Whether a changed pack would load and pass its check: what `remit check` finds needs no scenario to find it."""

from __future__ import annotations

from remit.checks.check import contradictions
from remit.checks.desks import NOBODY, Desks
from remit.errors import ExpressionError
from remit.expressions.checker import check
from remit.model.rule import On, Rule
from remit.pack.load import Pack
from remit.program.compile import RUN, compile_program, compile_rule
from remit.program.program import INVARIANTS, Program
from remit.specification.slices import Ties, restricted


class Soundness:
    """The checks of a pack, rule by rule."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.ties = Ties.of(pack)

    def holds(self, changed: Rule, original: Rule) -> bool:
        """Whether the pack with the changed rule would pass; what the original was found wrong with does not count."""
        return (
            self.conditions_hold(changed, original)
            and self.has_desks(changed, original)
            and self.is_named(changed, original)
            and self.contradicts_nothing(changed, original)
        )

    def conditions_hold(self, changed: Rule, original: Rule) -> bool:
        """Every condition still fits what its events carry."""
        events = changed.trigger.events if isinstance(changed.trigger, On) else None
        parts = [(c.tree, events) for c in (changed.condition, changed.exception) if c is not None]
        parts += [(act.where, (act.event,)) for act in (*changed.done, *changed.breach) if act.where is not None]
        if (changed.condition, changed.exception, changed.trigger, changed.done, changed.breach) == (
            original.condition, original.exception, original.trigger, original.done, original.breach,
        ):  # fmt: skip
            return True
        try:
            for tree, carried in parts:
                check(tree, self.pack.lexicon, events=carried)
        except ExpressionError:
            return False
        return True

    def has_desks(self, changed: Rule, original: Rule) -> bool:
        """RM507: some unit can be found for every part, of this rule and of what its failure sets off."""
        if parties(changed) == parties(original) and changed.trigger == original.trigger:
            return True
        policy = self.pack.policy(changed.policy)
        if not all(holds(compile_rule(changed, policy, -1)) for holds in INVARIANTS.values()):
            return False
        program = compile_program(restricted(self.pack, self.ties.reach({changed.id}), changed).policies)
        desks = Desks(self.pack.graph, program)
        return not any(found.slug == NOBODY for rule in program.rules for found in desks.of_rule(rule))

    def is_named(self, changed: Rule, original: Rule) -> bool:
        """RM215: every consequence still has a rule that sets it off."""
        lost = set(original.then) - set(changed.then)
        if not lost:
            return True
        others = [rule for policy in self.pack.policies for rule in policy.rules if rule.id != changed.id]
        return lost <= {name for other in others for name in other.then}

    def contradicts_nothing(self, changed: Rule, original: Rule) -> bool:
        """RM509: no new contradiction with what else is said of the act."""
        if changed.modality is original.modality:
            return True
        peers = frozenset(r.id for p in self.pack.policies for r in p.rules if r.action == changed.action and r.modality in RUN)  # fmt: skip
        program: Program = compile_program(restricted(self.pack, peers, changed).policies)
        return not list(contradictions(program, self.pack.graph.levels))


def parties(rule: Rule) -> tuple[object, ...]:
    return (rule.bearers, rule.performers, rule.to, rule.cooperating)
