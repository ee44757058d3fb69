"""`Judge`: does any scenario notice a change? Each is told again, to the changed part of the pack, until one fails.

A change of a rule can only be noticed by a scenario whose reports set the rule off, before or after the change, or which speaks
of the rule, of its act, or of a rule tied to it; no other is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from remit.model.rule import readings_of
from remit.pack.load import Pack
from remit.program.compile import compile_rule
from remit.specification.features import Scenario
from remit.specification.mutants import Mutant, applied
from remit.specification.play import tell
from remit.specification.run import Outcome, steps_of
from remit.specification.slices import ACTION_WORDS, Spoken, Ties, concerned, restricted
from remit.specification.understanding import Told


@dataclass(frozen=True, slots=True)
class Heard:
    """A scenario that passes: its steps understood, what they speak of, and the rules that have a say in it."""

    scenario: Scenario
    steps: tuple[Told, ...]
    spoken: Spoken
    rules: frozenset[str]
    arisen: frozenset[str]


class Judge:
    """Judges changes of one pack by the scenarios that pass in it."""

    def __init__(self, pack: Pack, outcome: Outcome) -> None:
        self.pack = pack
        self.ties = Ties.of(pack)
        self.results = tuple(r for r in outcome.results if r.passed)
        self.heard = tuple(self._hear(r.scenario, r.rules) for r in outcome.results if r.passed)

    def _hear(self, scenario: Scenario, arisen: Iterable[str]) -> Heard:
        steps = steps_of(scenario)
        rules = concerned(steps, self.pack, self.ties)
        return Heard(scenario, steps, Spoken.of(steps, self.pack), rules, frozenset(arisen))

    def noticed_by(self, mutant: Mutant) -> Scenario | None:
        """The first scenario that fails once the change is made, or None."""
        return next((h.scenario for h in self.able(mutant) if self.fails(h, mutant)), None)

    def able(self, mutant: Mutant) -> list[Heard]:
        """The scenarios that might notice it, the likeliest first."""
        touched, triggers = self.touched(mutant), self.triggers(mutant)
        found = [h for h in self.heard if touched & h.rules or triggers & h.spoken.events]
        return sorted(found, key=lambda h: (not touched & h.spoken.rules, not touched & h.arisen, len(h.steps)))

    def touched(self, mutant: Mutant) -> frozenset[str]:
        """The rules whose meaning changes."""
        if mutant.rule is not None:
            return frozenset({mutant.rule.id})
        timed = ((r.id, r.timing) for p in self.pack.policies for r in p.rules)
        return frozenset(name for name, timing in timed if mutant.of in readings_of(timing))

    def triggers(self, mutant: Mutant) -> frozenset[str]:
        """The events that set the changed rule off."""
        if mutant.rule is None:
            return frozenset()
        return compile_rule(mutant.rule, self.pack.policy(mutant.rule.policy), 0).triggers

    def part(self, mutant: Mutant) -> frozenset[str]:
        """The changed rule and all that is tied to it: whatever else a scenario speaks of ends as before."""
        found = self.touched(mutant)
        while True:
            actions = {str(self.pack.rules[name].action) for name in found}
            wider = self.ties.reach(name for action in actions for name in self.ties.by_action.get(action, ()))
            if wider <= found:
                return found
            found |= wider

    def fails(self, heard: Heard, mutant: Mutant) -> bool:
        """Whether the scenario fails when told to the changed pack."""
        part = self.part(mutant)
        base = self.pack if mutant.rule else applied(self.pack, mutant)
        changed = restricted(base, part, mutant.rule)
        return not tell(heard.scenario, self.bearing(heard, part), changed, explain=False).passed

    def bearing(self, heard: Heard, part: frozenset[str]) -> tuple[Told, ...]:
        """The steps, of those that ask only what bears on these rules."""
        actions = frozenset(str(self.pack.rules[name].action) for name in part)
        kept = (self.asked(told, part, actions) for told in heard.steps)
        return tuple(told for told in kept if told is not None)

    def asked(self, told: Told, part: frozenset[str], actions: frozenset[str]) -> Told | None:
        """The step, its table's rows of other acts left out; None where it asks nothing of these rules."""
        if told.step.kind != "then":
            return told
        said = dict(told.arguments)
        action, rule = said.get("action"), said.get("rule")
        if action is not None:
            return told if self.pack.find("action", str(action)) in actions else None
        if rule is not None:
            return told if rule in part else None
        return self.rows(told, actions)

    def rows(self, told: Told, actions: frozenset[str]) -> Told | None:
        table = told.step.table
        if table is None:
            return told
        columns = [n for n, word in enumerate(table[0]) if word in ACTION_WORDS]
        rows = tuple(r for r in table[1:] if any(self.pack.find("action", r[n]) in actions for n in columns))
        if not rows and not dict(told.arguments).get("exactly"):
            return None
        arguments = tuple((k, (table[0], *rows) if k == "datatable" else v) for k, v in told.arguments)
        return replace(told, arguments=arguments)
