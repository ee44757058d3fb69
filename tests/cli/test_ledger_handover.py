"""A hand-over between desks: visible while nobody acknowledged it, complete with the receipt; and a duty disputed."""

from __future__ import annotations

from pathlib import Path

import pytest

from desk import Ledger, error, event
from made import edited

RULE = "a1.guardian"
DUTY = f"bylaws-2024/{RULE}/harbour-library/c1/kim"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The library's pack; telling the guardian is complete only with the head office's receipt."""
    recipient = "to: {role: office, place: norrtown}\n"
    return edited(tmp_path, "policies/bylaws-2024/bylaws.md", recipient, recipient + "handover: true\n")


@pytest.fixture
def desk(tmp_path: Path, pack: Path) -> Ledger:
    """A ledger in which the duty was done, and nobody has acknowledged it."""
    made = Ledger(tmp_path, pack)
    made("init")
    done = {"type": "performed", "action": "tell_guardian", "by": "harbour-library", "subject": "kim"}
    made.lines(event("e1", age=10, subject="kim"))
    made.lines({"id": "d", "case": "c1", "at": "2024-03-01T12:00", **done})
    return made


def changes(ledger: Ledger) -> list[str]:
    entries = ledger.json("history", "c1")["entries"]
    return [c["what"] for e in entries for c in e["changes"] if c["rule"] == RULE]  # type: ignore[attr-defined]


def test_what_nobody_acknowledged_is_visible_on_its_own(desk: Ledger) -> None:
    (waiting,) = desk.json("obligations", "--unacknowledged")["obligations"]  # type: ignore[misc]
    assert (waiting["id"], waiting["status"], waiting["handover_open"]) == (DUTY, "active", True)
    shown = desk("obligations").stdout
    assert f"Handed over, not acknowledged\n  → {DUTY}  Head Office" in shown
    assert changes(desk) == ["created", "handed_over"]
    assert "handed over, not acknowledged" in desk("history", "c1").stdout


def test_the_receipt_of_its_recipient_completes_it(desk: Ledger) -> None:
    told = desk.json("receipt", DUTY, "--at", "2024-03-01T13:00")
    assert [c["what"] for c in told["changes"]] == ["discharged"]  # type: ignore[attr-defined]
    assert desk.json("obligations", "--unacknowledged")["obligations"] == []
    assert "not acknowledged\n" not in desk("obligations").stdout


def test_a_retracted_receipt_leaves_it_open_again(desk: Ledger) -> None:
    act = desk.json("receipt", RULE, "--case", "c1", "--by", "Head Office", "--at", "2024-03-01T13:00")
    desk.json("retract", act["id"], "--at", "2024-03-01T14:00")
    assert len(desk.json("obligations", "--unacknowledged")["obligations"]) == 1  # type: ignore[arg-type]
    assert changes(desk) == ["created", "handed_over", "discharged", "handed_over"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([DUTY, "--by", "harbour-library"], "RM771"),
        (["a1.reminder", "--case", "c1"], "RM770"),
        (["a1.guardien", "--case", "c1"], "RM453"),
        ([DUTY, "--by", "nobody"], "RM456"),
    ],
)
def test_a_receipt_that_would_complete_nothing_is_refused(desk: Ledger, words: list[str], code: str) -> None:
    before = desk.json("ledger", "stats")["entries"]
    assert error(desk("receipt", *words, "--json"))[1] == code
    assert desk.json("ledger", "stats")["entries"] == before


def test_a_disputed_duty_is_told_as_disputed_until_the_dispute_is_retracted(ledger: Ledger) -> None:
    ledger.lines(event("e1"))

    def status() -> str:
        (found,) = ledger.json("obligations", "--rule", "a1.reminder")["obligations"]  # type: ignore[misc]
        return str(found["status"])

    act = ledger.json("dispute", "a1.reminder", "--case", "c1", "--reason", "not ours", "--at", "2024-03-01T12:00")
    assert status() == "disputed"
    ledger.json("retract", act["id"], "--at", "2024-03-01T13:00")
    assert status() == "active"
