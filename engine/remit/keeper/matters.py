"""The names under which matters stand in the projection: each case, the events without one, the agenda."""

from __future__ import annotations

from collections.abc import Iterator

from remit.semantics.drafts import unescaped

AGENDA, CASELESS, CASE = "agenda", "caseless", "case:"


def matter_of(case: str | None) -> str:
    """The name under which a case stands in the projection."""
    return CASELESS if case is None else CASE + case


def matters_named(obligation_id: str) -> Iterator[str]:
    """Those in which an obligation of this id can stand: whatever it follows from, its case is one of its parts."""
    yield from (matter_of(unescaped(part)) for part in obligation_id.split("/"))
    yield from (AGENDA, CASELESS)


def case_of(matter: str) -> str | None:
    return None if matter == CASELESS else matter.removeprefix(CASE)
