"""The listener of a call: when it wakes the engine, and what it hands over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_hooks import AudioChunk, codecs
from opusagent_voiceprint.audio import SAMPLE_RATE, StreamResampler
from opusagent_voiceprint.calls import listener as listener_module
from opusagent_voiceprint.calls.listener import Listener
from opusagent_voiceprint.encoding import (
    SpeakerEncoder,
    SpeechStream,
    SpeechWindow,
    WindowEmbedding,
    WindowSource,
)

Samples = npt.NDArray[np.float32]
Line = Callable[[Samples], Samples]
FRAME = 0.02


class Nobody:
    """A voice that nobody listens to."""

    urgent = True

    def add(self, window: SpeechWindow, embedding: WindowEmbedding, **_: object) -> None:
        """Drop it."""


class Clock:
    """Time as the listener sees it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(listener_module.time, "perf_counter", lambda: self.now)


def frames(speech: Samples, rate: int = 8_000) -> list[AudioChunk]:
    encoding: Any = "mulaw" if rate == 8_000 else "pcm16"
    data = codecs.encode(speech, encoding)
    step = round(FRAME * rate) * codecs.BYTES_PER_SAMPLE[encoding]
    return [AudioChunk(data[at : at + step], encoding, rate) for at in range(0, len(data), step)]


@pytest.fixture
def speech(voice: Any, telephone: Line) -> Samples:
    pause = np.zeros(16_000, np.float32)
    take = telephone(voice("slt", "return"))
    return np.concatenate([take[:24_000], pause, take[24_000:]])


def served(
    heard: list[AudioChunk], encoder: SpeakerEncoder, clock: Clock | None = None
) -> tuple[list[tuple[SpeechWindow, float]], int]:
    """A call that is served whenever it asks: its windows, when each was handed over, and the servings."""
    queue: list[WindowSource] = []
    listener = Listener(encoder.window, Nobody(), queue.append)
    found, servings = [], 0
    for frame in heard:
        if clock is not None:
            clock.now += FRAME
        listener.hear(frame)
        if queue:
            queue.clear()
            servings += 1
            found += [(window, clock.now if clock else 0.0) for window in listener.take_windows()]
    return found, servings


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_waking_only_when_there_may_be_a_window_loses_none_and_changes_none(
    speech: Samples, encoder: SpeakerEncoder, voice: Any, rate: int
) -> None:
    samples = speech if rate == 8_000 else voice("slt", "return")
    heard = frames(samples, rate)
    found, servings = served(heard, encoder)
    stream, resampler = SpeechStream(encoder.window), StreamResampler(rate, SAMPLE_RATE)
    expected = [each for frame in heard for each in stream.push(resampler.push(frame.samples()))]
    # The last may be less than a tenth of a second away when the audio ends.
    assert len(expected) - len(found) in (0, 1)
    assert len(found) > 5
    for (window, _), other in zip(found, expected, strict=False):
        np.testing.assert_array_equal(window.samples, other.samples)
        assert window.net_speech_seconds == other.net_speech_seconds
    assert servings < 4 * len(found) + 10 * len(samples) / rate / 4


def test_in_a_pause_the_engine_is_not_woken_more_than_ten_times_a_second(encoder: SpeakerEncoder) -> None:
    _, servings = served(frames(np.zeros(80_000, np.float32)), encoder)
    assert servings <= 101


def test_speech_without_a_window_in_reach_does_not_wake_the_engine(
    encoder: SpeakerEncoder, voice: Any, telephone: Line
) -> None:
    queue: list[WindowSource] = []
    listener = Listener(encoder.window, Nobody(), queue.append)
    for frame in frames(telephone(voice("slt", "return")))[:79]:  # 1.58 s, and a window takes 1.6
        listener.hear(frame)
    assert queue == []


def test_a_window_says_when_the_first_frame_came_that_can_have_completed_it(
    speech: Samples, encoder: SpeakerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    began = clock.now
    found, _ = served(frames(speech), encoder, clock)
    stream, resampler = SpeechStream(encoder.window), StreamResampler(8_000, SAMPLE_RATE)
    arrivals = []
    for index, frame in enumerate(frames(speech), start=1):
        came = stream.push(resampler.push(frame.samples()))
        arrivals += [began + index * FRAME] * len(came)
    for (window, handed_over), soonest in zip(found, arrivals, strict=False):
        # The resampler holds audio back for up to 0.12 s, which counts as waiting.
        assert soonest - 0.2 <= window.heard_at <= soonest
        assert handed_over - window.heard_at <= 0.25


def test_frames_that_wait_long_keep_the_time_at_which_they_came(
    speech: Samples, encoder: SpeakerEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)
    began = clock.now
    listener = Listener(encoder.window, Nobody(), lambda source: None)
    for frame in frames(speech[:24_000]):
        clock.now += FRAME
        listener.hear(frame)
    clock.now += 60.0
    windows = listener.take_windows()
    assert windows
    assert began + 1.5 < windows[0].heard_at < began + 2.0


def test_a_call_that_ends_says_so_only_if_the_engine_has_something_of_it(
    encoder: SpeakerEncoder, voice: Any, telephone: Line
) -> None:
    queue: list[WindowSource] = []
    busy, idle = (Listener(encoder.window, Nobody(), queue.append) for _ in range(2))
    for frame in frames(telephone(voice("slt", "return"))):
        busy.hear(frame)
    assert busy.take_windows()
    queue.clear()
    idle.close()
    assert queue == []
    busy.close()
    assert queue == [busy]
    assert busy.closed


def test_frames_beyond_half_a_minute_go_and_are_counted(encoder: SpeakerEncoder) -> None:
    listener = Listener(encoder.window, Nobody(), lambda source: None)
    for frame in frames(np.zeros(8_000 * 31, np.float32)):
        listener.hear(frame)
    assert listener.dropped_frames == 50
    assert list(listener.take_windows()) == []


def test_a_call_whose_rate_changes_is_heard_on(encoder: SpeakerEncoder, voice: Any, telephone: Line) -> None:
    take = voice("slt", "return")
    heard = [*frames(telephone(take)[:20_000]), *frames(take[40_000:80_000], 16_000)]
    found, _ = served(heard, encoder)
    assert len(found) >= 4
    assert np.isfinite([window.samples for window, _ in found]).all()
