"""`why_not`: why a rule raised nothing in a case, and what would change that."""

from __future__ import annotations

import pytest

from remit.errors import EventError


def claims(why):
    return [why.claim.en, *(claim for child in why.children for claim in claims(child))]


def test_first_false_part_of_the_condition_is_named_with_its_value(heard, overdue, steps):
    tree = heard(overdue(days_late=3, age=20)).why_not("a1.guardian", "loan-1")
    (condition,) = steps(tree, "condition")
    assert tree.holds is False
    assert condition.claim.en == "the condition fails: event.days_late > 14"
    assert [(f.value, f.source) for f in condition.children if f.kind == "fact"] == [("3", "e1")]
    assert condition.children[-1].claim.en == "it would be otherwise if this changed: event.days_late = 3 (e1)"


def test_parts_that_hold_are_passed_over(heard, overdue, steps):
    (condition,) = steps(heard(overdue(age=20)).why_not("a1.guardian", "loan-1"), "condition")
    assert condition.claim.en == "the condition fails: subject.age < 16"


def test_false_part_goes_before_an_unknown_one(heard, overdue, amended_library, steps):
    pack = amended_library(
        "if: event.days_late > 14 && subject.age < 16", "if: subject.age < 16 && event.days_late > 14"
    )
    (condition,) = steps(heard(overdue(days_late=3), pack=pack).why_not("a1.guardian", "loan-1"), "condition")
    assert condition.claim.en == "the condition fails: event.days_late > 14"


def test_disjunction_fails_as_a_whole(heard, overdue, amended_library, steps):
    """Either part would have done, so neither is to blame alone."""
    pack = amended_library(
        "if: event.days_late > 14 && subject.age < 16", "if: event.days_late > 14 || subject.age < 16"
    )
    (condition, *_) = steps(
        heard(overdue(days_late=3, age=20), pack=pack).why_not("a1.guardian", "loan-1"), "condition"
    )
    assert condition.claim.en == "the condition fails: event.days_late > 14 || subject.age < 16"
    assert condition.children[-1].claim.en.endswith("event.days_late = 3 (e1); subject.age = 20 (e1)")


def test_missing_companion_is_what_would_change_it(heard, overdue, amended_library):
    pack = amended_library(
        "on: item_overdue\nif: event.days_late > 14\nby",
        'on: item_overdue\nif: case.events.exists(e, e.type == "item_returned")\nby',
    )
    told = claims(heard(overdue(), pack=pack).why_not("a1.reminder", "loan-1"))
    assert 'the condition fails: case.events.exists(e, e.type == "item_returned")' in told
    assert told[-1] == "it would be otherwise if that changed"


def test_condition_about_the_bearer_is_judged_for_the_unit_it_is_routed_to(heard, overdue, amended_library, steps):
    pack = amended_library("may: waive_fee\nbearer", 'may: waive_fee\nif: unit.place == "hill"\nbearer')
    tree = heard(overdue(), pack=pack).why_not("a2.waive", "loan-1")
    (fact,) = steps(tree, "fact")
    assert (fact.claim.en, fact.value) == ("unit.place", "harbour")


def test_exception_that_held_is_named_with_the_fact(heard, overdue, steps):
    (exception,) = steps(heard(overdue(age=11, guardian_known=True)).why_not("a1.guardian", "loan-1"), "exception")
    assert exception.claim.en == "the exception holds"
    assert exception.source.startswith("policies/bylaws-2024/bylaws.md:")
    assert exception.children[-1].claim.en.endswith("subject.guardian_known = true (e1)")


def test_rule_that_goes_before_it_is_named(heard, overdue, amended_library, steps):
    pack = amended_library("on: item_lost\n", "on: item_overdue\noverrides: a1.guardian\n")
    (above,) = steps(heard(overdue(age=11), pack=pack).why_not("a1.guardian", "loan-1"), "exception")
    assert (above.source, above.claim.en) == ("a2.charge", "rule a2.charge (Article 2) goes before it")


def test_of_two_rules_that_could_go_before_it_only_the_one_that_applies_is_named(
    heard, overdue, amended_library, steps
):
    law = "quote: A lost item is charged to the borrower within 30 days.\n"
    charge = "---\nid: a2.charge\n" + law + "must: charge_replacement\nbearer: {role: branch, place: event.place}\n"
    pack = amended_library(
        "on: item_overdue\n" + charge + "on: item_lost\n",
        "on: item_overdue\nunless: event.days_late > 5\noverrides: a1.guardian\n"
        + charge + "on: item_overdue\noverrides: a1.guardian\n",
    )  # fmt: skip
    found = steps(heard(overdue(age=11), pack=pack).why_not("a1.guardian", "loan-1"), "exception")
    assert [above.source for above in found] == ["a2.charge"]


def test_without_a_trigger_both_wanted_and_reported_types_are_listed(heard, overdue, steps):
    (event,) = steps(heard(overdue()).why_not("a2.charge", "loan-1"), "event")
    assert event.claim.en == "no event sets it off: it needs item lost; reported: item overdue"


def test_event_not_yet_known_is_told_with_both_moments_in_the_pack_s_zone(heard, overdue, steps):
    engine = heard(overdue(known_at="2024-06-09T07:00+00:00"), now="2024-06-07T22:30+00:00")
    (event,) = steps(engine.why_not("a1.reminder", "loan-1"), "event")
    assert event.claim.en == "event e1 became known on 2024-06-09 09:00, after 2024-06-08 00:30"


def test_event_before_the_policy_s_effect_is_told_with_both_dates(heard, overdue, steps):
    (reason,) = steps(heard(overdue(at="2024-01-05T10:00")).why_not("a1.reminder", "loan-1"), "condition")
    assert reason.claim.en == "it happened on 2024-01-05; the rule is in force from 2024-02-01"


def test_retracted_report_and_withdrawn_duty_are_both_told(heard, overdue, steps):
    gone = {"id": "r1", "case": "loan-1", "type": "retraction", "at": "2024-06-06", "of": "e1"}
    tree = heard(overdue(), gone).why_not("a1.reminder", "loan-1")
    assert tree.holds is False
    assert "event e1 was retracted by r1" in claims(tree)
    assert "bylaws-2024/a1.reminder/harbour-library/loan-1" in [o.source for o in steps(tree, "obligation")]


def test_corrected_report_is_judged_as_it_stands_now(heard, overdue):
    right = overdue(id=None, case=None, days_late=3)
    act = {"id": "c1", "case": "loan-1", "type": "correction", "at": "2024-06-06", "of": "e1", "event": right}
    told = claims(heard(overdue(), act).why_not("a1.reminder", "loan-1"))
    assert "event e1 was corrected by c1" in told
    assert "the condition fails: event.days_late > 14" in told


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("a3.count", "it belongs to the unit's agenda (recurring or standing), no case sets it off; see remit agenda"),
        ("a2.rare", "it belongs to the unit's agenda (recurring or standing), no case sets it off; see remit agenda"),
        ("a3.report", "it arises only when another duty is missed or breached, and none was"),
        ("a2.branch", "this rule asks nobody for anything: it defines, or binds nobody"),
        ("a3.pleased", "this rule asks nobody for anything: it defines, or binds nobody"),
    ],
)
def test_rule_that_no_event_sets_off_is_explained_as_such(heard, overdue, rule, said):
    tree = heard(overdue()).why_not(rule, "loan-1")
    assert (tree.holds, claims(tree)[1:]) == (False, [said])


def test_rule_that_did_raise_an_obligation_names_it(heard, overdue):
    tree = heard(overdue()).why_not("a1.reminder", "loan-1")
    assert (tree.holds, tree.claim.en) == (True, "rule a1.reminder did raise something in case loan-1")
    assert [child.source for child in tree.children] == ["bylaws-2024/a1.reminder/harbour-library/loan-1"]


@pytest.mark.parametrize(
    ("rule", "case", "code", "slug", "suggestion"),
    [
        ("a1.remindr", "loan-1", "RM454", "unknown-rule", "a1.reminder"),
        ("a1.reminder", "loan1", "RM455", "unknown-case", "loan-1"),
    ],
)
def test_unknown_name_is_refused_with_the_nearest(heard, overdue, rule, case, code, slug, suggestion):
    with pytest.raises(EventError) as refused:
        heard(overdue()).why_not(rule, case)
    assert (refused.value.code, refused.value.slug, refused.value.suggestion) == (code, slug, suggestion)


def test_report_whose_retraction_was_retracted_is_not_said_to_be_taken_back(heard, overdue):
    taken_back = {"id": "x1", "type": "retraction", "at": "2024-06-06", "of": "e1"}
    brought_back = {"id": "x2", "type": "retraction", "at": "2024-06-07", "of": "x1"}
    engine = heard(overdue(days_late=3), taken_back, brought_back)
    told = claims(engine.why_not("a1.reminder", "loan-1"))
    assert not any("retracted" in claim for claim in told)
    assert "the condition fails: event.days_late > 14" in told
