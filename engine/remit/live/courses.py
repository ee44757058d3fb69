"""`Course`: the drafts one recurring or standing rule has raised so far; time only ever adds to them, or moves them on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from remit.deadlines.calendar import next_day
from remit.deadlines.recurrence import Span, spans
from remit.expressions.situation import Situation
from remit.live.program import LiveProgram
from remit.live.raising import Draft, stands
from remit.live.records import make_deadline
from remit.live.rules import LiveRule
from remit.model.obligation import Deadline
from remit.model.rule import Every
from remit.model.terms import Nature
from remit.semantics.agenda import asked_in
from remit.semantics.build import period_deadline
from remit.semantics.drafts import escaped

NOWHERE = Situation(event=None, subject={}, unit=None, events=())
#: Obligation id → the draft and its deadline, which nothing changes but a stopped clock.
Drafted = dict[str, tuple[Draft, Deadline]]


class Recurring:
    """One draft for each bearing unit and period."""

    def __init__(self, program: LiveProgram, rule: LiveRule, every: Every) -> None:
        self._program, self._rule, self._every = program, rule, every
        self._since = rule.first
        self._drafted: Drafted = {}

    def until(self, today: date) -> Drafted:
        """Every period that has begun by then; those known before are not looked at again."""
        if self._since <= today:
            for span in spans(self._every.period, self._since, today):
                self._drafted |= self._owed_in(span)
                self._since = next_day(span.last) or date.max
        return self._drafted

    def _owed_in(self, span: Span) -> Drafted:
        law = self._program.law
        asked = asked_in(law, self._rule.source, span)
        if asked is None:
            return {}
        period, due, opens = asked
        due = due.bare()
        drafts = for_each_bearer(self._program, self._rule, opens, Nature.RECURRING, period)
        suffix, own = escaped(period.id), law.calendar

        def due_at(place: str) -> Deadline:
            calendar = own.at(place)
            return due if calendar is own else period_deadline(law, self._rule.source, period, calendar).bare()

        return {
            f"{self._rule.id_of(draft.bearer.id)}/{suffix}": (draft, due_at(draft.bearer.place)) for draft in drafts
        }


class Standing:
    """One draft for each unit that bears the norm today; the same drafts as long as nothing in the unit graph moves."""

    def __init__(self, program: LiveProgram, rule: LiveRule) -> None:
        self._program, self._rule = program, rule
        self._opens = make_deadline(program.law.midnight(rule.first))
        self._versions: dict[int, Drafted] = {}

    def until(self, today: date) -> Drafted:
        if not self._rule.first <= today <= self._rule.last:
            return {}
        version = self._program.timeline.versions[today]
        if version not in self._versions:
            drafts = for_each_bearer(self._program, self._rule, today, Nature.STANDING, None)
            self._versions[version] = {self._rule.id_of(draft.bearer.id): (draft, self._opens) for draft in drafts}
        return self._versions[version]


Course = Recurring | Standing


def course_of(program: LiveProgram, rule: LiveRule) -> Course | None:
    """None for what only an event or a failure sets off."""
    if isinstance(rule.rule.trigger, Every):
        return Recurring(program, rule, rule.rule.trigger)
    return Standing(program, rule) if rule.breach else None


def for_each_bearer(
    program: LiveProgram, rule: LiveRule, day: date, nature: Nature, span: Span | None
) -> Iterator[Draft]:
    opens = program.law.midnight(span.opens if span else rule.first)
    for desks in rule.bearers:
        route = desks.find(NOWHERE, day, None)
        for party, unit in route.desks:
            draft = Draft(rule, party, unit, nature, route, NOWHERE, day, True, (), opens, span)
            if stands(draft, judged=False):
                yield draft
