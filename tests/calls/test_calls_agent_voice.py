"""The agent's own voice, come back from the caller's side, is nobody's: never named, never enrolled."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from worlds import REQUEST, World, agent_says, enroll, speaks, until, world

from opusagent_hooks import AudioChunk, codecs
from opusagent_hooks.testing import SimulatedCall
from opusagent_voiceprint.calls.agent_voice import _AT_ONCE, _MOST_WAITING, AgentEars, AgentListener
from opusagent_voiceprint.calls.session import CallSession
from opusagent_voiceprint.calls.tracker import VoiceTracker
from opusagent_voiceprint.encoding import SpeakerEncoder, WindowEmbedding, WindowSource
from opusagent_voiceprint.encoding.backlog import LAZY
from opusagent_voiceprint.matching import AgentVoice
from opusagent_voiceprint.models import Embedding

AGENT = "slt"
CALLER = "rms"


def tracker_of(call: SimulatedCall) -> VoiceTracker:
    session = call.call.userdata["voiceprint.session"]
    assert isinstance(session, CallSession)
    tracker = session._parts.listening.tracker
    assert tracker is not None
    return tracker


async def all_is_embedded(ours: World) -> None:
    """Wait until nothing more comes out of the engine."""
    models, seen = ours.service.models, -1
    assert models is not None
    while seen != models.default.engine.embedded_windows:
        seen = models.default.engine.embedded_windows
        await asyncio.sleep(LAZY + 0.2)


async def agent_speaks(ours: World, call: SimulatedCall, samples: Any, *, line: int = 8_000) -> None:
    """The service sends speech, as much faster than it is played as it likes; the line is open meanwhile."""
    await call.silence(0.1, sample_rate=line, encoding="mulaw" if line == 8_000 else "pcm16")
    await call.play(samples, sample_rate=16_000, encoding="pcm16", speaker="agent")
    await all_is_embedded(ours)


def echo(voice: Any, telephone: Any, take: str = "return") -> Any:
    """The agent out of a loudspeaker, as the caller's microphone hears it."""
    return telephone(voice(AGENT, take) * np.float32(0.2))


async def test_the_agents_voice_is_not_named_even_if_somebody_enrolled_has_it(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice(AGENT, "enroll")))
        async with ours.host.call() as call:
            await agent_speaks(ours, call, voice(AGENT, "enroll"))
            await call.play(echo(voice, telephone))
            await all_is_embedded(ours)
            sample = tracker_of(call).sample()
            assert sample is not None
            assert sample.of_agent
            assert sample.net_speech_seconds > 6.0
            assert "voiceprint" not in call.session.metadata
            assert call.session.caller_id is None
        # The same audio names the caller where the host does not give the agent's.
        async with ours.host.call() as call:
            await call.play(echo(voice, telephone))
            await until(call, lambda: call.session.caller_id is not None)


async def test_on_a_wide_line_the_agent_is_known_by_its_whole_band(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice(AGENT, "enroll")))
        async with ours.host.call() as call:
            await agent_speaks(ours, call, voice(AGENT, "enroll"), line=16_000)
            heard = voice(AGENT, "return") * np.float32(0.2)
            await call.play(heard, sample_rate=16_000, encoding="pcm16")
            await all_is_embedded(ours)
            sample = tracker_of(call).sample()
            assert sample is not None
            assert sample.probe.channel == "wide"
            assert sample.of_agent
            assert call.session.caller_id is None


@pytest.mark.parametrize("echoed", [2.5, 8.0])
async def test_a_caller_who_speaks_after_an_echo_is_recognised_as_ever(
    tmp_path: Path, voice: Any, telephone: Any, echoed: float
) -> None:
    async with world(tmp_path) as ours:
        for name in (AGENT, CALLER):
            async with ours.host.call() as call:
                await enroll(
                    call, telephone(voice(name, "enroll")), name="Grace" if name == CALLER else "Ada"
                )
        (caller,) = (each for each in ours.callers if each.name == "Grace")
        async with ours.host.call() as call:
            await agent_speaks(ours, call, voice(AGENT, "enroll"))
            await call.play(echo(voice, telephone)[: int(8000 * echoed)])
            await call.play(telephone(voice(CALLER, "return")))
            await until(call, lambda: call.session.caller_id is not None)
            assert call.session.caller_id == caller.caller_id
            await all_is_embedded(ours)
            assert call.session.caller_id == caller.caller_id


async def test_the_agent_in_between_neither_changes_the_voice_nor_counts_for_it(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice(CALLER, "enroll")))
        async with ours.host.call() as call:
            await agent_speaks(ours, call, voice(AGENT, "enroll"))
            await call.play(telephone(voice(CALLER, "return")))
            await until(call, lambda: call.session.caller_id is not None)
            await all_is_embedded(ours)
            before = tracker_of(call).sample()
            for _ in range(2):
                await call.play(echo(voice, telephone))
            await all_is_embedded(ours)
            after = tracker_of(call).sample()
            assert before is not None
            assert after is not None
            assert tracker_of(call).voice == 0
            assert call.session.caller_id is not None
            # The windows with both in them, and the first with the agent alone.
            assert after.net_speech_seconds - before.net_speech_seconds < 3.0
            assert len(after.embeddings) - len(before.embeddings) <= 3
            assert tracker_of(call).net_speech_seconds > before.net_speech_seconds + 12.0


async def test_p21_after_a_yes_the_agents_voice_is_refused_and_it_is_said_why(
    tmp_path: Path, voice: Any, telephone: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with world(tmp_path, identify_scope="on_request") as ours:
        async with ours.host.call() as call:
            await speaks(call, REQUEST)
            await agent_says(call, "voiceprint")
            await speaks(call, "Yes, please.")
            await agent_says(call, "What name")
            await agent_speaks(ours, call, voice(AGENT, "enroll"))
            await call.play(echo(voice, telephone))
            await all_is_embedded(ours)
            await speaks(call, "My name is Ada.")
            await agent_says(call, "mostly my own voice")
            await until(call, lambda: not call.agent.floor_is_taken)
        assert ours.callers == []
    assert "no voiceprint is made: agents voice" in caplog.text


async def test_an_agent_that_comes_back_while_the_caller_is_awaited_does_not_end_the_enrollment(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path, identify_scope="on_request") as ours:
        async with ours.host.call() as call:
            await speaks(call, REQUEST)
            await agent_says(call, "voiceprint")
            await speaks(call, "Yes, please.")
            await agent_says(call, "What name")
            await speaks(call, "My name is Ada.")
            await agent_says(call, "in a sentence or two")
            await agent_speaks(ours, call, voice(AGENT, "enroll"))
            await call.play(echo(voice, telephone))
            await all_is_embedded(ours)
            assert ours.callers == []
            await speaks(call, "It is about a lamp.", telephone(voice(CALLER, "enroll")))
            await agent_says(call, "notes")
        assert [each.name for each in ours.callers] == ["Ada"]
    async with world(tmp_path) as ours, ours.host.call() as call:
        await call.play(telephone(voice(CALLER, "return")))
        await until(call, lambda: call.session.caller_id is not None)


async def test_p21_a_caller_who_speaks_after_an_echo_is_enrolled_with_a_voice_of_their_own(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await agent_speaks(ours, call, voice(AGENT, "enroll"))
            await call.play(echo(voice, telephone))
            await all_is_embedded(ours)
            await enroll(call, telephone(voice(CALLER, "enroll")))
        (caller,) = ours.callers
        (voiceprint,) = caller.voiceprints
        async with ours.host.call() as call:
            await call.play(telephone(voice(CALLER, "return")))
            await until(call, lambda: call.session.caller_id == caller.caller_id)
        async with ours.host.call() as call:
            await call.play(telephone(voice(AGENT, "return")))
            await until(call, lambda: "voiceprint" in call.session.metadata)
            assert call.session.caller_id is None
    assert 5.0 < voiceprint.net_speech_seconds < len(voice(CALLER, "enroll")) / 16_000


async def test_p21_the_agents_voice_adds_no_voiceprint_to_a_caller(
    tmp_path: Path, voice: Any, telephone: Any
) -> None:
    async with world(tmp_path) as ours:
        async with ours.host.call() as call:
            await enroll(call, telephone(voice(AGENT, "enroll")))
        ours.clock.forward(days=1)
        async with ours.host.call() as call:
            # Named before the agent is known: the name is taken back as soon as it is.
            await call.play(telephone(voice(AGENT, "return")))
            await until(call, lambda: call.session.caller_id is not None)
            await agent_speaks(ours, call, voice(AGENT, "enroll"))
            await call.play(echo(voice, telephone))
            await until(call, lambda: call.session.caller_id is None)
            await all_is_embedded(ours)
        assert len(ours.callers[0].voiceprints) == 1


@pytest.mark.parametrize("scope", ["known_numbers", "on_request"])
async def test_p1_outside_the_scope_nothing_of_the_agent_is_embedded(
    tmp_path: Path, voice: Any, scope: str
) -> None:
    async with world(tmp_path, identify_scope=scope) as ours, ours.host.call() as call:
        await agent_speaks(ours, call, voice(AGENT, "enroll"))
        models = ours.service.models
        assert models is not None
        assert models.default.engine.embedded_windows == 0


# The ears by themselves


def pieces(samples: Any, rate: int, seconds: float = 0.2) -> list[AudioChunk]:
    data, step = codecs.encode(samples, "pcm16"), 2 * round(rate * seconds)
    return [AudioChunk(data[at : at + step], "pcm16", rate, "agent") for at in range(0, len(data), step)]


def a_listener(
    encoder: SpeakerEncoder, announced: list[WindowSource], *, telephone: bool = True
) -> AgentListener:
    voice = AgentVoice(encoder.encoder_id)
    listener = AgentListener(encoder.window, voice, announced.append, telephone=telephone)
    listener.begin()
    return listener


def serve(listener: AgentListener, encoder: SpeakerEncoder, announced: list[WindowSource]) -> Embedding:
    """Do the engine's part until there is no more to do."""
    found = []
    while announced:
        announced.clear()
        windows = listener.take_windows()
        assert len(windows) <= _AT_ONCE + 1
        if windows:
            embeddings = encoder.embed(np.stack([each.samples for each in windows]))
            listener.embedded(windows, [WindowEmbedding(each, None) for each in embeddings])
            found.append(embeddings)
    return np.concatenate(found) if found else np.zeros((0, encoder.dimension), np.float32)


def test_what_waits_of_the_agent_is_bounded(encoder: SpeakerEncoder, voice: Any) -> None:
    announced: list[WindowSource] = []
    listener = a_listener(encoder, announced)
    for chunk in pieces(np.tile(voice(AGENT, "enroll"), 60), 16_000):
        listener.hear(chunk)
    assert _MOST_WAITING - 0.3 < listener.waiting <= _MOST_WAITING
    assert announced == [listener]


def test_once_the_agent_is_known_well_enough_nothing_more_is_taken(
    encoder: SpeakerEncoder, voice: Any
) -> None:
    announced: list[WindowSource] = []
    listener = a_listener(encoder, announced)
    embedded = 0
    for chunk in pieces(np.tile(voice(AGENT, "enroll"), 10), 16_000):
        listener.hear(chunk)
        embedded += len(serve(listener, encoder, announced))
    assert listener.voice.full
    assert 16 <= embedded <= 16 + _AT_ONCE
    assert listener.waiting < 1.0
    before = listener.waiting
    listener.hear(pieces(voice(AGENT, "return"), 16_000)[0])
    assert (listener.waiting, announced) == (before, [])


def test_windows_that_the_engine_left_out_do_not_stop_the_next(
    encoder: SpeakerEncoder, voice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[WindowSource] = []
    listener = a_listener(encoder, announced)
    chunks = pieces(voice(AGENT, "enroll"), 16_000)
    now = 100.0
    monkeypatch.setattr("opusagent_voiceprint.calls.agent_voice.time.monotonic", lambda: now)
    for chunk in chunks[:-1]:
        listener.hear(chunk)
    assert len(listener.take_windows()) == _AT_ONCE  # and never come back
    announced.clear()
    listener.hear(chunks[-1])
    assert announced == []
    now += 4.0
    listener.hear(chunks[-1])
    assert announced == [listener]


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_over_a_telephone_line_the_agent_sounds_as_its_echo_does(
    encoder: SpeakerEncoder, voice: Any, telephone: Any, rate: int
) -> None:
    from opusagent_voiceprint.audio import resample
    from opusagent_voiceprint.encoding import SpeechStream

    announced: list[WindowSource] = []
    narrow, wide = a_listener(encoder, announced), a_listener(encoder, announced, telephone=False)
    heard = {}
    for listener in (narrow, wide):
        for chunk in pieces(resample(voice(AGENT, "enroll"), 16_000, rate), rate):
            listener.hear(chunk)
        heard[listener] = serve(listener, encoder, announced)
        assert listener.voice.known
    windows = SpeechStream(encoder.window).push(resample(echo(voice, telephone), 8_000, 16_000))
    came_back = encoder.embed(np.stack([each.samples for each in windows]))
    assert narrow.voice.is_in(came_back, "narrow")
    cosines = {
        listener: float(mean @ came_back.mean(axis=0) / np.linalg.norm(mean))
        for listener, mean in ((each, found.mean(axis=0)) for each, found in heard.items())
    }
    assert cosines[narrow] > cosines[wide]


def test_before_the_line_is_known_nothing_is_embedded_and_on_a_telephone_one_band_is(
    encoder: SpeakerEncoder, voice: Any
) -> None:
    announced: list[WindowSource] = []
    ears = AgentEars(encoder.encoder_id, encoder.window, announced.append)
    for chunk in pieces(voice(AGENT, "enroll"), 16_000):
        ears.hear(chunk)
    assert announced == []
    ears.note_line(8_000)
    assert announced == [ears._narrow]
    assert ears._wide.waiting == 0.0 or ears._wide.closed


def test_on_a_line_that_may_be_wide_both_bands_are_until_it_shows(
    encoder: SpeakerEncoder, voice: Any
) -> None:
    announced: list[WindowSource] = []
    ears = AgentEars(encoder.encoder_id, encoder.window, announced.append)
    ears.note_line(16_000)
    for chunk in pieces(voice(AGENT, "enroll"), 16_000):
        ears.hear(chunk)
    assert announced == [ears._narrow, ears._wide]
    windows = np.zeros((2, encoder.dimension), np.float32)
    assert not ears.is_in(windows, "narrow")
    assert not ears._narrow.closed
    assert not ears.is_in(windows, "wide")
    assert ears._narrow.closed


def test_after_its_end_nothing_of_the_agent_is_taken_in_or_kept(encoder: SpeakerEncoder, voice: Any) -> None:
    announced: list[WindowSource] = []
    listener = a_listener(encoder, announced)
    for chunk in pieces(voice(AGENT, "enroll"), 16_000):
        listener.hear(chunk)
    windows = listener.take_windows()
    assert len(windows) == _AT_ONCE
    announced.clear()
    listener.close()
    assert announced == [listener], "the engine is told, so that it drops what it has"
    listener.close()
    embeddings = encoder.embed(np.stack([each.samples for each in windows]))
    listener.embedded(windows, [WindowEmbedding(each, None) for each in embeddings])
    listener.hear(pieces(voice(AGENT, "return"), 16_000)[0])
    assert not listener.voice.known
    assert listener.take_windows() == []
    assert announced == [listener]
