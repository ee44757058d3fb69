"""Rules are found by type and constant, and none that could be set off is missed."""

from __future__ import annotations

from hypothesis import given

from remit.live.program import LiveProgram
from remit.matching.history import History
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.rule import Policy
from remit.program.compile import compile_program
from remit.semantics.law import Law
from strategies import READINGS, busy_policies, busy_streams, calendar, moving_world

WORLD, CALENDAR = moving_world(), calendar()


@given(busy_policies(), busy_streams())
def test_what_the_reference_binds_is_among_the_candidates(
    policies: tuple[Policy, ...], events: tuple[Event, ...]
) -> None:
    program = compile_program(policies)
    law = Law(program, WORLD, READINGS, CALENDAR, {}, Reference(program))
    live = LiveProgram(law)
    for binding in law.matcher.bindings(History.of("c1", events)):
        found = [rule.order for rule in live.candidates(binding.event)]
        assert found.count(binding.rule.order) == 1
