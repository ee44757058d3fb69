"""Events read a column at a time are those that are read one by one."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from remit import Pack
from remit.columnar.schema import events_in, events_of, table_of_events
from remit.keeper.keeper import bears_on_agenda
from remit.model.event import PERFORMED, Event
from remit.replay.columns import bearing, sound_rows, table_of
from remit.replay.intake import Sound, chunks_of, is_plain, records
from remit.semantics.law import Law

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from city import City  # noqa: E402 - the bench is no package

PACK = Pack.load(ROOT)
WORDS = PACK.vocabulary
AT = datetime(2024, 3, 1, tzinfo=UTC)
CHOICE = next(a for a in WORDS.attributes.values() if a.choices and any(a.id in e.attributes for e in WORDS.event_types.values()))  # fmt: skip
KINDS = ["infant_found", "victim_rescued", PERFORMED, "retraction", "waiver", "unheard_of", *(n for n, e in WORDS.event_types.items() if CHOICE.id in e.attributes)]  # fmt: skip
DATA = {
    "age": st.sampled_from([-1, 0, 7, 200]), "action": st.sampled_from(["report_clue", "submit_self_assessment", "nothing"]), "rule": st.sampled_from(["a7-2.report-clue", "a24.self-assessment"]),
    "of": st.sampled_from(["a", "\n"]), "obligation": st.just("x"), CHOICE.id: st.sampled_from([CHOICE.choices[0].id, "other"]),
}  # fmt: skip
names = st.sampled_from(["a", "b", "", "a\nb", "案"])
made = st.builds(
    Event, names, st.sampled_from(KINDS), st.just(AT), st.just(AT), st.none() | names,
    st.sampled_from([None, "xihe.police", "nobody"]), st.sampled_from([None, "xihe", "nowhere"]), st.none() | names,
    st.fixed_dictionaries({}, optional=DATA),
)  # fmt: skip


@given(st.lists(made, min_size=1, max_size=20))
def test_a_row_is_sound_where_its_event_is(told: list[Event]) -> None:
    (batch,) = table_of_events(told, WORDS.attributes).to_batches()
    assert is_plain(batch.schema, WORDS)
    sound = Sound(WORDS)
    assert sound_rows(batch, WORDS).to_pylist() == [sound(e) for e in events_in(batch, WORDS.attributes, PACK.calendar.zone)]  # fmt: skip


@given(st.lists(made, min_size=1, max_size=20))
def test_a_row_bears_on_the_agenda_where_its_event_does(told: list[Event]) -> None:
    program = Law.of(PACK).program
    bears = bears_on_agenda(program)
    assert bearing(table_of_events(told, WORDS.attributes), program).to_pylist() == [bears(event) for event in told]


def test_a_table_is_read_as_its_rows_are(tmp_path: Path) -> None:
    """Of a city whose reports do not always state what they must."""
    path = tmp_path / "city.parquet"
    parquet.write_table(City(PACK, years=1, seed=8).table(400), path)
    taken, refused = table_of(PACK, [path])
    found = [record for chunk in chunks_of(str(path)) for record in records(PACK, chunk)]
    by_id = {e.id: e for e in events_of(taken, WORDS.attributes, PACK.calendar.zone)}
    assert by_id == {record.event.id: record.event for record in found if record.event is not None}
    assert [(place.line, str(wrong)) for place, wrong in refused] == [(r.line, str(r.wrong)) for r in found if r.wrong is not None]  # fmt: skip
    assert refused


def test_an_event_told_twice_is_there_once(tmp_path: Path) -> None:
    one = Event("a", "victim_rescued", AT, AT, "c1", "xihe.police", "xihe", data={"age": 10, "sex": "女"})
    path = tmp_path / "events.parquet"
    parquet.write_table(table_of_events([one, one, replace(one, case="c2")], WORDS.attributes), path)
    taken, _ = table_of(PACK, [path, path])
    assert [(e.case, e.id) for e in events_of(taken, WORDS.attributes, PACK.calendar.zone)] == [("c1", "a"), ("c2", "c2:a")]  # fmt: skip
