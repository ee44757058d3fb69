"""Which rules run as columns, which do not and why, and each of those that do as a row of constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from remit.columnar.conditions import Constant, OutsideColumnsError, Translator
from remit.live.doubts import Doubt
from remit.live.limits import resolved
from remit.live.program import LiveProgram
from remit.live.rules import LiveRule
from remit.model.counting import Counting
from remit.model.rule import (
    Accompanying,
    Act,
    ByDefaulter,
    ByFact,
    ByPeople,
    ByReading,
    ByRelation,
    ByReporter,
    ByRole,
    ByStep,
    ByUnit,
    Earliest,
    On,
    Selector,
    Timing,
    Window,
    Within,
)
from remit.model.terms import CountFrom, Jointly, Modality, Per, ValueKind
from remit.semantics.drafts import escaped

#: Limits of hours beyond this are left alone: the sum may have no date.
HOURS = 24 * 366 * 1000
READABLE = (ValueKind.PLACE, ValueKind.UNIT, ValueKind.TEXT, ValueKind.CHOICE)


@dataclass(frozen=True, slots=True)
class ColumnarRule:
    """A rule of the subset.

    Attributes:
        condition, exception, doubts, acts, breaches: as SQL; rules of one shape differ by their `constants` only.
        stated: the attributes that it reads of events.
        facts, matter: those that decide it, of the subject and of the case; `of_person` and `of_case` also those that make an act a breach.
        route: what finds its desks. Rules with the same route find the same desks for the same event.
        place: the event's attribute from which a desk's place, or a unit, is read.
        reads_by, reads_place: whether its desks depend on who reports, and where.
        limit: the deadline it shares with rules of the same timing; `hours` where it is counted in hours.
    """

    live: LiveRule
    condition: str
    exception: str
    doubts: str
    acts: tuple[tuple[str, str], ...]
    breaches: tuple[tuple[str, str], ...]
    constants: Mapping[str, Constant]
    stated: frozenset[str]
    facts: frozenset[str]
    matter: frozenset[str]
    of_person: frozenset[str]
    of_case: frozenset[str]
    route: tuple[object, ...]
    place: str | None
    reads_by: bool
    reads_place: bool
    limit: Timing | None
    hours: int | None
    from_event: bool

    @property
    def row(self) -> dict[str, object]:
        """What the plan reads of it."""
        rule = self.live.rule
        return {
            "rule": self.live.order, "name": rule.id, "policy": rule.policy, "action": rule.action or "",
            "prefix": f"{escaped(rule.policy)}/{escaped(rule.id)}/", "per": rule.per.value,
            "per_bearer": self.live.per_bearer,
            "reads_by": self.reads_by, "reads_place": self.reads_place, "place_of": self.place, "hours": self.hours,
            "from_event": self.from_event, "reading": rule.timing.reading if isinstance(rule.timing, ByReading) else None,
            "maintained": self.live.maintained, "must": rule.modality is Modality.MUST, "perdurant": rule.perdurant,
            "handover": rule.handover, "joins": rule.per is not Per.EVENT or len(rule.bearers) > 1,
            **self.constants,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subset:
    """A law's rules, each in columns or refused with the reason. `asked` are the questions of the former, by number."""

    rules: tuple[ColumnarRule, ...]
    refused: Mapping[int, str]
    asked: Mapping[Doubt, int] = field(default_factory=dict)


def subset_of(program: LiveProgram) -> Subset:
    """What runs as columns. Rules that say anything of each other go together to the live evaluator."""
    related = set(relations(program))
    asked: dict[Doubt, int] = {}
    rules, refused = [], {}
    for rule in program.rules:
        if rule.order in related:
            refused[rule.order] = "it and another rule bear on each other"
            continue
        try:
            rules.append(columnar_rule(program, rule, asked))
        except OutsideColumnsError as why:
            refused[rule.order] = str(why)
    return Subset(tuple(rules), refused, asked)


def relations(program: LiveProgram) -> Iterator[int]:
    """Rules that set others off, aside or due, and the others."""
    for rule in program.rules:
        named = [*rule.rule.then]
        if isinstance(rule.rule.timing, Accompanying):
            named.append(rule.rule.timing.rule)
        others = [other.order for name in named for other in program.by_id.get(name, ())]
        if named or rule.above:
            yield from (rule.order, *others, *rule.above)


def columnar_rule(program: LiveProgram, rule: LiveRule, asked: dict[Doubt, int]) -> ColumnarRule:
    """The rule as it runs in columns.

    Raises:
        OutsideColumnsError: it does not, and why.
    """
    source = rule.rule
    if not isinstance(source.trigger, On):
        raise OutsideColumnsError("no event sets it off")
    if source.jointly is Jointly.ANY:
        raise OutsideColumnsError("a joint duty")
    if program.law.calendar.local:
        raise OutsideColumnsError("places have clocks or calendars of their own")
    words = Translator(program.law.attributes, asked)
    trees = [None if part is None else part.tree for part in (source.condition, source.exception)]
    condition, exception = (None if tree is None else words.judge(tree) for tree in trees)
    words.bearer = "u.any_unit"
    doubts = [words.doubts(tree) for tree in trees if tree is not None]
    facts, matter = frozenset(words.facts), frozenset(words.matter)
    acts = acts_of(rule.source.discharges, words)
    if words.facts or words.matter:
        raise OutsideColumnsError("an act that depends on a fact of the subject or of the case")
    breaches = acts_of(rule.source.breaches, words)
    of_person, of_case = facts | words.facts, matter | words.matter
    by, place, named = inputs(program, rule)
    if named is not None:
        words.stated.add(named)
    hours, from_event = counted(program, source.timing, rule.source.policy.counting)
    return ColumnarRule(
        rule, condition or "TRUE", exception or "FALSE", f"list_concat({', '.join(doubts)})" if doubts else "[]", acts, breaches,
        words.constants, frozenset(words.stated), facts, matter, of_person, of_case, route_of(rule), named, by, place, source.timing, hours, from_event,
    )  # fmt: skip


def acts_of(acts: tuple[Act, ...], words: Translator) -> tuple[tuple[str, str], ...]:
    """The type of each act and what must hold of it. `words` then tell what facts that reads, and nothing else.

    Raises:
        OutsideColumnsError: it has no columnar form.
    """
    words.facts, words.matter, words.reads_bearer = set(), set(), False
    found = tuple((act.event, "TRUE" if act.where is None else words.judge(act.where)) for act in acts)
    if words.reads_bearer:
        raise OutsideColumnsError("an act that depends on the bearer")
    return found


def counted(program: LiveProgram, timing: Timing | None, counting: Counting) -> tuple[int | None, bool]:
    """The hours of a limit in hours; whether the limit counts from the event."""
    match resolved(program.law, timing):
        case Window() | Earliest() | Accompanying() as other:
            raise OutsideColumnsError(f"a limit of the kind {type(other).__name__}")
        case Within(unit="hours") if not counting.plain_hours:
            raise OutsideColumnsError("hours counted by a law of their own")
        case Within(amount, "hours", count_from) if 0 <= amount <= HOURS:
            return amount, count_from is CountFrom.EVENT
        case Within(_, "hours"):
            raise OutsideColumnsError("a limit of too many hours")
        case Within(count_from=count_from):
            return None, count_from is CountFrom.EVENT
    return None, False


def route_of(rule: LiveRule) -> tuple[object, ...]:
    """All that decides its desks, but for the event."""
    source = rule.rule
    parts = ("bearer", "performer", "to", "with")
    stated = tuple(part in source.inferred for part in parts)
    return (source.bearers, source.performers, source.to, source.cooperating, stated)


def inputs(program: LiveProgram, rule: LiveRule) -> tuple[bool, bool, str | None]:
    """Whether its desks depend on who reported and where, and on which attribute of the event."""
    source = rule.rule
    read: set[str] = set()
    for selector in (*source.bearers, *source.performers, *source.to, *source.cooperating):
        read |= set(read_by(selector))
    named = read - {"by", "place"}
    if len(named) > 1:
        raise OutsideColumnsError("desks that depend on several attributes")
    name = next(iter(named), None)
    attribute = program.law.attributes.get(name.removeprefix("event.")) if name is not None else None
    if name is not None and (attribute is None or attribute.many or attribute.kind not in READABLE):
        raise OutsideColumnsError(f"a desk that depends on {name}")
    return "by" in read, "place" in read, None if attribute is None else attribute.id


def read_by(selector: Selector) -> Iterator[str]:
    """What of the event a selector reads: `by`, `place`, or an attribute as `event.x`."""
    match selector:
        case ByUnit() | ByPeople() | ByStep(of=None) | ByRole(place=None, each=True):
            return
        case ByReporter():
            yield "by"
        case ByStep(of=of) if of is not None:
            yield from read_by(of)
        case ByFact(reference):
            yield from read_of(reference)
        case ByRole(place=reference) | ByRelation(place=reference):
            yield from read_of(reference or "event.place")
        case ByDefaulter():
            raise OutsideColumnsError("the unit in default")


def read_of(reference: str) -> Iterator[str]:
    root = reference.partition(".")[0]
    if root == "subject":
        raise OutsideColumnsError("a desk that depends on a fact of the subject")
    if reference == "event.place":
        yield "place"
    elif root == "event":
        yield reference
