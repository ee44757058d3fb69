"""The names within a condition: attributes after a dot, and the texts that stand beside something named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from remit.editor.mentions import Mention
from remit.editor.spans import Position, Span, letters
from remit.errors import ExpressionError, Origin
from remit.expressions.checker import CASE_FIELDS, EVENT_FIELDS, UNIT_FIELDS, Type
from remit.expressions.lexicon import Lexicon, Word
from remit.expressions.parser import parse
from remit.model.expression import (
    And,
    Compare,
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
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.pack.yaml_reader import Scalar

Named = tuple[tuple[str, ...], str, int]


def mentions_in(scalar: Scalar, lines: Sequence[str], lexicon: Lexicon) -> tuple[Mention, ...] | None:
    """The names a condition uses, in order; None where it cannot be read and so may use names that are not seen."""
    try:
        words = {word.column: word for word in lexicon.tokens(scalar.text, Origin())}
        tree = parse(scalar.text, lexicon)
    except ExpressionError:
        return None
    places = letters(lines, scalar)
    found = sorted(names_of(tree, lexicon), key=lambda named: named[2])
    return tuple(mention(named, words[named[2]], places, scalar) for named in found if named[2] in words)


def mention(named: Named, word: Word, places: Sequence[Position] | None, scalar: Scalar) -> Mention:
    kinds, of, column = named
    quoted = word.type == "STRING"
    inner = word.written[1:-1] if quoted else word.written
    first, end = column - 1 + quoted, column - 1 + quoted + len(inner)
    line = scalar.origin.line - 1
    if places is None or inner != word.value or not inner or places[first][0] != places[end - 1][0]:
        return Mention(kinds, word.value, None, line, of=of)
    span = Span(places[first], (places[end - 1][0], places[end - 1][1] + 1))
    return Mention(kinds, inner, span, span.start[0], of=of)


def names_of(tree: Expression, lexicon: Lexicon) -> Iterator[Named]:
    """(kinds, attribute, column) of each name."""
    match tree:
        case Path(base, _, column):
            if attribute_of(tree, lexicon) is not None:
                yield ("attribute",), "", column
            yield from names_of(base, lexicon)
        case Has(inner) | Size(inner) | Not(inner) | Negate(inner):
            yield from names_of(inner, lexicon)
        case And(left, right) | Or(left, right) | Compute(_, left, right):
            yield from names_of(left, lexicon)
            yield from names_of(right, lexicon)
        case Compare(_, left, right) | In(left, right):
            yield from beside(left, right, lexicon)
            yield from beside(right, left, lexicon)
            yield from names_of(left, lexicon)
            yield from names_of(right, lexicon)
        case Quantify(_, collection, _, predicate):
            yield from names_of(collection, lexicon)
            yield from names_of(predicate, lexicon)
        case ListOf(items):
            for item in items:
                yield from names_of(item, lexicon)
        case _:
            return


def beside(named: Expression, other: Expression, lexicon: Lexicon) -> Iterator[Named]:
    """Texts beside a field whose values have names."""
    if not isinstance(named, Path):
        return
    kinds, of = family(named, lexicon)
    for text in other.items if isinstance(other, ListOf) else (other,):
        if kinds and isinstance(text, Literal) and isinstance(text.value, str):
            yield kinds, of, text.column


def family(path: Path, lexicon: Lexicon) -> tuple[tuple[str, ...], str]:
    """What kind of name the values of a field are, and of which attribute; () where they are none."""
    names = fixed_fields(path).get(path.field)
    if names is not None:
        return ((names.names,) if names.names else ()), ""
    attribute = attribute_of(path, lexicon)
    match attribute.kind if attribute else None:
        case ValueKind.CHOICE:
            return ("choice",), path.field
        case ValueKind.PLACE:
            return ("place",), ""
        case ValueKind.UNIT:
            return ("unit",), ""
        case _:
            return (), ""


def attribute_of(path: Path, lexicon: Lexicon) -> Attribute | None:
    """The attribute a path reads; None where it reads a fixed field."""
    return None if path.field in fixed_fields(path) else lexicon.attributes.get(path.field)


def fixed_fields(path: Path) -> Mapping[str, Type]:
    match path.base:
        case Variable("unit"):
            return UNIT_FIELDS
        case Variable("case"):
            return CASE_FIELDS
        case Variable("subject"):
            return {}
        case _:
            return EVENT_FIELDS
