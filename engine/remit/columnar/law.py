"""A law made ready for columns: what no event changes is worked out once, when it is first needed.

ready = ColumnarLaw(law)
replay(ready, events, now)      # any number of times; a plain `Law` is made ready at each call
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cached_property

from remit.columnar.layout import Layout
from remit.columnar.rules import Subset, subset_of
from remit.live.evaluator import LiveEvaluator
from remit.live.program import LiveProgram
from remit.matching.reference import Reference
from remit.program.program import CompiledRule, Program
from remit.semantics.law import Law


class ColumnarLaw:
    """One law, for as long as it stands. It remembers routes and deadlines, and nothing of a case; threads do not share it."""

    def __init__(self, law: Law) -> None:
        self.law = law

    @cached_property
    def live(self) -> LiveProgram:
        return LiveProgram(self.law)

    @cached_property
    def subset(self) -> Subset:
        """The rules that run as columns, and why the others do not."""
        return subset_of(self.live)

    @cached_property
    def layout(self) -> Layout:
        return Layout(self.law, self.subset.rules)

    @cached_property
    def rest(self) -> ColumnarLaw:
        """The law with none but the rules that do not run as columns."""
        refused = self.subset.refused
        return ColumnarLaw(narrowed(self.law, tuple(rule for rule in self.law.program.rules if rule.order in refused)))

    @cached_property
    def turning(self) -> ColumnarLaw:
        """The law with none but the rules in columns that a fact may turn which came to stand after their report."""
        orders = {rule.live.order for rule in self.subset.rules if rule.facts or rule.matter}
        return ColumnarLaw(narrowed(self.law, tuple(rule for rule in self.law.program.rules if rule.order in orders)))

    def evaluator(self) -> LiveEvaluator:
        """One that has heard of no event."""
        return LiveEvaluator(self.law, self.live)


def ready(law: Law | ColumnarLaw) -> ColumnarLaw:
    """The law made ready, where that has not been done."""
    return law if isinstance(law, ColumnarLaw) else ColumnarLaw(law)


def narrowed(law: Law, rules: tuple[CompiledRule, ...]) -> Law:
    """The law with no rules but these."""
    kept = {rule.order for rule in rules}

    def among(index: Mapping[str, tuple[CompiledRule, ...]]) -> dict[str, tuple[CompiledRule, ...]]:
        return {
            name: found for name, members in index.items() if (found := tuple(r for r in members if r.order in kept))
        }

    program = Program(rules, among(law.program.by_id), among(law.program.by_event))
    return replace(law, program=program, matcher=Reference(program))
