"""How many duties each unit gains, loses or sees changed, as bars: of text for a terminal, of SVG for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from remit.comparison.impact import Impact
from remit.model.text import Text

#: The parts of a bar, from left to right: how each is called, its sign in text, and its colour.
PARTS: Mapping[str, tuple[Text, str, str]] = {
    "appears": (Text("新增", "appear"), "█", "#1b6ca8"),
    "moves here": (Text("移入", "move here"), "▓", "#5aa9e6"),
    "shifts": (Text("期限变动", "shift"), "▒", "#c98a00"),
    "changes": (Text("状态变动", "change"), "░", "#7a7a7a"),
    "moves away": (Text("移出", "move away"), "▚", "#e08b8b"),
    "vanishes": (Text("消失", "vanish"), "▞", "#a8321b"),
}
WIDTH = 40
ROW, LEFT, BAR, RIGHT = 26, 260, 420, 60


@dataclass(frozen=True, slots=True)
class Bar:
    """One unit's bar: its label, and how many of each part."""

    label: Text
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def bars(impact: Impact, labels: Mapping[str, Text]) -> tuple[Bar, ...]:
    """A bar for each unit, the longest first."""
    return tuple(
        Bar(labels.get(unit, Text(unit, unit)), {part: counts[part] for part in PARTS if counts[part]})
        for unit, counts in impact.units.items()
    )


def as_text(rows: Sequence[Bar], language: str) -> list[str]:
    """A line a unit, and one that says what the signs mean."""
    if not rows:
        return []
    most = max(row.total for row in rows)
    unit = max(1, -(-most // WIDTH))
    lines = []
    for row in rows:
        bar = "".join(PARTS[part][1] * -(-count // unit) for part, count in row.counts.items())
        numbers = ", ".join(f"{PARTS[part][0].of(language)} {count}" for part, count in row.counts.items())
        lines.append(f"{bar} {row.label.of(language)}: {numbers}")
    used = [part for part in PARTS if any(part in row.counts for row in rows)]
    key = "  ".join(f"{PARTS[part][1]} {PARTS[part][0].of(language)}" for part in used)
    return [*lines, key]


def as_svg(rows: Sequence[Bar], language: str, title: str) -> str:
    """A picture with a text for those who cannot see it."""
    most = max((row.total for row in rows), default=1)
    height = ROW * len(rows) + 34
    told = "; ".join(f"{row.label.of(language)} {row.total}" for row in rows)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + BAR + RIGHT} {height}" role="img" aria-label="{escape(title)}: {escape(told)}">']  # fmt: skip
    for number, row in enumerate(rows):
        y, x = number * ROW, float(LEFT)
        out.append(f'<text x="{LEFT - 10}" y="{y + 17}" text-anchor="end">{escape(row.label.of(language))}</text>')
        for part, count in row.counts.items():
            width = BAR * count / most
            name = PARTS[part][0].of(language)
            out.append(f'<rect x="{x:.1f}" y="{y + 4}" width="{width:.1f}" height="{ROW - 8}" fill="{PARTS[part][2]}"><title>{escape(name)} {count}</title></rect>')  # fmt: skip
            x += width
        out.append(f'<text x="{x + 6:.1f}" y="{y + 17}">{row.total}</text>')
    x = 0.0
    for part in [part for part in PARTS if any(part in row.counts for row in rows)]:
        called, _, colour = PARTS[part]
        out.append(f'<rect x="{x:.0f}" y="{height - 18}" width="12" height="12" fill="{colour}"/><text x="{x + 18:.0f}" y="{height - 8}">{escape(called.of(language))}</text>')  # fmt: skip
        x += 120
    return "\n".join([*out, "</svg>"])
