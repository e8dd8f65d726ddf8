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
    *, seconds: float, noise_level: float = 0.0005, ceiling: float = 1.0, pause_seconds: float = 2.0
) -> QualityMeter:
    """Frames whose level goes up and down as syllables do, noise in all of them, cut off at a ceiling."""
    meter = QualityMeter(SAMPLE_RATE)
    size = 480
    count = round(seconds * SAMPLE_RATE / size)
    carrier = np.random.default_rng(1).laplace(size=(count, size))
    syllables = 0.15 * 10 ** (-(1 - np.cos(np.arange(count) * 0.8)))
    hiss = noise(seconds + 1.0, noise_level, seed=2)[: count * size].reshape(count, size)
    for frame in np.clip(carrier * syllables[:, None] + hiss, -ceiling, ceiling).astype(np.float32):
        meter.add(frame, speech=True)
    meter.add(noise(pause_seconds, noise_level, seed=3), speech=False)
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
    assert metered(seconds=3.0, pause_seconds=7.0).net_speech_seconds == pytest.approx(3.0)


def test_more_speech_is_better() -> None:
    scores = [metered(seconds=seconds).score for seconds in (0.6, 0.9, 2.1, 4.2, 8.1, 16.2)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] - 0.1


def test_less_noise_is_better_though_it_fills_the_pauses() -> None:
    scores = []
    for level in (0.4, 0.2, 0.1, 0.03, 0.003):
        meter = metered(seconds=4.2, noise_level=level, pause_seconds=0.0)
        assert meter.snr_db == 40.0  # the pauses say nothing: there are none
        scores.append(meter.score)
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] - 0.3


def test_less_clipping_is_better_wherever_the_ceiling_is() -> None:
    meters = [metered(seconds=1.5, ceiling=ceiling) for ceiling in (0.001, 0.003, 0.01, 0.05, 0.9)]
    assert [meter.clipped_fraction for meter in meters] == [0.0] * 5
    scores = [meter.score for meter in meters]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] - 0.3


def test_loudness_does_not_matter(voice: Voice, encoder: SpeakerEncoder) -> None:
    scores = []
    for gain in (0.02, 0.2, 1.0):
        stream = SpeechStream(encoder.window)
        stream.push((voice("slt", "enroll") * gain).astype(np.float32))
        stream.finish()
        scores.append(stream.quality.score)
    assert scores[0] == pytest.approx(scores[2], abs=0.05)
    assert scores[1] == pytest.approx(scores[2], abs=0.02)


def test_the_quality_is_a_probability() -> None:
    worst = metered(seconds=0.03, noise_level=0.9, ceiling=0.9)
    best = metered(seconds=60.0)
    assert 0.0 < worst.score < 0.05
    assert 0.95 < best.score < 1.0


def test_what_is_found_to_be_no_speech_is_no_net_speech_and_lowers_the_quality() -> None:
    meter = metered(seconds=4.2)
    before, totals = meter.score, meter.totals
    meter.refuse(SAMPLE_RATE)
    assert meter.net_speech_seconds == pytest.approx(3.2, abs=0.05)
    assert meter.score < before
    assert meter.snr_db == totals.snr_db
    meter.refuse(10 * SAMPLE_RATE)
    assert (meter.net_speech_seconds, meter.score) == (0.0, 0.0)


def test_a_part_of_a_stream_has_the_quality_that_it_has_by_itself() -> None:
    poor, good = metered(seconds=3.0, noise_level=0.3), metered(seconds=3.0)
    both = metered(seconds=3.0, noise_level=0.3)
    earlier = both.totals
    carrier = np.random.default_rng(1).laplace(size=(100, 480))
    syllables = 0.15 * 10 ** (-(1 - np.cos(np.arange(100) * 0.8)))
    hiss = noise(4.0, 0.0005, seed=2)[: 100 * 480].reshape(100, 480)
    for frame in np.clip(carrier * syllables[:, None] + hiss, -1.0, 1.0).astype(np.float32):
        both.add(frame, speech=True)
    assert both.totals.since(earlier).score == pytest.approx(good.score, abs=1e-6)
    assert poor.score < good.score


@pytest.mark.parametrize("ratio_db", [5.0, 10.0, 20.0, 30.0])
def test_the_signal_to_noise_ratio_is_that_of_speech_over_pauses(ratio_db: float) -> None:
    # What is heard as speech is speech and noise together.
    meter = QualityMeter(SAMPLE_RATE)
    level = 0.3 * 10 ** (-ratio_db / 20)
    meter.add(noise(4.0, 0.3, seed=1) + noise(4.0, level, seed=2), speech=True)
    meter.add(noise(2.0, level, seed=3), speech=False)
    assert meter.snr_db == pytest.approx(ratio_db, abs=0.5)


def test_the_signal_to_noise_ratio_ends_at_40_db() -> None:
    assert metered(seconds=4.0, noise_level=0.0).snr_db == 40.0


def test_too_short_pauses_say_nothing_about_the_noise() -> None:
    assert metered(seconds=4.0, pause_seconds=0.2, noise_level=0.4).snr_db == 40.0
    assert metered(seconds=4.0, pause_seconds=0.4, noise_level=0.4).snr_db < 10.0


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


@pytest.mark.parametrize("name", ["slt", "rms", "kal16"])
def test_five_seconds_on_a_clean_telephone_can_be_enrolled(
    name: str, voice: Voice, telephone: Line, encoder: SpeakerEncoder
) -> None:
    stream = SpeechStream(encoder.window)
    stream.push(read_audio(telephone(voice(name, "enroll")[: 5 * SAMPLE_RATE]), 8_000))
    stream.finish()
    assert stream.quality.score > 0.6


def quality_of(samples: Samples, encoder: SpeakerEncoder) -> float:
    stream = SpeechStream(encoder.window)
    stream.push(samples.astype(np.float32))
    stream.finish()
    return stream.quality.score


def test_noise_under_a_voice_lowers_its_quality(voice: Voice, encoder: SpeakerEncoder) -> None:
    samples = voice("slt", "enroll")[: 5 * SAMPLE_RATE]
    hiss = noise(6.0, 1.0)[: len(samples)]
    scores = [
        quality_of(samples + hiss * samples.std() / hiss.std() * 10 ** (-ratio_db / 20), encoder)
        for ratio_db in (0, 5, 10, 20, 40)
    ]
    assert scores == sorted(scores)
    assert scores[0] < 0.35
    assert scores[-1] > 0.6


def test_an_overdriven_voice_has_a_lower_quality(voice: Voice, encoder: SpeakerEncoder) -> None:
    samples = voice("slt", "enroll")[: 5 * SAMPLE_RATE] / np.abs(voice("slt", "enroll")).max()
    scores = [quality_of(np.clip(samples * gain, -1, 1) * 0.4, encoder) for gain in (100.0, 10.0, 1.0)]
    assert scores == sorted(scores)
    assert scores[0] < scores[-1] - 0.15


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
