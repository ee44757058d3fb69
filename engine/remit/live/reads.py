"""`Reads`: what a rule looks at in a case, and so which events it cannot tell apart and which reports it does not hear of."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from remit.expressions.closures import FIXED, NOTHING, Judge, compiled
from remit.live.records import make_situation
from remit.live.rules import LiveRule
from remit.model.event import Event
from remit.model.expression import Expression, Path, Quantify, Variable
from remit.model.rule import ByFact, ByStep, Selector
from remit.program.compile import children, is_case_events

#: What a route may read of an event without naming it.
OF_ROUTES = frozenset({"place", "by"})
UNSAID = object()


@dataclass(frozen=True, slots=True)
class Reads:
    """What the condition, the exception and the routes of the bearers read.

    Of the event that sets the rule off they read what the `judges` find, of its parts that look at nothing else, and for routes
    what it states (`stated`) and says of itself (`own`). `facts` are those of the person, `matter` those of the case; `others`
    what is read of the case's other events, None where nothing is.
    """

    judges: tuple[Judge, ...]
    stated: tuple[str, ...]
    own: tuple[str, ...]
    facts: tuple[str, ...]
    matter: tuple[str, ...]
    others: tuple[str, ...] | None

    def alike(self, event: Event) -> Hashable:
        """The same for all events that the rule cannot tell apart."""
        there = make_situation(event, {}, None, ())
        values = [judge(there, NOTHING) for judge in self.judges]
        return seen(event, self.stated, self.own, values)


def seen(event: Event, stated: tuple[str, ...], own: tuple[str, ...], values: Iterable[object] = ()) -> Hashable:
    """What is seen of an event by whoever reads these fields. What cannot be compared is seen as itself alone."""
    told = (*values, *[event.data.get(name, UNSAID) for name in stated])
    found = (*[(value.__class__, value) for value in told], *[getattr(event, name) for name in own])
    try:
        hash(found)
    except TypeError:
        return event.id
    return found


def reads_of(rule: LiveRule) -> Reads:
    """Of a rule at work. A breach may be meant by anything that its event says, and so is like no other."""
    source = rule.rule
    trees = [part.tree for part in (source.condition, source.exception) if part is not None]
    trees += [act.where for act in rule.source.breaches if rule.breach and act.where is not None]
    found = [read for tree in trees for read in read_in(tree, frozenset())]
    routed = [read for selector in source.bearers for read in read_by(selector)]
    event = OF_ROUTES.union((name for root, name in routed if root == "event"), ("id",) if rule.breach else ())
    others = {name for root, name in found if root == "other"}
    if source.then and others:  # what its failure sets off may read of those events what the rule itself does not
        others.add("id")
    return Reads(
        tuple(compiled(part, frozenset()) for tree in trees for part in of_event_alone(tree, frozenset())),
        tuple(sorted(event - OF_ROUTES)),
        tuple(sorted(event & FIXED)),
        names(found + routed, "subject"),
        names(found, "case"),
        tuple(sorted(others - {""})) if others else None,
    )


def names(found: Iterable[tuple[str, str]], root: str) -> tuple[str, ...]:
    return tuple(sorted({name for base, name in found if base == root}))


def of_event_alone(tree: Expression, bound: frozenset[str]) -> Iterator[Expression]:
    """The largest parts of a condition that read the event which sets the rule off, and nothing else."""
    roots = {root for root, _ in read_in(tree, bound)}
    if roots == {"event"}:
        yield tree
    elif "event" in roots:
        inside = bound | {tree.variable} if isinstance(tree, Quantify) else bound
        for child in children(tree):
            yield from of_event_alone(child, inside)


def read_in(tree: Expression, bound: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Root and name of everything a condition reads; of the case's events no name, where it does not look into them."""
    match tree:
        case Path(Variable(name), field) if name in bound:
            yield "other", field
        case Path(Variable("case"), "events"):
            yield "other", "id"
        case Path(Variable("case"), "id"):
            yield "event", "case"
        case Path(Variable(root), field):
            yield root, field
        case Quantify(_, collection, name, predicate):
            if is_case_events(collection) and "case" not in bound:
                yield "other", ""
            else:
                yield from read_in(collection, bound)
            yield from read_in(predicate, bound | {name})
        case _:
            for child in children(tree):
                yield from read_in(child, bound)


def read_by(selector: Selector) -> Iterator[tuple[str, str]]:
    """The fact from which a selector reads where to look."""
    start = selector.of if isinstance(selector, ByStep) else selector
    root, _, name = str((start.fact if isinstance(start, ByFact) else getattr(start, "place", None)) or "").partition(
        "."
    )
    yield root, name
