"""`Cache`: packs as they were read before, by the content of their files, so that they need not be read again.

An entry is data and nothing else: records of the model as numbers, made anew by their constructors. What is no
record of the model cannot stand in it, so that no code comes from the disk, whoever wrote there. An entry that is
torn, or that another version of remit wrote, is no entry.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from hashlib import sha256
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any
from zoneinfo import ZoneInfo

from remit import errors
from remit.deadlines import calendar
from remit.model import counting, expression, rule, terms, text, unit, vocabulary
from remit.model.records import record
from remit.pack.files import Files

#: Whose records a pack is made of.
MODEL: Sequence[ModuleType] = (calendar, counting, errors, expression, rule, terms, text, unit, vocabulary)
#: Whose reading an entry is: what another version of these made of a pack is no entry.
READERS = ("model", "pack", "expressions", "deadlines")
#: How many packs are remembered; the one unused for longest goes first.
KEPT = 16
ATOMS = frozenset({str, int, bool, type(None)})


class ForeignError(TypeError):
    """Something that is no record of the model."""


@record
class Cache:
    """A directory of packs that were read; only this user may look into it, and an entry is there whole or not at all."""

    directory: Path

    def get(self, key: str) -> object | None:
        """What was kept under this key; None where nothing is, or what lies there is not whole."""
        path = self.directory / key
        try:
            found = unpacked(path.read_bytes())
            os.utime(path)
        except (OSError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError):
            return None
        return found

    def put(self, key: str, value: object) -> None:
        """Keep it. Where that cannot be, nothing is kept and nothing said: the next reading is slower, and the same."""
        from tempfile import NamedTemporaryFile

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
    """Which readers these are: their files with time and size, and this machine's order of bytes. Where they are no files, none is known again."""
    package = Path(errors.__file__).parent
    found = sorted(file for room in READERS for file in (package / room).glob("*.py"))
    states = ((file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in found)
    return sha256(repr((sys.byteorder, *states)).encode()).digest() if found else os.urandom(32)


# --- records as data ---------------------------------------------------------------------------------
#
# One line of JSON: the atoms, then the groups, [kind, how many, of how many parts]. After it the parts themselves, as
# numbers of 32 bits: of each group its records' first parts, their second … A number is a place among the atoms and,
# after them, the records. Those of a group are made of what comes before it, so that they are made in one go; and what
# several share is written, and made, once.


def packed(value: object) -> bytes:
    """Records of the model, and what they are made of, as bytes with their digest before them.

    Raises:
        ForeignError: it holds something else.
    """
    atoms: dict[tuple[type, object], int] = {}
    records: list[tuple[int, str, tuple[int, ...]]] = []
    places: dict[int, int] = {}
    held: list[object] = []  # an id is a place only as long as what had it lives

    def part(value: object) -> int:
        """The number of a record, in the order met; of an atom its own, turned below zero."""
        if type(value) in ATOMS:
            return ~atoms.setdefault((type(value), value), len(atoms))
        if id(value) not in places:
            kind, inner = taken_apart(value)
            parts = tuple(part(each) for each in inner)
            depth = max((records[number][0] + 1 for number in parts if number >= 0), default=0)
            places[id(value)] = len(records)
            records.append((depth, kind, parts))
            held.append(value)
        return places[id(value)]

    part((value,))
    alike = {number: (depth, kind, len(parts)) for number, (depth, kind, parts) in enumerate(records)}
    order = sorted(alike, key=lambda number: alike[number])
    place = {number: len(atoms) + at for at, number in enumerate(order)} | {~at: at for at in atoms.values()}
    groups: list[tuple[str, int, int]] = []
    numbers: list[int] = []
    for (_, kind, width), members in groupby(order, key=lambda number: alike[number]):
        rows = [records[number][2] for number in members]
        groups.append((kind, len(rows), width))
        numbers += [place[number] for column in zip(*rows, strict=True) for number in column]
    head = json.dumps([[atom for _, atom in atoms], groups], ensure_ascii=False)
    body = head.encode("utf-8", "surrogatepass") + b"\n" + struct.pack(f"{len(numbers)}I", *numbers)
    return sha256(body).digest() + body


def unpacked(raw: bytes) -> object:
    """What was packed.

    Raises:
        ValueError: the bytes are not whole, or not what `packed` writes.
    """
    digest, body = raw[:32], raw[32:]
    if sha256(body).digest() != digest:
        raise ValueError(len(raw))
    head, _, rest = body.partition(b"\n")
    made, groups = json.loads(head.decode("utf-8", "surrogatepass"))
    makers, placed, numbers, start = kinds(), made.__getitem__, memoryview(rest).cast("I"), 0
    for kind, count, width in groups:
        ends = range(start + count, start + count * width + 1, count)
        columns = [map(placed, numbers[end - count : end]) for end in ends]
        made += map(makers[kind], *columns) if columns else [makers[kind]() for _ in range(count)]
        start += count * width
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
        "zone": ZoneInfo,
    }
    return {**model, **plain}
