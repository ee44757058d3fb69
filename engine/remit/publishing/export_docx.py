"""A document as Word: A4, the fonts and margins of an official paper, headings and tables a reader's program knows as such."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from remit.publishing.documents import Document, Section, Table
from remit.publishing.export_libraries import library
from remit.publishing.export_steady import steady

#: By language: title, headings, text; the second of each for Latin letters.
FONTS = {
    "zh": {"title": "方正小标宋简体", "heading": "黑体", "text": "仿宋", "latin": "Times New Roman"},
    "en": {"title": "Times New Roman", "heading": "Arial", "text": "Times New Roman", "latin": "Times New Roman"},
}
#: Points: title, heading, text, table.
SIZES = {"zh": (22, 16, 16, 10.5), "en": (20, 13, 11, 9)}
#: Millimetres, as GB/T 9704 has them: top, bottom, left, right.
MARGINS = (37, 35, 28, 26)
WIDE_MARGINS = (25, 20, 20, 20)
A4 = (210, 297)


def to_docx(document: Document) -> bytes:
    """The bytes of a .docx; the same document gives the same bytes.

    Raises:
        ExportError: RM864, python-docx is not installed.
    """
    docx = library("docx", "python-docx")
    from docx.shared import Mm, Pt

    paper = docx.Document()
    lay_out(paper, document, Mm, Pt)
    title(paper, document)
    for section in document.sections:
        write_section(paper, document, section)
    for line in document.signed:
        paragraph = paper.add_paragraph(line, style="Body Text")
        paragraph.alignment = 2
        paragraph.paragraph_format.keep_with_next = line != document.signed[-1]
    paper.core_properties.title = document.title
    paper.core_properties.author = document.fields.get("unit") or document.fields.get("jurisdiction", "")
    paper.core_properties.comments = ""
    paper.core_properties.language = "zh-CN" if document.language == "zh" else "en"
    out = io.BytesIO()
    paper.save(out)
    return steady(out.getvalue(), document.at)


def lay_out(paper: Any, document: Document, mm: Any, pt: Any) -> None:
    """Page, styles, header and footer."""
    page = paper.sections[0]
    width, height = A4[::-1] if document.wide else A4
    page.orientation = 1 if document.wide else 0
    page.page_width, page.page_height = mm(width), mm(height)
    margins = WIDE_MARGINS if document.wide else MARGINS
    page.top_margin, page.bottom_margin, page.left_margin, page.right_margin = map(mm, margins)
    fonts, (title_size, heading_size, text_size, _) = FONTS[document.language], SIZES[document.language]
    text_size = text_size if not document.wide else min(text_size, 12)
    styled(paper.styles["Normal"], fonts, "text", pt(text_size))
    styled(paper.styles["Body Text"], fonts, "text", pt(text_size))
    styled(paper.styles["Title"], fonts, "title", pt(title_size if not document.wide else min(title_size, 18)))
    for level in (1, 2):
        style = paper.styles[f"Heading {level}"]
        styled(style, fonts, "heading", pt(heading_size if not document.wide else min(heading_size, 13)))
        style.paragraph_format.space_before, style.paragraph_format.space_after = pt(12), pt(6)
        style.paragraph_format.keep_with_next = True
    normal = paper.styles["Body Text"].paragraph_format
    normal.space_after = pt(6)
    normal.line_spacing = pt(28) if document.language == "zh" and not document.wide else None
    clear_borders(paper.styles["Title"])
    header = page.header.paragraphs[0]
    header.text = document.fields.get("jurisdiction", "")
    header.alignment = 2
    page_number(page.footer.paragraphs[0])


def styled(style: Any, fonts: dict[str, str], kind: str, size: Any) -> None:
    """Latin and East Asian letters of a style: without the second, Word takes a font of its own for Chinese."""
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    style.font.name, style.font.size, style.font.bold, style.font.italic = (
        fonts["latin"],
        size,
        kind == "heading",
        False,
    )
    style.font.color.rgb = RGBColor(0, 0, 0)
    names = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        names.attrib.pop(qn(f"w:{attribute}"), None)
    names.set(qn("w:eastAsia"), fonts[kind])
    names.set(qn("w:cs"), fonts["latin"])


def clear_borders(style: Any) -> None:
    from docx.oxml.ns import qn

    for border in style.element.iter(qn("w:pBdr")):
        border.getparent().remove(border)
        break


def page_number(paragraph: Any) -> None:
    """— 1 —, as a field that the reader's program counts."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = 1
    paragraph.add_run("— ")
    run = paragraph.add_run()
    for kind in ("begin", None, "end"):
        if kind is None:
            node = OxmlElement("w:instrText")
            node.set(qn("xml:space"), "preserve")
            node.text = "PAGE"
        else:
            node = OxmlElement("w:fldChar")
            node.set(qn("w:fldCharType"), kind)
        run._r.append(node)  # noqa: SLF001 - python-docx has no call for fields
    paragraph.add_run(" —")


def title(paper: Any, document: Document) -> None:
    paragraph = paper.add_paragraph(document.title, style="Title")
    paragraph.alignment = 1


def write_section(paper: Any, document: Document, section: Section) -> None:
    if section.page:
        paper.add_page_break()
    if section.heading:
        paper.add_heading(section.heading, level=section.level)
    for text in section.paragraphs:
        body(paper, document, text)
    if section.table is not None:
        if section.table.rows:
            write_table(paper, document, section.table)
        elif section.table.empty:
            body(paper, document, section.table.empty)
    for text in section.closing:
        body(paper, document, text)


def body(paper: Any, document: Document, text: str) -> None:
    """A paragraph of running text, in Chinese indented by two signs."""
    paragraph = paper.add_paragraph(text, style="Body Text")
    if document.language == "zh":
        paragraph.paragraph_format.first_line_indent = paragraph.style.font.size * 2


def write_table(paper: Any, document: Document, table: Table) -> None:
    """Borders, a header row that is repeated on every page, rows that are not broken. Written as XML: a checklist may have thousands of rows."""
    from docx.oxml import parse_xml
    from docx.shared import Mm

    margins = WIDE_MARGINS if document.wide else MARGINS
    total = (A4[1] if document.wide else A4[0]) - margins[2] - margins[3]
    weight = sum(column.width for column in table.columns)
    widths = [round(Mm(total * column.width / weight).twips) for column in table.columns]
    fonts, size = FONTS[document.language], SIZES[document.language][3]
    rows = [cells([c.title for c in table.columns], widths, fonts["heading"], size, head=True)]
    rows += [cells([values[c.key] for c in table.columns], widths, fonts["text"], size) for values in table.rows]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    lines = "".join(f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="000000"/>' for edge in ("top", "left", "bottom", "right", "insideH", "insideV"))  # fmt: skip
    xml = (
        f'<w:tbl {NAMESPACE}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{lines}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="60" w:type="dxa"/><w:right w:w="60" w:type="dxa"/></w:tblCellMar>'
        f'<w:tblLook w:val="0420" w:firstRow="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )
    body_element = paper.element.body
    body_element.insert(len(body_element) - 1, parse_xml(xml))
    gap = paper.add_paragraph()
    gap.paragraph_format.space_after = 0


NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def cells(texts: Sequence[str], widths: Sequence[int], font: str, size: float, *, head: bool = False) -> str:
    """One row."""
    from xml.sax.saxutils import escape

    flags = "<w:cantSplit/><w:tblHeader/>" if head else "<w:cantSplit/>"
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="E7E6E6"/>' if head else ""
    bold = "<w:b/>" if head else ""
    align = '<w:jc w:val="center"/>' if head else ""
    look = f'<w:rPr><w:rFonts w:eastAsia="{escape(font)}"/>{bold}<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/></w:rPr>'
    told = []
    for text, width in zip(texts, widths, strict=True):
        runs = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in text.split("\n"))
        told.append(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
            f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/>{align}</w:pPr><w:r>{look}{runs}</w:r></w:p></w:tc>'
        )
    return f"<w:tr><w:trPr>{flags}</w:trPr>{''.join(told)}</w:tr>"
