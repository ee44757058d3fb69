"""The compiled matcher binds what the reference binds, and looks at no rule that asks for something else."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from pathlib import Path as FilePath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made import pack_with
from remit import Pack
from remit.matching.compiled import Compiled
from remit.matching.dispatch import Dispatch
from remit.matching.history import History, versions
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.expression import UNKNOWN, And, Compare, Comparison, Expression, Literal, Path, Variable
from remit.model.rule import Policy
from remit.model.terms import ValueKind
from remit.program.compile import compile_program
from remit.program.program import Program
from remit.shipped import shipped_pack
from strategies import DIFFERENTIAL, NUMBERS, START, busy_policies, busy_streams, conditions

RULES = """id: {n}
must: send_reminder
bearer: {{role: branch, place: event.place}}
on: item_overdue
if: {condition}
"""


def same(program: Program, told: list[History]) -> int:
    """For cases one by one and for events one by one, compiled when first met or before."""
    expected = Reference(program).bindings_of(told)
    late, ahead = Compiled(program), Compiled(program)
    ahead.start()
    assert late.bindings_of(told) == ahead.bindings_of(told) == expected
    for history, bindings in zip(told, expected, strict=True):
        cases = dict.fromkeys((event.case for event in history.events), history)
        by_event = [binding for event in history.events for binding in bindings if binding.event is event]
        assert Compiled(program).set_off(history.events, cases) == ahead.set_off(history.events, cases) == by_event
    return sum(map(len, expected))


#: Comparisons of the event with a constant, whose sides may not compare, and whose absence may mean something.
against_constants = st.builds(
    lambda sign, name, absent, value: Compare(
        sign, Path(Variable("event"), name, kind=ValueKind.INT, absent=absent), Literal(value)
    ),
    st.sampled_from((Comparison.EQ, *Comparison)),
    st.sampled_from((*NUMBERS, "n0", "n0", "place", "homes")),
    st.sampled_from((None, None, None, 0, "north")),
    st.sampled_from((0, 0, 1, 1, "north", True)),
)
parts = against_constants | against_constants | conditions
guards = st.lists(parts, min_size=1, max_size=4).map(lambda found: reduce(And, found))


@settings(max_examples=DIFFERENTIAL)
@given(busy_policies(), st.lists(guards, min_size=1, max_size=6), st.data(), busy_streams())
def test_rules_behind_screens_and_tables_of_constants(
    policies: tuple[Policy, ...], asked: list[Expression], data: st.DataObject, events: tuple[Event, ...]
) -> None:
    made, rules = compile_program(policies).rules, []
    for order, tree in enumerate(asked):
        rule = data.draw(st.sampled_from(made))
        triggers = frozenset(data.draw(st.sampled_from((("e0",), ("e0", "e1")))))
        waits = data.draw(st.sampled_from((False, False, False, True)))
        rules.append(replace(rule, order=order, guard=tree, triggers=triggers, per_bearer=waits))
    by_event = {kind: tuple(rule for rule in rules if kind in rule.triggers) for kind in ("e0", "e1")}
    same(Program(tuple(rules), {}, by_event), [History.of("c", events)])


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
def asking(tmp_path: FilePath) -> Program:
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
