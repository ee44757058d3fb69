"""A reorganisation rehearsed: the day with it and the day without it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

from made import LIBRARY
from remit import Engine, Pack
from remit.errors import EventError, RoutingError
from remit.planning.acts import plan
from remit.planning.lines import lines
from remit.planning.matrix import Part, matrix
from remit.planning.rehearsal import Fate, rehearse

ROOT = Path(__file__).parents[2]
ON = date(2024, 7, 1)


def library() -> Pack:
    return Pack.load(LIBRARY)


def rehearsed(pack: Pack, *acts: tuple[str, str]) -> object:
    events = [event for path in pack.cases for event in pack.read_events(path)]
    return rehearse(pack, plan(pack, ON, acts), events)


MERGER = ("merge", "harbour-library,Hill Library:city-library=City Library")


def test_duties_of_every_such_unit_move_to_the_merged_one() -> None:
    found = {(c.rule.id, c.unit): c for c in rehearsed(library(), MERGER).desks}
    change = found["a3.count", "hill-library"]
    assert (change.part, change.after, change.fate) == (Part.BEARER, ("city-library",), Fate.MOVES)


def test_duties_of_a_place_lose_their_owner_where_the_merged_unit_is_not() -> None:
    """The new unit stands at the place around both; events at Hill ask for a branch at Hill."""
    found = {(c.rule.id, c.unit): c for c in rehearsed(library(), MERGER).desks}
    change = found["a1.reminder", "hill-library"]
    assert (change.fate, change.unsettled) == (Fate.LOST, ("hill",))


def test_a_merged_unit_has_the_roles_place_and_relations_of_both() -> None:
    made = plan(library(), ON, [MERGER])
    (unit,) = made.units
    assert (unit.label.en, unit.roles, unit.place, unit.since) == ("City Library", ("branch",), "norrtown", ON)
    assert [(e.source, e.target, e.since) for e in made.edges if e.source == unit.id] == [
        ("city-library", "head-office", ON)
    ]


def test_open_duties_go_to_the_successor() -> None:
    found = rehearsed(library(), ("abolish", "hill-library:harbour-library"))
    assert {(c.before.bearer.id, c.after.bearer.id) for c in found.duties if c.after} == {
        ("hill-library", "harbour-library")
    }


def test_an_abolished_unit_without_a_successor_leaves_its_duties_to_nobody() -> None:
    found = rehearsed(library(), ("abolish", "hill-library"))
    assert {c.fate for c in found.desks} == {Fate.LOST}
    assert found.duties
    assert all(c.after is None and c.before.bearer.id == "hill-library" for c in found.duties)


def test_a_renamed_unit_keeps_everything() -> None:
    found = rehearsed(library(), ("rename", "hill-library:Hilltop Library"))
    assert (found.desks, found.duties) == ((), ())


def test_the_text_that_goes_on_saying_the_old_name_is_found() -> None:
    pack = Pack.load(ROOT)
    named = [
        u.id
        for u in pack.vocabulary.units.values()
        if any(u.label.zh in q.text for r in pack.rules.values() for q in r.quotes)
    ]
    found = rehearse(pack, plan(pack, date(2027, 1, 1), [("rename", f"{named[0]}:新名称")]), ())
    assert found.named[named[0]]


def test_what_is_shown_loads_and_answers_as_rehearsed(tmp_path: Path) -> None:
    """The lines, appended to facts/units as they are, give the pack that was rehearsed."""
    pack = library()
    made = plan(pack, ON, [MERGER])
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    (root / "facts" / "units").mkdir()
    (root / "facts" / "units.yaml").rename(root / "facts" / "units" / "a.yaml")
    (root / "facts" / "units" / "b.yaml").write_text(lines(pack, made), "utf-8")
    after, at = Pack.load(root), pack.event({"id": "t", "type": "item_lost", "at": "2024-07-01"}, case="t").at + timedelta(hours=1)  # fmt: skip
    engine = Engine(after, now=at, backend="reference")
    for path in pack.cases:
        engine.submit_all(after.read_events(path))
    real = {o.id: o.bearer.id for o in engine.answer().obligations if o.in_force}
    foreseen = {c.after.id: c.after.bearer.id for c in rehearsed(pack, MERGER).duties if c.after}
    assert foreseen
    assert {name: real.get(name) for name in foreseen} == foreseen


def test_edges_to_a_merged_unit_go_on_to_the_new_one() -> None:
    pack = Pack.load(ROOT)
    unit = next(e.target for e in pack.graph.edges if e.relation == "guided_by")
    made = plan(pack, date(2027, 1, 1), [("merge", f"{unit}:新单位")])
    led = [e for e in pack.graph.edges if e.target == unit]
    assert led
    for edge in led:
        ways = {
            (e.target, e.since, e.until) for e in made.edges if (e.source, e.relation) == (edge.source, edge.relation)
        }
        assert (unit, edge.since, date(2026, 12, 31)) in ways
        assert ("新单位", date(2027, 1, 1), edge.until) in ways


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        ("merge", "hill-library", "RM850"),
        ("merge", "hill-library:", "RM850"),
        ("merge", ",hill-library:x", "RM850"),
        ("merge", "hill-library:a/b", "RM850"),
        ("merge", "a:b:c", "RM850"),
        ("rename", "hill-library", "RM850"),
        ("rename", "hill-library,harbour-library:x", "RM850"),
        ("abolish", "hill-library:", "RM850"),
        ("abolish", "hill-library:hill-library", "RM850"),
        ("merge", "hill-library,hill-library:x", "RM851"),
        ("abolish", "hil-library", "RM456"),
        ("abolish", "hill-library:harbor-library", "RM456"),
    ],
)
def test_what_is_written_otherwise_is_refused(kind: str, text: str, code: str) -> None:
    with pytest.raises((RoutingError, EventError)) as refused:
        plan(library(), ON, [(kind, text)])
    assert refused.value.code == code


def test_a_unit_that_is_there_no_more_cannot_be_reorganised(tmp_path: Path) -> None:
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root)
    path = root / "facts" / "units.yaml"
    path.write_text(path.read_text("utf-8") + "reorganisations: [{on: 2024-05-01, abolish: hill-library}]\n", "utf-8")
    with pytest.raises(RoutingError, match="2024-06-30"):
        plan(Pack.load(root), ON, [("abolish", "hill-library")])


def test_a_unit_that_lacks_the_roles_it_takes_over_is_named() -> None:
    """Roles have no dates, so a unit that is there cannot get them from a day on."""
    made = plan(library(), ON, [("merge", "hill-library:head-office")])
    assert made.missing_roles(library()) == {"head-office": ("branch",)}
    assert plan(library(), ON, [("merge", "hill-library:harbour-library")]).missing_roles(library()) == {}


def written_into(root: Path, told: str) -> None:
    """As a person would: new units and acts beside, keys of units that are there replaced where they stand."""
    wanted = yaml.load(told, yaml.BaseLoader)  # noqa: S506 - everything stays text
    for path in sorted((root / "facts" / "units").glob("*.yaml")):
        held = yaml.load(path.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506
        for name in [name for name in wanted["units"] if name in held["units"]]:
            held["units"][name] |= wanted["units"].pop(name)
        path.write_text(yaml.safe_dump(held, allow_unicode=True, sort_keys=False), "utf-8")
    (root / "facts" / "units" / "zz.yaml").write_text(yaml.safe_dump(wanted, allow_unicode=True), "utf-8")


def test_the_shipped_pack_written_as_shown_has_the_desks_that_were_rehearsed(tmp_path: Path) -> None:
    """Two bureaus of one district merged: every part of every rule is where the rehearsal said."""
    pack, day = Pack.load(ROOT), date(2027, 1, 1)
    made = plan(pack, day, [("merge", "xihe.civil_affairs,xihe.health:xihe.merged=细河区民政卫健局")])
    root = tmp_path / "pack"
    for folder in ("policies", "facts"):
        shutil.copytree(ROOT / folder, root / folder)
    written_into(root, lines(pack, made))
    changed = Pack.load(root)
    assert {e.source for e in changed.graph.edges} == {e.source for e in made.graph(pack).edges}
    real = matrix(changed, day)
    for change in rehearse(pack, made, ()).desks:
        assert change.after == ("xihe.merged",)
        assert change.rule.id in real.rules_of("xihe.merged", change.part)
    assert not [row for row in real.cells.values() if {"xihe.civil_affairs", "xihe.health"} & set(row)]
