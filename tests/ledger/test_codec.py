"""Canonical bytes: exact both ways, as RFC 8785 has them, and nothing kept that could not be read again."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import EventError, Origin
from remit.ledger.codec import MAX_BYTES, MAX_DEPTH, decode, encode, encode_value, microseconds
from remit.model.event import Event
from strategies import kept_events, names, values

NOON = datetime(2024, 5, 7, 12, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def event(**data: object) -> Event:
    return Event("e1", "found", NOON, NOON, data=data)


def refusal(kept: Event) -> EventError:
    with pytest.raises(EventError) as caught:
        encode(kept)
    str(caught.value).encode()  # every terminal can print it
    return caught.value


@given(kept_events)
def test_what_is_written_is_read_back_exactly(kept: Event) -> None:
    read = decode(encode(kept))
    assert read == kept
    assert encode(read) == encode(kept)


@given(kept_events)
def test_kind_and_digits_survive_even_where_values_are_equal(kept: Event) -> None:
    """True, 1 and Decimal("1.0") are equal in Python and different reports."""
    read = decode(encode(kept)).data
    assert {name: exactly(value) for name, value in kept.data.items()} == {n: exactly(v) for n, v in read.items()}


def exactly(value: object) -> object:
    return [exactly(member) for member in value] if isinstance(value, tuple) else (type(value), written(value))


def written(value: object) -> str:
    """Whole numbers in hex: Python writes no more than 4,300 digits. Moments in UTC, as they are kept."""
    match value:
        case int():
            return f"{value:x}"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case _:
            return str(value)


@given(kept_events)
def test_the_bytes_are_those_of_rfc_8785(kept: Event) -> None:
    raw = encode(kept)
    assert raw == rfc8785.dumps(json.loads(raw))


@given(st.dictionaries(names, names | st.lists(names) | st.dictionaries(names, st.integers(-(2**53) + 1, 2**53 - 1))))
def test_other_objects_are_those_of_rfc_8785(mapping: dict[str, object]) -> None:
    assert encode_value(mapping) == rfc8785.dumps(mapping)


def test_keys_are_ordered_by_utf_16_code_units() -> None:
    """RFC 8785 §3.2.3: the emoji, a surrogate pair, comes before the Hebrew presentation form."""
    keys = ("\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6")
    expected = ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert list(json.loads(encode_value(dict.fromkeys(keys, 0)))) == expected
    assert list(decode(encode(event(**dict.fromkeys(keys, 0)))).data) == expected


def test_the_form_does_not_change() -> None:
    """Hashes of old ledgers rest on these bytes."""
    morning = datetime(2024, 5, 7, 8, 0, 0, 5, tzinfo=SHANGHAI)
    kept = Event(
        "e-1", "found", morning, morning, "c-1", "desk", "land", "child",
        {
            "weight": Decimal("3.20"), "born": date(2024, 5, 1), "seen": morning, "for": timedelta(hours=-1), "alive": True,
            "many": (1, (2**53 - 1, 2**53), '中\u2028"\\\x07\x7f'),
        },
        day_only=True,
        replacement=Event("e-0", "found", NOON, NOON),
    )  # fmt: skip
    assert encode(kept).decode() == (
        '{"at":"2024-05-07T00:00:00.000005Z","by":"desk","case":"c-1","data":{"alive":true,"born":{"date":"2024-05-01"},'
        '"for":{"duration":"-3600000000"},"many":[1,[9007199254740991,{"int":"9007199254740992"}],'
        '"中\u2028\\"\\\\\\u0007\x7f"],"seen":{"time":"2024-05-07T00:00:00.000005Z"},"weight":{"decimal":"3.20"}},'
        '"day_only":true,"id":"e-1","known_at":"2024-05-07T00:00:00.000005Z","place":"land",'
        '"replacement":{"at":"2024-05-07T12:00:00Z","id":"e-0","known_at":"2024-05-07T12:00:00Z",'
        '"type":"found"},"subject":"child","type":"found"}'
    )


def test_one_instant_is_written_in_one_way() -> None:
    there = NOON.astimezone(SHANGHAI)
    assert encode(Event("e1", "found", there, there)) == encode(event())
    assert decode(encode(Event("e1", "found", there, there))).at.tzinfo is UTC


def test_the_hour_that_clocks_repeat_is_two_instants() -> None:
    """Shanghai, 1991-09-15: 01:00 to 02:00 twice. The bytes tell them apart; Python's `==` cannot (PEP 495)."""
    first = datetime(1991, 9, 15, 1, 30, tzinfo=SHANGHAI)
    one, other = (Event("e1", "found", at, at) for at in (first, first.replace(fold=1)))
    assert [decode(encode(kept)).at.hour for kept in (one, other)] == [16, 17]
    assert encode(decode(encode(one))) == encode(one)


def test_every_field_of_an_event_is_kept_but_where_it_was_read() -> None:
    """A field added to `Event` and forgotten here would be lost in silence."""
    full = Event("e1", "t", NOON, NOON, "c", "b", "p", "s", {"a": 1}, day_only=True, replacement=event())
    bare = Event("e1", "t", NOON, NOON)
    optional = {f.name for f in fields(Event) if f.compare and getattr(full, f.name) != getattr(bare, f.name)}
    assert {f.name for f in fields(Event) if f.compare} == optional | {"id", "type", "at", "known_at"}
    assert decode(encode(full)) == full


def test_where_it_was_read_is_not_kept() -> None:
    there = Event("e1", "found", NOON, NOON, origin=Origin("a.yaml", 3, 1))
    assert encode(there) == encode(event())
    assert decode(encode(there)).origin == Origin()


def test_whole_numbers_have_no_bound() -> None:
    """Python by itself converts no more than 4,300 digits."""
    large = -(7**20_000)
    assert decode(encode(event(n=large))).data["n"] == large


def test_a_text_with_a_closed_list_of_values_is_a_text() -> None:
    class Sex(StrEnum):
        FEMALE = "f"

    assert decode(encode(event(sex=Sex.FEMALE))).data == {"sex": "f"}


@pytest.mark.parametrize(
    "kept",
    [
        event(a="\ud800"),
        event(a=("x", "\udfff")),
        event(**{"\ud83d": 1}),
        Event("e\udc00", "found", NOON, NOON, case="\ud800"),
    ],
)
def test_half_a_character_is_refused(kept: Event) -> None:
    assert (refusal(kept).code, refusal(kept).slug) == ("RM460", "lone-surrogate")


@pytest.mark.parametrize(
    "value", [1.5, None, [1], {"a": 1}, b"x", object(), Decimal("NaN"), Decimal("Infinity"), (1, (2.0,)), [10**5_000]]
)
def test_what_is_no_value_is_refused(value: object) -> None:
    assert refusal(event(a=value)).code == "RM461"


@pytest.mark.parametrize(
    "kept",
    [
        Event(1, "found", NOON, NOON),  # type: ignore[arg-type]
        Event("e1", None, NOON, NOON),  # type: ignore[arg-type]
        Event("e1", "found", NOON, NOON, case=7),  # type: ignore[arg-type]
        Event("e1", "found", NOON, NOON, day_only=1),  # type: ignore[arg-type]
        Event("e1", "found", NOON, NOON, data={1: 1}),  # type: ignore[dict-item]
    ],
)
def test_what_could_not_be_read_again_is_not_written(kept: Event) -> None:
    assert refusal(kept).code == "RM461"


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2024, 5, 7),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=8))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-8))),
        date(2024, 5, 7),
    ],
)
def test_a_moment_has_its_zone_and_a_year_in_utc(moment: datetime) -> None:
    assert refusal(Event("e1", "found", moment, NOON)).code == "RM462"
    assert refusal(Event("e1", "found", NOON, moment)).code == "RM462"


def test_an_event_has_a_bound() -> None:
    assert refusal(event(a="中" * (MAX_BYTES // 3))).code == "RM463"
    assert len(encode(event(a="x" * (MAX_BYTES - 200)))) < MAX_BYTES


def test_lists_have_a_bound() -> None:
    nested: tuple[object, ...] = ()
    for _ in range(MAX_DEPTH - 1):
        nested = (nested,)
    assert decode(encode(event(a=nested))) == event(a=nested)
    assert refusal(event(a=((nested,),))).code == "RM463"


def test_corrections_of_corrections_have_a_bound() -> None:
    kept = event()
    for number in range(MAX_DEPTH):
        kept = Event(f"e{number}", "correction", NOON, NOON, replacement=kept)
    assert decode(encode(kept)) == kept
    assert refusal(Event("e", "correction", NOON, NOON, replacement=kept)).code == "RM463"


GOOD = '{"at":"2024-05-07T12:00:00Z","id":"e1","known_at":"2024-05-07T12:00:00Z","type":"t","data":{"a":%s}}'


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"\xff", b"null", b"{}", b"[" * 100_000, b'{"data":{"a":' + b"[" * 100_000,
        *((GOOD % value).encode() for value in (
            "1.0", "null", "{}", '{"decimal":"x"}', '{"decimal":1}', '{"time":"2024-05-07T12:00:00"}', '{"date":"x"}',
            '{"int":"1.5x"}', '{"duration":"x"}', '{"float":"1"}', '{"decimal":"1","date":"2024-05-07"}', '"\\ud800"',
        )),
        (GOOD % 1).replace("Z", "").encode(), (GOOD % 1).replace('"id"', '"di"').encode(),
    ],
)  # fmt: skip
def test_other_bytes_are_no_event(raw: bytes) -> None:
    with pytest.raises(EventError, match="RM464 not-an-event"):
        decode(raw)


def test_the_refusal_of_bytes_repeats_none_of_them() -> None:
    with pytest.raises(EventError) as caught:
        decode((GOOD % '{"date":"王小明"}').encode())
    assert "王小明" not in str(caught.value.as_json())


@given(st.dictionaries(names, values))
def test_values_stand_in_other_objects_as_in_events(data: dict[str, object]) -> None:
    written = json.loads(encode_value({"data": data}))["data"]
    assert written == json.loads(encode(event(**data))).get("data", {})


@pytest.mark.parametrize(("value", "code"), [(1.5, "RM461"), ("\ud800", "RM460"), ({1: 2}, "RM461")])
def test_other_objects_are_held_to_the_same(value: object, code: str) -> None:
    with pytest.raises(EventError, match=code):
        encode_value({"a": value})


def test_other_objects_have_a_bound_in_depth() -> None:
    nested: list[object] = []
    for _ in range(1_000):
        nested = [nested]
    with pytest.raises(EventError, match="RM463"):
        encode_value({"a": nested})


def test_microseconds_are_exact_on_both_sides_of_1970() -> None:
    assert microseconds(datetime(1970, 1, 1, 8, tzinfo=SHANGHAI)) == 0
    assert microseconds(datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == -1
    assert microseconds(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)) == 253_402_300_799_999_999
    with pytest.raises(EventError, match="RM462"):
        microseconds(datetime(2024, 5, 7))
