"""Whom a recognizer does not name: the expired, the damaged, and another voice under the same id."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from opusagent_voiceprint import (
    OpusAgentVoiceRecognizer,
    SQLiteStorage,
    StorageError,
    VoiceMismatchError,
    Voiceprint,
)
from opusagent_voiceprint.models import Caller, utc_now
from opusagent_voiceprint.recognizer import callers
from opusagent_voiceprint.storage import CallerStore

Voice = Callable[[str, str], Any]


def test_p21_another_voice_does_not_take_a_callers_place(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    for name in ("rms", "awb", "kal16", "grandma"):
        with pytest.raises(VoiceMismatchError, match="another voice than the one enrolled as 'caller-1'"):
            any_recognizer.enroll_caller("caller-1", briefly(name, "enroll"))
    assert len(any_recognizer.storage.get_all()) == 1
    match = any_recognizer.match_caller(briefly("slt", "return"))
    assert match is not None
    assert match[0] == "caller-1"


def test_p21_the_same_voice_on_another_kind_of_line_may_be_added(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, telephone: Any
) -> None:
    any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    any_recognizer.enroll_caller("caller-1", telephone(briefly("slt", "return")), sample_rate=8_000)
    assert {each.channel for each in any_recognizer.storage.get_all()} == {"wide", "narrow"}


def test_p10_who_expires_while_the_process_runs_is_not_matched_and_not_revived(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    probe = briefly("slt", "return")
    assert any_recognizer.match_caller(probe) is not None
    later = utc_now() + timedelta(days=400)
    monkeypatch.setattr(callers, "utc_now", lambda: later)  # the clock is the edge of our world
    assert any_recognizer.match_caller(probe) is None
    kept = any_recognizer.storage.get("caller-1")
    assert (kept.last_seen or kept.created_at) < later - timedelta(days=399)


def test_who_is_matched_does_not_expire(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    probe, now = briefly("slt", "return"), utc_now()
    for days in (300, 600):
        monkeypatch.setattr(callers, "utc_now", lambda days=days: now + timedelta(days=days))
        assert any_recognizer.match_caller(probe) is not None


def test_one_damaged_record_does_not_hide_the_others(
    an_empty_folder: Path, briefly: Voice, caplog: pytest.LogCaptureFixture
) -> None:
    path = an_empty_folder / "callers.db"
    with SQLiteStorage(path) as store:
        recogniser = OpusAgentVoiceRecognizer(store)
        recogniser.enroll_caller("a-damaged", briefly("rms", "enroll"))
        recogniser.enroll_caller("b-sound", briefly("slt", "enroll"))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE callers SET payload = '{}' WHERE caller_id = 'a-damaged'")
    database.close()
    with SQLiteStorage(path) as store:
        recogniser = OpusAgentVoiceRecognizer(store)
        for _ in range(2):
            match = recogniser.match_caller(briefly("slt", "return"))
            assert match is not None
            assert match[0] == "b-sound"
        assert recogniser.match_caller(briefly("rms", "return")) is None
    assert caplog.text.count("caller a-damaged cannot be read") == 1


def test_a_withdrawn_consent_is_respected(any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice) -> None:
    any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    store: CallerStore = any_recognizer.storage
    assert any_recognizer.match_caller(briefly("slt", "return")) is not None

    def withdraw(caller: Caller) -> Caller:
        return caller.model_copy(update={"voiceprints": [], "consents": []})

    store.update("caller-1", withdraw)
    assert any_recognizer.match_caller(briefly("slt", "return")) is None


def test_the_settings_count_for_a_store_that_was_made_without_them(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    any_recognizer.config.max_voiceprints_per_caller = 1
    any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    any_recognizer.enroll_caller("caller-1", briefly("slt", "return"))
    assert len(any_recognizer.storage.get_all()) == 1


def test_an_applications_own_embedding_can_be_saved_and_matched(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    embedding = any_recognizer.get_embedding(briefly("slt", "enroll"))
    encoder = any_recognizer.encoders.encoder_id
    any_recognizer.storage.save(Voiceprint(caller_id="caller-1", embedding=embedding, encoder=encoder))
    match = any_recognizer.match_caller(briefly("slt", "return"))
    assert match is not None
    assert match[0] == "caller-1"


def test_one_that_names_no_encoder_is_left_out_which_is_logged_once(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, caplog: pytest.LogCaptureFixture
) -> None:
    embedding = any_recognizer.get_embedding(briefly("slt", "enroll"))
    any_recognizer.storage.save(Voiceprint(caller_id="caller-1", embedding=embedding))
    for _ in range(2):
        assert any_recognizer.match_caller(briefly("slt", "return")) is None
    assert caplog.text.count("1 voiceprints do not say which encoder made them") == 1


def test_who_cannot_be_read_once_is_matched_the_next_time(
    any_recognizer: OpusAgentVoiceRecognizer,
    briefly: Voice,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for caller_id, name in (("caller-1", "slt"), ("caller-2", "rms")):
        any_recognizer.enroll_caller(caller_id, briefly(name, "enroll"))
    probe = briefly("slt", "return")
    assert any_recognizer.identify(probe).caller_id == "caller-1"
    read, busy = any_recognizer.storage.get, {"caller-1"}

    def get(caller_id: str) -> Caller | None:
        if caller_id in busy:
            raise StorageError("the database is locked")
        found: Caller | None = read(caller_id)
        return found

    monkeypatch.setattr(any_recognizer.storage, "get", get)  # a store that fails is the edge of our world
    for _ in range(2):
        assert any_recognizer.match_caller(probe) is None
    assert any_recognizer.identify(briefly("rms", "return")).caller_id == "caller-2"
    assert "a caller could not be read and is not matched: StorageError" in caplog.text
    busy.clear()
    match = any_recognizer.match_caller(probe)
    assert match is not None
    assert match[0] == "caller-1"


def test_behind_many_who_cannot_be_read_the_next_is_still_found(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    direction = np.random.default_rng(0).normal(size=256).astype(np.float32)
    for index in range(7):
        # Each a little farther from the voice than the one before, and one after the other ahead of the rest.
        other = made.embedding + np.float32(1e-4 * index) * direction / np.linalg.norm(direction)
        any_recognizer.storage.save(
            made.model_copy(
                update={
                    "caller_id": f"unreadable-{index}",
                    "embedding": other,
                    "voiceprint_id": f"vp_{index}",
                }
            )
        )
    any_recognizer.config = any_recognizer.config.model_copy(update={"recognition_margin": 0.0})
    assert any_recognizer.identify(briefly("slt", "return")).caller_id is not None
    read = any_recognizer.storage.get

    def get(caller_id: str) -> Caller | None:
        if caller_id.startswith("unreadable"):
            raise StorageError("the database is locked")
        found: Caller | None = read(caller_id)
        return found

    monkeypatch.setattr(any_recognizer.storage, "get", get)  # as above
    assert any_recognizer.identify(briefly("slt", "return")).caller_id == "caller-1"


def enrolled_with(
    named: str, store: CallerStore, audio: Any, monkeypatch: pytest.MonkeyPatch, **fields: Any
) -> None:
    """A caller of an installation that ran with another encoder."""
    monkeypatch.setenv("VOICE_ENCODER", named)
    made = OpusAgentVoiceRecognizer(store).enroll_caller("caller-1", audio)
    if fields:
        store.save(made.model_copy(update=fields))
    monkeypatch.delenv("VOICE_ENCODER")


@pytest.mark.parametrize(("before", "now"), [("resemblyzer", "telephone"), ("telephone", "resemblyzer")])
def test_p21_after_a_change_of_encoder_the_same_voice_may_enroll_anew_and_no_other(
    before: str, now: str, open_store: Any, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    enrolled_with(before, store, briefly("slt", "enroll"), monkeypatch)
    monkeypatch.setenv("VOICE_ENCODER", now)
    recognizer = OpusAgentVoiceRecognizer(store)
    assert recognizer.match_caller(briefly("slt", "return")) is None
    for name in ("rms", "kal16"):
        with pytest.raises(VoiceMismatchError, match="another voice than the one enrolled as 'caller-1'"):
            recognizer.enroll_caller("caller-1", briefly(name, "enroll"))
    recognizer.enroll_caller("caller-1", briefly("slt", "return"))
    assert len(store.get_all()) == 2
    assert recognizer.identify(briefly("slt", "enroll")).caller_id == "caller-1"


def test_p21_one_that_names_no_encoder_is_compared_by_resemblyzers(
    open_store: Any, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    enrolled_with("resemblyzer", store, briefly("slt", "enroll"), monkeypatch, encoder="", channel="")
    recognizer = OpusAgentVoiceRecognizer(store)
    with pytest.raises(VoiceMismatchError, match="another voice"):
        recognizer.enroll_caller("caller-1", briefly("rms", "enroll"))
    recognizer.enroll_caller("caller-1", briefly("slt", "return"))


def test_p21_where_nobody_can_tell_whose_voice_it_is_nothing_is_enrolled(
    open_store: Any, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    enrolled_with("telephone", store, briefly("slt", "enroll"), monkeypatch, encoder="of-another-machine")
    recognizer = OpusAgentVoiceRecognizer(store)
    with pytest.raises(VoiceMismatchError, match="'caller-1' were made by encoders that cannot be run here"):
        recognizer.enroll_caller("caller-1", briefly("slt", "return"))
    (old,) = store.get_all()
    assert recognizer.forget_voiceprint("caller-1", old.voiceprint_id)
    recognizer.enroll_caller("caller-1", briefly("slt", "return"))
    assert recognizer.identify(briefly("slt", "enroll")).caller_id == "caller-1"


def test_forgetting_needs_no_encoder(
    open_store: Any, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    OpusAgentVoiceRecognizer(store).enroll_caller("caller-1", briefly("slt", "enroll"))
    monkeypatch.setenv("VOICE_ENCODER", "onnx:/nowhere/model.onnx")
    assert OpusAgentVoiceRecognizer(store).forget_caller("caller-1") is True
    assert store.get_all() == []
