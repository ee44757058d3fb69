"""Frozen records made quickly, both their classes and themselves.

`record` is `dataclass(frozen=True, slots=True)` for classes of which every command needs a hundred. What a dataclass
writes and compiles for each of them took a fifth of `remit run`, and little of it is ever called: here only the
constructor is written at once, and how records are compared and hashed when they first are.

`maker` is for the records made by the thousand. A frozen one sets each field by a call, which is most of the cost of an
obligation with thirty of them. A twin with the same slots is filled by plain assignment; since both lay their fields
out alike, Python lets the finished object change its class. What comes out is a record like any other: same class,
equal, hashable, frozen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import Any, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(of: type[T]) -> type[T]:
    """The class as a frozen dataclass with slots; its fields are plain, without `__post_init__`."""
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(of)
    methods = {name: later(made, name) for name in WRITTEN}
    methods |= {"__init__": constructor(made), "__repr__": shown, "__setattr__": refuse, "__delattr__": refuse}
    methods |= {"__getstate__": state, "__setstate__": restore}
    for name, method in methods.items():
        if name not in vars(of):
            setattr(made, name, method)
    return made  # type: ignore[no-any-return]  # just made


def constructor(of: type) -> Callable[..., None]:
    """What fills a record through its slots, which stay closed to everyone else."""
    known: dict[str, Any] = {"MISSING": MISSING}
    parameters, filled = ["self"], []
    for each in fields(of):
        name, value = each.name, each.name
        known[f"set_{name}"] = getattr(of, name).__set__
        if each.default_factory is not MISSING:
            known[f"new_{name}"], known[f"default_{name}"] = each.default_factory, MISSING
            value = f"new_{name}() if {name} is MISSING else {name}"
        elif each.default is not MISSING:
            known[f"default_{name}"] = each.default
        parameters.append(f"{name}=default_{name}" if f"default_{name}" in known else name)
        filled.append(f"    set_{name}(self, {value})\n")
    exec(f"def __init__({', '.join(parameters)}):\n{''.join(filled) or '    pass'}", known)  # noqa: S102 - names of fields and nothing else
    return known["__init__"]  # type: ignore[no-any-return]  # just made


def later(of: type, name: str) -> Callable[..., Any]:
    """A method that, once called, gives its place to one written for this class."""

    def method(self: object, *others: object) -> Any:
        known: dict[str, Any] = {}
        exec(WRITTEN[name](fields(of)), known)  # noqa: S102 - as above
        setattr(of, name, known[name])
        return known[name](self, *others)

    return method


def equal(of: Iterable[Field[Any]]) -> str:
    names = [f.name for f in of if f.compare]
    mine, theirs = ("".join(f"{whose}.{name}, " for name in names) for whose in ("self", "other"))
    return f"def __eq__(self, other):\n    return ({mine}) == ({theirs}) if other.__class__ is self.__class__ else NotImplemented"


def hashed(of: Iterable[Field[Any]]) -> str:
    names = [f.name for f in of if (f.compare if f.hash is None else f.hash)]
    return f"def __hash__(self):\n    return hash(({''.join(f'self.{name}, ' for name in names)}))"


#: The methods that are written when they are first called, each with its source for such fields.
WRITTEN = {"__eq__": equal, "__hash__": hashed}


def shown(self: Any) -> str:
    return (
        f"{type(self).__qualname__}({', '.join(f'{f.name}={getattr(self, f.name)!r}' for f in fields(self) if f.repr)})"
    )


def refuse(_self: object, name: str, *_value: object) -> NoReturn:
    raise FrozenInstanceError(f"cannot change field {name!r}")


def state(self: Any) -> list[object]:
    """What a pickle or copy is made of."""
    return [getattr(self, f.name) for f in fields(self)]


def restore(self: Any, state: list[object]) -> None:
    for each, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


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
