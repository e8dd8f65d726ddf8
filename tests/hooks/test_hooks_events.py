"""What hooks are given: audio chunks that check themselves, calls that hide what is personal."""

from __future__ import annotations

import gc
import subprocess
import sys
import weakref

import numpy as np
import pytest

from opusagent_hooks import AudioChunk, AudioFormatError, Call, Session, Spoken, Turn


def test_a_chunk_knows_its_duration_and_decodes_itself():
    chunk = AudioChunk(b"\xff" * 160, "mulaw", 8000)
    assert chunk.duration == pytest.approx(0.02)
    assert chunk.samples().shape == (160,)
    assert AudioChunk(bytes(960), "pcm16", 24000).duration == pytest.approx(0.02)
    np.testing.assert_array_equal(chunk.samples(), np.zeros(160, np.float32))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"encoding": "opus"}, "opus"),
        ({"sample_rate": 11025}, "11025"),
        ({"sample_rate": 0}, "0"),
        ({"speaker": "bystander"}, "bystander"),
        ({"encoding": "pcm16", "data": b"\0\0\0"}, "3 bytes"),
    ],
)
def test_a_chunk_that_cannot_be_decoded_is_refused_with_the_value_that_was_wrong(arguments, named):
    with pytest.raises(AudioFormatError, match=named):
        AudioChunk(**{"data": b"\0\0", "encoding": "mulaw", "sample_rate": 8000, **arguments})


def test_an_error_of_format_is_also_a_value_error():
    with pytest.raises(ValueError, match="speaker"):
        AudioChunk(b"", "mulaw", 8000, speaker="nobody")


def test_nothing_personal_is_in_any_representation():
    call = Call("c1", "twilio", object(), "+15550100", "+15550199", {"name": "Maria"}, {"p": "Maria"})
    session = Session("s1", caller_metadata={"name": "Maria"}, metadata={"x": "Maria"})
    shown = repr(
        (
            call,
            session,
            Turn("caller", "I am Maria"),
            Spoken("Hello Maria", True),
            AudioChunk(b"Maria", "alaw", 8000),
        )
    )
    assert "Maria" not in shown
    assert "+1555" not in shown
    assert "c1" in shown


def test_calls_compare_by_identity_and_can_be_referred_to_weakly():
    one, other = Call("same", "twilio", object()), Call("same", "twilio", object())
    assert one != other
    assert len({one, other, one}) == 2
    reference = weakref.ref(one)
    del one
    gc.collect()
    assert reference() is None


def test_calls_share_neither_userdata_nor_parameters_that_can_be_written():
    one, other = Call("1", "twilio", object()), Call("2", "twilio", object())
    one.userdata["plugin"] = 1
    assert other.userdata == {}
    with pytest.raises(TypeError):
        one.parameters["x"] = "y"
    assert one.started_at.tzinfo is not None


def test_the_hooks_know_nothing_of_voices():
    probe = (
        "import sys, opusagent_hooks, opusagent_hooks.testing\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('opusagent', 'opusagent_voiceprint', 'torch')])"
    )
    result = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
