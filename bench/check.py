"""How long `remit check` takes on a generated pack, and how that grows.

    python bench/check.py [--rules 1000 5000] [--rounds 3] [--profile]

Times are of the processor, in a process of its own, as a user would start it.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from statistics import median

from generate import Maker


def seconds(pack: Path) -> float:
    """Processor time of `remit check`, with the interpreter's own start."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "remit", "check", str(pack)], check=True, capture_output=True)  # noqa: S603 - this very program
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def profiled(pack: Path) -> None:
    from remit import Pack
    from remit.checks.check import check

    with cProfile.Profile() as watched:
        check(Pack.load(pack))
    pstats.Stats(watched).sort_stats("tottime").print_stats(35)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, nargs="+", default=[1000, 5000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--dialect", choices=["en", "zh"], default="en")
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    taken = []
    for rules in asked.rules:
        with tempfile.TemporaryDirectory() as folder:
            pack = Maker(rules, asked.seed, asked.dialect).write(Path(folder) / "pack")
            if asked.profile:
                profiled(pack)
                continue
            taken.append(median(seconds(pack) for _ in range(asked.rounds)))
            print(f"{rules:6} rules  {taken[-1]:6.2f} s")
    for (some, short), (many, long) in pairwise(zip(asked.rules, taken, strict=False)):
        print(f"{many / some:.1f} times the rules, {long / short:.1f} times the time")


if __name__ == "__main__":
    main()
