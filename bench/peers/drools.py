"""Drools by drools-jpy, in this process's own JVM, warmed before it is measured."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

from workload import Facts, Happening, Output, Rule, Workload


def load_jvm() -> None:
    """The wheel carries its jar and no JVM; it finds one that is already loaded."""
    java = shutil.which("java")
    home = os.environ.get("JAVA_HOME") or (java and str(Path(java).resolve().parents[1]))
    if not home:
        raise RuntimeError("there is no Java here (JAVA_HOME, or `java` on the path)")
    ctypes.CDLL(str(Path(home) / "lib" / "server" / "libjvm.so"), mode=ctypes.RTLD_GLOBAL)


load_jvm()

from drools.rule import Rule as DroolsRule  # noqa: E402
from drools.ruleset import Ruleset, assert_fact, retract_fact  # noqa: E402

Tree = dict[str, Any]


def equal(name: str, right: Tree) -> Tree:
    return {"EqualsExpression": {"lhs": {"Fact": name}, "rhs": right}}


def named(name: str, *tests: Tree) -> Tree:
    both = reduce(lambda lhs, rhs: {"AndExpression": {"lhs": lhs, "rhs": rhs}}, tests)
    return {"AssignmentExpression": {"lhs": {"Facts": name}, "rhs": both}}


def condition(rule: Rule) -> list[Tree]:
    below = {"LessThanExpression": {"lhs": {"Fact": "age"}, "rhs": {"Integer": rule.below}}}
    ward = [] if rule.ward is None else [equal("ward", {"Integer": rule.ward})]
    case = {"Facts": "e.case"}
    joined = [
        named("e", equal("kind", {"String": rule.kind}), below, *ward),
        named("d", equal("tag", {"String": "desk"}), equal("case", case), equal("place", {"Facts": "e.place"})),
    ]
    return joined + ([named("y", equal("tag", {"String": "consent"}), equal("case", case))] if rule.consent else [])


class Drools:
    """One ruleset of one session."""

    most = 10**9
    warms_up = True

    def __init__(self, work: Workload) -> None:
        self._found: list[Output] = []
        rules = [
            {
                "Rule": {
                    "name": f"r{rule.number}",
                    "condition": {"AllCondition": condition(rule)},
                    "actions": [{"Action": {"action": "none", "action_args": {}}}],
                    "enabled": True,
                }
            }
            for rule in work.program
        ]
        ruleset = Ruleset(name="work", serialized_ruleset=json.dumps({"name": "work", "rules": rules}))
        for rule in work.program:
            ruleset.add_rule(DroolsRule(f"r{rule.number}", self._action(rule.number)))

    def _action(self, rule: int) -> Any:
        def act(matches: Any) -> None:
            event, desk = matches.data["e"], matches.data["d"]
            self._found.append((rule, event["number"], event["case"], desk["unit"]))

        return act

    def open(self, facts: Facts) -> None:
        for desk in facts.desks:
            assert_fact("work", json.dumps({"tag": "desk", **desk._asdict()}))
        for case in facts.consents:
            assert_fact("work", json.dumps({"tag": "consent", "case": case}))

    def ready(self, events: Sequence[Happening], _generation: int) -> list[str]:
        return [json.dumps(event._asdict()) for event in events]

    def run(self, prepared: list[str]) -> list[Output]:
        self._found.clear()
        for text in prepared:
            assert_fact("work", text)
            retract_fact("work", text)
        return list(self._found)
