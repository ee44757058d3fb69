"""Changes are what a careless hand makes, each once, each sound; scenarios notice them or a reason is written down."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from made import LIBRARY
from remit import Pack
from remit.checks.check import check
from remit.errors import SpecificationError
from remit.specification.equivalence import Prover
from remit.specification.features import read_specification
from remit.specification.judge import Judge
from remit.specification.measure import as_json, measure
from remit.specification.memory import FILE, FOLDER, Verdicts, fingerprint
from remit.specification.mutants import Mutant, applied, mutants
from remit.specification.play import tell
from remit.specification.run import Outcome, run
from remit.specification.survivors import read_survivors
from remit.specification.watch import changed_rules, touched
from spec_packs import GDPR, ROOT, loaded

KINDS = {
    "modality", "bearer.role", "bearer.level", "bearer.unit", "bearer.drop", "bearer.enclosing", "to.drop", "to.role", "with.drop", "with.level",
    "performer.drop", "on.event", "on.drop", "per", "every", "if.drop", "if.bound", "if.sign", "if.and-or", "if.list", "unless.drop", "by.drop",
    "by.reading", "by.from", "done.drop", "done.where-drop", "breach.drop", "handover.drop", "perdurant", "jointly", "reading.amount",
    "reading.unit",
}  # fmt: skip


def test_every_kind_of_careless_change_is_made_and_each_has_its_own_name() -> None:
    found = mutants(loaded("fuxin")[0])
    assert {m.kind for m in found} >= KINDS
    assert len({m.id for m in found}) == len(found) > 2000
    assert {m.rule.id for m in found if m.rule} == set(loaded("fuxin")[2].rules)


@pytest.mark.parametrize("name", ["library", "gdpr"])
def test_every_change_makes_another_and_a_sound_pack(name: str) -> None:
    pack = loaded(name)[0]
    for mutant in mutants(pack):
        changed = applied(pack, mutant)
        assert fingerprint((changed.policies, changed.vocabulary.readings)) != fingerprint(
            (pack.policies, pack.vocabulary.readings)
        )
        assert check(changed).errors == (), mutant.id


def notices_in_full(judge: Judge, mutant: Mutant) -> bool:
    """Every scenario, told to the whole changed pack."""
    changed = applied(judge.pack, mutant)
    return any(not tell(h.scenario, h.steps, changed, explain=False).passed for h in judge.heard)


@pytest.mark.parametrize(("name", "every"), [("library", 1), ("gdpr", 23)])
def test_a_change_is_noticed_as_if_all_scenarios_had_been_told_to_the_whole_pack(name: str, every: int) -> None:
    pack, _, outcome = loaded(name)
    judge = Judge(pack, outcome)
    for mutant in mutants(pack)[::every]:
        assert (judge.noticed_by(mutant) is not None) is notices_in_full(judge, mutant), mutant.id


def test_what_is_proven_to_change_nothing_is_noticed_by_no_scenario() -> None:
    pack, _, outcome = loaded("gdpr")
    judge, prover = Judge(pack, outcome), Prover(pack)
    proven = [m for m in mutants(pack) if prover.proof(m) is not None]
    assert len(proven) > 20
    proven = proven[::3]
    assert [m.id for m in proven if judge.noticed_by(m) is not None] == []


def test_a_condition_that_comes_out_alike_is_proven_and_one_that_does_not_is_not() -> None:
    pack = loaded("fuxin")[0]
    found = {m.id: m for m in mutants(pack, ["a9-2.rescue"])}
    prover = Prover(pack)
    assert prover.proof(found["a9-2.rescue:unless.bound.3"]) is None
    assert all(prover.proof(m) is None for m in found.values() if m.kind == "if.drop")


def copy(tmp_path: Path) -> Path:
    root = tmp_path / "library"
    shutil.copytree(LIBRARY, root, ignore=shutil.ignore_patterns(FOLDER))
    return root


def outcome_of(pack: Pack) -> Outcome:
    return run(pack, read_specification(pack.root))


def test_the_same_pack_gives_the_same_bytes_afresh_from_memory_and_in_parallel(tmp_path: Path) -> None:
    pack = Pack.load(copy(tmp_path))
    outcome = outcome_of(pack)
    fresh = json.dumps(as_json(measure(pack, outcome, scenarios=False)))
    kept = pack.root / FOLDER / FILE
    assert kept.is_file()
    asked: list[int] = []
    assert json.dumps(as_json(measure(pack, outcome, scenarios=False, step=asked.append))) == fresh
    assert asked == [0], "nothing was judged again"
    kept.unlink()
    assert json.dumps(as_json(measure(pack, outcome, scenarios=False, jobs=2))) == fresh


def test_only_what_a_change_of_a_rule_touches_is_judged_again(tmp_path: Path) -> None:
    root = copy(tmp_path)
    measure(Pack.load(root), outcome_of(Pack.load(root)), scenarios=False)
    chapter = next(root.glob("policies/*/*.md"))
    chapter.write_text(chapter.read_text("utf-8").replace("days late > 14", "days late >= 15").replace("days_late > 14", "days_late >= 15"), "utf-8")  # fmt: skip
    pack = Pack.load(root)
    asked: list[int] = []
    measure(pack, outcome_of(pack), scenarios=False, step=asked.append)
    assert 0 < asked[0] < len(mutants(pack))


def test_a_damaged_memory_is_passed_over(tmp_path: Path) -> None:
    pack = Pack.load(copy(tmp_path))
    (pack.root / FOLDER).mkdir()
    (pack.root / FOLDER / FILE).write_text('{"x": 1', "utf-8")
    assert Verdicts(Judge(pack, outcome_of(pack))).known == {}


def test_a_survivor_comes_with_a_scenario_that_notices_it(tmp_path: Path) -> None:
    """Take a boundary's scenario away: the change survives, and the scenario that is shown brings the notice back."""
    root = copy(tmp_path)
    feature = root / "features" / "library.feature"
    feature.write_text(feature.read_text("utf-8").replace("      | 14   | raises nothing |\n      | 15   | raises a duty  |\n", "      | 20   | raises a duty  |\n"), "utf-8")  # fmt: skip
    pack = Pack.load(root)
    found = measure(pack, outcome_of(pack), only=["a1.reminder"])
    lost = {s.mutant.id: s for s in found.survivors if s.mutant.kind == "if.bound"}
    assert lost
    for survivor in lost.values():
        assert survivor.scenario is not None, survivor.mutant.id
        feature.write_text(feature.read_text("utf-8") + "\n" + survivor.scenario, "utf-8")
    again = Pack.load(root)
    assert outcome_of(again).passed
    left = {s.mutant.id for s in measure(again, outcome_of(again), only=["a1.reminder"], scenarios=False).survivors}
    assert left & lost.keys() == set()


def test_a_rule_or_reading_nobody_knows_is_refused() -> None:
    pack, _, outcome = loaded("library")
    with pytest.raises(SpecificationError, match=r"RM832.*nearest: `a1.reminder`"):
        measure(pack, outcome, only=["a1.remindr"])


def test_the_list_of_survivors_is_held_to_what_is_found(tmp_path: Path) -> None:
    root = copy(tmp_path)
    pack = Pack.load(root)
    (survivor, *_) = measure(pack, outcome_of(pack), scenarios=False).survivors
    told = f"survivors:\n  - change: {survivor.mutant.id}\n    reason: so it is meant\n  - change: a1.reminder:if.drop\n    reason: old\n"
    (root / "features" / "survivors.yaml").write_text(told, "utf-8")
    found = measure(pack, outcome_of(pack), scenarios=False)
    assert {s.mutant.id: s.reason for s in found.survivors}[survivor.mutant.id] == "so it is meant"
    assert [(p.code, p.found, p.origin.line) for p in found.problems] == [("RM830", "a1.reminder:if.drop", 4)]


def test_a_list_of_survivors_that_cannot_be_read_says_where(tmp_path: Path) -> None:
    (tmp_path / "features").mkdir()
    (tmp_path / "features" / "survivors.yaml").write_text("survivors:\n  - chnge: x\n    reason: y\n", "utf-8")
    with pytest.raises(Exception, match=r"features/survivors.yaml:2:5: RM205.*nearest: `change`"):
        read_survivors(tmp_path)


@pytest.mark.parametrize(("root", "every"), [(GDPR, 9), (ROOT, 29)], ids=["gdpr", "fuxin"])
def test_nearly_every_change_of_a_real_pack_is_noticed_and_each_other_has_its_reason(root: Path, every: int) -> None:
    """A sample, afresh; `remit mutate` judges them all, in minutes."""
    pack, _, outcome = loaded("gdpr" if root == GDPR else "fuxin")
    judge, prover = Judge(pack, outcome), Prover(pack)
    explained = read_survivors(root)
    chosen = mutants(pack)[::every]
    left = [m for m in chosen if judge.noticed_by(m) is None and prover.proof(m) is None]
    assert [m.id for m in left if m.id not in explained] == []
    assert len(left) <= 0.03 * len(chosen)


@pytest.mark.parametrize("name", ["gdpr", "fuxin"])
def test_every_listed_survivor_does_survive(name: str) -> None:
    pack, _, outcome = loaded(name)
    judge, prover = Judge(pack, outcome), Prover(pack)
    listed = read_survivors(pack.root)
    assert listed
    changed = {name.partition(":")[0].removeprefix("reading ") for name in listed}
    found = {m.id: m for m in mutants(pack, sorted(changed))}
    for entry in listed.values():
        assert judge.noticed_by(found[entry.change]) is None
        assert prover.proof(found[entry.change]) is None


# --- what a changed file touches ---------------------------------------------------------------------


def test_a_changed_feature_touches_its_scenarios_a_rule_those_it_has_a_say_in_a_fact_all() -> None:
    pack, specification, _ = loaded("gdpr")
    everything = set(specification.scenarios)
    first = specification.scenarios[0].file
    assert {s.file for s in touched([Path(first)], pack, pack, specification)} == {first}
    assert set(touched([Path("facts/readings.yaml")], pack, pack, specification)) == everything
    rule = pack.rules["a33-2.processor"]
    policies = (
        replace(
            pack.policies[0], rules=tuple(replace(r, per="event") if r is rule else r for r in pack.policies[0].rules)
        ),
    )  # type: ignore[arg-type]
    changed = replace(pack, policies=policies)
    assert changed_rules(pack, changed) == {rule.id}
    some = set(touched([Path("policies/x.md")], pack, changed, specification))
    assert some
    assert some < everything
    assert all("processor finds a breach" in str(s.steps) or rule.id in str(s.steps) or "notify the controller" in str(s.steps) for s in some)  # fmt: skip
