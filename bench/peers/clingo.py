"""clingo, many shots: a program part for each kind of event, grounded once an event.

The rules are deterministic, so grounding decides them all; what is derived is called back by the grounder, and no
solver is started.
"""

from __future__ import annotations

from collections.abc import Sequence

import clingo
from workload import Facts, Happening, Output, Workload

Part = tuple[str, list[clingo.Symbol]]


class Clingo:
    """One control object."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._found: list[Output] = []
        parts: dict[str, list[str]] = {}
        for rule in work.program:
            body = [f"a < {rule.below}", "desk(c,p,U)"]
            body += ["consent(c)"] if rule.consent else []
            body += [] if rule.ward is None else [f"w = {rule.ward}"]
            parts.setdefault(rule.kind, []).append(f"o(@heard({rule.number},n,c,U)) :- {', '.join(body)}.")
        self._control = clingo.Control(["--warn=none"])
        for kind, rules in parts.items():
            self._control.add(kind, ["n", "c", "p", "a", "w"], "\n".join(rules))

    def heard(
        self, rule: clingo.Symbol, number: clingo.Symbol, case: clingo.Symbol, unit: clingo.Symbol
    ) -> clingo.Symbol:
        """What the grounder calls for each instance of a rule."""
        self._found.append((rule.number, number.number, case.string, unit.string))
        return number

    def open(self, facts: Facts) -> None:
        told = [f'desk("{d.case}","{d.place}","{d.unit}").' for d in facts.desks]
        told += [f'consent("{case}").' for case in facts.consents]
        self._control.add("facts", [], "\n".join(told))
        self._control.ground([("facts", [])])

    def ready(self, events: Sequence[Happening], _generation: int) -> list[Part]:
        text, number = clingo.String, clingo.Number
        return [
            (e.kind, [number(e.number), text(e.case), text(e.place), number(e.age), number(e.ward)]) for e in events
        ]

    def run(self, prepared: list[Part]) -> list[Output]:
        self._found.clear()
        for part in prepared:
            self._control.ground([part], context=self)
        return list(self._found)
