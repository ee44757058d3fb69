"""Rego by regopy (rego-cpp): one module of partial rules. The caller puts the facts of the case beside the event: with
the facts of all cases as data, each question takes the time of copying them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

import regopy
from workload import Facts, Happening, Output, Workload


class Rego:
    """One interpreter; it looks at every rule for every event."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        rules = []
        for rule in work.program:
            body = [f'input.kind == "{rule.kind}"', f"input.age < {rule.below}"]
            body += [] if rule.ward is None else [f"input.ward == {rule.ward}"]
            body += ["unit := input.desks[input.place]"]
            body += ["input.consent"] if rule.consent else []
            rules.append(f"found contains [{rule.number}, unit] if {{ {'; '.join(body)} }}")
        self._rego = regopy.Interpreter()
        self._rego.add_module("work", "package work\nimport rego.v1\n" + "\n".join(rules))
        # Asked without a bundle, it compiles the module anew for each question.
        self._bundle = self._rego.build("data.work.found", [])

    def open(self, facts: Facts) -> None:
        self._desks: dict[str, dict[str, str]] = {}
        for desk in facts.desks:
            self._desks.setdefault(desk.case, {})[desk.place] = desk.unit
        self._consents = frozenset(facts.consents)

    def _ask(self, event: Happening) -> list[tuple[int, str]]:
        case = event.case
        self._rego.set_input(event._asdict() | {"desks": self._desks[case], "consent": case in self._consents})
        (answer,) = json.loads(str(self._rego.query_bundle(self._bundle)))["expressions"]
        return list(answer)

    def ready(self, events: Sequence[Happening], _generation: int) -> Sequence[Happening]:
        return events

    def run(self, prepared: Sequence[Happening]) -> list[Output]:
        return [(int(rule), e.number, e.case, unit) for e in prepared for rule, unit in self._ask(e)]
