"""What the plan asks of the live program once for each distinct input: desks, deadlines, and who may act for whom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa

from remit.columnar.rules import ColumnarRule
from remit.columnar.schema import MOMENT, PARTY, party_row
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
DESKS = pa.schema(
    [
        ("input", pa.int32()), ("desk", pa.int32()), ("bearer", pa.string()), ("bearer_key", pa.string()),
        ("party", PARTY), ("company", pa.int32()), ("actors", pa.int32()), ("asks", pa.list_(pa.int32())),
        ("touched", pa.bool_()),
    ]
)  # fmt: skip
COMPANIES = pa.schema(
    [("company", pa.int32()), ("performers", pa.list_(PARTY)), ("to", pa.list_(PARTY)), ("with", pa.list_(PARTY))]
)
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
        self._companies: dict[tuple[tuple[Party, ...], ...], int] = {}
        self._actors: dict[tuple[str, ...], int] = {}

    def desks(self, inputs: Iterable[Row], routes: Mapping[int, ColumnarRule]) -> pa.Table:
        """The bearers of each distinct input (route, day, reporter, place, named), with everyone beside them."""
        return pa.Table.from_pylist([row for given in inputs for row in self._desks(given, routes)], schema=DESKS)

    def _desks(self, given: Row, routes: Mapping[int, ColumnarRule]) -> Iterator[Row]:
        rule, day = routes[given["route"]], given["day"]
        data = {} if rule.place is None or given["named"] is None else {rule.place: given["named"]}
        moment = datetime.combine(day, datetime.min.time(), UTC)
        event = Event("", "", moment, moment, by=given["reporter"], place=given["place"], data=data)
        situation = Situation(event, {}, None, (event,))
        number = 0
        for desks in rule.live.bearers:
            found = desks.find(situation, day, None)
            for party, unit in found.desks:
                yield {"input": given["input"], "desk": number, **self._desk(rule, situation, day, found, party, unit)}
                number += 1

    def _desk(self, rule: ColumnarRule, situation: Situation, day: date, route: Route, party: Party, unit: Unit) -> Row:
        company = rule.live.company.find(situation, day, unit if party.routed else None)
        asks = list(company.asked)
        if not party.routed and route.fact is not None and route.ask is not None:
            asks.insert(0, (route.fact, route.ask))
        doubts = [Doubt(fact, ask, None) for fact, ask in asks]
        parties = (company.performers, company.to, company.cooperating)
        everyone = {party.id, *(p.id for group in parties for p in group)}
        return {
            "bearer": party.id, "bearer_key": escaped(party.id), "party": party_row(party),
            "company": self._companies.setdefault(parties, len(self._companies)), "actors": self._actor(party, company),
            "asks": [self.questions.setdefault(d, len(self.questions)) for d in doubts],
            "touched": not everyone.isdisjoint(self._gone),
        }  # fmt: skip

    def _actor(self, bearer: Party, company: Company) -> int:
        return self._actors.setdefault((bearer.id, *company.performing), len(self._actors))

    def companies(self) -> pa.Table:
        """Those beside the bearers."""
        return pa.Table.from_pylist(
            [
                {"company": number, **{name: list(map(party_row, group)) for name, group in zip(("performers", "to", "with"), parties, strict=True)}}
                for parties, number in self._companies.items()
            ],
            schema=COMPANIES,
        )  # fmt: skip

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

    def words(self) -> pa.Table:
        """The questions by number."""
        rows = [
            {"q": number, "question": {"fact": doubt.fact, "ask": doubt.ask.as_json(), "asked_of": doubt.asked_of}}
            for doubt, number in self.questions.items()
        ]
        text = pa.struct([("zh", pa.string()), ("en", pa.string())])
        question = pa.struct([("fact", pa.string()), ("ask", text), ("asked_of", pa.string())])
        return pa.Table.from_pylist(rows, schema=pa.schema([("q", pa.int32()), ("question", question)]))
