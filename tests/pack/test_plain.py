"""What is read at once is what careful reading gives, mistakes and all."""

from __future__ import annotations

import json
from dataclasses import fields as fields_of
from datetime import datetime
from functools import cache
from itertools import islice, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from made import LIBRARY
from remit import Pack
from remit.errors import Origin, RemitError
from remit.model.event import Event
from remit.pack.case_files import read_object
from remit.pack.layout import MOST
from remit.pack.plain import decode, each_key_once
from remit.shipped import shipped_pack
from strategies import DIFFERENTIAL

GOOD = {"id": "e1", "case": "c", "type": "item_overdue", "at": "2024-06-05T10:00", "days_late": 20}
PLAIN = [
    GOOD,
    {**GOOD, "at": "2024-06-05", "known_at": "2024-06-06T08:00:00Z", "case": None, "subject": "s 1"},
    {**GOOD, "by": "harbour-library", "place": "harbour", "age": 17, "kind": "rare book", "guardian_known": "是"},
    {**GOOD, "item_value": "1.50"},
    {"id": "e1", "type": "item overdue", "at": "2024-06-05T10:00+02:00", "data": {"days_late": 20, "kind": "book"}},
    {"id": "e1", "case": "c", "type": "performed", "at": "2024-06-05T10:00", "action": "send_reminder"},
    {"id": "e1", "case": "c", "type": "waiver", "at": "2024-06-05", "authority": "order 7", "rule": "a1.reminder"},
]
BAD: list[dict[str, Any]] = [
    {}, {"type": "item_overdeu"}, {"type": 3}, {"type": ["item_overdue"]}, {"id": ""}, {"id": 7}, {"id": None}, {"at": None},
    {"days_late": None}, {"days_lat": 3}, {"type": "correction", "of": "e0", "event": {}}, {"type": "correction", "of": "e0"},
    {"plce": "harbour"}, {"知悉时": "2024-06-06"}, {"id": "e\x00"}, {"id": "e\n"}, {"case": "c\x1b[31m"}, {"case": 5},
    {"subject": "a\nb"}, {"subject": "half \ud800"}, {"subject": {}}, {"guardian_known": "maybe"}, {"guardian_known": 1},
    {"days_late": "many"}, {"days_late": "1e3"}, {"days_late": 1.5}, {"days_late": 20.0}, {"days_late": True}, {"days_late": -1},
    {"days_late": 10**18}, {"days_late": [1]}, {"age": 131}, {"kind": "bok"}, {"kind": ["book"]}, {"item_value": "NaN"},
    {"item_value": 1.5}, {"item_value": 0}, {"at": "2024-02-30"}, {"at": "2024-13-01"}, {"at": "2024-06-05T25:00"}, {"at": "tomorrow"},
    {"at": "20240605T1000"}, {"at": "2024-W23-3T10:00"}, {"at": "0001-06-05T10:00"}, {"at": 20240605}, {"known_at": "soon"},
    {"by": "habour-library"}, {"by": 3}, {"place": "harbuor"}, {"place": []}, {"data": {"days_lat": 3}}, {"data": {"case": "d"}},
    {"data": {"age": 10}}, {"data": []}, {"data": {"data": {}}}, {"specversion": "1.0"}, {"event": {}}, {"events": []},
    {"type": "waiver", "authority": "order 7"}, {"type": "performed", "action": "send_remnder"}, {"发生时间": "2024-06-07"},
    {"kind": "book", "种类": "book"}, {"事件": {}}, {"data": {"days_late": 3, "type": "item_lost"}},
]  # fmt: skip
WRITTEN = [
    "", "[]", "{}", "null", "7", '"e1"', '{"id": "e1"', '{"id": "e1", "id": "e2"}', '{"id" : "e1", "id":"e2"}', "[{}]", "{} {}", "\ufeff{}",
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late":2,"days_late":3}',
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10\\u003a00","days_late":2,"days_late":3}',
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late" :2,"days_late":3}',
    '{"id":"e1","case":":","type":"item_overdue","at":"2024-06-05T10:00","days_late":-0}',
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late":2,"item_value":1.50}',
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late":2,"item_value":15e-1}',
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late":2,"item_value":-0}',
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late":2.0}',
    '{"id":"e1","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late":99999999999999999999999}',
    '{"id":"\\ud800","case":"c","type":"item_overdue","at":"2024-06-05T10:00","days_late":2}',
    '{"id":"e1","case":null,"type":"item_overdue","at":"2024-06-05T10:00","days_late":2,"plce":null}',
    '{"id":1,"case":2,"type":"item_overdue","at":"2024-06-05T10:00","days_late":true,"guardian_known":true}',
    '{"id":"e1","type":"item_overdue","at":"2024-06-05","data":{"days_late":2,"days_late":3}}',
    '{"id":"e1","type":"item_overdue","at":NaN}', '{"id":"e1",}', '\t{"id":"e1"}\n', '{"id":"\n"}', "{" * 60,
]  # fmt: skip


@cache
def library() -> Pack:
    return Pack.load(LIBRARY)


Outcome = tuple[object, ...]


def said(event: Event) -> Outcome:
    """Every field, and what equality doesn't see: types, order, zones."""
    return tuple(repr(getattr(event, f.name)) for f in fields_of(Event))


def outcome(ask: Any) -> Outcome:
    """The event, or what is wrong with it, word for word and place for place."""
    try:
        return said(ask())
    except RemitError as e:
        return (type(e), str(e), e.code, e.found, e.expected, e.suggestion, e.hint, e.origin)


def by_values(pack: Pack, fields: dict[str, Any]) -> None:
    careful = outcome(lambda: pack.reader.event(fields, case="outer"))
    assert outcome(lambda: pack.event(fields, case="outer")) == careful
    if (at_once := pack.plain.event(fields, "outer")) is not None:
        assert said(at_once) == careful


def by_text(pack: Pack, written: str) -> None:
    raw = written.encode(errors="surrogatepass")
    careful = outcome(lambda: read_object(pack.reader, raw))
    assert outcome(lambda: pack.event(raw)) == careful
    assert outcome(lambda: pack.event(written)) == outcome(lambda: pack.event(raw))
    if (at_once := pack.plain.line(raw)) is not None:
        assert said(at_once) == careful


@pytest.mark.parametrize("fields", PLAIN)
def test_a_plain_event_is_read_at_once(fields: dict[str, Any]) -> None:
    pack = library()
    assert pack.plain.event(fields) is not None
    assert pack.plain.line(json.dumps(fields).encode()) is not None
    by_values(pack, fields)
    by_text(pack, json.dumps(fields))


def test_it_may_stand_in_a_file_and_hold_moments() -> None:
    fields, origin = {**GOOD, "at": datetime(2024, 6, 5, 10)}, Origin("cases.jsonl", 7, 1)
    at_once = library().plain.event(fields, origin=origin)
    assert at_once is not None
    assert said(at_once) == said(library().reader.event(fields, origin=origin))


@pytest.mark.parametrize("change", BAD)
@pytest.mark.parametrize("nested", [False, True])
def test_a_mistake_is_told_in_the_same_words(change: dict[str, Any], nested: bool) -> None:
    fields: dict[str, Any] = {**GOOD, **change}
    if nested:
        own = ("id", "case", "type", "at", "known_at", "by", "place", "subject")
        rest = {k: v for k, v in fields.items() if k not in own}
        fields = {**{k: v for k, v in fields.items() if k in own}, "data": rest}
    by_values(library(), fields)
    by_values(library(), {k: v for k, v in fields.items() if v is not None})
    by_text(library(), json.dumps(fields))


@pytest.mark.parametrize("written", WRITTEN)
def test_a_text_that_is_no_plain_object_is_told_in_the_same_words(written: str) -> None:
    by_text(library(), written)


def test_every_example_of_the_shipped_pack_is_read_alike() -> None:
    pack = Pack.load(shipped_pack())
    events = [event for path in pack.cases for event in pack.read_events(path)]
    assert events
    for event in events:
        data = {
            k: v if isinstance(v, bool | int | str) else str(v)
            for k, v in event.data.items()
            if not isinstance(v, tuple)
        }
        own = {k: getattr(event, k) for k in ("id", "type", "case", "by", "place", "subject")}
        fields = {**own, "at": event.at.isoformat(), "known_at": event.known_at.isoformat(), "data": data}
        by_values(pack, fields)
        by_text(pack, json.dumps(fields))


KEYS = st.sampled_from([
    "id", "type", "at", "known_at", "case", "by", "place", "subject", "data", "event", "days_late", "age", "kind", "guardian_known",
    "item_value", "action", "rule", "obligation", "of", "编号", "发生时间", "plce", "authority",
])  # fmt: skip
SMALL = st.sampled_from([
    None, True, False, 0, 1, -1, 20, 131, 1.5, 10**19, "", "e1", "c:1", '"', 'a":', "2024-06-05", "2024-06-05T10:00", "2024-06-05T10:00:00.5Z",
    "9999-06-05T10:00", "item_overdue", "item_lost", "performed", "correction", "waiver", "book", "rare book", "harbour", "harbour-library",
    "send_reminder", "20", "1.10", "是", "true", "\n", "　", "\u2028", [], ["book"], {},
])  # fmt: skip
MADE = st.dictionaries(KEYS, SMALL | st.dictionaries(KEYS, SMALL, max_size=4), max_size=5)


@settings(max_examples=DIFFERENTIAL)
@given(MADE, st.booleans(), st.booleans())
def test_whatever_is_reported_is_read_alike(changes: dict[str, Any], whole: bool, ascii_only: bool) -> None:
    fields = {**(GOOD if whole else {}), **changes}
    by_values(library(), fields)
    by_text(library(), json.dumps(fields, ensure_ascii=ascii_only))


@pytest.mark.parametrize("colon", [":", ": ", " :"])
@pytest.mark.parametrize(
    "twice",
    [*GOOD.items(), ("at", "2024-06-05"), ("days_late", 21), ("data", {}), ("data", {"days_late": 1}), ("\u00e9", 1)],
)
def test_a_report_with_a_key_twice_is_refused(twice: tuple[str, Any], colon: str) -> None:
    """Wherever it stands, and whatever else has colons."""
    pairs = [*GOOD.items(), twice] if twice[0] in GOOD else [*GOOD.items(), twice, twice]
    for told in (pairs, pairs[::-1]):
        written = "{" + ", ".join(f"{json.dumps(k)}{colon}{json.dumps(v)}" for k, v in told) + "}"
        with pytest.raises(RemitError, match=r"RM\d+"):
            library().event(written)


def test_reports_in_ever_another_order_of_keys_are_read_alike() -> None:
    """Also when there are more orders than are remembered."""
    pack = Pack.load(LIBRARY)
    for keys in islice(permutations(PLAIN[2]), MOST + 50):
        fields = {key: PLAIN[2][key] for key in keys}
        by_values(pack, fields)
        by_text(pack, json.dumps(fields))


@given(
    st.lists(st.tuples(KEYS, SMALL.filter(lambda v: v != 10**19)), max_size=6),
    st.sampled_from([":", ": ", " :"]),
    st.sampled_from([",", ", "]),
)
def test_a_key_twice_is_never_overlooked(pairs: list[tuple[str, Any]], colon: str, comma: str) -> None:
    written = "{" + comma.join(f"{json.dumps(k)}{colon}{json.dumps(v)}" for k, v in pairs) + "}"
    if each_key_once(written.encode(), decode(written)):
        assert len({key for key, _ in pairs}) == len(pairs)
