"""A third party checks one event without the ledger, and is told which step fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import LedgerError
from remit.ledger.chain import Header, Peaks, audit_path, commitment, digest, genesis, join, link
from remit.ledger.checkpoint import Checkpoint, Proof
from remit.ledger.codec import encode, microseconds
from remit.ledger.vault import MasterKey
from remit.model.event import Event

NOON = datetime(2024, 5, 7, 12, tzinfo=UTC)
MASTER = MasterKey(bytes(range(32)))
OTHER = MasterKey(bytes(32))
SALT = b"s" * 32


def ledger_of(count: int) -> list[Proof]:
    """A ledger of some entries, and the proof of each as of the last."""
    previous, peaks, hashes, rows = genesis("L"), Peaks(), [], []
    for position in range(1, count + 1):
        at = NOON + timedelta(hours=position)
        event = Event(
            f"e{position}", "found", at, at, "案-1", data={"n": position, "kg": Decimal("3.20"), "名": "王小明"}
        )
        header = Header(
            position,
            "event",
            event.id,
            event.case,
            event.type,
            microseconds(at),
            microseconds(at),
            microseconds(NOON),
            7,
        )
        content, sealed = encode(event), b"sealed %d" % position
        committed = commitment(SALT, content)
        current = link(previous, header, committed, sealed)
        rows.append((header, content, SALT, committed, digest(sealed), previous, current))
        hashes.append(current)
        peaks, previous = peaks.append(current), current
    checkpoint = Checkpoint("L", count, previous, peaks.root(), microseconds(NOON)).sign(MASTER)
    return [
        Proof(*row, audit_path(hashes, index), checkpoint, MASTER.public_key)  # type: ignore[arg-type]
        for index, row in enumerate(rows)
    ]


PROOFS = ledger_of(7)
PROOF = PROOFS[2]
#: Part of a proof → the steps at which a changed byte of it is found.
STEPS = {
    "content": {"content-altered"},
    "salt": {"content-altered"},
    "commitment": {"content-altered"},
    "sealed": {"hash-differs"},
    "previous": {"hash-differs"},
    "hash": {"hash-differs"},
    "path": {"path-fails"},
    "public_key": {"signature-fails"},
    "signature": {"signature-fails"},
    "root": {"path-fails"},
}


def flipped(raw: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    return (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")


def refusal(proof: Proof, public_key: bytes | None = None) -> LedgerError:
    with pytest.raises(LedgerError) as caught:
        proof.check(public_key)
    assert "王小明" not in str(caught.value.as_json())
    return caught.value


@pytest.mark.parametrize("size", range(1, 10))
def test_every_event_of_a_ledger_of_any_size_is_proved(size: int) -> None:
    for position, proof in enumerate(ledger_of(size), start=1):
        event = Proof.of_json(json.dumps(proof.as_json(), indent=1)).check(MASTER.public_key)
        assert (event.id, event.data["n"], event.data["名"]) == (f"e{position}", position, "王小明")


def test_the_document_is_json_that_shows_the_event() -> None:
    shown = json.loads(json.dumps(PROOF.as_json()))
    assert shown["content"]["data"] == {"n": 3, "kg": {"decimal": "3.20"}, "名": "王小明"}
    assert (shown["header"]["position"], shown["checkpoint"]["position"]) == (3, 7)
    assert Proof.of_json(shown) == PROOF


@given(st.sampled_from(sorted(STEPS)), st.data())
def test_a_flipped_bit_is_refused_at_the_step_that_it_breaks(part: str, data: st.DataObject) -> None:
    if part == "path":
        at = data.draw(st.integers(0, len(PROOF.path) - 1))
        altered = replace(PROOF, path=(*PROOF.path[:at], flipped(PROOF.path[at], data), *PROOF.path[at + 1 :]))
    elif part in ("signature", "root"):
        checkpoint = replace(PROOF.checkpoint, **{part: flipped(getattr(PROOF.checkpoint, part), data)})
        altered = replace(PROOF, checkpoint=checkpoint)
    else:
        altered = replace(PROOF, **{part: flipped(getattr(PROOF, part), data)})
    assert refusal(altered).slug in STEPS[part]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("position", 4), ("kind", "tick"), ("id", "e4"), ("case", None), ("type", "lost"),
        ("at", 0), ("known_at", 0), ("recorded_at", None), ("key", 8),
    ],
)  # fmt: skip
def test_every_field_of_the_header_is_proved(name: str, value: object) -> None:
    assert refusal(replace(PROOF, header=replace(PROOF.header, **{name: value}))).slug == "hash-differs"


@pytest.mark.parametrize(("name", "value"), [("ledger", "M"), ("hash", b"x" * 32), ("at", 0), ("position", 8)])
def test_every_field_of_the_checkpoint_is_signed(name: str, value: object) -> None:
    altered = replace(PROOF.checkpoint, **{name: value})
    assert refusal(replace(PROOF, checkpoint=altered)).slug in {"signature-fails", "path-fails"}
    with pytest.raises(LedgerError, match="RM718 signature-fails: found `checkpoint"):
        altered.check(MASTER.public_key)


@given(st.data())
def test_no_changed_byte_of_the_document_goes_unseen(data: st.DataObject) -> None:
    """It is refused, with a typed error, or says the same."""
    document = bytearray(json.dumps(PROOF.as_json()).encode())
    at = data.draw(st.integers(0, len(document) - 1))
    document[at] ^= 1 << data.draw(st.integers(0, 7))
    try:
        proof = Proof.of_json(bytes(document))
        event = proof.check(MASTER.public_key)
    except LedgerError as refused:
        assert refused.code in {"RM716", "RM717", "RM718", "RM719"}  # noqa: PT017
    else:
        assert (proof, event) == (PROOF, PROOF.check())


def test_another_key_proves_nothing() -> None:
    assert refusal(PROOF, OTHER.public_key).code == "RM719"
    forged = replace(PROOF, public_key=OTHER.public_key, checkpoint=PROOF.checkpoint.sign(OTHER))
    assert forged.check() == PROOF.check()  # agrees with itself; that is all it can say
    assert refusal(forged, MASTER.public_key).slug == "other-key"


def rehashed(header: Header, content: bytes) -> Proof:
    """A ledger of one entry whose owner signed what does not fit together."""
    committed = commitment(SALT, content)
    current = join(genesis("L"), header, committed, digest(b""))
    checkpoint = Checkpoint("L", 1, current, Peaks().append(current).root(), 0).sign(MASTER)
    return Proof(
        header, content, SALT, committed, digest(b""), genesis("L"), current, (), checkpoint, MASTER.public_key
    )


HEAD = replace(ledger_of(1)[0].header, position=1)


@pytest.mark.parametrize(
    "change", [{"id": "x"}, {"case": "x"}, {"type": "x"}, {"at": 0}, {"known_at": 0}, {"kind": "tick"}]
)
def test_a_header_that_says_other_than_its_content_is_refused(change: dict[str, object]) -> None:
    content = ledger_of(1)[0].content
    assert rehashed(HEAD, content).check().id == "e1"
    assert refusal(rehashed(replace(HEAD, **change), content)).slug == "header-differs"


def test_signed_content_that_is_no_event_is_refused() -> None:
    assert refusal(rehashed(HEAD, b'{"a":1}')).slug == "content-unreadable"


def changed(change: Callable[[dict[str, object]], object]) -> object:
    document = json.loads(json.dumps(PROOF.as_json()))
    change(document)
    return document


@pytest.mark.parametrize(
    "written",
    [
        "", "{}", b"\xff", None, 7, [], "[" * 100_000, object(),
        changed(lambda d: d.pop("salt")),
        changed(lambda d: d.update(more=1)),
        changed(lambda d: d.update(salt="00")),
        changed(lambda d: d.update(salt="0" * 63 + "\n")),
        changed(lambda d: d.update(salt="0" * 64 + "\n")),
        changed(lambda d: d.update(path="00")),
        changed(lambda d: d.update(content={"a": 1.5})),
        changed(lambda d: d.update(content={"a": "\ud800"})),
        changed(lambda d: d.update(header={"position": "1", "kind": "event"})),
        changed(lambda d: d.update(header={"position": 1, "kind": "\ud800"})),
    ],
)  # fmt: skip
def test_what_is_no_proof_is_refused(written: object) -> None:
    with pytest.raises(LedgerError, match="RM716 proof-malformed"):
        Proof.of_json(written)


def test_a_checkpoint_is_read_back_and_checked() -> None:
    checkpoint = Checkpoint.of_json(json.loads(json.dumps(PROOF.checkpoint.as_json())))
    assert checkpoint == PROOF.checkpoint
    checkpoint.check(MASTER.public_key)


@pytest.mark.parametrize("key", [OTHER.public_key, b"", b"x" * 31])
def test_a_checkpoint_of_another_key_is_refused(key: bytes) -> None:
    with pytest.raises(LedgerError, match="RM718 signature-fails"):
        PROOF.checkpoint.check(key)


def test_an_unsigned_checkpoint_is_refused() -> None:
    with pytest.raises(LedgerError, match="RM718"):
        replace(PROOF.checkpoint, signature=b"").check(MASTER.public_key)
    with pytest.raises(LedgerError, match="RM716 checkpoint-malformed"):
        Checkpoint.of_json(replace(PROOF.checkpoint, signature=b"").as_json())
