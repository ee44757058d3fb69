"""Answers as JSON: the contract of DESIGN §7."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from remit.explain.report import conflict_json, last_day, obligation_json, report
from remit.model.obligation import Conflict
from remit.model.text import Text

CONTRACT = [
    "id", "rule", "policy", "article", "quote", "modality", "action", "action_label", "bearer", "to", "with", "case",
    "subject", "period", "status", "triggered_by", "opens", "due", "latest", "reading", "why",
]  # fmt: skip
EXTRAS = {
    "label", "article_id", "quotes", "nature", "kind", "performers", "due_on", "latest_on", "deadline_state", "awaits",
    "calendars", "in_force", "performed_at", "performed_by", "rebuttable", "handover_open", "transferred_to", "transferred_from",
    "inferred", "notes", "questions",
}  # fmt: skip


@pytest.fixture
def owed(heard, overdue, library):
    """One obligation as JSON, by rule."""

    def find(rule, *events, now="2024-06-07T12:00", **options):
        engine = heard(*(events or (overdue(age=11),)), now=now)
        return obligation_json(engine.obligations(rule=rule)[0], library, **options)

    return find


def test_answer_has_the_keys_of_the_contract_in_order(heard, overdue, library):
    engine = heard(overdue(age=11))
    told = report(engine.answer(agenda=False), library, engine.now)
    assert list(told) == ["pack", "policies", "now", "obligations", "conflicts", "unrouted", "questions"]
    assert (told["pack"], told["now"]) == ("library", "2024-06-07T12:00:00+02:00")
    assert [o["rule"] for o in told["obligations"]] == ["a1.reminder", "a1.guardian", "a2.waive"]


def test_obligation_has_the_keys_of_the_contract_first_and_in_order(owed):
    told = owed("a1.guardian")
    assert list(told)[: len(CONTRACT)] == CONTRACT
    assert set(told) >= EXTRAS


def test_obligation_says_who_what_and_where_it_is_written(owed):
    told = owed("a1.guardian")
    assert told["id"] == "bylaws-2024/a1.guardian/harbour-library/loan-1/-"
    assert (told["article"], told["article_id"]) == ("Article 1", "1")
    assert told["action_label"] == {"zh": "tell the guardian", "en": "tell the guardian"}
    assert told["bearer"] == {
        "id": "harbour-library", "label": {"zh": "Harbour Library", "en": "Harbour Library"}, "role": "branch",
        "level": "branch", "place": "harbour", "basis": "stated", "unit_basis": "stated", "routed": True,
    }  # fmt: skip
    assert [unit["id"] for unit in told["to"]] == ["head-office"]
    assert told["inferred"] == {"by": "the sentence gives no limit; two days were agreed"}


def test_basis_says_whether_the_text_names_the_bearer_and_unit_basis_whether_it_names_the_unit(owed):
    lost = {"id": "l1", "case": "loan-2", "type": "item_lost", "at": "2024-06-05", "place": "hill"}
    assert owed("a2.charge", {**lost, "place": "harbour"})["bearer"]["basis"] == "inferred"
    bearer = owed("a2.charge", lost)["bearer"]
    assert (bearer["basis"], bearer["unit_basis"]) == ("inferred", "inferred")


def test_last_day_ends_at_midnight_and_due_on_names_that_day(owed):
    """Civil Code art. 203: the last day ends at 24:00."""
    told = owed("a1.reminder")
    assert (told["due"], told["due_on"]) == ("2024-06-12T00:00:00+02:00", "2024-06-11")


def test_hour_within_a_day_is_due_on_that_day(owed):
    told = owed("a1.guardian")
    assert (told["due"], told["due_on"], told["latest_on"]) == ("2024-06-07T10:00:00+02:00", "2024-06-07", "2024-06-07")


def test_limit_of_a_reading_has_no_latest_and_names_the_reading(owed):
    told = owed("a1.reminder")
    assert (told["latest"], told["latest_on"]) == (None, None)
    assert told["reading"] == {
        "id": "promptly", "label": {"zh": "promptly", "en": "promptly"},
        "means": {"zh": "within three working days", "en": "within three working days"}, "status": "assumed",
    }  # fmt: skip


def test_midnight_is_that_of_the_pack_s_zone(library):
    assert last_day(datetime(2024, 6, 11, 22, tzinfo=ZoneInfo("UTC")), library) == "2024-06-11"
    assert last_day(datetime(2024, 6, 12, 0, tzinfo=ZoneInfo("UTC")), library) == "2024-06-12"
    assert last_day(None, library) is None


def test_proof_can_be_left_out(owed):
    told = owed("a1.reminder", with_why=False)
    assert "why" not in told
    assert list(told)[: len(CONTRACT) - 1] == CONTRACT[:-1]


def test_unrouted_duty_and_its_question_are_listed(heard, overdue, library):
    engine = heard(overdue(place=None, age=11))
    told = report(engine.answer(agenda=False), library, engine.now)
    assert "bylaws-2024/a1.reminder/head-office/loan-1" in told["unrouted"]
    assert told["obligations"][0]["bearer"]["routed"] is False
    question = told["questions"][0]
    assert list(question) == ["obligation", "rule", "case", "subject", "fact", "ask", "asked_of"]
    assert (question["fact"], question["ask"]["en"]) == ("event.place", "where did it happen?")


def test_conflict_names_rules_articles_and_obligations():
    found = Conflict(("r1", "r2"), ("Article 1", "Article 2"), ("o1", "o2"), "c", Text("相反", "opposite"))
    assert conflict_json(found) == {
        "rules": ["r1", "r2"], "articles": ["Article 1", "Article 2"], "obligations": ["o1", "o2"], "case": "c",
        "claim": {"zh": "相反", "en": "opposite"},
    }  # fmt: skip


def test_performed_duty_says_when_and_by_whom(owed, overdue):
    sent = {"id": "s1", "case": "loan-1", "type": "reminder_sent", "at": "2024-06-06T09:00", "by": "harbour-library"}
    told = owed("a1.reminder", overdue(), sent)
    assert (told["status"], told["in_force"]) == ("done", False)
    assert (told["performed_at"], told["performed_by"]) == ("2024-06-06T09:00:00+02:00", ["harbour-library"])


def test_same_answer_gives_the_same_bytes_whatever_the_order_of_events(heard, overdue, library):
    lost = {"id": "l1", "case": "loan-2", "type": "item_lost", "at": "2024-06-05", "place": "hill"}
    one, other = heard(overdue(), lost), heard(lost, overdue())
    first, second = (json.dumps(report(e.answer(), library, e.now), ensure_ascii=False) for e in (one, other))
    assert first == second
    assert len(first) > 1000
