"""What a change does to cases on record: the same events under both packs, duty by duty."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from made import LIBRARY, edited
from remit import Pack
from remit.comparison.chart import PARTS, as_svg, as_text, bars
from remit.comparison.compare import compare
from remit.comparison.impact import EFFECTS, Effect, Impact, from_files, impact, of_ledger
from remit.errors import AnalysisError
from remit.model.event import Event
from remit.model.text import Text

BYLAWS = "policies/bylaws-2024/bylaws.md"
NOW = datetime(2024, 6, 20, tzinfo=ZoneInfo("Europe/Stockholm"))
CASES = LIBRARY / "facts" / "cases"


def measured(old: Path, new: Path, *, agenda: bool = False, cases: Path = CASES) -> Impact:
    one, other = Pack.load(old), Pack.load(new)
    return impact(from_files([cases], one, other), one, other, compare(one, other).pairing, NOW, agenda=agenda)


def told(found: Impact) -> list[tuple[str, str, str | None, str | None]]:
    return [(e.kind, e.rule, e.unit_before, e.unit_after) for e in found.effects]


HARBOUR, HILL = "harbour-library", "hill-library"
EDITS = [
    ("if: event.days_late > 14\nby: {r", "if: event.days_late > 30\nby: {r", [("vanishes", "a1.reminder", HARBOUR, None)]),
    ("by: {hours: 48}", "by: {hours: 24}", [("shifts", "a1.guardian", HARBOUR, HARBOUR)]),
    ("must: tell_guardian\nbearer: {role: branch, place: event.place}", "must: tell_guardian\nbearer: {unit: hill-library}", [("moves", "a1.guardian", HARBOUR, HILL)]),
    ("to: {role: office, place: norrtown}", "to: {unit: hill-library}", [("changes", "a1.guardian", HARBOUR, HARBOUR)]),
    ("id: a1.guardian", "id: a1.parent", []),
    ("id: a1.guardian\n", "id: a1.parent\n", []),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), EDITS)
def test_duties_vanish_shift_move_or_change(tmp_path: Path, old: str, new: str, expected: list[object]) -> None:
    changed = edited(tmp_path, BYLAWS, old, new)
    assert told(measured(LIBRARY, changed)) == expected


def test_what_vanishes_one_way_appears_the_other(tmp_path: Path) -> None:
    changed = edited(tmp_path, BYLAWS, "if: event.days_late > 14\nby: {r", "if: event.days_late > 30\nby: {r")
    assert told(measured(changed, LIBRARY)) == [("appears", "a1.reminder", None, HARBOUR)]


def test_the_same_pack_changes_nothing() -> None:
    found = measured(LIBRARY, LIBRARY, agenda=True)
    assert (found.effects, found.cases, found.events, found.refused) == ((), 1, 1, ())


def test_recurring_and_standing_duties_are_looked_at_where_asked_for(tmp_path: Path) -> None:
    changed = edited(tmp_path, BYLAWS, "must: keep_open\nbearer: {each: branch}", "must: keep_open\nbearer: {unit: hill-library}")  # fmt: skip
    assert told(measured(LIBRARY, changed)) == []
    assert told(measured(LIBRARY, changed, agenda=True)) == [("vanishes", "a3.open", HARBOUR, None)]


def test_units_are_counted_on_the_side_on_which_they_bear_it(tmp_path: Path) -> None:
    _, after, _ = EDITS[2]
    changed = edited(tmp_path, BYLAWS, EDITS[2][0], after)
    found = measured(LIBRARY, changed)
    assert {unit: dict(counts) for unit, counts in found.units.items()} == {HARBOUR: {"moves away": 1}, HILL: {"moves here": 1}}  # fmt: skip


def test_a_case_that_one_pack_cannot_read_is_named_with_why(tmp_path: Path) -> None:
    changed = edited(tmp_path, "facts/events.yaml", "attributes: [days_late, kind, item_value, age, guardian_known]", "attributes: [days_late, age, guardian_known]")  # fmt: skip
    text = (changed / BYLAWS).read_text("utf-8")
    (changed / BYLAWS).write_text(text, "utf-8")
    found = measured(LIBRARY, changed)
    ((file, why),) = found.refused
    assert file.endswith("late-book.yaml")
    assert "RM403" in str(why)
    assert found.cases == 0


def test_where_there_are_no_cases_it_is_said(tmp_path: Path) -> None:
    pack = Pack.load(LIBRARY)
    with pytest.raises(AnalysisError, match="RM846"):
        from_files([tmp_path], pack, pack)


def test_the_ledger_of_another_pack_is_refused() -> None:
    pack = Pack.load(LIBRARY)
    with pytest.raises(AnalysisError, match="RM845 ledger-of-another-pack: found `museum`"):
        of_ledger((), "museum", pack, pack)


def test_events_of_a_ledger_that_a_pack_has_no_word_for_are_named(tmp_path: Path) -> None:
    one = Pack.load(LIBRARY)
    other = Pack.load(edited(tmp_path, "facts/events.yaml", "item_returned: {label: item returned}\n", ""))
    told = Event("e1", "item_returned", NOW, NOW, "c")
    assert of_ledger((told, told), "library", one, other).refused == [("item_returned × 2", f"unknown in {other.root}")]


def test_consequences_are_the_same_duty_though_their_cause_has_another_id(tmp_path: Path) -> None:
    one, other = Pack.load(LIBRARY), Pack.load(edited(tmp_path, BYLAWS, "id: a3.count", "id: a3.stock"))
    late = NOW + timedelta(days=60)
    found = impact(from_files([CASES], one, other), one, other, compare(one, other).pairing, late, agenda=True)
    assert found.effects == ()


def test_the_chart_says_in_words_what_it_shows(tmp_path: Path) -> None:
    changed = edited(tmp_path, BYLAWS, EDITS[2][0], EDITS[2][1])
    rows = bars(measured(LIBRARY, changed), {HARBOUR: Text("港", "Harbour"), HILL: Text("山", "<Hill>")})
    assert as_text(rows, "en") == ["▚ Harbour: move away 1", "▓ <Hill>: move here 1", "▓ move here  ▚ move away"]
    picture = as_svg(rows, "en", "changes")
    assert 'aria-label="changes: Harbour 1; &lt;Hill&gt; 1"' in picture
    assert as_text((), "en") == []


def test_bars_of_many_fit_the_line() -> None:
    effects = tuple(Effect("appears", "c", "r", None, None) for _ in range(1000))
    (row, _) = as_text(bars(Impact(effects, 1, 1, (), NOW), {}), "zh")
    assert row.count("█") == 40
    assert row.endswith("新增 1000")


def test_every_effect_has_a_name_and_a_part_of_the_bar() -> None:
    assert set(PARTS) == {*EFFECTS, "moves here", "moves away"} - {"moves"}


def test_case_files_are_found_in_directories_and_deeper(tmp_path: Path) -> None:
    deep = tmp_path / "2024" / "june"
    deep.mkdir(parents=True)
    shutil.copy(CASES / "late-book.yaml", deep)
    pack = Pack.load(LIBRARY)
    assert len(from_files([tmp_path], pack, pack).pairs) == 1
