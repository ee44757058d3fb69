"""Years of a made-up city through `remit replay`: what an event costs a core, and how many bytes it has.

    python bench/replay.py [--events 200000] [--rounds 3]
    python bench/replay.py --spark [--events 1000000] [--rounds 3]      # Spark `local[2]` against two processes
    python bench/replay.py --huge [--events 100000]                     # all events in one case

The stream is decided by its seed. Times are of the processor, those of the pool's processes among them; of Spark and what
it is held against, by the clock on the wall, in turn. `spark()` gives its ratios by name.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from remit import Pack
from remit.columnar.schema import OBLIGATIONS, events_of, table_of_events
from remit.keeper.keeper import agenda_types, bears_on_agenda
from remit.model.event import PERFORMED
from remit.model.rule import On
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.replay.evaluate import agenda, evaluate
from remit.replay.replay import replay
from remit.semantics.law import Law
from remit.shipped import shipped_pack

START = datetime.fromisoformat("2020-01-01T08:00+08:00")
NOW = datetime.fromisoformat("2025-01-01T00:00+08:00")
#: Events of a case, of which the first is what sets duties off.
LENGTH = 5
#: Events that are made; where more are wanted, these come again in other cases.
ONCE = 200_000
#: Events with which Spark is measured, at least.
FEWEST = 20_000
#: Fields of an event that are no facts.
OWN = frozenset(["id", "case", "at", "by", "place", "type", "action"])


@dataclass(frozen=True)
class City:
    """Cases of the Fuxin pack over five years: a report, then what units did and what else became known."""

    pack: Pack
    seed: int = 7
    places: tuple[str, ...] = field(init=False)
    units: tuple[str, ...] = field(init=False)
    heard: tuple[str, ...] = field(init=False)
    actions: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        rules = [rule for policy in self.pack.policies for rule in policy.rules]
        heard = {e for rule in rules if isinstance(rule.trigger, On) for e in rule.trigger.events}
        words = self.pack.vocabulary
        object.__setattr__(self, "places", tuple(sorted(words.places)))
        object.__setattr__(self, "units", tuple(sorted(words.units)))
        object.__setattr__(self, "heard", tuple(sorted(e for e in heard if not words.event_types[e].built_in)))
        object.__setattr__(self, "actions", tuple(sorted({r.action for r in rules if r.action and isinstance(r.trigger, On)})))  # fmt: skip

    def number(self, *about: object) -> int:
        return int.from_bytes(blake2b(repr((self.seed, *about)).encode(), digest_size=6).digest())

    def events(self, count: int) -> Iterator[dict[str, object]]:
        """So many events, as they are written in a line."""
        for n in range(count):
            case, place = divmod(n, LENGTH)
            at = START + timedelta(minutes=self.number("at", case) % 2_600_000, hours=5 * place)
            by = self.units[self.number("by", n) % len(self.units)]
            told: dict[str, object] = {"id": f"e{n}", "case": f"c{case}", "at": at.isoformat(), "by": by}
            told["place"] = self.places[self.number("place", case) % len(self.places)]
            if place % 2:
                yield told | {"type": PERFORMED, "action": self.actions[self.number("act", n) % len(self.actions)]}
            else:
                kind = self.heard[self.number("type", n) % len(self.heard)]
                yield told | {"type": kind} | self.attributes(kind, n)

    def attributes(self, kind: str, n: int) -> dict[str, object]:
        """What the event must say, and half of what it may."""
        told = self.pack.vocabulary.event_types[kind]
        wanted = [a for a in told.attributes if a in told.required or self.number("states", n, a) % 2]
        return {a: self.value(self.pack.vocabulary.attributes[a], n) for a in wanted}

    def value(self, attribute: Attribute, n: int) -> object:
        number = self.number("value", attribute.id, n)
        match attribute.kind:
            case ValueKind.BOOL:
                one: object = bool(number % 2)
            case ValueKind.INT:
                one = (attribute.minimum or 0) + number % 18
            case ValueKind.CHOICE:
                one = attribute.choices[number % len(attribute.choices)].id
            case ValueKind.DATE:
                one = "2021-05-06"
            case ValueKind.TIME:
                one = "2021-05-06T08:00"
            case ValueKind.DURATION:
                one = "30h"
            case ValueKind.PLACE:
                one = self.places[number % len(self.places)]
            case ValueKind.UNIT:
                one = self.units[number % len(self.units)]
            case ValueKind.DECIMAL:
                one = "1.5"
            case _:
                one = f"w{number % 1000}"
        return [one] if attribute.many else one


def lines(told: Iterable[dict[str, object]], path: Path) -> Path:
    """The events as JSON Lines."""
    with path.open("w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(fields, ensure_ascii=False) + "\n" for fields in told)
    return path


def table(pack: Pack, told: Iterable[dict[str, object]]) -> pa.Table:
    """The events as a table, in their order."""
    return table_of_events(map(pack.event, told), pack.vocabulary.attributes)


def sorted_batches(events: pa.Table) -> list[pa.RecordBatch]:
    """As `evaluate` takes them."""
    placed = events.append_column("matter", events["case"]).append_column("position", pa.array(range(len(events))))
    return placed.sort_by([("matter", "ascending"), ("position", "ascending")]).combine_chunks().to_batches(10_000)


def of_one_core(pack: Pack, count: int, rounds: int) -> Iterator[str]:
    """What `evaluate` alone costs."""
    law, batches = Law.of(pack), sorted_batches(table(pack, City(pack).events(count)))
    spent, owed = [], 0
    for _ in range(rounds):
        start = process_time()
        owed = sum(batch.num_rows for batch in evaluate(batches, law, NOW))
        spent.append(process_time() - start)
    yield f"evaluate, one core: {count / median(spent):,.0f} events/s, {owed / count:.2f} obligations an event"


def spent() -> float:
    """Seconds of the processor, of this process and of those it waited for."""
    return sum(told.ru_utime + told.ru_stime for told in map(getrusage, (RUSAGE_SELF, RUSAGE_CHILDREN)))


def of_processes(pack: Pack, source: Path, to: Path, jobs: int) -> float:
    """Seconds of the processor for a whole replay."""
    start = spent()
    replay(pack, [source], to, NOW, jobs=jobs, force=True)
    return spent() - start


# --- one huge case -------------------------------------------------------------------------------------


def orderly(pack: Pack, count: int) -> Iterator[dict[str, object]]:
    """So many events of one case over 500 days, one after the other, that say of each fact always the same."""
    said: dict[str, object] = {}
    start, step = START.replace(year=2023, month=6), timedelta(days=500) / count
    for n, told in enumerate(City(pack).events(count)):
        alike = {name: said.setdefault(name, value) for name, value in told.items() if name not in OWN}
        yield told | alike | {"case": "huge", "at": (start + n * step).isoformat(timespec="seconds")}


def of_one_case(pack: Pack, count: int) -> str:
    """What `evaluate` alone costs where all events are of one case."""
    law, batches = Law.of(pack), sorted_batches(table(pack, orderly(pack, count)))
    start = process_time()
    owed = sum(batch.num_rows for batch in evaluate(batches, law, NOW))
    taken = process_time() - start
    return f"one case of {count:,} events: {taken / count * 1e6:,.0f} µs an event, {owed:,} obligations"


# --- Spark beside two processes ------------------------------------------------------------------------


def spark(events: int, rounds: int = 3) -> dict[str, list[float]]:
    """How many times as fast as two processes Spark is on two cores, in each round: the same work, of the same bytes.

    Both read one table, divide its cases among them, sort, evaluate, and write tables, the agenda among it. What is
    started once (Spark, the processes, the law in each) is started before.
    """
    if events < FEWEST:
        raise SystemExit(f"Spark takes seconds to begin a job: fewer than {FEWEST:,} events say nothing of it")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise SystemExit("no Java: Spark cannot run")
    from pyspark.sql import SparkSession

    from remit.replay.spark import obligations, ready

    pack = Pack.load(shipped_pack())
    settings = {"spark.driver.memory": "2g", "spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false", "spark.driver.host": "127.0.0.1", "spark.log.level": "ERROR"}  # fmt: skip
    builder = ready(SparkSession.builder.master("local[2]"))
    for name, value in settings.items():
        builder = builder.config(name, value)
    found: list[float] = []
    with TemporaryDirectory() as folder, ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        home = Path(folder)
        made, few = copies(pack, events, home / "events.parquet"), copies(pack, 2_000, home / "few.parquet")
        session = builder.getOrCreate()

        def by_spark(source: Path) -> tuple[float, int]:
            start = perf_counter()
            shares = max(4, events // 100_000)
            owed = obligations(session.read.parquet(str(source)), pack, NOW, partitions=shares)
            owed.write.mode("overwrite").parquet(str(home / "by-spark"))
            return perf_counter() - start, rows(home / "by-spark")

        def by_processes(source: Path) -> tuple[float, int]:
            start = perf_counter()
            list(pool.map(share, [source] * 2, range(2), [home / "by-processes"] * 2))
            return perf_counter() - start, rows(home / "by-processes")

        (home / "by-processes").mkdir()
        for source, times in ((few, 2), (made, rounds)):
            found = []
            for _ in range(times):
                (slow, one), (quick, other) = by_spark(source), by_processes(source)
                if one != other:
                    raise SystemExit(f"Spark owes {one}, two processes {other}")
                found.append(quick / slow)
                print(f"{source.stem}: Spark {slow:.1f} s, two processes {quick:.1f} s", file=sys.stderr)
        session.stop()
    return {"spark_vs_processes": found}


def copies(pack: Pack, count: int, to: Path) -> Path:
    """So many events as a table: those of the city again and again, each time in other cases."""
    once = table(pack, City(pack).events(min(count, ONCE)))
    with parquet.ParquetWriter(str(to), once.schema, compression="zstd") as writer:
        for number in range(-(-count // ONCE)):
            again = once.slice(0, count - number * ONCE)
            for name in ("id", "case"):
                column = pc.binary_join_element_wise(again[name], f"-{number}", "")
                again = again.set_column(again.schema.get_field_index(name), name, column)
            writer.write_table(again, row_group_size=50_000)
    return to


def share(source: Path, number: int, to: Path) -> None:
    """One process: half of the cases, by the last sign before the copy's name; the first one works out the agenda too."""
    law = law_here()
    told = parquet.read_table(source)
    placed = told.append_column("matter", told["case"]).append_column("position", pa.array(range(len(told))))
    odd = pc.match_substring_regex(placed["case"], "[13579]-")
    mine = placed.filter(odd if number else pc.invert(odd))
    ordered = mine.sort_by([("matter", "ascending"), ("position", "ascending")]).combine_chunks()
    with parquet.ParquetWriter(str(to / f"{number}.parquet"), OBLIGATIONS, compression="snappy") as writer:
        for batch in evaluate(ordered.to_batches(10_000), law, NOW):
            writer.write_batch(batch)
        if not number:
            types = agenda_types(law.program)
            heard = told if types is None else told.filter(pc.is_in(told["type"], pa.array(sorted(types))))
            borne = filter(bears_on_agenda(law.program), events_of(heard, law.attributes, law.calendar.zone))
            for batch in agenda(borne, law, NOW):
                writer.write_batch(batch)


@lru_cache
def law_here() -> Law:
    """The law of this process."""
    return Law.of(Pack.load(shipped_pack()))


def rows(folder: Path) -> int:
    """Of all tables of a folder."""
    return sum(parquet.ParquetFile(file).metadata.num_rows for file in folder.glob("*.parquet"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--spark", action="store_true")
    parser.add_argument("--huge", action="store_true")
    wanted = parser.parse_args()
    pack = Pack.load(shipped_pack())
    if wanted.spark:
        print(json.dumps(spark(wanted.events, wanted.rounds)))
        return
    if wanted.huge:
        print(of_one_case(pack, wanted.events))
        return
    for line in of_one_core(pack, min(wanted.events, 50_000), wanted.rounds):
        print(line)
    with TemporaryDirectory() as folder:
        told, home = City(pack), Path(folder)
        written = lines(told.events(wanted.events), home / "events.jsonl")
        parquet.write_table(table(pack, told.events(wanted.events)), home / "events.parquet", compression="zstd", row_group_size=50_000)  # fmt: skip
        for source in (written, home / "events.parquet"):
            size = source.stat().st_size / wanted.events
            one, two = (of_processes(pack, source, home / "owed.parquet", jobs) for jobs in (1, 2))
            print(f"{source.suffix}: {size:.0f} bytes an event; replay {wanted.events / one:,.0f} events a second of a core, by two processes {wanted.events / two:,.0f}")  # fmt: skip


if __name__ == "__main__":
    main()
