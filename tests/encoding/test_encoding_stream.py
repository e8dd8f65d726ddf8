"""One voice as a stream: which windows come out of it, and when."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opusagent_voiceprint.audio import SAMPLE_RATE, VoiceActivityDetector, read_audio
from opusagent_voiceprint.audio.vad import FRAME_SAMPLES
from opusagent_voiceprint.encoding import SpeakerEncoder, SpeechStream, SpeechWindow, WindowSpec

Samples = npt.NDArray[np.float32]
Voice = Callable[[str, str], Samples]
Line = Callable[[Samples], Samples]

MINUS_27_DBFS = 10 ** (-27 / 20)


def streamed(samples: Samples, spec: WindowSpec, sizes: Sequence[int] = ()) -> list[SpeechWindow]:
    """All windows of a recording that is pushed in chunks of these sizes, in turn."""
    stream = SpeechStream(spec)
    windows, at, turn = [], 0, 0
    while at < len(samples):
        size = sizes[turn % len(sizes)] if sizes else len(samples)
        windows += stream.push(samples[at : at + size])
        at, turn = at + size, turn + 1
    return windows + stream.finish()


def net_speech(samples: Samples) -> Samples:
    detector = VoiceActivityDetector()
    frames = [*detector.push(samples), *detector.flush()]
    return np.concatenate([np.zeros(0, np.float32), *(frame for frame, speech in frames if speech)])


def levelled(samples: Samples) -> Samples:
    return samples * np.float32(MINUS_27_DBFS / np.sqrt(np.mean(samples**2)))


@settings(max_examples=25, deadline=None)
@given(
    length=st.integers(0, 9 * SAMPLE_RATE),
    sizes=st.lists(st.integers(1, 40_000), min_size=1, max_size=5),
)
def test_the_same_windows_come_out_whatever_the_chunks(
    length: int, sizes: list[int], voice: Voice, encoder: SpeakerEncoder
) -> None:
    samples = voice("rms", "return")[:length]
    whole, parts = streamed(samples, encoder.window), streamed(samples, encoder.window, sizes)
    assert [window.net_speech_seconds for window in whole] == [window.net_speech_seconds for window in parts]
    assert len(whole) == len(parts)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one.samples, other.samples)
        assert (one.before, one.heard) == (other.before, other.heard)


def test_a_window_says_what_was_heard_up_to_its_beginning_and_its_end(
    voice: Voice, encoder: SpeakerEncoder
) -> None:
    spec = encoder.window
    windows = streamed(voice("rms", "return"), spec)[:-1]  # the last one may overlap more than the others
    for window in windows:
        assert window.heard.net_speech_seconds == pytest.approx(window.net_speech_seconds, abs=0.04)
        begins = max(0.0, window.net_speech_seconds - spec.length / SAMPLE_RATE)
        assert window.before.net_speech_seconds == pytest.approx(begins, abs=0.04)
        alone = window.heard.since(window.before)
        assert alone.net_speech_seconds == pytest.approx(spec.length / SAMPLE_RATE, abs=0.06)
        assert 0.0 < alone.score < window.heard.score or window is windows[0]


def test_each_window_is_cut_once_from_net_speech_every_hop(voice: Voice, encoder: SpeakerEncoder) -> None:
    spec, samples = encoder.window, voice("rms", "return")
    speech = np.pad(net_speech(samples), (spec.lead, 0))
    starts = list(range(0, len(speech) - spec.length + 1, spec.hop))
    windows = streamed(samples, spec)
    assert len(windows) == len(starts) + 1 > 8
    for window, start in zip(windows, starts, strict=False):
        np.testing.assert_allclose(
            window.samples, levelled(speech[start : start + spec.length]), rtol=1e-4, atol=1e-7
        )


def test_the_last_window_ends_where_the_speech_ends(voice: Voice, encoder: SpeakerEncoder) -> None:
    samples = voice("rms", "return")
    speech = net_speech(samples)
    last = streamed(samples, encoder.window)[-1]
    np.testing.assert_allclose(last.samples, levelled(speech[-encoder.window.length :]), rtol=1e-4, atol=1e-7)
    assert last.net_speech_seconds == pytest.approx(len(speech) / SAMPLE_RATE)


def test_a_window_comes_as_soon_as_its_speech_is_there(voice: Voice, encoder: SpeakerEncoder) -> None:
    stream, samples = SpeechStream(encoder.window), voice("slt", "enroll")
    for at in range(0, len(samples), 320):
        if stream.push(samples[at : at + 320]):
            break
    # One window, and not a frame of the detector more.
    assert 1.6 <= stream.net_speech_seconds <= 1.6 + 0.04


def test_a_window_says_how_much_net_speech_there_was_up_to_its_end(
    voice: Voice, encoder: SpeakerEncoder
) -> None:
    seconds = [window.net_speech_seconds for window in streamed(voice("slt", "enroll"), encoder.window)]
    assert seconds[0] == pytest.approx(1.6, abs=0.01)
    np.testing.assert_allclose(np.diff(seconds[:-1]), 0.77, atol=1e-6)
    assert 0.0 < seconds[-1] - seconds[-2] <= 0.77


def test_short_speech_is_repeated_until_it_fills_a_window(voice: Voice, encoder: SpeakerEncoder) -> None:
    samples = voice("slt", "enroll")[: int(1.5 * SAMPLE_RATE)]
    speech = net_speech(samples)
    assert 0.8 < len(speech) / SAMPLE_RATE < 1.6
    [window] = streamed(samples, encoder.window)
    twice = np.concatenate([speech, speech])[: encoder.window.length]
    np.testing.assert_allclose(window.samples, levelled(twice), rtol=1e-4, atol=1e-7)
    assert window.net_speech_seconds == pytest.approx(len(speech) / SAMPLE_RATE)


def test_less_than_the_shortest_speech_gives_no_window(voice: Voice, encoder: SpeakerEncoder) -> None:
    samples = voice("slt", "enroll")[: int(0.9 * SAMPLE_RATE)]
    assert 0.0 < len(net_speech(samples)) < encoder.window.shortest
    assert streamed(samples, encoder.window) == []


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros(5 * SAMPLE_RATE, np.float32)])
def test_silence_gives_no_window(samples: Samples, encoder: SpeakerEncoder) -> None:
    assert streamed(samples, encoder.window) == []


def test_pauses_do_not_count(voice: Voice, encoder: SpeakerEncoder) -> None:
    sentence, pause = voice("slt", "return"), np.zeros(4 * SAMPLE_RATE, np.float32)
    stream = SpeechStream(encoder.window)
    stream.push(sentence)
    before = stream.net_speech_seconds
    stream.push(pause)
    assert stream.net_speech_seconds - before < 0.5


def speaker_embedding(windows: Sequence[SpeechWindow], encoder: SpeakerEncoder) -> Samples:
    total: Samples = encoder.embed(np.stack([window.samples for window in windows])).sum(axis=0)
    return total / np.linalg.norm(total)


@pytest.mark.parametrize("gain", [0.03, 0.1, 0.3, 1.8])
@pytest.mark.parametrize("name", ["slt", "kal16", "grandma"])
def test_loudness_does_not_change_the_speaker_embedding(
    name: str, gain: float, voice: Voice, encoder: SpeakerEncoder
) -> None:
    samples = voice(name, "return")[: 6 * SAMPLE_RATE]
    plain = streamed(samples, encoder.window)
    other = streamed(samples * np.float32(gain), encoder.window)
    # Not one: where a word begins, the detector may hear a quiet line a frame or three later.
    assert abs(plain[-1].net_speech_seconds - other[-1].net_speech_seconds) <= 0.1
    assert speaker_embedding(plain, encoder) @ speaker_embedding(other, encoder) > 0.995


def test_a_window_is_the_same_window_at_any_loudness(voice: Voice, encoder: SpeakerEncoder) -> None:
    # At this gain the detector keeps the same frames, so that only the level could differ.
    plain = streamed(voice("slt", "return"), encoder.window)
    louder = streamed(voice("slt", "return") * np.float32(1.8), encoder.window)
    assert len(plain) == len(louder)
    for one, other in zip(plain, louder, strict=True):
        np.testing.assert_allclose(one.samples, other.samples, rtol=1e-4, atol=1e-7)


def test_every_window_has_the_same_level(voice: Voice, encoder: SpeakerEncoder) -> None:
    for window in streamed(voice("kal16", "return"), encoder.window):
        assert np.sqrt(np.mean(window.samples**2)) == pytest.approx(MINUS_27_DBFS, rel=1e-3)


def test_a_telephone_at_8_khz_gives_the_same_number_of_windows(
    voice: Voice, telephone: Line, encoder: SpeakerEncoder
) -> None:
    wide = voice("slt", "return")
    narrow = read_audio(telephone(wide), sample_rate=8_000)
    assert abs(len(streamed(wide, encoder.window)) - len(streamed(narrow, encoder.window))) <= 1


def test_a_long_call_holds_no_more_than_a_window_of_speech(voice: Voice, encoder: SpeakerEncoder) -> None:
    stream, samples = SpeechStream(encoder.window), voice("slt", "enroll")
    held, marks = [], []
    for _ in range(6):
        for at in range(0, len(samples), 3_200):
            stream.push(samples[at : at + 3_200])
            held.append(len(stream._speech))
            marks.append(len(stream._marks))
    most = encoder.window.length + encoder.window.hop + 3_200
    assert max(held) <= most
    assert max(marks) <= most / FRAME_SAMPLES + 2


def test_the_windows_of_another_encoder_are_cut_as_it_says(voice: Voice) -> None:
    spec = WindowSpec(length=16_000, hop=16_000, lead=0, shortest=8_000)
    samples = voice("slt", "return")
    speech = net_speech(samples)
    windows = streamed(samples, spec)
    assert len(windows) == len(speech) // 16_000 + 1
    np.testing.assert_allclose(windows[1].samples, levelled(speech[16_000:32_000]), rtol=1e-4, atol=1e-7)


def test_no_window_comes_before_the_stream_says_that_there_may_be_one(
    voice: Voice, encoder: SpeakerEncoder
) -> None:
    samples = np.concatenate([voice("slt", "return"), np.zeros(16_000, np.float32), voice("rms", "return")])
    stream, at, windows, exact = SpeechStream(encoder.window), 0, 0, 0
    while at < len(samples):
        size = round(stream.next_window_in * 16_000)
        assert size > 0
        assert stream.push(samples[at : at + size - 1]) == []
        came = stream.push(samples[at + size - 1 : at + size])
        at, windows, exact = at + size, windows + len(came), exact + bool(came)
    assert windows > 10
    # In steady speech it says so to the sample.
    assert exact > windows // 2
