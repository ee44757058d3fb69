"""The words of a pack: attributes, event types, actions, roles, readings, levels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from remit.errors import Origin
from remit.model.expression import Scalar
from remit.model.records import record
from remit.model.rule import Timing
from remit.model.terms import ValueKind
from remit.model.text import Text
from remit.model.unit import Edge, Place, Reorganisation, Unit


@record
class Choice:
    """One value of a `choice` attribute."""

    id: str
    label: Text
    aliases: tuple[str, ...] = ()


@record
class Attribute:
    """One fact that events may carry. Its name means the same in every event.

    Attributes:
        of: `event` where it describes the report, `subject` where it holds of the person or thing and
            so stays true for the case until stated anew; `case` where it holds of the matter, whoever it is stated about.
        many: a list of values rather than one.
        minimum, maximum: inclusive bounds of a number, or None.
        absent_means: the value taken when nobody has stated it (closed world), or None for unknown.
        reason: why absence may be read so; required with `absent_means`.
        ask: the question put to people when the fact is unknown.
        asked_of: the role that can say, or None for the reporter.
    """

    id: str
    label: Text
    kind: ValueKind
    of: str = "event"
    many: bool = False
    choices: tuple[Choice, ...] = ()
    unit: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    absent_means: Scalar | None = None
    reason: str | None = None
    ask: Text | None = None
    asked_of: str | None = None
    aliases: tuple[str, ...] = ()
    origin: Origin = Origin()


@record
class EventType:
    """A type of event: which attributes it carries, and which of them it must."""

    id: str
    label: Text
    attributes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    about: Text | None = None
    built_in: bool = False
    aliases: tuple[str, ...] = ()
    origin: Origin = Origin()


@record
class Term:
    """A plain word of the vocabulary: an action or a role."""

    id: str
    label: Text
    aliases: tuple[str, ...] = ()
    origin: Origin = Origin()


@record
class Reading:
    """A declared interpretation of an open-textured term.

    `timing` is what the term is taken to mean in time; None where the reading leaves the end open or is
    about something else. `means` says it in words, `signed_by` who declared it, `status` whether the
    competent authority has confirmed it (`official`) or the pack's authors assume it (`assumed`).
    """

    id: str
    label: Text
    means: Text
    timing: Timing | None
    signed_by: str
    since: date
    reason: str
    status: str = "assumed"
    aliases: tuple[str, ...] = ()
    origin: Origin = Origin()


@record
class Vocabulary:
    """Everything `facts/` declares, by canonical id; read-only mappings in order of declaration."""

    pack_id: str
    title: Text
    language: str
    zone: str
    levels: tuple[str, ...]
    level_labels: Mapping[str, Text]
    fallback: str
    attributes: Mapping[str, Attribute]
    event_types: Mapping[str, EventType]
    actions: Mapping[str, Term]
    roles: Mapping[str, Term]
    readings: Mapping[str, Reading]
    places: Mapping[str, Place]
    units: Mapping[str, Unit]
    edges: tuple[Edge, ...]
    reorganisations: tuple[Reorganisation, ...]
