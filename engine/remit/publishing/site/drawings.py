"""The unit graph as lines and curves: where each unit stands, and what joins it to the others. Drawn once, when the site is made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

from remit.model.terms import Relation
from remit.model.unit import Edge

ROW, INDENT, MARGIN, GAP = 28, 26, 16, 8
COLUMN = 7.4  # width of one Latin letter at 15 px; a Chinese sign takes two
REACH, FURTHEST = 7, 150  # how far a curve swings out for each row it spans, and at most


@dataclass(frozen=True, slots=True)
class Node:
    """One unit in its row. `elsewhere` is the unit above it that stands in another drawing."""

    unit: str
    label: str
    x: float
    y: float
    end: float
    depth: int
    elbow: str = ""
    elsewhere: str | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """One edge that is not the tree's own."""

    relation: Relation
    source: str
    target: str
    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A tree of units in rows, and the other edges between them."""

    nodes: tuple[Node, ...]
    curves: tuple[Curve, ...]
    width: float
    height: float

    @property
    def relations(self) -> tuple[Relation, ...]:
        """The relations that are drawn as curves, in the design's order."""
        return tuple(r for r in Relation if any(c.relation is r for c in self.curves))


@dataclass(frozen=True, slots=True)
class Branch:
    """A thing and what is beneath it, as nested lists need it."""

    name: str
    branches: tuple[Branch, ...]


def forest(names: Sequence[str], above: Mapping[str, str]) -> tuple[Branch, ...]:
    """The names as trees, in the order given. A name whose upper one is not among them is a root."""
    known = set(names)
    beneath: dict[str | None, list[str]] = {}
    for name in names:
        upper = above.get(name)
        beneath.setdefault(upper if upper in known else None, []).append(name)

    def grown(upper: str | None) -> tuple[Branch, ...]:
        return tuple(Branch(name, grown(name)) for name in beneath.get(upper, ()))

    return grown(None)


def draw(labels: Mapping[str, str], edges: Iterable[Edge]) -> Drawing:
    """The units of `labels`, in its order: `part_of` as the tree, everything else as curves at its side."""
    known = tuple(edge for edge in edges if edge.source in labels)
    above: dict[str, str] = {}
    for edge in known:
        if edge.relation is Relation.PART_OF:
            above.setdefault(edge.source, edge.target)
    nodes: list[Node] = []

    def put(branch: Branch, depth: int, upper: Node | None) -> None:
        x, y = MARGIN + depth * INDENT, MARGIN + ROW * len(nodes) + ROW / 2
        elbow = f"M{upper.x + 5:g} {upper.y + 9:g}V{y:g}H{x - 4:g}" if upper else ""
        elsewhere = above.get(branch.name) if upper is None else None
        node = Node(branch.name, labels[branch.name], x, y, x + columns(labels[branch.name]) * COLUMN, depth, elbow, elsewhere)  # fmt: skip
        nodes.append(node)
        for lower in branch.branches:
            put(lower, depth + 1, node)

    for root in forest(tuple(labels), above):
        put(root, 0, None)
    side = max((node.end for node in nodes), default=0.0) + 3 * GAP
    at = {node.unit: node for node in nodes}
    curves = tuple(
        Curve(edge.relation, edge.source, edge.target, swing(at[edge.source], at[edge.target], side))
        for edge in known
        if edge.target in at and above.get(edge.source) != edge.target
    )
    return Drawing(tuple(nodes), curves, side + FURTHEST, MARGIN * 2 + ROW * len(nodes))


def swing(source: Node, target: Node, side: float) -> str:
    """From the end of one label out to the right of them all, and back to the end of the other."""
    out = side + min(FURTHEST * 1.3, 24 + REACH * abs(target.y - source.y) / ROW)
    there = f"M{source.end + GAP:g} {source.y:g}H{side:g}"
    return f"{there}C{out:g} {source.y:g} {out:g} {target.y:g} {side:g} {target.y:g}H{target.end + GAP:g}"


def columns(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)
