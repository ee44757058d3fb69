"""Which rules keep still: what of a case they can hear of later, where everything they are made of is known to hear of no more.

An event that comes in order leaves a duty as it was raised unless it states a fact that the rule reads, or is of a kind
that the rule counts. That is true of the constructs listed here, and the list is closed: a rule that says anything else
has no `Hearing`, and every case in which it may be set off is worked out whole after each event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import MISSING, dataclass, fields

from remit.live.program import LiveProgram
from remit.live.rules import LiveRule
from remit.model.event import PERFORMED, VIOLATED, Event
from remit.model.expression import (
    And,
    Compare,
    Compute,
    Expression,
    Has,
    In,
    ListOf,
    Literal,
    Macro,
    Negate,
    Not,
    Or,
    Path,
    Quantify,
    Size,
    Variable,
)
from remit.model.rule import (
    ByDefaulter,
    ByFact,
    ByPeople,
    ByReading,
    ByRelation,
    ByReporter,
    ByRole,
    ByStep,
    ByUnit,
    Consequence,
    Earliest,
    On,
    OnDay,
    OpenEnd,
    Rule,
    Selector,
    Timing,
    Window,
    Within,
    limits_of,
)
from remit.program.compile import children, companion, is_case_events, walk

#: The kind of an act, and for the built-in acts the action as well; None where the act names none.
Key = tuple[str, object]
SELECTORS = (ByUnit, ByRole, ByRelation, ByReporter, ByDefaulter, ByFact, ByStep, ByPeople)
LIMITS = (Within, OnDay, OpenEnd, ByReading)
NODES = frozenset({Literal, ListOf, Variable, Path, Has, Size, Not, Negate, And, Or, Compare, In, Compute, Quantify})
BUILT_IN = frozenset({PERFORMED, VIOLATED})
#: The parts of a rule that are judged here, and those that only explain.
JUDGED = frozenset({
    "id", "policy", "article", "article_label", "quotes", "modality", "action", "statement", "reason", "bearers", "jointly",
    "performers", "to", "cooperating", "trigger", "condition", "exception", "overrides", "timing", "per", "done", "breach", "then",
    "kind", "perdurant", "handover", "inferred", "notes", "label", "indicator", "evidence", "since", "until", "implements",
    "references", "origin",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a rule, and what its failure sets off, may hear of after it was set off.

    `facts` are those of the person, `matter` those of the case; `kinds` the types of events that a condition counts; `keys` those of acts that perform or
    violate, `own` without those of consequences; `names` are the rules that an act may steer. `stiff` are those facts and types
    of events that more hears of than the rule's own condition, exception and bearers.
    """

    facts: frozenset[str]
    matter: frozenset[str]
    kinds: frozenset[str]
    keys: frozenset[Key]
    own: frozenset[Key]
    names: frozenset[str]
    stiff: frozenset[str]


def hearing(program: LiveProgram, rule: LiveRule) -> Hearing | None:
    """None unless the rule, and everything that follows from its failure, is made of nothing but what is listed."""
    if not isinstance(rule.rule.trigger, On):
        return None
    after = following(program, rule)
    if not all(isinstance(other.rule.trigger, Consequence) and not other.above for other in after[1:]):
        return None
    found = [heard_by(other) for other in after]
    if any(one is None for one in found):
        return None
    known = [one for one in found if one is not None]
    return Hearing(
        facts=frozenset(name for one in known for name in one.facts),
        matter=frozenset(name for one in known for name in one.matter),
        kinds=frozenset(kind for one in known for kind in one.kinds),
        keys=frozenset(key for one in known for key in one.keys),
        own=known[0].own,
        names=frozenset(name for one in known for name in one.names),
        stiff=known[0].stiff.union(*(one.facts | one.matter | one.kinds for one in known[1:])),
    )


def following(program: LiveProgram, rule: LiveRule) -> list[LiveRule]:
    """The rule, and those that its failure and theirs set off."""
    found = {rule.order: rule}
    queue = [rule]
    for one in queue:  # which grows while it is read
        for name in one.rule.then:
            for other in program.by_id.get(name, ()):
                if other.order not in found:
                    found[other.order] = other
                    queue.append(other)
    return list(found.values())


def heard_by(rule: LiveRule) -> Hearing | None:
    source = rule.rule
    selectors = (*source.bearers, *source.performers, *source.to, *source.cooperating)
    judged = [part.tree for part in (source.condition, source.exception) if part is not None]
    wheres = [act.where for act in (*rule.source.discharges, *rule.source.breaches) if act.where is not None]
    if not (
        is_whole(source)
        and is_known_limit(source.timing)
        and all(isinstance(selector, SELECTORS) for selector in selectors)
    ):
        return None
    kinds = [kind for tree in judged for kind in counted(tree)]
    facts = [name for tree in (*judged, *wheres) for name in facts_of(tree)]
    if None in kinds or None in facts or any(any(True for _ in counted(tree)) for tree in wheres):
        return None
    keys = frozenset(
        key for act in (*rule.source.discharges, *rule.source.breaches) for key in keys_of(act.event, rule)
    )
    return Hearing(
        facts=frozenset([*filter(None, facts), *(name for one in selectors for name in read_by(one))]),
        matter=frozenset(name for tree in (*judged, *wheres) for name in matter_of(tree)),
        kinds=frozenset(filter(None, kinds)),
        keys=keys,
        own=keys,
        names=frozenset((source.id,)),
        stiff=frozenset(
            [
                *(name for tree in wheres for name in (*filter(None, facts_of(tree)), *matter_of(tree))),
                *(name for one in (*source.performers, *source.to, *source.cooperating) for name in read_by(one)),
            ]
        ),
    )


def is_whole(rule: Rule) -> bool:
    """Whether it says nothing but in parts that are judged here."""
    return all(
        part.name in JUDGED or (part.default is not MISSING and getattr(rule, part.name) == part.default)
        for part in fields(Rule)
    )


def is_known_limit(timing: Timing | None) -> bool:
    if isinstance(timing, Earliest | Window) or timing is None:
        return all(isinstance(limit, (*LIMITS, Window)) for limit in limits_of(timing))
    return isinstance(timing, LIMITS)


def read_by(selector: Selector) -> Iterator[str]:
    """The person's facts that a selector reads."""
    start = selector.of if isinstance(selector, ByStep) else selector
    read = start.fact if isinstance(start, ByFact) else getattr(start, "place", None)
    root, _, name = str(read or "").partition(".")
    if root == "subject":
        yield name


def facts_of(tree: Expression) -> Iterator[str | None]:
    """The person's facts that a condition reads; None for what cannot be said."""
    match tree:
        case Path(Variable("subject"), name):
            yield name
        case Variable("subject"):
            yield None
        case _ if type(tree) not in NODES:
            yield None
        case _:
            for child in children(tree):
                yield from facts_of(child)


def matter_of(tree: Expression) -> Iterator[str]:
    """The facts about the case that a condition reads, beside its events and its name."""
    read = (node.field for node in walk(tree) if isinstance(node, Path) and node.base == Variable("case"))
    return (name for name in read if name not in {"events", "id"})


def counted(tree: Expression) -> Iterator[str | None]:
    """The kinds of events that a condition looks for in the case; None for any kind."""
    match tree:
        case Quantify(Macro.EXISTS, collection, _, predicate) if is_case_events(collection):
            found = tuple(companion(tree))
            yield from found or (None,)
            yield from counted(predicate)
        case Path(Variable("case"), field) if field != "events":
            return
        case Variable("case"):
            yield None
        case _ if type(tree) not in NODES:
            yield None
        case _:
            for child in children(tree):
                yield from counted(child)


def keys_of(kind: str, rule: LiveRule) -> Iterable[Key]:
    return ((kind, rule.rule.action), (kind, None)) if kind in BUILT_IN else ((kind, None),)


def key_of(event: Event) -> Key:
    """Where an act is looked for. What names its action otherwise than by a text could be meant for any."""
    return (event.type, event.data.get("action")) if event.type in BUILT_IN else (event.type, None)
