"""Renaming: one name, wherever it is written so, and nothing else; refused where what comes out would not be the same pack."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from remit.editor.document import Document
from remit.editor.index import Index, Name, Occurrence
from remit.editor.mentions import Part
from remit.editor.offers import SPECIAL
from remit.editor.spans import Span
from remit.errors import EditorError, Origin, RemitError
from remit.expressions.lexicon import FIXED, KEYWORDS
from remit.pack import dialect
from remit.pack.draft import Draft, read_words
from remit.pack.files import Files

ID = re.compile(r"\w(?:[\w.\-]*\w)?")
WORD = re.compile(r"[^\W\d]\w*")
LABEL = re.compile(r"[^\s“”\"「」|<>](?:[^\n“”\"「」|<>]*[^\s“”\"「」|<>])?")
#: Kinds that are told apart by their names alone where either may stand.
TOGETHER: Mapping[str, tuple[str, ...]] = {"place": ("unit",), "unit": ("place", "role"), "role": ("unit",)}


@dataclass(frozen=True, slots=True)
class Renaming:
    """A name as it is written somewhere, to be written otherwise."""

    index: Index
    occurrence: Occurrence
    name: Name

    @property
    def written(self) -> str:
        return self.occurrence.mention.written

    @property
    def is_id(self) -> bool:
        """Whether it is the id that is renamed, rather than a label or an alias."""
        return self.written == self.name.id

    def places(self) -> list[Occurrence]:
        """Wherever it is written so. Labels and aliases stay when the id changes, and the other way round.

        Raises:
            EditorError: RM812 what every pack has; RM813 a place cannot be told exactly.
        """
        if self.index.declared(self.name) is None:
            raise refused("RM812", "name-not-yours", self.written, "a name that the pack declares", self.occurrence)
        unread = [(file, line) for file, reading in sorted(self.index.read.items()) for line in reading.unread]
        if unread:
            file, line = unread[0]
            found = EditorError("RM813", "not-all-read", found=self.written, expected="a pack each line of which can be read", origin=Origin(file, line + 1, 1))  # fmt: skip
            raise found
        wanted = (Part.DECLARES, Part.USES) if self.is_id else (Part.CALLED, Part.USES)
        found_at = [
            o for o in self.index.of_name(self.name) if o.mention.written == self.written and o.mention.part in wanted
        ]
        for occurrence in found_at:
            if occurrence.mention.span is None:
                raise refused("RM813", "not-all-read", self.written, "a name written in one piece", occurrence)
        return found_at

    def edits(self, new: str) -> dict[str, list[tuple[Span, str]]]:
        """File → what is to be replaced by what.

        Raises:
            EditorError: as `places`; RM814 it is no name; RM815 something else has it; RM816 the pack would not load as before.
        """
        places = self.places()
        if new == self.written:
            return {}
        self.require_name(new)
        self.require_free(new)
        edits: dict[str, list[tuple[Span, str]]] = {}
        for occurrence in places:
            edits.setdefault(occurrence.file, []).append((occurrence.span, new))
        self.require_same(edits, new)
        return edits

    def require_name(self, new: str) -> None:
        """Ids are words that need no quotation marks anywhere; labels are texts that need none either."""
        form = LABEL if not self.is_id else WORD if self.name.kind == "attribute" else ID
        fixed = new in dialect.WORDS or new in dialect.WORDS.values() or (self.name.kind == "attribute" and new in {**FIXED, **KEYWORDS})  # fmt: skip
        if not form.fullmatch(new) or SPECIAL.search(new) or (fixed and self.name.kind != "choice") or "\\" in new:
            expected = "a word of letters, digits and `_`" if form is WORD else "a name of letters, digits, `.`, `-` and `_`" if form is ID else "a name without quotation marks and brackets"  # fmt: skip
            raise refused("RM814", "not-a-name", new, expected, self.occurrence)

    def require_free(self, new: str) -> None:
        kind = self.name.kind
        for each in (kind, *TOGETHER.get(kind, ())):
            found = self.holder(each, new)
            if found is not None and (found != self.name or new == self.name.id):
                raise refused("RM815", "name-taken", new, f"a name that no other {each} has", self.occurrence)

    def holder(self, kind: str, new: str) -> Name | None:
        """What has the name already; of several, any."""
        if kind == "choice" or kind in self.index.own:
            return self.index.find(kind, new, self.name.of)
        meant = self.index.words.names.spelled.get(kind, {}).get(new, ())
        return Name(kind, meant[0]) if meant else None

    def require_same(self, edits: Mapping[str, list[tuple[Span, str]]], new: str) -> None:
        """Read the pack as it would be: no error it has not got, every name still a name, and this one as often as before."""
        before = self.index.files
        after = Files(before.root, {**before.unsaved, **changed(before, edits)}, before.memory)
        was = {told(problem) for problem in problems(before)}
        worse = [problem for problem in problems(after) if told(problem) not in was]
        if worse:
            raise self.breaks(new, str(worse[0]))
        becomes = Index(after, read_words(after), self.index.memory)
        renamed = replace(self.name, id=new) if self.is_id else self.name
        if len(becomes.of_name(renamed)) != len(self.index.of_name(self.name)) or strangers(becomes) > strangers(
            self.index
        ):
            raise self.breaks(new)

    def breaks(self, new: str, hint: str | None = None) -> EditorError:
        expected = "a name with which the pack loads as before"
        return refused("RM816", "rename-changes-the-pack", new, expected, self.occurrence, hint)


def strangers(index: Index) -> int:
    """How many names mean nothing."""
    return sum(o.name is None for file in index.read for o in index.of_file(file))


def told(problem: RemitError) -> tuple[str, str, int]:
    """A problem by its place: what it says of a name changes with the name."""
    return problem.code, problem.origin.file, problem.origin.line


def problems(files: Files) -> list[RemitError]:
    draft = Draft(files)
    for _ in draft.steps():
        pass
    return draft.problems.found


def changed(files: Files, edits: Mapping[str, list[tuple[Span, str]]]) -> dict[str, str]:
    """The texts with the edits made."""
    return {name: edited(files.text(name), spans) for name, spans in edits.items()}


def edited(text: str, edits: list[tuple[Span, str]]) -> str:
    """A text with stretches replaced, from the last to the first."""
    document = Document(text)
    lines = list(document.lines)
    for span, new in sorted(edits, reverse=True):
        line = lines[span.start[0]]
        lines[span.start[0]] = line[: span.start[1]] + new + line[span.end[1] :]
    return "\n".join(lines)


def refused(code: str, slug: str, found: str, expected: str, at: Occurrence, hint: str | None = None) -> EditorError:
    origin = Origin(at.file, at.mention.line + 1, at.span.start[1] + 1)
    return EditorError(code, slug, found=found, expected=expected, origin=origin, hint=hint)
