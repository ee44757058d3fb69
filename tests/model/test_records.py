"""A record is in every respect the dataclass it stands for."""

from __future__ import annotations

import copy
import inspect
import pickle
from dataclasses import FrozenInstanceError, field, fields, is_dataclass, make_dataclass, replace
from types import ModuleType
from typing import Any

import pytest

from remit.deadlines import calendar
from remit.model import counting, event, explanation, expression, obligation, rule, text, unit, vocabulary
from remit.model.records import record

MODEL: tuple[ModuleType, ...] = (calendar, counting, event, explanation, expression, obligation, rule, text, unit, vocabulary)  # fmt: skip
RECORDS = [
    kind
    for module in MODEL
    for kind in vars(module).values()
    if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__
]


@record
class Sample:
    """Every kind of field."""

    name: str
    aside: str = field(compare=False)
    unhashed: list[str] = field(default_factory=list, hash=False)
    hidden: int = field(default=0, repr=False)


def twin_of(kind: type) -> type:
    """What `dataclass` makes of the same fields."""
    told = [(f.name, Any, field(default=f.default, default_factory=f.default_factory, repr=f.repr, hash=f.hash, compare=f.compare)) for f in fields(kind)]  # fmt: skip
    return make_dataclass(kind.__qualname__, told, frozen=True, slots=True)


@pytest.mark.parametrize("kind", [*RECORDS, Sample], ids=lambda kind: kind.__name__)
def test_it_is_made_shown_compared_and_hashed_as_a_dataclass_is(kind: type) -> None:
    twin, values = twin_of(kind), [f"{f.name} said" for f in fields(kind)]
    one, other = kind(*values), twin(*values)
    if "__repr__" not in vars(kind):
        assert repr(one) == repr(other)
    assert hash(one) == hash(other)
    assert one == kind(*values)
    assert one != other
    assert kind.__match_args__ == twin.__match_args__
    assert list(inspect.signature(kind).parameters) == list(inspect.signature(twin).parameters)
    for f in fields(kind):
        changed = replace(one, **{f.name: "another"})
        assert (changed == one, hash(changed) == hash(one)) == (not f.compare, hash(replace(other, **{f.name: "another"})) == hash(other))  # fmt: skip


def test_it_is_frozen_and_has_no_room_for_more() -> None:
    made: Any = Sample("a", "b")
    for change in (lambda: setattr(made, "name", "c"), lambda: delattr(made, "name"), lambda: setattr(made, "more", 1)):
        with pytest.raises(FrozenInstanceError):
            change()
    assert not hasattr(made, "__dict__")


def test_each_has_its_own_of_what_a_factory_makes() -> None:
    one, other = Sample("a", "b"), Sample("a", "b")
    assert one.unhashed == other.unhashed == []
    assert one.unhashed is not other.unhashed
    with pytest.raises(TypeError):
        Sample("a")  # type: ignore[call-arg]


def test_it_can_be_copied_and_sent() -> None:
    made = text.Text("一", "one")
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == copy.deepcopy(made) == made  # noqa: S301 - its own


def test_what_the_class_says_itself_stays() -> None:
    @record
    class Told:
        name: str

        def __repr__(self) -> str:
            return self.name

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 7

    assert (repr(Told("a")), Told("a") == Told("b"), hash(Told("a"))) == ("a", True, 7)
