"""The office's own templates: filled in with their look kept, refused with the field that is not there."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest

from made import pack_with
from publishing_made import RULES, desk
from remit.errors import ExportError
from remit.explain.messages import told
from remit.publishing.documents_kinds import Desk
from remit.publishing.export import Order


@pytest.fixture
def made(tmp_path: Path) -> Desk:
    return desk(pack_with(tmp_path, RULES))


def word(path: Path, *paragraphs: str, row: tuple[str, ...] = ()) -> Path:
    paper = docx.Document()
    for text in paragraphs:
        paper.add_paragraph(text)
    if row:
        table = paper.add_table(2, len(row))
        for cell, text in zip(table.rows[1].cells, row, strict=True):
            cell.text = text
    paper.save(path)
    return path


def sheet(path: Path, rows: list[list[str]]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def notice(made: Desk, template: Path) -> bytes:
    return Order("supervision", template.suffix.lstrip(".") if template.suffix in {".docx", ".xlsx"} else "md", template, supervisor="head-office").bytes(made, "hill-library")[1]  # fmt: skip


def refused(made: Desk, template: Path) -> ExportError:
    with pytest.raises(ExportError) as caught:
        notice(made, template)
    return caught.value


# --- Word ---------------------------------------------------------------------------------------------


def test_fields_are_filled_in_also_in_the_footer(tmp_path: Path, made: Desk) -> None:
    path = word(tmp_path / "own.docx", "To {{ unit }}, {{today}}: {{ count }}.")
    paper = docx.Document(path)
    paper.sections[0].footer.paragraphs[0].text = "{{ supervisor }}"
    paper.save(path)
    filled = docx.Document(io.BytesIO(notice(made, path)))
    assert filled.paragraphs[0].text == "To Hill Library, 2024-06-20: 2."
    assert filled.sections[0].footer.paragraphs[0].text == "Head Office"


def test_a_field_that_word_cut_into_runs_is_one_field(tmp_path: Path, made: Desk) -> None:
    """And keeps the look of its first part; what stands around it keeps its own."""
    paper = docx.Document()
    paragraph = paper.add_paragraph("To ")
    for text, bold in (("{", True), ("{ un", False), ("it }", False), ("} and {{ count", False), (" }}!", True)):
        paragraph.add_run(text).bold = bold
    paper.save(tmp_path / "own.docx")
    (filled,) = docx.Document(io.BytesIO(notice(made, tmp_path / "own.docx"))).paragraphs
    assert filled.text == "To Hill Library and 2!"
    assert [(run.text, run.bold) for run in filled.runs if run.text] == [
        ("To ", None), ("Hill Library", True), (" and 2", False), ("!", True)
    ]  # fmt: skip


def test_a_row_of_a_list_is_repeated(tmp_path: Path, made: Desk) -> None:
    path = word(tmp_path / "own.docx", row=("{{ item.number }}", "{{ item.task }} ({{ item.days_over }})"))
    (table,) = docx.Document(io.BytesIO(notice(made, path))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows[1:]] == [
        ["1", "send a reminder (14)"], ["2", "tell the guardian (14)"]
    ]  # fmt: skip


def test_a_list_without_rows_leaves_the_header(tmp_path: Path, made: Desk) -> None:
    path = word(tmp_path / "own.docx", row=("{{ item.number }}",))
    content = Order("supervision", "docx", path).bytes(made, "harbour-library")[1]
    assert len(docx.Document(io.BytesIO(content)).tables[0].rows) == 1


def test_a_missing_field_names_template_field_and_nearest(tmp_path: Path, made: Desk) -> None:
    found = refused(made, word(tmp_path / "督办.docx", "{{ untt }}"))
    assert (found.code, found.found, found.suggestion, Path(found.origin.file).name) == ("RM860", "untt", "unit", "督办.docx")  # fmt: skip
    assert "最接近的是“unit”" in told(found, "zh")


def test_a_missing_field_of_a_row_is_found_also_on_a_day_without_rows(tmp_path: Path, made: Desk) -> None:
    path = word(tmp_path / "own.docx", row=("{{ item.tsk }}",))
    with pytest.raises(ExportError) as caught:
        Order("supervision", "docx", path).bytes(made, "harbour-library")
    assert (caught.value.found, caught.value.suggestion) == ("item.tsk", "item.task")


def test_a_field_of_a_list_outside_a_row_is_explained(tmp_path: Path, made: Desk) -> None:
    found = refused(made, word(tmp_path / "own.docx", "{{ item.task }}"))
    assert (found.code, found.expected) == ("RM860", "a row of a table around a field of a list")


@pytest.mark.parametrize(
    "content", [b"", b"not a zip", b"PK\x03\x04broken", b"\x00" * 100], ids=["empty", "text", "cut short", "zeros"]
)
@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_what_is_no_office_file_is_refused(tmp_path: Path, made: Desk, content: bytes, suffix: str) -> None:
    path = tmp_path / f"own.{suffix}"
    path.write_bytes(content)
    assert refused(made, path).code == "RM861"


@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_an_office_file_of_the_other_kind_or_with_broken_parts_is_refused(
    tmp_path: Path, made: Desk, suffix: str
) -> None:
    path = tmp_path / f"own.{suffix}"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml" if suffix == "docx" else "xl/workbook.xml", "<broken")
    assert refused(made, path).code == "RM861"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "x")
    assert refused(made, path).code == "RM861"


@pytest.mark.parametrize("suffix", ["docx", "xlsx", "md"])
def test_a_template_that_is_not_there_is_refused(tmp_path: Path, made: Desk, suffix: str) -> None:
    found = refused(made, tmp_path / f"none.{suffix}")
    assert (found.code, found.hint) == ("RM861", "No such file or directory")


# --- Excel --------------------------------------------------------------------------------------------


def test_a_workbook_is_filled_and_what_stands_below_moves_down(tmp_path: Path, made: Desk) -> None:
    path = sheet(
        tmp_path / "own.xlsx",
        [["{{ title }}"], ["no.", "task"], ["{{ item.number }}", "{{ item.task }}"], ["total", "{{ count }}"]],
    )
    filled = openpyxl.load_workbook(io.BytesIO(notice(made, path))).active
    assert [[cell.value for cell in row] for row in filled.iter_rows()] == [
        ["Supervision notice: Hill Library", None], ["no.", "task"], ["1", "send a reminder"], ["2", "tell the guardian"], ["total", "2"],
    ]  # fmt: skip


def test_a_repeated_row_keeps_its_look(tmp_path: Path, made: Desk) -> None:
    path = sheet(tmp_path / "own.xlsx", [["{{ item.task }}"], ["end"]])
    book = openpyxl.load_workbook(path)
    book.active["A1"].font = openpyxl.styles.Font(bold=True)
    book.save(path)
    filled = openpyxl.load_workbook(io.BytesIO(notice(made, path))).active
    assert [(cell.value, cell.font.bold) for cell in filled["A"]] == [("send a reminder", True), ("tell the guardian", True), ("end", False)]  # fmt: skip


def test_what_is_filled_in_is_never_a_formula(tmp_path: Path) -> None:
    made = desk(pack_with(tmp_path, RULES.replace("a copy of the letter", '"=1+1"')))
    path = sheet(tmp_path / "own.xlsx", [["{{ item.evidence }}"]])
    filled = openpyxl.load_workbook(io.BytesIO(notice(made, path))).active
    assert (filled["A1"].value, filled["A1"].data_type) == ("=1+1", "s")


def test_a_workbook_that_asks_for_a_missing_field_is_refused(tmp_path: Path, made: Desk) -> None:
    found = refused(made, sheet(tmp_path / "own.xlsx", [["{{ item.dew }}"]]))
    assert (found.code, found.suggestion) == ("RM860", "item.due")


# --- text ---------------------------------------------------------------------------------------------


def text(path: Path, content: str) -> Path:
    path.write_text(content, "utf-8")
    return path


def test_a_jinja_template_iterates_over_lists(tmp_path: Path, made: Desk) -> None:
    path = text(tmp_path / "own.md", "# {{ title }}\n{% for row in items %}\n* {{ row.task }}\n{% endfor %}\n")
    assert notice(made, path).decode() == "# Supervision notice: Hill Library\n* send a reminder\n* tell the guardian\n"


@pytest.mark.parametrize(
    ("content", "code", "line", "nearest"),
    [
        ("# {{ titel }}", "RM860", 1, "title"),
        ("x\n{% for row in items %}\n{{ row.tsk }}\n{% endfor %}", "RM860", 3, "task"),
        ("x\n{% for %}", "RM861", 2, None),
        ("{{ 1/0 }}", "RM861", 1, None),
        ("{{ title.__class__.__mro__[1].__subclasses__() }}", "RM86", 1, None),
        ("{% for x in range(10**9) %}{% endfor %}", "RM861", 1, None),
        ("{% include 'other' %}", "RM861", 1, None),
    ],
)
def test_a_template_that_does_not_work_says_where(
    tmp_path: Path, made: Desk, content: str, code: str, line: int, nearest: str | None
) -> None:
    found = refused(made, text(tmp_path / "own.md", content))
    assert found.code.startswith(code)
    assert found.origin.line == line
    assert nearest is None or found.suggestion == nearest


def test_bytes_that_are_no_text_are_no_template(tmp_path: Path, made: Desk) -> None:
    path = tmp_path / "own.md"
    path.write_bytes(b"\xff\xfe\x00\x01")
    assert refused(made, path).code == "RM861"
