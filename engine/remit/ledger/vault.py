"""Keys: one secret for the ledger, one key for each person; destroying a person's key erases what it sealed.

    secret (32 bytes, in a file of its own) ─HKDF→ wrapping key · Ed25519 seed · look-up secret · fingerprint
    person's key (random) ─wrapped by the wrapping key→ stored in the ledger
    content ─sealed by the person's key, bound to ledger and position→ stored in the ledger

Both layers are AES-256-GCM with random 96-bit nonces. NIST SP 800-38D §8.3 bounds that to 2^32 messages under one key:
four thousand million events of one person, or persons of one ledger. Whoever could seal two contents in one ciphertext
(GCM does not forbid it) is stopped by the commitment in the chain.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import secrets
import stat
import warnings
from contextlib import suppress
from dataclasses import field
from functools import cached_property
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from remit.errors import LedgerError, Origin
from remit.ledger.codec import encode_flat
from remit.model.records import record

if TYPE_CHECKING:
    from _hashlib import HASH

KEY = 32
NONCE = 12
#: Bytes that SHA-256 takes in at a time.
BLOCK = 64
TAG = 16


class OpenKeyWarning(UserWarning):
    """Others on this machine can read the key of the ledger (RM712)."""

    def __init__(self, problem: LedgerError) -> None:
        super().__init__(str(problem))
        self.problem = problem


def binding(ledger: str, position: int) -> bytes:
    """What a sealed content is bound to: it opens at this position of this ledger and nowhere else."""
    return encode_flat({"ledger": ledger, "position": position})


# --- the ledger's key -------------------------------------------------------------------------------


class MasterKey:
    """The one secret of a ledger. It wraps people's keys, signs checkpoints and hides who they are.

    Whoever has it and the database reads everything; whoever has only one of them has nothing. It never stands in the
    database, in a message or in `repr`.
    """

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY:
            raise malformed(Origin())
        self._secret = secret

    @classmethod
    def create(cls) -> MasterKey:
        """A new one, from the operating system's random source."""
        return cls(secrets.token_bytes(KEY))

    @classmethod
    def of_text(cls, text: str, origin: Origin | None = None) -> MasterKey:
        """The key of its `text`, as it comes from a file or a variable of the environment; blanks around it do not count.

        Raises:
            LedgerError: RM711, it is not the base64 of 32 bytes.
        """
        try:
            secret = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            raise malformed(origin or Origin()) from None
        if len(secret) != KEY:
            raise malformed(origin or Origin())
        return cls(secret)

    @classmethod
    def read(cls, path: Path | str) -> MasterKey:
        """The key in a file; warns (`OpenKeyWarning`) where others can read it too.

        Raises:
            LedgerError: RM710, it cannot be read; RM711, it holds no key.
        """
        try:
            with Path(path).open("rb") as file:
                mode = os.fstat(file.fileno()).st_mode
                raw = file.read(1024)
        except OSError as failure:
            raise LedgerError(
                "RM710",
                "key-missing",
                found=str(path),
                expected="the file with the ledger's key",
                origin=Origin(str(path)),
                hint=failure.strerror,
            ) from None
        if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
            problem = LedgerError(
                "RM712",
                "key-open-to-others",
                found=f"{stat.S_IMODE(mode):04o}",
                expected="0600, so that nobody else reads the key",
                origin=Origin(str(path)),
            )
            warnings.warn(OpenKeyWarning(problem), stacklevel=2)
        return cls.of_text(raw.decode("ascii", "replace"), Origin(str(path)))

    def write(self, path: Path | str) -> None:
        """Keep the key in a new file that only its owner reads; whole or not at all, and on the disk when this returns.

        Raises:
            LedgerError: RM715, the file is there already, or cannot be written.
        """
        target = Path(path)
        beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            try:
                write_new(beside, (self.text + "\n").encode())
                os.link(beside, target)  # fails where the name is taken, unlike a rename
            finally:
                with suppress(FileNotFoundError):
                    beside.unlink()
            sync_directory(target.parent)
        except OSError as failure:
            taken = isinstance(failure, FileExistsError)
            raise LedgerError(
                "RM715",
                "key-exists" if taken else "key-not-written",
                found=str(path),
                expected="a new file" if taken else "a file that can be written",
                origin=Origin(str(path)),
                hint="a key that is lost cannot be made again: it is never overwritten" if taken else failure.strerror,
            ) from None

    @property
    def text(self) -> str:
        """Base64 of the secret. For the key's own file, and nowhere else."""
        return base64.b64encode(self._secret).decode()

    @cached_property
    def fingerprint(self) -> str:
        """32 hex digits that tell keys apart and tell nothing of them; kept in the ledger."""
        return self._derived(b"fingerprint", 16).hex()

    def require(self, fingerprint: str) -> None:
        """Raise RM713 unless this is the key with that fingerprint."""
        if not hmac.compare_digest(fingerprint.encode(), self.fingerprint.encode()):
            raise LedgerError(
                "RM713", "wrong-key", found=self.fingerprint, expected=f"the ledger's own key, `{fingerprint}`"
            )

    # --- signing

    @cached_property
    def public_key(self) -> bytes:
        """The 32 bytes with which everyone can check what was signed (Ed25519, RFC 8032)."""
        return self._signer.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """The signature: 64 bytes, the same for the same message."""
        return self._signer.sign(message)

    def mark(self, ledger: str, header: bytes, content: bytes) -> bytes:
        """32 bytes that nobody makes without the key: the salt of an entry that no person's key seals."""
        bound = b"\0".join((ledger.encode(), len(header).to_bytes(8, "big"), header + content))
        return hmac.digest(self._marking, bound, "sha256")

    # --- people

    def reference(self, case: str | None, subject: str | None) -> bytes:
        """The 32 bytes under which a person's key is found; without this key nobody can tell whose it is."""
        inner, outer = (half.copy() for half in self._looking)
        inner.update(encode_flat({"case": case, "subject": subject}))
        outer.update(inner.digest())
        return outer.digest()

    def pseudonym(self, text: str) -> str:
        """32 hex digits for a text that may name a person; the same for the same text, in this ledger only."""
        begun = self._naming.copy()
        begun.update(text.encode("utf-8", "surrogatepass"))
        return begun.hexdigest()

    def wrap(self, content: bytes, label: bytes) -> bytes:
        """A person's key as it is stored, bound to its number."""
        return seal(self._wrapping, content, label)

    def unwrap(self, wrapped: bytes, label: bytes) -> bytes | None:
        """What was wrapped; None where key, bytes or label are others."""
        return unseal(self._wrapping, wrapped, label)

    # --- derived

    @cached_property
    def _wrapping(self) -> AESGCM:
        return AESGCM(self._derived(b"wrap", KEY))

    @cached_property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self._derived(b"sign", KEY))

    @cached_property
    def _looking(self) -> tuple[HASH, HASH]:
        """Begun with the key: the two halves of the HMAC-SHA-256 (RFC 2104) that every reference is made of."""
        key = self._derived(b"look up", KEY).ljust(BLOCK, b"\0")
        inner, outer = (sha256(bytes(byte ^ pad for byte in key)) for pad in (0x36, 0x5C))
        inner.update(b"person\0")
        return inner, outer

    @cached_property
    def _marking(self) -> bytes:
        return self._derived(b"mark", KEY)

    @cached_property
    def _naming(self) -> blake2b:
        """Begun with the key: what every pseudonym is made of."""
        return blake2b(digest_size=16, key=self._derived(b"pseudonym", KEY))

    def _derived(self, purpose: bytes, length: int) -> bytes:
        """HKDF-Expand (RFC 5869 §2.3): the secret is uniform already."""
        return HKDFExpand(SHA256(), length, b"remit ledger 1: " + purpose).derive(self._secret)

    def __repr__(self) -> str:
        return f"MasterKey({self.fingerprint})"


# --- a person's key ---------------------------------------------------------------------------------


@record
class PersonKey:
    """The key of one (case, subject). When its wrapped form is destroyed, what it sealed is erased."""

    _secret: bytes = field(repr=False)
    _cipher: AESGCM = field(repr=False, compare=False)
    _nonces: blake2b = field(repr=False, compare=False)

    @classmethod
    def new(cls) -> PersonKey:
        return cls.of(os.urandom(KEY))

    @classmethod
    def of(cls, secret: bytes) -> PersonKey:
        return cls(secret, AESGCM(secret), blake2b(digest_size=NONCE, key=secret, person=b"remit nonce"))

    def wrap(self, master: MasterKey, key_id: int) -> bytes:
        """The key as it is stored under `key_id`: 60 bytes, nonce ‖ ciphertext ‖ tag."""
        return master.wrap(self._secret, key_label(key_id))

    @classmethod
    def unwrap(cls, master: MasterKey, key_id: int, wrapped: bytes) -> PersonKey:
        """The key of its stored form.

        Raises:
            LedgerError: RM713, it was wrapped by another master key, under another number, or was altered.
        """
        secret = master.unwrap(wrapped, key_label(key_id))
        if secret is None:
            raise LedgerError(
                "RM713",
                "key-does-not-open",
                found=f"key {key_id}",
                expected=f"a key wrapped under this number by the master key `{master.fingerprint}`, unaltered",
            )
        return cls.of(secret)

    def seal(self, content: bytes, bound: bytes) -> bytes:
        """Nonce ‖ ciphertext ‖ tag: 28 bytes longer than `content`. `bound` (see `binding`) is checked, not stored."""
        return seal(self._cipher, content, bound)

    def seal_alike(self, content: bytes, bound: bytes) -> bytes:
        """As `seal`, the same bytes for the same content in the same place, so that a projection can be compared.

        The nonce is a keyed BLAKE2b (RFC 7693) of both: it recurs only where everything does, and then tells no more
        than that it does.
        """
        begun = self._nonces.copy()
        begun.update(len(bound).to_bytes(8, "big") + bound)
        begun.update(content)
        nonce = begun.digest()
        return nonce + self._cipher.encrypt(nonce, content, bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """What was sealed.

        Raises:
            LedgerError: RM714, another key, another place, or altered bytes.
        """
        content = unseal(self._cipher, sealed, bound)
        if content is None:
            raise LedgerError(
                "RM714",
                "seal-broken",
                found=f"{len(sealed)} sealed bytes",
                expected="bytes sealed by this person's key for this position of this ledger, unaltered",
            )
        return content


def key_label(key_id: int) -> bytes:
    return b"person's key\0" + key_id.to_bytes(8, "big")


def seal(cipher: AESGCM, content: bytes, bound: bytes) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + cipher.encrypt(nonce, content, bound)


def unseal(cipher: AESGCM, sealed: bytes, bound: bytes) -> bytes | None:
    if len(sealed) < NONCE + TAG:
        return None
    try:
        return cipher.decrypt(sealed[:NONCE], sealed[NONCE:], bound)
    except InvalidTag:
        return None


# --- files ------------------------------------------------------------------------------------------


def write_new(path: Path, content: bytes) -> None:
    """A file that was not there, readable by its owner alone, on the disk when this returns."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        while content:
            content = content[os.write(handle, content) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_directory(path: Path) -> None:
    """Make a new name last; Windows has no such call and does so by itself."""
    if os.name == "posix":
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def malformed(origin: Origin) -> LedgerError:
    """What was found is not shown: it may be most of a key."""
    return LedgerError("RM711", "key-malformed", expected="base64 of 32 bytes", origin=origin)
