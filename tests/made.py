"""Small packs made for one test: the library's vocabulary, one sentence of law, and the rules given."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from remit import Pack
from remit.errors import RemitError
from remit.explain.messages import told

LIBRARY = Path(__file__).parent / "packs" / "good" / "library"
LAW = "Words of the law."


def pack_with(folder: Path, rules: str, **facts: str) -> Pack:
    """A pack whose only article is `LAW` (quoted by every rule that quotes nothing), with lines added to `facts/NAME.yaml`."""
    root = folder / "made"
    shutil.copytree(LIBRARY, root)
    home = root / "policies" / "bylaws-2024"
    (home / "source.txt").write_text(f"Article 1. {LAW}\n", "utf-8")
    quoted = "\n".join(
        f"{line}\nquote: {LAW}" if line.startswith("id:") and f"quote: {LAW}" not in rules else line
        for line in rules.strip().split("\n")
    )
    (home / "bylaws.md").write_text(f"> Article 1. {LAW}\n\n```rule\n{quoted}\n```\n", "utf-8")
    for name, lines in facts.items():
        path = root / "facts" / f"{name}.yaml"
        path.write_text(path.read_text("utf-8") + "\n" + lines + "\n", "utf-8")
    return Pack.load(root)


def edited(folder: Path, file: str, old: str, new: str) -> Path:
    """The library pack with one passage changed."""
    root = folder / "library"
    shutil.copytree(LIBRARY, root)
    path = root / file
    before = path.read_text("utf-8")
    assert before.count(old) >= 1, f"{old!r} is not in {file}"
    path.write_text(before.replace(old, new, 1), "utf-8")
    return root


def speaks_chinese(problem: RemitError) -> bool:
    """No English phrase is left in the Chinese message, but for what a user wrote and the names of files."""
    line = told(problem, "zh")
    for kept in (problem.found, problem.suggestion, problem.origin.file):
        line = line.replace(kept or "\0", "")
    return re.search(r"[A-Za-z]{2,} [a-z]{2,}", re.sub(r"`[^`]*`|“[^”]*”|（[^）]*）", "", line)) is None
