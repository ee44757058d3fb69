"""What follows: obligations, questions, conflicts, and the difference between two answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from remit.model.explanation import Why
from remit.model.records import record
from remit.model.rule import Timing
from remit.model.terms import Basis, Kind, Modality, Nature, Status
from remit.model.text import Text


@record
class Party:
    """A unit in its part of an obligation, as it stood on that date; or people, who have neither level nor place.

    `role` is the role it was chosen for. `routed` is False when no desk was found and the pack's fallback took it.
    `path` says how it was found, edge by edge.
    """

    id: str
    label: Text
    role: str | None
    level: str
    place: str
    basis: Basis = Basis.STATED
    routed: bool = True
    path: tuple[Why, ...] = ()

    @property
    def people(self) -> bool:
        """Whether these are people, and no unit."""
        return not self.level

    @property
    def desk(self) -> bool:
        """Whether a unit was found."""
        return self.routed and not self.people

    def bare(self) -> Party:
        """The party without the way it was found."""
        return replace(self, path=()) if self.path else self


@record
class Deadline:
    """When a duty opens, is due, and may last be done.

    All aware or None. `state` is `set`, `open` (a reading leaves the end open), `unstated` (the text gives
    none), `unpublished` (a needed calendar is not out yet: `awaits` is its year) or `stopped` (the clock stands still: what is
    left runs from its resumption). `reading` names the reading that set the limit.
    `calendars` are the documents of the years' notices that had a say in `due` or `latest`: whose days were counted, or skipped.
    `limit` is the timing that set `due`, its reading resolved: what a stopped clock gives back is counted in its units.
    """

    opens: datetime | None = None
    due: datetime | None = None
    latest: datetime | None = None
    state: str = "unstated"
    reading: str | None = None
    awaits: int | None = None
    calendars: tuple[str, ...] = ()
    steps: tuple[Why, ...] = ()
    limit: Timing | None = None

    def bare(self) -> Deadline:
        """The deadline without the steps that led to it."""
        return replace(self, steps=(), limit=None) if self.steps or self.limit else self


@record
class Question:
    """A fact that would decide an obligation: which, of whom, and who can say.

    `fact` is a path such as `subject.age`, or `event.place`; `ask` the question in words; `asked_of` a unit, role or None for the reporter.
    """

    obligation: str
    rule: str
    case: str | None
    subject: str | None
    fact: str
    ask: Text
    asked_of: str | None = None


@record
class Conflict:
    """Two applicable rules that contradict each other and that nothing orders."""

    rules: tuple[str, str]
    articles: tuple[str, str]
    obligations: tuple[str, str]
    case: str | None
    claim: Text


@record
class Obligation:
    """One rule made concrete: rule × case or period × bearer, as it stands at a moment.

    `status` is read off two axes: `in_force` (is it owed now?) and `performed_at` (was it done, and when?).
    `breached_at` is when an act violated it.
    `grounds` are the steps of its explanation, kept with it: events, condition, exception, life.
    """

    id: str
    rule: str
    policy: str
    article: str
    article_label: str
    quotes: tuple[str, ...]
    modality: Modality
    action: str
    nature: Nature
    kind: Kind
    bearer: Party
    performers: tuple[Party, ...]
    to: tuple[Party, ...]
    cooperating: tuple[Party, ...]
    case: str | None
    subject: str | None
    period: str | None
    status: Status
    triggered_by: tuple[str, ...]
    deadline: Deadline
    performed_at: datetime | None = None
    performed_by: tuple[str, ...] = ()
    breached_at: datetime | None = None
    rebuttable: bool = False
    handover_open: bool = False
    questions: tuple[Question, ...] = ()
    transferred_to: str | None = None
    transferred_from: str | None = None
    inferred: tuple[tuple[str, str], ...] = ()
    grounds: tuple[Why, ...] = ()

    @property
    def in_force(self) -> bool:
        """Whether it is owed at that moment."""
        return self.status in OPEN

    def bare(self) -> Obligation:
        """The obligation without its explanation: what every faster path must agree on, field by field."""
        return replace(
            self,
            bearer=self.bearer.bare(),
            performers=tuple(party.bare() for party in self.performers),
            to=tuple(party.bare() for party in self.to),
            cooperating=tuple(party.bare() for party in self.cooperating),
            deadline=self.deadline.bare(),
            grounds=(),
        )


#: States in which somebody still owes something (or must still refrain).
OPEN = frozenset(
    {
        Status.PENDING,
        Status.ACTIVE,
        Status.IN_FORCE,
        Status.OVERDUE,
        Status.SUSPENDED,
        Status.UNDECIDED,
        Status.DISPUTED,
    }
)


@record
class Answer:
    """Everything that follows from some events at a moment, in stable order."""

    obligations: tuple[Obligation, ...]
    conflicts: tuple[Conflict, ...] = ()

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(q for o in self.obligations for q in o.questions)

    @property
    def unrouted(self) -> tuple[Obligation, ...]:
        return tuple(
            o for o in self.obligations if not all(p.routed for p in (o.bearer, *o.performers, *o.to, *o.cooperating))
        )


@record
class Change:
    """One obligation before and after. `before` is None when it arose; `after` is None when nothing supports it any more."""

    what: str
    before: Obligation | None
    after: Obligation | None

    @property
    def obligation(self) -> Obligation:
        """As it stands; as it stood, where nothing is left of it."""
        found = self.after or self.before
        if found is None:
            msg = "a change has a before or an after"
            raise ValueError(msg)
        return found


@record
class Delta:
    """What an event or the passing of time changed, in stable order.

    `duplicate` is True when the event was already known with the same content and nothing was done.
    """

    changes: tuple[Change, ...] = ()
    duplicate: bool = False

    @property
    def created(self) -> tuple[Obligation, ...]:
        return self._after("created")

    @property
    def discharged(self) -> tuple[Obligation, ...]:
        return self._after("discharged")

    @property
    def withdrawn(self) -> tuple[Obligation, ...]:
        return self._after("withdrawn")

    def _after(self, what: str) -> tuple[Obligation, ...]:
        if not self.changes:
            return ()
        return tuple([c.after for c in self.changes if c.what == what and c.after is not None])
