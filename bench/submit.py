"""What an event costs from the line of JSON to the change it makes, and what of it goes into reading and matching.

Packs of growing size (`generate.py`) are told the same stream under each matcher, in turn. Every third event opens a
case, and two more follow in it. Times are of the processor, medians of the rounds; read the ratios.

    python bench/submit.py [--rules 10 100 1000 10000] [--events 1500] [--rounds 3]
"""

from __future__ import annotations

import argparse
import gc
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from generate import Maker

from remit import Engine, Pack
from remit.matching.choose import choose
from remit.matching.compiled import Compiled
from remit.matching.history import History
from remit.model.event import Event
from remit.program.compile import compile_program

BACKENDS = ("durable", "durable-inline", "compiled", "reference")
START = datetime(2024, 6, 3, 8, tzinfo=UTC)
A_CASE = 3


@dataclass(frozen=True)
class Figures:
    """Microseconds an event at one size of pack: to read it, to match its case, and from line to `Delta`, by matcher.

    `matching` is with a matcher made ready, `again` where every kind of case was met before. `compiling` are seconds for the whole program.
    """

    rules: int
    duties: float
    compiling: float
    reading: float
    matching: Mapping[str, float]
    again: Mapping[str, float]
    submitting: Mapping[str, float]


def stream(maker: Maker, count: int) -> list[bytes]:
    """Reports of every type, with everything they may carry, a second apart."""
    return [json.dumps(report(maker, number)).encode() for number in range(count)]


def report(maker: Maker, number: int) -> dict[str, object]:
    kind = maker.number("told", number) % maker.events
    values: dict[str, object] = {
        f"x{a}": {
            "int": maker.number("value", number, a) % 1000,
            "bool": bool(maker.number("value", number, a) % 2),
            "choice": ("one", "two")[maker.number("value", number, a) % 2],
            "date": "2024-05-01",
        }[maker.kind(a)]
        for a in maker.carried(kind)
    }
    at = (START + timedelta(seconds=number)).isoformat()
    place = f"d{maker.number('place', number) % maker.districts}"
    return {"id": f"e{number}", "case": f"c{number // A_CASE}", "type": f"ev{kind}", "at": at, "place": place, **values}


def histories(events: Sequence[Event]) -> list[History]:
    """Each case as it stands after each of its events."""
    return [
        History.of(event.case, events[number - number % A_CASE : number + 1]) for number, event in enumerate(events)
    ]


def each(work: Callable[[], object], count: int) -> float:
    """Microseconds of the processor for one of so many."""
    gc.collect()
    begun = process_time()
    work()
    return (process_time() - begun) / count * 1e6


def compiling(pack: Pack) -> float:
    """Seconds from rules to a matcher that has compiled them all."""
    gc.collect()
    begun = process_time()
    Compiled(compile_program(pack.policies)).start()
    return process_time() - begun


def submitted(pack: Pack, backend: str, lines: Sequence[bytes]) -> float:
    """Half the stream is told before, so that what an engine learns once it has learned."""
    engine, half = Engine(pack, backend=backend), len(lines) // 2 // A_CASE * A_CASE
    for line in lines[:half]:
        engine.submit(line)
    cost = each(lambda: [engine.submit(line) for line in lines[half:]], len(lines) - half)
    if engine.incidents or engine.backend_name != backend:
        raise SystemExit(f"{backend} did not answer by itself: {engine.backend_reason}")
    return cost


def duties(pack: Pack, lines: Sequence[bytes]) -> tuple[object, ...]:
    """What the reports raised; the agenda is there without them."""
    engine = Engine(pack, backend="compiled")
    engine.submit_all(lines)
    return engine.answer(agenda=False).obligations


def figures(pack: Pack, maker: Maker, *, events: int, rounds: int, backends: Sequence[str] = BACKENDS) -> Figures:
    """All of it for one pack. The matchers' answers are compared before anything is timed."""
    lines = stream(maker, events)
    told = histories([pack.event(line) for line in lines])
    program = compile_program(pack.policies)
    matchers = {backend: choose(program, backend) for backend in backends}
    matching: dict[str, float] = {}
    answers = {}
    for backend, matcher in matchers.items():
        if isinstance(matcher, Compiled):
            matcher.start()  # the network was loaded when it was chosen
        kept = answers[backend] = []
        matching[backend] = each(lambda m=matcher, k=kept: k.extend(map(m.bindings, told)), events)  # type: ignore[misc]  # called at once
    if any(found != answers[backends[0]] for found in answers.values()):
        raise SystemExit("the matchers differ")
    reading, again, submitting = [], {b: [] for b in backends}, {b: [] for b in backends}
    for _ in range(rounds):
        reading.append(each(lambda: [pack.event(line) for line in lines], events))
        for backend, matcher in matchers.items():
            again[backend].append(each(lambda m=matcher: [m.bindings(history) for history in told], events))  # type: ignore[misc]  # as above
            submitting[backend].append(submitted(pack, backend, lines))
    return Figures(
        maker.rules,
        len(duties(pack, lines)) / events,
        median(compiling(pack) for _ in range(rounds)),
        median(reading),
        matching,
        {backend: median(costs) for backend, costs in again.items()},
        {backend: median(costs) for backend, costs in submitting.items()},
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, nargs="+", default=[10, 100, 1000, 10_000])
    parser.add_argument("--events", type=int, default=1500)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    for rules in asked.rules:
        maker = Maker(rules)
        with TemporaryDirectory() as folder:
            pack = Pack.load(maker.write(Path(folder) / "pack"))
        found = figures(pack, maker, events=asked.events, rounds=asked.rounds)
        print(f"{rules} rules, {found.duties:.1f} duties an event; compiled in {found.compiling:.2f} s")
        print(f"  {'read':22}{found.reading:9.1f} µs")
        for backend in BACKENDS:
            print(
                f"  {backend:22}match, met first {found.matching[backend]:9.1f} µs   met before {found.again[backend]:9.1f} µs"
                f"   whole submit {found.submitting[backend]:9.1f} µs"
            )


if __name__ == "__main__":
    main()
