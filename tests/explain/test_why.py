"""`why`: everything one obligation rests on."""

from __future__ import annotations

import pytest

from remit.errors import EventError


def explained(engine, rule):
    (owed,) = engine.obligations(rule=rule, case="loan-1")
    return engine.why(owed.id)


def test_headline_says_who_must_do_what_for_whom(heard, overdue):
    found = explained(heard(overdue(age=11)), "a1.guardian")
    assert found.claim.en == "Harbour Library must: tell the guardian, to Head Office"
    assert found.claim.zh == "Harbour Library必须“tell the guardian”，对象：Head Office"
    assert found.value == "overdue"


def test_order_is_event_condition_exception_law_inference_route_deadline_discharge_status(heard, overdue):
    """DESIGN §5."""
    found = explained(heard(overdue(age=11)), "a1.guardian")
    assert [step.kind for step in found.children] == [
        "event", "condition", "exception", "quote", "inferred", "route", "route", "deadline", "discharge", "status",
    ]  # fmt: skip


def test_event_says_when_it_happened_and_which_report_it_is(heard, overdue, steps):
    (event,) = steps(explained(heard(overdue()), "a1.reminder"), "event")
    assert event.claim.en == "event e1: item overdue, 2024-06-05 10:00"
    assert event.source == "e1"


def test_event_told_in_another_zone_is_shown_in_the_pack_s(heard, overdue, steps):
    (event,) = steps(explained(heard(overdue(at="2024-06-05T08:00+00:00")), "a1.reminder"), "event")
    assert event.claim.en.endswith(", 2024-06-05 10:00")


def test_every_value_of_a_condition_names_the_event_that_stated_it(heard, overdue, steps):
    late = overdue(age=None)
    born = overdue(id="e2", at="2024-06-06T09:00", age=11)
    facts = {f.claim.en: (f.value, f.source) for f in steps(explained(heard(late, born), "a1.guardian"), "fact")}
    assert facts["event.days_late"] == ("20", "e1")
    assert facts["subject.age"] == ("11", "e2")


def test_value_that_nobody_stated_gives_the_vocabulary_s_reason(heard, overdue, steps):
    facts = steps(explained(heard(overdue(age=11)), "a1.guardian"), "fact")
    silent = next(f for f in facts if f.claim.en == "subject.guardian_known")
    assert (silent.value, silent.source) == ("false", None)
    assert "a guardian nobody has named is not known" in silent.children[0].claim.en


def test_stated_value_gets_no_reason_for_silence(heard, overdue, steps):
    facts = steps(explained(heard(overdue(age=11, guardian_known=False)), "a1.guardian"), "fact")
    stated = next(f for f in facts if f.claim.en == "subject.guardian_known")
    assert (stated.source, stated.children) == ("e1", ())


def test_exception_is_named_as_one(heard, overdue, steps):
    (exception,) = steps(explained(heard(overdue(age=11)), "a1.guardian"), "exception")
    assert exception.claim.en == "unless subject.guardian_known"
    assert exception.holds is False


def test_quote_is_exact_and_names_article_document_and_line(heard, overdue, library, steps):
    quote, document = steps(explained(heard(overdue()), "a1.reminder"), "quote")
    rule = library.rules["a1.reminder"]
    assert quote.claim.en == f"“{rule.quotes[0].text}”"
    assert quote.value == "Article 1"
    assert quote.source == str(rule.quotes[0].origin)
    assert document.claim.en == "Library Bylaws, 3/2024"


def test_reasons_of_the_analyst_are_not_reworded(heard, steps):
    """`branch` is a role of the pack, with a longer label."""
    lost = {"id": "l1", "case": "loan-1", "type": "item_lost", "at": "2024-06-05", "place": "harbour"}
    (read_in,) = steps(explained(heard(lost), "a2.charge"), "inferred")
    assert read_in.claim.en == "bearer inferred: the branch lent it"


def test_limit_of_a_reading_is_said_to_be_the_reading_s(heard, overdue, steps):
    """DESIGN §1: never shown as the text's."""
    tree = explained(heard(overdue()), "a1.reminder")
    (deadline, *_) = steps(tree, "deadline")
    (reading,) = steps(tree, "reading")
    assert deadline.claim.en == "due 2024-06-11 24:00 (from a reading, not the text's own words)"
    assert reading.claim.en == "by the reading “promptly”: within three working days (Head Office, 2024-01-01)"
    (reason,) = reading.children
    assert reason.claim.en.endswith("reason: the bylaws give no number of days")
    assert reason.claim.en.startswith("assumed")


def test_limit_of_the_rule_is_not_said_to_be_a_reading_s(heard, overdue, steps):
    (deadline, *_) = steps(explained(heard(overdue(age=11)), "a1.guardian"), "deadline")
    assert deadline.claim.en == "due 2024-06-07 10:00"


def test_deadline_is_the_obligation_s_own_steps(heard, overdue, steps):
    engine = heard(overdue(age=11))
    (owed,) = (o for o in engine.answer().obligations if o.rule == "a1.guardian")
    (deadline, *_) = steps(engine.why(owed.id), "deadline")
    assert [step.claim for step in deadline.children] == [step.claim for step in owed.deadline.steps]


def test_missing_limit_is_said_once(heard, overdue, steps):
    (deadline,) = steps(explained(heard(overdue()), "a2.waive"), "deadline")
    assert deadline.claim.en == "the text sets no limit"


def test_route_goes_edge_by_edge_to_bearer_and_recipient(heard, overdue, steps):
    tree = explained(heard(overdue(age=11)), "a1.guardian")
    bearer, recipient = (step for step in tree.children if step.kind == "route")
    assert [bearer.claim.en, *(c.claim.en for c in bearer.children)] == [
        "bearer: Harbour Library", "the place of the event: Harbour", "the library branch of Harbour",
    ]  # fmt: skip
    assert recipient.claim.en == "recipient: Head Office"


def test_desk_that_was_not_found_is_marked_and_asked_for(heard, overdue, steps):
    tree = explained(heard(overdue(place=None)), "a1.reminder")
    bearer = next(step for step in tree.children if step.kind == "route")
    assert (bearer.value, bearer.holds) == ("head-office", False)
    assert [q.claim.en for q in tree.children if q.kind == "question"] == ["where did it happen?"]


def test_unknown_fact_is_asked_for(heard, overdue):
    tree = explained(heard(overdue()), "a1.guardian")
    assert tree.value == "undecided"
    assert [(q.claim.en, q.value) for q in tree.children if q.kind == "question"] == [
        ("How old is the borrower?", "subject.age")
    ]


def test_discharge_is_put_in_words_and_the_act_stands_under_the_status(heard, overdue, steps):
    sent = {"id": "s1", "case": "loan-1", "type": "reminder_sent", "at": "2024-06-06", "by": "harbour-library"}
    tree = explained(heard(overdue(), sent), "a1.reminder")
    (status,) = steps(tree, "status")
    assert "discharged (achievement) when the bearer reports: reminder sent" in [c.claim.en for c in tree.children]
    assert (status.value, status.children[0].source) == ("done", "s1")


def test_permission_says_that_it_may_stay_unused(heard, overdue, steps):
    (discharge,) = steps(explained(heard(overdue()), "a2.waive"), "discharge")
    assert discharge.claim.en == "a permission: not using it breaches nothing"


@pytest.mark.parametrize(("rule", "said"), [("a2.rare", "a standing prohibition"), ("a3.open", "a standing duty")])
def test_what_is_forbidden_is_called_no_duty(heard, steps, rule, said):
    engine = heard()
    owed = next(o for o in engine.agenda() if o.rule == rule)
    (event,) = steps(engine.why(owed.id), "event")
    assert event.claim.en == said


def test_consequence_names_the_duty_that_failed_by_its_whole_id(heard, steps):
    engine = heard(now="2024-07-05T12:00")
    (owed,) = (o for o in engine.obligations(rule="a3.report") if o.bearer.id == "harbour-library")
    cause = next(s for s in steps(engine.why(owed.id), "status") if s.source)
    failed = "bylaws-2024/a3.count/harbour-library/2024-H1"
    assert (cause.source, cause.claim.en) == (failed, f"duty {failed} was missed or breached")


def test_unknown_obligation_is_refused_with_the_nearest(heard, overdue):
    with pytest.raises(EventError) as refused:
        heard(overdue()).why("bylaws-2024/a1.remindr/harbour-library/loan-1")
    assert refused.value.code == "RM453"
    assert refused.value.suggestion == "bylaws-2024/a1.reminder/harbour-library/loan-1"
