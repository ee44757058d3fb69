"""The chain binds every part of every entry; the tree is that of RFC 6962."""

from __future__ import annotations

from dataclasses import fields, replace
from hashlib import sha256

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from remit.errors import LedgerError
from remit.ledger.chain import (
    HASH,
    Header,
    Peaks,
    audit_path,
    commitment,
    digest,
    genesis,
    join,
    link,
    root_from_path,
)
from remit.ledger.codec import encode_flat, encode_value
from remit.ledger.vault import binding
from strategies import maybe, names

#: The leaves and roots of the reference tree of Certificate Transparency, for trees of 1 to 8 leaves.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HEADER = Header(3, "event", "e1", "c1", "found", 1, 2, 3, 4)
PARTS = [bytes([n]) * 32 for n in range(1, 5)]

leaves = st.lists(st.binary(max_size=40), min_size=1, max_size=70)
numbers = st.none() | st.integers(-(2**62), 2**62)
headers = st.builds(
    Header, st.integers(1, 2**60), names, maybe, maybe, maybe, numbers, numbers, numbers, st.none() | st.integers(1)
)


@given(headers)
def test_the_header_is_written_as_the_generic_encoder_writes_it(header: Header) -> None:
    """Also beyond the numbers that JSON keeps exact, and beyond the first plane."""
    assert header.bytes() == encode_value(header.as_json())


@given(names, maybe, st.integers(1, 2**53 - 1))
def test_bindings_and_references_are_written_as_the_generic_encoder_writes_them(
    one: str, other: str | None, position: int
) -> None:
    assert encode_flat({"case": one, "subject": other}) == encode_value({"case": one, "subject": other})
    assert binding(one, position) == encode_value({"ledger": one, "position": position})


def naive_root(entries: list[bytes]) -> bytes:
    """RFC 6962 §2.1, word by word."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + naive_root(entries[:k]) + naive_root(entries[k:])).digest()


def naive_path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962 §2.1.1, word by word."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*naive_path(m, entries[:k]), naive_root(entries[k:])]
    return [*naive_path(m - k, entries[k:]), naive_root(entries[:k])]


def split(n: int) -> int:
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def grown(entries: list[bytes]) -> Peaks:
    peaks = Peaks()
    for entry in entries:
        peaks = peaks.append(entry)
    return peaks


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_certificate_transparency(size: int) -> None:
    assert grown(LEAVES[:size]).root().hex() == ROOTS[size - 1]


def test_the_root_of_nothing_is_the_hash_of_nothing() -> None:
    assert Peaks().root() == sha256(b"").digest()


@given(leaves)
def test_the_tree_grows_as_rfc_6962_defines_it(entries: list[bytes]) -> None:
    peaks = grown(entries)
    assert (peaks.size, peaks.root()) == (len(entries), naive_root(entries))
    assert len(peaks.hashes) == HASH * len(entries).bit_count()
    assert Peaks.of(peaks.bytes()) == peaks


@given(leaves, st.data())
def test_every_leaf_has_its_path_to_the_root(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    path = audit_path(entries, index)
    assert list(path) == naive_path(index, entries)
    assert root_from_path(entries[index], index, len(entries), path) == naive_root(entries)


@given(leaves, st.data())
def test_a_path_proves_no_other_leaf_place_or_size(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    path, root, leaf = audit_path(entries, index), naive_root(entries), entries[index]
    other = data.draw(
        st.integers(0, len(entries) - 1).filter(lambda n: n != index) if len(entries) > 1 else st.just(-1)
    )
    assert root_from_path(leaf + b"x", index, len(entries), path) != root
    assert root_from_path(leaf, other, len(entries), path) != root or entries[other] == leaf
    assert root_from_path(leaf, index, len(entries), (*path, b"x" * 32)) is None
    assert not path or root_from_path(leaf, index, len(entries), path[1:]) != root
    assert root_from_path(leaf, len(entries), len(entries), path) is None
    if path:
        at = data.draw(st.integers(0, len(path) - 1))
        assert root_from_path(leaf, index, len(entries), (*path[:at], flipped(path[at], data), *path[at + 1 :])) != root


def test_a_node_is_not_passed_off_as_a_leaf() -> None:
    """Second preimages (RFC 6962 §2.1): the two hashes below the root of a pair are no leaf of a tree of one."""
    below = b"".join(sha256(b"\0" + leaf).digest() for leaf in LEAVES[:2])
    assert grown([below]).root().hex() != ROOTS[1]


def test_a_leaf_that_is_not_there_has_no_path() -> None:
    for index in (-1, 8):
        with pytest.raises(IndexError):
            audit_path(LEAVES, index)


@pytest.mark.parametrize("raw", [b"", b"\0" * 7, grown(LEAVES[:3]).bytes()[:-1], grown(LEAVES[:3]).bytes() + b"x"])
def test_peaks_of_other_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(LedgerError, match="RM716 peaks-malformed"):
        Peaks.of(raw)


def test_each_ledger_begins_elsewhere() -> None:
    assert genesis("one") != genesis("other")
    assert len(genesis("one")) == 32


def test_the_hash_is_that_of_the_decision() -> None:
    """Decision 7: SHA-256(previous ‖ header ‖ commitment ‖ SHA-256(sealed)); the commitment SHA-256(salt ‖ content)."""
    previous, salt, content, sealed = PARTS
    committed = commitment(salt, content)
    assert committed == sha256(salt + content).digest()
    expected = sha256(previous + HEADER.bytes() + committed + sha256(sealed).digest()).digest()
    assert link(previous, HEADER, committed, sealed) == expected
    assert join(previous, HEADER, committed, digest(sealed)) == expected


def test_the_header_s_form_does_not_change() -> None:
    assert replace(HEADER, id=None, key=None).bytes() == (
        b'{"at":1,"case":"c1","id":null,"key":null,"kind":"event","known_at":2,"position":3,"recorded_at":3,"type":"found"}'
    )


@given(headers, headers)
def test_headers_that_differ_have_different_bytes(one: Header, other: Header) -> None:
    assume(one != other)
    assert one.bytes() != other.bytes()


@given(headers, st.data())
def test_every_field_of_the_header_is_bound(header: Header, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from([field.name for field in fields(Header)]))
    other = replace(header, **{name: getattr(data.draw(headers), name)})
    assume(other != header)
    previous, _, committed, sealed = PARTS
    assert link(previous, header, committed, sealed) != link(previous, other, committed, sealed)


@given(st.integers(0, 3), st.data())
def test_a_flipped_bit_of_any_part_changes_the_hash(part: int, data: st.DataObject) -> None:
    previous, salt, content, sealed = PARTS
    altered = [*PARTS[:part], flipped(PARTS[part], data), *PARTS[part + 1 :]]
    assert link(altered[0], HEADER, commitment(altered[1], altered[2]), altered[3]) != link(
        previous, HEADER, commitment(salt, content), sealed
    )


def flipped(raw: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    return (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")
