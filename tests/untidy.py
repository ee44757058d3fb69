"""YAML as hands write it: the same content in any order of keys, in brackets or not, quoted or not, with comments and blank lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml
from hypothesis import strategies as st

from remit.pack.yaml_reader import Mapping, Node, Scalar

Draw = Callable[..., Any]
WORDS = st.sampled_from(
    [
        "a", "b7", "责任单位", "由谁负责，何时负责", "x: y", "x #y", "# z", "- a", "'q'", '"q"', "it's", 'say "so"', "1", "1.50", "true", "no", "null", "~", "",
        "2024-05-06", "12:30", "[a]", "{a: b}", "a, b", "a]b", "?", "? a", "!x", "&x", "*x", "@x", "%x", "|", ">", "a:b", "a:", ":a", "a\\b", "\\",
        "“引”", "《办法》第三条", "【甲、乙】", "-", "--", "---x", "…", "非 事件.已停用", "x > 1 && y", "c:\\d", "a  b", "`x`", "=", "<<",
        "one\ntwo", "one\ntwo\n", "  deep\nless\n", "a\n\n\nb\n\n", "\nlate", "# no comment\n  - x\n", "一\n二：三\n", "t\tab",
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    ["id", "quote", "must", "bearer", "on", "by", "编号", "引文", "责任单位", "a b", "x.y", "1", "note", "inferred"]
)
TREES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=14,
)
COMMENTS = st.sampled_from(["# why", "#", "# 为什么：{a: b}", "# a # b", "#x", '# "quoted'])


def plain(node: Node) -> Any:
    match node:
        case Scalar(text):
            return text
        case Mapping(items):
            return {key.text: plain(value) for key, value in items}
        case _:
            return [plain(item) for item in node.items]


@st.composite
def untidy(draw: Draw, tree: Any) -> str:
    """One document that says what the tree says."""
    if isinstance(tree, str) or not tree or draw(st.integers(0, 5)) == 0:
        return above(draw, 0) + in_brackets(draw, tree) + draw(st.sampled_from(["", "  # end"])) + "\n"
    return above(draw, 0) + "\n".join(block(draw, tree, 0)) + "\n" + above(draw, 0)


def above(draw: Draw, column: int) -> str:
    """Perhaps some comments and blank lines."""
    lines = draw(st.lists(st.just("") | COMMENTS, max_size=3)) if draw(st.integers(0, 2)) == 0 else []
    return "".join(f"{' ' * column if line else ''}{line}\n" for line in lines)


def block(draw: Draw, tree: Any, column: int) -> list[str]:
    """The lines of a list or mapping that is not in brackets."""
    lines: list[str] = []
    step = draw(st.sampled_from([1, 2, 2, 4]))
    pairs = draw(st.permutations(list(tree.items()))) if isinstance(tree, dict) else [(None, member) for member in tree]
    for key, value in pairs:
        lines += above(draw, column).split("\n")[:-1]
        start = " " * column + (f"{scalar(draw, key, flow=False)}:" if key is not None else "-")
        nested = not isinstance(value, str) and value and draw(st.booleans())
        if isinstance(value, str) and "\n" in value.strip("\n") and draw(st.booleans()):
            lines += literal(draw, start, value, column + step)
        elif nested:
            lines += [start + remark(draw), *block(draw, value, column + step)]
        else:
            lines.append(f"{start}{' ' * draw(st.integers(1, 3))}{in_brackets(draw, value)}{remark(draw)}")
    return lines


def literal(draw: Draw, start: str, text: str, column: int) -> list[str]:
    """As `|`: with the sign for the end of the text, and the depth where the first line does not tell it."""
    body = text.rstrip("\n")
    ending = len(text) - len(body)
    sign = "-" if not ending else "" if ending == 1 else "+"
    depth = str(column - (len(start) - len(start.lstrip(" ")))) if text.startswith((" ", "\n")) else ""
    lines = [f"{' ' * column}{line}" if line else "" for line in body.split("\n")]
    return [f"{start} |{depth}{sign}{remark(draw)}", *lines, *[""] * (ending - 1 if sign == "+" else 0)]


def remark(draw: Draw) -> str:
    return f"  {draw(COMMENTS)}" if draw(st.integers(0, 4)) == 0 else ""


def in_brackets(draw: Draw, tree: Any) -> str:
    if isinstance(tree, str):
        return scalar(draw, tree, flow=True)
    blank = draw(st.sampled_from(["", " ", "  "]))
    if isinstance(tree, dict):
        pairs = draw(st.permutations(list(tree.items())))
        parts = [f"{scalar(draw, key, flow=True)}: {in_brackets(draw, value)}" for key, value in pairs]
        return f"{{{blank}{f',{blank} '.join(parts)}{blank}}}"
    return f"[{blank}{f' ,{blank}'.join(in_brackets(draw, member) for member in tree)}{blank}]"


def scalar(draw: Draw, text: str, *, flow: bool) -> str:
    """A value in one of the ways in which it may be written."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    ways = [f'"{escaped}"'] if "\n" in text or "\t" in text else ["'" + text.replace("'", "''") + "'", f'"{escaped}"']
    if (
        says(f"[{text}]" if flow else f"- {text}", text)
        and says(f"{{{text}: x}}" if flow else f"{text}: x", text)
        and text != "<<"
    ):
        ways += [text, text]
    return draw(st.sampled_from(ways))


def says(probe: str, text: str) -> bool:
    try:
        events = list(yaml.parse(probe, Loader=yaml.SafeLoader))
    except yaml.YAMLError:
        return False
    found = [e for e in events if isinstance(e, yaml.ScalarEvent)]
    return (
        bool(text)
        and "\n" not in text
        and bool(found)
        and found[0].value == text
        and len(events) == 6 + len(found)
        and len(found) < 3
    )
