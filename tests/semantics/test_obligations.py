"""What a case raises: triggers, keys, unknown facts, exceptions, precedence, versions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from made import pack_with
from remit import Engine, Pack, obligations
from remit.model.obligation import Answer

DUTY = "id: d\nmust: send_reminder\nbearer: {role: branch, place: event.place}\non: item_overdue\n"
NOW = datetime.fromisoformat("2024-06-01T00:00+02:00")


def report(number: int = 1, **more: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "id": f"e{number}",
        "case": "c",
        "type": "item_overdue",
        "at": f"2024-03-0{number}T10:00",
        "place": "harbour",
        "days_late": 20,
    }
    return fields | more


def answer(pack: Pack, *events: dict[str, object], now: datetime = NOW) -> Answer:
    told = [pack.event(e) for e in events]
    vocabulary = pack.vocabulary
    found = obligations(
        pack.policies, pack.graph, vocabulary.readings, pack.calendar, told, now, attributes=vocabulary.attributes
    )
    return replace(found, obligations=tuple(o for o in found.obligations if o.case))


@pytest.mark.parametrize(
    ("per", "events", "keys"),
    [
        ("case", [report(1), report(2)], 1),
        ("case", [report(1, subject="a"), report(2, subject="b")], 1),
        ("subject", [report(1, subject="a"), report(2, subject="b")], 2),
        ("subject", [report(1, subject="a"), report(2, subject="a")], 1),
        ("event", [report(1), report(2)], 2),
        ("case", [report(1), report(2, case="other")], 2),
        ("case", [report(1), report(2, place="hill")], 2),
    ],
)
def test_one_obligation_a_key(tmp_path: Path, per: str, events: list[dict[str, object]], keys: int) -> None:
    found = answer(pack_with(tmp_path, f"{DUTY}per: {per}\n"), *events).obligations
    assert len(found) == keys


def test_a_further_report_of_the_same_matter_is_more_evidence(tmp_path: Path) -> None:
    (found,) = answer(pack_with(tmp_path, DUTY), report(2), report(1)).obligations
    assert found.triggered_by == ("e1", "e2")


def test_an_unknown_fact_makes_it_undecided_and_says_whom_to_ask(tmp_path: Path) -> None:
    (found,) = answer(pack_with(tmp_path, DUTY + "if: subject.age < 16\n"), report()).obligations
    assert found.status == "undecided"
    assert [(q.fact, q.ask.en) for q in found.questions] == [("subject.age", "How old is the borrower?")]


def test_a_fact_stated_later_decides_it_and_the_deadline_counts_from_there(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, DUTY + "if: subject.age < 16\nby: {hours: 48}\n")
    (found,) = answer(pack, report(), report(2, age=9, days_late=1)).obligations
    assert found.deadline.due == datetime.fromisoformat("2024-03-04T10:00+01:00")


def test_a_false_condition_raises_nothing(tmp_path: Path) -> None:
    assert answer(pack_with(tmp_path, DUTY + "if: event.days_late > 30\n"), report()).obligations == ()


@pytest.mark.parametrize(
    ("exception", "expected"),
    [("event.days_late > 10", []), ("event.days_late > 30", [False]), ("subject.age > 60", [True])],
)
def test_an_exception_lifts_it_and_an_unknown_one_makes_it_rebuttable(
    tmp_path: Path, exception: str, expected: list[bool]
) -> None:
    found = answer(pack_with(tmp_path, f"{DUTY}unless: {exception}\n"), report()).obligations
    assert [o.rebuttable for o in found] == expected


def test_silence_means_what_the_vocabulary_says_it_means(tmp_path: Path) -> None:
    found = answer(pack_with(tmp_path, DUTY + "unless: subject.guardian_known\n"), report()).obligations
    assert [(o.status, o.rebuttable) for o in found] == [("active", False)]


SPECIAL = DUTY.replace("id: d", "id: s\nquote: Words of the law.").replace(
    "must: send_reminder", "must_not: send_reminder"
)
PAIR = DUTY.replace("id: d", "id: d\nquote: Words of the law.") + "---\n" + SPECIAL


def test_rules_that_contradict_and_are_not_ordered_are_a_conflict(tmp_path: Path) -> None:
    found = answer(pack_with(tmp_path, PAIR), report())
    assert [c.rules for c in found.conflicts] == [("d", "s")]
    assert {o.rule for o in found.obligations} == {"d", "s"}


def test_lex_specialis_is_named(tmp_path: Path) -> None:
    found = answer(pack_with(tmp_path, PAIR + "overrides: d\n"), report())
    assert ([o.rule for o in found.obligations], found.conflicts) == (["s"], ())


def test_an_undecided_special_rule_leaves_the_general_one_rebuttable(tmp_path: Path) -> None:
    found = answer(pack_with(tmp_path, PAIR + "overrides: d\nif: subject.age < 16\n"), report())
    assert {o.rule: (o.status, o.rebuttable) for o in found.obligations} == {
        "d": ("active", True),
        "s": ("undecided", False),
    }


@pytest.mark.parametrize(
    ("level", "effective", "stands"),
    [("city", date(2024, 1, 1), None), ("city", date(2024, 2, 1), "s"), ("branch", date(2024, 2, 1), "d")],
)
def test_the_higher_and_then_the_later_document_goes_before(
    tmp_path: Path, level: str, effective: date, stands: str | None
) -> None:
    pack = pack_with(tmp_path, PAIR)
    (policy,) = pack.policies
    one = replace(
        policy, level="city", effective_on=date(2024, 1, 1), rules=tuple(r for r in policy.rules if r.id == "d")
    )
    other = replace(
        policy,
        id="other",
        level=level,
        effective_on=effective,
        rules=tuple(replace(r, policy="other") for r in policy.rules if r.id == "s"),
    )
    found = answer(replace(pack, policies=(one, other)), report())
    assert {o.rule for o in found.obligations} == ({stands} if stands else {"d", "s"})
    assert bool(found.conflicts) is (stands is None)


def test_an_event_is_judged_by_the_policy_in_force_when_it_happened(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, DUTY + "by: {hours: 24}\n")
    (old,) = pack.policies
    old = replace(old, repealed_on=date(2024, 3, 2))
    new = replace(
        old,
        id="new",
        effective_on=date(2024, 3, 2),
        repealed_on=None,
        rules=tuple(replace(r, policy="new") for r in old.rules),
    )
    found = answer(replace(pack, policies=(old, new)), report(1), report(2, case="later"))
    assert {o.case: o.policy for o in found.obligations} == {"c": "bylaws-2024", "later": "new"}


def test_before_the_policy_s_effect_nothing_arises(tmp_path: Path) -> None:
    assert answer(pack_with(tmp_path, DUTY), report(at="2023-12-31T23:59")).obligations == ()


def test_a_recurring_duty_of_a_repealed_policy_is_superseded_by_the_newer_one(tmp_path: Path) -> None:
    rules = "id: d\nmust: count_stock\nbearer: {unit: harbour-library}\nevery: year\n"
    pack = pack_with(tmp_path, rules)
    (old,) = pack.policies
    old = replace(old, repealed_on=date(2024, 5, 1))
    new = replace(
        old,
        id="new",
        effective_on=date(2024, 5, 1),
        repealed_on=None,
        rules=tuple(replace(r, policy="new") for r in old.rules),
    )
    engine = Engine(replace(pack, policies=(old, new)), now=NOW)
    assert {o.policy: o.status.value for o in engine.obligations(rule="d")} == {
        "bylaws-2024": "superseded",
        "new": "active",
    }


def test_a_desk_that_cannot_be_found_is_the_fallback_with_a_question(tmp_path: Path) -> None:
    found = answer(pack_with(tmp_path, DUTY), report(place="norrtown"))
    (one,) = found.obligations
    assert (one.bearer.id, one.bearer.routed) == ("head-office", False)
    assert found.unrouted == (one,)
    assert one.questions[0].fact == "desk"


def test_an_unknown_place_is_a_question(tmp_path: Path) -> None:
    event = report()
    del event["place"]
    (one,) = answer(pack_with(tmp_path, DUTY), event).obligations
    assert [q.fact for q in one.questions] == ["event.place"]


def test_a_standing_ban_is_breached_where_it_happened(tmp_path: Path) -> None:
    rules = "id: d\nmust_not: lend_rare_books\nbearer: {each: branch}\nalways: true\nbreach: rare_lent_out\n"
    lent = {"id": "e1", "case": "c", "type": "rare_lent_out", "at": "2024-03-01", "place": "hill-library"}
    found = answer(pack_with(tmp_path, rules), lent).obligations
    assert [(o.bearer.id, o.status) for o in found] == [("hill-library", "breached")]


# --- what was taken back --------------------------------------------------------------------------------

TAKEN_BACK = {"id": "x1", "type": "retraction", "at": "2024-03-01T12:00", "of": "e1"}


def test_a_retraction_without_a_case_belongs_to_that_of_the_report(tmp_path: Path) -> None:
    (found,) = answer(pack_with(tmp_path, DUTY), report(), TAKEN_BACK).obligations
    assert found.status == "withdrawn"


def test_a_duty_withdrawn_before_it_failed_set_nothing_off(tmp_path: Path) -> None:
    rules = DUTY.replace("id: d", "id: d\nquote: Words of the law.") + "by: {hours: 24}\nthen: c\n---\nid: c\n"
    rules += "quote: Words of the law.\nmust: report_failure\nbearer: {unit: head-office}\n"
    pack = pack_with(tmp_path, rules)
    assert [o.rule for o in answer(pack, report(), TAKEN_BACK).obligations] == ["d"]
    too_late = TAKEN_BACK | {"at": "2024-03-05T12:00"}
    assert {(o.rule, o.status.value) for o in answer(pack, report(), too_late).obligations} == {
        ("d", "withdrawn"),
        ("c", "withdrawn"),
    }


def test_what_only_a_later_fact_would_have_raised_was_never_raised(tmp_path: Path) -> None:
    """The report was taken back before the age was known that would have made it a duty."""
    pack = pack_with(tmp_path, DUTY + "if: subject.age < 16\nunless: event.days_late < 10\n")
    found = answer(pack, report(1, age=20), TAKEN_BACK, report(2, days_late=3, age=9)).obligations
    assert found == ()


# --- exceptions and reports -----------------------------------------------------------------------------


def test_a_report_that_falls_under_the_exception_does_not_lift_what_another_raised(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, DUTY + "unless: event.days_late < 10\n")
    (found,) = answer(pack, report(1, days_late=3), report(2, days_late=20)).obligations
    assert found.triggered_by == ("e2",)


def test_of_two_reports_the_one_without_a_doubt_leads(tmp_path: Path) -> None:
    """`age` is asked of the person in each report."""
    pack = pack_with(tmp_path, DUTY + "unless: subject.age > 60\n")
    (found,) = answer(pack, report(1, subject="a"), report(2, subject="b", age=30)).obligations
    assert (found.rebuttable, found.triggered_by) == (False, ("e2", "e1"))


def test_an_exception_to_an_exception_brings_the_rule_back(tmp_path: Path) -> None:
    """What is set aside itself sets nothing aside."""
    third = DUTY.replace("id: d", "id: t\nquote: Words of the law.").replace("send_reminder", "tell_guardian")
    pack = pack_with(tmp_path, PAIR + "overrides: d\n---\n" + third + "if: event.days_late > 10\noverrides: s\n")
    assert [o.rule for o in answer(pack, report()).obligations] == ["d", "t"]
    assert [o.rule for o in answer(pack, report(days_late=3)).obligations] == ["s"]


# --- what was known when ----------------------------------------------------------------------------------

SOON = DUTY + "by: {hours: 24}\n"


def due(pack: Pack, *events: dict[str, object]) -> str:
    (found,) = answer(pack, *events).obligations
    assert found.deadline.due is not None
    return found.deadline.due.isoformat()


def test_an_older_report_that_comes_to_light_later_gives_no_more_time(tmp_path: Path) -> None:
    late = report(1, known_at="2024-03-10T10:00")
    assert due(pack_with(tmp_path, SOON), report(2), late) == "2024-03-03T10:00:00+01:00"


def test_a_condition_that_reads_the_bearer_waits_for_its_facts_too(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, SOON + 'if: unit.place == "harbour" && subject.age < 16\n')
    assert due(pack, report(1), report(2, age=9)) == "2024-03-03T10:00:00+01:00"


def test_what_no_exception_covers_any_more_counts_from_then(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, SOON + "unless: subject.age > 60\n")
    assert due(pack, report(1, age=70), report(2, age=30)) == "2024-03-03T10:00:00+01:00"


@pytest.mark.parametrize(("place", "owed"), [("norrtown", ["head-office"]), ("harbour", [])])
def test_the_condition_of_a_consequence_reads_its_own_bearer(tmp_path: Path, place: str, owed: list[str]) -> None:
    duty = SOON.replace("id: d", "id: d\nquote: Words of the law.") + "then: c\n---\n"
    consequence = f'id: c\nquote: Words of the law.\nmust: report_failure\nbearer: {{unit: head-office}}\nif: unit.place == "{place}"\n'
    found = answer(pack_with(tmp_path, duty + consequence), report())
    assert [o.bearer.id for o in found.obligations if o.rule == "c"] == owed


# --- the agenda -----------------------------------------------------------------------------------------

AGENDA = "id: d\nquote: Words of the law.\nmust: count_stock\nbearer: {unit: harbour-library}\nevery: quarter\n"


def agenda(pack: Pack, *events: dict[str, object], now: datetime = NOW) -> Answer:
    engine = Engine(pack, now=now)
    engine.submit_all(events)
    return engine.answer()


def test_what_had_to_be_done_before_the_policy_s_effect_is_not_owed(tmp_path: Path) -> None:
    """The bylaws take effect on 1 February; the first ten days of January were over then."""
    found = agenda(pack_with(tmp_path, AGENDA + "by: {days: 10}\n"))
    assert [o.period for o in found.obligations] == ["2024-Q1", "2024-Q2"]
    whole = replace(pack_with(tmp_path / "full", AGENDA + "by: {days: 10}\n"))
    whole = replace(whole, policies=tuple(replace(p, first_period="full") for p in whole.policies))
    assert [o.period for o in agenda(whole).obligations] == ["2024-Q2"]


def test_what_opens_only_after_the_repeal_is_not_owed(tmp_path: Path) -> None:
    pack = pack_with(
        tmp_path, AGENDA.replace("quarter", "year") + "window: {opens: 12-11, due: 12-15, latest: 12-20}\n"
    )
    (policy,) = pack.policies
    repealed = replace(pack, policies=(replace(policy, repealed_on=date(2024, 6, 1)),))
    assert [o.period for o in agenda(pack).obligations] == ["2024"]
    assert agenda(repealed).obligations == ()


def test_a_recurring_duty_has_its_exceptions_too(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, AGENDA + 'unless: case.events.exists(e, e.type == "item_lost")\n')
    assert len(agenda(pack).obligations) == 2
    assert agenda(pack, {"id": "e", "case": "c", "type": "item_lost", "at": "2024-03-01"}).obligations == ()


def test_of_two_recurring_duties_the_special_one_goes_before_in_its_period(tmp_path: Path) -> None:
    special = AGENDA.replace("id: d", "id: s").replace("must:", "must_not:") + "since: 2024-04-01\noverrides: d\n"
    found = agenda(pack_with(tmp_path, AGENDA + "---\n" + special))
    assert [(o.rule, o.period) for o in found.obligations] == [("d", "2024-Q1"), ("s", "2024-Q2")]
    assert found.conflicts == ()


def test_a_standing_norm_set_aside_leaves_the_periods_before_it_alone(tmp_path: Path) -> None:
    standing = AGENDA.replace("id: d", "id: s").replace("must:", "must_not:").replace("every: quarter", "always: true")
    found = agenda(pack_with(tmp_path, AGENDA + "---\n" + standing + "since: 2024-05-01\noverrides: d\n"))
    assert [(o.rule, o.period) for o in found.obligations] == [("d", "2024-Q1"), ("s", None)]


def test_a_unit_that_exists_when_the_window_opens_bears_the_duty_of_the_period(tmp_path: Path) -> None:
    rules = AGENDA.replace("{unit: harbour-library}", "{each: branch}").replace("quarter", "year")
    units = "  port-library: {label: Port Library, roles: [branch], place: harbour, reports_to: head-office, since: 2024-06-01}"
    pack = pack_with(tmp_path, rules + "window: {opens: 12-11, due: 12-15, latest: 12-20}\n", units=units)
    assert [o.bearer.id for o in agenda(pack).obligations] == ["harbour-library", "hill-library", "port-library"]


def test_a_standing_norm_opens_when_its_own_rule_takes_effect(tmp_path: Path) -> None:
    rules = AGENDA.replace("every: quarter", "always: true\nsince: 2024-05-01")
    (found,) = agenda(pack_with(tmp_path, rules)).obligations
    assert found.deadline.opens == datetime.fromisoformat("2024-05-01T00:00+02:00")


def test_a_standing_norm_whose_condition_fails_is_not_breached(tmp_path: Path) -> None:
    rules = "id: d\nmust_not: lend_rare_books\nbearer: {each: branch}\nalways: true\nbreach: rare_lent_out\n"
    pack = pack_with(tmp_path, rules + 'if: case.events.exists(e, e.type == "item_lost")\n')
    lent = {"id": "e1", "case": "c", "type": "rare_lent_out", "at": "2024-03-01", "place": "hill-library"}
    lost = {"id": "e2", "case": "c", "type": "item_lost", "at": "2024-03-01"}
    assert answer(pack, lent).obligations == ()
    assert [o.status for o in answer(pack, lent, lost).obligations] == ["breached"]


# --- conflicts ------------------------------------------------------------------------------------------


def test_a_contradiction_between_a_case_and_the_agenda_that_a_rule_orders_is_none(tmp_path: Path) -> None:
    standing = "id: s\nquote: Words of the law.\nmust_not: send_reminder\nbearer: {each: branch}\nalways: true\nbreach: item_lost\n"
    duty = DUTY.replace("id: d", "id: d\nquote: Words of the law.")
    unordered = agenda(pack_with(tmp_path / "a", duty + "---\n" + standing), report())
    ordered = agenda(pack_with(tmp_path / "b", duty + "overrides: s\n---\n" + standing), report())
    assert [c.rules for c in unordered.conflicts] == [("d", "s")]
    assert ordered.conflicts == ()


def test_what_a_bearer_that_was_not_found_is_like_is_unknown(tmp_path: Path) -> None:
    """The fallback desk is not the bearer: judged by it, the duty was dropped without a word."""
    rule = "id: d\nmust: send_reminder\nbearer: reporter\non: item_overdue\nif: '\"branch\" in unit.roles'\nby: {hours: 24}\n"
    engine = Engine(pack_with(tmp_path, rule))
    engine.submit({"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-03-01T10:00", "days_late": 20})
    (found,) = engine.obligations(rule="d")
    assert (found.status, found.bearer.routed) == ("undecided", False)
    assert [question.fact for question in found.questions] == ["event.by"]


def test_whom_a_bearer_that_was_not_found_reports_to_is_not_guessed(tmp_path: Path) -> None:
    rule = (
        "id: d\nmust: send_reminder\nbearer: {role: branch, place: event.place}\nto: {role: branch, place: bearer.place}\n"
        "on: item_overdue\nby: {hours: 24}\n"
    )
    engine = Engine(pack_with(tmp_path, rule))
    engine.submit({"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-03-01T10:00", "days_late": 20})
    (found,) = engine.obligations(rule="d")
    assert (found.bearer.routed, [party.routed for party in found.to]) == (False, [False])
