"""`RemitServer`: what one editor has open, and when a pack is read anew and what is wrong with it told.

After a keystroke the file is read and what is wrong with it told at once; what takes longer is done while nobody types, in
slices, and dropped at the next keystroke. No request waits for it.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

from lsprotocol import types
from pygls import uris
from pygls.exceptions import JsonRpcException, JsonRpcInternalError
from pygls.lsp.server import LanguageServer

from remit import __version__
from remit.editor.document import Document
from remit.editor.index import pack_above
from remit.editor.packs import OpenPack, Problem
from remit.editor.protocol import diagnostic
from remit.errors import InternalError
from remit.explain import messages

#: Keystrokes closer together than this are one; a pack is examined when nobody has typed for a while.
TOGETHER, QUIET = 0.005, 0.25
#: How long work goes on before others may speak, and how long they may: a message comes in several pieces, each of which needs a turn.
SLICE, BREATH = 0.008, 0.002
BETWEEN_RESTS = 20


class RemitServer(LanguageServer):
    """One editor's server.

    Attributes:
        language: how to speak; "" where the editor did not say, then each pack speaks its own.
        packs: those of the open files, by their directories.
        opened: what the editor calls each open file.
        told: what was last published of each file of a pack.
        work: the reading of each pack that is going on.
        waiting: the files of each pack that were opened or typed in and have not been answered yet.
    """

    def __init__(self, language: str = "") -> None:
        # Whole texts are sent: what counts as the end of a line is then nobody's question but ours.
        super().__init__("remit", __version__, types.TextDocumentSyncKind.Full)
        self.language = language
        self.packs: dict[Path, OpenPack] = {}
        self.opened: dict[Path, str] = {}
        self.told: dict[Path, dict[str, list[types.Diagnostic]]] = {}
        self.work: dict[Path, asyncio.Task[None]] = {}
        self.waiting: dict[Path, set[str]] = {}
        self.readings = 0
        self.asked_to_leave = False

    # --- where things are -----------------------------------------------------------------------------

    def place(self, uri: str) -> tuple[OpenPack, str] | None:
        """The pack a document belongs to, and its name in it; None for what is not a file of any pack."""
        path = path_of(uri)
        root = pack_above(path) if path is not None else None
        if path is None or root is None:
            return None
        if root not in self.packs:
            self.packs[root] = OpenPack(root)
        return self.packs[root], path.relative_to(root).as_posix()

    def uri(self, pack: OpenPack, name: str) -> str:
        """As the editor calls it where it has it open."""
        path = pack.root / name
        return self.opened.get(path, path.as_uri())

    def document(self, pack: OpenPack, name: str) -> Document:
        text = pack.files().outcome(name)
        encoding = self.workspace.position_encoding or types.PositionEncodingKind.Utf16
        return Document(text if isinstance(text, str) else "", str(getattr(encoding, "value", encoding)))

    def speaks(self, pack: OpenPack) -> str:
        """The editor's language, else the pack's own."""
        return self.language or pack.language

    # --- reading anew ---------------------------------------------------------------------------------

    def changed(self, uri: str, text: str | None) -> None:
        """A buffer changed (None: was closed): read its pack anew, and drop what was being done for the text before."""
        found = self.place(uri)
        if found is None:
            return
        pack, name = found
        path = pack.root / name
        pack.write(name, text)
        if text is not None:
            self.opened[path] = uri
        else:
            self.opened.pop(path, None)
            if not pack.unsaved:
                self.leave(pack)
                return
        self.renew(pack, name)

    def renew(self, pack: OpenPack, name: str = "") -> None:
        if name in pack.unsaved:
            self.waiting.setdefault(pack.root, set()).add(name)
        if pack.root in self.work:
            self.work[pack.root].cancel()
        self.work[pack.root] = asyncio.ensure_future(self.reading(pack, name))

    async def reading(self, pack: OpenPack, name: str) -> None:
        """Read, tell; when it has been quiet, examine, tell."""
        try:
            await asyncio.sleep(TOGETHER)
            steps = pack.read()
            next(steps, None)
            if name.startswith("facts/"):
                self.tell(pack, only=name)
            await in_slices(steps)
            self.tell(pack)
            await asyncio.sleep(QUIET)
            await in_slices(pack.examine())
            self.tell(pack)
            self.rest()
        except Exception as fault:  # noqa: BLE001 - whatever it is, the editor goes on, and is told
            self.report_server_error(fault, types.Diagnostic)

    def tell(self, pack: OpenPack, only: str | None = None) -> None:
        """Publish what is wrong, file by file, where that has changed; of a file being typed in, in any case."""
        by_file: dict[str, list[Problem]] = {}
        anywhere, files = next(iter(pack.unsaved), "facts/pack.yaml"), pack.files()
        for problem in pack.problems:
            name = problem.error.origin.file
            by_file.setdefault(name if name in files else anywhere, []).append(problem)
        last, waiting = self.told.setdefault(pack.root, {}), self.waiting.setdefault(pack.root, set())
        for name in sorted({*by_file, *last, *waiting}, key=lambda n: (n not in waiting, n)):
            if only not in (None, name):
                continue
            document = self.document(pack, name)
            found = [diagnostic(problem, document, self.speaks(pack)) for problem in by_file.get(name, ())]
            if name in waiting or found != last.get(name, []):
                last[name] = found
                self.publish(self.uri(pack, name), found)
            waiting.discard(name)

    def publish(self, uri: str, found: list[types.Diagnostic]) -> None:
        known = self.workspace.text_documents.get(uri)
        version = known.version if known is not None else None
        self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, found, version))

    def leave(self, pack: OpenPack) -> None:
        """Nothing of a pack is open any more: what was told of it is taken back."""
        if pack.root in self.work:
            self.work.pop(pack.root).cancel()
        for name, found in self.told.pop(pack.root, {}).items():
            if found:
                self.publish(self.uri(pack, name), [])
        self.packs.pop(pack.root, None)

    def rest(self) -> None:
        """Now and then, while nobody types: collect what is garbage, and set the rest aside, so that no keystroke waits for it."""
        self.readings += 1
        if self.readings % BETWEEN_RESTS == 1:
            gc.unfreeze()
            gc.collect()
            gc.freeze()

    def report_server_error(self, error: Exception, source: object) -> None:
        """What went wrong outside an answer is said, and the server goes on: our own fault, or a message that is none."""
        del source
        text = str(error)
        if not isinstance(error, JsonRpcException) or isinstance(error, JsonRpcInternalError):
            fault = InternalError("RM900", "internal-fault", found=f"{type(error).__name__}: {error}", expected="no fault of ours")  # fmt: skip
            text = messages.told(fault, self.language or "zh").removeprefix(f"{fault.origin}: ")
        self.window_log_message(types.LogMessageParams(types.MessageType.Error, text))


async def in_slices(steps: Iterator[None]) -> None:
    """Go through the steps, letting others speak in between."""
    loop = asyncio.get_running_loop()
    until = loop.time() + SLICE
    for _ in steps:
        if loop.time() > until:
            await asyncio.sleep(BREATH)
            until = loop.time() + SLICE


def path_of(uri: str) -> Path | None:
    """The path of a file; None for what lies elsewhere (`untitled:`, `git:` …)."""
    try:
        found = uris.to_fs_path(uri)
    except ValueError:
        return None
    return Path(found) if found and "\0" not in found else None
