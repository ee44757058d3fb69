"""An explanation as a picture."""

from __future__ import annotations

import re
from itertools import pairwise
from unicodedata import east_asian_width
from xml.etree import ElementTree as ET

import pytest

from remit.explain.picture import COLOURS, WIDTH, svg, wrap
from remit.model.explanation import Why
from remit.model.text import Text

SPACE = "{http://www.w3.org/2000/svg}"


def columns(text):
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def parsed(drawn):
    return ET.fromstring(drawn)  # noqa: S314 - what we drew ourselves


def boxes(root):
    """The rectangles of claims: those with a border."""
    return [
        {k: float(r.get(k)) for k in ("x", "y", "width", "height")}
        for r in root.iter(f"{SPACE}rect")
        if r.get("stroke")
    ]


def claim(words, *children, kind="obligation"):
    return Why(kind, Text(words, words), children=children)


@pytest.fixture
def guardian(heard, overdue):
    engine = heard(overdue(age=11))
    (owed,) = engine.obligations(rule="a1.guardian")
    return engine.why(owed.id)


def test_it_is_xml_and_every_claim_is_in_it(guardian, steps):
    written = "".join(parsed(svg(guardian, "en")).itertext())
    wanted = [s.claim.en for kind in ("event", "route", "edge", "status") for s in steps(guardian, kind)]
    assert len(wanted) >= 5
    assert [words for words in wanted if words not in written] == []


def test_nothing_is_fetched_or_run(guardian):
    drawn = svg(guardian, "en").replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert re.findall(r"<script|https?:|@import|url\(|href|\son\w+=", drawn) == []


def test_same_tree_gives_the_same_bytes(guardian):
    assert svg(guardian, "zh") == svg(guardian, "zh")
    assert svg(guardian, "zh") != svg(guardian, "en")


def test_boxes_do_not_overlap_and_stay_inside(guardian):
    root = parsed(svg(guardian, "en"))
    placed = boxes(root)
    assert len(placed) == 23
    assert all(a["y"] + a["height"] < b["y"] for a, b in pairwise(placed))
    assert all(b["x"] + b["width"] <= WIDTH for b in placed)
    assert placed[-1]["y"] + placed[-1]["height"] < float(root.get("height"))


def test_kind_gives_the_stripe_its_colour():
    drawn = svg(claim("a", claim("b", kind="quote")), "en")
    assert f'width="5" height="37" rx="2" fill="{COLOURS["quote"]}"' in drawn


def test_words_are_escaped():
    drawn = svg(claim('<a href="x">&</a>'), "en")
    assert "<a" not in drawn
    assert parsed(drawn).find(f"{SPACE}title").text == '<a href="x">&</a>'


def test_signs_that_xml_cannot_hold_are_left_out():
    parsed(svg(claim("case \x01\x0b one"), "en"))


def test_bold_headline_is_broken_before_it_leaves_its_box():
    """Its letters are wider than those of the claims beneath it."""
    root = parsed(svg(claim("duty " + "policy/rule/unit/case-" * 8), "en"))
    rows = [t.text for t in root.iter(f"{SPACE}text")]
    assert len(rows) > 1
    assert max(columns(row) for row in rows) * 8.8 <= WIDTH - 2 * 24


def test_chinese_sign_takes_two_columns():
    lines = list(wrap("公安机关接到报案" * 20, 40))
    assert {columns(line) for line in lines[:-1]} == {40}
    assert "".join(lines) == "公安机关接到报案" * 20


def test_text_is_broken_at_a_blank():
    assert list(wrap("the branch lent the book", 12)) == ["the branch", "lent the", "book"]


def test_deep_tree_keeps_its_boxes_wide_enough_to_read():
    """A conjunction of 200 parts nests 200 deep."""
    tree = claim("last")
    for _ in range(200):
        tree = claim("part", tree)
    placed = boxes(parsed(svg(tree, "en")))
    assert len(placed) == 201
    assert min(box["width"] for box in placed) > WIDTH / 3
