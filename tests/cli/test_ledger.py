"""The ledger on the command line, as people and programs use it."""

from __future__ import annotations

import json
import signal
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from desk import Ledger, error, event
from made import LIBRARY, edited
from remit.cli.app import assembled

app = assembled()

ROOT = Path(__file__).parents[2]
LATE = LIBRARY / "facts" / "cases" / "late-book.yaml"


# --- init -----------------------------------------------------------------------------------------------


def test_init_makes_a_ledger_and_a_key_and_says_where(tmp_path: Path) -> None:
    made = Ledger(tmp_path)
    shown = made.json("init")
    assert (shown["pack"], shown["key"]) == ("library", f"{made.url}.key")
    assert Path(str(shown["key"])).stat().st_mode & 0o077 == 0
    assert error(made("init", "--json")) == (6, "RM722")


def test_init_leaves_a_key_that_is_there_alone(tmp_path: Path) -> None:
    made = Ledger(tmp_path)
    key = tmp_path / "remit.db.key"
    key.write_text("precious")
    assert error(made("init", "--json")) == (6, "RM715")
    assert key.read_text() == "precious"
    assert not Path(made.url).exists()


def test_the_key_may_lie_elsewhere(tmp_path: Path) -> None:
    made = Ledger(tmp_path)
    (tmp_path / "safe").mkdir()
    key = tmp_path / "safe" / "key"
    assert made("init", "--key", key).exit_code == 0
    assert error(made("ledger", "stats", "--json")) == (6, "RM710")
    assert made("ledger", "stats", "--json", "--key", key).exit_code == 0


# --- submit ----------------------------------------------------------------------------------------------


def test_each_event_is_acknowledged_with_its_position(ledger: Ledger) -> None:
    first, second = event("e1"), event("e2", "c2")
    assert ledger.lines(first, second) == [{"id": "e1", "position": 2}, {"id": "e2", "position": 3}]
    assert ledger.lines(second, event("e3"), event("e3")) == [
        {"id": "e2", "position": 3, "duplicate": True},
        {"id": "e3", "position": 4},
        {"id": "e3", "position": 4, "duplicate": True},
    ]


def test_what_precedes_a_refused_line_stays_and_the_error_is_a_line(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("\n".join(map(json.dumps, [event("e1"), event("e2"), event("e3", days_late="many"), event("e4")])))
    shown = ledger("submit", file, "--json")
    *kept, last = map(json.loads, shown.stdout.splitlines())
    assert ([k["id"] for k in kept], shown.exit_code) == (["e1", "e2"], 3)
    (problem,) = last["errors"]
    assert (problem["code"], problem["file"], problem["line"], problem["event"]) == ("RM405", str(file), 3, "e3")
    assert ledger.json("ledger", "stats")["events"] == 2


def test_other_content_under_an_id_is_refused_and_what_precedes_it_stays(ledger: Ledger) -> None:
    ledger.lines(event("e1"))
    *kept, last = ledger.lines(event("e0"), event("e1", days_late=99), event("e2"))
    assert kept == [{"id": "e0", "position": 3}]
    assert last["errors"][0]["code"] == "RM450"  # type: ignore[index]


def test_a_case_file_is_kept_whole_or_not_at_all(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("case: c\nevents:\n  - {id: e1, type: item_overdue, at: 2024-03-01, days_late: 20}\n  - {id: r, type: retraction, at: 2024-03-01, of: nothing}\n")  # fmt: skip
    assert error(ledger("submit", file, "--json")) == (3, "RM451")
    assert ledger.json("ledger", "stats")["events"] == 0


def test_case_files_number_their_own_events(ledger: Ledger) -> None:
    ledger.lines(event("e1"))
    assert json.loads(ledger("submit", LATE, "--json").stdout) == {"id": "loan-17:e1", "position": 3}
    assert json.loads(ledger("submit", LATE, "--json").stdout) == {"id": "loan-17:e1", "position": 3, "duplicate": True}


CLOUD = {
    "specversion": "1.0", "source": "/desk", "id": "e1", "type": "item_overdue", "time": "2024-03-01T10:00:00+01:00",
    "case": "c1", "data": {"days_late": 20, "place": "harbour"},
}  # fmt: skip


@pytest.mark.parametrize(
    "told",
    [
        json.dumps(event("e1")),
        json.dumps(event("e1")) + "\n\n",
        json.dumps(CLOUD),
        json.dumps(CLOUD, indent=2),
        json.dumps({"case": "c1", "events": [event("e1", None)]}),
        json.dumps({"case": "c1", "events": [event("e1", None)]}, indent=1),
        "case: c1\nevents:\n  - {id: e1, type: item_overdue, at: 2024-03-01T10:00, place: harbour, days_late: 20}\n",
        "\ufeff" + json.dumps(event("e1")),
    ],
)
def test_every_form_of_a_report_is_taken(ledger: Ledger, tmp_path: Path, told: str) -> None:
    assert json.loads(ledger("submit", "-", "--json", told=told).stdout) == {"id": "e1", "position": 2}
    file = tmp_path / "report"
    file.write_text(told, "utf-8")
    assert json.loads(ledger("submit", file, "--json").stdout) == {"id": "e1", "position": 2, "duplicate": True}


@pytest.mark.parametrize(
    ("told", "code"),
    [("{", "RM410"), ("{]", "RM410"), ("- a", "RM410"), ("\n", "RM410"), ("\x00", "RM101"), ("{}", "RM410")],
)
def test_what_is_no_report_is_refused(ledger: Ledger, told: str, code: str) -> None:
    assert error(ledger("submit", "-", "--json", told=told)) == (3, code)


def test_who_has_nothing_to_report_is_not_refused(ledger: Ledger) -> None:
    shown = ledger("submit", "-", "--json", told="")
    assert (shown.exit_code, shown.output) == (0, "")


def test_a_refused_report_is_not_repeated(ledger: Ledger) -> None:
    """A whole line may be personal; the message says only where it stands."""
    shown = ledger("submit", "-", "--json", told='{"id": "e1", "subject": "a name", nonsense}\n')
    assert error(shown) == (3, "RM410")
    assert "a name" not in shown.output


def test_a_slip_of_the_pen_does_not_move_the_clock(ledger: Ledger) -> None:
    far = json.dumps(event("e1", at="2199-01-01T00:00"))
    assert error(ledger("submit", "-", "--json", told=far)) == (3, "RM465")
    assert error(ledger("advance", "--to", "2199-01-01", "--json")) == (3, "RM465")
    assert ledger("submit", "-", "--json", "--future", told=far).exit_code == 0
    assert ledger.json("ledger", "stats")["now"] == "2198-12-31T23:00:00.000000Z"


def test_for_people_it_is_summed_up(ledger: Ledger) -> None:
    shown = ledger("submit", LATE)
    assert "1 event kept, 0 there already, last position 2" in shown.stdout
    assert "created" in shown.stdout


def test_an_acknowledged_event_survives_a_kill(ledger: Ledger) -> None:
    """Each line is answered at once, after its commit: then SIGKILL loses nothing."""
    running = ledger.process("submit", "-")
    assert running.stdin
    assert running.stdout
    for number in range(1, 4):
        running.stdin.write(json.dumps(event(f"e{number}")).encode() + b"\n")
        running.stdin.flush()
        assert json.loads(running.stdout.readline()) == {"id": f"e{number}", "position": number + 1}
    running.send_signal(signal.SIGKILL)
    running.communicate()
    assert ledger.json("ledger", "stats")["events"] == 3
    assert ledger.json("ledger", "verify")["ok"] is True


# --- time and duties ---------------------------------------------------------------------------------------


def test_obligations_are_told_as_run_tells_them(ledger: Ledger) -> None:
    ledger("submit", LATE)
    ledger("advance", "--to", "2024-06-20")
    words = ["run", str(LIBRARY), "--case", str(LATE), "--now", "2024-06-20", "--json"]
    assert ledger.json("obligations") == json.loads(CliRunner().invoke(app, words).stdout)
    assert ledger.json("obligations", "--as-of", "2024-06-20") == ledger.json("obligations")
    everything = json.loads(CliRunner().invoke(app, [*words, "--all"]).stdout)
    assert ledger.json("obligations", "--all") == everything
    assert len(everything["obligations"]) > len(ledger.json("obligations")["obligations"])  # type: ignore[arg-type]


def test_what_follows_from_a_missed_agenda_duty_belongs_to_the_agenda(tmp_path: Path) -> None:
    """The whole pack of the repository: duties that nobody's report raised, and their consequences."""
    from remit import Engine, Pack

    pack = Pack.load(ROOT)
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        engine.submit_all(pack.read_events(ROOT / "facts" / "cases" / "newborn-found.yaml"))
        engine.advance(datetime.fromisoformat("2024-12-20T00:00+08:00"))
        owed = engine.answer(agenda=False).obligations
        assert {o.case for o in owed} == {"细河弃婴-2024-001"}
        bare = [o for o in engine.answer().obligations if o.case is None and o.nature == "consequent"]
        assert bare
        assert [o.id for o in engine.durable.explained(bare[:2])] == [o.id for o in bare[:2]]


def test_obligations_of_a_desk_a_case_a_rule_a_status(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    ledger("advance", "--to", "2024-03-20")

    def found(*words: object) -> set[tuple[str, str, str]]:
        return {(o["case"], o["rule"], o["status"]) for o in ledger.json("obligations", *words)["obligations"]}  # type: ignore[union-attr]

    assert {case for case, _, _ in found()} == {"c1", "c2"}
    assert {case for case, _, _ in found("--case", "c1")} == {"c1"}
    assert {rule for _, rule, _ in found("--rule", "a1.reminder")} == {"a1.reminder"}
    assert {status for _, _, status in found("--status", "overdue")} == {"overdue"}
    assert found("--unit", "Hill Library") == set()
    assert {case for case, _, _ in found("--all")} == {"c1", "c2", None}
    assert error(ledger("obligations", "--rule", "a1.remindr", "--json")) == (4, "RM454")
    assert error(ledger("obligations", "--unit", "nobody", "--json")) == (4, "RM456")
    assert ledger("obligations", "--status", "nope").exit_code == 2
    assert "send a reminder" in ledger("obligations", "--case", "c1").stdout


def test_what_was_owed_then_as_known_then(ledger: Ledger) -> None:
    sent = {"id": "e2", "case": "c1", "type": "reminder_sent", "at": "2024-03-02T10:00", "known_at": "2024-04-01T10:00", "by": "harbour-library"}  # fmt: skip
    ledger.lines(event("e1"), sent)

    def status(*words: str) -> str:
        found = ledger.json("obligations", "--as-of", "2024-03-20", "--rule", "a1.reminder", *words)["obligations"]
        return str(found[0]["status"])  # type: ignore[index]

    assert status() == "overdue"
    assert status("--known-at", "2024-04-02") == "done"
    assert ledger.json("obligations", "--as-of", "2024-03-20", "--recorded-by", "2024-03-20")["obligations"] == []


def test_advance_tells_each_change(ledger: Ledger) -> None:
    ledger.lines(event("e1"))
    done = ledger.json("advance", "--to", "2024-03-20")
    assert (done["now"], done["position"]) == ("2024-03-20T00:00:00+01:00", 3)
    assert {"overdue"} <= {change["what"] for change in done["changes"]}  # type: ignore[union-attr]
    assert error(ledger("advance", "--to", "2024-03-01", "--json")) == (3, "RM452")
    assert "Nothing changed" in ledger("advance", "--to", "2024-03-20").stdout


# --- acts -------------------------------------------------------------------------------------------------


def status_of(ledger: Ledger, rule: str) -> str:
    (found,) = ledger.json("obligations", "--case", "c1", "--rule", rule)["obligations"]  # type: ignore[misc]
    return str(found["status"])


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["retract", "e1", "--reason", "never happened"], "withdrawn"),
        (["amend", "e1", "--set", "days_late=3"], "withdrawn"),
        (["amend", "e1", "--set", "age=11", "--set", "at=2024-03-02"], "active"),
        (["waive", "a1.reminder", "--case", "c1", "--authority", "the board"], "waived"),
        (["waive", "bylaws-2024/a1.reminder/harbour-library/c1", "--authority", "the board", "--by", "Head Office"], "waived"),
        (["suspend", "a1.reminder", "--case", "c1"], "suspended"),
    ],
)  # fmt: skip
def test_an_act_is_an_event_with_an_id_of_its_content(ledger: Ledger, words: list[str], status: str) -> None:
    ledger.lines(event("e1"))
    done = ledger.json(*words, "--at", "2024-03-02T12:00")
    assert str(done["id"]).startswith("act-")
    assert (done["position"], status_of(ledger, "a1.reminder")) == (3, status)
    again = ledger.json(*words, "--at", "2024-03-02T12:00")
    assert again == {"id": done["id"], "position": 3, "duplicate": True, "changes": []}


TRANSFER = ["transfer", "a1.reminder", "--to", "Hill Library", "--authority", "the board"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["merge", "c1", "--of", "c2"], ["active c1", "transferred c2"]),
        (["split", "c1", "--events", "e3", "--into", "c3"], ["active c1", "active c2", "active c3"]),
        ([*TRANSFER, "--case", "c1"], ["active c1", "active c2", "transferred c1"]),
    ],
)
def test_cases_and_duties_move_by_recorded_acts(ledger: Ledger, words: list[str], expected: list[str]) -> None:
    ledger.lines(event("e1"), event("e2", "c2"), event("e3"))

    def owed() -> dict[str, str]:
        found = ledger.json("obligations", "--rule", "a1.reminder")["obligations"]
        return {o["id"]: f"{o['status']} {o['case']}" for o in found}  # type: ignore[attr-defined]

    before = owed()
    act = ledger.json(*words, "--at", "2024-03-02T12:00")
    assert sorted(owed().values()) == expected
    assert ledger.json(*words, "--at", "2024-03-02T12:00")["duplicate"] is True
    ledger.json("retract", act["id"], "--at", "2024-03-02T13:00")
    assert {name: status for name, status in owed().items() if name in before} == before


def test_above_the_duties_of_a_case_stand_the_reports_that_moves_brought_there(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"), event("e3", by="Hill Library"))
    ledger.json("split", "c1", "--events", "e3", "--into", "c3", "--at", "2024-03-02")
    ledger.json("merge", "c3", "--of", "c2", "--at", "2024-03-03")
    shown = ledger("obligations", "--case", "c3").stdout
    assert [line.split()[0] for line in shown.splitlines() if line.startswith("  e")] == ["e2", "e3"]


def test_resumed_it_is_active_again(ledger: Ledger) -> None:
    ledger.lines(event("e1"))
    ledger("suspend", "a1.reminder", "--case", "c1", "--at", "2024-03-02T12:00")
    ledger("resume", "a1.reminder", "--case", "c1", "--at", "2024-03-03T12:00")
    assert status_of(ledger, "a1.reminder") == "active"


def test_amended_from_a_file(ledger: Ledger, tmp_path: Path) -> None:
    ledger.lines(event("e1"))
    file = tmp_path / "right.json"
    file.write_text(json.dumps(event("e1", days_late=2)))
    assert ledger("amend", "e1", "--file", file, "--at", "2024-03-02").exit_code == 0
    assert status_of(ledger, "a1.reminder") == "withdrawn"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["retract", "nothing"], (3, "RM451")),
        (["amend", "nothing", "--set", "days_late=1"], (3, "RM451")),
        (["amend", "e1", "--set", "days_lat=1"], (3, "RM403")),
        (["amend", "e1", "--set", "days_late=many"], (3, "RM405")),
        (["waive", "a1.reminder", "--case", "c1"], (3, "RM404")),
        (["waive", "a1.remindr", "--case", "c1", "--authority", "x"], (4, "RM453")),
        (["suspend", "a1.reminder", "--case", "c1", "--at", "2190-01-01"], (3, "RM465")),
        (["suspend", "a1.reminder", "--case", "c1", "--by", "nobody"], (4, "RM456")),
        (["history", "c9"], (4, "RM455")),
        (["ledger", "erase", "--case", "c9", "--authority", "x", "--yes"], (4, "RM455")),
        (["ledger", "check-proof", "nowhere.json"], (3, "RM716")),
        (["ledger", "restore", "nowhere.db"], (3, "RM733")),
        (["ledger", "import", "nowhere.jsonl"], (3, "RM721")),
        (["ledger", "outbox", "--consumer", "m", "--acknowledge", "99"], (3, "RM730")),
        (["submit", "nowhere.yaml"], (3, "RM402")),
        (["merge", "c9", "--of", "c1"], (4, "RM455")),
        (["merge", "c1", "--of", "c9"], (4, "RM455")),
        (["split", "c1", "--events", "e9", "--into", "c2"], (3, "RM451")),
        (["split", "c9", "--events", "e1", "--into", "c2"], (4, "RM455")),
        (["transfer", "a1.reminder", "--case", "c1", "--to", "nobody", "--authority", "x"], (4, "RM456")),
        (["transfer", "a1.reminder", "--case", "c1", "--to", "hill-library"], (3, "RM404")),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(ledger: Ledger, words: list[str], expected: tuple[int, str]) -> None:
    ledger.lines(event("e1"))
    assert error(ledger(*words, "--json")) == expected


@pytest.mark.parametrize(
    "words",
    [
        ["amend", "e1"], ["amend", "e1", "--set", "days_late"], ["ledger", "erase", "--case", "c1"],
        ["ledger", "erase", "--case", "c1", "--authority", "x", "--json"], ["ledger", "outbox", "--acknowledge", "1"],
        ["ledger", "check-proof", "x", "--public-key", "zz"], ["submit"], ["ledger", "stats", "--nope"],
    ],
)  # fmt: skip
def test_a_wrong_call_is_a_usage_error(ledger: Ledger, words: list[str]) -> None:
    ledger.lines(event("e1"))
    (ledger.folder / "x").write_text("{}")
    assert ledger(*words).exit_code in {2, 3}


# --- history and erasure --------------------------------------------------------------------------------------


def test_the_history_of_a_case(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    ledger("advance", "--to", "2024-03-20")
    ledger("retract", "e1", "--at", "2024-03-21")
    entries = ledger.json("history", "c1")["entries"]
    assert [(e["position"], e["kind"], e["type"]) for e in entries] == [  # type: ignore[union-attr]
        (2, "event", "item_overdue"), (4, "tick", None), (5, "event", "retraction"),
    ]  # fmt: skip
    assert [sorted({c["what"] for c in e["changes"]}) for e in entries][1:] == [["overdue"], ["withdrawn"]]  # type: ignore[union-attr]
    assert "the clock was advanced" in ledger("history", "c1").stdout


@pytest.mark.parametrize("case", ["c1", "c2", "c3"])
def test_the_history_of_a_case_goes_through_mergers_and_splits(ledger: Ledger, case: str) -> None:
    ledger.lines(event("e1"), event("e2", "c2"), event("e3"))
    ledger.json("merge", "c1", "--of", "c2", "--at", "2024-03-02")
    ledger.json("split", "c1", "--events", "e3", "--into", "c3", "--at", "2024-03-03")
    told = ledger.json("history", case)["entries"]
    assert [(e["type"], e["case"]) for e in told] == [  # type: ignore[attr-defined]
        ("item_overdue", "c1"), ("item_overdue", "c2"), ("item_overdue", "c1"), ("case_merger", "c1"), ("case_split", "c1"),
    ]  # fmt: skip
    assert "[c2]" in ledger("history", "c1").stdout


def test_an_erased_case_is_shown_as_erased_and_asks_first(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    words = ("ledger", "erase", "--case", "c1", "--authority", "an order")
    refused = ledger(*words, told="n\n")
    assert refused.exit_code == 1
    assert "What stays" in refused.stderr
    assert ledger.json("ledger", "stats")["erased"] == 0
    assert ledger(*words, told="y\n").exit_code == 0
    first, last = ledger.json("history", "c1")["entries"]  # type: ignore[misc]
    assert (first["erased"], first["content"], last["kind"], last["content"]["authority"]) == (True, None, "erasure", "an order")  # fmt: skip
    assert "(erased)" in ledger("history", "c1").stdout
    assert ledger.json("ledger", "verify")["ok"] is True
    assert error(ledger("submit", "-", "--json", told=json.dumps(event("e9")))) == (3, "RM727")
    assert error(ledger("ledger", "erase", "--case", "c1", "--authority", "x", "--yes", "--json")) == (4, "RM455")


# --- verify and files -----------------------------------------------------------------------------------------


def test_an_altered_entry_is_named(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    assert ledger.json("ledger", "verify")["ok"] is True
    with sqlite3.connect(ledger.url) as raw:
        raw.execute("UPDATE entries SET type = 'item_lost' WHERE id = 'e2'")
    shown = ledger("ledger", "verify", "--json")
    (finding,) = json.loads(shown.stdout)["findings"]
    assert (shown.exit_code, finding["position"], finding["id"], finding["case"], finding["parts"]) == (1, 3, "e2", "c2", ["type"])  # fmt: skip
    assert "entry 3 (e2, c2): the type was changed" in ledger("ledger", "verify").stdout
    for words in (("prove", "e2"), ("export",)):
        assert "RM723" in ledger("ledger", *words).output


def test_what_came_since_is_signed_when_asked(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    assert ledger.json("ledger", "stats")["unsigned"] == 3
    shown = ledger("ledger", "checkpoint").stdout
    assert "signed up to entry 3" in shown
    assert "none was signed; the 3 entries are signed now" in shown
    assert ledger.json("ledger", "stats")["unsigned"] == 0
    ledger.lines(event("e3"))
    told = ledger.json("ledger", "checkpoint")
    assert (told["since"], told["entries"], told["unsigned"]) == (3, 1, 1)
    assert told["checkpoint"]["position"] == 4  # type: ignore[index]
    with sqlite3.connect(ledger.url) as raw:
        raw.execute("UPDATE entries SET sealed = x'78' WHERE position = 4")
    assert ledger("ledger", "verify").exit_code == 1


def test_an_altered_end_is_not_signed(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    with sqlite3.connect(ledger.url) as raw:
        raw.execute("UPDATE entries SET sealed = x'78' WHERE position = 3")
    assert ledger("ledger", "checkpoint").exit_code == 1
    assert ledger.json("ledger", "stats")["checkpoint"] is None


def test_stats_count(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"), event("e3", None))
    ledger("advance", "--to", "2024-03-20")
    found = ledger.json("ledger", "stats")
    assert (found["events"], found["cases"], found["entries"], found["pack"]) == (3, 2, 5, "library")
    assert (found["checkpoint"]["position"], found["now"]) == (5, "2024-03-19T23:00:00.000000Z")  # type: ignore[index]
    assert int(str(found["obligations"])) >= int(str(found["open"])) > 0
    assert int(str(found["size_bytes"])) > 0
    assert found.keys() >= {"outbox", "erased", "schema"}


def test_there_and_back_in_files(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    ledger("advance", "--to", "2024-03-20")
    owed, folder = ledger.json("obligations"), ledger.folder
    assert ledger.json("ledger", "backup", folder / "b.db") == {"file": str(folder / "b.db"), "form": "sqlite", "position": 4}  # fmt: skip
    assert ledger("ledger", "export", "--out", folder / "x.jsonl").exit_code == 0
    assert ledger("ledger", "export").stdout == (folder / "x.jsonl").read_text("utf-8")
    assert error_of(ledger("ledger", "export", "--out", folder / "x.jsonl")) == (6, "RM724")
    ledger.lines(event("e3", "c3"))
    assert error(ledger("ledger", "restore", folder / "b.db", "--json")) == (6, "RM722")
    assert ledger("ledger", "restore", folder / "b.db", "--force").exit_code == 0
    assert ledger.json("obligations") == owed

    (folder / "other").mkdir()
    other = Ledger(folder / "other")
    assert other("ledger", "import", folder / "x.jsonl").exit_code == 0
    assert other.json("obligations") == owed
    assert other.json("ledger", "verify")["ok"] is True
    assert other.json("ledger", "rebuild")["same"] is True
    assert error(other("ledger", "import", folder / "x.jsonl", "--json")) == (6, "RM722")


def error_of(shown: Result) -> tuple[int, str]:
    return shown.exit_code, shown.stderr.split(": ")[1].split(" ")[0]


def test_a_broken_export_makes_no_ledger(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    lines = ledger("ledger", "export").stdout.splitlines()
    broken = ledger.folder / "x.jsonl"
    broken.write_text("\n".join(lines[:2] + lines[3:]))
    (ledger.folder / "other").mkdir()
    other = Ledger(ledger.folder / "other")
    shown = other("ledger", "import", broken, "--json")
    assert (error(shown), json.loads(shown.stdout)["errors"][0]["line"]) == ((3, "RM721"), 3)
    assert list(other.folder.iterdir()) == []


def test_an_import_that_was_interrupted_is_begun_again(ledger: Ledger) -> None:
    """Killed while it took in, it leaves a ledger with nothing in it; killed while it made one, a file without tables."""
    ledger.lines(event("e1"), event("e2", "c2"))
    file = ledger.folder / "export.jsonl"
    ledger("ledger", "export", "--out", file)
    for name, rest in (("made", None), ("begun", "drop")):
        other = Ledger(ledger.folder / name)
        other.folder.mkdir()
        other.json("init")
        if rest:
            with sqlite3.connect(other.url) as raw:
                raw.execute("PRAGMA foreign_keys=OFF")
                for (table,) in raw.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                ).fetchall():
                    raw.execute(f"DROP TABLE {table}")
        assert other.json("ledger", "import", file)["entries"] == 3
        assert error(other("ledger", "import", file, "--json")) == (6, "RM722")
        assert other.json("obligations")["obligations"] == ledger.json("obligations")["obligations"]


def test_an_event_is_proved_without_the_ledger(ledger: Ledger) -> None:
    ledger.lines(event("e1"), event("e2", "c2"))
    file = ledger.folder / "p.json"
    assert ledger("ledger", "prove", "e1", "--out", file).exit_code == 0
    key = ledger.json("ledger", "stats")["public_key"]
    shown = CliRunner().invoke(app, ["ledger", "check-proof", str(file), "--public-key", str(key), "--json"])
    told = json.loads(shown.stdout)
    assert (told["ok"], told["id"], told["position"], told["key_known"]) == (True, "e1", 2, True)
    file.write_text(file.read_text("utf-8").replace('"days_late": 20', '"days_late": 21'), "utf-8")
    assert error(ledger("ledger", "check-proof", file, "--json")) == (3, "RM717")


def test_a_consumer_reads_on_from_what_it_acknowledged(ledger: Ledger) -> None:
    ledger.lines(event("e1"))
    first = ledger.json("ledger", "outbox", "--consumer", "mail", "--limit", "2")
    assert [m["number"] for m in first["messages"]] == [1, 2]  # type: ignore[union-attr]
    ledger.json("ledger", "outbox", "--consumer", "mail", "--acknowledge", "2")
    second = ledger.json("ledger", "outbox", "--consumer", "mail", "--limit", "1")
    assert [m["number"] for m in second["messages"]] == [3]  # type: ignore[union-attr]
    assert "dealt with up to number 2" in ledger("ledger", "outbox", "--consumer", "mail", "--acknowledge", "2").stdout


# --- ledgers that cannot be used --------------------------------------------------------------------------------


def gone(ledger: Ledger) -> None:
    Path(ledger.url).unlink()


def garbage(ledger: Ledger) -> None:
    Path(ledger.url).write_bytes(b"hello" * 1000)
    for suffix in ("-wal", "-shm"):
        Path(ledger.url + suffix).unlink(missing_ok=True)


def other_key(ledger: Ledger) -> None:
    from remit.ledger.vault import MasterKey

    Path(ledger.url + ".key").unlink()
    MasterKey.create().write(ledger.url + ".key")


def no_key(ledger: Ledger) -> None:
    Path(ledger.url + ".key").unlink()


def newer(ledger: Ledger) -> None:
    with sqlite3.connect(ledger.url) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("harm", "code"),
    [(gone, "RM705"), (garbage, "RM701"), (other_key, "RM713"), (no_key, "RM710"), (newer, "RM707")],
)
@pytest.mark.parametrize("words", [["ledger", "stats"], ["submit", str(LATE)], ["obligations"]], ids=" ".join)
def test_a_ledger_that_cannot_be_used_is_exit_6(ledger: Ledger, harm: Callable[[Ledger], None], code: str, words: list[str]) -> None:  # fmt: skip
    ledger.lines(event("e1"))
    harm(ledger)
    assert error(ledger(*words, "--json")) == (6, code)


def test_the_ledger_of_another_pack(ledger: Ledger) -> None:
    assert error(ledger("submit", LATE, "--json", pack=ROOT)) == (6, "RM706")


def test_no_ledger_named_and_a_bad_address(tmp_path: Path) -> None:
    assert CliRunner().invoke(app, ["ledger", "stats"], env={"REMIT_LEDGER": ""}).exit_code == 2
    shown = CliRunner().invoke(app, ["ledger", "stats", "--ledger", "mysql://x/y", "--json"])
    assert error(shown) == (6, "RM726")


def test_a_key_others_can_read_is_told_in_one_line(ledger: Ledger) -> None:
    Path(ledger.url + ".key").chmod(0o644)
    shown = ledger("ledger", "stats", "--json")
    assert (shown.exit_code, shown.stderr.count("RM712")) == (0, 1)


def test_another_version_of_the_pack_is_taken_up_and_told(ledger: Ledger, tmp_path: Path) -> None:
    ledger.lines(event("e1"))
    root = edited(tmp_path, "policies/bylaws-2024/bylaws.md", "# ", "# ")
    readings = root / "facts" / "readings.yaml"
    readings.write_text(readings.read_text("utf-8") + "\n# looked at again\n", "utf-8")
    shown = ledger("submit", LATE, "--json", pack=root)
    assert json.loads(shown.stdout)["position"] == 4


def test_as_recorded_by_a_day_it_is_told_in_the_words_of_the_pack_of_that_day(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import remit.engine

    monkeypatch.setattr(remit.engine, "wall_clock", lambda _zone: datetime(2099, 1, 1, tzinfo=UTC))
    ledger.lines(event("e1"))
    monkeypatch.setattr(remit.engine, "wall_clock", lambda _zone: datetime(2099, 3, 1, tzinfo=UTC))
    renamed = edited(tmp_path, "policies/bylaws-2024/bylaws.md", "id: a1.reminder", "id: a1.notice")
    assert ledger("advance", "--to", "2024-03-20", pack=renamed).exit_code == 0
    words = ("obligations", "--rule", "a1.reminder", "--as-of", "2024-03-02", "--json")
    assert error(ledger(*words, pack=renamed)) == (4, "RM454")
    shown = ledger(*words, "--recorded-by", "2099-02-01", pack=renamed)
    assert [o["status"] for o in json.loads(shown.stdout)["obligations"]] == ["active"]
