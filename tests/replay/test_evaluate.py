"""Sorted batches give what the definition gives, case by case, however they are cut."""

from __future__ import annotations

from datetime import datetime
from unittest.mock import patch

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from remit.columnar.schema import OBLIGATIONS, events_in, events_of, obligations_of, table_of_events
from remit.live import life
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.rule import Policy
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.pack.vocabulary import BUILT_IN_ATTRIBUTES
from remit.program.compile import compile_program
from remit.replay.evaluate import evaluate
from remit.replay.shelves import UNSETTLED, homes_of, shelves_of
from remit.semantics.law import Law
from remit.semantics.obligations import by_case, case_obligations, in_document_order, knowable
from strategies import DIFFERENTIAL, FLAGS, NUMBERS, ZONE, calendar, moments, policies, streams, text, world

ATTRIBUTES = {
    **{a.id: a for a in BUILT_IN_ATTRIBUTES},
    **{name: Attribute(name, text(name), ValueKind.INT) for name in NUMBERS},
    **{name: Attribute(name, text(name), ValueKind.BOOL) for name in FLAGS},
}


def law_of(made: Policy) -> Law:
    program = compile_program([made])
    return Law(program, world(), {}, calendar(), ATTRIBUTES, Reference(program))


def arranged(told: tuple[Event, ...]) -> pa.Table:
    """The events by matter and position, as shelves hold them."""
    unsettled = [e for e in told if UNSETTLED in shelves_of(e, 1, lambda _: False)]
    homes = homes_of(unsettled, lambda wanted: [e for e in told if e.id in wanted])
    table = table_of_events(told, ATTRIBUTES)
    table = table.append_column("matter", pa.array([homes.matter(e) for e in told], pa.string()))
    table = table.append_column("position", pa.array(range(len(told)), pa.int64()))
    return table.sort_by([("matter", "ascending"), ("position", "ascending")]).combine_chunks()


@given(streams())
def test_columns_give_the_events_they_were_made_of(told: tuple[Event, ...]) -> None:
    table = table_of_events(told, ATTRIBUTES)
    found = [event for batch in table.to_batches() for event in events_in(batch, ATTRIBUTES, ZONE)]
    assert found == list(events_of(table, ATTRIBUTES, ZONE)) == list(told)


@settings(max_examples=DIFFERENTIAL // 5)
@given(policies(), streams(), moments, st.integers(1, 4), st.booleans())
def test_every_case_owes_what_the_definition_says(
    made: Policy, told: tuple[Event, ...], now: datetime, size: int, large: bool
) -> None:
    """Also when acts are looked for as in large cases."""
    law = law_of(made)
    with patch.object(life, "MANY", 0 if large else life.MANY):
        assert_as_defined(made, law, told, now, size)


def assert_as_defined(made: Policy, law: Law, told: tuple[Event, ...], now: datetime, size: int) -> None:
    batches = arranged(told).to_batches(max_chunksize=size) if told else []
    found = pa.Table.from_batches(evaluate(batches, law, now), schema=OBLIGATIONS)
    rules = {(made.id, r.id): r for r in made.rules}
    owed = obligations_of(found, rules, ZONE)
    cases = by_case(knowable(told, now))
    expected = [o.bare() for case, members in cases.items() for o in case_obligations(law, case, members, now)]
    assert in_document_order(law, owed) == in_document_order(law, expected)
