"""`Strands`: what was owed in a case, followed from turn to turn of what its rules saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush

from remit.live.alike import NOTHING_RAISED, Alike, Member, Raised, Rank
from remit.live.sight import Stretches
from remit.matching.history import in_time
from remit.model.event import Event
from remit.model.terms import Per

#: How sure it is, the place in time of the event that leads, the group of that, and the event.
Lead = tuple[Rank, tuple[object, ...], Alike, Event]
#: All by the bearer and each person that one may be about.
Beside = Mapping[tuple[str, str | None], Sequence["Strand"]]


class Strand:
    """What is owed under one id, or under several that go the same way: of one rule and bearer, and events that are alike."""

    __slots__ = (
        "_leads", "_raised_by", "alike", "bearer", "doubted", "lead", "owed", "persons", "rule", "set_aside", "single", "stands", "stood",
        "subject", "sure",
    )  # fmt: skip

    def __init__(self, alike: Alike, bearer: str, *, single: bool) -> None:
        self.rule, self.bearer = alike.rule, bearer
        #: One of the groups that may raise it, and whether it is one duty whatever raises it; else the only group, and a duty for each event.
        self.alike, self.single = alike, single
        #: About whom its reports are.
        self.persons: set[str | None] = set()
        #: What raises it by now; among what did so before, that is found which leads.
        self._raised_by: dict[Alike, Lead] = {}
        self._leads: list[Lead] = []
        #: The report that leads: whether it is sure, and about whom.
        self.lead: Lead | None = None
        self.sure = False
        self.subject: str | None = None
        #: Whether it is raised and not set aside, whether it was before the last turn, and when it was so for sure.
        self.stands = self.stood = False
        self.owed = Stretches()
        #: When it had been owed and was set aside.
        self.set_aside: list[datetime] = []
        #: Whether it stands though it may yet be set aside.
        self.doubted = False

    @property
    def raised_by(self) -> Iterable[Alike]:
        """What raises it by now."""
        return self._raised_by.keys()

    @property
    def is_raised(self) -> bool:
        return bool(self._raised_by)

    @property
    def is_lost(self) -> bool:
        """Whether it was owed, came to be undecided, and then to stand no more.

        Whether that is told of a duty which may be set aside depends on what else turned.
        """
        until = self.owed.until
        return bool(until) and not self.stands and self.rule.may_be_set_aside and self.set_aside[-1:] != until[-1:]

    def members(self) -> Sequence[Member]:
        """The events of each of which it is a duty of its own; of a single one, any, for all give it the same id."""
        if not self.single:
            return self.alike.members
        return self.alike.members[:1]

    def take(self, alike: Alike, rank: Rank | None, moment: datetime) -> None:
        """From now on these events raise it so, or not at all."""
        kept = self._raised_by.pop(alike, None)
        if rank is not None:
            event = alike.lead(moment)
            if kept is not None and kept[0] == rank and kept[3] is event:
                self._raised_by[alike] = kept
                return
            self._raised_by[alike] = lead = (rank, in_time(event), alike, event)
            heappush(self._leads, lead)

    def follow(self) -> bool:
        """As the report has it that leads by now; whether that is another."""
        leads, raised_by, before = self._leads, self._raised_by, self.lead
        if len(leads) > 2 * len(raised_by) + FEW:
            leads[:] = raised_by.values()
            heapify(leads)
        while leads and raised_by.get(leads[0][2]) is not leads[0]:
            heappop(leads)
        self.lead = lead = leads[0] if leads else None
        self.sure = False
        if lead is not None:
            (unsure, _), _, _, event = lead
            self.sure, self.subject = not unsure, event.subject
        return lead is not before

    def settle(self, moment: datetime, *, aside: bool, doubted: bool) -> bool:
        """Whether it stands by now; whether that is otherwise, or what leaves it in doubt may be."""
        was_owed, was_doubted, self.stood = self.owed.holds, self.doubted, self.stands
        self.stands = self.is_raised and not aside
        self.doubted = self.stands and doubted
        if was_owed and not self.stands and self.rule.may_be_set_aside:
            self.set_aside.append(moment)
        self.owed.turn(moment, holds=self.stands and self.sure)
        return self.stands is not self.stood or self.doubted or was_doubted


#: So many that led before are of no account.
FEW = 16


class Strands:
    """All of one case."""

    def __init__(self, case: str | None) -> None:
        self._case = case
        self._found: dict[tuple[object, ...], Strand] = {}
        self._beside: dict[tuple[str, str | None], list[Strand]] = defaultdict(list)
        self._raised_by: dict[Alike, Raised] = {}

    def __iter__(self) -> Iterator[Strand]:
        return iter(self._found.values())

    def of(self, alike: Alike, bearer: str) -> Strand:
        return self._found[self._name(alike, bearer)]

    def raised_by(self, alike: Alike) -> Raised:
        """For whom these events raise it by now."""
        return self._raised_by.get(alike, NOTHING_RAISED)

    def raised(self, alike: Alike) -> Iterator[Strand]:
        """What these events raise by now."""
        return (self.of(alike, bearer) for bearer in self.raised_by(alike))

    def _name(self, alike: Alike, bearer: str) -> tuple[object, ...]:
        """As `raising.case_id`, for all that goes the same way."""
        rule = alike.rule
        if self._case is None or rule.per is Per.EVENT:
            return rule.order, bearer, alike
        return (rule.order, bearer, alike.event.subject or "-") if rule.per is Per.SUBJECT else (rule.order, bearer)

    def follow(self, moment: datetime, turns: Iterable[tuple[Alike, Raised | None]]) -> list[Strand]:
        """These events raise this from now on, None where another of them has come to be the first; what is otherwise by that."""
        touched: dict[Strand, None] = {}
        for alike, found in turns:
            before = self._raised_by.get(alike, NOTHING_RAISED)
            now = self._raised_by[alike] = before if found is None else found
            for bearer in {**before, **now}:
                name, person = self._name(alike, bearer), alike.event.subject
                strand = self._found.get(name)
                if strand is None:
                    single = self._case is not None and alike.rule.per is not Per.EVENT
                    strand = self._found[name] = Strand(alike, bearer, single=single)
                if person not in strand.persons:
                    strand.persons.add(person)
                    self._beside[bearer, person].append(strand)
                strand.take(alike, now.get(bearer), moment)
                touched[strand] = None
        return weigh(touched, self._beside, moment)

    def doubting(self, strand: Strand) -> list[Strand]:
        """What would set it aside, were it sure."""
        above, person = strand.rule.above, strand.subject
        beside = self._beside[strand.bearer, person]
        return [
            one for one in beside if one.rule.order in above and one.stands and one.subject == person and not one.sure
        ]


def weigh(touched: Iterable[Strand], beside: Beside, moment: datetime) -> list[Strand]:
    """Which of the duties that were touched stand by now, and which of those that they may set aside; those that are otherwise."""
    aside: dict[Strand, tuple[bool, bool]] = {}

    def is_aside(strand: Strand) -> tuple[bool, bool]:
        """Whether a rule that goes before is raised for the same person, and is not set aside itself; whether one may be so."""
        found = aside.get(strand)
        if found is None:
            above, person = strand.rule.above, strand.subject
            standing = [
                one.sure
                for one in (beside[strand.bearer, person] if above and strand.is_raised else ())
                if one.rule.order in above and one.is_raised and one.subject == person and not is_aside(one)[0]
            ]
            found = aside[strand] = any(standing), bool(standing)
        return found

    whose: dict[tuple[str, str | None], None] = {}
    otherwise: dict[Strand, None] = {}
    for strand in touched:
        whose[strand.bearer, strand.subject] = None
        if strand.follow():
            otherwise[strand] = None
        whose[strand.bearer, strand.subject] = None
    under = (strand for place in whose for strand in beside.get(place, ()) if strand.rule.above)
    for strand in dict.fromkeys([*touched, *under]):
        is_set_aside, may_be = is_aside(strand)
        if strand.settle(moment, aside=is_set_aside, doubted=may_be):
            otherwise[strand] = None
    return list(otherwise)
