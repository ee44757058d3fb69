"""An explanation as text."""

from __future__ import annotations

from remit.explain.text import text
from remit.model.explanation import Why
from remit.model.text import Text


def node(kind, claim, holds=None, *children, value=None, source=None):
    return Why(kind, Text(f"{claim}（中）", claim), value, source, holds, children)


def test_tree_is_drawn_with_box_characters():
    tree = node("obligation", "a", None, node("route", "b", None, node("edge", "c")), node("note", "d"))
    assert text(tree, "en").splitlines() == ["a", "├─ b", "│  └─ c", "└─ d"]


def test_last_branch_leaves_no_line_beneath_it():
    tree = node("obligation", "a", None, node("route", "b", None, node("edge", "c"), node("edge", "d")))
    assert text(tree, "en").splitlines() == ["a", "└─ b", "   ├─ c", "   └─ d"]


def test_marks_say_true_false_and_unknown():
    tree = node("condition", "a", True, node("condition", "b", False), node("condition", "c"))
    assert text(tree, "en").splitlines() == ["✓ a", "├─ ✗ b", "└─ ? c"]


def test_step_where_truth_is_not_the_question_has_no_mark():
    assert text(node("note", "a"), "en") == "a"
    assert text(node("route", "a"), "en") == "a"


def test_fact_shows_its_value_and_the_event_that_stated_it():
    assert text(node("fact", "age", True, value="11", source="e1"), "en") == "age = 11  [e1]"


def test_each_language_has_its_own_claims():
    assert text(node("note", "a"), "zh") == "a（中）"


def test_undecided_duty_can_be_read_aloud(heard, overdue):
    engine = heard(overdue())
    (owed,) = engine.obligations(rule="a1.guardian")
    lines = text(engine.why(owed.id), "en").splitlines()
    assert "├─ ? event.days_late > 14 && subject.age < 16" in lines
    assert "│  ├─ ✓ event.days_late > 14" in lines
    assert "│     └─ subject.age: nobody has stated it" in lines
    assert lines[-1] == "└─ How old is the borrower?"
