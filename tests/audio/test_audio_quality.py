"""How good speech is, and which band it fills."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.audio import SAMPLE_RATE, QualityMeter, read_audio
from opusagent_voiceprint.audio.band import BandDetector
from opusagent_voiceprint.encoding import SpeakerEncoder, SpeechStream

Samples = npt.NDArray[np.float32]
Line = Callable[[Samples], Samples]
Voice = Callable[[str, str], Samples]


def noise(seconds: float, level: float, seed: int = 0) -> Samples:
    values = np.random.default_rng(seed).uniform(-1, 1, int(seconds * SAMPLE_RATE))
    return (values * level).astype(np.float32)


def metered(
    *, speech_seconds: float, pause_seconds: float = 2.0, noise_level: float = 0.001, clipped: float = 0.0
) -> QualityMeter:
    meter = QualityMeter(SAMPLE_RATE)
    speech = noise(speech_seconds, 0.5, seed=1)
    speech[: int(clipped * len(speech))] = 1.0
    meter.add(speech, speech=True)
    meter.add(noise(pause_seconds, noise_level), speech=False)
    return meter


def test_without_speech_the_quality_is_zero() -> None:
    meter = QualityMeter(SAMPLE_RATE)
    assert (meter.score, meter.net_speech_seconds, meter.snr_db, meter.clipped_fraction) == (
        0.0,
        0.0,
        0.0,
        0.0,
    )
    meter.add(noise(5.0, 0.1), speech=False)
    assert (meter.score, meter.net_speech_seconds) == (0.0, 0.0)


def test_only_speech_counts_as_net_speech() -> None:
    assert metered(speech_seconds=3.0, pause_seconds=7.0).net_speech_seconds == pytest.approx(3.0)


def test_more_speech_is_better() -> None:
    scores = [metered(speech_seconds=seconds, noise_level=0.1).score for seconds in (0.5, 1, 2, 4, 8, 16)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] - 0.1


def test_less_noise_is_better() -> None:
    meters = [metered(speech_seconds=4.0, noise_level=level) for level in (0.4, 0.2, 0.1, 0.03, 0.01)]
    scores = [meter.score for meter in meters]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] - 0.1


def test_less_clipping_is_better() -> None:
    meters = [metered(speech_seconds=4.0, clipped=part) for part in (0.5, 0.1, 0.01, 0.001, 0.0)]
    scores = [meter.score for meter in meters]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] - 0.1


def test_the_quality_is_a_probability() -> None:
    worst = metered(speech_seconds=0.03, noise_level=0.9, clipped=1.0)
    best = metered(speech_seconds=600.0, noise_level=0.0)
    assert 0.0 < worst.score < 0.1
    assert 0.9 < best.score < 1.0


@pytest.mark.parametrize("ratio_db", [5.0, 10.0, 20.0, 30.0])
def test_the_signal_to_noise_ratio_is_that_of_speech_over_pauses(ratio_db: float) -> None:
    # What is heard as speech is speech and noise together.
    meter = QualityMeter(SAMPLE_RATE)
    level = 0.3 * 10 ** (-ratio_db / 20)
    meter.add(noise(4.0, 0.3, seed=1) + noise(4.0, level, seed=2), speech=True)
    meter.add(noise(2.0, level, seed=3), speech=False)
    assert meter.snr_db == pytest.approx(ratio_db, abs=0.5)


def test_the_signal_to_noise_ratio_ends_at_40_db() -> None:
    assert metered(speech_seconds=4.0, noise_level=0.0).snr_db == 40.0


def test_too_short_pauses_say_nothing_about_the_noise() -> None:
    assert metered(speech_seconds=4.0, pause_seconds=0.2, noise_level=0.4).snr_db == 40.0
    assert metered(speech_seconds=4.0, pause_seconds=0.4, noise_level=0.4).snr_db < 10.0


def test_clipping_counts_in_speech_only() -> None:
    meter = QualityMeter(SAMPLE_RATE)
    meter.add(np.array([1.0, -1.0, 0.5, 0.0], np.float32), speech=True)
    meter.add(np.ones(100, np.float32), speech=False)
    assert meter.clipped_fraction == 0.5


def test_a_clean_voice_has_a_quality_that_can_be_enrolled(voice: Voice, encoder: SpeakerEncoder) -> None:
    stream = SpeechStream(encoder.window)
    stream.push(voice("slt", "enroll"))
    stream.finish()
    assert stream.quality.score > 0.6


def test_noise_under_a_voice_lowers_its_quality(voice: Voice, encoder: SpeakerEncoder) -> None:
    clean, noisy = SpeechStream(encoder.window), SpeechStream(encoder.window)
    samples = np.concatenate([np.zeros(SAMPLE_RATE, np.float32), voice("slt", "enroll")])
    clean.push(samples)
    noisy.push(samples + noise(len(samples) / SAMPLE_RATE + 1, 0.05)[: len(samples)])
    assert noisy.quality.score < clean.quality.score


def channel_of(samples: Samples, encoder: SpeakerEncoder) -> str:
    stream = SpeechStream(encoder.window)
    stream.push(samples)
    stream.finish()
    return stream.band.channel


def test_speech_at_16_khz_is_wide_and_telephone_speech_is_narrow_whatever_its_rate_now(
    voice: Voice, voice_names: list[str], telephone: Line, encoder: SpeakerEncoder
) -> None:
    assert len(voice_names) == 20
    for name in voice_names:
        samples = voice(name, "return")[: 6 * SAMPLE_RATE]
        assert channel_of(samples, encoder) == "wide", name
        assert channel_of(read_audio(telephone(samples), 8_000), encoder) == "narrow", name


def test_a_loud_or_quiet_line_keeps_its_band(voice: Voice, telephone: Line, encoder: SpeakerEncoder) -> None:
    for gain in (0.05, 1.5):
        samples = (voice("rms", "return") * gain).astype(np.float32)
        assert channel_of(samples, encoder) == "wide"
        assert channel_of(read_audio(telephone(samples), 8_000), encoder) == "narrow"


def test_one_wide_window_makes_the_line_wide(voice: Voice, telephone: Line) -> None:
    band = BandDetector()
    assert band.channel == "narrow"
    band.add(read_audio(telephone(voice("slt", "return")), 8_000)[: 2 * SAMPLE_RATE])
    assert band.channel == "narrow"
    band.add(voice("slt", "return")[: 2 * SAMPLE_RATE])
    assert band.channel == "wide"
    band.add(np.zeros(2 * SAMPLE_RATE, np.float32))
    assert band.channel == "wide"
    assert band.high_band_db > -43.0
