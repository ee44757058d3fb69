"""zen-engine: a decision table for each kind of event. Facts stay with the caller, who puts them beside the event."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from workload import Facts, Happening, Output, Rule, Workload
from zen import ZenEngine


def table(rules: Sequence[Rule]) -> str:
    """A decision of one table in which every row that fits counts."""
    fields = ("age", "ward", "consent")
    rows = [
        {
            "_id": str(rule.number),
            "age": f"< {rule.below}",
            "ward": "" if rule.ward is None else str(rule.ward),
            "consent": "true" if rule.consent else "",
            "rule": str(rule.number),
        }
        for rule in rules
    ]
    content = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": name} for name in fields],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    kinds = {"in": "inputNode", "table": "decisionTableNode", "out": "outputNode"}
    nodes = [{"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} for name, kind in kinds.items()]
    nodes[1]["content"] = content
    edges = [{"id": a, "type": "edge", "sourceId": a, "targetId": b} for a, b in (("in", "table"), ("table", "out"))]
    return json.dumps({"nodes": nodes, "edges": edges})


class Zen:
    """One compiled decision a kind."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._engine = ZenEngine()
        by_kind: dict[str, list[Rule]] = {}
        for rule in work.program:
            by_kind.setdefault(rule.kind, []).append(rule)
        self._decisions = {kind: self._engine.create_decision(table(rules)) for kind, rules in by_kind.items()}

    def open(self, facts: Facts) -> None:
        self._desks = {(desk.case, desk.place): desk.unit for desk in facts.desks}
        self._consents = frozenset(facts.consents)

    def ready(self, events: Sequence[Happening], _generation: int) -> Sequence[Happening]:
        return events

    def run(self, prepared: Sequence[Happening]) -> list[Output]:
        found: list[Output] = []
        for number, kind, case, place, age, ward in prepared:
            told: dict[str, Any] = {"age": age, "ward": ward, "consent": case in self._consents}
            rows = self._decisions[kind].evaluate(told)["result"]
            found += [(row["rule"], number, case, self._desks[case, place]) for row in rows]
        return found
