"""A document as Markdown, through a Jinja template: remit's own, or the office's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import TracebackType
from typing import Any

from remit.errors import ExportError, Origin, nearest
from remit.publishing.documents import FIELDS, ROW_FIELDS, Document
from remit.publishing.export_libraries import library

OWN = "document.md"
NAMED = re.compile(r"'([^']*)'")


def to_markdown(document: Document, template: Path | None = None) -> str:
    """The text.

    Args:
        document: what to write.
        template: a Jinja template in UTF-8; left out, remit's own.

    Raises:
        ExportError: RM860, the template asks for a field there is not; RM861, it cannot be read as a template; RM864, Jinja is not installed.
    """
    library("jinja2", "Jinja2")
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, UndefinedError
    from jinja2.sandbox import SandboxedEnvironment

    name = str(template) if template is not None else OWN
    source = read_template(template) if template is not None else own_template()
    environment = SandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False)  # Markdown is no HTML: `cell` and `line` escape what people wrote  # fmt: skip
    environment.filters |= {"cell": cell, "line": line}
    values = context(document)
    try:
        return environment.from_string(source).render(values)
    except TemplateSyntaxError as wrong:
        raise ExportError("RM861", "bad-template", found=wrong.message or "", expected="a Jinja template", origin=Origin(name, wrong.lineno, 1)) from None  # fmt: skip
    except UndefinedError as wrong:
        names = NAMED.findall(wrong.message or "")
        field = names[-1] if names else wrong.message or ""
        raise missing_field(name, field, line_of(wrong.__traceback__), values) from None
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OverflowError, MemoryError, RecursionError) as wrong:  # whatever a stranger's template does  # fmt: skip
        raise ExportError("RM861", "bad-template", found=str(wrong), expected="a Jinja template", origin=Origin(name, line_of(wrong.__traceback__), 1)) from None  # fmt: skip


def context(document: Document) -> dict[str, Any]:
    """What a template may name: every field, every list of rows, and the sections as remit lays them out."""
    lists = {name: list(rows) for name, rows in document.lists.items()}
    return {
        **document.fields,
        **lists,
        "items": lists.get("item", []),
        "sections": document.sections,
        "signed": document.signed,
    }


def missing_field(template: str, field: str, line_number: int, known: Mapping[str, Any]) -> ExportError:
    """RM860, with the nearest field there is."""
    valid = [*known, *ROW_FIELDS, *FIELDS]
    return ExportError(
        "RM860", "missing-field", found=field, expected="a field that this document has", origin=Origin(template, line_number, 1 if line_number else 0),
        suggestion=nearest(field, valid), hint="`remit export --fields` lists them",
    )  # fmt: skip


def read_template(path: Path) -> str:
    """A text in UTF-8.

    Raises:
        ExportError: RM861, it cannot be opened, or is no text.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as failure:
        raise ExportError("RM861", "bad-template", found=str(path), expected="a file that can be read", origin=Origin(str(path)), hint=failure.strerror) from None  # fmt: skip
    except UnicodeDecodeError:
        raise ExportError("RM861", "bad-template", found="bytes that are no text", expected="text in UTF-8", origin=Origin(str(path))) from None  # fmt: skip


def own_template() -> str:
    return (files("remit.publishing") / "templates" / "export" / OWN).read_text("utf-8")


def line_of(trace: TracebackType | None) -> int:
    """The line of the template in which it failed, 0 where none is known."""
    found = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<template>":
            found = trace.tb_lineno
        trace = trace.tb_next
    return found


# --- escaping -----------------------------------------------------------------------------------------


def line(text: object) -> str:
    """What people wrote, as a line of Markdown that reads as they wrote it.

    >>> line("a*b* <i>")
    'a\\\\*b\\\\* &lt;i&gt;'
    """
    told = str(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\`*_\[\]#])", r"\\\1", told)


def cell(text: object) -> str:
    """The same, in one cell of a table.

    >>> cell("a|b")
    'a\\\\|b'
    """
    return line(text).replace("|", "\\|").replace("\n", "<br>")
