"""The reference and the fast way on the Fuxin pack: the same questions in turn, medians, and how many times faster.

Answers are compared before anything is timed. Times are of the processor, so that neighbours on the machine weigh less;
read the ratios.

    python bench/evaluate.py [--rounds 7]
"""

from __future__ import annotations

import argparse
import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from statistics import median
from time import process_time

from remit import Pack
from remit.live.agenda import LiveAgenda
from remit.live.evaluator import LiveEvaluator
from remit.matching.reference import Reference
from remit.model.event import Event
from remit.model.obligation import Obligation
from remit.program.compile import compile_program
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law
from remit.shipped import shipped_pack

NOW = datetime.fromisoformat("2024-05-07T12:00+08:00")
Answer = tuple[Obligation, ...]


@dataclass(frozen=True)
class Scene:
    """One question: asked of each side, so many times a round, and what is divided by to speak of one obligation."""

    name: str
    reference: Callable[[], Answer]
    live: Callable[[], Answer]
    times: tuple[int, int]
    obligations: int = 0


class Bench:
    """The pack and both evaluators."""

    def __init__(self) -> None:
        self.pack = Pack.load(shipped_pack())
        program = compile_program(self.pack.policies)
        words = self.pack.vocabulary
        law = Law(program, self.pack.graph, words.readings, self.pack.calendar, words.attributes, Reference(program))
        self.reference, self.live = ReferenceEvaluator(law), LiveEvaluator(law)

    def event(self, number: int, **fields: object) -> Event:
        return self.pack.event({"id": f"e{number}", **fields})

    def scenes(self) -> Iterator[Scene]:
        """The cases, then the agenda."""
        rescued = self.event(
            0, case="c", type="victim_rescued", at="2024-05-06T21:00", by="xihe.police", place="xihe", age=10, sex="女"
        )
        raised = self.reference.case("c", (rescued,), NOW)
        owed = next(o for o in raised if o.status == "active" and o.modality == "must")
        act = self.event(
            1, case="c", type="performed", action=owed.action, at="2024-05-06T23:00", by=owed.bearer.id, place="xihe"
        )
        yield self.of_case(f"one event that raises {len(raised)} duties", (rescued,))
        yield self.of_case("an act that discharges one of them", (rescued, act))
        yield self.from_scratch()
        yield self.after_an_act()
        yield self.after_a_wake()

    def of_case(self, name: str, events: tuple[Event, ...]) -> Scene:
        asked = (lambda: self.reference.case("c", events, NOW), lambda: self.live.case("c", events, NOW))
        return Scene(name, *asked, (3, 200), len(self.reference.case("c", events, NOW)))

    def from_scratch(self) -> Scene:
        owed = self.reference.agenda((), NOW)
        return Scene(
            f"the agenda of {len(owed)} duties from scratch",
            lambda: self.reference.agenda((), NOW),
            lambda: LiveAgenda(self.live.program).at(NOW),
            (1, 1),
            len(owed),
        )

    def acts(self) -> Iterator[Event]:
        """One performance after another, of duties that are open."""
        numbers = count(2)
        for owed in self.reference.agenda((), NOW):
            if owed.nature == "recurring" and owed.status == "active":
                fields = {"type": "performed", "action": owed.action, "period": owed.period, "by": owed.bearer.id}
                yield self.event(next(numbers), at="2024-05-07T10:00", **fields)

    def after_an_act(self) -> Scene:
        """Each call of the fast way brings one more act; the reference is asked about one."""
        acts = self.acts()
        first = next(acts)
        agenda = LiveAgenda(self.live.program)
        agenda.take([first])
        require(agenda.at(NOW) == self.reference.agenda((first,), NOW), "the agenda after an act")

        def next_act() -> Answer:
            agenda.take([next(acts)])
            return agenda.at(NOW)

        return Scene("the agenda after one act more", lambda: self.reference.agenda((first,), NOW), next_act, (1, 10))

    def after_a_wake(self) -> Scene:
        """Each call of the fast way goes on to the next moment at which anything changes; periods begin among them."""
        agenda = LiveAgenda(self.live.program)
        agenda.at(NOW)

        def next_wake() -> Answer:
            return agenda.at(agenda.wakes_at() or NOW)

        return Scene("the agenda at its next wake", lambda: self.reference.agenda((), NOW), next_wake, (1, 3))


def require(equal: bool, what: str) -> None:
    """Nothing is timed that is not equal."""
    if not equal:
        raise SystemExit(f"not the reference's answer: {what}")


def timed(ask: Callable[[], Answer], times: int) -> float:
    """Seconds of the processor for one question."""
    gc.collect()
    begun = process_time()
    for _ in range(times):
        ask()
    return (process_time() - begun) / times


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    print(f"{'':45}{'reference':>14}{'live':>12}{'ratio':>9}{'a duty':>11}")
    for scene in Bench().scenes():
        if scene.obligations:
            require(scene.live() == scene.reference(), scene.name)
        pairs = [(timed(scene.reference, scene.times[0]), timed(scene.live, scene.times[1])) for _ in range(rounds)]
        slow, fast = (median(side) for side in zip(*pairs, strict=True))
        each = f"{fast / scene.obligations * 1e6:8.1f} µs" if scene.obligations else ""
        print(f"{scene.name:45}{slow * 1e6:11.0f} µs{fast * 1e6:9.0f} µs{slow / fast:8.0f}×{each:>11}")


if __name__ == "__main__":
    main()
