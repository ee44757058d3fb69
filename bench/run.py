"""`make bench`: remit and every peer on the same work in the same run.

    python bench/run.py [--quick] [--out bench/latest.json]       # --quick: under a minute, tables and plots left as they are
    python bench/run.py --report                                  # tables and plots again, from the last run

Every engine is first held to the oracle's answer, then timed in turn with the others, each in a process of its own.
One that can't be had, fails, or takes too long is reported with the reason. On a machine that does other work meanwhile,
`--processor` takes the time of each engine's own process, which leaves out what it has done elsewhere.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import figures
import measure
from report import write_report
from sides import PEERS, ROOT, SIDES

LATEST = Path(__file__).parent / "latest.json"


def cpu() -> str:
    """The processor's name."""
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")


def machine() -> dict[str, Any]:
    """What it ran on; no name of a host."""
    return {
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "load": [round(load, 2) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    """Of remit and of each peer, as its own interpreter tells it."""
    names = sorted({side.distribution for side in SIDES if side.distribution})
    script = "import importlib.metadata as m, json, sys; known = {d.metadata['Name'].lower().replace('_', '-'): d.version for d in m.distributions()}; print(json.dumps({n: known.get(n, 'not installed') for n in sys.argv[1:]}))"
    python = str(PEERS) if PEERS.exists() else sys.executable
    done = subprocess.run([python, "-c", script, *names], capture_output=True, text=True, check=True)  # noqa: S603 - our own words
    return {"remit": version("remit"), **json.loads(done.stdout)}


def bench(*, quick: bool) -> dict[str, Any]:
    """The whole run, as it is written down."""
    begun = perf_counter()
    pace, size = (measure.QUICK, figures.QUICK) if quick else (measure.FULL, figures.FULL)
    before = machine()
    with TemporaryDirectory() as kept:
        # What is started here finds this folder's remit, and keeps the packs it reads where the others look for them.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.update(PYTHONPATH=str(ROOT / "engine"), BENCH_CACHE=kept)
        found, rows, others = taken(pace, size)
    return {
        **{name: found[name].value for name in figures.GOALS},
        "figures": {name: figures.told(name, found[name]) for name in figures.GOALS},
        "engines": [asdict(row) for row in rows],
        "growth": [asdict(row) for row in others],
        "machine": before,
        "versions": versions(),
        "quick": quick,
        "minutes": round((perf_counter() - begun) / 60, 1),
    }


def taken(
    pace: measure.Pace, size: figures.Size
) -> tuple[dict[str, figures.Figure], list[measure.Row], list[measure.Row]]:
    """Every figure; the rows of every engine; those of growth."""
    begun = perf_counter()
    tried = [side for side in SIDES if side.name not in size.left_out]
    rows, others = measure.sweep(tried, size.sweep, pace), list[measure.Row]()
    found = figures.of_sweep(rows, size)

    for values, more in (figures.open_cases(size, pace), figures.growth(size, pace)):
        found |= values
        others += more
    for step in (
        lambda: figures.starting(pace),
        lambda: figures.ledger(size),
        lambda: figures.elsewhere(size, begun + size.budget_s),
    ):
        if perf_counter() - begun < size.budget_s:
            found |= step()
    found |= figures.compiling([*rows, *others], size)
    late = figures.Figure(None, reason=f"left out: {size.budget_s:.0f} s were over before its turn")
    return {name: found.get(name, late) for name in figures.GOALS}, rows, others


def summary(told: dict[str, Any]) -> str:
    """One line a figure."""
    lines = []
    for name, figure in told["figures"].items():
        value = figure["reason"] if figure["value"] is None else f"{figure['value']:.3g}{figure['unit']}"
        goal = f"floor {figure['floor']:g}, aim {figure['aim']:g}: {figure['reached'] or 'not taken'}"
        lines.append(f"{name:32}{value if figure['value'] is not None else '-':>12}   {goal}")
        if figure["value"] is None:
            lines.append(f"{'':32}{value}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--report", action="store_true")
    parser.add_argument("--processor", action="store_true")
    parser.add_argument("--out", type=Path, default=LATEST)
    asked = parser.parse_args()
    if asked.processor:
        os.environ["BENCH_CLOCK"] = "processor"
    if not asked.report:
        told = bench(quick=asked.quick)
        asked.out.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", "utf-8")
        print(summary(told))
        print(f"\n{asked.out}: written after {told['minutes']} minutes")
    if asked.report or not asked.quick:
        write_report(json.loads(asked.out.read_text("utf-8")), ROOT / "docs")


if __name__ == "__main__":
    main()
