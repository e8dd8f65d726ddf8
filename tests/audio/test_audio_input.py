"""Audio as applications hand it over: what is taken, and what each refusal says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import soundfile

from opusagent_voiceprint import AudioFormatError
from opusagent_voiceprint.audio import SAMPLE_RATE, read_audio
from opusagent_voiceprint.audio.buffers import MAX_SECONDS

Samples = npt.NDArray[np.float32]


def a_tone(hertz: float, rate: int, seconds: float = 1.0) -> Samples:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def strongest_hertz(samples: Samples) -> float:
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples))))
    return float(np.argmax(spectrum)) * SAMPLE_RATE / len(samples)


# A view of one sample: an hour and more of audio that takes no memory.
ENDLESS = np.broadcast_to(np.float32(0.1), (int(MAX_SECONDS * SAMPLE_RATE) + 1,))

REFUSED: dict[str, tuple[Any, Any, str]] = {
    "bytes": (b"\x00\x01", 16_000, "must be a numpy array or a path, not bytes; decode bytes first"),
    "a list": ([0.1, 0.2], 16_000, "must be a numpy array or a path, not list"),
    "None": (None, 16_000, "must be a numpy array or a path, not NoneType"),
    "stereo": (
        np.zeros((2, 160), np.float32),
        16_000,
        r"must be mono with shape \(samples,\), not \(2, 160\)",
    ),
    "a scalar": (np.array(0.5), 16_000, r"must be mono with shape \(samples,\), not \(\)"),
    "int32": (np.zeros(160, np.int32), 16_000, "must be float or int16, not int32"),
    "uint8": (np.zeros(160, np.uint8), 16_000, "must be float or int16, not uint8"),
    "bool": (np.zeros(160, bool), 16_000, "must be float or int16, not bool"),
    "complex": (np.zeros(160, complex), 16_000, "must be float or int16, not complex128"),
    "objects": (np.array([None]), 16_000, "must be float or int16, not object"),
    "empty": (np.zeros(0, np.float32), 16_000, "is empty: it has no samples"),
    "NaN": (np.array([0.1, np.nan]), 16_000, r"not finite numbers \(NaN or infinity\)"),
    "infinity": (np.array([0.1, -np.inf]), 16_000, r"not finite numbers \(NaN or infinity\)"),
    "beyond float32": (np.array([0.1, 1e300]), 16_000, r"not finite numbers \(NaN or infinity\)"),
    "16-bit values as floats": (
        np.full(160, 20_000.0),
        16_000,
        r"lie in \[-1, 1\], but reaches 20000; divide",
    ),
    "too long": (ENDLESS, 16_000, "is 3600 s long; at most 3600 s are taken"),
    "too long at 8 kHz": (ENDLESS, 8_000, "is 7200 s long; at most 3600 s are taken"),
    "a low rate": (np.zeros(160), 4_000, "sample_rate 4000 Hz is not supported; use 8000 to 96000 Hz"),
    "a high rate": (np.zeros(160), 192_000, "sample_rate 192000 Hz is not supported; use 8000 to 96000 Hz"),
    "no rate": (np.zeros(160), 0, "sample_rate 0 Hz is not supported"),
    "a rate of text": (np.zeros(160), "16000", "sample_rate must be a whole number of Hz, not '16000'"),
    "a rate of float": (np.zeros(160), 16_000.0, "sample_rate must be a whole number of Hz, not 16000.0"),
    "a rate of bool": (np.zeros(160), True, "sample_rate must be a whole number of Hz, not True"),
    "a rate of None": (np.zeros(160), None, "sample_rate must be a whole number of Hz, not None"),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.filterwarnings("error")
def test_audio_that_cannot_be_used_is_refused_with_what_is_wrong_with_it(case: str) -> None:
    audio, rate, message = REFUSED[case]
    with pytest.raises(AudioFormatError, match=message):
        read_audio(audio, rate)


def test_a_format_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no samples"):
        read_audio(np.zeros(0))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("missing.wav", None, "missing.wav does not exist"),
        ("notes.txt", b"not audio at all", "notes.txt cannot be read as a recording"),
        ("empty.wav", b"", "empty.wav cannot be read as a recording"),
        ("torn.wav", b"RIFF\x24\x00\x00\x00WAVEfmt ", "torn.wav cannot be read as a recording"),
        ("headerless.raw", bytes(320), "headerless.raw cannot be read as a recording"),
    ],
)
def test_a_file_that_is_no_recording_is_refused_by_name(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(AudioFormatError, match=message):
        read_audio(path)


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(AudioFormatError, match="cannot be read as a recording"):
        read_audio(tmp_path)


@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros(100, np.float32), 192_000, "of .*a.wav, 192000 Hz is not supported"),
        (np.zeros((100, 9), np.float32), 16_000, "a.wav has 9 channels; at most 8"),
        (np.zeros(0, np.float32), 16_000, "no samples"),
        (np.array([0.1, np.nan], np.float32), 16_000, "not finite"),
        (np.full(100, 20_000, np.float32), 16_000, "but reaches 20000"),
    ],
    ids=["rate", "channels", "empty", "NaN", "scale"],
)
def test_a_recording_is_checked_like_an_array(
    tmp_path: Path, samples: Samples, rate: int, message: str
) -> None:
    path = tmp_path / "a.wav"
    soundfile.write(path, samples, rate, subtype="FLOAT")
    with pytest.raises(AudioFormatError, match=message):
        read_audio(path)


def test_a_recording_of_more_than_an_hour_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "endless.flac"
    soundfile.write(path, np.zeros(int(MAX_SECONDS + 1) * 8_000, np.int16), 8_000)
    with pytest.raises(AudioFormatError, match=r"endless.flac is 3601 s long; at most 3600 s are taken"):
        read_audio(path)


def test_int16_samples_are_scaled_to_one() -> None:
    samples = read_audio(np.array([-32768, -16384, 0, 16384, 32767], dtype=np.int16))
    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, np.array([-1, -0.5, 0, 0.5, 32767 / 32768], np.float32))


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_float_samples_are_taken_as_they_are(kind: type) -> None:
    samples = read_audio(np.array([-1.0, -0.25, 0.5, 1.5], dtype=kind))
    assert samples.dtype == np.float32
    np.testing.assert_array_equal(samples, np.array([-1.0, -0.25, 0.5, 1.5], np.float32))


def test_what_is_read_is_a_copy_of_the_applications_array() -> None:
    audio = np.full(160, 0.5, np.float32)
    read_audio(audio)[:] = 0.0
    assert (audio == 0.5).all()


@pytest.mark.parametrize("rate", [8_000, 16_000, 24_000, 44_100, 48_000])
def test_a_tone_keeps_its_frequency_and_loudness_at_every_rate(rate: int) -> None:
    samples = read_audio(a_tone(1000.0, rate), sample_rate=rate)
    assert len(samples) == pytest.approx(SAMPLE_RATE, abs=2)
    assert strongest_hertz(samples) == pytest.approx(1000.0, abs=1.5)
    middle = samples[1000:-1000]
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2), rel=0.01)


def test_a_numpy_integer_is_a_rate() -> None:
    assert len(read_audio(np.zeros(8_000), sample_rate=np.int64(8_000))) == SAMPLE_RATE  # type: ignore[arg-type]


@pytest.mark.parametrize("as_text", [True, False], ids=["str", "Path"])
def test_a_path_brings_its_own_rate(tmp_path: Path, as_text: bool) -> None:
    path = tmp_path / "tone.flac"
    soundfile.write(path, a_tone(1000.0, 24_000), 24_000)
    samples = read_audio(str(path) if as_text else path, sample_rate=8_000)
    assert len(samples) == pytest.approx(SAMPLE_RATE, abs=2)
    assert strongest_hertz(samples) == pytest.approx(1000.0, abs=1.5)


def test_the_channels_of_a_file_are_averaged(tmp_path: Path) -> None:
    left, right = np.full(800, 0.5, np.float32), np.full(800, -0.1, np.float32)
    path = tmp_path / "stereo.wav"
    soundfile.write(path, np.stack([left, right], axis=1), SAMPLE_RATE, subtype="FLOAT")
    np.testing.assert_allclose(read_audio(path), np.full(800, 0.2), atol=1e-6)


def test_a_voice_read_from_its_file_is_the_voice(
    voice: Callable[[str, str], Samples], tmp_path: Path
) -> None:
    path = tmp_path / "slt.wav"
    soundfile.write(path, voice("slt", "return"), SAMPLE_RATE, subtype="FLOAT")
    np.testing.assert_array_equal(read_audio(path), voice("slt", "return"))
