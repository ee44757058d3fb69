"""docs/errors.md lists every code the engine can raise, and no other."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import remit
from remit.errors import EventError, Origin, PackError, RemitError, SourceError
from remit.explain.messages import spoken

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


#: Of calls that pass the two parts by place: where what was found and what was expected stand.
BY_PLACE = {"typed": (2, 3), "broken": (1, 2), "_fails": (1,), "too_large": (0, 1)}


def phrases(path: Path) -> set[str]:
    """What a module may say was found, was expected, or would help; `7` for whatever is filled in."""
    found: set[str] = set()
    for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        said = [k.value for k in call.keywords if k.arg in {"found", "expected", "hint"}]
        said += [call.args[place] for place in BY_PLACE.get(name, ()) if place < len(call.args)]
        for value in said:
            whole = [n for n in ast.walk(value) if isinstance(n, ast.JoinedStr)]
            inner = {id(part) for joined in whole for part in ast.walk(joined)} - {id(joined) for joined in whole}
            plain = [n for n in ast.walk(value) if isinstance(n, ast.Constant | ast.JoinedStr) and id(n) not in inner]
            found |= {filled(n) for n in plain}
    return found


def filled(node: ast.Constant | ast.JoinedStr) -> str:
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts)


@pytest.mark.parametrize("room", ["ledger", "keeper", "engine.py", "cli"])
def test_what_the_ledger_says_it_says_in_chinese_too(room: str) -> None:
    files = [ENGINE / room] if room.endswith(".py") else sorted((ENGINE / room).glob("*.py"))
    files = [path for path in files if room != "cli" or "ledger" in path.name]
    said = {phrase for path in files for phrase in phrases(path)}
    assert len(said) > 1
    english = re.compile(r"[A-Za-z]{2,} [a-z]{2,}")
    left = {p: spoken(p) for p in said if english.search(re.sub(r"`[^`]*`|pip install .*", "", spoken(p)))}
    assert left == {}


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
