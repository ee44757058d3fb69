"""Days and the versions of the unit graph: moments → days of the pack's zone, days → the stretch in which nothing moves."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime

from remit.routing.graph import UnitGraph
from remit.semantics.law import Law
from remit.semantics.wakes import graph_days

#: Before every event; a day after the first, so that every zone has it.
BEGINNING = datetime(1, 1, 2, tzinfo=UTC)


class Timeline:
    """What is known of days, once for a law.

    Between two days on which the graph changes it is one *version*, and every route in it is the same.
    """

    __slots__ = ("_ceased", "_changes", "_clock", "_moves", "_zone", "graph", "under", "versions")

    def __init__(self, law: Law) -> None:
        self.graph: UnitGraph = law.graph
        self._zone = law.calendar.zone
        self._changes = tuple(sorted({day for day in graph_days(law.graph) if day is not None}))
        self._clock = BEGINNING, BEGINNING
        self._ceased: dict[int, frozenset[str]] = {}
        self._moves = tuple(act.on for act in law.graph.reorganisations)
        self.versions = Versions(self._changes)
        self.under: dict[tuple[str, str, int], bool] = {}

    def local(self, moment: datetime) -> datetime:
        """The moment in the pack's zone."""
        return moment.astimezone(self._zone)

    def clock(self, now: datetime) -> datetime:
        """As `local`, of the moment that was asked about last at once."""
        asked, clock = self._clock
        if asked is not now:
            clock = self.local(now)
            self._clock = now, clock  # in one step, as threads may share a law
        return clock

    def day(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def any_moved(self, today: date) -> bool:
        """Whether any unit was merged, renamed or abolished by that day."""
        return bool(self._moves) and self._moves[0] <= today

    def ceased(self, today: date) -> frozenset[str]:
        """The units that another had taken over by that day."""
        if not self.any_moved(today):
            return frozenset()
        version = self.versions[today]
        if version not in self._ceased:
            named = {unit for act in self.graph.reorganisations for unit in act.units}
            self._ceased[version] = frozenset(u for u in named if self.graph.successor(u, today) is not None)
        return self._ceased[version]

    def is_under(self, unit: str, above: str, day: date) -> bool:
        """As the graph says, remembered for every day of the version."""
        key = (unit, above, self.versions[day])
        found = self.under.get(key)
        if found is None:
            found = self.under[key] = self.graph.is_under(unit, above, day)
        return found


class Versions(dict[date, int]):
    """The version of the graph on a day, as a number that grows with time."""

    def __init__(self, changes: tuple[date, ...]) -> None:
        super().__init__()
        self._changes = changes

    def __missing__(self, day: date) -> int:
        self[day] = version = bisect_right(self._changes, day)
        return version
