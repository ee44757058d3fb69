"""A lane: one engine at one workload, in a process of its own, so that its memory is its own and its death costs one row.

    python bench/lane.py peers.clips:Clips          # speaks JSON, a line a message, on stdin and stdout

An engine is a class. `Engine(workload)` compiles the rules; `open(facts)` tells the facts; `ready(events, generation)`
turns events into whatever its entry takes, off the clock; `run(prepared)` takes them one after another and gives what
came out. `most` bounds the events of one generation, where they stay in their cases.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from select import select
from statistics import median, quantiles
from time import perf_counter, process_time
from typing import Any, NoReturn, Protocol, TextIO, cast

from workload import OLDEST, Facts, Happening, Output, Workload

HERE = Path(__file__).parent
PAGE = os.sysconf("SC_PAGE_SIZE")
CHECKED = 400
#: Events that are made ready at a time: of a hundred thousand, Python's collector of garbage would have most of the time.
BLOCK = 2000
#: The clock on the wall, which a machine must not share with other work; or the time of this process alone.
CLOCK = process_time if os.environ.get("BENCH_CLOCK") == "processor" else perf_counter


class Engine(Protocol):
    """What the file of a peer has one of."""

    most: int

    def open(self, facts: Facts) -> None: ...

    def ready(self, events: Sequence[Happening], generation: int) -> Any: ...

    def run(self, prepared: Any) -> list[Output]: ...


class LaneError(Exception):
    """An engine cannot be had, gave another answer, or took too long; the text says which."""


def memory() -> int:
    """Bytes of this process that lie in memory."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


class Served:
    """The side within the process."""

    def __init__(self, made: type) -> None:
        self._made = made
        self._generation = 0

    def load(self, **sizes: Any) -> dict[str, Any]:
        """Compile the rules, then tell the facts; in seconds of the processor, as others load beside it."""
        self._work = Workload(**sizes)
        facts = self._work.facts()
        begun = process_time()
        self._engine: Engine = self._made(self._work)
        compiled = getattr(self._engine, "compile_s", process_time() - begun)
        gc.collect()
        before = memory()
        begun = process_time()
        self._engine.open(facts)
        opened = process_time() - begun
        gc.collect()
        gc.freeze()  # of a hundred thousand cases, whether a look through all for garbage falls into a round would be luck
        return {"compile_s": compiled, "open_s": opened, "bytes": memory() - before}

    def check(self, events: int = CHECKED) -> dict[str, Any]:
        """Whether so many events give the oracle's multiset."""
        told = self._next(events)
        found = sorted(self._engine.run(self._engine.ready(told, self._generation)))
        if found != self._work.expected(told):
            raise LaneError(
                f"gave {len(found)} outputs where the oracle gives {len(self._work.expected(told))}, or others"
            )
        return {"outputs": len(found)}

    def warm(self, seconds: float) -> dict[str, Any]:
        """Run for so long before anything counts, where an engine compiles itself on the way."""
        ends = CLOCK() + (seconds if getattr(self._engine, "warms_up", False) else 0)
        while CLOCK() < ends:
            self._block(500)
        return {}

    def time(self, seconds: float, core: int | None = None) -> dict[str, Any]:
        """As many events as fit the time, in blocks of no more than the engine takes; by this core of the machine, where one is named."""
        if core is not None:
            os.sched_setaffinity(0, {core})
        most = min(self._engine.most, BLOCK)
        probe = min(40, most)
        count = max(20, min(int(probe / self._block(probe) * seconds), 200_000))
        blocks = [most] * (count // most) + ([count % most] if count % most else [])
        gc.collect()
        return {"events": count, "seconds": sum(self._block(size) for size in blocks)}

    def spread(self, events: int) -> dict[str, Any]:
        """Microseconds of single events: the median and the 99th percentile."""
        times: list[float] = []
        while len(times) < events:
            told = self._next(min(events - len(times), self._engine.most))
            for single in [self._engine.ready([event], self._generation) for event in told]:
                begun = CLOCK()
                self._engine.run(single)
                times.append(CLOCK() - begun)
        cut = quantiles(times, n=100)
        return {"p50_us": cut[49] * 1e6, "p99_us": cut[98] * 1e6}

    def fill(self, events: int) -> dict[str, Any]:
        """Bytes of Python objects that one more event leaves, and one more duty.

        Three times, the median: whenever a table of all there is doubles, that is laid at one round's door.
        """
        pairs = [
            (
                self._grown([event._replace(age=OLDEST) for event in self._next(events)]),
                self._grown([event._replace(age=0) for event in self._next(events)]),
            )
            for _ in range(3)
        ]
        duties = [(owed[0] - bare[0]) / max(1, owed[1] - bare[1]) for bare, owed in pairs]
        return {"event_bytes": median(bare[0] / events for bare, _ in pairs), "duty_bytes": median(duties)}

    def _grown(self, told: list[Happening]) -> tuple[int, int]:
        """How much more is held after these events, and how many outputs there were."""
        prepared = self._engine.ready(told, self._generation)
        gc.collect()
        tracemalloc.start()
        outputs = len(self._engine.run(prepared))
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held, outputs

    def _block(self, count: int) -> float:
        told = self._next(count)
        prepared = self._engine.ready(told, self._generation)
        gc.collect(1)  # what making them ready left; all there is, of ten thousand rules, would take seconds each time
        begun = CLOCK()
        found = self._engine.run(prepared)
        spent = CLOCK() - begun
        if len(found) != len(self._work.expected(told)):
            raise LaneError("gave another number of outputs while it was timed")
        return spent

    def _next(self, count: int) -> list[Happening]:
        self._generation += 1
        events = self._work.first(count, self._generation)
        # Engines that forget an event after it are told the same cases again.
        return events if getattr(self._engine, "keeps", False) else [renamed(event) for event in events]


def renamed(event: Happening) -> Happening:
    """The same in a case of the first generation."""
    return event._replace(case=event.case.partition(".")[0] + ".0")


def serve(made: type) -> None:
    """Answer until stdin ends. What libraries print goes to stderr."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    served = Served(made)
    for line in sys.stdin:
        name, options = json.loads(line)
        try:
            answer = getattr(served, name)(**options)
        except Exception as problem:  # noqa: BLE001 - whatever a peer throws is its row's reason
            kind = "" if isinstance(problem, LaneError) else f"{type(problem).__name__}: "
            answer = {"failed": f"{kind}{problem}"[:300]}
        out.write(json.dumps(answer) + "\n")
        out.flush()


class Lane:
    """The side that asks."""

    def __init__(self, engine: str, python: Path | str = sys.executable) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own file
            [str(python), str(HERE / "lane.py"), engine],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": str(HERE.parent / "engine")},
            text=True,
        )
        self._asks = cast("TextIO", self._process.stdin)
        self._answers = cast("TextIO", self._process.stdout)

    def ask(self, name: str, limit: float = 60, **options: Any) -> dict[str, Any]:
        """One question.

        Raises:
            LaneError: the engine says so, died, or did not answer within so many seconds; then the process is ended.
        """
        try:
            self._asks.write(json.dumps([name, options]) + "\n")
            self._asks.flush()
        except (BrokenPipeError, ValueError):
            self._gone(name)
        if not select([self._answers], [], [], limit)[0]:
            self.close()
            raise LaneError(f"`{name}` took longer than {limit:.0f} s")
        line = self._answers.readline()
        if not line:
            self._gone(name)
        answer: dict[str, Any] = json.loads(line)
        if "failed" in answer:
            self.close()
            raise LaneError(answer["failed"])
        return answer

    def _gone(self, name: str) -> NoReturn:
        self.close()
        raise LaneError(f"its process ended with {self._process.returncode} at `{name}`")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):
            self._asks.close()
        self._answers.close()


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    try:
        made = getattr(import_module(module), name)
    except Exception as problem:  # noqa: BLE001
        reason = f"cannot be imported: {type(problem).__name__}: {problem}"

        class Missing:
            def __init__(self, _work: Workload) -> None:
                raise LaneError(reason)

        made = Missing
    serve(made)


if __name__ == "__main__":
    main()
