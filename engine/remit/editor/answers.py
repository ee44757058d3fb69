"""What the editor asks: completion, hover, where a name is declared and used, renaming, formatting, outlines, quick fixes."""

from __future__ import annotations

import re
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from remit.authoring.files import belongs, in_form
from remit.editor.completion import Completer
from remit.editor.document import Document
from remit.editor.hover import Teller
from remit.editor.index import Name, Occurrence
from remit.editor.mentions import Part
from remit.editor.outline import outline
from remit.editor.packs import OpenPack
from remit.editor.protocol import SYMBOLS, completion, line_edits, range_of, symbols, text_edits, told
from remit.editor.rename import Renaming, refused
from remit.editor.service import RemitServer
from remit.editor.spans import Position, Span
from remit.errors import AuthoringError, EditorError, RemitError
from remit.pack import dialect

REQUEST_FAILED = -32803
TRIGGERS = [".", "的", "“", '"', "{", ":", " ", "|"]
KEY = re.compile(r"([^\W\d]\w*)\s*:")
MOST_SYMBOLS = 200


class Asked:
    """One question about one place: the pack, the file as it stands, and the cursor in our own columns."""

    def __init__(self, ls: RemitServer, pack: OpenPack, name: str, position: types.Position | None = None) -> None:
        self.ls, self.pack, self.name = ls, pack, name
        self.document: Document = ls.document(pack, name)
        self.at: Position = self.document.from_client(position.line, position.character) if position else (0, 0)
        self.language = ls.speaks(pack)

    @classmethod
    def of(cls, ls: RemitServer, uri: str, position: types.Position | None = None) -> Asked | None:
        found = ls.place(uri)
        return cls(ls, *found, position) if found is not None else None

    def named(self) -> tuple[Occurrence, Name] | None:
        """The name under the cursor."""
        occurrence = self.pack.index().at(self.name, self.at)
        return (occurrence, occurrence.name) if occurrence is not None and occurrence.name is not None else None

    def location(self, occurrence: Occurrence) -> types.Location:
        document = self.ls.document(self.pack, occurrence.file)
        return types.Location(self.ls.uri(self.pack, occurrence.file), range_of(occurrence.span, document))

    def refuse(self, problem: RemitError) -> JsonRpcException:
        origin = problem.origin
        elsewhere = (origin.file, origin.line) != (self.name, self.at[0] + 1)
        place = f" ({origin})" if elsewhere else ""
        return JsonRpcException(f"{problem.code}: {told(problem, self.language)}{place}", REQUEST_FAILED)


def register(server: RemitServer) -> None:
    """Make every answer known to the server."""
    server.feature(types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=TRIGGERS))(complete)
    server.feature(types.TEXT_DOCUMENT_HOVER)(hover)
    server.feature(types.TEXT_DOCUMENT_DEFINITION)(definition)
    server.feature(types.TEXT_DOCUMENT_REFERENCES)(references)
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)(highlight)
    server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))(rename)
    server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)(prepare_rename)
    server.feature(types.TEXT_DOCUMENT_FORMATTING)(formatting)
    server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(document_symbols)
    server.feature(types.WORKSPACE_SYMBOL)(workspace_symbols)
    server.feature(
        types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix])
    )(quick_fixes)


def complete(ls: RemitServer, params: types.CompletionParams) -> types.CompletionList | None:
    asked = Asked.of(ls, params.text_document.uri, params.position)
    if asked is None:
        return None
    offers = Completer(asked.pack.index(), asked.language).at(asked.name, asked.document.lines, asked.at)
    return completion(offers, asked.at, asked.document, snippets=takes_snippets(ls))


def formatting(ls: RemitServer, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The canonical form, as `remit fmt` writes it; nothing where the file cannot be read, which is told as it is typed."""
    asked = Asked.of(ls, params.text_document.uri)
    if asked is None or not asked.name.endswith((".yaml", ".md")):
        return None
    path = asked.pack.root / asked.name
    try:
        found = in_form(asked.document.text, path) if belongs(path) else asked.document.text
    except AuthoringError as problem:
        raise asked.refuse(problem) from None
    except RemitError:
        return None
    return text_edits(line_edits(asked.document.text, found), asked.document)


def takes_snippets(ls: RemitServer) -> bool:
    asked = ls.client_capabilities.text_document
    item = asked.completion.completion_item if asked and asked.completion else None
    return bool(item and item.snippet_support)


def hover(ls: RemitServer, params: types.HoverParams) -> types.Hover | None:
    asked = Asked.of(ls, params.text_document.uri, params.position)
    if asked is None:
        return None
    found = asked.named()
    if found is None:
        return of_key(asked)
    occurrence, name = found
    pack = asked.pack
    teller = Teller(
        pack.index(), pack.policies, asked.language, lambda file, line: f"{(pack.root / file).as_uri()}#L{line}"
    )
    shown = types.MarkupContent(types.MarkupKind.Markdown, teller.tell(name))
    return types.Hover(shown, range_of(occurrence.span, asked.document))


def of_key(asked: Asked) -> types.Hover | None:
    """A key of the language: its other spelling."""
    line = asked.document.lines[asked.at[0]]
    for found in KEY.finditer(line):
        if found.start(1) <= asked.at[1] <= found.end(1):
            english = [en for (_, zh), en in dialect.LOCAL.items() if zh == found[1]] + [dialect.KEYS.get(found[1], "")]
            chinese = [zh for zh, en in dialect.KEYS.items() if en == found[1]]
            others = "、".join(f"`{other}`" for other in dict.fromkeys((*chinese, *filter(None, english))))
            if others:
                span = Span((asked.at[0], found.start(1)), (asked.at[0], found.end(1)))
                text = types.MarkupContent(types.MarkupKind.Markdown, f"`{found[1]}` = {others}")
                return types.Hover(text, range_of(span, asked.document))
    return None


def definition(ls: RemitServer, params: types.DefinitionParams) -> list[types.Location] | None:
    asked = Asked.of(ls, params.text_document.uri, params.position)
    found = asked.named() if asked else None
    declared = asked.pack.index().declared(found[1]) if asked and found else None
    return [asked.location(declared)] if asked and declared else None


def references(ls: RemitServer, params: types.ReferenceParams) -> list[types.Location] | None:
    """Every use, under whichever spelling; the declaration with them where it is asked for."""
    asked = Asked.of(ls, params.text_document.uri, params.position)
    found = asked.named() if asked else None
    if asked is None or found is None:
        return None
    wanted = (Part.USES, Part.DECLARES) if params.context.include_declaration else (Part.USES,)
    return [asked.location(o) for o in asked.pack.index().of_name(found[1]) if o.mention.part in wanted]


def highlight(ls: RemitServer, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight] | None:
    asked = Asked.of(ls, params.text_document.uri, params.position)
    found = asked.named() if asked else None
    if asked is None or found is None:
        return None
    here = [o for o in asked.pack.index().of_name(found[1]) if o.file == asked.name]
    return [types.DocumentHighlight(range_of(o.span, asked.document)) for o in here]


def prepare_rename(ls: RemitServer, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """What would be renamed: the id, or the label or alias, as it is written under the cursor."""
    asked = Asked.of(ls, params.text_document.uri, params.position)
    found = asked.named() if asked else None
    if asked is None or found is None:
        return None
    occurrence, name = found
    try:
        Renaming(asked.pack.index(), occurrence, name).places()
    except EditorError as problem:
        raise asked.refuse(problem) from None
    return types.PrepareRenamePlaceholder(range_of(occurrence.span, asked.document), occurrence.mention.written)


def rename(ls: RemitServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    asked = Asked.of(ls, params.text_document.uri, params.position)
    if asked is None:
        return None
    found = asked.named()
    index = asked.pack.index()
    try:
        if found is None:
            here = index.at(asked.name, asked.at)
            if here is not None:
                raise refused("RM812", "name-not-yours", here.mention.written, "a name that the pack declares", here)
            return None
        edits = Renaming(index, *found).edits(params.new_name)
    except EditorError as problem:
        raise asked.refuse(problem) from None
    return types.WorkspaceEdit(
        {ls.uri(asked.pack, file): text_edits(made, ls.document(asked.pack, file)) for file, made in edits.items()}
    )


def document_symbols(ls: RemitServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol] | None:
    asked = Asked.of(ls, params.text_document.uri)
    if asked is None:
        return None
    rules = {rule.id: rule for policy in asked.pack.policies for rule in policy.rules}
    entries = outline(asked.pack.index(), asked.name, asked.document.lines, rules, asked.language)
    return symbols(entries, asked.document)


def workspace_symbols(ls: RemitServer, params: types.WorkspaceSymbolParams) -> list[types.WorkspaceSymbol]:
    """What the open packs declare, by id or label."""
    wanted, found = params.query.casefold(), list[types.WorkspaceSymbol]()
    for pack in ls.packs.values():
        index = pack.index()
        for declared in index.declarations():
            if declared.name is None or len(found) >= MOST_SYMBOLS:
                continue
            spelled = {o.mention.written for o in index.of_name(declared.name) if o.mention.part is not Part.USES}
            if any(wanted in text.casefold() for text in spelled):
                name, place = declared.name, Asked(ls, pack, declared.file).location(declared)
                others = ", ".join(sorted(spelled - {name.id}))
                found.append(types.WorkspaceSymbol(place, name.id, SYMBOLS.get(name.kind, types.SymbolKind.Key), container_name=others))  # fmt: skip
    return found


def quick_fixes(ls: RemitServer, params: types.CodeActionParams) -> list[types.CodeAction] | None:
    """The nearest valid name in the place of one that nothing has."""
    asked = Asked.of(ls, params.text_document.uri)
    if asked is None:
        return None
    fixes = []
    for problem in params.context.diagnostics:
        nearest = nearest_of(problem.data)
        if nearest:
            title = f"改为“{nearest}”" if asked.language == "zh" else f"Change to `{nearest}`"
            edit = types.WorkspaceEdit({params.text_document.uri: [types.TextEdit(problem.range, nearest)]})
            fixes.append(
                types.CodeAction(title, types.CodeActionKind.QuickFix, [problem], is_preferred=True, edit=edit)
            )
    return fixes


def nearest_of(given: Any) -> str | None:  # what an editor hands back may be anything
    found = given.get("nearest") if isinstance(given, dict) else getattr(given, "nearest", None)
    return found if isinstance(found, str) else None
