"""The native matcher dies while reports come in: nothing is lost, and it is on record."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from desk import Ledger, event
from native import needs_network


def worker_of(running: subprocess.Popen[bytes]) -> int:
    """The process of the network that a command has started."""
    listed = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not listed.exists():
        pytest.skip("no /proc with children here")
    (found,) = [
        int(pid) for pid in listed.read_text().split() if b"network.py" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]
    return found


def wait_for_a_question(worker: int) -> None:
    """Until something it has not read lies in its pipe."""
    with Path(f"/proc/{worker}/fd/0").open("rb") as pipe:
        for _ in range(3000):
            (waiting,) = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))
            if waiting:
                return
            time.sleep(0.01)
    pytest.fail("nothing was asked of the network")


def test_its_worker_is_killed_in_the_middle_of_a_case(ledger: Ledger) -> None:
    needs_network()
    running = ledger.process("submit", "-")
    assert running.stdin
    assert running.stdout

    def tell(told: dict[str, object]) -> None:
        assert running.stdin
        running.stdin.write(json.dumps(told).encode() + b"\n")
        running.stdin.flush()

    tell(event("e1"))
    assert json.loads(running.stdout.readline())["id"] == "e1"
    worker = worker_of(running)
    os.kill(worker, signal.SIGSTOP)
    tell({"id": "e2", "case": "c2", "type": "item_lost", "at": "2024-03-01T11:00", "place": "harbour"})
    wait_for_a_question(worker)
    os.kill(worker, signal.SIGKILL)
    assert json.loads(running.stdout.readline()) == {"id": "e2", "position": 3}
    tell(event("e3", "c3", place="hill"))
    assert json.loads(running.stdout.readline())["id"] == "e3"
    _, said = running.communicate()
    assert (running.returncode, "signal 9" in said.decode()) == (0, True), said
    (failure,) = ledger.json("ledger", "incidents")["incidents"]  # type: ignore[misc]
    assert (failure["position"], failure["case"], "signal 9" in failure["what"]) == (3, "c2", True)
    assert ledger.json("ledger", "stats")["incidents"] == 1
    assert "signal 9" in ledger("ledger", "incidents").stdout
    charged = ledger.json("obligations", "--case", "c2", "--rule", "a2.charge")["obligations"]
    assert [o["status"] for o in charged] == ["active"]  # type: ignore[attr-defined]
    assert ledger("ledger", "rebuild").exit_code == 0
    assert ledger.json("ledger", "verify")["ok"] is True
