"""A document as Excel: a sheet for each table, the header frozen and filtered. What people wrote is text, whatever it looks like."""

from __future__ import annotations

import io
import re
from typing import Any
from unicodedata import east_asian_width

from remit.publishing.documents import Document, Section, Table
from remit.publishing.export_libraries import library
from remit.publishing.export_steady import steady

#: A cell holds no more.
LONGEST = 32_767
#: What no sheet may be called.
UNNAMEABLE = re.compile(r"[\[\]:*?/\\]")
NAME_LENGTH = 31
LINE = 15.0


def to_xlsx(document: Document) -> bytes:
    """The bytes of an .xlsx; the same document gives the same bytes.

    Raises:
        ExportError: RM864, openpyxl is not installed.
    """
    openpyxl = library("openpyxl", "openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    notes = [
        text
        for section in document.sections
        if section.table is None
        for text in (section.heading, *section.paragraphs)
        if text
    ]
    taken: set[str] = set()
    for section in document.sections:
        if section.table is not None:
            name = sheet_name(section.sheet or section.heading or document.title, taken)
            write_sheet(book.create_sheet(name), document, section, section.table)
    if notes or not book.worksheets:
        write_notes(
            book.create_sheet(sheet_name("说明" if document.language == "zh" else "Notes", taken)), document, notes
        )
    book.properties.title, book.properties.creator = document.title, document.fields.get("jurisdiction", "")
    out = io.BytesIO()
    book.save(out)
    return steady(out.getvalue(), document.at)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """A name that Excel takes, and that no other sheet has."""
    base = UNNAMEABLE.sub(" ", wanted).strip().strip("'") or "1"
    name, number = base[:NAME_LENGTH], 1
    while name.lower() in taken:
        number += 1
        tail = f" {number}"
        name = base[: NAME_LENGTH - len(tail)] + tail
    taken.add(name.lower())
    return name


def put(cell: Any, text: str) -> None:
    """Text is text: never a formula, not even once somebody edits the cell."""
    cell.value = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    cell.data_type = "s"
    if text[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        cell.quotePrefix = True


def write_sheet(sheet: Any, document: Document, section: Section, table: Table) -> None:
    """Title, header, rows: frozen below the header, with a filter and widths that fit the page."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
    from openpyxl.utils import get_column_letter

    thin = Side(style="thin", color="FF999999")
    lined = Border(left=thin, right=thin, top=thin, bottom=thin)
    heading = (
        document.title
        if not section.heading or section.heading in document.title
        else f"{document.title}　{section.heading}"
    )
    put(sheet.cell(1, 1), heading)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.row_dimensions[1].height = 24
    head = 2
    for n, column in enumerate(table.columns, 1):
        cell = sheet.cell(head, n)
        put(cell, column.title)
        cell.font, cell.fill, cell.border = Font(bold=True), PatternFill("solid", fgColor="FFE7E6E6"), lined
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(n)].width = column.width * 1.3 + 2
    for r, values in enumerate(table.rows, head + 1):
        lines = 1
        for n, column in enumerate(table.columns, 1):
            cell = sheet.cell(r, n)
            if column.key == "number":
                cell.value = int(values["number"])
            else:
                put(cell, values[column.key])
            cell.border = lined
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            lines = max(lines, lines_of(values[column.key], column.width * 1.3))
        sheet.row_dimensions[r].height = min(lines * LINE, 409)
    if not table.rows and table.empty:
        put(sheet.cell(head + 1, 1), table.empty)
    sheet.freeze_panes = sheet.cell(head + 1, 1 + table.pinned)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(table.columns))}{head + max(1, len(table.rows))}"
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.center.text = "— &P —"


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column; a Chinese sign is two letters wide."""
    return sum(max(1, -(-sum(2 if east_asian_width(sign) in "WF" else 1 for sign in line) // max(1, int(width)))) for line in text.split("\n"))  # fmt: skip


def write_notes(sheet: Any, document: Document, notes: list[str]) -> None:
    from openpyxl.styles import Alignment, Font

    put(sheet.cell(1, 1), document.title)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    for n, text in enumerate(notes, 2):
        put(sheet.cell(n, 1), text)
        sheet.cell(n, 1).alignment = Alignment(vertical="top", wrap_text=True)
    sheet.column_dimensions["A"].width = 100
