"""The names under which matters stand in the projection: each case, the events without one, the agenda."""

from __future__ import annotations

AGENDA, CASELESS, CASE = "agenda", "caseless", "case:"


def matter_of(case: str | None) -> str:
    """The name under which a case stands in the projection."""
    return CASELESS if case is None else CASE + case


def case_of(matter: str) -> str | None:
    return None if matter == CASELESS else matter.removeprefix(CASE)
