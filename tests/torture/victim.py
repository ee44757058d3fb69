"""A writer that is going to be killed: `python -m torture.victim` starts once and forks one for each order it reads.

What it writes, line by line: `ack N` once step N is acknowledged, `refused N CODE` when it failed with a typed error (it
then lets the shim rest, tries the step again, and has the shim strike anew), `untyped …`, `end`; and, by the parent, `exit STATUS`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import takewhile
from pathlib import Path

import remit.ledger.writer
from remit import Delta, Engine, Pack
from remit.errors import RemitError
from remit.ledger.vault import MasterKey
from torture.chance import Random
from torture.shim import Page
from torture.stream import Step, Submit, steps

#: How often a step is tried that was refused.
TRIES = 100
LIBRARY = Path(__file__).parent.parent / "packs" / "good" / "library"


@dataclass(frozen=True)
class Order:
    """Open this ledger and take these steps of the stream of that seed."""

    url: str
    key: str
    seed: int
    first: int
    count: int
    prefix: str = ""
    pages: int = 60  # after so many the write-ahead log is folded: often, so that deaths fall into that too


# --- in the victim --------------------------------------------------------------------------------------


def work(order: Order, pack: Pack, page: Page | None) -> None:
    """One life."""
    remit.ledger.writer.FOLD_PAGES = order.pages
    engine: Engine | None = None
    chance, spared = Random(order.seed), False
    todo = steps(order.seed, order.count, prefix=order.prefix)
    flow: Iterator[Delta] | None = None
    for number, step in enumerate(todo):
        for attempt in range(TRIES):
            if number < order.first:
                break
            try:
                if engine is None:
                    engine = Engine(pack, backend="reference", ledger=order.url, key=MasterKey.of_text(order.key))
                if isinstance(step, Submit) and order.seed % 2:  # the next is worked out during the commit
                    flow = flow or in_a_row(engine, todo[number:])
                    next(flow)
                else:
                    flow = None
                    step.do(engine)
                say(f"ack {number}")
                if spared and page is not None:
                    page.arm_again(chance.randrange(1, 100))
                spared = False
                break
            except RemitError as refused:
                flow = None
                say(f"refused {number} {refused.code}")
                if page is not None:
                    page.disarm()
                    spared = True
                if attempt == TRIES - 1:
                    raise
                time.sleep(0.2 if refused.code == "RM704" else 0)  # a server may be starting again
    if engine is not None:
        engine.close()
    say("end")


def in_a_row(engine: Engine, todo: Sequence[Step]) -> Iterator[Delta]:
    """What is submitted before anything else happens, batch after batch."""
    submits = takewhile(lambda step: isinstance(step, Submit), todo)
    return engine._keeper.submit_each(tuple(map(engine.pack.event, step.events)) for step in submits)


def say(line: str) -> None:
    os.write(1, (line + "\n").encode())


def main() -> None:
    """Fork a victim for each order on standard input."""
    pack = Pack.load(LIBRARY)
    with tempfile.TemporaryDirectory() as folder:  # whatever is imported late is imported now
        Engine(pack, backend="reference", ledger=f"{folder}/ledger.db").close()
    name = os.environ.get("REMIT_TORTURE_PAGE")
    page = Page(Path(name)) if name else None
    say("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            status = 0
            try:
                say(f"pid {os.getpid()}")
                work(Order(**json.loads(line)), pack, page)
            except BaseException as failure:  # noqa: BLE001 - all is told
                say(f"untyped {failure!r} " + traceback.format_exc().replace("\n", " | "))
                status = 3
            os._exit(status)
        say(f"exit {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")


# --- in the test ----------------------------------------------------------------------------------------


@dataclass
class Life:
    """What became of one victim."""

    acknowledged: list[int]
    refused: list[str]
    untyped: list[str]
    exit: int | None = None


class Victims:
    """The forking process, from the test's side."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        tests = Path(__file__).parent.parent
        paths = os.pathsep.join((str(tests.parent / "engine"), str(tests)))
        self._noise = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        self._process = subprocess.Popen(
            [sys.executable, "-m", "torture.victim"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._noise,
            env={**(environment or dict(os.environ)), "PYTHONPATH": paths},
        )  # fmt: skip
        assert self._line() == "ready"

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline().decode().rstrip("\n")
        if not line:
            self._noise.seek(0)
            raise AssertionError(self._noise.read().decode())
        return line

    def start(self, order: Order) -> Iterator[str]:
        """The lines of one life as they come, the victim's process id first."""
        assert self._process.stdin is not None
        self._process.stdin.write((json.dumps(asdict(order)) + "\n").encode())
        self._process.stdin.flush()
        line = ""
        while not line.startswith("exit "):
            line = self._line()
            yield line

    def live(self, order: Order) -> Life:
        """One life to its end."""
        return told(self.start(order))

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._noise.close()


def told(lines: Iterator[str]) -> Life:
    life = Life([], [], [])
    for line in lines:
        word, _, rest = line.partition(" ")
        match word:
            case "ack":
                life.acknowledged.append(int(rest))
            case "refused":
                life.refused.append(rest.split()[1])
            case "untyped":
                life.untyped.append(rest)
            case "exit":
                life.exit = int(rest)
    return life


if __name__ == "__main__":
    main()
