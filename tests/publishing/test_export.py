"""Documents for an office: what stands in them, in every format, and that nothing else can."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn

from made import LIBRARY, pack_with
from publishing_made import RULES, desk
from remit import Pack
from remit.errors import EventError, ExportError
from remit.publishing.documents import FIELDS, ROW_FIELDS
from remit.publishing.documents_kinds import Desk
from remit.publishing.export import FORMATS, Order, apart, concerned, file_name, format_of, save

ROOT = Path(__file__).parents[2]


@pytest.fixture
def made(tmp_path: Path) -> Desk:
    return desk(pack_with(tmp_path, RULES))


def cells(content: bytes) -> list[list[str]]:
    return [
        [cell.text for cell in row.cells] for table in docx.Document(io.BytesIO(content)).tables for row in table.rows
    ]


# --- what stands in them ------------------------------------------------------------------------------


def test_a_checklist_has_what_the_unit_bears_and_what_is_owed_to_it(made: Desk) -> None:
    mine = Order("checklist", "md").document(made, "hill-library")
    assert [row["rule"] for row in mine.lists["bears"]] == ["count", "remind", "tell", "rare", "open"]
    office = Order("checklist", "md").document(made, "head-office")
    assert [row["rule"] for row in office.lists["receives"]] == ["count", "tell"]
    assert [row["rule"] for row in office.lists["assists"]] == ["remind"]


def test_a_task_table_has_article_task_bearer_assisting_limit_and_words(made: Desk) -> None:
    (row,) = [row for row in Order("tasks", "md").document(made, None).lists["item"] if row["rule"] == "remind"]
    assert (row["article"], row["task"], row["bearer"], row["with"], row["limit"], row["basis"]) == (
        "Article 1", "send a reminder", "the library branch where it happens", "Head Office", "within 3 days", "Words of the law.",
    )  # fmt: skip


def test_a_self_assessment_says_what_was_done_when_and_with_what(made: Desk) -> None:
    mine = Order("self-assessment", "md").document(made, "hill-library")
    (done,) = mine.lists["done"]
    assert (done["rule"], done["done_at"], done["done_by"], done["given"]) == ("remind", "2024-05-07", "Hill Library", "letter 7/2024")  # fmt: skip
    late, unacknowledged = mine.lists["overdue"]
    assert (late["rule"], late["due"], late["days_over"]) == ("remind", "2024-06-06 24:00", "14")
    assert unacknowledged["status"] == "overdue (handed over, not acknowledged)"
    assert [row["rule"] for row in mine.lists["standing"]] == ["open"]
    assert (mine.fields["done_count"], mine.fields["overdue_count"]) == ("1", "2")


def test_a_self_assessment_says_which_duty_asks_for_it(made: Desk) -> None:
    mine = Order("self-assessment", "md", duty="count").document(made, "hill-library")
    assert (mine.fields["recipient"], mine.fields["asked_quote"]) == ("Head Office", "Words of the law.")
    assert mine.fields["deadline"] == "2024-12-31 24:00"
    assert "count" not in {row["rule"] for row in mine.lists["item"]}


def test_only_a_recurring_rule_asks_for_a_self_assessment(made: Desk) -> None:
    with pytest.raises(EventError) as refused:
        Order("self-assessment", "md", duty="coumt").document(made, "hill-library")
    assert (refused.value.code, refused.value.suggestion) == ("RM454", "count")


def test_a_supervision_notice_has_the_overdue_and_the_unacknowledged(made: Desk) -> None:
    notice = Order("supervision", "md", supervisor="head-office").document(made, None)
    assert [(row["rule"], row["unit"]) for row in notice.lists["item"]] == [("remind", "Hill Library"), ("tell", "Hill Library")]  # fmt: skip
    late = notice.lists["item"][0]
    assert (late["days_over"], late["discharge"]) == ("14", "a report that it was done: send a reminder, with a copy of the letter")  # fmt: skip
    assert notice.signed[0] == "Head Office"


def test_nothing_overdue_is_said(made: Desk) -> None:
    assert "nothing is overdue" in Order("supervision", "md").bytes(made, "harbour-library")[1].decode()


def test_days_over_count_the_day_begun(tmp_path: Path) -> None:
    """Due at the end of 6 June; one second later it is over, by one day."""
    for now, over in (("2024-06-06T23:59:59", []), ("2024-06-07T00:00:01", ["1"]), ("2024-06-08T00:00:01", ["2"])):
        late = Order("supervision", "md").document(desk(pack_with(tmp_path / now, RULES), now=now), "hill-library")
        assert [row["days_over"] for row in late.lists["item"] if row["rule"] == "remind"] == over, now


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "calendar"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_has_every_field_and_every_document_too(kind: str, language: str) -> None:
    found = Order(kind, "md").document(desk(Pack.load(LIBRARY), language=language), "hill-library")
    assert set(found.fields) == set(FIELDS)
    assert all(set(row) == set(ROW_FIELDS) for rows in found.lists.values() for row in rows)


def test_the_shipped_pack_s_documents_speak_as_an_office_does() -> None:
    found = Order("tasks", "md").document(desk(Pack.load(ROOT), language="zh"), None)
    rows = {row["rule"]: row for row in found.lists["item"]}
    assessment = rows["a24.self-assessment"]
    assert assessment["bearer"] == "各反拐工作联席会议成员单位"
    assert assessment["to"] == "同级反拐工作联席会议办公室"
    assert assessment["limit"].startswith("每年，12月中旬")


# --- Word ---------------------------------------------------------------------------------------------


def test_a_word_file_has_headings_tables_and_page_numbers(made: Desk) -> None:
    content = Order("checklist", "docx").bytes(made, "hill-library")[1]
    paper = docx.Document(io.BytesIO(content))
    assert paper.paragraphs[0].style.name == "Title"
    assert [p.text for p in paper.paragraphs if p.style.name == "Heading 1"] == ["Duties it bears"]
    assert cells(content)[1][2] == "count the stock"
    footer = paper.sections[0].footer.paragraphs[0]
    assert [node.text for node in footer._p.iter(qn("w:instrText"))] == ["PAGE"]
    assert paper.sections[0].page_width > paper.sections[0].page_height
    assert paper.tables[0].rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_chinese_letters_have_a_font_of_their_own() -> None:
    """Without `w:eastAsia`, Word takes another for them."""
    paper = docx.Document(io.BytesIO(Order("supervision", "docx").bytes(desk(Pack.load(ROOT), language="zh"), None)[1]))
    for name, font in (("Normal", "仿宋"), ("Heading 1", "黑体"), ("Title", "方正小标宋简体")):
        assert paper.styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) == font
    assert round(paper.sections[0].page_height.mm) == 210


# --- Excel --------------------------------------------------------------------------------------------


def test_user_text_is_never_a_formula(tmp_path: Path) -> None:
    """In a label, a quote, evidence: `=cmd()` stays text, also once somebody edits the cell."""
    bad = "=cmd|'/c calc'!A1"
    pack = pack_with(tmp_path, RULES.replace("a copy of the letter", f'"{bad}"').replace("opening hours", '"+1+1"'))
    content = Order("self-assessment", "xlsx").bytes(desk(pack), "hill-library")[1]
    found = [cell for sheet in openpyxl.load_workbook(io.BytesIO(content)) for row in sheet.iter_rows() for cell in row]
    told = [cell for cell in found if isinstance(cell.value, str) and cell.value[:1] in "=+-@"]
    assert [cell.value for cell in told] == ["+1+1"]
    assert {(cell.data_type, cell.quotePrefix) for cell in told} == {("s", True)}
    assert not [cell for cell in found if cell.data_type == "f"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert not [n for n in archive.namelist() if n.startswith("xl/worksheets/") and b"<f>" in archive.read(n)]


def test_a_sheet_has_a_frozen_filtered_header_and_widths(made: Desk) -> None:
    book = openpyxl.load_workbook(io.BytesIO(Order("tasks", "xlsx").bytes(made, None)[1]))
    sheet = book.worksheets[0]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("Task breakdown", "A3", "A2:G7")
    assert sheet["C3"].alignment.wrap_text
    assert sheet.column_dimensions["G"].width > 30


def test_the_matrix_in_a_workbook_is_also_a_grid_of_units_and_articles() -> None:
    made = desk(Pack.load(LIBRARY))
    book = openpyxl.load_workbook(io.BytesIO(Order("matrix", "xlsx").bytes(made, None)[1]))
    assert book.sheetnames == ["Responsibility matrix", "Rules", "Notes"]
    grid = [[cell.value for cell in row] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert grid == [
        ["unit", "Article 1", "Article 2", "Article 3"], ["Harbour Library", "B2", "B3", "B3"],
        ["Head Office", "R1", None, "R1"], ["Hill Library", "B2", "B3", "B3"],
    ]  # fmt: skip
    assert book.worksheets[0].freeze_panes == "B3"
    assert "R1" not in Order("matrix", "md").bytes(made, None)[1].decode()


def test_articles_of_two_documents_are_told_apart() -> None:
    made = desk(Pack.load(LIBRARY.parent / "delegation"), language="zh", now="2024-06-20")
    titles = {row["article"] for row in Order("matrix", "md").document(made, None).lists["item"]}
    assert {"河州市公共图书馆三年行动计划 第二条", "临溪县公共图书馆工作细则 第二条"} <= titles


def test_every_unit_s_sheet_has_a_name_that_excel_takes() -> None:
    content = Order("checklist", "xlsx").bytes(desk(Pack.load(ROOT), language="zh"), None)[1]
    names = openpyxl.load_workbook(io.BytesIO(content), read_only=True).sheetnames
    assert len(names) > 300
    assert len({name.lower() for name in names}) == len(names)
    assert max(map(len, names)) <= 31


def test_what_no_office_file_can_hold_is_left_out(tmp_path: Path) -> None:
    made = desk(pack_with(tmp_path, RULES))
    row = made.row(made.owed[0])
    from remit.publishing.documents import row as build

    assert build(1, task="a\x00b\x1fc\ud800d")["task"] == "abcd"
    assert set(row) == set(ROW_FIELDS)


# --- Markdown -----------------------------------------------------------------------------------------


def test_markdown_keeps_tables_whole(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, RULES.replace("opening hours", '"a | b <script> *x*"'))
    text = Order("self-assessment", "md").bytes(desk(pack), "hill-library")[1].decode()
    (line,) = [line for line in text.splitlines() if "script" in line]
    assert "a \\| b &lt;script&gt; \\*x\\*" in line
    assert line.replace("\\|", "").count("|") == 6


# --- files --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "form"), [(k, f) for k, forms in FORMATS.items() for f in forms])
def test_the_same_input_gives_the_same_bytes(kind: str, form: str) -> None:
    first, second = (Order(kind, form).bytes(desk(Pack.load(LIBRARY)), "hill-library")[1] for _ in range(2))
    assert first == second


def test_office_files_carry_no_clock(made: Desk) -> None:
    for form in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(Order("tasks", form).bytes(made, None)[1])) as archive:
            assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"2024-06-20T06:00:00Z" in archive.read("docProps/core.xml")


def test_nothing_is_written_over_without_force(tmp_path: Path) -> None:
    path = tmp_path / "清单.docx"
    save(path, b"one", force=False)
    with pytest.raises(ExportError) as refused:
        save(path, b"two", force=False)
    assert (refused.value.code, path.read_bytes()) == ("RM862", b"one")
    save(path, b"two", force=True)
    assert path.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["missing/x.docx", "file/x.docx", "x" * 300 + ".docx"])
def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ExportError) as refused:
        save(tmp_path / name, b"", force=False)
    assert refused.value.code == "RM863"


def test_a_file_is_named_by_its_title_whatever_that_holds(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, RULES)
    assert str(file_name(Order("checklist", "docx").document(desk(pack, language="zh"), "hill-library"), "docx")) == "Hill Library责任清单.docx"  # fmt: skip
    long = replace(Order("tasks", "md").document(desk(pack), None), title="/" + "清" * 300)
    assert len(file_name(long, "md").name.encode()) < 255
    assert apart([Path("a.md"), Path("b.md"), Path("a.md")]) == [Path("a.md"), Path("b.md"), Path("a 2.md")]


def test_each_concerned_unit_gets_a_file_or_none_does(tmp_path: Path, made: Desk) -> None:
    folder = tmp_path / "out"
    paths = Order("checklist", "md").each(made, folder)
    assert len(paths) == len(concerned(made, "checklist")) == 3
    paths[0].unlink()
    with pytest.raises(ExportError, match="RM862"):
        Order("checklist", "md").each(made, folder)
    assert not paths[0].exists()


@pytest.mark.parametrize(
    ("kind", "wanted", "out", "template", "form"),
    [
        ("tasks", None, None, None, "xlsx"),
        ("tasks", None, "a.docx", None, "docx"),
        ("tasks", "md", "a.docx", None, "md"),
        ("tasks", None, "-", None, "xlsx"),
        ("tasks", None, None, "own.docx", "docx"),
        ("tasks", None, None, "own.tex", "md"),
        ("calendar", None, None, None, "ics"),
    ],
)
def test_the_format_follows_the_option_then_the_file_then_the_template(
    kind: str, wanted: str | None, out: str | None, template: str | None, form: str
) -> None:
    assert format_of(kind, wanted, Path(out) if out else None, Path(template) if template else None) == form


@pytest.mark.parametrize(("kind", "wanted", "template"), [("calendar", "docx", None), ("tasks", "ics", None), ("tasks", "md", "own.docx")])  # fmt: skip
def test_a_format_that_does_not_fit_is_refused(kind: str, wanted: str, template: str | None) -> None:
    with pytest.raises(ExportError) as refused:
        format_of(kind, wanted, None, Path(template) if template else None)
    assert refused.value.code == "RM865"


def test_a_file_name_of_another_format_is_refused_and_no_word_document_gets_it() -> None:
    with pytest.raises(ExportError, match="pdf"):
        format_of("checklist", None, Path("x.pdf"), None)
    assert format_of("checklist", None, Path("x.tex"), Path("own.tex")) == "md"


def test_a_missing_library_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from remit.publishing.export_libraries import library

    monkeypatch.setitem(sys.modules, "docx", None)
    with pytest.raises(ExportError) as refused:
        library("docx", "python-docx")
    assert (refused.value.code, refused.value.hint) == ("RM864", 'pip install "remit[workbench]"')


# --- what is not the text's own ------------------------------------------------------------------------


def test_what_the_text_does_not_state_is_marked(tmp_path: Path) -> None:
    """Bearer and limit read into the text are shown so in rules and in duties."""
    rules = RULES.replace("evidence: a copy", "inferred: {bearer: it lent the book, by: agreed}\nevidence: a copy")
    made = desk(pack_with(tmp_path, rules))
    (row,) = [r for r in Order("tasks", "md").document(made, None).lists["item"] if r["rule"] == "remind"]
    assert (row["bearer"], row["limit"], row["with"]) == (
        "the library branch where it happens (inferred)", "within 3 days (inferred)", "Head Office",
    )  # fmt: skip
    late = Order("supervision", "md").document(made, "hill-library").lists["item"][0]
    assert (late["bearer"], late["limit"]) == ("Hill Library (inferred)", "within 3 days (inferred)")


def test_a_desk_that_could_not_be_settled_is_marked(tmp_path: Path) -> None:
    """The duty waits at the fallback desk, and its papers say so."""
    pack = pack_with(tmp_path, RULES, places="mill: {label: Mill, level: branch, in: norrtown}")
    made = desk(pack)
    engine_row = next(o for o in made.owed if o.rule == "remind")
    lost = replace(engine_row, bearer=replace(engine_row.bearer, routed=False))
    assert made.row(lost)["bearer"].endswith("(not settled; kept here)")


def test_only_policies_in_force_are_cited(tmp_path: Path) -> None:
    pack = pack_with(tmp_path, RULES)
    assert desk(pack).document("tasks", None, {}, ()).fields["policies"] == "Library Bylaws, 3/2024"
    assert desk(pack, now="2024-01-10").document("tasks", None, {}, ()).fields["policies"] == ""
