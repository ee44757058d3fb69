"""The files of a site → a directory. What is not ours is never written over unasked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from remit.errors import Origin, SiteError

#: The list of what we wrote, by which a directory is known as a site of ours.
MANIFEST = "site.json"
MAKER = "remit site"


def claim(out: Path, *, force: bool) -> tuple[str, ...]:
    """Whether a site may be written there, asked before the work is done; the files of the one that lies there.

    Raises:
        SiteError: RM870, it is a file, or holds something else than a site of ours and `force` is not said.
    """
    earlier = ours(out)
    if out.exists() and not out.is_dir():
        raise refused(out, "a file", hint=None)
    if earlier is None and not force and out.is_dir() and any(out.iterdir()):
        raise refused(out, "other files", hint="--force writes into it")
    return earlier or ()


def write(files: Iterable[tuple[str, bytes]], out: Path, *, force: bool) -> tuple[str, ...]:
    """Write every file as it comes, then take away those of an earlier site that are no more; the names written.

    Raises:
        SiteError: RM870, as `claim`; RM874, it cannot be written.
    """
    earlier, written = claim(out, force=force), []
    try:
        listed(out, earlier)  # ours from the first moment on, should something come in between
        for name, content in files:
            put(out / name, content)
            written.append(name)
        for name in sorted(set(earlier) - set(written)):
            remove(out, name)
        listed(out, sorted(written))
    except OSError as failure:
        where, why = str(failure.filename or out), failure.strerror or "failure"
        raise SiteError("RM874", "site-not-written", found=why, expected="room and permission to write", origin=Origin(where)) from None  # fmt: skip
    return tuple(written)


def put(path: Path, content: bytes) -> None:
    """What has not changed is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)


def listed(out: Path, names: Sequence[str]) -> None:
    text = json.dumps({"program": MAKER, "files": list(names)}, ensure_ascii=False, indent=1)
    put(out / MANIFEST, f"{text}\n".encode())


def ours(out: Path) -> tuple[str, ...] | None:
    """The files of the site that lies there; None where none of ours does."""
    try:
        manifest = json.loads((out / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if (
        not isinstance(manifest, dict)
        or manifest.get("program") != MAKER
        or not isinstance(manifest.get("files"), list)
    ):
        return None
    return tuple(name for name in manifest["files"] if isinstance(name, str))


def remove(out: Path, name: str) -> None:
    """A file we wrote earlier, and its directory if that is empty now. Nothing outside `out`, whatever the list says."""
    path = out / name
    if out.resolve() in path.resolve().parents and path.is_file():
        path.unlink()
        with suppress(OSError):
            path.parent.rmdir()


def refused(out: Path, found: str, hint: str | None) -> SiteError:
    expected = "a new directory, or a site that `remit site` made"
    return SiteError("RM870", "not-a-site", found=found, expected=expected, origin=Origin(str(out)), hint=hint)
