"""Which files `remit fmt` means, what kind each is, and how one is read and written without losing anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

from remit.authoring.format import format_markdown, format_yaml
from remit.authoring.forms import FILES, FileKind, Shape
from remit.errors import AuthoringError, Origin, PackError, RemitError, SourceError
from remit.pack.yaml_reader import Mapping, decoded, read_documents
from remit.shipped import is_pack

SUFFIXES = (".yaml", ".yml", ".md")
BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Formatted:
    """One file: its text as it is and as it would be, or why it cannot be formatted."""

    path: Path
    before: str = ""
    after: str = ""
    problems: tuple[RemitError, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether its canonical form is another."""
        return self.before != self.after


def formatted(paths: Sequence[Path]) -> Iterator[Formatted]:
    """Every file meant, in order, each once. Nothing is written."""
    seen: set[Path] = set()
    for path in paths:
        for file in files_of(path):
            if file.resolve() not in seen:
                seen.add(file.resolve())
                yield format_file(file)


def files_of(path: Path) -> Iterator[Path]:
    """A file; of a pack, its policies, facts and cases; of a directory inside a pack, those of them that lie in it.

    Packs are never searched for: a directory that merely holds some is refused, so that no slip rewrites what nobody meant.

    Raises:
        AuthoringError: RM803, there is nothing there that can be formatted.
    """
    if path.is_dir():
        tops = [path / name for name in ("policies", "facts")] if is_pack(path) else [path] if belongs(path) else []
        found = sorted(
            file
            for top in tops
            for file in walk(top)
            if file.suffix in SUFFIXES and pack_above(file) == pack_above(top)
        )
        if not found:
            raise nothing(path, "a directory that is neither a pack nor in one")
        yield from found
    elif path.suffix in SUFFIXES and path.exists():
        yield path
    else:
        raise nothing(path, path.name or str(path))


def walk(top: Path) -> Iterator[Path]:
    """Every file below, hidden directories left out."""
    for folder, inner, names in os.walk(top):
        inner[:] = [name for name in inner if not name.startswith(".")]
        yield from (Path(folder, name) for name in names)


def nothing(path: Path, found: str) -> AuthoringError:
    return AuthoringError("RM803", "nothing-to-format", found=found, expected="a pack, or a .yaml or .md file of one", origin=Origin(str(path)))  # fmt: skip


def belongs(file: Path) -> bool:
    """Whether it is, or lies in, `policies/` or `facts/` of a pack."""
    root = pack_above(file)
    return root is not None and file.resolve().relative_to(root).parts[0] in ("policies", "facts")


def pack_above(file: Path) -> Path | None:
    return next((folder for folder in file.resolve().parents if is_pack(folder)), None)


def format_file(path: Path) -> Formatted:
    try:
        before = decoded_whole(path)
        return Formatted(path, before, in_form(before, path))
    except PackError as several:
        return Formatted(path, problems=several.problems)
    except RemitError as problem:
        return Formatted(path, problems=(problem,))


def decoded_whole(path: Path) -> str:
    """The text, its byte order mark included.

    Raises:
        SourceError: it cannot be read, is not UTF-8, or is too large.
    """
    try:
        raw = path.read_bytes()
    except OSError as failure:
        raise SourceError("RM102", "file-missing", found=path.name, expected="a file that can be read", origin=Origin(str(path)), hint=failure.strerror) from None  # fmt: skip
    return (BOM if raw.startswith(b"\xef\xbb\xbf") else "") + decoded(raw, str(path))


def in_form(text: str, path: Path) -> str:
    """The canonical form; the byte order mark and the line ends stay as the file has them."""
    ends = "\r\n" if "\r\n" in text.partition("\n")[0] + "\n" else "\n"
    mark, body = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    body = body.replace("\r\n", "\n")
    found = (
        format_markdown(body, str(path)) if path.suffix == ".md" else format_yaml(body, str(path), shape_of(path, body))
    )
    return mark + found.replace("\n", ends)


def shape_of(path: Path, text: str) -> Shape | None:
    kind = kind_of(path) or (FILES["case"] if looks_like_a_case(text, str(path)) else None)
    return kind.shape if kind else None


def kind_of(path: Path) -> FileKind | None:
    """What a file is by where it lies in its pack."""
    root = pack_above(path)
    if root is None:
        return None
    inside = path.resolve().relative_to(root)
    return next((kind for kind in FILES.values() for pattern in kind.paths if inside.match(pattern)), None)


def looks_like_a_case(text: str, file: str) -> bool:
    documents = read_documents(text, file)
    return any(isinstance(d, Mapping) and {"events", "事件"} & {key.text for key, _ in d.items} for d in documents)


def difference(file: Formatted) -> str:
    """What would change, as `diff -u` shows it."""
    name = file.path.as_posix()
    return "\n".join(unified_diff(file.before.splitlines(), file.after.splitlines(), name, name, lineterm=""))
