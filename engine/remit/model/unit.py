"""Units, places and the edges between units, each with its dates of validity."""

from __future__ import annotations

from datetime import date
from typing import Literal

from remit.errors import Origin
from remit.model.records import record
from remit.model.terms import Basis, Relation
from remit.model.text import Text


@record
class Place:
    """Where something happens and where a unit has competence. `inside` is the enclosing place, or None at the top.

    `zone` and `calendar` are its own time zone and the name of its own days off; None where it has those of the place it lies in.
    """

    id: str
    label: Text
    level: str
    inside: str | None
    aliases: tuple[str, ...] = ()
    zone: str | None = None
    calendar: str | None = None
    origin: Origin = Origin()


@record
class Unit:
    """An office, institution or post that can bear or receive a duty.

    `basis` says whether the policy's text names it; `reason` why it is inferred where it does not.
    `since` is the first day it exists, `until` the last; None leaves the end open.
    """

    id: str
    label: Text
    roles: tuple[str, ...]
    place: str
    level: str
    basis: Basis = Basis.STATED
    reason: str | None = None
    since: date | None = None
    until: date | None = None
    aliases: tuple[str, ...] = ()
    origin: Origin = Origin()


@record
class Edge:
    """`source` stands in `relation` to `target` from `since` to `until`, both days included."""

    source: str
    relation: Relation
    target: str
    since: date | None = None
    until: date | None = None
    origin: Origin = Origin()


@record
class Reorganisation:
    """On a date, units are merged into one, renamed, or abolished with a successor.

    `merge` and `abolish`: every unit of `units` ceases the day before `on`; open duties move to `into`.
    `rename`: the single unit of `units` keeps its identity and bears `label` from `on`.
    """

    on: date
    kind: Literal["merge", "rename", "abolish"]
    units: tuple[str, ...]
    into: str | None = None
    label: Text | None = None
    authority: str | None = None
    origin: Origin = Origin()
