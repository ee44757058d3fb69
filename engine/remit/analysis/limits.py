"""Deadlines and desks: limits that can pass before the duty opens, and places where nobody is found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from remit.analysis.findings import CaseFile, Finding
from remit.analysis.norms import UNNAMED, Norms, stands
from remit.analysis.witness import Witnesses
from remit.analysis.world import Possible, Telling, Told
from remit.checks.desks import asks_place
from remit.explain.messages import told
from remit.explain.words import PARTS
from remit.model.obligation import Answer, Obligation, Party
from remit.model.rule import ByRelation, ByRole, Earliest, Every, On, OnDay, Selector, Timing, Within
from remit.model.terms import CountFrom
from remit.model.text import Text
from remit.program.program import CompiledRule

#: How long each unit of a limit can last at most, generously.
LENGTHS = {"hours": timedelta(hours=1), "days": timedelta(days=1), "working_days": timedelta(days=4), "months": timedelta(days=31)}  # fmt: skip
MARGIN = timedelta(days=14)


@dataclass
class Limits:
    """Looks at the timing of each rule, and at the desks its selectors find."""

    norms: Norms
    witnesses: Witnesses

    def findings(self) -> Iterator[Finding]:
        """Deadlines before openings, and places without a desk."""
        for rule in self.norms.program.rules:
            yield from self.before_opening(rule)
        for rule in self.norms.program.rules:
            yield from self.no_desk(rule)

    # --- deadlines ---------------------------------------------------------------------------------

    def before_opening(self, rule: CompiledRule) -> Iterator[Finding]:
        """A fixed day that is past when the duty arises; a limit that counts from the event, heard of too late."""
        limit = self.norms.limit(rule.rule.timing)
        claim = Text(f"{rule.rule.id} 的期限可能在义务产生之前就已届满", f"the deadline of {rule.rule.id} can pass before it opens")  # fmt: skip
        if isinstance(rule.rule.trigger, Every) and isinstance(limit, OnDay):
            _, last = self.norms.life(rule)
            if last > limit.day:
                why = Text(f"{limit.day} 之后开始的周期，期限已过", f"of every period that begins after {limit.day} it is past")  # fmt: skip
                yield Finding("deadline-before-opening", (rule.rule.id,), claim, origin=rule.rule.origin, proof=(why,))
        if not isinstance(rule.rule.trigger, On) or limit is None:
            return
        for day, late in self.moments(rule, limit):
            case = self.late(rule, day, late)
            if case is not None:
                yield Finding("deadline-before-opening", (rule.rule.id,), claim, origin=rule.rule.origin, witness=case)
                return

    def moments(self, rule: CompiledRule, limit: Timing) -> Iterator[tuple[date, timedelta]]:
        """On which day it has to happen, and how much later to become known, for the limit to be past."""
        first, last = self.norms.life(rule)
        if isinstance(limit, Earliest):
            for one in limit.of:
                yield from self.moments(rule, one)
        if isinstance(limit, OnDay):
            day = max(first, limit.day + timedelta(days=2))
            if day <= last:
                yield day, timedelta()
        if isinstance(limit, Within) and limit.count_from is CountFrom.EVENT:
            least = rule.policy.counting.at_least
            worked = least.working_days * LENGTHS["working_days"] if least is not None else timedelta()
            late = max(limit.amount * LENGTHS[limit.unit], worked) + MARGIN
            yield from ((day, late) for day in self.norms.days(rule))

    def late(self, rule: CompiledRule, day: date, late: timedelta) -> CaseFile | None:
        """A case in which it stands, and is due before it opens."""

        def shows(answer: Answer) -> bool:
            return any(o.rule == rule.rule.id and due_first(o) for o in answer.obligations)

        telling = self.standing(rule, day)
        if telling is None:
            return None
        if late:
            at = self.witnesses.morning(day)
            first, *rest = telling.reports
            heard = replace(first, fields={**first.fields, "at": at, "known_at": at + late})
            telling = replace(telling, reports=(heard, *rest))
        return self.witnesses.case(f"deadline-before-opening-{rule.rule.id}", telling, day, shows)

    def standing(self, rule: CompiledRule, day: date, says: dict[str, str] | None = None) -> Telling | None:
        """A situation in which the rule stands that day."""
        space = self.norms.space(rule)
        claims = [*stands(space, rule), (UNNAMED, self.norms.on_day(space, day))]
        claims += [(UNNAMED, space.says(path, value)) for path, value in (says or {}).items()]
        if says is None:
            claims.append((UNNAMED, space.borne(self.norms.placements(rule, day))))
        found = space.ask(*claims)
        return found.telling if isinstance(found, Possible) else None

    # --- desks -------------------------------------------------------------------------------------

    def no_desk(self, rule: CompiledRule) -> Iterator[Finding]:
        """What `remit check` finds, one finding a part, with a case where it can be shown."""
        parts = {"bearer": rule.rule.bearers, "performer": rule.rule.performers, "to": rule.rule.to, "with": rule.rule.cooperating}  # fmt: skip
        for problem in self.norms.desks.of_rule(rule):
            part = problem.found.partition(": ")[2].partition(" ")[0]
            where = problem.found.partition(" at ")[2]
            claim = Text(
                f"{rule.rule.id} 的{PARTS[part].zh}没有单位：{where or '任何地点'}",
                f"{rule.rule.id}: no desk for the {PARTS[part].en} {'at ' + where if where else 'anywhere'}",
            )
            cases = (self.lost(rule, part, selector) for selector in parts[part])
            witness = next((case for case in cases if case), None)
            yield Finding(
                "no-desk",
                (rule.rule.id,),
                claim,
                part,
                problem.origin,
                witness=witness,
                proof=(Text(told(problem, "zh"), str(problem)),),
            )

    def lost(self, rule: CompiledRule, part: str, selector: Selector) -> CaseFile | None:
        """A case that goes to the fallback desk; what nobody owes, no case can show."""
        bears = part == "bearer"
        if not isinstance(rule.rule.trigger, On):
            return None

        def shows(answer: Answer) -> bool:
            owed = (o for o in answer.obligations if o.rule == rule.rule.id)
            return any(not p.routed for o in owed for p in parties(o, part))

        for day in self.norms.desks.days(rule, selector):
            found = self.norms.desks.found(rule, selector, day, bears=bears)
            for asked, routing in found.items():
                if routing.fact is None:
                    continue
                says = {}
                if asks_place(selector, rule, bears=bears) and asked is not None and isinstance(selector, ByRole | ByRelation):  # fmt: skip
                    says = {selector.place or "event.place": asked}
                elif asked is not None and not bears:
                    says = next((dict(p.says) for p in self.norms.placements(rule, day) if p.unit == asked), {})
                telling = self.standing(rule, day, says) or Telling((Told(min(rule.triggers)),))
                placed = says.get("event.place")
                case = self.witnesses.case(
                    f"no-desk-{rule.rule.id}-{part}",
                    telling,
                    day,
                    shows,
                    also=lambda c, place=placed: place is None or any(e.get("place") == place for e in c.events),  # type: ignore[misc]  # bound at once
                )
                if case is not None:
                    return case
        return None


def parties(obligation: Obligation, part: str) -> tuple[Party, ...]:
    """The desks of one part."""
    match part:
        case "bearer":
            return (obligation.bearer,)
        case "performer":
            return obligation.performers
        case "to":
            return obligation.to
        case _:
            return obligation.cooperating


def due_first(obligation: Obligation) -> bool:
    """Whether it is due before it opens."""
    opens, due = obligation.deadline.opens, obligation.deadline.due
    return opens is not None and due is not None and due < opens
