"""`export`: a kind of document in a format, and its file. Nothing is written over unless that is asked for."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from remit.errors import ExportError, Origin
from remit.model.obligation import Obligation
from remit.model.terms import Modality
from remit.publishing.documents import FIELDS, ROW_FIELDS, Document
from remit.publishing.documents_kinds import Desk, checklist, matrix_table, tasks
from remit.publishing.documents_reports import late, self_assessment, supervision
from remit.publishing.export_docx import to_docx
from remit.publishing.export_ics import to_ics
from remit.publishing.export_markdown import to_markdown
from remit.publishing.export_templates import fill_docx, fill_xlsx
from remit.publishing.export_xlsx import to_xlsx

#: What each kind is written as where nobody says; then every format it has.
FORMATS: Mapping[str, tuple[str, ...]] = {
    "checklist": ("docx", "xlsx", "md"),
    "tasks": ("xlsx", "docx", "md"),
    "matrix": ("xlsx", "docx", "md"),
    "self-assessment": ("docx", "md", "xlsx"),
    "supervision": ("docx", "md", "xlsx"),
    "calendar": ("ics",),
}
#: Which need a unit, and which the duties as they stand.
OF_A_UNIT = frozenset({"self-assessment"})
OF_DUTIES = frozenset({"self-assessment", "supervision", "calendar"})
#: Midnight ends the day before.
INSTANT = timedelta(microseconds=1)
#: So many bytes of a title name a file; most systems take 255.
LONGEST_NAME = 200
#: What a file may not be called somewhere.
UNNAMEABLE = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def format_of(kind: str, wanted: str | None, out: Path | None, template: Path | None) -> str:
    """The format asked for, else that of the file's name, else that of the template, else the kind's own.

    Raises:
        ExportError: RM865, the kind is not written in it, or the template is of another.
    """
    known = FORMATS[kind]
    suffix = out.suffix.lstrip(".").lower() if out is not None and str(out) != "-" else ""
    model = (
        {"docx": "docx", "xlsx": "xlsx"}.get(template.suffix.lstrip(".").lower(), "md")
        if template is not None
        else None
    )
    told = suffix if suffix in {f for formats in FORMATS.values() for f in formats} else None
    found = wanted or told or model or suffix or known[0]
    if found not in known:
        raise ExportError("RM865", "no-such-format", found=found, expected=f"one of {', '.join(known)}, for `{kind}`")
    if model is not None and model != found:
        raise ExportError("RM865", "no-such-format", found=str(template), expected=f"a template for `{found}`")
    return found


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be written, and how.

    Attributes:
        form: of `format_of`.
        template: the office's own; None for remit's.
        duty: for a self-assessment, the recurring rule that asks for it.
        supervisor: for a supervision notice, the id of the unit that sends it.
        force: write over what is there.
    """

    kind: str
    form: str
    template: Path | None = None
    duty: str | None = None
    supervisor: str | None = None
    force: bool = False

    def document(self, desk: Desk, unit: str | None) -> Document:
        """What is written, before it is a file. `unit` is an id; `self-assessment` needs one."""
        makers: Mapping[str, Callable[[], Document]] = {
            "checklist": lambda: checklist(desk, unit),
            "tasks": lambda: tasks(desk, unit),
            "matrix": lambda: matrix_table(desk, unit),
            "self-assessment": lambda: self_assessment(desk, unit or "", self.duty),
            "supervision": lambda: supervision(desk, unit, self.supervisor),
            "calendar": lambda: calendar(desk, unit),
        }
        return makers[self.kind]()

    def bytes(self, desk: Desk, unit: str | None) -> tuple[Document, bytes]:
        """The document and its file's content.

        Raises:
            ExportError: as the format's own module.
        """
        whole = self.document(desk, unit)
        fit = tuple(section for section in whole.sections if not section.formats or self.form in section.formats)
        document = replace(whole, sections=fit)
        match self.form:
            case "docx":
                content = fill_docx(document, self.template) if self.template is not None else to_docx(document)
            case "xlsx":
                content = fill_xlsx(document, self.template) if self.template is not None else to_xlsx(document)
            case "ics":
                content = to_ics(desk, document, due_in(desk, unit))
            case _:
                content = to_markdown(document, self.template).encode("utf-8")
        return document, content

    def one(self, desk: Desk, unit: str | None, out: Path | None) -> Path:
        """One file, named by the document's title where nobody names it.

        Raises:
            ExportError: RM862, RM863, and as the format's own module.
        """
        document, content = self.bytes(desk, unit)
        path = out if out is not None else file_name(document, self.form)
        save(path, content, force=self.force)
        return path

    def each(self, desk: Desk, folder: Path) -> list[Path]:
        """A file for each unit concerned. None is written where one is in the way.

        Raises:
            ExportError: as `one`.
        """
        ready = [(folder / file_name(document, self.form), content) for document, content in (self.bytes(desk, unit) for unit in concerned(desk, self.kind))]  # fmt: skip
        paths = apart([path for path, _ in ready])
        for path in paths if not self.force else ():
            free(path)
        make_folder(folder)
        for path, (_, content) in zip(paths, ready, strict=True):
            save(path, content, force=self.force)
        return paths


def concerned(desk: Desk, kind: str) -> list[str]:
    """The units that have something in a document of this kind."""
    if kind not in OF_DUTIES:
        return sorted({unit for row in desk.matrix.cells.values() for unit in row})
    if kind == "supervision":
        return sorted({o.bearer.id for o in late(desk)})
    return sorted({o.bearer.id for o in desk.owed if o.modality is Modality.MUST})


def apart(paths: Sequence[Path]) -> list[Path]:
    """Two units of one name get two files."""
    taken: dict[Path, int] = {}
    found = []
    for path in paths:
        taken[path] = taken.get(path, 0) + 1
        found.append(path if taken[path] == 1 else path.with_stem(f"{path.stem} {taken[path]}"))
    return found


def calendar(desk: Desk, unit: str | None) -> Document:
    """The duties with a due moment in the time, of a unit or of all; written only as iCalendar."""
    return desk.document("calendar", unit, {"item": [desk.row(o) for o in due_in(desk, unit)]}, ())


def due_in(desk: Desk, unit: str | None) -> tuple[Obligation, ...]:
    """The duties that fall due in the time."""
    zone_of = desk.phrases.pack.zone_of
    dated = ((o, o.deadline.due) for o in desk.owed if o.modality is Modality.MUST and unit in (None, o.bearer.id))
    return tuple(
        o
        for o, due in dated
        if due is not None and desk.first <= (due - INSTANT).astimezone(zone_of(o)).date() <= desk.last
    )


def file_name(document: Document, form: str) -> Path:
    """The title as a file's name.

    >>> UNNAMEABLE.sub("_", "a/b:c")
    'a_b_c'
    """
    stem = UNNAMEABLE.sub("_", document.title).encode("utf-8")[:LONGEST_NAME].decode("utf-8", errors="ignore")
    return Path(f"{stem}.{form}")


def save(path: Path, content: bytes, *, force: bool) -> None:
    """Write the file, whole or not at all.

    Raises:
        ExportError: RM862, it is there and `force` was not said; RM863, it cannot be written.
    """
    if not force:
        free(path)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".remit-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(content)
            partial.chmod(0o644)
            partial.replace(path)
        except OSError:
            partial.unlink(missing_ok=True)
            raise
    except OSError as failure:
        raise ExportError("RM863", "not-written", found=str(path), expected="a place that can be written", origin=Origin(str(path)), hint=failure.strerror) from None  # fmt: skip


def free(path: Path) -> None:
    """Refuse to write over a file.

    Raises:
        ExportError: RM862, it is there.
    """
    if os.path.lexists(path):  # unlike `Path.exists`, says no of a name too long to be there
        raise ExportError("RM862", "file-exists", found=str(path), expected="a new file", origin=Origin(str(path)), hint="--force writes over it")  # fmt: skip


def make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise ExportError("RM863", "not-written", found=str(folder), expected="a place that can be written", origin=Origin(str(folder)), hint=failure.strerror) from None  # fmt: skip


def fields_of(language: str) -> list[dict[str, str]]:
    """Every field a template can ask for, and what it means."""
    lists = "item, done, overdue, open, standing, bears, performs, assists, receives"
    once = [{"field": name, "means": text.of(language)} for name, text in FIELDS.items()]
    rows = [{"field": f"item.{name}", "means": text.of(language)} for name, text in ROW_FIELDS.items()]
    return [*once, *rows, {"field": "LIST.…", "means": ("列表：" if language == "zh" else "lists: ") + lists}]
