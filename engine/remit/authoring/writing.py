"""How files are put in their place: in one step, and never over another without being told to."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from remit.errors import AuthoringError, Origin


def put(texts: Mapping[Path, str], *, force: bool = False) -> None:
    """Write several files. One that says something else already is replaced only with `force`; then none is written.

    Raises:
        AuthoringError: RM801, a file is in the way; RM804, one cannot be written.
    """
    for path, text in texts.items():
        if not force and path.exists() and (not path.is_file() or path.read_bytes() != text.encode("utf-8")):
            raise in_the_way(path, "another file of this name", "--force writes over it")
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as failure:
            raise not_written(path, failure) from None
        replace(path, text)


def replace(path: Path, text: str) -> None:
    """Put the text in the file's place in one step: whoever reads it finds the old one or the new one.

    Raises:
        AuthoringError: RM804, it cannot be written; the file is as it was.
    """
    target = path.resolve()
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with draft.open("xb") as out:
            out.write(text.encode("utf-8"))
        if target.exists():
            shutil.copymode(target, draft)
        draft.replace(target)
    except OSError as failure:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise not_written(path, failure) from None


def in_the_way(path: Path, found: str, hint: str | None = None) -> AuthoringError:
    return AuthoringError("RM801", "in-the-way", found=found, expected="a place where nothing is yet", origin=Origin(str(path)), hint=hint)  # fmt: skip


def not_written(path: Path, failure: OSError) -> AuthoringError:
    return AuthoringError("RM804", "not-written", found=path.name, expected="a file that can be written", origin=Origin(str(path)), hint=failure.strerror)  # fmt: skip
