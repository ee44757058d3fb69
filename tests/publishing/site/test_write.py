"""Where a site may be written, and what becomes of what lies there."""

from __future__ import annotations

from pathlib import Path

import pytest

from remit.errors import SiteError
from remit.publishing.site.write import write as write_files


def write(files: dict[str, bytes], out: Path, *, force: bool) -> None:
    write_files(files.items(), out, force=force)


def test_a_new_directory_and_an_empty_one_are_taken(tmp_path: Path) -> None:
    write({"a/b.html": b"1"}, tmp_path / "new" / "er", force=False)
    assert (tmp_path / "new" / "er" / "a" / "b.html").read_bytes() == b"1"
    (tmp_path / "empty").mkdir()
    write({"index.html": b"1"}, tmp_path / "empty", force=False)
    assert (tmp_path / "empty" / "index.html").is_file()


def test_what_is_not_ours_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SiteError, match="RM870"):
        write({"thesis.txt": b""}, tmp_path, force=False)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"
    write({"index.html": b"1"}, tmp_path, force=True)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_in_the_way_is_refused_even_by_force(tmp_path: Path) -> None:
    (tmp_path / "site").write_text("a file")
    for force in (False, True):
        with pytest.raises(SiteError, match="RM870"):
            write({"index.html": b""}, tmp_path / "site", force=force)


def test_a_site_of_ours_is_renewed_and_pages_that_are_no_more_go(tmp_path: Path) -> None:
    write({"zh/old.html": b"1", "zh/kept.html": b"1"}, tmp_path, force=False)
    (tmp_path / "notes.txt").write_text("mine")
    write({"en/new.html": b"2", "zh/kept.html": b"2"}, tmp_path, force=False)
    assert sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()) == [
        "en/new.html", "notes.txt", "site.json", "zh/kept.html",
    ]  # fmt: skip


def test_a_list_that_was_tampered_with_takes_nothing_away_outside(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("x")
    write({"index.html": b"1"}, tmp_path / "site", force=False)
    (tmp_path / "site" / "site.json").write_text('{"program": "remit site", "files": ["../precious", 3]}')
    write({"index.html": b"2"}, tmp_path / "site", force=False)
    assert (tmp_path / "precious").exists()


def test_where_nothing_can_be_written_it_says_so(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a file where a directory is needed")
    with pytest.raises(SiteError, match=r"RM87[04]"):
        write({"index.html": b""}, tmp_path / "a" / "site", force=False)
