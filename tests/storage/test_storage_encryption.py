"""Encryption at rest: what can be read without the key, and what happens to who changes something."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from storage_media import KEY, FileMedium, Medium, a_caller, an_embedding, encrypted_codec

from opusagent_voiceprint.errors import EncryptionError, StoreFormatError, VersionConflictError
from opusagent_voiceprint.models import Caller, DoNotAsk
from opusagent_voiceprint.storage import (
    CallerStore,
    FileKeyStore,
    KeyRing,
    RecordCipher,
    RecordCodec,
    SQLiteStorage,
    generate_key,
)
from opusagent_voiceprint.storage.encryption import SealedKey, parse_key, parse_keys, read_keys
from opusagent_voiceprint.storage.encryption.names import KeyName

OTHER_KEY = bytes(reversed(range(32)))
PLACE = {"kind": "caller", "record_id": "caller_a", "schema": 1}
NOTE = {"kind": "refusal", "record_id": "subject", "schema": 1}


@pytest.fixture
def cipher(tmp_path: Path) -> Iterator[RecordCipher]:
    with FileKeyStore(tmp_path / "keys") as keystore:
        made = RecordCipher(KeyRing([KEY]), keystore)
        made.seal("makes the key", **PLACE, is_new=True)
        yield made


# The cipher


@pytest.mark.parametrize("place", [PLACE, NOTE], ids=["caller", "note"])
def test_p17_a_sealed_text_opens_again(cipher: RecordCipher, place: dict[str, object]) -> None:
    sealed = cipher.seal("naïve text", **place)
    assert sealed.isascii()
    assert "text" not in sealed
    again = RecordCipher(KeyRing([KEY]), cipher.keystore, store=cipher.key_id)
    assert again.unseal(sealed, **place) == "naïve text"


@pytest.mark.parametrize("place", [PLACE, NOTE], ids=["caller", "note"])
def test_p17_the_same_text_is_sealed_differently_each_time(
    cipher: RecordCipher, place: dict[str, object]
) -> None:
    assert len({cipher.seal("text", **place) for _ in range(50)}) == 50


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_p17_any_flipped_bit_is_detected(cipher: RecordCipher, data: st.DataObject) -> None:
    head, _, body = cipher.seal("some text", **PLACE).rpartition(":")
    raw = bytearray(base64.b64decode(body))
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    with pytest.raises(EncryptionError, match="was changed"):
        cipher.unseal(f"{head}:{base64.b64encode(raw).decode()}", **PLACE)


@pytest.mark.parametrize("cut", [0, 1, 8, 20, -1])
def test_p17_a_text_that_was_cut_off_is_detected(cipher: RecordCipher, cut: int) -> None:
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
def test_p17_a_text_opens_only_in_its_place(cipher: RecordCipher, elsewhere: dict[str, object]) -> None:
    cipher.seal("another caller's", **{**PLACE, "record_id": "caller_b"}, is_new=True)
    with pytest.raises(EncryptionError):
        cipher.unseal(cipher.seal("text", **PLACE), **{**PLACE, **elsewhere})


@pytest.mark.parametrize("elsewhere", [{"kind": "secret"}, {"record_id": "other"}, {"schema": 2}])
def test_p17_a_note_opens_only_in_its_place(cipher: RecordCipher, elsewhere: dict[str, object]) -> None:
    with pytest.raises(EncryptionError, match="was changed"):
        cipher.unseal(cipher.seal("text", **NOTE), **{**NOTE, **elsewhere})


def test_p17_one_tenant_cannot_open_what_is_another_ones(cipher: RecordCipher) -> None:
    sealed = cipher.seal("text", **PLACE), cipher.seal("text", **NOTE)
    other = RecordCipher(KeyRing([KEY]), cipher.keystore, tenant="acme")
    with pytest.raises(EncryptionError, match=r"of tenant 'acme', .* VOICE_TENANT"):
        other.bind(cipher.key_id)
    other.seal("a caller of theirs, and the key of their store", **PLACE, is_new=True)
    for text, place in zip(sealed, (PLACE, NOTE), strict=True):
        with pytest.raises(EncryptionError):
            other.unseal(text, **place)


def test_p17_each_caller_has_a_key_of_their_own(cipher: RecordCipher) -> None:
    first = cipher.seal("text", **PLACE).split(":")[1]
    second = cipher.seal("text", **{**PLACE, "record_id": "caller_b"}, is_new=True).split(":")[1]
    assert len({first, second, cipher.key_id}) == 3
    assert cipher.seal("text", **PLACE).split(":")[1] == first


def test_p17_a_caller_who_is_not_new_gets_no_new_key(cipher: RecordCipher) -> None:
    with pytest.raises(EncryptionError, match="never was"):
        cipher.seal("text", **{**PLACE, "record_id": "caller_b"})


def test_p9_what_a_destroyed_key_sealed_cannot_be_read_again(cipher: RecordCipher) -> None:
    sealed = cipher.seal("text", **PLACE)
    cipher.destroy("caller_a")
    with pytest.raises(EncryptionError, match="was destroyed"):
        cipher.unseal(sealed, **PLACE)
    with pytest.raises(EncryptionError, match="was destroyed"):
        cipher.seal("text", **PLACE)
    # The caller may come back, which does not bring back what was.
    cipher.seal("new text", **PLACE, is_new=True)
    with pytest.raises(EncryptionError, match="under another key"):
        cipher.unseal(sealed, **PLACE)


# Master keys


def test_p17_a_key_made_by_fernet_is_accepted() -> None:
    key = Fernet.generate_key().decode()
    assert parse_key(key) == base64.urlsafe_b64decode(key)
    assert parse_key(f" {key}\n") == parse_key(key.rstrip("=")) == parse_key(key)


def test_p17_a_key_of_ours_is_32_random_bytes() -> None:
    made = {generate_key() for _ in range(20)}
    assert len(made) == 20
    assert {len(parse_key(each)) for each in made} == {32}


@pytest.mark.parametrize("text", ["", "secretkey", "A" * 42, "A" * 45, "A" * 42 + "!=", "é" * 43, "00" * 32])
def test_p18_what_is_not_a_key_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(EncryptionError, match="VOICE_ENCRYPTION_KEY") as caught:
        parse_key(text)
    assert not text or text not in str(caught.value)


@pytest.mark.parametrize("between", [",", " ", "\n", ", "])
def test_p17_several_keys_are_listed_newest_first(between: str) -> None:
    new, old = generate_key(), generate_key()
    assert parse_keys(between.join([new, old])) == [parse_key(new), parse_key(old)]
    assert KeyRing.parse(f"{new}{between}{old}").newest.key_id == KeyRing.parse(new).newest.key_id


@pytest.mark.parametrize(("text", "said"), [("", "no key"), (" , ", "no key"), ("same", "twice")])
def test_p18_a_list_of_keys_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    key = generate_key()
    with pytest.raises(EncryptionError, match=said):
        parse_keys(text.replace("same", f"{key},{key}"))


def test_p17_keys_are_read_from_a_file_with_comments(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    new, old = generate_key(), generate_key()
    file, link = tmp_path / "keys.txt", tmp_path / "mounted"
    file.write_text(f"# since March\n{new}\n\n{old}  # until March\n")
    file.chmod(0o600)
    link.symlink_to(file)  # as secrets are mounted into a container
    assert read_keys(link) == [parse_key(new), parse_key(old)]
    assert caplog.records == []
    file.chmod(0o644)
    read_keys(file)
    assert "may be read by everybody" in caplog.text
    assert new not in caplog.text


@pytest.mark.parametrize(
    "content",
    [None, b"", b"# nothing", b"\xff\xfe", b"hunter2", b"A" * 70_000],
    ids=lambda each: str(each)[:9],
)
def test_p18_a_file_without_keys_is_refused_without_being_quoted(
    content: bytes | None, tmp_path: Path
) -> None:
    file = tmp_path / "keys.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(EncryptionError, match="VOICE_ENCRYPTION_KEY_FILE") as caught:
        read_keys(file)
    assert "hunter2" not in str(caught.value)


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
            with pytest.raises(EncryptionError, match=f"'{caller_id}' was sealed under another key"):
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
    medium.set_payload(
        "caller_a", encrypted.encode(a_caller(), kind="caller", record_id="caller_a", is_new=True)
    )
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


@pytest.mark.parametrize(
    ("written_with", "opened_with", "said"),
    [
        (KEY, None, "is not set"),
        (KEY, OTHER_KEY, "sealed with master key"),
        (None, KEY, "without encryption"),
    ],
    ids=["no key", "wrong key", "key for a plain store"],
)
def test_p18_a_store_is_opened_only_with_the_key_it_was_written_with(
    medium: Medium, written_with: bytes | None, opened_with: bytes | None, said: str, tmp_path: Path
) -> None:
    def codec(key: bytes | None) -> RecordCodec:
        return encrypted_codec(tmp_path / "keys", key) if key else RecordCodec()

    with medium.open(codec(written_with)) as store:
        store.put(a_caller(), expected_version=0)
    with pytest.raises(EncryptionError, match=said):
        medium.open(codec(opened_with))
    with medium.open(codec(written_with)) as store:
        assert store.count() == 1


def test_p18_a_store_is_opened_only_with_the_keystore_it_was_written_with(
    medium: Medium, encrypted: RecordCodec, tmp_path: Path
) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller(), expected_version=0)
    with pytest.raises(EncryptionError, match="VOICE_KEYSTORE_PATH"):
        medium.open(encrypted_codec(tmp_path / "another"))
    assert not (tmp_path / "another").exists()
    another = encrypted_codec(tmp_path / "another")
    assert another.key_id
    with pytest.raises(EncryptionError, match="VOICE_KEYSTORE_PATH"):
        medium.open(encrypted_codec(tmp_path / "another"))
    with pytest.raises(EncryptionError, match="another store was put in its place"):
        medium.open(another)


def test_p17_a_store_opens_with_a_list_in_which_its_key_is_an_old_one(
    medium: Medium, encrypted: RecordCodec, tmp_path: Path
) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller("a"), expected_version=0)
    with medium.open(encrypted_codec(tmp_path / "keys", OTHER_KEY, KEY)) as store:
        assert store.get("a") is not None
        store.put(a_caller("b"), expected_version=0)
    with medium.open(encrypted) as store, pytest.raises(EncryptionError, match="sealed with master key"):
        store.get("b")  # by the new key, which is not known here


# Erasure


def test_p9_a_backup_of_an_erased_caller_is_not_brought_back(medium: Medium, encrypted: RecordCodec) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller("a"), expected_version=0)
        store.put(a_caller("b"), expected_version=0)
        backup = medium.payload("a")
        assert store.erase("a") is True
        again = store.put(a_caller("a", name="Another"), expected_version=0)
        assert store.erase("a") is True
        # As a backup would, in the place of one who came back: only the key is not there.
        store.put(a_caller("a", name="Third"), expected_version=0)
        encrypted.destroy_key("a")
    medium.set_payload("a", backup)
    with medium.open(encrypted) as store:
        assert store.get("a") is None
        assert [caller.caller_id for caller in store.all()] == ["b"]
        assert store.count() == 1  # its removal was finished
        assert again.version not in (0, None)


def test_p9_an_erasure_that_was_cut_short_is_finished(medium: Medium, encrypted: RecordCodec) -> None:
    with medium.open(encrypted) as store:
        stored = store.put(a_caller("a"), expected_version=0)
        encrypted.destroy_key("a")  # and killed here
        with pytest.raises(VersionConflictError):
            store.put(stored, expected_version=stored.version)
        assert store.get_many(["a"]) == []
        assert store.get("a") is None
        assert store.count() == 0
        assert store.put(a_caller("a"), expected_version=0).version > stored.version


def test_an_erasure_of_one_version_leaves_what_was_written_since(medium: Medium, codec: RecordCodec) -> None:
    with medium.open(codec) as store:
        judged = store.put(a_caller("a"), expected_version=0)
        called = store.update("a", lambda caller: caller.model_copy(update={"name": "Just called"}))
        with pytest.raises(VersionConflictError):
            store.erase("a", expected_version=judged.version)
        found = store.get("a")
        assert found is not None
        assert found.name == "Just called"
        assert store.erase("a", expected_version=called.version) is True
        assert store.erase("a", expected_version=called.version) is False
        assert store.get("a") is None


def test_several_are_read_at_once_and_what_cannot_be_read_hides_nobody(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        for caller_id in "abc":
            store.put(a_caller(caller_id), expected_version=0)
        medium_payload = medium.payload("a")
    medium.set_payload("b", medium_payload)
    with medium.open(encrypted) as store:
        found = store.get_many(["a", "b", "c", "nobody"])
        assert {each.caller_id for each in found} == {"a", "c"}
        with pytest.raises(EncryptionError):
            store.get("b")


def claim(store: CallerStore, caller: Caller) -> str:
    """The first step of an erasure, after which its process is killed; the id of the key to destroy."""
    payload, key_id = store.codec.being_erased(caller.caller_id)
    store._write(caller.caller_id, caller.version, payload, [])
    return key_id


def test_p9_an_erasure_that_was_cut_short_after_its_claim_is_finished(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        claim(store, store.put(a_caller("a"), expected_version=0))  # and killed here
        with pytest.raises(VersionConflictError):
            store.put(a_caller("a", name="Again"), expected_version=0)
        assert store.get("a") is None
        assert store.count() == 0
        assert encrypted.key_id_of("a") == ""
        again = store.put(a_caller("a", name="Again"), expected_version=0)
        found = store.get("a")
        assert found is not None
        assert (found.name, found.version) == ("Again", again.version)


def test_p9_an_erasure_whose_key_was_destroyed_before_it_was_cut_short_is_finished(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        encrypted.destroy_key("a", claim(store, store.put(a_caller("a"), expected_version=0)))
        assert store.get_many(["a"]) == []
        assert store.count() == 0


def test_p9_who_comes_back_while_an_erasure_is_finished_by_another_keeps_the_new_key(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        stored = store.put(a_caller("a"), expected_version=0)
        old = claim(store, stored)
        assert store.get("a") is None  # another process finishes it
        store.put(a_caller("a", name="Again"), expected_version=0)
        encrypted.destroy_key("a", old)  # the first one goes on
        assert store._remove("a", stored.version + 1) is False
        found = store.get("a")
        assert found is not None
        assert found.name == "Again"


class SavedAgainSQLite(SQLiteStorage):
    """Another process enrolls a caller right after the record was removed."""

    def _remove(self, caller_id: str, expected: int | None = None) -> bool:
        removed = super()._remove(caller_id, expected)
        self.put(a_caller(caller_id, name="Again"), expected_version=0)
        return removed


def test_p9_who_enrolls_right_after_an_erasure_of_one_version_stays_readable(
    tmp_path: Path, encrypted: RecordCodec
) -> None:
    with SavedAgainSQLite(tmp_path / "store.db", codec=encrypted) as store:
        stored = store.put(a_caller("a"), expected_version=0)
        before = store._read("a")
        assert before is not None
        assert store.erase("a", expected_version=stored.version) is True
        found = store.get("a")
        assert found is not None
        assert found.name == "Again"
        with pytest.raises(EncryptionError, match="before the caller was erased"):
            store._open_record(before)


@pytest.mark.parametrize("forged", ["nothing", "another's", "of a record", "changed"])
def test_p17_nobody_has_keys_destroyed_by_writing_to_the_store_alone(
    forged: str, medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        for caller_id in "ab":
            store.put(a_caller(caller_id), expected_version=0)
        keys = [encrypted.key_id_of(caller_id) for caller_id in "ab"]
        backup = medium.payload("a")
        authentic, _ = encrypted.being_erased("a")
        payload = {
            "nothing": f"erasing:{keys[0]}",
            "another's": encrypted.being_erased("b")[0].replace(keys[1], keys[0]),
            "of a record": f"erasing:{backup}",
            "changed": authentic[:-6] + ("AAAAA=" if authentic[-6:] != "AAAAA=" else "BBBBB="),
        }[forged]
    medium.set_payload("a", payload)
    with medium.open(encrypted) as store:
        with pytest.raises(EncryptionError):
            store.get("a")
        assert [each.caller_id for each in store.get_many(["a", "b"])] == ["b"]
        assert store.count() == 2
    assert [encrypted.key_id_of(caller_id) for caller_id in "ab"] == keys
    medium.set_payload("a", backup)
    with medium.open(encrypted) as store:
        assert store.get("a") is not None


def test_p9_a_caller_whose_key_cannot_be_opened_is_erased_all_the_same(
    medium: Medium, encrypted: RecordCodec
) -> None:
    with medium.open(encrypted) as store:
        store.put(a_caller("a"), expected_version=0)
        cipher = encrypted.cipher
        assert cipher is not None
        name = str(KeyName("", cipher.key_id, "a"))
        sealed = cipher.keystore.get(name)
        assert sealed is not None
        cipher.keystore.replace(name, sealed, SealedKey(sealed.key_id, sealed.master_id, "AAAA"))
        with pytest.raises(EncryptionError):
            store.get("a")
        assert store.erase("a") is True
        assert store.count() == 0
        assert encrypted.key_id_of("a") == ""


def test_acknowledged_writes_survive_two_openings_in_one_process(
    file_medium: FileMedium, encrypted: RecordCodec, tmp_path: Path
) -> None:
    """POSIX drops all locks of a process on a file with the first descriptor of it that is closed."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[4])\n"
        "from pathlib import Path\n"
        "from storage_media import JSONMedium, SQLiteMedium, a_caller, encrypted_codec\n"
        "kind = {'json': JSONMedium, 'sqlite': SQLiteMedium}[sys.argv[1]]\n"
        "with kind(Path(sys.argv[2])).open(encrypted_codec(Path(sys.argv[3]))) as store:\n"
        "    store.put(a_caller('from_another'), expected_version=0)\n"
        "    print(sorted(each.caller_id for each in store.all()))\n"
    )
    another = [
        sys.executable,
        "-c",
        script,
        file_medium.name,
        str(file_medium.directory),
        str(tmp_path / "keys"),
        str(Path(__file__).parent),
    ]
    with file_medium.open(encrypted) as first:
        first.put(a_caller("a"), expected_version=0)
        with file_medium.open(encrypted_codec(tmp_path / "keys")) as second:
            second.put(a_caller("b"), expected_version=0)
            first.put(a_caller("c"), expected_version=0)
            seen = subprocess.run(another, capture_output=True, text=True, check=True, timeout=60)
            assert seen.stdout.strip() == str(["a", "b", "c", "from_another"])
            first.put(a_caller("d"), expected_version=0)
        assert first.get("from_another") is not None
    with file_medium.open(encrypted_codec(tmp_path / "keys")) as last:
        assert {each.caller_id for each in last.all()} == {"a", "b", "c", "d", "from_another"}
