"""`remit new`: a small pack that works, in Chinese or English, as a place to begin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from remit.errors import AuthoringError, Origin

TEMPLATES = Path(__file__).parent / "templates"
SUFFIXES = frozenset({".yaml", ".md", ".txt", ".feature"})


def new_pack(folder: Path, language: str, *, force: bool = False) -> tuple[Path, ...]:
    """Write the pack of this language into a directory that need not exist; its files, in order.

    Files that are there already are replaced only with `force`; no other file is touched.

    Raises:
        AuthoringError: RM801, something is in the way; RM804, it cannot be written. Nothing was written then.
    """
    files = {folder / path.relative_to(TEMPLATES / language): path for path in template(language)}
    refuse_to_cover(folder, force=force)
    try:
        for target, source in files.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
    except OSError as failure:
        at = str(failure.filename or folder)
        raise AuthoringError("RM804", "not-written", found=at, expected="a place that can be written to", origin=Origin(at), hint=failure.strerror) from None  # fmt: skip
    return tuple(files)


def template(language: str) -> Iterator[Path]:
    """The files of the small pack of this language."""
    return (path for path in sorted((TEMPLATES / language).rglob("*")) if path.suffix in SUFFIXES)


def refuse_to_cover(folder: Path, *, force: bool) -> None:
    """RM801 where a file stands in the place of the directory, or the directory holds something."""
    if folder.exists() and not folder.is_dir():
        raise AuthoringError("RM801", "in-the-way", found="a file", expected="a new or empty directory", origin=Origin(str(folder)))  # fmt: skip
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise AuthoringError("RM801", "in-the-way", found="a directory that is not empty", expected="a new or empty directory", origin=Origin(str(folder)), hint="--force writes over it")  # fmt: skip
