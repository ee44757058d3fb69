"""The language server over stdio: what the editor says and asks, and who answers."""

from __future__ import annotations

import gc
import os

from lsprotocol import types

from remit.editor import answers
from remit.editor.index import pack_above
from remit.editor.service import RemitServer, path_of


def spoken(asked: str | None) -> str:
    """`zh-CN` → `zh`; any other language is told in English; nothing, where nothing was said."""
    if not asked:
        return ""
    return "zh" if asked.lower().startswith("zh") else "en"


def make_server(language: str = "") -> RemitServer:
    """A server that answers everything it can; `language` goes before what the editor asks for."""
    server = RemitServer(language)

    @server.feature(types.INITIALIZE)
    def initialize(ls: RemitServer, params: types.InitializeParams) -> None:
        options = params.initialization_options
        chosen = options.get("language") if isinstance(options, dict) else getattr(options, "language", None)
        ls.language = ls.language or spoken(chosen if isinstance(chosen, str) else None) or spoken(params.locale)

    @server.feature(types.INITIALIZED)
    async def initialized(ls: RemitServer, _params: types.InitializedParams) -> None:
        await watch(ls)

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(ls: RemitServer, params: types.DidOpenTextDocumentParams) -> None:
        ls.changed(params.text_document.uri, params.text_document.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(ls: RemitServer, params: types.DidChangeTextDocumentParams) -> None:
        document = ls.workspace.text_documents.get(params.text_document.uri)
        if document is not None:
            ls.changed(params.text_document.uri, document.source)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(ls: RemitServer, params: types.DidCloseTextDocumentParams) -> None:
        ls.changed(params.text_document.uri, None)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(ls: RemitServer, params: types.DidSaveTextDocumentParams) -> None:
        renew_at(ls, params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(ls: RemitServer, params: types.DidChangeWatchedFilesParams) -> None:
        for event in params.changes:
            renew_at(ls, event.uri)

    answers.register(server)
    return server


async def watch(ls: RemitServer) -> None:
    """Ask to be told of files written by others, where the editor can be asked."""
    workspace = ls.client_capabilities.workspace
    watching = workspace.did_change_watched_files if workspace else None
    if not watching or not watching.dynamic_registration:
        return
    watchers = [types.FileSystemWatcher(f"**/{folder}/**") for folder in ("facts", "policies", "features")]
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    asked = types.Registration("remit-files", types.WORKSPACE_DID_CHANGE_WATCHED_FILES, options)
    await ls.client_register_capability_async(types.RegistrationParams([asked]))


def renew_at(ls: RemitServer, uri: str) -> None:
    """Something was written to disk: an open pack it belongs to is read anew."""
    path = path_of(uri)
    root = pack_above(path) if path is not None else None
    if root in ls.packs:
        ls.packs[root].forget()
        ls.renew(ls.packs[root])


def serve(language: str = "") -> None:
    """Answer on stdin and stdout until the editor leaves."""
    gc.set_threshold(20_000, 50, 1_000)  # whole collections are made while nobody types
    server = make_server(language)

    @server.feature(types.SHUTDOWN)
    def shut(ls: RemitServer, _params: None) -> None:
        ls.asked_to_leave = True

    @server.feature(types.EXIT)
    def leave(ls: RemitServer, _params: None) -> None:
        # Nothing is kept, and the thread that waits for the next message would wait on while the editor holds the pipe open.
        os._exit(0 if ls.asked_to_leave else 1)

    server.start_io()
