"""How the work of one case grows with its events where the facts that its rules read change at random.

    python bench/flipping.py [--sizes 250 500 1000] [--late 0.1] [--stream]

Worked out whole once, and with `--stream` told one event after another, as they became known. A report that comes late has
the case worked out whole; `--late 0` leaves them out. Times are of the processor; read the growth.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from incremental import START, Made, lines

from remit import Engine, Pack
from remit.live.evaluator import LiveEvaluator
from remit.matching.compiled import Compiled
from remit.model.event import Event
from remit.semantics.law import Law

FACTS, MATTERS, KINDS, LATE = 10, 2, 4, timedelta(hours=9)


@dataclass(frozen=True)
class Flipping(Made):
    """Rules that read facts of the person and of the case, with exceptions, and some that set others aside."""

    rules: int = 12

    def facts(self) -> Iterator[tuple[str, str]]:
        yield from ((name, text) for name, text in super().facts() if name not in {"attributes.yaml", "events.yaml"})
        names = [f"f{n}" for n in range(FACTS)]
        persons = (f"{name}: {{label: {{zh: 事实{name}, en: fact {name}}}, of: subject, type: bool}}" for name in names)
        cases = (f"c{n}: {{label: {{zh: 案情{n}, en: matter {n}}}, of: case, type: bool}}" for n in range(MATTERS))
        yield "attributes.yaml", lines([*persons, *cases])
        stated = ", ".join([*names, *(f"c{n}" for n in range(MATTERS))])
        kinds = (f"ev{n}: {{label: {{zh: 情况{n}, en: occurrence {n}}}, attributes: [{stated}]}}" for n in range(KINDS))
        yield "events.yaml", lines(kinds)

    def rule(self, n: int) -> str:
        a, b, c = n % FACTS, (3 * n + 1) % FACTS, (7 * n + 2) % FACTS
        condition = (
            f"subject.f{a} && !subject.f{b}",
            f"subject.f{a} && case.c{n % MATTERS}",
            f'subject.f{a} || case.events.exists(e, e.type == "ev{n % KINDS}" && e.f{b})',
        )[n % 3]
        per = ("case", "subject", "subject", "event")[n % 4]
        also = f"unless: subject.f{c}\n" if n % 2 else ""
        above = f"overrides: a{n}.m\n" if n % 4 == 3 else ""
        return (
            f"id: a{n + 1}.m\nquote: {self.sentence(n)}\nmust: act{n}\non: ev{n % KINDS}\n"
            f"bearer: {{role: r0, place: d0}}\nif: {condition}\n{also}{above}"
            f"by: {{days: {3 + n % 5}}}\nper: {per}\ninferred: {{bearer: made, by: made}}"
        )


def chance(*about: object) -> float:
    """From 0 to 1, the same in every run."""
    return int.from_bytes(blake2b(repr(about).encode(), digest_size=4).digest()) / 2**32


def told(size: int, persons: int, late: float) -> list[Event]:
    """A case of that many events, each stating a few facts anew; some are known only later."""
    found = []
    for number in range(size):
        at = START + timedelta(minutes=10 * number)
        known = at + LATE if chance("late", number) < late else at
        stated = [f"f{n}" for n in range(FACTS) if chance("fact", number, n) < 0.3]
        stated += [f"c{n}" for n in range(MATTERS) if chance("matter", number, n) < 0.15]
        data = {name: chance("value", number, name) < 0.5 for name in stated}
        about = f"p{int(chance('about', number) * persons)}"
        found.append(Event(f"e{number:05}", f"ev{number % KINDS}", at, known, "c", None, "d0", about, data))
    return found


def whole(law: Law, events: list[Event]) -> float:
    evaluator = LiveEvaluator(law)
    now = max(event.knowable_at for event in events)
    began = process_time()
    evaluator.case("c", events, now)
    return process_time() - began


def stream(pack: Pack, events: list[Event]) -> float:
    engine = Engine(pack, backend="compiled")
    began = process_time()
    for event in sorted(events, key=lambda event: event.knowable_at):
        engine.submit(event)
    return process_time() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[250, 500, 1000, 2000, 4000])
    parser.add_argument("--persons", type=int, default=3)
    parser.add_argument("--late", type=float, default=0.1)
    parser.add_argument("--stream", action="store_true")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        pack = Pack.load(Flipping().write(Path(folder) / "pack"))
    law = Law.of(pack, Compiled)
    before = 0.0
    for size in asked.sizes:
        events = told(size, asked.persons, asked.late)
        seconds = stream(pack, events) if asked.stream else whole(law, events)
        print(f"{size:6} {seconds:9.3f} s {seconds / before if before else 1:6.2f}x", flush=True)
        before = seconds


if __name__ == "__main__":
    main()
