"""`counting` of a policy: read in both languages, and the default where it is left out."""

from __future__ import annotations

from datetime import time
from pathlib import Path

from made import LIBRARY, edited
from remit import Engine, Pack
from remit.comparison.compare import compare
from remit.explain.text import text
from remit.model.counting import PRC_CIVIL_CODE, AtLeast, Counting
from remit.model.text import Text

POLICY = "policies/bylaws-2024/policy.yaml"
ENGLISH = """level: city
counting:
  law: {zh: 期间法, en: Periods Act}
  hours_from: next_full_hour
  day_of_event: counted
  rolls_over: unless_hours
  last_day_ends: 17:00
  at_least: {working_days: 2, in_days: 3}
  articles: {months: Section 5}
"""
CHINESE = """level: city
期间计算:
  依据法律: {zh: 期间法, en: Periods Act}
  小时起算: 下一整点
  当日: 计入
  顺延: 小时除外
  截止时刻: 17:00
  至少: {工作日: 2, 期间日数: 3}
  条款: {月: Section 5}
"""
READ = Counting(
    Text("期间法", "Periods Act"),
    {"months": Text("Section 5", "Section 5")},
    hours_from="next_full_hour",
    day_of_event="counted",
    rolls_over="unless_hours",
    last_day_ends=time(17),
    at_least=AtLeast(2, 3),
)


def counting_with(folder: Path, lines: str) -> Pack:
    folder.mkdir()
    return Pack.load(edited(folder, POLICY, "level: city\n", lines))


def test_a_convention_is_read_in_both_languages(tmp_path: Path) -> None:
    for name, lines in (("en", ENGLISH), ("zh", CHINESE)):
        assert counting_with(tmp_path / name, lines).policy("bylaws-2024").counting == READ


def test_what_is_left_out_is_as_in_the_default_and_cites_none_of_its_articles(tmp_path: Path) -> None:
    pack = counting_with(tmp_path / "short", "level: city\ncounting: {law: Periods Act}\n")
    assert pack.policy("bylaws-2024").counting == Counting(Text("Periods Act", "Periods Act"))
    assert Pack.load(LIBRARY).policy("bylaws-2024").counting is PRC_CIVIL_CODE


def test_a_duty_is_due_by_the_law_its_policy_names_and_its_proof_says_so(tmp_path: Path) -> None:
    engine = Engine(counting_with(tmp_path / "en", ENGLISH))
    lost = {"id": "e1", "type": "item_lost", "case": "c", "at": "2024-05-06T10:20", "by": "hill-library", "place": "hill", "subject": "borrower-1"}  # fmt: skip
    engine.submit({**lost, "kind": "book"})
    duty = next(o for o in engine.obligations() if o.rule == "a2.charge")
    assert duty.deadline.due is not None
    assert f"{duty.deadline.due:%H:%M}" == "17:00"
    assert "（期间法）" in text(engine.why(duty.id), "zh")
    assert "(Periods Act)" in text(engine.why(duty.id), "en")


def test_another_convention_is_a_change_of_the_policy(tmp_path: Path) -> None:
    changes = compare(Pack.load(LIBRARY), counting_with(tmp_path / "en", ENGLISH)).changes
    policy = next(c for c in changes if (c.subject, c.part) == ("policy", "counting"))
    assert policy.before is not None
    assert policy.after is not None
    assert policy.before.en.startswith("Civil Code, hours from event (art. 201)")
    assert policy.after.en == (
        "Periods Act, hours from next full hour, the day of the event counted, months (Section 5), rolls over unless hours, "
        "the last day until 17:00, at least 2 working days in 3 days or more"
    )
    assert (
        policy.after.zh
        == "期间法，小时自下一整点，当日计入，月（Section 5），顺延小时除外，最后一日至17:00，至少：3日以上的期间含2个工作日"
    )
