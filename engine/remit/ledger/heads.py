"""The head of a ledger and its outbox, held against its entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from sqlalchemy import Connection, text

from remit.ledger.chain import Peaks
from remit.ledger.contents import Contents
from remit.ledger.findings import Finding
from remit.ledger.writing import Head
from remit.model.text import Text

NUMBERED = 20


class Walked(Protocol):
    """What a pass over the entries came to."""

    heads: list[Head]
    contents: Contents
    ledger: str
    position: int
    since: int
    peaks: Peaks
    before: bytes | None
    connection: Connection

    @property
    def public_key(self) -> bytes: ...

    @property
    def fingerprint(self) -> str: ...


def check_head(walk: Walked, *, sound: bool) -> Iterator[Finding]:
    """Columns of the head that say other than the entries; `sound` says that the entries themselves are not to blame."""
    ones = walk.connection.execute(text("SELECT one FROM head")).scalars().all()
    if list(ones) != [1]:
        yield head_altered("one")
    for head in walk.heads:
        for name in altered_parts(walk, head, sound=sound):
            yield head_altered(name)


def altered_parts(walk: Walked, head: Head, *, sound: bool) -> Iterator[str]:
    said = walk.contents
    expected: dict[str, object] = {
        "ledger": walk.ledger, "master": walk.fingerprint, "public_key": walk.public_key,
    }  # fmt: skip
    if said.pack is not None and sound:
        expected |= {"pack": said.pack[0], "pack_digest": said.pack[1]}
    complete = sound and head.position == walk.position
    if complete:
        expected |= {"peaks": walk.peaks.bytes()}
    if complete and walk.position > walk.since:
        expected |= {"recorded_at": said.recorded_at}
    if head.position == walk.position and walk.position:
        expected |= {"hash": walk.before} if sound else {}
        expected |= {"now": said.now} if walk.since == 0 and sound else {}
    for name, wanted in expected.items():
        if getattr(head, name) != wanted:
            yield name
    if (head.position != walk.position and head.hash == walk.before) or (
        isinstance(head.position, int) and head.position < walk.position
    ):
        yield "position"
    if walk.since and isinstance(head.now, int) and head.now < said.now:
        yield "now"


def head_altered(name: str) -> Finding:
    return Finding(
        "head", Text(f"台账头的 {name} 被改动", f"the head's `{name}` was altered"), None, None, None, (name,)
    )


def check_outbox(connection: Connection, heads: Sequence[Head]) -> Iterator[Finding]:
    """Numbers from 1 to the head's, without gaps."""
    count, first, last = connection.execute(text("SELECT count(*), min(number), max(number) FROM outbox")).one()
    known = heads[0].outbox if heads else 0
    if (count, first or 0, last or 0) == (known, 1 if known else 0, known):
        return
    gaps = text(
        "SELECT number + 1 FROM outbox WHERE number + 1 NOT IN (SELECT number FROM outbox) ORDER BY number LIMIT :most"
    )
    lost = [
        number for number in connection.scalars(gaps, {"most": NUMBERED}) if isinstance(known, int) and number <= known
    ]
    if not lost and first != 1 and known:
        lost = [1]
    for number in lost:
        yield Finding("outbox", Text(f"发件箱缺少第 {number} 号", f"number {number} is missing from the outbox"))
    if not lost:
        yield head_altered("outbox")
