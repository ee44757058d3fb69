"""`Checkpoint`: the ledger as of a position, signed; and `Proof`: one event of it, checked by anyone without the ledger."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Any, Protocol, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from remit.errors import EventError, LedgerError, Origin
from remit.ledger.chain import Header, commitment, join, root_from_path
from remit.ledger.codec import decode, encode_value, microseconds
from remit.model.event import Event

Hex32 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}\\Z")]
Hex64 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{128}\\Z")]
T = TypeVar("T")


class _Checkpoint(msgspec.Struct, forbid_unknown_fields=True):
    """A checkpoint as it stands in JSON."""

    ledger: str
    position: int
    hash: Hex32
    root: Hex32
    at: int
    signature: Hex64


class _Proof(msgspec.Struct, forbid_unknown_fields=True):
    """A proof as it stands in JSON."""

    header: Header
    content: dict[str, Any]
    salt: Hex32
    commitment: Hex32
    sealed: Hex32
    previous: Hex32
    hash: Hex32
    path: list[Hex32]
    checkpoint: _Checkpoint
    public_key: Hex32


class Signer(Protocol):
    """Who signs: the ledger's `MasterKey`, or a device that keeps its key to itself."""

    def sign(self, message: bytes) -> bytes:
        """An Ed25519 signature, 64 bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the ledger was, up to a position, at a moment.

    Attributes:
        ledger: id of the ledger.
        position: the last entry covered; also the size of the tree.
        hash: of that entry, 32 bytes.
        root: of the tree, 32 bytes.
        at: when it was made, microseconds UTC since 1970.
        signature: 64 bytes; empty before `sign`.
    """

    ledger: str
    position: int
    hash: bytes
    root: bytes
    at: int
    signature: bytes = b""

    def body(self) -> bytes:
        """What is signed: a word that says what it is, a zero byte, and the canonical JSON of all but the signature."""
        unsigned = self.as_json()
        del unsigned["signature"]
        return b"remit checkpoint\0" + encode_value(unsigned)

    def sign(self, signer: Signer) -> Checkpoint:
        """The same, signed."""
        return replace(self, signature=signer.sign(self.body()))

    def check(self, public_key: bytes) -> None:
        """Raise RM718 unless the owner of `public_key` (32 bytes) signed exactly this.

        Source: RFC 8032 (Ed25519).
        """
        try:
            Ed25519PublicKey.from_public_bytes(public_key).verify(self.signature, self.body())
        except (InvalidSignature, ValueError):
            raise LedgerError(
                "RM718",
                "signature-fails",
                found=f"checkpoint {self.position} of {self.ledger}",
                expected=f"a checkpoint signed with the key `{public_key.hex()}`, unaltered",
            ) from None

    def as_json(self) -> dict[str, object]:
        """Hashes and signature in hex, `at` in microseconds."""
        return {
            "ledger": self.ledger,
            "position": self.position,
            "hash": self.hash.hex(),
            "root": self.root.hex(),
            "at": self.at,
            "signature": self.signature.hex(),
        }

    @classmethod
    def of_json(cls, written: object) -> Checkpoint:
        """The checkpoint of its JSON.

        Raises:
            LedgerError: RM716, it is none.
        """
        return _checkpoint(_read(written, _Checkpoint, "checkpoint"))


@dataclass(frozen=True, slots=True)
class Proof:
    """All that a third party needs to check that one event stands in the ledger, unaltered.

    Attributes:
        header: of the event's entry.
        content: canonical bytes of the event; a JSON object in the document.
        salt: 32 bytes that went before the content.
        commitment: SHA-256(salt ‖ content).
        sealed: SHA-256 of the sealed bytes (the bytes themselves are not needed).
        previous: hash of the entry before.
        hash: of this entry.
        path: hashes from its leaf to the root, lowest first.
        checkpoint: signed, at or after the entry.
        public_key: with which it was signed. Who receives a proof must know the key from elsewhere.
    """

    header: Header
    content: bytes
    salt: bytes
    commitment: bytes
    sealed: bytes
    previous: bytes
    hash: bytes
    path: tuple[bytes, ...]
    checkpoint: Checkpoint
    public_key: bytes

    def check(self, public_key: bytes | None = None) -> Event:
        """The event, once every step from its content to the signature holds.

        Args:
            public_key: the ledger's, 32 bytes, as known from elsewhere. Without it, the proof says only that it
                agrees with itself.

        Raises:
            LedgerError: RM717 names the step that fails (content, header, hash or path); RM718, the signature; RM719, it is
                signed with another key.
        """
        if public_key is not None and public_key != self.public_key:
            raise LedgerError(
                "RM719",
                "other-key",
                found=self.public_key.hex(),
                expected=f"a proof signed with the key `{public_key.hex()}`",
                origin=self._origin,
            )
        if commitment(self.salt, self.content) != self.commitment:
            raise self._fails("content-altered", "the content to which the entry was committed")
        if join(self.previous, self.header, self.commitment, self.sealed) != self.hash:
            raise self._fails("hash-differs", "header, commitment, seal and previous hash that give the entry's hash")
        size = self.checkpoint.position
        if root_from_path(self.hash, self.header.position - 1, size, self.path) != self.checkpoint.root:
            raise self._fails("path-fails", f"a path from the entry's hash to the root at position {size}")
        self.checkpoint.check(self.public_key)
        try:
            event = decode(self.content)
        except EventError:
            raise self._fails("content-unreadable", "the canonical bytes of an event") from None
        if self.header != _of_event(self.header, event):
            raise self._fails("header-differs", "id, case, type and times as the content has them")
        return event

    def as_json(self) -> dict[str, object]:
        """The document: hashes in hex, the event as the JSON object it is."""
        return {
            "header": self.header.as_json(),
            "content": msgspec.json.decode(self.content),
            "salt": self.salt.hex(),
            "commitment": self.commitment.hex(),
            "sealed": self.sealed.hex(),
            "previous": self.previous.hex(),
            "hash": self.hash.hex(),
            "path": [sibling.hex() for sibling in self.path],
            "checkpoint": self.checkpoint.as_json(),
            "public_key": self.public_key.hex(),
        }

    @classmethod
    def of_json(cls, written: object) -> Proof:
        """The proof of its JSON: text, bytes, or what a JSON reader made of them.

        Raises:
            LedgerError: RM716, it is none.
        """
        part = _read(written, _Proof, "proof")
        try:
            content = encode_value(part.content)
        except EventError:
            raise _malformed("proof") from None
        return cls(
            header=part.header,
            content=content,
            salt=bytes.fromhex(part.salt),
            commitment=bytes.fromhex(part.commitment),
            sealed=bytes.fromhex(part.sealed),
            previous=bytes.fromhex(part.previous),
            hash=bytes.fromhex(part.hash),
            path=tuple(bytes.fromhex(sibling) for sibling in part.path),
            checkpoint=_checkpoint(part.checkpoint),
            public_key=bytes.fromhex(part.public_key),
        )

    @property
    def _origin(self) -> Origin:
        return Origin(event=self.header.id, case=self.header.case)

    def _fails(self, slug: str, expected: str) -> LedgerError:
        return LedgerError(
            "RM717", slug, found=f"position {self.header.position}", expected=expected, origin=self._origin
        )


def _of_event(header: Header, event: Event) -> Header:
    """The header as the event would have it."""
    return replace(
        header,
        kind="event",
        id=event.id,
        case=event.case,
        type=event.type,
        at=microseconds(event.at),
        known_at=microseconds(event.known_at),
    )


def _checkpoint(part: _Checkpoint) -> Checkpoint:
    return Checkpoint(
        ledger=part.ledger,
        position=part.position,
        hash=bytes.fromhex(part.hash),
        root=bytes.fromhex(part.root),
        at=part.at,
        signature=bytes.fromhex(part.signature),
    )


def _read(written: object, form: type[T], name: str) -> T:
    try:
        text = written if isinstance(written, str | bytes) else msgspec.json.encode(written)
        return msgspec.json.decode(text, type=form)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError):
        raise _malformed(name) from None


def _malformed(name: str) -> LedgerError:
    return LedgerError("RM716", f"{name}-malformed", expected=f"the JSON of a {name}, whole and with no other key")
