"""The usual headings are known without a pattern of the policy's own."""

from __future__ import annotations

import pytest

from remit.pack.source import Layout, sentences


@pytest.mark.parametrize(
    "heading",
    ["Chapter 1 Beaches", "Chapter 1. Beaches", "Chapter IV: Beaches", "PART 2. BEACHES", "Chapter 3", "第三章 预防", "第三章　预防"],
)  # fmt: skip
def test_a_heading_binds_nobody(heading: str) -> None:
    found = sentences(f"{heading}\nSection 1. Dogs shall be kept on a lead. No dog shall bathe.\n", Layout.of())
    assert [(s.heading, s.article) for s in found] == [(True, ""), (False, "1"), (False, "1")]


def test_a_sentence_that_begins_like_a_heading_is_none() -> None:
    (found,) = sentences("Partial closures are announced.", Layout.of())
    assert not found.heading
