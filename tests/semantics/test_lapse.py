"""A fact stated later may take a duty its ground; it is withdrawn in the open, and what was done stays done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from made import pack_with
from remit import Engine
from remit.live.evaluator import LiveEvaluator
from remit.matching.reference import Reference
from remit.model.obligation import Obligation
from remit.semantics.evaluator import ReferenceEvaluator
from remit.semantics.law import Law

CHILD = """
id: d
must: send_reminder
bearer: {role: branch, place: event.place}
on: item_overdue
if: subject.age < 16
by: {hours: 24}
"""
ALONE = CHILD.replace("if: subject.age < 16", 'unless: case.events.exists(e, e.type == "item_returned")')
MINE = CHILD.replace("if: subject.age < 16", 'if: unit.id == "harbour-library" && subject.age < 16')
#: A duty that goes over to another bearer when the age is stated otherwise.
EITHER = CHILD.replace(
    "{role: branch, place: event.place}", "[{role: branch, place: event.place}, {unit: head-office}]"
).replace(
    "if: subject.age < 16",
    'if: unit.id == "harbour-library" && subject.age < 16 || unit.id == "head-office" && subject.age >= 16',
)
LOST = {"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-03-01T10:00", "place": "harbour", "days_late": 20}
OLDER = {**LOST, "id": "e2", "at": "2024-03-01T18:00", "age": 40, "days_late": 1}
RETURNED = {"id": "e2", "case": "c", "type": "item_returned", "at": "2024-03-01T18:00"}


def done(at: str) -> dict[str, object]:
    act = {"id": "p", "case": "c", "type": "performed", "action": "send_reminder", "by": "harbour-library"}
    return {**act, "at": at}


def statuses(tmp_path: Path, rules: str, *events: dict[str, object]) -> list[str]:
    engine = Engine(pack_with(tmp_path, rules))
    engine.submit_all(events)
    return [o.status.value for o in engine.obligations(rule="d")]


@pytest.mark.parametrize(("rules", "first", "later"), [(CHILD, {**LOST, "age": 9}, OLDER), (MINE, {**LOST, "age": 9}, OLDER), (ALONE, LOST, RETURNED)])  # fmt: skip
class TestWhatTookItsGround:
    def test_withdraws_what_was_open(self, tmp_path: Path, rules: str, first: dict, later: dict) -> None:
        assert statuses(tmp_path, rules, first, later) == ["withdrawn"]

    def test_leaves_what_was_done_before(self, tmp_path: Path, rules: str, first: dict, later: dict) -> None:
        assert statuses(tmp_path, rules, first, done("2024-03-01T12:00"), later) == ["done"]

    def test_does_not_count_what_was_done_after(self, tmp_path: Path, rules: str, first: dict, later: dict) -> None:
        assert statuses(tmp_path, rules, first, later, done("2024-03-01T20:00")) == ["withdrawn"]

    def test_is_told_in_the_delta(self, tmp_path: Path, rules: str, first: dict, later: dict) -> None:
        engine = Engine(pack_with(tmp_path, rules))
        engine.submit(first)
        assert [o.rule for o in engine.submit(later).withdrawn] == ["d"]
        assert "took the duty its ground" in str(engine.why(engine.obligations(rule="d")[0].id))


ASIDE = CHILD.replace("if: subject.age < 16\n", "") + "---\n" + CHILD.replace("id: d", "id: s").replace("must:", "must_not:").replace("by: {hours: 24}\n", "overrides: d\n")  # fmt: skip
#: The rule that goes before is itself set aside by a third, once somebody returns the item.
THIRD = ASIDE.replace("if: subject.age < 16\n", "") + "---\n" + CHILD.replace("id: d", "id: t").replace("on: item_overdue", "on: item_lost").replace("if: subject.age < 16\nby: {hours: 24}", "overrides: s")  # fmt: skip
GONE = {"id": "e2", "case": "c", "type": "item_lost", "at": "2024-03-01T18:00", "place": "harbour"}


@pytest.mark.parametrize(("rules", "later"), [(ASIDE, OLDER), (THIRD, GONE)], ids=["its ground", "a third rule"])
def test_what_was_set_aside_has_its_clock_from_when_it_came_free(
    tmp_path: Path, rules: str, later: dict[str, object]
) -> None:
    """As with `unless`: while another rule went before it, nobody owed it."""
    pack = pack_with(tmp_path, rules)
    law, engine = Law.of(pack, Reference), Engine(pack)
    engine.submit({**LOST, "age": 9})
    assert not engine.obligations(rule="d")
    engine.submit(later)
    for evaluator in (ReferenceEvaluator(law), LiveEvaluator(law)):
        (free,) = [o for o in evaluator.case("c", engine.events, engine.now) if o.rule == "d"]
        assert free.deadline.due is not None
        assert (free.status.value, free.deadline.due.isoformat()) == ("active", "2024-03-02T18:00:00+01:00")


#: A ban that comes with another report than the one that raised the duty.
BANNED = THIRD.split("---")[0] + "---\n" + CHILD.replace("id: d", "id: s").replace("must:", "must_not:").replace("on: item_overdue", "on: item_lost").replace("if: subject.age < 16\nby: {hours: 24}", "overrides: d")  # fmt: skip


def both(engine: Engine, law: Law) -> Iterator[list[Obligation]]:
    """By the reference and by the fast way."""
    for evaluator in (ReferenceEvaluator(law), LiveEvaluator(law)):
        yield [o for o in evaluator.case("c", engine.events, engine.now) if o.rule == "d"]


def test_a_duty_that_another_rule_sets_aside_later_is_withdrawn(tmp_path: Path) -> None:
    """It is announced, with the reason, and not gone in silence; what was done before stays done."""
    pack = pack_with(tmp_path, BANNED)
    engine = Engine(pack)
    engine.submit(LOST)
    delta = engine.submit(GONE)
    assert [o.rule for o in delta.withdrawn] == ["d"]
    assert "a rule that goes before this one" in str(engine.why(delta.withdrawn[0].id))
    assert [[o.status.value for o in found] for found in both(engine, Law.of(pack))] == [["withdrawn"]] * 2
    done_first = Engine(pack)
    done_first.submit_all([LOST, done("2024-03-01T12:00"), GONE])
    assert [[o.status.value for o in found] for found in both(done_first, Law.of(pack))] == [["done"]] * 2


def test_a_duty_is_asked_what_would_set_it_aside(tmp_path: Path) -> None:
    """While the rule that goes before it waits for a fact, the duty stands, can be rebutted, and has that rule's question."""
    pack = pack_with(tmp_path, ASIDE)
    engine = Engine(pack)
    engine.submit(LOST)
    for found in both(engine, Law.of(pack)):
        assert [(o.status.value, o.rebuttable, [(q.fact, q.rule) for q in o.questions]) for o in found] == [
            ("active", True, [("subject.age", "d")])
        ]
    engine.submit({**OLDER, "age": 40})
    assert [[o.questions for o in found] for found in both(engine, Law.of(pack))] == [[()], [()]]


def test_what_was_never_set_aside_keeps_its_clock(tmp_path: Path) -> None:
    engine = Engine(pack_with(tmp_path, ASIDE))
    engine.submit_all([{**LOST, "age": 40}, {**OLDER, "age": 50}])
    (found,) = engine.obligations(rule="d")
    assert str(found.deadline.due) == "2024-03-02 10:00:00+01:00"


HOME = "home: {label: home, of: subject, type: place, ask: where is home?}"
AT_HOME = CHILD.replace("place: event.place", "place: subject.home").replace("if: subject.age < 16\n", "")


@pytest.mark.parametrize("rules", [AT_HOME, AT_HOME + "if: subject.age < 60\n"], ids=["always", "with a condition"])
@pytest.mark.parametrize("first", ["harbour", None], ids=["elsewhere", "where nobody knew"])
def test_a_duty_that_a_later_fact_sends_to_another_desk_is_withdrawn_from_the_first(
    tmp_path: Path, rules: str, first: str | None
) -> None:
    pack = pack_with(tmp_path, rules, attributes=HOME, events="moved:\n  label: moved\n  attributes: [home]")
    told = {"id": "e2", "case": "c", "type": "moved", "at": "2024-03-01T18:00", "home": "hill"}
    before = [{**told, "id": "e0", "at": "2024-02-01T18:00", "home": first}] if first else []
    law, engine = Law.of(pack, Reference), Engine(pack)
    engine.submit_all([*before, {**LOST, "age": 9}])
    (old,) = engine.obligations(rule="d")
    delta = engine.submit(told)
    assert [(c.what, c.obligation.bearer.id) for c in delta.changes if c.obligation.rule == "d"] == [
        ("withdrawn", old.bearer.id), ("created", "hill-library"),
    ]  # fmt: skip
    assert "sent it to another desk" in str(engine.why(old.id))
    for evaluator in (ReferenceEvaluator(law), LiveEvaluator(law)):
        found = evaluator.case("c", engine.events, engine.now)
        assert {(o.bearer.id, o.status.value) for o in found} == {
            (old.bearer.id, "withdrawn"),
            ("hill-library", "active"),
        }


def test_a_question_answered_with_no_leaves_nothing_behind(tmp_path: Path) -> None:
    assert statuses(tmp_path, CHILD, LOST, OLDER) == []


def test_a_ground_that_comes_back_is_the_same_duty(tmp_path: Path) -> None:
    again = {**OLDER, "id": "e3", "at": "2024-03-02T09:00", "age": 9}
    assert statuses(tmp_path, CHILD, {**LOST, "age": 9}, OLDER, again) == ["active"]


def test_a_ground_that_fell_away_for_one_bearer_only(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, EITHER)
    law, engine = Law.of(pack, Reference), Engine(pack)
    engine.submit_all([{**LOST, "age": 9}, OLDER])
    for evaluator in (ReferenceEvaluator(law), LiveEvaluator(law)):
        owed = evaluator.case("c", engine.events, engine.now)
        assert {(o.bearer.id, o.status.value) for o in owed} == {
            ("harbour-library", "withdrawn"),
            ("head-office", "active"),
        }
