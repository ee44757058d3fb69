"""The library pack, and what one case of it raises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from made import LIBRARY, edited
from remit import Engine, Pack
from remit.model.explanation import Why

ZONE = ZoneInfo("Europe/Stockholm")
OVERDUE = {
    "id": "e1", "case": "loan-1", "type": "item_overdue", "at": "2024-06-05T10:00", "by": "harbour-library",
    "place": "harbour", "days_late": 20,
}  # fmt: skip
Heard = Callable[..., Engine]


@pytest.fixture(scope="session")
def library() -> Pack:
    return Pack.load(LIBRARY)


@pytest.fixture
def heard(library: Pack) -> Heard:
    """An engine pinned at a moment (left out: noon of 7 June 2024) that has heard some events."""

    def hear(*events: Mapping[str, object], now: str = "2024-06-07T12:00", pack: Pack | None = None) -> Engine:
        at = datetime.fromisoformat(now)
        engine = Engine(pack or library, backend="reference", now=at if at.tzinfo else at.replace(tzinfo=ZONE))
        engine.submit_all(events)
        return engine

    return hear


@pytest.fixture
def overdue() -> Callable[..., dict[str, object]]:
    """The report of a late item, with other fields where given; None takes one away."""

    def report(**changed: object) -> dict[str, object]:
        return {name: value for name, value in {**OVERDUE, **changed}.items() if value is not None}

    return report


@pytest.fixture
def amended_library(tmp_path: Path) -> Callable[..., Pack]:
    """The library pack with one passage of its bylaws changed."""

    def amend(old: str, new: str) -> Pack:
        return Pack.load(edited(tmp_path, "policies/bylaws-2024/bylaws.md", old, new))

    return amend


@pytest.fixture
def steps() -> Callable[[Why, str], list[Why]]:
    """All nodes of a kind in a tree, from top to bottom."""

    def find(why: Why, kind: str) -> list[Why]:
        beneath = [step for child in why.children for step in find(child, kind)]
        return [why, *beneath] if why.kind == kind else beneath

    return find
