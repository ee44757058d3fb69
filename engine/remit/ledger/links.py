"""The links of the chain as `verify` meets them: which fit, which do not, and which were exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from remit.errors import EventError
from remit.ledger.chain import HASH, Header, digest, join
from remit.ledger.findings import Finding, shown
from remit.ledger.statements import EntryRow
from remit.model.text import Text

#: Among so many links that do not fit, exchanged pairs are looked for.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Link:
    """An entry without its content: what its hash is made of, and the hash that stands there."""

    header: Header
    committed: bytes
    sealed: bytes
    hash: bytes

    @classmethod
    def of(cls, row: EntryRow) -> Link:
        """Whatever stands in the row: an altered column may hold anything."""
        header = Header(
            row.position, row.kind, row.id, row.case_id, row.type, row.at, row.known_at, row.recorded_at, row.person
        )
        sealed = digest(row.sealed) if isinstance(row.sealed, bytes) else b""
        return cls(header, row.commitment, sealed, row.hash)

    def computed(self, before: bytes | None, position: int | None = None) -> bytes | None:
        """The hash it should have after `before`; None where no hash can be made of what stands there."""
        header = self.header if position is None else replace(self.header, position=position)
        if before is None or not isinstance(self.committed, bytes) or len(self.committed) != HASH or not self.sealed:
            return None
        try:
            return join(before, header, self.committed, self.sealed)
        except (EventError, TypeError, ValueError):
            return None

    def fits(self, before: bytes | None, position: int | None = None) -> bool:
        computed = self.computed(before, position)
        return computed is not None and computed == self.hash


@dataclass(frozen=True, slots=True)
class Misfit:
    """A link that does not fit after the hash that stands before it, and what that seems to be."""

    link: Link
    before: bytes
    finding: Finding

    @property
    def position(self) -> int:
        return self.link.header.position


def explained(misfits: Sequence[Misfit]) -> Iterator[Finding]:
    """The findings, exchanged pairs as one; what does not fit only because its neighbour was exchanged is no finding."""
    looked, rest = misfits[:LOOKED_AT], misfits[LOOKED_AT:]
    pairs = list(exchanged(looked))
    settled = {misfit.position for pair in pairs for misfit in pair}
    true_hash = {one.position: other.link.hash for pair in pairs for one, other in (pair, pair[::-1])}
    for one, other in pairs:
        yield reordered(one, other)
    for misfit in (*looked, *rest):
        if misfit.position in settled:
            continue
        before = true_hash.get(misfit.position - 1)
        if before is None or not misfit.link.fits(before):
            yield misfit.finding


def exchanged(misfits: Sequence[Misfit]) -> Iterator[tuple[Misfit, Misfit]]:
    """Pairs of which each fits in the other's place."""
    used: set[int] = set()
    for number, one in enumerate(misfits):
        for other in misfits[number + 1 :]:
            if used & {one.position, other.position} or not other.link.fits(one.before, one.position):
                continue
            before = other.link.hash if other.position == one.position + 1 else other.before
            if one.link.fits(before, other.position):
                used |= {one.position, other.position}
                yield one, other


def reordered(one: Misfit, other: Misfit) -> Finding:
    """Two entries in each other's place, both named."""
    first, second = one.link.header, other.link.header
    names = " ↔ ".join(str(shown(h.id) or h.kind) for h in (first, second))
    told = Text(f"与第 {second.position} 条互换了位置：{names}", f"was exchanged with entry {second.position}: {names}")
    return Finding("reordered", told, first.position, shown(first.id), shown(first.case), ("position",))
