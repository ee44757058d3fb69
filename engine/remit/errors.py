"""The family of errors, and how each one speaks.

    RemitError
    ├── PackError          loading a pack failed; carries every problem found
    ├── SourceError        RM1xx  source text, Markdown, quotes
    ├── VocabularyError    RM2xx  YAML files, vocabulary, rule keys and names
    ├── ExpressionError    RM3xx  conditions
    ├── EventError         RM4xx  events and case files
    ├── RoutingError       RM5xx  units, places, selectors
    ├── CalendarError      RM6xx  calendars and deadlines
    ├── LedgerError        RM7xx  what is kept
    ├── SpecificationError RM82x, RM83x  features, steps and what measures them
    ├── AnalysisError      RM84x  what is proved of a pack, or of two
    ├── SiteError          RM87x  pages that are published
    ├── ColumnarError      RM88x  events and obligations as columns
    ├── ReplayError        RM89x  years of events at once
    ├── ExportError        RM86x  documents, templates, calendars
    ├── AuthoringError     RM80x  new packs, the canonical form, schemas
    ├── EditorError        RM81x  what an editor asks for
    └── InternalError      RM9xx  our own fault

Every problem has a stable code with a slug, a place, what was found, what was expected and, where one
is close, the nearest valid name:

    policies/a/chapter-3.md:41:17: RM204 unknown-role: found `libary`, expected a role of facts/roles.yaml; nearest: `library`

Loading collects problems and raises one `PackError`; running raises the single error. Numbers are
never reused.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Where something stands: a file with line and column (1-based), or an event of a case.

    `file` is relative to the pack where that is possible. For an event, `file` may be empty and
    `event` (and `case`) say which one. Line and column are 0 where they mean nothing.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    event: str | None = None
    case: str | None = None

    def __str__(self) -> str:
        if self.file and self.line:
            return f"{self.file}:{self.line}:{self.column}"
        if self.file:
            return self.file
        if self.event is not None:
            inside = f", case {self.case}" if self.case is not None else ""
            return f"event {self.event}{inside}"
        return "<input>"


def nearest(found: str, valid: Iterable[str]) -> str | None:
    """The valid name most like `found`, or None when nothing is close.

    >>> nearest("libary", ["library", "office"])
    'library'
    """
    matches = get_close_matches(found, likely(found, frozenset(valid)), n=1, cutoff=0.5)
    return matches[0] if matches else None


#: Among so many names the nearest is sought one by one; of more, only among those that share most.
FEW, LIKELY = 60, 30


def likely(found: str, valid: frozenset[str]) -> list[str]:
    """Of many names, those that have most in common with `found`, so that a pack full of errors is told in no time."""
    if len(valid) <= FEW:
        return sorted(valid)
    index = by_parts(valid)
    rare = [names for part in parts(found) if 0 < len(names := index.get(part, ())) <= len(valid) // 4]
    shared = Counter(name for names in rare for name in names)
    if not shared:
        shared = Counter(name for part in parts(found) for name in index.get(part, ()))
    best = sorted(shared.items(), key=lambda item: (-item[1] / (len(item[0]) + len(found)), item[0]))
    return sorted(name for name, _ in best[:LIKELY])


@lru_cache(maxsize=16)
def by_parts(valid: frozenset[str]) -> dict[str, list[str]]:
    """Which names hold a part."""
    index: dict[str, list[str]] = {}
    for name in valid:
        for part in parts(name):
            index.setdefault(part, []).append(name)
    return index


def parts(name: str) -> set[str]:
    """Its letters and the pairs of neighbours."""
    return {*name, *map("".join, pairwise(name))}


class RemitError(Exception):
    """Anything remit refuses. `code` and `slug` are stable; the rest says what, where and how to mend it.

    Attributes:
        code: `RM` and three digits.
        slug: the code in words, e.g. `unknown-role`.
        found: what stood there, as the user wrote it.
        expected: what would have been right, in the words of the domain.
        origin: file:line:column, or the event.
        suggestion: the nearest valid name, or None.
        hint: the remedy, or None.
    """

    def __init__(
        self,
        code: str,
        slug: str,
        *,
        found: str = "",
        expected: str = "",
        origin: Origin | None = None,
        suggestion: str | None = None,
        hint: str | None = None,
    ) -> None:
        self.code = code
        self.slug = slug
        self.found = found
        self.expected = expected
        self.origin = origin or Origin()
        self.suggestion = suggestion
        self.hint = hint
        super().__init__(str(self))

    def __str__(self) -> str:
        text = f"{self.origin}: {self.code} {self.slug}"
        parts = []
        if self.found:
            parts.append(f"found `{shorten(self.found)}`")
        if self.expected:
            parts.append(f"expected {self.expected}")
        if parts:
            text += ": " + ", ".join(parts)
        if self.suggestion:
            text += f"; nearest: `{self.suggestion}`"
        return text

    def as_json(self) -> dict[str, object]:
        """The one shape of an error in every JSON output."""
        return {
            "code": self.code,
            "slug": self.slug,
            "file": self.origin.file or None,
            "line": self.origin.line or None,
            "column": self.origin.column or None,
            "event": self.origin.event,
            "case": self.origin.case,
            "found": shorten(self.found),
            "expected": self.expected,
            "nearest": self.suggestion,
            "hint": self.hint,
            "message": str(self),
        }


class SourceError(RemitError):
    """The source text, a chapter's Markdown or a quote is wrong (RM1xx)."""


class VocabularyError(RemitError):
    """A YAML file, a key or a name of the vocabulary is wrong (RM2xx)."""


class ExpressionError(RemitError):
    """A condition cannot be read, or does not fit the vocabulary (RM3xx)."""


class EventError(RemitError):
    """An event or a case file is refused (RM4xx)."""


class RoutingError(RemitError):
    """The unit graph or a selector is wrong (RM5xx)."""


class CalendarError(RemitError):
    """A calendar or a deadline contradicts itself (RM6xx)."""


class LedgerError(RemitError):
    """What is kept cannot be read or written (RM7xx)."""


class SpecificationError(RemitError):
    """A feature file, a step, or what measures the scenarios is wrong (RM82x, RM83x)."""


class AnalysisError(RemitError):
    """A pack cannot be analysed, or two not compared (RM84x)."""


class SiteError(RemitError):
    """Pages cannot be made or written (RM87x)."""


class ExportError(RemitError):
    """A document, its template or its file is wrong (RM86x)."""


class AuthoringError(RemitError):
    """A file cannot be made, formatted or written for an author (RM80x)."""


class EditorError(RemitError):
    """What an editor asks for cannot be done (RM81x)."""


class ColumnarError(RemitError):
    """A table of events cannot be made, or cannot be read (RM88x)."""


class ReplayError(RemitError):
    """Events cannot be replayed in bulk (RM89x)."""


class InternalError(RemitError):
    """Our own fault; please report it (RM9xx)."""


class PackError(RemitError):
    """A pack does not load. `problems` holds every error found, in order of place; `language` is the pack's own, where it says so."""

    def __init__(self, problems: Iterable[RemitError], language: str | None = None) -> None:
        self.language = language
        self.problems = tuple(sorted(problems, key=lambda p: (p.origin, p.code, str(p))))
        first = self.problems[0]
        super().__init__(
            first.code,
            first.slug,
            found=first.found,
            expected=first.expected,
            origin=first.origin,
            suggestion=first.suggestion,
            hint=first.hint,
        )

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in getattr(self, "problems", ()))


def shorten(text: str, limit: int = 80) -> str:
    """User text as it fits in one line of a message; a control character or half a letter as its escape.

    >>> shorten("a\\nb"), shorten("\\x1b[31m")
    ('a b', '\\\\x1b[31m')
    """
    line = " ".join(text.split())
    line = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)
    return line if len(line) <= limit else line[: limit - 1] + "…"
