"""`Cache`: packs as they were read before, by the content of their files, so that they need not be read again.

An entry is data and nothing else: MessagePack of records of the model, made anew by their constructors. What is no
record of the model cannot stand in it, so that no code comes from the disk, whoever wrote there. An entry that is
torn, or that another version of remit wrote, is no entry.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from remit import errors
from remit.deadlines import calendar
from remit.model import counting, expression, rule, terms, text, unit, vocabulary
from remit.pack.files import Files

#: Whose records a pack is made of.
MODEL: Sequence[ModuleType] = (calendar, counting, errors, expression, rule, terms, text, unit, vocabulary)
#: Whose reading an entry is: what another version of these made of a pack is no entry.
READERS = ("model", "pack", "expressions", "deadlines")
#: How many packs are remembered; the one unused for longest goes first.
KEPT = 16
ATOMS = (str, int, bool, type(None))
WIDEST = 2**63


class ForeignError(TypeError):
    """Something that is no record of the model."""


@dataclass(frozen=True, slots=True)
class Cache:
    """A directory of packs that were read; only this user may look into it, and an entry is there whole or not at all."""

    directory: Path

    def get(self, key: str) -> object | None:
        """What was kept under this key; None where nothing is, or what lies there is not whole."""
        path = self.directory / key
        try:
            found = unpacked(path.read_bytes())
            os.utime(path)
        except (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError):
            return None
        return found

    def put(self, key: str, value: object) -> None:
        """Keep it. Where that cannot be, nothing is kept and nothing said: the next reading is slower, and the same."""
        with suppress(OSError, ForeignError):
            raw = packed(value)
            self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.directory, prefix=".", delete=False) as part:
                part.write(raw)
            Path(part.name).replace(self.directory / key)
            for entry in sorted(self.directory.iterdir(), key=lambda e: e.stat().st_mtime)[:-KEPT]:
                entry.unlink(missing_ok=True)


def key_of(files: Files) -> str:
    """A digest of all that a reading depends on: the files below `policies/` and `facts/`, and the program that reads."""
    told = sha256(program())
    for folder in ("policies", "facts"):
        for path in sorted((files.root / folder).rglob("*")):
            if path.is_file() and path.parent.name != "cases":
                content = path.read_bytes()
                told.update(f"{path.relative_to(files.root).as_posix()}\0{len(content)}\0".encode())
                told.update(content)
    return told.hexdigest()


@cache
def program() -> bytes:
    """Which readers these are: their files with time and size. Where they are no files, none is known again."""
    package = Path(errors.__file__).parent
    found = sorted(file for room in READERS for file in (package / room).glob("*.py"))
    states = ((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in found)
    return sha256(repr(tuple(states)).encode()).digest() if found else os.urandom(32)


# --- records as data ---------------------------------------------------------------------------------
#
# A table of records, each after those it is made of: [kind, part …]. A part is an atom, or [n], the nth of the table.
# So a record that several others share is written, and made, once.


def packed(value: object) -> bytes:
    """Records of the model, and what they are made of, as bytes with their digest before them.

    Raises:
        ForeignError: it holds something else.
    """
    table: list[object] = []
    places: dict[int, list[int]] = {}
    held: list[object] = []  # an id is a place only as long as what had it lives

    def part(value: object) -> object:
        if isinstance(value, ATOMS) and type(value) in ATOMS and not (type(value) is int and abs(value) >= WIDEST):
            return value
        if id(value) not in places:
            kind, inner = taken_apart(value)
            record = [kind, *(part(each) for each in inner)]
            places[id(value)] = [len(table)]
            table.append(record)
            held.append(value)
        return places[id(value)]

    part((value,))
    body = msgspec.msgpack.encode(table)
    return sha256(body).digest() + body


def unpacked(raw: bytes) -> object:
    """What was packed.

    Raises:
        ValueError: the bytes are not whole, or not what `packed` writes.
    """
    digest, body = raw[:32], raw[32:]
    if sha256(body).digest() != digest:
        raise ValueError(len(raw))
    makers = kinds()
    made: list[Any] = []
    for kind, *parts in msgspec.msgpack.decode(body, type=list[list[Any]]):
        made.append(makers[kind](*[made[part[0]] if type(part) is list else part for part in parts]))
    (value,) = made[-1]
    return value


def taken_apart(value: object) -> tuple[str, tuple[object, ...]]:
    """The name of what it is, and what its maker makes it of."""
    kind = type(value)
    if is_dataclass(value) and kind.__name__ in kinds():
        return kind.__name__, tuple(getattr(value, f.name) for f in fields(value) if f.init)
    if isinstance(value, Enum) and kind.__name__ in kinds():
        return kind.__name__, (value.value,)
    for name, type_, parts in PLAIN:
        if kind is type_:
            return name, parts(value)
    if isinstance(value, Mapping):
        return "mapping", tuple(each for item in value.items() for each in item)
    raise ForeignError(kind)


#: Values that are no records: what they are called, their type, what they are made of.
PLAIN: Sequence[tuple[str, type, Callable[[Any], tuple[object, ...]]]] = (
    ("tuple", tuple, tuple),
    ("set", frozenset, lambda v: tuple(sorted(v, key=repr))),
    ("moment", datetime, lambda v: (v.isoformat(),)),
    ("date", date, lambda v: (v.isoformat(),)),
    ("time", time, lambda v: (v.isoformat(),)),
    ("span", timedelta, lambda v: (v.days, v.seconds, v.microseconds)),
    ("decimal", Decimal, lambda v: (str(v),)),
    ("integer", int, lambda v: (str(v),)),
    ("zone", ZoneInfo, lambda v: (v.key,)),
)


@cache
def kinds() -> Mapping[str, Callable[..., object]]:
    """How each thing is made, by name: the records and terms of the model, and plain values."""
    model = {
        name: made
        for module in MODEL
        for name, made in vars(module).items()
        if isinstance(made, type)
        and made.__module__ == module.__name__
        and (is_dataclass(made) or issubclass(made, Enum))
    }
    plain: Mapping[str, Callable[..., object]] = {
        "tuple": lambda *parts: parts,
        "set": lambda *parts: frozenset(parts),
        "mapping": lambda *parts: dict(zip(parts[::2], parts[1::2], strict=True)),
        "moment": datetime.fromisoformat,
        "date": date.fromisoformat,
        "time": time.fromisoformat,
        "span": timedelta,
        "decimal": Decimal,
        "integer": int,
        "zone": ZoneInfo,
    }
    return {**model, **plain}
