"""The reference matcher: every rule against every event, in plain Python. It is normative."""

from __future__ import annotations

from collections.abc import Sequence

from remit.matching.history import History
from remit.matching.matcher import Binding, Incident, guard
from remit.program.program import Program


class Reference:
    """Looks at everything, in order; nothing is indexed, nothing is skipped."""

    name = "reference"

    def __init__(self, program: Program, reason: str = "asked for") -> None:
        self.program = program
        self.reason = reason

    @property
    def incidents(self) -> tuple[Incident, ...]:
        return ()

    def bindings(self, history: History) -> tuple[Binding, ...]:
        """For each rule, each event of one of its trigger types whose condition is not false."""
        found = []
        for rule in self.program.rules:
            for event in history.events:
                if event.type in rule.triggers:
                    binding = guard(rule, event, history)
                    if binding is not None:
                        found.append(binding)
        return tuple(found)

    def bindings_of(self, histories: Sequence[History]) -> tuple[tuple[Binding, ...], ...]:
        """One case after the other."""
        return tuple(self.bindings(history) for history in histories)

    def orders(self, history: History) -> None:
        """Any rule may be set off."""
