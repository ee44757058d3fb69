"""What a norm says: policies, rules, quotes, selectors, timings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date

from remit.errors import Origin
from remit.model.counting import PRC_CIVIL_CODE, Counting
from remit.model.expression import Expression
from remit.model.records import record
from remit.model.terms import CountFrom, Jointly, Kind, Modality, Per, Period, Relation
from remit.model.text import Text


@record
class Quote:
    """Exact words of the source, and the sentences they touch (indices into `Policy.sentences`).

    `spans` says which part of each: (sentence, first character, one past the last).
    """

    text: str
    article: str
    sentences: tuple[int, ...]
    spans: tuple[tuple[int, int, int], ...] = ()
    origin: Origin = Origin()


# --- who -----------------------------------------------------------------------------------------


@record
class ByUnit:
    """One named unit."""

    unit: str


@record
class ByRole:
    """The unit with `role` at a place.

    Attributes:
        place: `event.place`, `bearer.place`, a `subject.` or `event.` attribute of kind place, or a place's id; None
            means any place, which is right only where one unit has the role (and level). An attribute that lists
            several places stands for each of them.
        level: a level of the pack: the place meant is the one of that level around `place`; `same` and
            `upper` are relative to the bearer; None keeps the place itself.
        enclosing: the nearest enclosing place with such a unit will do.
        each: every matching unit, not one.
    """

    role: str
    place: str | None = None
    level: str | None = None
    enclosing: bool = False
    each: bool = False


@record
class ByRelation:
    """Units standing in `relation` (`member_of`, `office_of` …) to the units with role (or id) `of`.

    For a bearer: every such unit (`each`). For a recipient: `level: same` picks, of the units `of` the
    bearer itself belongs to, the one at the bearer's level.
    """

    relation: Relation
    of: str
    place: str | None = None
    level: str | None = None
    each: bool = False


@record
class ByReporter:
    """The unit that reported the event (`event.by`)."""


@record
class ByDefaulter:
    """Of a consequence: the unit whose duty was missed or breached."""


@record
class ByFact:
    """The unit, or each of the units, that a fact names: an `event.` or `subject.` attribute of kind unit."""

    fact: str


@record
class ByStep:
    """The nearest unit with `role`, from the unit `of` on, along the edges of a relation.

    Attributes:
        role: what the unit must be. The unit `of` itself is the nearest of all.
        via: the relation, followed from a unit to what it is part of, reports to, is guided by … , as often as needed.
        of: where it begins; None is the bearer.
    """

    role: str
    via: Relation
    of: ByUnit | ByReporter | ByDefaulter | ByFact | None = None


@record
class ByPeople:
    """People, who are no unit: shown as who receives or assists, never routed, never asked about."""

    label: Text

    @property
    def id(self) -> str:
        """What stands for them where a unit's id would stand."""
        return f"people:{self.label.en}"


Selector = ByUnit | ByRole | ByRelation | ByReporter | ByDefaulter | ByFact | ByStep | ByPeople


# --- when ----------------------------------------------------------------------------------------


@record
class Within:
    """So much time from the start: `hours`, `days`, `working_days` or `months`."""

    amount: int
    unit: str
    count_from: CountFrom = CountFrom.KNOWN
    rolls_over: bool = False


@record
class MonthDay:
    month: int
    day: int

    def __str__(self) -> str:
        return f"{self.month:02d}-{self.day:02d}"


@record
class Window:
    """Days of a year between which the duty is to be done; `latest` is the last lawful day."""

    opens: MonthDay
    due: MonthDay
    latest: MonthDay
    rolls_over: bool = False


@record
class OnDay:
    """A fixed date."""

    day: date
    rolls_over: bool = False


@record
class OpenEnd:
    """No end is set: the duty shows how long it has been open, and is never overdue."""


@record
class ByReading:
    """What the reading of this name says."""

    reading: str
    count_from: CountFrom = CountFrom.KNOWN


@record
class Accompanying:
    """Together with what another rule asks for: due when that is done, and else when that is due."""

    rule: str


Limit = Within | OnDay | OpenEnd | ByReading


@record
class Earliest:
    """Several limits on one duty: each holds, so the earliest governs."""

    of: tuple[Limit, ...]


Timing = Within | Window | OnDay | OpenEnd | ByReading | Earliest | Accompanying


def limits_of(timing: Timing | None) -> tuple[Timing, ...]:
    """Each limit by itself."""
    return timing.of if isinstance(timing, Earliest) else () if timing is None else (timing,)


def readings_of(timing: Timing | None) -> tuple[str, ...]:
    """The readings from which a limit, or one of several, comes."""
    return tuple(limit.reading for limit in limits_of(timing) if isinstance(limit, ByReading))


def accompanied(timing: Timing | None) -> tuple[str, ...]:
    """The rule whose act it accompanies."""
    return (timing.rule,) if isinstance(timing, Accompanying) else ()


# --- what sets it off ------------------------------------------------------------------------------


@record
class On:
    """Any one event of these types."""

    events: tuple[str, ...]


@record
class Every:
    period: Period


@record
class Always:
    pass


@record
class Consequence:
    """Set off by the failure of the rules that name this one in `then`."""


Trigger = On | Every | Always | Consequence


@record
class Act:
    """An event that discharges or breaches: its type, and what must hold of it."""

    event: str
    where: Expression | None = None


@record
class Statement:
    """What a `counts_as` rule states: a term's meaning, or an edge that the unit graph must hold."""

    term: Text | None = None
    meaning: Text | None = None
    source: str | None = None
    relation: Relation | None = None
    target: str | None = None


@record
class Condition:
    """An expression with the words it was written in."""

    tree: Expression
    text: str
    origin: Origin = Origin()


@record
class Rule:
    """One norm, as docs/language.md describes it key by key. `inferred` maps a part to the reason it was read in.

    `references` are the places of the rules it names in `then` and `overrides`.
    """

    id: str
    policy: str
    article: str
    article_label: str
    quotes: tuple[Quote, ...]
    modality: Modality
    action: str | None = None
    statement: Statement | None = None
    reason: str | None = None
    bearers: tuple[Selector, ...] = ()
    jointly: Jointly = Jointly.EACH
    performers: tuple[Selector, ...] = ()
    to: tuple[Selector, ...] = ()
    cooperating: tuple[Selector, ...] = ()
    trigger: Trigger = Always()
    condition: Condition | None = None
    exception: Condition | None = None
    overrides: tuple[str, ...] = ()
    timing: Timing | None = None
    per: Per = Per.CASE
    done: tuple[Act, ...] = ()
    breach: tuple[Act, ...] = ()
    then: tuple[str, ...] = ()
    kind: Kind = Kind.ACHIEVEMENT
    perdurant: bool = True
    handover: bool = False
    inferred: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    label: Text | None = None
    indicator: str | None = None
    evidence: str | None = None
    since: date | None = None
    until: date | None = None
    implements: tuple[str, ...] = ()
    references: Mapping[str, Origin] = field(default_factory=dict, compare=False)
    origin: Origin = Origin()


@record
class SuperiorDuty:
    """A duty of a superior document whose rules are not in the pack, in that document's own words."""

    id: str
    article: str
    quote: str
    origin: Origin = Origin()


@record
class Superior:
    """A document that a policy implements.

    `policy` is its id where its rules are in this pack as well; else `duties` are those listed of it. With neither,
    it is known by its title only, and nothing can be said about what it asks for.
    """

    id: str
    title: Text
    number: str = ""
    issuer: str = ""
    policy: str | None = None
    duties: tuple[SuperiorDuty, ...] = ()
    origin: Origin = Origin()


@record
class Sentence:
    """One sentence of the source: its article (`0` for what stands before the first), text, and line in the file.

    `label` is the article in the document's own words; `heading` marks titles of chapters, which bind nobody.
    """

    index: int
    article: str
    text: str
    line: int
    heading: bool = False
    label: str = ""


@record
class Policy:
    """One issued document and its rules.

    `level` is the rank of its issuer (lex superior); `first_period` says what a recurring duty owes in
    the period its effective date cuts: `full`, `none`, or `remainder` (the same duty, from that date on).
    `implements` are the superior documents it carries out; `counting` is how its periods are counted.
    """

    id: str
    title: Text
    number: str
    issuer: str
    level: str
    issued_on: date
    effective_on: date
    repealed_on: date | None
    first_period: str
    sentences: tuple[Sentence, ...]
    rules: tuple[Rule, ...]
    implements: tuple[Superior, ...] = ()
    counting: Counting = PRC_CIVIL_CODE
    origin: Origin = Origin()
