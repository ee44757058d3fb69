"""Plots as SVG, drawn from the last run. Colours follow the reader's light or dark theme; remit is in colour, peers are grey."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from math import log10

STYLE = """<style>
text { font: 13px system-ui, "Noto Sans", sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 } .note, .tick { fill: #59636e; font-size: 12px }
.grid { stroke: #d1d9e0; stroke-width: 1 } .peer { stroke: #818b98; fill: #818b98 } .submit { stroke: #0969da; fill: #0969da }
.match { stroke: #1a7f37; fill: #1a7f37 } path { fill: none !important; stroke-width: 2 } rect, circle { stroke: none !important }
text.peer { fill: #59636e; stroke: none } text.submit { fill: #0969da; stroke: none } text.match { fill: #1a7f37; stroke: none }
.paper { fill: #ffffff }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .note, .tick, text.peer { fill: #9198a1 } .grid { stroke: #3d444d } .paper { fill: #0d1117 }
.submit, text.submit { fill: #58a6ff } .submit { stroke: #58a6ff } .match, text.match { fill: #3fb950 } .match { stroke: #3fb950 }
}
</style>"""
WIDTH = 900
#: (label, class, value, what is written behind the bar)
Bar = tuple[str, str, float, str]
#: (label, class, points)
Line = tuple[str, str, Sequence[tuple[float, float]]]


def drawing(height: int, title: str, note: str, body: str) -> str:
    """A page with a heading and a line that says what is seen."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">\n'
        f'{STYLE}\n<rect class="paper" width="{WIDTH}" height="{height}" rx="6"/>\n'
        f'<text class="title" x="20" y="28">{escape(title)}</text>\n<text class="note" x="20" y="48">{escape(note)}</text>\n'
        f"{body}\n</svg>\n"
    )


def bars(title: str, note: str, members: Sequence[Bar]) -> str:
    """Bars on a scale of powers of ten, longest value first."""
    left, top, step, right = 270, 66, 28, WIDTH - 90
    ordered = sorted(members, key=lambda bar: -bar[2])
    low, high = decades([bar[2] for bar in ordered])
    bottom = top + step * len(ordered)

    def x(value: float) -> float:
        return left + (log10(value) - low) / (high - low) * (right - left)

    body = [
        f'<path class="grid" d="M{x(10.0**n):.1f} {top} V{bottom}"/>'
        f'<text class="tick" x="{x(10.0**n):.1f}" y="{bottom + 18}" text-anchor="middle">{short(10.0**n)}</text>'
        for n in range(low, high + 1)
    ]
    for place, (label, kind, value, behind) in enumerate(ordered):
        y = top + step * place
        body.append(
            f'<text x="{left - 10}" y="{y + 18}" text-anchor="end">{escape(label)}</text>'
            f'<rect class="{kind}" x="{left}" y="{y + 5}" width="{max(1, x(value) - left):.1f}" height="{step - 10}" rx="2"/>'
            f'<text class="{kind}" x="{x(value) + 8:.1f}" y="{y + 18}">{escape(behind)}</text>'
        )
    return drawing(bottom + 32, title, note, "\n".join(body))


def lines(title: str, note: str, members: Sequence[Line], across: str) -> str:
    """Lines on two scales of powers of ten, each named at its end."""
    left, top, right, bottom = 60, 66, WIDTH - 260, 460
    xs = [x for _, _, points in members for x, _ in points]
    ys = [y for _, _, points in members for _, y in points]
    low, high = decades(ys)
    near, far = decades(xs)

    def x(value: float) -> float:
        return left + (log10(value) - near) / (far - near) * (right - left)

    def y(value: float) -> float:
        return bottom - (log10(value) - low) / (high - low) * (bottom - top)

    body = [
        f'<path class="grid" d="M{left} {y(10.0**n):.1f} H{right}"/>'
        f'<text class="tick" x="{left - 8}" y="{y(10.0**n) + 4:.1f}" text-anchor="end">{short(10.0**n)}</text>'
        for n in range(low, high + 1)
    ]
    body += [
        f'<text class="tick" x="{x(10.0**n):.1f}" y="{bottom + 20}" text-anchor="middle">{short(10.0**n)}</text>'
        for n in range(near, far + 1)
    ]
    body.append(
        f'<text class="note" x="{(left + right) / 2}" y="{bottom + 40}" text-anchor="middle">{escape(across)}</text>'
    )
    ends = apart({n: y(points[-1][1]) for n, (_, _, points) in enumerate(members)})
    for n, (label, kind, points) in enumerate(members):
        told = [(x(a), y(b)) for a, b in points]
        path = " L".join(f"{a:.1f} {b:.1f}" for a, b in told)
        (end, height) = told[-1]
        body.append(f'<path class="{kind}" d="M{path}"/>')
        body += [f'<circle class="{kind}" cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in told]
        body.append(f'<path class="grid" d="M{end + 5:.1f} {height:.1f} L{right + 16} {ends[n]:.1f}"/>')
        body.append(f'<text class="{kind}" x="{right + 20}" y="{ends[n] + 4:.1f}">{escape(label)}</text>')
    return drawing(bottom + 56, title, note, "\n".join(body))


def apart(wanted: Mapping[int, float], gap: float = 17) -> dict[int, float]:
    """The same heights, moved as little as keeps the labels legible."""
    placed: dict[int, float] = {}
    last = float("-inf")
    for key, height in sorted(wanted.items(), key=lambda member: member[1]):
        placed[key] = last = max(height, last + gap)
    return placed


def decades(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around all values, at least one apart."""
    low, high = int(log10(min(values)) // 1), int(-(-log10(max(values)) // 1))
    return low, max(high, low + 1)


def short(value: float) -> str:
    """3 digits and a letter."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.3g}"


def kind_of(side: str) -> str:
    """The class of a side: `submit`, `match` or `peer`."""
    return side.partition("_")[0] if side.startswith(("submit_", "match_")) else "peer"


def plots(rows: Sequence[Mapping[str, object]], labels: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The name and the text of each drawing."""
    timed = [row for row in rows if row["us"]]

    def rules(row: Mapping[str, object]) -> int:
        return row["sizes"]["rules"]  # type: ignore[index, no-any-return]

    def rate(row: Mapping[str, object]) -> float:
        us = sorted(row["us"])  # type: ignore[call-overload]
        return 1e6 / float(us[len(us) // 2])

    note = "Events a second, one stream, 200 open cases. Whole submit does far more than matching; both are labelled."
    at = max((rules(row) for row in timed if rules(row) <= 1000), default=0)
    chosen = [row for row in timed if rules(row) == at]
    named = [(labels[str(r["side"])], kind_of(str(r["side"])), rate(r), short(rate(r))) for r in chosen]
    if named:
        yield "peers", bars(f"{at:,} rules, one event after another", note, named)
    curves = []
    for side, label in labels.items():
        points = sorted((rules(row), rate(row)) for row in timed if row["side"] == side)
        if points:
            curves.append((label, kind_of(side), points))
    if curves:
        yield "rules", lines("Events a second as rules grow", note, curves, "rules")
    held = [
        (labels[str(r["side"])], kind_of(str(r["side"])), float(r["case_bytes"]), short(float(r["case_bytes"])) + "B")  # type: ignore[arg-type]
        for r in chosen
        if (r["case_bytes"] or 0) > 1  # type: ignore[operator]
    ]
    if held:
        yield (
            "memory",
            bars(f"Memory of an open case, {at:,} rules", "Bytes a case with its 3.5 facts, 200 cases told.", held),
        )
