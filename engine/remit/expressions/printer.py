"""Tree → text, canonical in either language; what is printed parses to the same tree."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal

from remit.model.expression import (
    And,
    Compare,
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
    Scalar,
    Size,
    Variable,
)

#: English → Chinese for the fixed words and the fields every condition knows.
CHINESE = {
    "&&": " 且 ", "||": " 或 ", "!": "非 ", "in": "属于", "has": "已知", "size": "数量", "exists": "存在", "all": "全部",
    "==": "＝", "!=": "≠", "<=": "≤", ">=": "≥", "true": "真", "false": "假", "date": "日期", "timestamp": "时刻", "duration": "时长",
    "event": "事件", "subject": "当事人", "unit": "单位", "case": "案件",
    "type": "类型", "at": "发生时间", "known_at": "知悉时间", "place": "地点", "by": "报告单位", "level": "层级", "roles": "角色",
}  # fmt: skip
#: What cannot stand between “ and ”, where nothing is escaped.
QUOTED = re.compile("[“”]")
#: How tightly each construct binds; operands that bind less are bracketed.
OR, AND, RELATION, SUM, PRODUCT, SIGN, MEMBER = range(7)


def show(tree: Expression, language: str = "en") -> str:
    """The condition as text, `zh` or `en`; labels of the vocabulary are used in Chinese where the checker found them."""
    return printed(tree, 0, zh=language == "zh")


def printed(node: Expression, outer: int, *, zh: bool) -> str:
    text, inner = spelled(node, zh=zh)
    return f"({text})" if inner < outer else text


def spelled(node: Expression, *, zh: bool) -> tuple[str, int]:  # noqa: C901, PLR0911 - one case a construct
    match node:
        case Literal(value, _, label):
            return literal(label.zh if label and zh and isinstance(value, str) else value, zh=zh), literal_rank(value)
        case Variable(name):
            return word(name, zh=zh), MEMBER
        case Path(base, field, _, _, _, label):
            name = label.zh if label and zh else word(field, zh=zh and isinstance(base, Variable) and label is None)
            if zh and field == "events":
                name = "事件"
            return f"{printed(base, MEMBER, zh=zh)}.{name}", MEMBER
        case Has(path):
            return f"{word('has', zh=zh)}({printed(path, OR, zh=zh)})", MEMBER
        case Size(operand):
            return f"{word('size', zh=zh)}({printed(operand, OR, zh=zh)})", MEMBER
        case ListOf(items):
            opening, between, closing = "【、】" if zh else ("[", ", ", "]")
            return opening + between.join(printed(item, OR, zh=zh) for item in items) + closing, MEMBER
        case Not(operand):
            return word("!", zh=zh) + printed(operand, SIGN, zh=zh), SIGN
        case Negate(operand):
            inner = printed(operand, SIGN, zh=zh)
            return (f"-({inner})" if isinstance(operand, Literal) else f"-{inner}"), SIGN
        case And(left, right):
            sign = word("&&", zh=True) if zh else " && "
            return printed(left, AND, zh=zh) + sign + printed(right, AND + 1, zh=zh), AND
        case Or(left, right):
            sign = word("||", zh=True) if zh else " || "
            return printed(left, OR, zh=zh) + sign + printed(right, OR + 1, zh=zh), OR
        case Compare(sign, left, right):
            return f"{printed(left, RELATION, zh=zh)} {word(sign, zh=zh)} {printed(right, SUM, zh=zh)}", RELATION
        case In(item, collection):
            return (
                f"{printed(item, RELATION, zh=zh)} {word('in', zh=zh)} {printed(collection, SUM, zh=zh)}",
                RELATION,
            )
        case Compute(sign, left, right):
            rank = SUM if sign in ("+", "-") else PRODUCT
            return f"{printed(left, rank, zh=zh)} {sign} {printed(right, rank + 1, zh=zh)}", rank
        case Quantify(macro, collection, variable, predicate):
            name = word("exists" if macro is Macro.EXISTS else "all", zh=zh)
            body = printed(predicate, OR, zh=zh)
            return f"{printed(collection, MEMBER, zh=zh)}.{name}({variable}, {body})", MEMBER


def literal(value: Scalar, *, zh: bool) -> str:
    match value:
        case bool():
            return word("true" if value else "false", zh=zh)
        case Decimal():
            text = format(value, "f")
            return text if "." in text else f"{text}.0"
        case int():
            return str(value)
        case datetime():
            return f'{word("timestamp", zh=zh)}("{value.isoformat()}")'
        case date():
            return f'{word("date", zh=zh)}("{value.isoformat()}")'
        case timedelta():
            return f'{word("duration", zh=zh)}("{length(value)}")'
        case str() if zh and value.isprintable() and not QUOTED.search(value):
            return f"“{value}”"
        case str():
            escaped = (
                value.replace("\\", "\\\\")
                .replace('"', '\\"')
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replace("\r", "\\r")
            )
            return f'"{escaped}"'


def literal_rank(value: Scalar) -> int:
    negative = isinstance(value, int | Decimal) and not isinstance(value, bool) and value < 0
    return SIGN if negative else MEMBER


def length(value: timedelta) -> str:
    """In the largest unit that divides it, milliseconds at the smallest.

    >>> length(timedelta(hours=36))
    '36h'
    """
    total = value // timedelta(milliseconds=1)
    sign, total = ("-", -total) if total < 0 else ("", total)
    for name, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if total % size == 0:
            return f"{sign}{total // size}{name}"
    return f"{sign}{total}ms"


def word(name: str, *, zh: bool) -> str:
    return CHINESE.get(name, name) if zh else name
