"""Two rules at once: contradictions, deadlines that differ, rules that add nothing. Pairs are sieved before Z3 is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations, permutations
from typing import Any

from remit.analysis.findings import CaseFile, Finding
from remit.analysis.norms import UNNAMED, Norms, failing, stands, view_of
from remit.analysis.solver import Situations
from remit.analysis.witness import Shows, Witnesses
from remit.analysis.world import Impossible, Possible, Undecided
from remit.model.expression import Literal
from remit.model.obligation import Answer, Obligation
from remit.model.rule import Act, Every, On
from remit.model.terms import Modality, Status
from remit.model.text import Text
from remit.program.program import CompiledRule
from remit.semantics.conflict import contradicts, outranks

SAME_BEARER = Text("责任单位相同", "the same bearer")
UNSHOWN = "the conditions allow it, but no case that was tried shows it"
#: Two reports of one type that say different things are a mistake in the reports, not in the rules.
DIFFERENT = Text("两份不同的报告", "two reports of different types")
SAME_DAY = Text("同日施行", "in force on one day")


@dataclass
class Pairs:
    """Looks at pairs of rules about one action."""

    norms: Norms
    witnesses: Witnesses

    def findings(self) -> Iterator[Finding]:
        """Conflicts, deadlines that differ, redundant rules."""
        groups: dict[str | None, list[CompiledRule]] = defaultdict(list)
        for rule in self.norms.program.rules:
            groups[rule.rule.action].append(rule)
        for group in groups.values():
            for one, other in combinations(group, 2):
                yield from self.conflict(one, other)
                yield from self.deadlines(one, other)
            yield from self.redundant(group)
        yield from self.performances()

    # --- must and must not -------------------------------------------------------------------------

    def conflict(self, one: CompiledRule, other: CompiledRule) -> Iterator[Finding]:
        """One act demanded or allowed, and forbidden, to one bearer in one situation; nothing orders the two."""
        levels = self.norms.pack.graph.levels
        if not contradicts(one, other) or outranks(one, other, levels) or outranks(other, one, levels):
            return
        claim = Text(
            f"{label(one)}与{label(other)}对同一单位的同一行为要求相反，没有规则说明何者优先",
            f"{label(one)} and {label(other)} ask the opposite of one unit, and nothing orders them",
        )
        yield from self.meeting("conflict", one, other, claim, (True, False), lambda a: contradict(a, one, other))

    def performances(self) -> Iterator[Finding]:
        """Duties that a unit can only perform by breaching what it is forbidden, whatever the two acts are called."""
        bans: dict[str, list[CompiledRule]] = defaultdict(list)
        for rule in self.norms.program.rules:
            if rule.rule.modality is Modality.MUST_NOT and rule.rule.breach:
                for kind in dict.fromkeys(act.event for act in rule.breaches):
                    bans[kind].append(rule)
        for rule in self.norms.program.rules:
            if rule.rule.modality is Modality.MUST:
                reached = [ban for act in rule.discharges for ban in bans.get(act.event, ())]
                for ban in {b.order: b for b in reached}.values():
                    yield from self.performance(rule, ban)

    def performance(self, rule: CompiledRule, ban: CompiledRule) -> Iterator[Finding]:
        """Whether every act that performs the one breaches the other."""
        ordered = rule.rule.id in ban.rule.overrides or ban.rule.id in rule.rule.overrides
        if ordered or contradicts(rule, ban) or not all(self.breaches(act, ban) for act in rule.discharges):
            return
        claim = Text(
            f"凡能履行{label(rule)}的，都违反{label(ban)}",
            f"whatever performs {label(rule)} breaches {label(ban)}",
        )
        yield from self.meeting("conflict", rule, ban, claim, (True, False), lambda a: both_bind(a, rule, ban))

    def breaches(self, act: Act, ban: CompiledRule) -> bool:
        """Whether no report performs by this act without breaching the ban."""
        space = Situations(self.norms.world, [(act.event,)], others=1, timeout=self.norms.timeout)
        done = [] if act.where is None else [(UNNAMED, space.true(space.cell(act.where)))]
        spared = [space.denied(self.truth(space, other)) for other in ban.breaches if other.event == act.event]
        return isinstance(space.ask(*done, *((UNNAMED, claim) for claim in spared)), Impossible)

    def truth(self, space: Situations, act: Act) -> Any:
        return space.all([] if act.where is None else [space.true(space.cell(act.where))])

    def deadlines(self, one: CompiledRule, other: CompiledRule) -> Iterator[Finding]:
        """One act owed to the same desks by one bearer, twice, with different limits."""
        limits = [self.norms.limit(rule.rule.timing) for rule in (one, other)]
        both = one.rule.modality is Modality.MUST is other.rule.modality
        if not both or None in limits or limits[0] == limits[1] or set(one.rule.to) != set(other.rule.to):
            return
        triggers = one.rule.trigger, other.rule.trigger
        if not all(isinstance(t, On) for t in triggers) and not (isinstance(triggers[0], Every) and triggers[0] == triggers[1]):  # fmt: skip
            return
        claim = Text(
            f"{label(one)}与{label(other)}对同一单位的同一行为规定了不同期限",
            f"{label(one)} and {label(other)} set different limits for the same act of one unit",
        )
        yield from self.meeting("deadline-conflict", one, other, claim, (True,), lambda a: due_apart(a, one, other))

    def meeting(
        self, kind: str, one: CompiledRule, other: CompiledRule, claim: Text, ways: tuple[bool, ...], shows: Shows
    ) -> Iterator[Finding]:
        """The two rules in one case, for one bearer, set off by one report or by two; where that is possible, the case."""
        open_question: str | None = None
        for day in self.norms.days(one, other):
            for together in ways:
                found = self.together(kind, one, other, day, shows, one_report=together)
                if isinstance(found, CaseFile):
                    yield Finding(kind, (one.rule.id, other.rule.id), claim, origin=other.rule.origin, witness=found)
                    return
                open_question = found or open_question
        if open_question:
            yield Finding(kind, (one.rule.id, other.rule.id), claim, origin=other.rule.origin, undecided=open_question)

    def together(
        self, kind: str, one: CompiledRule, other: CompiledRule, day: date, shows: Shows, *, one_report: bool
    ) -> CaseFile | str | None:
        """A case in which both stand for one bearer; why it is not known; or None where there is none."""
        if failing(one) or failing(other):
            return self.after_failure(one, other, day) if one_report else None
        triggered = [rule for rule in (one, other) if isinstance(rule.rule.trigger, On)]
        common = len(triggered) == 2 and bool(one.triggers & other.triggers)
        if one_report and len(triggered) == 2 and not common:
            return None
        if not one_report and (len(triggered) < 2):
            return None
        space = self.norms.space(one, other, together=one_report)
        claims = self.standing(space, one, other, triggered, day, one_report=one_report)
        if not one_report:
            claims.append((DIFFERENT, space.denied(space.of_event(0, "type").value == space.of_event(1, "type").value)))
        found = space.ask(*claims)
        if isinstance(found, Undecided):
            return found.reason
        if not isinstance(found, Possible):
            return None
        name = f"{kind}-{one.rule.id}-{other.rule.id}"
        case = self.witnesses.case(name, found.telling, day, shows, agenda=len(triggered) < 2)
        return case or "; ".join(found.opaque) or UNSHOWN

    def standing(
        self, space: Situations, one: CompiledRule, other: CompiledRule, triggered: list[CompiledRule], day: date, *, one_report: bool
    ) -> list[tuple[Text, Any]]:  # fmt: skip
        claims: list[tuple[Text, Any]] = []
        for rule in (one, other):
            report = 0 if one_report or rule not in triggered else triggered.index(rule)
            claims += stands(space, rule, report)
            claims.append((SAME_BEARER, space.borne(self.placed(rule, day), report)))
            if rule in triggered:
                claims.append((SAME_DAY, self.norms.on_day(space, day, report)))
        return claims

    def placed(self, rule: CompiledRule, day: date) -> Any:
        """Who bears it; a standing rule binds without anybody having done anything."""
        found = self.norms.placements(rule, day)
        if isinstance(rule.rule.trigger, On):
            return found
        return [type(p)(p.unit) for p in found]

    def after_failure(self, one: CompiledRule, other: CompiledRule, day: date) -> str | None:
        """A duty that follows from a failure is not looked into, but said where the bearers can be the same."""
        bearers = [{p.unit for p in self.norms.placements(rule, day)} for rule in (one, other)]
        return "it takes a duty that was missed first" if bearers[0] & bearers[1] else None

    # --- nothing of its own ------------------------------------------------------------------------

    def redundant(self, group: list[CompiledRule]) -> Iterator[Finding]:
        """Rules of which another already says all."""
        told: set[frozenset[str]] = set()
        for one, other in permutations(group, 2):
            pair = frozenset({one.rule.id, other.rule.id})
            if pair in told or not self.alike(one, other):
                continue
            found = self.covered(one, other)
            if found is None:
                continue
            told.add(pair)
            claim = Text(
                f"{one.rule.id} 所要求的，{other.rule.id} 都已要求",
                f"whatever {one.rule.id} asks for, {other.rule.id} asks for already",
            )
            yield Finding("redundant", (one.rule.id, other.rule.id), claim, origin=one.rule.origin, proof=found)

    def alike(self, one: CompiledRule, other: CompiledRule) -> bool:
        """Whether, if both stand, the first asks for nothing that the second does not."""
        a, b = one.rule, other.rule
        days = self.norms.life(one), self.norms.life(other)
        same = ("modality", "performers", "jointly", "per", "kind", "perdurant", "handover", "done", "breach", "then", "evidence")  # fmt: skip
        over = [{r.rule.id for r in self.norms.program.rules if name in r.rule.overrides} for name in (a.id, b.id)]
        return (
            a.policy == b.policy
            and all(getattr(a, name) == getattr(b, name) for name in same)
            and set(a.overrides) <= set(b.overrides)
            and over[1] <= over[0]
            and set(a.bearers) <= set(b.bearers)
            and set(a.to) <= set(b.to)
            and set(a.cooperating) <= set(b.cooperating)
            and type(a.trigger) is type(b.trigger)
            and (one.triggers <= other.triggers if isinstance(a.trigger, On) else a.trigger == b.trigger)
            and self.norms.limit(a.timing) == self.norms.limit(b.timing)
            and days[1][0] <= days[0][0] <= days[0][1] <= days[1][1]
        )

    def covered(self, one: CompiledRule, other: CompiledRule) -> tuple[Text, ...] | None:
        """Why the second stands wherever the first does; None where it need not."""
        space = self.norms.space(one)
        conditions = [space.cell(tree(r.rule.condition, value=True), view_of(one)) for r in (one, other)]
        exceptions = [space.cell(tree(r.rule.exception, value=False), view_of(one)) for r in (one, other)]
        weaker = space.any([
            space.all([space.denied(space.false(conditions[0])), space.false(conditions[1])]),
            space.all([space.true(conditions[0]), space.denied(space.true(conditions[1]))]),
            space.all([space.denied(space.true(exceptions[0])), space.true(exceptions[1])]),
            space.all([space.false(exceptions[0]), space.denied(space.false(exceptions[1]))]),
        ])  # fmt: skip
        stands_at_all = space.all([space.denied(space.false(conditions[0])), space.denied(space.true(exceptions[0]))])
        found = space.ask((Text("不同", "different"), space.all([stands_at_all, weaker])))
        if isinstance(found, Possible | Undecided):
            return None
        return (Text("触发、责任单位、对象、期限和完成方式都相同，条件不更宽，例外不更多", "the same trigger, bearer, recipients, limit and discharge; no wider condition, no further exception"),)  # fmt: skip


def tree(condition: Any, *, value: bool) -> Any:
    """The condition's tree; where there is none, what that means."""
    return Literal(value) if condition is None else condition.tree


def label(rule: CompiledRule) -> str:
    return (
        f"{rule.rule.article_label}（{rule.rule.id}）"
        if not rule.rule.article_label.isascii()
        else f"{rule.rule.article_label} ({rule.rule.id})"
    )


def both_bind(answer: Answer, rule: CompiledRule, ban: CompiledRule) -> bool:
    """Whether both bind one unit."""
    one, other = ({o.bearer.id for o in sure(answer, r) if o.in_force} for r in (rule, ban))
    return bool(one & other)


def contradict(answer: Answer, one: CompiledRule, other: CompiledRule) -> bool:
    """Whether the run says that the two conflict, and neither is in doubt."""
    sides = {frozenset((a.id, b.id)) for a in sure(answer, one) for b in sure(answer, other)}
    return any(frozenset(c.obligations) in sides for c in answer.conflicts)


def sure(answer: Answer, rule: CompiledRule) -> list[Obligation]:
    """What the rule raised beyond doubt, at a desk of its own."""
    return [o for o in answer.obligations if o.rule == rule.rule.id and o.bearer.routed and o.status is not Status.UNDECIDED]  # fmt: skip


def due_apart(answer: Answer, one: CompiledRule, other: CompiledRule) -> bool:
    """Both are owed by one bearer to the same desks, in one matter, and fall due at different times."""
    return any(
        a.bearer.id == b.bearer.id
        and {p.id for p in a.to} == {p.id for p in b.to}
        and (a.case, a.subject, a.period) == (b.case, b.subject, b.period)
        and a.deadline.due != b.deadline.due
        for a in sure(answer, one)
        for b in sure(answer, other)
        if a.deadline.due and b.deadline.due
    )
