"""`Turning`: the duties of a case that come and go with what is reported, each made anew where a report turned what its rule sees.

What it sees is judged by `Hindsight`, once for all events that it cannot tell apart. That says of which duties something is
otherwise; here these are drafted, as `drafts` does it for a case as a whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import itemgetter

from remit.expressions.situation import Situation
from remit.live.alike import Alike, Member
from remit.live.changing import Turned
from remit.live.duties import Duties, Place
from remit.live.hindsight import Hindsight
from remit.live.raising import Draft, case_id, raised
from remit.live.records import make_situation
from remit.live.rules import LiveRule
from remit.live.strands import Strand
from remit.matching.history import History
from remit.model.event import Event
from remit.semantics.drafts import escaped


class Turning:
    """Those of one case, from its first report to its last."""

    __slots__ = ("_duties", "_hindsight", "_suffix")

    def __init__(self, duties: Duties, hindsight: Hindsight) -> None:
        self._duties, self._hindsight = duties, hindsight
        self._suffix = escaped(duties.case or "-")

    @classmethod
    def of(cls, duties: Duties, hindsight: Hindsight) -> Turning | None:
        """By what has turned so far; None where it cannot be told from turn to turn what comes and goes."""
        if hindsight.goes_round or any(strand.is_lost for strand in hindsight.strands):
            return None
        return cls(duties, hindsight)

    @classmethod
    def before(cls, duties: Duties, events: Sequence[Event], moment: datetime) -> Turning | None:
        """By these events, where all of them were known before that moment."""
        history = History.of(duties.case, events)
        knowable = [event.knowable_at for event in history.events]
        return cls.of(duties, Hindsight(duties.program, history, knowable)) if max(knowable) < moment else None

    def places(self) -> dict[str, Place]:
        """Where those that stand do so."""
        strands = (strand for strand in self._hindsight.strands if strand.stands)
        return {self._key(s, member): self._place(s, member) for s in strands for member in s.members()}

    def take(self, event: Event, moment: datetime) -> list[Turned] | None:
        """What may be otherwise by one more report, the last by every count; None where it cannot be followed."""
        circular = self._duties.program.circular
        if circular and any(rule.order in circular for rule in self._duties.program.candidates(event)):
            return None
        otherwise = self._hindsight.take(event, moment)
        if any(strand.is_lost for strand in otherwise):
            return None
        found: dict[str, Turned] = {}
        doubted: list[tuple[Strand, list[Turned]]] = []
        for strand, members in otherwise.items():
            if strand.stands or (members is None and strand.stood):
                made = self._made(strand, members, moment)
                found |= {one.key: one for one in made}
                if strand.doubted and not made[0].joins:
                    doubted.append((strand, made))
        for strand, made in doubted:
            peers = self._peers(strand, found)
            for draft in (one.draft for one in made if one.draft is not None):
                draft.rebuttable, draft.undecided = True, peers
        return list(found.values())

    def _made(self, strand: Strand, members: Sequence[Member] | None, moment: datetime) -> list[Turned]:
        if members is None:
            return [self._turned(strand, member, moment) for member in strand.members()]
        if strand.single:
            return [Turned(self._key(strand, member), strand.rule, joins=True) for member in members]
        return [self._turned(strand, member, moment) for member in members]

    def _turned(self, strand: Strand, member: Member, moment: datetime) -> Turned:
        key, until = self._key(strand, member), strand.owed.until
        had_been_owed = bool(until) and (strand.single or until[-1] > member[1])
        if not strand.stands:
            return Turned(key, strand.rule, had_been_owed=had_been_owed)
        return Turned(key, strand.rule, self._draft(strand, member, moment), self._place(strand, member))

    def _key(self, strand: Strand, member: Member) -> str:
        return case_id(strand.rule, strand.bearer, member[2], self._duties.case, self._suffix)

    def _raising(self, strand: Strand) -> Sequence[Alike]:
        """The groups of events that raise it."""
        return list(strand.raised_by) if strand.single else (strand.alike,)

    def _place(self, strand: Strand, member: Member) -> Place:
        """By the first of the events that raise it."""
        first = min(self._raising(strand), key=first_place)
        bearers = [bearer for bearer, _, _ in first.found(self._duties.program)]
        return (first_place(first) if strand.single else member[0]), bearers.index(strand.bearer)

    def _draft(self, strand: Strand, member: Member, moment: datetime) -> Draft:
        """What it is by the report that leads."""
        program, rule = self._duties.program, strand.rule
        lead = strand.lead
        assert lead is not None  # noqa: S101 - it stands
        event = lead[3] if strand.single else member[2]
        situation = self._situation(rule, event, moment)
        drafts = raised(program, rule, event, program.timeline.day(event.at), situation)
        draft = min((d for d in drafts if d.bearer.id == strand.bearer), key=surest)
        draft.arose_at = min(self._arose(strand, member, unsure=draft.verdict is not True))
        if draft.verdict is True and rule.may_come_free:
            draft.arose_at = strand.owed.first(draft.arose_at) or draft.arose_at
        if strand.single:
            reports = sorted(chain.from_iterable([alike.members for alike in strand.raised_by]))
            draft.reports = (event.id, *[e.id for _, _, e in reports if e is not event])
        return draft

    def _arose(self, strand: Strand, member: Member, *, unsure: bool) -> Iterator[datetime]:
        """When each group of reports that are as sure as that which leads first raised it."""
        for alike in self._raising(strand):
            known = alike.since if strand.single else member[1]
            for bearer, rank, unit in alike.found(self._duties.program):
                if bearer == strand.bearer and rank[0] is unsure:
                    yield alike.raising(unit).first(known) or known

    def _situation(self, rule: LiveRule, event: Event, moment: datetime) -> Situation:
        """What it is judged in; of the case's other events, one of those that it cannot tell apart."""
        duties, others = self._duties, self._duties.program.reads(rule).others
        if others is None or rule.rule.then:
            return duties.situation(event, duties.kinds_of(rule))
        events = self._hindsight.sights.others(others, moment)
        return make_situation(event, duties.facts(event.subject), None, events, None, duties.matter)

    def _peers(self, strand: Strand, turned: Mapping[str, Turned]) -> list[Draft]:
        """The drafts of what may set it aside, in their order."""
        found: list[tuple[int, Place, Draft]] = []
        for one in self._hindsight.strands.doubting(strand):
            for member in one.members():
                key = self._key(one, member)
                anew = turned.get(key)
                if anew is not None and anew.draft is not None:
                    found.append((one.rule.order, anew.place, anew.draft))
                else:
                    found.append((one.rule.order, *self._duties.drafted(key)))
        found.sort(key=itemgetter(0, 1))
        return [draft for _, _, draft in found]


def first_place(alike: Alike) -> int:
    return alike.members[0][0]


def surest(draft: Draft) -> tuple[bool, bool]:
    return draft.verdict is not True, draft.doubtful
