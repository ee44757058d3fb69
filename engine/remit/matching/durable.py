"""The durable-rules back end: the only module that knows durable-rules.

Given to the network is only what it is right about: facts, positive elements, equality joins on small
integers. An event becomes a fact `{k: type, i: position}`; a rule becomes one element for its trigger and
one more for each event type it requires. Conditions stay guards in Python, shared with the reference.
The network's session is emptied after each case, because Python owns the facts.
"""

from __future__ import annotations

import warnings
from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from remit.matching.history import History
from remit.matching.matcher import Binding, Incident, guard
from remit.matching.reference import Reference
from remit.program.program import CompiledRule, Program

if TYPE_CHECKING:
    from durable.engine import Host

#: A fact may wake at most 64 rules before its stack is full (MAX_STACK_SIZE); stay well below.
RULES_PER_RULESET = 40
#: Joins multiply, and ids are told apart by 32 bits only; a larger case is handed to the reference.
EVENTS_PER_CASE = 500


class Durable:
    """Discriminates and joins in the network, judges in Python, and falls back to the reference.

    Raises:
        ImportError: durable-rules, or its compiled core, cannot be imported here.
    """

    name = "durable"

    def __init__(self, program: Program) -> None:
        self.reason = "durable-rules is installed and its core imports"
        self.fallback = Reference(program, "the network failed on a case")
        self._incidents: list[Incident] = []
        self._hits: set[tuple[int, int]] = set()
        self._rules = {rule.order: rule for rule in program.rules}
        self._kinds = {kind: number for number, kind in enumerate(sorted(program.by_event), start=1)}
        names = {kind for rule in program.rules for kind in rule.requires}
        for kind in sorted(names - self._kinds.keys()):
            self._kinds[kind] = len(self._kinds) + 1
        self._shards = tuple(shards(program))
        self._host = quiet_host()
        self._host.set_rulesets({name(n): self._ruleset(s) for n, s in enumerate(self._shards)})
        self._heard = tuple(frozenset(k for r in s for k in r.triggers | r.requires) for s in self._shards)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        return tuple(self._incidents)

    def bindings(self, history: History) -> tuple[Binding, ...]:
        """As the reference gives them; on any failure, the reference's own, and an incident."""
        if len(history.events) > EVENTS_PER_CASE:
            return self.fallback.bindings(history)
        try:
            hits = self._match(history)
        except Exception as failure:  # noqa: BLE001 - whatever the network throws, the case must be answered
            self._incidents.append(Incident(self.name, history.case, f"{type(failure).__name__}: {failure}"))
            self._host = quiet_host()
            self._host.set_rulesets({name(n): self._ruleset(s) for n, s in enumerate(self._shards)})
            return self.fallback.bindings(history)
        judged = (guard(self._rules[o], history.events[i], history) for o, i in sorted(hits))
        return tuple(binding for binding in judged if binding is not None)

    def _match(self, history: History) -> set[tuple[int, int]]:
        """(rule order, event position) of every rule whose trigger and required events are there."""
        self._hits = set()
        with warnings.catch_warnings():
            # From Python 3.12 on each of its actions warns of its own use of utcfromtimestamp.
            warnings.filterwarnings("ignore", message=".*utcfromtimestamp", category=DeprecationWarning)
            self._assert_and_retract(history)
        return self._hits

    def _assert_and_retract(self, history: History) -> None:
        for number, heard in enumerate(self._heard):
            facts = [
                {"id": i + 1, "sid": 1, "i": i, "k": self._kinds[event.type]}
                for i, event in enumerate(history.events)
                if event.type in heard
            ]
            if facts:
                self._host.assert_facts(name(number), facts)
                self._host.retract_facts(name(number), facts)

    def _ruleset(self, rules: tuple[CompiledRule, ...]) -> dict[str, Any]:
        """The network's own notation: dictionaries by the names of its elements."""
        definitions: dict[str, Any] = {}
        for rule in rules:
            for kind in sorted(rule.triggers):
                elements = [{"m0": {"k": self._kinds[kind]}}]
                others = sorted(rule.requires - {kind})
                elements += [{f"m{n}": {"k": self._kinds[other]}} for n, other in enumerate(others, start=1)]
                definitions[f"r{rule.order}x{self._kinds[kind]}"] = {
                    "all": elements,
                    "run": self._run(rule.order),
                }
        return definitions

    def _run(self, order: int) -> Any:
        """The action of a rule. The network takes an action of two arguments for an asynchronous one."""

        def run(closure: Any) -> None:
            self._hits.add((order, int(closure.m0.i)))

        return run


def shards(program: Program) -> Iterator[tuple[CompiledRule, ...]]:
    """Rules in rulesets, so that no fact wakes too many rules of one."""
    open_shard: list[CompiledRule] = []
    woken: dict[str, int] = defaultdict(int)
    for rule in program.rules:
        kinds = rule.triggers | rule.requires
        if not rule.triggers:
            continue
        if any(woken[kind] + len(rule.triggers) > RULES_PER_RULESET for kind in kinds):
            yield tuple(open_shard)
            open_shard, woken = [], defaultdict(int)
        open_shard.append(rule)
        for kind in kinds:
            woken[kind] += len(rule.triggers)
    if open_shard:
        yield tuple(open_shard)


def name(number: int) -> str:
    return f"remit{number}"


def quiet_host() -> Host:
    """A host without its background timers: they would read the wall clock and swallow exceptions."""
    from durable.engine import Host as LoudHost

    class QuietHost(LoudHost):  # type: ignore[misc]  # the library is untyped
        def _run(self) -> None:
            """No timers: time enters remit only by `now`."""

    return QuietHost()
