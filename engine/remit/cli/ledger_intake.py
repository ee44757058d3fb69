"""Files and pipes → batches of events, read as they come: what is ready is taken, nothing waits for the rest."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from remit.errors import EventError, Origin, RemitError

if TYPE_CHECKING:
    from remit.model.event import Event
    from remit.pack.load import Pack

BATCH = 100
CHUNK = 1 << 16
#: No line is longer; one event is at most 1 MiB.
LINE_BYTES = 5_000_000
LINES = (".jsonl", ".ndjson")


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that are kept together. Of a case file (`whole`), all or none; of lines, those before a refused one stay."""

    events: tuple[Event, ...]
    whole: bool


def batches(pack: Pack, name: str) -> Iterator[Batch]:
    """The events of a file, or of stdin where `name` is `-`, in order.

    Raises:
        RemitError: as `Pack.read_events`, once every event before was given out.
    """
    with opened(name) as stream:
        name = "<stdin>" if name == "-" else name
        pieces = chunks(stream)
        first = next(pieces, b"")
        if not first and name == "<stdin>":
            return  # whoever pipes had nothing to report
        if in_lines(first, name):
            yield from from_lines(pack, prepended(first, pieces), name)
        else:
            yield from from_whole(pack, b"".join(prepended(first, pieces)), name)


def opened(name: str) -> IO[bytes]:
    if name == "-":
        return sys.stdin.buffer
    try:
        return Path(name).open("rb")
    except OSError as failure:
        raise EventError(
            "RM402", "no-such-file", found=name, expected="a case file that can be read", hint=failure.strerror
        ) from None


def chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """What can be read, as soon as it can."""
    try:
        handle = stream.fileno()
    except (OSError, io.UnsupportedOperation):
        yield from iter(lambda: stream.read(CHUNK), b"")
        return
    yield from iter(lambda: os.read(handle, CHUNK), b"")


def prepended(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def in_lines(first: bytes, name: str) -> bool:
    """JSON Lines, by name or by look; JSON that is written over several lines is one document."""
    if name.endswith(LINES):
        return True
    begins = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    line, end, _ = begins.partition(b"\n")
    return begins[:1] == b"{" and not (end and line.rstrip().endswith((b"{", b"[", b",")))


def from_whole(pack: Pack, raw: bytes, name: str) -> Iterator[Batch]:
    from remit.pack.case_files import from_bytes, once

    yield Batch(once(from_bytes(pack.reader, raw, name)), whole=True)


def from_lines(pack: Pack, pieces: Iterator[bytes], name: str) -> Iterator[Batch]:
    number = 1
    for lines in whole_lines(pieces, name):
        ready: list[Event] = []
        for line in lines:
            try:
                ready += one_line(pack, line, name, number)
            except RemitError:
                if ready:
                    yield Batch(tuple(ready), whole=False)
                raise
            number += 1
            if len(ready) >= BATCH:
                yield Batch(tuple(ready), whole=False)
                ready = []
        if ready:
            yield Batch(tuple(ready), whole=False)


def one_line(pack: Pack, line: bytes, name: str, number: int) -> tuple[Event, ...]:
    from remit.pack.case_files import from_node
    from remit.pack.json_reader import read_json
    from remit.pack.yaml_reader import decoded

    try:
        text = decoded(line, name)
    except RemitError as wrong:
        wrong.origin = Origin(name, number, wrong.origin.column or 1)
        wrong.args = (str(wrong),)
        raise
    try:
        return tuple(event for node in read_json(text, name, number) for event in from_node(pack.reader, node))
    except RemitError as wrong:
        if wrong.code == "RM410":  # the whole line may be personal: it is not repeated in a message
            wrong.found = f"{len(line)} bytes"
            wrong.args = (str(wrong),)
        raise


def whole_lines(pieces: Iterator[bytes], name: str) -> Iterator[list[bytes]]:
    """The lines that are complete, each time something came."""
    held, number = b"", 1
    for piece in pieces:
        *lines, held = (held + piece).split(b"\n")
        if len(held) > LINE_BYTES:
            raise EventError(
                "RM463", "too-large", found=f"more than {LINE_BYTES} bytes", expected="a line of one event",
                origin=Origin(name, number + len(lines), 1),
            )  # fmt: skip
        number += len(lines)
        if lines:
            yield lines
    if held.strip():
        yield [held]


def apart(events: Sequence[Event], known: Mapping[str, tuple[int, str | None]]) -> tuple[Event, ...]:
    """Case files number their own events: an id that stands for another case's carries the name of its own case.

    `known` gives position and case of the ids that are in the ledger.
    """
    names = {
        event.id: f"{event.case}:{event.id}"
        for event in events
        if event.case is not None and event.id in known and known[event.id][1] != event.case
    }
    return tuple(renamed(event, names) for event in events) if names else tuple(events)


def renamed(event: Event, names: Mapping[str, str]) -> Event:
    data = dict(event.data)
    if "of" in data:
        data["of"] = names.get(str(data["of"]), data["of"])
    return replace(event, id=names.get(event.id, event.id), data=data)


def acknowledgement(name: str, position: int, *, duplicate: bool) -> dict[str, object]:
    return {"id": name, "position": position} | ({"duplicate": True} if duplicate else {})
