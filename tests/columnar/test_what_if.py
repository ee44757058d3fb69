"""What another law would have made of the same events, and what need not be worked out again for it."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest

from remit import Pack
from remit.columnar.replay import Replay
from remit.columnar.what_if import Difference, what_if
from remit.errors import Origin
from remit.matching.reference import Reference
from remit.model.rule import ByReporter, Within
from remit.program.compile import compile_program
from remit.semantics.law import Law

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from city import City  # noqa: E402 - the bench is no package

PACK = Pack.load(ROOT)


@cache
def replayed() -> Replay:
    city = City(PACK, years=1, seed=5)
    return Replay(city.law, city.table(150), city.until - timedelta(days=300), threads=1)


def law_with(rule: str, **parts: object) -> Law:
    """The pack's law with parts of one rule replaced."""
    policies = tuple(
        replace(p, rules=tuple(replace(r, **parts) if r.id == rule else r for r in p.rules))  # type: ignore[arg-type]
        for p in PACK.policies
    )
    program = compile_program(policies)
    return replace(replayed().law, program=program, matcher=Reference(program))


def commonest() -> str:
    """The rule that raised most."""
    owed = replayed().obligations
    raised = zip(owed["rule"].to_pylist(), owed["nature"].to_pylist(), strict=True)
    return Counter(rule for rule, nature in raised if nature == "triggered").most_common(1)[0][0]


def sizes(found: Difference) -> tuple[int, int, int]:
    return found.appear.num_rows, found.vanish.num_rows, found.after.num_rows


@pytest.mark.parametrize("parts", [{"bearers": (ByReporter(),)}, {"timing": Within(3, "days")}])
def test_the_difference_is_that_of_two_whole_answers(parts: dict[str, object]) -> None:
    law = law_with(commonest(), **parts)
    found = what_if(replayed(), law)
    before = {row["id"]: row for row in replayed().obligations.to_pylist()}
    after = {row["id"]: row for row in replayed().answer(law).to_pylist()}
    assert set(found.appear["id"].to_pylist()) == after.keys() - before.keys()
    assert set(found.vanish["id"].to_pylist()) == before.keys() - after.keys()
    shared = before.keys() & after.keys()
    assert set(found.after["id"].to_pylist()) == {name for name in shared if before[name] != after[name]}
    assert found.before["id"] == found.after["id"]
    assert sum(sizes(found)) > 0


def test_only_the_changed_rule_is_run_again() -> None:
    found = what_if(replayed(), law_with(commonest(), timing=Within(3, "days")))
    assert {rule for _, rule in found.rules} == {commonest()}
    assert set(found.after["rule"].to_pylist()) == {commonest()}
    assert sum(map(sum, found.by_unit().values())) == sum(sizes(found))


def test_a_rule_that_only_moved_to_another_line_is_not_run_again() -> None:
    found = what_if(replayed(), law_with(commonest(), origin=Origin("elsewhere.md", 1, 1)))
    assert not found.rules
    assert sizes(found) == (0, 0, 0)


def test_under_other_readings_every_rule_is_run_again() -> None:
    """Here by none: whatever was owed vanishes."""
    nothing = compile_program(())
    found = what_if(replayed(), replace(replayed().law, program=nothing, matcher=Reference(nothing), readings={}))
    assert sizes(found) == (0, replayed().obligations.num_rows, 0)
    assert len(found.rules) == len(replayed().law.program.rules)
