"""durable_rules by its public Python API."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from durable.engine import MessageNotHandledException
from durable.lang import assert_fact, c, get_host, m, retract_fact, ruleset, when_all
from workload import Facts, Happening, Output, Workload

from peers.durable_c import facts_of, rulesets


class DurableApi:
    """One ruleset a shard, found by a dict on the kind of event, as the compiled core needs it."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._found: list[Output] = []
        self._by_kind: dict[str, list[str]] = {}
        self._names = []
        for shard, numbers in enumerate(rulesets(work)):
            name = f"shard{shard}"
            self._names.append(name)
            with ruleset(name):
                for n in numbers:
                    rule = work.program[n]
                    test = (m.tag == "event") & (m.kind == rule.kind) & (m.age < rule.below)
                    if rule.ward is not None:
                        test &= m.ward == rule.ward
                    joined = [
                        operator.lshift(c.e, test),
                        operator.lshift(c.d, (m.tag == "desk") & (m.case == c.e.case) & (m.place == c.e.place)),
                    ]
                    if rule.consent:
                        joined.append(operator.lshift(c.y, (m.tag == "consent") & (m.case == c.e.case)))
                    when_all(*joined)(self._action(n))
                    if name not in self._by_kind.setdefault(rule.kind, []):
                        self._by_kind[rule.kind].append(name)
        get_host()

    def _action(self, number: int) -> Callable[[Any], None]:
        def act(c: Any) -> None:
            self._found.append((number, int(c.e.id[1:]), c.e.case, c.d.unit))

        return act

    def open(self, facts: Facts) -> None:
        for name in self._names:
            for fact in facts_of(facts):
                with suppress(MessageNotHandledException):
                    assert_fact(name, fact)

    def ready(self, events: Sequence[Happening], _generation: int) -> list[tuple[str, dict[str, Any]]]:
        return [(e.kind, {"id": f"e{e.number}", "sid": "0", "tag": "event", **e._asdict()}) for e in events]

    def run(self, prepared: list[tuple[str, dict[str, Any]]]) -> list[Output]:
        self._found.clear()
        for kind, event in prepared:
            for name in self._by_kind[kind]:
                with suppress(MessageNotHandledException):  # no rule was set off; the fact is kept none the less
                    assert_fact(name, event)
                retract_fact(name, event)
        return list(self._found)
