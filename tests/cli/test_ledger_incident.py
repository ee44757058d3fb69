"""The native matcher dies while reports come in: nothing is lost, and it is on record."""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import termios
import time
from contextlib import suppress
from pathlib import Path

import pytest

from desk import Ledger, event
from native import needs_network


def stopped(running: subprocess.Popen[bytes]) -> int | None:
    """The process of the network that a command starts, held before it has answered; None where it was quicker."""
    listed = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not listed.exists():
        pytest.skip("no /proc with children here")
    while not select.select([running.stdout], [], [], 0.001)[0]:
        for pid in map(int, listed.read_text().split()):
            with suppress(OSError):
                if b"network.py" in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.kill(pid, signal.SIGSTOP)
                    return pid
    return None


def wait_for_a_question(worker: int) -> None:
    """Until something it has not read lies in its pipe."""
    with Path(f"/proc/{worker}/fd/0").open("rb") as pipe:
        for _ in range(3000):
            (waiting,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))
            if waiting:
                return
            time.sleep(0.01)
    pytest.fail("nothing was asked of the network")


def test_its_worker_is_killed_while_a_case_waits_for_it(ledger: Ledger) -> None:
    """The network is asked about everything at the first event; where it dies at that, the reference answers."""
    needs_network()
    for number in range(1, 6):
        running = ledger.process("submit", "-")
        assert running.stdin
        assert running.stdout
        told = [
            event(f"e{number}", f"c{number}"),
            {
                "id": f"l{number}",
                "case": f"c{number}",
                "type": "item_lost",
                "at": "2024-03-01T11:00",
                "place": "harbour",
            },
        ]
        running.stdin.write(json.dumps(told[0]).encode() + b"\n")
        running.stdin.flush()
        worker = stopped(running)
        if worker is not None:
            wait_for_a_question(worker)
            os.kill(worker, signal.SIGKILL)
        assert json.loads(running.stdout.readline())["id"] == f"e{number}"
        _, said = running.communicate(json.dumps(told[1]).encode() + b"\n")
        assert running.returncode == 0, said
        if worker is not None:
            break
    else:
        pytest.fail("the network had answered five times before it could be held")
    assert "signal 9" in said.decode(), said
    (failure,) = ledger.json("ledger", "incidents")["incidents"]  # type: ignore[misc]
    assert (failure["position"], failure["case"], "signal 9" in failure["what"]) == (2 * number, f"c{number}", True)
    assert ledger.json("ledger", "stats")["incidents"] == 1
    assert "signal 9" in ledger("ledger", "incidents").stdout
    charged = ledger.json("obligations", "--case", f"c{number}", "--rule", "a2.charge")["obligations"]
    assert [o["status"] for o in charged] == ["active"]  # type: ignore[attr-defined]
    assert ledger("ledger", "rebuild").exit_code == 0
    assert ledger.json("ledger", "verify")["ok"] is True
