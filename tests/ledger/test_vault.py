"""Keys: whole on the disk or not at all, shown to nobody, and what they sealed opens in its place only."""

from __future__ import annotations

import base64
import hmac
import os
import stat
from hashlib import blake2b
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from remit.errors import EventError, LedgerError
from remit.ledger.people import Stock
from remit.ledger.vault import MasterKey, OpenKeyWarning, PersonKey, binding
from strategies import maybe

SECRET = bytes(range(32))
MASTER = MasterKey(SECRET)
PERSON = PersonKey.new()
HERE = binding("L", 7)


def flipped(raw: bytes, data: st.DataObject) -> bytes:
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    return (int.from_bytes(raw, "big") ^ 1 << bit).to_bytes(len(raw), "big")


def expanded(purpose: bytes, length: int = 32) -> bytes:
    """HKDF-Expand of RFC 5869 §2.3 for one block."""
    return hmac.digest(SECRET, b"remit ledger 1: " + purpose + b"\x01", "sha256")[:length]


# --- derivation ---------------------------------------------------------------------------------------


def test_everything_is_derived_by_hkdf() -> None:
    """Old ledgers open only as long as this does not change."""
    assert MASTER.fingerprint == expanded(b"fingerprint", 16).hex() == "4eb40c727b43f35b111d936f13f566b0"
    named = blake2b("王小明".encode(), digest_size=16, key=expanded(b"pseudonym"))
    assert MASTER.pseudonym("王小明") == named.hexdigest()
    hidden = hmac.digest(expanded(b"look up"), b'person\0{"case":"c","subject":null}', "sha256")
    assert MASTER.reference("c", None) == hidden
    wrapped = PERSON.wrap(MASTER, 7)
    plain = AESGCM(expanded(b"wrap")).decrypt(wrapped[:12], wrapped[12:], b"person's key\0" + bytes(7) + b"\x07")
    assert PersonKey.of(plain) == PERSON
    assert MASTER.public_key.hex() == "1b9415e77060e23d2ee2f7d830f9e08cb9989450da2076933fe6718c2ac3229b"


def test_two_keys_have_nothing_in_common() -> None:
    one, other = MasterKey.create(), MasterKey.create()
    for derived in ("text", "fingerprint", "public_key"):
        assert getattr(one, derived) != getattr(other, derived)
    assert one.reference("c", "s") != other.reference("c", "s")
    assert one.pseudonym("x") != other.pseudonym("x")


@given(maybe, maybe, maybe, maybe)
def test_each_person_has_one_reference(
    case: str | None, subject: str | None, other: str | None, third: str | None
) -> None:
    """Nothing runs together: case "ab" with subject "c" is not case "a" with subject "bc"."""
    same = MASTER.reference(case, subject) == MASTER.reference(other, third)
    assert same == ((case, subject) == (other, third))


def test_half_a_character_has_no_reference() -> None:
    with pytest.raises(EventError, match="RM460"):
        MASTER.reference("c", "\ud800")


def test_keys_made_ahead_are_given_out_once_each_with_its_number() -> None:
    """Also where a number comes again, because the transaction that took it was undone."""
    stock = Stock(MASTER)
    taken = [(number, *stock.take(number)) for number in (7, 8, 40, 7, 8, 9, *range(40, 80))]
    assert all(PersonKey.unwrap(MASTER, number, wrapped) == key for number, key, wrapped in taken)
    assert len({wrapped for _, _, wrapped in taken}) == len({key for _, key, _ in taken}) == len(taken)


def test_two_processes_never_give_out_the_same_key() -> None:
    stock = Stock(MASTER)
    stock.take(7)
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(tells, stock.take(8)[1])
        os._exit(0)
    os.waitpid(child, 0)
    assert PersonKey.unwrap(MASTER, 8, os.read(told, 100)) != stock.take(8)[0]
    os.close(told)
    os.close(tells)


def test_a_key_shows_nothing_of_itself() -> None:
    for shown in (repr(MASTER), str(MASTER), repr(PERSON)):
        assert MASTER.text not in shown
        assert SECRET.hex() not in shown
        assert "\\x" not in shown


def test_the_wrong_key_is_told_by_its_fingerprint() -> None:
    MASTER.require(MASTER.fingerprint)
    with pytest.raises(LedgerError, match="RM713 wrong-key"):
        MASTER.require(MasterKey.create().fingerprint)
    with pytest.raises(LedgerError, match="RM713 wrong-key"):
        MASTER.require("")


# --- text and file ------------------------------------------------------------------------------------


def test_a_key_is_read_back_from_its_text() -> None:
    assert MasterKey.of_text(f"  {MASTER.text}\n").fingerprint == MASTER.fingerprint


@pytest.mark.parametrize(
    "text", ["", "x", "中", MASTER.text[:-4], MASTER.text + "AAAA", MASTER.text.replace("A", "!", 1)]
)
def test_a_text_that_is_no_key_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(LedgerError, match="RM711 key-malformed") as caught:
        MasterKey.of_text(text)
    assert caught.value.found == ""


def test_a_file_of_a_key_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    MASTER.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert MasterKey.read(path).fingerprint == MASTER.fingerprint
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    MASTER.write(path)
    with pytest.raises(LedgerError, match="RM715 key-exists"):
        MasterKey.create().write(path)
    assert MasterKey.read(path).fingerprint == MASTER.fingerprint
    assert [file.name for file in tmp_path.iterdir()] == ["key"]


def test_a_dangling_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(LedgerError, match="RM715 key-exists"):
        MASTER.write(tmp_path / "key")
    assert not (tmp_path / "elsewhere").exists()


def test_file_and_name_are_on_the_disk_before_write_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    real_sync, real_link = os.fsync, os.link

    def sync(handle: int) -> None:
        done.append("directory" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real_sync(handle)

    def name(source: Path, target: Path) -> None:
        done.append("name")
        real_link(source, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(os, "link", name)
    MASTER.write(tmp_path / "key")
    assert done == ["file", "name", "directory"]


def test_short_writes_are_carried_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, content: real(handle, content[:5]))
    MASTER.write(tmp_path / "key")
    assert MasterKey.read(tmp_path / "key").fingerprint == MASTER.fingerprint


@pytest.mark.parametrize("call", ["open", "write", "fsync", "link"])
def test_a_failure_leaves_no_file(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    with pytest.raises(LedgerError, match="RM715 key-not-written") as caught:
        MASTER.write(tmp_path / "key")
    monkeypatch.undo()
    assert caught.value.hint == "No space left on device"
    assert list(tmp_path.iterdir()) == []


def test_a_missing_key_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "key", tmp_path):
        with pytest.raises(LedgerError, match="RM710 key-missing"):
            MasterKey.read(path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 44, b"A" * 5_000, base64.b64encode(SECRET + b"x")])
def test_a_file_that_holds_no_key_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(content)
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(LedgerError, match="RM711 key-malformed") as caught:
        MasterKey.read(tmp_path / "key")
    assert caught.value.origin.file.endswith("key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_open_to_others_is_read_with_a_warning(mode: int, tmp_path: Path) -> None:
    MASTER.write(tmp_path / "key")
    (tmp_path / "key").chmod(mode)
    with pytest.warns(OpenKeyWarning, match=f"RM712 key-open-to-others: found `{mode:04o}`"):
        assert MasterKey.read(tmp_path / "key").fingerprint == MASTER.fingerprint


# --- people -------------------------------------------------------------------------------------------


@given(st.binary(max_size=200), st.binary(max_size=60))
def test_what_is_sealed_opens(content: bytes, bound: bytes) -> None:
    sealed = PERSON.seal(content, bound)
    assert PERSON.open(sealed, bound) == content
    assert len(sealed) == len(content) + 28


def test_the_same_content_never_looks_the_same() -> None:
    assert len({PERSON.seal(b"x", HERE) for _ in range(100)}) == 100


@given(st.binary(max_size=60), st.data())
def test_a_flipped_bit_breaks_the_seal(content: bytes, data: st.DataObject) -> None:
    with pytest.raises(LedgerError, match="RM714 seal-broken"):
        PERSON.open(flipped(PERSON.seal(content, HERE), data), HERE)


@pytest.mark.parametrize("elsewhere", [binding("L", 8), binding("M", 7), b""])
def test_a_sealed_content_opens_in_its_place_only(elsewhere: bytes) -> None:
    with pytest.raises(LedgerError, match="RM714"):
        PERSON.open(PERSON.seal(b"x", HERE), elsewhere)


@pytest.mark.parametrize("length", [0, 11, 12, 27, 28])
def test_a_cut_seal_is_broken(length: int) -> None:
    with pytest.raises(LedgerError, match="RM714"):
        PERSON.open(PERSON.seal(b"x", HERE)[:length], HERE)


def test_another_person_s_key_opens_nothing() -> None:
    with pytest.raises(LedgerError, match="RM714"):
        PersonKey.new().open(PERSON.seal(b"x", HERE), HERE)


def test_a_wrapped_key_is_unwrapped() -> None:
    wrapped = PERSON.wrap(MASTER, 7)
    assert len(wrapped) == 60
    assert PersonKey.unwrap(MASTER, 7, wrapped) == PERSON


@given(st.data())
def test_a_flipped_bit_of_a_wrapped_key_is_told(data: st.DataObject) -> None:
    with pytest.raises(LedgerError, match="RM713 key-does-not-open: found `key 7`"):
        PersonKey.unwrap(MASTER, 7, flipped(PERSON.wrap(MASTER, 7), data))


@pytest.mark.parametrize(("master", "number", "cut"), [(MASTER, 8, 60), (MasterKey(bytes(32)), 7, 60), (MASTER, 7, 20)])
def test_a_wrapped_key_fits_its_master_and_number_only(master: MasterKey, number: int, cut: int) -> None:
    with pytest.raises(LedgerError, match="RM713"):
        PersonKey.unwrap(master, number, PERSON.wrap(MASTER, 7)[:cut])
