"""The chain of entries, and the Merkle tree over their hashes (RFC 6962): nobody changes the past unseen.

An entry's hash binds the one before it, its header in clear, the commitment to its content and what was sealed.
The tree proves one entry in log n hashes. Positions count from 1 and have no gaps: the entry at position p is
leaf p - 1, and a tree of n leaves is that of the ledger up to position n.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Sequence
from hashlib import sha256

from remit.errors import LedgerError
from remit.ledger.codec import MAX_NUMBER, encode_flat, encode_value
from remit.model.records import record

#: Bytes of a hash, and of the random salt before each content.
HASH = 32
SALT = 32


@record
class Header:
    """What of an entry stands in clear. Nothing in it may name a person.

    Attributes:
        position: place in the ledger, from 1, without gaps.
        kind: `event`, `tick`, `pack` or `erasure`.
        id: of the event; None where the entry is none.
        case: the event's case, or None.
        type: the event's type, or None.
        at: when it happened, microseconds UTC since 1970 (`codec.microseconds`), or None.
        known_at: when it became known, likewise.
        recorded_at: when the ledger took it, likewise; decides nothing.
        key: number of the person's key its content is sealed with; None where it is not sealed.
    """

    position: int
    kind: str
    id: str | None = None
    case: str | None = None
    type: str | None = None
    at: int | None = None
    known_at: int | None = None
    recorded_at: int | None = None
    key: int | None = None

    def as_json(self) -> dict[str, object]:
        """Every field under its own name, absent ones as null."""
        return {
            "at": self.at,
            "case": self.case,
            "id": self.id,
            "key": self.key,
            "kind": self.kind,
            "known_at": self.known_at,
            "position": self.position,
            "recorded_at": self.recorded_at,
            "type": self.type,
        }

    def bytes(self) -> bytes:
        """Canonical JSON of all fields, what `link` binds.

        Raises:
            EventError: RM460, a text with a lone surrogate.
        """
        numbers = (self.position, self.at or 0, self.known_at or 0, self.recorded_at or 0, self.key or 0)
        if max(numbers) > MAX_NUMBER or min(numbers) < -MAX_NUMBER:
            return encode_value(self.as_json())
        return encode_flat(self)


def genesis(ledger: str) -> bytes:
    """The hash before the first entry: another ledger's entries never fit into this one."""
    return sha256(b"remit ledger\0" + ledger.encode()).digest()


def commitment(salt: bytes, content: bytes) -> bytes:
    """SHA-256(salt ‖ content): binds the content and, once the salt is gone, tells nothing of it. `salt` has `SALT` bytes."""
    return sha256(salt + content).digest()


def digest(sealed: bytes) -> bytes:
    """SHA-256 of what was sealed, as `join` takes it."""
    return sha256(sealed).digest()


def link(previous: bytes, header: Header, committed: bytes, sealed: bytes) -> bytes:
    """The hash of an entry: SHA-256(previous ‖ header ‖ commitment ‖ SHA-256(sealed))."""
    return join(previous, header, committed, digest(sealed))


def join(previous: bytes, header: Header, committed: bytes, sealed_digest: bytes) -> bytes:
    """`link` for those who have the digest of what was sealed and not the sealed bytes."""
    return sha256(previous + header.bytes() + committed + sealed_digest).digest()


# --- the tree ---------------------------------------------------------------------------------------


def leaf_hash(leaf: bytes) -> bytes:
    """RFC 6962 §2.1: a leaf can never be passed off as a node."""
    return sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\1" + left + right).digest()


@record
class Peaks:
    """A Merkle tree that only grows, kept as the hashes of its perfect subtrees, largest first, one after the other: log n hashes.

    >>> Peaks().append(b"a").append(b"b").append(b"c").size
    3
    """

    size: int = 0
    hashes: builtins.bytes = b""

    def append(self, leaf: builtins.bytes) -> Peaks:
        """The tree with one leaf more. Cost: two hashes on average, log n at most."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[builtins.bytes]) -> Peaks:
        """The tree with more leaves."""
        hashes, size = self.hashes, self.size
        for leaf in leaves:
            top, rest = leaf_hash(leaf), size
            while rest & 1:  # each trailing one is a subtree as large as what is carried
                top = node_hash(hashes[-HASH:], top)
                hashes = hashes[:-HASH]
                rest >>= 1
            hashes += top
            size += 1
        return Peaks(size, hashes)

    def root(self) -> builtins.bytes:
        """The root as RFC 6962 §2.1 defines it; of no leaves, the hash of nothing."""
        if not self.hashes:
            return sha256().digest()
        top = self.hashes[-HASH:]
        for start in range(len(self.hashes) - 2 * HASH, -1, -HASH):
            top = node_hash(self.hashes[start : start + HASH], top)
        return top

    def bytes(self) -> builtins.bytes:
        """Eight bytes of size, then the hashes."""
        return self.size.to_bytes(8, "big") + self.hashes

    @classmethod
    def of(cls, raw: builtins.bytes) -> Peaks:
        """The tree of its bytes.

        Raises:
            LedgerError: RM716, there are not as many hashes as such a tree has.
        """
        size, rest = int.from_bytes(raw[:8], "big"), raw[8:]
        if len(raw) < 8 or len(rest) != HASH * size.bit_count():
            raise LedgerError(
                "RM716",
                "peaks-malformed",
                found=f"{len(raw)} bytes",
                expected="eight bytes of size and a hash for each bit",
            )
        return cls(size, rest)


def audit_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The hashes that lead from leaf `index` (from 0) to the root, lowest first (RFC 6962 §2.1.1).

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    level = [leaf_hash(leaf) for leaf in leaves]
    path: list[bytes] = []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        above = [node_hash(level[n], level[n + 1]) for n in range(0, len(level) - 1, 2)]
        level = above + level[2 * len(above) :]  # one without a sibling rises as it is
        index >>= 1
    return tuple(path)


def root_from_path(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that `path` leads to from leaf `index` of `size`, or None where such a leaf has no path of that length.

    Source: RFC 9162 §2.1.3.2.
    """
    if not 0 <= index < size:
        return None
    top, last = leaf_hash(leaf), size - 1
    for sibling in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            top = node_hash(sibling, top)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            top = node_hash(top, sibling)
        index, last = index >> 1, last >> 1
    return top if last == 0 else None
