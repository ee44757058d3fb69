"""People receive and assist; they are shown like units, and are none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from remit import Engine, Pack, PackError
from remit.explain.report import obligation_json
from remit.explain.text import text
from remit.model.rule import ByPeople

BREACH = Path(__file__).parents[2] / "examples" / "gdpr-breach"
CHAPTER = "policies/gdpr-2016-679/article-34.md"
TO = "to: {people: data subjects}"


def written(tmp_path: Path, instead: str) -> Path:
    """The pack with another recipient in the first rule that has people."""
    pack = shutil.copytree(BREACH, tmp_path / "pack")
    law = (pack / CHAPTER).read_text("utf-8")
    (pack / CHAPTER).write_text(law.replace(TO, instead, 1), "utf-8")
    return pack


def refused(pack: Path) -> list[tuple[str, str, int]]:
    with pytest.raises(PackError) as wrong:
        Pack.load(pack)
    return [(e.code, e.found, e.origin.line) for e in wrong.value.problems]


def test_people_are_shown_routed_nowhere_and_asked_about_by_nobody() -> None:
    pack = Pack.load(BREACH)
    engine = Engine(pack)
    engine.submit_all(pack.read_events(BREACH / "facts/cases/two-million-customers.yaml"))
    (owed,) = (o for o in engine.answer(agenda=False).obligations if o.rule == "a34-3c.public")
    (people,) = owed.to
    assert (people.people, people.desk, people.routed) == (True, False, True)
    assert owed not in engine.answer(agenda=False).unrouted
    told = obligation_json(owed, pack)["to"]
    assert told == [
        {"id": "people:data subjects", "label": {"zh": "data subjects", "en": "data subjects"}, "role": None, "level": None, "place": None, "basis": "stated", "unit_basis": "stated", "routed": True, "people": True}
    ]  # fmt: skip
    assert "people are meant, and no unit: nothing is routed" in text(engine.why(owed.id), "en")


def test_chinese_keys_and_a_label_in_both_languages(tmp_path: Path) -> None:
    pack = Pack.load(written(tmp_path, "对象: {人员: {zh: 数据主体, en: data subjects}}"))
    (people,) = pack.rules["a34-1.inform"].to
    assert isinstance(people, ByPeople)
    assert (people.label.zh, people.label.en) == ("数据主体", "data subjects")


def test_people_owe_nothing(tmp_path: Path) -> None:
    assert refused(written(tmp_path, "performer: {people: data subjects}")) == [("RM206", "people", 24)]


def test_people_sign_no_receipt(tmp_path: Path) -> None:
    assert refused(written(tmp_path, f"{TO}\nhandover: true")) == [("RM221", "handover", 25)]
    with_a_unit = "to: [{people: data subjects}, {role: supervisory_authority, place: bearer.place, or: enclosing}]"
    assert Pack.load(written(tmp_path / "two", f"{with_a_unit}\nhandover: true")).rules["a34-1.inform"].handover
