"""Whose voice is embedded, and what is left of a caller after the call."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import PATIENCE, REQUEST, agent_says, enroll, speaks, until, world

from opusagent_voiceprint import hookimpl
from opusagent_voiceprint.calls.agent_voice import AgentEars, AgentListener
from opusagent_voiceprint.calls.dialogue import ConsentDialogue
from opusagent_voiceprint.calls.echo import EchoJudge
from opusagent_voiceprint.calls.greeting import Greeter
from opusagent_voiceprint.calls.identity import KnownCaller
from opusagent_voiceprint.calls.listener import Listener
from opusagent_voiceprint.calls.listening import Listening
from opusagent_voiceprint.calls.parts import CallParts
from opusagent_voiceprint.calls.recognition import Recognition
from opusagent_voiceprint.calls.session import CallSession
from opusagent_voiceprint.calls.tool_answers import ToolAnswers
from opusagent_voiceprint.calls.tracker import VoiceSample, VoiceTracker
from opusagent_voiceprint.calls.transcript import Transcript
from opusagent_voiceprint.calls.withdrawal import Withdrawal
from opusagent_voiceprint.encoding import TelephoneEncoder, shared_encoder
from opusagent_voiceprint.matching import AgentVoice

NUMBER = "+4366412345678"
PHRASE = "zanzibarbican telescopes"

OF_A_CALL = {
    *(CallSession, CallParts, ConsentDialogue, Greeter, KnownCaller, Listener, Recognition, ToolAnswers),
    *(Transcript, VoiceTracker, VoiceSample, Withdrawal, Listening),
    *(AgentEars, AgentListener, AgentVoice, EchoJudge),
}


class CountingEncoder(TelephoneEncoder):
    """The real encoder, which notes what it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.windows = 0
        self.embeddings: list[Any] = []

    def embed(self, windows: Any) -> Any:
        self.windows += len(windows)
        embeddings = super().embed(windows)
        self.embeddings += [np.array(each) for each in embeddings]
        return embeddings


class EncoderPlugin:
    def __init__(self) -> None:
        self.encoder = CountingEncoder()

    @hookimpl
    def voiceprint_encoder(self) -> CountingEncoder:
        return self.encoder


async def test_p1_everyone_is_the_default_scope(tmp_path: Path, voice: Any, telephone: Any) -> None:
    plugin = EncoderPlugin()
    async with world(tmp_path, plugin) as ours, ours.host.call(from_number=NUMBER) as call:
        await call.play(telephone(voice("slt", "return")))
        await until(call, lambda: "unknown" in ours.witness.seen)
    assert plugin.encoder.windows > 0


async def test_p1_known_numbers_a_call_from_another_number_never_touches_the_encoder(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours, ours.host.call(from_number=NUMBER) as call:
        await enroll(call, telephone(voice("slt", "enroll")))
    plugin = EncoderPlugin()
    async with world(tmp_path, plugin, identify_scope="known_numbers") as ours:
        for number in ("+15550123", None, "anonymous"):
            async with ours.host.call(from_number=number) as call:
                await speaks(call, REQUEST, telephone(voice("rms", "return")))
                await agent_says(call, "voiceprint")
                await speaks(call, "No.")
        assert plugin.encoder.windows == 0
        async with ours.host.call(from_number=NUMBER) as call:
            await asyncio.sleep(0.05)  # the number is looked up off the event loop
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: "identified" in ours.witness.seen)
        assert plugin.encoder.windows > 0


async def test_p1_listening_that_begins_anew_is_not_bound_by_an_earlier_yes(tmp_path: Path) -> None:
    async with world(tmp_path) as ours, ours.host.call() as call:
        session = call.call.userdata["voiceprint.session"]
        assert isinstance(session, CallSession)
        listening = session._parts.listening
        listening.by_consent = listening.only_compares = True
        assert listening.on
        assert not listening.goes_on
        listening.stop()
        assert (listening.by_consent, listening.only_compares) == (False, False)
        listening.start()
        assert listening.goes_on


async def test_p1_on_request_nobody_is_listened_to_before_the_yes(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    plugin = EncoderPlugin()
    async with world(tmp_path, plugin, identify_scope="on_request") as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
            await agent_says(call, "voiceprint")
            assert plugin.encoder.windows == 0
            await speaks(call, "Yes, please.")
            await agent_says(call, "name")
            await speaks(call, "Ada.")
            await speaks(call, "It is about a lamp.", telephone(voice("slt", "return")))
            await agent_says(call, "notes")
            assert plugin.encoder.windows > 0
            assert ours.callers[0].name == "Ada"


async def test_p8_after_an_erasure_the_call_is_listened_to_no_more(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    plugin = EncoderPlugin()
    async with world(tmp_path, plugin) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice("slt", "enroll")))
        async with ours.host.call() as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, "Forget my voice.")
            await agent_says(call, "deleted")
            async with ours.host.call() as other:
                before = plugin.encoder.windows
                await call.play(telephone(voice("slt", "enroll")))
                # Calls are served in the order in which they announce themselves.
                await other.play(telephone(voice("rms", "return"))[: 8000 * 4])
                await until(other, lambda: "voiceprint" in other.session.metadata)
                assert 0 < plugin.encoder.windows - before <= 4


def held() -> dict[int, str]:
    """What belongs to calls and is referred to by something: names by id, so that it is not by the result."""
    gc.collect()
    return {id(thing): type(thing).__name__ for thing in gc.get_objects() if type(thing) in OF_A_CALL}


def strings_held() -> list[str]:
    """Strings that containers hold: the collector does not list strings themselves."""
    return [
        inner
        for thing in gc.get_objects()
        if type(thing) in (dict, list, tuple, set)
        for inner in gc.get_referents(thing)
        if type(inner) is str
    ]


def search(folder: Path, *needles: bytes) -> list[str]:
    return [
        f"{path.name}: {needle[:20]!r}"
        for path in folder.rglob("*")
        if path.is_file()
        for needle in needles
        if needle in path.read_bytes()
    ]


@pytest.mark.parametrize("answer", ["No, thank you.", None])
async def test_p2_nothing_of_a_caller_who_said_no_or_was_never_asked_is_left_anywhere(
    tmp_path: Path,
    voice: Any,
    telephone: Any,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    answer: str | None,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.chdir(tmp_path)
    plugin = EncoderPlugin()
    before = held()  # by exceptions of other tests, say
    # Made anew here, so that no literal of this file is found in memory below.
    phrase = " ".join(reversed(PHRASE.split()))
    async with world(tmp_path / "store", plugin, debug=True) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await speaks(call, f"I need {phrase}, please.", telephone(voice("slt", "enroll")))
            await until(call, lambda: "unknown" in ours.witness.seen)
            before_agent = plugin.encoder.windows
            agents = voice("awb", "enroll")
            await call.play(agents, sample_rate=16_000, encoding="pcm16", speaker="agent")
            await until(call, lambda: plugin.encoder.windows >= before_agent + 4)
            if answer is not None:
                await agent_says(call, "voiceprint")
                await speaks(call, answer)
                await agent_says(call, "not keep")
        assert ours.callers == []
        assert plugin.encoder.embeddings
        vectors = [each.tobytes() for each in plugin.encoder.embeddings]
        plugin.encoder.embeddings.clear()
        assert search(tmp_path, phrase.encode(), NUMBER.encode(), NUMBER[1:].encode(), *vectors) == []
        for secret in (phrase, NUMBER, NUMBER[1:]):
            assert secret not in caplog.text

        # In memory: the call's own record in this test is dropped first, then everything is looked at.
        del call
        # Tasks that were cancelled end in the loop's next rounds, and the engine with its last windows.
        deadline = time.monotonic() + PATIENCE
        while left := {key: name for key, name in held().items() if key not in before}:
            assert time.monotonic() < deadline, left
            await asyncio.sleep(0.05)
        arrays = [thing for thing in gc.get_objects() if type(thing) is np.ndarray]
        assert not any(array.tobytes() == vector for array in arrays for vector in vectors)
        assert not any(phrase in text for text in strings_held())


async def test_p15_no_name_number_or_words_in_the_log_of_a_whole_life_at_debug_level(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with world(tmp_path, debug=True) as ours:
        async with ours.host.call(from_number=NUMBER) as call:
            await enroll(call, telephone(voice("slt", "enroll")), name="Zebedee")
            await speaks(call, f"Please remember the {PHRASE}.")
        async with ours.host.call(from_number=NUMBER) as call:
            await call.play(telephone(voice("slt", "return")))
            await until(call, lambda: bool(call.agent.context))
            await speaks(call, "Forget my voice.")
            await agent_says(call, "deleted")
    for secret in ("Zebedee", "zanzibarbican", NUMBER[1:], "delivered", "Yes, please"):
        assert secret not in caplog.text


async def test_p3_p9_after_a_withdrawal_no_byte_of_the_caller_is_left_on_disk(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    for backend, file in (("sqlite", "voices.db"), ("json", "voices.json")):
        folder = tmp_path / backend
        async with world(folder, storage_backend=backend, storage_path=folder / file) as ours:
            async with ours.host.call(from_number=NUMBER) as call:
                await enroll(call, telephone(voice("slt", "enroll")), name="Zebedee")
            (caller,) = ours.callers
            kept = caller.voiceprints[0].model_dump(mode="json")["embedding"]
            assert search(folder, b"Zebedee")
            async with ours.host.call(from_number=NUMBER) as call:
                await call.play(telephone(voice("slt", "return")))
                await until(call, lambda call=call: bool(call.agent.context))
                await speaks(call, "Forget my voice.")
                await agent_says(call, "deleted")
            assert search(folder, b"Zebedee", kept.encode()[:64], b"Yes, please", NUMBER.encode()) == []


async def test_p17_with_a_key_nothing_personal_is_on_disk_in_the_clear(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    from cryptography.fernet import Fernet

    key = Fernet.generate_key().decode()
    async with world(tmp_path, encryption_key=key) as ours, ours.host.call(from_number=NUMBER) as call:
        await enroll(call, telephone(voice("slt", "enroll")), name="Zebedee")
        (caller,) = ours.callers
        kept = caller.voiceprints[0].model_dump(mode="json")["embedding"]
        assert (
            search(tmp_path, b"Zebedee", kept.encode()[:64], b"Yes, please", NUMBER.encode(), key.encode())
            == []
        )
    async with world(tmp_path, encryption_key=key) as ours, ours.host.call() as call:
        await call.play(telephone(voice("slt", "return")))
        await until(call, lambda: bool(call.agent.context))


async def test_p13_the_question_says_how_long_from_the_live_settings(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, retention_days=90, organization="Acme Bank") as ours, ours.host.call() as call:
        await speaks(call, REQUEST, telephone(voice("slt", "enroll")))
        await agent_says(call, "ninety days")
        await agent_says(call, "May Acme Bank")


def test_the_encoder_is_shared_by_the_process() -> None:
    assert shared_encoder() is shared_encoder()
