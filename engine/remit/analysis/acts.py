"""Events and what they do: those that trigger nothing, duties no event discharges, prohibitions nothing breaches, duties that go round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from remit.analysis.findings import CaseFile, Finding
from remit.analysis.norms import UNNAMED, Norms, spoken, stands, trees, view_of
from remit.analysis.solver import Situations, View
from remit.analysis.witness import Fields, Witnesses
from remit.analysis.world import Impossible, Possible, Telling, Undecided
from remit.errors import RemitError
from remit.model.event import PERFORMED
from remit.model.expression import Expression, Literal, Path, Variable
from remit.model.obligation import Obligation
from remit.model.rule import Act, ByFact, ByRelation, ByRole, ByStep, Consequence, On
from remit.model.terms import Modality, Per
from remit.model.text import Text
from remit.program.compile import walk
from remit.program.program import CompiledRule

Links = dict[int, list[tuple[CompiledRule, Act | None, Telling | None]]]


@dataclass
class Acts:
    """Looks at event types, and at what discharges and breaches each rule."""

    norms: Norms
    witnesses: Witnesses

    def findings(self) -> Iterator[Finding]:
        """Events that trigger nothing, duties and prohibitions that no event reaches, cycles."""
        yield from self.idle_events()
        for rule in self.norms.program.rules:
            yield from self.unreachable(rule)
        yield from self.cycles()

    # --- events ------------------------------------------------------------------------------------

    def idle_events(self) -> Iterator[Finding]:
        """Event types that set nothing off, perform and violate nothing, and state no fact that any rule asks for."""
        rules = self.norms.program.rules
        heard = {kind for rule in rules for kind in rule.triggers}
        heard |= {act.event for rule in rules for act in (*rule.discharges, *rule.breaches)}
        asked = [tree for rule in rules for tree in every_tree(rule)]
        named = {n.value for tree in asked for n in walk(tree) if isinstance(n, Literal) and isinstance(n.value, str)}
        facts = {n.field for tree in asked for n in walk(tree) if isinstance(n, Path) and n.base != Variable("event")}
        facts |= {field for rule in rules for field in placed_by_fact(rule)}
        for kind in self.norms.world.event_types.values():
            if kind.built_in or kind.id in heard | named or facts & set(kind.attributes):
                continue
            claim = Text(f"事件“{kind.label.zh}”不触发任何规则", f"the event `{kind.label.en}` triggers nothing")
            why = Text("没有规则以它触发、完成或违反，它说明的事实也没有条件用到", "no rule is set off, discharged or breached by it, and no condition asks for a fact it states")  # fmt: skip
            yield Finding("idle-event", (), claim, kind.id, kind.origin, proof=(why,))

    # --- discharge and breach ----------------------------------------------------------------------

    def unreachable(self, rule: CompiledRule) -> Iterator[Finding]:
        """No act that discharges the duty, or breaches the prohibition, can ever be reported."""
        name = rule.rule.id
        if rule.rule.modality is Modality.MUST:
            claim = Text(f"{name} 无法履行：没有能完成它的事件", f"nothing can discharge {name}")
            yield from self.impossible("cannot-be-discharged", rule, rule.discharges, claim)
            if rule.rule.handover and not rule.rule.to:
                why = Text("移交须由对象签收，而规则没有写对象", "a hand-over is complete with the recipient's receipt, and the rule names none")  # fmt: skip
                yield Finding("cannot-be-discharged", (name,), claim, "to", rule.rule.origin, proof=(why,))
        elif rule.rule.modality is Modality.MUST_NOT:
            claim = Text(f"{name} 无从违反：没有能违反它的事件", f"nothing can breach {name}")
            yield from self.impossible("cannot-be-breached", rule, rule.breaches, claim)

    def impossible(self, kind: str, rule: CompiledRule, acts: Sequence[Act], claim: Text) -> Iterator[Finding]:
        proof: list[Text] = []
        for act in acts:
            if act.where is None:
                return
            space = Situations(self.norms.world, [(act.event,)], others=1, timeout=self.norms.timeout)
            found = space.ask((spoken(act.where), space.true(space.cell(act.where))))
            if not isinstance(found, Impossible):
                if isinstance(found, Undecided):
                    yield Finding(kind, (rule.rule.id,), claim, origin=rule.rule.origin, undecided=found.reason)
                return
            label, said = self.norms.world.event_types[act.event].label, spoken(act.where)
            proof.append(Text(f"“{label.zh}”永远不满足：{said.zh}", f"`{label.en}` never satisfies: {said.en}"))
        yield Finding(kind, (rule.rule.id,), claim, origin=rule.rule.origin, proof=tuple(proof))

    # --- round and round ---------------------------------------------------------------------------

    def cycles(self) -> Iterator[Finding]:
        """Duties whose performance raises, in the end, the same duty anew.

        A duty that is owed once a case, or once a person, arises once; only those owed for each report can go round.
        """
        links = {rule.order: list(self.follows(rule)) for rule in self.norms.program.rules if goes_on(rule)}
        told: set[frozenset[int]] = set()
        for rule in self.norms.program.rules:
            ring = shortest_ring(links, rule)
            names = frozenset(r.order for r in ring)
            if not ring or names in told:
                continue
            told.add(names)
            yield self.ring(ring, links)

    def follows(self, rule: CompiledRule) -> Iterator[tuple[CompiledRule, Act | None, Telling | None]]:
        """The rules that performing this one sets off, each with the act and a report of it; or that missing it does."""
        for name in rule.rule.then:
            yield from ((other, None, None) for other in self.norms.program.by_id.get(name, ()))
        for act in rule.discharges:
            for other in self.norms.program.by_event.get(act.event, ()):
                if goes_on(other) and (found := self.raised_by(rule, act, other)):
                    yield other, act, found

    def raised_by(self, rule: CompiledRule, act: Act, other: CompiledRule) -> Telling | None:
        """A report that performs the one and sets the other off."""
        for day in self.norms.days(rule, other):
            space = Situations(self.norms.world, [(act.event,)], others=2, timeout=self.norms.timeout)
            claims = [*stands(space, other), (UNNAMED, self.norms.on_day(space, day))]
            claims.append((UNNAMED, space.borne(self.norms.placements(other, day))))
            if act.where is not None:
                claims.append((spoken(act.where), space.true(space.cell(act.where, View(0)))))
            if act.event == PERFORMED and not rule.rule.done:
                action = Path(Variable("event"), "action")
                claims.append((UNNAMED, space.cell(action, view_of(other)).value == space.constant(rule.rule.action, "text").value))  # fmt: skip
            found = space.ask(*claims)
            if isinstance(found, Possible):
                return found.telling
        return None

    def ring(self, ring: list[CompiledRule], links: Links) -> Finding:
        names = tuple(rule.rule.id for rule in ring)
        steps = []
        for rule, after in zip(ring, [*ring[1:], ring[0]], strict=True):
            act = next(a for other, a, _ in links[rule.order] if other is after)
            label = self.norms.world.event_types[act.event].label if act else None
            steps.append(
                Text(f"履行 {rule.rule.id}（{label.zh}）引起 {after.rule.id}", f"performing {rule.rule.id} ({label.en}) raises {after.rule.id}")
                if label else Text(f"未履行 {rule.rule.id} 引起 {after.rule.id}", f"missing {rule.rule.id} raises {after.rule.id}")
            )  # fmt: skip
        claim = Text(f"义务循环：{' → '.join((*names, names[0]))}", f"duties go round: {' → '.join((*names, names[0]))}")  # fmt: skip
        witness = self.round(ring, links)
        return Finding("cycle", names, claim, origin=ring[0].rule.origin, witness=witness, proof=tuple(steps))

    def round(self, ring: list[CompiledRule], links: Links) -> CaseFile | None:
        """A case that goes round once; None where it takes a missed duty, or none was found."""
        reports = []
        for rule, after in zip([ring[-1], *ring[:-1]], ring, strict=True):
            reports.append(next(telling for other, _, telling in links[rule.order] if other is after))
        day = next(iter(self.norms.days(*ring)), None)
        if day is None or None in reports:
            return None
        name = "cycle-" + "-".join(rule.rule.id for rule in ring)
        events: list[Fields] = []
        for number, telling in enumerate([*reports, reports[0]]):
            events = self.next_report(events, telling, day, ring[number - 1] if number else None, name) if telling else events  # fmt: skip
        case = self.witnesses.file(name, events, day, agenda=False)
        first = ring[0].rule.id
        return case if case and self.witnesses.shows(case, lambda a: sum(o.rule == first for o in a.obligations) > 1) else None  # fmt: skip

    def next_report(
        self, events: list[Fields], telling: Telling, day: date, before: CompiledRule | None, name: str
    ) -> list[Fields]:  # fmt: skip
        """The reports so far, and the one that performs what the last one raised, by whoever bears it."""
        more = self.witnesses.told(telling, day, tidy=True, apart=False)
        hours = timedelta(hours=len(events))
        told: list[Fields] = [{**e, "at": (datetime.fromisoformat(str(e["at"])) + hours).isoformat()} for e in more]
        owed = self.owed(self.witnesses.file(name, events, day, agenda=False), before) if before and events else ()
        if owed:
            told[0] = {**told[0], "by": owed[-1].bearer.id}
        return [*events, *told]

    def owed(self, case: CaseFile | None, rule: CompiledRule) -> tuple[Obligation, ...]:
        try:
            return tuple(o for o in self.witnesses.run(case).obligations if o.rule == rule.rule.id) if case else ()
        except RemitError:
            return ()


def every_tree(rule: CompiledRule) -> list[Expression]:
    """Condition, exception, and what acts must satisfy."""
    return [*trees(rule), *(act.where for act in (*rule.discharges, *rule.breaches) if act.where is not None)]


def placed_by_fact(rule: CompiledRule) -> Iterator[str]:
    """Facts from which a selector takes a unit or a place."""
    r = rule.rule
    for selector in (*r.bearers, *r.performers, *r.to, *r.cooperating):
        start = selector.of if isinstance(selector, ByStep) else selector
        if isinstance(start, ByFact):
            yield start.fact.partition(".")[2]
        elif isinstance(selector, ByRole | ByRelation) and selector.place and "." in selector.place:
            yield selector.place.partition(".")[2]


def goes_on(rule: CompiledRule) -> bool:
    """Whether it can arise again and again in one case."""
    triggered = isinstance(rule.rule.trigger, On) and rule.rule.per is Per.EVENT
    return (triggered or isinstance(rule.rule.trigger, Consequence)) and rule.rule.modality is Modality.MUST


def shortest_ring(links: Links, start: CompiledRule) -> list[CompiledRule]:
    """The shortest way from a rule back to it; empty where there is none."""
    ways = [[start]]
    seen: set[int] = set()
    for way in ways:  # which grows while it is read
        for other, _, _ in links.get(way[-1].order, ()):
            if other is start:
                return way
            if other.order not in seen:
                seen.add(other.order)
                ways.append([*way, other])
    return []
