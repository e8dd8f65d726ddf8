"""Which audio is speech. That Resemblyzer keeps the same samples is in test_encoding_reference.py."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.audio import SAMPLE_RATE, VoiceActivityDetector
from opusagent_voiceprint.audio.vad import FRAME_SAMPLES

Samples = npt.NDArray[np.float32]
Voice = Callable[[str, str], Samples]


def net_seconds(samples: Samples, *, level: bool = True) -> float:
    detector = VoiceActivityDetector(level=level)
    frames = [*detector.push(samples), *detector.flush()]
    return sum(len(frame) for frame, speech in frames if speech) / SAMPLE_RATE


def test_frames_come_in_order_and_without_gaps(voice: Voice) -> None:
    samples = voice("awb", "return")
    detector = VoiceActivityDetector()
    frames = [*detector.push(samples), *detector.flush()]
    whole = len(samples) // FRAME_SAMPLES * FRAME_SAMPLES
    np.testing.assert_array_equal(np.concatenate([frame for frame, _ in frames]), samples[:whole])


def test_it_decides_0_21_s_behind_the_input(voice: Voice) -> None:
    detector = VoiceActivityDetector()
    decided = detector.push(voice("awb", "return")[:SAMPLE_RATE])
    assert len(decided) == SAMPLE_RATE // FRAME_SAMPLES - 7


@pytest.mark.parametrize("samples", [np.zeros(SAMPLE_RATE * 2, np.float32), np.zeros(100, np.float32)])
def test_silence_is_no_speech(samples: Samples) -> None:
    assert net_seconds(samples) == 0.0


def test_a_line_below_minus_55_dbfs_is_silence_and_not_raised_to_speech(voice: Voice) -> None:
    assert net_seconds(voice("slt", "return") * np.float32(0.002)) == 0.0


def test_a_pause_between_sentences_is_no_speech(voice: Voice) -> None:
    sentence = voice("slt", "return")
    pause = np.zeros(3 * SAMPLE_RATE, np.float32)
    together = net_seconds(np.concatenate([sentence, pause, sentence]))
    assert together == pytest.approx(2 * net_seconds(sentence), abs=0.5)


def test_a_quiet_line_has_as_much_speech_as_a_loud_one(voice: Voice) -> None:
    loud, quiet = voice("slt", "return"), voice("slt", "return") * np.float32(0.02)
    assert net_seconds(quiet) == pytest.approx(net_seconds(loud), rel=0.1)
    # Without the gain in front of it, the detector hears nothing of the quiet one.
    assert net_seconds(quiet, level=False) == 0.0


def test_a_stream_that_ended_takes_nothing_more() -> None:
    detector = VoiceActivityDetector()
    detector.flush()
    with pytest.raises(ValueError, match=r"flush\(\) was called"):
        detector.push(np.zeros(480, np.float32))
