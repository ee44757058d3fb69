"""Facts about the matter: `of: case`, read as `case.x`, whoever they are stated about."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remit import Engine, Pack, PackError
from remit.explain.text import text
from remit.expressions.printer import show

BREACH = Path(__file__).parents[2] / "examples" / "gdpr-breach"
CHAPTER = "policies/gdpr-2016-679/article-34.md"
WRITTEN = 'if: case.risk == "high"\nunless:'


def written(tmp_path: Path, instead: str) -> Path:
    pack = shutil.copytree(BREACH, tmp_path / "pack")
    law = (pack / CHAPTER).read_text("utf-8")
    assert WRITTEN in law
    (pack / CHAPTER).write_text(law.replace(WRITTEN, f"{instead}\nunless:", 1), "utf-8")
    return pack


@pytest.mark.parametrize(
    "condition", ["if: 案件.risk == “high”", "如果: 案件的risk ＝ 「high」", 'if: case.risk == "high risk"']
)
def test_in_chinese_too(tmp_path: Path, condition: str) -> None:
    pack, before = Pack.load(written(tmp_path, condition)), Pack.load(BREACH)
    one, other = pack.rules["a34-1.inform"].condition, before.rules["a34-1.inform"].condition
    assert one is not None
    assert other is not None
    assert show(one.tree) == show(other.tree)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("if: subject.risk == 'high'", "an attribute declared `of: subject`"),
        ("if: case.nature_described", "an attribute declared `of: case`"),
    ],
)
def test_it_is_read_where_it_belongs(tmp_path: Path, condition: str, expected: str) -> None:
    with pytest.raises(PackError) as wrong:
        Pack.load(written(tmp_path, condition))
    assert [(e.code, e.expected) for e in wrong.value.problems] == [("RM305", expected)]


def report(number: int, kind: str, hour: int, **said: str) -> dict[str, object]:
    at = f"2024-05-14T{hour:02}:00"
    return {
        "id": f"e{number}",
        "type": kind,
        "at": at,
        "by": "meridian.clinics",
        "place": "meridian.clinics",
        "case": "c",
        **said,
    }


def test_the_statement_latest_in_time_holds_and_is_named() -> None:
    engine = Engine(Pack.load(BREACH))
    engine.submit(report(1, "personal_data_breach", 10, risk="unlikely", subject="one"))
    assert not engine.obligations(rule="a34-1.inform")
    engine.submit(report(2, "risk_assessed", 15, risk="high", subject="another"))
    (owed,) = engine.obligations(rule="a34-1.inform")
    assert owed.deadline.opens is not None
    assert f"{owed.deadline.opens:%H:%M}" == "15:00"
    assert "case.risk = high risk  [e2]" in text(engine.why(owed.id), "en")


def test_while_nobody_has_said_it_is_asked_once() -> None:
    engine = Engine(Pack.load(BREACH))
    engine.submit(report(1, "personal_data_breach", 10))
    (owed,) = engine.obligations(rule="a34-1.inform")
    assert (owed.status.value, owed.questions[0].fact) == ("undecided", "case.risk")


def test_another_case_says_nothing() -> None:
    engine = Engine(Pack.load(BREACH))
    engine.submit(report(1, "personal_data_breach", 10))
    engine.submit(report(2, "risk_assessed", 15, risk="high") | {"case": "d"})
    assert [(o.case, o.status.value) for o in engine.obligations(rule="a34-1.inform")] == [("c", "undecided")]
