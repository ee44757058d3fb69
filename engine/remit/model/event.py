"""`Event`: something that happened, when, and when it became known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime

from remit.errors import Origin
from remit.model.expression import Value
from remit.model.records import record

#: Event types every pack has: the acts by which duties are performed and their life is changed.
PERFORMED = "performed"
VIOLATED = "violated"
RETRACTION = "retraction"
CORRECTION = "correction"
WAIVER = "waiver"
SUSPENSION = "suspension"
RESUMPTION = "resumption"
DISPUTE = "dispute"
RECEIPT = "receipt"
TRANSFER = "transfer"
MERGER = "case_merger"
SPLIT = "case_split"


@record
class Event:
    """One report, dated twice and never edited.

    Attributes:
        id: unique in the ledger; the same id with the same content is the same event.
        type: an event type of the vocabulary, or one of the built-in acts above.
        at: when it happened, aware.
        known_at: when it became known, aware; equals `at` where nothing else was said.
        case: the matter it belongs to; None for a unit's own agenda.
        by: the unit that reports or acts; None where nobody does.
        place: a place, or a unit standing for where it is; None where unknown.
        subject: the person or thing within the case; None means the case's only one.
        data: attributes by canonical name, in the types of the vocabulary.
        day_only: `at` was given as a day without an hour.
        replacement: of a `correction`, the event as it should have been reported; else None. The
            event it corrects is `data["of"]`, as it is for a `retraction`.
        origin: where it was read, if in a file; the same report in another file is the same.
    """

    id: str
    type: str
    at: datetime
    known_at: datetime
    case: str | None = None
    by: str | None = None
    place: str | None = None
    subject: str | None = None
    data: Mapping[str, Value] = field(default_factory=dict)
    day_only: bool = False
    replacement: Event | None = None
    origin: Origin = field(default=Origin(), compare=False)

    @property
    def where(self) -> Origin:
        """Where it was read, with its id and its case, as errors name it."""
        return replace(self.origin, event=self.id, case=self.case)

    @property
    def knowable_at(self) -> datetime:
        """The moment a bearer could know: the later of `at` and `known_at` (DESIGN §3)."""
        at, known_at = self.at, self.known_at
        return at if known_at is at or known_at <= at else known_at
