"""Frozen records made quickly: filled in as an ordinary object, then declared to be what they are.

A frozen dataclass sets each field through `object.__setattr__`, which is most of the cost of an obligation with thirty
of them. A twin with the same slots is filled by plain assignment; since both lay their fields out alike, Python lets
the finished object change its class. What comes out is a record like any other: same class, equal, hashable, frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any, TypeVar

T = TypeVar("T")


def maker(record: type[T], of: str = "", knowing: Mapping[str, object] | None = None, **given: str) -> Callable[..., T]:
    """A constructor with the record's own parameters; or with those `of` names, for fields `given` as expressions over them.

    Its source is written for the record, as that of a dataclass is. A field that is not given is left at its default;
    expressions may also speak of what is in `knowing`.
    """
    known, parts = twins(record) | dict(knowing or {}), fields(record)  # type: ignore[arg-type]  # a dataclass
    own = ", ".join(parameter(part, known) for part in parts)
    defaults = {part.name: f"default_{part.name}" for part in parts if f"default_{part.name}" in known} | given
    values = {part.name: defaults[part.name] if of else part.name for part in parts}
    exec("\n    ".join([f"def make({of or own}):", *filling(values)]), known)  # noqa: S102 - names of fields, and what the caller wrote
    return known["make"]  # type: ignore[no-any-return]  # just made


def filling(values: Mapping[str, str]) -> tuple[str, ...]:
    """The lines that return a record, every field by the expression given for it, where what `twins` names is known."""
    filled = (f"made.{name} = {value}" for name, value in values.items())
    return ("made = new(twin)", *filled, "made.__class__ = record", "return made")


def twins(record: type[object]) -> dict[str, Any]:
    """The record, and what is filled in its stead."""
    names = tuple(f.name for f in fields(record))  # type: ignore[arg-type]  # a dataclass
    return {"record": record, "new": object.__new__, "twin": type(record.__name__, (), {"__slots__": names})}


def parameter(of: Field[Any], known: dict[str, Any]) -> str:
    """The field as a parameter; its default becomes known."""
    if of.default is MISSING and of.default_factory is MISSING:
        return of.name
    known[f"default_{of.name}"] = of.default if of.default_factory is MISSING else of.default_factory()
    return f"{of.name}=default_{of.name}"
