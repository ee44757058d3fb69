"""All cases at once: the columnar replay beside the live path, and beside a bare join of the same tables.

    python bench/bulk.py [--pack work|city] [--events 100000] [--live N] [--rounds 3]

`work` is the workload on which matchers are compared, as a pack of 1,000 rules: stateless joins and a deadline, fifty events a
case. `city` is a year of a made city under the Fuxin pack. All three take turns; both answers must be equal, row by row, before
anything is timed. With `--live` the live path is told no more than the whole cases of so many events, on which the answers are
compared, and its time is taken for each event. Whoever replays holds the law made ready, on either side: `first_s` is the first
replay, in which that is done. The live path is the quicker of the two there are: on `work` the cases as an engine keeps them, event by
event; on `city` the evaluator, case by case. The bare join is DuckDB's: every event with every rule that its kind sets off, and
nothing decided. Prints the ratios of the rounds, and seconds of the wall clock, as JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import workload_pack
from city import City
from workload import Workload

from remit import Pack
from remit.columnar.law import ColumnarLaw
from remit.columnar.replay import replay
from remit.columnar.schema import MOMENT, OWN, events_of, table_of_obligations
from remit.live.cases import LiveCases
from remit.live.evaluator import LiveEvaluator
from remit.live.program import LiveProgram
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.semantics.law import Law
from remit.semantics.obligations import by_case
from remit.shipped import shipped_pack

EVENTS_A_CASE = 50
#: So many are made one by one; more are these again.
A_TURN = 100_000
DATA = pa.struct([("age", pa.int64()), ("ward", pa.int64()), ("consent", pa.bool_())])
Live = Callable[[LiveEvaluator, list[Event], datetime], list[Obligation]]


@dataclass(frozen=True)
class Task:
    """What is replayed, and the live path that is quicker at it."""

    law: Law
    table: pa.Table
    now: datetime
    live: Live


def city(events: int) -> Task:
    made = City(Pack.load(shipped_pack()))
    return Task(made.law, made.table(events), made.until, case_by_case)


def work(events: int, folder: Path) -> Task:
    made = min(events, A_TURN)
    load = Workload(1000, cases=max(200, made // EVENTS_A_CASE))
    law = Law.of(Pack.load(workload_pack.write(load, folder)))
    once = told(load, made)
    table = pa.concat_tables(again(once, turn) for turn in range(events // made))
    return Task(law, table, workload_pack.OPENED + timedelta(seconds=events, days=1), event_by_event)


def told(load: Workload, count: int) -> pa.Table:
    """The workload's events as they are told, those that open the cases first."""
    opened = workload_pack.opening(load.facts())
    began = workload_pack.OPENED
    nothing = [None] * len(opened)
    names, kinds, cases = ([row[name] for row in opened] for name in ("id", "type", "case"))
    opening = columns(names, kinds, [began] * len(opened), cases, nothing, nothing, nothing, [row.get("consent") for row in opened])  # fmt: skip
    numbers, kinds, cases, places, ages, wards = zip(*load.first(count), strict=True)
    at = [began + timedelta(seconds=1 + number) for number in numbers]
    names = [f"e{number}" for number in numbers]
    return pa.concat_tables([opening, columns(names, kinds, at, cases, places, ages, wards, [None] * count)])


def again(table: pa.Table, turn: int) -> pa.Table:
    """The same once more, later, and of other cases."""
    if not turn:
        return table
    renamed = {name: pc.binary_join_element_wise(table[name], str(turn), "-") for name in ("id", "case")}
    later = pc.add(table["at"], pa.scalar(timedelta(seconds=turn * A_TURN), pa.duration("us")))
    for name, column in {**renamed, "at": later, "known_at": later}.items():
        table = table.set_column(table.column_names.index(name), name, column)
    return table


def columns(ids, kinds, at, cases, places, ages, wards, consents) -> pa.Table:  # noqa: ANN001 - a column each
    """One row an event."""
    nobody = pa.nulls(len(ids), pa.string())
    moments = pa.array(at, MOMENT)
    stated = [pa.array(ages, pa.int64()), pa.array(wards, pa.int64()), pa.array(consents, pa.bool_())]
    own = [pa.array(ids), pa.array(kinds), moments, moments, pa.array(cases), nobody, pa.array(places, pa.string()), nobody, pa.repeat(False, len(ids))]  # fmt: skip
    data = pa.StructArray.from_arrays(stated, fields=list(DATA))
    return pa.Table.from_arrays([*own, data], names=[*(name for name, _ in OWN), "data"])


def case_by_case(evaluator: LiveEvaluator, events: list[Event], now: datetime) -> list[Obligation]:
    """The live evaluator's answer, and the agenda."""
    found = [owed for case, told in by_case(events).items() if case for owed in evaluator.case(case, told, now)]
    return [*found, *evaluator.agenda(events, now)]


def event_by_event(evaluator: LiveEvaluator, events: list[Event], now: datetime) -> list[Obligation]:
    """The cases as they are kept, told everything; there is no agenda."""
    cases = LiveCases(evaluator)
    cases.at(now)
    for event in events:
        cases.take(event, event.knowable_at)
    return [owed for case in cases.names() for owed in cases.owed(case)]


def bare_join(table: pa.Table, triggers: pa.Table) -> int:
    """How many pairs of an event and a rule there are, each written down."""
    with duckdb.connect() as db:
        db.register("events", table)
        db.register("triggers", triggers)
        db.execute("CREATE TABLE found AS SELECT e.*, t.rule FROM events e JOIN triggers t ON e.type = t.kind")
        return int(db.execute("SELECT count(*) FROM found").fetchall()[0][0])


def seconds(work: Callable[[], object]) -> float:
    gc.collect()
    begun = perf_counter()
    work()
    return perf_counter() - begun


def comparable(owed: pa.Table) -> list[str]:
    """The obligations in one order."""
    return sorted(map(repr, owed.to_pylist()))


def whole_cases(table: pa.Table, events: int) -> pa.Table:
    """The cases that come first, with all their events: so many of these, or a few more."""
    counts = table["case"].combine_chunks().value_counts()
    enough = pc.index(pc.greater_equal(pc.cumulative_sum(counts.field("counts")), events), True).as_py()
    return table.filter(pc.is_in(table["case"], counts.field("values")[: enough + 1]))


def measured(task: Task, rounds: int, most: int | None = None) -> dict[str, list[float]]:
    """The ratios of each round; the live path is told the cases of `most` events, or of all.

    Raises:
        SystemExit: the answers differ.
    """
    law, table, now = task.law, task.table, task.now
    ready, program = ColumnarLaw(law), LiveProgram(law)
    first = seconds(lambda: replay(ready, table, now))
    part = table if most is None or most >= len(table) else whole_cases(table, most)
    events = list(events_of(part, law.attributes, law.calendar.zone))
    pairs = [(kind, rule.rule.id) for rule in law.program.rules for kind in rule.triggers]
    triggers = pa.table({"kind": [kind for kind, _ in pairs], "rule": [rule for _, rule in pairs]})

    def live_path() -> list[Obligation]:
        return task.live(LiveEvaluator(law, program), events, now)

    if comparable(replay(ready, part, now)) != comparable(table_of_obligations(live_path())):
        raise SystemExit("the columnar replay and the live path differ")
    works = (lambda: replay(ready, table, now), live_path, lambda: bare_join(table, triggers))
    taken = [tuple(seconds(work) for work in works) for _ in range(rounds)]
    all_of_it = len(table) / len(part)
    return {
        "columnar_vs_live": [live * all_of_it / columnar for columnar, live, _ in taken],
        "columnar_vs_bare_join": [join / columnar for columnar, _, join in taken],
        "columnar_s": [columnar for columnar, _, _ in taken],
        "first_s": [first],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", choices=("work", "city"), default="work")
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--live", type=int)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        task = city(asked.events) if asked.pack == "city" else work(asked.events, Path(folder) / "pack")
        print(json.dumps(measured(task, asked.rounds, asked.live)))


if __name__ == "__main__":
    main()
