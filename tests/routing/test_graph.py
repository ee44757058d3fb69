"""What is not a graph of units is refused, each fault with its name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from remit.errors import PackError
from remit.model.terms import Relation
from remit.model.unit import Edge, Place, Reorganisation, Unit
from remit.routing.graph import UnitGraph
from strategies import LEVELS, text, world

PLACES = (Place("land", text("land"), "land", None), Place("north", text("north"), "region", "land"))
UNITS = (
    Unit("a", text("a"), ("watch",), "land", "land"),
    Unit("b", text("b"), ("watch",), "north", "region"),
    Unit("c", text("c"), (), "north", "region"),
)


def build(places=PLACES, units=UNITS, edges=(), reorganisations=(), fallback="a") -> UnitGraph:
    return UnitGraph.build(
        places=places, units=units, edges=edges, reorganisations=reorganisations, levels=LEVELS, fallback=fallback
    )


def edge(source: str, target: str, relation: Relation = Relation.PART_OF) -> Edge:
    return Edge(source, relation, target)


@pytest.mark.parametrize(
    ("parts", "code", "found"),
    [
        ({"edges": [edge("a", "b"), edge("b", "a")]}, "RM504", "a → b → a"),
        ({"edges": [edge("a", "b"), edge("b", "c"), edge("c", "a")]}, "RM504", "a → b → c → a"),
        ({"edges": [edge("b", "b", Relation.REPORTS_TO)]}, "RM504", "b → b"),
        ({"edges": [edge("a", "b", Relation.GUIDED_BY), edge("b", "a", Relation.GUIDED_BY)]}, "RM504", "a → b → a"),
        ({"places": (replace(PLACES[0], inside="north"), PLACES[1])}, "RM504", "land → north → land"),
        ({"edges": [edge("a", "bb")]}, "RM503", "bb"),
        ({"fallback": "desk"}, "RM503", "desk"),
        ({"places": (PLACES[0], replace(PLACES[1], inside="lnad"))}, "RM501", "lnad"),
        ({"units": (*UNITS, Unit("d", text("d"), (), "nort", "region"))}, "RM501", "nort"),
        ({"units": (*UNITS, Unit("d", text("d"), (), "north", "regoin"))}, "RM502", "regoin"),
        (
            {"units": (*UNITS, replace(UNITS[0], since=date(2024, 2, 1), until=date(2024, 1, 1)))},
            "RM505",
            "2024-02-01..2024-01-01",
        ),
        ({"units": (*UNITS, UNITS[0])}, "RM506", "a"),
        ({"reorganisations": [Reorganisation(date(2024, 1, 1), "merge", ("a",), into="z")]}, "RM503", "z"),
    ],
)
def test_refused(parts: dict[str, object], code: str, found: str) -> None:
    with pytest.raises(PackError) as refused:
        build(**parts)
    assert (code, found) in {(p.code, p.found) for p in refused.value.problems}


def test_member_of_may_go_round() -> None:
    build(edges=[edge("a", "b", Relation.MEMBER_OF), edge("b", "a", Relation.MEMBER_OF)])


def test_an_edge_holds_only_between_its_days_and_the_lives_of_its_ends() -> None:
    dated = replace(edge("b", "a"), since=date(2024, 2, 1), until=date(2024, 2, 29))
    graph = build(edges=[dated])
    assert [graph.is_under("b", "a", date(2024, m, 15)) for m in (1, 2, 3)] == [False, True, False]


def test_networkx_sees_the_units_of_that_day() -> None:
    graph = world()
    assert "north.clinic" in graph.on(date(2024, 2, 1))
    assert "north.clinic" not in graph.on(date(2024, 3, 1))
    assert graph.on(date(2024, 2, 1)).has_edge("north.registry", "north.watch", key="part_of")


def test_successors_are_followed_through_later_moves() -> None:
    moves = [
        Reorganisation(date(2024, 1, 1), "merge", ("c",), into="b"),
        Reorganisation(date(2024, 6, 1), "abolish", ("b",), into="a"),
    ]
    graph = build(reorganisations=moves)
    assert graph.successor("c", date(2023, 12, 31)) is None
    assert graph.successor("c", date(2024, 3, 1))[0] == "b"
    assert graph.successor("c", date(2024, 7, 1))[0] == "a"
    assert graph.successor("a", date(2024, 7, 1)) is None


def test_a_renamed_unit_bears_its_new_name_from_that_day() -> None:
    graph = build(reorganisations=[Reorganisation(date(2024, 1, 1), "rename", ("b",), label=text("B"))])
    assert [graph.unit("b", date(y, 6, 1)).label.en for y in (2023, 2024)] == ["b", "B"]


def test_a_unit_that_takes_another_in_goes_on_as_itself() -> None:
    graph = build(reorganisations=[Reorganisation(date(2024, 1, 1), "merge", ("b", "c"), into="b")])
    assert graph.successor("b", date(2024, 6, 1)) is None
    assert graph.successor("c", date(2024, 6, 1))[0] == "b"
