"""A pack as bytes, so that whoever works for us has the law without its files."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

from remit.pack.cache import packed, unpacked
from remit.pack.load import Pack, Parts
from remit.semantics.law import Law


def carried(pack: Pack) -> bytes:
    """All that a pack says, as data: what the cache of packs keeps, from which no code can come."""
    return packed(pack.parts)


@lru_cache(maxsize=2)
def pack_of(raw: bytes) -> Pack:
    """The pack that was carried here; it has no files, and so no example cases.

    Raises:
        ValueError: the bytes are not whole.
    """
    return Pack.kept(None, cast("Parts", unpacked(raw)))


@lru_cache(maxsize=2)
def law_of(raw: bytes) -> Law:
    """The law of the pack that was carried here."""
    return Law.of(pack_of(raw))
