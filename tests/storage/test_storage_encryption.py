"""Encryption at rest: what can be read without the key, and what happens to who changes something."""

from __future__ import annotations

import base64

import pytest
from cryptography.fernet import Fernet
from hypothesis import given
from hypothesis import strategies as st
from storage_media import Medium, a_caller, an_embedding

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError
from opusagent_voiceprint.models import DoNotAsk
from opusagent_voiceprint.storage import RecordCipher, RecordCodec, parse_key

KEY = bytes(range(32))
PLACE = {"kind": "caller", "record_id": "caller_a", "schema": 1}

# The cipher


def test_p17_a_sealed_text_opens_again() -> None:
    cipher = RecordCipher(KEY)
    sealed = cipher.seal("naïve text", **PLACE)
    assert sealed.isascii()
    assert "text" not in sealed
    assert RecordCipher(KEY).unseal(sealed, **PLACE) == "naïve text"


def test_p17_the_same_text_is_sealed_differently_each_time() -> None:
    cipher = RecordCipher(KEY)
    assert len({cipher.seal("text", **PLACE) for _ in range(50)}) == 50


@given(data=st.data())
def test_p17_any_flipped_bit_is_detected(data: st.DataObject) -> None:
    cipher = RecordCipher(KEY)
    head, _, body = cipher.seal("some text", **PLACE).rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(body))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EncryptionError, match="was changed"):
        cipher.unseal(f"{head}:{base64.urlsafe_b64encode(raw).decode()}", **PLACE)


@pytest.mark.parametrize("cut", [0, 1, 8, 20, -1])
def test_p17_a_text_that_was_cut_off_is_detected(cut: int) -> None:
    cipher = RecordCipher(KEY)
    head, _, body = cipher.seal("some text", **PLACE).rpartition(":")
    with pytest.raises(EncryptionError):
        cipher.unseal(f"{head}:{body[:cut]}", **PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"kind": "refusal"},
        {"record_id": "caller_b"},
        {"schema": 2},
        {"kind": "callercaller_a", "record_id": ""},
        {"kind": "caller1", "record_id": "aller_a"},
    ],
)
def test_p17_a_text_opens_only_in_its_place(elsewhere: dict[str, object]) -> None:
    cipher = RecordCipher(KEY)
    with pytest.raises(EncryptionError):
        cipher.unseal(cipher.seal("text", **PLACE), **{**PLACE, **elsewhere})


def test_p17_a_key_made_by_fernet_is_accepted() -> None:
    key = Fernet.generate_key().decode()
    assert parse_key(key) == base64.urlsafe_b64decode(key)
    assert parse_key(f" {key}\n") == parse_key(key.rstrip("=")) == parse_key(key)
    assert RecordCipher(key).key_id == RecordCipher(parse_key(key)).key_id


@pytest.mark.parametrize("text", ["", "secretkey", "A" * 42, "A" * 45, "A" * 42 + "!=", "é" * 43, "00" * 32])
def test_p18_what_is_not_a_key_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(EncryptionError, match="VOICE_ENCRYPTION_KEY") as caught:
        parse_key(text)
    assert not text or text not in str(caught.value)


def test_each_use_has_its_own_key() -> None:
    cipher = RecordCipher(KEY)
    keys = {cipher.subkey("records"), cipher.subkey("phone"), cipher.subkey("key-id"), KEY}
    assert len(keys) == 4
    assert cipher.subkey("phone") == RecordCipher(KEY).subkey("phone")
    assert cipher.subkey("phone") != RecordCipher(bytes(32)).subkey("phone")


# Whole stores


def test_nothing_personal_can_be_read_in_an_encrypted_store(medium: Medium, encrypted: RecordCodec) -> None:
    embedding = an_embedding(0)
    personal = {
        "name": b"Wilhelmina",
        "metadata": b"platinum-sentinel",
        "memory": b"refund-sentinel",
        "answer": b"yes please do",
        "embedding": embedding.tobytes()[:60],
        "embedding in base64": base64.b64encode(embedding.tobytes())[:60],
    }
    with medium.open(encrypted) as store:
        store.put(a_caller(), expected_version=0)
        store.remember_refusal(DoNotAsk(subject="subject_1"))
        secret = store.secret("phone")
        found = medium.everything()
    assert b"caller_a" in found
    assert [what for what, text in personal.items() if text in found] == []
    assert secret.hex().encode() not in found


def test_the_same_search_finds_it_in_a_plain_store(medium: Medium) -> None:
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
        found = medium.everything()
    assert b"platinum-sentinel" in found
    assert base64.b64encode(an_embedding(0).tobytes())[:60] in found


def test_p17_swapped_records_are_an_error(medium: Medium, encrypted: RecordCodec) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller("a"), expected_version=0)
        store.put(a_caller("b"), expected_version=0)
    one, other = medium.payload("a"), medium.payload("b")
    medium.set_payload("a", other)
    medium.set_payload("b", one)
    with medium.open(encrypted) as store:
        for caller_id in ("a", "b"):
            with pytest.raises(EncryptionError, match=f"'{caller_id}' was changed"):
                store.get(caller_id)
        with pytest.raises(EncryptionError):
            list(store.all())
        # Erasure needs no key, and is not held up by damage.
        assert store.erase("a") is True


def test_a_plain_record_of_another_caller_is_an_error(medium: Medium) -> None:
    with medium.open() as store:
        store.put(a_caller("a"), expected_version=0)
        store.put(a_caller("b"), expected_version=0)
    medium.set_payload("a", medium.payload("b"))
    with medium.open() as store, pytest.raises(StoreFormatError, match="belongs to another"):
        store.get("a")


def test_p17_a_changed_record_is_an_error(medium: Medium, encrypted: RecordCodec) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller(), expected_version=0)
    payload = medium.payload("caller_a")
    middle = len(payload) // 2
    medium.set_payload(
        "caller_a", payload[:middle] + ("A" if payload[middle] != "A" else "B") + payload[middle + 1 :]
    )
    with medium.open(encrypted) as store, pytest.raises(EncryptionError, match="was changed"):
        store.get("caller_a")


def test_a_plain_record_put_into_an_encrypted_store_is_an_error(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller(), expected_version=0)
    medium.set_payload("caller_a", a_caller(name="Forged").model_dump_json(exclude={"version"}))
    with medium.open(encrypted) as store, pytest.raises(EncryptionError, match="not encrypted"):
        store.get("caller_a")


def test_an_encrypted_record_put_into_a_plain_store_is_an_error(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
    medium.set_payload("caller_a", encrypted.encode(a_caller(), kind="caller", record_id="caller_a"))
    with medium.open() as store, pytest.raises(EncryptionError, match="is encrypted"):
        store.get("caller_a")


def test_a_record_with_unknown_fields_is_not_read_as_if_they_were_not_there(medium: Medium) -> None:
    with medium.open() as store:
        store.put(a_caller(), expected_version=0)
    medium.set_payload(
        "caller_a", medium.payload("caller_a").replace("{", '{"invented":"refund-sentinel",', 1)
    )
    with medium.open() as store, pytest.raises(StoreFormatError, match="newer version") as caught:
        store.get("caller_a")
    assert "refund-sentinel" not in str(caught.value)


OTHER_KEY = bytes(reversed(range(32)))


@pytest.mark.parametrize(
    ("written_with", "opened_with", "said"),
    [
        (KEY, None, "is not set"),
        (KEY, OTHER_KEY, "is key"),
        (None, KEY, "without encryption"),
    ],
    ids=["no key", "wrong key", "key for a plain store"],
)
def test_p18_a_store_is_opened_only_with_the_key_it_was_written_with(
    medium: Medium, written_with: bytes | None, opened_with: bytes | None, said: str
) -> None:
    right = RecordCodec(RecordCipher(written_with) if written_with else None)
    wrong = RecordCodec(RecordCipher(opened_with) if opened_with else None)
    with medium.open(right) as store:
        store.put(a_caller(), expected_version=0)
    with pytest.raises(EncryptionError, match=said):
        medium.open(wrong)
    with medium.open(right) as store:
        assert store.count() == 1
