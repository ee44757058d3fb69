"""The canonical form of a pack's YAML: keys in their order, one way to indent, to space and to quote. No word is changed.

What was written in brackets stays so where it fits in a line, and what was not stays open: which reads better, the author knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from unicodedata import east_asian_width

from remit.authoring.forms import FORMS, Either, Form, Items, Named, Ref, Shape
from remit.authoring.layout import Document, Group, Item, Leaf, laid_out
from remit.pack import dialect

#: Columns beyond which brackets are opened up; a Chinese character takes two.
WIDTH = 160
STEP = "  "
#: Begins with a letter or digit and holds no sign of YAML's: needs no quotes anywhere.
SAFE = re.compile(r"[^\W_](?:[\w./+()（）《》〔〕、。，；：“”—… -]*[\w./+()（）《》〔〕、。，；：“”—…-])?")


def canonical(text: str, shape: Shape | None) -> str:
    """The canonical form of the documents of a text that parses; `shape` is what each of them is.

    Raises:
        Unlaid: the text holds something that would be lost.
    """
    shown = [lines for document in laid_out(text) if (lines := list(of_document(document, shape)))]
    return "".join(
        f"{line}\n" for number, lines in enumerate(shown) for line in (*(("---",) if number else ()), *lines)
    )


def of_document(document: Document, shape: Shape | None) -> Iterator[str]:
    root = document.root
    if root is None:
        yield from ended(collapsed((*document.above, *document.below), first=True))
        return
    yield from collapsed(document.above, first=True)
    if isinstance(root, Leaf):
        yield from of_leaf("", root, "", remark(root.remark))
    else:
        fitted = fitting(shape, root)
        inline = bracketed(root, fitted)
        if inline is not None and width(inline) <= WIDTH:
            yield inline + remark(root.remark)
        else:
            yield from (text for text in (root.remark,) if text)
            yield from of_group(root, "", fitted)
    yield from ended(collapsed(document.below, first=False))


# --- lines -----------------------------------------------------------------------------------------


def of_group(group: Group, indent: str, shape: Shape | None) -> Iterator[str]:
    """A list or mapping, an item a line or more."""
    for number, item in enumerate(in_order(group, shape)):
        yield from indented(collapsed(item.above, first=number == 0), indent)
        value_shape = inner(shape, item)
        yield from (
            of_pair(item.key, item.value, indent, value_shape)
            if item.key
            else of_member(item.value, indent, value_shape)
        )
    yield from indented(ended(collapsed(group.tail, first=False)), indent)


def of_pair(key: Leaf, value: Leaf | Group, indent: str, shape: Shape | None) -> Iterator[str]:
    start = f"{indent}{one_line(key, flow=False) or key.lines[0]}:"
    remarks = [text for text in (key.remark, value.remark) if text]
    inline = bracketed(value, shape) if isinstance(value, Group) else None
    fits = inline is not None and width(f"{start} {inline}") <= WIDTH
    if (isinstance(value, Leaf) or fits) and len(remarks) > 1:
        yield indent + remarks.pop(0)
    if isinstance(value, Leaf):
        yield from of_leaf(f"{start} ", value, indent, remark(*remarks))
    elif fits:
        yield f"{start} {inline}{remark(*remarks)}"
    else:
        yield start + remark(*remarks[:1])
        yield from indented(remarks[1:], indent + STEP)
        yield from of_group(value, indent + STEP, shape)


def of_member(value: Leaf | Group, indent: str, shape: Shape | None) -> Iterator[str]:
    start = f"{indent}- "
    if isinstance(value, Leaf):
        yield from of_leaf(start, value, indent, remark(value.remark))
        return
    inline = bracketed(value, shape)
    if inline is not None and width(start + inline) <= WIDTH:
        yield start + inline + remark(value.remark)
        return
    first, *rest = in_order(value, shape)
    yield from indented((text for text in (value.remark, *first.above) if text), indent)
    bare = replace(value, items=[replace(first, above=()), *rest])
    line, *lines = of_group(bare, indent + STEP, shape)
    yield start + line.removeprefix(indent + STEP)
    yield from lines


def of_leaf(start: str, leaf: Leaf, indent: str, remarked: str) -> Iterator[str]:
    """A value after its key or dash; over several lines where it was written so and does not fit in one."""
    if leaf.style in ("|", ">"):
        yield from of_literal(start, leaf, indent + STEP, remarked)
        return
    line = one_line(leaf, flow=False)
    if line is not None and (len(leaf.lines) == 1 or width(start + line) <= WIDTH):
        yield (start + line if line else start.rstrip()) + remarked
        return
    first, *more = leaf.lines
    yield start + first
    yield from indented(more[:-1], indent + STEP)
    yield indent + STEP + more[-1] + remarked


def of_literal(start: str, leaf: Leaf, indent: str, remarked: str) -> Iterator[str]:
    """`|` and `>`: every line as it is, moved as a whole."""
    header, *lines = leaf.lines
    margin = leading(lines) - leading(leaf.text.split("\n"))
    yield start + re.sub(r"\d", str(len(STEP)), header) + remarked
    yield from (indent + line[margin:] if line.strip() else "" for line in lines)


def leading(lines: Sequence[str]) -> int:
    """The blanks before the first word."""
    return next((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), 0)


def collapsed(lines: Sequence[str], *, first: bool) -> list[str]:
    """No two blank lines together; none at the very beginning of a group."""
    return [line for number, line in enumerate(lines) if line or (lines[number - 1] if number else not first)]


def ended(lines: list[str]) -> list[str]:
    """Without a blank line at the end."""
    return lines[:-1] if lines and not lines[-1] else lines


def indented(lines: Iterable[str], indent: str) -> Iterator[str]:
    return (indent + line if line else "" for line in lines)


def remark(*texts: str) -> str:
    return "".join(f"  {text}" for text in texts if text)


def width(text: str) -> int:
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


# --- brackets and values -------------------------------------------------------------------------------


def bracketed(group: Group, shape: Shape | None) -> str | None:
    """In one line, in brackets; None where it was not written so, or a comment or a line break stands inside."""
    if not group.flow or any(group.tail):
        return None
    parts = []
    for item in in_order(group, shape):
        value, key = item.value, item.key
        if any(item.above) or value.remark or (key and key.remark):
            return None
        shown = one_line(value, flow=True) if isinstance(value, Leaf) else bracketed(value, inner(shape, item))
        if shown is None:
            return None
        parts.append(f"{one_line(key, flow=True)}: {shown}".rstrip() if key else shown)
    return f"{{{', '.join(parts)}}}" if group.keyed else f"[{', '.join(parts)}]"


def one_line(leaf: Leaf, *, flow: bool) -> str | None:
    """A value in one line: quoted where the author did, and where it must be. None where it has several."""
    text = leaf.text
    if leaf.style in ("|", ">") or (len(leaf.lines) > 1 and ("\n" in text or not text.isprintable())):
        return None
    if not leaf.style:
        return text if not text or is_plain(text, flow=flow) else quoted(text)
    if not text.isprintable():
        return leaf.lines[0]
    return quoted(text)


def quoted(text: str) -> str:
    """In double quotes; in single ones where the text holds what double ones would escape."""
    return f'"{text}"' if not set(text) & set('"\\') else "'" + text.replace("'", "''") + "'"


@cache
def is_plain(text: str, *, flow: bool) -> bool:
    """Whether a text says the same without quotes."""
    if SAFE.fullmatch(text):
        return True
    import yaml

    events = []
    try:
        for probe in (f"[{text}]", f"{{{text}: x}}") if flow else (f"- {text}", f"{text}: x"):
            events += list(yaml.parse(probe, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
    except yaml.YAMLError:
        return False
    return [e.value for e in events if isinstance(e, yaml.ScalarEvent)] == [text, text, "x"] and len(events) == LONE


#: Events of the two probes where the text is one plain value.
LONE = 7 + 8


# --- what a thing is -------------------------------------------------------------------------------------


def in_order(group: Group, shape: Shape | None) -> list[Item]:
    """The items by the canonical order of their keys; what the author names stays in the author's order."""
    form = FORMS[shape.form] if isinstance(shape, Ref) else None
    return sorted(group.items, key=lambda item: rank(item, form)) if form else group.items


def rank(item: Item, form: Form) -> int:
    name = dialect.key(item.key.text, form.place) if item.key else ""
    return order(form).get(name, len(form.keys))


def order(form: Form) -> dict[str, int]:
    return {name: number for number, name in enumerate(form.keys)}


def inner(shape: Shape | None, item: Item) -> Shape | None:
    """What an item's value is, where that decides the order of its keys."""
    match shape:
        case Ref(name):
            form = FORMS[name]
            written = dialect.key(item.key.text, form.place) if item.key else ""
            return fitting(form.keys.get(written, form.rest), item.value)
        case Named(of) | Items(of):
            return fitting(of, item.value)
        case _:
            return None


def fitting(shape: Shape | None, node: Leaf | Group) -> Shape | None:
    """Of several shapes, the one a group can have."""
    if isinstance(node, Leaf):
        return None
    match shape:
        case Either(shapes):
            return next((found for each in shapes if (found := fitting(each, node))), None)
        case Ref() | Named():
            return shape if node.keyed else None
        case Items():
            return None if node.keyed else shape
        case _:
            return None
