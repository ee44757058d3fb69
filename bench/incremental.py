"""How the work of one event grows with the events of its case and with the open cases, and what a duty and a case weigh.

    python bench/incremental.py [--rules 1000] [--rounds 5]

Times are of the processor, medians of rounds in which the sides take turns; read the ratios. `measured()` gives them by name.
"""

from __future__ import annotations

import argparse
import gc
import json
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from remit import Engine, Pack
from remit.model.event import Event

START = datetime.fromisoformat("2024-03-01T09:00+00:00")
DISTRICTS, ROLES = 16, 8
#: Events a round.
BATCH = 400


@dataclass(frozen=True)
class Made:
    """A pack whose rules are like those that matchers are compared on: an age bound, a role at the place, half of them a consent.

    Each rule listens to one type of event of its own. Every third report is under the bound.
    """

    rules: int

    def facts(self) -> Iterator[tuple[str, str]]:
        yield (
            "pack.yaml",
            (
                "id: bounds\ntitle: Bounds\nlanguage: en\nzone: UTC\nfallback: town.r0\n"
                "levels:\n  - {id: city, label: {zh: 市级, en: city}}\n  - {id: district, label: {zh: 区级, en: district}}\n"
            ),
        )
        yield "roles.yaml", lines(f"r{n}: {{label: {{zh: 角色{n}, en: role {n}}}}}" for n in range(ROLES))
        districts = (
            f"d{n}: {{label: {{zh: 第{n}区, en: District {n}}}, level: district, in: town}}" for n in range(DISTRICTS)
        )
        yield "places.yaml", lines(["town: {label: {zh: 全市, en: Town}, level: city}", *districts])
        yield "units.yaml", "units:\n" + lines(self.units())
        yield "actions.yaml", lines(f"act{n}: {{label: {{zh: 工作{n}, en: work {n}}}}}" for n in range(self.rules))
        yield (
            "attributes.yaml",
            (
                "age: {label: {zh: 年龄, en: age}, type: int, min: 0, max: 120}\n"
                "consent: {label: {zh: 同意, en: consent}, type: bool, absent_means: false, reason: made}\n"
                "height: {label: {zh: 身高, en: height}, type: int, min: 0, max: 300}\n"
                "weight: {label: {zh: 体重, en: weight}, type: int, min: 0, max: 300}\n"
            ),
        )
        yield (
            "events.yaml",
            lines(
                f"ev{n}: {{label: {{zh: 情况{n}, en: occurrence {n}}}, attributes: [age, consent, height, weight]}}"
                for n in range(self.rules)
            ),
        )

    def units(self) -> Iterator[str]:
        for role in range(ROLES):
            yield f"  town.r{role}: {{label: {{zh: 市局{role}, en: Town Office {role}}}, roles: [r{role}], place: town}}"
            for n in range(DISTRICTS):
                yield f"  d{n}.r{role}: {{label: {{zh: 区局{n}, en: Office {n} of {role}}}, roles: [r{role}], place: d{n}}}"

    def sentence(self, n: int) -> str:
        return f"The office concerned shall deal with matter {n}."

    def rule(self, n: int) -> str:
        also = " && !event.consent" if n % 2 else ""
        return (
            f"id: a{n + 1}.m\nquote: {self.sentence(n)}\nmust: act{n}\non: ev{n}\n"
            f"bearer: {{role: r{n % ROLES}, place: event.place}}\nif: event.age < 40{also}\n"
            f"by: {{days: {3 + n % 5}}}\nper: event\ninferred: {{bearer: made, by: made}}"
        )

    def write(self, folder: Path) -> Path:
        facts, home = folder / "facts", folder / "policies" / "bounds"
        facts.mkdir(parents=True)
        home.mkdir(parents=True)
        for name, text in self.facts():
            (facts / name).write_text(text, "utf-8")
        articles = [f"Article {n + 1}. {self.sentence(n)}" for n in range(self.rules)]
        (home / "source.txt").write_text(lines(articles), "utf-8")
        head = "id: bounds\ntitle: Bounds\nissuer: the maker\nlevel: city\nissued_on: 2024-01-01\neffective_on: 2024-01-01\nsource: source.txt\n"
        (home / "policy.yaml").write_text(head, "utf-8")
        blocks = (f"> {article}\n\n```rule\n{self.rule(n)}\n```\n" for n, article in enumerate(articles))
        (home / "chapter.md").write_text("# Chapter\n\n" + "\n".join(blocks), "utf-8")
        return folder

    def report(self, number: int, case: str, at: datetime, age: int) -> Event:
        """The report of that number, ready made: reading is another bench's matter."""
        data = {"age": age, "height": 150, "weight": 50, **({"consent": False} if number % 2 else {})}
        return Event(f"e{number}", f"ev{number % self.rules}", at, at, case, None, f"d{number % DISTRICTS}", None, data)


def lines(members: Iterator[str] | list[str]) -> str:
    return "".join(f"{member}\n" for member in members)


class Bench:
    """The pack, and engines in the states between which times are compared."""

    def __init__(self, folder: Path, rules: int = 1000) -> None:
        self.made = Made(rules)
        self.pack = Pack.load(self.made.write(folder / "pack"))

    def engine(self) -> Engine:
        return Engine(self.pack, backend="reference")

    def reports(self, first: int, cases: int, *, days: int = 60) -> Iterator[Event]:
        """One after another, in so many cases by turns, over those days; one in three is under the bound."""
        for number in range(first, first + 10_000_000):
            at = START + timedelta(seconds=number % (days * 86_400))
            yield self.made.report(number, f"case-{number % cases}", at, 18 if number % 3 == 0 else 60)

    def steady(self, cases: int, filled: int) -> Callable[[int], float]:
        """An engine that was told so many events, and how long a batch of as many more takes it."""
        engine = self.engine()
        stream = self.reports(0, cases)
        for event in islice(stream, filled):
            engine.submit(event)

        def batch(size: int) -> float:
            events = list(islice(stream, size))
            began = process_time()
            for event in events:
                engine.submit(event)
            return (process_time() - began) / size * 1e6

        return batch

    def rounds(self, sides: Mapping[str, Callable[[int], float]], rounds: int) -> dict[str, float]:
        """Microseconds an event of each side, by turns."""
        taken: dict[str, list[float]] = {name: [] for name in sides}
        gc.collect()
        gc.freeze()
        for _ in range(rounds):
            for name, batch in sides.items():
                taken[name].append(batch(BATCH))
        gc.unfreeze()
        return {name: median(found) for name, found in taken.items()}

    def weight(self) -> tuple[float, float]:
        """Bytes of an open case with one report of 3.5 facts and no duty, and of an open duty beside it."""
        sizes = []
        for age in (60, 18):
            engine = self.engine()
            numbers = range(6_000)
            for n in numbers[:2000]:
                engine.submit(self.made.report(n, f"warm-{n}", START, age))
            gc.collect()
            tracemalloc.start()
            for n in numbers[2000:]:
                engine.submit(self.made.report(n, f"case-{n}", START + timedelta(minutes=n // 10), age))
            gc.collect()
            sizes.append(tracemalloc.get_traced_memory()[0] / len(numbers[2000:]))
            tracemalloc.stop()
        return sizes[0], sizes[1] - sizes[0]


def measured(rules: int = 1000, rounds: int = 5) -> dict[str, float]:
    """Microseconds of one submit, ratios of growth, bytes."""
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder), rules)
        sides = {
            "200 cases": bench.steady(200, 2000),
            "1,000 cases": bench.steady(1_000, 2_000),
            "100,000 cases": bench.steady(100_000, 100_000),
            **long_case(bench),
        }
        taken = bench.rounds(sides, rounds)
        case, duty = bench.weight()
    return {
        "submit_us": taken["200 cases"],
        "growth_open": taken["100,000 cases"] / taken["1,000 cases"],
        "growth_case": taken["a case of 10,000"] / taken["a case of 10"],
        "bytes_per_case": case,
        "bytes_per_duty": duty,
    }


def long_case(bench: Bench) -> dict[str, Callable[[int], float]]:
    return {"a case of 10": bench.steady(40, 400), "a case of 10,000": bench.steady(1, 10_000)}


def case_growth(rules: int = 100, rounds: int = 3) -> float:
    """What an event costs in a case of 10,000, against one in a case of ten."""
    with TemporaryDirectory() as folder:
        bench = Bench(Path(folder), rules)
        taken = bench.rounds(long_case(bench), rounds)
    return taken["a case of 10,000"] / taken["a case of 10"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    print(json.dumps(measured(asked.rules, asked.rounds), indent=2))


if __name__ == "__main__":
    main()
