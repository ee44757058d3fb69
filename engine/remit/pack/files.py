"""`Files`: the files of a pack as they lie on disk, some with the text of an editor's unsaved buffer in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from remit.errors import Origin, RemitError, SourceError
from remit.pack.memory import Memory
from remit.pack.yaml_reader import Node, decoded, read, read_documents


@dataclass(frozen=True)
class Files:
    """What a pack is read from. Names are relative to its root, with `/`.

    Attributes:
        root: the directory.
        unsaved: texts that stand in the place of files, or are files that were never saved.
        memory: what earlier readings made of the same contents.
    """

    root: Path
    unsaved: Mapping[str, str] = field(default_factory=dict)
    memory: Memory = field(default_factory=Memory)

    def matching(self, *patterns: str) -> tuple[str, ...]:
        """The names of all files that fit one of the patterns, each once, in order of path."""
        found = {p.relative_to(self.root).as_posix() for pattern in patterns for p in self.root.glob(pattern)}
        found |= {name for name in self.unsaved if any(fits(name, pattern) for pattern in patterns)}
        return tuple(sorted((name for name in found if name in self), key=PurePosixPath))

    def __contains__(self, name: str) -> bool:
        return name in self.unsaved or (self.root / name).exists()

    def text(self, name: str) -> str:
        """The text of a file.

        Raises:
            SourceError: RM101 it is not UTF-8; RM102 it cannot be read; RM109 it is too large.
        """
        found = self.outcome(name)
        if isinstance(found, SourceError):
            raise found.with_traceback(None)
        return found

    def outcome(self, name: str) -> str | SourceError:
        """The text of a file, or why there is none; the same object as long as the file is the same."""
        if name in self.unsaved:
            text = self.unsaved[name]
            return self.memory.once(("unsaved", name, text), lambda: unsaved_text(text, name))
        try:
            state = (self.root / name).stat()
        except OSError as failure:
            return unreadable(name, failure)
        key = ("file", str(self.root), name, state.st_mtime_ns, state.st_size)
        return self.memory.once(key, lambda: saved_text(self.root / name, name))

    def documents(self, text: str, name: str, *, line: int = 0) -> tuple[Node, ...]:
        """The YAML documents of a text that stands in a file.

        Raises:
            VocabularyError: as `read_documents`.
        """
        found = self.memory.once(("yaml", name, text, line), lambda: composed(text, name, line))
        if isinstance(found, RemitError):
            raise found.with_traceback(None)
        return found

    def document(self, name: str) -> Node | None:
        """The only YAML document of a file; None when it is empty.

        Raises:
            SourceError: as `text`.
            VocabularyError: as `read`.
        """
        text = self.text(name)
        found = self.memory.once(("document", name, text), lambda: sole(text, name))
        if isinstance(found, RemitError):
            raise found.with_traceback(None)
        return found


def fits(name: str, pattern: str) -> bool:
    """Whether a path fits a pattern part by part; a star does not cross a slash."""
    path = PurePosixPath(name)
    return len(path.parts) == len(PurePosixPath(pattern).parts) and path.match(pattern)


def unreadable(name: str, failure: OSError) -> SourceError:
    return SourceError(
        "RM102",
        "file-missing",
        found=name,
        expected="a file that can be read",
        origin=Origin(name),
        hint=failure.strerror,
    )


def saved_text(path: Path, name: str) -> str | SourceError:
    try:
        return decoded(path.read_bytes(), name)
    except OSError as failure:
        return unreadable(name, failure)
    except SourceError as problem:
        return problem


def unsaved_text(text: str, name: str) -> str | SourceError:
    """A buffer is held to what a file is held to: its size, and letters that are whole."""
    try:
        return decoded(text.encode("utf-8", "surrogatepass"), name)
    except SourceError as problem:
        return problem


def composed(text: str, name: str, line: int) -> tuple[Node, ...] | RemitError:
    try:
        return read_documents(text, name, line=line)
    except RemitError as problem:
        return problem


def sole(text: str, name: str) -> Node | RemitError | None:
    try:
        return read(text, name)
    except RemitError as problem:
        return problem
