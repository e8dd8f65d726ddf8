"""G.711 and PCM, against the segment formulas of ITU-T G.711 written out a second time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opusagent_hooks import AudioFormatError, codecs

ALL_BYTES = bytes(range(256))


def mulaw_value(byte: int) -> int:
    """The 16-bit value of one mu-law byte: segment start, plus half-open steps, sign last."""
    code = 255 - byte
    segment, step = divmod(code % 128, 16)
    start = sum(16 * 8 * 2**below for below in range(segment))
    value = start + step * 8 * 2**segment + (4 * (2**segment - 1) if segment else 0)
    return -value if code >= 128 else value


def alaw_value(byte: int) -> int:
    """The 16-bit value of one A-law byte: the middle of its step."""
    code = byte ^ 0b01010101
    segment, step = divmod(code % 128, 16)
    width = 16 if segment == 0 else 16 * 2 ** (segment - 1)
    start = 0 if segment == 0 else 256 * 2 ** (segment - 1)
    value = start + step * width + width // 2
    return value if code >= 128 else -value


FORMULAS = {"mulaw": mulaw_value, "alaw": alaw_value}


@pytest.mark.parametrize("encoding", ["mulaw", "alaw"])
def test_every_byte_decodes_to_the_value_of_the_recommendation(encoding):
    decoded = codecs.decode(ALL_BYTES, encoding) * 32768
    assert decoded.tolist() == [FORMULAS[encoding](byte) for byte in range(256)]


@pytest.mark.parametrize(
    ("encoding", "byte", "value"),
    [
        ("mulaw", 0xFF, 0),
        ("mulaw", 0x7F, 0),
        ("mulaw", 0x80, 32124),
        ("mulaw", 0x00, -32124),
        ("mulaw", 0xFE, 8),
        ("alaw", 0xD5, 8),
        ("alaw", 0x55, -8),
        ("alaw", 0xAA, 32256),
        ("alaw", 0x2A, -32256),
    ],
)
def test_well_known_bytes_have_their_published_values(encoding, byte, value):
    assert codecs.decode(bytes([byte]), encoding)[0] * 32768 == value


@pytest.mark.parametrize("encoding", ["mulaw", "alaw"])
def test_a_decoded_byte_encodes_to_a_byte_of_the_same_value(encoding):
    decoded = codecs.decode(ALL_BYTES, encoding)
    again = codecs.encode(decoded, encoding)
    assert codecs.decode(again, encoding).tolist() == decoded.tolist()
    # Only mu-law's negative zero has a second code.
    assert [a for a, b in zip(ALL_BYTES, again, strict=True) if a != b] == (
        [0x7F] if encoding == "mulaw" else []
    )


@pytest.mark.parametrize("encoding", ["mulaw", "alaw"])
@given(sample=st.integers(-32768, 32767))
def test_no_other_code_is_nearer_to_a_sample(encoding, sample):
    code = codecs.encode(np.array([sample / 32768]), encoding)[0]
    distances = [abs(FORMULAS[encoding](byte) - sample) for byte in range(256)]
    assert distances[code] == min(distances)


@given(samples=st.lists(st.integers(-32768, 32767)))
def test_pcm_comes_back_as_it_went(samples):
    data = np.array(samples, dtype="<i2").tobytes()
    assert codecs.encode(codecs.decode(data, "pcm16"), "pcm16") == data


def test_pcm_is_little_endian():
    assert codecs.decode(b"\x00\x40", "pcm16").tolist() == [0.5]


@pytest.mark.parametrize("encoding", codecs.ENCODINGS)
def test_decoded_audio_is_float32_in_range(encoding):
    samples = codecs.decode(ALL_BYTES, encoding)
    assert samples.dtype == np.float32
    assert -1 <= samples.min() < samples.max() < 1


@pytest.mark.parametrize("encoding", codecs.ENCODINGS)
def test_what_is_too_loud_is_clipped_and_does_not_wrap(encoding):
    clipped = codecs.decode(codecs.encode(np.array([7.0, np.inf, -7.0, -np.inf]), encoding), encoding)
    assert clipped[0] == clipped[1] > 0.95
    assert clipped[2] == clipped[3] < -0.95


@pytest.mark.parametrize("encoding", codecs.ENCODINGS)
@pytest.mark.parametrize(
    "samples",
    [np.array([0.0, np.nan]), np.zeros((4, 2)), np.array([1200, -1200], dtype=np.int16)],
    ids=["not a number", "stereo", "integers"],
)
def test_what_is_not_mono_floating_point_is_refused(encoding, samples):
    with pytest.raises(AudioFormatError, match="samples"):
        codecs.encode(samples, encoding)


def test_half_a_sample_is_refused():
    with pytest.raises(AudioFormatError, match="3 bytes"):
        codecs.decode(b"abc", "pcm16")


def test_an_unknown_encoding_is_refused_with_those_that_are_known():
    for attempt in (lambda: codecs.decode(b"", "opus"), lambda: codecs.encode(np.zeros(1), "opus")):
        with pytest.raises(AudioFormatError, match=r"'opus'.*mulaw, alaw, pcm16"):
            attempt()
