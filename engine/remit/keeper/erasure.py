"""What an erasure reaches: the keys that seal reports of the cases named, and nothing of any other.

A key seals what was reported of one person in one case. After a split, some of that may belong to another case: then it
cannot be erased for the one and kept for the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from remit.errors import LedgerError, Origin
from remit.keeper.keeper import standing_moves
from remit.ledger.people import whose
from remit.matching.history import amended_report
from remit.matching.moves import MOVES, home, moves_in_order, named, other_end
from remit.model.event import MERGER, SPLIT, Event


class Reports:
    """Everything readable of linked cases.

    Args:
        keyed: each event with the number of the key that seals it.
    """

    def __init__(self, keyed: Iterable[tuple[int, Event]]) -> None:
        self._keyed = tuple(keyed)
        told = [event for _, event in self._keyed]
        self._known = {event.id: event for event in told}
        #: Mergers and splits that stand, in order.
        self._moves = [move for _, move in moves_in_order(standing_moves(told))]
        standing = {move.id for move in self._moves}
        self._undone = {event.id: event for event in told if event.type in MOVES and event.id not in standing}

    @property
    def keys(self) -> frozenset[int]:
        """Those that seal any of it."""
        return frozenset(number for number, _ in self._keyed)

    def now_called(self, case: str) -> str:
        """The case that a case went over into, or itself."""
        for act in self._moves:
            if act.type == MERGER and other_end(act) == case:
                case = str(act.case)
        return case

    def reached(self, cases: Collection[str], subject: str | None) -> frozenset[int]:
        """The keys that seal what belongs to these cases; of one person, where `subject` is given.

        A merger or split goes with the last case that needs it, and with its retraction: it may not come to stand again.

        Raises:
            LedgerError: RM772, one of them seals reports of another case too.
        """
        wanted = {self.now_called(case) for case in cases}
        homes: dict[int, set[str]] = defaultdict(set)
        for number, event in self._keyed:
            homes[number] |= self._homes(event)
        reports = [(number, event) for number, event in self._keyed if self._report(event).type not in MOVES]
        people = {number for number, _ in reports}
        found = {number for number, event in reports if (self._homes(event) | self._told_in(event)) & wanted}
        if subject is None:
            found |= {number for number in homes if number not in people and homes[number] & wanted}
        else:
            meant = self._meant(wanted, subject)
            found -= {number for number, event in reports if whose(event)[1] not in meant}
        beyond = {case for number in found & people for case in homes[number] - wanted}
        if beyond:
            raise reaches_further(cases, beyond)
        undone = {self._report(event).id for number, event in self._keyed if number in found} & self._undone.keys()
        found |= {number for number, event in self._keyed if event.id in undone}
        return frozenset(number for number in found if homes[number] <= wanted)

    def left(self, destroyed: Collection[int]) -> frozenset[str]:
        """The cases of which reports are left."""
        rest = (event for number, event in self._keyed if number not in destroyed)
        return frozenset(case for e in rest if self._report(e).type not in MOVES for case in self._homes(e))

    def _report(self, event: Event) -> Event:
        """What an amendment leads to; any other event is its own report."""
        return amended_report(event, self._known) or event

    def _homes(self, event: Event) -> frozenset[str]:
        """The cases that need an event: the one it belongs to; of a split that stands, both."""
        report = self._report(event)
        if report.type == SPLIT and report.id not in self._undone:
            return frozenset({self.now_called(str(report.case)), self.now_called(other_end(report))})
        return frozenset({str(home(report, self._moves))})

    def _told_in(self, event: Event) -> frozenset[str]:
        """The cases in which a retracted split still tells of an event."""
        splits = (act for act in self._undone.values() if act.type == SPLIT and event.id in named(act))
        return frozenset(self.now_called(other_end(act)) for act in splits)

    def _meant(self, wanted: Collection[str], subject: str) -> Collection[str | None]:
        """The names under which the person goes; where nobody else is named, also no name at all."""
        there = {whose(e)[1] for _, e in self._keyed if e.type not in MOVES and self._homes(e) & set(wanted)}
        return {subject, None} if subject in there <= {subject, None} else {subject}


def reaches_further(cases: Iterable[str], beyond: Iterable[str]) -> LedgerError:
    """That erasing these cases would reach others too."""
    named_so = sorted(set(cases))
    return LedgerError(
        "RM772", "reaches-further", found=", ".join(named_so),
        expected=f"all cases that the keys reach: {', '.join([*named_so, *sorted(beyond)])}",
        origin=Origin(case=named_so[0]),
        hint="reports of these cases are sealed with one key, so that they can only be erased together: name every case, or with --subject one person",
    )  # fmt: skip
