"""A condition as it stands once the event's type, or the bearer, is known: what that decides is no longer asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from remit.expressions.evaluate import evaluate
from remit.expressions.situation import Situation
from remit.model.event import Event
from remit.model.expression import And, Expression, Not, Or, Path, Unknown, Variable
from remit.model.unit import Unit
from remit.program.compile import walk

ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def fold(tree: Expression, *, event: str | None = None, unit: Unit | None = None) -> Expression | bool:
    """The rest of a condition for events of this type and this bearer; True or False where nothing is left to ask."""
    met = Event("?", event, ANY_TIME, ANY_TIME) if event is not None else None
    situation = Situation(event=met, subject={}, unit=unit, events=())

    def decide(part: Expression) -> bool | None:
        if not decidable(part, event=event is not None, unit=unit is not None):
            return None
        value = evaluate(part, situation)
        return None if isinstance(value, Unknown) else bool(value)

    return folded(tree, decide)


def decidable(part: Expression, *, event: bool, unit: bool) -> bool:
    """Whether it reads nothing but the event's type and the bearer, as far as these are known."""
    nodes = tuple(walk(part))
    read = {(n.base.name, n.field) for n in nodes if isinstance(n, Path) and isinstance(n.base, Variable)}
    roots = {n.name for n in nodes if isinstance(n, Variable)}
    known = {root for root, _ in read} == roots and bool(roots)
    return known and all(
        (root == "unit" and unit) or ((root, field) == ("event", "type") and event) for root, field in read
    )


def folded(tree: Expression, decide: Callable[[Expression], bool | None]) -> Expression | bool:
    match tree:
        case And(left, right) | Or(left, right):
            settling = isinstance(tree, Or)  # true settles an `or`, false an `and`
            parts = [folded(part, decide) for part in (left, right)]
            if any(part is settling for part in parts):
                return settling
            rest = [part for part in parts if not isinstance(part, bool)]
            return (
                not settling if not rest else rest[0] if len(rest) == 1 else replace(tree, left=rest[0], right=rest[1])
            )
        case Not(operand):
            inner = folded(operand, decide)
            return not inner if isinstance(inner, bool) else replace(tree, operand=inner)
        case _:
            known = decide(tree)
            return tree if known is None else known
