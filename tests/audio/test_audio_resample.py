"""Resampling as a stream gives what resampling in one go gives."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opusagent_voiceprint.audio import SAMPLE_RATE, StreamResampler, resample

Samples = npt.NDArray[np.float32]


def streamed(samples: Samples, rate: int, sizes: list[int]) -> Samples:
    stream = StreamResampler(rate, SAMPLE_RATE)
    parts, start, turn = [], 0, 0
    while start < len(samples):
        end = start + sizes[turn % len(sizes)]
        parts.append(stream.push(samples[start:end], last=end >= len(samples)))
        start, turn = end, turn + 1
    return np.concatenate(parts)


@settings(max_examples=25, deadline=None)
@given(
    rate=st.sampled_from([8_000, 24_000, 44_100, 48_000]),
    sizes=st.lists(st.integers(1, 4000), min_size=1, max_size=6),
    seed=st.integers(0, 2**16),
)
def test_a_stream_in_chunks_of_any_size_is_the_whole_recording(
    rate: int, sizes: list[int], seed: int
) -> None:
    samples = np.random.default_rng(seed).normal(0, 0.2, rate // 2).astype(np.float32)
    whole, parts = resample(samples, rate, SAMPLE_RATE), streamed(samples, rate, sizes)
    assert abs(len(whole) - len(parts)) <= 2
    common = min(len(whole), len(parts))
    np.testing.assert_allclose(parts[:common], whole[:common], atol=1e-4)


def test_a_stream_at_the_target_rate_is_passed_on_unchanged() -> None:
    samples = np.arange(160, dtype=np.float32)
    np.testing.assert_array_equal(StreamResampler(SAMPLE_RATE, SAMPLE_RATE).push(samples), samples)


def test_an_empty_chunk_gives_nothing() -> None:
    assert len(StreamResampler(8_000, SAMPLE_RATE).push(np.zeros(0, np.float32))) == 0


def test_frames_of_a_telephone_leave_no_clicks_at_their_edges() -> None:
    rate = 8_000
    tone = (0.5 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
    joined = streamed(tone, rate, [160])
    # A click is broadband: next to nothing may lie away from the tone.
    spectrum = np.abs(np.fft.rfft(joined[2000:14000] * np.hanning(12000))) ** 2
    frequency = np.fft.rfftfreq(12000, 1 / SAMPLE_RATE)
    away = spectrum[np.abs(frequency - 440) > 20].sum()
    assert away < 1e-6 * spectrum.sum()


@pytest.mark.parametrize("rate", [8_000, 24_000])
def test_a_voice_on_a_line_is_streamed_as_it_is_read(voice: Callable[[str, str], Samples], rate: int) -> None:
    at_line_rate = resample(voice("awb", "return"), SAMPLE_RATE, rate)
    whole, parts = resample(at_line_rate, rate, SAMPLE_RATE), streamed(at_line_rate, rate, [rate // 50])
    common = min(len(whole), len(parts))
    assert common > 9 * SAMPLE_RATE
    np.testing.assert_allclose(parts[:common], whole[:common], atol=1e-4)
