"""Tree × lexicon → typed tree, or an error at the column where the types part ways.

Lost: nothing. Gained: on each path its type, its label and what its absence means; choices, places, units and event types
named in any language become their ids.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from remit.errors import ExpressionError, Origin
from remit.expressions.lexicon import Lexicon, located
from remit.model.expression import (
    And,
    Arithmetic,
    Compare,
    Comparison,
    Compute,
    Expression,
    Has,
    In,
    ListOf,
    Literal,
    Negate,
    Not,
    Or,
    Path,
    Quantify,
    Size,
    Variable,
)
from remit.model.records import record
from remit.model.terms import ValueKind
from remit.model.text import Text

K = ValueKind


@record
class Type:
    """What an expression yields: a kind, perhaps a list of it, and the family of names its texts belong to.

    `names` is `choice:<attribute>`, `event`, `place`, `unit`, `role`, `level` or None for free text. `kind` is None for the
    events of a case, and for the empty list.
    """

    kind: ValueKind | None
    many: bool = False
    names: str | None = None
    events: bool = False


BOOL, INT, DECIMAL, TEXT = Type(K.BOOL), Type(K.INT), Type(K.DECIMAL), Type(K.TEXT)
DATE, TIME, DURATION = Type(K.DATE), Type(K.TIME), Type(K.DURATION)
EVENTS = Type(None, many=True, events=True)
EVENT_FIELDS = {
    "type": Type(K.TEXT, names="event"), "at": TIME, "known_at": TIME, "place": Type(K.PLACE, names="place"),
    "by": Type(K.UNIT, names="unit"), "subject": TEXT, "id": TEXT,
}  # fmt: skip
UNIT_FIELDS = {
    "id": Type(K.UNIT, names="unit"), "place": Type(K.PLACE, names="place"),
    "level": Type(K.TEXT, names="level"), "roles": Type(K.TEXT, many=True, names="role"),
}  # fmt: skip
CASE_FIELDS = {"events": EVENTS, "id": TEXT}
TEXTS = frozenset({K.TEXT, K.CHOICE, K.PLACE, K.UNIT})
SUMS: dict[tuple[ValueKind, ValueKind], ValueKind] = {
    (K.INT, K.INT): K.INT, (K.DECIMAL, K.DECIMAL): K.DECIMAL, (K.DURATION, K.DURATION): K.DURATION,
    (K.TIME, K.DURATION): K.TIME, (K.DATE, K.DURATION): K.DATE,
}  # fmt: skip
DIFFERENCES = {(K.TIME, K.TIME): K.DURATION, (K.DATE, K.DATE): K.DURATION}
ADDITIONS = {(K.TEXT, K.TEXT): K.TEXT, (K.DURATION, K.TIME): K.TIME, (K.DURATION, K.DATE): K.DATE}
PRODUCTS = {(K.INT, K.INT): K.INT, (K.DECIMAL, K.DECIMAL): K.DECIMAL}


def check(
    tree: Expression,
    lexicon: Lexicon,
    *,
    events: tuple[str, ...] | None,
    origin: Origin = Origin(),
    text: str = "",
) -> Expression:
    """Give every path its type and make sure that the whole is a statement, true or false.

    Args:
        tree: from the parser.
        lexicon: the vocabulary's words.
        events: the event types that can set the rule off; `event.x` must be carried by one of them. None where no
            event does.
        origin: of the condition; columns are added to it.
        text: the condition as written, for errors in conditions of several lines.

    Raises:
        ExpressionError: RM304 unknown name, RM305 not carried here, RM306 types do not fit, RM307 not a statement.
    """
    checker = Checker(lexicon, events, origin, text)
    typed, kind = checker.typed(tree)
    if kind != BOOL:
        raise checker.fail("RM307", "not-a-statement", tree, name_of(kind), "something true or false")
    return typed


@record
class Checker:
    lexicon: Lexicon
    events: tuple[str, ...] | None
    origin: Origin
    text: str
    bound: tuple[str, ...] = ()

    def typed(self, node: Expression) -> tuple[Expression, Type]:  # noqa: PLR0911 - one case a construct
        match node:
            case Literal(value):
                return node, self.of_literal(node, value)
            case Variable(name):
                raise self.stranger(node, name)
            case Path():
                return self.of_path(node)
            case Has(path):
                found, _ = self.of_path(path)
                return (replace(node, path=found) if isinstance(found, Path) else node), BOOL
            case ListOf():
                return self.of_list(node)
            case Size(operand):
                inner, kind = self.typed(operand)
                self.need(kind.many or kind == TEXT, operand, kind, "a list or a text")
                return replace(node, operand=inner), INT
            case Not(operand):
                inner, kind = self.typed(operand)
                self.need(kind == BOOL, operand, kind, "something true or false")
                return replace(node, operand=inner), BOOL
            case Negate(operand):
                inner, kind = self.typed(operand)
                self.need(kind in (INT, DECIMAL, DURATION), operand, kind, "a number or a duration")
                return replace(node, operand=inner), kind
            case And(left, right) | Or(left, right):
                (one, a), (two, b) = self.typed(left), self.typed(right)
                self.need(a == BOOL, left, a, "something true or false")
                self.need(b == BOOL, right, b, "something true or false")
                return replace(node, left=one, right=two), BOOL
            case Compare():
                return self.of_compare(node)
            case In(item, collection):
                return self.of_in(node, item, collection)
            case Compute():
                return self.of_compute(node)
            case Quantify(_, collection, variable, predicate):
                inner, kind = self.typed(collection)
                self.need(kind.events, collection, kind, "case.events")
                inside = replace(self, bound=(*self.bound, variable))
                body, holds = inside.typed(predicate)
                self.need(holds == BOOL, predicate, holds, "something true or false")
                return replace(node, collection=inner, predicate=body), BOOL

    def of_literal(self, node: Literal, value: object) -> Type:
        match value:
            case bool():
                return BOOL
            case int():
                if not -(2**63) <= value < 2**63:
                    raise self.fail(
                        "RM308",
                        "impossible-literal",
                        node,
                        str(value),
                        "a number of at most 64 bits",
                    )
                return INT
            case Decimal():
                return DECIMAL
            case datetime():
                return TIME
            case date():
                return DATE
            case timedelta():
                return DURATION
            case _:
                return TEXT

    def of_path(self, node: Path) -> tuple[Expression, Type]:
        match node.base:
            case Variable("event") if "event" not in self.bound:
                if self.events is None:
                    raise self.fail(
                        "RM305",
                        "no-event-here",
                        node,
                        f"event.{node.field}",
                        "no `event`: nothing that happens sets this rule off",
                    )
                return self.of_field(node, self.events)
            case Variable("subject"):
                return self.of_fact(node, "subject")
            case Variable("unit"):
                return self.of_fixed(node, "unit", UNIT_FIELDS)
            case Variable("case") if node.field in CASE_FIELDS:
                return self.of_fixed(node, "case", CASE_FIELDS)
            case Variable("case"):
                return self.of_fact(node, "case")
            case Variable(name) if name in self.bound:
                return self.of_field(node, tuple(self.lexicon.event_types))
            case Variable(name):
                raise self.stranger(node.base, name)
            case _:
                raise self.fail(
                    "RM306",
                    "types-differ",
                    node,
                    f".{node.field}",
                    "a field of event, subject, unit or case",
                )

    def of_field(self, node: Path, events: tuple[str, ...]) -> tuple[Expression, Type]:
        """A field of an event: a fixed one, or an attribute that one of the events carries."""
        if node.field in EVENT_FIELDS:
            kind = EVENT_FIELDS[node.field]
            return replace(node, kind=kind.kind), kind
        carried = {name for event in events for name in self.lexicon.event_types[event].attributes}
        if node.field in carried:
            return self.of_attribute(node)
        known = (*carried, *EVENT_FIELDS)
        expected = f"an attribute of {', '.join(events[:3])}"
        attribute = self.lexicon.attributes.get(node.field)
        if attribute is not None and attribute.of == "subject":
            expected += f", or `subject.{node.field}`: it is a fact about the person"
        if attribute is not None and attribute.of == "case":
            expected += f", or `case.{node.field}`: it is a fact about the case"
        raise self.fail("RM305", "not-carried", node, node.field, expected, known)

    def of_fact(self, node: Path, root: str) -> tuple[Expression, Type]:
        """A fact about the person, or about the case."""
        known = [a.id for a in self.lexicon.attributes.values() if a.of == root]
        if node.field not in known:
            raise self.fail(
                "RM305",
                "not-carried",
                node,
                node.field,
                f"an attribute declared `of: {root}`",
                known,
            )
        return self.of_attribute(node)

    def of_attribute(self, node: Path) -> tuple[Expression, Type]:
        attribute = self.lexicon.attributes[node.field]
        names = {K.CHOICE: f"choice:{attribute.id}", K.PLACE: "place", K.UNIT: "unit"}.get(attribute.kind)
        kind = Type(attribute.kind, attribute.many, names)
        return replace(node, kind=attribute.kind, absent=attribute.absent_means, label=attribute.label), kind

    def of_fixed(self, node: Path, root: str, fields: dict[str, Type]) -> tuple[Expression, Type]:
        if node.field not in fields:
            raise self.fail(
                "RM305",
                "not-carried",
                node,
                f"{root}.{node.field}",
                f"one of {', '.join(sorted(fields))}",
                fields,
            )
        kind = fields[node.field]
        return replace(node, kind=kind.kind), kind

    def of_list(self, node: ListOf) -> tuple[Expression, Type]:
        found = [self.typed(item) for item in node.items]
        kinds = {(kind.kind, kind.many) for _, kind in found}
        if len(kinds) > 1 or any(kind.many for _, kind in found):
            raise self.fail("RM306", "types-differ", node, "a list of different things", "values of one type")
        inner = found[0][1] if found else Type(None)
        return replace(node, items=tuple(item for item, _ in found)), Type(inner.kind, many=True, names=inner.names)

    def of_compare(self, node: Compare) -> tuple[Expression, Type]:
        (left, a), (right, b) = self.typed(node.left), self.typed(node.right)
        left, a, right, b = self.met(left, a, right, b)
        if node.operator not in (Comparison.EQ, Comparison.NE):
            self.need(not (a.many or a.events or a.names), node, a, "values that have an order")
        return replace(node, left=left, right=right), BOOL

    def of_in(self, node: In, item: Expression, collection: Expression) -> tuple[Expression, Type]:
        (one, a), (many, b) = self.typed(item), self.typed(collection)
        self.need(b.many and not b.events, collection, b, "a list")
        if isinstance(many, ListOf):
            met = [self.met(one, a, each, Type(b.kind, names=b.names))[2] for each in many.items]
            return replace(node, item=one, collection=replace(many, items=tuple(met))), BOOL
        one = self.met(one, a, many, Type(b.kind, names=b.names))[0]
        return replace(node, item=one, collection=many), BOOL

    def of_compute(self, node: Compute) -> tuple[Expression, Type]:
        (left, a), (right, b) = self.typed(node.left), self.typed(node.right)
        left, a, right, b = self.widened(left, a, right, b)
        table = {
            Arithmetic.ADD: SUMS | ADDITIONS,
            Arithmetic.SUB: SUMS | DIFFERENCES,
            Arithmetic.MUL: PRODUCTS,
            Arithmetic.DIV: PRODUCTS,
            Arithmetic.MOD: {(K.INT, K.INT): K.INT},
        }[node.operator]
        kinds = (plain(a), plain(b))
        found = table.get(kinds) if not a.many and not b.many else None  # type: ignore[arg-type]  # None is never a key
        if found is None:
            raise self.fail(
                "RM306",
                "types-differ",
                node,
                f"{name_of(a)} {node.operator} {name_of(b)}",
                "numbers, or times and durations",
            )
        return replace(node, left=left, right=right), Type(found)

    # --- two sides ----------------------------------------------------------------------------------

    def met(self, left: Expression, a: Type, right: Expression, b: Type) -> tuple[Expression, Type, Expression, Type]:
        """Both sides of one type; a text that stands beside a name becomes that name's id."""
        left, a, right, b = self.widened(left, a, right, b)
        if a.names and b == TEXT and isinstance(right, Literal):
            right, b = self.named(right, a.names), a
        elif b.names and a == TEXT and isinstance(left, Literal):
            left, a = self.named(left, b.names), b
        elif bool(a.names) != bool(b.names) and plain(a) == plain(b):
            names = str(a.names or b.names)
            raise self.fail("RM306", "types-differ", right, "a text nobody declared", f"a value of `{names.rpartition(':')[2]}`")  # fmt: skip
        same = plain(a) == plain(b) and a.many == b.many and a.events == b.events
        empty = a.many and b.many and None in (a.kind, b.kind)
        if not (same or empty) or (a.names and b.names and a.names != b.names):
            raise self.fail("RM306", "types-differ", right, name_of(b), name_of(a))
        return left, a, right, b

    def widened(
        self, left: Expression, a: Type, right: Expression, b: Type
    ) -> tuple[Expression, Type, Expression, Type]:
        """A whole literal beside a decimal is a decimal; CEL has no decimals, so this is ours alone."""
        if a == DECIMAL and b == INT and isinstance(right, Literal) and isinstance(right.value, int):
            return left, a, replace(right, value=Decimal(right.value)), DECIMAL
        if b == DECIMAL and a == INT and isinstance(left, Literal) and isinstance(left.value, int):
            return replace(left, value=Decimal(left.value)), DECIMAL, right, b
        return left, a, right, b

    def named(self, node: Literal, names: str) -> Literal:
        """The id of a choice, event type, place, unit, role or level written under any of its names."""
        spellings, labels = self.family(names)
        meant = spellings.get(str(node.value), ())
        if len(meant) > 1:
            raise self.fail("RM304", "ambiguous-word", node, str(node.value), f"one of {', '.join(meant)}")
        if not meant:
            what = names.partition(":")[2] or names
            raise self.fail("RM304", "unknown-name", node, str(node.value), f"a value of `{what}`", spellings)
        return replace(node, value=meant[0], label=labels.get(meant[0]))

    def family(self, names: str) -> tuple[dict[str, tuple[str, ...]], dict[str, Text]]:
        family, _, attribute = names.partition(":")
        if family == "choice":
            choices = self.lexicon.attributes[attribute].choices
            spelled: dict[str, tuple[str, ...]] = {
                w: (c.id,) for c in choices for w in (c.id, c.label.zh, c.label.en, *c.aliases)
            }
            return spelled, {c.id: c.label for c in choices}
        if family == "event":
            return dict(self.lexicon.event_names), {t.id: t.label for t in self.lexicon.event_types.values()}
        return dict(self.lexicon.others.get(family, {})), dict(self.lexicon.labels.get(family, {}))

    # --- errors -------------------------------------------------------------------------------------

    def need(self, holds: bool, node: Expression, found: Type, expected: str) -> None:
        if not holds:
            raise self.fail("RM306", "types-differ", node, name_of(found), expected)

    def stranger(self, node: Expression, name: str) -> ExpressionError:
        roots = ("event", "subject", "unit", "case", "事件", "当事人", "单位", "案件", *self.bound)
        meant = [f"`{self.lexicon.attributes[a].of}.{name}`" for a in self.lexicon.names.get(name, ())]
        expected = " or ".join(meant) or "event, subject, unit or case, and a field of it"
        return self.fail("RM304", "unknown-word", node, name, expected, () if meant else roots)

    def fail(
        self, code: str, slug: str, node: Expression, found: str, expected: str, valid: object = ()
    ) -> ExpressionError:
        names = tuple(valid) if isinstance(valid, (tuple, list, dict, set)) else ()
        return located(code, slug, self.text, max(node.column - 1, 0), self.origin, found, expected, names)


def plain(kind: Type) -> ValueKind | None:
    """Texts are texts, whatever they name."""
    return K.TEXT if kind.kind in TEXTS else kind.kind


def name_of(kind: Type) -> str:
    """A type in the words of the domain."""
    if kind.events:
        return "the case's events"
    words = {
        K.BOOL: "something true or false", K.INT: "a whole number", K.DECIMAL: "a decimal", K.TEXT: "a text",
        K.DATE: "a day", K.TIME: "a moment", K.DURATION: "a duration", K.CHOICE: "a choice", K.PLACE: "a place", K.UNIT: "a unit",
    }  # fmt: skip
    one = words[kind.kind] if kind.kind else "nothing"
    return f"a list of {one.removeprefix('a ')}s" if kind.many else one
