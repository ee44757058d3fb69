"""`Reports`: the events of a case, the person and the bearer as Z3 has them, and what the vocabulary says of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from remit.analysis.terms import EPOCH, TICK, Cell, Terms
from remit.analysis.world import FIRST, LAST, Placement, Telling, World
from remit.expressions.evaluate import LIMIT
from remit.model.terms import ValueKind

#: Fields every event has, and what sort of value they hold; some are always stated.
FIELDS = {"type": "event", "at": "time", "known_at": "time", "place": "place", "by": "unit", "subject": "text", "id": "text"}  # fmt: skip
ALWAYS = frozenset({"type", "at", "known_at", "id"})
#: The greatest that a duration can be, in ticks.
LONGEST = timedelta.max // TICK
YEARS = ((FIRST - EPOCH) // TICK, (LAST - EPOCH) // TICK)


class Reports(Terms):
    """Some reports that set rules off, so many other events of the same case, a person and a bearer.

    Args:
        library: Z3.
        world: what can be told at all.
        reports: for each report that sets a rule off, the types it can have.
        others: how many further events of the case are considered.
    """

    def __init__(self, library: Any, world: World, reports: Sequence[Iterable[str]], others: int) -> None:
        super().__init__(library, world)
        self.reports = len(reports)
        known = [self.truth(value=True) for _ in reports]
        self.there = [*known, *(self.flag(f"{len(known) + n} is there") for n in range(others))]
        for number, kinds in enumerate(reports):
            self.rules.append(self.any(self.is_type(kind, number) for kind in sorted(frozenset(kinds))))

    # --- claims -----------------------------------------------------------------------------------

    def is_type(self, kind: str, report: int = 0) -> Any:
        """The report is of this event type."""
        return self.of_event(report, "type").value == self.name("event", kind)

    def between(self, first: datetime, last: datetime, report: int = 0) -> Any:
        """The report happened in that time."""
        at = self.of_event(report, "at").value
        return self.all([at >= (first - EPOCH) // TICK, at < (last - EPOCH) // TICK])

    def borne(self, placements: Iterable[Placement], report: int = 0) -> Any:
        """The bearer is one of these, and the report says what leads to it."""
        return self.any(
            self.all([self.is_unit(p.unit), *(self.says(path, value, report) for path, value in p.says.items())])
            for p in placements
        )

    def is_unit(self, unit: str) -> Any:
        """The bearer is this unit."""
        return self.z3.And(self.unit().known, self.unit().value == self.name("unit", unit))

    def says(self, path: str, value: str, report: int = 0) -> Any:
        """The report, or the case of the person, states that; of a list, as a member."""
        root, _, name = path.partition(".")
        cell = self.of_event(report, name) if root == "event" else self.of_subject(name)
        of = cell.sort.removeprefix("list of ")
        member = self.name(of, value)
        if of == cell.sort:
            return self.all([cell.known, cell.value == member])
        self.asked.setdefault(cell.sort, []).append(member)
        return self.all([cell.known, self.z3.Select(cell.value, member)])

    # --- what is told -----------------------------------------------------------------------------

    def of_event(self, number: int, name: str) -> Cell:
        """A field or attribute of an event: carried by its type, stated where the type requires it, within its bounds."""
        owner = str(number)
        if (owner, name) in self.made:
            return self.made[owner, name]
        if name in FIELDS:
            cell = self.variable(owner, name, FIELDS[name])
            self.rules += [cell.known] if name in ALWAYS else []
            self.rules += [self.within(cell.value, *YEARS)] if cell.sort == "time" else []
            return cell
        cell = self.attribute(owner, name)
        carriers = self.world.carriers(name)
        self.rules.append(self.z3.Implies(cell.known, self.any(self.is_type(kind, number) for kind in carriers)))
        for kind in carriers:
            if name in self.world.event_types[kind].required:
                self.rules.append(self.z3.Implies(self.is_type(kind, number), cell.known))
        if number < self.reports:
            self.rules.append(self.z3.Implies(cell.known, self.of_subject(name).known))
        return cell

    def of_subject(self, name: str) -> Cell:
        """What holds of the person: known only if some event can state it."""
        if ("subject", name) not in self.made:
            cell = self.attribute("subject", name)
            self.rules += [] if self.world.carriers(name) else [self.z3.Not(cell.known)]
        return self.made["subject", name]

    def unit(self) -> Cell:
        """The bearer; nothing is known of one that was not found."""
        return self.variable("unit", "id", "unit")

    def of_unit(self, name: str) -> Cell:
        """A field of the bearer, looked up among the units there are."""
        bearer = self.unit()
        if name == "id" or ("unit", name) in self.made:
            return self.made["unit", name]
        cell = self.variable("unit", name, name)
        self.rules.append(cell.known == bearer.known)
        for unit in self.world.units.values():
            value = self.name(name, getattr(unit, name))
            self.rules.append(self.z3.Implies(self.is_unit(unit.id), cell.value == value))
        return cell

    def has_role(self, role: Cell) -> Cell:
        """Whether the bearer has it."""
        holders: dict[str, list[str]] = {name: [] for name in self.world.roles}
        for unit in self.world.units.values():
            for name in unit.roles:
                holders.setdefault(name, []).append(unit.id)
        bearer = self.unit()
        held = self.any(
            self.all(
                [role.value == self.name("role", name), self.any(bearer.value == self.name("unit", u) for u in who)]
            )
            for name, who in holders.items()
        )
        return Cell(self.z3.And(bearer.known, role.known), held, "bool")

    def attribute(self, owner: str, name: str) -> Cell:
        """A value of the attribute's type, within its bounds."""
        attribute = self.world.attributes[name]
        sort = f"choice:{name}" if attribute.kind is ValueKind.CHOICE else attribute.kind.value
        cell = self.variable(owner, name, f"list of {sort}" if attribute.many else sort)
        if attribute.many:
            return cell
        least, most = attribute.minimum, attribute.maximum
        match sort:
            case "int":
                bounds = (-LIMIT if least is None else least, LIMIT - 1 if most is None else most)
                self.rules.append(self.within(cell.value, *bounds))
            case "decimal":
                self.rules += [] if least is None else [cell.value >= least]
                self.rules += [] if most is None else [cell.value <= most]
            case "date":
                self.rules.append(self.within(cell.value, FIRST.toordinal(), LAST.toordinal()))
            case "time":
                self.rules.append(self.within(cell.value, *YEARS))
            case "duration":
                self.rules.append(self.within(cell.value, -LONGEST, LONGEST))
        return cell

    def read(self, model: Any) -> Telling:
        """The situation of a model."""
        return self.telling(model, self.reports, self.there, FIELDS)

    def within(self, value: Any, least: int, most: int) -> Any:
        """Neither less than `least` nor more than `most`."""
        return self.z3.And(value >= least, value <= most)
