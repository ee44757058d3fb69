"""What a newcomer may rely on: the engine knows no subject, rooms are small, names are found."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

import remit

ROOT = Path(__file__).parents[1]
ENGINE = ROOT / "engine" / "remit"
MODULES = sorted(ENGINE.rglob("*.py"))
SUBJECT = re.compile(
    r"阜新|细河|海州|彰武|拐卖|反拐|打拐|收买|婴儿|弃婴|被拐|民政|公安|派出所|医院|未成年|婚姻|收养|解救|fuxin|xihe|trafficking|infant|newborn|hospital|police\b(?!`)|adoption|guardian|marriage|kinship",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(ENGINE).as_posix())
def test_the_engine_knows_nothing_of_the_first_pack(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    assert [f"{n}: {line.strip()}" for n, line in enumerate(lines, 1) if SUBJECT.search(line)] == []


#: Words of the first pack's vocabulary that everybody uses.
EVERYDAY = frozenset(
    ["age", "child", "found in", "health", "home", "lawful", "lost", "made by", "none", "nothing", "other", "similar", "situation", "transport", "情形"]
)  # fmt: skip


def test_the_engine_says_no_word_of_the_first_pack_s_vocabulary() -> None:
    """No id, label or alias of its roles, actions, units, places, events, attributes and choices."""
    vocabulary = remit.Pack.load(ROOT).vocabulary
    terms = [
        t
        for kind in ("roles", "actions", "units", "places", "event_types", "attributes")
        for t in getattr(vocabulary, kind).values()
    ]
    declared = [t for t in terms if t.origin.file]
    choices = [choice for t in declared for choice in getattr(t, "choices", ())]
    words = {w.lower() for t in (*declared, *choices) for w in (t.id, t.label.zh, t.label.en, *t.aliases) if len(w) > 1}
    assert len(words) > 1000
    text = "\n".join(path.read_text("utf-8").lower() for path in MODULES)
    said = {
        w for w in words if w in text and (not w.isascii() or re.search(rf"(?<![a-z_]){re.escape(w)}(?![a-z_])", text))
    }
    assert said - EVERYDAY == set()


def test_no_room_is_too_large() -> None:
    assert {p.name: n for p in MODULES if (n := len(p.read_text("utf-8").splitlines())) > 500} == {}


def test_no_room_is_a_drawer() -> None:
    assert {p.stem for p in MODULES} & {"utils", "util", "helpers", "misc", "common"} == set()


def test_nothing_is_left_half_done() -> None:
    left = re.compile(r"NotImplementedError|\b(?:TODO|FIXME|XXX)\b")
    assert [p.name for p in MODULES if left.search(p.read_text("utf-8"))] == []


def test_the_public_names_are_sorted_found_and_explained() -> None:
    assert sorted(remit.__all__) == remit.__all__
    for name in remit.__all__:
        assert getattr(remit, name).__doc__, name


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="Enginne"):
        _ = remit.Enginne


def test_every_module_says_what_it_is() -> None:
    for path in MODULES:
        name = ".".join(path.relative_to(ENGINE.parent).with_suffix("").parts).removesuffix(".__init__")
        if name != "remit.__main__":
            assert import_module(name).__doc__, name


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    forbidden = re.compile(r"index-url|files\.pythonhosted|/simple/|/root/|/home/\w+/")
    texts = [p for p in ROOT.glob("*") if p.is_file()] + [*(ROOT / "docs").rglob("*.md"), *MODULES]
    named = {
        p.name
        for p in texts
        if forbidden.search(p.read_text("utf-8", errors="ignore").replace("--no-emit-index-url", ""))
    }
    assert named == set()
