"""Frozen records made quickly: filled in as an ordinary object, then declared to be what they are.

A frozen dataclass sets each field through `object.__setattr__`, which is most of the cost of an obligation with thirty
of them. A twin with the same slots is filled by plain assignment; since both lay their fields out alike, Python lets
the finished object change its class. What comes out is a record like any other: same class, equal, hashable, frozen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, Field, field, fields, make_dataclass
from typing import Any, TypeVar

from remit.expressions.situation import Situation, Stated
from remit.model.obligation import Change, Deadline, Obligation, Question

T = TypeVar("T")


def maker(record: type[T]) -> Callable[..., T]:
    """A constructor with the record's own parameters, by position."""
    twin = make_dataclass(record.__name__, [twin_field(f) for f in fields(record)], slots=True, eq=False)  # type: ignore[arg-type]  # a dataclass

    def make(*values: object) -> T:
        made: Any = twin(*values)
        made.__class__ = record
        return made  # type: ignore[no-any-return]  # it is one now

    return make


def twin_field(original: Field[Any]) -> tuple[str, Any, Any]:
    if original.default is not MISSING:
        return original.name, object, field(default=original.default)
    return original.name, object, field()


make_obligation = maker(Obligation)
make_deadline = maker(Deadline)
make_question = maker(Question)
make_situation = maker(Situation)
make_stated = maker(Stated)
make_change = maker(Change)
