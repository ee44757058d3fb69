"""`LiveRule`: a compiled rule with its conditions as closures, its selectors and limits with a memory, its order of rank."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from remit.expressions.closures import NOTHING, CaseJudge, Judge, verdict_in_case_of, verdict_of
from remit.expressions.situation import Situation
from remit.live.doubts import Doubts, doubts_of
from remit.live.limits import Limit, limit_of
from remit.live.routes import Desks, Shared, reads, shared_desks
from remit.live.timeline import Timeline
from remit.model.counting import Counting
from remit.model.event import Event
from remit.model.expression import UNKNOWN, Expression, Literal, Path, Unknown, Variable
from remit.model.obligation import Party
from remit.model.rule import Act, Rule, Selector, Timing
from remit.model.terms import Kind, Modality, Per
from remit.model.text import Text
from remit.model.unit import Unit
from remit.program.compile import reads as tree_reads
from remit.program.compile import routing_facts, walk
from remit.program.program import CompiledRule
from remit.semantics.conflict import outranks
from remit.semantics.drafts import escaped, may_be_set_aside, may_come_free
from remit.semantics.law import Law


@dataclass(frozen=True, slots=True)
class LiveAct:
    """An act that performs or violates: its type, and what must hold of it."""

    event: str
    where: Judge | None


@dataclass(frozen=True, slots=True)
class Company:
    """Everyone beside the bearer, and what has to be asked because somebody was not found."""

    performers: tuple[Party, ...] = ()
    to: tuple[Party, ...] = ()
    cooperating: tuple[Party, ...] = ()
    asked: tuple[tuple[str, Text], ...] = ()
    performing: tuple[str, ...] = ()
    receiving: tuple[str, ...] = ()


ALONE = Company()


@dataclass(frozen=True, slots=True, eq=False)
class LiveRule:
    """What one rule needs at work. Parts that never change from obligation to obligation are shared by all of them.

    `first` and `last` are the days it is in force. It is owed anew `per` case, person or report; for a breach always the last.
    `facts` are what condition, exception and routes of bearers read of the subject, `reads_case` says that they read other
    events, `per_bearer` that the condition waits for the bearer, `breach` that only a violation sets it off. `heard` are the
    types of events that may perform or violate it. `above` holds the orders of the rules that go before this one,
    `may_come_free` says that one of them can fall away, `may_be_set_aside` that one can come. `maintained` is a duty, ban or
    permission that time alone neither opens nor ends. `plain` is the whole condition, and `unless` the exception, judged in the
    case, of a rule that nothing else raises and that sets nothing off. `unlike` says that no two reports raise the same duty.
    """

    source: CompiledRule
    rule: Rule
    order: int
    first: date
    last: date
    breach: bool
    per: Per
    per_bearer: bool
    guard: Judge | None
    exception: Judge | None
    facts: frozenset[str]
    reads_case: bool
    bearers: tuple[Desks, ...]
    company: Companies
    limit: Limit
    discharges: tuple[LiveAct, ...]
    breaches: tuple[LiveAct, ...]
    discharged_by: frozenset[str]
    breached_by: frozenset[str]
    heard: frozenset[str]
    doubts: tuple[Doubts, ...]
    breach_doubts: tuple[tuple[str, Doubts], ...]
    above: frozenset[int]
    may_come_free: bool
    may_be_set_aside: bool
    maintained: bool
    plain: CaseJudge | None
    unless: CaseJudge | None
    unlike: bool
    quotes: tuple[str, ...]
    inferred: tuple[tuple[str, str], ...]
    prefix: str

    def id_of(self, bearer: str) -> str:
        """The beginning of every id under which the bearer owes this."""
        return self.prefix + escaped(bearer)


class Companies:
    """The other parties of a rule, sought from the bearer's side and remembered."""

    __slots__ = ("_desks", "_found", "_reads", "_timeline", "none")

    def __init__(self, shared: Shared, timeline: Timeline, rule: CompiledRule) -> None:
        parts: tuple[tuple[str, tuple[Selector, ...]], ...] = (
            ("performer", rule.rule.performers), ("to", rule.rule.to), ("with", rule.rule.cooperating),
        )  # fmt: skip
        self._desks = [(part, shared(rule, part, s)) for part, selectors in parts for s in selectors]
        self._reads = [reads(s) for _, selectors in parts for s in selectors]
        self._timeline = timeline
        self._found: dict[tuple[object, ...], Company] = {}
        #: Whether the bearer is always alone.
        self.none = not self._desks

    def find(self, situation: Situation, day: date, bearer: Unit | None) -> Company:
        if self.none:
            return ALONE
        name = bearer.id if bearer is not None else None
        key = (self._timeline.versions[day], name, *[read(situation, bearer) for read in self._reads])
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._gather(situation, day, bearer)
        return found

    def _gather(self, situation: Situation, day: date, bearer: Unit | None) -> Company:
        routes = [(part, desks.find(situation, day, bearer)) for part, desks in self._desks]
        parties = {
            part: tuple({p.id: p for name, route in routes if name == part for p in route.parties}.values())
            for part in ("performer", "to", "with")
        }
        asked = tuple((r.fact, r.ask) for _, r in routes if r.fact is not None and r.ask is not None)
        performing, receiving = (tuple(p.id for p in parties[part] if p.desk) for part in ("performer", "to"))
        return Company(parties["performer"], parties["to"], parties["with"], asked, performing, receiving)


def live_rules(law: Law, timeline: Timeline) -> tuple[LiveRule, ...]:
    """Every rule of the program, in its order. Those that count the same limit in the same way share one memory of deadlines."""
    above = ranked(law)
    limits: dict[tuple[Timing | None, Counting], Limit] = {}
    shared = shared_desks(law, timeline)
    for source in law.program.rules:
        counted = source.rule.timing, source.policy.counting
        if counted not in limits:
            limits[counted] = limit_of(law, *counted)
    return tuple(
        live_rule(law, timeline, rule, limits[rule.rule.timing, rule.policy.counting], shared, above[rule.order])
        for rule in law.program.rules
    )


def live_rule(
    law: Law, timeline: Timeline, source: CompiledRule, limit: Limit, shared: Shared, above: frozenset[int]
) -> LiveRule:
    rule = source.rule
    first, last = in_force(source)
    trees = tuple(c.tree for c in (rule.condition, rule.exception) if c is not None)
    return LiveRule(
        source=source,
        rule=rule,
        order=source.order,
        first=first,
        last=last,
        breach=source.breach_triggered,
        per=Per.EVENT if source.breach_triggered else rule.per,
        per_bearer=source.per_bearer,
        guard=None if source.guard is None else verdict_of(source.guard),
        exception=None if rule.exception is None else verdict_of(rule.exception.tree),
        facts=frozenset([*(fact for tree in trees for fact in of_subject(tree)), *routing_facts(rule)]),
        reads_case=any(tree_reads(tree, "case") for tree in trees),
        bearers=tuple(shared(source, "bearer", selector) for selector in rule.bearers),
        company=Companies(shared, timeline, source),
        limit=limit,
        discharges=acts(source.discharges),
        breaches=acts(source.breaches),
        discharged_by=frozenset(act.event for act in source.discharges),
        breached_by=frozenset(act.event for act in source.breaches),
        heard=frozenset(act.event for act in (*source.discharges, *source.breaches)),
        doubts=tuple(doubts_of(tree, law.attributes) for tree in trees),
        breach_doubts=tuple(
            (act.event, doubts_of(act.where, law.attributes)) for act in source.breaches if act.where is not None
        ),
        above=above,
        may_be_set_aside=bool(above) and may_be_set_aside(law, source),
        may_come_free=bool(above) and may_come_free(law, source),
        plain=None if source.breach_triggered or source.per_bearer or rule.then else judged_in_case(source.guard),
        unless=None if rule.exception is None else judged_in_case(rule.exception.tree),
        unlike=rule.per is Per.EVENT and len(rule.bearers) == 1,
        maintained=rule.modality is not Modality.MUST or rule.kind is Kind.MAINTENANCE,
        quotes=tuple(quote.text for quote in rule.quotes),
        inferred=tuple(rule.inferred.items()),
        prefix=f"{escaped(rule.policy)}/{escaped(rule.id)}/",
    )


def judged_in_case(condition: Expression | None) -> CaseJudge:
    """A condition that waits for no bearer, for an event in its case."""
    return verdict_in_case_of(Literal(True) if condition is None else condition)


def in_force(rule: CompiledRule) -> tuple[date, date]:
    """The first and the last day of policy and rule; the day of repeal is the first without them."""
    policy = rule.policy
    repealed = date.max if policy.repealed_on is None else policy.repealed_on - timedelta(days=1)
    return rule.effective_on, min(repealed, rule.rule.until or date.max)


def of_subject(tree: Expression) -> Iterator[str]:
    """The facts of the subject that a condition reads."""
    return (node.field for node in walk(tree) if isinstance(node, Path) and node.base == Variable("subject"))


def acts(found: tuple[Act, ...]) -> tuple[LiveAct, ...]:
    return tuple(LiveAct(act.event, None if act.where is None else verdict_of(act.where)) for act in found)


def fits(wanted: tuple[LiveAct, ...], rule: LiveRule, event: Event, situation: Situation) -> bool | Unknown:
    """Whether the event is any of these acts of this rule: its type, its action and rule where it names one, its `where`."""
    data, named = event.data, rule.rule
    if data.get("action", named.action) != named.action or data.get("rule", named.id) != named.id:
        return False
    unknown = False
    for act in wanted:
        if act.event == event.type:
            verdict = True if act.where is None else act.where(situation, NOTHING)
            if verdict is True:
                return True
            unknown = unknown or verdict is UNKNOWN
    return UNKNOWN if unknown else False


def ranked(law: Law) -> dict[int, frozenset[int]]:
    """For each rule by its order, the rules that set it aside where both apply.

    Only a rule that names another, or asks the opposite of the same action, can; no other pair is looked at.
    """
    found: dict[int, set[int]] = {rule.order: set() for rule in law.program.rules}
    for first, second in rivals(law):
        if outranks(first, second, law.graph.levels):
            found[second.order].add(first.order)
    return {order: frozenset(above) for order, above in found.items()}


def circular(rules: dict[int, frozenset[int]]) -> frozenset[int]:
    """Of rules and those above each, what is left when one by one those are taken away that none goes before."""
    left = dict(rules)
    while free := [order for order, above in left.items() if above.isdisjoint(left)]:
        for order in free:
            del left[order]
    return frozenset(left)


def rivals(law: Law) -> Iterator[tuple[CompiledRule, CompiledRule]]:
    by_action: dict[str | None, list[CompiledRule]] = defaultdict(list)
    for rule in law.program.rules:
        by_action[rule.rule.action].append(rule)
        for name in rule.rule.overrides:
            yield from ((rule, other) for other in law.program.by_id.get(name, ()))
    for group in by_action.values():
        # Thousands of rules that ask for the same would else be held against each other.
        if len({rule.rule.modality for rule in group}) > 1:
            yield from (
                (one, other) for one in group for other in group if one.rule.modality is not other.rule.modality
            )
