"""docs/errors.md lists every code the engine can raise, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import remit
from remit.errors import EventError, Origin, PackError, RemitError, SourceError

ENGINE = Path(remit.__file__).parent
DOCS = Path(__file__).parents[1] / "docs" / "errors.md"
CODE = re.compile(r"RM\d{3}")


def raised() -> set[str]:
    """Codes as they stand in the engine, alone or at the head of a message."""
    found: set[str] = set()
    for path in ENGINE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found |= set(CODE.findall(node.value[:5]))
    return found


def test_every_code_is_documented_and_none_is_made_up() -> None:
    documented = set(re.findall(r"^\| (RM\d{3})", DOCS.read_text("utf-8"), re.MULTILINE))
    assert documented == raised()


def test_an_error_says_where_what_and_what_instead() -> None:
    problem = SourceError(
        "RM204", "unknown-role", found="polise", expected="a role", origin=Origin("a.md", 41, 17), suggestion="police"
    )
    assert str(problem) == "a.md:41:17: RM204 unknown-role: found `polise`, expected a role; nearest: `police`"
    assert problem.as_json()["nearest"] == "police"
    assert (problem.as_json()["line"], problem.as_json()["event"]) == (41, None)


def test_an_event_is_a_place_too() -> None:
    problem = EventError("RM403", "unknown-attribute", found="x", origin=Origin(event="e1", case="c"))
    assert str(problem).startswith("event e1, case c: RM403")


def test_a_pack_error_holds_every_problem_in_order() -> None:
    one, other = (SourceError("RM103", "quote-differs", origin=Origin("a.md", n, 1)) for n in (9, 2))
    both = PackError([one, other])
    assert [p.origin.line for p in both.problems] == [2, 9]
    assert isinstance(both, RemitError)


def test_a_long_find_is_shown_in_one_line() -> None:
    problem = EventError("RM405", "wrong-value", found="x\n" * 500)
    assert "\n" not in str(problem)
    assert len(str(problem)) < 200
