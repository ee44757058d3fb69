"""All matchers give the same bindings for every generated program and stream."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from native import durable
from remit import Pack
from remit.matching.compiled import Compiled
from remit.matching.history import versions
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.rule import Policy
from remit.program.compile import compile_program
from remit.semantics.obligations import by_case
from remit.shipped import shipped_pack
from strategies import DIFFERENTIAL, policies, streams

COUNTED = {"examples": 0, "bindings": 0}


def compare(policy: Policy, events: tuple[Event, ...]) -> None:
    program = compile_program((policy,))
    native, reference = durable(program), Reference(program)
    cases = {event.case for event in events}
    told = [history for case in cases for history in versions(case, [e for e in events if e.case == case])]
    expected = reference.bindings_of(told)
    assert native.bindings_of(told) == expected
    assert tuple(map(native.bindings, told)) == expected
    assert Compiled(program).bindings_of(told) == expected
    assert native.name == "durable"
    assert not native.incidents
    COUNTED["bindings"] += sum(map(len, expected))


def test_the_same_bindings_for_every_program_and_stream() -> None:
    COUNTED.update(examples=0, bindings=0)

    @settings(max_examples=DIFFERENTIAL)
    @given(policies(), streams())
    def agree(policy: Policy, events: tuple[Event, ...]) -> None:
        COUNTED["examples"] += 1
        compare(policy, events)

    agree()
    assert COUNTED["examples"] >= DIFFERENTIAL
    assert COUNTED["bindings"] > COUNTED["examples"] / 4, "the generator sets nothing off"
    print(f"{COUNTED['examples']} programs and streams, {COUNTED['bindings']} bindings, no difference")


def test_the_same_bindings_for_every_example_of_the_shipped_pack() -> None:
    pack = Pack.load(shipped_pack())
    program = compile_program(pack.policies)
    told = [
        history
        for path in pack.cases
        for case, events in by_case(pack.read_events(path)).items()
        for history in versions(case, events)
    ]
    expected = Reference(program).bindings_of(told)
    assert sum(map(len, expected)) > len(told)
    native = durable(program)
    assert tuple(map(native.bindings, told)) == native.bindings_of(told) == expected
    assert not native.incidents


@settings(max_examples=25)
@given(policies(max_rules=8), st.lists(streams(max_events=40), min_size=1, max_size=2))
def test_longer_cases(policy: Policy, several: list[tuple[Event, ...]]) -> None:
    for events in several:
        compare(policy, events)
