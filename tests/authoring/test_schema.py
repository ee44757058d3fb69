"""The schemas accept every file there is, refuse what is wrong, and know every key the loader knows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from json_schema import as_an_editor_reads, problems
from made import LIBRARY
from remit import Pack
from remit.authoring.descriptions import description
from remit.authoring.forms import FILES, FORMS
from remit.authoring.fresh import TEMPLATES
from remit.authoring.schema import schemas, settings
from remit.pack import dialect
from remit.pack.fields import Fields
from remit.pack.literate import read_chapter
from remit.pack.yaml_reader import read, read_documents

ROOT = Path(__file__).parents[2]
PACKS = (ROOT, ROOT / "examples" / "gdpr-breach", LIBRARY, TEMPLATES / "zh", TEMPLATES / "en")


@lru_cache(maxsize=1)
def all_schemas() -> dict[str, dict[str, Any]]:
    return schemas()


def told(kind: str, value: Any) -> list[str]:
    return list(problems(value, all_schemas()[kind], all_schemas()[kind]))


def files(root: Path) -> Iterator[tuple[str, Path, Any]]:
    """Every document of a pack with the kind it is, as an editor reads it."""
    for kind in FILES.values():
        for pattern in kind.paths:
            for path in sorted(root.glob(pattern)):
                yield kind.name, path, as_an_editor_reads(read(path.read_text("utf-8"), path.name))
    for path in sorted(root.glob("policies/*/*.md")):
        for block in read_chapter(path.read_text("utf-8"), path.name, 0)[1]:
            for node in read_documents(block.text, path.name):
                yield "rule", path, as_an_editor_reads(node)


@pytest.mark.parametrize("root", PACKS, ids=lambda p: p.name)
def test_every_file_of_every_pack_fits_its_schema(root: Path) -> None:
    seen = {}
    for kind, path, value in files(root):
        assert told(kind, value) == [], f"{path}: {value}"
        seen[kind] = seen.get(kind, 0) + 1
    assert seen.keys() >= {"pack", "roles", "events", "units", "policy", "rule", "case"}


def test_the_names_of_a_pack_are_those_its_files_use() -> None:
    known = schemas(Pack.load(ROOT).reader.names.spelled)
    for kind, path, value in files(ROOT):
        assert list(problems(value, known[kind], known[kind])) == [], path
    rule = known["rule"]
    wrong = {"id": "x", "quote": "x", "must": "no_such_action", "bearer": "reporter", "on": "infant_found"}
    assert list(problems(wrong, rule, rule)) == ["/must: not among " + str(rule["$defs"]["name-of-action"]["enum"][:4])]


RULE = {"id": "r", "quote": "q", "must": "a", "bearer": {"role": "b"}, "on": "e"}
WRONG: list[tuple[str, str, Any]] = [
    ("an unknown key", "rule", {**RULE, "baerer": "x"}),
    ("an unknown Chinese key", "rule", {**RULE, "责任人": "x"}),
    ("no id", "rule", {key: value for key, value in RULE.items() if key != "id"}),
    ("no quote", "rule", {key: value for key, value in RULE.items() if key != "quote"}),
    ("no bearer", "rule", {key: value for key, value in RULE.items() if key != "bearer"}),
    ("two modalities", "rule", {**RULE, "must_not": "a"}),
    ("two modalities in two languages", "rule", {**RULE, "不得": "a"}),
    ("no modality", "rule", {"id": "r", "quote": "q"}),
    ("one key in both languages", "rule", {**RULE, "编号": "r"}),
    ("two triggers", "rule", {**RULE, "every": "year"}),
    ("two limits", "rule", {**RULE, "by": {"days": 1}, "window": "w"}),
    ("an unknown period", "rule", {**RULE, "on": "e", "every": "fortnight"}),
    ("an empty value", "rule", {**RULE, "note": None}),
    ("a list where one value is", "rule", {**RULE, "id": ["r"]}),
    ("a mapping where a text is", "rule", {**RULE, "evidence": {"zh": "x"}}),
    ("two amounts", "rule", {**RULE, "by": {"days": 1, "hours": 2}}),
    ("no amount", "rule", {**RULE, "by": {"rolls_over": True}}),
    ("a number in words", "rule", {**RULE, "by": {"days": "three"}}),
    ("a truth that is none", "rule", {**RULE, "handover": "yes please"}),
    ("a selector of two forms", "rule", {**RULE, "bearer": {"role": "a", "unit": "b"}}),
    ("a selector of no form", "rule", {**RULE, "bearer": {"place": "b"}}),
    ("a day that is none", "rule", {**RULE, "since": "yesterday"}),
    ("a window with a whole date", "rule", {**RULE, "window": {"opens": "2024-12-11", "due": "12-15"}}),
    ("a part that cannot be inferred", "rule", {**RULE, "inferred": {"quote": "x"}}),
    ("an act without an event", "rule", {**RULE, "done": {"where": "true"}}),
    ("a statement with an unknown relation", "rule", {"id": "r", "quote": "q", "counts_as": {"unit": "a", "relation": "near", "target": "b"}}),
    ("a pack without a zone", "pack", {"id": "p", "title": "t", "fallback": "u"}),
    ("a pack in a third language", "pack", {"id": "p", "title": "t", "zone": "UTC", "fallback": "u", "language": "fr"}),
    ("a role without a label", "roles", {"r": {"alias": "x"}}),
    ("a role that is a list", "roles", ["r"]),
    ("an unknown type", "attributes", {"a": {"label": "a", "type": "integer"}}),
    ("a list of two types", "attributes", {"a": {"label": "a", "type": ["int", "text"]}}),
    ("a closed world without a reason", "attributes", {"a": {"label": "a", "type": "bool", "absent_means": False}}),
    ("an event with an unknown key", "events", {"e": {"label": "e", "attribute": ["a"]}}),
    ("a reading nobody signed", "readings", {"r": {"label": "r", "means": "m", "since": "2024-01-01", "reason": "x"}}),
    ("a reading of a reading", "readings", {"r": {"label": "r", "means": "m", "since": "2024-01-01", "reason": "x", "signed_by": "s", "by": {"reading": "q"}}}),
    ("a place without a level", "places", {"p": {"label": "p"}}),
    ("units without their key", "units", {"u": {"label": "u", "place": "p"}}),
    ("a unit without a place", "units", {"units": {"u": {"label": "u"}}}),
    ("a reorganisation without a day", "units", {"reorganisations": [{"abolish": "a"}]}),
    ("a merger into nothing", "units", {"reorganisations": [{"on": "2024-01-01", "merge": ["a", "b"]}]}),
    ("a calendar without a year", "calendar", {"document": "d"}),
    ("a holiday without an end", "calendar", {"year": 2024, "document": "d", "holidays": {"h": {"from": "2024-01-01"}}}),
    ("a policy with a wrong first period", "policy", {"id": "p", "title": "t", "issuer": "i", "level": "l", "issued_on": "2024-01-01", "effective_on": "2024-01-01", "first_period": "half"}),
    ("a policy without its day of effect", "policy", {"id": "p", "title": "t", "issuer": "i", "level": "l", "issued_on": "2024-01-01"}),
    ("a case without events", "case", {"case": "c"}),
    ("an event without a type", "case", {"case": "c", "events": [{"id": "e", "at": "2024-01-01"}]}),
    ("an event at no time", "case", {"case": "c", "events": [{"id": "e", "type": "t", "at": "noon"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG])
def test_a_mistake_is_refused(kind: str, value: Any) -> None:
    assert told(kind, value)


def test_the_rule_the_mistakes_are_made_in_is_right() -> None:
    assert told("rule", RULE) == []
    chinese = {
        "编号": "r",
        "引文": "q",
        "必须": "a",
        "责任单位": {"角色": "b", "地点": "事件.地点"},
        "触发": "e",
        "期限": {"工作日": 3},
        "按": "案件",
    }
    assert told("rule", chinese) == []


@pytest.mark.parametrize("root", PACKS, ids=lambda p: p.name)
def test_no_key_of_the_loader_is_missing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever mapping the loader reads, its keys are those of the form of that place."""
    seen: dict[str, set[str]] = {}
    read_as_usual = Fields.__init__

    def watched(self: Fields, node: Any, place: str, allowed: Any, found: Any) -> None:
        seen.setdefault(place, set()).update(allowed)
        read_as_usual(self, node, place, allowed, found)

    monkeypatch.setattr(Fields, "__init__", watched)
    Pack.load(root)
    forms: dict[str, set[str]] = {}
    for form in FORMS.values():
        forms.setdefault(form.place, set()).update(form.keys)
    same = {"role": "action", "breach": "done"}
    assert {place: keys - forms[same.get(place, place)] for place, keys in seen.items()} == {
        place: set() for place in seen
    }
    assert len(seen) > 10


def test_every_key_is_explained_in_both_languages() -> None:
    for name, form in FORMS.items():
        for key in form.keys:
            found = description(name, key)
            assert found, (name, key)
            assert found.zh != found.en


def test_every_key_has_its_chinese_spelling() -> None:
    lacking = {key for form in FORMS.values() for key in form.keys if len(dialect.spellings(form.place, (key,))) < 2}
    assert lacking <= {"zh", "en", "to", "from", "levels"}


def test_the_schemas_are_json_with_a_title_and_a_draft() -> None:
    for name, found in all_schemas().items():
        assert json.loads(json.dumps(found)) == found
        assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert name in found["title"]


def test_the_settings_of_an_editor_name_every_kind_of_file() -> None:
    named = settings("./schemas")["yaml.schemas"]
    assert named["./schemas/case.schema.json"] == ["facts/cases/*.yaml"]
    assert len(named) == len(FILES) - 1


def test_another_validator_agrees() -> None:
    """`jsonschema`, where it is installed: the schemas are valid, and it refuses and accepts the same."""
    jsonschema = pytest.importorskip(
        "jsonschema", reason="jsonschema is not installed; the small validator of these tests stands in for it"
    )
    for found in all_schemas().values():
        jsonschema.Draft202012Validator.check_schema(found)
    judges = {name: jsonschema.Draft202012Validator(found) for name, found in all_schemas().items()}
    assert [name for name, kind, value in WRONG if judges[kind].is_valid(value)] == []
    for root in PACKS:
        for kind, path, value in files(root):
            assert judges[kind].is_valid(value), path
