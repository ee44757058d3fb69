"""Whatever happens to the process of the network, every case is answered, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from made import pack_with
from native import ENGINE, POISON, durable, failing, needs_network
from remit.matching.durable import Durable, apart
from remit.matching.history import History
from remit.matching.network import Network
from remit.matching.reference import Reference
from remit.matching.worker import PROGRAMS_PER_PROCESS, Channel, Unavailable, Worker, command
from remit.model.event import Event
from remit.program.compile import compile_program
from remit.program.program import Program
from strategies import START

KINDS = ("item_lost", "item_overdue", "item_returned")
PATTERNS = ((1, 1, ()), (2, 2, ()), (3, 1, (2,)), (4, POISON, ()))
CASES = [(1,), (2,), (1, 2), (1, POISON), (2, 1), (3,)]
EXPECTED = [((1, 1),), ((2, 2),), ((1, 1), (2, 2), (3, 1)), None, ((1, 1), (2, 2), (3, 1)), ()]

WAYS = {
    "dies of a bad pointer": ("os.kill(os.getpid(), signal.SIGSEGV)", "signal 11"),
    "is killed": ("os.kill(os.getpid(), signal.SIGKILL)", "signal 9"),
    "aborts": ("os.abort()", "signal 6"),
    "exits": ("os._exit(3)", "exit code 3"),
    "exits in silence": ("os._exit(0)", "exit code 0"),
    "throws": ("raise RuntimeError('assert fact status: 224')", "assert fact status: 224"),
    "hangs": ("time.sleep(60)", "in time"),
    "stands still": ("os.kill(os.getpid(), signal.SIGSTOP)", "in time"),
    "closes the pipe and hangs": ("os.close(1); time.sleep(60)", "closed the pipe"),
    "prints": ("os.write(1, b'Segmentation fault, or so')", "nonsense"),
    "promises without end": ("os.write(1, b'\\xff\\xff\\xff\\xff')", "nonsense"),
    "breaks off": ("os.write(1, b'\\x00\\x00\\x00\\x09{'); os._exit(0)", "exit code 0"),
    "answers no JSON": ("os.write(1, b'\\x00\\x00\\x00\\x02{{')", "nonsense"),
    "answers other JSON": ("os.write(1, b'\\x00\\x00\\x00\\x02[]')", "nonsense"),
    "answers without bottom": ("os.write(1, (200_000).to_bytes(4, 'big') + b'[' * 200_000)", "nonsense"),
    "answers the last question again": ("network.send(sys.stdout.buffer, {'number': 3, 'hits': [[2, 2]]})", "nonsense"),
    "answers another question": ("network.send(sys.stdout.buffer, {'number': 77, 'hits': []})", "nonsense"),
    "sets off an unknown rule": ("return [(77, 1)]", "nonsense"),
    "sets off half a rule": ("return [(1,)]", "nonsense"),
    "sets off a list": ("return [([1], 1)]", "nonsense"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_case_at_which_it_fails_is_told_and_all_others_are_answered(way: str) -> None:
    act, words = WAYS[way]
    worker = failing(act, seconds=3 if words in ("in time", "closed the pipe") else 30)
    answers = worker.ask(1, PATTERNS, CASES)
    assert [a if isinstance(a, tuple) else None for a in answers] == EXPECTED
    assert words in str(answers[3])
    assert worker.ask(1, PATTERNS, CASES[:3]) == EXPECTED[:3], "and it works again"
    last = worker.pid
    worker.close()
    assert last is not None
    assert gone(last)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM])
def test_a_process_that_died_between_cases_is_replaced_and_no_case_is_blamed(number: signal.Signals) -> None:
    worker = failing()
    assert worker.ask(1, PATTERNS, CASES[:1]) == EXPECTED[:1]
    first = worker.pid
    assert first is not None
    os.kill(first, number)
    os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
    assert worker.ask(1, PATTERNS, CASES[:3]) == EXPECTED[:3]
    assert worker.pid != first
    assert gone(first), "and not left as a zombie"
    worker.close()


def test_more_than_fits_into_a_pipe_goes_both_ways() -> None:
    worker = failing()
    patterns = tuple((rule, kind, ()) for rule in range(200) for kind in range(10, 60))
    cases = [tuple(range(10, 60))] * 20
    assert {len(answer) for answer in worker.ask(1, patterns, cases)} == {10_000}
    worker.close()


def test_a_process_that_has_heard_many_programs_is_replaced() -> None:
    worker = failing()
    pids = set()
    for program in range(PROGRAMS_PER_PROCESS + 1):
        assert worker.ask(program, PATTERNS, CASES[:1]) == EXPECTED[:1]
        pids.add(worker.pid)
    assert len(pids) == 2
    worker.close()


def test_after_an_interrupt_no_answer_is_taken_for_that_to_another_question(monkeypatch: pytest.MonkeyPatch) -> None:
    worker = failing()
    assert worker.ask(1, PATTERNS, CASES[:1]) == EXPECTED[:1]

    def interrupted(*_: object) -> tuple[tuple[int, int], ...]:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Channel, "answer", interrupted)
        with pytest.raises(KeyboardInterrupt):
            worker.ask(1, PATTERNS, CASES[1:3])
    assert worker.ask(1, PATTERNS, CASES[:3]) == EXPECTED[:3]
    worker.close()


def test_what_was_begun_is_what_is_asked() -> None:
    worker = failing()
    worker.begin()
    begun = worker.pid
    assert begun is not None
    assert worker.ask(1, PATTERNS, CASES[:2]) == EXPECTED[:2]
    worker.begin()
    assert worker.pid == begun
    worker.close()


def test_what_cannot_begin_says_so_when_it_is_asked() -> None:
    worker = Worker(("/nowhere/python", "network.py"))
    worker.begin()
    assert worker.pid is None
    with pytest.raises(Unavailable, match="cannot be started"):
        worker.ask(1, PATTERNS, CASES[:1])


def test_the_user_s_interrupt_does_not_end_it() -> None:
    needs_network()
    worker = Worker()
    assert worker.ask(1, PATTERNS, CASES[:1]) == EXPECTED[:1]
    os.kill(worker.pid or 0, signal.SIGINT)
    before = worker.pid
    assert [sorted(answer) for answer in worker.ask(1, PATTERNS, CASES[:2])] == [[(1, 1)], [(2, 2)]]
    assert worker.pid == before
    worker.close()


# --- what the matcher makes of it -------------------------------------------------------------------


RULES = """id: lost
must: send_reminder
bearer: {role: branch, place: event.place}
on: item_lost
---
id: overdue
must: send_reminder
bearer: {role: branch, place: event.place}
on: item_overdue
if: case.events.exists(e, e.type == "item_returned")
"""


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return compile_program(pack_with(tmp_path, RULES).policies)


def case(number: int, kinds: tuple[str, ...]) -> History:
    at = START + timedelta(hours=number)
    events = [Event(f"e{number}.{i}", kind, at, at, f"c{number}", None, "harbour") for i, kind in enumerate(kinds)]
    return History.of(f"c{number}", events)


def cases(count: int) -> list[History]:
    """Every mixture of the kinds, over and over."""
    mixtures = [tuple(k for bit, k in enumerate(KINDS) if number >> bit & 1) for number in range(8)]
    return [case(number, mixtures[number % 8]) for number in range(count)]


#: A fake poisoned by whatever a test program calls `item_overdue`, whose number is 2.
def poisoned(act: str, seen: str = "pass") -> Worker:
    return failing(f"pass\n        if 2 in kinds:\n            {act}", seen=seen)


def test_thousands_of_cases_are_answered_in_one_go(program: Program) -> None:
    native, told = durable(program), cases(5_000)
    assert native.bindings_of(told) == Reference(program).bindings_of(told)
    assert not native.incidents


def test_a_crash_becomes_an_incident_and_the_reference_answers(program: Program, tmp_path: Path) -> None:
    log = tmp_path / "seen"
    worker = poisoned("os.abort()", seen=f"open({str(log)!r}, 'a').write(str(sorted(kinds)) + chr(10))")
    native, told = Durable(program, worker), cases(1_000)
    assert native.bindings_of(told) == Reference(program).bindings_of(told)
    assert native.bindings_of(told) == Reference(program).bindings_of(told)
    assert [native.bindings(history) for history in told] == list(Reference(program).bindings_of(told))
    assert native.name == "durable"
    assert [(i.backend, i.case) for i in native.incidents] == [("durable", f"c{n}") for n in (2, 6)]
    assert all("signal 6" in i.what for i in native.incidents)
    asked = log.read_text().splitlines()
    assert sorted(set(asked)) == sorted(asked), "what failed is not sent again, what is known is not asked again"
    worker.close()


def test_of_kinds_put_at_once_only_the_one_that_fails_is_to_blame(program: Program, tmp_path: Path) -> None:
    """Every kind by itself is put in one go; where that fails, each is put when a case asks."""
    log = tmp_path / "seen"
    seen = f"open({str(log)!r}, 'a').write(str(sorted(kinds)) + chr(10))"
    worker = failing("pass\n        if 1 in kinds:\n            os.abort()", seen=seen)
    rules = tuple(replace(rule, requires=frozenset()) for rule in program.rules)
    native, told = Durable(Program(rules, {}, program.by_event), worker), cases(64)
    native.start()
    assert not native.incidents
    assert native.bindings_of(told) == Reference(native._reference.program).bindings_of(told)
    assert [(i.backend, i.case) for i in native.incidents] == [("durable", "c1")]
    assert log.read_text().splitlines() == ["[1, 2]", "[1]", "[2]"]
    worker.close()


def test_kinds_that_need_each_other_are_not_put_as_one_case() -> None:
    alone: frozenset[str] = frozenset()
    assert apart({"a": alone, "b": frozenset("c"), "c": frozenset("b"), "d": frozenset("a"), "e": frozenset("x")}) == [
        ["a", "b", "e"],
        ["c", "d"],
    ]


def test_what_a_kind_sets_off_by_itself_is_asked_once_for_all(program: Program, tmp_path: Path) -> None:
    log = tmp_path / "seen"
    worker = failing(seen=f"open({str(log)!r}, 'a').write(str(sorted(kinds)) + chr(10))")
    native = Durable(program, worker)
    for kind in KINDS[:2]:
        assert native.orders(case(1, (kind,))) == {kind: frozenset({KINDS.index(kind)} if kind == "item_lost" else ())}
    assert log.read_text().splitlines() == ["[1, 2]"]
    assert native.orders(case(1, KINDS)) == {"item_lost": {0}, "item_overdue": {1}}
    assert log.read_text().splitlines()[1:] == ["[2, 3]"], "with what it needs beside it, it is asked when it is met"
    worker.close()


def test_a_network_that_keeps_failing_is_given_up(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.matching.durable.FAILURES", 2)
    worker = poisoned("os._exit(1)")
    native = Durable(program, worker)
    for history in cases(16):
        assert native.bindings(history) == Reference(program).bindings(history)
    assert len(native.incidents) == 2
    assert native.name == "reference"
    assert "failed 2 times" in native.reason
    worker.close()


def test_without_an_interpreter_the_reference_answers(program: Program) -> None:
    native = Durable(program, Worker(("/nowhere/python", "network.py")))
    told = cases(16)
    assert native.bindings_of(told) == Reference(program).bindings_of(told)
    assert native.name == "reference"
    assert "cannot be started" in native.reason
    assert [i.case for i in native.incidents] == ["c1"]


def test_a_core_that_does_not_import_is_no_incident(program: Program) -> None:
    native = Durable(program, failing(load="raise ImportError('undefined symbol: PyEval_CallObject')"))
    told = cases(16)
    assert native.bindings_of(told) == Reference(program).bindings_of(told)
    assert (native.name, native.incidents) == ("reference", ())
    assert "undefined symbol" in native.reason


def test_a_program_it_dies_of_is_given_up_at_once(program: Program) -> None:
    native = Durable(program, failing(load="os.abort()"))
    told = cases(16)
    assert native.bindings_of(told) == Reference(program).bindings_of(told)
    assert [i.what for i in native.incidents] == [native.reason]
    assert "signal 6" in native.reason


def test_an_application_without_an_interpreter_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    needs_network()
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(Unavailable, match="no interpreter"):
        command()


# --- what it leaves behind --------------------------------------------------------------------------


def test_nothing_grows_over_twenty_thousand_cases() -> None:
    needs_network()
    patterns = [(rule, 1 + rule % 6, (1 + (rule + 1) % 6,) if rule % 3 else ()) for rule in range(12)]
    told = [tuple(1 + bit for bit in range(6) if number >> bit & 1) for number in range(1, 64)]
    expected = [Network(patterns).hits(case) for case in told]
    worker = Worker()
    worker.ask(1, patterns, told * 8)
    before = resident(worker.pid)
    answers = worker.ask(1, patterns, told * 318)
    assert len(answers) > 20_000
    assert [sorted(a) for a in answers[-63:]] == [sorted(e) for e in expected]
    assert resident(worker.pid) - before < 1024, "KiB"
    worker.close()


def test_the_matcher_s_memory_is_bounded(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("remit.matching.durable.REMEMBERED", 1)
    native = Durable(program, failing())
    for history in cases(64):
        assert native.bindings(history) == Reference(program).bindings(history)
        assert len(native._known) <= 1


SCENE = """
import os, sys
sys.path[:0] = [{engine!r}, {tests!r}]
from remit.matching.worker import Worker
def main():
    worker = Worker()
    assert worker.ask(1, ((1, 1, ()),), [(1,)]) == [((1, 1),)]
    print(worker.pid, flush=True)
    assert "durable_rules_engine" not in sys.modules, "the compiled code stays out of this process"
    {then}
main()
"""


def scene(then: str) -> subprocess.Popen[str]:
    script = SCENE.format(engine=str(ENGINE), tests=str(ENGINE.parent / "tests"), then=then)
    words = [sys.executable, "-W", "error", "-X", "dev", "-c", script]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_ends_with_its_parent_and_nobody_is_warned() -> None:
    needs_network()
    out, err = (process := scene("pass")).communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert gone(int(out))


def test_it_ends_when_its_parent_is_killed() -> None:
    needs_network()
    out, _ = scene("os.kill(os.getpid(), 9)").communicate(timeout=60)
    assert gone(int(out))


def test_it_ends_when_it_is_forgotten() -> None:
    needs_network()
    out, err = (process := scene("pid = worker.pid; del worker; os.waitid")).communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert gone(int(out))


FORKED = """child = os.fork()
    mine = worker.ask(1, ((1, 1, ()),), [(1,)] * 50)
    assert mine == [((1, 1),)] * 50
    print(worker.pid, flush=True)
    if child:
        assert os.waitpid(child, 0)[1] == 0
        assert worker.ask(1, ((1, 1, ()),), [(1,)] * 50) == mine"""


def test_after_a_fork_each_has_its_own() -> None:
    needs_network()
    out, err = (process := scene(FORKED)).communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    pids = list(map(int, out.split()))
    assert (len(pids), len(set(pids))) == (3, 2), "the parent keeps the one it had"
    assert all(map(gone, pids))


def resident(pid: int | None) -> int:
    """KiB of memory a process holds."""
    if not Path("/proc/self/statm").exists():
        pytest.skip("no /proc here")
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


def gone(pid: int) -> bool:
    """Whether a process ends within a few seconds, and was seen off: a zombie is still there."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
