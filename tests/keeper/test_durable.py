"""The keeper with a ledger: its projection is the pure function, whatever happens beside it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

import remit.keeper.durable
from made import LIBRARY, pack_with
from remit import Engine, Pack
from remit.errors import LedgerError, PackError
from remit.keeper.durable import DurableKeeper
from remit.ledger.statistics import statistics
from remit.ledger.vault import MasterKey
from remit.ledger.writing import Writing
from remit.matching.history import History
from remit.matching.matcher import Incident
from remit.matching.reference import Reference
from remit.model.obligation import Obligation
from remit.program.program import Program
from remit.semantics.law import Law
from torture.oracle import examine

OVERDUE = {
    "id": "e1",
    "case": "c",
    "type": "item_overdue",
    "at": "2024-03-01T10:00",
    "place": "harbour",
    "days_late": 20,
}


def at(written: str) -> datetime:
    return datetime.fromisoformat(written + "+01:00")


def seen(found: tuple[Obligation, ...]) -> list[tuple[object, ...]]:
    return sorted((o.id, o.status, o.deadline.opens, o.deadline.due, o.deadline.latest, o.triggered_by) for o in found)


def test_it_says_what_an_engine_in_memory_says(tmp_path: Path) -> None:
    pack = Pack.load(LIBRARY)
    memory, kept = Engine(pack), Engine(pack, ledger=str(tmp_path / "r.db"))
    acts = [
        OVERDUE,
        {"id": "e2", "case": "c", "type": "reminder_sent", "at": "2024-03-02T10:00", "by": "harbour-library"},
        {"id": "e3", "case": "d", "type": "item_overdue", "at": "2024-03-05T10:00", "place": "hill", "days_late": 20},
        {"id": "e4", "case": "d", "type": "retraction", "at": "2024-03-06T10:00", "of": "e3"},
    ]
    for act in acts:
        told, written = memory.submit(act), kept.submit(act)
        assert [o.id for o in told.created if o.case] == [o.id for o in written.created if o.case]
    for engine in (memory, kept):
        engine.advance(at("2024-07-01T00:00"))
    assert seen(kept.answer().obligations) == seen(memory.answer().obligations)
    kept.close()


def test_what_was_kept_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    pack = Pack.load(LIBRARY)
    with Engine(pack, ledger=str(tmp_path / "r.db")) as first:
        first.submit(OVERDUE)
        before = seen(first.answer().obligations)
    with Engine(pack, ledger=str(tmp_path / "r.db")) as again:
        assert seen(again.answer().obligations) == before
        assert again.submit(OVERDUE).duplicate
        assert [o.rule for o in again.obligations(unit="harbour-library", case="c", status="active")] == ["a1.reminder"]
        assert "send a reminder" in str(again.why(again.obligations(rule="a1.reminder")[0].id))


def test_a_closed_engine_is_not_opened_again_in_silence(tmp_path: Path) -> None:
    pack = Pack.load(LIBRARY)
    engine = Engine(pack, ledger=str(tmp_path / "r.db"))
    engine.submit(OVERDUE)
    engine.close()
    engine.close()
    for use in (
        lambda: engine.submit(OVERDUE | {"id": "e2"}),
        engine.obligations,
        lambda: engine.now,
        engine.answer,
    ):
        with pytest.raises(LedgerError, match="RM773"):
            use()
    with Engine(pack, ledger=str(tmp_path / "r.db")) as again:
        assert [event.id for event in again.events] == ["e1"]


def test_a_file_of_any_name_is_a_ledger_and_its_url_leads_back_to_it(tmp_path: Path) -> None:
    path = tmp_path / "台账 50% #1?mode=ro.db"
    with Engine(Pack.load(LIBRARY), ledger=str(path)) as engine:
        engine.submit(OVERDUE)
        shown = engine.durable.store.database.shown
    assert path.is_file()
    with Engine(Pack.load(LIBRARY), ledger=shown) as again:
        assert again.submit(OVERDUE).duplicate


def test_the_projection_dropped_and_made_again_is_the_same_bytes(tmp_path: Path) -> None:
    with Engine(Pack.load(LIBRARY), ledger=str(tmp_path / "r.db")) as engine:
        engine.submit(OVERDUE)
        engine.advance(at("2024-03-20T00:00"))
        assert engine._keeper.rebuild()


@pytest.mark.parametrize("altered", [b"[]", b"no JSON", b"\xff\xfe"], ids=["short", "malformed", "no text"])
@pytest.mark.parametrize("case", ["c", None])
def test_where_what_is_owed_cannot_be_read_any_more_it_is_worked_out_again(
    tmp_path: Path, case: str | None, altered: bytes
) -> None:
    """Whether it is sealed, as what a case owes, or not."""
    at_rest = tmp_path / "r.db"
    with Engine(Pack.load(LIBRARY), ledger=str(at_rest)) as engine:
        engine.submit(OVERDUE)
        engine.advance(at("2024-03-20T00:00"))
        before, announced = seen(engine.answer().obligations), len(engine.durable.store.outbox())
    with closing(sqlite3.connect(at_rest)) as raw, raw:
        where = "person IS NULL" if case is None else "person IS NOT NULL"
        assert raw.execute(f"UPDATE obligations SET body = ? WHERE {where}", (altered,)).rowcount
    with Engine(Pack.load(LIBRARY), ledger=str(at_rest)) as engine:
        with pytest.raises(LedgerError) as refused:
            engine.answer()
        assert refused.value.code == "RM701"
        assert "remit ledger rebuild" in (refused.value.hint or "")
        assert not engine.durable.rebuild()
        assert seen(engine.answer().obligations) == before
        assert len(engine.durable.store.outbox()) > announced
        assert engine.durable.rebuild(), "the same bytes, once it is sound"


@pytest.mark.parametrize("case", ["c", "a/b", "50%", "after", "-", "agenda", "case:c"])
def test_a_duty_is_found_by_its_id_whatever_its_case_is_called(tmp_path: Path, case: str) -> None:
    """Also what follows from another duty, and what no case sets off."""
    with Engine(Pack.load(LIBRARY), ledger=str(tmp_path / "r.db")) as engine:
        engine.submit({**OVERDUE, "case": case})
        engine.submit({**OVERDUE, "id": "e2", "case": None})
        engine.advance(at("2024-07-01T00:00"))
        listed = engine.answer().obligations
        assert {o.case for o in listed} >= {case, None}
        assert [engine.durable.full(o.id).id for o in listed] == [o.id for o in listed]


def test_what_was_reported_of_an_erased_person_counts_as_never_reported(tmp_path: Path) -> None:
    with Engine(Pack.load(LIBRARY), ledger=str(tmp_path / "r.db")) as engine:
        engine.submit_all([{**OVERDUE, "subject": "Ada"}, {**OVERDUE, "id": "e2", "case": "d"}])
        assert engine._keeper.erase("c", "Ada", "order 9") == 1
        assert {o.case for o in engine.obligations() if o.case} == {"d"}
        assert [event.id for event in engine.events] == ["e2"]
        with pytest.raises(LedgerError, match="RM727"):
            engine.submit({**OVERDUE, "id": "e3", "subject": "Ada"})
        assert engine._keeper.rebuild()
    assert b"Ada" not in (tmp_path / "r.db").read_bytes()


def test_a_calendar_published_later_sets_the_deadlines_that_waited_for_it(tmp_path: Path) -> None:
    root = tmp_path / "made"
    rule = "id: d\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\nby: {working_days: 3}\n"
    pack = pack_with(tmp_path, rule)
    late = {**OVERDUE, "at": "2031-03-03T10:00"}
    with Engine(pack, ledger=str(tmp_path / "r.db")) as engine:
        (waiting,) = engine.submit(late).created
        assert (waiting.deadline.due, waiting.deadline.awaits) == (None, 2031)
    (root / "facts" / "calendars" / "2031.yaml").write_text(
        "year: 2031\ndocument: notice 2031\npublished_on: 2030-11-01\nholidays: {}\nworkdays: []\n", "utf-8"
    )
    with Engine(Pack.load(root), ledger=str(tmp_path / "r.db")) as engine:
        engine.advance(at("2031-03-04T00:00"))
        told = [m.what for m in engine._keeper.store.outbox() if m.rule == "d"]
        assert told == ["created", "rescheduled"]
        (set_now,) = engine.obligations(rule="d")
        assert (set_now.status, set_now.deadline.due is not None) == ("active", True)
        assert set_now.deadline.calendars == ("notice 2031",)
        assert "notice 2031" in str(engine.why(set_now.id))


def test_a_new_policy_takes_over_on_its_day_and_each_event_is_judged_by_the_one_of_its_time(tmp_path: Path) -> None:
    rules = (
        "id: stock\nmust: count_stock\nbearer: {unit: harbour-library}\nevery: year\n```\n\n```rule\n"
        "id: d\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\nby: {days: 3}\n"
    )
    pack = pack_with(tmp_path, rules)
    url, old = str(tmp_path / "r.db"), pack.root / "policies" / "bylaws-2024"
    with Engine(pack, ledger=url) as engine:
        engine.submit(OVERDUE)
    new = old.with_name("bylaws-2025")
    shutil.copytree(old, new)
    said = (old / "policy.yaml").read_text("utf-8")
    taking_over = said.replace("bylaws-2024", "bylaws-2025").replace(
        "effective_on: 2024-02-01", "effective_on: 2024-04-01"
    )
    (new / "policy.yaml").write_text(taking_over, "utf-8")
    with pytest.raises(PackError, match="RM209"):
        Pack.load(pack.root)
    (old / "policy.yaml").write_text(said + "\nrepealed_on: 2024-04-01\n", "utf-8")
    with Engine(Pack.load(pack.root), ledger=url) as engine:
        engine.advance(at("2024-03-30T00:00"))
        moved = {c.obligation.policy: c.what for c in engine.advance(at("2024-04-01T00:00")).changes}
        assert moved == {"bylaws-2024": "superseded", "bylaws-2025": "created"}
        engine.submit_all([
            {**OVERDUE, "id": "e2", "case": "late", "at": "2024-03-31T10:00", "known_at": "2024-04-02T10:00"},
            {**OVERDUE, "id": "e3", "case": "new", "at": "2024-04-02T10:00"},
        ])  # fmt: skip
        assert {o.case: o.policy for o in engine.obligations(rule="d")} == {
            "c": "bylaws-2024", "late": "bylaws-2024", "new": "bylaws-2025",
        }  # fmt: skip
        assert engine.durable.rebuild()


def test_a_reorganisation_by_date_carries_open_duties_over(tmp_path: Path) -> None:
    moves = "reorganisations:\n  - {on: 2024-04-01, merge: [harbour-library], into: hill-library, authority: order 9}"
    rule = "id: d\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\nby: {hours: 24}\n"
    with Engine(pack_with(tmp_path, rule, units=moves), ledger=str(tmp_path / "r.db")) as engine:
        engine.submit(OVERDUE)
        engine.advance(at("2024-04-01T00:00"))
        assert {o.bearer.id: o.status.value for o in engine.obligations(rule="d")} == {
            "harbour-library": "transferred",
            "hill-library": "overdue",
        }


def test_the_ledger_of_another_pack_is_refused(tmp_path: Path) -> None:
    with Engine(Pack.load(LIBRARY), ledger=str(tmp_path / "r.db")) as engine:
        engine.submit(OVERDUE)
    other = tmp_path / "other"
    shutil.copytree(LIBRARY, other)
    head = other / "facts" / "pack.yaml"
    head.write_text(head.read_text("utf-8").replace("id: ", "id: another-", 1), "utf-8")
    with pytest.raises(LedgerError, match="RM706"):
        Engine(Pack.load(other), ledger=str(tmp_path / "r.db"))


def test_what_the_reference_made_good_is_on_record(tmp_path: Path) -> None:
    class Failing:
        name, reason = "durable", ""
        incidents: tuple[Incident, ...] = ()

        def __init__(self, program: Program) -> None:
            reference = Reference(program)
            self.bindings, self.bindings_of = reference.bindings, reference.bindings_of

        def orders(self, history: History) -> None:
            self.incidents += (Incident("durable", history.case, "it died"),)

    pack = Pack.load(LIBRARY)
    law = Law.of(pack, Failing)
    keeper = DurableKeeper.open(str(tmp_path / "r.db"), None, pack, law, clock=lambda: datetime(2024, 3, 5, tzinfo=UTC))
    keeper.submit((pack.event(OVERDUE),))
    with keeper.store.database.reading() as connection:
        rows = connection.execute(text("SELECT position, backend, case_id, what FROM incidents")).all()
    assert rows[0][1:] == ("durable", "c", "it died")
    assert statistics(keeper.store).incidents == len(rows)
    keeper.close()


def test_taking_up_another_version_of_the_pack_killed_half_way_loses_nothing(tmp_path: Path) -> None:
    root, url, key = tmp_path / "pack", str(tmp_path / "r.db"), MasterKey.create()
    shutil.copytree(LIBRARY, root)
    old = Pack.load(root)
    told = [{**OVERDUE, "id": f"e{n}", "case": f"c{n}"} for n in range(20)]
    with Engine(old, ledger=url, key=key) as engine:
        engine.submit_all(told)
    before = examine(url, key, old)
    rules = root / "policies" / "bylaws-2024" / "bylaws.md"
    rules.write_text(rules.read_text("utf-8").replace("event.days_late > 14\nby", "event.days_late > 30\nby"), "utf-8")
    new = Pack.load(root)
    late = {**OVERDUE, "id": "late", "case": "c3", "at": "2024-03-02T10:00"}
    child = os.fork()
    if not child:
        engine = Engine(new, backend="reference", ledger=url, key=key)
        met, work = list[str](), engine.durable._worked_out

        def worked_out(ledger: Writing, matter: str, now: datetime) -> object:
            met.append(matter)
            if len(met) == 10:
                os.kill(os.getpid(), signal.SIGKILL)
            return work(ledger, matter, now)

        engine.durable._worked_out = worked_out  # type: ignore[method-assign,assignment]
        engine.submit(late)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    assert examine(url, key, old) == before, "as if nothing had been begun"
    with Engine(new, ledger=url, key=key) as engine:
        engine.submit(late)
        assert {o.status.value for o in engine.obligations(rule="a1.reminder")} <= {"withdrawn"}
        assert engine.durable.rebuild()
    assert set(before.ids) < set(examine(url, key, new).ids)


def test_erasing_nobody_takes_another_version_of_the_pack_up_all_the_same(tmp_path: Path) -> None:
    """Found by the simulation: the new version was on record, and no duty worked out by it."""
    root, url, key = tmp_path / "pack", str(tmp_path / "r.db"), MasterKey.create()
    shutil.copytree(LIBRARY, root)
    with Engine(Pack.load(root), ledger=url, key=key) as engine:
        engine.submit(OVERDUE)
    readings = root / "facts" / "readings.yaml"
    readings.write_text(readings.read_text("utf-8").replace("days: 3", "days: 5"), "utf-8")
    new = Pack.load(root)
    with Engine(new, ledger=url, key=key) as engine:
        assert engine.durable.erase("nobody's", None, "order 9") == 0
    examine(url, key, new)


def test_of_many_matters_none_is_remembered_whole_and_all_are_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remit.keeper.durable, "REMEMBERED", 5)
    root, url, key, counts = tmp_path / "pack", str(tmp_path / "r.db"), MasterKey.create(), list[int]()
    shutil.copytree(LIBRARY, root)
    with Engine(Pack.load(root), ledger=url, key=key) as engine:
        engine.submit_all([{**OVERDUE, "id": f"e{n}", "case": f"c{n}"} for n in range(20)])
    readings = root / "facts" / "readings.yaml"
    readings.write_text(readings.read_text("utf-8").replace("days: 3", "days: 5"), "utf-8")
    with Engine(Pack.load(root), ledger=url, key=key) as engine:
        engine.durable.watch = counts.append
        done = engine.submit_all(
            [{**OVERDUE, "id": f"f{n}", "case": f"c{n}", "at": "2024-03-02T10:00"} for n in (3, 4)]
        )
        assert {change.obligation.case for change in done.changes} == {"c3", "c4"}
        assert counts == [21]
        engine.advance(engine.now + timedelta(days=9))
        assert engine.durable.rebuild()
    examine(url, key, Pack.load(root))


def test_newer_time_zone_data_is_taken_up_and_stamped_and_older_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(found: str) -> Engine:
        monkeypatch.setattr(remit.keeper.durable, "tzdata_version", lambda: found)
        return Engine(Pack.load(LIBRARY), ledger=str(tmp_path / "r.db"))

    def packs(engine: Engine) -> list[str]:
        entries = engine.durable.store.entries()
        return [json.loads(entry.content or b"{}")["tzdata"] for entry in entries if entry.kind == "pack"]

    with version("2024a") as engine:
        engine.submit(OVERDUE)
    with version("2025b") as engine:
        engine.advance(at("2024-03-02T00:00"))
        assert packs(engine) == ["2024a", "2025b"]
        assert engine.durable.rebuild()
    with version("2024b") as engine:
        engine.advance(at("2024-03-03T00:00"))
        assert packs(engine) == ["2024a", "2025b"]
