"""Voices told apart on one line."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.audio import SAMPLE_RATE, read_audio
from opusagent_voiceprint.encoding import ResemblyzerEncoder, SpeakerEncoder, SpeechStream, TelephoneEncoder
from opusagent_voiceprint.matching import mean_embedding, one_voice
from opusagent_voiceprint.matching.voices import AgentVoice, VoiceWatch

Samples = npt.NDArray[np.float32]
Embeddings = npt.NDArray[np.float32]
Voice = Callable[[str, str], Samples]
Line = Callable[[Samples], Samples]

TELEPHONE = "telephone1-0123456789abcdef-win27"
UNKNOWN = "onnx-0123456789abcdef-win27"


@pytest.fixture(scope="module", params=["telephone", "resemblyzer"])
def network(request: pytest.FixtureRequest) -> SpeakerEncoder:
    return TelephoneEncoder() if request.param == "telephone" else ResemblyzerEncoder()


def windows_of(samples: Samples, encoder: SpeakerEncoder) -> Embeddings:
    stream = SpeechStream(encoder.window)
    windows = stream.push(samples)
    embeddings: Embeddings = encoder.embed(np.stack([window.samples for window in windows]))
    return embeddings


def over(telephone: Line, *parts: Samples) -> Samples:
    return read_audio(telephone(np.concatenate(parts)), 8_000)


def seconds(samples: Samples, start: float, end: float) -> Samples:
    return samples[int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)]


def near(direction: int, count: int, spread: float, seed: int = 0) -> Embeddings:
    """Embeddings around one axis."""
    rows = np.random.default_rng(seed).normal(size=(count, 64)) * spread / 8
    rows[:, direction] += 1.0
    unit: Embeddings = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return unit


def test_p21_every_test_voice_is_one_voice_wide_and_on_the_telephone(
    voice: Voice, voice_names: list[str], telephone: Line, network: SpeakerEncoder
) -> None:
    for name in voice_names[::4]:
        wide = windows_of(seconds(voice(name, "enroll"), 0, 8), network)
        assert one_voice(wide, network.encoder_id), name
        assert one_voice(windows_of(over(telephone, voice(name, "return")), network), network.encoder_id), (
            name
        )


@pytest.mark.parametrize(("one", "other"), [("slt", "rms"), ("kal16", "rms"), ("marco", "travis")])
def test_p21_two_people_one_after_the_other_are_not_one_voice(
    one: str, other: str, voice: Voice, telephone: Line, network: SpeakerEncoder
) -> None:
    first, second = seconds(voice(one, "enroll"), 0, 6), seconds(voice(other, "enroll"), 0, 6)
    wide = windows_of(np.concatenate([first, second]), network)
    assert not one_voice(wide, network.encoder_id)
    assert not one_voice(windows_of(over(telephone, first, second), network), network.encoder_id)


@pytest.mark.parametrize(("one", "other"), [("slt", "rms"), ("marco", "travis")])
def test_p21_a_second_voice_between_two_parts_of_the_first_is_heard(
    one: str, other: str, voice: Voice, telephone: Line, network: SpeakerEncoder
) -> None:
    mine, theirs = voice(one, "enroll"), voice(other, "enroll")
    both = over(telephone, seconds(mine, 0, 5), seconds(theirs, 0, 4), seconds(mine, 5, 10))
    assert not one_voice(windows_of(both, network), network.encoder_id)


def test_noise_makes_windows_differ_and_needs_more_to_be_two_voices() -> None:
    apart = np.concatenate([near(0, 5, 0.05), near(0, 5, 0.05)])
    apart[5:] = mean_embedding(near(0, 5, 0.05)) * 0.79 + near(1, 5, 0.05) * np.sqrt(1 - 0.79**2)
    apart /= np.linalg.norm(apart, axis=1, keepdims=True)
    assert not one_voice(apart, TELEPHONE, 40.0)
    assert one_voice(apart, TELEPHONE, 10.0)


def test_a_long_recording_of_one_voice_is_one_voice(
    voice: Voice, telephone: Line, network: SpeakerEncoder
) -> None:
    whole = over(telephone, *[voice("slt", take) for take in ("enroll", "return")] * 3)
    windows = windows_of(whole, network)
    assert len(windows) > 40
    assert one_voice(windows, network.encoder_id)


def test_too_few_windows_say_nothing_about_a_second_voice() -> None:
    for count in range(4):
        assert one_voice(np.eye(64, dtype=np.float32)[:count], TELEPHONE)
    assert not one_voice(np.eye(64, dtype=np.float32)[:4], TELEPHONE)


@pytest.mark.parametrize("spread", [0.2, 0.5, 0.9])
def test_with_an_unknown_encoder_voices_are_told_apart_by_how_far_their_own_windows_lie(
    spread: float,
) -> None:
    one, other = near(0, 8, spread, seed=1), near(1, 8, spread, seed=2)
    assert one_voice(one, UNKNOWN)
    assert not one_voice(np.concatenate([one, other]), UNKNOWN)
    watch = VoiceWatch(UNKNOWN)
    assert not any(watch.add(window) for window in one)
    assert any(watch.add(window) for window in other[:5])


def noticed(watch: VoiceWatch, windows: Embeddings) -> int | None:
    """After how many windows another voice is noticed."""
    for count, window in enumerate(windows, start=1):
        if watch.add(window):
            return count
    return None


@pytest.mark.parametrize(
    ("one", "other"), [("slt", "rms"), ("rms", "slt"), ("marco", "travis"), ("awb", "slt")]
)
def test_p21_another_person_is_noticed_within_five_seconds_of_net_speech(
    one: str, other: str, voice: Voice, telephone: Line, network: SpeakerEncoder
) -> None:
    watch = VoiceWatch(network.encoder_id)
    assert noticed(watch, windows_of(over(telephone, seconds(voice(one, "enroll"), 0, 8)), network)) is None
    found = noticed(watch, windows_of(over(telephone, voice(other, "return")), network))
    # The n-th window ends 1.6 + 0.77 (n - 1) s into the new voice.
    assert found is not None
    assert 1.6 + 0.77 * (found - 1) <= 5.0
    assert VoiceWatch.recent <= found


def test_p21_one_person_raises_no_alarm(
    voice: Voice, voice_names: list[str], telephone: Line, network: SpeakerEncoder
) -> None:
    for name in voice_names[::3]:
        watch = VoiceWatch(network.encoder_id)
        for take in ("enroll", "return"):
            assert noticed(watch, windows_of(over(telephone, voice(name, take)), network)) is None, name


def test_after_a_change_the_new_voice_is_the_one_that_is_watched(
    voice: Voice, telephone: Line, network: SpeakerEncoder
) -> None:
    watch = VoiceWatch(network.encoder_id)
    assert noticed(watch, windows_of(over(telephone, voice("slt", "enroll")), network)) is None
    second = windows_of(over(telephone, voice("rms", "enroll")), network)
    changed = noticed(watch, second)
    assert changed is not None
    assert noticed(watch, second[changed:]) is None
    assert noticed(watch, windows_of(over(telephone, voice("slt", "return")), network)) is not None


def test_a_voice_of_which_little_was_heard_is_not_judged() -> None:
    watch = VoiceWatch(TELEPHONE)
    windows = np.eye(64, dtype=np.float32)
    # Three windows before, three recent, strange twice in a row: the seventh is the first that can tell.
    assert [watch.add(window) for window in windows[:7]] == [False] * 6 + [True]


def test_one_strange_moment_is_not_another_voice() -> None:
    mine, theirs = near(0, 30, 0.2), near(1, 1, 0.2)
    watch = VoiceWatch(TELEPHONE)
    assert noticed(watch, np.concatenate([mine[:10], theirs, mine[10:20], theirs, mine[20:]])) is None


@pytest.mark.parametrize("agent", ["slt", "rms"])
def test_the_echo_of_the_agent_is_known_and_callers_are_not_taken_for_it(
    agent: str, voice: Voice, voice_names: list[str], telephone: Line
) -> None:
    network = TelephoneEncoder()
    known = AgentVoice(network.encoder_id)
    for window in windows_of(over(telephone, seconds(voice(agent, "enroll"), 0, 8)), network):
        known.add(window)
    assert known.known
    echo = over(telephone, voice(agent, "return") * 0.1)
    assert known.is_in(windows_of(echo, network), "narrow")
    for name in voice_names:
        if name != agent:
            caller = windows_of(over(telephone, seconds(voice(name, "enroll"), 0, 6)), network)
            assert not known.is_in(caller, "narrow"), name


def test_an_agent_of_which_too_little_was_heard_is_not_known() -> None:
    windows = near(0, 8, 0.1)
    agent = AgentVoice(TELEPHONE)
    for window in windows[:3]:
        agent.add(window)
    assert not agent.known
    assert not agent.is_in(windows, "narrow")
    agent.add(windows[3])
    assert agent.known
    assert agent.is_in(windows, "narrow")
    assert not agent.is_in(windows[:0], "narrow")
    assert not agent.full


def test_an_agent_is_listened_to_for_a_while_only() -> None:
    agent = AgentVoice(TELEPHONE)
    for window in near(0, 16, 0.1):
        agent.add(window)
    assert agent.full
    for window in near(1, 100, 0.1):
        agent.add(window)
    assert agent.is_in(near(0, 4, 0.1), "narrow")


def test_with_an_unknown_encoder_nobody_is_taken_for_the_agent() -> None:
    agent = AgentVoice(UNKNOWN)
    for window in near(0, 8, 0.1):
        agent.add(window)
    assert not agent.is_in(near(0, 8, 0.1), "narrow")


def test_the_mean_of_embeddings_has_length_one() -> None:
    mean = mean_embedding(np.array([[1, 0], [0, 1], [0, 1]], np.float32))
    np.testing.assert_allclose(mean, np.array([1, 2]) / np.sqrt(5), atol=1e-6)
    assert mean_embedding(np.zeros((2, 3), np.float32)).tolist() == [0, 0, 0]
