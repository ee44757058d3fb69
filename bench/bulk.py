"""A made city's years at once: the columnar replay beside the live evaluator, and beside a bare join of the same tables.

    python bench/bulk.py [--events 100000] [--rounds 3]

All three take turns; both answers must be equal, row by row, before anything is timed. The bare join is DuckDB's: every event with
every rule that its kind sets off, and nothing decided. Prints the ratios of the rounds, as JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable
from datetime import datetime
from time import perf_counter

import duckdb
import pyarrow as pa
from city import City

from remit import Pack
from remit.columnar.replay import replay
from remit.columnar.schema import events_of, table_of_obligations
from remit.live.evaluator import LiveEvaluator
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.semantics.law import Law
from remit.semantics.obligations import by_case
from remit.shipped import shipped_pack


def one_by_one(law: Law, events: list[Event], now: datetime) -> list[Obligation]:
    """The live evaluator's answer, case by case, and the agenda."""
    evaluator = LiveEvaluator(law)
    found = [owed for case, told in by_case(events).items() if case for owed in evaluator.case(case, told, now)]
    return [*found, *evaluator.agenda(events, now)]


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    pack = Pack.load(shipped_pack())
    law, city = Law.of(pack), City(pack)
    table, now = city.table(asked.events), city.until
    events = list(events_of(table, pack.vocabulary.attributes, law.calendar.zone))
    pairs = [(kind, rule.rule.id) for rule in law.program.rules for kind in rule.triggers]
    triggers = pa.table({"kind": [kind for kind, _ in pairs], "rule": [rule for _, rule in pairs]})
    if comparable(replay(law, table, now)) != comparable(table_of_obligations(one_by_one(law, events, now))):
        raise SystemExit("the columnar replay and the live evaluator differ")
    works = (lambda: replay(law, table, now), lambda: one_by_one(law, events, now), lambda: bare_join(table, triggers))
    taken = [tuple(seconds(work) for work in works) for _ in range(asked.rounds)]
    ratios = {
        "columnar_vs_live": [live / columnar for columnar, live, _ in taken],
        "columnar_vs_bare_join": [join / columnar for columnar, _, join in taken],
    }
    print(json.dumps(ratios))


if __name__ == "__main__":
    main()
