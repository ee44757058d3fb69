"""An explanation as a picture: one self-contained SVG, the tree drawn from the left."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from unicodedata import east_asian_width

from remit.explain.text import line
from remit.model.explanation import Why
from remit.model.records import record

WIDTH, INDENT, LINE, PAD, GAP, MARGIN = 960, 30, 19, 9, 9, 24
COLUMN, ROOT_COLUMN = 7.1, 8.8  # width of one Latin letter at 13 px, and bold at 15; a Chinese sign takes two
DEEPEST = 18  # a long conjunction nests once a part; beyond this depth boxes move right no more
COLOURS = {
    "obligation": "#1f3a5f", "event": "#2f6f4f", "condition": "#7a5c00", "fact": "#a07a10", "exception": "#8a3b12",
    "quote": "#5b2a86", "route": "#0b6e8a", "edge": "#4a9cb5", "deadline": "#a3212b", "reading": "#c0564a",
    "discharge": "#4b5563", "status": "#374151", "question": "#b45309", "inferred": "#6b7280", "note": "#9ca3af",
}  # fmt: skip


@record
class Box:
    """One claim, placed."""

    why: Why
    lines: tuple[str, ...]
    x: int
    y: int
    height: int
    parent: int | None


def svg(why: Why, language: str) -> str:
    """The tree as SVG text in `language`. Deterministic; no script, no font, nothing fetched."""
    boxes = list(place(why, language))
    height = boxes[-1].y + boxes[-1].height + MARGIN
    title = escape(printable(why.claim.of(language)))
    body = [
        *(connector(boxes, box) for box in boxes if box.parent is not None),
        *(drawn(box) for box in boxes),
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" role="img">',
            f"<title>{title}</title>",
            (
                '<style>text{font:13px "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif;fill:#111827}'
                ".root{font-size:15px;font-weight:600;fill:#fff}.edge{stroke:#cbd5e1;fill:none;stroke-width:1.5}</style>"
            ),
            f'<rect width="{WIDTH}" height="{height}" fill="#f8fafc"/>',
            *body,
            "</svg>",
            "",
        ]
    )


def place(why: Why, language: str) -> Iterator[Box]:
    """Boxes from top to bottom, each under its parent and further right."""
    stack: list[tuple[Why, int, int | None]] = [(why, 0, None)]
    y, number = MARGIN, 0
    while stack:
        node, depth, parent = stack.pop()
        x = MARGIN + min(depth, DEEPEST) * INDENT
        column = ROOT_COLUMN if parent is None else COLUMN
        wrapped = tuple(wrap(printable(line(node, language)), int((WIDTH - MARGIN - x - 2 * PAD - 8) / column)))
        height = len(wrapped) * LINE + 2 * PAD
        yield Box(node, wrapped, x, y, height, parent)
        stack += [(child, depth + 1, number) for child in reversed(node.children)]
        y += height + GAP
        number += 1


def printable(text: str) -> str:
    """Without the signs that XML cannot hold, whoever reported them."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def wrap(text: str, columns: int) -> Iterator[str]:
    """Lines no wider than `columns`, a full-width sign taking two; broken at a blank where one is near.

    >>> list(wrap("一二三 abc", 7))
    ['一二三', 'abc']
    """
    current, used = "", 0
    for sign in text:
        width = 2 if east_asian_width(sign) in "WF" else 1
        if used + width > columns:
            cut = current.rfind(" ")
            head, tail = (current[:cut], current[cut + 1 :]) if cut > len(current) // 2 else (current, "")
            yield head.rstrip()
            current, used = tail, sum(2 if east_asian_width(s) in "WF" else 1 for s in tail)
        current, used = current + sign, used + width
    yield current.strip()


def connector(boxes: list[Box], box: Box) -> str:
    above = boxes[box.parent or 0]
    x, y = above.x + INDENT // 2, box.y + box.height // 2
    return f'<path class="edge" d="M{x} {above.y + above.height}V{y}H{box.x}"/>'


def drawn(box: Box) -> str:
    colour = COLOURS.get(box.why.kind, "#6b7280")
    root = box.parent is None
    width = WIDTH - MARGIN - box.x
    fill = colour if root else "#ffffff"
    rows = "".join(
        f'<text class="{"root" if root else "claim"}" x="{box.x + PAD + 6}" y="{box.y + PAD + LINE * (n + 1) - 5}">{escape(row)}</text>'
        for n, row in enumerate(box.lines)
    )
    return (
        f'<rect x="{box.x}" y="{box.y}" width="{width}" height="{box.height}" rx="5" fill="{fill}" stroke="#e2e8f0"/>'
        f'<rect x="{box.x}" y="{box.y}" width="5" height="{box.height}" rx="2" fill="{colour}"/>{rows}'
    )
