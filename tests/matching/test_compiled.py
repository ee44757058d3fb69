"""The compiled matcher binds what the reference binds, and looks at no rule that asks for something else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from made import pack_with
from remit import Pack
from remit.matching.compiled import Compiled
from remit.matching.dispatch import Dispatch
from remit.matching.history import History, versions
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.expression import UNKNOWN
from remit.model.rule import Policy
from remit.program.compile import compile_program
from remit.program.program import Program
from remit.shipped import shipped_pack
from strategies import DIFFERENTIAL, START, busy_policies, busy_streams

RULES = """id: {n}
must: send_reminder
bearer: {{role: branch, place: event.place}}
on: item_overdue
if: {condition}
"""


def same(program: Program, told: list[History]) -> int:
    expected = Reference(program).bindings_of(told)
    assert Compiled(program).bindings_of(told) == expected
    return sum(map(len, expected))


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies(), busy_streams())
def test_the_same_bindings_for_every_program_and_stream(
    policies: tuple[Policy, ...], events: tuple[Event, ...]
) -> None:
    cases = {event.case for event in events}
    same(compile_program(policies), [h for c in cases for h in versions(c, [e for e in events if e.case == c])])


def test_the_same_bindings_for_every_example_of_the_shipped_pack() -> None:
    pack = Pack.load(shipped_pack())
    events = [event for path in pack.cases for event in pack.read_events(path)]
    cases = {event.case for event in events}
    told = [History.of(case, [e for e in events if e.case == case]) for case in cases]
    assert same(compile_program(pack.policies), [*told, History.of("all", events)]) > len(events)


@pytest.fixture
def asking(tmp_path: Path) -> Program:
    """Rules that ask for one kind of item, for none, or for either."""
    conditions = {
        "book": 'event.kind == "book" && event.days_late > 3', "rare": 'event.days_late > 3 && "rare" == event.kind', "late": "event.days_late > 3",
        "either": 'event.kind == "book" || event.days_late > 3',
    }  # fmt: skip
    rules = "---\n".join(RULES.format(n=name, condition=said) for name, said in conditions.items())
    return compile_program(pack_with(tmp_path, rules).policies)


def overdue(**data: object) -> Event:
    return Event("e1", "item_overdue", START, START, "c", None, "harbour", None, {"days_late": 20, **data})


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (overdue(kind="book"), {"book", "late", "either"}),
        (overdue(kind="rare"), {"rare", "late", "either"}),
        (overdue(kind="none"), {"late", "either"}),
        (overdue(), {"book", "rare", "late", "either"}),
        (overdue(kind=UNKNOWN), {"book", "rare", "late", "either"}),
        (overdue(kind=["book"]), {"book", "rare", "late", "either"}),
        (replace(overdue(), type="item_lost"), set()),
    ],
)
def test_rules_are_found_by_type_and_constant(asking: Program, event: Event, expected: set[str]) -> None:
    dispatch = Dispatch((rule, rule.rule.id) for rule in asking.rules)
    assert sorted(dispatch.candidates(event)) == sorted(expected)
    same(asking, [History.of("c", [event])])
