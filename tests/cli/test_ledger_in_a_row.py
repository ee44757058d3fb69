"""`remit submit` of files: one batch is worked out while the one before it is being committed, and nothing of that shows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from desk import Ledger, event
from remit.cli import ledger_events
from remit.ledger.store import Store


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path)
    assert made("init").exit_code == 0
    return made


def in_lines(file: Path, events: Iterable[dict[str, object]]) -> Path:
    file.write_text("\n".join(map(json.dumps, events)), "utf-8")
    return file


def test_files_follow_each_other_and_each_line_is_told_in_order(ledger: Ledger, tmp_path: Path) -> None:
    """Of two case files that number alike, the second is kept apart from the first though that is only being kept."""
    case = "case: {}\nevents:\n  - {{id: e1, type: item_overdue, at: 2024-03-01, place: harbour, days_late: 20}}\n"
    files = []
    for name in ("c1", "c2", "c3"):
        files.append(tmp_path / f"{name}.yaml")
        files[-1].write_text(case.format(name), "utf-8")
    files.append(in_lines(tmp_path / "more.jsonl", [event(f"m{n}", f"m{n % 30}") for n in range(250)]))
    found = [json.loads(line) for line in ledger("submit", *files, "--json").stdout.splitlines()]
    expected = ["e1", "c2:e1", "c3:e1", *(f"m{n}" for n in range(250))]
    assert found == [{"id": name, "position": number} for number, name in enumerate(expected, start=2)]


@pytest.mark.parametrize("wrong", [{"days_late": "many"}, {"id": "e7", "days_late": 99}], ids=["unread", "refused"])
def test_what_precedes_a_refused_line_stays_however_many_batches_are_under_way(
    ledger: Ledger, tmp_path: Path, wrong: dict[str, object]
) -> None:
    told = [event(f"e{n}", f"c{n}") for n in range(450)]
    told[230] |= wrong
    shown = ledger("submit", in_lines(tmp_path / "events.jsonl", told), "--json")
    *kept, last = map(json.loads, shown.stdout.splitlines())
    assert [line["id"] for line in kept] == [f"e{n}" for n in range(230)]
    assert last["errors"][0]["code"] in {"RM405", "RM450"}
    assert ledger.json("ledger", "stats")["events"] == 230


def test_each_line_is_told_once_it_is_committed(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files are worked out ahead; what comes through a pipe is not."""
    told, ahead = list[str](), list[bool]()
    work_ahead, print_line = Store._work_ahead, ledger_events.print_line

    def worked_ahead(store: Store, *given: Any) -> None:
        work_ahead(store, *given)
        ahead.append(store._ahead is not None)

    def printed(line: dict[str, object]) -> None:
        with sqlite3.connect(ledger.url) as outside:
            kept = {row[0] for row in outside.execute("SELECT id FROM entries")}
        assert line["id"] in kept
        told.append(str(line["id"]))
        print_line(line)

    monkeypatch.setattr(Store, "_work_ahead", worked_ahead)
    monkeypatch.setattr(ledger_events, "print_line", printed)
    events = [event(f"e{n}", f"c{n}") for n in range(350)]
    assert ledger("submit", in_lines(tmp_path / "events.jsonl", events), "--json").exit_code == 0
    assert told == [f"e{n}" for n in range(350)]
    assert ahead
    assert all(ahead)
    ahead.clear()
    ledger("submit", "-", "--json", told="\n".join(json.dumps(event(f"f{n}", f"d{n}")) for n in range(250)))
    assert not ahead
