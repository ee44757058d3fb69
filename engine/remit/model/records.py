"""Frozen records made quickly: filled in as an ordinary object, then declared to be what they are.

A frozen dataclass sets each field through `object.__setattr__`, which is most of the cost of an obligation with thirty
of them. A twin with the same slots is filled by plain assignment; since both lay their fields out alike, Python lets
the finished object change its class. What comes out is a record like any other: same class, equal, hashable, frozen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def maker(record: type[T]) -> Callable[..., T]:
    """A constructor with the record's own parameters. Its source is written for the record, as that of a dataclass is."""
    of = fields(record)  # type: ignore[arg-type]  # a dataclass
    names = tuple(f.name for f in of)
    known: dict[str, Any] = {"record": record, "new": object.__new__}
    known["twin"] = type(record.__name__, (), {"__slots__": names})
    filled = "".join(f"    made.{name} = {name}\n" for name in names)
    source = f"def make({', '.join(parameter(f, known) for f in of)}):\n    made = new(twin)\n{filled}    made.__class__ = record\n    return made\n"
    exec(source, known)  # noqa: S102 - names of fields and nothing else
    return known["make"]  # type: ignore[no-any-return]  # just made


def parameter(of: Field[Any], known: dict[str, Any]) -> str:
    """The field as a parameter; its default becomes known."""
    if of.default is MISSING and of.default_factory is MISSING:
        return of.name
    known[f"default_{of.name}"] = of.default if of.default_factory is MISSING else of.default_factory()
    return f"{of.name}=default_{of.name}"
