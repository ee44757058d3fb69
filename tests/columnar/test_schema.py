"""Events and obligations come back from their tables as they went in."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given

from remit.columnar.schema import OBLIGATIONS, events_of, obligations_of, table_of_events, table_of_obligations
from remit.errors import ColumnarError
from remit.live.evaluator import LiveEvaluator
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.rule import Policy
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.pack.vocabulary import BUILT_IN_ATTRIBUTES
from remit.program.compile import compile_program
from remit.semantics.law import Law
from strategies import FLAGS, NUMBERS, ZONE, calendar, policies, streams, text, world

MORE = {
    "ratio": ValueKind.DECIMAL, "day": ValueKind.DATE, "hour": ValueKind.TIME, "span": ValueKind.DURATION, "word": ValueKind.TEXT,
}  # fmt: skip
ATTRIBUTES = {
    **{a.id: a for a in BUILT_IN_ATTRIBUTES},
    **{name: Attribute(name, text(name), ValueKind.INT) for name in NUMBERS},
    **{name: Attribute(name, text(name), ValueKind.BOOL) for name in FLAGS},
    **{name: Attribute(name, text(name), kind) for name, kind in MORE.items()},
}
AT = datetime(2024, 3, 1, 10, tzinfo=UTC)


@given(streams())
def test_events_come_back(told: tuple[Event, ...]) -> None:
    assert tuple(events_of(table_of_events(told, ATTRIBUTES), ATTRIBUTES, ZONE)) == told


def test_every_kind_of_value_comes_back() -> None:
    data = {
        "ratio": Decimal("1.500"), "day": date(2024, 2, 29), "hour": AT, "span": timedelta(hours=36), "word": "案/%",
        "n0": -(2**63), "f1": False, "events": ("a", "b"),
    }  # fmt: skip
    event = Event("a", "e0", AT, AT, "c", data=data)
    (found,) = events_of(table_of_events([event], ATTRIBUTES), ATTRIBUTES, ZONE)
    assert found == event
    assert str(found.data["ratio"]) == "1.500"


@pytest.mark.parametrize("data", [{"n0": 2**63}, {"n0": "many"}, {"unheard_of": 1}])
def test_what_no_column_holds_is_named(data: dict[str, object]) -> None:
    with pytest.raises(ColumnarError, match=rf"event odd, case c: RM880 .*{next(iter(data))}"):
        table_of_events([Event("fine", "e0", AT, AT, "c"), Event("odd", "e0", AT, AT, "c", data=data)], ATTRIBUTES)  # type: ignore[arg-type]


@given(policies(), streams())
def test_obligations_come_back(policy: Policy, told: tuple[Event, ...]) -> None:
    program = compile_program((policy,))
    law = Law(program, world(), {}, calendar(), ATTRIBUTES, Reference(program))
    now = AT + timedelta(days=20)
    found = LiveEvaluator(law)
    owed = [*found.case("c1", [e for e in told if e.case == "c1"], now), *found.agenda(told, now)]
    table = table_of_obligations(owed)
    assert table.schema == OBLIGATIONS
    rules = {(r.rule.policy, r.rule.id): r.rule for r in program.rules}
    assert list(obligations_of(table, rules, ZONE)) == owed
