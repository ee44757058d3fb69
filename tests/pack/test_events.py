"""Case files in each form, and events that do not fit."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from made import LIBRARY, speaks_chinese
from remit import Pack
from remit.errors import EventError

GOOD = {"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-06-05T10:00", "days_late": "20"}
CLOUD = {
    "specversion": "1.0", "id": "e1", "source": "/x", "type": "item_overdue", "time": "2024-06-05T10:00:00+02:00",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "data": {"case": "c", "days_late": 20},
}  # fmt: skip


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack.load(LIBRARY)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "case: c\nevents:\n  - {id: e1, type: item_overdue, at: 2024-06-05T10:00, days_late: 20}\n"),
        (
            "a.yaml",
            "case: c\nevents:\n  - id: e1\n    type: item_overdue\n    at: 2024-06-05T10:00\n    data: {days_late: 20}\n",
        ),
        ("a.yaml", "案件: c\n事件:\n  - {编号: e1, 类型: item overdue, 发生时间: 2024-06-05T10:00, days late: 20}\n"),
        ("a.json", json.dumps({"case": "c", "events": [{k: v for k, v in GOOD.items() if k != "case"}]})),
        ("a.json", json.dumps({"case": "c", "events": [{k: v for k, v in GOOD.items() if k != "case"}]}, indent=2)),
        ("a.jsonl", json.dumps(GOOD) + "\n\n"),
        ("a.json", json.dumps(CLOUD)),
        ("a.json", json.dumps(CLOUD, indent=2)),
        ("a.json", json.dumps([CLOUD], indent=2)),
        (
            "a.jsonl",
            json.dumps(
                {
                    "specversion": "1.0",
                    "id": "e1",
                    "source": "/x",
                    "type": "item_overdue",
                    "time": "2024-06-05T08:00:00Z",
                    "data": {"case": "c", "days_late": 20},
                }
            ),
        ),
    ],
    ids=[
        "YAML",
        "YAML with data",
        "YAML in Chinese",
        "JSON",
        "JSON laid out",
        "JSON Lines",
        "CloudEvents",
        "CloudEvents laid out",
        "a batch of CloudEvents",
        "CloudEvents by line",
    ],
)
def test_every_form_reads_to_the_same_event(pack: Pack, tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    (event,) = pack.read_events(path)
    assert (event.id, event.case, event.type, event.data["days_late"]) == ("e1", "c", "item_overdue", 20)
    assert event.at == datetime(2024, 6, 5, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("change", "code", "found", "nearest"),
    [
        ({"type": "item_overdeu"}, "RM401", "item_overdeu", "item_overdue"),
        ({"type": None}, "RM401", "", None),
        ({"id": None}, "RM404", "", None),
        ({"at": None}, "RM404", "", None),
        ({"days_late": None}, "RM404", "", None),
        ({"days_lat": 3}, "RM403", "days_lat", "days_late"),
        ({"type": "correction", "of": "e0", "event": {}}, "RM403", "days_late", None),
        ({"plce": "harbour"}, "RM403", "plce", "place"),
        ({"知悉时": "2024-06-06"}, "RM403", "知悉时", "知悉时间"),
        ({"id": "e\x00"}, "RM405", "e\\x00", None),
        ({"case": "c\x1b[31m"}, "RM405", "c\\x1b[31m", None),
        ({"subject": "a\nb"}, "RM405", "a b", None),
        ({"subject": "half \ud800"}, "RM405", "half \\ud800", None),
        ({"guardian_known": "maybe"}, "RM405", "maybe", None),
        ({"days_late": "many"}, "RM405", "many", None),
        ({"days_late": "1e3"}, "RM405", "1e3", None),
        ({"days_late": 1.5}, "RM405", "1.5", None),
        ({"days_late": True}, "RM405", "", None),
        ({"days_late": -1}, "RM405", "-1", None),
        ({"age": 131}, "RM405", "131", None),
        ({"kind": "bok"}, "RM405", "bok", "book"),
        ({"item_value": "NaN"}, "RM405", "NaN", None),
        ({"at": "2024-02-30"}, "RM409", "2024-02-30", None),
        ({"at": "2024-13-01"}, "RM409", "2024-13-01", None),
        ({"at": "2024-06-05T25:00"}, "RM409", "2024-06-05T25:00", None),
        ({"at": "tomorrow"}, "RM409", "tomorrow", None),
        ({"by": "habour-library"}, "RM406", "habour-library", "harbour-library"),
        ({"place": "harbuor"}, "RM407", "harbuor", "harbour"),
    ],
)  # fmt: skip
def test_refused(pack: Pack, change: dict[str, object], code: str, found: str, nearest: str | None) -> None:
    fields = {k: v for k, v in {**GOOD, **change}.items() if v is not None}
    with pytest.raises(EventError) as refused:
        pack.event(fields)
    problem = refused.value
    assert problem.code == code, str(problem)
    assert found in str(problem)
    assert speaks_chinese(problem)
    if nearest is not None:
        assert problem.suggestion == nearest


def test_nothing_is_typed_behind_one_s_back(pack: Pack) -> None:
    event = pack.event({**GOOD, "item_value": "1.10", "guardian_known": "是", "kind": "rare book"})
    assert event.data["item_value"] == Decimal("1.10")
    assert event.data["guardian_known"] is True
    assert event.data["kind"] == "rare"


def test_a_time_without_a_zone_is_the_pack_s(pack: Pack) -> None:
    assert pack.event(GOOD).at.utcoffset().total_seconds() == 7200
    assert pack.event({**GOOD, "at": "2024-06-05"}).day_only


@pytest.mark.parametrize(
    "text",
    ["", "[]", "case: c\n", "events: []\nfoo: 1\ncase: c\n", "just words", '{"case": 1', "case: c\nevents: {a: b}\n"],
)
def test_what_is_not_a_case_file(pack: Pack, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(Exception, match=r"RM(404|410|201|205|206|220)"):
        pack.read_events(path)


def test_the_contents_of_a_file_are_read_as_the_file(pack: Pack) -> None:
    (event,) = pack.read_events(json.dumps(CLOUD, indent=2).encode())
    assert (event.id, event.origin.file, event.origin.line) == ("e1", "<stdin>", 1)


def test_each_event_type_is_a_pydantic_model(pack: Pack) -> None:
    model = pack.models["item_overdue"]
    assert issubclass(model, BaseModel)
    assert "days_late" in model.model_json_schema()["properties"]
    assert model.model_json_schema()["required"].count("days_late") == 1
    with pytest.raises(ValidationError):
        model.model_validate({"days_late": "many"})


@pytest.mark.parametrize("kind", ["waiver", "suspension", "resumption", "dispute", "receipt"])
def test_an_act_upon_a_duty_says_upon_which(pack: Pack, kind: str) -> None:
    act = {"id": "e1", "case": "c", "type": kind, "at": "2024-06-05T10:00", "authority": "order 7"}
    with pytest.raises(EventError) as refused:
        pack.event(act)
    assert (refused.value.code, refused.value.expected) == ("RM404", "`rule` or `obligation`: which duty it is about")
    assert pack.event(act | {"rule": "a1.reminder"}).data["rule"] == "a1.reminder"
