"""`Worker`: the process in which the network runs, behind a pipe. Whatever happens to it, its caller goes on.

A request is one frame; each case of it is answered by a frame of its own, so that when the process dies the case it
was at is known. That case is reported as failed and the rest are put to a new process.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from signal import strsignal
from time import monotonic
from typing import Protocol

from remit.matching import network
from remit.matching.network import HEADER, Hit, Pattern, frame

#: A program takes milliseconds to load and a case less; beyond this a process is taken to hang.
LOAD_SECONDS, CASE_SECONDS = 60.0, 10.0
#: The network never gives a program back its memory, so a process that has heard this many is replaced.
PROGRAMS_PER_PROCESS = 100
CASES_PER_REQUEST = 256
LARGEST_ANSWER = 16 * 1024 * 1024

Cases = Sequence[Sequence[int]]
#: What a case set off, or what went wrong with it.
Answer = tuple[Hit, ...] | str


class Unavailable(Exception):  # noqa: N818 - a state of affairs, not a fault
    """The network cannot be had here at all. `missing` where durable-rules is not there or does not import."""

    def __init__(self, reason: str, *, missing: bool) -> None:
        super().__init__(reason)
        self.missing = missing


class Failed(Exception):  # noqa: N818 - as above
    """The process died, hung or answered nonsense."""


class Link(Protocol):
    """Where the network is: behind a pipe, or here."""

    def ask(self, program: int, patterns: Sequence[Pattern], cases: Cases) -> list[Answer]:
        """An answer for each case.

        Raises:
            Unavailable: no case can be put to the network.
        """
        ...


class Inline:
    """The network in this very process: quicker to start, and its faults are ours."""

    def __init__(self) -> None:
        self._networks: dict[int, network.Network] = {}

    def ask(self, program: int, patterns: Sequence[Pattern], cases: Cases) -> list[Answer]:
        self._loaded(program, patterns)
        return [self._answer(program, patterns, case) for case in cases]

    def _answer(self, program: int, patterns: Sequence[Pattern], case: Sequence[int]) -> Answer:
        loaded = self._loaded(program, patterns)
        try:
            return tuple(loaded.hits(case))
        except Exception as failure:  # noqa: BLE001 - whatever the network throws, the case must be answered
            del self._networks[program]
            return f"{type(failure).__name__}: {failure}"

    def _loaded(self, program: int, patterns: Sequence[Pattern]) -> network.Network:
        if program not in self._networks:
            try:
                self._networks[program] = network.Network(patterns)
            except ImportError as failure:
                raise Unavailable(f"durable-rules cannot be imported here: {failure}", missing=True) from failure
            except Exception as failure:
                raise Unavailable(f"it cannot be loaded: {failure}", missing=False) from failure
        return self._networks[program]


class Worker:
    """Starts the process when it is first asked something, or told to begin, restarts it when it dies, ends it with us.

    Args:
        command: what to start instead of the network; for tests.
        load_seconds, case_seconds: how long to wait for a program to load and for one case.
    """

    def __init__(
        self,
        command: Sequence[str] | None = None,
        *,
        load_seconds: float = LOAD_SECONDS,
        case_seconds: float = CASE_SECONDS,
    ) -> None:
        self._command = command
        self._load_seconds, self._case_seconds = load_seconds, case_seconds
        self._lock = threading.Lock()
        self._channel: Channel | None = None
        #: By program, what it may answer.
        self._loaded: dict[int, frozenset[Hit]] = {}

    @property
    def pid(self) -> int | None:
        """Of the process that runs now, if one does."""
        return self._channel.process.pid if self._channel is not None else None

    def begin(self) -> None:
        """Start the process: it comes up while its caller does something else. Where it cannot be had, that is told when it is asked."""
        with self._lock, suppress(Unavailable):
            self._process()

    def ask(self, program: int, patterns: Sequence[Pattern], cases: Cases) -> list[Answer]:
        """As `Link` says; a case at which the process died, hung or lied is answered by what went wrong."""
        answers: list[Answer] = []
        with self._lock:
            self._ready(program, patterns)
            while len(answers) < len(cases):
                channel = self._ready(program, patterns)
                rest = cases[len(answers) : len(answers) + CASES_PER_REQUEST]
                try:
                    channel.request({"program": program, "cases": rest}, len(rest), self._case_seconds)
                    for _ in rest:
                        answers.append(channel.answer(self._loaded[program], self._case_seconds))  # noqa: PERF401 - kept as they come
                except Failed as failure:
                    answers.append(str(failure))
                    self.close()
                except (
                    BaseException
                ):  # an interrupt, say: what is still in the pipe answers a question nobody waits for
                    self.close()
                    raise
        return answers

    def close(self) -> None:
        """End the process, if one runs. The next question starts another."""
        if self._channel is not None:
            self._channel.close()
        self._channel = None
        self._loaded = {}

    def _process(self) -> Channel:
        """The process we have, if it can still be asked, else a new one."""
        channel = self._channel
        if channel is None or not channel.is_ours or len(self._loaded) >= PROGRAMS_PER_PROCESS:
            self.close()
            channel = self._channel = Channel(self._command or command())
        return channel

    def _ready(self, program: int, patterns: Sequence[Pattern]) -> Channel:
        """A process that has loaded the program."""
        channel = self._process()
        if program not in self._loaded:
            try:
                channel.request({"program": program, "patterns": patterns}, 1, self._load_seconds)
                channel.answer(frozenset(), self._load_seconds)
            except Failed as failure:
                self.close()
                missing = str(failure).startswith(("ImportError", "ModuleNotFoundError"))
                raise Unavailable(
                    f"durable-rules cannot be imported here: {failure}"
                    if missing
                    else f"it cannot be loaded: {failure}",
                    missing=missing,
                ) from failure
            except BaseException:
                self.close()
                raise
            self._loaded[program] = frozenset((rule, kind) for rule, kind, _ in patterns)
        return channel


class Channel:
    """One process and its pipes."""

    def __init__(self, words: Sequence[str]) -> None:
        self.owner = os.getpid()
        self._next = self._due = 0
        self._read = bytearray()
        pipe = subprocess.PIPE
        try:
            self.process = subprocess.Popen(words, bufsize=0, stdin=pipe, stdout=pipe, stderr=pipe)  # noqa: S603 - our own interpreter
        except OSError as failure:
            raise Unavailable(f"its process cannot be started: {failure}", missing=False) from failure
        self.close = weakref.finalize(self, end, self.process, self.owner)
        assert self.process.stdin is not None  # noqa: S101 - both are pipes
        assert self.process.stdout is not None  # noqa: S101
        self._in, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()
        os.set_blocking(self._in, False)

    @property
    def is_ours(self) -> bool:
        """It lives, and was not inherited over a fork."""
        return self.owner == os.getpid() and self.process.poll() is None

    def request(self, message: dict[str, object], answers: int, seconds: float) -> None:
        """Send what will be answered so many times. Every answer has a number, the next after the one before.

        Raises:
            Failed: the process does not take it.
        """
        rest = memoryview(frame({"number": self._next, **message}))
        self._next += answers
        deadline = monotonic() + seconds
        while rest:
            self._wait(self._in, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(self._in, rest) :]
            except OSError as failure:
                raise Failed(self._death()) from failure

    def answer(self, valid: frozenset[Hit], seconds: float) -> tuple[Hit, ...]:
        """The answer that is due next.

        Raises:
            Failed: there is none in time, or it is not one.
        """
        deadline = monotonic() + seconds
        (length,) = HEADER.unpack(self._exactly(HEADER.size, deadline))
        if length > LARGEST_ANSWER:
            raise Failed("it answered nonsense")
        body = self._exactly(length, deadline)
        try:
            answered = json.loads(body)
            hits = tuple((rule, kind) for rule, kind in answered["hits"])
            if answered["number"] != self._due or not valid.issuperset(hits):
                raise ValueError(self._due)  # noqa: TRY301 - one way out for whatever is not an answer
        except (ValueError, TypeError, KeyError, RecursionError) as failure:
            raise Failed("it answered nonsense") from failure
        self._due += 1
        return hits

    def _exactly(self, length: int, deadline: float) -> bytes:
        while len(self._read) < length:
            self._wait(self._out, select.POLLIN, deadline)
            more = os.read(self._out, 65_536)
            if not more:
                raise Failed(self._death())
            self._read += more
        taken = bytes(self._read[:length])
        del self._read[:length]
        return taken

    def _wait(self, descriptor: int, event: int, deadline: float) -> None:
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, deadline - monotonic()) * 1000):
            raise Failed("it did not answer in time")

    def _death(self) -> str:
        """How the process ended, in one line: its last words, else the signal or the exit code."""
        try:
            _, said = self.process.communicate(timeout=1)
        except (subprocess.TimeoutExpired, ValueError):
            return "it closed the pipe"
        words = said.decode(errors="replace").strip().splitlines()
        code = self.process.returncode
        if code < 0:
            return f"it was ended by signal {-code}: {strsignal(-code)}"
        return words[-1] if words else f"it ended with exit code {code}"


def end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Close the pipes; whoever started the process also sees it off, by force if it lingers."""
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    if owner != os.getpid():
        process.returncode = 0  # over there it may run on; it is not ours to wait for
        return
    try:
        process.wait(timeout=0.5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def command() -> tuple[str, ...]:
    """The network as a script under this very interpreter, told where the compiled core is.

    Raises:
        Unavailable: durable-rules is not installed, or there is no interpreter to start.
    """
    folder = network.location()
    if folder is None:
        raise Unavailable("durable-rules cannot be imported here: it is not installed", missing=True)
    if not sys.executable or getattr(sys, "frozen", False):
        raise Unavailable("there is no interpreter to start its process with", missing=False)
    return (sys.executable, "-I", "-S", str(Path(network.__file__)), str(folder))


#: One process serves every engine here.
SHARED = Worker()
