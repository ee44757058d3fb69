"""`remit fmt`: a file's text → its canonical form, held against the text it came from before anybody may write it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from remit.authoring.canonical import canonical
from remit.authoring.forms import Ref, Shape
from remit.authoring.layout import Unlaid, comments
from remit.errors import AuthoringError, Origin, PackError, RemitError
from remit.pack.yaml_reader import Mapping, Node, Scalar, read_documents

RULE = Ref("rule")


def format_yaml(text: str, file: str, shape: Shape | None, *, line: int = 0, column: int = 0) -> str:
    """The canonical form of a YAML text; of a text that stands inside a file, `line` and `column` say where.

    Raises:
        VocabularyError: it is not YAML, or not as remit reads it.
        AuthoringError: RM802, something in it would be lost.
    """
    before = read_documents(text, file, line=line, column=column)
    try:
        found = canonical(text, shape)
    except Unlaid as strange:
        at = Origin(file, strange.line + line, 1 + column)
        raise AuthoringError("RM802", "not-formatted", found=strange.sign, expected="plain YAML: values, lists, mappings and comments", origin=at) from None  # fmt: skip
    if found == text:
        return found
    try:
        same = alike(before, read_documents(found, file)) and comments(text) == comments(found)
    except RemitError:
        same = False
    if not same:
        raise AuthoringError("RM802", "not-formatted", found="a form that would not keep its meaning", expected="the same rules and comments afterwards", origin=Origin(file, line + 1, 1), hint="our own fault; the file is left as it is, please report it")  # fmt: skip
    return found


def format_markdown(text: str, file: str) -> str:
    """The chapter with its rule blocks in canonical form; every other character stays.

    Raises:
        PackError: rule blocks that do not parse, each with its place.
    """
    lines = text.split("\n")
    problems: list[RemitError] = []
    for block in reversed(list(rule_blocks(text, lines))):
        try:
            found = format_yaml(block.text, file, RULE, line=block.first, column=len(block.indent))
        except RemitError as problem:
            problems.append(problem)
            continue
        lines[block.first : block.end] = [block.indent + line if line else "" for line in found.split("\n")[:-1]]
    if problems:
        raise PackError(problems)
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """A fenced block: its text, its first line and the one past its last (0-based), and how far in the fence stands."""

    text: str
    first: int
    end: int
    indent: str


def rule_blocks(text: str, lines: list[str]) -> Iterator[RuleBlock]:
    from markdown_it import MarkdownIt

    for token in MarkdownIt("commonmark", {"html": False}).parse(text):
        if token.level or token.map is None or token.type != "fence" or token.info.strip() not in ("rule", "规则"):
            continue
        start, end = token.map
        closed = end - 1 > start and set(lines[end - 1].strip()) == set(token.markup[0])
        opening = lines[start]
        yield RuleBlock(
            token.content, start + 1, end - 1 if closed else end, opening[: len(opening) - len(opening.lstrip(" "))]
        )


def alike(some: tuple[Node, ...], others: tuple[Node, ...]) -> bool:
    """Whether two texts say the same; the order of keys says nothing."""
    return [meaning(node) for node in some] == [meaning(node) for node in others]


def meaning(node: Node) -> object:
    match node:
        case Scalar(text, _, is_quoted):
            return (text, is_quoted) if text == "" else text
        case Mapping(items):
            return {key.text: meaning(value) for key, value in items}
        case _:
            return [meaning(item) for item in node.items]
