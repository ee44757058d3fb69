"""A situation that Z3 found → a case file that shows it when it is run, as small as it can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from remit.analysis.findings import CaseFile
from remit.analysis.norms import Norms
from remit.analysis.world import Telling, Told, World
from remit.errors import RemitError
from remit.live.evaluator import LiveEvaluator
from remit.model.expression import Value
from remit.model.obligation import Answer
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.semantics.law import Law
from remit.semantics.obligations import answer, by_case, knowable

#: The hour at which reports come in where the hour does not matter.
MORNING = time(9)
Shows = Callable[[Answer], bool]
Fields = dict[str, object]


@dataclass
class Witnesses:
    """Makes case files for one pack, each run before it counts."""

    norms: Norms
    law: Law = field(init=False)
    evaluator: LiveEvaluator = field(init=False)
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.law = Law.of(self.norms.pack)
        self.evaluator = LiveEvaluator(self.law)
        self.world = World.of(self.norms.pack.vocabulary)

    def case(
        self,
        name: str,
        telling: Telling,
        day: date,
        shows: Shows,
        *,
        agenda: bool = False,
        also: Callable[[CaseFile], bool] = lambda _: True,
    ) -> CaseFile | None:
        """The situation as a case file in which the finding shows, and `also` holds; None where no way of telling it does."""

        def wanted(case: CaseFile) -> bool:
            return self.shows(case, shows) and also(case)

        for events in self.tellings(telling, day):
            found = self.file(name, events, day, agenda=agenda)
            if found is not None and wanted(found):
                return shrunk(found, wanted)
        return None

    def file(self, name: str, events: list[Fields], day: date, *, agenda: bool) -> CaseFile | None:
        """A case file, looked at a minute after the last report; None where it cannot be read."""
        told = sorted(events, key=lambda e: (str(e["at"]),))
        numbered = tuple({"id": f"e{number}", **event} for number, event in enumerate(told, 1))
        last = [datetime.fromisoformat(str(e.get("known_at", e["at"]))) for e in numbered]
        now = max((*last, self.morning(day))) + timedelta(minutes=1)
        return CaseFile(name, numbered, now.astimezone(self.norms.pack.calendar.zone), agenda)

    def shows(self, case: CaseFile, shows: Shows) -> bool:
        """Whether the finding is there when the case is run."""
        try:
            return shows(self.run(case))
        except RemitError:
            return False

    def run(self, case: CaseFile) -> Answer:
        """What `remit run` answers.

        Raises:
            EventError: it does not fit the vocabulary.
        """
        events = self.norms.pack.read_events(case.yaml().encode()) if case.events else ()
        known = knowable(events, case.now)
        owed = [o for name, told in by_case(known).items() for o in self.evaluator.case(name, told, case.now)]
        if case.agenda:
            owed += self.evaluator.agenda(known, case.now)
        return answer(self.law, owed)

    # --- telling -----------------------------------------------------------------------------------

    def tellings(self, telling: Telling, day: date) -> Iterator[list[Fields]]:
        """Ways to report a situation: at nine in the morning and in as few reports as possible, else as Z3 has it."""
        for tidy in (True, False):
            for apart in (False, True):
                yield self.told(telling, day, tidy=tidy, apart=apart)

    def told(self, telling: Telling, day: date, *, tidy: bool, apart: bool) -> list[Fields]:
        events = [self.event(told, self.morning(day) + timedelta(hours=n), tidy=tidy) for n, told in enumerate(telling.reports)]  # fmt: skip
        events += [self.event(told, self.morning(day) - timedelta(hours=n + 1), tidy=tidy) for n, told in enumerate(telling.others)]  # fmt: skip
        first = events[0] if events else {}
        missing = {k: v for k, v in telling.subject.items() if first.get(k) != v}
        own = {k: v for k, v in missing.items() if not apart and k not in first and self.carries(first.get("type"), k)}
        first.update(own)
        left = {k: v for k, v in missing.items() if k not in own}
        moment = max((datetime.fromisoformat(str(e["at"])) for e in events), default=self.morning(day))
        while left:
            kind = max(self.world.event_types.values(), key=lambda k: (len(set(k.attributes) & set(left)), k.id not in self.norms.program.by_event, -len(k.required)))  # fmt: skip
            said = {k: v for k, v in left.items() if k in kind.attributes}
            if not said:
                break
            moment += timedelta(minutes=1)
            events.append(self.event(Told(kind.id, {}, said), moment, tidy=True))
            left = {k: v for k, v in left.items() if k not in said}
        return events

    def event(self, told: Told, moment: datetime, *, tidy: bool) -> Fields:
        """One report, with what its type requires."""
        fields, zone = told.fields, self.norms.pack.calendar.zone
        at = moment if tidy else fields.get("at", moment)
        known = fields.get("known_at", at)
        found: Fields = {"type": told.type, "at": at.astimezone(zone).isoformat() if isinstance(at, datetime) else at}
        if isinstance(known, datetime) and isinstance(at, datetime) and known != at and not tidy:
            found["known_at"] = known.astimezone(zone).isoformat()
        found |= {name: fields[name] for name in ("by", "place") if name in fields}
        if tidy and (inside := self.world.units.get(str(found.get("place")))):
            found["place"] = inside.place  # a place says more to a reader than a unit that stands for it
        required = self.world.event_types[told.type].required
        data = {name: self.any_value(self.world.attributes[name]) for name in required} | dict(told.data)
        return found | data

    def any_value(self, attribute: Attribute) -> Value:
        """Some value of the attribute."""
        least = attribute.minimum or 0
        some: Mapping[ValueKind, Value] = {
            ValueKind.BOOL: False, ValueKind.INT: least, ValueKind.DECIMAL: Decimal(least), ValueKind.DATE: date(2024, 1, 1),
            ValueKind.TIME: self.morning(date(2024, 1, 1)), ValueKind.DURATION: timedelta(hours=1),
            ValueKind.CHOICE: next((c.id for c in attribute.choices), ""), ValueKind.PLACE: next(iter(self.world.places)),
            ValueKind.UNIT: next(iter(self.world.units)),
        }  # fmt: skip
        value = some.get(attribute.kind, "x")
        return (value,) if attribute.many else value

    def carries(self, kind: object, attribute: str) -> bool:
        return isinstance(kind, str) and attribute in self.world.event_types[kind].attributes

    def morning(self, day: date) -> datetime:
        return datetime.combine(day, MORNING, self.norms.pack.calendar.zone)


def shrunk(case: CaseFile, wanted: Callable[[CaseFile], bool]) -> CaseFile:
    """Without what is not needed."""
    for number, event in enumerate(case.events):
        for name in [n for n in event if n not in ("id", "type", "at")]:
            slim = {k: v for k, v in case.events[number].items() if k != name}
            smaller = replace(case, events=(*case.events[:number], slim, *case.events[number + 1 :]))
            case = smaller if wanted(smaller) else case
    for event in case.events:
        fewer = replace(case, events=tuple(e for e in case.events if e["id"] != event["id"]))
        case = fewer if wanted(fewer) else case
    return case
