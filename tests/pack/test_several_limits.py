"""`by` may be a list."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remit import Pack, PackError
from remit.model.rule import ByReading, Earliest, Timing, Within

BREACH = Path(__file__).parents[2] / "examples" / "gdpr-breach"
CHAPTER = "policies/gdpr-2016-679/article-33.md"
BY = "by: [{reading: authority_promptly}, {hours: 72}]"
BOTH = Earliest((ByReading("authority_promptly"), Within(72, "hours")))


def written(tmp_path: Path, instead: str) -> Path:
    pack = shutil.copytree(BREACH, tmp_path / "pack")
    law = (pack / CHAPTER).read_text("utf-8")
    assert BY in law
    (pack / CHAPTER).write_text(law.replace(BY, instead, 1), "utf-8")
    return pack


@pytest.mark.parametrize(
    ("by", "timing"),
    [
        (BY, BOTH),
        ("期限: [{解释: authority_promptly}, {小时: 72}]", BOTH),
        ("by: [{hours: 72}]", Within(72, "hours")),
    ],
)
def test_a_list_of_limits(tmp_path: Path, by: str, timing: Timing) -> None:
    assert Pack.load(written(tmp_path, by)).rules["a33-1.notify"].timing == timing


@pytest.mark.parametrize(
    ("by", "codes"),
    [
        ("by: [{hours: 72, days: 3}, {hours: 1}]", ["RM206"]),
        ("by: [{houres: 72}, {hours: -1}]", ["RM205", "RM208"]),
    ],
)
def test_each_limit_is_checked_by_itself(tmp_path: Path, by: str, codes: list[str]) -> None:
    with pytest.raises(PackError) as wrong:
        Pack.load(written(tmp_path, by))
    assert [e.code for e in wrong.value.problems if e.code != "RM230"] == codes


def test_a_window_goes_with_no_other_limit(tmp_path: Path) -> None:
    pack = written(tmp_path, BY)
    words = pack / "facts" / "readings.yaml"
    text = words.read_text("utf-8")
    before, at, after = text.partition("authority_promptly:")
    words.write_text(before + at + after.replace("open: true", "window: {opens: 02-11, due: 02-15}", 1), "utf-8")
    with pytest.raises(PackError) as wrong:
        Pack.load(pack)
    assert [(e.code, e.found, e.expected) for e in wrong.value.problems] == [
        ("RM206", "authority_promptly", "limits without a window, where there are several")
    ]
