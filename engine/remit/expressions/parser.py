"""Text → tree, by a lark grammar over the tokens of the lexicon. Precedence and association are CEL's."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from remit.errors import ExpressionError, Origin
from remit.expressions.lexicon import FIXED, MAX_OPERATORS, Lexicon, Word, located, within_bounds
from remit.expressions.literals import DAY, LENGTH, MOMENT, PART, UNITS
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
    Macro,
    Negate,
    Not,
    Or,
    Path,
    Quantify,
    Size,
    Variable,
)

if TYPE_CHECKING:
    from lark import Lark, Token

GRAMMAR = """
?start: either
?either: both | either OR both                          -> either
?both: relation | both AND relation                     -> both
?relation: sum | relation (EQ|NE|LT|LE|GT|GE) sum        -> compare
         | relation IN sum                               -> within
?sum: product | sum (PLUS|MINUS) product                 -> compute
?product: sign | product (STAR|SLASH|PERCENT) sign       -> compute
?sign: member | NOT sign                                 -> negation
     | MINUS sign                                        -> minus
?member: primary
       | member DOT (NAME|SIZE|EXISTS|ALL|HAS|DATE|TIME|DURATION) -> field
       | member DOT (EXISTS|ALL) LPAR NAME COMMA either RPAR  -> method
       | member DOT SIZE LPAR RPAR                       -> size_of
?primary: LPAR either RPAR                               -> group
        | LSQB [either (COMMA either)* [COMMA]] RSQB     -> items
        | NAME                                           -> name
        | (TRUE|FALSE)                                   -> truth
        | INT                                            -> whole
        | DECIMAL                                        -> decimal
        | STRING                                         -> text
        | HAS LPAR member RPAR                           -> has
        | SIZE LPAR either RPAR                          -> size
        | (EXISTS|ALL) LPAR either COMMA NAME COMMA either RPAR -> function
        | DATE LPAR STRING RPAR                          -> day
        | TIME LPAR STRING RPAR                          -> moment
        | DURATION LPAR STRING RPAR                      -> length
%declare OR AND EQ NE LT LE GT GE IN PLUS MINUS STAR SLASH PERCENT NOT DOT NAME EXISTS ALL LPAR RPAR COMMA
%declare SIZE LSQB RSQB TRUE FALSE INT DECIMAL STRING HAS DATE TIME DURATION
"""
COMPARISONS = {"EQ": "==", "NE": "!=", "LT": "<", "LE": "<=", "GT": ">", "GE": ">="}
OPERATORS = {"PLUS": "+", "MINUS": "-", "STAR": "*", "SLASH": "/", "PERCENT": "%"}
OPERATOR_WORDS = frozenset({"AND", "OR", "NOT", "IN", "DOT", *COMPARISONS, *OPERATORS})
INT64 = 2**63


def parse(text: str, lexicon: Lexicon, origin: Origin = Origin()) -> Expression:
    """Read a condition.

    Raises:
        ExpressionError: RM301 unknown sign, RM302 open string, RM303 wrong order of words, RM304 unknown or
            ambiguous word, RM308 a literal that cannot be, RM309 too long, too deep or too many nodes.
    """
    from lark.exceptions import UnexpectedInput

    within_bounds(text, origin)
    words = list(lexicon.tokens(text, origin))
    few_enough(text, words, origin)
    try:
        tree = grammar().parse(words)
        built = Builder(text, lexicon, origin).transform(tree)
    except UnexpectedInput as wrong:
        raise misplaced(text, words, wrong, origin) from None
    found: Expression = built
    return found


@cache
def grammar() -> Lark:
    from lark import Lark, Token
    from lark.lexer import Lexer

    class Words(Lexer):
        """Hands the lexicon's words to the grammar."""

        def __init__(self, _conf: Any) -> None:
            pass

        def lex(self, data: Any) -> Iterator[Token]:  # type: ignore[override]  # lark calls a basic lexer with the state alone
            words: list[Word] = data.text if hasattr(data, "text") else data
            for number, word in enumerate(words):
                yield Token(word.type, word.value, start_pos=number, line=1, column=word.column)

    return Lark(GRAMMAR, parser="lalr", lexer=Words, maybe_placeholders=False)


def misplaced(text: str, words: list[Word], wrong: Any, origin: Origin) -> ExpressionError:
    """A word where another was expected."""
    token: Any = getattr(wrong, "token", None)
    at_end = token is None or token.type == "$END"
    at = len(text) if at_end else token.column - 1
    found = "the end" if at_end else words[token.start_pos].written
    accepted: set[str] = set(getattr(wrong, "accepts", None) or getattr(wrong, "expected", None) or ())
    expected = "a value, a name or `(`" if "NAME" in accepted else "an operator, `)` or the end"
    return located("RM303", "misplaced-word", text, at, origin, found, expected)


def few_enough(text: str, words: list[Word], origin: Origin) -> None:
    """Each operator may deepen the tree by one; their number bounds every recursion over it."""
    operators = [word for word in words if word.type in OPERATOR_WORDS]
    if len(operators) > MAX_OPERATORS:
        at = operators[MAX_OPERATORS].column - 1
        raise located(
            "RM309",
            "too-large",
            text,
            at,
            origin,
            f"{len(operators)} operators",
            f"at most {MAX_OPERATORS}",
        )


class Builder:
    """The grammar's tree → ours. Names are resolved here, because only the place of a word says what it may be."""

    def __init__(self, text: str, lexicon: Lexicon, origin: Origin) -> None:
        self.text, self.lexicon, self.origin = text, lexicon, origin

    def transform(self, tree: Any) -> Any:
        """Bottom up; each rule of the grammar is a method of its name."""
        if not hasattr(tree, "data"):
            return tree
        children = [self.transform(child) for child in tree.children]
        return getattr(self, f"on_{tree.data}")(*children)

    def fail(
        self,
        code: str,
        slug: str,
        token: Token,
        expected: str,
        valid: Iterator[str] | tuple[str, ...] = (),
    ) -> ExpressionError:
        return located(code, slug, self.text, (token.column or 1) - 1, self.origin, str(token), expected, valid)

    def on_either(self, left: Expression, sign: Token, right: Expression) -> Expression:
        return Or(left, right, sign.column or 0)

    def on_both(self, left: Expression, sign: Token, right: Expression) -> Expression:
        return And(left, right, sign.column or 0)

    def on_compare(self, left: Expression, sign: Token, right: Expression) -> Expression:
        return Compare(Comparison(COMPARISONS[sign.type]), left, right, sign.column or 0)

    def on_within(self, left: Expression, sign: Token, right: Expression) -> Expression:
        return In(left, right, sign.column or 0)

    def on_compute(self, left: Expression, sign: Token, right: Expression) -> Expression:
        return Compute(Arithmetic(OPERATORS[sign.type]), left, right, sign.column or 0)

    def on_negation(self, sign: Token, operand: Expression) -> Expression:
        return Not(operand, sign.column or 0)

    def on_minus(self, sign: Token, operand: Expression) -> Expression:
        match operand:
            case Literal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) and value > 0:
                return Literal(-value, sign.column or 0)
            case _:
                return Negate(operand, sign.column or 0)

    def on_field(self, base: Expression, _dot: Token, word: Token) -> Expression:
        return Path(base, self.field(base, word), word.column or 0)

    def field(self, base: Expression, word: Token) -> str:
        """The canonical name of a field: of the case, a fixed one; else an attribute, or a fixed one."""
        written = str(word)
        if base == Variable("case") and FIXED.get(written) in ("event", "events", "id"):
            return "id" if FIXED[written] == "id" else "events"
        meant = self.lexicon.names.get(written, ())
        if base == Variable("unit") or (not meant and written in FIXED):
            return FIXED.get(written, written)
        if len(meant) > 1:
            raise self.fail("RM304", "ambiguous-word", word, f"one of {', '.join(meant)}")
        if not meant:
            known = (*self.lexicon.names, *FIXED)
            raise self.fail("RM304", "unknown-word", word, "an attribute of facts/attributes.yaml", known)
        return meant[0]

    def on_method(
        self,
        base: Expression,
        _dot: Token,
        macro: Token,
        _l: Token,
        name: Token,
        _c: Token,
        body: Expression,
        _r: Token,
    ) -> Expression:
        return Quantify(
            Macro.EXISTS if macro.type == "EXISTS" else Macro.ALL,
            base,
            self.fresh(name),
            body,
            macro.column or 0,
        )

    def on_function(
        self,
        macro: Token,
        _l: Token,
        base: Expression,
        _c: Token,
        name: Token,
        _d: Token,
        body: Expression,
        _r: Token,
    ) -> Expression:
        return Quantify(
            Macro.EXISTS if macro.type == "EXISTS" else Macro.ALL,
            base,
            self.fresh(name),
            body,
            macro.column or 0,
        )

    def fresh(self, name: Token) -> str:
        """A variable must be a new word, so that nobody takes it for a fact."""
        if str(name) in FIXED or str(name) in self.lexicon.names:
            raise self.fail("RM304", "name-taken", name, "a new name, one the vocabulary does not use")
        return str(name)

    def on_size_of(self, base: Expression, _dot: Token, word: Token, *_: Token) -> Expression:
        return Size(base, word.column or 0)

    def on_size(self, word: Token, _l: Token, operand: Expression, _r: Token) -> Expression:
        return Size(operand, word.column or 0)

    def on_has(self, word: Token, _l: Token, path: Expression, _r: Token) -> Expression:
        if not isinstance(path, Path):
            raise self.fail("RM303", "misplaced-word", word, "a field inside has(), as in has(event.x)")
        return Has(path, word.column or 0)

    def on_group(self, _l: Token, inner: Expression, _r: Token) -> Expression:
        return inner

    def on_items(self, opening: Token, *inner: Any) -> Expression:
        kept = tuple(i for i in inner if not (hasattr(i, "type") and i.type in ("COMMA", "RSQB")))
        return ListOf(kept, opening.column or 0)

    def on_name(self, word: Token) -> Expression:
        return Variable(FIXED.get(str(word), str(word)), word.column or 0)

    def on_truth(self, word: Token) -> Expression:
        return Literal(word.type == "TRUE", word.column or 0)

    def on_whole(self, word: Token) -> Expression:
        value = int(word)
        if value > INT64:
            raise self.fail("RM308", "impossible-literal", word, "a number of at most 64 bits")
        return Literal(value, word.column or 0)

    def on_decimal(self, word: Token) -> Expression:
        return Literal(Decimal(word), word.column or 0)

    def on_text(self, word: Token) -> Expression:
        return Literal(str(word), word.column or 0)

    def on_day(self, word: Token, _l: Token, value: Token, _r: Token) -> Expression:
        try:
            return Literal(date.fromisoformat(value if DAY.fullmatch(value) else ""), word.column or 0)
        except ValueError:
            raise self.fail("RM308", "impossible-literal", value, "a day such as 2024-05-06") from None

    def on_moment(self, word: Token, _l: Token, value: Token, _r: Token) -> Expression:
        try:
            return Literal(datetime.fromisoformat(value if MOMENT.fullmatch(value) else ""), word.column or 0)
        except ValueError:
            raise self.fail(
                "RM308",
                "impossible-literal",
                value,
                "a moment with a zone, such as 2024-05-06T08:00:00+08:00",
            ) from None

    def on_length(self, word: Token, _l: Token, value: Token, _r: Token) -> Expression:
        if not LENGTH.fullmatch(value):
            raise self.fail("RM308", "impossible-literal", value, "a length such as 72h, 1h30m or 3d")
        seconds = sum((Decimal(n) * UNITS[u] for n, u in PART.findall(value)), Decimal())
        try:
            length = timedelta(seconds=float(-seconds if value.startswith("-") else seconds))
        except OverflowError:
            raise self.fail("RM308", "impossible-literal", value, "a length that can be reckoned with") from None
        return Literal(length, word.column or 0)
