"""Both engines of `remit replay` give the same rows in the same order, whatever is among the events."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace as changed
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from pyarrow import parquet

from remit import Pack
from remit.columnar.schema import OBLIGATIONS, table_of_events
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.rule import Policy
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.pack.vocabulary import BUILT_IN_ATTRIBUTES
from remit.program.compile import compile_program
from remit.replay import columns, replay
from remit.replay.evaluate import evaluate, ignored
from remit.replay.shelf import settled
from remit.semantics.law import Law
from strategies import DIFFERENTIAL, FLAGS, NUMBERS, busy_moments, calendar, policies, streams, text, world

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from city import City  # noqa: E402 - the bench is no package

PACK = Pack.load(ROOT)
MADE = {
    **{a.id: a for a in BUILT_IN_ATTRIBUTES},
    **{name: Attribute(name, text(name), ValueKind.INT) for name in NUMBERS},
    **{name: Attribute(name, text(name), ValueKind.BOOL) for name in FLAGS},
}


def mixed() -> Iterator[Event]:
    """A city's weeks; some events are told again, some under an id that another has, two cases are merged, one event has no case."""
    told = list(City(PACK, years=1, seed=9).events(500))
    yield from told
    yield from told[::25]
    yield from (changed(event, at=event.at + timedelta(hours=1)) for event in told[7::50])
    at = datetime(2024, 6, 1, tzinfo=UTC)
    yield Event("m1", "merger", at, at, "c1", data={"of": "c2"})
    yield Event("r1", "retraction", at, at, None, data={"of": told[40].id})
    yield changed(told[0], id="alone", case=None)


def test_both_engines_give_the_same_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "SHELF_BYTES", 20_000)
    events = tmp_path / "events.parquet"
    parquet.write_table(table_of_events(mixed(), PACK.vocabulary.attributes), events, row_group_size=150)
    now = datetime(2024, 9, 1, tzinfo=UTC)
    done = {}
    for engine in ("live", "columnar"):
        done[engine] = replay.replay(PACK, [events], tmp_path / f"{engine}.parquet", now, engine=engine)
    tables = [parquet.read_table(tmp_path / f"{engine}.parquet") for engine in done]
    assert tables[0].to_pylist() == tables[1].to_pylist()
    counts = [(d.read, d.taken, d.rejected, d.repeated, d.cases, d.obligations) for d in done.values()]
    assert counts[0] == counts[1]
    assert done["live"].repeated >= 20
    rejects = [parquet.read_table(tmp_path / f"{engine}.rejects.parquet").to_pylist() for engine in done]
    assert rejects[0] == rejects[1]


def test_rows_that_are_laid_down_as_they_are_come_to_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    events = tmp_path / "events.parquet"
    parquet.write_table(table_of_events(mixed(), PACK.vocabulary.attributes), events, row_group_size=150)
    now = datetime(2024, 9, 1, tzinfo=UTC)
    at_once = replay.replay(PACK, [events], tmp_path / "at_once.parquet", now)
    monkeypatch.setattr(columns, "is_plain", lambda _schema, _vocabulary: False)
    by_row = replay.replay(PACK, [events], tmp_path / "by_row.parquet", now)
    tables = [parquet.read_table(tmp_path / f"{name}.parquet").to_pylist() for name in ("at_once", "by_row")]
    assert tables[0] == tables[1]
    assert changed(at_once, files=(), rejects=None) == changed(by_row, files=(), rejects=None)


@settings(max_examples=DIFFERENTIAL // 20)
@given(policies(), streams(), busy_moments)
def test_a_shelf_at_once_is_its_matters_one_by_one(policy: Policy, told: tuple[Event, ...], now: datetime) -> None:
    program = compile_program((policy,))
    law = Law(program, world(), {}, changed(calendar(), local={}), MADE, Reference(program))
    cased = [event for event in told if event.case is not None and event.type not in ("merger", "split")]
    table = table_of_events(cased, MADE)
    for name, column in (
        ("matter", table["case"]),
        ("position", pa.array(range(len(table)), pa.int64())),
        ("line", pa.array([1] * len(table), pa.int64())),
    ):
        table = table.append_column(name, column)
    table = table.sort_by([("matter", "ascending"), ("position", "ascending")]).combine_chunks()
    one = pa.Table.from_batches(evaluate(table.to_batches(), law, now), schema=OBLIGATIONS)
    assert settled(table, law, now, ignored).to_pylist() == one.to_pylist()
