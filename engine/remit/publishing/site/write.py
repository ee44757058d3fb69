"""The files of a site → a directory. What is not ours is never written over unasked."""

from __future__ import annotations

import json
from collections.abc import Mapping
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


def write(files: Mapping[str, bytes], out: Path, *, force: bool) -> None:
    """Write every file, and take away those of an earlier site that are no more.

    Raises:
        SiteError: RM870, as `claim`; RM874, it cannot be written.
    """
    earlier = claim(out, force=force)
    manifest = json.dumps({"made_by": MAKER, "files": sorted(files)}, ensure_ascii=False, indent=1)
    try:
        for name in sorted(set(earlier) - files.keys()):
            remove(out, name)
        for name, content in {**files, MANIFEST: f"{manifest}\n".encode()}.items():
            path = out / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_bytes() != content:
                path.write_bytes(content)
    except OSError as failure:
        where = str(failure.filename or out)
        raise SiteError(
            "RM874", "site-not-written", found=failure.strerror or "failure", expected="room and permission to write", origin=Origin(where),
        ) from None  # fmt: skip


def ours(out: Path) -> tuple[str, ...] | None:
    """The files of the site that lies there; None where none of ours does."""
    try:
        manifest = json.loads((out / MANIFEST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict) or manifest.get("made_by") != MAKER or not isinstance(manifest.get("files"), list):
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
