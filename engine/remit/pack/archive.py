"""A pack as one document, so that a ledger can keep the one it was run by, and as one digest, so that it can tell them apart."""

from __future__ import annotations

import json
import zlib
from hashlib import sha256
from pathlib import Path

from remit.errors import LedgerError

#: What a pack means lies in these; examples, scenarios and accepted findings do not change it.
MEANING = ("policies", "facts")
EXAMPLES, ACCEPTED = "facts/cases/", "facts/accepted.yaml"


def files_of(root: Path) -> dict[str, str]:
    """Every file that bears on the meaning of a pack, by its path, in order."""
    found = sorted(p for folder in MEANING for p in (root / folder).rglob("*") if p.suffix in (".yaml", ".md", ".txt"))
    named = ((p.relative_to(root).as_posix(), p) for p in found)
    return {name: path.read_text("utf-8") for name, path in named if not name.startswith((EXAMPLES, ACCEPTED))}


def archived(root: Path) -> tuple[str, bytes]:
    """The digest of a pack, and the pack itself, compressed."""
    body = json.dumps(files_of(root), ensure_ascii=False, sort_keys=True).encode("utf-8")
    return sha256(body).hexdigest(), zlib.compress(body, 9)


def restored(body: bytes, digest: str, into: Path) -> Path:
    """Write an archived pack's files into a directory and return it.

    Raises:
        LedgerError: RM728, the archive is not what its digest says.
    """
    try:
        raw = zlib.decompress(body)
    except zlib.error:
        raw = b""
    if sha256(raw).hexdigest() != digest:
        raise LedgerError("RM728", "archive-altered", found=digest[:12], expected="the pack as it was archived")
    for name, text in json.loads(raw).items():
        path = into / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return into
