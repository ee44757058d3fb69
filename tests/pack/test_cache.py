"""A pack kept in the cache is the pack that was read; whatever lies there otherwise is no entry."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from shutil import copytree

import pytest

from made import LIBRARY
from remit import Engine, Pack, PackError
from remit.model.text import Text
from remit.pack.cache import KEPT, Cache, ForeignError, key_of, packed, unpacked
from remit.pack.draft import Draft
from remit.pack.files import Files

FUXIN = Path(__file__).parents[2]


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return Path(copytree(LIBRARY, tmp_path / "library"))


def read_again(root: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> Pack:
    """From the cache: were a file read, that would fail."""
    with monkeypatch.context() as patch:
        patch.setattr(Draft, "__init__", None)
        return Pack.load(root, cache)


@pytest.mark.parametrize("root", [FUXIN, LIBRARY], ids=["fuxin", "library"])
def test_what_is_kept_is_what_was_read(root: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Pack.load(root, cache)
    kept = read_again(root, cache, monkeypatch)
    for part in ("vocabulary", "policies", "graph", "calendar", "cases", "lexicon"):
        assert getattr(kept, part) == getattr(read, part), part
    for part in ("vocabulary", "policies", "warnings"):  # also what does not count when they are compared
        assert repr(getattr(kept, part)) == repr(getattr(read, part)), part
    assert kept.reader.names.spelled == read.reader.names.spelled
    now = datetime(2024, 6, 1, tzinfo=UTC)
    answers = []
    for pack in (read, kept):
        engine = Engine(pack, now=now)
        engine.submit_all(pack.read_events(pack.cases[0]))
        answers.append(engine.answer(agenda=False))
    assert answers[0] == answers[1]


def test_any_changed_file_is_another_pack(library: Path) -> None:
    before = key_of(Files(library))
    keys = {before}
    for file in sorted(p for folder in ("policies", "facts") for p in (library / folder).rglob("*") if p.is_file()):
        if file.parent.name != "cases":
            text = file.read_bytes()
            file.write_bytes(text + b" ")
            keys.add(key_of(Files(library)))
            assert before == key_of(Files(LIBRARY)) != key_of(Files(library)), file
            file.write_bytes(text)
    (library / "facts" / "more.yaml").write_text("", "utf-8")
    keys.add(key_of(Files(library)))
    assert len(keys) > 10


@pytest.mark.parametrize(
    "harm",
    [
        "cut",
        "turned",
        "emptied",
        "no record",
        "no such record",
        "no such part",
        "too few parts",
        "too few numbers",
        "half a number",
        "no JSON",
        "too deep",
        "foreign",
    ],
)
def test_a_harmed_entry_is_read_over_and_mended(
    harm: str, library: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Pack.load(library, cache)
    (entry,) = cache.directory.iterdir()
    whole = entry.read_bytes()
    entry.write_bytes(
        {
            "cut": whole[:-10],
            "turned": whole[:100] + bytes([whole[100] ^ 1]) + whole[101:],
            "emptied": b"",
            "no record": sealed([1], ("tuple", 0)),
            "no such record": sealed(["true"], ("os.system", 0), ("tuple", 1)),
            "no such part": sealed(["one"], ("Text", 0, 1), ("tuple", 1)),
            "too few parts": sealed(["one"], ("Text", 0), ("tuple", 1)),
            "too few numbers": sealed(["one"], ("Text", 0, 0), ("tuple", 1), cut=4),
            "half a number": sealed(["one"], ("Text", 0, 0), ("tuple", 1), cut=2),
            "no JSON": sealed(["one"], head=b"[1"),
            "too deep": sealed(["one"], head=b"[" * 100_000),
            "foreign": sealed(["zh", "en"], ("Text", 0, 1), ("tuple", 2)),
        }[harm]
    )
    assert Pack.load(library, cache).policies == read.policies
    assert entry.read_bytes() == whole
    assert read_again(library, cache, monkeypatch).policies == read.policies


def sealed(
    atoms: list[object], *records: tuple[str, *tuple[int, ...]], head: bytes | None = None, cut: int = 0
) -> bytes:
    """An entry of records, each a group of its own, as it would be written; but for the head given, and what is cut off."""
    groups = [(kind, 1, len(parts)) for kind, *parts in records]
    numbers = [part for _, *parts in records for part in parts]
    told = json.dumps([atoms, groups]).encode() if head is None else head
    body = told + b"\n" + struct.pack(f"{len(numbers)}I", *numbers)
    body = body[: len(body) - cut]
    return sha256(body).digest() + body


def test_a_pack_with_errors_is_told_each_time_and_never_kept(library: Path, cache: Cache) -> None:
    chapter = next((library / "policies").rglob("*.md"))
    chapter.write_text(chapter.read_text("utf-8").replace("must:", "mist:", 1), "utf-8")
    for _ in range(2):
        with pytest.raises(PackError):
            Pack.load(library, cache)
    assert not cache.directory.exists()


def test_a_source_outside_the_pack_is_read_each_time(library: Path, cache: Cache) -> None:
    head = next((library / "policies").glob("*/policy.yaml"))
    source = head.parent / "source.txt"
    source.rename(library.parent / "elsewhere.txt")
    told = [line for line in head.read_text("utf-8").splitlines() if not line.startswith("source")]
    head.write_text("\n".join([*told, "source: ../../../elsewhere.txt", ""]), "utf-8")
    Pack.load(library, cache)
    assert not cache.directory.exists()


def test_where_nothing_can_be_written_the_pack_is_read(library: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    assert Pack.load(library, Cache(tmp_path / "file" / "cache")).policies


def test_only_so_many_packs_are_kept(cache: Cache) -> None:
    for number in range(KEPT + 3):
        cache.put(f"{number}", Text("一", "one"))
    assert len(list(cache.directory.iterdir())) == KEPT


def test_plain_values_come_back_as_they_were() -> None:
    value = (1, -(2**70), True, None, "一", Decimal("1.50"), timedelta(days=-1, seconds=3), datetime(2024, 2, 29, tzinfo=UTC), frozenset({"a"}), {"b": (Text("一", "one"),)})  # fmt: skip
    assert unpacked(packed(value)) == value


def test_what_is_shared_is_shared_again() -> None:
    text = Text("一", "one")
    once, again, other = unpacked(packed((text, (text,), Text("一", "one"))))
    assert once is again[0]
    assert once == other
    assert once is not other


def test_what_is_no_record_of_the_model_is_refused() -> None:
    @dataclass
    class Other:
        pass

    with pytest.raises(ForeignError):
        packed((Other(),))
