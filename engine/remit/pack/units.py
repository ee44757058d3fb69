"""Places, units, the edges between them and their reorganisations, from `facts/`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal

from remit.errors import VocabularyError
from remit.model.terms import Basis, Relation
from remit.model.text import Text
from remit.model.unit import Edge, Place, Reorganisation, Unit
from remit.pack.facts import Facts
from remit.pack.fields import Fields, zone_of
from remit.pack.names import Names
from remit.pack.yaml_reader import Node, Scalar

PLACE_KEYS = ("label", "level", "in", "zone", "calendar", "alias")
UNITS_FILE_KEYS = ("units", "reorganisations")
EDGE_KEYS = ("unit", "since", "until")
REORGANISATION_KEYS = ("on", "merge", "rename", "abolish", "into", "label", "authority")
#: In the order in which they are best read: what the unit is, then its relations.
RELATIONS = (Relation.PART_OF, Relation.MEMBER_OF, Relation.OFFICE_OF, Relation.LOCATED_IN, Relation.GUIDED_BY, Relation.REPORTS_TO)  # fmt: skip
UNIT_KEYS = ("label", "roles", "place", "level", "basis", "reason", "since", "until", "alias", *map(str, RELATIONS))


def read_places(facts: Facts, names: Names, calendars: Collection[str]) -> dict[str, Place]:
    """facts/places; a place may name one of the calendars."""
    pending = []
    for key, node in facts.entries("places"):
        fields = facts.fields(node, "place", PLACE_KEYS)
        pending.append((key, fields, fields.label("label", required=True) or Text(key.text, key.text)))
    names.learn("place", ((key.text, label, fields.texts("alias")) for key, fields, label in pending))
    found = {}
    for key, fields, label in pending:
        level, inside = fields.scalar("level", required=True), fields.scalar("in")
        found[key.text] = Place(
            key.text, label, (names.resolve("level", level) if level else None) or "",
            names.resolve("place", inside) if inside else None, fields.texts("alias"),
            str(zone_of(fields)) if "zone" in fields else None, calendar_named(fields, calendars), key.origin,
        )  # fmt: skip
    return found


def calendar_named(fields: Fields, calendars: Collection[str]) -> str | None:
    """The calendar that a place names; one that no file has is RM204."""
    node = fields.scalar("calendar")
    if node is None or node.text in calendars:
        return node.text if node else None
    if "calendars" not in fields.problems.unread:
        fields.problems.unknown("calendar", node, calendars, "the `calendar` of a file in facts/calendars")
    return None


def read_units(
    facts: Facts, names: Names, places: dict[str, Place]
) -> tuple[dict[str, Unit], tuple[Edge, ...], tuple[Reorganisation, ...]]:
    """facts/units: the units, their edges, and the reorganisations."""
    pending: list[tuple[Scalar, Fields, Text]] = []
    moves: list[Node] = []
    for document in facts.documents("units"):
        top = facts.fields(document, "units-file", UNITS_FILE_KEYS)
        if "units" in top.misspelt:
            facts.problems.unread.add("units")
        moves += top.many("reorganisations")
        for key, node in top.entries("units"):
            fields = facts.fields(node, "unit", UNIT_KEYS)
            pending.append((key, fields, fields.label("label", required=True) or Text(key.text, key.text)))
    seen: set[str] = set()
    for key, _, _ in pending:
        if key.text in seen:
            facts.problems.add(
                VocabularyError(
                    "RM209",
                    "declared-twice",
                    found=key.text,
                    expected="each unit once",
                    origin=key.origin,
                )
            )
        seen.add(key.text)
    names.learn("unit", ((key.text, label, fields.texts("alias")) for key, fields, label in pending))
    units = {key.text: unit_of(key, fields, label, names, places) for key, fields, label in pending}
    edges = tuple(edge for key, fields, _ in pending for edge in edges_of(key, fields, names, facts))
    found = (reorganisation(facts, node, names) for node in moves)
    return units, edges, tuple(act for act in found if act)


def unit_of(key: Scalar, fields: Fields, label: Text, names: Names, places: dict[str, Place]) -> Unit:
    place = fields.scalar("place", required=True)
    where = (names.resolve("place", place) if place else None) or ""
    level = fields.scalar("level")
    rank = names.resolve("level", level) if level else (places[where].level if where in places else "")
    basis = Basis(fields.word("basis", ("stated", "inferred"), "stated"))
    if basis is Basis.INFERRED and "reason" not in fields:
        fields.missing("reason")
    return Unit(
        id=key.text,
        label=label,
        roles=tuple(role for node in fields.scalars("roles") if (role := names.resolve("role", node))),
        place=where,
        level=rank or "",
        basis=basis,
        reason=fields.text("reason"),
        since=fields.day("since"),
        until=fields.day("until"),
        aliases=fields.texts("alias"),
        origin=key.origin,
    )


def edges_of(key: Scalar, fields: Fields, names: Names, facts: Facts) -> Iterator[Edge]:
    """The relations of a unit: a unit, a mapping with dates, or a list of either."""
    for relation in Relation:
        for node in fields.many(relation.value):
            if isinstance(node, Scalar):
                target, since, until = names.resolve("unit", node), None, None
            else:
                dated = facts.fields(node, "edge", EDGE_KEYS)
                named = dated.scalar("unit", required=True)
                target, since, until = (
                    (names.resolve("unit", named) if named else None),
                    dated.day("since"),
                    dated.day("until"),
                )
            if target:
                yield Edge(key.text, relation, target, since, until, node.origin)


def reorganisation(facts: Facts, node: Node, names: Names) -> Reorganisation | None:
    fields = facts.fields(node, "reorganisation", REORGANISATION_KEYS)
    on = fields.day("on", required=True)
    kinds: list[Literal["merge", "rename", "abolish"]] = [k for k in ("merge", "rename", "abolish") if k in fields]
    if len(kinds) != 1:
        facts.problems.add(
            VocabularyError(
                "RM206",
                "wrong-form",
                found=fields.shown(kinds) or "nothing",
                expected="one of merge, rename, abolish",
                origin=node.origin,
            )
        )
        return None
    if on is None:
        return None
    units = tuple(u for n in fields.scalars(kinds[0]) if (u := names.resolve("unit", n)))
    into = fields.scalar("into", required=kinds[0] == "merge")
    return Reorganisation(
        on, kinds[0], units, names.resolve("unit", into) if into else None,
        fields.label("label", required=kinds[0] == "rename"), fields.text("authority"), node.origin,
    )  # fmt: skip
