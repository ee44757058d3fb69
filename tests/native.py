"""The durable back end for tests, and workers that go wrong on purpose."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from remit.errors import InternalError
from remit.matching.choose import choose
from remit.matching.durable import Durable
from remit.matching.worker import Worker
from remit.program.compile import compile_program
from remit.program.program import Program

ENGINE = Path(__file__).parents[1] / "engine"
#: The kind of event at which a worker of `failing` does what it was told.
POISON = 9

SCRIPT = """
import os, signal, sys, time
sys.path.insert(0, {engine!r})
from remit.matching import network

class Fake:
    def __init__(self, patterns):
        self.patterns = list(patterns)
        {load}
    def hits(self, kinds):
        {seen}
        if {poison} in kinds:
            {act}
        return [(rule, kind) for rule, kind, others in self.patterns if kind in kinds and set(others) <= set(kinds)]

network.Network = Fake
network.serve(sys.stdin.buffer, sys.stdout.buffer)
"""


def durable(program: Program, backend: str = "durable") -> Durable:
    """The network, or a skipped test where there is none."""
    try:
        matcher = choose(program, backend)
    except InternalError as missing:
        pytest.skip(f"{missing.found} (no C compiler?)")
    assert isinstance(matcher, Durable)
    return matcher


def needs_network() -> None:
    durable(compile_program(()))


def failing(act: str = "pass", *, load: str = "pass", seen: str = "pass", seconds: float = 30) -> Worker:
    """A worker without durable-rules that runs `act` at a case with `POISON` in it."""
    script = SCRIPT.format(engine=str(ENGINE), poison=POISON, act=act, load=load, seen=seen)
    return Worker((sys.executable, "-I", "-c", script), load_seconds=30, case_seconds=seconds)
