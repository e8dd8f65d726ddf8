"""What the voice activity detector takes for speech and is none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.audio import SAMPLE_RATE, VoiceActivityDetector, read_audio
from opusagent_voiceprint.audio.speechlike import MEASURES, SpeechGate, measures, speech_likeness
from opusagent_voiceprint.encoding import ResemblyzerEncoder, SpeechStream

Samples = npt.NDArray[np.float32]
Line = Callable[[Samples], Samples]
Voice = Callable[[str, str], Samples]

SPEC = ResemblyzerEncoder().window
TIME = np.arange(8 * SAMPLE_RATE) / SAMPLE_RATE
RNG_SEED = 7


def tones(*hertz: float) -> npt.NDArray[np.float64]:
    total: npt.NDArray[np.float64] = np.sum([np.sin(2 * np.pi * each * TIME) for each in hertz], axis=0)
    return total


def on_and_off(sound: npt.NDArray[np.float64], on: float, off: float) -> npt.NDArray[np.float64]:
    return sound * (TIME % (on + off) < on)


def noise(power: float) -> npt.NDArray[np.float64]:
    spectrum = np.fft.rfft(np.random.default_rng(RNG_SEED).standard_normal(len(TIME)))
    return np.fft.irfft(spectrum / np.maximum(np.arange(len(spectrum)), 240) ** power, len(TIME))


def keys(on: float, off: float) -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(RNG_SEED)
    dialled = np.zeros(len(TIME))
    for begin in np.arange(0, TIME[-1], on + off):
        low, high = rng.choice([697, 770, 852, 941]), rng.choice([1209, 1336, 1477, 1633])
        dialled += tones(low, high) * ((begin <= TIME) & (begin + on > TIME))
    return dialled


def melody() -> npt.NDArray[np.float64]:
    """Plucked notes of a scale over held chords, as hold music is."""
    rng = np.random.default_rng(RNG_SEED)
    scale = 220 * 2 ** (np.array([0, 2, 4, 5, 7, 9, 11, 12]) / 12)
    tune = np.zeros(len(TIME))
    for begin in np.arange(0, TIME[-1], 0.35):
        hertz, since = rng.choice(scale) * 2, TIME - begin
        tune += np.where(since >= 0, np.exp(-4 * np.maximum(since, 0)), 0) * sum(
            np.sin(2 * np.pi * k * hertz * since) / k for k in range(1, 6)
        )
    chords = np.zeros(len(TIME))
    for begin in np.arange(0, TIME[-1], 1.4):
        root = rng.choice(scale[:5]) / 2
        held = (begin <= TIME) & (begin + 1.4 > TIME)
        chords += held * sum(
            np.sin(2 * np.pi * root * r * k * TIME) / k for r in (1, 1.26, 1.5) for k in (1, 2, 3)
        )
    return tune + 0.4 * chords


SOUNDS: dict[str, npt.NDArray[np.float64]] = {
    "white noise": noise(0.0),
    "pink noise": noise(0.5),
    "noise that comes and goes like syllables": noise(0.0) * (0.55 + 0.45 * np.sin(2 * np.pi * 4 * TIME)),
    "dial tone": tones(350, 440),
    "European dial tone": tones(425),
    "busy tone": on_and_off(tones(480, 620), 0.5, 0.5),
    "ring-back": on_and_off(tones(440, 480), 2.0, 1.0),
    "a hold tone": on_and_off(tones(1000), 0.2, 0.2),
    "a key held down": tones(770, 1336),
    "keys, one after another": keys(0.2, 0.1),
    "keys, dialled fast": keys(0.1, 0.05),
    "fax answer tone": tones(2100) * (1 + 0.2 * np.sin(2 * np.pi * 15 * TIME)),
    "hum": sum((np.sin(2 * np.pi * 50 * k * TIME) / k for k in range(1, 20)), np.zeros(len(TIME))),
    "a chord": tones(262, 330, 392, 524, 660),
    "hold music": melody(),
}


def windows_of(samples: Samples) -> list[Samples]:
    """The windows of what the voice activity detector takes for speech."""
    vad = VoiceActivityDetector()
    spoken = [frame for frame, speech in [*vad.push(samples), *vad.flush()] if speech]
    net = np.concatenate([np.zeros(SPEC.lead, np.float32), *spoken])
    return [net[at : at + SPEC.length] for at in range(0, len(net) - SPEC.length + 1, SPEC.hop)]


def admitted(samples: Samples) -> list[bool]:
    gate = SpeechGate()
    return [gate.admits(window) for window in windows_of(samples)]


def loud(sound: npt.NDArray[np.float64]) -> Samples:
    samples: Samples = (0.3 * sound / np.abs(sound).max()).astype(np.float32)
    return samples


@pytest.mark.parametrize("name", SOUNDS)
@pytest.mark.parametrize("over", ["wide", "telephone"])
def test_what_is_no_speech_is_refused_window_by_window(name: str, over: str, telephone: Line) -> None:
    sound = loud(SOUNDS[name])
    found = admitted(sound if over == "wide" else read_audio(telephone(sound), 8_000))
    assert found == [False] * len(found)


@pytest.mark.parametrize("name", SOUNDS)
def test_a_stream_of_what_is_no_speech_has_no_windows_and_no_net_speech(name: str, telephone: Line) -> None:
    stream = SpeechStream(SPEC)
    assert [*stream.push(read_audio(telephone(loud(SOUNDS[name])), 8_000)), *stream.finish()] == []
    assert stream.net_speech_seconds < 0.1
    assert stream.quality.score < 0.1


def test_speech_after_a_dial_tone_is_net_speech_and_the_tone_is_not(voice: Voice) -> None:
    speech = voice("slt", "enroll")[: 8 * SAMPLE_RATE]
    alone, after = SpeechStream(SPEC), SpeechStream(SPEC)
    alone.push(speech)
    windows = after.push(np.concatenate([loud(SOUNDS["dial tone"]), speech]))
    # A window may hold some of both, and the first ones of speech are judged together with the tone.
    assert alone.net_speech_seconds - 3.2 < after.net_speech_seconds < alone.net_speech_seconds + 0.8
    assert windows[-1].net_speech_seconds <= after.net_speech_seconds
    assert windows[-1].heard.since(windows[0].before).net_speech_seconds > 2.0


@pytest.mark.parametrize(
    "name", ["white noise", "dial tone", "keys, one after another", "a chord", "hold music"]
)
def test_the_voice_activity_detector_alone_takes_it_for_speech(name: str) -> None:
    assert len(windows_of(loud(SOUNDS[name]))) >= 2


@pytest.mark.parametrize("over", ["wide", "telephone", "noisy telephone"])
def test_voices_pass(over: str, voice: Voice, voice_names: list[str], telephone: Line) -> None:
    passed: list[bool] = []
    for name in voice_names:
        samples = voice(name, "enroll")[: 10 * SAMPLE_RATE]
        if over != "wide":
            samples = read_audio(telephone(samples), 8_000)
        if over == "noisy telephone":
            hiss = np.random.default_rng(0).standard_normal(len(samples)) * samples.std() * 10 ** (-15 / 20)
            samples = (samples + hiss).astype(np.float32)
        found = admitted(samples)
        assert sum(found) >= 0.6 * len(found) > 0, name
        passed += found
    assert np.mean(passed) >= 0.97


def test_loudness_does_not_matter(voice: Voice) -> None:
    window = windows_of(voice("slt", "enroll"))[2]
    likeness = [float(speech_likeness((window * gain)[None])[0]) for gain in (0.01, 0.3, 1.0, 3.0)]
    np.testing.assert_allclose(likeness, likeness[0], atol=0.02)


def test_several_windows_give_what_each_gives(voice: Voice) -> None:
    windows = np.stack([*windows_of(voice("rms", "enroll"))[:3], windows_of(loud(SOUNDS["a chord"]))[0]])
    together = speech_likeness(windows)
    assert together.shape == (4,)
    assert together.dtype == np.float32
    np.testing.assert_allclose(together, [speech_likeness(each[None])[0] for each in windows], atol=1e-3)
    assert measures(windows).shape == (4, len(MEASURES))


def test_the_likeness_stays_in_its_range_whatever_comes() -> None:
    click = np.zeros(SPEC.length, np.float32)
    click[1000] = 1.0
    full = np.sign(np.random.default_rng(0).standard_normal(SPEC.length)).astype(np.float32)
    likeness = speech_likeness(np.stack([np.zeros(SPEC.length, np.float32), click, full, full * 1e-9]))
    assert np.isfinite(likeness).all()
    assert (np.abs(likeness) <= 6.0).all()
    assert (likeness < 0.0).all()


def test_one_odd_window_between_good_ones_does_not_stop_a_voice(voice: Voice) -> None:
    good = windows_of(voice("slt", "enroll"))[:4]
    odd = windows_of(loud(SOUNDS["keys, one after another"]))[0]
    gate = SpeechGate()
    assert [gate.admits(window) for window in good] == [True] * 4
    gate.admits(odd)
    assert [gate.admits(window) for window in good] == [True] * 4


def test_after_hold_music_a_voice_passes_within_three_windows(voice: Voice) -> None:
    gate = SpeechGate()
    for window in windows_of(loud(SOUNDS["hold music"])):
        assert not gate.admits(window)
    found = [gate.admits(window) for window in windows_of(voice("slt", "enroll"))[:6]]
    assert found[2:] == [True] * 4
