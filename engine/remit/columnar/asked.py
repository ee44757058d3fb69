"""What the plan asks of the live program once for each distinct input: desks, deadlines, and who may act for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from remit.columnar.rules import ColumnarRule
from remit.columnar.schema import MOMENT, QUESTION, groups, parties
from remit.expressions.situation import Situation
from remit.live.doubts import Doubt
from remit.live.life import done_by
from remit.live.program import LiveProgram
from remit.live.routes import Route
from remit.live.rules import Company
from remit.model.event import Event
from remit.model.obligation import Party
from remit.model.unit import Unit
from remit.semantics.drafts import escaped

Row = dict[str, Any]
DESKS = pa.schema([("input", pa.int32()), ("desk", pa.int32()), ("post", pa.int32())])
#: `unit_…` is what conditions read of the bearer; `any_unit_…` the same also where it is only the fallback desk.
UNIT = (("id", pa.string()), ("place", pa.string()), ("level", pa.string()), ("roles", pa.list_(pa.string())))
POSTS = pa.schema(
    [
        ("post", pa.int32()), ("bearer", pa.int32()), ("bearer_key", pa.string()), ("actors", pa.int32()),
        ("asks", pa.string()), ("touched", pa.bool_()),
        *((prefix + name, kind) for prefix in ("unit_", "any_unit_") for name, kind in UNIT),
    ]
)  # fmt: skip
LIMITS = pa.schema(
    [
        ("limit", pa.int32()), ("start", pa.date32()), ("due", MOMENT), ("latest", MOMENT), ("state", pa.string()),
        ("reading", pa.string()), ("awaits", pa.int32()), ("calendars", pa.list_(pa.string())),
    ]
)  # fmt: skip


class Asked:
    """One program's answers. `gone` are the units that another has taken over: what they bear is left to the live evaluator."""

    def __init__(self, program: LiveProgram, questions: Mapping[Doubt, int], gone: frozenset[str]) -> None:
        self._program = program
        self.questions = dict(questions)
        self._gone = gone
        self._actors: dict[tuple[str, ...], int] = {}
        self._bearers: dict[str, int] = {}
        #: Route, party and those beside it → the post. The program keeps each of these once, so that they are known by identity.
        self._known: dict[tuple[int, int, int], int] = {}
        self._posts: list[Row] = []
        self._parties: list[tuple[Party, Company]] = []

    def desks(self, inputs: Iterable[Row], routes: Mapping[int, ColumnarRule]) -> pa.Table:
        """The posts of each distinct input (route, day, reporter, place, named): a bearer with everyone beside it."""
        found = [(given["input"], desk, post) for given in inputs for desk, post in self._desks(given, routes)]
        columns = zip(*found, strict=True) if found else [()] * len(DESKS)
        return pa.Table.from_arrays([pa.array(column, pa.int32()) for column in columns], schema=DESKS)

    def _desks(self, given: Row, routes: Mapping[int, ColumnarRule]) -> Iterator[tuple[int, int]]:
        rule, day = routes[given["route"]], given["day"]
        data = {} if rule.place is None or given["named"] is None else {rule.place: given["named"]}
        moment = datetime.combine(day, datetime.min.time(), UTC)
        event = Event("", "", moment, moment, by=given["reporter"], place=given["place"], data=data)
        situation = Situation(event, {}, None, (event,))
        number = 0
        for desks in rule.live.bearers:
            found = desks.find(situation, day, None)
            for party, unit in found.desks:
                company = rule.live.company.find(situation, day, unit if party.routed else None)
                key = (id(found), id(party), id(company))
                if key not in self._known:
                    self._known[key] = self._post(found, party, unit, company)
                yield number, self._known[key]
                number += 1

    def _post(self, route: Route, party: Party, unit: Unit, company: Company) -> int:
        asks = list(company.asked)
        if not party.routed and route.fact is not None and route.ask is not None:
            asks.insert(0, (route.fact, route.ask))
        doubts = [Doubt(fact, ask, None) for fact, ask in asks]
        everyone = {party.id, *(p.id for group in (company.performers, company.to, company.cooperating) for p in group)}
        fields = {"id": unit.id, "place": unit.place, "level": unit.level, "roles": list(unit.roles)}
        row = {
            "post": len(self._posts), "bearer": self._bearers.setdefault(party.id, len(self._bearers)),
            "bearer_key": escaped(party.id),
            "actors": self._actors.setdefault((party.id, *company.performing), len(self._actors)),
            "asks": ",".join(str(self.questions.setdefault(d, len(self.questions))) for d in doubts),
            "touched": not everyone.isdisjoint(self._gone),
            **{f"unit_{name}": value if party.routed else None for name, value in fields.items()},
            **{f"any_unit_{name}": value for name, value in fields.items()},
        }  # fmt: skip
        self._posts.append(row)
        self._parties.append((party, company))
        return len(self._posts) - 1

    def posts(self) -> pa.Table:
        """What the plan reads of each."""
        return pa.Table.from_pylist(self._posts, schema=POSTS)

    def parties(self) -> pa.Table:
        """Of each post, in their order, the columns of an obligation that it fills."""
        found = [company for _, company in self._parties]
        beside = {"performers": [c.performers for c in found], "to": [c.to for c in found], "with": [c.cooperating for c in found]}  # fmt: skip
        told = {name: groups(members, parties) for name, members in beside.items()}
        return pa.table({"bearer": parties(party for party, _ in self._parties), **told})

    def acting(self, pairs: Iterable[Row]) -> pa.Table:
        """Of (reporter, actors, version, a day of it), those in which the act counts as one of theirs."""
        units = {number: names for names, number in self._actors.items()}
        found = [
            {name: row[name] for name in ("reporter", "actors", "version")}
            for row in pairs
            if self._acts(row["reporter"], units[row["actors"]], row["day"])
        ]
        schema = pa.schema([("reporter", pa.string()), ("actors", pa.int32()), ("version", pa.int32())])
        return pa.Table.from_pylist(found, schema=schema)

    def _acts(self, by: str, units: tuple[str, ...], day: date) -> bool:
        moment = self._program.law.midnight(day)
        return done_by(Event("", "", moment, moment, by=by), units, self._program)

    def limits(self, starts: Iterable[Row], rules: Mapping[int, ColumnarRule]) -> pa.Table:
        """The deadline of each (limit, day from which it counts)."""
        rows = []
        for given in starts:
            moment = self._program.law.midnight(given["start"])
            due = rules[given["limit"]].live.limit(moment, moment, "")
            rows.append(
                {**given, "due": due.due, "latest": due.latest, "state": due.state, "reading": due.reading, "awaits": due.awaits, "calendars": due.calendars}
            )  # fmt: skip
        return pa.Table.from_pylist(rows, schema=LIMITS)

    def asking(self, numbers: Iterable[str]) -> pa.Array:
        """For each list of questions, by their numbers, those of an obligation, each once."""
        rows = [
            {"fact": doubt.fact, "ask": doubt.ask.as_json(), "asked_of": doubt.asked_of} for doubt in self.questions
        ]
        found = [[rows[int(n)] for n in dict.fromkeys(text.split(",")) if n] for text in numbers]
        return pa.array(found, pa.list_(QUESTION))
