"""The office's own .docx and .xlsx: `{{ field }}` is filled in, and a table row with `{{ item.field }}` is repeated for every item."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from copy import copy, deepcopy
from pathlib import Path
from typing import Any

from remit.errors import ExportError, Origin, nearest
from remit.publishing.documents import ROW_FIELDS, Document, Row
from remit.publishing.export_libraries import library
from remit.publishing.export_steady import steady
from remit.publishing.export_xlsx import put

FIELD = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
#: A template is no larger; nor is what it unpacks to.
LARGEST, UNPACKED = 20_000_000, 200_000_000


def opened(template: Path, member: str, what: str) -> io.BytesIO:
    """The bytes of an office file.

    Raises:
        ExportError: RM861, it cannot be read, is too large, or is no such file.
    """
    wrong: Callable[..., ExportError] = lambda found, hint=None: ExportError("RM861", "bad-template", found=found, expected=what, origin=Origin(str(template)), hint=hint)  # noqa: E731  # fmt: skip
    try:
        size = template.stat().st_size
        if size > LARGEST:
            raise wrong(f"{size} bytes")
        packed = template.read_bytes()
    except OSError as failure:
        raise wrong(str(template), failure.strerror) from None
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if member not in archive.namelist() or sum(info.file_size for info in archive.infolist()) > UNPACKED:
                raise wrong(template.name)
    except zipfile.BadZipFile:
        raise wrong(template.name) from None
    return io.BytesIO(packed)


def value(document: Document, name: str, rows: Mapping[str, Row], template: Path) -> str:
    """What stands for `{{ name }}`.

    Raises:
        ExportError: RM860, the document has no such field; or it belongs to a list and stands outside a table's row.
    """
    listed, dot, field = name.partition(".")
    if dot and listed in rows and field in rows[listed]:
        return rows[listed][field]
    if not dot and name in document.fields:
        return document.fields[name]
    known = [*document.fields, *(f"{members}.{column}" for members in document.lists for column in ROW_FIELDS)]
    outside = dot and listed in document.lists and field in ROW_FIELDS
    expected = "a row of a table around a field of a list" if outside else "a field that this document has"
    raise ExportError(
        "RM860", "missing-field", found=name, expected=expected, origin=Origin(str(template)),
        suggestion=None if outside else nearest(name, known), hint="`remit export --fields` lists them",
    )  # fmt: skip


def list_in(text: str, document: Document) -> str | None:
    """The list that a row of the template asks for."""
    names = (name.partition(".") for name in FIELD.findall(text))
    return next((listed for listed, dot, _ in names if dot and listed in document.lists), None)


def filled(text: str, document: Document, rows: Mapping[str, Row], template: Path) -> str:
    return FIELD.sub(lambda m: value(document, m[1], rows, template), text)


# --- Word ---------------------------------------------------------------------------------------------


def fill_docx(document: Document, template: Path) -> bytes:
    """The template with every field filled in, its fonts, tables and headers as they are.

    Raises:
        ExportError: RM860, RM861; RM864, python-docx is not installed.
    """
    docx = library("docx", "python-docx")
    what = "a Word file (.docx)"
    source = opened(template, "word/document.xml", what)
    try:
        paper = docx.Document(source)
        for table in list(tables(paper)):
            repeat_rows(table, document, template)
        for paragraph in list(paragraphs(paper)):
            fill_paragraph(paragraph, document, {}, template)
        out = io.BytesIO()
        paper.save(out)
    except ExportError:
        raise
    except Exception as wrong:  # noqa: BLE001 - whatever a damaged archive does inside the library
        raise ExportError("RM861", "bad-template", found=str(wrong) or template.name, expected=what, origin=Origin(str(template))) from None  # fmt: skip
    return steady(out.getvalue(), document.at)


def parts(paper: Any) -> Iterator[Any]:
    """Body, headers and footers."""
    yield paper
    for section in paper.sections:
        for part in (section.header, section.footer, section.first_page_header, section.first_page_footer):
            if not part.is_linked_to_previous:
                yield part


def tables(paper: Any) -> Iterator[Any]:
    """Every table, those within tables last."""
    open_tables = [table for part in parts(paper) for table in part.tables]
    while open_tables:
        table = open_tables.pop(0)
        yield table
        open_tables += [inner for row in table.rows for cell in row.cells for inner in cell.tables]


def paragraphs(paper: Any) -> Iterator[Any]:
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    for part in parts(paper):
        element = part.element.body if hasattr(part, "element") and hasattr(part.element, "body") else part._element  # noqa: SLF001 - headers and footers have no other way in  # fmt: skip
        for node in element.iter(qn("w:p")):
            yield Paragraph(node, part)


def repeat_rows(table: Any, document: Document, template: Path) -> None:
    """Each row that names a list, once for every row of it; none where it is empty."""
    from docx.oxml.ns import qn
    from docx.text.paragraph import Paragraph

    for row in list(table.rows):
        element = row._tr  # noqa: SLF001 - python-docx has no call to copy a row
        text = "\n".join(text_of(Paragraph(p, table)) for p in element.iter(qn("w:p")))
        listed = list_in(text, document)
        if listed is None:
            continue
        for values in document.lists[listed]:
            fresh = deepcopy(element)
            element.addprevious(fresh)
            for node in fresh.iter(qn("w:p")):
                fill_paragraph(Paragraph(node, table), document, {listed: values}, template)
        if not document.lists[listed]:
            check(text, document, listed, template)
        element.getparent().remove(element)


def check(text: str, document: Document, listed: str, template: Path) -> None:
    """A field that is not there is an error on a day without rows, too."""
    filled(text, document, {listed: dict.fromkeys(ROW_FIELDS, "")}, template)


def text_of(paragraph: Any) -> str:
    return "".join(run.text for run in paragraph.runs)


def fill_paragraph(paragraph: Any, document: Document, rows: Mapping[str, Row], template: Path) -> None:
    """Fill in every field. Word cuts a text into runs as it likes; what stands in several goes into the first, in its look."""
    runs = paragraph.runs
    text = "".join(run.text for run in runs)
    for found in reversed(list(FIELD.finditer(text))):
        told = value(document, found[1], rows, template)
        start = 0
        for run in runs:
            end = start + len(run.text)
            if start <= found.start() < end:
                head, tail = run.text[: found.start() - start], run.text[max(0, found.end() - start) :]
                run.text = head + told + (tail if found.end() <= end else "")
                shift = end
                for other in runs[runs.index(run) + 1 :] if found.end() > end else ():
                    length = len(other.text)
                    other.text = other.text[max(0, found.end() - shift) :]
                    shift += length
                    if shift >= found.end():
                        break
                break
            start = end


# --- Excel --------------------------------------------------------------------------------------------


def fill_xlsx(document: Document, template: Path) -> bytes:
    """The workbook with every field filled in; what stands below a repeated row moves down.

    Raises:
        ExportError: RM860, RM861; RM864, openpyxl is not installed.
    """
    openpyxl = library("openpyxl", "openpyxl")
    what = "an Excel file (.xlsx)"
    source = opened(template, "xl/workbook.xml", what)
    try:
        book = openpyxl.load_workbook(source)
        for sheet in book.worksheets:
            fill_sheet(sheet, document, template)
        out = io.BytesIO()
        book.save(out)
    except ExportError:
        raise
    except Exception as wrong:  # noqa: BLE001 - whatever a damaged archive does inside the library
        raise ExportError("RM861", "bad-template", found=str(wrong) or template.name, expected=what, origin=Origin(str(template))) from None  # fmt: skip
    return steady(out.getvalue(), document.at)


def fill_sheet(sheet: Any, document: Document, template: Path) -> None:
    """From the last row to the first, so that what moves down has been filled."""
    for number in range(sheet.max_row, 0, -1):
        cells = [cell for cell in sheet[number] if isinstance(cell.value, str) and FIELD.search(cell.value)]
        if not cells:
            continue
        texts = {cell.column: cell.value for cell in cells}
        listed = list_in("\n".join(texts.values()), document)
        if listed is None:
            for cell in cells:
                put(cell, filled(texts[cell.column], document, {}, template))
            continue
        if not document.lists[listed]:
            check("\n".join(texts.values()), document, listed, template)
        repeat_in_sheet(sheet, number, len(document.lists[listed]))
        for offset, values in enumerate(document.lists[listed] or ({},)):
            for column, text in texts.items():
                put(
                    sheet.cell(number + offset, column),
                    filled(text, document, {listed: values}, template) if values else "",
                )


def repeat_in_sheet(sheet: Any, number: int, count: int) -> None:
    """Room for so many rows that look like this one."""
    if count <= 1:
        return
    last, width = sheet.max_row, sheet.max_column
    if last > number:
        sheet.move_range((f"A{number + 1}:{sheet.cell(last, width).coordinate}"), rows=count - 1)
    for merged in sheet.merged_cells.ranges:
        if merged.min_row > number:
            merged.shift(row_shift=count - 1)
    heights = {r: sheet.row_dimensions[r].height for r in range(number, last + 1)}
    for below in range(last, number, -1):
        sheet.row_dimensions[below + count - 1].height = heights[below]
    for offset in range(1, count):
        sheet.row_dimensions[number + offset].height = heights[number]
        for column in range(1, width + 1):
            pattern, cell = sheet.cell(number, column), sheet.cell(number + offset, column)
            cell.value = pattern.value
            cell._style = copy(pattern._style)  # noqa: SLF001 - the whole look at once
