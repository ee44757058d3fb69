"""The tables and plots of the last run, put into `docs/performance.md` between its markers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from plots import plots, short
from sides import SIDES

MARKED = re.compile(r"(<!-- bench: begin[^\n]*-->\n).*?(<!-- bench: end -->)", re.DOTALL)
WORDS = {"aim": "aim reached", "floor": "floor held", "no": "**not reached**", None: "not taken"}


def write_report(latest: Mapping[str, Any], docs: Path) -> None:
    """Tables between the markers, drawings in `performance/`."""
    page = docs / "performance.md"
    page.write_text(marked(page.read_text("utf-8"), latest), "utf-8")
    drawings = docs / "performance"
    drawings.mkdir(exist_ok=True)
    for name, drawn in plots(latest["engines"], {side.name: side.label for side in SIDES}):
        (drawings / f"{name}.svg").write_text(drawn, "utf-8")


def marked(text: str, latest: Mapping[str, Any]) -> str:
    """The page with this run's tables in it."""
    return MARKED.sub(lambda found: found[1] + "\n" + tables(latest) + "\n" + found[2], text)


def tables(latest: Mapping[str, Any]) -> str:
    parts = [
        about(latest),
        "### Goals\n",
        goals(latest["figures"]),
        "### Every engine\n",
        "![Events a second at 1,000 rules](performance/peers.svg)\n\n![Events a second as rules grow](performance/rules.svg)\n",
        engines(latest["engines"]),
        "### Latency, memory, compiling\n",
        "![Memory of an open case](performance/memory.svg)\n",
        details(latest["engines"]),
    ]
    return "\n".join(parts)


def about(latest: Mapping[str, Any]) -> str:
    on, named = latest["machine"], latest["versions"]
    told = ", ".join(f"{name} {number}" for name, number in named.items())
    load = f"load {on['load'][0]:g} at its start"
    quick = " This was a quick run: few rounds, small sizes." if latest["quick"] else ""
    return (
        f"{on['cpu']}, {on['cores']} cores, {on['memory_gb']} GB, {on['system']}, Python {on['python']}, {load}, "
        f"{latest['minutes']} minutes. Versions: {told}.{quick}\n"
    )


def goals(figures: Mapping[str, Mapping[str, Any]]) -> str:
    rows = ["| | value | spread | floor | aim | | at |", "|---|---|---|---|---|---|---|"]
    for name, figure in figures.items():
        unit = figure["unit"]
        value = "–" if figure["value"] is None else f"**{digits(figure['value'])}{unit}**"
        spread = "" if figure["low"] is None else f"{digits(figure['low'])}–{digits(figure['high'])}"
        sign = "≥" if figure["better"] == "more" else "≤"
        at = figure["at"] if figure["reason"] is None else plain(figure["reason"])
        rows.append(
            f"| {figure['title']} (`{name}`) | {value} | {spread} | {sign} {figure['floor']:g}{unit} | {sign} {figure['aim']:g}{unit} "
            f"| {WORDS[figure['reached']]} | {at} |"
        )
    return "\n".join(rows) + "\n"


def engines(rows: Sequence[Mapping[str, Any]]) -> str:
    """Events a second by number of rules, and the ratio to durable_rules' public API."""
    sizes = sorted({row["sizes"]["rules"] for row in rows})
    found = {(row["side"], row["sizes"]["rules"]): row for row in rows}
    written = [
        "| events a second (against durable_rules' API) | " + " | ".join(f"{size:,} rules" for size in sizes) + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    for side in SIDES:
        cells = [cell(found.get((side.name, size)), found.get(("durable_api", size))) for size in sizes]
        written.append(f"| {side.label} | " + " | ".join(cells) + " |")
    reasons = list(why(rows))
    return "\n".join([*written, "", *reasons]) + "\n"


def cell(row: Mapping[str, Any] | None, base: Mapping[str, Any] | None) -> str:
    if row is None or not row["us"]:
        return "–"
    us = median(row["us"])
    against = f" ({digits(median(base['us']) / us)}×)" if base is not None and base["us"] else ""
    return short(1e6 / us) + against


def why(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each engine with a gap."""
    for side in SIDES:
        gaps: dict[str, list[str]] = {}
        for row in rows:
            if row["side"] == side.name and row["failed"]:
                gaps.setdefault(row["failed"], []).append(f"{row['sizes']['rules']:,}")
        for reason, sizes in gaps.items():
            yield f"* {side.label}, {', '.join(sizes)} rules: {plain(reason)}"


def details(rows: Sequence[Mapping[str, Any]]) -> str:
    at = max((row["sizes"]["rules"] for row in rows if row["sizes"]["rules"] <= 1000), default=0)
    written = [
        f"| {at:,} rules | median / 99 % of an event | load the rules | bytes an open case |",
        "|---|---|---|---|",
    ]
    labels = {side.name: side.label for side in SIDES}
    for row in rows:
        if row["sizes"]["rules"] == at and row["us"]:
            times = f"{digits(row['p50_us'])} / {digits(row['p99_us'])} µs" if row["p50_us"] else "–"
            written.append(
                f"| {labels[row['side']]} | {times} | {digits(row['compile_s'])} s | {short(max(0, row['case_bytes']))} |"
            )
    return "\n".join(written) + "\n"


def digits(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def plain(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")
