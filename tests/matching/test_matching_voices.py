"""One voice or two in a recording."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from opusagent_voiceprint.audio import SAMPLE_RATE, read_audio
from opusagent_voiceprint.encoding import SpeakerEncoder, SpeechStream
from opusagent_voiceprint.matching import mean_embedding, one_voice

Samples = npt.NDArray[np.float32]
Voice = Callable[[str, str], Samples]
Line = Callable[[Samples], Samples]


def sounds_like_one(samples: Samples, encoder: SpeakerEncoder) -> bool:
    stream = SpeechStream(encoder.window)
    windows = [*stream.push(samples), *stream.finish()]
    embeddings = encoder.embed(np.stack([window.samples for window in windows]))
    return one_voice(embeddings, stream.band.channel)


def test_p21_every_test_voice_is_one_voice_wide_and_on_the_telephone(
    voice: Voice, voice_names: list[str], telephone: Line, encoder: SpeakerEncoder
) -> None:
    for name in voice_names[::4]:
        assert sounds_like_one(voice(name, "enroll")[: 8 * SAMPLE_RATE], encoder), name
        assert sounds_like_one(read_audio(telephone(voice(name, "return")), 8_000), encoder), name


@pytest.mark.parametrize(("one", "other"), [("slt", "rms"), ("kal16", "rms"), ("marco", "travis")])
def test_p21_two_people_one_after_the_other_are_not_one_voice(
    one: str, other: str, voice: Voice, telephone: Line, encoder: SpeakerEncoder
) -> None:
    half = 6 * SAMPLE_RATE
    both = np.concatenate([voice(one, "enroll")[:half], voice(other, "enroll")[:half]])
    assert not sounds_like_one(both, encoder)
    assert not sounds_like_one(read_audio(telephone(both), 8_000), encoder)


def test_too_few_windows_say_nothing_about_a_second_voice() -> None:
    assert one_voice(np.eye(3, dtype=np.float32), "wide")
    assert not one_voice(np.eye(4, dtype=np.float32), "wide")


def test_the_mean_of_embeddings_has_length_one() -> None:
    mean = mean_embedding(np.array([[1, 0], [0, 1], [0, 1]], np.float32))
    np.testing.assert_allclose(mean, np.array([1, 2]) / np.sqrt(5), atol=1e-6)
    assert mean_embedding(np.zeros((2, 3), np.float32)).tolist() == [0, 0, 0]
