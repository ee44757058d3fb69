"""A real editor's side of the protocol: pygls's own client, with the server as a process of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from lsprotocol import types
from pygls.lsp.client import LanguageClient

T = TypeVar("T")
PATIENCE = 60


class Editor:
    """An editor with one server."""

    def __init__(self, client: LanguageClient) -> None:
        self.client = client
        self.published: dict[str, list[types.Diagnostic]] = {}
        self.count: dict[str, int] = {}
        self.logged: list[str] = []
        self.news = asyncio.Condition()
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}

    @classmethod
    async def start(
        cls,
        command: list[str] | None = None,
        *,
        locale: str | None = "en",
        options: Any = None,
        encodings: list[str] | None = None,
    ) -> Editor:
        client = LanguageClient("test", "1")
        editor = cls(client)

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        async def _published(params: types.PublishDiagnosticsParams) -> None:
            async with editor.news:
                editor.published[params.uri] = list(params.diagnostics)
                editor.count[params.uri] = editor.count.get(params.uri, 0) + 1
                editor.news.notify_all()

        @client.feature(types.WINDOW_LOG_MESSAGE)
        async def _logged(params: types.LogMessageParams) -> None:
            async with editor.news:
                editor.logged.append(params.message)
                editor.news.notify_all()

        await client.start_io(*(command or [sys.executable, "-m", "remit", "lsp", "--stdio"]))
        item = types.ClientCompletionItemOptions(snippet_support=True)
        capabilities = types.ClientCapabilities(
            text_document=types.TextDocumentClientCapabilities(
                completion=types.CompletionClientCapabilities(completion_item=item)
            ),
            general=types.GeneralClientCapabilities(position_encodings=encodings) if encodings else None,
        )
        editor.initialized = await client.initialize_async(
            types.InitializeParams(
                capabilities, process_id=None, root_uri=None, locale=locale, initialization_options=options
            )
        )
        client.initialized(types.InitializedParams())
        return editor

    async def stop(self) -> None:
        await asyncio.wait_for(self.client.shutdown_async(None), PATIENCE)
        self.client.exit(None)
        await asyncio.wait_for(self.client.stop(), PATIENCE)

    # --- telling --------------------------------------------------------------------------------------

    def open(self, path: Path, text: str | None = None) -> str:
        uri = path.as_uri()
        self.texts[uri] = path.read_text("utf-8") if text is None else text
        self.versions[uri] = 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "remit", 1, self.texts[uri]))
        )
        return uri

    def change(self, uri: str, text: str) -> None:
        self.texts[uri] = text
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self.versions[uri], uri),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def close(self, uri: str) -> None:
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for news until something holds; an answer that never comes is a failure, not a matter of speed."""
        async with self.news:
            await asyncio.wait_for(self.news.wait_for(holds), PATIENCE)

    async def codes(self, uri: str, *wanted: str) -> list[types.Diagnostic]:
        """Wait until exactly these codes are published for a file."""
        await self.until(
            lambda: uri in self.published and sorted(str(d.code) for d in self.published[uri]) == sorted(wanted)
        )
        return self.published[uri]

    # --- asking ---------------------------------------------------------------------------------------

    def after(self, uri: str, passage: str, offset: int | None = None) -> types.TextDocumentPositionParams:
        """The cursor at the end of a passage, or `offset` letters into it."""
        text = self.texts[uri]
        at = text.index(passage) + (len(passage) if offset is None else offset)
        line = text.count("\n", 0, at)
        before = text[text.rfind("\n", 0, at) + 1 : at]
        units = len(before.encode("utf-16-le")) // 2
        return types.TextDocumentPositionParams(types.TextDocumentIdentifier(uri), types.Position(line, units))

    async def complete(self, uri: str, passage: str) -> list[types.CompletionItem]:
        place = self.after(uri, passage)
        found = await self.client.text_document_completion_async(
            types.CompletionParams(place.text_document, place.position)
        )
        return list(found.items) if isinstance(found, types.CompletionList) else list(found or [])

    async def hover(self, uri: str, passage: str, offset: int = 1) -> str:
        place = self.after(uri, passage, offset)
        found = await self.client.text_document_hover_async(types.HoverParams(place.text_document, place.position))
        return found.contents.value if found and isinstance(found.contents, types.MarkupContent) else ""

    async def definition(self, uri: str, passage: str, offset: int = 1) -> list[str]:
        place = self.after(uri, passage, offset)
        found = await self.client.text_document_definition_async(
            types.DefinitionParams(place.text_document, place.position)
        )
        return [shown(location) for location in found or []]

    async def references(self, uri: str, passage: str, offset: int = 1, *, declaration: bool = True) -> list[str]:
        place = self.after(uri, passage, offset)
        params = types.ReferenceParams(types.ReferenceContext(declaration), place.text_document, place.position)
        return [shown(location) for location in await self.client.text_document_references_async(params) or []]

    async def rename(self, uri: str, passage: str, new: str, offset: int = 1) -> dict[str, str]:
        """The texts of the changed files as they would be, by name."""
        place = self.after(uri, passage, offset)
        found = await self.client.text_document_rename_async(
            types.RenameParams(place.text_document, place.position, new)
        )
        return {
            uri: applied(self.texts.get(uri) or path_of(uri).read_text("utf-8"), edits)
            for uri, edits in (found.changes if found and found.changes else {}).items()
        }


def path_of(uri: str) -> Path:
    from urllib.parse import unquote, urlparse

    return Path(unquote(urlparse(uri).path))


def shown(location: types.Location) -> str:
    start, end = location.range.start, location.range.end
    return f"{path_of(location.uri).name}:{start.line + 1}:{start.character}-{end.character}"


def applied(text: str, edits: Any) -> str:
    """A text with an editor's edits made, columns counted in UTF-16."""
    lines = text.split("\n")
    for edit in sorted(edits, key=lambda e: (e.range.start.line, e.range.start.character), reverse=True):
        assert edit.range.start.line == edit.range.end.line
        raw = lines[edit.range.start.line].encode("utf-16-le")
        new = edit.new_text.encode("utf-16-le")
        lines[edit.range.start.line] = (
            raw[: edit.range.start.character * 2] + new + raw[edit.range.end.character * 2 :]
        ).decode("utf-16-le")
    return "\n".join(lines)


def talk(conversation: Callable[[Editor], Awaitable[T]], **settings: Any) -> T:
    """One conversation with a server of its own."""

    async def whole() -> T:
        editor = await asyncio.wait_for(Editor.start(**settings), PATIENCE)
        try:
            return await conversation(editor)
        finally:
            await editor.stop()

    coroutine: Coroutine[Any, Any, T] = whole()
    return asyncio.run(coroutine)
