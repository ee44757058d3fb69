"""`remit new`: a small pack that works, in Chinese or English, as a place to begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from remit.authoring.writing import in_the_way, put

TEMPLATES = Path(__file__).parent / "templates"
SUFFIXES = frozenset({".yaml", ".md", ".txt", ".feature"})


def new_pack(folder: Path, language: str, *, force: bool = False) -> tuple[Path, ...]:
    """Write the pack of this language into a new or empty directory; its files, in order.

    With `force` the directory may hold something: files of the same name are replaced, all others stay.

    Raises:
        AuthoringError: RM801, something is in the way; RM804, it cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise in_the_way(folder, "a file")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise in_the_way(folder, "a directory that is not empty", "--force writes over it")
    texts = {folder / path.relative_to(TEMPLATES / language): path.read_text("utf-8") for path in template(language)}
    put(texts, force=force)
    return tuple(texts)


def template(language: str) -> Iterator[Path]:
    """The files of the small pack of this language."""
    return (path for path in sorted((TEMPLATES / language).rglob("*")) if path.suffix in SUFFIXES)
