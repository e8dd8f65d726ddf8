"""Whom a recognizer does not name: the expired, the damaged, and another voice under the same id."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage, VoiceMismatchError
from opusagent_voiceprint.models import Caller, utc_now
from opusagent_voiceprint.recognizer import recognizer
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
    monkeypatch.setattr(recognizer, "utc_now", lambda: later)  # the clock is the edge of our world
    assert any_recognizer.match_caller(probe) is None
    kept = any_recognizer.storage.get("caller-1")
    assert (kept.last_seen or kept.created_at) < later - timedelta(days=399)


def test_who_is_matched_does_not_expire(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice, monkeypatch: pytest.MonkeyPatch
) -> None:
    any_recognizer.enroll_caller("caller-1", briefly("slt", "enroll"))
    probe, now = briefly("slt", "return"), utc_now()
    for days in (300, 600):
        monkeypatch.setattr(recognizer, "utc_now", lambda days=days: now + timedelta(days=days))
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


@dataclass
class Theirs:
    """A voiceprint as OpusAgent's own module has it."""

    caller_id: str
    embedding: Any
    metadata: dict[str, Any]
    created_at: str | None = None
    last_seen: str | None = None


def test_an_applications_store_may_give_back_voiceprints_of_its_own_kind(briefly: Voice) -> None:
    kept: list[Theirs] = []
    store = SimpleNamespace(
        save=lambda each: kept.append(Theirs(each.caller_id, each.embedding, each.metadata)),
        get_all=lambda: list(kept),
    )
    recogniser = OpusAgentVoiceRecognizer(store)
    recogniser.enroll_caller("caller-1", briefly("slt", "enroll"), {"plan": "premium"})
    match = recogniser.match_caller(briefly("slt", "return"))
    assert match is not None
    assert (match[0], match[2]) == ("caller-1", {"plan": "premium"})


def test_an_applications_own_embedding_can_be_saved_and_matched(
    any_recognizer: OpusAgentVoiceRecognizer, briefly: Voice
) -> None:
    from opusagent_voiceprint import Voiceprint

    embedding = any_recognizer.get_embedding(briefly("slt", "enroll"))
    any_recognizer.storage.save(Voiceprint(caller_id="caller-1", embedding=embedding))
    match = any_recognizer.match_caller(briefly("slt", "return"))
    assert match is not None
    assert match[0] == "caller-1"
