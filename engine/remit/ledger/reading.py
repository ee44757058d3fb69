"""An export read back: every line checked as it comes, so that nothing of a broken chain is ever taken in."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from remit.errors import EventError, LedgerError, Origin
from remit.ledger.chain import Header, Peaks, commitment, genesis, join
from remit.ledger.checkpoint import Checkpoint
from remit.ledger.codec import decode, encode_value, microseconds
from remit.ledger.contents import is_archive
from remit.ledger.export import FORMAT
from remit.model.event import Event

Hex32 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
T = TypeVar("T")


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    """The first line."""

    format: str
    ledger: str
    pack: str
    public_key: Hex32
    entries: int


class _Line(msgspec.Struct, forbid_unknown_fields=True):
    """An entry as it stands in a line."""

    position: int
    kind: str
    id: str | None
    case: str | None
    type: str | None
    at: str | None
    known_at: str | None
    recorded_at: str
    person: int | None
    content: dict[str, Any] | None
    salt: Hex32 | None
    commitment: Hex32
    sealed: Hex32
    hash: Hex32
    reference: Hex32 | None = None
    archive: str | None = None


class _End(msgspec.Struct, forbid_unknown_fields=True):
    """The last line."""

    checkpoint: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ExportHead:
    """Whose ledger an export is."""

    ledger: str
    pack: str
    public_key: bytes
    entries: int


@dataclass(frozen=True, slots=True)
class Exported:
    """One entry of an export. `content` is None where it was erased, and then `reference` stands for its person."""

    header: Header
    content: bytes | None
    salt: bytes
    commitment: bytes
    event: Event | None
    reference: bytes | None
    archive: bytes | None


class Export:
    """The file of an export.

    Args:
        path: of the file.
        public_key: of the ledger it must come from, where that is known; else the one the file names.

    Raises:
        LedgerError: RM721, it is no export; RM719, it is signed with another key.
    """

    def __init__(self, path: Path, public_key: bytes | None = None) -> None:
        self.path = path
        with self._opened() as lines:
            raw = next(lines, (1, b""))[1]
            head = self._read(1, raw, _Head)
        if head.format != FORMAT:
            raise self.broken(1, head.format, f"an export of the form `{FORMAT}`")
        self.head = ExportHead(head.ledger, head.pack, bytes.fromhex(head.public_key), head.entries)
        if public_key is not None and public_key != self.head.public_key:
            raise LedgerError(
                "RM719", "other-key", found=head.public_key, expected=f"an export signed with the key `{public_key.hex()}`",
                origin=Origin(str(path), 1, 1),
            )  # fmt: skip

    def entries(self) -> Iterator[Exported]:
        """Every entry, checked; the last only after the checkpoint's signature holds.

        Raises:
            LedgerError: RM721 names the line that breaks the chain, or says that the end is missing; RM718, the signature.
        """
        before, peaks, number = genesis(self.head.ledger), Peaks(), 1
        waiting: Exported | None = None
        ended, unread, erased = False, set[int](), set[int]()
        with self._opened() as lines:
            next(lines)
            for number, raw in lines:
                if ended:
                    raise self.broken(number, "a line", "nothing after the checkpoint")
                if raw.startswith(b'{"checkpoint":'):
                    self._end(number, raw, before, peaks)
                    ended = True
                    continue
                if waiting is not None:
                    yield waiting
                waiting, before = self._entry(number, raw, before, peaks.size + 1)
                peaks = peaks.append(before)
                note(waiting, unread, erased)
        if not ended:
            raise self.broken(number + 1, "the end of the file", "the signed checkpoint: the export was cut short")
        if unread - erased:
            raise self.broken(
                number, f"no content for person {min(unread - erased)}", "an erasure that accounts for it"
            )
        if waiting is not None:
            yield waiting

    def _entry(self, number: int, raw: bytes, before: bytes, position: int) -> tuple[Exported, bytes]:
        line = self._read(number, raw, _Line)
        if line.position != position:
            raise self.broken(number, f"position {line.position}", f"position {position}")
        try:
            header = Header(
                line.position, line.kind, line.id, line.case, line.type, count(line.at), count(line.known_at),
                microseconds(datetime.fromisoformat(line.recorded_at)), line.person,
            )  # fmt: skip
            content = None if line.content is None else encode_value(line.content)
            bound, sealed = bytes.fromhex(line.commitment), bytes.fromhex(line.sealed)
            linked = join(before, header, bound, sealed)
        except (ValueError, EventError):
            raise self.broken(number, "a value", "the fields of an entry") from None
        salt = bytes.fromhex(line.salt or "")
        if linked.hex() != line.hash:
            raise self.broken(number, f"entry {position}", "the entry that the chain goes on with: it was altered, or one is missing")  # fmt: skip
        if (content is None) != (line.salt is None) or (content is not None and commitment(salt, content) != bound):
            raise self.broken(number, f"entry {position}", "the content to which the entry was committed")
        event = self._event(number, header, content)
        reference = None if line.reference is None else bytes.fromhex(line.reference)
        return Exported(header, content, salt, bound, event, reference, self._archive(number, line)), linked

    def _event(self, number: int, header: Header, content: bytes | None) -> Event | None:
        if header.kind != "event" or content is None:
            if content is None and (header.kind != "event" or header.key is None):
                raise self.broken(number, f"entry {header.position}", "its content: only what a person's key sealed can be erased")  # fmt: skip
            return None
        try:
            event = decode(content)
        except EventError:
            raise self.broken(number, f"entry {header.position}", "the canonical bytes of an event") from None
        says = (event.id, event.case, event.type, microseconds(event.at), microseconds(event.known_at))
        if says != (header.id, header.case, header.type, header.at, header.known_at):
            raise self.broken(number, f"entry {header.position}", "id, case, type and times as the content has them")
        return event

    def _archive(self, number: int, line: _Line) -> bytes | None:
        if line.kind != "pack":
            return None
        try:
            body = base64.b64decode(line.archive or "", validate=True)
        except binascii.Error:
            body = b""
        if not is_archive(body, line.content or {}):
            raise self.broken(number, f"entry {line.position}", "the archive of its pack, unaltered")
        return body

    def _end(self, number: int, raw: bytes, before: bytes, peaks: Peaks) -> None:
        found = Checkpoint.of_json(self._read(number, raw, _End).checkpoint)
        if (found.ledger, found.position, found.hash, found.root) != (self.head.ledger, peaks.size, before, peaks.root()):  # fmt: skip
            raise self.broken(number, f"a checkpoint of position {found.position}", f"that of the {peaks.size} entries before it")  # fmt: skip
        found.check(self.head.public_key)

    # --- lines ------------------------------------------------------------------------------------

    def _opened(self) -> _Lines:
        return _Lines(self.path)

    def _read(self, number: int, raw: bytes, form: type[T]) -> T:
        try:
            return msgspec.json.decode(raw, type=form)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            raise self.broken(number, "a line", "one JSON object as `remit ledger export` writes it") from None

    def broken(self, number: int, found: str, expected: str) -> LedgerError:
        """What breaks the chain, and in which line. Nothing of its content: it may be personal."""
        return LedgerError(
            "RM721", "import-chain-broken", found=found, expected=expected, origin=Origin(str(self.path), number, 1),
            hint="nothing was taken in; the export was altered or cut short",
        )  # fmt: skip


class _Lines:
    """Numbered lines of a file, which is closed in the end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> Iterator[tuple[int, bytes]]:
        try:
            self._file = self._path.open("rb")
        except OSError as failure:
            raise LedgerError(
                "RM721", "import-chain-broken", found=str(self._path), expected="an export that can be read",
                origin=Origin(str(self._path)), hint=failure.strerror,
            ) from None  # fmt: skip
        return enumerate(self._file, start=1)

    def __exit__(self, *_failure: object) -> None:
        self._file.close()


def count(written: str | None) -> int | None:
    return None if written is None else microseconds(datetime.fromisoformat(written))


def note(entry: Exported, unread: set[int], erased: set[int]) -> None:
    """Whose contents are missing, and whose were erased: the first must be among the second."""
    if entry.content is None and entry.header.key is not None:
        unread.add(entry.header.key)
    elif entry.header.kind == "erasure":
        erased.update(said(entry)["persons"])


def said(entry: Exported) -> dict[str, Any]:
    """What an entry that is no event says."""
    found: dict[str, Any] = json.loads(entry.content or b"{}")
    return found
