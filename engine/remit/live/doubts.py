"""What would have to be stated to decide an unknown condition: as `unknown_facts`, compiled beside the condition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from remit.expressions.closures import Bound, Judge, compiled
from remit.expressions.evaluate import every_path, paths
from remit.expressions.situation import Situation
from remit.model.expression import UNKNOWN, And, Expression, Not, Or, Path, Quantify, Variable
from remit.model.text import Text
from remit.model.vocabulary import Attribute
from remit.semantics.build import asking, path_name


@dataclass(frozen=True, slots=True)
class Doubt:
    """A fact nobody stated, the question about it, and who can say."""

    fact: str
    ask: Text
    asked_of: str | None


Doubts = Callable[[Situation, Bound], list[Doubt]]


def doubts_of(tree: Expression, attributes: Mapping[str, Attribute]) -> Doubts:
    """The doubts that keep the tree undecided, left to right; none where it is decided."""
    judge = compiled(tree, frozenset())
    beneath = within(tree, attributes)

    def doubts(situation: Situation, bound: Bound) -> list[Doubt]:
        return beneath(situation, bound) if judge(situation, bound) is UNKNOWN else []

    return doubts


def within(tree: Expression, attributes: Mapping[str, Attribute]) -> Doubts:
    match tree:
        case And(left, right) | Or(left, right):
            one, two = doubts_of(left, attributes), doubts_of(right, attributes)
            return lambda situation, bound: one(situation, bound) + two(situation, bound)
        case Not(operand):
            return doubts_of(operand, attributes)
        case Quantify(_, _, _, predicate):
            asked = [p for p in every_path(predicate) if p.base != Variable("case") or p.field not in ("events", "id")]
            always = [doubt(p, attributes) for p in asked]
            return lambda _situation, _bound: always
        case _:
            return unstated([(compiled(path, frozenset()), doubt(path, attributes)) for path in paths(tree)])


def unstated(facts: list[tuple[Judge, Doubt]]) -> Doubts:
    return lambda situation, bound: [doubt for read, doubt in facts if read(situation, bound) is UNKNOWN]


def doubt(path: Path, attributes: Mapping[str, Attribute]) -> Doubt:
    return Doubt(path_name(path), *asking(path, attributes))
