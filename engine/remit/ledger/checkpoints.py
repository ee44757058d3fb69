"""Signed checkpoints as the ledger keeps them, each with the peaks of its tree, so that checking can go on from there."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, select

from remit.errors import LedgerError
from remit.ledger.chain import Peaks
from remit.ledger.checkpoint import Checkpoint
from remit.ledger.codec import encode_value
from remit.ledger.schema import CHECKPOINTS


def body_of(checkpoint: Checkpoint, peaks: Peaks) -> bytes:
    """A checkpoint as it is stored. The peaks need no signature: their root is signed."""
    return encode_value({**checkpoint.as_json(), "peaks": peaks.bytes().hex()})


def read_body(raw: bytes) -> tuple[Checkpoint, Peaks]:
    """The checkpoint of its stored form, not yet checked against its signature.

    Raises:
        LedgerError: RM716, it is none, or not exactly as `body_of` writes it.
    """
    try:
        written = msgspec.json.decode(raw, type=dict[str, str | int])
        peaks = Peaks.of(bytes.fromhex(str(written.pop("peaks"))))
        found = Checkpoint.of_json(written)
        exact = body_of(found, peaks) == raw
    except (msgspec.MsgspecError, KeyError, ValueError, TypeError):
        exact = False
    if not exact or (peaks.size, peaks.root()) != (found.position, found.root):
        raise LedgerError("RM716", "checkpoint-malformed", expected="a checkpoint as it was written")
    return found, peaks


def keep(connection: Connection, checkpoint: Checkpoint, peaks: Peaks) -> None:
    """Store a checkpoint, once."""
    there = select(CHECKPOINTS.c.position).where(CHECKPOINTS.c.position == checkpoint.position)
    if connection.execute(there).first() is None:
        row = {"position": checkpoint.position, "body": body_of(checkpoint, peaks)}
        connection.execute(CHECKPOINTS.insert(), row)


def last_position(connection: Connection) -> int:
    """Up to where the chain was signed; 0 where it never was."""
    newest = select(CHECKPOINTS.c.position).order_by(CHECKPOINTS.c.position.desc()).limit(1)
    return int(connection.execute(newest).scalar() or 0)


def newest_first(connection: Connection) -> Iterator[tuple[Checkpoint, Peaks]]:
    """Those that can be read, newest first."""
    for row in connection.execute(select(CHECKPOINTS.c.body).order_by(CHECKPOINTS.c.position.desc())):
        try:
            yield read_body(bytes(row.body))
        except LedgerError:
            continue
