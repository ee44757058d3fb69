"""Ids put in words, and what is left as it was written."""

from __future__ import annotations

import pytest

from remit.explain.words import VERBATIM, Words
from remit.model.explanation import Why
from remit.model.text import Text


@pytest.fixture
def words(library):
    return Words.of(library)


def test_name_that_stands_by_itself_is_put_in_words(words):
    told = words.text(Text("由harbour-library承继", "harbour-library takes over."))
    assert (told.zh, told.en) == ("由Harbour Library承继", "Harbour Library takes over.")


def test_id_made_of_several_parts_stays_whole(words):
    whole = "harbour/harbour-library/harbour"
    assert words.text(Text(whole, f"duty {whole} failed")).en == f"duty {whole} failed"


def test_part_of_a_longer_name_is_not_taken_for_a_name(words):
    assert words.text(Text("branches", "branches of harbour-side")).en == "branches of harbour-side"


@pytest.mark.parametrize("kind", sorted(VERBATIM))
def test_somebody_s_own_words_are_not_reworded(words, kind):
    written = Text("the branch of harbour", "the branch of harbour")
    assert words.why(Why(kind, written)).claim == written
    assert words.why(Why("route", written)).claim.en == "the library branch of Harbour"
