"""What a superior document asks for, beside the local rules that say they carry it out."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remit import Pack
from remit.errors import EventError, PackError
from remit.planning.delegation import Shift, counts, delegation

CHAIN = Path(__file__).parents[1] / "packs" / "good" / "delegation"
ROOT = Path(__file__).parents[2]


def of_plan() -> object:
    (chain,) = delegation(Pack.load(CHAIN), "city-plan")
    return chain


def test_a_demand_without_a_local_rule_is_missing() -> None:
    """Also a prohibition, and also where a local rule does the same act but does not say so."""
    assert [link.demand.id for link in of_plan().missing] == ["city.train", "city.sell"]


def test_the_same_act_is_suggested_and_never_counted() -> None:
    missing = {link.demand.id: link for link in of_plan().missing}
    assert [rule.id for rule in missing["city.train"].likely] == ["county.train"]
    assert missing["city.sell"].likely == ()


@pytest.mark.parametrize(
    ("demand", "shift"),
    [("city.count", Shift.RARER), ("city.remind", Shift.EARLIER), ("city.sunday", Shift.WEAKER_MODALITY)],
)
def test_a_local_rule_that_differs_says_in_what(demand: str, shift: Shift) -> None:
    (carried,) = next(link.carried for link in of_plan().links if link.demand.id == demand)
    assert carried.shifts == (shift,)


def test_an_earlier_limit_does_not_fall_short() -> None:
    assert [link.demand.id for link in of_plan().short] == ["city.count", "city.sunday"]


def test_local_rules_that_carry_nothing_out_go_beyond() -> None:
    assert [rule.id for rule in of_plan().beyond] == ["county.bus", "county.train"]


def test_of_a_document_known_by_title_nothing_more_is_said() -> None:
    (chain,) = delegation(Pack.load(CHAIN), "省令第9号")
    assert (chain.known, chain.links, chain.beyond) == (False, (), ())
    assert [rule.id for rule in chain.named_by] == ["city.a1"]


def test_the_shipped_pack_names_its_superior_document_by_title_only() -> None:
    (chain,) = delegation(Pack.load(ROOT))
    assert (chain.superior.number, chain.known) == ("辽政办发〔2021〕32号", False)
    assert chain.superior.number in chain.policy.sentences[chain.named_by[0].quotes[0].sentences[0]].text


def test_a_document_nobody_implements_is_refused_with_the_nearest() -> None:
    with pytest.raises(EventError) as refused:
        delegation(Pack.load(CHAIN), "city-plam")
    assert (refused.value.code, refused.value.suggestion) == ("RM456", "city-plan")


def test_the_counts_add_up() -> None:
    assert counts(delegation(Pack.load(CHAIN))) == {"demands": 5, "carried": 3, "short": 2, "missing": 2, "beyond": 2}


# --- duties listed in the superior document's own words ----------------------------------------------


def changed(folder: Path, *changes: tuple[str, str, str]) -> Path:
    root = folder / "pack"
    shutil.copytree(CHAIN, root)
    for file, old, new in changes:
        path = root / "policies" / file
        text = path.read_text("utf-8")
        assert text.count(old) == 1, old
        path.write_text(text.replace(old, new), "utf-8")
    return root


LISTED = (
    "city-plan/policy.yaml", "    number: 省令第9号",
    "    number: 省令第9号\n    duties:\n      p5.count: {article: 第五条, quote: 公共图书馆每半年清点馆藏。}\n      p6.free: {article: 第六条, quote: 阅览室免费开放。}",
)  # fmt: skip


def test_listed_duties_are_compared_by_their_words(tmp_path: Path) -> None:
    root = changed(
        tmp_path, LISTED, ("city-plan/plan.md", "every: half_year", "every: half_year\nimplements: p5.count")
    )
    (chain,) = delegation(Pack.load(root), "province-libraries")
    assert chain.known
    assert [(link.demand.id, [c.rule.id for c in link.carried]) for link in chain.links] == [
        ("p5.count", ["city.count"]), ("p6.free", [])
    ]  # fmt: skip


def test_like_words_are_suggested(tmp_path: Path) -> None:
    (chain,) = delegation(Pack.load(changed(tmp_path, LISTED)), "province-libraries")
    assert [rule.id for rule in chain.links[0].likely] == ["city.count"]


@pytest.mark.parametrize(
    ("change", "code", "nearest"),
    [
        (("county-plan/rules.md", "落实: city.remind", "落实: city.remnid"), "RM204", "city.remind"),
        (("county-plan/policy.yaml", "政策: city-plan", "政策: citiplan"), "RM204", "city-plan"),
        (("city-plan/policy.yaml", "    number: 省令第9号", "    numbr: 省令第9号"), "RM205", "number"),
        (("city-plan/policy.yaml", "  - id: province-libraries\n", "  - numbr: x\n"), "RM207", None),
    ],
)  # fmt: skip
def test_what_is_not_declared_is_refused(
    tmp_path: Path, change: tuple[str, str, str], code: str, nearest: str | None
) -> None:
    with pytest.raises(PackError) as refused:
        Pack.load(changed(tmp_path, change))
    assert code in {p.code for p in refused.value.problems}
    assert nearest is None or nearest in {p.suggestion for p in refused.value.problems}


def test_policies_that_implement_each_other_are_refused(tmp_path: Path) -> None:
    circle = ("city-plan/policy.yaml", "implements:\n", "implements:\n  - policy: county-plan\n")
    with pytest.raises(PackError) as refused:
        Pack.load(changed(tmp_path, circle))
    assert "RM217" in {p.code for p in refused.value.problems}
