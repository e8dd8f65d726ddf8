"""The encrypted recognizer: its keys, and what its file shows."""

from __future__ import annotations

import base64
import traceback
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from cryptography.fernet import Fernet

from opusagent_voiceprint import EncryptionError, OpusAgentVoiceRecognizer, SecureVoiceRecognizer

Voice = Callable[[str, str], npt.NDArray[np.float32]]

PATHS = {"json": "voiceprints.json", "sqlite": "voiceprints.db"}


@pytest.fixture(params=["json", "sqlite"])
def backend(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("VOICE_STORAGE_BACKEND", request.param)
    return str(request.param)


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize("form", ["text", "bytes", "environment"])
def test_p17_a_fernet_key_is_taken_as_text_as_bytes_or_from_the_environment(
    form: str, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Fernet.generate_key()

    def open_it() -> SecureVoiceRecognizer:
        if form == "environment":
            monkeypatch.setenv("VOICE_ENCRYPTION_KEY", key.decode())
            return SecureVoiceRecognizer()
        return SecureVoiceRecognizer(key if form == "bytes" else key.decode())

    first = open_it()
    first.enroll_caller("ada", briefly("slt", "enroll"), {"tier": "gold"})
    first.close()
    second = open_it()
    found = second.match_caller(briefly("slt", "return"))
    assert found is not None
    assert (found[0], found[2]) == ("ada", {"tier": "gold"})
    second.close()


def test_p17_neither_names_nor_embeddings_are_in_the_encrypted_store(
    backend: str, briefly: Voice, an_empty_folder: Path
) -> None:
    def shown(recognizer: OpusAgentVoiceRecognizer) -> set[str]:
        made = recognizer.enroll_caller("caller_1", briefly("slt", "enroll"), {"name": "Lovelace-sentinel"})
        # Several places of the embedding, whole multiples of three bytes in, as base64 writes them.
        raw = made.embedding.astype("<f4").tobytes()
        parts = {f"base64 at {at}": base64.b64encode(raw[at : at + 24]) for at in (0, 300, 600, 900)}
        parts |= {f"bytes at {at}": raw[at : at + 16] for at in (0, 300, 600, 900)}
        parts |= {"name": b"Lovelace-sentinel", "encoder": made.encoder.encode()}
        recognizer.close()
        stored = everything_in(an_empty_folder)
        assert stored
        return {what for what, part in parts.items() if part in stored}

    key = Fernet.generate_key()
    assert shown(SecureVoiceRecognizer(key)) == set()
    assert (an_empty_folder / PATHS[backend]).is_file()
    for path in an_empty_folder.iterdir():
        path.unlink()
    # The same look finds them where nothing is encrypted.
    assert {"name", "encoder", "base64 at 0", "base64 at 900"} <= shown(OpusAgentVoiceRecognizer())


@pytest.mark.usefixtures("backend")
def test_p18_without_a_key_there_is_no_secure_recognizer_and_no_plain_store(an_empty_folder: Path) -> None:
    with pytest.raises(EncryptionError, match="no encryption key: give encryption_key or set VOICE_ENC"):
        SecureVoiceRecognizer()
    assert list(an_empty_folder.iterdir()) == []


@pytest.mark.usefixtures("backend")
@pytest.mark.parametrize(
    "key",
    ["", "sesame-sentinel", "x" * 43 + "sentinel", b"\xff\xfe sentinel", Fernet.generate_key()[:-3]],
    ids=["empty", "short", "long", "not ASCII", "cut"],
)
def test_p18_what_is_no_key_is_refused_and_not_shown(key: str | bytes, an_empty_folder: Path) -> None:
    with pytest.raises(EncryptionError, match="32 bytes in URL-safe base64") as caught:
        SecureVoiceRecognizer(key)
    shown = "".join(traceback.format_exception(caught.value))
    assert "sentinel" not in shown
    assert list(an_empty_folder.iterdir()) == []


@pytest.mark.usefixtures("backend")
def test_p18_a_wrong_key_stops_the_start_and_leaves_the_store_as_it_is(
    briefly: Voice, an_empty_folder: Path
) -> None:
    key = Fernet.generate_key()
    first = SecureVoiceRecognizer(key)
    first.enroll_caller("ada", briefly("slt", "enroll"))
    first.close()
    with pytest.raises(EncryptionError, match="add the key it was sealed with"):
        SecureVoiceRecognizer(Fernet.generate_key())
    without_key = OpusAgentVoiceRecognizer()
    for use in (without_key.match_caller, lambda audio: without_key.enroll_caller("ada", audio)):
        with pytest.raises(EncryptionError, match="VOICE_ENCRYPTION_KEY is not set"):
            use(briefly("slt", "return"))
    again = SecureVoiceRecognizer(key)
    assert again.identify(briefly("slt", "return")).caller_id == "ada"
    again.close()


@pytest.mark.usefixtures("backend")
def test_p18_a_plain_store_is_not_taken_over_with_a_key(briefly: Voice) -> None:
    plain = OpusAgentVoiceRecognizer()
    plain.enroll_caller("ada", briefly("slt", "enroll"))
    plain.close()
    with pytest.raises(EncryptionError, match="was written without encryption"):
        SecureVoiceRecognizer(Fernet.generate_key())


def test_a_key_that_is_given_wins_over_the_environment(
    briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = Fernet.generate_key()
    SecureVoiceRecognizer(key).enroll_caller("ada", briefly("slt", "enroll"))
    monkeypatch.setenv("VOICE_ENCRYPTION_KEY", Fernet.generate_key().decode())
    assert SecureVoiceRecognizer(key).identify(briefly("slt", "return")).caller_id == "ada"


def test_a_secure_recognizer_does_not_show_its_key() -> None:
    key = Fernet.generate_key()
    recognizer = SecureVoiceRecognizer(key)
    assert key.decode() not in f"{recognizer!r} {recognizer.config!r} {vars(recognizer)}"
