"""How soon the language server answers a keystroke: from the change sent to the diagnostics received, by a real client over stdio.

    python bench/keystroke.py [PACK] [--strokes N]

For each kind of file a passage is typed letter by letter and taken back; the whole way is measured: the editor's message, the server's
reading, its answer. Then completion and hover are asked while the server is busy with the keystroke just sent.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from lsprotocol import types

from editor_client import Editor, talk

#: The passage typed, and the time between two keystrokes.
PAUSE = 0.15
TYPED = "\nnote: 两种理解，见第一条 x"


def longest(files: list[Path]) -> Path:
    return max(files, key=lambda path: path.stat().st_size)


@dataclass(frozen=True)
class Answer:
    """How long an answer took, and how much of it the server computed (Linux only; else 0)."""

    waited: float
    computed: float


def computed(editor: Editor) -> float:
    """Processor time of the server so far, in seconds."""
    server = editor.client._server  # noqa: SLF001 - the client does not say otherwise which process it started
    try:
        with open(f"/proc/{server.pid if server else 0}/schedstat", encoding="ascii") as stated:  # noqa: PTH123
            return int(stated.read().split()[0]) / 1e9
    except OSError:
        return 0.0


def report(what: str, answers: list[Answer]) -> None:
    waited, busy = sorted(a.waited for a in answers), [a.computed for a in answers]
    p95 = waited[min(len(waited) - 1, int(len(waited) * 0.95))]
    told = f"median {statistics.median(waited) * 1000:6.1f} ms   p95 {p95 * 1000:6.1f} ms   max {waited[-1] * 1000:6.1f} ms"
    print(f"{what:52} {told}   processor {statistics.median(busy) * 1000:5.1f} ms   n {len(waited)}")


async def typed(editor: Editor, uri: str, text: str) -> Answer:
    """One keystroke: from the change to the next diagnostics of this file."""
    before, spent = editor.count.get(uri, 0), computed(editor)
    began = time.perf_counter()
    editor.change(uri, text)
    await editor.until(lambda: editor.count.get(uri, 0) > before)
    return Answer(time.perf_counter() - began, computed(editor) - spent)


async def passage(editor: Editor, path: Path, place: int | None, strokes: int, what: str, pause: float) -> None:
    """Letters typed one after another at a place of a file."""
    uri = path.as_uri()
    if uri not in editor.texts:
        editor.open(path)
        await editor.until(lambda: uri in editor.published)
        await asyncio.sleep(2)
    whole = editor.texts[uri]
    at = len(whole.rstrip()) if place is None else place
    answers = []
    for number in range(strokes):
        part = TYPED[: number % len(TYPED) + 1]
        answers.append(await typed(editor, uri, whole[:at] + part + whole[at:]))
        await asyncio.sleep(pause)
    report(what, answers)
    await typed(editor, uri, whole)
    await asyncio.sleep(1)


async def asked(editor: Editor, path: Path, at: int, strokes: int) -> None:
    """Completion and hover right behind a keystroke, whose reading they do not wait for."""
    uri, whole = path.as_uri(), editor.texts[path.as_uri()]
    line = whole.count("\n", 0, at)
    column = len(whole[:at].rpartition("\n")[2].encode("utf-16-le")) // 2
    times: dict[str, list[Answer]] = {"completion right behind a keystroke": [], "hover right behind a keystroke": []}
    for number in range(strokes):
        for what, answers in times.items():
            editor.change(uri, whole[:at] + TYPED[: number % len(TYPED) + 1] + whole[at:])
            document, place = types.TextDocumentIdentifier(uri), types.Position(line, column)
            began, spent = time.perf_counter(), computed(editor)
            if what.startswith("completion"):
                await editor.client.text_document_completion_async(types.CompletionParams(document, place))
            else:
                await editor.client.text_document_hover_async(
                    types.HoverParams(document, types.Position(line, max(column - 2, 0)))
                )
            answers.append(Answer(time.perf_counter() - began, computed(editor) - spent))
            await asyncio.sleep(0.15)
    for what, answers in times.items():
        report(what, answers)


@dataclass(frozen=True)
class Files:
    """What is typed in: the longest of each kind."""

    chapter: Path
    actions: Path
    attributes: Path
    units: Path
    feature: Path

    @classmethod
    def of(cls, root: Path) -> Files:
        """Those of a pack."""
        units = sorted([*root.glob("facts/units.yaml"), *root.glob("facts/units/*.yaml")])
        facts = root / "facts"
        return cls(
            longest(sorted(root.glob("policies/*/*.md"))),
            facts / "actions.yaml",
            facts / "attributes.yaml",
            longest(units),
            longest(sorted(root.glob("features/*.feature"))),
        )


async def bench(editor: Editor, files: Files, strokes: int) -> None:
    began = time.perf_counter()
    uri = editor.open(files.chapter)
    await editor.until(lambda: uri in editor.published)
    print(f"{'the pack opened, read for the first time':52} {(time.perf_counter() - began) * 1000:13.1f} ms")
    await asyncio.sleep(3)
    text = editor.texts[uri]
    rule = text.index("\nmust: ", len(text) // 2)
    end = text.index("\n", rule + 1)
    await passage(editor, files.chapter, end, strokes, f"typing in a rule in the middle of {files.chapter.name}", PAUSE)
    await passage(editor, files.chapter, end, strokes, "the same without a pause", 0.0)
    start = text.index("\n") + 1
    await passage(editor, files.chapter, start, strokes, f"a line put in at the head of {files.chapter.name}", PAUSE)
    for path in (files.actions, files.attributes, files.units, files.feature):
        await passage(editor, path, None, strokes, f"typing at the end of {path.name}", PAUSE)
    await asked(editor, files.chapter, end, strokes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pack", nargs="?", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--strokes", type=int, default=60)
    given = parser.parse_args()
    files = Files.of(given.pack.resolve())
    print(f"load of the machine {os.getloadavg()[0]:.1f}, processors {os.cpu_count()}")
    talk(lambda editor: bench(editor, files, given.strokes))


if __name__ == "__main__":
    main()
