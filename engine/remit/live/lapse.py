"""Duties whose ground fell away: as `semantics.lapse`, looking only where what a rule reads has turned."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from remit.live.drafts import drafts, stood_at
from remit.live.hindsight import Among, Hindsight, Persons
from remit.live.program import LiveProgram
from remit.live.raising import Draft
from remit.live.record import Earlier, Record
from remit.live.rules import LiveRule
from remit.live.settled import Settled, settled
from remit.live.strands import Strand
from remit.model.obligation import Obligation
from remit.model.terms import Jointly, Per
from remit.semantics.lapse import ceased

NOBODY: frozenset[str | None] = frozenset()


@dataclass(frozen=True, slots=True)
class Lapse:
    """A duty that is owed no more, as it stood at the moment when that changed, and what had followed from its failure.

    `alone` says that it would be the same, had no other unit lost the same duty then.
    """

    key: str
    moment: datetime
    stood: tuple[Obligation, ...]
    followed: tuple[Obligation, ...]
    alone: bool

    @classmethod
    def of(cls, one: Settled, moment: datetime, *, alone: bool) -> Lapse:
        key, *parts = one
        stood, followed = (tuple(ceased(o, moment).bare() for o in part) for part in parts)
        return cls(key, moment, stood, followed, alone)


def left_over(lapses: Iterable[Lapse]) -> Iterator[Obligation]:
    """What is told of them: the latest first, and what followed behind all that fell at that moment."""
    for _, together in groupby(sorted(lapses, key=moment_of, reverse=True), key=moment_of):
        fell = list(together)
        yield from (o for lapse in fell for o in lapse.stood)
        yield from (o for lapse in fell for o in lapse.followed)


def moment_of(lapse: Lapse) -> datetime:
    return lapse.moment


def lapsed(
    program: LiveProgram, record: Record, standing: Mapping[str, Obligation], aliases: frozenset[str]
) -> Iterator[Lapse]:
    """What the case raised by what was known earlier and raises no more; the latest first."""
    if len(record.known) < 2 or not any(may_have_lapsed(program, record)):
        return
    hindsight, told = record.hindsight(program), {*standing}
    for after, among in looked_at(program, record, hindsight):
        before = record.known[bisect_left(record.known, after) - 1]
        hits = hindsight.hits(before, among)
        found = {
            key: draft
            for key, draft in drafts(program, Earlier(record, before, hindsight), hits).items()
            if draft.verdict is True and may_lapse(draft.rule) and key not in told
        }
        if found:
            known = Earlier(record, after, hindsight)
            for one in settled(program, known, record.history.case, found, after, None, aliases):
                told.add(one[0])
                rule = found[one[0]].rule
                yield Lapse.of(one, after, alone=not is_peered(rule) or known.quiet(rule))


def is_peered(rule: LiveRule) -> bool:
    """Whether its duties look at who else bears it."""
    return rule.rule.jointly is Jointly.ANY or bool(rule.breaches)


def may_lapse(rule: LiveRule) -> bool:
    """Whether what is reported later may take the rule its ground, or set it aside."""
    return rule.source.changeable or rule.may_be_set_aside


def may_have_lapsed(program: LiveProgram, record: Record) -> Iterator[bool]:
    """For each rule and event, whether that might have raised what was set aside, or lost its ground, when more was known."""
    for event in record.history.events:
        knowable = record.knowable_at(event)
        for rule in program.candidates(event) if knowable < record.last else ():
            yield rule.may_be_set_aside or (
                rule.source.changeable and record.hindsight(program).turns_after(rule, event, knowable)
            )


def looked_at(program: LiveProgram, record: Record, hindsight: Hindsight) -> Iterator[tuple[datetime, Among | None]]:
    """When a report took some duty its ground, or set it aside, each with those of whose duties it was the last to do so.

    The latest first; None for all.
    """
    fell = hindsight.fell()
    if hindsight.goes_round:
        yield from ((moment, None) for moment in sorted(fell.union(set_aside(program, record)), reverse=True))
        return
    turns = sorted(fell | hindsight.set_aside())
    lost: dict[datetime, list[Strand]] = {}
    for strand in hindsight.strands:
        if may_lapse(strand.rule) and not strand.stands:
            last = last_found(strand, turns)
            if last is not None:
                lost.setdefault(last, []).append(strand)
    for moment in sorted(lost, reverse=True):
        yield moment, with_all_above(program, lost[moment])


def last_found(strand: Strand, turns: Sequence[datetime]) -> datetime | None:
    """The last of these turns before which it was owed."""
    for since, until in strand.owed.latest():
        place = bisect_right(turns, until)
        if place and turns[place - 1] > since:
            return turns[place - 1]
    return None


def with_all_above(program: LiveProgram, strands: Iterable[Strand]) -> Among:
    """The rules and persons of these duties, and whatever may set them aside, or that in turn.

    One duty for the whole case may be led by the report about anybody.
    """
    found: dict[int, Persons] = {}
    queue: list[tuple[LiveRule, Persons]] = [(strand.rule, frozenset(strand.persons)) for strand in strands]
    for rule, persons in queue:  # which grows while it is read
        meant = None if rule.rule.per is Per.CASE else persons
        before = found.get(rule.order, NOBODY)
        if before is not None and (meant is None or not meant <= before):
            found[rule.order] = wider = None if meant is None else before | meant
            queue += [(program.rules[order], wider) for order in rule.above]
    return found


def set_aside(program: LiveProgram, record: Record) -> Iterator[datetime]:
    """When what had been owed was owed no more, though another rule's ground alone had changed; asked of every moment."""
    stood_before: dict[str, Draft] = {}
    for moment in record.known:
        before, stood_before = stood_before, stood_at(program, record, moment)
        if any(d.verdict is True and d.rule.may_be_set_aside and k not in stood_before for k, d in before.items()):
            yield moment
