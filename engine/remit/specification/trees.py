"""What a careless hand does to a condition: a part dropped, a bound shifted, a sign turned round, another value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from remit.expressions.printer import show
from remit.model.expression import (
    And,
    Compare,
    Comparison,
    Compute,
    Expression,
    Has,
    In,
    ListOf,
    Literal,
    Macro,
    Negate,
    Not,
    Or,
    Path,
    Quantify,
    Size,
    Variable,
)
from remit.model.terms import ValueKind
from remit.model.text import Text
from remit.model.vocabulary import Attribute
from remit.program.compile import conjuncts

C = Comparison
#: The sign next to each: the bound itself in or out; equal or not.
BESIDE = {C.LT: C.LE, C.LE: C.LT, C.GT: C.GE, C.GE: C.GT, C.EQ: C.NE, C.NE: C.EQ}
#: The same side of the same bound, read the other way.
TURNED = {C.LT: C.GE, C.LE: C.GT, C.GT: C.LE, C.GE: C.LT}


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a tree: what sort, in words, and the tree it makes; None where nothing is left of it."""

    kind: str
    change: Text
    tree: Expression | None


def edits(tree: Expression, attributes: Mapping[str, Attribute]) -> Iterator[Edit]:
    """Every change of one place of the tree, each once."""
    seen = {tree}
    parts = list(conjuncts(tree))
    if len(parts) > 1:
        for n, part in enumerate(parts):
            left = joined([p for m, p in enumerate(parts) if m != n])
            yield Edit("drop", told("去掉", "drop ", part), left)
            seen.add(left)
    for edit in inside(tree, attributes):
        if edit.tree is not None and edit.tree not in seen:
            seen.add(edit.tree)
            yield edit


def joined(parts: list[Expression]) -> Expression:
    whole = parts[0]
    for part in parts[1:]:
        whole = And(whole, part)
    return whole


def told(zh: str, en: str, node: Expression) -> Text:
    return Text(f"{zh}“{show(node, 'zh')}”", f"{en}`{show(node, 'en')}`")


def instead(before: Expression, after: Expression) -> Text:
    return Text(
        f"“{show(before, 'zh')}”改为“{show(after, 'zh')}”", f"`{show(before, 'en')}` becomes `{show(after, 'en')}`"
    )


def inside(node: Expression, attributes: Mapping[str, Attribute]) -> Iterator[Edit]:
    """Changes of this node, then of those beneath it."""
    for kind, changed in own(node, attributes):
        yield Edit(kind, instead(node, changed), changed)
    for name, child in branches(node):
        for edit in inside(child, attributes):
            if edit.tree is not None:
                yield replace(edit, tree=grafted(node, name, edit.tree))


def own(node: Expression, attributes: Mapping[str, Attribute]) -> Iterator[tuple[str, Expression]]:
    """What becomes of this one node."""
    match node:
        case Compare(operator, left, right):
            yield "bound" if operator in TURNED else "sign", replace(node, operator=BESIDE[operator])
            if operator in TURNED:
                yield "sign", replace(node, operator=TURNED[operator])
            yield from (("bound", replace(node, right=value)) for value in shifted(right, left, attributes))
            yield from (("bound", replace(node, left=value)) for value in shifted(left, right, attributes))
        case In(item, ListOf(items) as among) if len(items) > 1:
            for n in range(len(items)):
                yield "list", In(item, replace(among, items=items[:n] + items[n + 1 :]))
            yield "sign", Not(node)
        case In():
            yield "sign", Not(node)
        case And(left, right):
            yield "and-or", Or(left, right)
        case Or(left, right):
            yield "drop", left
            yield "drop", right
            yield "and-or", And(left, right)
        case Not(operand):
            yield "sign", operand
        case Quantify(macro):
            yield "quantifier", replace(node, macro=Macro.ALL if macro is Macro.EXISTS else Macro.EXISTS)
        case Path(kind=ValueKind.BOOL) | Has():
            yield "sign", Not(node)


def shifted(value: Expression, other: Expression, attributes: Mapping[str, Attribute]) -> Iterator[Expression]:
    """The number one more and one less; of a choice, the value declared next."""
    match value, other:
        case Literal(bool()), _:
            return
        case Literal(int(number)), _:
            yield replace(value, value=number + 1)
            yield replace(value, value=number - 1)
        case Literal(str(said)), Path(field=field) if field in attributes and attributes[field].choices:
            choices = attributes[field].choices
            places = [n for n, choice in enumerate(choices) if choice.id == said]
            if places and len(choices) > 1:
                following = choices[(places[0] + 1) % len(choices)]
                yield replace(value, value=following.id, label=following.label)


def branches(node: Expression) -> Iterator[tuple[str, Expression]]:
    """The places beneath a node in which a condition can be changed."""
    match node:
        case And() | Or():
            yield from (("left", node.left), ("right", node.right))
        case Not():
            yield "operand", node.operand
        case Quantify():
            yield "predicate", node.predicate
        case Literal() | ListOf() | Variable() | Path() | Has() | Size() | Negate() | Compare() | In() | Compute():
            return


def grafted(node: Expression, name: str, child: Expression) -> Expression:
    match name, node:
        case "left", And() | Or():
            return replace(node, left=child)
        case "right", And() | Or():
            return replace(node, right=child)
        case "operand", Not():
            return replace(node, operand=child)
        case _, Quantify():
            return replace(node, predicate=child)
        case _:
            return node
