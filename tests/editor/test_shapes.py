"""The table of what may stand where says what the loader does: each key, and each name it resolves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from made import LIBRARY
from remit.editor import shapes
from remit.editor.index import Index
from remit.editor.shapes import Shape, Slot
from remit.pack import case_files, dialect, draft, events, fields, names, rules, selectors, timings, units
from remit.pack.files import Files
from remit.pack.load import Pack
from remit.pack.memory import Recall
from remit.pack.yaml_reader import Scalar

ROOT = Path(__file__).parents[2]
PACKS = (ROOT, ROOT / "examples" / "gdpr-breach", LIBRARY)


@pytest.mark.parametrize(
    ("shape", "known"),
    [
        (shapes.RULE, rules.KEYS),
        (shapes.BY, timings.RULE_BY_KEYS),
        (shapes.SELECTOR.inside, selectors.KEYS),
        (shapes.POLICY, draft.POLICY_KEYS),
        (shapes.CASE, case_files.KEYS),
        (shapes.FACTS["units"].keys["units"].inside.entries.inside, units.UNIT_KEYS),
        (shapes.EVENT, events.OWN),
    ],
    ids=lambda value: getattr(value, "place", ""),
)
def test_the_keys_are_those_the_loader_knows(shape: Shape, known: tuple[str, ...]) -> None:
    assert set(shape.keys) == set(known)


@pytest.mark.parametrize("root", PACKS, ids=lambda path: path.name)
def test_every_mapping_the_loader_reads_has_the_keys_of_its_shape(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever `Fields` is told is allowed in a place, the table allows there too, and nothing else."""
    allowed: dict[str, set[str]] = {}
    original = fields.Fields.__init__

    def listening(self: Any, node: Any, place: str, keys: Any, problems: Any) -> None:
        given = tuple(keys)
        allowed.setdefault(place, set()).update(given)
        original(self, node, place, given, problems)

    monkeypatch.setattr(fields.Fields, "__init__", listening)
    Pack.load(root)
    told: dict[str, set[str]] = {}
    for shape in (*shapes.FACTS.values(), shapes.RULE, shapes.POLICY):
        collect(shape, told)
    assert {place: keys for place, keys in allowed.items() if keys != told.get(place)} == {}


def collect(shape: Shape, told: dict[str, set[str]]) -> None:
    told.setdefault(shape.place, set()).update(shape.keys)
    slots: list[Slot] = [*shape.keys.values(), *([shape.entries] if shape.entries else [])]
    for slot in slots:
        if slot.inside is not None:
            collect(slot.inside, told)


@pytest.mark.parametrize("root", PACKS, ids=lambda path: path.name)
def test_every_name_the_loader_resolves_is_found_with_its_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    resolved: set[tuple[str, str, int, int]] = set()
    original = names.Names.resolve

    def listening(self: names.Names, kind: str, node: Scalar) -> str | None:
        resolved.add((kind, node.origin.file, node.origin.line, node.origin.column + node.quoted))
        return original(self, kind, node)

    monkeypatch.setattr(names.Names, "resolve", listening)
    files = Files(root)
    reading = draft.Draft(files)
    for _ in reading.steps():
        pass
    index = Index(files, reading.words, Recall())
    found = {
        (o.name.kind, o.file, o.span.start[0] + 1, o.span.start[1] + 1)
        for file in index.read
        for o in index.of_file(file)
        if o.name is not None
    }
    assert resolved - found == set()
    assert len(resolved) > 50


@pytest.mark.parametrize("root", PACKS, ids=lambda path: path.name)
def test_a_sound_pack_has_no_name_that_means_nothing_and_none_without_a_place(root: Path) -> None:
    files = Files(root)
    reading = draft.Draft(files)
    for _ in reading.steps():
        pass
    index = Index(files, reading.words, Recall())
    occurrences = [o for file in index.read for o in index.of_file(file)]
    assert [o for o in occurrences if o.name is None and o.mention.kinds != ("value",)] == []
    assert [o for o in occurrences if o.mention.span is None] == []
    for occurrence in occurrences:
        line = files.text(occurrence.file).split("\n")[occurrence.span.start[0]]
        assert line[occurrence.span.start[1] : occurrence.span.end[1]] == occurrence.mention.written


def test_every_fixed_word_of_the_table_is_one_of_the_dialect_or_plain() -> None:
    words: set[str] = set()
    for shape in (*shapes.FACTS.values(), shapes.RULE, shapes.POLICY):
        gather(shape, words)
    spoken = {*dialect.WORDS.values(), *dialect.KEYS.values()}
    assert words - spoken == {"zh", "en"}


def gather(shape: Shape, words: set[str]) -> None:
    for slot in (*shape.keys.values(), *([shape.entries] if shape.entries else [])):
        words.update(slot.words)
        if slot.inside is not None:
            gather(slot.inside, words)
