"""The condition language as a tree: one frozen class per construct, and nothing else.

The tree is closed: parser, printer, checker, evaluator and matchers are total functions over it.
Every node carries the column (1-based, in characters of the expression's own text) where it begins.
After checking, a `Path` also knows the type of what it reads and what its absence means.
"""

from __future__ import annotations

from dataclasses import field as attribute
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from remit.model.records import record
from remit.model.terms import ValueKind
from remit.model.text import Text

Scalar = bool | int | Decimal | str | date | datetime | timedelta
Value = Scalar | tuple["Value", ...]


class Unknown:
    """The third truth value, and the value of a fact nobody has stated. There is one: `UNKNOWN`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        msg = "unknown is neither true nor false; compare with `is`"
        raise TypeError(msg)


UNKNOWN = Unknown()


class Comparison(StrEnum):
    EQ = "=="
    NE = "!="
    LT = "<"
    LE = "<="
    GT = ">"
    GE = ">="


class Arithmetic(StrEnum):
    ADD = "+"
    SUB = "-"
    MUL = "*"
    DIV = "/"
    MOD = "%"


class Macro(StrEnum):
    EXISTS = "exists"
    ALL = "all"


@record
class Literal:
    """A constant. Lists are `ListOf`. `label` is its name for people, where the vocabulary has one."""

    value: Scalar
    column: int = attribute(default=0, compare=False)
    label: Text | None = attribute(default=None, compare=False)


@record
class ListOf:
    items: tuple[Expression, ...]
    column: int = attribute(default=0, compare=False)


@record
class Variable:
    """A name bound by a macro, or a root (`event`, `subject`, `unit`, `case`)."""

    name: str
    column: int = attribute(default=0, compare=False)


@record
class Path:
    """A field read from something: `event.age_days`.

    `absent` is what the vocabulary says absence means (`absent_means`), or None for unknown.
    `kind` and `label` are None until the checker has been there.
    """

    base: Expression
    field: str
    column: int = attribute(default=0, compare=False)
    kind: ValueKind | None = attribute(default=None, compare=False)
    absent: Scalar | None = None
    label: Text | None = attribute(default=None, compare=False)


@record
class Has:
    """`has(event.age_days)`: whether the fact has been stated; never unknown."""

    path: Path
    column: int = attribute(default=0, compare=False)


@record
class Size:
    operand: Expression
    column: int = attribute(default=0, compare=False)


@record
class Not:
    operand: Expression
    column: int = attribute(default=0, compare=False)


@record
class Negate:
    operand: Expression
    column: int = attribute(default=0, compare=False)


@record
class And:
    left: Expression
    right: Expression
    column: int = attribute(default=0, compare=False)


@record
class Or:
    left: Expression
    right: Expression
    column: int = attribute(default=0, compare=False)


@record
class Compare:
    operator: Comparison
    left: Expression
    right: Expression
    column: int = attribute(default=0, compare=False)


@record
class In:
    item: Expression
    collection: Expression
    column: int = attribute(default=0, compare=False)


@record
class Compute:
    operator: Arithmetic
    left: Expression
    right: Expression
    column: int = attribute(default=0, compare=False)


@record
class Quantify:
    """`xs.exists(x, p)` or `xs.all(x, p)`."""

    macro: Macro
    collection: Expression
    variable: str
    predicate: Expression
    column: int = attribute(default=0, compare=False)


Expression = (
    Literal | ListOf | Variable | Path | Has | Size | Not | Negate | And | Or | Compare | In | Compute | Quantify
)
