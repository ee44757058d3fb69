"""durable_rules' compiled core, called as its Python host calls it, without the host."""

from __future__ import annotations

import json
from collections.abc import Sequence

import durable_rules_engine as core
from workload import Facts, Happening, Output, Workload

#: More than some 62 rules that look at one fact are refused (error 303), so the rules are cut up by kind of event.
RULES_A_RULESET = 50
EVENT = '{"id":"e%d","sid":"0","tag":"event","kind":"%s","case":"%s","place":"%s","age":%d,"ward":%d}'


def rulesets(work: Workload) -> list[list[int]]:
    """The numbers of the rules of each ruleset; rules of one kind stay together while they fit."""
    numbers = sorted(range(work.rules), key=lambda n: (n % work.kinds_told, n))
    return [numbers[first : first + RULES_A_RULESET] for first in range(0, len(numbers), RULES_A_RULESET)]


def facts_of(facts: Facts) -> list[dict[str, str]]:
    """The facts as messages, all in one state: a state a case costs far more memory."""
    desks = [
        {"id": f"d{d.case}{d.place}", "sid": "0", "tag": "desk", "case": d.case, "place": d.place, "unit": d.unit}
        for d in facts.desks
    ]
    return desks + [{"id": f"y{case}", "sid": "0", "tag": "consent", "case": case} for case in facts.consents]


class DurableC:
    """One core ruleset a shard, found by a dict on the kind of event."""

    most = 10**9

    def __init__(self, work: Workload) -> None:
        self._handles: list[int] = []
        self._by_kind: dict[str, list[int]] = {}
        for shard, numbers in enumerate(rulesets(work)):
            rules = {}
            for n in numbers:
                rule = work.program[n]
                tests = [{"tag": "event"}, {"kind": rule.kind}, {"$lt": {"age": rule.below}}]
                if rule.ward is not None:
                    tests.append({"ward": rule.ward})
                joined = [
                    {"e": {"$and": tests}},
                    {"d": {"$and": [{"tag": "desk"}, {"case": {"e": "case"}}, {"place": {"e": "place"}}]}},
                ]
                if rule.consent:
                    joined.append({"y": {"$and": [{"tag": "consent"}, {"case": {"e": "case"}}]}})
                rules[f"r{n}"] = {"all": joined}
                if shard not in self._by_kind.setdefault(rule.kind, []):
                    self._by_kind[rule.kind].append(shard)
            self._handles.append(core.create_ruleset(f"shard{shard}", json.dumps(rules)))

    def open(self, facts: Facts) -> None:
        for handle in self._handles:
            for fact in facts_of(facts):
                core.assert_fact(handle, json.dumps(fact))

    def ready(self, events: Sequence[Happening], _generation: int) -> Sequence[Happening]:
        return events

    def run(self, prepared: Sequence[Happening]) -> list[Output]:
        found = []
        for event in prepared:
            number, kind, case, place, age, ward = event
            text = EVENT % (number, kind, case, place, age, ward)
            for shard in self._by_kind[kind]:
                handle = self._handles[shard]
                _, state = core.assert_fact(handle, text)
                started = core.start_action_for_state(handle, state)
                served = started and started[1]
                while served:
                    ((name, frame),) = json.loads(served).items()
                    found.append((int(name[1:]), number, case, frame["d"]["unit"]))
                    served = core.complete_and_start_action(handle, state)
                core.retract_fact(handle, text)
        return found
