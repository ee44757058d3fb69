"""The benchmark itself: small, and without a clock that decides anything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import figures
import pytest
from lane import Lane, LaneError, Served
from measure import Pace, Row, hopeless, interleaved
from report import marked, write_report
from run import summary
from sides import BY_NAME
from workload import Facts, Happening, Output, Workload
from workload_pack import write

from remit import Engine, Pack

TINY = Pace(rounds=2, seconds=0.01, warm_s=0, load_limit_s=60)
#: Where durable_rules can't be built, remit alone is run.
SIDES = (
    "submit_reference",
    "match_compiled",
    *(("durable_api", "durable_c") if find_spec("durable_rules_engine") else ()),
)
PAGE = "# P\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nkept\n"


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    sizes = [{"rules": 6, "cases": 10}, {"rules": 12, "kinds": 3, "cases": 10}]
    return interleaved([(BY_NAME[side], size) for size in sizes for side in SIDES], TINY, singles=True, filled=5)


def test_every_engine_is_held_to_the_oracle_and_timed(rows: list[Row]) -> None:
    assert {row.side: row.failed for row in rows if row.failed} == {}
    assert all(len(row.us) == 2 and row.middle and row.middle > 0 for row in rows)


def test_the_oracle_says_what_the_rules_say() -> None:
    work = Workload(rules=2, cases=2)
    first, second = work.program
    assert (first.consent, second.consent) == (False, True)
    told = [
        Happening(1, "k0", "c0.0", "p0", first.below - 1, 0),
        Happening(2, "k0", "c0.0", "p0", first.below, 0),
        Happening(3, "k1", "c0.0", "p0", 0, 0),
        Happening(4, "k1", "c1.0", "p7", 0, 0),
    ]
    assert work.expected(told) == [(0, 1, "c0.0", "desk.p0"), (1, 4, "c1.0", "desk.p7")]


def test_a_seed_makes_the_same_events_and_another_makes_others() -> None:
    assert Workload(rules=5).first(50) == Workload(rules=5).first(50)
    assert Workload(rules=5).first(50) != Workload(rules=5, seed=8).first(50)


def test_the_pack_owes_what_the_workload_means(tmp_path: Path) -> None:
    engine = Engine(Pack.load(write(Workload(rules=2, cases=2), tmp_path / "pack")), backend="reference")
    engine.submit({"id": "o", "type": "opened", "case": "c", "at": "2024-05-06", "consent": True})
    delta = engine.submit({"id": "e", "type": "k1", "case": "c", "at": "2024-05-06", "place": "p3", "age": 0})
    (owed,) = delta.created
    assert (owed.bearer.id, owed.deadline.due and owed.deadline.due.isoformat()) == (
        "desk.p3",
        "2024-05-10T00:00:00+00:00",
    )


def test_what_cannot_be_had_is_said_and_the_rest_goes_on() -> None:
    lane = Lane("peers.nobody:Nobody")
    with pytest.raises(LaneError, match=r"cannot be imported: .*peers\.nobody"):
        lane.ask("load", rules=1)


class Silent:
    """An engine that finds nothing."""

    most = 100

    def __init__(self, _work: Workload) -> None: ...

    def open(self, facts: Facts) -> None: ...

    def ready(self, events: Sequence[Happening], _generation: int) -> Sequence[Happening]:
        return events

    def run(self, _prepared: Sequence[Happening]) -> list[Output]:
        return []


def test_another_answer_than_the_oracle_s_is_not_timed() -> None:
    served = Served(Silent)
    served.load(rules=3)
    with pytest.raises(LaneError, match="gave 0 outputs where the oracle gives"):
        served.check()
    with pytest.raises(LaneError, match="another number of outputs"):
        served.time(0.01)


def test_what_takes_too_long_with_few_rules_is_not_tried_with_many() -> None:
    slow = Row("experta", {"rules": 100}, us=[1.0], compile_s=1, open_s=2)
    assert hopeless(slow, 1000, TINY) is None
    assert "took 3.0 s" in (hopeless(slow, 10_000, TINY) or "")
    assert "failed at 100 rules" in (hopeless(Row("experta", {"rules": 100}, failed="no"), 1000, TINY) or "")


def test_a_figure_is_the_median_of_its_pairs_and_knows_its_goal() -> None:
    figure = figures.ratio(Row("a", {}, us=[40, 90, 60]), Row("b", {}, us=[10, 10, 10]), "here")
    assert (figure.value, figure.low, figure.high) == (6, 4, 9)
    assert figures.told("submit_vs_durable_api", figure)["reached"] == "aim"
    assert figures.reached(figures.GOALS["growth_open"], 1.7) == "floor"
    assert figures.reached(figures.GOALS["growth_open"], 2.1) == "no"


def test_a_figure_that_could_not_be_taken_is_null_with_its_reason() -> None:
    figure = figures.ratio(Row("a", {}, us=[1]), Row("b", {}, failed="no Java"), "here")
    assert (figure.value, figure.reason) == (None, "b: no Java")


def test_tables_and_plots_are_made_of_a_run(rows: list[Row], tmp_path: Path) -> None:
    (tmp_path / "performance.md").write_text(PAGE, "utf-8")
    taken = {name: figures.Figure(None, reason="not taken | here") for name in figures.GOALS}
    taken["submit_vs_durable_api"] = figures.Figure(3.0, 2.5, 3.5, at="here")
    latest = {
        "figures": {name: figures.told(name, figure) for name, figure in taken.items()},
        "engines": [asdict(row) for row in rows],
        "machine": {"cpu": "a", "cores": 2, "memory_gb": 1, "system": "Linux", "python": "3", "load": [0.0]},
        "versions": {"remit": "0"},
        "quick": True,
        "minutes": 1,
    }
    latest = json.loads(json.dumps(latest))
    write_report(latest, tmp_path)
    page = (tmp_path / "performance.md").read_text("utf-8")
    assert "| **3×** | 2.5–3.5 | ≥ 2.5× | ≥ 6× | floor held | here |" in page
    assert "not taken / here" in page
    assert page.endswith("<!-- bench: end -->\nkept\n")
    assert "old" not in page
    assert marked(page, latest) == page
    drawn = sorted((tmp_path / "performance").glob("*.svg"))
    assert {path.stem for path in drawn} >= {"peers", "rules"}
    for path in drawn:
        assert "prefers-color-scheme" in path.read_text("utf-8")
        assert ET.fromstring(path.read_text("utf-8")).tag.endswith("svg")  # noqa: S314 - drawn here
    assert "submit_vs_durable_api" in summary(latest)


@pytest.mark.parametrize("pack", ["work", "city"])
def test_the_columnar_replay_is_held_to_the_live_path_before_it_is_timed(pack: str) -> None:
    told = figures.printed(["bulk.py", "--pack", pack, "--events", "40", "--rounds", "1"], 300)
    assert isinstance(told, dict), told
    assert {name: len(values) for name, values in told.items()} == {
        "columnar_vs_live": 1, "columnar_vs_bare_join": 1, "columnar_s": 1, "first_s": 1,
    }  # fmt: skip


def test_the_effect_of_a_changed_rule_is_timed() -> None:
    told = figures.printed(["-c", "import city, json; print(json.dumps(city.what_if(300, rounds=2)))"], 300)
    assert isinstance(told, dict), told
    assert len(told["whatif_s"]) == 2


def test_figures_are_read_whole_however_long_their_line() -> None:
    told = figures.printed(["-c", "import json; print(json.dumps({'x': list(range(200))}))"], 60)
    assert told == {"x": list(range(200))}


def test_a_measure_that_is_not_there_yet_is_said_to_be_so() -> None:
    assert figures.printed(["-c", "import city; city.nothing()"], 60) == (
        "this version of remit has nothing to measure here yet"
    )
    assert figures.printed(["-c", "raise SystemExit('no disk')"], 60) == "no disk"
