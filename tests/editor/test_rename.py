"""A name renamed is renamed wherever it is written so and nowhere else, and the pack means what it meant."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Mapping
from datetime import date
from enum import Enum
from functools import cache
from pathlib import Path

import pytest

from remit.editor.index import Index, Name
from remit.editor.mentions import Part
from remit.editor.packs import OpenPack
from remit.editor.rename import Renaming, edited
from remit.errors import EditorError
from remit.model.text import Text
from remit.pack.load import Pack

ROOT = Path(__file__).parents[2]
BYLAWS = "policies/bylaws-2024/bylaws.md"


def read(root: Path) -> Index:
    pack = OpenPack(root)
    for _ in pack.read():
        pass
    return pack.index()


def renaming(index: Index, name: Name, written: str | None = None) -> Renaming:
    """As if the cursor stood on the first place where it is written so."""
    found = next(o for o in index.of_name(name) if o.mention.written == (written or name.id))
    return Renaming(index, found, name)


def carried_out(root: Path, renamed: Renaming, new: str) -> dict[str, list[str]]:
    """Write the edits; what each changed line became."""
    lines: dict[str, list[str]] = {}
    for file, edits in renamed.edits(new).items():
        path = root / file
        path.write_text(edited(path.read_text("utf-8"), edits), "utf-8")
        after = path.read_text("utf-8").split("\n")
        lines[file] = [after[span.start[0]].strip() for span, _ in edits]
    return lines


def copied(source: Path, folder: Path) -> Path:
    root = folder / "pack"
    root.mkdir()
    for name in ("policies", "facts", "features"):
        shutil.copytree(source / name, root / name)
    return root


def meaning(value: object, old: str, new: str) -> object:
    """A record as plain values without its places and its texts as written, one name put for another."""
    if isinstance(value, str) and not isinstance(value, Enum):
        root, _, field = value.partition(".")
        return (
            new
            if value and value == old
            else f"{root}.{new}"
            if root in ("event", "subject") and field and field == old
            else value
        )
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        if isinstance(value, Text):  # a label may happen to read like the id, and stays
            return (value.zh, value.en)
        skipped = {"origin", "column", "root", "aliases", "pack_id"} | (
            {"text"} if type(value).__name__ == "Condition" else set()
        )
        fields = [f.name for f in dataclasses.fields(value) if f.name not in skipped]
        return (type(value).__name__, tuple((n, meaning(getattr(value, n), old, new)) for n in fields))
    if isinstance(value, Mapping):
        return sorted((repr(meaning(k, old, new)), meaning(v, old, new)) for k, v in value.items())
    if isinstance(value, tuple | list):
        return tuple(meaning(member, old, new) for member in value)
    return value.isoformat() if isinstance(value, date) else value


def whole(root: Path, old: str = "", new: str = "") -> object:
    return meaning(all_of(root), old, new)


@cache
def all_of(root: Path) -> object:
    pack = Pack.load(root)
    events = tuple(event for path in pack.cases for event in pack.read_events(path))
    return pack.vocabulary, pack.policies, events


@cache
def original(root: Path) -> Index:
    return read(root)


KINDS = ("attribute", "event", "action", "role", "place", "unit", "reading", "level", "choice", "rule")


def most_used(index: Index, kind: str) -> Name:
    """Of the ids that no other kind has, the one written most often; of an attribute, one in plain letters."""
    ids: dict[str, set[str]] = {}
    for occurrence in index.declarations():
        if occurrence.name is not None:
            ids.setdefault(occurrence.name.id, set()).add(f"{occurrence.name.kind}{occurrence.name.of}")
    names = {
        o.name for o in index.declarations() if o.name is not None and o.name.kind == kind and len(ids[o.name.id]) == 1
    }
    return max(names, key=lambda n: (sum(o.mention.written == n.id for o in index.of_name(n)), n))


@pytest.mark.parametrize("kind", KINDS)
def test_the_fuxin_pack_means_the_same_after_any_kind_of_name_is_renamed(kind: str, tmp_path: Path) -> None:
    name = most_used(original(ROOT), kind)
    before = whole(ROOT, name.id, "renamed_x")
    root = copied(ROOT, tmp_path)
    fresh = read(root)
    changed = carried_out(root, renaming(fresh, name), "renamed_x")
    assert sum(map(len, changed.values())) >= (
        2 if kind != "choice" else 1
    )  # its rules write the choices by their labels
    assert whole(root) == before
    after = read(root)
    assert [
        o for file in after.read for o in after.of_file(file) if o.name is None and o.mention.kinds != ("value",)
    ] == []
    assert after.of_name(name) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_english_pack_too(kind: str, tmp_path: Path) -> None:
    source = ROOT / "examples" / "gdpr-breach"
    name = most_used(original(source), kind)
    before = whole(source, name.id, "renamed_x")
    root = copied(source, tmp_path)
    carried_out(root, renaming(read(root), name), "renamed_x")
    assert whole(root) == before


def test_only_the_name_of_that_kind_is_renamed(library: Path) -> None:
    """`branch` is a role and a level of the library, and a word of its law."""
    changed = carried_out(library, renaming(read(library), Name("role", "branch")), "outlet")
    assert "levels: [{id: city, label: city}, {id: branch, label: branch}]" in (library / "facts/pack.yaml").read_text(
        "utf-8"
    )
    assert "facts/pack.yaml" not in changed
    assert "bearer: {role: outlet, place: event.place}" in changed[BYLAWS]
    assert "counts_as: {term: branch, means: a library of the city}" in (library / BYLAWS).read_text("utf-8")


def test_labels_stay_when_the_id_is_renamed_and_the_other_way_round(library: Path) -> None:
    index = read(library)
    assert carried_out(library, renaming(index, Name("action", "send_reminder")), "remind") == {
        "facts/actions.yaml": ["remind: {label: send a reminder}"],
        BYLAWS: ["must: remind"],
    }
    changed = carried_out(
        library, renaming(read(library), Name("action", "remind"), "send a reminder"), "remind the reader"
    )
    assert changed["facts/actions.yaml"] == ["remind: {label: remind the reader}"]
    assert all("remind the reader" in line for line in changed["features/library.feature"])
    assert Pack.load(library).vocabulary.actions["remind"].label.en == "remind the reader"


def test_a_name_within_a_condition_keeps_its_quotation_marks(library: Path) -> None:
    changed = carried_out(library, renaming(read(library), Name("choice", "rare", "kind"), "rare book"), "old print")
    assert 'breach: {event: rare_lent_out, where: event.kind == "old print"}' in changed[BYLAWS]


@pytest.mark.parametrize(
    ("name", "new", "code"),
    [
        (Name("action", "send_reminder"), "waive_fee", "RM815"),
        (Name("action", "send_reminder"), "waive the fee", "RM814"),
        (Name("action", "send_reminder"), "", "RM814"),
        (Name("action", "send_reminder"), "a: b", "RM814"),
        (Name("action", "send_reminder"), "reporter", "RM814"),
        (Name("action", "send_reminder"), "re\nmind", "RM814"),
        (Name("attribute", "days_late"), "days-late", "RM814"),
        (Name("attribute", "days_late"), "place", "RM814"),
        (Name("attribute", "days_late"), "且", "RM814"),
        (Name("attribute", "days_late"), "kind of item", "RM814"),
        (Name("attribute", "days_late"), "age", "RM815"),
        (Name("unit", "head-office"), "harbour", "RM815"),
        (Name("unit", "head-office"), "office", "RM815"),
        (Name("rule", "a1.reminder"), "a1.guardian", "RM815"),
        (Name("choice", "rare", "kind"), "film", "RM815"),
        (Name("event", "performed"), "done", "RM812"),
    ],
)
def test_a_name_that_will_not_do_is_refused_with_its_reason(library: Path, name: Name, new: str, code: str) -> None:
    index = read(library)
    if name.kind == "event":
        path = library / "facts" / "cases" / "c.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text("case: c\nevents: [{id: e, type: performed, at: 2024-01-01, action: waive_fee}]\n", "utf-8")
        index = read(library)
    with pytest.raises(EditorError) as refusal:
        renaming(index, name).edits(new)
    assert refusal.value.code == code
    assert refusal.value.origin.line > 0


def test_nothing_is_renamed_while_a_line_cannot_be_read(library: Path) -> None:
    path = library / BYLAWS
    path.write_text(path.read_text("utf-8").replace("if: event.days_late > 14\n", "if: event.days_late >\n"), "utf-8")
    with pytest.raises(EditorError, match="RM813"):
        renaming(read(library), Name("action", "send_reminder")).edits("remind")


def test_a_name_that_would_break_a_condition_is_refused(library: Path) -> None:
    """The variable of a quantifier must be a word the vocabulary does not use."""
    path = library / BYLAWS
    text = path.read_text("utf-8").replace(
        "if: event.days_late > 14\n", 'if: event.days_late > 14 && !case.events.exists(e, e.type == "item_lost")\n', 1
    )
    path.write_text(text, "utf-8")
    with pytest.raises(EditorError, match="RM816"):
        renaming(read(library), Name("attribute", "item_value")).edits("e")


def test_every_use_is_found_under_every_spelling(library: Path) -> None:
    index = read(library)
    uses = [o.mention.written for o in index.of_name(Name("action", "send_reminder")) if o.mention.part is Part.USES]
    assert {"send_reminder", "send a reminder"} == set(uses)


def test_a_name_that_would_break_a_scenario_is_refused(library: Path) -> None:
    """In the list of recipients a comma divides two names."""
    feature = library / "features" / "library.feature"
    text = feature.read_text("utf-8").rstrip("\n")
    row = "\n\n  Scenario: listed\n    Then these duties arise:\n      | unit | action | to |\n      | Harbour Library | tell the guardian | Head Office |\n"
    feature.write_text(text + row, "utf-8")
    index = read(library)
    with pytest.raises(EditorError, match="RM816"):
        renaming(index, Name("unit", "head-office"), "Head Office").edits("Head、Office")
    assert renaming(index, Name("unit", "head-office"), "Head Office").edits("Main Office")


def test_a_name_renamed_to_itself_changes_nothing(library: Path) -> None:
    assert renaming(read(library), Name("action", "send_reminder")).edits("send_reminder") == {}
