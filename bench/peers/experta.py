"""experta, with the names put back that Python 3.10 took out of `collections` and that it still imports."""

from __future__ import annotations

import collections
import collections.abc
from collections.abc import Callable, Sequence
from typing import Any

for name in ("Mapping", "MutableMapping", "Sequence", "Iterable", "Callable"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

from experta import MATCH, Fact, KnowledgeEngine, P, Rule  # noqa: E402
from workload import Facts, Happening, Output, Workload  # noqa: E402


class Event(Fact):
    """What happened."""


class Desk(Fact):
    """Which unit answers at a place of a case."""


class Consent(Fact):
    """That a case has one."""


def younger(below: int) -> Callable[[int], bool]:
    return lambda age: age < below


class Experta:
    """One knowledge engine, its rules methods of a class made for them."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._found: list[Output] = []
        rules = {}
        for rule in work.program:
            tests = {"kind": rule.kind, "age": P(younger(rule.below))} | (
                {} if rule.ward is None else {"ward": rule.ward}
            )
            joined = [
                Event(number=MATCH.n, case=MATCH.c, place=MATCH.p, **tests),
                Desk(case=MATCH.c, place=MATCH.p, unit=MATCH.u),
                *([Consent(case=MATCH.c)] if rule.consent else []),
            ]
            rules[f"r{rule.number}"] = Rule(*joined)(self._action(rule.number))
        self._engine = type("Work", (KnowledgeEngine,), rules)()
        self._engine.reset()

    def _action(self, rule: int) -> Callable[..., None]:
        def act(_engine: object, n: int, c: str, p: str, u: str) -> None:  # noqa: ARG001 - named as they are bound
            self._found.append((rule, n, c, u))

        return act

    def open(self, facts: Facts) -> None:
        told: list[Any] = [Desk(**desk._asdict()) for desk in facts.desks]
        for fact in told + [Consent(case=case) for case in facts.consents]:
            self._engine.declare(fact)

    def ready(self, events: Sequence[Happening], _generation: int) -> Sequence[Happening]:
        return events

    def run(self, prepared: Sequence[Happening]) -> list[Output]:
        self._found.clear()
        for event in prepared:
            fact = self._engine.declare(Event(**event._asdict()))
            self._engine.run()
            self._engine.retract(fact)
        return list(self._found)
