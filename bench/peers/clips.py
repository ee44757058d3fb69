"""CLIPS by clipspy: templates for events and facts, a rule each, which calls back what it found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import clips
from workload import Facts, Happening, Output, Workload

TEMPLATES = (
    "(deftemplate event (slot kind) (slot number) (slot case) (slot place) (slot age) (slot ward))",
    "(deftemplate desk (slot case) (slot place) (slot unit))",
    "(deftemplate consent (slot case))",
)


class Clips:
    """One environment; an event is asserted, the agenda run, the event retracted."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._found: list[Output] = []
        self._env = env = clips.Environment()
        env.define_function(self._heard, name="heard")
        for template in TEMPLATES:
            env.build(template)
        for rule in work.program:
            ward = "" if rule.ward is None else f"(ward {rule.ward})"
            consent = "(consent (case ?c))" if rule.consent else ""
            env.build(
                f"(defrule r{rule.number} (event (kind {rule.kind}) (number ?n) (case ?c) (place ?p) {ward}"
                f" (age ?a&:(< ?a {rule.below}))) (desk (case ?c) (place ?p) (unit ?u)) {consent}"
                f" => (heard {rule.number} ?n ?c ?u))"
            )
        self._event = env.find_template("event")

    def _heard(self, rule: int, number: int, case: str, unit: str) -> None:
        self._found.append((int(rule), int(number), str(case), str(unit)))

    def open(self, facts: Facts) -> None:
        desk, consent = self._env.find_template("desk"), self._env.find_template("consent")
        for fact in facts.desks:
            desk.assert_fact(**{name: clips.Symbol(value) for name, value in fact._asdict().items()})
        for case in facts.consents:
            consent.assert_fact(case=clips.Symbol(case))

    def ready(self, events: Sequence[Happening], _generation: int) -> list[dict[str, Any]]:
        return [{name: clips.Symbol(v) if isinstance(v, str) else v for name, v in e._asdict().items()} for e in events]

    def run(self, prepared: list[dict[str, Any]]) -> list[Output]:
        self._found.clear()
        for event in prepared:
            fact = self._event.assert_fact(**event)
            self._env.run()
            fact.retract()
        return list(self._found)
