"""Calls in some languages are heard by another encoder, and compared with voices that it embedded."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from worlds import Clock, all_windows_embedded, settings, until, world

from opusagent_hooks import HookManager, PluginError
from opusagent_voiceprint import OpusAgentVoiceRecognizer, SQLiteStorage
from opusagent_voiceprint.encoding import chosen_encoders
from opusagent_voiceprint.models import Caller
from opusagent_voiceprint.plugin import VoiceprintPlugin


def enroll(folder: Path, caller_id: str, encoder: str, speech: Any, rate: int = 8000) -> None:
    with SQLiteStorage(folder / "voices.db") as store:
        recognizer = OpusAgentVoiceRecognizer(store)
        recognizer.encoders = chosen_encoders(encoder)
        recognizer.enroll_caller(caller_id, speech, sample_rate=rate)


async def test_a_call_in_a_language_with_an_encoder_of_its_own_is_compared_by_that(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    enroll(tmp_path, "english", "telephone", telephone(voice("slt", "enroll")))
    enroll(tmp_path, "german", "resemblyzer", telephone(voice("slt", "enroll")))
    async with world(tmp_path, clock=Clock(right=True), encoder_by_language="de=resemblyzer") as ours:
        found = {}
        for language in ("en", "de", "de-AT", "fr"):
            async with ours.host.call(parameters={"language": language}) as call:
                await call.play(telephone(voice("slt", "return")))
                await until(call, lambda call=call: call.session.caller_id is not None)
                found[language] = call.session.caller_id
    assert found == {"en": "english", "de": "german", "de-AT": "german", "fr": "english"}


async def test_a_caller_who_is_erased_is_gone_from_the_galleries_of_all_languages(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    for encoder in ("telephone", "resemblyzer"):
        enroll(tmp_path, "ada", encoder, telephone(voice("slt", "enroll")))
    async with world(tmp_path, clock=Clock(right=True), encoder_by_language="de=resemblyzer") as ours:
        models = ours.service.models
        assert models is not None
        assert [model.gallery.callers for model in models.all] == [1, 1]
        ours.service.store.erase("ada")
        for _ in range(400):
            if not any(model.gallery.callers for model in models.all):
                break
            await asyncio.sleep(0.05)
        assert [model.gallery.callers for model in models.all] == [0, 0]
        for language in ("en", "de"):
            async with ours.host.call(parameters={"language": language}) as call:
                await call.play(telephone(voice("slt", "return")))
                await until(call, lambda: "unknown" in ours.witness.seen)
            ours.witness.seen.clear()
        assert not ours.witness.identified


async def test_what_a_voiceprint_of_a_call_says_of_its_encoder_is_the_language_s(
    tmp_path: Path, voice: Any
) -> None:
    enroll(tmp_path, "ada", "resemblyzer", voice("slt", "enroll"), rate=16_000)
    clock = Clock(right=True)
    clock.forward(days=1)
    async with world(tmp_path, clock=clock, encoder_by_language="de=resemblyzer") as ours:
        async with ours.host.call(parameters={"language": "de"}) as call:
            await call.play(voice("slt", "return"), sample_rate=16_000, encoding="pcm16")
            await until(call, lambda: call.session.caller_id == "ada")
            await all_windows_embedded(ours)
        caller: Caller
        (caller,) = ours.callers
        assert [each.source for each in caller.voiceprints] == ["application", "progressive"]
        assert {each.encoder for each in caller.voiceprints} == {chosen_encoders("resemblyzer").encoder_id}


@pytest.mark.parametrize(
    "value", ["de", "de=", "de=cam++", "german=resemblyzer", "de=resemblyzer,de=telephone"]
)
def test_a_value_that_is_not_allowed_stops_the_start(tmp_path: Path, value: str) -> None:
    manager = HookManager()
    with pytest.raises(PluginError, match="VOICE_ENCODER_BY_LANGUAGE"):
        manager.register(VoiceprintPlugin(settings(tmp_path, encoder_by_language=value)), "voiceprint")
