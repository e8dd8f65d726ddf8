"""Ours against Resemblyzer itself: the same features, the same embeddings, the same net speech."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opusagent_voiceprint.audio import SAMPLE_RATE, VoiceActivityDetector, read_audio
from opusagent_voiceprint.encoding import (
    ResemblyzerEncoder,
    SpeakerEncoder,
    SpeechStream,
    TelephoneEncoder,
)
from opusagent_voiceprint.encoding.features import BANDS, FRAME, HOP, mel_frames
from opusagent_voiceprint.encoding.lstm_network import BFLOAT16_AGREEMENT, Precision

Samples = npt.NDArray[np.float32]
Voice = Callable[[str, str], Samples]
Line = Callable[[Samples], Samples]

SPEAKERS = ("slt", "kal16", "grandma")
AGREEMENT: dict[Precision, float] = {"float32": 0.9999, "bfloat16": BFLOAT16_AGREEMENT}
PRECISIONS = pytest.mark.parametrize("precision", AGREEMENT)


def windows_of(samples: Samples, encoder: SpeakerEncoder) -> Samples:
    stream = SpeechStream(encoder.window)
    return np.stack([window.samples for window in [*stream.push(samples), *stream.finish()]])


def reference_mel(reference: Any, window: Samples) -> Samples:
    """Resemblyzer's features of our window of 160 frames.

    librosa centres frame k on sample 160 k; ours centres frame j on 160 j + 200, hence the shift by 120
    samples and two frames.
    """
    shifted = np.pad(window, (120, FRAME))
    mel: Samples = reference.audio.wav_to_mel_spectrogram(shifted)[2:162]
    return mel


@pytest.fixture(scope="module")
def windows(voice: Voice, telephone: Line, encoder: SpeakerEncoder) -> Samples:
    """Windows of several voices, wide and from a telephone."""
    takes = [voice(name, "return")[: 5 * SAMPLE_RATE] for name in SPEAKERS]
    takes += [read_audio(telephone(take), 8_000) for take in takes]
    return np.concatenate([windows_of(take, encoder) for take in takes])


def test_the_features_are_those_of_librosa_as_resemblyzer_calls_it(windows: Samples, reference: Any) -> None:
    ours = mel_frames(windows)
    theirs = np.stack([reference_mel(reference, window) for window in windows])
    assert ours.shape == theirs.shape == (len(windows), 160, BANDS)
    # A band a millionth as strong as its frame is rounding noise in both.
    strength = np.maximum(theirs, 1e-6 * theirs.max(axis=2, keepdims=True))
    assert (np.abs(ours - theirs) <= 1e-4 * strength).all()


@PRECISIONS
def test_each_window_has_the_embedding_that_resemblyzer_gives_it(
    windows: Samples, precision: Precision, reference: Any, reference_encoder: Any
) -> None:
    import torch

    mels = np.stack([reference_mel(reference, window) for window in windows])
    with torch.no_grad():
        theirs = reference_encoder(torch.from_numpy(mels)).numpy()
    ours = ResemblyzerEncoder(precision=precision).embed(windows)
    assert len(windows) > 20
    assert (ours * theirs).sum(axis=1).min() >= AGREEMENT[precision]


@pytest.mark.parametrize("network", [ResemblyzerEncoder, TelephoneEncoder])
def test_the_precision_that_suits_the_processor_agrees_with_float32(
    windows: Samples, network: type[ResemblyzerEncoder | TelephoneEncoder]
) -> None:
    whole = network(precision="float32").embed(windows)
    for chosen in (network(), network(precision="bfloat16")):
        assert (chosen.embed(windows) * whole).sum(axis=1).min() >= BFLOAT16_AGREEMENT


@PRECISIONS
@pytest.mark.parametrize("name", SPEAKERS)
def test_windows_lie_where_resemblyzers_partial_utterances_do(
    name: str, precision: Precision, voice: Voice, reference_encoder: Any
) -> None:
    encoder = ResemblyzerEncoder(precision=precision)
    speech = voice(name, "enroll")[: 6 * SAMPLE_RATE]
    _, theirs, slices = reference_encoder.embed_utterance(speech, return_partials=True)
    spec = encoder.window
    padded = np.pad(speech, (spec.lead, 0))
    starts = range(0, len(padded) - spec.length + 1, spec.hop)
    ours = encoder.embed(np.stack([padded[start : start + spec.length] for start in starts]))
    assert [each.start for each in slices[: len(ours)]] == list(starts)
    assert len(ours) >= 5
    assert (ours * theirs[: len(ours)]).sum(axis=1).min() >= AGREEMENT[precision]


@settings(max_examples=30, deadline=None)
@given(
    name=st.sampled_from(SPEAKERS),
    start=st.integers(0, 2 * SAMPLE_RATE),
    length=st.integers(480, 7 * SAMPLE_RATE),
    sizes=st.lists(st.integers(1, 5000), min_size=1, max_size=5),
)
def test_the_stream_keeps_exactly_what_resemblyzer_keeps_of_the_whole_whatever_the_chunks(
    *, name: str, start: int, length: int, sizes: list[int], voice: Voice, reference: Any
) -> None:
    pause = np.zeros(SAMPLE_RATE, np.float32)
    take = voice(name, "return")
    samples = np.concatenate([take[: 3 * SAMPLE_RATE], pause, take[3 * SAMPLE_RATE :]])[
        start : start + length
    ]
    detector = VoiceActivityDetector(level=False)
    frames, at, turn = [], 0, 0
    while at < len(samples):
        size = sizes[turn % len(sizes)]
        frames += detector.push(samples[at : at + size])
        at, turn = at + size, turn + 1
    frames += detector.flush()
    kept = [np.zeros(0, np.float32), *(frame for frame, speech in frames if speech)]
    np.testing.assert_array_equal(np.concatenate(kept), reference.audio.trim_long_silences(samples))


def test_a_mel_frame_starts_every_10_ms_and_ends_within_the_window() -> None:
    assert mel_frames(np.zeros((2, FRAME + 3 * HOP), np.float32)).shape == (2, 4, BANDS)
    assert mel_frames(np.zeros((1, FRAME + HOP - 1), np.float32)).shape == (1, 1, BANDS)


def test_the_stand_in_for_pkg_resources_is_gone_after_the_import(reference: Any) -> None:
    assert reference.VoiceEncoder
    assert "pkg_resources" not in sys.modules


@pytest.mark.parametrize(
    ("network", "name"), [(ResemblyzerEncoder, "resemblyzer"), (TelephoneEncoder, "telephone1")]
)
def test_the_encoder_id_names_the_weights_and_the_front_end(
    network: type[ResemblyzerEncoder | TelephoneEncoder], name: str
) -> None:
    encoder = network()
    assert encoder.encoder_id == network().encoder_id
    named, weights, front_end = encoder.encoder_id.split("-")
    assert (named, len(weights), front_end) == (name, 16, "win27")
    assert encoder.dimension == 256
