"""Ours → the Language Server Protocol's: places, problems, offers, outlines, edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

from lsprotocol import types

from remit.editor.completion import Offers
from remit.editor.document import Document
from remit.editor.offers import Sort
from remit.editor.outline import Entry
from remit.editor.packs import Problem
from remit.editor.spans import Position, Span
from remit.errors import Origin, RemitError
from remit.explain import messages

WORD = re.compile(r"[^\s,，。；;：:{}\[\]()（）\"“”]+")
SNIPPET_GAP = re.compile(r"\$\{\d+:([^}]*)\}|\$\d+")
SORTS: Mapping[Sort, types.CompletionItemKind] = {
    Sort.NAME: types.CompletionItemKind.Reference,
    Sort.KEY: types.CompletionItemKind.Property,
    Sort.WORD: types.CompletionItemKind.Keyword,
    Sort.FIELD: types.CompletionItemKind.Field,
    Sort.TEXT: types.CompletionItemKind.Text,
    Sort.STEP: types.CompletionItemKind.Snippet,
}
SYMBOLS: Mapping[str, types.SymbolKind] = {
    "heading": types.SymbolKind.Namespace, "rule": types.SymbolKind.Function, "attribute": types.SymbolKind.Field,
    "event": types.SymbolKind.Event, "action": types.SymbolKind.Method, "role": types.SymbolKind.Interface, "place": types.SymbolKind.Module,
    "unit": types.SymbolKind.Class, "reading": types.SymbolKind.Constant, "level": types.SymbolKind.EnumMember,
    "feature": types.SymbolKind.Namespace, "scenario": types.SymbolKind.Method,
}  # fmt: skip


def position(at: Position, document: Document) -> types.Position:
    return types.Position(*document.to_client(at))


def range_of(span: Span, document: Document) -> types.Range:
    return types.Range(position(span.start, document), position(span.end, document))


def place_of(origin: Origin, found: str, document: Document) -> Span:
    """The stretch a problem is about: what was found, if it stands there, else the word that does."""
    line = min(max(origin.line - 1, 0), len(document.lines) - 1)
    written = document.lines[line]
    start = min(max(origin.column - 1, 0), len(written))
    if found and written.startswith(found, start):
        return Span((line, start), (line, start + len(found)))
    if found and written[start : start + 1] in ("'", '"') and written.startswith(found, start + 1):
        return Span((line, start + 1), (line, start + 1 + len(found)))
    word = WORD.match(written, start)
    if word is not None:
        return Span((line, start), (line, word.end()))
    first = len(written) - len(written.lstrip())
    return Span((line, min(start, first)), (line, max(len(written.rstrip()), first)))


def told(problem: RemitError, language: str) -> str:
    """The problem without its place and code, which an editor shows by itself; its remedy beneath."""
    place = messages.place(problem) if language == "zh" else f"{problem.origin}: "
    text = messages.told(problem, language).removeprefix(f"{place}{problem.code} ")
    if not problem.hint:
        return text
    return f"{text}\n{messages.spoken(problem.hint) if language == 'zh' else problem.hint}"


def diagnostic(problem: Problem, document: Document, language: str) -> types.Diagnostic:
    error = problem.error
    return types.Diagnostic(
        range=range_of(place_of(error.origin, error.found, document), document),
        message=told(error, language),
        severity=types.DiagnosticSeverity.Error if problem.is_error else types.DiagnosticSeverity.Warning,
        code=error.code,
        source="remit",
        data={"nearest": error.suggestion} if error.suggestion else None,
    )


def completion(offers: Offers, at: Position, document: Document, *, snippets: bool) -> types.CompletionList:
    """Each offer replaces what was typed, and is found by the editor whatever part of it that was."""
    place = range_of(Span((at[0], offers.start), at), document)
    typed = document.before(at)[offers.start :]
    items = []
    for number, offer in enumerate(offers.found):
        text = offer.insert if offer.insert is not None else offer.text
        if offer.snippet and not snippets:
            text = SNIPPET_GAP.sub(lambda gap: gap[1] or "", text)
        shown = offer.text if typed.casefold() in offer.text.casefold() else f"{typed} {offer.text}"
        items.append(
            types.CompletionItem(
                label=offer.text,
                kind=SORTS[offer.sort],
                detail=offer.detail or None,
                filter_text=shown,
                sort_text=f"{number:04}",
                text_edit=types.TextEdit(place, text),
                insert_text_format=types.InsertTextFormat.Snippet if offer.snippet and snippets else None,
            )
        )
    return types.CompletionList(is_incomplete=offers.more, items=items)


def symbols(entries: Iterable[Entry], document: Document) -> list[types.DocumentSymbol]:
    return [
        types.DocumentSymbol(
            name=entry.name or "—",
            detail=entry.detail,
            kind=SYMBOLS.get(entry.kind, types.SymbolKind.Key),
            range=range_of(Span((entry.span.start[0], 0), (entry.until, len(document.lines[entry.until]))), document),
            selection_range=range_of(entry.span, document),
            children=symbols(entry.children, document),
        )
        for entry in entries
    ]


def text_edits(edits: Sequence[tuple[Span, str]], document: Document) -> list[types.TextEdit]:
    return [types.TextEdit(range_of(span, document), new) for span, new in edits]


def line_edits(before: str, after: str) -> list[tuple[Span, str]]:
    """What makes one text of another, line by line, so that the cursor stays where it is."""
    old, new = before.split("\n"), after.split("\n")
    edits: list[tuple[Span, str]] = []
    for kind, start, end, first, last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        if end == len(old):  # the last line has no end of its own: rather all of it
            return [(Span((0, 0), (len(old) - 1, len(old[-1]))), after)]
        edits.append((Span((start, 0), (end, 0)), "".join(f"{line}\n" for line in new[first:last])))
    return edits
