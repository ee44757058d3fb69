"""Where the pack that comes with remit lies."""

from __future__ import annotations

from pathlib import Path


def shipped_pack() -> Path:
    """The pack inside the installed wheel; in a checkout, the repository's root."""
    package = Path(__file__).resolve().parent
    inside = package / "_shipped"
    return inside if inside.is_dir() else package.parent.parent


def is_pack(path: Path) -> bool:
    """Whether a directory has what makes a pack."""
    return (path / "policies").is_dir() and (path / "facts").is_dir()
