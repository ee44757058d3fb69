"""Install the peers into a folder of their own, each pinned by its hash; one that can't be built leaves the others alone.

python bench/install.py .venv-bench
"""

from __future__ import annotations

import re
import subprocess
import sys
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

LOCKED = Path(__file__).parents[1] / "requirements-bench.txt"


def pip(python: Path, requirements: Path, *more: str) -> bool:
    """Whether pip could; what it says goes to `install.log` beside the interpreter's folder."""
    command = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", *more]
    with (python.parents[1] / "install.log").open("a", encoding="utf-8") as log:
        done = subprocess.run([*command, "-r", str(requirements)], stdout=log, stderr=log, check=False)  # noqa: S603 - our own words
    return done.returncode == 0


def main() -> None:
    home = Path(sys.argv[1])
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
    if pip(python, LOCKED):
        return
    with TemporaryDirectory() as folder:
        for number, block in enumerate(re.findall(r"^[a-z].*\n(?: .*\n)*", LOCKED.read_text("utf-8"), re.MULTILINE)):
            alone = Path(folder) / f"{number}.txt"
            alone.write_text(block, "utf-8")
            if not pip(python, alone, "--no-deps"):
                print(f"== {block.split()[0]} could not be installed; its row will say so. See {home}/install.log")


if __name__ == "__main__":
    main()
