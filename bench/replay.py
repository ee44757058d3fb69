"""Years of a made-up city through `remit replay`: what an event costs a core, and how many bytes it has.

    python bench/replay.py [--events 200000] [--rounds 3]

The stream is decided by its seed. Times are of the processor, those of the pool's processes among them.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import pyarrow as pa
from pyarrow import parquet

from remit import Pack
from remit.columnar.schema import table_of_events
from remit.model.event import PERFORMED
from remit.model.rule import On
from remit.model.terms import ValueKind
from remit.model.vocabulary import Attribute
from remit.replay.evaluate import evaluate
from remit.replay.replay import replay
from remit.semantics.law import Law
from remit.shipped import shipped_pack

START = datetime.fromisoformat("2020-01-01T08:00+08:00")
NOW = datetime.fromisoformat("2025-01-01T00:00+08:00")
#: Events of a case, of which the first is what sets duties off.
LENGTH = 5


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    pack = Pack.load(shipped_pack())
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
