"""Files as they should not be: cut short, binary, in another encoding, in place of each other, going round. A message, never a traceback."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made import LIBRARY, speaks_chinese
from remit import Pack
from remit.authoring.files import format_file
from remit.errors import PackError, RemitError
from remit.explain.messages import told

BYLAWS, POLICY, SOURCE = (f"policies/bylaws-2024/{name}" for name in ("bylaws.md", "policy.yaml", "source.txt"))
FILES = sorted(p.relative_to(LIBRARY).as_posix() for p in LIBRARY.rglob("*") if p.suffix in {".yaml", ".md", ".txt"})


def library(folder: Path) -> Path:
    root = folder / "library"
    shutil.copytree(LIBRARY, root)
    return root


def problems(root: Path) -> tuple[RemitError, ...]:
    try:
        Pack.load(root)
    except PackError as refused:
        return refused.problems
    return ()


def changed(folder: Path, file: str, change: Callable[[bytes], bytes]) -> tuple[RemitError, ...]:
    root = library(folder)
    path = root / file
    path.write_bytes(change(path.read_bytes()))
    return problems(root)


# --- cut, mangled, huge ------------------------------------------------------------------------------


@given(
    st.sampled_from(FILES), st.floats(0, 1), st.sampled_from(["cut", "drop", "double", "noise"]), st.binary(max_size=6)
)
@settings(max_examples=150)
def test_a_mangled_file_is_told_in_words(file: str, at: float, how: str, noise: bytes) -> None:
    """Half-typed, with a stretch missing or twice, or with any bytes in the middle."""

    def mangle(raw: bytes) -> bytes:
        place = int(at * len(raw))
        return {
            "cut": raw[:place],
            "drop": raw[:place] + raw[place + 7 :],
            "double": raw[: place + 9] + raw[place:],
            "noise": raw[:place] + noise + raw[place:],
        }[how]

    with TemporaryDirectory() as folder:
        found = changed(Path(folder), file, mangle)
        assert found == tuple(sorted(found, key=lambda p: (p.origin, p.code, str(p))))
        assert len({(p.code, p.origin, p.found) for p in found}) == len(found)
        for problem in found:
            assert problem.expected
            assert problem.origin.file
            assert speaks_chinese(problem), told(problem, "zh")
        kept = (Path(folder) / "library" / file).read_bytes()
        formatted = format_file(Path(folder) / "library" / file) if not file.endswith(".txt") else None
        assert formatted is None or formatted.problems or formatted.after is not None
        assert (Path(folder) / "library" / file).read_bytes() == kept


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda raw: "角色: {标签: 图书馆}\n".encode("gbk"), "text in GBK"),
        (lambda raw: raw.decode("utf-8").encode("utf-16"), "text in UTF-16"),
        (lambda raw: bytes(range(256)) * 8, "no text, but a binary file"),
        (lambda raw: b"PK\x03\x04\x00\x00" + raw, "no text, but a binary file"),
        (lambda raw: raw + b"\xff", "byte 0xff"),
    ],
    ids=["GBK", "UTF-16", "bytes", "an archive", "a byte"],
)
@pytest.mark.parametrize("file", ["facts/roles.yaml", "facts/pack.yaml", BYLAWS, POLICY, SOURCE])
def test_another_encoding_is_told_once_with_the_remedy(
    tmp_path: Path, file: str, make: Callable[[bytes], bytes], found: str
) -> None:
    """And nothing is told of all that names something in the file."""
    (problem,) = changed(tmp_path, file, make)
    assert (problem.code, problem.found, problem.origin.file) == ("RM101", found, file)
    assert problem.hint == "save the file as UTF-8"
    assert problem.origin.line > 0


@pytest.mark.parametrize("file", FILES)
def test_a_huge_file_is_refused_alone(tmp_path: Path, file: str) -> None:
    (problem,) = changed(tmp_path, file, lambda raw: raw + b"#" * 5_000_001) if "cases" not in file else (None,)
    assert problem is None or (problem.code, problem.origin.file) == ("RM109", file)


@pytest.mark.parametrize("file", FILES)
def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path, file: str) -> None:
    assert changed(tmp_path, file, lambda raw: b"\xef\xbb\xbf" + raw.replace(b"\n", b"\r\n")) == ()


@pytest.mark.parametrize("file", ["facts/pack.yaml", POLICY])
def test_an_empty_head_is_told_once(tmp_path: Path, file: str) -> None:
    (problem,) = changed(tmp_path, file, lambda _: b"# nothing yet\n")
    assert (problem.code, problem.found, str(problem.origin)) == ("RM220", "an empty file", f"{file}:1:1")


# --- not a file, not to be read ---------------------------------------------------------------------


@pytest.mark.parametrize("file", ["facts/roles.yaml", "facts/pack.yaml", "facts/units.yaml", BYLAWS, SOURCE, POLICY])
def test_a_directory_in_the_place_of_a_file(tmp_path: Path, file: str) -> None:
    root = library(tmp_path)
    (root / file).unlink()
    (root / file).mkdir()
    (problem,) = problems(root)
    assert problem.code == "RM102"
    assert Path(file).name in (problem.found, Path(problem.origin.file).name)


@pytest.mark.parametrize("file", ["facts/roles.yaml", BYLAWS, SOURCE, POLICY])
def test_a_file_that_may_not_be_read(tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    root = library(tmp_path)
    read = Path.read_bytes

    def refusing(path: Path) -> bytes:
        if path == root / file:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refusing)
    (problem,) = problems(root)
    assert (problem.code, problem.origin.file, problem.hint) == ("RM102", file, "Permission denied")


# --- many, and in order -------------------------------------------------------------------------------


def test_five_hundred_errors_are_all_told_once_in_order(tmp_path: Path) -> None:
    root = library(tmp_path)
    rules = "\n---\n".join(
        f"id: r{n}\nquote: Rare books shall not be lent out.\nmust: no_such_act_{n}\nbearer: {{each: branch}}\nalways: true"
        for n in range(500)
    )
    path = root / BYLAWS
    path.write_text(
        path.read_text("utf-8").replace("```rule\nid: a2.rare", f"```rule\n{rules}\n---\nid: a2.rare"), "utf-8"
    )
    units = root / "facts" / "units.yaml"
    units.write_text(units.read_text("utf-8").replace("roles: [branch]", "roles: [branhc]"), "utf-8")
    found = problems(root)
    assert len(found) == 502
    assert [p.origin.file for p in found] == ["facts/units.yaml"] * 2 + [BYLAWS] * 500
    assert [p.found for p in found[2:]] == [f"no_such_act_{n}" for n in range(500)]
    assert [p.origin for p in found] == sorted(p.origin for p in found)


def test_every_key_twice_in_a_file_is_told_at_once(tmp_path: Path) -> None:
    found = changed(tmp_path, "facts/actions.yaml", lambda raw: raw + raw)
    assert [(p.code, p.origin.line) for p in found] == [("RM202", n) for n in range(9, 17)]


def test_every_broken_block_is_told_and_what_it_would_have_declared_is_not_missed(tmp_path: Path) -> None:
    """`a3.report` is named by a `then`; its block is cut, and that alone is the error."""
    found = changed(
        tmp_path,
        BYLAWS,
        lambda raw: raw.replace(b"by: {days: 10}", b"by: {days: 10").replace(
            b"must_not: lend_rare_books", b"must_not: [lend"
        ),
    )
    assert [p.code for p in found] == ["RM201", "RM201"]


# --- what goes round ---------------------------------------------------------------------------------


CIRCLES = {
    "part_of": ("facts/units.yaml", "head-office: {label: Head Office,", "head-office: {part_of: hill-library, label: Head Office,", "place: hill,", "place: hill, part_of: head-office,", "RM504"),
    "guided_by itself": ("facts/units.yaml", "head-office: {label: Head Office,", "head-office: {guided_by: head-office, label: Head Office,", "", "", "RM504"),
    "places": ("facts/places.yaml", "level: city}", "level: city, in: harbour}", "", "", "RM504"),
    "a place in itself": ("facts/places.yaml", "in: norrtown", "in: harbour", "", "", "RM504"),
    "then": (BYLAWS, "id: a3.report", "id: a3.report\nthen: a3.again", "id: a3.open", "id: a3.again\nquote: Every branch counts its stock each half-year.\nmust: keep_open\nbearer: {each: branch}\nthen: a3.report\n---\nid: a3.open", "RM217"),
    "overrides": (BYLAWS, "id: a2.rare", "id: a2.rare\noverrides: a2.waive", "id: a2.waive", "id: a2.waive\noverrides: a2.rare", "RM217"),
    "counts_as": (BYLAWS, "counts_as: {term: branch, means: a library of the city}", "counts_as: {unit: head-office, relation: part_of, target: head-office}", "", "", "RM218"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "old2", "new2", "code"), CIRCLES.values(), ids=CIRCLES)
def test_what_goes_round_is_told(
    tmp_path: Path, file: str, old: str, new: str, old2: str, new2: str, code: str
) -> None:
    def turned(raw: bytes) -> bytes:
        text = raw.decode("utf-8")
        assert old in text
        assert old2 in text
        return text.replace(old, new, 1).replace(old2, new2, 1).encode("utf-8")

    found = changed(tmp_path, file, turned)
    assert {p.code for p in found} == {code}, found
    assert all(p.origin.line > 0 for p in found)
