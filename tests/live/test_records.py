"""A record made quickly is a record like any other."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError
from datetime import datetime

import pytest

from remit.live.records import make_deadline
from remit.model.obligation import Deadline

OPENS = datetime.fromisoformat("2024-05-06T21:00+08:00")


def test_it_is_of_its_class_equal_and_hashes_alike() -> None:
    made, plain = make_deadline(OPENS), Deadline(OPENS)
    assert (type(made), made, hash(made), repr(made)) == (Deadline, plain, hash(plain), repr(plain))


def test_it_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        make_deadline(OPENS).due = OPENS


def test_it_can_be_copied_and_sent() -> None:
    made = make_deadline(OPENS)
    assert pickle.loads(pickle.dumps(made)) == copy.copy(made) == made  # noqa: S301 - its own
