"""Rule → compiled rule, by a visible tuple of small passes; each takes the parts so far and adds its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from remit.model.event import PERFORMED, VIOLATED
from remit.model.expression import (
    And,
    Compare,
    Comparison,
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
from remit.model.records import record
from remit.model.rule import Act, Always, ByFact, ByStep, On, Policy, Rule
from remit.model.terms import Modality
from remit.program.program import CompiledRule, Program

#: Modalities that are run; definitions and declarations only explain.
RUN = frozenset({Modality.MUST, Modality.MUST_NOT, Modality.MAY})


@record
class Parts:
    """A rule while it is being compiled."""

    rule: Rule
    discharges: tuple[Act, ...] = ()
    breaches: tuple[Act, ...] = ()
    triggers: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    per_bearer: bool = False
    changeable: bool = False
    rerouted: bool = False


def default_acts(parts: Parts) -> Parts:
    """A duty nobody said how to discharge is discharged by `performed` with its action; a ban, by `violated`."""
    rule = parts.rule
    done = rule.done or ((Act(PERFORMED),) if rule.modality is not Modality.MUST_NOT else ())
    breach = rule.breach or ((Act(VIOLATED),) if rule.modality is Modality.MUST_NOT else ())
    return replace(parts, discharges=done, breaches=breach)


def find_triggers(parts: Parts) -> Parts:
    """The events of `on`; for a standing norm, those that breach it."""
    match parts.rule.trigger:
        case On(events):
            return replace(parts, triggers=frozenset(events))
        case Always():
            return replace(parts, triggers=frozenset(act.event for act in parts.breaches))
        case _:
            return parts


def find_companions(parts: Parts) -> Parts:
    """`A && case.events.exists(e, e.type == "x" && B)` → requires x: where it is missing, the condition is false."""
    if not parts.triggers or parts.rule.condition is None:
        return parts
    needed = {kind for part in conjuncts(parts.rule.condition.tree) for kind in companion(part)}
    return replace(parts, requires=frozenset(needed))


def find_bearer_reads(parts: Parts) -> Parts:
    """Conditions that read `unit.` wait for the route."""
    trees = [c.tree for c in (parts.rule.condition, parts.rule.exception) if c is not None]
    return replace(parts, per_bearer=any(reads(tree, "unit") for tree in trees))


def find_changeable(parts: Parts) -> Parts:
    """Conditions and routes that read the person's facts, or the case, may come out otherwise by what is reported later."""
    trees = [c.tree for c in (parts.rule.condition, parts.rule.exception) if c is not None]
    rerouted = any(routing_facts(parts.rule))
    judged = any(reads(tree, root) for tree in trees for root in ("subject", "case"))
    return replace(parts, changeable=judged or rerouted, rerouted=rerouted)


def routing_facts(rule: Rule) -> Iterator[str]:
    """The person's facts from which a bearer, or its place, is read."""
    for selector in rule.bearers:
        start = selector.of if isinstance(selector, ByStep) else selector
        read = start.fact if isinstance(start, ByFact) else getattr(start, "place", None)
        root, _, name = str(read or "").partition(".")
        if root == "subject":
            yield name


PASSES = (default_acts, find_triggers, find_companions, find_bearer_reads, find_changeable)


def compile_rule(rule: Rule, policy: Policy, order: int) -> CompiledRule:
    parts = Parts(rule)
    for step in PASSES:
        parts = step(parts)
    return CompiledRule(
        rule=rule,
        policy=policy,
        order=order,
        triggers=parts.triggers,
        requires=parts.requires,
        guard=rule.condition.tree if rule.condition else None,
        per_bearer=parts.per_bearer,
        changeable=parts.changeable,
        rerouted=parts.rerouted,
        discharges=parts.discharges,
        breaches=parts.breaches,
    )


def compile_program(policies: Sequence[Policy]) -> Program:
    """All rules of the policies that can be run, in document order, with their index by event type."""
    runnable = [(rule, policy) for policy in policies for rule in policy.rules if rule.modality in RUN]
    rules = tuple(compile_rule(rule, policy, order) for order, (rule, policy) in enumerate(runnable))
    by_id: dict[str, tuple[CompiledRule, ...]] = {}
    by_event: dict[str, tuple[CompiledRule, ...]] = {}
    for compiled in rules:
        by_id[compiled.rule.id] = (*by_id.get(compiled.rule.id, ()), compiled)
        for kind in sorted(compiled.triggers):
            by_event[kind] = (*by_event.get(kind, ()), compiled)
    return Program(rules, by_id, by_event)


def conjuncts(tree: Expression) -> Iterator[Expression]:
    """The parts of a conjunction, left to right."""
    if isinstance(tree, And):
        yield from conjuncts(tree.left)
        yield from conjuncts(tree.right)
    else:
        yield tree


def companion(part: Expression) -> Iterator[str]:
    """The event type that `exists` over the case's events asks for by equality, if it does."""
    if not (isinstance(part, Quantify) and part.macro is Macro.EXISTS and is_case_events(part.collection)):
        return
    for inner in conjuncts(part.predicate):
        match inner:
            case Compare(Comparison.EQ, Path(Variable(name), "type"), Literal(str(kind))) if name == part.variable:
                yield kind
            case Compare(Comparison.EQ, Literal(str(kind)), Path(Variable(name), "type")) if name == part.variable:
                yield kind


def is_case_events(tree: Expression) -> bool:
    match tree:
        case Path(Variable("case"), "events"):
            return True
        case _:
            return False


def reads_case(rule: Rule) -> bool:
    """Whether the condition, the exception or the `where` of an act looks at the other events of the case."""
    trees = [part.tree for part in (rule.condition, rule.exception) if part is not None]
    trees += [act.where for act in (*rule.done, *rule.breach) if act.where is not None]
    return any(reads(tree, "case") for tree in trees)


def reads(tree: Expression, root: str) -> bool:
    return any(isinstance(node, Variable) and node.name == root for node in walk(tree))


def walk(tree: Expression) -> Iterator[Expression]:
    """Every node of a tree, parents first."""
    ahead = [tree]
    while ahead:
        node = ahead.pop()
        yield node
        ahead += reversed(children(node))


def children(tree: Expression) -> tuple[Expression, ...]:
    match tree:
        case Literal() | Variable():
            return ()
        case ListOf(items):
            return items
        case Path(base):
            return (base,)
        case Has(path):
            return (path,)
        case Size(operand) | Not(operand) | Negate(operand):
            return (operand,)
        case And(left, right) | Or(left, right) | Compare(_, left, right) | Compute(_, left, right):
            return (left, right)
        case In(item, collection):
            return (item, collection)
        case Quantify(_, collection, _, predicate):
            return (collection, predicate)
