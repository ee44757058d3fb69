"""Who can be what in which article: found at every place, counted by rule."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from made import LIBRARY, pack_with
from remit import Pack
from remit.errors import EventError
from remit.planning.matrix import Part, fence, matrix, narrowed

ROOT = Path(__file__).parents[2]
DAY = date(2024, 6, 1)


def test_a_unit_stands_wherever_it_can_be_the_desk() -> None:
    """Both branches, each at its own place; the head office only receives."""
    cells = matrix(Pack.load(LIBRARY), DAY).cells
    branch = {Part.BEARER: ("a1.reminder", "a1.guardian")}
    assert cells["bylaws-2024", "1"] == {
        "harbour-library": branch, "hill-library": branch, "head-office": {Part.COUNTERPARTY: ("a1.guardian",)}
    }  # fmt: skip


def test_a_consequence_is_borne_by_whom_a_failure_points_at() -> None:
    found = matrix(Pack.load(LIBRARY), DAY)
    assert "a3.report" in found.rules_of("hill-library", Part.BEARER)
    assert found.rules_of("head-office", Part.COUNTERPARTY) == ("a1.guardian", "a3.report")


def test_rules_not_in_force_that_day_are_left_out() -> None:
    assert matrix(Pack.load(LIBRARY), date(2024, 1, 1)).cells == {}


def test_a_duty_without_any_desk_is_named(tmp_path: Path) -> None:
    pack = pack_with(
        tmp_path,
        "id: r\nmust: send_reminder\nbearer: {role: warden, place: event.place}\non: item_lost",
        roles="warden: {label: warden}",
    )
    (gap,) = matrix(pack, DAY).unborne
    assert (gap.rule.id, gap.everywhere) == ("r", True)


def test_a_place_without_a_desk_is_named(tmp_path: Path) -> None:
    pack = pack_with(
        tmp_path,
        "id: r\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_lost",
        places="mill: {label: Mill, level: branch, in: norrtown}",
    )
    (gap,) = matrix(pack, DAY).unborne
    assert (gap.rule.id, gap.places) == ("r", ("mill",))


def test_whoever_reports_is_no_unit_unless_the_condition_picks_some(tmp_path: Path) -> None:
    rules = "id: r\nmust: send_reminder\nbearer: reporter\non: item_lost\n---\nid: s\nmust: send_reminder\nbearer: reporter\non: item_lost\nif: '\"office\" in unit.roles'"
    found = matrix(pack_with(tmp_path, rules), DAY)
    assert found.reported == {("bylaws-2024", "1"): {Part.BEARER: ("r", "s")}}
    assert found.cells == {("bylaws-2024", "1"): {"head-office": {Part.BEARER: ("s",)}}}
    assert found.unborne == ()


def test_a_condition_on_the_bearer_s_own_standing_excludes(tmp_path: Path) -> None:
    rules = 'id: r\nmust: send_reminder\nbearer: {each: branch}\nalways: true\nif: unit.place == "hill"'
    assert list(matrix(pack_with(tmp_path, rules), DAY).cells["bylaws-2024", "1"]) == ["hill-library"]


def test_overloaded_is_out_of_the_usual_of_its_level() -> None:
    """Tukey's fence; with fewer than four there is no usual."""
    assert fence([1, 1, 1, 9]) == 6.0
    assert fence([1, 1, 9]) is None
    found = matrix(Pack.load(ROOT), date(2024, 6, 1))
    assert found.overloaded
    assert all(load.limit is not None and load.duties > load.limit for load in found.overloaded)


def test_a_unit_with_no_part_is_idle(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, "id: r\nmust: send_reminder\nbearer: {unit: head-office}\nalways: true")
    assert matrix(pack, DAY).idle == ("harbour-library", "hill-library")


def test_an_article_is_asked_for_by_number_or_name() -> None:
    whole = matrix(Pack.load(LIBRARY), DAY)
    for name in ("2", "Article 2"):
        assert {key[1] for key in narrowed(whole, name, None).cells} == {"2"}
    with pytest.raises(EventError) as refused:
        narrowed(whole, "Artikel 2", None)
    assert (refused.value.code, refused.value.suggestion) == ("RM456", "Article 2")


def test_of_one_unit_only_its_rules_are_left() -> None:
    mine = narrowed(matrix(Pack.load(LIBRARY), DAY), None, "head-office")
    assert [rule.id for rule in mine.rules] == ["a1.guardian", "a3.report"]
    assert [load.unit for load in mine.loads] == ["head-office"]


def test_every_cell_agrees_with_what_a_case_raises() -> None:
    """Each bearer of a real obligation stands in the matrix with that rule."""
    from remit import Engine

    pack = Pack.load(ROOT)
    engine = Engine(pack, now=pack.event({"id": "t", "type": "performed", "at": "2024-12-30", "action": next(iter(pack.vocabulary.actions))}, case="t").at, backend="reference")  # fmt: skip
    for n, path in enumerate(pack.cases):
        engine.submit_all(_apart(pack.read_events(path), n))
    found = matrix(pack, date(2024, 12, 30))
    owed = [o for o in engine.answer().obligations if o.bearer.routed and o.rule not in _reported(found)]
    assert len(owed) > 1000
    assert {(o.rule, o.bearer.id) for o in owed if o.rule not in found.rules_of(o.bearer.id, Part.BEARER)} == set()


def _reported(found: object) -> set[str]:
    return {name for parts in found.reported.values() for name in parts.get(Part.BEARER, ())}


def _apart(events: tuple, n: int) -> list:
    from dataclasses import replace

    return [replace(e, id=f"{n}:{e.id}", data={**e.data, **({"of": f"{n}:{e.data['of']}"} if "of" in e.data else {})}) for e in events]  # fmt: skip
