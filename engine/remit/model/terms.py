"""The closed word lists of the design, as enumerations. Nothing here is open to a pack."""

from __future__ import annotations

from enum import StrEnum


class Modality(StrEnum):
    """What kind of norm a rule states (deontic modality)."""

    MUST = "must"
    MUST_NOT = "must_not"
    MAY = "may"
    COUNTS_AS = "counts_as"
    NON_NORMATIVE = "non_normative"


class Status(StrEnum):
    """Where an obligation stands at a moment; see docs/semantics.md for every transition."""

    UNDECIDED = "undecided"
    PENDING = "pending"
    ACTIVE = "active"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    OVERDUE = "overdue"
    DONE = "done"
    DONE_LATE = "done_late"
    BREACHED = "breached"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    WAIVED = "waived"
    TRANSFERRED = "transferred"
    DISPUTED = "disputed"


class Nature(StrEnum):
    """How a duty comes about: an event, the calendar, the text's mere existence, or a failed duty."""

    TRIGGERED = "triggered"
    RECURRING = "recurring"
    STANDING = "standing"
    CONSEQUENT = "consequent"


class Kind(StrEnum):
    """Achievement: once inside the window. Maintenance: at every moment."""

    ACHIEVEMENT = "achievement"
    MAINTENANCE = "maintenance"


class Basis(StrEnum):
    """Whether the text itself says so, or the pack's authors read it into the text."""

    STATED = "stated"
    INFERRED = "inferred"


class Relation(StrEnum):
    """Edges of the unit graph."""

    PART_OF = "part_of"
    REPORTS_TO = "reports_to"
    GUIDED_BY = "guided_by"
    MEMBER_OF = "member_of"
    OFFICE_OF = "office_of"
    LOCATED_IN = "located_in"


class Period(StrEnum):
    """How often a recurring duty comes round, by calendar."""

    YEAR = "year"
    HALF_YEAR = "half_year"
    QUARTER = "quarter"
    MONTH = "month"


class Per(StrEnum):
    """What one obligation is made for: the matter, each person in it, or each report."""

    CASE = "case"
    SUBJECT = "subject"
    EVENT = "event"


class Jointly(StrEnum):
    """Of several bearers: each owes it, or any one's act discharges all."""

    EACH = "each"
    ANY = "any"


class CountFrom(StrEnum):
    """Where a deadline starts: when the bearer could know, or when it happened."""

    KNOWN = "known"
    EVENT = "event"


class ValueKind(StrEnum):
    """Types of attributes and expressions."""

    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    TEXT = "text"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    CHOICE = "choice"
    PLACE = "place"
    UNIT = "unit"
