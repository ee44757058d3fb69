"""A city's years as a table of events: reports, what was done about them and when, and now and then an act upon a report.

Made from a pack's own vocabulary, units and rules, by a seed: the same numbers give the same table. What is done in a case is
what its reports ask for, mostly by who owes it and mostly in time.

    python bench/city.py city.parquet --events 1000000 --years 5
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random  # noqa: TID251 - of a made city everything is left to chance
from time import perf_counter

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from remit import Pack
from remit.columnar.replay import Replay
from remit.columnar.schema import table_of_events
from remit.columnar.what_if import what_if as what_if_under
from remit.live.evaluator import LiveEvaluator
from remit.matching.reference import Reference
from remit.model.event import CORRECTION, PERFORMED, RETRACTION, VIOLATED, WAIVER, Event
from remit.model.expression import Value
from remit.model.rule import On, Within
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.program.compile import compile_program
from remit.semantics.law import Law
from remit.shipped import shipped_pack

#: Events in a case, on average.
A_CASE = 8
#: The share of cases upon whose reports or duties somebody acts.
TROUBLED = 0.02
#: The first of the years.
SINCE = datetime(2024, 1, 1, tzinfo=UTC)
A_CHUNK = 100_000


@dataclass(frozen=True, slots=True)
class Duty:
    """What a report asks for, and of whom."""

    rule: str
    action: str
    bearer: str


class City:
    """The city of one pack. Duties are learned once for each kind of report, place and reporter."""

    def __init__(self, pack: Pack, *, years: int = 1, seed: int = 0) -> None:
        self.law = Law.of(pack)
        self.attributes = pack.vocabulary.attributes
        self._live = LiveEvaluator(self.law)
        self._random = Random(seed)  # noqa: S311 - as above
        self._span = timedelta(days=365 * years)
        self.until = SINCE + self._span + timedelta(days=60)
        rules = [rule for rule in self.law.program.rules if isinstance(rule.rule.trigger, On)]
        self._kinds = sorted({kind for rule in rules for kind in rule.triggers})
        self._said = {kind: pack.vocabulary.event_types[kind].attributes for kind in self._kinds}
        self._places = sorted(pack.vocabulary.places)
        self._units = sorted(pack.vocabulary.units)
        self._duties: dict[tuple[str, str, str], tuple[Duty, ...]] = {}

    def events(self, count: int) -> Iterator[Event]:
        """So many events, case by case."""
        made = case = 0
        while made < count:
            members = self._case(case)[: count - made]
            yield from members
            made, case = made + len(members), case + 1

    def table(self, count: int) -> pa.Table:
        """The same events, one row each."""
        chunks, told = [], self.events(count)
        while chunk := [event for _, event in zip(range(A_CHUNK), told, strict=False)]:
            chunks.append(table_of_events(chunk, self.attributes))
        return pa.concat_tables(chunks, promote_options="default").combine_chunks()

    def _case(self, number: int) -> list[Event]:
        draw = self._random
        name, begins = f"c{number}", SINCE + self._span * draw.random()
        reports = [self._report(f"{name}.{n}", name, begins) for n in range(1 + (draw.random() < 0.25))]
        duties = [duty for report in reports for duty in self._asked(report)]
        acts = (
            [self._act(f"{name}.a{n}", draw.choice(duties), reports[0]) for n in range(draw.randrange(2 * A_CASE - 2))]
            if duties
            else []
        )
        troubled = [self._trouble(f"{name}.t", reports[0], duties)] if duties and draw.random() < TROUBLED else []
        return [*reports, *acts, *troubled]

    def _report(self, name: str, case: str, at: datetime) -> Event:
        draw = self._random
        kind = draw.choice(self._kinds)
        known = at if draw.random() < 0.8 else at + timedelta(hours=draw.randrange(72))
        data = {n: self._value(self.attributes[n]) for n in self._said[kind] if draw.random() < 0.8}
        return Event(
            name, kind, at, known, case, draw.choice(self._units), draw.choice(self._places), f"person of {case}",
            {attribute: value for attribute, value in data.items() if value is not None},
        )  # fmt: skip

    def _act(self, name: str, duty: Duty, report: Event) -> Event:
        draw = self._random
        at = report.known_at + timedelta(hours=draw.expovariate(1 / 40))
        by = duty.bearer if draw.random() < 0.9 else draw.choice(self._units)
        return Event(name, PERFORMED, at, at, report.case, by, report.place, None, {"action": duty.action})

    def _trouble(self, name: str, report: Event, duties: Sequence[Duty]) -> Event:
        """An act upon a report or a duty, or a violation."""
        at = report.known_at + timedelta(days=1)
        kind = self._random.choice((RETRACTION, CORRECTION, WAIVER, VIOLATED))
        duty = self._random.choice(duties)
        data: Mapping[str, Value] = {
            RETRACTION: {"of": report.id}, CORRECTION: {"of": report.id}, VIOLATED: {"action": duty.action},
            WAIVER: {"rule": duty.rule, "authority": "the mayor"},
        }[kind]  # fmt: skip
        replacement = self._report(f"{name}.r", str(report.case), report.at) if kind == CORRECTION else None
        return Event(name, kind, at, at, report.case, duty.bearer, report.place, None, data, replacement=replacement)

    def _asked(self, report: Event) -> tuple[Duty, ...]:
        """The duties that such a report raises, whatever else it says."""
        key = (report.type, str(report.place), str(report.by))
        if key not in self._duties:
            owed = self._live.case(report.case, [report], report.known_at)
            self._duties[key] = tuple(Duty(o.rule, o.action, o.bearer.id) for o in owed)
        return self._duties[key]

    def _value(self, attribute: Attribute) -> Value | None:
        draw = self._random
        match attribute.kind:
            case ValueKind.CHOICE:
                one: Value = draw.choice([choice.id for choice in attribute.choices])
            case ValueKind.BOOL:
                one = draw.random() < 0.5
            case ValueKind.INT:
                one = draw.randint(attribute.minimum or 0, attribute.maximum or 90)
            case ValueKind.DECIMAL:
                one = Decimal(draw.randrange(100))
            case ValueKind.DATE:
                one = date(2024, 1, 1) + timedelta(days=draw.randrange(365))
            case ValueKind.TIME:
                one = SINCE + timedelta(hours=draw.randrange(1000))
            case ValueKind.DURATION:
                one = timedelta(hours=draw.randrange(100))
            case ValueKind.PLACE:
                one = draw.choice(self._places)
            case ValueKind.UNIT:
                one = draw.choice(self._units)
            case _:
                return None
        return (one,) if attribute.many else one


def what_if(events: int, rounds: int = 5) -> dict[str, list[float]]:
    """Seconds after which the effect of one changed rule on a replayed year is there, of the rules that raised most by turns.

    The first run, and the first change, are not counted: a person at work has done both.
    """
    pack = Pack.load(shipped_pack())
    city = City(pack)
    replayed = Replay(city.law, city.table(events), city.until)
    raised = replayed.obligations.filter(pc.equal(replayed.obligations["nature"], "triggered"))["rule"]
    counted = sorted(raised.value_counts().to_pylist(), key=lambda row: (-row["counts"], row["values"]))
    taken = []
    for row in counted[: rounds + 1]:
        law = with_limit(pack, city.law, row["values"])
        begun = perf_counter()
        what_if_under(replayed, law)
        taken.append(perf_counter() - begun)
    return {"whatif_s": taken[1:]}


def with_limit(pack: Pack, law: Law, rule: str) -> Law:
    """The law in which that rule gives three days."""
    policies = [
        replace(p, rules=tuple(replace(r, timing=Within(3, "days")) if r.id == rule else r for r in p.rules))
        for p in pack.policies
    ]
    program = compile_program(policies)
    return replace(law, program=program, matcher=Reference(program))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--pack", type=Path, default=shipped_pack())
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    city = City(Pack.load(asked.pack), years=asked.years, seed=asked.seed)
    pq.write_table(city.table(asked.events), asked.file)


if __name__ == "__main__":
    main()
