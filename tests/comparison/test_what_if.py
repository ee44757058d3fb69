"""Years of events under another pack: what `remit diff` says case by case is said of all cases at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from shutil import copytree

import pytest
from pyarrow import parquet
from typer.testing import CliRunner

from remit import Pack
from remit.cli.app import assembled
from remit.columnar.schema import events_of
from remit.comparison.impact import Cases, impact
from remit.comparison.pairing import Pairing
from remit.comparison.what_if import Years
from remit.replay.columns import table_of

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "bench"))
from city import City  # noqa: E402 - the bench is no package

OLD = Pack.load(ROOT)
CITY = City(OLD, years=1, seed=6)


def another(folder: Path, chapter: str, before: str, after: str) -> Path:
    """The pack with one thing said otherwise."""
    for name in ("policies", "facts", "features"):
        copytree(ROOT / name, folder / name)
    (file,) = folder.glob(f"policies/*/{chapter}") if chapter.endswith(".md") else [folder / "facts" / chapter]
    text = file.read_text("utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), "utf-8")
    return folder


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city") / "events.parquet"
    parquet.write_table(CITY.table(500), path)
    return path


@pytest.mark.parametrize(
    ("chapter", "before", "after"),
    [
        (
            "chapter-5.md",
            "bearer: {role: education, or: enclosing}\non: [school_elsewhere_arranged, follow_up_visited]",
            "bearer: {role: civil_affairs, or: enclosing}\non: [school_elsewhere_arranged, follow_up_visited]",
        ),
        ("chapter-3.md", "on: infant_found\nif: 非 当事人.已查找到监护人", "on: infant_found"),
        ("readings.yaml", "by: {hours: 24}", "by: {hours: 6}"),
    ],
)
def test_what_becomes_of_years_is_what_diff_says_of_their_cases(
    tmp_path: Path, events: Path, chapter: str, before: str, after: str
) -> None:
    new = Pack.load(another(tmp_path / "new", chapter, before, after))
    found = Years(OLD, [events], CITY.until, threads=1).against(new)
    told = tuple(events_of(table_of(OLD, [events])[0], OLD.vocabulary.attributes, OLD.calendar.zone))
    expected = impact(Cases([(told, told)]), OLD, new, Pairing.of(OLD, new), CITY.until, agenda=True)
    assert in_order(found.impact.as_json()["effects"]) == in_order(expected.as_json()["effects"])
    assert found.impact.effects
    assert (found.impact.cases, found.impact.events) == (expected.cases, expected.events)


def in_order(effects: object) -> list[str]:
    assert isinstance(effects, list)
    return sorted(map(json.dumps, effects))


def test_what_the_new_pack_cannot_read_is_named(tmp_path: Path, events: Path) -> None:
    new = Pack.load(another(tmp_path / "new", "attributes.yaml", "max: 130", "max: 13"))
    found = Years(OLD, [events], CITY.until, threads=1).against(new)
    assert len(found.impact.refused) > len(Years(OLD, [events], CITY.until, threads=1).against(OLD).impact.refused)


@pytest.mark.parametrize(("language", "word"), [("zh", "移转"), ("en", "moves")])
def test_it_is_told_in_both_languages_and_as_json(
    tmp_path: Path, events: Path, language: str, word: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REMIT_CACHE", "off")
    said = "bearer: {role: education, or: enclosing}\non: [school_elsewhere_arranged, follow_up_visited]"
    new = another(tmp_path / "new", "chapter-5.md", said, said.replace("education", "civil_affairs"))
    command = ["whatif", str(ROOT), str(new), "--events", str(events), "--now", "2025-03-01"]
    run: Callable[..., object] = CliRunner().invoke
    spoken = run(assembled(), [*command, "--lang", language])
    assert spoken.exit_code == 0, spoken.output
    assert word in spoken.output
    assert "a16.follow-up" in spoken.output
    told = json.loads(run(assembled(), [*command, "--json"]).output)
    assert told["ran"] == ["fuxin-2023-3/a16.follow-up"]
    assert told["rules"][0]["moves"] == told["impact"]["counts"]["moves"] > 0
